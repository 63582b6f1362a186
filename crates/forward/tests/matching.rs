//! Gateways' routes against a naive oracle: packets on random tables, with random links down.

use causeway_forward::gateway::GatewayTable;
use causeway_forward::{Links, Packet};
use causeway_model::bgp_route::{BgpRoute, BgpRouteKey};
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_pbr_route::{VpnPbrRoute, VpnPbrRouteKey};
use causeway_model::vpn_route::{VpnRoute, VpnRouteKey};
use causeway_model::{Changes, Context, Options, Quotas, Read, Region, TaskLength, Tenant, Txn};
use causeway_types::{Cidr, Id, Timestamp, TypedId, VpcId, VpnConnectionId, VpnGatewayId};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

#[allow(dead_code, reason = "each test binary uses a part of this")]
#[path = "scenario/rows.rs"]
mod rows;

const NOW: Timestamp = Timestamp(1_795_000_000_000);

fn id<T: TypedId>(text: &str) -> T {
    let id = T::from_text(text);
    assert_ne!(id.id(), Id::NONE, "{text} is not an id");
    id
}

struct Spread(u64);

impl Spread {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    /// An address of a small world, so that prefixes nest and meet.
    fn address(&mut self) -> Ipv4Addr {
        let bits = [0x0a00_0000, 0x0a00_0100, 0x0a01_0000, 0x0b00_0000];
        Ipv4Addr::from_bits(bits[self.below(4) as usize] | self.below(8) as u32)
    }

    fn prefix(&mut self) -> Cidr {
        let length = [0, 7, 8, 15, 16, 23, 24, 29, 30, 31, 32][self.below(11) as usize];
        let net = masked(self.address(), length);
        net.parse().expect("a prefix")
    }

    fn connection(&mut self) -> VpnConnectionId {
        id(&format!("vco-{}", self.below(4)))
    }
}

fn masked(address: Ipv4Addr, length: u32) -> String {
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    format!("{}/{length}", Ipv4Addr::from_bits(address.to_bits() & mask))
}

fn context() -> Context {
    Context {
        now: NOW,
        seed: 1,
        account: "1234567890123456".into(),
        region: Region::new("cn-hangzhou"),
        regions: [Region::new("cn-hangzhou")].into(),
        tasks: TaskLength::Immediate,
        virtual_time: false,
        quotas: Quotas::default(),
        options: Options::default(),
    }
}

/// Random routes of one gateway, in the order they are made. Two of a pair at most, with different
/// weights, as the model allows.
#[derive(Default)]
struct Routes {
    policy: Vec<VpnPbrRoute>,
    destination: Vec<VpnRoute>,
    announced: Vec<BgpRoute>,
}

fn routes(spread: &mut Spread, gateway: VpnGatewayId) -> Routes {
    let mut routes = Routes::default();
    for sequence in 0..spread.below(24) {
        let (next_hop, weight) = (spread.connection(), [0, 100][spread.below(2) as usize]);
        let (created, published, description) = (NOW, false, None);
        if spread.below(3) == 0 {
            let key = BgpRouteKey { connection: next_hop, destination: spread.prefix() };
            if routes.announced.iter().all(|it| it.key != key) {
                let as_path = vec![65010; 1 + spread.below(2) as usize];
                let (announced, community) = (NOW, "".into());
                routes.announced.push(BgpRoute { key, as_path, community, announced, sequence });
            }
            continue;
        }
        if spread.below(2) == 0 {
            // Often the second of a pair.
            let twin = routes.policy.last().filter(|_| spread.below(3) == 0).map(|last| last.key);
            let drawn = (spread.prefix(), spread.prefix());
            let (source, destination) = twin.map_or(drawn, |key| (key.source, key.destination));
            let same = |other: &&VpnPbrRoute| {
                (other.key.source, other.key.destination) == (source, destination)
            };
            let others: Vec<_> = routes.policy.iter().filter(same).collect();
            if others.iter().any(|it| it.weight == weight || it.key.next_hop == next_hop) {
                continue;
            }
            let drawn = 1 + spread.below(3) as u8;
            let priority = others.first().map_or(drawn, |other| other.priority);
            let key = VpnPbrRouteKey { gateway, source, destination, next_hop };
            routes.policy.push(VpnPbrRoute {
                key,
                weight,
                priority,
                published,
                description,
                created,
                sequence,
            });
        } else {
            let twin = routes.destination.last().filter(|_| spread.below(3) == 0);
            let drawn = spread.prefix();
            let destination = twin.map_or(drawn, |last| last.key.destination);
            let same = |other: &&VpnRoute| other.key.destination == destination;
            let taken = |it: &VpnRoute| it.weight == weight || it.key.next_hop == next_hop;
            if routes.destination.iter().filter(same).any(taken) {
                continue;
            }
            let key = VpnRouteKey { gateway, destination, next_hop };
            routes.destination.push(VpnRoute {
                key,
                weight,
                published,
                description,
                created,
                sequence,
            });
        }
    }
    routes
}

