//! Impact against brute force: for random worlds and random changes, what is reported is exactly what
//! traces show to have changed, at every boundary address, IPv4 and IPv6.

use causeway_forward::impact::{Impact, Limits, Move, TableImpact, TableKind, Way, impact};
use causeway_forward::trace::{Origin, Row};
use causeway_forward::{Links, Packet};
use causeway_model::gateway_binding::GatewayBinding;
use causeway_model::route_table::RouteTable;
use causeway_model::vswitch::VSwitch;
use causeway_model::{Changes, Read, Tenant, Txn};
use causeway_types::{Family, Id, RouteTableId, Timestamp, TypedId, VSwitchId};
use entries::ENTRIES;
use oracle::Samples;
use std::collections::{BTreeMap, BTreeSet};
use world::{PROBES, Spread};

mod entries;
mod faults;
mod oracle;
#[path = "../scenario/rows.rs"]
mod rows;
mod world;

const NOW: Timestamp = Timestamp(1_795_000_000_000);

fn id<T: TypedId>(text: &str) -> T {
    let id = T::from_text(text);
    assert_ne!(id.id(), Id::NONE, "{text} is not an id");
    id
}

/// Both sides of a change.
struct Case {
    before: Tenant,
    after: Tenant,
    impact: Impact,
}

/// A random world and a random change. The change begins on top of others that are in flight, as in
/// a batch.
fn case(seed: u64) -> Case {
    // Rows come back to life when others go, which steps seldom do.
    case_of(seed, if seed.is_multiple_of(2) { world::removal } else { world::step })
}

/// The same with a change of certain steps.
fn case_of(seed: u64, step: fn(&mut Txn, &mut Spread)) -> Case {
    let mut spread = Spread(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let published = world::world(&mut spread);
    let in_flight = world::change(&published, &Changes::default(), |txn| {
        for _ in 0..spread.below(3) {
            world::step(txn, &mut spread);
        }
    });
    let context = world::context();
    let mut txn = Txn::new(&published, &in_flight, &context, 2);
    for _ in 0..=spread.below(3) {
        step(&mut txn, &mut spread);
    }
    let base = Txn::new(&published, &in_flight, &context, 2);
    let (was, is) = (Links::of(&base), Links::of(&txn));
    let impact = impact((&base, &was), (&txn, &is), txn.changes(), &Limits::NONE);
    let mut before = published.clone();
    before.apply(in_flight.clone(), 2);
    let mut after = before.clone();
    after.apply(txn.into_changes(), 3);
    Case { before, after, impact }
}

fn covers(it: &Move, packet: Packet) -> bool {
    let any =
        |cidrs: &[causeway_types::Cidr], address| cidrs.iter().any(|c| c.contains_address(address));
    any(&it.destinations, packet.destination)
        && (it.sources.is_empty() || any(&it.sources, packet.source))
}

/// What is reported for a packet in some tables: at most one move.
fn reported<'a>(
    tables: impl Iterator<Item = &'a TableImpact>,
    packet: Packet,
) -> Option<(&'a Way, &'a Way)> {
    let moves: Vec<_> =
        tables.flat_map(|table| &table.moves).filter(|it| covers(it, packet)).collect();
    assert!(moves.len() <= 1, "several moves for {packet:?}: {moves:#?}");
    moves.first().map(|it| (&it.before, &it.after))
}

#[derive(Default)]
struct Seen {
    moved: usize,
    stayed: usize,
    behind: usize,
    entering: usize,
    dead: usize,
    alive: usize,
    learned: usize,
}

impl Case {
    fn check_moves(&self, seed: u64, seen: &mut Seen) {
        let links = [Links::of(&self.before), Links::of(&self.after)];
        let worlds = [&self.before, &self.after];
        let vswitches: Vec<_> = self.before.all::<VSwitch>().map(|it| it.id).collect();
        let stays = |id: &VSwitchId| self.after.get::<VSwitch>(id).is_some();
        let mut ways: BTreeMap<_, Way> = BTreeMap::new();
        // vSwitches of the same tables share one fate; it is looked at once.
        let mut looked_at: BTreeMap<_, VSwitchId> = BTreeMap::new();
        let listed = |vswitch| -> Vec<bool> {
            self.impact.tables.iter().map(|it| it.v_switch_ids.contains(&vswitch)).collect()
        };
        for vswitch in vswitches.into_iter().filter(stays) {
            let tables = worlds.map(|it| it.get::<VSwitch>(&vswitch).unwrap().route_table);
            if let Some(other) = looked_at.get(&tables) {
                assert_eq!(listed(vswitch), listed(*other), "seed {seed}, {vswitch}, {other}");
                continue;
            }
            looked_at.insert(tables, vswitch);
            for family in [Family::V4, Family::V6] {
                let samples = Samples::of(worlds, family);
                let apart = samples.sources.len().div_ceil(2);
                for (n, &destination) in samples.destinations.iter().enumerate() {
                    // Two sources each; over cases and destinations all of them.
                    for &source in samples.sources.iter().skip(n % apart).step_by(apart) {
                        let packet = Packet { source, destination };
                        let mut way = |side: usize| {
                            let table = worlds[side].get::<VSwitch>(&vswitch).unwrap().route_table;
                            let key = (side, table, source, destination);
                            let look = || oracle::way(worlds[side], &links[side], vswitch, packet);
                            ways.entry(key).or_insert_with(look).clone()
                        };
                        self.check_packet(seed, vswitch, packet, [way(0), way(1)], seen);
                    }
                }
            }
        }
    }

