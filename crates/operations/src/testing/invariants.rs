//! What holds of every tenant, whatever was done to it. Property tests check all of it after each
//! step.

use causeway_model::resource::Resource;
use causeway_model::route_entry::RouteEntry;
use causeway_model::route_table::{self, AssociateType, RouteTable, RouteTableKind};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vswitch::{self, VSwitch};
use causeway_model::{Read, Tenant};
use causeway_types::{RouteTableId, VSwitchId};

/// Panics unless every invariant holds.
pub(crate) fn check(tenant: &Tenant) {
    every_vpc_has_one_system_table(tenant);
    nothing_is_in_a_vpc_that_is_gone(tenant);
    vswitch_blocks_are_apart_and_inside(tenant);
    every_vswitch_is_bound_to_a_table_of_its_vpc(tenant);
    routes_are_in_tables_and_outside_vswitches(tenant);
    memberships_agree_with_rows(tenant);
}

fn every_vpc_has_one_system_table(tenant: &Tenant) {
    for vpc in tenant.all::<Vpc>() {
        let system = route_table::of_vpc(tenant, vpc.id)
            .filter(|table| table.kind == RouteTableKind::System)
            .map(|table| table.id);
        assert_eq!(system.collect::<Vec<_>>(), [vpc.system_table], "of {}", vpc.id);
    }
    for table in tenant.all::<RouteTable>() {
        assert!(tenant.get::<Vpc>(&table.vpc).is_some(), "{} is in no VPC", table.id);
    }
}

fn nothing_is_in_a_vpc_that_is_gone(tenant: &Tenant) {
    let resources = tenant.all::<Resource>().filter_map(|row| Some((row.id, row.vpc()?)));
    let gateways = tenant.all::<VpnGateway>().map(|gateway| (gateway.id.into(), gateway.vpc));
    for (id, vpc) in resources.chain(gateways) {
        assert!(tenant.get::<Vpc>(&vpc).is_some(), "{id} is in no VPC");
    }
}

fn vswitch_blocks_are_apart_and_inside(tenant: &Tenant) {
    for vpc in tenant.all::<Vpc>() {
        let vswitches: Vec<_> = vswitch::of_vpc(tenant, vpc.id).collect();
        for (index, one) in vswitches.iter().enumerate() {
            assert!(vpc.contains(&one.cidr), "{} is outside {}", one.id, vpc.id);
            for other in &vswitches[index + 1..] {
                assert!(!one.cidr.overlaps(&other.cidr), "{} overlaps {}", one.id, other.id);
                let ipv6 = one.ipv6_cidr.zip(other.ipv6_cidr);
                let apart = ipv6.is_none_or(|(one, other)| !one.overlaps(&other));
                assert!(apart, "{} and {} share IPv6 addresses", one.id, other.id);
            }
        }
    }
}

fn every_vswitch_is_bound_to_a_table_of_its_vpc(tenant: &Tenant) {
    for vswitch in tenant.all::<VSwitch>() {
        let table = tenant.get::<RouteTable>(&vswitch.route_table);
        let table = table.unwrap_or_else(|| panic!("{} is bound to no table", vswitch.id));
        assert_eq!(table.vpc, vswitch.vpc, "{} is bound to a foreign table", vswitch.id);
        assert_eq!(table.associate, AssociateType::VSwitch, "{} of {}", table.id, vswitch.id);
    }
}

/// A route with a vSwitch's own block is a system route pointed elsewhere, and fine.
fn routes_are_in_tables_and_outside_vswitches(tenant: &Tenant) {
    for entry in tenant.all::<RouteEntry>() {
        let key = entry.key;
        let table = tenant.get::<RouteTable>(&key.table);
        let table = table.unwrap_or_else(|| panic!("{} is in no table", entry.id));
        for vswitch in vswitch::of_vpc(tenant, table.vpc) {
            for block in [Some(vswitch.cidr), vswitch.ipv6_cidr].into_iter().flatten() {
                let inside = block != key.destination && block.contains(&key.destination);
                assert!(!inside, "{} leads into {}", entry.id, vswitch.id);
            }
        }
    }
}

fn memberships_agree_with_rows(tenant: &Tenant) {
    let mut listed = 0;
    for vpc in tenant.all::<Vpc>() {
        for id in tenant.members::<VSwitchId>(vpc.id) {
            assert_eq!(tenant.get::<VSwitch>(&id).map(|row| row.vpc), Some(vpc.id), "{id}");
            listed += 1;
        }
        for id in tenant.members::<RouteTableId>(vpc.id) {
            assert_eq!(tenant.get::<RouteTable>(&id).map(|row| row.vpc), Some(vpc.id), "{id}");
            listed += 1;
        }
    }
    for table in tenant.all::<RouteTable>() {
        for id in tenant.members::<VSwitchId>(table.id) {
            let bound = tenant.get::<VSwitch>(&id).map(|row| row.route_table);
            assert_eq!(bound, Some(table.id), "{id}");
            listed += 1;
        }
    }
    let rows = tenant.all::<RouteTable>().count() + 2 * tenant.all::<VSwitch>().count();
    assert_eq!(listed, rows, "rows that nobody lists");
}
