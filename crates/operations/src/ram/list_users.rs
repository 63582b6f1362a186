use super::listing::Listing;
use super::user_shape::UserShape;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use serde::Serialize;

/// Lists RAM users by name.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Where to go on: the `Marker` of the answer before.
    marker: Option<String>,
    /// The most users in the answer: 1 to 1000, 100 when absent.
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
    users: Users,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Users {
    user: Vec<UserShape>,
}

/// See [`Request`].
pub struct ListUsers;

impl Operation for ListUsers {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["user/*"],
        examples: &[Example {
            title: "The first user",
            request: &[("MaxItems", "1")],
            answer: r#"{"IsTruncated":true,"Marker":"alice","Users":{"User":[{"UserName":"alice"}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("ListUsers")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListUsers {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let listing = Listing::new(&request.marker, request.max_items)?;
        let part = listing.part(tenant.all::<RamUser>(), |user| &user.name);
        let user = part.rows.into_iter().map(UserShape::from).collect();
        Ok(Response {
            is_truncated: part.marker.is_some(),
            marker: part.marker,
            users: Users { user },
        })
    }
}
