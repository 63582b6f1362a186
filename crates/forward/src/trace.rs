//! Where a packet goes, and why not another way.

pub(crate) mod explain;
pub(crate) mod text;
mod walk;

use crate::{Links, Packet};
use causeway_model::Read;
use causeway_types::{Id, VSwitchId, VpcId};
use serde::Serialize;
use std::net::IpAddr;

/// Where a packet sets out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// Only in this VPC.
    pub vpc: Option<VpcId>,
    /// From this vSwitch, whatever the source address.
    pub vswitch: Option<VSwitchId>,
}

/// Why there is nowhere to set out from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// No vSwitch holds the source, and no route of a VPN gateway or of a transit router leads to it
    /// from the destination.
    Unknown,
    /// The vSwitches of several VPCs hold the source.
    Ambiguous(Vec<VpcId>),
}

/// The way of one packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Trace {
    /// Where the packet comes from.
    pub source: IpAddr,
    /// Where it is to go.
    pub destination: IpAddr,
    /// The decisions on its way, in order.
    pub hops: Vec<Hop>,
    /// How it ends.
    pub outcome: Outcome,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Hop {
    /// What decided.
    pub place: Place,
    /// The id of the table, gateway, connection or transit router that decided.
    pub id: Id,
    /// The vSwitch the packet comes from, at a route table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub v_switch_id: Option<VSwitchId>,
    /// The row that won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Row>,
    /// Rows for this destination that did not.
    pub lost: Vec<Lost>,
}

/// What decides on the way of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Place {
    /// The system route table of a VPC.
    SystemTable,
    /// A custom route table of a VPC.
    CustomTable,
    /// The route table of the gateway by which the packet enters the VPC.
    GatewayTable,
    /// A route with several next hops.
    NextHops,
    /// The policy-based routes of a VPN gateway.
    PolicyRoutes,
    /// The destination routes of a VPN gateway.
    DestinationRoutes,
    /// The routes a VPN gateway learned by BGP.
    LearnedRoutes,
    /// A VPN gateway, to which a packet comes from outside.
    Inbound,
    /// A transit router.
    TransitRouter,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Row {
    /// The source it matches, for a policy-based route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The destination it matches.
    pub destination: String,
    /// Where it leads; `None` is into the VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_hop: Option<Id>,
    /// Further next hops.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_next_hops: Vec<Id>,
    /// Where it comes from.
    pub origin: Origin,
    /// Its weight, where weights matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u8>,
    /// Its priority, for a policy-based route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Origin {
    /// It follows from the VPC.
    System,
    /// A system route that a user pointed elsewhere.
    Repointed,
    /// A user made it.
    Custom,
    /// A VPN gateway published it.
    Published,
    /// A policy-based route of a VPN gateway.
    PolicyRoute,
    /// A destination route of a VPN gateway.
    DestinationRoute,
    /// A route of an IPsec connection on a transit router.
    ConnectionRoute,
    /// A route that a peer announces by BGP.
    Learned,
    /// One of several next hops.
    Member,
}

/// A row that did not win, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lost {
    /// The row.
    pub row: Row,
    /// Why.
    pub reason: Reason,
    /// The table it is in, when it is not the one that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Id>,
}

/// Why a row did not win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// A longer prefix matched.
    ShorterPrefix,
    /// Its partner carries the traffic.
    Standby,
    /// Its link is down.
    Down,
    /// The gateway has it, and the VPC does not know of it.
    NotPublished,
    /// It is in a table the vSwitch is not bound to.
    OtherTable,
    /// Another row comes first.
    LowerPrecedence,
    /// The packet has another source.
    OtherSource,
    /// It is not made yet.
    Pending,
    /// It is being removed.
    Deleting,
    /// The health check has withdrawn it.
    Revoked,
    /// It shares the load, and carries other packets.
    SharesLoad,
}

