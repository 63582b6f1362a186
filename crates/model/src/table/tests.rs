use super::{LEAF_MAX, Table};
use crate::vco_route::{VcoRoute, VcoRouteKey};
use causeway_types::{Cidr, Timestamp, TypedId, VpnConnectionId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Bound;

fn key(n: u16) -> VcoRouteKey {
    let [high, low] = n.to_be_bytes();
    let connection = VpnConnectionId::from_text("vco-1");
    VcoRouteKey { connection, destination: Cidr::v4(10, high, low, 0, 24) }
}

fn row(n: u16, weight: u8) -> VcoRoute {
    let (description, created) = (None, Timestamp(0));
    VcoRoute { key: key(n), weight, description, created, sequence: 0 }
}

fn bound() -> impl Strategy<Value = Bound<u16>> {
    prop_oneof![
        Just(Bound::Unbounded),
        (0..300u16).prop_map(Bound::Included),
        (0..300u16).prop_map(Bound::Excluded),
    ]
}

proptest! {
    /// A table is a sorted map, whatever is put and removed in whatever order.
    #[test]
    fn a_table_is_a_sorted_map(
        steps in prop::collection::vec((0..300u16, any::<Option<u8>>()), 0..600),
        (from, to) in (bound(), bound()),
    ) {
        let (mut table, mut oracle) = (Table::default(), BTreeMap::new());
        for (n, weight) in steps {
            match weight {
                Some(weight) => {
                    table.insert(row(n, weight));
                    oracle.insert(n, row(n, weight));
                }
                None => {
                    table.remove(&key(n));
                    oracle.remove(&n);
                }
            }
            prop_assert_eq!(table.get(&key(n)), oracle.get(&n));
        }
        prop_assert_eq!(table.len(), oracle.len());
        let within = |n: &u16| std::ops::RangeBounds::contains(&(from, to), n);
        let expected = oracle.iter().filter(|(n, _)| within(n)).map(|(_, row)| row);
        prop_assert!(table.range((from.map(key), to.map(key))).eq(expected.clone()));
        prop_assert_eq!(table.count((from.map(key), to.map(key))), expected.clone().count());
        let range = (from.map(key), to.map(key));
        prop_assert_eq!(table.last(range, |_| None), expected.clone().next_back());
        // Only every eighth is wanted: from any other it goes on there.
        let eighth = |row: &VcoRoute| (0..300).rfind(|n| n % 8 == 0 && key(*n) <= row.key).unwrap();
        let beyond = |row: &VcoRoute| {
            (row.key != key(eighth(row))).then(|| Bound::Included(key(eighth(row))))
        };
        let mut wanted = expected.filter(|row| beyond(row).is_none());
        prop_assert_eq!(table.last(range, beyond), wanted.next_back());
        prop_assert!(table.leaves.values().all(|leaf| (1..=LEAF_MAX).contains(&leaf.len())));
        let mut again = Table::default();
        oracle.into_values().for_each(|row| again.insert(row));
        prop_assert_eq!(again, table);
    }
}

#[test]
fn rows_in_key_order_fill_their_leaves() {
    let mut table = Table::default();
    (0..1000).for_each(|n| table.insert(row(n, 0)));
    let full = |leaf: &&Vec<VcoRoute>| leaf.len() == LEAF_MAX && leaf.capacity() == LEAF_MAX;
    assert_eq!(table.leaves.values().filter(full).count(), 1000 / LEAF_MAX);
    // Downwards, no leaf is left with a row or two.
    let mut table = Table::default();
    (0..1000).rev().for_each(|n| table.insert(row(n, 0)));
    assert!(table.leaves.values().all(|leaf| leaf.len() >= LEAF_MAX / 2 - 1));
}
