use super::TRANSIT_ROUTER_VPN_ATTACHMENT;
use crate::{Authorized, Operation, Write};
use causeway_model::next_hop::NextHopType;
use causeway_model::resource::{self, Place, Resource};
use causeway_model::task::{self, Subject};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vpn_connection::{Attached, ConnectionState, VpnConnection};
use causeway_model::vpn_gateway::{PUBLIC_POOL, PbrSupport, VpnGateway, draw_address};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, ParameterError, Product, Refusal, errors};
use causeway_types::{
    Id, Prefix, TrAttachmentId, TransitRouterId, TypedId, VpcId, VpnConnectionId, VpnGatewayId,
};
use serde::Serialize;

/// Registers a resource that another product would hold, so that routes can point to it.
///
/// A VPN gateway becomes a real one, active and with one tunnel per connection. A
/// `TransitRouterVpnAttachment` attaches an IPsec connection to a transit router: both are on
/// their way until the attachment's task is done.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// What it is: a kind of next hop (`Instance`, `HaVip`, `RouterInterface`, `NetworkInterface`,
    /// `VpnGateway`, `IPv6Gateway`, `NatGateway`, `Attachment`, `VpcPeer`, `Ipv4Gateway`,
    /// `GatewayEndpoint`, `CenBasic`, `Ecr`, `GatewayLoadBalancerEndpoint`, `RouteTargetGroup`) or
    /// `TransitRouterVpnAttachment`.
    #[parameter(example = "Instance")]
    resource_type: String,
    /// The VPC of a next hop.
    #[parameter(example = "vpc-bp1ub1yt9cvakoelj****")]
    vpc_id: Option<VpcId>,
    /// The id: the prefix of its kind, a hyphen, and 1 to 23 lower-case letters or digits. Made up
    /// when absent.
    #[parameter(example = "i-bp1database")]
    resource_id: Option<String>,
    /// The state, in the words of the resource's own product; one in which it carries traffic when
    /// absent. Not for VPN gateways and attachments of IPsec connections, which have states of
    /// their own.
    #[parameter(example = "Running")]
    status: Option<String>,
    /// The IPsec connection of a `TransitRouterVpnAttachment`.
    vpn_connection_id: Option<VpnConnectionId>,
    /// The transit router of a `TransitRouterVpnAttachment`; made up when absent.
    transit_router_id: Option<TransitRouterId>,
    /// What a VPN gateway's version knows of policy-based routes: `full` (default), `no-priority`
    /// or `none`, to rehearse with old gateways.
    #[parameter(example = "no-priority")]
    pbr_support: Option<String>,
}

/// The registered resource.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    resource_id: Id,
}

errors! {
    /// What `RegisterResource` refuses.
    pub enum Error {
        /// The type is none of the known words.
        Type = 400, "InvalidResourceType",
            "The resource type \"{}\" is not known. It is a kind of next hop, such as Instance or NatGateway, or TransitRouterVpnAttachment.",
            "chosen";
        /// The id is not one of this type.
        ResourceId = 400, "InvalidResourceId.Malformed",
            "A resource of type {} has an id of the form {}-x, where x is 1 to 23 lower-case letters or digits.",
            "chosen";
        /// A state was given for a type whose state is not the caller's to choose.
        Status = 400, "InvalidStatus.NotSettable",
            "The state of a resource of type {} follows from its tasks and cannot be given.", "chosen";
        /// The state is empty or has more than 64 characters.
        StatusText = 400, "InvalidStatus.Malformed",
            "A state is a text of 1 to 64 characters.", "chosen";
        /// The version of a VPN gateway is none of the known words.
        PbrSupport = 400, "InvalidPbrSupport",
            "PbrSupport is one of none, no-priority and full.", "chosen";
        /// No such VPC.
        VpcNotFound = 404, "InvalidVpcId.NotFound", "Specified VPC does not exist.", "chosen";
        /// The VPC is being deleted.
        VpcStatus = 400, "IncorrectVpcStatus", "The VPC is being deleted.", "chosen";
        /// No such IPsec connection.
        ConnectionNotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "chosen";
        /// The IPsec connection is on a VPN gateway, or a transit router holds it already.
        ConnectionHeld = 400, "OperationDenied.VpnConnectionInUse",
            "Only an IPsec connection in state init, attached to nothing, can be attached to a transit router.",
            "chosen";
        /// There is a resource with this id.
        AlreadyExists = 400, "ResourceAlreadyExists",
            "There is already a resource with the id {}.", "chosen";
        /// The VPC already has as many registered resources as its quota allows.
        Quota = 400, "QuotaExceeded.Resource",
            "The maximum number of registered resources in a VPC is exceeded.", "chosen";
        /// The account already has as many VPN gateways in the region as its quota allows.
        GatewayQuota = 400, "Resource.QuotaFull", "The quota of resource is full", "errors.json";
    }
}

/// See [`Request`].
pub struct RegisterResource;

