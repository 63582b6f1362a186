//! What telling a change's impact costs, beside the bare insert of the change, in one run.
//!
//! `cargo run --release -p causeway-forward --example impact`

use causeway_forward::Links;
use causeway_forward::impact::{Limits, impact};
use causeway_model::next_hop::NextHops;
use causeway_model::resource::{Place, Resource};
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::text::{Labels, Tags};
use causeway_model::vpc::{Ipv6Isp, Vpc, VpcStatus};
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_model::{Changes, Context, Options, Quotas, Region, TaskLength, Tenant, Txn};
use causeway_types::{Cidr, Id, RouteTableId, Timestamp, TypedId, VSwitchId, VpcId};
use std::hint::black_box;
use std::time::Instant;

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

/// Nanoseconds per round of the fastest of several runs.
fn fastest(rounds: u32, mut run: impl FnMut(u32)) -> f64 {
    let once = |run: &mut dyn FnMut(u32)| {
        let start = Instant::now();
        (0..rounds).for_each(run);
        start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
    };
    (0..7).map(|_| once(&mut run)).fold(f64::INFINITY, f64::min)
}

fn compare(routes: u32) {
    let context = context();
    let (tenant, nothing) = (tenant(routes, &context), Changes::default());
    let links = Links::of(&tenant);
    let begin = || Txn::new(&tenant, &nothing, &context, 2);
    let rounds = 20_000;
    let number = |round: u32| (round * 7919 % routes) * 2 + 1;
    let insert = fastest(rounds, |round| {
        let mut txn = begin();
        txn.put(entry(destination(number(round)), "i-2"));
        black_box(txn.into_changes().encode());
    });
    let both = fastest(rounds, |round| {
        let mut txn = begin();
        txn.put(entry(destination(number(round)), "i-2"));
        let told = impact((&begin(), &links), (&txn, &links), txn.changes(), &Limits::USUAL);
        assert_eq!(told.tables.len(), 1);
        black_box(told);
        black_box(txn.into_changes().encode());
    });
    let cost = both - insert;
    println!(
        "{routes:>9} routes: insert {insert:>6.0} ns, its impact {cost:>6.0} ns, {:>5.2} x",
        cost / insert
    );
}

fn main() {
    println!(
        "One route among others; the impact is one range that moves from one instance to another."
    );
    for routes in [200, 10_000, 1_000_000] {
        compare(routes);
    }
}
