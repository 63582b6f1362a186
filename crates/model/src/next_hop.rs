//! What a VPC route can point to.

use crate::tenant::Read;
use crate::{route_entry, route_table};
use causeway_types::{Id, Prefix, VpcId};
use serde::{Deserialize, Serialize};

macro_rules! next_hop_types {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)*) => {
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
        }
    };
}

next_hop_types! {
    /// An ECS instance (S-RE-31).
    Instance = "Instance";
    /// A high-availability virtual IP (S-RE-32).
    HaVip = "HaVip";
    /// A router interface (S-RE-33).
    RouterInterface = "RouterInterface";
    /// An elastic network interface (S-RE-34).
    NetworkInterface = "NetworkInterface";
    /// A VPN gateway (S-RE-35).
    VpnGateway = "VpnGateway";
    /// An IPv6 gateway (S-RE-36).
    Ipv6Gateway = "IPv6Gateway";
    /// A NAT gateway (S-RE-37).
    NatGateway = "NatGateway";
    /// A transit router, by its VPC attachment (S-RE-38).
    Attachment = "Attachment";
    /// A VPC peering connection (S-RE-39).
    VpcPeer = "VpcPeer";
    /// An IPv4 gateway (S-RE-40).
    Ipv4Gateway = "Ipv4Gateway";
    /// A gateway endpoint (S-RE-41).
    GatewayEndpoint = "GatewayEndpoint";
    /// A CEN without transit router (S-RE-42).
    CenBasic = "CenBasic";
    /// An Express Connect Router, by its association (S-RE-43, S-RE-29).
    Ecr = "Ecr";
    /// A Gateway Load Balancer endpoint (S-RE-44).
    GatewayLoadBalancerEndpoint = "GatewayLoadBalancerEndpoint";
    /// A route target group (decision A24).
    RouteTargetGroup = "RouteTargetGroup";
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

    /// The prefix of ids of this kind.
    pub fn prefix(self) -> Prefix {
        match self {
            NextHopType::Instance => Prefix::Instance,
            NextHopType::HaVip => Prefix::HaVip,
            NextHopType::RouterInterface => Prefix::RouterInterface,
            NextHopType::NetworkInterface => Prefix::Eni,
            NextHopType::VpnGateway => Prefix::VpnGateway,
            NextHopType::Ipv6Gateway => Prefix::Ipv6Gateway,
            NextHopType::NatGateway => Prefix::NatGateway,
            NextHopType::Attachment => Prefix::TrAttachment,
            NextHopType::VpcPeer => Prefix::VpcPeer,
            NextHopType::Ipv4Gateway => Prefix::Ipv4Gateway,
            NextHopType::GatewayEndpoint => Prefix::GatewayEndpoint,
            NextHopType::CenBasic => Prefix::Cen,
            NextHopType::Ecr => Prefix::EcrAssociation,
            NextHopType::GatewayLoadBalancerEndpoint => Prefix::Endpoint,
            NextHopType::RouteTargetGroup => Prefix::RouteTargetGroup,
        }
    }

    /// The kind an id's prefix names.
    pub fn of(id: Id) -> Option<NextHopType> {
        Self::ALL.iter().copied().find(|kind| Some(kind.prefix()) == id.prefix())
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

    /// The single next hop, when there is just one.
    pub fn single(&self) -> Option<Id> {
        match self {
            NextHops::One(hop) => Some(*hop),
            NextHops::Many(_) => None,
        }
    }
}
