use crate::ram::listing::Listing;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_group::{self, RamGroup};
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Lists the RAM users of a group by name.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The group's name.
    #[parameter(example = "writers")]
    group_name: String,
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
    user: Vec<Joined>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Joined {
    user_name: String,
    display_name: String,
    join_date: String,
}

errors! {
    /// What `ListUsersForGroup` refuses.
    pub enum Error {
        /// No group has this name.
        NotFound = 404, "EntityNotExist.Group",
            "The group does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListUsersForGroup;

impl Operation for ListUsersForGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["group/{GroupName}"],
        examples: &[Example {
            title: "The users of a group",
            request: &[("GroupName", "writers")],
            answer: r#"{"IsTruncated":false,"Users":{"User":[{"UserName":"alice","JoinDate":"*"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListUsersForGroup")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListUsersForGroup {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let group = tenant.get::<RamGroup>(&request.group_name.as_str().into());
        let group = group.ok_or(Error::NotFound)?;
        let listing = Listing::new(&request.marker, request.max_items)?;
        let members = ram_group::members(tenant, &group.name);
        let part = listing.part(members, |membership| &membership.key.user);
        let users = part.rows.into_iter().map(|membership| {
            let user = tenant.get::<RamUser>(&membership.key.user);
            let display_name = user.and_then(|user| user.profile.display_name.as_deref());
            Joined {
                user_name: membership.key.user.to_string(),
                display_name: display_name.unwrap_or_default().into(),
                join_date: membership.joined.to_string(),
            }
        });
        let user = users.collect();
        Ok(Response {
            is_truncated: part.marker.is_some(),
            marker: part.marker,
            users: Users { user },
        })
    }
}
