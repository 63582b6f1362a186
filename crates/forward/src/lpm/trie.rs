//! A table for many prefixes: a path-compressed tree bitmap in flat arrays, with small leaves.
//!
//! The first 16 bits lead to one of 65,536 slots, which also answer for prefixes up to that length.
//! Up to three prefixes below are a leaf. Where there are more, a branch stands at depth 16, 22,
//! 28, ... and decides on six bits: one bitmap tells which of the 63 prefixes ending within them are
//! there, another which of the 64 ways lead further. A branch holds the bits that lead to it, so
//! that depths where nothing is decided have none.

mod branch;
mod leaf;
mod removal;

use super::runs::Runs;
use super::{Key, Prefix};
use branch::{Branch, rank};
use leaf::{Full, Leaf};
use std::collections::BTreeMap;
use std::hint::select_unpredictable;

/// No node, no value.
const NONE: u32 = u32::MAX;
/// The bits that the slots decide on.
const TOP: u8 = 16;

#[derive(Clone, Copy, Debug)]
struct Slot {
    node: u32,
    value: u32,
}

/// What a slot or a way leads to.
#[derive(Clone, Copy, Debug)]
enum Node<K> {
    Leaf(Leaf<K>),
    Branch(Branch<K>),
}

// A node of IPv6 is a cache line, one of IPv4 half of one: a step of a lookup is one look at memory.
const _: () = assert!(size_of::<Node<u128>>() == 64 && size_of::<Node<u32>>() == 32);

/// Prefixes of one family, in a tree.
#[derive(Clone, Debug)]
pub struct Trie<K: Key> {
    slots: Vec<Slot>,
    /// The length of the prefix that answers in each slot.
    slot_lengths: Vec<u8>,
    /// Prefixes of up to 16 bits, by length and address.
    short: BTreeMap<(u8, K), u32>,
    nodes: Runs<Node<K>, K::Line>,
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

/// Of several values for one prefix the last one stays.
impl<K: Key> FromIterator<(Prefix<K>, u32)> for Trie<K> {
    fn from_iter<I: IntoIterator<Item = (Prefix<K>, u32)>>(rows: I) -> Trie<K> {
        let mut trie = Trie::default();
        for (prefix, value) in rows {
            trie.insert(prefix, value);
        }
        trie
    }
}

impl<K: Key> Trie<K> {
    /// The value of the longest prefix that holds an address.
    #[inline]
    pub fn lookup(&self, address: K) -> Option<u32> {
        let slot = self.slots[address.top()];
        let mut next = slot.node;
        // The branch of the longest match so far, and which of its prefixes match. Both are chosen
        // without a jump: whether a level matches is anybody's guess.
        let (mut longest, mut matching) = (None, 0_u64);
        while next != NONE {
            let branch = match self.nodes.at(next) {
                Node::Branch(branch) => branch,
                Node::Leaf(leaf) => match leaf.lookup(address) {
                    NONE => break,
                    value => return Some(value),
                },
            };
            if !branch.leads_to(address) {
                break;
            }
            let matched = branch.matching(address);
            longest = select_unpredictable(matched != 0, Some(branch), longest);
            matching = select_unpredictable(matched != 0, matched, matching);
            match branch.child(branch.way(address)) {
                Some(child) => next = child,
                None => break,
            }
        }
        let value = match longest {
            Some(branch) => *self.values.at(branch.values + rank(branch.ends, matching.ilog2())),
            None => slot.value,
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
            match self.nodes.at(at) {
                Node::Leaf(leaf) => rows.extend(leaf.rows()),
                Node::Branch(branch) => {
                    open.extend((0..branch.ways.count_ones()).map(|n| branch.children + n));
                    rows.extend(branch.rows().map(|(prefix, at)| (prefix, *self.values.at(at))));
                }
            }
        }
        rows.sort_unstable();
        rows
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
        let at = self.slots[slot].node;
        if at == NONE {
            self.slots[slot].node = self.nodes.single(Node::Leaf(Leaf::single(prefix, value)));
            return None;
        }
        self.insert_below(at, prefix, value)
    }

    /// Puts a prefix into a node, or below it.
    fn insert_below(&mut self, mut at: u32, prefix: Prefix<K>, value: u32) -> Option<u32> {
        loop {
            let branch = match self.nodes.at_mut(at) {
                Node::Branch(branch) => *branch,
                Node::Leaf(leaf) => match leaf.insert(prefix, value) {
                    Ok(before) => return before,
                    Err(Full) => {
                        let leaf = *leaf;
                        self.burst(at, leaf, prefix);
                        continue;
                    }
                },
            };
            let common = prefix.network().common(branch.path) as u8;
            if common.min(prefix.length()) < branch.depth() {
                self.split(at, prefix, common);
                continue;
            }
            if let Some(end) = branch.end(prefix) {
                return self.put_end(at, end, value);
            }
            let way = branch.way(prefix.network());
            match branch.child(way) {
                Some(child) => at = child,
                None => {
                    self.put_child(at, way, Node::Leaf(Leaf::single(prefix, value)));
                    return None;
                }
            }
        }
    }

    /// Puts a branch in the place of a full leaf, deep enough to tell its prefixes and one more apart.
    fn burst(&mut self, at: u32, leaf: Leaf<K>, prefix: Prefix<K>) {
        let shared = leaf.rows().fold(prefix.length(), |shared, (other, _)| {
            let common = prefix.network().common(other.network()) as u8;
            shared.min(common).min(other.length())
        });
        *self.nodes.at_mut(at) = Node::Branch(Branch::toward(prefix.network(), shared));
        for (prefix, value) in leaf.rows() {
            self.insert_below(at, prefix, value);
        }
    }

    /// Puts a branch above the one at a position, where a prefix leaves its path.
    fn split(&mut self, at: u32, prefix: Prefix<K>, common: u8) {
        let below = *self.nodes.at(at);
        let path = self.branch_mut(at).path;
        let mut branch = Branch::toward(path, common.min(prefix.length()));
        branch.children = self.nodes.single(below);
        branch.ways = 1 << branch.way(path);
        *self.nodes.at_mut(at) = Node::Branch(branch);
    }

    fn branch_mut(&mut self, at: u32) -> &mut Branch<K> {
        match self.nodes.at_mut(at) {
            Node::Branch(branch) => branch,
            Node::Leaf(_) => unreachable!("a branch has been found there"),
        }
    }

    fn put_end(&mut self, at: u32, end: u32, value: u32) -> Option<u32> {
        let branch = *self.branch_mut(at);
        let place = rank(branch.ends, end);
        if branch.ends >> end & 1 == 1 {
            return Some(std::mem::replace(self.values.at_mut(branch.values + place), value));
        }
        let values = self.values.insert(branch.values, branch.ends.count_ones(), place, value);
        let branch = self.branch_mut(at);
        branch.values = values;
        branch.ends |= 1 << end;
        None
    }

    fn put_child(&mut self, at: u32, way: u32, child: Node<K>) {
        let branch = *self.branch_mut(at);
        let place = rank(branch.ways, way);
        let children = self.nodes.insert(branch.children, branch.ways.count_ones(), place, child);
        let branch = self.branch_mut(at);
        branch.children = children;
        branch.ways |= 1 << way;
    }
}
