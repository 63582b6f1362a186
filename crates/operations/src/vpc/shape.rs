//! A VPC in answers.

use crate::shape::TagList;
use causeway_model::vpc::Vpc;
use causeway_model::{Context, Read};
use causeway_types::{Cidr, NatGatewayId, RouteTableId, VRouterId, VSwitchId, VpcId};
use serde::Serialize;

/// A VPC. Clients need every list, even an empty one (clients.md 7).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcShape {
    vpc_id: VpcId,
    vpc_name: String,
    description: String,
    region_id: String,
    owner_id: i64,
    status: &'static str,
    cidr_block: String,
    enabled_ipv6: bool,
    ipv6_cidr_block: String,
    ipv6_cidr_blocks: Ipv6CidrBlocks,
    secondary_cidr_blocks: SecondaryCidrBlocks,
    user_cidrs: UserCidrs,
    v_router_id: VRouterId,
    v_switch_ids: VSwitchIds,
    router_table_ids: RouterTableIds,
    nat_gateway_ids: NatGatewayIds,
    associated_cens: AssociatedCens,
    dns_hostname_status: &'static str,
    dhcp_options_set_id: &'static str,
    dhcp_options_set_status: &'static str,
    classic_link_enabled: bool,
    creation_time: String,
    is_default: bool,
    resource_group_id: String,
    tags: TagList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ipv6CidrBlocks {
    ipv6_cidr_block: Vec<Ipv6CidrBlock>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ipv6CidrBlock {
    ipv6_cidr_block: String,
    ipv6_isp: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecondaryCidrBlocks {
    secondary_cidr_block: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserCidrs {
    user_cidr: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VSwitchIds {
    v_switch_id: Vec<VSwitchId>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RouterTableIds {
    router_table_ids: Vec<RouteTableId>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NatGatewayIds {
    nat_gateway_ids: Vec<NatGatewayId>,
}

/// Networks that span VPCs are not managed here, so the list is empty.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssociatedCens {
    associated_cen: [(); 0],
}

impl VpcShape {
    pub(super) fn new(world: &impl Read, context: &Context, vpc: &Vpc) -> VpcShape {
        VpcShape {
            vpc_id: vpc.id,
            vpc_name: vpc.labels.name().into(),
            description: vpc.labels.description().into(),
            region_id: context.region.id.clone(),
            owner_id: context.account.parse().unwrap_or_default(),
            status: vpc.status.text(),
            cidr_block: vpc.cidr.to_string(),
            enabled_ipv6: vpc.ipv6_cidr.is_some(),
            ipv6_cidr_block: vpc.ipv6_cidr.map(|cidr| cidr.to_string()).unwrap_or_default(),
            ipv6_cidr_blocks: ipv6_cidr_blocks(vpc),
            secondary_cidr_blocks: SecondaryCidrBlocks {
                secondary_cidr_block: texts(&vpc.secondary_cidrs),
            },
            user_cidrs: UserCidrs { user_cidr: texts(&vpc.user_cidrs) },
            v_router_id: vpc.vrouter,
            v_switch_ids: VSwitchIds { v_switch_id: world.members(vpc.id).collect() },
            router_table_ids: RouterTableIds { router_table_ids: world.members(vpc.id).collect() },
            nat_gateway_ids: NatGatewayIds { nat_gateway_ids: world.members(vpc.id).collect() },
            associated_cens: AssociatedCens { associated_cen: [] },
            dns_hostname_status: if vpc.dns_hostnames { "ENABLED" } else { "DISABLED" },
            dhcp_options_set_id: "",
            dhcp_options_set_status: "Available",
            classic_link_enabled: false,
            creation_time: vpc.created.to_string(),
            is_default: false,
            resource_group_id: vpc.resource_group.as_deref().unwrap_or_default().into(),
            tags: TagList::from(&vpc.tags),
        }
    }
}

fn texts(cidrs: &[Cidr]) -> Vec<String> {
    cidrs.iter().map(ToString::to_string).collect()
}

fn ipv6_cidr_blocks(vpc: &Vpc) -> Ipv6CidrBlocks {
    let block = |cidr: Cidr| Ipv6CidrBlock {
        ipv6_cidr_block: cidr.to_string(),
        ipv6_isp: vpc.ipv6_isp.text(),
    };
    Ipv6CidrBlocks { ipv6_cidr_block: vpc.ipv6_cidr.into_iter().map(block).collect() }
}
