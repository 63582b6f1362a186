use crate::vpn_route::{OVERLAY_MODE, check_overlay_mode, state};
use crate::{Authorized, Operation, Write};
use causeway_model::publish::{self, PublishError, VpcUnready};
use causeway_model::text::is_label;
use causeway_model::vpn_gateway::{self, PbrSupport, VpnGateway};
use causeway_model::vpn_pbr_route::{
    self, Clash, DEFAULT_PRIORITY, Unsupported, VpnPbrRoute, VpnPbrRouteKey,
};
use causeway_model::vpn_route::{self, DestinationError, GatewayUnready, NextHopError};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{VpnConnectionId, VpnGatewayId};
use serde::Serialize;

/// Creates a policy-based route on a VPN gateway: traffic from `RouteSource` to `RouteDest` goes
/// through the IPsec connection `NextHop`.
///
/// Policy-based routes come before destination routes. They are matched in the order of their
/// priorities, then of their creation, not by the longest prefix. The answer comes back at once; the
/// gateway is `updating` until the route is in effect, then `active` again (`DescribeVpnGateway`).
///
/// On a gateway with single-tunnel connections, two routes with the same source, destination and
/// priority, different next hops and the weights 100 and 0 form an active/standby pair.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPN gateway.
    #[parameter(example = "vpn-bp1a3kqjiiq9legfx****")]
    vpn_gateway_id: VpnGatewayId,
    /// The source: an IPv4 block, or an address.
    #[parameter(example = "192.168.1.0/24")]
    route_source: String,
    /// The destination: an IPv4 block, or an address. On gateways with single-tunnel connections not
    /// 0.0.0.0/0, and nothing that overlaps 100.64.0.0/10.
    #[parameter(example = "10.0.0.0/24")]
    route_dest: String,
    /// The next hop: an IPsec connection of the gateway.
    #[parameter(example = "vco-bp15oes1py4i66rmd****")]
    next_hop: VpnConnectionId,
    /// 100 makes the connection the active link, 0 the standby link. Must be one of the two, but has
    /// no effect with dual-tunnel connections, whose tunnels are active and standby by themselves.
    #[parameter(example = "100")]
    weight: i64,
    /// Whether to publish the route to the system route table of the gateway's VPC. Custom route
    /// tables never get it: add the route there by hand.
    #[parameter(example = "true")]
    publish_vpc: bool,
    /// The description: 1 to 100 characters, not starting with `http://` or `https://`.
    #[parameter(example = "desctest")]
    description: Option<String>,
    /// The tunnelling protocol: `Ipsec`.
    #[parameter(example = "Ipsec")]
    overlay_mode: Option<String>,
    /// The priority: 1 to 100, where a smaller value comes first. 10 when absent.
    #[parameter(example = "10")]
    priority: Option<i64>,
}

/// The new route.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    next_hop: VpnConnectionId,
    weight: u8,
    route_dest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Box<str>>,
    state: &'static str,
    create_time: i64,
    overlay_mode: &'static str,
    route_source: String,
    vpn_instance_id: VpnGatewayId,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u8>,
}

