use super::PUBLISHED;
use crate::vpn_route::{OVERLAY_MODE, check_overlay_mode};
use crate::{Authorized, Operation, Write};
use causeway_model::Txn;
use causeway_model::text::is_label;
use causeway_model::vco_route::{self, Clash, ConnectionUnready, VcoRoute, VcoRouteKey};
use causeway_model::vpn_connection::{self, VpnConnection};
use causeway_model::vpn_route::{self, DestinationError};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpnConnectionId;
use serde::Serialize;

/// Creates a destination route of an IPsec connection that is attached to a transit router: the
/// transit router learns that `RouteDest` lies behind the connection.
///
/// The answer comes back at once; the connection is `updating` until the route is in effect, then
/// `attached` again (`DescribeVpnConnection`).
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The IPsec connection.
    #[parameter(example = "vco-p0w2jpkhi2eeop6q6****")]
    vpn_connection_id: VpnConnectionId,
    /// The destination: an IPv4 block, or an address. Not 0.0.0.0/0, and nothing that overlaps
    /// 100.64.0.0/10.
    #[parameter(example = "192.168.10.0/24")]
    route_dest: String,
    /// The next hop: the IPsec connection once more.
    #[parameter(example = "vco-p0w2jpkhi2eeop6q6****")]
    next_hop: VpnConnectionId,
    /// 100 for high priority, 0 for low.
    #[parameter(example = "100")]
    weight: i64,
    /// The description: 1 to 100 characters, not starting with `http://` or `https://`.
    #[parameter(example = "desctest")]
    description: Option<String>,
    /// The tunnelling protocol: `Ipsec`.
    #[parameter(example = "Ipsec")]
    overlay_mode: Option<String>,
}

/// The new route.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpn_connection_id: VpnConnectionId,
    route_dest: String,
    next_hop: VpnConnectionId,
    weight: u8,
    overlay_mode: &'static str,
    state: &'static str,
    create_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Box<str>>,
}

errors! {
    /// What `CreateVcoRouteEntry` refuses.
    pub enum Error {
        /// No such IPsec connection, or it is one of a VPN gateway.
        ConnectionNotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "S-VCO-53";
        /// `RouteDest` is neither an IPv4 block nor an address, is 0.0.0.0/0 or an IPv6 block, or has
        /// bits set beyond its length.
        IllegalDestination = 400, "IllegalParam.RouteDest",
            "The specified RouteDest is invalid", "S-VCO-42";
        /// `RouteDest` overlaps 100.64.0.0/10.
        InvalidCidrBlock = 400, "OperationFailed.InvalidCidrBlock",
            "Operation failed because the specified network block is invalid.", "S-VCO-43";
        /// `Description` is not 1 to 100 characters long, or starts with `http://` or `https://`.
        InvalidDescription = 400, "InvalidDescription",
            "The description is not valid", "errors.json";
        /// The connection is locked for overdue payment.
        FinancialLocked = 400, "VpnConnection.FinancialLocked",
            "The specified service is financial locked.", "S-VCO-36";
        /// Another request for the connection is being carried out.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "S-VCO-45";
        /// The connection is not `attached`: it is attached to nothing, or being changed.
        ConnectionConfiguring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "S-VCO-35";
        /// `NextHop` is not the connection itself.
        NextHopNotFound = 400, "InvalidNextHop.NotFound",
            "The specified NextHop does not exist.", "S-VCO-41";
        /// The connection already has a route with this destination, with whatever weight.
        AlreadyExists = 400, "VpnRouteEntry.AlreadyExists",
            "The specified route entry is already exist.", "S-VCO-37";
        /// The destination is the network of a BGP session of the connection.
        Conflict = 400, "VpnRouteEntry.Conflict",
            "The specified route entry has conflict.", "S-VCO-38";
        /// The connection has as many destination routes as its quota allows.
        Quota = 400, "CreateDbrRoutesQuotaFull.QuotaFull",
            "The number of created destination routes exceeds the quota limit.", "S-VCO-49";
        /// Printed for the route families together. Not answered: a connection on a transit router
        /// has no SSL clients beside it.
        ConflictSsl = 400, "VpnRouteEntry.ConflictSSL",
            "The specified route entry has conflict with SSL client.", "S-VCO-39";
        /// Printed for the route families together. Not answered: with one possible next hop there
        /// are no pairs.
        BackupRoute = 400, "VpnRouteEntry.BackupRoute",
            "Validate backup route entry failed.", "S-VCO-40";
        /// Printed for the route families together. Not answered: nothing goes to a VPC.
        VpcQuota = 400, "QuotaExceeded.VpnRouteEntry",
            "The number of route entries to the VPN gateway in the VPC routing table has reached the quota limit.",
            "S-VCO-44";
        /// The older code for a full quota. Not answered: there is a code of its own for it.
        QuotaFull = 400, "Resource.QuotaFull", "The quota of resource is full", "S-VCO-34";
        /// The older code for a full quota, with another message. Not answered either.
        QuotaFullAdvice = 400, "Resource.QuotaFull",
            "The resources you are operating have reached the upper limit of the quota. Please increase the quota or use other solutions to avoid it according to the VPN operation document.",
            "S-VCO-46";
        /// Printed for the route families together. Not answered: these are no policy-based routes.
        PbrRouteQuotaFull = 400, "Resource.PbrRouteQuotaFull",
            "The quota of Policy-based route is full.", "S-VCO-47";
        /// Printed for the route families together. Not answered: these are no policy-based routes.
        CreatePbrQuotaFull = 400, "CreatePbrRoutesQuotaFull.QuotaFull",
            "The number of policy routes exceeds the quota limit.", "S-VCO-48";
        /// A RAM user without permission.
        SubUser = 403, "Forbbiden.SubUser",
            "User not authorized to operate on the specified resource.", "S-VCO-51";
        /// No permission on the connection.
        Forbidden = 403, "Forbidden",
            "User not authorized to operate on the specified resource.", "S-VCO-52";
        /// `DryRun` is true and all checks have passed.
        DryRun = 400, "DryRunOperation",
            "Request validation has been passed with DryRun flag set.", "S-VCO-50";
        /// Seen by clients of the provider while an appliance is configured. Not answered here.
        ApplianceConfiguring = 400, "Appliance.Configuring",
            "The specified service is configuring.", "errors.json";
    }
}

