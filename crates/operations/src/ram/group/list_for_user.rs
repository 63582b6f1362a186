use crate::{Authorized, Operation, Query};
use causeway_model::ram_group::{self, RamGroup};
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Lists the groups a RAM user is in.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
}

/// The groups, by name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    groups: Groups,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Groups {
    group: Vec<Joined>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Joined {
    group_id: String,
    group_name: String,
    comments: String,
    join_date: String,
}

errors! {
    /// What `ListGroupsForUser` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User",
            "The user does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListGroupsForUser;

impl Operation for ListGroupsForUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "The groups of a user",
            request: &[("UserName", "alice")],
            answer: r#"{"Groups":{"Group":[{"GroupName":"writers","JoinDate":"*"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListGroupsForUser")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListGroupsForUser {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let user = tenant.get::<RamUser>(&request.user_name.as_str().into());
        let user = user.ok_or(Error::UserNotFound)?;
        let groups = ram_group::of_user(tenant, &user.name).filter_map(|membership| {
            let group = tenant.get::<RamGroup>(&membership.key.group)?;
            Some(Joined {
                group_id: group.id.to_string(),
                group_name: group.name.to_string(),
                comments: group.comments.as_deref().unwrap_or_default().into(),
                join_date: membership.joined.to_string(),
            })
        });
        Ok(Response { groups: Groups { group: groups.collect() } })
    }
}