errors! {
    /// What `CreateVpnPbrRouteEntry` refuses.
    pub enum Error {
        /// No such VPN gateway.
        GatewayNotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "S-PBR-72";
        /// `RouteSource` or `RouteDest` is neither an IPv4 block nor an address, or `RouteSource` is
        /// an IPv6 block or has bits set beyond its length.
        Malformed = 400, "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.", "S-PBR-67";
        /// `RouteDest` is an IPv6 block or has bits set beyond its length, or is 0.0.0.0/0 and the
        /// gateway's connections have single tunnels.
        IllegalDestination = 400, "IllegalParam.RouteDest",
            "The specified RouteDest is invalid", "S-PBR-52";
        /// `RouteDest` overlaps 100.64.0.0/10 and the gateway's connections have single tunnels, or
        /// it is to be published and equals or lies inside the block of a vSwitch of the VPC.
        InvalidCidrBlock = 400, "OperationFailed.InvalidCidrBlock",
            "Operation failed because the specified network block is invalid.", "S-PBR-54";
        /// `Weight` is neither 0 nor 100.
        InvalidWeight = 400, "VpnRouteEntry.InvalidWeight",
            "Invalid route entry weight value.", "S-PBR-50";
        /// `Description` is not 1 to 100 characters long, or starts with `http://` or `https://`.
        InvalidDescription = 400, "InvalidDescription",
            "The description is not valid", "errors.json";
        /// The gateway's version has no policy-based routes.
        NotSupported = 400, "VpnPbrRouteEntry.NotSupport",
            "Current version of the VPN does not support pbr route entry.", "S-PBR-69";
        /// `Priority` is given and the gateway's version has policy-based routes without priority.
        PriorityNotSupported = 400, "VpnPbrRouteEntryPriority.NotSupport",
            "Current version of the VPN does not support setting custom pbr route entry priority.",
            "S-PBR-57";
        /// The gateway is locked for overdue payment.
        FinancialLocked = 400, "VpnGateway.FinancialLocked",
            "The specified service is financial locked.", "S-PBR-45";
        /// Another request for the gateway is being carried out, or, when publishing, other routes
        /// of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "S-PBR-58";
        /// The gateway is not `active`.
        GatewayConfiguring = 400, "VpnGateway.Configuring",
            "The specified service is configuring.", "S-PBR-60";
        /// The route is to be published and the VPC is not `Available`.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "semantics.md 4.4";
        /// `NextHop` is not an IPsec connection of the gateway.
        NextHopNotFound = 400, "InvalidNextHop.NotFound",
            "The specified NextHop does not exist.", "S-PBR-51";
        /// The connection `NextHop` is being changed itself.
        VpnTaskConflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "S-PBR-59";
        /// The gateway already has a route with this source, destination and next hop.
        AlreadyExists = 400, "VpnRouteEntry.AlreadyExists",
            "The specified route entry is already exist.", "S-PBR-46";
        /// The gateway has dual tunnels and a route with this source and destination.
        SrcDestConflict = 400, "VpnRouteEntry.SrcDestConflict",
            "The VPN gateway does not support Policy-based routing with the same source CIDR and destination CIDR.",
            "S-PBR-64";
        /// The gateway has single tunnels and a route with this source, destination and weight.
        SrcDestWeightConflict = 400, "VpnRouteEntry.SrcDestWeightConflict",
            "The VPN gateway does not support Policy-based routing with the same source CIDR, destination CIDR and weight.",
            "S-PBR-62";
        /// The gateway has single tunnels, and the other route of the pair has another priority.
        BackupRoute = 400, "VpnRouteEntry.BackupRoute",
            "Validate backup route entry failed.", "S-PBR-49";
        /// A route of the same priority overlaps in both source and destination, and is not the other
        /// route of the pair.
        SamePriorityOverlap = 400, "VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap",
            "The source CIDR and destination CIDR of Policy-based routes with the same priority cannot overlap.",
            "S-PBR-63";
        /// The destination overlaps the client addresses of an SSL server on the gateway. Not
        /// answered: no SSL server can exist so far.
        ConflictSsl = 400, "VpnRouteEntry.ConflictSSL",
            "The specified route entry has conflict with SSL client.", "S-PBR-48";
        /// The destination overlaps the block of a vSwitch of the VPC, and is not 0.0.0.0/0.
        Conflict = 400, "VpnRouteEntry.Conflict",
            "The specified route entry has conflict.", "S-PBR-47";
        /// The route is to be published, and the system table leads the destination to another VPN
        /// gateway.
        OtherVpnGateway = 400, "OperationFailed.RouteConflict",
            "Operation failed because there is already a route in VPC route table to another VPN on the same network block.",
            "S-PBR-53";
        /// The route is to be published, and the system table leads the destination to something
        /// that is neither a VPN gateway nor a router interface.
        OtherNextHop = 400, "OperationFailed.RouteConflict",
            "Operation failed because there is already a route in VPC route table to a non-RI and non-VPN next hop on the same network block.",
            "S-PBR-55";
        /// The route is to be published, and the VPC has as many routes to VPN gateways, or its
        /// system table as many custom routes, as their quotas allow.
        VpcQuota = 400, "QuotaExceeded.VpnRouteEntry",
            "The number of route entries to the VPN gateway in the VPC routing table has reached the quota limit.",
            "S-PBR-56";
        /// The gateway has as many policy-based routes as its quota allows.
        GatewayQuota = 400, "CreatePbrRoutesQuotaFull.QuotaFull",
            "The number of policy routes exceeds the quota limit.", "S-PBR-66";
        /// The older code for a full quota. Not answered: there is a code of its own for it.
        QuotaFull = 400, "Resource.QuotaFull", "The quota of resource is full", "S-PBR-44";
        /// The older code for a full quota, with another message. Not answered either.
        QuotaFullAdvice = 400, "Resource.QuotaFull",
            "The resources you are operating have reached the upper limit of the quota. Please increase the quota or use other solutions to avoid it according to the VPN operation document.",
            "S-PBR-65";
        /// A RAM user without permission.
        SubUser = 403, "Forbbiden.SubUser",
            "User not authorized to operate on the specified resource as your account is created by another user.",
            "S-PBR-70";
        /// No permission on the gateway.
        Forbidden = 403, "Forbidden",
            "User not authorized to operate on the specified resource.", "S-PBR-71";
        /// `DryRun` is true and all checks have passed.
        DryRun = 400, "DryRunOperation",
            "Request validation has been passed with DryRun flag set.", "S-PBR-68";
        /// An unexpected failure.
        Internal = 400, "InternalError",
            "The request processing has failed due to some unknown error, exception or failure.",
            "S-PBR-61";
        /// Seen by clients of the provider while an appliance is configured. Not answered here.
        ApplianceConfiguring = 400, "Appliance.Configuring",
            "The specified service is configuring.", "errors.json";
        /// Seen by clients of the provider while a connection is configured. Not answered here.
        ConnectionConfiguring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "errors.json";
    }
}

