//! What a VPC route can point to.

use crate::resource::Resource;
use crate::tenant::Read;
use crate::vpn_gateway::VpnGateway;
use crate::{route_entry, route_table};
use causeway_types::{Id, Prefix, TypedId, VpcId, VpnGatewayId};
use serde::{Deserialize, Serialize};

macro_rules! next_hop_types {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $prefix:ident;)*) => {
        /// The kinds of next hop of a VPC route. The kind follows from the id's prefix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum NextHopType { $($(#[$doc])* $variant,)* }

        impl NextHopType {
            /// All kinds, in the order of the specification.
            pub const ALL: &[NextHopType] = &[$(NextHopType::$variant,)*];

            /// The wire word.
            pub fn text(self) -> &'static str {
                match self { $(NextHopType::$variant => $text,)* }
            }

            /// The prefix of ids of this kind.
            pub fn prefix(self) -> Prefix {
                match self { $(NextHopType::$variant => Prefix::$prefix,)* }
            }

            /// The kind an id's prefix names.
            pub fn of(id: Id) -> Option<NextHopType> {
                match id.prefix()? {
                    $(Prefix::$prefix => Some(NextHopType::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

next_hop_types! {
    /// An ECS instance (S-RE-31).
    Instance = "Instance", Instance;
    /// A high-availability virtual IP (S-RE-32).
    HaVip = "HaVip", HaVip;
    /// A router interface (S-RE-33).
    RouterInterface = "RouterInterface", RouterInterface;
    /// An elastic network interface (S-RE-34).
    NetworkInterface = "NetworkInterface", Eni;
    /// A VPN gateway (S-RE-35).
    VpnGateway = "VpnGateway", VpnGateway;
    /// An IPv6 gateway (S-RE-36).
    Ipv6Gateway = "IPv6Gateway", Ipv6Gateway;
    /// A NAT gateway (S-RE-37).
    NatGateway = "NatGateway", NatGateway;
    /// A transit router, by its VPC attachment (S-RE-38).
    Attachment = "Attachment", TrAttachment;
    /// A VPC peering connection (S-RE-39).
    VpcPeer = "VpcPeer", VpcPeer;
    /// An IPv4 gateway (S-RE-40).
    Ipv4Gateway = "Ipv4Gateway", Ipv4Gateway;
    /// A gateway endpoint (S-RE-41).
    GatewayEndpoint = "GatewayEndpoint", GatewayEndpoint;
    /// A CEN without transit router (S-RE-42).
    CenBasic = "CenBasic", Cen;
    /// An Express Connect Router, by its association (S-RE-43, S-RE-29).
    Ecr = "Ecr", EcrAssociation;
    /// A Gateway Load Balancer endpoint (S-RE-44).
    GatewayLoadBalancerEndpoint = "GatewayLoadBalancerEndpoint", Endpoint;
    /// A route target group (decision A24).
    RouteTargetGroup = "RouteTargetGroup", RouteTargetGroup;
}

impl NextHopType {
    /// Reads the wire word; case matters (semantics.md 3.1).
    pub fn from_text(text: &str) -> Option<NextHopType> {
        Self::ALL.iter().copied().find(|kind| kind.text() == text)
    }

    /// The state in which a resource of this kind can carry traffic, in its own product's word
    /// (semantics.md 3.6 and 7.10; where those name none, a usual one).
    pub fn ready_status(self) -> &'static str {
        match self {
            NextHopType::Instance => "Running",
            NextHopType::NetworkInterface => "InUse",
            NextHopType::HaVip | NextHopType::Ipv6Gateway | NextHopType::NatGateway => "Available",
            NextHopType::Attachment => "Attached",
            NextHopType::VpcPeer => "Activated",
            NextHopType::Ipv4Gateway | NextHopType::GatewayEndpoint => "Created",
            NextHopType::Ecr => "ACTIVE",
            NextHopType::VpnGateway => "active",
            NextHopType::RouterInterface
            | NextHopType::CenBasic
            | NextHopType::GatewayLoadBalancerEndpoint
            | NextHopType::RouteTargetGroup => "Active",
        }
    }
}

/// Whether a stored route of the VPC's tables points to `id`.
pub fn is_used(world: &impl Read, vpc: VpcId, id: Id) -> bool {
    route_table::of_vpc(world, vpc)
        .flat_map(|table| route_entry::of_table(world, table.id))
        .any(|entry| entry.next_hops.include(id))
}

/// Where a route sends traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextHops {
    /// One next hop.
    One(Id),
    /// Several router interfaces: equal-cost, or active and standby (semantics.md 8.1).
    Many(Box<[WeightedHop]>),
}

/// One of several next hops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightedHop {
    /// The router interface.
    pub id: Id,
    /// 100 and 0 for active and standby; equal weights share the load.
    pub weight: u8,
}

impl NextHops {
    /// Whether `id` is the next hop, or one of them.
    pub fn include(&self, id: Id) -> bool {
        match self {
            NextHops::One(hop) => *hop == id,
            NextHops::Many(hops) => hops.iter().any(|hop| hop.id == id),
        }
    }

    /// Whether something holds for the next hop, or for each of them.
    pub fn all(&self, holds: impl Fn(Id) -> bool) -> bool {
        match self {
            NextHops::One(hop) => holds(*hop),
            NextHops::Many(hops) => hops.iter().all(|hop| holds(hop.id)),
        }
    }

    /// The single next hop, when there is just one.
    pub fn single(&self) -> Option<Id> {
        match self {
            NextHops::One(hop) => Some(*hop),
            NextHops::Many(_) => None,
        }
    }
}

/// Why a resource cannot be the next hop of a VPC's route (semantics.md 3.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextHopProblem {
    /// There is no such resource of this kind.
    Absent,
    /// It is not in the VPC of the table (S-RE-13).
    Elsewhere,
    /// Its state, which the text names, does not allow it.
    Unready(Box<str>),
    /// Overdue payment has locked it.
    FinancialLocked,
}

impl NextHopType {
    /// The states in which a resource of this kind accepts routes; `None` when any will do.
    fn ready_states(self) -> Option<&'static [&'static str]> {
        match self {
            NextHopType::HaVip => Some(&["Available", "InUse"]),
            NextHopType::RouterInterface | NextHopType::CenBasic => Some(&["Active"]),
            NextHopType::VpnGateway => Some(&["active", "updating"]),
            NextHopType::Ipv6Gateway | NextHopType::NatGateway => Some(&["Available"]),
            NextHopType::Attachment => Some(&["Attached"]),
            NextHopType::VpcPeer => Some(&["Activated"]),
            NextHopType::Ipv4Gateway | NextHopType::GatewayEndpoint => Some(&["Created"]),
            NextHopType::Ecr => Some(&["ACTIVE"]),
            NextHopType::Instance
            | NextHopType::NetworkInterface
            | NextHopType::GatewayLoadBalancerEndpoint
            | NextHopType::RouteTargetGroup => None,
        }
    }

    /// Whether IPv6 routes may lead to a resource of this kind (semantics.md 3.5).
    pub fn carries_ipv6(self) -> bool {
        match self {
            NextHopType::Instance
            | NextHopType::Ipv6Gateway
            | NextHopType::NetworkInterface
            | NextHopType::RouterInterface
            | NextHopType::Ecr
            | NextHopType::VpcPeer
            | NextHopType::GatewayLoadBalancerEndpoint
            | NextHopType::Attachment => true,
            NextHopType::HaVip
            | NextHopType::VpnGateway
            | NextHopType::NatGateway
            | NextHopType::Ipv4Gateway
            | NextHopType::GatewayEndpoint
            | NextHopType::CenBasic
            | NextHopType::RouteTargetGroup => false,
        }
    }
}

