use super::shape::GroupShape;
use crate::ram::listing::Listing;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_group::RamGroup;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use serde::Serialize;

/// Lists groups by name.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Where to go on: the `Marker` of the answer before.
    marker: Option<String>,
    /// The most groups in the answer: 1 to 1000, 100 when absent.
    #[parameter(example = "100")]
    max_items: Option<i64>,
}

/// A part of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
    groups: Groups,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Groups {
    group: Vec<GroupShape>,
}

/// See [`Request`].
pub struct ListGroups;

impl Operation for ListGroups {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["group/*"],
        examples: &[Example {
            title: "The first group",
            request: &[("MaxItems", "1")],
            answer: r#"{"IsTruncated":true,"Marker":"empty","Groups":{"Group":[{"GroupName":"empty"}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("ListGroups")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListGroups {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let listing = Listing::new(&request.marker, request.max_items)?;
        let part = listing.part(tenant.all::<RamGroup>(), |group| &group.name);
        let group = part.rows.into_iter().map(GroupShape::from).collect();
        Ok(Response {
            is_truncated: part.marker.is_some(),
            marker: part.marker,
            groups: Groups { group },
        })
    }
}
