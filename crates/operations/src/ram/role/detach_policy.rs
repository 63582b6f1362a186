use crate::ram::attaching;
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::Holder;
use causeway_model::ram_role::RamRole;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Detaches a policy from a role.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "AliyunVPCReadOnlyAccess")]
    policy_name: String,
    /// `System` or `Custom`.
    #[parameter(example = "System")]
    policy_type: String,
    /// The role's name.
    #[parameter(example = "router")]
    role_name: String,
}

errors! {
    /// What `DetachPolicyFromRole` refuses.
    pub enum Error {
        /// No role has this name.
        RoleNotFound = 404, "EntityNotExist.Role", "The role does not exist.", "RAM API";
        /// The policy is not attached to the role.
        NotAttached = 404, "EntityNotExist.Role.Policy",
            "The policy is not attached to the role.", "RAM API";
    }
}

/// See [`Request`].
pub struct DetachPolicyFromRole;

impl Operation for DetachPolicyFromRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["role/{RoleName}", "policy/{PolicyName}"],
        examples: &[Example {
            title: "A custom policy",
            request: &[("PolicyName", "routes"), ("PolicyType", "Custom"), ("RoleName", "router")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DetachPolicyFromRole")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DetachPolicyFromRole {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.role_name.as_str().into();
        txn.get::<RamRole>(&name).ok_or(Error::RoleNotFound)?;
        let policy = (request.policy_type.as_str(), request.policy_name.as_str());
        if !attaching::detach(txn, &Holder::Role(name), policy) {
            return Err(Error::NotAttached.into());
        }
        Ok(Empty {})
    }
}