fn tenant(gateway: VpnGatewayId, routes: &Routes) -> Tenant {
    let (mut tenant, in_flight, context) = (Tenant::default(), Changes::default(), context());
    let mut txn = Txn::new(&tenant, &in_flight, &context, 1);
    let vpc: VpcId = id("vpc-a");
    txn.put(VpnGateway::new(gateway, vpc, "198.51.100.1".parse().unwrap(), NOW));
    for n in 0..4 {
        let own = id(&format!("vco-{n}"));
        txn.put(rows::connection(own, Attached::Gateway(gateway), &["bgp"]));
    }
    for route in &routes.policy {
        txn.put(route.clone());
    }
    for route in &routes.destination {
        txn.put(route.clone());
    }
    for route in &routes.announced {
        txn.put(route.clone());
    }
    let changes = txn.into_changes();
    tenant.apply(changes, 1);
    tenant
}

/// Whether a route stands aside for its partner (semantics.md 8.2): `(weight, up)` of both.
fn stands_aside(own: (u8, bool), partner: Option<(u8, bool)>) -> bool {
    match (own, partner) {
        (_, None) => false,
        // The active route stands aside only for a standby route that is up.
        ((100, up), Some((_, partner_up))) => !up && partner_up,
        // The standby route carries traffic only while it alone is up.
        ((_, up), Some((_, partner_up))) => !up || partner_up,
    }
}

/// Looks at every route.
fn oracle(routes: &Routes, down: &BTreeSet<VpnConnectionId>, packet: Packet) -> Option<Id> {
    let state = |weight: u8, next_hop: VpnConnectionId| (weight, !down.contains(&next_hop));
    let policy = routes.policy.iter().filter(|route| {
        let pair = |other: &&&VpnPbrRoute| {
            other.key != route.key
                && other.key.source == route.key.source
                && other.key.destination == route.key.destination
        };
        let all: Vec<&VpnPbrRoute> = routes.policy.iter().collect();
        let partner = all.iter().find(pair).map(|it| state(it.weight, it.key.next_hop));
        !stands_aside(state(route.weight, route.key.next_hop), partner)
            && route.key.source.contains_address(packet.source)
            && route.key.destination.contains_address(packet.destination)
    });
    if let Some(first) = policy.min_by_key(|route| (route.priority, route.sequence)) {
        return Some(first.key.next_hop.into());
    }
    let destination = routes.destination.iter().filter(|route| {
        let mut others = routes.destination.iter();
        let partner = others
            .find(|other| other.key != route.key && other.key.destination == route.key.destination);
        let partner = partner.map(|it| state(it.weight, it.key.next_hop));
        !stands_aside(state(route.weight, route.key.next_hop), partner)
            && route.key.destination.contains_address(packet.destination)
    });
    let longest = destination.max_by_key(|route| route.key.destination.length());
    if let Some(longest) = longest {
        return Some(longest.key.next_hop.into());
    }
    // Decision A8: only then what was learned, by sessions that are up.
    let learned = routes.announced.iter().filter(|route| {
        !down.contains(&route.key.connection)
            && route.key.destination.contains_address(packet.destination)
    });
    let best = learned.max_by_key(|route| {
        let shortest = usize::MAX - route.as_path.len();
        (route.key.destination.length(), shortest, u64::MAX - route.sequence)
    });
    best.map(|route| route.key.connection.into())
}

#[test]
fn gateways_forward_as_the_oracle_does() {
    let tables = if cfg!(debug_assertions) { 2_000 } else { 4_000 };
    let mut spread = Spread(5);
    let gateway = id("vpn-a");
    let (mut by_policy, mut by_destination, mut learned, mut nowhere) = (0, 0, 0, 0);
    for _ in 0..tables {
        let routes = routes(&mut spread, gateway);
        let tenant = tenant(gateway, &routes);
        let mut links = Links::all_up();
        let connections = tenant.all::<VpnConnection>().map(|connection| connection.id);
        let down: BTreeSet<_> = connections.filter(|_| spread.below(3) == 0).collect();
        for connection in &down {
            links.set(*connection, false);
        }
        let row = tenant.get::<VpnGateway>(&gateway).unwrap();
        let table = GatewayTable::compile(&tenant, &links, row);
        for _ in 0..500 {
            let (source, destination) = (spread.address(), spread.address());
            let packet =
                Packet { source: IpAddr::V4(source), destination: IpAddr::V4(destination) };
            let found = table.lookup(&packet);
            let expected = oracle(&routes, &down, packet);
            assert_eq!(found.map(|it| table.next_hop(it).into()), expected, "{packet:?} {links:?}");
            match found {
                Some(causeway_forward::gateway::Found::Policy(_)) => by_policy += 1,
                Some(causeway_forward::gateway::Found::Destination(_)) => by_destination += 1,
                Some(causeway_forward::gateway::Found::Learned(_)) => learned += 1,
                None => nowhere += 1,
            }
        }
    }
    assert!(by_policy > tables * 50, "{by_policy} by policy");
    assert!(by_destination > tables * 50, "{by_destination} by destination");
    assert!(learned > tables * 20, "{learned} learned");
    assert!(nowhere > tables, "{nowhere} nowhere");
}