/// The resource of `kind` that `text` names, if routes of `vpc` can lead to it (semantics.md 3.6).
pub fn resolve(
    world: &impl Read,
    vpc: VpcId,
    kind: NextHopType,
    text: &str,
) -> Result<Id, NextHopProblem> {
    usable(world, vpc, kind, Id::from_text(text))
}

/// The same of a resource whose id is known.
pub fn usable(
    world: &impl Read,
    vpc: VpcId,
    kind: NextHopType,
    id: Id,
) -> Result<Id, NextHopProblem> {
    if id.prefix() != Some(kind.prefix()) {
        return Err(NextHopProblem::Absent);
    }
    let (place, status, locked) = if kind == NextHopType::VpnGateway {
        let gateway = VpnGatewayId::from_id(id).and_then(|id| world.get::<VpnGateway>(&id));
        let gateway = gateway.ok_or(NextHopProblem::Absent)?;
        (Some(gateway.vpc), gateway.status.text(), gateway.financial_locked)
    } else {
        let resource = world.get::<Resource>(&id).ok_or(NextHopProblem::Absent)?;
        (resource.vpc(), &*resource.status, false)
    };
    if place != Some(vpc) {
        return Err(NextHopProblem::Elsewhere);
    }
    if locked {
        return Err(NextHopProblem::FinancialLocked);
    }
    match kind.ready_states() {
        Some(ready) if !ready.contains(&status) => Err(NextHopProblem::Unready(status.into())),
        _ => Ok(id),
    }
}
