use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Write, label};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::task::{self, Subject};
use causeway_model::text::{Labels, Tags};
use causeway_model::vpc::{Ipv6Isp, Vpc, VpcStatus};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Cidr, Family, RouteTableId, VRouterId, VpcId};
use serde::Serialize;

/// Creates a VPC together with its router and its system route table.
///
/// The VPC is `Pending` until its task is done, then `Available`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The primary IPv4 block, with a mask of 8 to 28 bits, outside 100.64.0.0/10, 127.0.0.0/8,
    /// 169.254.0.0/16 and 224.0.0.0/4. 172.16.0.0/12 when absent.
    #[parameter(example = "172.16.0.0/12")]
    cidr_block: Option<String>,
    /// The name: 1 to 128 characters, not starting with `http://` or `https://`.
    vpc_name: Option<String>,
    /// The description: 1 to 256 characters, not starting with `http://` or `https://`.
    description: Option<String>,
    /// Whether to enable IPv6; the block is then given by `Ipv6CidrBlock` or chosen.
    enable_ipv6: Option<bool>,
    /// The IPv6 block, a /56.
    ipv6_cidr_block: Option<String>,
    /// Whose IPv6 addresses to use: `BGP` (when absent), `ChinaMobile`, `ChinaUnicom` or
    /// `ChinaTelecom`.
    ipv6_isp: Option<String>,
    /// The resource group: at most 64 characters.
    resource_group_id: Option<String>,
    /// Blocks to be treated as private, separated by commas; at most three.
    user_cidr: Option<String>,
    /// Whether instances get DNS host names.
    enable_dns_hostname: Option<bool>,
    /// The address pool to take the primary block from. No pool exists here.
    ipv4_ipam_pool_id: Option<String>,
    /// The mask of the block taken from the IPv4 pool.
    ipv4_cidr_mask: Option<i64>,
    /// The address pool to take the IPv6 block from. No pool exists here.
    ipv6_ipam_pool_id: Option<String>,
    /// The mask of the block taken from the IPv6 pool.
    ipv6_cidr_mask: Option<i64>,
    /// Tags: at most 20.
    tag: Vec<TagPair>,
}

/// The new VPC.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpc_id: VpcId,
    v_router_id: VRouterId,
    route_table_id: RouteTableId,
}

errors! {
    /// What `CreateVpc` refuses.
    pub enum Error {
        /// An address pool was given; there are none.
        PoolNotFound = 404, "ResourceNotFound.IpamPool",
            "The specified resource of IpamPool is not found.", "chosen";
        /// The account already has as many VPCs in the region as its quota allows.
        QuotaExceeded = 400, "QuotaExceeded.Vpc", "VPC quota exceeded.", "semantics.md 3.8";
    }
}

/// See [`Request`].
pub struct CreateVpc;

impl Operation for CreateVpc {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["vpc/*"],
        examples: &[Example {
            title: "A VPC for 10.0.0.0/8",
            request: &[("CidrBlock", "10.0.0.0/8"), ("VpcName", "production")],
            answer: r#"{"VpcId":"*","VRouterId":"*","RouteTableId":"*"}"#,
        }],
        ..Declaration::of::<Request, Error>("CreateVpc")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateVpc {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let cidr = cidr(given(&request.cidr_block).unwrap_or("172.16.0.0/12"))?;
        let vpc = new_vpc(txn, &request, cidr)?;
        if given(&request.ipv4_ipam_pool_id).or(given(&request.ipv6_ipam_pool_id)).is_some() {
            return Err(Error::PoolNotFound.into());
        }
        if txn.count::<Vpc>(..) >= txn.context().quotas.vpcs {
            return Err(Error::QuotaExceeded.into());
        }
        let response =
            Response { vpc_id: vpc.id, v_router_id: vpc.vrouter, route_table_id: vpc.system_table };
        txn.put(system_table(&vpc));
        txn.put(vpc);
        task::start(txn, Subject::Vpc(response.vpc_id));
        Ok(response)
    }
}