    fn check_packet(
        &self,
        seed: u64,
        vswitch: VSwitchId,
        packet: Packet,
        [before, after]: [Way; 2],
        seen: &mut Seen,
    ) {
        let own = |table: &&TableImpact| table.v_switch_ids.contains(&vswitch);
        let told = reported(self.impact.tables.iter().filter(own), packet);
        let changed = (before != after).then_some((&before, &after));
        assert_eq!(told, changed, "seed {seed}, {vswitch}, {packet:?}\n{:#?}", self.impact);
        if changed.is_some() {
            seen.moved += 1;
        } else {
            seen.stayed += 1;
        }
        let probe = PROBES.iter().find(|(_, _, probe)| id::<VSwitchId>(probe) == vswitch);
        let Some((hop, _, _)) = probe else { return };
        let is_router = hop.starts_with("tr-");
        let behind = [&before, &after].map(|way| oracle::behind(way, hop, is_router));
        let [Some(before), Some(after)] = behind else { return };
        let table: Option<Id> = if is_router {
            let routers = [&self.before, &self.after].map(oracle::router);
            routers[0].filter(|it| Some(*it) == routers[1]).map(Into::into)
        } else {
            let usable = [&self.before, &self.after].iter().all(|it| oracle::is_usable(it, hop));
            usable.then(|| hop.parse().unwrap())
        };
        let Some(table) = table else { return };
        let own = |it: &&TableImpact| it.id == table && it.kind != TableKind::RouteTable;
        let told = reported(self.impact.tables.iter().filter(own), packet);
        let changed = (before != after).then_some((&before, &after));
        assert_eq!(told, changed, "seed {seed}, {hop}, {packet:?}\n{:#?}", self.impact);
        seen.behind += usize::from(changed.is_some());
    }

    /// Packets that enter by a gateway which is bound to a table on either side.
    fn check_entering(&self, seed: u64, seen: &mut Seen) {
        let worlds = [&self.before, &self.after];
        let links = worlds.map(Links::of);
        for (gateway, _, vswitch) in ENTRIES {
            let entry = (gateway.parse().unwrap(), id::<VSwitchId>(vswitch));
            let own = |table: &&TableImpact| table.gateway_id == Some(entry.0);
            let bound = |world: &&Tenant| world.get::<GatewayBinding>(&entry.0).is_some();
            if !worlds.iter().any(bound) {
                assert!(!self.impact.tables.iter().any(|it| own(&it)), "seed {seed}, {gateway}");
                continue;
            }
            let family = if gateway.starts_with("ipv6") { Family::V6 } else { Family::V4 };
            let samples = Samples::of(worlds, family);
            let apart = samples.sources.len().div_ceil(2);
            let packets = samples.destinations.iter().enumerate().flat_map(|(n, &destination)| {
                // Two sources each; over cases and destinations all of them.
                let sources = samples.sources.iter().skip(n % apart).step_by(apart);
                sources.map(move |&source| Packet { source, destination })
            });
            for packet in packets {
                let way = |side: usize| oracle::entering(worlds[side], &links[side], entry, packet);
                let (Some(before), Some(after)) = (way(0), way(1)) else { continue };
                let told = reported(self.impact.tables.iter().filter(own), packet);
                // An address that is nowhere in the VPC is told about by nobody.
                let nowhere = before.is_lost_at_once() && after.is_lost_at_once();
                let changed = (before != after && !nowhere).then_some((&before, &after));
                assert_eq!(told, changed, "seed {seed}, {gateway}, {packet:?}\n{:#?}", self.impact);
                seen.entering += usize::from(changed.is_some());
                seen.stayed += usize::from(changed.is_none());
            }
        }
    }

