//! Fills a store with many tenants, through the storage contract and with the model's own rows.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use causeway_model::next_hop::NextHops;
use causeway_model::resource::{Place, Resource};
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::text::{Labels, Tags};
use causeway_model::vpc::{Ipv6Isp, Vpc, VpcStatus};
use causeway_model::{Context as World, Options, Quotas, Region, TaskLength, Tenant, Txn};
use causeway_store::{CommitLimits, Embedded, Outcome, RowWrite, Store, TenantKey, TenantWrite};
use causeway_types::{Cidr, Id, Prefix, RouteTableId, Timestamp, VpcId};
use serde::Serialize;

/// Tables of a VPC: its own, and as many more as the provider's quota allows.
const TABLES: u64 = 10;
/// Everything was made then.
const CREATED: Timestamp = Timestamp(1_790_000_000_000);

/// How much is made.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Plan {
    /// Routes in all.
    pub routes: u64,
    /// Routes of each table.
    pub routes_per_table: u64,
    /// VPCs of the tenant that calls go to, at most.
    pub vpcs_of_first: u64,
}

/// What was made.
#[derive(Debug, Serialize)]
pub struct Seeded {
    /// Routes, in tables of VPCs of tenants.
    pub routes: u64,
    /// Their tables.
    pub tables: u64,
    /// The tables' VPCs.
    pub vpcs: u64,
    /// Accounts in one region.
    pub tenants: u64,
    /// How long it took.
    pub seconds: f64,
}

/// Makes a store in `directory`. The first tenant is `account` in cn-hangzhou; the others are other accounts there,
/// from one VPC upwards.
///
/// # Errors
/// If the store cannot be made.
pub fn seed(directory: &Path, account: &str, plan: Plan) -> anyhow::Result<Seeded> {
    let from = Instant::now();
    let store = Embedded::open(directory, causeway_store::Options::default())?;
    let vpcs = plan.routes.div_ceil(plan.routes_per_table * TABLES);
    let (mut left, mut tenants) = (vpcs, 0);
    while left > 0 {
        // Many small accounts, few large ones: 1, 2, 4 ... 512 VPCs in turn.
        let size = if tenants == 0 { plan.vpcs_of_first } else { 1 << (tenants % 10) };
        let size = size.min(left);
        let account =
            if tenants == 0 { account.to_owned() } else { format!("{:016}", 2_000_000 + tenants) };
        let mut writer = Writer::new(&store, TenantKey::new(account, "cn-hangzhou"));
        (0..size).try_for_each(|number| writer.vpc(number, plan.routes_per_table))?;
        writer.flush()?;
        (left, tenants) = (left - size, tenants + 1);
    }
    let seconds = from.elapsed().as_secs_f64();
    let tables = vpcs * TABLES;
    Ok(Seeded { routes: tables * plan.routes_per_table, tables, vpcs, tenants, seconds })
}

/// Writes one tenant, as many rows at a time as the contract allows.
struct Writer<'a> {
    store: &'a dyn Store,
    tenant: TenantKey,
    revision: u64,
    context: World,
    rows: Vec<RowWrite>,
}