/// How a packet's way ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "Result", rename_all_fields = "PascalCase")]
pub enum Outcome {
    /// It leaves for, or arrives at, what it is meant for.
    Delivered {
        /// To what.
        to: Target,
    },
    /// It is lost.
    Dropped {
        /// Where: a table, gateway, connection or next hop.
        at: Id,
        /// Why.
        cause: Cause,
    },
}

/// What a packet is delivered to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "Kind", rename_all_fields = "PascalCase")]
pub enum Target {
    /// An address in a vSwitch.
    VSwitch {
        /// The vSwitch.
        id: VSwitchId,
    },
    /// The provider's own services, in 100.64.0.0/10.
    Services,
    /// The far end of an IPsec connection.
    FarEnd {
        /// The connection.
        connection: Id,
        /// The tunnels that carry it: one, or on a transit router all that are up.
        tunnels: Vec<Id>,
    },
    /// A next hop beyond which routing is not Causeway's.
    NextHop {
        /// The resource.
        id: Id,
    },
}

/// Why a packet is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "Kind", rename_all_fields = "PascalCase")]
pub enum Cause {
    /// No row matches.
    NoRoute,
    /// The next hop is no more, or was never there.
    NextHopGone,
    /// The next hop is not in a state to carry traffic.
    NextHopUnready {
        /// Its state.
        status: String,
    },
    /// The link is down: the connection, all its tunnels, or the router interface.
    LinkDown,
    /// Its link is down, and the health check has not noticed yet.
    LinkDownUnnoticed,
    /// The address is in the VPC's range, and in no vSwitch.
    NoVSwitch,
}

/// A packet's way, and that of its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoundTrip {
    /// The way of the packet.
    pub out: Trace,
    /// The way of the answer; there is none to a packet that is lost.
    pub back: Option<Trace>,
    /// Whether the answer is delivered by another way than the packet's.
    pub asymmetric: bool,
}

/// Traces a packet.
///
/// # Errors
/// [`StartError`] when it is not clear where it sets out.
pub fn trace(
    world: &impl Read,
    links: &Links,
    packet: Packet,
    start: Start,
) -> Result<Trace, StartError> {
    walk::trace(world, links, packet, start).map(|(trace, _)| trace)
}

/// Traces a packet and the answer to it.
///
/// Where a vSwitch holds the destination, the answer goes as its table says; where the packet was
/// handed to something outside, the answer is taken to come back from there.
///
/// # Errors
/// [`StartError`] when it is not clear where it sets out.
pub fn round_trip(
    world: &impl Read,
    links: &Links,
    packet: Packet,
    start: Start,
) -> Result<RoundTrip, StartError> {
    let (out, vpc) = walk::trace(world, links, packet, start)?;
    let back = walk::answer(world, links, &out, vpc);
    let reversed = |trace: &Trace| trace.via().into_iter().rev().collect::<Vec<_>>();
    let asymmetric =
        back.as_ref().is_some_and(|back| back.is_delivered() && out.via() != reversed(back));
    Ok(RoundTrip { out, back, asymmetric })
}

impl Trace {
    /// Whether the packet arrives.
    pub fn is_delivered(&self) -> bool {
        matches!(self.outcome, Outcome::Delivered { .. })
    }

    /// What it passes: next hops, gateways and connections, in order.
    pub fn via(&self) -> Vec<Id> {
        let mut via: Vec<Id> = Vec::new();
        for hop in &self.hops {
            let inbound = matches!(hop.place, Place::Inbound).then_some(hop.id);
            let next_hop = hop.row.as_ref().filter(|row| row.more_next_hops.is_empty());
            via.extend(inbound.into_iter().chain(next_hop.and_then(|row| row.next_hop)));
        }
        via
    }
}

impl RoundTrip {
    /// Whether both the packet and its answer arrive.
    pub fn is_reachable(&self) -> bool {
        self.out.is_delivered() && self.back.as_ref().is_some_and(Trace::is_delivered)
    }
}
