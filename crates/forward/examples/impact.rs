//! What telling a change's impact costs, beside the bare insert of the change, in one run.
//!
//! `cargo run --release -p causeway-forward --example impact`

use causeway_forward::Links;
use causeway_forward::impact::{Limits, impact};
use causeway_model::next_hop::NextHops;
use causeway_model::resource::{Place, Resource};
use causeway_model::route_entry::{
    self, RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table,
};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::task::{self, Subject};
use causeway_model::text::{Labels, Tags};
use causeway_model::vpc::{Ipv6Isp, Vpc, VpcStatus};
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_model::{Changes, Context, Options, Quotas, Region, TaskLength, Tenant, Txn};
use causeway_types::{Cidr, Id, RouteTableId, Timestamp, TypedId, VSwitchId, VpcId};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: Timestamp = Timestamp(0);

fn context() -> Context {
    Context {
        now: NOW,
        seed: 1,
        account: "1".into(),
        region: Region::new("cn-hangzhou"),
        regions: [Region::new("cn-hangzhou")].into(),
        tasks: TaskLength::Immediate,
        virtual_time: false,
        quotas: Quotas::default(),
        options: Options::default(),
    }
}

fn table_id() -> RouteTableId {
    RouteTableId::from_text("vtb-systema")
}

/// The destination with this number: /24s of 10.0.0.0/8, then of 11.0.0.0/8 and so on.
fn destination(number: u32) -> Cidr {
    let [a, b, c, _] = (0x0a00_0000 + (number << 8)).to_be_bytes();
    Cidr::v4(a, b, c, 0, 24)
}

fn entry(destination: Cidr, hop: &str) -> RouteEntry {
    let key = RouteKey { table: table_id(), destination, origin: RouteOrigin::User };
    let next_hops = NextHops::One(Id::from_text(hop));
    let (status, labels, modified) = (RouteStatus::Available, None, NOW);
    RouteEntry { key, id: id_in_table(key.table, 1), next_hops, status, labels, modified }
}

/// A VPC with a vSwitch and a table of so many routes.
fn tenant(routes: u32, context: &Context) -> Tenant {
    let (mut tenant, nothing) = (Tenant::default(), Changes::default());
    let vpc = VpcId::from_text("vpc-a");
    let mut txn = Txn::new(&tenant, &nothing, context, 1);
    txn.put(Vpc {
        id: vpc,
        vrouter: TypedId::from_text("vrt-a"),
        system_table: table_id(),
        cidr: Cidr::v4(192, 168, 0, 0, 16),
        secondary_cidrs: Vec::new(),
        ipv6_cidr: None,
        ipv6_isp: Ipv6Isp::default(),
        dns_hostnames: false,
        user_cidrs: Vec::new(),
        labels: Labels::default(),
        status: VpcStatus::Available,
        created: NOW,
        resource_group: None,
        tags: Tags::new(),
    });
    txn.put(RouteTable {
        id: table_id(),
        vpc,
        kind: RouteTableKind::System,
        associate: AssociateType::VSwitch,
        labels: Labels::default(),
        status: RouteTableStatus::Available,
        propagation_enabled: true,
        created: NOW,
        tags: Tags::new(),
    });
    txn.put(VSwitch {
        id: VSwitchId::from_text("vsw-a"),
        vpc,
        cidr: Cidr::v4(192, 168, 1, 0, 24),
        ipv6_cidr: None,
        zone: "cn-hangzhou-h".into(),
        route_table: table_id(),
        labels: Labels::default(),
        status: VSwitchStatus::Available,
        created: NOW,
        tags: Tags::new(),
    });
    for hop in ["i-1", "i-2"] {
        let (id, place) = (Id::from_text(hop), Place::Vpc(vpc));
        txn.put(Resource { id, place, status: "Running".into(), created: NOW });
    }
    // Every second destination, so that there is room between them.
    for number in 0..routes {
        txn.put(entry(destination(number * 2), "i-1"));
    }
    txn.put(entry(Cidr::DEFAULT_V4, "i-1"));
    let changes = txn.into_changes();
    tenant.apply(changes, 1);
    tenant
}

/// Nanoseconds per round of the fastest of several runs. What `run` answers is the time that counts.
fn fastest(rounds: u32, mut run: impl FnMut(u32) -> Duration) -> f64 {
    let mut once = || (0..rounds).map(&mut run).sum::<Duration>().as_secs_f64() * 1e9;
    (0..7).map(|_| once() / f64::from(rounds)).fold(f64::INFINITY, f64::min)
}

/// An insert is what the model does for a new route, whatever made the request: it is added, its task
/// ends, it is encoded for the store and applied to published state. No request is read, nothing is
/// checked, nothing is written. That the route is removed again is not counted.
fn insert(tenant: &mut Tenant, round: u32, routes: u32, context: &Context, told: bool) -> Duration {
    let number = (round * 7919 % routes) * 2 + 1;
    let hop = NextHops::One(Id::from_text("i-2"));
    let nothing = Changes::default();
    let revision = tenant.revision() + 1;
    let start = Instant::now();
    let mut txn = Txn::new(tenant, &nothing, context, revision);
    let (key, _) = route_entry::add(&mut txn, table_id(), destination(number), hop, None);
    task::start_routes(&mut txn, Subject::Routes(VpcId::from_text("vpc-a")), vec![key]);
    if told {
        let before = Txn::new(tenant, &nothing, context, revision);
        let (was, is) = (Links::of(&before), Links::of(&txn));
        let told = impact((&before, &was), (&txn, &is), txn.changes(), &Limits::USUAL);
        assert_eq!(told.tables.len(), 1);
        black_box(told);
    }
    let changes = txn.into_changes();
    black_box(changes.encode());
    tenant.apply(changes, revision);
    let spent = start.elapsed();
    let mut txn = Txn::new(tenant, &nothing, context, revision + 1);
    txn.remove::<RouteEntry>(&key);
    let changes = txn.into_changes();
    tenant.apply(changes, revision + 1);
    spent
}

fn compare(routes: u32) {
    let context = context();
    let mut tenant = tenant(routes, &context);
    let rounds = 20_000;
    let bare = fastest(rounds, |round| insert(&mut tenant, round, routes, &context, false));
    let both = fastest(rounds, |round| insert(&mut tenant, round, routes, &context, true));
    let cost = both - bare;
    println!(
        "{routes:>9} routes: insert {bare:>6.0} ns, its impact {cost:>6.0} ns, {:>5.2} x",
        cost / bare
    );
}

fn main() {
    println!(
        "One route among others; the impact is one range that moves from one instance to another."
    );
    let given: Vec<u32> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let usual = vec![200, 10_000, 1_000_000];
    for routes in if given.is_empty() { usual } else { given } {
        compare(routes);
    }
}
