//! How fast the tables answer, beside other crates for the same job: `cargo run --release -p
//! causeway-forward --example lookup`.
//!
//! Contenders take turns (A B C, A B C, ...), so that what else the machine does meets all of them.
//! Printed are medians over the rounds: nanoseconds per lookup of an address that was not seen before,
//! and times of the same round as multiples of ours. A checksum over the answers shows that all found
//! the same.

use causeway_forward::lpm::{Key, Prefix, Table};
use ip_network_table_deps_treebitmap::IpLookupTable;
use ipnet::{Ipv4Net, Ipv6Net};
use iptrie::{Ipv4LCTrieMap, Ipv4RTrieMap, Ipv6LCTrieMap, Ipv6RTrieMap};
use prefix_trie::PrefixMap;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Instant;

const ROUNDS: usize = 15;
const LOOKUPS: usize = 400_000;

/// Spreads numbers, the same ones in each run.
struct Spread(u64);

impl Spread {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[(self.next() % of.len() as u64) as usize]
    }
}

type Rows<K> = BTreeMap<Prefix<K>, u32>;
type Contender<K> = (&'static str, Box<dyn Fn(&[K]) -> u64>);

fn rows<K: Key>(count: usize, mut draw: impl FnMut() -> Prefix<K>) -> Rows<K> {
    let mut rows = Rows::new();
    while rows.len() < count {
        let value = rows.len() as u32 + 1;
        rows.entry(draw()).or_insert(value);
    }
    rows
}

/// Lengths as they are seen in large tables: most at 24 and 48.
const LENGTHS_V4: &[u8] = &[24, 24, 24, 24, 24, 24, 23, 22, 22, 21, 20, 19, 18, 16, 28, 32];
const LENGTHS_V6: &[u8] = &[48, 48, 48, 48, 48, 44, 40, 36, 32, 32, 29, 56, 64];

fn sum<K: Copy>(addresses: &[K], lookup: impl Fn(K) -> Option<u32>) -> u64 {
    addresses.iter().map(|address| u64::from(lookup(*address).unwrap_or_default())).sum()
}

macro_rules! contenders {
    ($function:ident, $key:ty, $address:ty, $net:ty, $patricia:ident, $compressed:ident) => {
        fn $function(rows: &Rows<$key>) -> Vec<Contender<$key>> {
            let mut ours = Table::default();
            let mut bitmap = IpLookupTable::<$address, u32>::new();
            let mut map = PrefixMap::<$net, u32>::new();
            let mut trie = $patricia::<u32>::with_root(0);
            for (prefix, value) in rows {
                let address = <$address>::from_bits(prefix.network());
                let net = <$net>::new_assert(address, prefix.length());
                ours.insert(*prefix, *value);
                bitmap.insert(address, prefix.length().into(), *value);
                map.insert(net, *value);
                trie.insert(net.to_string().parse().expect("a prefix"), *value);
            }
            let patricia = trie.clone();
            let compressed: $compressed<u32> = trie.compress();
            let host = |bits| <$net>::new_assert(<$address>::from_bits(bits), <$key>::BITS as u8);
            vec![
                ("causeway", Box::new(move |a: &[$key]| sum(a, |it| ours.lookup(it)))),
                (
                    "treebitmap",
                    Box::new(move |a: &[$key]| {
                        sum(a, |it| bitmap.longest_match(<$address>::from_bits(it)).map(|m| *m.2))
                    }),
                ),
                (
                    "prefix-trie",
                    Box::new(move |a: &[$key]| sum(a, |it| map.get_lpm(&host(it)).map(|m| *m.1))),
                ),
                (
                    "iptrie patricia",
                    Box::new(move |a: &[$key]| {
                        sum(a, |it| Some(*patricia.lookup(&<$address>::from_bits(it)).1))
                    }),
                ),
                (
                    "iptrie lc-trie",
                    Box::new(move |a: &[$key]| {
                        sum(a, |it| Some(*compressed.lookup(&<$address>::from_bits(it)).1))
                    }),
                ),
            ]
        }
    };
}

contenders!(contenders_v4, u32, Ipv4Addr, Ipv4Net, Ipv4RTrieMap, Ipv4LCTrieMap);
contenders!(contenders_v6, u128, Ipv6Addr, Ipv6Net, Ipv6RTrieMap, Ipv6LCTrieMap);

/// Runs the contenders in turn and prints their medians.
fn compare<K: Copy>(title: &str, contenders: &[Contender<K>], addresses: &[K]) {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    let mut sums = vec![0; contenders.len()];
    for _ in 0..ROUNDS {
        for (n, (_, run)) in contenders.iter().enumerate() {
            let start = Instant::now();
            sums[n] = black_box(run(black_box(addresses)));
            times[n].push(start.elapsed().as_secs_f64() * 1e9 / addresses.len() as f64);
        }
    }
    assert!(sums.iter().all(|sum| *sum == sums[0]), "{title}: answers differ: {sums:?}");
    println!("{title}");
    for ((name, _), theirs) in contenders.iter().zip(&times) {
        let mut ratios: Vec<f64> =
            theirs.iter().zip(&times[0]).map(|(theirs, ours)| theirs / ours).collect();
        let (time, ratio) = (median(&mut theirs.clone()), median(&mut ratios));
        println!("  {name:<16} {time:>8.1} ns  {ratio:>6.2} x");
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// How long a table takes to come to be, and to change.
fn changes<K: Key>(title: &str, rows: &Rows<K>) {
    let start = Instant::now();
    let mut table: Table<K> = rows.iter().map(|(prefix, value)| (*prefix, *value)).collect();
    let built = start.elapsed().as_secs_f64() * 1e9 / rows.len() as f64;
    let some: Vec<_> = rows.iter().step_by(rows.len().div_ceil(1000)).collect();
    let start = Instant::now();
    for (prefix, value) in &some {
        table.remove(**prefix);
        table.insert(**prefix, **value);
    }
    let changed = start.elapsed().as_secs_f64() * 1e9 / (2 * some.len()) as f64;
    println!("{title}: {built:.0} ns per prefix to build, {changed:.0} ns per later change");
}

fn main() {
    let mut spread = Spread(1);
    // A route table: private destinations, as VPCs have them.
    let small = rows(200, || {
        let base = *spread.one_of(&[0x0a00_0000_u32, 0xac10_0000, 0xc0a8_0000]);
        let length = *spread.one_of(&[16, 20, 24, 24, 24, 28, 32]);
        Prefix::new(base | (spread.next() as u32 & 0x000f_ffff), length)
    });
    let addresses: Vec<u32> = (0..LOOKUPS)
        .map(|_| {
            spread.one_of(&[0x0a00_0000, 0xac10_0000, 0xc0a8_0000])
                | spread.next() as u32 & 0xf_ffff
        })
        .collect();
    compare("IPv4, 200 rows", &contenders_v4(&small), &addresses);

    let small6 = rows(200, || {
        let length = *spread.one_of(&[48, 56, 64, 64, 128]);
        Prefix::new(0x2408_4005_0300 << 80 | u128::from(spread.next() >> 20) << 48, length)
    });
    let addresses6: Vec<u128> = (0..LOOKUPS)
        .map(|_| 0x2408_4005_0300 << 80 | u128::from(spread.next() >> 20) << 48)
        .collect();
    compare("IPv6, 200 rows", &contenders_v6(&small6), &addresses6);

    let large = rows(1_000_000, || Prefix::new(spread.next() as u32, *spread.one_of(LENGTHS_V4)));
    let addresses: Vec<u32> = (0..LOOKUPS).map(|_| spread.next() as u32).collect();
    compare("IPv4, 1,000,000 prefixes", &contenders_v4(&large), &addresses);

    // Allocations crowd in some 300 blocks of 16 bits, as in the Internet.
    let wide = |spread: &mut Spread| {
        let block = u128::from(0x2000 + spread.next() % 300 * 13) << 112;
        block | u128::from(spread.next()) << 48 | u128::from(spread.next() >> 16)
    };
    let large6 = rows(1_000_000, || Prefix::new(wide(&mut spread), *spread.one_of(LENGTHS_V6)));
    let held: Vec<u128> = large6.keys().map(|prefix| prefix.network()).collect();
    let addresses6: Vec<u128> = (0..LOOKUPS)
        .map(|_| spread.one_of(&held) | u128::from(spread.next() & 0xffff_ffff))
        .collect();
    compare("IPv6, 1,000,000 prefixes", &contenders_v6(&large6), &addresses6);

    changes("IPv4, 200 rows", &small);
    changes("IPv4, 1,000,000 prefixes", &large);
    changes("IPv6, 1,000,000 prefixes", &large6);
}
