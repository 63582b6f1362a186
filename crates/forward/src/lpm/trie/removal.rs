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
