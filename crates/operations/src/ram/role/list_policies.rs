use crate::ram::attaching::AttachedPolicies;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_policy::Holder;
use causeway_model::ram_role::RamRole;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Lists the policies attached to a role.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The role's name.
    #[parameter(example = "router")]
    role_name: String,
}

errors! {
    /// What `ListPoliciesForRole` refuses.
    pub enum Error {
        /// No role has this name.
        NotFound = 404, "EntityNotExist.Role", "The role does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListPoliciesForRole;

impl Operation for ListPoliciesForRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["role/{RoleName}"],
        examples: &[Example {
            title: "The policies of a role",
            request: &[("RoleName", "router")],
            answer: r#"{"Policies":{"Policy":[
                {"PolicyName":"routes","PolicyType":"Custom","DefaultVersion":"v1"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListPoliciesForRole")
    };
    type Request = Request;
    type Response = AttachedPolicies;
}

impl Query for ListPoliciesForRole {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<AttachedPolicies, Refusal> {
        let name: Box<str> = request.role_name.as_str().into();
        tenant.get::<RamRole>(&name).ok_or(Error::NotFound)?;
        Ok(AttachedPolicies::of(tenant, &Holder::Role(name)))
    }
}