fn new_vpc(txn: &mut Txn, request: &Request, cidr: Cidr) -> Result<Vpc, Refusal> {
    label::check(request.vpc_name.as_deref(), 128, "VpcName")?;
    label::check(request.description.as_deref(), 256, "Description")?;
    check_masks(request)?;
    Ok(Vpc {
        user_cidrs: user_cidrs(request)?,
        ipv6_cidr: ipv6_cidr(txn, request)?,
        ipv6_isp: ipv6_isp(request)?,
        tags: tag::given("Tag", &request.tag)?,
        dns_hostnames: request.enable_dns_hostname.unwrap_or_default(),
        id: txn.new_id(),
        vrouter: txn.new_id(),
        system_table: txn.new_id(),
        cidr,
        secondary_cidrs: Vec::new(),
        labels: Labels::new(request.vpc_name.as_deref(), request.description.as_deref()),
        status: VpcStatus::Pending,
        created: txn.now(),
        resource_group: label::resource_group(&request.resource_group_id)?,
    })
}

fn system_table(vpc: &Vpc) -> RouteTable {
    RouteTable {
        id: vpc.system_table,
        vpc: vpc.id,
        kind: RouteTableKind::System,
        associate: AssociateType::VSwitch,
        labels: Labels::default(),
        status: RouteTableStatus::Available,
        propagation_enabled: true,
        created: vpc.created,
        tags: Tags::new(),
    }
}

/// Blocks no VPC can have: the provider's own, loopback, link-local and multicast.
const FORBIDDEN: [Cidr; 4] = [
    Cidr::RESERVED,
    Cidr::v4(127, 0, 0, 0, 8),
    Cidr::v4(169, 254, 0, 0, 16),
    Cidr::v4(224, 0, 0, 0, 4),
];

/// The primary block: IPv4, 8 to 28 bits, none of the forbidden ones.
fn cidr(text: &str) -> Result<Cidr, Refusal> {
    let usable = |cidr: &Cidr| {
        cidr.family() == Family::V4
            && (8..=28).contains(&cidr.length())
            && !FORBIDDEN.iter().any(|forbidden| forbidden.overlaps(cidr))
    };
    let cidr = text.parse().ok().filter(usable);
    cidr.ok_or_else(|| Refusal::invalid_parameter("CidrBlock"))
}

/// The text of a parameter that says nothing when empty.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// Masks go with pools; without one they say nothing.
fn check_masks(request: &Request) -> Result<(), Refusal> {
    if request.ipv4_cidr_mask.is_some() && given(&request.ipv4_ipam_pool_id).is_none() {
        return Err(Refusal::invalid_parameter("Ipv4CidrMask"));
    }
    if request.ipv6_cidr_mask.is_some() && given(&request.ipv6_ipam_pool_id).is_none() {
        return Err(Refusal::invalid_parameter("Ipv6CidrMask"));
    }
    Ok(())
}

fn user_cidrs(request: &Request) -> Result<Vec<Cidr>, Refusal> {
    let invalid = || Refusal::invalid_parameter("UserCidr");
    let list = given(&request.user_cidr);
    let blocks = list.iter().flat_map(|list| list.split(','));
    let blocks = blocks.map(|text| text.trim().parse().map_err(|_| invalid()));
    let blocks = blocks.collect::<Result<Vec<Cidr>, _>>()?;
    if blocks.len() <= 3 { Ok(blocks) } else { Err(invalid()) }
}

fn ipv6_isp(request: &Request) -> Result<Ipv6Isp, Refusal> {
    let Some(text) = given(&request.ipv6_isp) else { return Ok(Ipv6Isp::default()) };
    Ipv6Isp::from_text(text).ok_or_else(|| Refusal::invalid_parameter("Ipv6Isp"))
}

/// The IPv6 block when IPv6 is wanted: the given /56, or one drawn from 2408:4000::/22.
fn ipv6_cidr(txn: &mut Txn, request: &Request) -> Result<Option<Cidr>, Refusal> {
    let invalid = || Refusal::invalid_parameter("Ipv6CidrBlock");
    match given(&request.ipv6_cidr_block) {
        Some(_) if request.enable_ipv6 == Some(false) => Err(invalid()),
        Some(text) => {
            let cidr: Cidr = text.parse().map_err(|_| invalid())?;
            if cidr.family() == Family::V6 && cidr.length() == 56 {
                Ok(Some(cidr))
            } else {
                Err(invalid())
            }
        }
        None if request.enable_ipv6 == Some(true) => {
            let drawn = (txn.entropy() & ((1 << 34) - 1)) << 72;
            let network = (0x2408_4000_u128 << 96) | drawn;
            Ok(Some(format!("{}/56", std::net::Ipv6Addr::from(network)).parse().expect("a /56")))
        }
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
