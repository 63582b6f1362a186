use super::attaching::AttachedPolicies;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_policy::Holder;
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Lists the policies attached to a RAM user, not those of the user's groups.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
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
    type Response = AttachedPolicies;
}

impl Query for ListPoliciesForUser {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<AttachedPolicies, Refusal> {
        let name: Box<str> = request.user_name.as_str().into();
        tenant.get::<RamUser>(&name).ok_or(Error::NotFound)?;
        Ok(AttachedPolicies::of(tenant, &Holder::User(name)))
    }
}
