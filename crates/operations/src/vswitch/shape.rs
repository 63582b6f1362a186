//! A vSwitch in answers.

use crate::shape::TagList;
use causeway_model::route_table::RouteTable;
use causeway_model::vpc::Vpc;
use causeway_model::vswitch::VSwitch;
use causeway_model::{Context, Read};
use causeway_types::{RouteTableId, VSwitchId, VpcId};
use serde::Serialize;

/// A vSwitch. `Ipv6CidrBlock` and `RouteTable` are there even when empty (clients.md 7).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VSwitchShape {
    v_switch_id: VSwitchId,
    v_switch_name: String,
    description: String,
    vpc_id: VpcId,
    zone_id: String,
    status: &'static str,
    cidr_block: String,
    ipv6_cidr_block: String,
    enabled_ipv6: bool,
    available_ip_address_count: u64,
    route_table: RouteTableShape,
    network_acl_id: &'static str,
    is_default: bool,
    creation_time: String,
    owner_id: i64,
    resource_group_id: String,
    share_type: &'static str,
    tags: TagList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RouteTableShape {
    route_table_id: RouteTableId,
    route_table_type: &'static str,
}

impl VSwitchShape {
    pub(super) fn new(world: &impl Read, context: &Context, vswitch: &VSwitch) -> VSwitchShape {
        let table = world.get::<RouteTable>(&vswitch.route_table);
        VSwitchShape {
            v_switch_id: vswitch.id,
            v_switch_name: vswitch.labels.name().into(),
            description: vswitch.labels.description().into(),
            vpc_id: vswitch.vpc,
            zone_id: vswitch.zone.to_string(),
            status: vswitch.status.text(),
            cidr_block: vswitch.cidr.to_string(),
            ipv6_cidr_block: vswitch.ipv6_cidr.map(|cidr| cidr.to_string()).unwrap_or_default(),
            enabled_ipv6: vswitch.ipv6_cidr.is_some(),
            available_ip_address_count: vswitch.usable_addresses(),
            route_table: RouteTableShape {
                route_table_id: vswitch.route_table,
                route_table_type: table.map_or("", |table| table.kind.text()),
            },
            network_acl_id: "",
            is_default: false,
            creation_time: vswitch.created.to_string(),
            owner_id: context.account.parse().unwrap_or_default(),
            resource_group_id: resource_group(world, vswitch).unwrap_or_default().to_owned(),
            share_type: "",
            tags: TagList::from(&vswitch.tags),
        }
    }
}

/// A vSwitch is in its VPC's resource group.
pub(super) fn resource_group<'a>(world: &'a impl Read, vswitch: &VSwitch) -> Option<&'a str> {
    let vpc = world.get::<Vpc>(&vswitch.vpc);
    vpc.and_then(|vpc| vpc.resource_group.as_deref())
}
