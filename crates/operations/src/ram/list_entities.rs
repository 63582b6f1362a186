use super::policy_shape::AnyPolicy;
use crate::access::role_arn;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_group::RamGroup;
use causeway_model::ram_policy::{self, Holder};
use causeway_model::ram_role::RamRole;
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Lists the users, groups and roles a policy is attached to.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "routes")]
    policy_name: String,
    /// `System` or `Custom`.
    #[parameter(example = "Custom")]
    policy_type: String,
}

/// Whom it is attached to.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Users,
    groups: Groups,
    roles: Roles,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Users {
    user: Vec<User>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    user_id: String,
    user_name: String,
    display_name: String,
    attach_date: String,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Groups {
    group: Vec<Group>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    group_id: String,
    group_name: String,
    comments: String,
    attach_date: String,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Roles {
    role: Vec<Role>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Role {
    role_id: String,
    role_name: String,
    arn: String,
    description: String,
    attach_date: String,
}

errors! {
    /// What `ListEntitiesForPolicy` refuses.
    pub enum Error {
        /// No policy of this type has this name.
        NotFound = 404, "EntityNotExist.Policy",
            "The policy does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListEntitiesForPolicy;

impl Operation for ListEntitiesForPolicy {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "Where a policy is attached",
            request: &[("PolicyName", "routes"), ("PolicyType", "Custom")],
            answer: r#"{"Users":{"User":[{"UserName":"alice"}]},"Groups":{"Group":[{"GroupName":"writers"}]},"Roles":{"Role":[{"RoleName":"router"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListEntitiesForPolicy")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListEntitiesForPolicy {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let policy = AnyPolicy::find(tenant, &request.policy_type, &request.policy_name);
        let policy = policy.ok_or(Error::NotFound)?.reference();
        let mut found = Response::default();
        for (holder, since) in ram_policy::holders(tenant, &policy) {
            found.note(tenant, context, &holder, since.to_string());
        }
        Ok(found)
    }
}

impl Response {
    fn note(&mut self, tenant: &Tenant, context: &Context, holder: &Holder, attach_date: String) {
        let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
        match holder {
            Holder::User(name) => {
                self.users.user.extend(tenant.get::<RamUser>(name).map(|it| User {
                    user_id: it.id.to_string(),
                    user_name: it.name.to_string(),
                    display_name: text(&it.profile.display_name),
                    attach_date,
                }))
            }
            Holder::Group(name) => {
                self.groups.group.extend(tenant.get::<RamGroup>(name).map(|it| Group {
                    group_id: it.id.to_string(),
                    group_name: it.name.to_string(),
                    comments: text(&it.comments),
                    attach_date,
                }))
            }
            Holder::Role(name) => {
                self.roles.role.extend(tenant.get::<RamRole>(name).map(|it| Role {
                    role_id: it.id.to_string(),
                    role_name: it.name.to_string(),
                    arn: role_arn(&context.account, &it.name),
                    description: text(&it.description),
                    attach_date,
                }))
            }
        }
    }
}
