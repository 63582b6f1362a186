//! Transactions against a naive oracle: what a change sees, what it leaves, what comes back from
//! bytes.

use causeway_model::text::{Labels, Tags};
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_model::{
    Change, Changes, Context, Options, Quotas, Read, Region, TaskLength, Tenant, Txn,
};
use causeway_types::{Cidr, Id, RouteTableId, Timestamp, TypedId, VSwitchId, VpcId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Bound;

fn context() -> Context {
    Context {
        now: Timestamp(0),
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

fn id<T: TypedId>(n: u8) -> T {
    T::from_text(&format!("{}-{n}", T::PREFIX.text()))
}

fn row(vswitch: u8, vpc: u8, table: u8) -> VSwitch {
    VSwitch {
        id: id(vswitch),
        vpc: id(vpc),
        cidr: Cidr::v4(10, vswitch, 0, 0, 24),
        ipv6_cidr: None,
        zone: "z".into(),
        route_table: id(table),
        labels: Labels::default(),
        status: VSwitchStatus::Available,
        created: Timestamp(0),
        tags: Tags::new(),
    }
}

/// The oracle: rows by key, searched by looking at all of them.
type Rows = BTreeMap<VSwitchId, VSwitch>;

fn agrees(world: &impl Read, rows: &Rows) -> Result<(), TestCaseError> {
    prop_assert!(world.all::<VSwitch>().eq(rows.values()));
    for n in 0..8 {
        prop_assert_eq!(world.get::<VSwitch>(&id(n)), rows.get(&id(n)));
        let upwards = world.range::<VSwitch>(id::<VSwitchId>(n)..);
        prop_assert!(upwards.eq(rows.range(id::<VSwitchId>(n)..).map(|(_, row)| row)));
        let count = rows.range(id::<VSwitchId>(n)..).count();
        prop_assert_eq!(world.count::<VSwitch>(id::<VSwitchId>(n)..), count);
        let mut below = rows.range(..id::<VSwitchId>(n)).map(|(_, row)| row);
        prop_assert_eq!(
            world.last::<VSwitch>(..id::<VSwitchId>(n), |_| None),
            below.clone().next_back()
        );
        let wanted = |row: &VSwitch| row.vpc == id(0) || row.vpc == id(1);
        let beyond = |row: &VSwitch| (!wanted(row)).then_some(Bound::Excluded(row.id));
        let last = below.rfind(|row| wanted(row));
        prop_assert_eq!(world.last::<VSwitch>(..id::<VSwitchId>(n), beyond), last);
        let (vpc, table) = (id::<VpcId>(n), id::<RouteTableId>(n));
        for (owner, belongs) in [
            (Id::from(vpc), &(|row: &VSwitch| row.vpc == vpc) as &dyn Fn(&VSwitch) -> bool),
            (Id::from(table), &|row: &VSwitch| row.route_table == table),
        ] {
            let expected = rows.values().filter(|row| belongs(row)).map(|row| row.id);
            prop_assert!(world.members::<VSwitchId>(owner).eq(expected));
            prop_assert_eq!(world.members::<VpcId>(owner).count(), 0);
        }
    }
    Ok(())
}

proptest! {
    /// Steps are (vswitch, vpc, table, put?) in published state, in flight, and in the change.
    #[test]
    fn layers_read_as_one(
        steps in prop::collection::vec((0u8..8, 0u8..8, 0u8..8, any::<bool>(), 0u8..3), 0..60),
    ) {
        let context = context();
        let (mut tenant, mut in_flight, nothing) =
            (Tenant::default(), Changes::default(), Changes::default());
        let mut rows = Rows::new();
        let step = |txn: &mut Txn, rows: &mut Rows, (vswitch, vpc, table, put, _): (u8, u8, u8, bool, u8)| {
            if put {
                txn.put(row(vswitch, vpc, table));
                rows.insert(id(vswitch), row(vswitch, vpc, table));
            } else {
                txn.remove::<VSwitch>(&id(vswitch));
                rows.remove(&id(vswitch));
            }
        };
        let mut revision = 0;
        for layer in 0..3 {
            let mine: Vec<_> = steps.iter().filter(|step| step.4 == layer).copied().collect();
            revision += 1;
            let waiting = if layer == 2 { &in_flight } else { &nothing };
            let mut txn = Txn::new(&tenant, waiting, &context, revision);
            for one in mine {
                step(&mut txn, &mut rows, one);
                agrees(&txn, &rows)?;
            }
            let written = txn.written_bytes();
            let changes = txn.into_changes();
            let value_len = |change: &Change| change.value.as_ref().map_or(0, Vec::len);
            let encoded = changes.encode();
            let taken: usize = encoded.iter().map(|one| one.key.len() + value_len(one)).sum();
            prop_assert!(taken <= written, "{taken} bytes were taken for {written}");
            match layer {
                0 => tenant.apply(changes, revision),
                1 => in_flight = changes,
                _ => in_flight.absorb(changes),
            }
        }
        let stored = in_flight.encode();
        let mut live = tenant.clone();
        live.apply(in_flight, revision);
        agrees(&live, &rows)?;

        // From bytes: the same tenant comes back, row by row.
        let mut all = BTreeMap::new();
        let mut everything = Txn::new(nothing_tenant(), &nothing, &context, 1);
        live.all::<VSwitch>().for_each(|row| everything.put(row.clone()));
        for change in everything.into_changes().encode() {
            all.insert(change.key, change.value.expect("puts only"));
        }
        for change in stored.iter().filter(|change| change.value.is_none()) {
            prop_assert!(!all.contains_key(&change.key), "a removed row came back");
        }
        let mut loaded = Changes::default();
        for (key, value) in &all {
            loaded.decode_row(key, value).expect("own bytes");
        }
        let mut recovered = Tenant::default();
        recovered.apply(loaded, revision);
        prop_assert_eq!(recovered, live);
    }

    #[test]
    fn foreign_bytes_are_refused(key in prop::collection::vec(any::<u8>(), 0..4), value in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut changes = Changes::default();
        if changes.decode_row(&key, &value).is_err() {
            prop_assert!(changes.is_empty());
        }
    }
}

fn nothing_tenant() -> &'static Tenant {
    static NOTHING: std::sync::LazyLock<Tenant> = std::sync::LazyLock::new(Tenant::default);
    &NOTHING
}

#[test]
fn newer_rows_are_named() {
    let mut changes = Changes::default();
    assert!(changes.decode_row(&[200, 0], &[1]).unwrap_err().to_string().contains("newer version"));
    assert!(changes.decode_row(&[3, 0], &[99]).unwrap_err().to_string().contains("newer version"));
    assert!(changes.decode_row(&[3, 0], &[1, 2]).unwrap_err().to_string().contains("damaged"));
}
