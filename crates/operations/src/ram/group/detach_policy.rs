use crate::ram::attaching;
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_group::RamGroup;
use causeway_model::ram_policy::Holder;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Detaches a policy from a group.
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
    /// What `DetachPolicyFromGroup` refuses.
    pub enum Error {
        /// No group has this name.
        GroupNotFound = 404, "EntityNotExist.Group", "The group does not exist.", "RAM API";
        /// The policy is not attached to the group.
        NotAttached = 404, "EntityNotExist.Group.Policy",
            "The policy is not attached to the group.", "RAM API";
    }
}

/// See [`Request`].
pub struct DetachPolicyFromGroup;

impl Operation for DetachPolicyFromGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["group/{GroupName}", "policy/{PolicyName}"],
        examples: &[Example {
            title: "A custom policy",
            request: &[
                ("PolicyName", "routes"),
                ("PolicyType", "Custom"),
                ("GroupName", "writers"),
            ],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DetachPolicyFromGroup")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DetachPolicyFromGroup {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.group_name.as_str().into();
        txn.get::<RamGroup>(&name).ok_or(Error::GroupNotFound)?;
        let policy = (request.policy_type.as_str(), request.policy_name.as_str());
        if !attaching::detach(txn, &Holder::Group(name), policy) {
            return Err(Error::NotAttached.into());
        }
        Ok(Empty {})
    }
}
