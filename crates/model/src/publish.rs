//! Publishing routes of VPN gateways to their VPC (semantics.md 8.3).
//!
//! A published destination is one entry of the VPC's *system* table whose next hop is the gateway,
//! shared by all published destination and policy-based routes for it, and gone with the last of
//! them. Where a user's own entry already leads to the gateway, that entry serves and none is made.

use crate::next_hop::NextHops;
use crate::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use crate::route_table;
use crate::task::{self, Subject};
use crate::tenant::Read;
use crate::txn::Txn;
use crate::vpc::{Vpc, VpcStatus};
use crate::vpn_gateway::VpnGateway;
use crate::{vpn_pbr_route, vpn_route, vswitch};
use causeway_types::{Cidr, Id, Prefix, RouteTableId, TypedId, VpcId, VpnGatewayId};

/// Why a VPC takes no routes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VpcUnready {
    /// It is not `Available`.
    NotAvailable,
    /// Other routes of it are being added, changed or removed.
    RoutesBusy,
}

/// Why a destination cannot be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishError {
    /// It equals the block of a vSwitch or lies inside it, where the local route rules.
    Local,
    /// It leads to another VPN gateway (decision A14).
    OtherVpnGateway,
    /// It leads to something that is neither a VPN gateway nor a router interface.
    OtherNextHop,
    /// The VPC has as many routes to VPN gateways, or its system table as many custom routes, as
    /// their quotas allow.
    Quota,
}

/// Whether a VPC takes routes from its gateways now.
pub fn check_vpc(world: &impl Read, id: VpcId) -> Result<(), VpcUnready> {
    match world.get::<Vpc>(&id) {
        Some(vpc) if vpc.status == VpcStatus::Available => {
            let busy = task::is_busy(world, Subject::Routes(id));
            if busy { Err(VpcUnready::RoutesBusy) } else { Ok(()) }
        }
        _ => Err(VpcUnready::NotAvailable),
    }
}

/// Whether a gateway may publish a destination.
pub fn check(txn: &Txn, gateway: &VpnGateway, destination: Cidr) -> Result<(), PublishError> {
    let inside = |block: &Cidr| block.contains(&destination);
    if vswitch::of_vpc(txn, gateway.vpc).any(|vswitch| inside(&vswitch.cidr)) {
        return Err(PublishError::Local);
    }
    let Some(table) = system_table(txn, gateway.vpc) else { return Ok(()) };
    let mut present = false;
    for entry in entries(txn, table, destination) {
        present |= leads_to(entry, gateway.id)?;
    }
    if present || has_room(txn, gateway.vpc, table) { Ok(()) } else { Err(PublishError::Quota) }
}

/// Publishes a destination, unless an entry of the system table already leads it to the gateway.
/// The caller has asked [`check_vpc`] and [`check`], and starts the gateway's own task.
pub fn publish(txn: &mut Txn, gateway: &VpnGateway, destination: Cidr) {
    let Some(table) = system_table(txn, gateway.vpc) else { return };
    let serves = |entry: &RouteEntry| {
        entry.next_hops.include(gateway.id.into()) && entry.status != RouteStatus::Deleting
    };
    if entries(txn, table, destination).any(serves) {
        return;
    }
    let id = route_entry::id_in_table(table, txn.entropy());
    let key = RouteKey { table, destination, origin: RouteOrigin::Published };
    txn.put(RouteEntry {
        key,
        id,
        next_hops: NextHops::One(gateway.id.into()),
        status: RouteStatus::Pending,
        labels: None,
        modified: txn.now(),
    });
    task::start_routes(txn, Subject::Routes(gateway.vpc), vec![key]);
}

/// Withdraws a destination, unless another published route of the gateway still needs it. The
/// caller has removed its own route, or marked it as not published.
pub fn withdraw(txn: &mut Txn, gateway: &VpnGateway, destination: Cidr) {
    if is_published(txn, gateway.id, destination) {
        return;
    }
    let Some(table) = system_table(txn, gateway.vpc) else { return };
    let key = RouteKey { table, destination, origin: RouteOrigin::Published };
    let ours = |entry: &RouteEntry| entry.next_hops.include(gateway.id.into());
    if !txn.get::<RouteEntry>(&key).is_some_and(ours) {
        return;
    }
    let now = txn.now();
    txn.update::<RouteEntry>(&key, |entry| {
        entry.status = RouteStatus::Deleting;
        entry.modified = now;
    });
    task::start_routes(txn, Subject::Routes(gateway.vpc), vec![key]);
}

/// Puts the gateway's own entry in place of a user's that has begun to leave the system table, where
/// published routes were sharing it.
pub fn take_over(txn: &mut Txn, leaving: &RouteKey) {
    let Some(entry) = txn.get::<RouteEntry>(leaving) else { return };
    let Some(gateway) = entry.next_hops.single().and_then(VpnGatewayId::from_id) else { return };
    let Some(gateway) = txn.get::<VpnGateway>(&gateway).cloned() else { return };
    let shared = is_published(txn, gateway.id, leaving.destination)
        && system_table(txn, gateway.vpc) == Some(leaving.table);
    if shared {
        publish(txn, &gateway, leaving.destination);
    }
}

/// Whether a gateway has a published route, of either kind, for a destination.
pub fn is_published(world: &impl Read, gateway: VpnGatewayId, destination: Cidr) -> bool {
    vpn_route::to_destination(world, gateway, destination).any(|route| route.published)
        || vpn_pbr_route::of_gateway(world, gateway)
            .any(|route| route.published && route.key.destination == destination)
}

fn system_table(world: &impl Read, vpc: VpcId) -> Option<RouteTableId> {
    world.get::<Vpc>(&vpc).map(|vpc| vpc.system_table)
}

fn entries(
    world: &impl Read,
    table: RouteTableId,
    destination: Cidr,
) -> impl Iterator<Item = &RouteEntry> {
    let key = |origin| RouteKey { table, destination, origin };
    world.range::<RouteEntry>(key(RouteOrigin::User)..=key(RouteOrigin::Published))
}

/// Whether an entry leads to the gateway already. A router interface does not, and is no obstacle:
/// the gateway then stands behind it (decision A28).
fn leads_to(entry: &RouteEntry, gateway: VpnGatewayId) -> Result<bool, PublishError> {
    let NextHops::One(hop) = &entry.next_hops else { return Ok(false) };
    match hop.prefix() {
        Some(Prefix::VpnGateway) if *hop == Id::from(gateway) => Ok(true),
        Some(Prefix::VpnGateway) => Err(PublishError::OtherVpnGateway),
        Some(Prefix::RouterInterface) => Ok(false),
        _ => Err(PublishError::OtherNextHop),
    }
}

/// Whether the VPC takes one more route to a VPN gateway (S-VR-63) and its system table one more
/// custom route (S-RE-07).
fn has_room(txn: &Txn, vpc: VpcId, system_table: RouteTableId) -> bool {
    let quotas = &txn.context().quotas;
    let to_vpn = route_table::of_vpc(txn, vpc)
        .flat_map(|table| route_entry::custom(txn, table.id))
        .filter(|entry| is_to_vpn_gateway(entry))
        .count();
    to_vpn < quotas.vpn_routes_per_vpc
        && route_entry::custom(txn, system_table).count() < quotas.custom_routes_per_table
}

fn is_to_vpn_gateway(entry: &RouteEntry) -> bool {
    entry.next_hops.single().is_some_and(|hop| hop.prefix() == Some(Prefix::VpnGateway))
}
