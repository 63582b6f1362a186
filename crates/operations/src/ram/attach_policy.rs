use super::policy_shape::AnyPolicy;
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, Attachment, AttachmentKey};
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
        let user: Box<str> = request.user_name.as_str().into();
        txn.get::<RamUser>(&user).ok_or(Error::UserNotFound)?;
        let policy = AnyPolicy::find(txn, &request.policy_type, &request.policy_name);
        let policy = policy.ok_or(Error::PolicyNotFound)?.reference();
        let kind = policy.kind;
        let key = AttachmentKey { user, policy };
        if txn.get::<Attachment>(&key).is_some() {
            return Err(Error::Exists.into());
        }
        let attached = ram_policy::of_user(txn, &key.user);
        let count = attached.filter(|it| it.key.policy.kind == kind).count();
        if count >= txn.context().quotas.policies_per_user {
            return Err(Error::Quota.into());
        }
        let attached = txn.now();
        txn.put(Attachment { key, attached });
        Ok(Empty {})
    }
}
