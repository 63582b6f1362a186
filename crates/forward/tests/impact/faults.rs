//! Lint against brute force: standing faults of random worlds are those that packets at every boundary
//! address meet.

use super::entries::ENTRIES;
use super::oracle::{self, Samples};
use super::world::{self, PROBES, Spread};
use super::{NOW, id};
use causeway_forward::gateway::{GatewayTable, Standing};
use causeway_forward::impact::lint::{self, Code, Finding};
use causeway_forward::transit::{self, TransitOrigin, TransitTable};
use causeway_forward::vpc::VpcTable;
use causeway_forward::{Links, Packet};
use causeway_model::next_hop::{NextHopType, NextHops};
use causeway_model::resource::Resource;
use causeway_model::route_table::{AssociateType, RouteTable};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_route::{VpnRoute, VpnRouteKey};
use causeway_model::vswitch::VSwitch;
use causeway_model::{Changes, Quotas, Read, Tenant, Txn};
use causeway_types::{Cidr, Family, Id, VSwitchId};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// A random world and what lint says of it.
pub struct Faults {
    world: Tenant,
    links: Links,
    samples: [Samples; 2],
    findings: Vec<Finding>,
}

impl Faults {
    pub fn of(seed: u64) -> Faults {
        let mut spread = Spread(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut world = world::world(&mut spread);
        // The probes lead everywhere, and back from everywhere.
        let without = world::change(&world, &Changes::default(), |txn| {
            for (_, _, vswitch) in PROBES.iter().chain(&ENTRIES) {
                txn.remove::<VSwitch>(&id(vswitch));
            }
            for gateway in ["vpn-a", "vpn-b"] {
                pair(txn, gateway, world::destination(&mut spread));
            }
            for _ in 0..10 {
                world::announcing(txn, &mut spread);
            }
        });
        world.apply(without, 2);
        let links = Links::of(&world);
        let samples = [Family::V4, Family::V6].map(|family| Samples::of([&world, &world], family));
        let findings = lint::lint(&world, &links, &Quotas::default());
        Faults { world, links, samples, findings }
    }

    /// The first prefix that findings of a kind name, by where they are.
    fn found(&self, code: Code) -> BTreeSet<(Id, Cidr)> {
        let of_kind = self.findings.iter().filter(|it| it.code == code);
        let named = |it: &Finding| (it.resource_id.unwrap(), prefixes(&it.message)[0]);
        of_kind.map(named).collect()
    }

    fn destinations(&self) -> impl Iterator<Item = IpAddr> {
        self.samples.iter().flat_map(|it| it.destinations.iter().copied())
    }

    /// Tables that vSwitches use.
    fn used(&self) -> impl Iterator<Item = &RouteTable> {
        let tables = self.world.all::<RouteTable>();
        let used = |it: &&RouteTable| self.world.members::<VSwitchId>(it.id).next().is_some();
        tables.filter(|it| it.associate == AssociateType::VSwitch).filter(used)
    }

    /// Routes of which all packets, or some, are lost. How many there are.
    pub fn check_black_holes(&self, seed: u64) -> usize {
        let (mut all, mut some) = (BTreeSet::new(), BTreeSet::new());
        for table in self.used() {
            let compiled = VpcTable::compile(&self.world, &self.links, table);
            let won: Vec<_> = self.destinations().map(|to| (to, compiled.lookup(to))).collect();
            let taken: BTreeSet<usize> = won.iter().filter_map(|(_, at)| *at).collect();
            for entry in taken.iter().filter_map(|at| compiled.rows[*at].0.entry()) {
                let destination = entry.key.destination;
                // Longer prefixes with the same next hops are a part of the route.
                let ours = won.iter().filter(|(to, at)| {
                    let hops = at.and_then(|at| compiled.rows[at].0.next_hops());
                    destination.contains_address(*to) && hops == Some(&entry.next_hops)
                });
                let (mut lost, mut arrives) = (false, false);
                for (to, _) in ours {
                    for (vswitch, source) in self.senders(table, *to) {
                        let packet = Packet { source, destination: *to };
                        match oracle::way(&self.world, &self.links, vswitch, packet).is_delivered()
                        {
                            true => arrives = true,
                            false => lost = true,
                        }
                    }
                }
                let named = (table.id.into(), destination);
                match (lost, arrives) {
                    (true, false) => drop(all.insert(named)),
                    (true, true) => drop(some.insert(named)),
                    _ => {}
                }
            }
        }
        let gateway_table = |(id, _): &(Id, Cidr)| id.to_string().starts_with("vtb-in");
        let found = |code| -> BTreeSet<_> {
            self.found(code).into_iter().filter(|it| !gateway_table(it)).collect()
        };
        assert_eq!(found(Code::BlackHole), all, "seed {seed}, {:#?}", self.findings);
        assert_eq!(found(Code::PartialBlackHole), some, "seed {seed}, {:#?}", self.findings);
        all.len() + some.len()
    }

    /// Addresses that packets from the vSwitches of a table have, of the family of an address.
    fn senders(&self, table: &RouteTable, to: IpAddr) -> Vec<(VSwitchId, IpAddr)> {
        let vswitches = self.world.members::<VSwitchId>(table.id);
        let blocks = vswitches.filter_map(|id| self.world.get::<VSwitch>(&id)).flat_map(|it| {
            [Some(it.cidr), it.ipv6_cidr].into_iter().flatten().map(move |block| (it.id, block))
        });
        let blocks = blocks.filter(|(_, block)| (block.family() == Family::V4) == to.is_ipv4());
        let of_block = |(id, block): (VSwitchId, Cidr)| {
            let sources = self.samples.iter().flat_map(|it| it.sources.iter().copied());
            let sources = sources.filter(move |source| block.contains_address(*source));
            [block.network()].into_iter().chain(sources).map(move |source| (id, source))
        };
        blocks.flat_map(of_block).collect()
    }

    /// Networks to which nothing leads back, or only to a part. How many there are.
    pub fn check_ways_back(&self, seed: u64) -> usize {
        let mut networks: BTreeMap<Id, BTreeSet<Cidr>> = BTreeMap::new();
        for gateway in self.world.all::<VpnGateway>() {
            let table = GatewayTable::compile(&self.world, &self.links, gateway);
            let own = networks.entry(gateway.id.into()).or_default();
            own.extend(table.policy.iter().map(|(route, _)| route.key.destination));
            own.extend(table.destination.iter().map(|(route, _)| route.key.destination));
            let learned = table.learned.iter().filter(|(_, it)| *it == Standing::Effective);
            own.extend(learned.map(|(route, _)| route.key.destination));
        }
        let attachment: Id = PROBES[2].0.parse().unwrap();
        if let Some(router) = transit::behind_attachment(&self.world)
            && self.world.get::<Resource>(&attachment).is_some()
        {
            let table = TransitTable::compile(&self.world, &self.links, router);
            let rows = table.rows.iter().filter(|row| {
                row.origin == TransitOrigin::Made || self.links.speaks_bgp(row.connection)
            });
            networks.insert(attachment, rows.map(|row| row.destination).collect());
        }
        let tables: Vec<_> =
            self.used().map(|it| VpcTable::compile(&self.world, &self.links, it)).collect();
        if tables.is_empty() {
            networks.clear();
        }
        let (mut none, mut part) = (BTreeSet::new(), BTreeSet::new());
        for (by, destinations) in &networks {
            for destination in destinations {
                let inside = self.destinations().filter(|it| destination.contains_address(*it));
                let longer = |address: IpAddr| {
                    let mut others = destinations.iter().filter(|it| *it != destination);
                    others.any(|it| destination.contains(it) && it.contains_address(address))
                };
                let (mut is_led, mut missing) = (false, Vec::new());
                for address in inside {
                    let leads = leads(&tables, address);
                    is_led |= leads.contains(&Some(&NextHops::One(*by)));
                    if !longer(address) && !self.has_way_back(address, &leads) {
                        missing.push(address);
                    }
                }
                let named = (*by, *destination);
                match is_led {
                    false => drop(none.insert(named)),
                    true if !missing.is_empty() => drop(part.insert(named)),
                    true => {}
                }
                self.check_named(seed, named, &missing);
            }
        }
        assert_eq!(self.found(Code::NoReturnPath), none, "seed {seed}, {:#?}", self.findings);
        assert_eq!(self.found(Code::PartialReturnPath), part, "seed {seed}, {:#?}", self.findings);
        part.len()
    }

    /// The parts that a finding names hold all addresses without a way back, and no other.
    fn check_named(&self, seed: u64, (by, destination): (Id, Cidr), missing: &[IpAddr]) {
        let ours = self.findings.iter().find(|it| {
            let named = (it.resource_id, prefixes(&it.message).first().copied());
            it.code == Code::PartialReturnPath && named == (Some(by), Some(destination))
        });
        let Some(finding) = ours else { return };
        let parts = &prefixes(&finding.message)[1..];
        let inside = self.destinations().filter(|it| destination.contains_address(*it));
        for address in inside {
            let named = parts.iter().any(|it| it.contains_address(address));
            let all_named = !finding.message.ends_with(" more");
            let is_missing = missing.contains(&address);
            assert!(!named || is_missing, "seed {seed}, {address}, {finding:?}");
            assert!(named || !is_missing || !all_named, "seed {seed}, {address}, {finding:?}");
        }
    }

    /// Whether an address is one of the VPC, or behind something that packets come in by.
    fn has_way_back(&self, address: IpAddr, leads: &[Option<&NextHops>]) -> bool {
        let ways_out = [NextHopType::VpnGateway, NextHopType::Attachment];
        let is_way_out = |id| NextHopType::of(id).is_some_and(|kind| ways_out.contains(&kind));
        let mut blocks =
            self.world.all::<VSwitch>().flat_map(|it| [Some(it.cidr), it.ipv6_cidr]).flatten();
        Cidr::RESERVED.contains_address(address)
            || blocks.any(|it| it.contains_address(address))
            || leads.iter().flatten().any(|it| it.single().is_some_and(is_way_out))
    }

    /// Pairs of routes that fail when the one that carries their packets does. How many there are.
    pub fn check_pairs(&self, seed: u64) -> usize {
        let mut alone = BTreeSet::new();
        for gateway in self.world.all::<VpnGateway>() {
            let mut pairs: BTreeMap<(Option<Cidr>, Cidr), Vec<_>> = BTreeMap::new();
            let table = GatewayTable::compile(&self.world, &self.links, gateway);
            for (route, _) in &table.destination {
                let key = (None, route.key.destination);
                pairs.entry(key).or_default().push(route.key.next_hop);
            }
            for (route, _) in &table.policy {
                let key = (Some(route.key.source), route.key.destination);
                pairs.entry(key).or_default().push(route.key.next_hop);
            }
            for ((from, to), hops) in pairs.into_iter().filter(|(_, hops)| hops.len() == 2) {
                let carries = |links: &Links| -> Vec<_> {
                    let up = |id| {
                        self.world.get::<VpnConnection>(id).is_some_and(|it| links.carries(it))
                    };
                    hops.iter().filter(|id| up(id)).copied().collect()
                };
                let working = carries(&self.links);
                let Some(first) = working.first() else { continue };
                let mut fails = self.links.clone();
                fails.set(*first, false);
                if carries(&fails).is_empty() {
                    alone.insert((Id::from(gateway.id), from.unwrap_or(to), to));
                }
            }
        }
        let of_kind = self.findings.iter().filter(|it| it.code == Code::NoStandbyLeft);
        let of_pairs = of_kind.filter(|it| {
            it.message.contains("route") && {
                it.resource_id.unwrap().to_string().starts_with("vpn-")
            }
        });
        let named = |it: &Finding| {
            let prefixes = prefixes(&it.message);
            (it.resource_id.unwrap(), prefixes[0], *prefixes.last().unwrap())
        };
        let found: BTreeSet<_> = of_pairs.map(named).collect();
        assert_eq!(found, alone, "seed {seed}, {:#?}", self.findings);
        alone.len()
    }
}

/// An active and a standby route, which are rare otherwise.
fn pair(txn: &mut Txn, gateway: &str, destination: Cidr) {
    let of_gateway = world::of_gateway(gateway);
    let gateway = id(gateway);
    for (next_hop, weight) in of_gateway.iter().zip([100, 0]) {
        let key = VpnRouteKey { gateway, destination, next_hop: id(next_hop) };
        let (published, description, created, sequence) = (false, None, NOW, 0);
        txn.put(VpnRoute { key, weight, published, description, created, sequence });
    }
}

/// The prefixes that a text names.
fn prefixes(text: &str) -> Vec<Cidr> {
    text.split([' ', ',']).filter_map(|word| word.parse().ok()).collect()
}

/// Where tables lead an address; `None` is into the VPC.
fn leads<'a>(tables: &[VpcTable<'a>], address: IpAddr) -> Vec<Option<&'a NextHops>> {
    let look = |table: &VpcTable<'a>| table.lookup(address).map(|at| table.rows[at].0.next_hops());
    tables.iter().filter_map(look).collect()
}
