use super::attaching::{self, NotAttached};
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::Holder;
use causeway_model::ram_user::RamUser;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Attaches a policy to a RAM user: from then on it decides what the user may do.
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
    /// What `AttachPolicyToUser` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// No policy of this type has this name.
        PolicyNotFound = 404, "EntityNotExist.Policy", "The policy does not exist.", "RAM API";
        /// The policy is attached to the user.
        Exists = 409, "EntityAlreadyExists.User.Policy",
            "The policy is already attached to the user.", "RAM API";
        /// The user has as many policies of this type as the quota allows.
        Quota = 409, "LimitExceeded.User.Policy",
            "The count of policies attached to the user beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct AttachPolicyToUser;

impl Operation for AttachPolicyToUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["user/{UserName}", "policy/{PolicyName}"],
        examples: &[Example {
            title: "A system policy",
            request: &[
                ("PolicyName", "AliyunVPCReadOnlyAccess"),
                ("PolicyType", "System"),
                ("UserName", "alice"),
            ],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("AttachPolicyToUser")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for AttachPolicyToUser {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.user_name.as_str().into();
        txn.get::<RamUser>(&name).ok_or(Error::UserNotFound)?;
        let policy = (request.policy_type.as_str(), request.policy_name.as_str());
        let most = txn.context().quotas.policies_per_user;
        let attached = attaching::attach(txn, &Holder::User(name), policy, most);
        attached.map_err(|cause| match cause {
            NotAttached::NoPolicy => Error::PolicyNotFound,
            NotAttached::Already => Error::Exists,
            NotAttached::Full => Error::Quota,
        })?;
        Ok(Empty {})
    }
}
