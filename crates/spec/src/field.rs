//! Reading typed values from flattened parameters.

use crate::parameter::{ParameterError, Parameters, Shape};
use causeway_types::{
    CustomerGatewayId, RouteEntryId, RouteTableId, TransitRouterId, TypedId, VRouterId, VSwitchId,
    VpcId, VpnConnectionId, VpnGatewayId,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::ops::Bound::{Included, Unbounded};

/// The most elements a list is read to; operations have tighter limits of their own.
const LIST_MAX: usize = 500;

/// A place among flattened parameters.
#[derive(Clone, Debug)]
pub struct At<'a> {
    parameters: &'a Parameters,
    /// In an element of a list: its parameters and those behind them. There are few, side by side, so
    /// that going through them is quicker than a search.
    element: Option<Range<'a, String, String>>,
    path: String,
    name: &'static str,
    missing: Option<&'static str>,
}

/// A value that can be read at a place.
pub trait Field: Sized {
    /// Its declared type.
    const SHAPE: Shape;
    /// Whether it must be given.
    const REQUIRED: bool = true;
    /// Reads it; `None` when it was not given.
    fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError>;
    /// Reads it; not given is an error, unless the type says what that means.
    fn take(at: &At<'_>) -> Result<Self, ParameterError> {
        Self::read(at)?.ok_or_else(|| at.missing())
    }
}

impl<'a> At<'a> {
    /// All parameters of a request.
    pub fn root(parameters: &'a Parameters) -> At<'a> {
        At { parameters, element: None, path: String::new(), name: "", missing: None }
    }

    /// The place of a member.
    pub fn field(&self, name: &'static str, missing: Option<&'static str>) -> At<'a> {
        let (parameters, element) = (self.parameters, self.element.clone());
        At { parameters, element, path: self.child(name), name, missing }
    }

    /// The full wire name of this place.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text given here.
    pub fn text(&self) -> Option<&'a str> {
        let Some(element) = &self.element else {
            return self.parameters.get(&self.path).map(String::as_str);
        };
        let mut from = element.clone().skip_while(|(path, _)| **path < self.path);
        from.next().filter(|(path, _)| **path == self.path).map(|(_, value)| value.as_str())
    }

    /// Whether anything was given here or below.
    pub fn is_present(&self) -> bool {
        self.text().is_some() || self.below().next().is_some_and(|(path, _)| self.holds(path))
    }

    /// The places of a list's elements in numeric order; gaps are accepted (semantics.md 2).
    pub fn elements(&self) -> Result<Vec<At<'a>>, ParameterError> {
        let (start, mut rest) = (self.path.len() + 1, self.below());
        let mut elements = BTreeMap::new();
        let mut last = None;
        loop {
            let here = rest.clone();
            let Some(path) = rest.next().map(|(path, _)| path).filter(|it| self.holds(it)) else {
                break;
            };
            let text = path[start..].split('.').next().unwrap_or_default();
            // An element's members lie side by side.
            if last.replace(text) == Some(text) {
                continue;
            }
            // Only the canonical form leads back to this element: not `+1`, not `01`.
            let canonical = text == "0" || text.starts_with(|c| matches!(c, '1'..='9'));
            let index = text.parse::<u32>().ok().filter(|_| canonical);
            elements.insert(index.ok_or_else(|| self.invalid_at(path))?, (text, here));
            if elements.len() > LIST_MAX {
                return Err(self.invalid());
            }
        }
        let At { parameters, name, missing, .. } = *self;
        let element = |(text, here)| At {
            parameters,
            element: Some(here),
            path: self.child(text),
            name,
            missing,
        };
        Ok(elements.into_values().map(element).collect())
    }

    /// The value given here is not of its type.
    pub fn invalid(&self) -> ParameterError {
        self.invalid_at(&self.path)
    }

    /// Nothing was given here.
    pub fn missing(&self) -> ParameterError {
        ParameterError::Missing { name: self.name, code: self.missing }
    }

    fn invalid_at(&self, path: &str) -> ParameterError {
        ParameterError::Invalid { path: path.to_owned() }
    }

    fn child(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { [&self.path, ".", name].concat() }
    }

    /// The parameters below this place, and those behind them.
    fn below(&self) -> Range<'a, String, String> {
        let from = if self.path.is_empty() { String::new() } else { self.path.clone() + "." };
        self.parameters.range::<str, _>((Included(&*from), Unbounded))
    }

    /// Whether a parameter is below this place.
    fn holds(&self, path: &str) -> bool {
        self.path.is_empty()
            || path.strip_prefix(&self.path).is_some_and(|rest| rest.starts_with('.'))
    }

    /// The text given here, unless it is empty: only texts keep empty apart from absent (A25).
    fn given(&self) -> Option<&'a str> {
        self.text().filter(|text| !text.is_empty())
    }
}

impl Field for String {
    const SHAPE: Shape = Shape::Text;
    fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError> {
        Ok(at.text().map(str::to_owned))
    }
    fn take(at: &At<'_>) -> Result<Self, ParameterError> {
        at.given().map(str::to_owned).ok_or_else(|| at.missing())
    }
}

