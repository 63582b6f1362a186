use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Write, label};
use causeway_model::task::{self, Busy, Subject};
use causeway_model::text::Labels;
use causeway_model::vpc::Vpc;
use causeway_model::vswitch::{self, BlockConflict, VSwitch, VSwitchStatus};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Cidr, Family, VSwitchId, VpcId};
use serde::Serialize;

/// Creates a vSwitch in a VPC. It uses the VPC's system route table.
///
/// The vSwitch is `Pending` until its task is done, then `Available`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPC.
    #[parameter(example = "vpc-257gcdcdq64****")]
    vpc_id: VpcId,
    /// The IPv4 block: inside the VPC's primary or a secondary block, with a mask of 16 to 29 bits,
    /// apart from other vSwitches, and neither equal to nor containing the destination of a route.
    #[parameter(example = "172.16.0.0/24")]
    cidr_block: String,
    /// The zone, one of the region's.
    #[parameter(example = "cn-hangzhou-h")]
    zone_id: String,
    /// The number of the /64 to take from the VPC's IPv6 block: 0 to 255. Without it the vSwitch
    /// has no IPv6.
    #[parameter(example = "12")]
    ipv6_cidr_block: Option<i64>,
    /// The VPC's IPv6 block the /64 is taken from.
    vpc_ipv6_cidr_block: Option<String>,
    /// The name: 1 to 128 characters, not starting with `http://` or `https://`.
    v_switch_name: Option<String>,
    /// The description: 1 to 256 characters, not starting with `http://` or `https://`.
    description: Option<String>,
    /// Tags: at most 20.
    tag: Vec<TagPair>,
}

/// The new vSwitch.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    v_switch_id: VSwitchId,
}

errors! {
    /// What `CreateVSwitch` refuses.
    pub enum Error {
        /// No such VPC.
        VpcNotFound = 404, "InvalidVpcId.NotFound",
            "Specified VPC does not exist.", "clients.md 5.1";
        /// The block is not an IPv4 block with a mask of 16 to 29 bits.
        Malformed = 400, "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.", "chosen";
        /// Another request on the VPC is accepted but not yet answered.
        Locked = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "clients.md 13.1";
        /// The VPC is not `Available`.
        VpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "chosen";
        /// Routes of the VPC are being added, changed or removed.
        RouteStatus = 400, "InvalidStatus.RouteEntry",
            "Specified routeEntry status error.", "clients.md 13.1";
        /// The region has no such zone.
        ZoneNotFound = 404, "InvalidZoneId.NotFound",
            "Specified zone does not exist.", "chosen";
        /// The block is in none of the VPC's blocks.
        OutsideVpc = 400, "InvalidCidrBlock",
            "Specified CIDR block is not valid.", "semantics.md 7.8";
        /// The block overlaps a system route: another vSwitch, or 100.64.0.0/10.
        Overlap = 400, "InvalidCidrBlock.Overlapped",
            "Specified CIDR block overlapped with other subnets.", "semantics.md 7.8";
        /// The block equals or contains the destination of a route in a table of the VPC.
        RouteConflict = 400, "RouteConflict.AlreadyExist",
            "Route conflict exists in routing table.", "semantics.md 7.8";
        /// An IPv6 block was asked for in a VPC without IPv6.
        NoIpv6 = 400, "OperationDenied.VpcIpv6NotEnabled",
            "IPv6 has not been enabled for the VPC.", "chosen";
        /// The VPC has as many vSwitches as its quota allows.
        QuotaExceeded = 400, "QuotaExceeded.VSwitch",
            "vSwitch quota exceeded in this VPC.", "semantics.md 3.8";
    }
}

/// See [`Request`].
pub struct CreateVSwitch;

