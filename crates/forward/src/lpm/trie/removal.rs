//! Taking prefixes out again, and the nodes that decide nothing without them.

use super::{Key, NONE, Prefix, Trie, depth_of, rank};

/// Where a node's position is kept: in a slot, or as the child of another node.
#[derive(Clone, Copy)]
enum Holder {
    Slot(usize),
    Child { parent: u32, way: u32 },
}

impl<K: Key> Trie<K> {
    /// Removes a prefix of more than 16 bits; the value it had.
    pub(super) fn remove_long(&mut self, prefix: Prefix<K>) -> Option<u32> {
        let slot = prefix.network().top();
        let depth = depth_of(prefix.length());
        let mut holder = Holder::Slot(slot);
        let mut above = None;
        loop {
            let at = self.position(holder)?;
            let node = *self.nodes.at(at);
            if node.depth > depth || !prefix.network().agrees(node.path, node.depth) {
                return None;
            }
            if node.depth == depth {
                let value = self.remove_end(at, prefix)?;
                if self.shrink(holder)
                    && let Some(above) = above
                {
                    self.shrink(above);
                }
                return Some(value);
            }
            let way = prefix.network().chunk(node.depth);
            if node.ways >> way & 1 == 0 {
                return None;
            }
            above = Some(holder);
            holder = Holder::Child { parent: at, way };
        }
    }

    fn position(&self, holder: Holder) -> Option<u32> {
        let at = match holder {
            Holder::Slot(slot) => self.slots[slot].node,
            Holder::Child { parent, way } => {
                let parent = self.nodes.at(parent);
                parent.children + rank(parent.ways, way)
            }
        };
        (at != NONE).then_some(at)
    }

    fn remove_end(&mut self, at: u32, prefix: Prefix<K>) -> Option<u32> {
        let node = *self.nodes.at(at);
        let end = node.end(prefix);
        if node.ends >> end & 1 == 0 {
            return None;
        }
        let place = rank(node.ends, end);
        let value = self.value_at(&node, end);
        let values = match node.ends.count_ones() {
            1 => 0,
            2 => {
                let other = *self.values.at(node.values + 1 - place);
                self.values.give_back(node.values, 2);
                other
            }
            count => self.values.remove(node.values, count, place),
        };
        let node = self.nodes.at_mut(at);
        node.values = values;
        node.ends &= !(1 << end);
        Some(value)
    }

    /// Removes a node that decides nothing any more, or puts its only child in its place; whether it
    /// was removed.
    fn shrink(&mut self, holder: Holder) -> bool {
        let Some(at) = self.position(holder) else { return false };
        let node = *self.nodes.at(at);
        if node.ends != 0 {
            return false;
        }
        match node.ways.count_ones() {
            0 => {
                match holder {
                    Holder::Slot(slot) => {
                        self.nodes.give_back(at, 1);
                        self.slots[slot].node = NONE;
                    }
                    Holder::Child { parent, way } => self.remove_child(parent, way),
                }
                true
            }
            1 => {
                *self.nodes.at_mut(at) = *self.nodes.at(node.children);
                self.nodes.give_back(node.children, 1);
                false
            }
            _ => false,
        }
    }

    fn remove_child(&mut self, parent: u32, way: u32) {
        let node = *self.nodes.at(parent);
        let place = rank(node.ways, way);
        let children = self.nodes.remove(node.children, node.ways.count_ones(), place);
        let node = self.nodes.at_mut(parent);
        node.children = children;
        node.ways &= !(1 << way);
    }
}
