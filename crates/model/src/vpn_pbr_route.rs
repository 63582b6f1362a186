//! Policy-based routes of VPN gateways.

use crate::rows::Keyed;
use crate::tenant::Read;
use crate::vpn_gateway::{PbrSupport, VpnGateway};
use crate::vpn_route::{self, DestinationError};
use causeway_types::{Cidr, Id, Timestamp, TypedId, VpnConnectionId, VpnGatewayId};
use serde::{Deserialize, Serialize};

/// What tells policy-based routes apart (semantics.md 5.4, rule 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VpnPbrRouteKey {
    /// The gateway.
    pub gateway: VpnGatewayId,
    /// The source.
    pub source: Cidr,
    /// The destination.
    pub destination: Cidr,
    /// The connection.
    pub next_hop: VpnConnectionId,
}

/// A policy-based route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpnPbrRoute {
    /// Gateway, source, destination and next hop.
    pub key: VpnPbrRouteKey,
    /// 100 for the active link, 0 for the standby link (S-PBR-18, S-PBR-19).
    pub weight: u8,
    /// 1 to 100, smaller wins (S-PBR-14). On gateways without priorities it is always
    /// [`DEFAULT_PRIORITY`], so that creation order alone decides.
    pub priority: u8,
    /// Whether it is published to the VPC's system table (S-PBR-10).
    pub published: bool,
    /// The description.
    pub description: Option<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// The revision it was made at: creation order, which breaks ties of priority.
    pub sequence: u64,
}

impl Keyed for VpnPbrRoute {
    type Key = VpnPbrRouteKey;
    fn key(&self) -> VpnPbrRouteKey {
        self.key
    }
}

/// The policy-based routes of a gateway, by source and destination.
pub fn of_gateway(world: &impl Read, gateway: VpnGatewayId) -> impl Iterator<Item = &VpnPbrRoute> {
    let bound = |cidr, id| VpnPbrRouteKey {
        gateway,
        source: cidr,
        destination: cidr,
        next_hop: VpnConnectionId::from_id(id).expect("a bound of its own prefix"),
    };
    let first = bound(Cidr::DEFAULT_V4, Id::first(VpnConnectionId::PREFIX));
    let last = bound(Cidr::LAST, Id::last(VpnConnectionId::PREFIX));
    world.range::<VpnPbrRoute>(first..=last)
}

/// The priority of a route that was made without one (decision A16).
pub const DEFAULT_PRIORITY: u8 = 10;

/// Reads a priority: 1 to 100.
pub fn priority(value: i64) -> Option<u8> {
    u8::try_from(value).ok().filter(|priority| (1..=100).contains(priority))
}

/// The source is not an IPv4 prefix without host bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceError;

/// Reads the source of a policy-based route: any IPv4 prefix (semantics.md 5.3).
pub fn source(text: &str) -> Result<Cidr, SourceError> {
    vpn_route::ipv4(text).map_err(|_| SourceError)
}

/// Reads the destination of a policy-based route. The default route and the provider's own block
/// are open to gateways with dual tunnels (semantics.md 5.3, decision A27).
pub fn destination(text: &str, dual_tunnel: bool) -> Result<Cidr, DestinationError> {
    let cidr = vpn_route::ipv4(text)?;
    if !dual_tunnel {
        vpn_route::refuse_default(cidr)?;
        vpn_route::refuse_reserved(cidr)?;
    }
    Ok(cidr)
}

/// What a gateway's version does not know about policy-based routes (semantics.md 5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// The routes themselves.
    Routes,
    /// Their priorities.
    Priorities,
}

/// Whether a gateway can have a policy-based route, with a priority or without.
pub fn check_support(gateway: &VpnGateway, with_priority: bool) -> Result<(), Unsupported> {
    match gateway.pbr {
        PbrSupport::None => Err(Unsupported::Routes),
        PbrSupport::WithoutPriority if with_priority => Err(Unsupported::Priorities),
        PbrSupport::WithoutPriority | PbrSupport::Full => Ok(()),
    }
}

