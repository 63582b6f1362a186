use crate::ram::attaching::{self, NotAttached};
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_group::RamGroup;
use causeway_model::ram_policy::Holder;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Attaches a policy to a group: from then on it decides what the
/// users of the group may do.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "AliyunVPCReadOnlyAccess")]
    policy_name: String,
    /// `System` or `Custom`.
    #[parameter(example = "System")]
    policy_type: String,
    /// The group's name.
    #[parameter(example = "writers")]
    group_name: String,
}

errors! {
    /// What `AttachPolicyToGroup` refuses.
    pub enum Error {
        /// No group has this name.
        GroupNotFound = 404, "EntityNotExist.Group", "The group does not exist.", "RAM API";
        /// No policy of this type has this name.
        PolicyNotFound = 404, "EntityNotExist.Policy", "The policy does not exist.", "RAM API";
        /// The policy is attached to the group.
        Exists = 409, "EntityAlreadyExists.Group.Policy",
            "The policy is already attached to the group.", "RAM API";
        /// The group has as many policies of this type as the quota allows.
        Quota = 409, "LimitExceeded.Group.Policy",
            "The count of policies attached to the group beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct AttachPolicyToGroup;

impl Operation for AttachPolicyToGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["group/{GroupName}", "policy/{PolicyName}"],
        examples: &[Example {
            title: "A system policy",
            request: &[
                ("PolicyName", "AliyunVPCReadOnlyAccess"),
                ("PolicyType", "System"),
                ("GroupName", "writers"),
            ],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("AttachPolicyToGroup")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for AttachPolicyToGroup {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.group_name.as_str().into();
        txn.get::<RamGroup>(&name).ok_or(Error::GroupNotFound)?;
        let policy = (request.policy_type.as_str(), request.policy_name.as_str());
        let most = txn.context().quotas.policies_per_group;
        let attached = attaching::attach(txn, &Holder::Group(name), policy, most);
        attached.map_err(|cause| match cause {
            NotAttached::NoPolicy => Error::PolicyNotFound,
            NotAttached::Already => Error::Exists,
            NotAttached::Full => Error::Quota,
        })?;
        Ok(Empty {})
    }
}