    fn check_rows(&self, seed: u64, seen: &mut Seen) {
        let before = oracle::rows(&self.before, &Links::of(&self.before), &self.after);
        let after = oracle::rows(&self.after, &Links::of(&self.after), &self.after);
        let (mut dead, mut alive) = (BTreeSet::new(), BTreeSet::new());
        for (name, is_alive) in after {
            let table = name.split(' ').next().unwrap();
            // A table, gateway or router that came or went is no change of its rows.
            let table: Id = table.parse().unwrap();
            let both = [&self.before, &self.after].iter().all(|it| self.has(it, table));
            match (before.get(&name), is_alive) {
                (Some(true) | None, false) if both => drop(dead.insert(name)),
                (Some(false), true) if both => drop(alive.insert(name)),
                _ => {}
            }
        }
        let told = |rows: fn(&TableImpact) -> Vec<&Row>| -> BTreeSet<String> {
            let tables = self.impact.tables.iter();
            tables.flat_map(|it| rows(it).into_iter().map(|row| name(it.id, row))).collect()
        };
        let context = || format!("seed {seed}\n{:#?}", self.impact);
        assert_eq!(told(|it| it.dead.iter().map(|it| &it.row).collect()), dead, "{}", context());
        assert_eq!(told(|it| it.alive.iter().collect()), alive, "{}", context());
        let learned = |name: &&String| name.contains(" bgp ");
        seen.learned += dead.iter().chain(&alive).filter(learned).count();
        (seen.dead, seen.alive) = (seen.dead + dead.len(), seen.alive + alive.len());
    }

    fn has(&self, world: &Tenant, table: Id) -> bool {
        let text = table.to_string();
        match text.split('-').next() {
            Some("vtb") => world.get::<RouteTable>(&id::<RouteTableId>(&text)).is_some(),
            Some("vpn") => {
                world.get::<causeway_model::vpn_gateway::VpnGateway>(&id(&text)).is_some()
            }
            _ => true,
        }
    }
}

/// The oracle's name of a row.
fn name(table: Id, row: &Row) -> String {
    let hop = row.next_hop.map(|hop| hop.to_string()).unwrap_or_default();
    match row.origin {
        Origin::PolicyRoute => {
            format!("{table} {} {} {hop}", row.source.as_deref().unwrap_or("any"), row.destination)
        }
        Origin::DestinationRoute => format!("{table} any {} {hop}", row.destination),
        Origin::ConnectionRoute => format!("{table} {} {hop}", row.destination),
        Origin::Published => format!("{table} {} true", row.destination),
        Origin::Learned if hop.starts_with("vco-") => {
            format!("{table} bgp {} {hop}", row.destination)
        }
        _ => format!("{table} {} false", row.destination),
    }
}

/// How many random cases, in a build of this kind; `CAUSEWAY_CASES` for more.
fn cases(usual: u64) -> u64 {
    std::env::var("CAUSEWAY_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(usual)
}

#[test]
fn what_is_reported_is_what_traces_show() {
    let mut seen = Seen::default();
    let cases = cases(if cfg!(debug_assertions) { 30 } else { 1000 });
    for seed in 0..cases {
        case(seed).check_moves(seed, &mut seen);
    }
    let cases = cases as usize;
    assert!(seen.moved > cases * 2, "{} moved", seen.moved);
    assert!(seen.stayed > cases * 50, "{} stayed", seen.stayed);
    assert!(seen.behind > cases, "{} behind gateways and transit routers", seen.behind);
}

/// What enters by a gateway with a table of its own, when that table changes, or anything else.
#[test]
fn what_enters_by_gateways_is_reported_as_traces_show() {
    let mut seen = Seen::default();
    let cases = cases(if cfg!(debug_assertions) { 60 } else { 1000 });
    for seed in 0..cases {
        case_of(seed, entries::step).check_entering(seed, &mut seen);
        case(seed).check_entering(seed, &mut seen);
    }
    let cases = cases as usize;
    assert!(seen.entering > cases, "{} moved", seen.entering);
    assert!(seen.stayed > cases * 20, "{} stayed", seen.stayed);
}

#[test]
fn rows_that_die_and_live_are_those_no_packet_and_some_packet_takes() {
    let mut seen = Seen::default();
    let cases = cases(if cfg!(debug_assertions) { 300 } else { 5000 });
    for seed in 0..cases {
        case(seed).check_rows(seed, &mut seen);
        case_of(seed, world::announcing).check_rows(seed, &mut seen);
    }
    let cases = cases as usize;
    assert!(seen.dead > cases / 20, "{} dead", seen.dead);
    assert!(seen.alive > cases / 60, "{} alive", seen.alive);
    assert!(seen.learned > cases / 6, "{} learned", seen.learned);
}

#[test]
fn lint_finds_the_faults_that_packets_meet() {
    let (mut black_holes, mut ways_back, mut pairs) = (0, 0, 0);
    let cases = cases(if cfg!(debug_assertions) { 40 } else { 1000 });
    for seed in 0..cases {
        let faults = faults::Faults::of(seed);
        black_holes += faults.check_black_holes(seed);
        ways_back += faults.check_ways_back(seed);
        pairs += faults.check_pairs(seed);
    }
    let cases = cases as usize;
    assert!(black_holes > cases, "{black_holes} black holes");
    assert!(ways_back > cases / 2, "{ways_back} partial ways back");
    assert!(pairs > cases / 5, "{pairs} pairs of which one is left");
}
