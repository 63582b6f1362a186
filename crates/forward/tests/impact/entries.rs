//! Gateways by which packets enter, with route tables of their own that come and go.

use super::world::{self, HOPS, Spread, VSWITCHES, cidr, resource_row};
use super::{id, rows};
use causeway_model::Txn;
use causeway_model::gateway_binding::{self, GatewayBinding};
use causeway_model::next_hop::NextHops;
use causeway_model::resource::Resource;
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use causeway_model::route_table::{AssociateType, RouteTable};
use causeway_types::{Id, VpcId};

/// Gateways by which packets enter, and tables and vSwitches whose packets leave by them.
pub const ENTRIES: [(&str, &str, &str); 3] = [
    ("ipv4gw-1", "vtb-probeg", "vsw-probeg"),
    ("ipv6gw-1", "vtb-probeg", "vsw-probeg"),
    ("ipv4gw-2", "vtb-probeh", "vsw-probeh"),
];
const GATEWAY_TABLES: &[&str] = &["vtb-in1", "vtb-in2"];

/// The gateways, and tables that none is bound to.
pub fn standing(txn: &mut Txn, vpc: VpcId) {
    for (gateway, _, _) in ENTRIES {
        txn.put(resource_row(gateway, ready(gateway)));
    }
    for table in GATEWAY_TABLES {
        let associate = AssociateType::Gateway;
        txn.put(RouteTable { associate, ..rows::custom_table(id(table), vpc) });
    }
    for ((gateway, _, _), table) in ENTRIES.iter().zip(GATEWAY_TABLES) {
        txn.put(GatewayBinding { gateway: gateway.parse().unwrap(), table: id(table) });
    }
}

fn ready(gateway: &str) -> &'static str {
    if gateway.starts_with("ipv6gw") { "Available" } else { "Created" }
}

/// One random edit of where packets enter.
pub fn step(txn: &mut Txn, spread: &mut Spread) {
    match spread.below(8) {
        0..=3 => gateway_route(txn, spread),
        4..=6 => binding(txn, spread),
        _ => entry_state(txn, spread),
    }
}

/// A route of a gateway route table: of the VPC's own blocks most often.
fn gateway_route(txn: &mut Txn, spread: &mut Spread) {
    let table = spread.one_of(GATEWAY_TABLES);
    let destination = match spread.below(3) {
        0 => world::destination(spread),
        _ => cidr(spread.one_of(VSWITCHES).1),
    };
    if spread.below(4) == 0 {
        let key = RouteKey { table: id(table), destination, origin: RouteOrigin::User };
        return txn.remove::<RouteEntry>(&key);
    }
    let next_hops = NextHops::One(spread.one_of(HOPS).parse().unwrap());
    let status = spread.one_of(&[RouteStatus::Available, RouteStatus::Pending]);
    txn.put(world::entry(table, destination, next_hops, status));
}

/// A gateway comes to a table, which leaves the one it was bound to, or it leaves its own.
fn binding(txn: &mut Txn, spread: &mut Spread) {
    let gateway: Id = spread.one_of(&ENTRIES).0.parse().unwrap();
    let table = id(spread.one_of(GATEWAY_TABLES));
    txn.remove::<GatewayBinding>(&gateway);
    if spread.below(3) > 0 {
        if let Some(other) = gateway_binding::of_table(txn, table) {
            txn.remove::<GatewayBinding>(&other);
        }
        txn.put(GatewayBinding { gateway, table });
    }
}

fn entry_state(txn: &mut Txn, spread: &mut Spread) {
    let gateway = spread.one_of(&ENTRIES).0;
    match spread.below(4) {
        0 => txn.remove::<Resource>(&gateway.parse().unwrap()),
        1 => txn.put(resource_row(gateway, "Deleting")),
        _ => txn.put(resource_row(gateway, ready(gateway))),
    }
}