impl Field for i64 {
    const SHAPE: Shape = Shape::Integer;
    fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError> {
        at.given().map(|text| text.parse().map_err(|_| at.invalid())).transpose()
    }
}

impl Field for bool {
    const SHAPE: Shape = Shape::Boolean;
    fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError> {
        match at.given() {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(at.invalid()),
        }
    }
}

/// Any text is an id; what no resource can be called is the id that nothing has.
macro_rules! ids {
    ($($id:ident)*) => {$(
        impl Field for $id {
            const SHAPE: Shape = Shape::Text;
            fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError> {
                Ok(at.given().map(Self::from_text))
            }
        }
    )*};
}
ids! {
    CustomerGatewayId RouteEntryId RouteTableId TransitRouterId VRouterId VSwitchId VpcId
    VpnConnectionId VpnGatewayId
}

/// A value given as JSON text in one parameter (semantics.md 2).
#[derive(Clone, Debug, PartialEq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> Field for Json<T> {
    const SHAPE: Shape = Shape::Json;
    fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError> {
        let Some(text) = at.given() else { return Ok(None) };
        serde_json::from_str(text).map(|value| Some(Json(value))).map_err(|_| at.invalid())
    }
}

impl<T: Field> Field for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = false;
    fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError> {
        T::read(at).map(Some)
    }
    fn take(at: &At<'_>) -> Result<Self, ParameterError> {
        T::read(at)
    }
}

impl<T: Field> Field for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);
    const REQUIRED: bool = false;
    fn read(at: &At<'_>) -> Result<Option<Self>, ParameterError> {
        at.elements()?.iter().map(T::take).collect::<Result<_, _>>().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;

    /// A route of a batch.
    #[derive(Debug, PartialEq, Request)]
    struct Item {
        /// Destination.
        #[parameter(example = "10.0.0.0/24", missing = "MissingParam.DstCidrBlock")]
        dst_cidr_block: String,
        /// Version.
        ip_version: Option<i64>,
    }

    /// A batch.
    #[derive(Debug, PartialEq, Request)]
    struct Batch {
        /// Items.
        #[parameter(required, missing = "MissingParam.DstCidrBlock")]
        route_entries: Vec<Item>,
        /// Text.
        description: Option<String>,
        /// Flag.
        #[parameter(name = "EnableSSL")]
        ssl: Option<bool>,
        /// Names.
        names: Vec<String>,
    }

    fn decode(pairs: &[(&str, &str)]) -> Result<Batch, ParameterError> {
        let all = pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        Batch::decode(&At::root(&all))
    }

    #[test]
    fn lists_are_read_in_numeric_order_with_gaps() {
        let batch = decode(&[
            ("RouteEntries.10.DstCidrBlock", "c"),
            ("RouteEntries.2.DstCidrBlock", "b"),
            ("RouteEntries.2.IpVersion", "4"),
            ("RouteEntriesX.1", "other"),
            ("Names.3", "n"),
            ("EnableSSL", "True"), // wire.md 1.2: Python
            ("Description", ""),
        ])
        .unwrap();
        let destinations: Vec<_> =
            batch.route_entries.iter().map(|item| item.dst_cidr_block.as_str()).collect();
        assert_eq!(destinations, ["b", "c"]);
        assert_eq!(batch.route_entries[0].ip_version, Some(4));
        assert_eq!(batch.description.as_deref(), Some("")); // A25
        assert_eq!((batch.ssl, batch.names.as_slice()), (Some(true), &[String::from("n")][..]));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let missing = Err(ParameterError::Missing {
            name: "DstCidrBlock",
            code: Some("MissingParam.DstCidrBlock"),
        });
        assert_eq!(decode(&[("RouteEntries.1.IpVersion", "4")]), missing);
        let absent = decode(&[]).unwrap_err();
        assert!(matches!(absent, ParameterError::Missing { name: "RouteEntries", .. }));
        for (path, value) in [
            ("RouteEntries.1.IpVersion", "four"),
            ("EnableSSL", "yes"),
            ("RouteEntries.x.DstCidrBlock", "a"),
            ("RouteEntries.+1.DstCidrBlock", "a"),
            ("RouteEntries.01.DstCidrBlock", "a"),
            ("RouteEntries..DstCidrBlock", "a"),
        ] {
            let result = decode(&[("RouteEntries.1.DstCidrBlock", "a"), (path, value)]);
            assert_eq!(result, Err(ParameterError::Invalid { path: path.into() }));
        }
    }

    #[test]
    fn declarations_follow_from_the_struct() {
        let names: Vec<_> = Batch::PARAMETERS.iter().map(|p| (p.name, p.required)).collect();
        let expected = [
            ("RouteEntries", true),
            ("Description", false),
            ("EnableSSL", false),
            ("Names", false),
        ];
        assert_eq!(names, expected);
        assert_eq!(Batch::DOC, "A batch.");
        assert_eq!(Item::PARAMETERS[0].example, "10.0.0.0/24");
        assert_eq!(Batch::PARAMETERS[0].shape, Shape::List(&Shape::Struct(Item::PARAMETERS)));
    }
}
