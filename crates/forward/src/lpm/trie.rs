//! A table for many prefixes: a path-compressed tree bitmap in flat arrays.
//!
//! The first 16 bits lead to one of 65,536 slots, which also answer for prefixes up to that length.
//! Below, a node stands at depth 16, 22, 28, ... and decides on six bits: one bitmap tells which of
//! the 63 prefixes ending within them are there, another which of the 64 ways lead further. A node
//! holds the bits that lead to it, so that depths where nothing is decided have no nodes.

mod removal;

use super::runs::Runs;
use super::{Key, Prefix};
use std::collections::BTreeMap;

/// No node, no value.
const NONE: u32 = u32::MAX;
/// The depth of the first nodes: what the slots decide.
const TOP: u8 = 16;
/// The bits one node decides on.
const STRIDE: u8 = 6;

/// By the six bits at a node: the prefixes ending there that hold the address. Longer prefixes have
/// higher bits, so that the highest common bit is the longest match.
const MATCHES: [u64; 64] = matches();

const fn matches() -> [u64; 64] {
    let mut table = [0; 64];
    let mut chunk = 0;
    while chunk < 64 {
        let mut length = 0;
        while length < STRIDE {
            table[chunk] |= 1 << position(chunk as u32, length);
            length += 1;
        }
        chunk += 1;
    }
    table
}

/// Which bit stands for the prefix of `length` more bits that begins like `chunk`.
const fn position(chunk: u32, length: u8) -> u32 {
    (1 << length) - 1 + (chunk >> (STRIDE - length))
}

/// How many bits below `bit` are set.
#[inline]
fn rank(bits: u64, bit: u32) -> u32 {
    (bits & ((1 << bit) - 1)).count_ones()
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    node: u32,
    value: u32,
}

#[derive(Clone, Copy, Debug)]
struct Node<K> {
    /// Bits that lead here.
    path: K,
    /// Which prefixes end here.
    ends: u64,
    /// Which ways lead further.
    ways: u64,
    /// Where the values of `ends` are. The value itself when there is just one: most nodes of a large
    /// table hold one prefix, and a step into memory less is what a lookup gains.
    values: u32,
    /// Where the nodes of `ways` are.
    children: u32,
    /// How many bits lead here.
    depth: u8,
}

/// Prefixes of one family, in a tree.
#[derive(Clone, Debug)]
pub struct Trie<K: Key> {
    slots: Vec<Slot>,
    /// The length of the prefix that answers in each slot.
    slot_lengths: Vec<u8>,
    /// Prefixes of up to 16 bits, by length and address.
    short: BTreeMap<(u8, K), u32>,
    nodes: Runs<Node<K>>,
    values: Runs<u32>,
    length: usize,
}

impl<K: Key> Default for Trie<K> {
    fn default() -> Trie<K> {
        Trie {
            slots: vec![Slot { node: NONE, value: NONE }; 1 << TOP],
            slot_lengths: vec![0; 1 << TOP],
            short: BTreeMap::new(),
            nodes: Runs::default(),
            values: Runs::default(),
            length: 0,
        }
    }
}

impl<K: Key> Node<K> {
    /// A node at the depth where a prefix ends.
    fn ending(prefix: Prefix<K>) -> Node<K> {
        let depth = depth_of(prefix.length());
        let path = prefix.network().network(depth);
        Node { path, ends: 0, ways: 0, values: 0, children: 0, depth }
    }

    /// The bit of a prefix that ends here.
    fn end(&self, prefix: Prefix<K>) -> u32 {
        position(prefix.network().chunk(self.depth), prefix.length() - self.depth)
    }
}

/// The prefix that a bit of a node's ends stands for.
fn prefix_at<K: Key>(node: &Node<K>, bit: u32) -> Prefix<K> {
    let length = (bit + 1).ilog2() as u8;
    let chunk = (bit + 1 - (1 << length)) << (STRIDE - length);
    Prefix::new(node.path.with_chunk(node.depth, chunk), node.depth + length)
}

/// The depth of the node at which prefixes of this length end.
fn depth_of(length: u8) -> u8 {
    TOP + (length - TOP) / STRIDE * STRIDE
}

impl<K: Key> Trie<K> {
    /// The value of the longest prefix that holds an address.
    #[inline]
    pub fn lookup(&self, address: K) -> Option<u32> {
        let slot = self.slots[address.top()];
        let mut next = slot.node;
        // The node of the longest match so far, and which of its prefixes hold the address. Both are
        // chosen without a branch: whether a level matches is anybody's guess.
        let (mut found, mut matching) = (NONE, 0);
        while next != NONE {
            let node = self.nodes.at(next);
            if !address.agrees(node.path, node.depth) {
                break;
            }
            let chunk = address.chunk(node.depth);
            let ends = node.ends & MATCHES[chunk as usize];
            found = if ends != 0 { next } else { found };
            matching = if ends != 0 { ends } else { matching };
            if node.ways >> chunk & 1 == 0 {
                break;
            }
            let all = node.ways == u64::MAX;
            next = node.children + if all { chunk } else { rank(node.ways, chunk) };
        }
        let value = if matching == 0 {
            slot.value
        } else {
            self.value_at(self.nodes.at(found), 63 - matching.leading_zeros())
        };
        (value != NONE).then_some(value)
    }

    /// Puts a prefix; the value it had before. The highest number is not a value.
    pub fn insert(&mut self, prefix: Prefix<K>, value: u32) -> Option<u32> {
        let before = if prefix.length() <= TOP {
            self.insert_short(prefix, value)
        } else {
            self.insert_long(prefix, value)
        };
        self.length += usize::from(before.is_none());
        before
    }

