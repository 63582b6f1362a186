//! Impact by looking: traces of packets at every boundary, before and after.

use super::id;
use super::world::PROBES;
use causeway_forward::gateway::{Found, GatewayTable, Standing};
use causeway_forward::impact::{Branch, Way};
use causeway_forward::trace::{self, Outcome, Place, Start, Target, Trace};
use causeway_forward::transit::{TransitOrigin, TransitTable};
use causeway_forward::vpc::{self, VpcTable};
use causeway_forward::{Links, Packet};
use causeway_model::bgp_route::BgpRoute;
use causeway_model::gateway_binding;
use causeway_model::route_entry::RouteEntry;
use causeway_model::route_table::RouteTable;
use causeway_model::vco_route::VcoRoute;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_pbr_route::VpnPbrRoute;
use causeway_model::vpn_route::VpnRoute;
use causeway_model::vswitch::VSwitch;
use causeway_model::{Read, Tenant};
use causeway_types::{Cidr, Family, Id, TransitRouterId, VSwitchId};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The first and last addresses of prefixes, and those one before and one after.
fn boundaries(cidrs: impl IntoIterator<Item = Cidr>, family: Family) -> BTreeSet<IpAddr> {
    let number = |address| match address {
        IpAddr::V4(it) => u128::from(it.to_bits()),
        IpAddr::V6(it) => it.to_bits(),
    };
    let address = |bits: u128| match family {
        Family::V4 => u32::try_from(bits).ok().map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
        Family::V6 => Some(IpAddr::V6(Ipv6Addr::from_bits(bits))),
    };
    let mut found = BTreeSet::new();
    for cidr in cidrs.into_iter().filter(|cidr| cidr.family() == family) {
        let (first, last) = (number(cidr.network()), number(cidr.last()));
        let around = [Some(first), first.checked_sub(1), Some(last), last.checked_add(1)];
        found.extend(around.into_iter().flatten().filter_map(address));
    }
    found
}

/// Sources and destinations worth looking at, of one family.
pub struct Samples {
    pub sources: Vec<IpAddr>,
    pub destinations: Vec<IpAddr>,
}

impl Samples {
    pub fn of(worlds: [&Tenant; 2], family: Family) -> Samples {
        let (mut to, mut from) = (BTreeSet::new(), BTreeSet::new());
        for world in worlds {
            to.insert(Cidr::RESERVED);
            to.extend(world.all::<RouteEntry>().map(|row| row.key.destination));
            to.extend(
                world.all::<VSwitch>().flat_map(|it| [Some(it.cidr), it.ipv6_cidr]).flatten(),
            );
            to.extend(world.all::<VpnRoute>().map(|row| row.key.destination));
            to.extend(world.all::<VpnPbrRoute>().map(|row| row.key.destination));
            to.extend(world.all::<BgpRoute>().map(|row| row.key.destination));
            to.extend(world.all::<VcoRoute>().map(|row| row.key.destination));
            from.extend(world.all::<VpnPbrRoute>().map(|row| row.key.source));
        }
        from.extend([Cidr::DEFAULT_V4, Cidr::DEFAULT_V6]);
        let sources = boundaries(from, family).into_iter().collect();
        Samples { sources, destinations: boundaries(to, family).into_iter().collect() }
    }
}

/// The way of packets between two addresses, by tracing. Where packets share the load it is that of
/// many packets.
pub fn way(world: &Tenant, links: &Links, from: VSwitchId, packet: Packet) -> Way {
    let start = Start { vpc: None, vswitch: Some(from) };
    let look = |packet| {
        let trace = trace::trace(world, links, packet, start).expect("a vSwitch to start from");
        Some((shares(&trace), Branch { via: trace.via(), outcome: trace.outcome }))
    };
    gathered(packet, look).expect("every packet has a way")
}

/// The way of packets that enter by a gateway: of the answers to packets that leave a vSwitch by it.
/// `None` for those that do not.
pub fn entering(
    world: &Tenant,
    links: &Links,
    (gateway, vswitch): (Id, VSwitchId),
    packet: Packet,
) -> Option<Way> {
    let start = Start { vpc: None, vswitch: Some(vswitch) };
    let look = |packet: Packet| {
        let trip = trace::round_trip(world, links, packet.answer(), start).expect("a vSwitch");
        match trip.out.outcome {
            // The gateway itself is out of service: nothing leaves by it, and nothing enters.
            Outcome::Dropped { at, .. } if at == gateway => {
                Some((false, Branch { via: Vec::new(), outcome: trip.out.outcome }))
            }
            Outcome::Delivered { to: Target::NextHop { id } } if id == gateway => {
                let back = trip.back.filter(|back| back.hops[0].place == Place::Inbound)?;
                let via = back.via().split_off(1);
                Some((shares(&back), Branch { via, outcome: back.outcome }))
            }
            _ => None,
        }
    };
    gathered(packet, look)
}

