use super::shape::RoleAnswer;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_role::RamRole;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Shows a role and its trust policy.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The role's name.
    #[parameter(example = "router")]
    role_name: String,
}

errors! {
    /// What `GetRole` refuses.
    pub enum Error {
        /// No role has this name.
        NotFound = 404, "EntityNotExist.Role",
            "The role does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct GetRole;

impl Operation for GetRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Get,
        resources: &["role/{RoleName}"],
        examples: &[Example {
            title: "A role",
            request: &[("RoleName", "router")],
            answer: r#"{"Role":{"RoleId":"*","RoleName":"router","AssumeRolePolicyDocument":"*"}}"#,
        }],
        ..Declaration::of::<Request, Error>("GetRole")
    };
    type Request = Request;
    type Response = RoleAnswer;
}

impl Query for GetRole {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<RoleAnswer, Refusal> {
        let role = tenant.get::<RamRole>(&request.role_name.as_str().into());
        Ok(RoleAnswer::new(role.ok_or(Error::NotFound)?, &context.account))
    }
}
