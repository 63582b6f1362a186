use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, Holder, PolicyRef, PolicyType, RamPolicy};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Deletes a custom policy that is attached to nobody and has no version besides the default.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "route-writers")]
    policy_name: String,
}

errors! {
    /// What `DeletePolicy` refuses.
    pub enum Error {
        /// No custom policy has this name.
        NotFound = 404, "EntityNotExist.Policy", "The policy does not exist.", "RAM API";
        /// The policy is attached to a user.
        User = 409, "DeleteConflict.Policy.User",
            "The policy is attached to one or more users. Detach it first.", "RAM API";
        /// The policy is attached to a group.
        Group = 409, "DeleteConflict.Policy.Group",
            "The policy is attached to one or more groups. Detach it first.", "RAM API";
        /// The policy is attached to a role.
        Role = 409, "DeleteConflict.Policy.Role",
            "The policy is attached to one or more roles. Detach it first.", "RAM API";
        /// The policy has other versions than the default one.
        Version = 409, "DeleteConflict.Policy.Version",
            "The policy has one or more versions besides the default. Delete them first.", "RAM API";
    }
}

/// See [`Request`].
pub struct DeletePolicy;

impl Operation for DeletePolicy {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Delete,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "A policy that is attached to nobody",
            request: &[("PolicyName", "spare")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeletePolicy")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeletePolicy {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.policy_name.as_str().into();
        let versions = txn.get::<RamPolicy>(&name).ok_or(Error::NotFound)?.versions.len();
        let policy = PolicyRef { kind: PolicyType::Custom, name };
        if let Some((holder, _)) = ram_policy::holders(txn, &policy).first() {
            return Err(Refusal::from(match holder {
                Holder::User(_) => Error::User,
                Holder::Group(_) => Error::Group,
                Holder::Role(_) => Error::Role,
            }));
        }
        if versions > 1 {
            return Err(Error::Version.into());
        }
        txn.remove::<RamPolicy>(&policy.name);
        Ok(Empty {})
    }
}
