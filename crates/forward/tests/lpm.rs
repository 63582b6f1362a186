//! The tables against a naive oracle: look at every prefix, take the longest that holds the address.

use causeway_forward::lpm::{Fib, Key, Prefix, Ranges, Table, Trie};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Oracle<K> = BTreeMap<Prefix<K>, u32>;

fn longest<K: Key>(oracle: &Oracle<K>, address: K) -> Option<u32> {
    let holding = oracle.iter().filter(|(prefix, _)| prefix.contains(address));
    holding.max_by_key(|(prefix, _)| prefix.length()).map(|(_, value)| *value)
}

/// A generator that is good enough to spread addresses, and the same on every machine.
struct Spread(u64);

impl Spread {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// What both forms can do.
trait Form<K: Key>: Default + FromIterator<(Prefix<K>, u32)> {
    fn insert(&mut self, prefix: Prefix<K>, value: u32) -> Option<u32>;
    fn remove(&mut self, prefix: Prefix<K>) -> Option<u32>;
    fn lookup(&self, address: K) -> Option<u32>;
    fn rows(&self) -> Vec<(Prefix<K>, u32)>;
}

macro_rules! form {
    ($($form:ident)*) => {$(
        impl<K: Key> Form<K> for $form<K> {
            fn insert(&mut self, prefix: Prefix<K>, value: u32) -> Option<u32> {
                $form::insert(self, prefix, value)
            }
            fn remove(&mut self, prefix: Prefix<K>) -> Option<u32> {
                $form::remove(self, prefix)
            }
            fn lookup(&self, address: K) -> Option<u32> {
                $form::lookup(self, address)
            }
            fn rows(&self) -> Vec<(Prefix<K>, u32)> {
                $form::rows(self).into_iter().collect()
            }
        }
    )*};
}

form!(Ranges Trie Table);

/// Addresses where answers can change: both ends of every prefix, and their neighbours.
fn edges<K: Key>(oracle: &Oracle<K>) -> Vec<K> {
    let ends = oracle.keys().flat_map(|prefix| {
        let (first, last) = (prefix.network(), prefix.last());
        [Some(first), first.before(), Some(last), last.next()]
    });
    ends.flatten().chain([K::default(), K::MAX]).collect()
}

trait Before: Sized {
    fn before(self) -> Option<Self>;
}

impl<K: Key> Before for K {
    fn before(self) -> Option<K> {
        // The highest address below, found by the prefix it ends.
        let length = (1..=K::BITS as u8).find(|length| self.network(*length) == self)?;
        let above = (0..length).rev().find(|shorter| self.network(*shorter) != self)?;
        let sibling = self.network(above).last(above + 1);
        Some(sibling.last(above + 1))
    }
}

/// One step of a random history: put or remove.
type Step<K> = (bool, Prefix<K>, u32);

fn play<K: Key, F: Form<K>>(steps: &[Step<K>]) -> Result<(), TestCaseError> {
    let (mut form, mut oracle) = (F::default(), Oracle::new());
    for (put, prefix, value) in steps {
        if *put {
            prop_assert_eq!(form.insert(*prefix, *value), oracle.insert(*prefix, *value));
        } else {
            prop_assert_eq!(form.remove(*prefix), oracle.remove(prefix));
        }
    }
    for address in edges(&oracle) {
        prop_assert_eq!(form.lookup(address), longest(&oracle, address), "{:?}", address);
    }
    let rows: Vec<_> = oracle.clone().into_iter().collect();
    prop_assert_eq!(form.rows(), rows);
    // All at once, the last value of each prefix counts.
    let put = steps.iter().filter(|(put, ..)| *put).map(|(_, prefix, value)| (*prefix, *value));
    let (at_once, oracle_at_once) = (put.clone().collect::<F>(), put.collect::<Oracle<K>>());
    for address in edges(&oracle_at_once) {
        let expected = longest(&oracle_at_once, address);
        prop_assert_eq!(at_once.lookup(address), expected, "{:?}", address);
    }
    // And back to nothing, from the least specific on.
    let mut prefixes: Vec<_> = oracle.keys().copied().collect();
    prefixes.sort_by_key(|prefix| prefix.length());
    for prefix in prefixes {
        prop_assert_eq!(form.remove(prefix), oracle.remove(&prefix));
        let probe = prefix.network();
        prop_assert_eq!(form.lookup(probe), longest(&oracle, probe));
    }
    prop_assert_eq!(form.rows(), vec![]);
    Ok(())
}

/// Prefixes with few distinct bits, so that they nest and meet.
fn v4() -> impl Strategy<Value = Prefix<u32>> {
    let bits = prop_oneof![Just(0u32), Just(u32::MAX), Just(0x0a00_0000), Just(0x0a0a_aaaa)];
    (bits, 0u32..32, 0u8..=32)
        .prop_map(|(bits, flip, length)| Prefix::new(bits ^ 1 << flip, length))
}

fn v6() -> impl Strategy<Value = Prefix<u128>> {
    let bits = prop_oneof![Just(0u128), Just(u128::MAX), Just(0x2408_4005 << 96 | 0xaaaa << 60)];
    (bits, 0u32..128, 0u8..=128)
        .prop_map(|(bits, flip, length)| Prefix::new(bits ^ 1 << flip, length))
}

fn steps<K: Key>(
    prefixes: impl Strategy<Value = Prefix<K>>,
) -> impl Strategy<Value = Vec<Step<K>>> {
    proptest::collection::vec((proptest::bool::weighted(0.7), prefixes, 0u32..50), 0..120)
}

proptest! {
    #[test]
    fn ipv4_agrees_with_the_oracle(steps in steps(v4())) {
        play::<u32, Ranges<u32>>(&steps)?;
        play::<u32, Trie<u32>>(&steps)?;
    }

    #[test]
    fn ipv6_agrees_with_the_oracle(steps in steps(v6())) {
        play::<u128, Ranges<u128>>(&steps)?;
        play::<u128, Trie<u128>>(&steps)?;
    }
}

/// Prefixes of all lengths that nest deeply, and addresses near them.
fn crowd<K: Key>(spread: &mut Spread, count: usize, key: impl Fn(u64, u64) -> K) -> Oracle<K> {
    let mut oracle = Oracle::new();
    while oracle.len() < count {
        let length = (spread.next() % u64::from(K::BITS + 1)) as u8;
        let prefix = Prefix::new(key(spread.next(), spread.next()), length);
        oracle.insert(prefix, oracle.len() as u32);
    }
    oracle
}

/// A million lookups and more in tables of many sizes; the answer of a small and of a large form.
fn look_up_everywhere<K: Key>(key: impl Fn(u64, u64) -> K + Copy) -> usize {
    let mut spread = Spread(7);
    let mut compared = 0;
    for size in [0, 1, 2, 15, 16, 17, 40, 200, 511, 512, 513, 700] {
        let oracle = crowd(&mut spread, size.min(2usize.pow(K::BITS.min(30))), key);
        // Half of it at once, the rest one by one; the largest outgrow ranges on the way.
        let rows = oracle.iter().map(|(prefix, value)| (*prefix, *value));
        let mut table: Table<K> = rows.clone().step_by(2).collect();
        let trie: Trie<K> = rows.clone().collect();
        for (prefix, value) in rows.skip(1).step_by(2) {
            assert_eq!(table.insert(prefix, value), None);
        }
        assert_eq!(table.len(), size);
        for address in edges(&oracle) {
            let expected = longest(&oracle, address);
            assert_eq!(table.lookup(address), expected, "{size} {address:?}");
            assert_eq!(trie.lookup(address), expected, "{size} {address:?}");
        }
        for _ in 0..100_000 {
            let address = key(spread.next(), spread.next());
            let found = trie.lookup(address);
            assert_eq!(table.lookup(address), found, "{size} {address:?}");
            compared += 1;
            if compared % 64 == 0 {
                assert_eq!(found, longest(&oracle, address), "{size} {address:?}");
            }
        }
    }
    compared
}

#[test]
fn all_forms_agree_on_millions_of_addresses() {
    // Few distinct leading bits, so that random addresses meet random prefixes.
    let v4 = |high: u64, low: u64| (low as u32 & 0x00ff_ffff) | ((high % 3) as u32) << 24;
    let v6 =
        |high: u64, low: u64| u128::from(0x2408_u64 << 48 | (high & 0xff)) << 64 | u128::from(low);
    assert_eq!(look_up_everywhere(v4) + look_up_everywhere(v6), 2_400_000);
}

/// Puts many prefixes, of lengths from `shortest` to `longest`, and takes every second out again.
fn fill_and_thin_out<K: Key>(
    count: u32,
    lookups: usize,
    (shortest, longest): (u8, u8),
    key: impl Fn(&mut Spread) -> K,
) {
    let mut spread = Spread(3);
    let mut trie = Trie::default();
    let mut oracle = Oracle::new();
    for n in 0..count {
        let length = shortest + (spread.next() % u64::from(longest - shortest + 1)) as u8;
        let prefix = Prefix::new(key(&mut spread), length);
        assert_eq!(trie.insert(prefix, n), oracle.insert(prefix, n));
    }
    // By address and length: the longest prefix that holds an address is found walking up.
    let walk = |oracle: &Oracle<K>, address: K| {
        let mut lengths = (shortest..=longest).rev();
        lengths.find_map(|length| oracle.get(&Prefix::new(address, length)).copied())
    };
    for round in 0..3 {
        assert_eq!(trie.len(), oracle.len());
        let mut found = 0;
        for _ in 0..lookups {
            let address = key(&mut spread);
            let expected = walk(&oracle, address);
            assert_eq!(trie.lookup(address), expected, "round {round}");
            found += usize::from(expected.is_some());
        }
        assert!(found > lookups / 4, "{found} of {lookups} addresses are held by a prefix");
        assert_eq!(trie.rows(), oracle.clone().into_iter().collect::<Vec<_>>());
        for prefix in oracle.keys().copied().step_by(2).collect::<Vec<_>>() {
            assert_eq!(trie.remove(prefix), oracle.remove(&prefix));
        }
    }
}

#[test]
fn a_large_table_agrees_with_the_oracle() {
    fill_and_thin_out(60_000, 200_000, (8, 32), |spread| spread.next() as u32);
    // Crowded in 16 blocks of 16 bits, and below in pairs of long prefixes that part late.
    fill_and_thin_out(60_000, 20_000, (20, 60), |spread| {
        let (block, inner) = (0x2400 + spread.next() % 16, spread.next() % 0x3_ffff);
        u128::from(block) << 112 | u128::from(inner) << 94 | u128::from(spread.next() % 4) << 70
    });
}

#[test]
fn families_do_not_meet() {
    let cidr = |text: &str| text.parse().unwrap();
    let mut fib = Fib::of([(cidr("0.0.0.0/0"), 1), (cidr("::/0"), 2)]);
    assert_eq!(fib.lookup("10.0.0.1".parse().unwrap()), Some(1));
    assert_eq!(fib.lookup("2408::1".parse().unwrap()), Some(2));
    assert_eq!((fib.remove(cidr("0.0.0.0/0")), fib.len()), (Some(1), 1));
    assert_eq!(fib.lookup("10.0.0.1".parse().unwrap()), None);
    assert_eq!(fib.insert(cidr("::/0"), 3), Some(2));
    assert_eq!(fib.remove(cidr("::/1")), None);
    assert!(!fib.is_empty());
}
