//! Lists and structures in flattened names: `RouteEntries.2.DstCidrBlock` (wire.md section 1.2).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// A view of the parameters below one name. Reading costs what is read, not what there is.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    parameters: &'a BTreeMap<String, String>,
    /// Full name of this place; empty at the top.
    prefix: String,
    index: u32,
}

impl<'a> Scope<'a> {
    /// The whole request.
    pub fn new(parameters: &'a BTreeMap<String, String>) -> Scope<'a> {
        Scope { parameters, prefix: String::new(), index: 0 }
    }

    /// Full wire name of this place, such as `RouteEntries.2`; empty at the top.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The number of a list's item as written, usually from 1; 0 if this is no item.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Full wire name of a member, for messages: `RouteEntries.2.DstCidrBlock`.
    pub fn path(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}.{name}"),
        }
    }

    /// A member's text. An empty value is a value.
    pub fn scalar(&self, name: &str) -> Option<&'a str> {
        self.parameters.get(&self.path(name)).map(String::as_str)
    }

    /// The text of this place itself: an item of a list of scalars (`DestCidrBlockList.1`).
    pub fn value(&self) -> Option<&'a str> {
        self.parameters.get(&self.prefix).map(String::as_str)
    }

    /// A nested structure, there or not: `TunnelBgpConfig` of `Tunnels.1.TunnelBgpConfig.LocalAsn`.
    pub fn structure(&self, name: &str) -> Scope<'a> {
        Scope { parameters: self.parameters, prefix: self.path(name), index: 0 }
    }

    /// True if anything is at this place or below it.
    pub fn is_present(&self) -> bool {
        let below = match self.prefix.as_str() {
            "" => !self.parameters.is_empty(),
            prefix => self.below(prefix).next().is_some(),
        };
        below || self.value().is_some()
    }

    /// The items of a list in numeric order. Gaps are accepted (semantics.md section 2); what is
    /// not a plain number after the name (`Name.#3#key`, `Name.01`) is no item.
    pub fn list(&self, name: &str) -> Vec<Scope<'a>> {
        let path = self.path(name);
        let indices: BTreeSet<u32> = self.below(&path).filter_map(index).collect();
        let item =
            |index| Scope { parameters: self.parameters, prefix: format!("{path}.{index}"), index };
        indices.into_iter().map(item).collect()
    }

    /// The texts of a list of scalars in numeric order.
    pub fn scalars(&self, name: &str) -> Vec<&'a str> {
        self.list(name).iter().filter_map(Scope::value).collect()
    }

    /// What follows `path.` in the names below it.
    fn below(&self, path: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let start = format!("{path}.");
        self.parameters
            .range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded))
            .map_while(move |(name, _)| name.strip_prefix(start.as_str()))
    }
}

/// The number a name begins with, if it is written the one way there is.
fn index(rest: &str) -> Option<u32> {
    let digits = rest.split('.').next()?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parameters(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn items_come_in_numeric_order_with_gaps() {
        let parameters = parameters(&[
            ("RouteEntries.10.Name", "c"),
            ("RouteEntries.2.Name", "b"),
            ("RouteEntries.2.NextHop", "i-1"),
            ("RouteEntries.1.Name", "a"),
            ("RouteEntriesX.3.Name", "other"),
            ("RouteEntries", "scalar"),
        ]);
        let items = Scope::new(&parameters).list("RouteEntries");
        let names: Vec<_> = items.iter().map(|item| item.scalar("Name")).collect();
        assert_eq!(names, [Some("a"), Some("b"), Some("c")]);
        assert_eq!(items.iter().map(Scope::index).collect::<Vec<_>>(), [1, 2, 10]);
        assert_eq!(items[1].path("NextHop"), "RouteEntries.2.NextHop");
        assert_eq!(items[1].scalar("NextHop"), Some("i-1"));
        assert_eq!(items[2].prefix(), "RouteEntries.10");
    }

    #[test]
    fn lists_of_scalars_and_nested_structures() {
        let parameters = parameters(&[
            ("DestCidrBlockList.2", ""),
            ("DestCidrBlockList.1", "10.0.0.0/8"),
            ("Tunnels.1.TunnelBgpConfig.LocalAsn", "45104"),
            ("A.1.B.2", "x"),
        ]);
        let top = Scope::new(&parameters);
        assert_eq!(top.scalars("DestCidrBlockList"), ["10.0.0.0/8", ""]);
        let bgp = top.list("Tunnels")[0].structure("TunnelBgpConfig");
        assert_eq!(bgp.scalar("LocalAsn"), Some("45104"));
        assert!(bgp.is_present() && !top.structure("Tunnel").is_present());
        assert_eq!(top.list("A")[0].scalars("B"), ["x"]);
        assert!(top.is_present());
    }

    #[test]
    fn other_spellings_are_no_items() {
        let parameters = parameters(&[
            ("T.#3#key", "a"),
            ("T.01", "b"),
            ("T.", "c"),
            ("27.T", "f"),
            (".3", "g"),
            ("T.+1", "d"),
            ("T.99999999999", "e"),
        ]);
        let top = Scope::new(&parameters);
        assert!(top.list("T").is_empty());
        // Found by fuzzing: a list without a name is not the request itself.
        assert!(top.list("").iter().all(Scope::is_present));
    }

    proptest! {
        #[test]
        fn every_flattened_list_is_read_back(items in prop::collection::vec("[a-z]{0,3}", 0..40)) {
            let parameters: BTreeMap<String, String> =
                items.iter().enumerate().map(|(i, v)| (format!("L.{}", i + 1), v.clone())).collect();
            prop_assert_eq!(Scope::new(&parameters).scalars("L"), items);
        }
    }
}
