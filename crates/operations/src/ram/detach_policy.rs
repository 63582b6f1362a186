use super::attaching;
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::Holder;
use causeway_model::ram_user::RamUser;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Detaches a policy from a RAM user.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "AliyunVPCReadOnlyAccess")]
    policy_name: String,
    /// `System` or `Custom`.
    #[parameter(example = "System")]
    policy_type: String,
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
}

errors! {
    /// What `DetachPolicyFromUser` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// The policy is not attached to the user.
        NotAttached = 404, "EntityNotExist.User.Policy",
            "The policy is not attached to the user.", "RAM API";
    }
}

/// See [`Request`].
pub struct DetachPolicyFromUser;

impl Operation for DetachPolicyFromUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["user/{UserName}", "policy/{PolicyName}"],
        examples: &[Example {
            title: "A custom policy",
            request: &[("PolicyName", "routes"), ("PolicyType", "Custom"), ("UserName", "alice")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DetachPolicyFromUser")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DetachPolicyFromUser {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.user_name.as_str().into();
        txn.get::<RamUser>(&name).ok_or(Error::UserNotFound)?;
        let policy = (request.policy_type.as_str(), request.policy_name.as_str());
        if !attaching::detach(txn, &Holder::User(name), policy) {
            return Err(Error::NotAttached.into());
        }
        Ok(Empty {})
    }
}