/// See [`Request`].
pub struct CreateVcoRouteEntry;

impl Operation for CreateVcoRouteEntry {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["vpnconnection/{VpnConnectionId}"],
        examples: &[
            Example {
                title: "A route the transit router learns",
                request: &[
                    ("VpnConnectionId", "$att"),
                    ("RouteDest", "192.168.10.0/24"),
                    ("NextHop", "$att"),
                    ("Weight", "100"),
                    ("Description", "desctest"),
                ],
                answer: r#"{"VpnConnectionId":"$att","RouteDest":"192.168.10.0/24",
                    "NextHop":"$att","Weight":100,"OverlayMode":"Ipsec","State":"published",
                    "CreateTime":"*","Description":"desctest"}"#,
            },
            Example {
                title: "Connections of VPN gateways have no such routes",
                request: &[
                    ("VpnConnectionId", "$vco"),
                    ("RouteDest", "192.168.10.0/24"),
                    ("NextHop", "$vco"),
                    ("Weight", "100"),
                ],
                answer: r#"{"Code":"InvalidVpnConnectionInstanceId.NotFound"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateVcoRouteEntry")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateVcoRouteEntry {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let connection = vco_route::connection(txn, request.vpn_connection_id);
        let connection = connection.ok_or(Error::ConnectionNotFound)?;
        let route = read(txn, &request)?;
        check(txn, connection, &request, &route)?;
        let response = Response {
            vpn_connection_id: connection.id,
            route_dest: route.key.destination.to_string(),
            next_hop: connection.id,
            weight: route.weight,
            overlay_mode: OVERLAY_MODE,
            state: PUBLISHED,
            create_time: route.created.millis(),
            description: route.description.clone(),
        };
        txn.put(route);
        vpn_connection::reconfigure(txn, response.vpn_connection_id);
        Ok(response)
    }
}

/// The route a request describes, if its values are valid.
fn read(txn: &Txn, request: &Request) -> Result<VcoRoute, Refusal> {
    let destination = vco_route::destination(&request.route_dest).map_err(Error::from)?;
    // The page lists no code for a bad weight (semantics.md 6.4).
    let weight = vpn_route::weight(request.weight);
    let weight = weight.ok_or_else(|| Refusal::invalid_parameter("Weight"))?;
    if request.description.as_deref().is_some_and(|text| !is_label(text, 1..=100)) {
        return Err(Error::InvalidDescription.into());
    }
    check_overlay_mode(request.overlay_mode.as_deref())?;
    Ok(VcoRoute {
        key: VcoRouteKey { connection: request.vpn_connection_id, destination },
        weight,
        description: request.description.as_deref().map(Into::into),
        created: txn.now(),
        sequence: txn.revision(),
    })
}

/// Whether the connection takes the route now.
fn check(
    txn: &Txn,
    connection: &VpnConnection,
    request: &Request,
    route: &VcoRoute,
) -> Result<(), Error> {
    vco_route::check_connection(txn, connection)?;
    // Decision A19.
    if request.next_hop != connection.id {
        return Err(Error::NextHopNotFound);
    }
    vco_route::check_clash(txn, connection, route.key.destination)?;
    let routes = vco_route::of_connection(txn, connection.id).count();
    if routes >= txn.context().quotas.vco_routes_per_connection {
        return Err(Error::Quota);
    }
    Ok(())
}

impl From<DestinationError> for Error {
    fn from(cause: DestinationError) -> Error {
        match cause {
            DestinationError::Malformed | DestinationError::Forbidden => Error::IllegalDestination,
            DestinationError::Reserved => Error::InvalidCidrBlock,
        }
    }
}

impl From<ConnectionUnready> for Error {
    fn from(cause: ConnectionUnready) -> Error {
        match cause {
            ConnectionUnready::FinancialLocked => Error::FinancialLocked,
            ConnectionUnready::Held => Error::TaskConflict,
            ConnectionUnready::Configuring => Error::ConnectionConfiguring,
        }
    }
}

impl From<Clash> for Error {
    fn from(cause: Clash) -> Error {
        match cause {
            Clash::Exists => Error::AlreadyExists,
            Clash::TunnelNetwork => Error::Conflict,
        }
    }
}

#[cfg(test)]
mod tests;
