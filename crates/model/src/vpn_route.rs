//! Destination routes of VPN gateways.

use crate::cover::Order;
use crate::rows::Keyed;
use crate::task::{self, Subject, Task};
use crate::tenant::Read;
use crate::txn::Txn;
use crate::vpn_connection::VpnConnection;
use crate::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_types::{Cidr, CidrError, Family, Id, Timestamp, TypedId, VpnConnectionId};
use causeway_types::{VpcId, VpnGatewayId};
use serde::{Deserialize, Serialize};

/// What tells destination routes apart: the weight does not (semantics.md 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VpnRouteKey {
    /// The gateway.
    pub gateway: VpnGatewayId,
    /// The destination.
    pub destination: Cidr,
    /// The connection.
    pub next_hop: VpnConnectionId,
}

/// A destination route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpnRoute {
    /// Gateway, destination and next hop.
    pub key: VpnRouteKey,
    /// 100 for the active link, 0 for the standby link (S-VR-26, S-VR-27).
    pub weight: u8,
    /// Whether it is published to the VPC's system table (S-VR-30).
    pub published: bool,
    /// The description.
    pub description: Option<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// The revision it was made at: creation order.
    pub sequence: u64,
}

impl Keyed for VpnRoute {
    type Key = VpnRouteKey;
    fn key(&self) -> VpnRouteKey {
        self.key
    }
}

/// The destination routes of a gateway, by destination.
pub fn of_gateway(world: &impl Read, gateway: VpnGatewayId) -> impl Iterator<Item = &VpnRoute> {
    let bound = |destination, id| VpnRouteKey {
        gateway,
        destination,
        next_hop: VpnConnectionId::from_id(id).expect("a bound of its own prefix"),
    };
    let first = bound(Cidr::DEFAULT_V4, Id::first(VpnConnectionId::PREFIX));
    let last = bound(Cidr::LAST, Id::last(VpnConnectionId::PREFIX));
    world.range::<VpnRoute>(first..=last)
}

/// The destination routes of a gateway with one destination: none, one, or an active/standby pair.
pub fn to_destination(
    world: &impl Read,
    gateway: VpnGatewayId,
    destination: Cidr,
) -> impl Iterator<Item = &VpnRoute> {
    let bound = |id| VpnRouteKey {
        gateway,
        destination,
        next_hop: VpnConnectionId::from_id(id).expect("a bound of its own prefix"),
    };
    let first = bound(Id::first(VpnConnectionId::PREFIX));
    let last = bound(Id::last(VpnConnectionId::PREFIX));
    world.range::<VpnRoute>(first..=last)
}

/// How a gateway's routes are ordered.
fn order(
    gateway: VpnGatewayId,
) -> Order<VpnRouteKey, impl Fn(Cidr) -> VpnRouteKey, impl Fn(Cidr) -> VpnRouteKey> {
    let key = move |id| {
        let next_hop = VpnConnectionId::from_id(id).expect("a bound of its own prefix");
        move |destination| VpnRouteKey { gateway, destination, next_hop }
    };
    let (first, last) = (Id::first(VpnConnectionId::PREFIX), Id::last(VpnConnectionId::PREFIX));
    Order { first: key(first), last: key(last), destination: |key| key.destination }
}

/// The routes of a gateway for a block and for what is inside it, by destination.
pub fn within(
    world: &impl Read,
    gateway: VpnGatewayId,
    block: Cidr,
) -> impl Iterator<Item = &VpnRoute> {
    order(gateway).within(world, block)
}

/// The longest destination of a gateway's routes that is shorter than a block and holds it.
pub fn cover(world: &impl Read, gateway: VpnGatewayId, block: Cidr) -> Option<Cidr> {
    order(gateway).cover::<VpnRoute>(world, block).map(|route| route.key.destination)
}

/// Why a text is not the destination of a VPN route (decision A12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationError {
    /// Not a prefix at all.
    Malformed,
    /// A prefix that no VPN route can have: IPv6, with host bits, or the default route.
    Forbidden,
    /// It shares addresses with 100.64.0.0/10, the provider's own.
    Reserved,
}

/// Reads the destination of a destination route (semantics.md 4.3).
pub fn destination(text: &str, dual_tunnel: bool) -> Result<Cidr, DestinationError> {
    let cidr = ipv4(text)?;
    refuse_default(cidr)?;
    // Advice on the page, a rule on gateways with single tunnels (decision A10).
    if !dual_tunnel {
        refuse_reserved(cidr)?;
    }
    Ok(cidr)
}

/// An IPv4 prefix without host bits (decision A3); a plain address is a prefix of 32 bits.
pub(crate) fn ipv4(text: &str) -> Result<Cidr, DestinationError> {
    match text.parse::<Cidr>() {
        Ok(cidr) if cidr.family() == Family::V4 => Ok(cidr),
        Ok(_) | Err(CidrError::HostBits) => Err(DestinationError::Forbidden),
        Err(CidrError::Syntax) => Err(DestinationError::Malformed),
    }
}

pub(crate) fn refuse_default(cidr: Cidr) -> Result<(), DestinationError> {
    if cidr.is_default() { Err(DestinationError::Forbidden) } else { Ok(()) }
}

pub(crate) fn refuse_reserved(cidr: Cidr) -> Result<(), DestinationError> {
    if cidr.overlaps(&Cidr::RESERVED) { Err(DestinationError::Reserved) } else { Ok(()) }
}