impl<'a> Writer<'a> {
    fn new(store: &'a dyn Store, tenant: TenantKey) -> Writer<'a> {
        let region = Region::new(&tenant.region);
        let context = World {
            now: CREATED,
            seed: tenant.account.parse().unwrap_or_default(),
            account: tenant.account.clone(),
            regions: [region.clone()].into(),
            region,
            tasks: TaskLength::Immediate,
            virtual_time: false,
            quotas: Quotas::default(),
            options: Options::default(),
        };
        Writer { store, tenant, revision: 0, context, rows: Vec::new() }
    }

    /// Adds a VPC with its tables and their routes.
    fn vpc(&mut self, number: u64, routes: u64) -> anyhow::Result<()> {
        let nothing = (Tenant::default(), Default::default());
        let mut txn = Txn::new(&nothing.0, &nothing.1, &self.context, number + 1);
        let vpc = put_vpc(&mut txn);
        let hop = Id::generate(Prefix::Instance, "bp1", txn.entropy());
        let status = "Running".into();
        txn.put(Resource { id: hop, place: Place::Vpc(vpc.id), status, created: CREATED });
        for index in 0..TABLES {
            let (kind, id) = match index {
                0 => (RouteTableKind::System, vpc.system_table),
                _ => (RouteTableKind::Custom, txn.new_id()),
            };
            txn.put(table(id, vpc.id, kind));
            (0..routes).for_each(|route| put_route(&mut txn, id, route, hop));
        }
        let changes = txn.into_changes().encode();
        self.rows.extend(changes.into_iter().map(|it| RowWrite { key: it.key, value: it.value }));
        // Half of the limit by count is below the limit by bytes: a row has far less than 500 bytes.
        if self.rows.len() * 2 > CommitLimits::CONTRACT.rows { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        for rows in rows.chunks(CommitLimits::CONTRACT.rows / 2) {
            let (expected, next) = (self.revision, self.revision + 1);
            let write =
                TenantWrite { tenant: self.tenant.clone(), expected, next, rows: rows.to_vec() };
            match self.store.commit(&[write]) {
                Outcome::Committed => self.revision = next,
                other => bail!("the store did not take the rows: {other:?}"),
            }
        }
        Ok(())
    }
}

fn put_vpc(txn: &mut Txn) -> Vpc {
    let vpc = Vpc {
        id: txn.new_id(),
        vrouter: txn.new_id(),
        system_table: txn.new_id(),
        cidr: Cidr::v4(192, 168, 0, 0, 16),
        secondary_cidrs: Vec::new(),
        ipv6_cidr: None,
        ipv6_isp: Ipv6Isp::default(),
        dns_hostnames: false,
        user_cidrs: Vec::new(),
        labels: Labels::default(),
        status: VpcStatus::Available,
        created: CREATED,
        resource_group: None,
        tags: Tags::new(),
    };
    txn.put(vpc.clone());
    vpc
}

fn table(id: RouteTableId, vpc: VpcId, kind: RouteTableKind) -> RouteTable {
    RouteTable {
        id,
        vpc,
        kind,
        associate: AssociateType::VSwitch,
        labels: Labels::default(),
        status: RouteTableStatus::Available,
        propagation_enabled: kind == RouteTableKind::System,
        created: CREATED,
        tags: Tags::new(),
    }
}

fn put_route(txn: &mut Txn, table: RouteTableId, number: u64, hop: Id) {
    let [.., second, third] = number.to_be_bytes();
    let destination = Cidr::v4(10, second, third, 0, 24);
    let key = RouteKey { table, destination, origin: RouteOrigin::User };
    let id = id_in_table(table, txn.entropy());
    let (next_hops, status) = (NextHops::One(hop), RouteStatus::Available);
    txn.put(RouteEntry { key, id, next_hops, status, labels: None, modified: CREATED });
}

/// Checks that a directory is not there yet, or empty.
///
/// # Errors
/// If there is something in it.
pub fn must_be_new(directory: &Path) -> anyhow::Result<()> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries.count(),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => 0,
        Err(fault) => return Err(fault).with_context(|| format!("{}", directory.display())),
    };
    ensure!(entries == 0, "{} is not empty", directory.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::scan;

    #[test]
    fn what_is_planned_is_in_the_store() {
        let scratch = tempfile::tempdir().unwrap();
        let plan = Plan { routes: 3_000, routes_per_table: 10, vpcs_of_first: 5 };
        let seeded = seed(scratch.path(), "1234567890123456", plan).unwrap();
        assert_eq!((seeded.routes, seeded.tables, seeded.vpcs), (3_000, 300, 30));
        // 5 VPCs, then 2, 4, 8 and 11 that are left of 16.
        assert_eq!(seeded.tenants, 5);
        // A VPC, its instance, ten tables and their routes.
        assert_eq!(scan(scratch.path()).unwrap().rows, 30 * (2 + 10) + 3_000);
        assert!(must_be_new(scratch.path()).is_err());
    }
}