/// The way of a packet, and where packets share the load that of many.
fn gathered(packet: Packet, look: impl Fn(Packet) -> Option<(bool, Branch)>) -> Option<Way> {
    let (shares, first) = look(packet)?;
    let mut branches = BTreeMap::from([(first.via.clone(), first)]);
    for number in 0..if shares { 40 } else { 0 } {
        let source = match packet.source {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(0x0b00_0000 + number * 77)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(u128::from(number) * 77)),
        };
        let (_, branch) = look(Packet { source, ..packet })?;
        branches.insert(branch.via.clone(), branch);
    }
    Some(Way { branches: branches.into_values().collect() })
}

/// Whether another packet could take another way through the same rows.
fn shares(trace: &Trace) -> bool {
    trace.hops.iter().any(|hop| matches!(hop.place, Place::NextHops | Place::TransitRouter))
}

/// What the probes show of gateways and transit routers: the way from there on.
pub fn behind(way: &Way, hop: &str, router: bool) -> Option<Way> {
    let hop: Id = hop.parse().unwrap();
    let mut way = way.clone();
    for branch in &mut way.branches {
        if branch.via.first() != Some(&hop) {
            return None;
        }
        if router {
            branch.via.remove(0);
        }
    }
    Some(way)
}

/// The transit router behind the probe's attachment.
pub fn router(world: &Tenant) -> Option<TransitRouterId> {
    let attachment: Id = PROBES[2].0.parse().unwrap();
    vpc::usable(world, id("vpc-a"), attachment).ok()?;
    causeway_forward::transit::behind_attachment(world)
}

/// Whether packets reach a gateway at all.
pub fn is_usable(world: &Tenant, gateway: &str) -> bool {
    vpc::usable(world, id("vpc-a"), gateway.parse().unwrap()).is_ok()
}

/// The stored rows of all tables that are in effect, with whether a packet can take them.
pub fn rows(world: &Tenant, links: &Links, bound: &Tenant) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    let samples = [Family::V4, Family::V6].map(|family| Samples::of([world, world], family));
    let to = || samples.iter().flat_map(|it| it.destinations.iter().copied());
    for table in world.all::<RouteTable>() {
        let compiled = VpcTable::compile(world, links, table);
        let is_bound = bound.members::<VSwitchId>(table.id).next().is_some()
            || gateway_binding::of_table(bound, table.id).is_some();
        let taken: BTreeSet<_> = to().filter_map(|to| compiled.lookup(to)).collect();
        for (at, (row, standing)) in compiled.rows.iter().enumerate() {
            if row.entry().is_some() && !matches!(standing, vpc::Standing::Unsettled(_)) {
                let published = row.position().published;
                let name = format!("{} {} {published}", table.id, row.destination);
                found.insert(name, is_bound && taken.contains(&at));
            }
        }
    }
    for gateway in world.all::<VpnGateway>() {
        let compiled = GatewayTable::compile(world, links, gateway);
        let packets = samples.iter().flat_map(|it| {
            let to = |source: &IpAddr| {
                let source = *source;
                it.destinations.iter().map(move |to| Packet { source, destination: *to })
            };
            it.sources.iter().flat_map(to).collect::<Vec<_>>()
        });
        let taken: Vec<Found> = packets.filter_map(|it| compiled.lookup(&it)).collect();
        for (at, (route, standing)) in compiled.policy.iter().enumerate() {
            let key = route.key;
            let name =
                format!("{} {} {} {}", key.gateway, key.source, key.destination, key.next_hop);
            let effective = *standing == Standing::Effective;
            found.insert(name, effective && taken.contains(&Found::Policy(at)));
        }
        for (at, (route, standing)) in compiled.destination.iter().enumerate() {
            let key = route.key;
            let name = format!("{} any {} {}", key.gateway, key.destination, key.next_hop);
            let effective = *standing == Standing::Effective;
            found.insert(name, effective && taken.contains(&Found::Destination(at)));
        }
        for (at, (route, standing)) in compiled.learned.iter().enumerate() {
            let key = route.key;
            let name = format!("{} bgp {} {}", gateway.id, key.destination, key.connection);
            let effective = *standing == Standing::Effective;
            found.insert(name, effective && taken.contains(&Found::Learned(at)));
        }
    }
    found.extend(router_rows(world, links, &samples));
    found
}

fn router_rows(
    world: &Tenant,
    links: &Links,
    samples: &[Samples; 2],
) -> impl Iterator<Item = (String, bool)> {
    let mut found = BTreeMap::new();
    for router in ["tr-a", "tr-b"] {
        let compiled = TransitTable::compile(world, links, id(router));
        let mut taken = BTreeSet::new();
        for to in samples.iter().flat_map(|it| it.destinations.iter().copied()) {
            for number in 0..40 {
                let source = IpAddr::V4(Ipv4Addr::from_bits(0x0b00_0000 + number * 77));
                taken.extend(compiled.lookup(&Packet { source, destination: to }));
            }
        }
        for (at, row) in compiled.rows.iter().enumerate() {
            let by = match row.origin {
                TransitOrigin::Made => "",
                TransitOrigin::Learned => "bgp ",
            };
            let name = format!("{router} {by}{} {}", row.destination, row.connection.id);
            found.insert(name, taken.contains(&at));
        }
    }
    found.into_iter()
}