impl Operation for CreateVSwitch {
    const DECLARATION: Declaration = Declaration {
        client_token: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["vswitch/*", "vpc/{VpcId}"],
        examples: &[Example {
            title: "A vSwitch in zone H",
            request: &[
                ("VpcId", "$vpc"),
                ("CidrBlock", "192.168.3.0/24"),
                ("ZoneId", "cn-hangzhou-h"),
            ],
            answer: r#"{"VSwitchId":"*"}"#,
        }],
        ..Declaration::of::<Request, Error>("CreateVSwitch")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateVSwitch {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let vpc = txn.get::<Vpc>(&request.vpc_id).ok_or(Error::VpcNotFound)?.clone();
        let cidr = cidr(&request.cidr_block)?;
        let ipv6_index = ipv6_index(&request)?;
        label::check(request.v_switch_name.as_deref(), 128, "VSwitchName")?;
        label::check(request.description.as_deref(), 256, "Description")?;
        let tags = tag::given("Tag", &request.tag)?;
        check_idle(txn, vpc.id)?;
        if !txn.context().region.has_zone(&request.zone_id) {
            return Err(Error::ZoneNotFound.into());
        }
        let ipv6_cidr = check_blocks(txn, &vpc, &cidr, ipv6_index, &request)?;
        if txn.member_count::<VSwitchId>(vpc.id) >= txn.context().quotas.vswitches_per_vpc {
            return Err(Error::QuotaExceeded.into());
        }
        let id = txn.new_id();
        txn.put(VSwitch {
            id,
            vpc: vpc.id,
            cidr,
            ipv6_cidr,
            zone: request.zone_id.as_str().into(),
            route_table: vpc.system_table,
            labels: Labels::new(request.v_switch_name.as_deref(), request.description.as_deref()),
            status: VSwitchStatus::Pending,
            created: txn.now(),
            tags,
        });
        task::start(txn, Subject::VSwitch(id));
        Ok(Response { v_switch_id: id })
    }
}

fn cidr(text: &str) -> Result<Cidr, Error> {
    let usable = |cidr: &Cidr| cidr.family() == Family::V4 && (16..=29).contains(&cidr.length());
    text.parse().ok().filter(usable).ok_or(Error::Malformed)
}

fn ipv6_index(request: &Request) -> Result<Option<u8>, Refusal> {
    let invalid = |_| Refusal::invalid_parameter("Ipv6CidrBlock");
    request.ipv6_cidr_block.map(u8::try_from).transpose().map_err(invalid)
}

fn check_idle(txn: &Txn, vpc: VpcId) -> Result<(), Error> {
    for (subject, changing) in
        [(Subject::Vpc(vpc), Error::VpcStatus), (Subject::Routes(vpc), Error::RouteStatus)]
    {
        task::check_idle(txn, subject).map_err(|busy| match busy {
            Busy::Locked => Error::Locked,
            Busy::Changing => changing,
        })?;
    }
    Ok(())
}

/// Whether both blocks are free; the IPv6 block, if one is wanted.
fn check_blocks(
    txn: &Txn,
    vpc: &Vpc,
    cidr: &Cidr,
    ipv6_index: Option<u8>,
    request: &Request,
) -> Result<Option<Cidr>, Refusal> {
    vswitch::check_block(txn, vpc, cidr).map_err(refuse)?;
    let Some(index) = ipv6_index else { return Ok(None) };
    let ipv6_cidr = vpc.ipv6_subnet(index).ok_or(Error::NoIpv6)?;
    let from = request.vpc_ipv6_cidr_block.as_deref().filter(|text| !text.is_empty());
    if from.is_some_and(|text| text.parse().ok() != vpc.ipv6_cidr) {
        return Err(Refusal::invalid_parameter("VpcIpv6CidrBlock"));
    }
    vswitch::check_ipv6_block(txn, vpc, &ipv6_cidr).map_err(refuse)?;
    Ok(Some(ipv6_cidr))
}

fn refuse(conflict: BlockConflict) -> Error {
    match conflict {
        BlockConflict::OutsideVpc => Error::OutsideVpc,
        BlockConflict::SystemRoute => Error::Overlap,
        BlockConflict::Route => Error::RouteConflict,
    }
}

#[cfg(test)]
mod tests;