/// See [`Request`].
pub struct CreateVpnPbrRouteEntry;

impl Operation for CreateVpnPbrRouteEntry {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["vpngateway/{VpnGatewayId}"],
        examples: &[
            Example {
                title: "An unpublished route",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("RouteSource", "192.168.1.0/24"),
                    ("RouteDest", "10.0.0.0/24"),
                    ("NextHop", "$vco"),
                    ("Weight", "100"),
                    ("PublishVpc", "false"),
                    ("Description", "desctest"),
                    ("Priority", "20"),
                ],
                answer: r#"{"VpnInstanceId":"$vpn","RouteSource":"192.168.1.0/24",
                    "RouteDest":"10.0.0.0/24","NextHop":"$vco","Weight":100,"Priority":20,
                    "State":"normal","OverlayMode":"Ipsec","Description":"desctest",
                    "CreateTime":"*"}"#,
            },
            Example {
                title: "Routes of one priority must not overlap",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("RouteSource", "192.168.0.0/16"),
                    ("RouteDest", "172.17.1.0/24"),
                    ("NextHop", "$vco"),
                    ("Weight", "100"),
                    ("PublishVpc", "false"),
                ],
                answer: r#"{"Code":"VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateVpnPbrRouteEntry")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateVpnPbrRouteEntry {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let gateway = txn.get::<VpnGateway>(&request.vpn_gateway_id).cloned();
        let gateway = gateway.ok_or(Error::GatewayNotFound)?;
        let route = read(txn, &gateway, &request)?;
        check(txn, &gateway, &route)?;
        let response = Response {
            next_hop: route.key.next_hop,
            weight: route.weight,
            route_dest: route.key.destination.to_string(),
            description: route.description.clone(),
            state: state(route.published),
            create_time: route.created.millis(),
            overlay_mode: OVERLAY_MODE,
            route_source: route.key.source.to_string(),
            vpn_instance_id: gateway.id,
            priority: (gateway.pbr == PbrSupport::Full).then_some(route.priority),
        };
        let VpnPbrRoute { key, published, .. } = route;
        txn.put(route);
        if published {
            publish::publish(txn, &gateway, key.destination);
        }
        vpn_gateway::reconfigure(txn, gateway.id);
        Ok(response)
    }
}

