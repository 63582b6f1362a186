//! Quotas that are nearly used up.

use super::{Code, Finding, Severity};
use causeway_model::next_hop::NextHops;
use causeway_model::route_table::{self, RouteTable};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Quotas, Read, route_entry, vco_route, vpn_pbr_route, vpn_route};
use causeway_types::{Id, Prefix, VSwitchId, VpnConnectionId};

/// How much of a quota is nearly all, in percent.
const NEARLY: usize = 80;

/// Quotas of which not much is left.
pub(super) fn findings(world: &impl Read, quotas: &Quotas) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut check = |id: Id, what: &str, used: usize, most: usize| {
        if used * 100 < most * NEARLY || used == 0 {
            return;
        }
        let left = most.saturating_sub(used);
        let message = format!("{used} of {most} {what}: room for {left} more");
        let advice = "remove what is not needed, put prefixes together, or raise the quota";
        let (severity, advice) = (Severity::Warning, advice.to_owned());
        let code = Code::QuotaNearlyUsed;
        found.push(Finding { severity, code, resource_id: id, message, advice });
    };
    for table in world.all::<RouteTable>() {
        let used = route_entry::of_table(world, table.id).count();
        check(
            table.id.into(),
            "custom routes in a route table",
            used,
            quotas.custom_routes_per_table,
        );
    }
    for vpc in world.all::<Vpc>() {
        let vswitches = world.member_count::<VSwitchId>(vpc.id);
        check(vpc.id.into(), "vSwitches in a VPC", vswitches, quotas.vswitches_per_vpc);
        let to_gateways = route_table::of_vpc(world, vpc.id)
            .flat_map(|table| route_entry::of_table(world, table.id))
            .filter(|entry| is_to(&entry.next_hops, Prefix::VpnGateway))
            .count();
        let what = "routes of a VPC to VPN gateways";
        check(vpc.id.into(), what, to_gateways, quotas.vpn_routes_per_vpc);
    }
    for gateway in world.all::<VpnGateway>() {
        let id = gateway.id;
        let destination = vpn_route::of_gateway(world, id).count();
        let what = "destination routes on a VPN gateway";
        check(id.into(), what, destination, quotas.vpn_routes_per_gateway);
        let policy = vpn_pbr_route::of_gateway(world, id).count();
        let what = "policy-based routes on a VPN gateway";
        check(id.into(), what, policy, quotas.pbr_routes_per_gateway);
        let connections = world.member_count::<VpnConnectionId>(id);
        let what = "IPsec connections on a VPN gateway";
        check(id.into(), what, connections, quotas.connections_per_gateway);
    }
    let attached = |it: &&VpnConnection| !matches!(it.attached, Attached::Gateway(_));
    for connection in world.all::<VpnConnection>().filter(attached) {
        let used = vco_route::of_connection(world, connection.id).count();
        let what = "routes of an IPsec connection on a transit router";
        check(connection.id.into(), what, used, quotas.vco_routes_per_connection);
    }
    found
}

fn is_to(hops: &NextHops, prefix: Prefix) -> bool {
    hops.single().is_some_and(|hop| hop.prefix() == Some(prefix))
}
