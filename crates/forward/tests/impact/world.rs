//! Random worlds and random changes, small enough that prefixes nest and meet.

use super::entries::{self, ENTRIES};
use super::{NOW, id, rows};
use causeway_model::bgp_route::{BgpRoute, BgpRouteKey};
use causeway_model::down_link::DownLink;
use causeway_model::next_hop::{NextHops, WeightedHop};
use causeway_model::resource::{Place, Resource};
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::vco_route::{VcoRoute, VcoRouteKey};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_connection::{Attached, ConnectionState, HealthPolicy, VpnConnection};
use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_model::vpn_pbr_route::{VpnPbrRoute, VpnPbrRouteKey};
use causeway_model::vpn_route::{VpnRoute, VpnRouteKey};
use causeway_model::vswitch::VSwitch;
use causeway_model::{
    Changes, Context, Options, Quotas, Read, Region, Row, TaskLength, Tenant, Txn, vpn_connection,
};
use causeway_types::{
    Cidr, Id, RouteTableId, TrAttachmentId, VSwitchId, VpcId, VpnConnectionId, VpnGatewayId,
};

/// A reproducible stream of numbers.
pub struct Spread(pub u64);

impl Spread {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

pub fn context() -> Context {
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

/// Runs a change, as part of a batch with `in_flight` or alone.
pub fn change(tenant: &Tenant, in_flight: &Changes, edit: impl FnOnce(&mut Txn)) -> Changes {
    let context = context();
    let mut txn = Txn::new(tenant, in_flight, &context, tenant.revision() + 1);
    edit(&mut txn);
    txn.into_changes()
}

pub fn cidr(text: &str) -> Cidr {
    text.parse().expect("a prefix")
}

const DESTINATIONS: &[&str] = &[
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/9",
    "10.128.0.0/9",
    "10.0.0.0/16",
    "10.0.1.0/24",
    "10.0.1.0/25",
    "10.0.1.128/25",
    "10.0.1.7/32",
    "192.168.0.0/16",
    "192.168.1.128/25",
    "100.64.0.0/10",
    "255.0.0.0/8",
    "::/0",
    "2001:db8::/32",
    "2001:db8::/33",
    "2001:db8:8000::/33",
    "2001:db8:1::/64",
    "ffff::/16",
];
const SOURCES: &[&str] =
    &["0.0.0.0/0", "192.168.0.0/16", "192.168.1.0/24", "192.168.1.0/25", "192.168.1.128/25"];
const TABLES: &[&str] = &["vtb-systema", "vtb-custom", "vtb-other"];
const CONNECTIONS: &[&str] = &["vco-1", "vco-2", "vco-3", "vco-4"];
const ATTACHED: &[&str] = &["vco-7", "vco-8"];
const GATEWAYS: &[&str] = &["vpn-a", "vpn-b"];
pub const VSWITCHES: &[(&str, &str)] = &[
    ("vsw-a", "192.168.1.0/24"),
    ("vsw-b", "192.168.2.0/24"),
    ("vsw-c", "192.168.3.0/24"),
    ("vsw-d", "2001:db8:1::/64"),
];
/// Next hops of entries: kinds, states and members vary; some are not there at first.
pub const HOPS: &[&str] =
    &["vpn-a", "vpn-b", "vpn-a", "tr-attach-vpc", "i-1", "i-2", "ri-1", "ri-2", "eni-gone"];
/// Tables that show what a gateway and a transit router do with any destination.
pub const PROBES: [(&str, &str, &str); 3] = [
    ("vpn-a", "vtb-probea", "vsw-probea"),
    ("vpn-b", "vtb-probeb", "vsw-probeb"),
    ("tr-attach-vpc", "vtb-probet", "vsw-probet"),
];

pub fn of_gateway(gateway: &str) -> &'static [&'static str] {
    if gateway == "vpn-a" { &CONNECTIONS[..2] } else { &CONNECTIONS[2..] }
}

/// A world with everything in it, and a few random rows.
pub fn world(spread: &mut Spread) -> Tenant {
    let mut tenant = Tenant::default();
    let rows = change(&tenant, &Changes::default(), |txn| {
        standing(txn);
        for _ in 0..20 + spread.below(100) {
            step(txn, spread);
        }
    });
    tenant.apply(rows, 1);
    tenant
}

fn standing(txn: &mut Txn) {
    let vpc: VpcId = id("vpc-a");
    let (row, table) = rows::vpc(vpc, cidr("192.168.0.0/16"));
    txn.put(Vpc { ipv6_cidr: Some(cidr("2001:db8:1::/56")), ..row });
    txn.put(table);
    for table in &TABLES[1..] {
        txn.put(rows::custom_table(id(table), vpc));
    }
    for (vswitch, block) in VSWITCHES {
        txn.put(own_vswitch(vswitch, block, None));
    }
    for gateway in GATEWAYS {
        txn.put(gateway_row(gateway));
        for connection in of_gateway(gateway) {
            let two: &[&str] = if *connection == "vco-2" { &["two", "bgp"] } else { &["bgp"] };
            txn.put(rows::connection(id(connection), Attached::Gateway(id(gateway)), two));
        }
    }
    for connection in ATTACHED {
        attach(txn, connection, "tr-a");
    }
    for (resource, status) in
        [("tr-attach-vpc", "Attached"), ("i-1", "Running"), ("i-2", "Running"), ("ri-1", "Active")]
    {
        txn.put(resource_row(resource, status));
    }
    txn.put(resource_row("ri-2", "Active"));
    for (number, (hop, table, vswitch)) in PROBES.iter().chain(&ENTRIES).enumerate() {
        txn.put(rows::custom_table(id(table), vpc));
        let block = format!("192.168.{}.0/24", 100 + number);
        txn.put(rows::vswitch(id(vswitch), vpc, cidr(&block), Some(id(table))));
        let next_hops = NextHops::One(hop.parse().unwrap());
        let all = if hop.starts_with("ipv6gw") { Cidr::DEFAULT_V6 } else { Cidr::DEFAULT_V4 };
        txn.put(entry(table, all, next_hops, RouteStatus::Available));
    }
    entries::standing(txn, vpc);
}

fn own_vswitch(vswitch: &str, block: &str, table: Option<RouteTableId>) -> VSwitch {
    let row = rows::vswitch(id(vswitch), id("vpc-a"), cidr(block), table);
    // One with an IPv6 block has its IPv4 block in the VPC as well.
    if row.ipv6_cidr.is_some() { VSwitch { cidr: cidr("192.168.9.0/24"), ..row } } else { row }
}

fn gateway_row(gateway: &str) -> VpnGateway {
    VpnGateway::new(id(gateway), id("vpc-a"), "198.51.100.1".parse().unwrap(), NOW)
}

pub fn resource_row(resource: &str, status: &str) -> Resource {
    let id = resource.parse().unwrap();
    Resource { id, place: Place::Vpc(self::id("vpc-a")), status: status.into(), created: NOW }
}

fn attach(txn: &mut Txn, connection: &str, router: &str) {
    let attachment: TrAttachmentId = id(&connection.replace("vco-", "tr-attach-"));
    let transit_router = id(router);
    let place = Place::TransitRouter { transit_router, connection: id(connection) };
    txn.put(Resource { id: attachment.into(), place, status: "Attached".into(), created: NOW });
    let attached = Attached::TransitRouter { attachment, transit_router };
    txn.put(rows::connection(id(connection), attached, &["two", "revoke", "bgp"]));
}

pub fn entry(
    table: &str,
    destination: Cidr,
    next_hops: NextHops,
    status: RouteStatus,
) -> RouteEntry {
    let table = id(table);
    let key = RouteKey { table, destination, origin: RouteOrigin::User };
    RouteEntry { key, id: id_in_table(table, 1), next_hops, status, labels: None, modified: NOW }
}

/// A destination, often one of few.
pub fn destination(spread: &mut Spread) -> Cidr {
    let of = if spread.below(2) == 0 { &DESTINATIONS[2..9] } else { DESTINATIONS };
    cidr(spread.one_of(of))
}

/// One random edit.
pub fn step(txn: &mut Txn, spread: &mut Spread) {
    match spread.below(33) {
        0..=6 => route_entry(txn, spread),
        7 | 8 | 24 => vpn_route(txn, spread),
        9 | 10 | 25 => pbr_route(txn, spread),
        11 | 12 => vco_route(txn, spread),
        13..=15 => link(txn, spread),
        16 => vswitch(txn, spread),
        17 => resource(txn, spread),
        18 => gateway(txn, spread),
        19 => connection(txn, spread),
        20 => attachment(txn, spread),
        26..=29 => removal(txn, spread),
        30 | 31 => announcement(txn, spread),
        32 => entries::step(txn, spread),
        _ => move_vswitch(txn, spread),
    }
}

fn route_entry(txn: &mut Txn, spread: &mut Spread) {
    let table = spread.one_of(TABLES);
    let destination = destination(spread);
    let key = RouteKey { table: id(table), destination, origin: RouteOrigin::User };
    let published = RouteKey { table: id("vtb-systema"), origin: RouteOrigin::Published, ..key };
    let status = spread.one_of(&[
        RouteStatus::Available,
        RouteStatus::Available,
        RouteStatus::Available,
        RouteStatus::Modifying,
        RouteStatus::Pending,
        RouteStatus::Deleting,
    ]);
    let hops = hops(spread);
    let learned = RouteKey { origin: RouteOrigin::Learned, ..published };
    match spread.below(10) {
        8 => txn.remove::<RouteEntry>(&learned),
        9 => {
            let next_hops = NextHops::One(spread.one_of(GATEWAYS).parse().unwrap());
            let entry = entry("vtb-systema", destination, next_hops, RouteStatus::Available);
            txn.put(RouteEntry { key: learned, ..entry });
        }
        0 => txn.remove::<RouteEntry>(&key),
        1 => txn.remove::<RouteEntry>(&published),
        2 => drop(txn.update::<RouteEntry>(&key, |entry| entry.status = status)),
        3 => {
            let next_hops = NextHops::One(spread.one_of(GATEWAYS).parse().unwrap());
            let entry = entry("vtb-systema", destination, next_hops, status);
            txn.put(RouteEntry { key: published, ..entry });
        }
        _ => txn.put(entry(table, destination, hops, status)),
    }
}

fn hops(spread: &mut Spread) -> NextHops {
    let hop = |id: &str, weight| WeightedHop { id: id.parse().unwrap(), weight };
    match spread.below(8) {
        0 => NextHops::Many([hop("ri-1", 100), hop("ri-2", 0)].into()),
        1 => NextHops::Many([hop("ri-1", 50), hop("ri-2", 50)].into()),
        _ => NextHops::One(spread.one_of(HOPS).parse().unwrap()),
    }
}

fn vpn_route(txn: &mut Txn, spread: &mut Spread) {
    let gateway = spread.one_of(GATEWAYS);
    let (destination, next_hop) = (destination(spread), id(spread.one_of(of_gateway(gateway))));
    let gateway: VpnGatewayId = id(gateway);
    let key = VpnRouteKey { gateway, destination, next_hop };
    let weight = spread.one_of(&[0, 100]);
    if spread.below(4) == 0 {
        return txn.remove::<VpnRoute>(&key);
    }
    // Two of a destination at most, with different weights, as the rules allow.
    let others: Vec<_> = causeway_model::vpn_route::to_destination(txn, gateway, destination)
        .map(|other| (other.key, other.weight))
        .filter(|(other, _)| *other != key)
        .collect();
    if others.len() < 2 && others.iter().all(|(_, other)| *other != weight) {
        let (published, description, created, sequence) = (false, None, NOW, spread.below(1000));
        txn.put(VpnRoute { key, weight, published, description, created, sequence });
    }
}

fn pbr_route(txn: &mut Txn, spread: &mut Spread) {
    let gateway = spread.one_of(GATEWAYS);
    let destination = cidr(spread.one_of(&DESTINATIONS[..13]));
    let (source, next_hop) = (cidr(spread.one_of(SOURCES)), id(spread.one_of(of_gateway(gateway))));
    let gateway: VpnGatewayId = id(gateway);
    let key = VpnPbrRouteKey { gateway, source, destination, next_hop };
    let (weight, priority) = (spread.one_of(&[0, 100]), spread.one_of(&[1, 2, 3]));
    if spread.below(4) == 0 {
        return txn.remove::<VpnPbrRoute>(&key);
    }
    let others: Vec<_> = causeway_model::vpn_pbr_route::twins(txn, key)
        .map(|other| (other.key, other.weight))
        .filter(|(other, _)| *other != key)
        .collect();
    if others.len() < 2 && others.iter().all(|(_, other)| *other != weight) {
        let (published, description, created, sequence) = (false, None, NOW, spread.below(1000));
        txn.put(VpnPbrRoute { key, weight, priority, published, description, created, sequence });
    }
}

fn vco_route(txn: &mut Txn, spread: &mut Spread) {
    let (connection, destination) = (id(spread.one_of(ATTACHED)), destination(spread));
    let key = VcoRouteKey { connection, destination };
    if spread.below(4) == 0 {
        return txn.remove::<VcoRoute>(&key);
    }
    txn.put(VcoRoute { key, weight: 100, description: None, created: NOW, sequence: 0 });
}

/// A peer announces a route, or withdraws it.
fn announcement(txn: &mut Txn, spread: &mut Spread) {
    let connection = id(spread.one_of(&[CONNECTIONS, ATTACHED].concat()));
    let destination = cidr(spread.one_of(&DESTINATIONS[..13]));
    let key = BgpRouteKey { connection, destination };
    if spread.below(4) == 0 {
        return txn.remove::<BgpRoute>(&key);
    }
    let as_path = vec![65010; 1 + spread.below(2) as usize];
    let (announced, sequence, community) = (NOW, spread.below(1000), "".into());
    txn.put(BgpRoute { key, as_path, community, announced, sequence });
}

fn link(txn: &mut Txn, spread: &mut Spread) {
    let links = [
        "vco-1", "vco-2", "vco-3", "tun-21", "tun-22", "vco-7", "tun-71", "tun-81", "ri-1", "ri-2",
    ];
    let link: Id = spread.one_of(&links).parse().unwrap();
    if spread.below(2) == 0 {
        txn.remove::<DownLink>(&link);
    } else {
        txn.put(DownLink { id: link, since: NOW });
    }
}

fn vswitch(txn: &mut Txn, spread: &mut Spread) {
    let (vswitch, block) = spread.one_of(VSWITCHES);
    if txn.get::<VSwitch>(&id(vswitch)).is_some() {
        txn.remove::<VSwitch>(&id(vswitch));
    } else {
        txn.put(own_vswitch(vswitch, block, Some(id(spread.one_of(TABLES)))));
    }
}

fn move_vswitch(txn: &mut Txn, spread: &mut Spread) {
    let vswitch: VSwitchId = id(spread.one_of(VSWITCHES).0);
    let table = id(spread.one_of(TABLES));
    txn.update::<VSwitch>(&vswitch, |row| row.route_table = table);
}

fn resource(txn: &mut Txn, spread: &mut Spread) {
    let resource = spread.one_of(&["i-1", "ri-1", "ri-2", "tr-attach-vpc", "eni-gone"]);
    if spread.below(3) == 0 {
        return txn.remove::<Resource>(&resource.parse().unwrap());
    }
    let status = spread.one_of(&["Active", "Attached", "Stopped"]);
    txn.put(resource_row(resource, status));
}

fn gateway(txn: &mut Txn, spread: &mut Spread) {
    let gateway = spread.one_of(GATEWAYS);
    if spread.below(5) == 0 {
        return txn.remove::<VpnGateway>(&id(gateway));
    }
    let status =
        spread.one_of(&[GatewayStatus::Active, GatewayStatus::Updating, GatewayStatus::Init]);
    let financial_locked = spread.below(6) == 0;
    txn.put(VpnGateway { status, financial_locked, ..gateway_row(gateway) });
}

fn connection(txn: &mut Txn, spread: &mut Spread) {
    let all = [CONNECTIONS, ATTACHED].concat();
    let connection: VpnConnectionId = id(spread.one_of(&all));
    let state = spread.one_of(&[
        ConnectionState::Active,
        ConnectionState::Attached,
        ConnectionState::Updating,
        ConnectionState::Detaching,
        ConnectionState::Provisioning,
    ]);
    let policy = spread.one_of(&[HealthPolicy::RevokeRoute, HealthPolicy::ReserveRoute]);
    if spread.below(6) == 0 {
        return vpn_connection::remove(txn, connection);
    }
    txn.update::<VpnConnection>(&connection, |row| {
        row.state = state;
        row.health_check.policy = policy;
    });
}

/// One random edit of what peers announce, or of what goes before it.
pub fn announcing(txn: &mut Txn, spread: &mut Spread) {
    match spread.below(8) {
        0..=2 => announcement(txn, spread),
        3 => link(txn, spread),
        4 => vpn_route(txn, spread),
        5 => pbr_route(txn, spread),
        6 => vco_route(txn, spread),
        _ => connection(txn, spread),
    }
}

/// A row that is there goes.
pub fn removal(txn: &mut Txn, spread: &mut Spread) {
    fn one<R: Row>(txn: &mut Txn, spread: &mut Spread, spared: impl Fn(&R) -> bool) {
        let keys: Vec<_> = txn.all::<R>().filter(|row| !spared(row)).map(Row::key).collect();
        if !keys.is_empty() {
            txn.remove::<R>(&keys[spread.below(keys.len() as u64) as usize]);
        }
    }
    let probes: Vec<_> =
        PROBES.iter().chain(&ENTRIES).map(|(_, table, _)| id::<RouteTableId>(table)).collect();
    match spread.below(6) {
        0 => one::<RouteEntry>(txn, spread, |row| probes.contains(&row.key.table)),
        1 => one::<VpnRoute>(txn, spread, |_| false),
        2 => one::<VpnPbrRoute>(txn, spread, |_| false),
        3 => one::<VcoRoute>(txn, spread, |_| false),
        4 => one::<BgpRoute>(txn, spread, |_| false),
        _ => one::<DownLink>(txn, spread, |_| false),
    }
}

/// A connection leaves its transit router, or comes to it or to another.
fn attachment(txn: &mut Txn, spread: &mut Spread) {
    let connection = spread.one_of(ATTACHED);
    let attachment: TrAttachmentId = id(&connection.replace("vco-", "tr-attach-"));
    if spread.below(2) == 0 {
        attach(txn, connection, spread.one_of(&["tr-a", "tr-a", "tr-b"]));
    } else {
        txn.remove::<Resource>(&attachment.into());
        txn.update::<VpnConnection>(&id(connection), |row| {
            row.attached = Attached::Nothing;
            row.state = ConnectionState::Init;
        });
    }
}