    /// Removes a prefix; the value it had.
    pub fn remove(&mut self, prefix: Prefix<K>) -> Option<u32> {
        let before = if prefix.length() <= TOP {
            self.remove_short(prefix)
        } else {
            self.remove_long(prefix)
        };
        self.length -= usize::from(before.is_some());
        before
    }

    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// All prefixes with their values, by address and then by length.
    pub fn rows(&self) -> Vec<(Prefix<K>, u32)> {
        let short = self.short.iter();
        let mut rows: Vec<_> = short
            .map(|(&(length, network), value)| (Prefix::new(network, length), *value))
            .collect();
        let mut open: Vec<u32> =
            self.slots.iter().map(|slot| slot.node).filter(|node| *node != NONE).collect();
        while let Some(at) = open.pop() {
            let node = self.nodes.at(at);
            open.extend((0..node.ways.count_ones()).map(|n| node.children + n));
            let ends = (0..63).filter(|bit| node.ends >> bit & 1 == 1);
            for bit in ends {
                rows.push((prefix_at(node, bit), self.value_at(node, bit)));
            }
        }
        rows.sort_unstable();
        rows
    }

    /// The value of a bit of a node's ends, which is set.
    #[inline]
    fn value_at(&self, node: &Node<K>, bit: u32) -> u32 {
        if node.ends.is_power_of_two() {
            node.values
        } else {
            *self.values.at(node.values + rank(node.ends, bit))
        }
    }

    fn span(prefix: Prefix<K>) -> std::ops::RangeInclusive<usize> {
        prefix.network().top()..=prefix.last().top()
    }

    fn insert_short(&mut self, prefix: Prefix<K>, value: u32) -> Option<u32> {
        let length = prefix.length();
        for slot in Self::span(prefix) {
            if self.slots[slot].value == NONE || self.slot_lengths[slot] <= length {
                self.slots[slot].value = value;
                self.slot_lengths[slot] = length;
            }
        }
        self.short.insert((length, prefix.network()), value)
    }

    fn remove_short(&mut self, prefix: Prefix<K>) -> Option<u32> {
        let length = prefix.length();
        let before = self.short.remove(&(length, prefix.network()))?;
        // What answers next is the same in all slots where this prefix did.
        let shorter = (0..length).rev();
        let mut around = shorter.filter_map(|length| {
            let value = self.short.get(&(length, prefix.network().network(length)))?;
            Some((*value, length))
        });
        let (value, shorter) = around.next().unwrap_or((NONE, 0));
        for slot in Self::span(prefix) {
            if self.slot_lengths[slot] == length {
                self.slots[slot].value = value;
                self.slot_lengths[slot] = shorter;
            }
        }
        Some(before)
    }

    fn insert_long(&mut self, prefix: Prefix<K>, value: u32) -> Option<u32> {
        let slot = prefix.network().top();
        let mut at = self.slots[slot].node;
        if at == NONE {
            let node = self.leaf(prefix, value);
            self.slots[slot].node = self.nodes.single(node);
            return None;
        }
        let depth = depth_of(prefix.length());
        loop {
            let node = *self.nodes.at(at);
            let common = prefix.network().common(node.path).min(u32::from(depth)) as u8;
            if common < node.depth {
                self.split(at, prefix, value, common);
                return None;
            }
            if node.depth == depth {
                return self.put_end(at, prefix, value);
            }
            let way = prefix.network().chunk(node.depth);
            let place = rank(node.ways, way);
            if node.ways >> way & 1 == 0 {
                let leaf = self.leaf(prefix, value);
                self.put_child(at, way, leaf);
                return None;
            }
            at = node.children + place;
        }
    }

    /// A node with one prefix.
    fn leaf(&mut self, prefix: Prefix<K>, value: u32) -> Node<K> {
        let mut node = Node::ending(prefix);
        node.ends = 1 << node.end(prefix);
        node.values = value;
        node
    }

    /// Puts a node above the one at a position, where a prefix leaves its path.
    fn split(&mut self, at: u32, prefix: Prefix<K>, value: u32, common: u8) {
        let below = *self.nodes.at(at);
        let depth = depth_of(common);
        let path = prefix.network().network(depth);
        let children = self.nodes.single(below);
        let ways = 1 << below.path.chunk(depth);
        *self.nodes.at_mut(at) = Node { path, ends: 0, ways, values: 0, children, depth };
        if depth_of(prefix.length()) == depth {
            self.put_end(at, prefix, value);
        } else {
            let leaf = self.leaf(prefix, value);
            self.put_child(at, prefix.network().chunk(depth), leaf);
        }
    }

    fn put_end(&mut self, at: u32, prefix: Prefix<K>, value: u32) -> Option<u32> {
        let node = *self.nodes.at(at);
        let end = node.end(prefix);
        let place = rank(node.ends, end);
        let count = node.ends.count_ones();
        if node.ends >> end & 1 == 1 {
            let kept = match count {
                1 => &mut self.nodes.at_mut(at).values,
                _ => self.values.at_mut(node.values + place),
            };
            return Some(std::mem::replace(kept, value));
        }
        let values = match count {
            0 => value,
            1 => {
                let run = self.values.single(node.values);
                self.values.insert(run, 1, place, value)
            }
            _ => self.values.insert(node.values, count, place, value),
        };
        let node = self.nodes.at_mut(at);
        node.values = values;
        node.ends |= 1 << end;
        None
    }

    fn put_child(&mut self, at: u32, way: u32, child: Node<K>) {
        let node = *self.nodes.at(at);
        let place = rank(node.ways, way);
        let children = self.nodes.insert(node.children, node.ways.count_ones(), place, child);
        let node = self.nodes.at_mut(at);
        node.children = children;
        node.ways |= 1 << way;
    }
}
