//! Taking prefixes out again, and the nodes that decide nothing without them. A branch does not become
//! a leaf again, so that a prefix that comes and goes does not burst it each time.

use super::{Key, NONE, Node, Prefix, Trie, rank};

impl<K: Key> Trie<K> {
    /// Removes a prefix of more than 16 bits; the value it had.
    pub(super) fn remove_long(&mut self, prefix: Prefix<K>) -> Option<u32> {
        let mut at = self.slots[prefix.network().top()].node;
        let mut parent = None;
        if at == NONE {
            return None;
        }
        loop {
            let branch = match self.nodes.at_mut(at) {
                Node::Branch(branch) => *branch,
                Node::Leaf(leaf) => {
                    let (value, left) = leaf.remove(prefix)?;
                    match left {
                        Some(left) => *leaf = left,
                        None => self.remove_node(at, parent, prefix),
                    }
                    return Some(value);
                }
            };
            if prefix.length() < branch.depth() || !branch.leads_to(prefix.network()) {
                return None;
            }
            if let Some(end) = branch.end(prefix) {
                let value = self.remove_end(at, end)?;
                if branch.ways == 0 && branch.ends.is_power_of_two() {
                    self.remove_node(at, parent, prefix);
                } else {
                    self.shorten(at);
                }
                return Some(value);
            }
            parent = Some(at);
            at = branch.child(branch.way(prefix.network()))?;
        }
    }

    fn remove_end(&mut self, at: u32, end: u32) -> Option<u32> {
        let branch = *self.branch_mut(at);
        if branch.ends >> end & 1 == 0 {
            return None;
        }
        let place = rank(branch.ends, end);
        let value = *self.values.at(branch.values + place);
        let values = self.values.remove(branch.values, branch.ends.count_ones(), place);
        let branch = self.branch_mut(at);
        branch.values = values;
        branch.ends &= !(1 << end);
        Some(value)
    }

    /// Removes a node without prefixes, which is on the way to one: from its parent, or its slot.
    fn remove_node(&mut self, at: u32, parent: Option<u32>, prefix: Prefix<K>) {
        let Some(parent) = parent else {
            self.nodes.give_back(at, 1);
            self.slots[prefix.network().top()].node = NONE;
            return;
        };
        let branch = *self.branch_mut(parent);
        let way = branch.way(prefix.network());
        let place = rank(branch.ways, way);
        let children = self.nodes.remove(branch.children, branch.ways.count_ones(), place);
        let branch = self.branch_mut(parent);
        branch.children = children;
        branch.ways &= !(1 << way);
        self.shorten(parent);
    }

    /// Puts the only child of a branch in its place when the branch decides nothing any more.
    fn shorten(&mut self, at: u32) {
        let branch = *self.branch_mut(at);
        if branch.ends == 0 && branch.ways.is_power_of_two() {
            *self.nodes.at_mut(at) = *self.nodes.at(branch.children);
            self.nodes.give_back(branch.children, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the nodes, each of which has to decide something.
    fn nodes(trie: &Trie<u128>) -> usize {
        let slots = trie.slots.iter().map(|slot| slot.node);
        let mut open: Vec<u32> = slots.filter(|node| *node != NONE).collect();
        let mut count = 0;
        while let Some(at) = open.pop() {
            count += 1;
            match trie.nodes.at(at) {
                Node::Leaf(leaf) => assert_ne!(leaf.rows().count(), 0, "an empty leaf"),
                Node::Branch(branch) => {
                    let ways = branch.ways.count_ones();
                    assert!(branch.ends != 0 || ways > 1, "a branch that decides nothing");
                    open.extend((0..ways).map(|n| branch.children + n));
                }
            }
        }
        count
    }

    #[test]
    fn no_node_outlives_what_it_decides() {
        // Eight by eight ways, and prefixes that end before, at and after them.
        let prefixes = (0..64_u128).flat_map(|n| {
            let network = 0x2408_u128 << 112 | (n / 8) << 100 | (n % 8) << 70;
            [20, 24, 28, 40, 58, 61, 64, 128].map(|length| Prefix::new(network, length))
        });
        let mut trie = Trie::default();
        for (n, prefix) in prefixes.clone().enumerate() {
            trie.insert(prefix, n as u32);
        }
        let full = nodes(&trie);
        // In another order than they came.
        let mut left: Vec<_> = prefixes.collect();
        left.sort_by_key(|prefix| (prefix.network() >> 70) % 5 + u128::from(prefix.length() % 3));
        for prefix in left {
            trie.remove(prefix);
            assert!(nodes(&trie) <= full);
        }
        assert_eq!((nodes(&trie), trie.len()), (0, 0));
    }
}
