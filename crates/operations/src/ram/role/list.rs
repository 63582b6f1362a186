use super::shape::RoleShape;
use crate::ram::listing::Listing;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_role::RamRole;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use serde::Serialize;

/// Lists roles by name, without their trust policies.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Where to go on: the `Marker` of the answer before.
    marker: Option<String>,
    /// The most roles in the answer: 1 to 1000, 100 when absent.
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
    roles: Roles,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Roles {
    role: Vec<RoleShape>,
}

/// See [`Request`].
pub struct ListRoles;

impl Operation for ListRoles {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["role/*"],
        examples: &[Example {
            title: "The first role",
            request: &[("MaxItems", "1")],
            answer: r#"{"IsTruncated":true,"Marker":"idle","Roles":{"Role":[{"RoleName":"idle"}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("ListRoles")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListRoles {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let listing = Listing::new(&request.marker, request.max_items)?;
        let part = listing.part(tenant.all::<RamRole>(), |role| &role.name);
        let roles = part.rows.into_iter();
        let role = roles.map(|role| RoleShape::new(role, &context.account)).collect();
        Ok(Response {
            is_truncated: part.marker.is_some(),
            marker: part.marker,
            roles: Roles { role },
        })
    }
}