/// Reads a weight: 100 for the active link, 0 for the standby link, nothing else.
pub fn weight(value: i64) -> Option<u8> {
    match value {
        0 => Some(0),
        100 => Some(100),
        _ => None,
    }
}

/// Why the routes of a gateway cannot be changed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayUnready {
    /// It is locked for overdue payment.
    FinancialLocked,
    /// Another request, not yet answered, has begun to change it (decision A9).
    Held,
    /// It is not `active`.
    Configuring,
}

/// Whether the routes of a gateway can be changed now.
pub fn check_gateway(txn: &Txn, gateway: &VpnGateway) -> Result<(), GatewayUnready> {
    if gateway.financial_locked {
        Err(GatewayUnready::FinancialLocked)
    } else if txn.held_by_another::<Task>(&Subject::VpnGateway(gateway.id)) {
        Err(GatewayUnready::Held)
    } else if gateway.status != GatewayStatus::Active {
        Err(GatewayUnready::Configuring)
    } else {
        Ok(())
    }
}

/// Why a connection cannot be the next hop of a gateway's route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextHopError {
    /// It is not a connection of this gateway.
    NotFound,
    /// It has a task of its own (decision A9).
    Busy,
}

/// Whether a connection can be the next hop of a gateway's route now.
pub fn check_next_hop(
    world: &impl Read,
    gateway: VpnGatewayId,
    next_hop: VpnConnectionId,
) -> Result<(), NextHopError> {
    match world.get::<VpnConnection>(&next_hop) {
        Some(connection) if connection.gateway() == Some(gateway) => {
            let busy = task::is_busy(world, Subject::VpnConnection(next_hop));
            if busy { Err(NextHopError::Busy) } else { Ok(()) }
        }
        _ => Err(NextHopError::NotFound),
    }
}

/// Why a destination route does not fit those the gateway has (semantics.md 4.4, decision A11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// The destination already has this next hop, with whatever weight.
    Exists,
    /// The destination has another next hop, and connections have two tunnels, which make pairs of
    /// routes needless.
    OtherNextHop,
    /// The routes of the destination would not be one active and one standby route.
    NotAPair,
}

/// Whether a route fits those the gateway already has for its destination. Other destinations do
/// not matter, even overlapping ones (decision A26).
pub fn check_clash(
    world: &impl Read,
    gateway: &VpnGateway,
    key: VpnRouteKey,
    weight: u8,
) -> Result<(), Clash> {
    if world.get::<VpnRoute>(&key).is_some() {
        return Err(Clash::Exists);
    }
    let mut others = to_destination(world, key.gateway, key.destination);
    let Some(other) = others.next() else { return Ok(()) };
    if gateway.is_dual_tunnel() {
        Err(Clash::OtherNextHop)
    } else if others.next().is_some() || other.weight == weight {
        Err(Clash::NotAPair)
    } else {
        Ok(())
    }
}

/// Whether a destination overlaps the block of a vSwitch, whose local route it would contradict.
/// Lying in the VPC's block alone is fine: clients rely on it (semantics.md 10.3). The default route
/// is exempt, as it is among routes of the VPC (decision A1). Publishing a destination that lies
/// inside the block is for the VPC to refuse: see [`crate::publish::check`].
pub fn is_local(world: &impl Read, vpc: VpcId, destination: Cidr, published: bool) -> bool {
    let contradicts =
        |block: &Cidr| block.overlaps(&destination) && !(published && block.contains(&destination));
    !destination.is_default()
        && crate::vswitch::of_vpc(world, vpc).any(|vswitch| contradicts(&vswitch.cidr))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DestinationError::{Forbidden, Malformed, Reserved};

    #[test]
    fn destinations_are_malformed_then_forbidden_then_reserved() {
        // Text, then what it is on a single-tunnel and on a dual-tunnel gateway.
        let ok = |text: &str| Ok(text.parse().unwrap());
        for (text, single, dual) in [
            ("10.0.0.0/24", ok("10.0.0.0/24"), ok("10.0.0.0/24")),
            ("10.0.0.1", ok("10.0.0.1/32"), ok("10.0.0.1/32")),
            ("10.0.0", Err(Malformed), Err(Malformed)),
            ("10.0.0.0/33", Err(Malformed), Err(Malformed)),
            ("", Err(Malformed), Err(Malformed)),
            ("10.0.0.1/24", Err(Forbidden), Err(Forbidden)),
            ("2001:db8::/32", Err(Forbidden), Err(Forbidden)),
            ("2001:db8::1/32", Err(Forbidden), Err(Forbidden)),
            ("0.0.0.0/0", Err(Forbidden), Err(Forbidden)),
            ("100.64.0.0/10", Err(Reserved), ok("100.64.0.0/10")),
            ("100.100.0.0/16", Err(Reserved), ok("100.100.0.0/16")),
            ("100.0.0.0/8", Err(Reserved), ok("100.0.0.0/8")),
            ("100.128.0.0/10", ok("100.128.0.0/10"), ok("100.128.0.0/10")),
            ("100.64.0.1/10", Err(Forbidden), Err(Forbidden)),
        ] {
            assert_eq!(destination(text, false), single, "{text}, single-tunnel");
            assert_eq!(destination(text, true), dual, "{text}, dual-tunnel");
        }
    }

    #[test]
    fn weights_are_one_hundred_and_nothing() {
        for (value, expected) in [
            (0, Some(0)),
            (100, Some(100)),
            (1, None),
            (99, None),
            (101, None),
            (-1, None),
            (i64::MAX, None),
        ] {
            assert_eq!(weight(value), expected);
        }
    }
}
