use super::policy_shape::AnyPolicy;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_policy::{self, Attachment, DEFAULT_VERSION};
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Lists the policies attached to a RAM user.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
}

/// The policies, system ones first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policies: Policies,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policies {
    policy: Vec<Attached>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    policy_name: String,
    policy_type: &'static str,
    description: String,
    default_version: &'static str,
    attach_date: String,
}

errors! {
    /// What `ListPoliciesForUser` refuses.
    pub enum Error {
        /// No user has this name.
        NotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListPoliciesForUser;

impl Operation for ListPoliciesForUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "The policies of a user",
            request: &[("UserName", "alice")],
            answer: r#"{"Policies":{"Policy":[
                {"PolicyName":"routes","PolicyType":"Custom","DefaultVersion":"v1"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListPoliciesForUser")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListPoliciesForUser {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let user = tenant.get::<RamUser>(&request.user_name.as_str().into());
        let user = user.ok_or(Error::NotFound)?;
        let shape = |it: &Attachment| {
            let kind = it.key.policy.kind.text();
            let policy = AnyPolicy::find(tenant, kind, &it.key.policy.name);
            Attached {
                policy_name: it.key.policy.name.to_string(),
                policy_type: kind,
                description: policy.map_or(String::new(), |policy| policy.description.into()),
                default_version: DEFAULT_VERSION,
                attach_date: it.attached.to_string(),
            }
        };
        let policy = ram_policy::of_user(tenant, &user.name).map(shape).collect();
        Ok(Response { policies: Policies { policy } })
    }
}