/// The route a request describes, if its values are valid and the gateway knows such routes.
fn read(txn: &Txn, gateway: &VpnGateway, request: &Request) -> Result<VpnPbrRoute, Refusal> {
    let source = vpn_pbr_route::source(&request.route_source).map_err(|_| Error::Malformed)?;
    let destination = vpn_pbr_route::destination(&request.route_dest, gateway.is_dual_tunnel());
    let destination = destination.map_err(Error::from)?;
    let weight = vpn_route::weight(request.weight).ok_or(Error::InvalidWeight)?;
    if request.description.as_deref().is_some_and(|text| !is_label(text, 1..=100)) {
        return Err(Error::InvalidDescription.into());
    }
    check_overlay_mode(request.overlay_mode.as_deref())?;
    let priority = match request.priority {
        None => DEFAULT_PRIORITY,
        Some(value) => {
            vpn_pbr_route::priority(value).ok_or_else(|| Refusal::invalid_parameter("Priority"))?
        }
    };
    let support = vpn_pbr_route::check_support(gateway, request.priority.is_some());
    support.map_err(Error::from)?;
    let (gateway, next_hop) = (gateway.id, request.next_hop);
    Ok(VpnPbrRoute {
        key: VpnPbrRouteKey { gateway, source, destination, next_hop },
        weight,
        priority,
        published: request.publish_vpc,
        description: request.description.as_deref().map(Into::into),
        created: txn.now(),
        sequence: txn.revision(),
    })
}

/// Whether the gateway takes the route now.
fn check(txn: &Txn, gateway: &VpnGateway, route: &VpnPbrRoute) -> Result<(), Error> {
    let VpnPbrRouteKey { destination, next_hop, .. } = route.key;
    vpn_route::check_gateway(txn, gateway)?;
    if route.published {
        publish::check_vpc(txn, gateway.vpc)?;
    }
    vpn_route::check_next_hop(txn, gateway.id, next_hop)?;
    vpn_pbr_route::check_clash(txn, gateway, route.key, route.weight, route.priority)?;
    if vpn_route::is_local(txn, gateway.vpc, destination, route.published) {
        return Err(Error::Conflict);
    }
    if route.published {
        publish::check(txn, gateway, destination)?;
    }
    let routes = vpn_pbr_route::of_gateway(txn, gateway.id).count();
    if routes >= txn.context().quotas.pbr_routes_per_gateway {
        return Err(Error::GatewayQuota);
    }
    Ok(())
}

impl From<Unsupported> for Error {
    fn from(cause: Unsupported) -> Error {
        match cause {
            Unsupported::Routes => Error::NotSupported,
            Unsupported::Priorities => Error::PriorityNotSupported,
        }
    }
}

impl From<DestinationError> for Error {
    fn from(cause: DestinationError) -> Error {
        match cause {
            DestinationError::Malformed => Error::Malformed,
            DestinationError::Forbidden => Error::IllegalDestination,
            DestinationError::Reserved => Error::InvalidCidrBlock,
        }
    }
}

impl From<GatewayUnready> for Error {
    fn from(cause: GatewayUnready) -> Error {
        match cause {
            GatewayUnready::FinancialLocked => Error::FinancialLocked,
            GatewayUnready::Held => Error::TaskConflict,
            GatewayUnready::Configuring => Error::GatewayConfiguring,
        }
    }
}

impl From<VpcUnready> for Error {
    fn from(cause: VpcUnready) -> Error {
        match cause {
            VpcUnready::NotAvailable => Error::IncorrectVpcStatus,
            VpcUnready::RoutesBusy => Error::TaskConflict,
        }
    }
}

impl From<NextHopError> for Error {
    fn from(cause: NextHopError) -> Error {
        match cause {
            NextHopError::NotFound => Error::NextHopNotFound,
            NextHopError::Busy => Error::VpnTaskConflict,
        }
    }
}

impl From<Clash> for Error {
    fn from(cause: Clash) -> Error {
        match cause {
            Clash::Exists => Error::AlreadyExists,
            Clash::SourceAndDestination => Error::SrcDestConflict,
            Clash::SourceDestinationAndWeight => Error::SrcDestWeightConflict,
            Clash::NotAPair => Error::BackupRoute,
            Clash::SamePriorityOverlap => Error::SamePriorityOverlap,
        }
    }
}

impl From<PublishError> for Error {
    fn from(cause: PublishError) -> Error {
        match cause {
            PublishError::Local => Error::InvalidCidrBlock,
            PublishError::OtherVpnGateway => Error::OtherVpnGateway,
            PublishError::OtherNextHop => Error::OtherNextHop,
            PublishError::Quota => Error::VpcQuota,
        }
    }
}

#[cfg(test)]
mod tests;
