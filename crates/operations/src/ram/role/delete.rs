use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, Holder};
use causeway_model::ram_role::RamRole;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Deletes a role that has no policy. Its sessions end with it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The role's name.
    #[parameter(example = "router")]
    role_name: String,
}

errors! {
    /// What `DeleteRole` refuses.
    pub enum Error {
        /// No role has this name.
        NotFound = 404, "EntityNotExist.Role",
            "The role does not exist.", "RAM API";
        /// A policy is attached to the role.
        Policy = 409, "DeleteConflict.Role.Policy",
            "One or more policies are attached to the role. Detach them first.", "RAM API";
    }
}

/// See [`Request`].
pub struct DeleteRole;

impl Operation for DeleteRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Delete,
        resources: &["role/{RoleName}"],
        examples: &[Example {
            title: "A role without policies",
            request: &[("RoleName", "idle")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeleteRole")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteRole {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.role_name.as_str().into();
        txn.get::<RamRole>(&name).ok_or(Error::NotFound)?;
        if !ram_policy::attached(txn, &Holder::Role(name.clone())).is_empty() {
            return Err(Error::Policy.into());
        }
        txn.remove::<RamRole>(&name);
        Ok(Empty {})
    }
}