impl Operation for RegisterResource {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        asynchronous: true,
        access: Access::Create,
        resources: &["resource/*"],
        examples: &[
            Example {
                title: "An ECS instance with an id of your own",
                request: &[
                    ("ResourceType", "Instance"),
                    ("VpcId", "$vpc"),
                    ("ResourceId", "i-bp1database"),
                ],
                answer: r#"{"ResourceId":"i-bp1database"}"#,
            },
            Example {
                title: "An IPsec connection attached to a transit router",
                request: &[
                    ("ResourceType", "TransitRouterVpnAttachment"),
                    ("VpnConnectionId", "$free"),
                ],
                answer: r#"{"ResourceId":"*"}"#,
            },
            Example {
                title: "A VPN gateway of an old version",
                request: &[
                    ("ResourceType", "VpnGateway"),
                    ("VpcId", "$vpc"),
                    ("PbrSupport", "no-priority"),
                ],
                answer: r#"{"ResourceId":"*"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("RegisterResource")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for RegisterResource {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let word = request.resource_type.as_str();
        let resource_id = match NextHopType::from_text(word) {
            Some(NextHopType::VpnGateway) => register_gateway(txn, &request)?,
            Some(kind) => register_next_hop(txn, &request, kind)?,
            None if word == TRANSIT_ROUTER_VPN_ATTACHMENT => attach(txn, &request)?,
            None => return Err(Error::Type.with(word)),
        };
        Ok(Response { resource_id })
    }
}

fn register_next_hop(txn: &mut Txn, request: &Request, kind: NextHopType) -> Result<Id, Refusal> {
    let vpc = vpc(txn, request)?;
    let id = id(txn, request, kind.prefix())?;
    let status = request.status.as_deref().unwrap_or(kind.ready_status());
    if !(1..=64).contains(&status.chars().count()) {
        return Err(Error::StatusText.into());
    }
    if resource::count_of_vpc(txn, vpc) >= txn.context().quotas.registered_resources_per_vpc {
        return Err(Error::Quota.into());
    }
    let (place, created) = (Place::Vpc(vpc), txn.now());
    txn.put(Resource { id, place, status: status.into(), created });
    Ok(id)
}

fn register_gateway(txn: &mut Txn, request: &Request) -> Result<Id, Refusal> {
    let vpc = vpc(txn, request)?;
    let id = id(txn, request, Prefix::VpnGateway)?;
    no_status(request)?;
    let pbr = match request.pbr_support.as_deref().unwrap_or_default() {
        "" | "full" => PbrSupport::Full,
        "no-priority" => PbrSupport::WithoutPriority,
        "none" => PbrSupport::None,
        _ => return Err(Error::PbrSupport.into()),
    };
    if txn.all::<VpnGateway>().count() >= txn.context().quotas.vpn_gateways {
        return Err(Error::GatewayQuota.into());
    }
    let address = draw_address(txn, PUBLIC_POOL, None);
    let gateway = VpnGatewayId::from_id(id).expect("has the prefix of gateways");
    txn.put(VpnGateway { pbr, ..VpnGateway::new(gateway, vpc, address, txn.now()) });
    Ok(id)
}

fn attach(txn: &mut Txn, request: &Request) -> Result<Id, Refusal> {
    let connection = request.vpn_connection_id.ok_or(missing("VpnConnectionId"))?;
    let found = txn.get::<VpnConnection>(&connection).ok_or(Error::ConnectionNotFound)?;
    let free = found.attached == Attached::Nothing && found.state == ConnectionState::Init;
    let id = id(txn, request, Prefix::TrAttachment)?;
    no_status(request)?;
    if !free {
        return Err(Error::ConnectionHeld.into());
    }
    let attachment = TrAttachmentId::from_id(id).expect("has the prefix of attachments");
    let transit_router = request.transit_router_id.unwrap_or_else(|| txn.new_id());
    if transit_router.id() == Id::NONE {
        return Err(Refusal::invalid_parameter("TransitRouterId"));
    }
    let place = Place::TransitRouter { transit_router, connection };
    txn.put(Resource { id, place, status: "Attaching".into(), created: txn.now() });
    txn.update::<VpnConnection>(&connection, |connection| {
        connection.attached = Attached::TransitRouter { attachment, transit_router };
        connection.state = ConnectionState::Attaching;
    });
    task::start(txn, Subject::Attachment(attachment));
    Ok(id)
}

fn vpc(txn: &Txn, request: &Request) -> Result<VpcId, Refusal> {
    let vpc = request.vpc_id.ok_or(missing("VpcId"))?;
    let found = txn.get::<Vpc>(&vpc).ok_or(Error::VpcNotFound)?;
    if found.status == VpcStatus::Deleting {
        return Err(Error::VpcStatus.into());
    }
    Ok(vpc)
}

/// The id that was given, if it fits and is free, or a new one.
fn id(txn: &mut Txn, request: &Request, prefix: Prefix) -> Result<Id, Refusal> {
    let Some(text) = request.resource_id.as_deref().filter(|text| !text.is_empty()) else {
        let entropy = txn.entropy();
        return Ok(Id::generate(prefix, txn.context().region.code(), entropy));
    };
    let id = text.parse::<Id>().ok().filter(|id| id.prefix() == Some(prefix));
    let id =
        id.ok_or_else(|| Error::ResourceId.with(&request.resource_type).with(prefix.text()))?;
    let gateway = VpnGatewayId::from_id(id).and_then(|id| txn.get::<VpnGateway>(&id));
    if txn.get::<Resource>(&id).is_some() || gateway.is_some() {
        return Err(Error::AlreadyExists.with(id));
    }
    Ok(id)
}

fn no_status(request: &Request) -> Result<(), Refusal> {
    match &request.status {
        Some(status) if !status.is_empty() => Err(Error::Status.with(&request.resource_type)),
        _ => Ok(()),
    }
}

fn missing(name: &'static str) -> ParameterError {
    ParameterError::Missing { name, code: None }
}

#[cfg(test)]
mod tests;