/// Why a policy-based route does not fit those the gateway has, in the order of semantics.md 5.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Rule 1: source, destination and next hop are taken.
    Exists,
    /// Rule 2: source and destination are taken, on a gateway with dual tunnels.
    SourceAndDestination,
    /// Rule 3: source, destination and weight are taken.
    SourceDestinationAndWeight,
    /// Rule 4: the other route of the pair has another priority. (A complete pair has both weights,
    /// so a third route already breaks rule 3.)
    NotAPair,
    /// Rule 5: a route of the same priority overlaps in both source and destination.
    SamePriorityOverlap,
}

/// The routes of a gateway for the same blocks as this one.
pub fn twins(world: &impl Read, key: VpnPbrRouteKey) -> impl Iterator<Item = &VpnPbrRoute> {
    of_gateway(world, key.gateway).filter(move |other| {
        other.key.source == key.source && other.key.destination == key.destination
    })
}

/// Whether a route fits those the gateway already has.
pub fn check_clash(
    world: &impl Read,
    gateway: &VpnGateway,
    key: VpnPbrRouteKey,
    weight: u8,
    priority: u8,
) -> Result<(), Clash> {
    if world.get::<VpnPbrRoute>(&key).is_some() {
        return Err(Clash::Exists);
    }
    let twins = || twins(world, key);
    if gateway.is_dual_tunnel() && twins().next().is_some() {
        return Err(Clash::SourceAndDestination);
    }
    if twins().any(|other| other.weight == weight) {
        return Err(Clash::SourceDestinationAndWeight);
    }
    if twins().any(|other| other.priority != priority) {
        return Err(Clash::NotAPair);
    }
    // Where routes have no priority of their own, creation order settles overlaps.
    let overlaps = |other: &VpnPbrRoute| {
        other.priority == priority
            && (other.key.source, other.key.destination) != (key.source, key.destination)
            && other.key.source.overlaps(&key.source)
            && other.key.destination.overlaps(&key.destination)
    };
    if gateway.pbr == PbrSupport::Full && of_gateway(world, key.gateway).any(overlaps) {
        return Err(Clash::SamePriorityOverlap);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use DestinationError::{Forbidden, Malformed, Reserved};

    #[test]
    fn dual_tunnels_lift_the_limits_on_destinations() {
        let ok = |text: &str| Ok(text.parse().unwrap());
        for (text, single, dual) in [
            ("10.0.0.0/24", ok("10.0.0.0/24"), ok("10.0.0.0/24")),
            ("0.0.0.0/0", Err(Forbidden), ok("0.0.0.0/0")), // A27
            ("100.0.0.0/8", Err(Reserved), ok("100.0.0.0/8")),
            ("::/0", Err(Forbidden), Err(Forbidden)),
            ("10.0.0.1/24", Err(Forbidden), Err(Forbidden)),
            ("ten", Err(Malformed), Err(Malformed)),
        ] {
            assert_eq!(destination(text, false), single, "{text}, single-tunnel");
            assert_eq!(destination(text, true), dual, "{text}, dual-tunnel");
        }
    }

    #[test]
    fn sources_are_any_ipv4_prefix() {
        for text in ["0.0.0.0/0", "100.64.0.0/10", "192.168.1.1", "192.168.1.0/24"] {
            assert!(source(text).is_ok(), "{text}");
        }
        for text in ["::/0", "192.168.1.1/24", "x", ""] {
            assert_eq!(source(text), Err(SourceError), "{text}");
        }
    }

    #[test]
    fn priorities_are_one_to_one_hundred() {
        for (value, expected) in
            [(0, None), (1, Some(1)), (100, Some(100)), (101, None), (-1, None), (257, None)]
        {
            assert_eq!(priority(value), expected);
        }
    }
}
