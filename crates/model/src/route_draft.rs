//! What a request for a VPC route says, checked as far as values alone can tell.

use crate::next_hop::{NextHopProblem, NextHopType};
use crate::text::{Labels, is_label};
use causeway_types::{Cidr, Family};

/// Why a route cannot be made. Shared by all operations that make routes; each has codes of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The destination is not a CIDR block, has host bits (decision A3), or is not of the IP version
    /// that was given.
    MalformedDestination,
    /// The destination is 100.64.0.0/10 or inside it (S-RE-09).
    ReservedDestination,
    /// No such kind of next hop.
    UnknownNextHopType,
    /// The name is too short, too long, or a URL (S-RE-45).
    Name,
    /// The description is too short, too long, or a URL (S-RE-46).
    Description,
    /// The next hop of this kind cannot be used.
    NextHop(NextHopType, NextHopProblem),
    /// The destination meets a vSwitch's block (S-RE-08).
    MeetsVSwitch(Family),
    /// The destination is IPv6, and the VPC has none.
    Ipv6NotEnabled,
    /// The destination is IPv6, and the next hop cannot carry it.
    NextHopWithoutIpv6,
    /// Only `::/0` can lead to an IPv6 gateway.
    NotIpv6Default,
    /// The table has a route for this destination (S-RE-10).
    Duplicate {
        /// That route.
        destination: Cidr,
        /// Whether a VPN gateway published it.
        published: bool,
    },
    /// The table has a route for this destination that is being made, changed or removed.
    Unstable,
    /// The table is full (S-RE-07).
    TableQuota,
    /// The VPC has as many routes to VPN gateways as it may.
    VpnQuota,
    /// The VPC has as many routes to transit router attachments as it may.
    AttachmentQuota,
    /// The HaVip has as many routes as it may.
    HaVipQuota,
}

/// How freely destinations may be chosen; operations differ (semantics.md 3.5, decision A1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DestinationPolicy {
    /// Whether a destination may contain a vSwitch's block. Default routes always may.
    pub supernets: bool,
    /// Whether a destination may lie inside 100.64.0.0/10. It may never equal it.
    pub inside_reserved: bool,
}

impl DestinationPolicy {
    /// Reads a destination. A plain address is a host route (S-RE-11). `ip_version` is 4 or 6, and
    /// must agree (S-RE-27).
    pub fn read(self, text: &str, ip_version: Option<i64>) -> Result<Cidr, Obstacle> {
        let cidr: Cidr = text.parse().map_err(|_| Obstacle::MalformedDestination)?;
        let version = match cidr.family() {
            Family::V4 => 4,
            Family::V6 => 6,
        };
        if ip_version.is_some_and(|given| given != version) {
            return Err(Obstacle::MalformedDestination);
        }
        let reserved =
            cidr == Cidr::RESERVED || (!self.inside_reserved && Cidr::RESERVED.contains(&cidr));
        if reserved { Err(Obstacle::ReservedDestination) } else { Ok(cidr) }
    }

    /// Whether a destination may stand beside a vSwitch's block.
    pub(crate) fn tolerates(self, destination: Cidr, vswitch: Cidr) -> bool {
        if vswitch.contains(&destination) {
            return false;
        }
        self.supernets || destination.is_default() || !destination.contains(&vswitch)
    }
}

/// The kind of next hop a request names; `Instance` when it names none (decision A6, S-RE-31).
pub fn next_hop_type(text: Option<&str>) -> Result<NextHopType, Obstacle> {
    match text {
        None | Some("") => Ok(NextHopType::Instance),
        Some(text) => NextHopType::from_text(text).ok_or(Obstacle::UnknownNextHopType),
    }
}

/// A name of 1 to 128 characters and a description of 1 to 256 (S-RE-45, S-RE-46).
pub fn labels(
    name: Option<&str>,
    description: Option<&str>,
) -> Result<Option<Box<Labels>>, Obstacle> {
    if name.is_some_and(|name| !is_label(name, 1..=128)) {
        return Err(Obstacle::Name);
    }
    if description.is_some_and(|description| !is_label(description, 1..=256)) {
        return Err(Obstacle::Description);
    }
    let any = name.is_some() || description.is_some();
    Ok(any.then(|| Box::new(Labels::new(name, description))))
}
