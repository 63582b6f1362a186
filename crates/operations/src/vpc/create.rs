use crate::{Authorized, Operation, Write};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::task::{self, Subject};
use causeway_model::text::{Labels, Tags, is_label};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Cidr, RouteTableId, VRouterId, VpcId};
use serde::Serialize;

/// Creates a VPC together with its router and its system route table.
///
/// The VPC is `Pending` until its task is done, then `Available`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The primary IPv4 block: a private block with a mask of 8 to 28 bits. 172.16.0.0/12 when absent.
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
    /// The resource group.
    resource_group_id: Option<String>,
    /// Blocks to be treated as private, separated by commas; at most three.
    user_cidr: Option<String>,
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
        let cidr = cidr(request.cidr_block.as_deref().unwrap_or("172.16.0.0/12"))?;
        check_label(request.vpc_name.as_deref(), 128, "VpcName")?;
        check_label(request.description.as_deref(), 256, "Description")?;
        if txn.all::<Vpc>().count() >= txn.context().quotas.vpcs {
            return Err(Error::QuotaExceeded.into());
        }
        let vpc = new_vpc(txn, &request, cidr)?;
        let response =
            Response { vpc_id: vpc.id, v_router_id: vpc.vrouter, route_table_id: vpc.system_table };
        txn.put(system_table(&vpc));
        txn.put(vpc);
        task::start(txn, Subject::Vpc(response.vpc_id));
        Ok(response)
    }
}

fn new_vpc(txn: &mut Txn, request: &Request, cidr: Cidr) -> Result<Vpc, Refusal> {
    let given =
        |text: &str| text.parse::<Cidr>().map_err(|_| Refusal::invalid_parameter("UserCidr"));
    let user_cidrs = request.user_cidr.iter().flat_map(|list| list.split(',')).map(given);
    Ok(Vpc {
        user_cidrs: user_cidrs.collect::<Result<_, _>>()?,
        ipv6_cidr: ipv6_cidr(txn, request)?,
        id: txn.new_id(),
        vrouter: txn.new_id(),
        system_table: txn.new_id(),
        cidr,
        secondary_cidrs: Vec::new(),
        labels: Labels::new(request.vpc_name.as_deref(), request.description.as_deref()),
        status: VpcStatus::Pending,
        created: txn.now(),
        resource_group: request.resource_group_id.as_deref().map(Into::into),
        tags: Tags::new(),
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

/// The primary block: IPv4, 8 to 28 bits, not the provider's own.
fn cidr(text: &str) -> Result<Cidr, Refusal> {
    let invalid = || Refusal::invalid_parameter("CidrBlock");
    let cidr: Cidr = text.parse().map_err(|_| invalid())?;
    let usable = cidr.family() == causeway_types::Family::V4
        && (8..=28).contains(&cidr.length())
        && !cidr.overlaps(&Cidr::RESERVED);
    if usable { Ok(cidr) } else { Err(invalid()) }
}

/// The IPv6 block when IPv6 is wanted: the given /56, or one drawn from 2408:4000::/22.
fn ipv6_cidr(txn: &mut Txn, request: &Request) -> Result<Option<Cidr>, Refusal> {
    match &request.ipv6_cidr_block {
        Some(text) => {
            let invalid = || Refusal::invalid_parameter("Ipv6CidrBlock");
            let cidr: Cidr = text.parse().map_err(|_| invalid())?;
            if cidr.length() == 56 { Ok(Some(cidr)) } else { Err(invalid()) }
        }
        None if request.enable_ipv6 == Some(true) => {
            let drawn = (txn.entropy() & ((1 << 34) - 1)) << 72;
            let network = (0x2408_4000_u128 << 96) | drawn;
            Ok(Some(format!("{}/56", std::net::Ipv6Addr::from(network)).parse().expect("a /56")))
        }
        None => Ok(None),
    }
}

fn check_label(text: Option<&str>, length: usize, name: &str) -> Result<(), Refusal> {
    match text {
        Some(text) if !is_label(text, 1..=length) => Err(Refusal::invalid_parameter(name)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn a_vpc_has_a_router_and_a_system_table() {
        let mut world = World::with_manual_tasks();
        let made = world.call("CreateVpc", &[("CidrBlock", "10.0.0.0/8")]).unwrap();
        let vpc = made["VpcId"].as_str().unwrap();
        let read = world.call("DescribeVpcAttribute", &[("VpcId", vpc)]).unwrap();
        assert_eq!(
            (&read["Status"], &read["CidrBlock"]),
            (&"Pending".into(), &"10.0.0.0/8".into())
        );
        assert_eq!(read["VRouterId"], made["VRouterId"]);
        world.finish_tasks();
        let read = world.call("DescribeVpcAttribute", &[("VpcId", vpc)]).unwrap();
        assert_eq!(read["Status"], "Available");
    }

    #[test]
    fn bad_values_change_nothing() {
        let mut world = World::new();
        for (name, value) in [
            ("CidrBlock", "10.0.0.1/8"),
            ("CidrBlock", "10.0.0.0/30"),
            ("CidrBlock", "100.64.0.0/10"),
            ("Ipv6CidrBlock", "2001:db8::/64"),
            ("UserCidr", "x"),
            ("VpcName", "http://a"),
            ("Description", ""),
        ] {
            let refusal = world.refusal("CreateVpc", &[(name, value)]);
            assert_eq!(refusal.code, "InvalidParameter", "{name}={value}");
        }
        assert_eq!(world.tenant.row_count(), 0);
    }

    #[test]
    fn the_quota_holds() {
        let mut world = World::new();
        for _ in 0..10 {
            world.call("CreateVpc", &[]).unwrap();
        }
        assert_eq!(world.refusal("CreateVpc", &[]).code, "QuotaExceeded.Vpc");
    }
}
