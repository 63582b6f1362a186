use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, PolicyRef, PolicyType, RamPolicy};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Deletes a custom policy that is attached to nobody.
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
        Attached = 409, "DeleteConflict.Policy.User",
            "The policy is attached to one or more users. Detach it first.", "RAM API";
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
        txn.get::<RamPolicy>(&name).ok_or(Error::NotFound)?;
        let policy = PolicyRef { kind: PolicyType::Custom, name };
        if ram_policy::attachment_counts(txn).contains_key(&policy) {
            return Err(Error::Attached.into());
        }
        txn.remove::<RamPolicy>(&policy.name);
        Ok(Empty {})
    }
}
