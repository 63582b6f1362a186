use crate::ram::attaching::{self, NotAttached};
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::Holder;
use causeway_model::ram_role::RamRole;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Attaches a policy to a role: from then on it decides what sessions of the role may
/// do.
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
    /// What `AttachPolicyToRole` refuses.
    pub enum Error {
        /// No role has this name.
        RoleNotFound = 404, "EntityNotExist.Role", "The role does not exist.", "RAM API";
        /// No policy of this type has this name.
        PolicyNotFound = 404, "EntityNotExist.Policy", "The policy does not exist.", "RAM API";
        /// The policy is attached to the role.
        Exists = 409, "EntityAlreadyExists.Role.Policy",
            "The policy is already attached to the role.", "RAM API";
        /// The role has as many policies of this type as the quota allows.
        Quota = 409, "LimitExceeded.Role.Policy",
            "The count of policies attached to the role beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct AttachPolicyToRole;

impl Operation for AttachPolicyToRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["role/{RoleName}", "policy/{PolicyName}"],
        examples: &[Example {
            title: "A system policy",
            request: &[
                ("PolicyName", "AliyunVPCReadOnlyAccess"),
                ("PolicyType", "System"),
                ("RoleName", "router"),
            ],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("AttachPolicyToRole")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for AttachPolicyToRole {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.role_name.as_str().into();
        txn.get::<RamRole>(&name).ok_or(Error::RoleNotFound)?;
        let policy = (request.policy_type.as_str(), request.policy_name.as_str());
        let most = txn.context().quotas.policies_per_role;
        let attached = attaching::attach(txn, &Holder::Role(name), policy, most);
        attached.map_err(|cause| match cause {
            NotAttached::NoPolicy => Error::PolicyNotFound,
            NotAttached::Already => Error::Exists,
            NotAttached::Full => Error::Quota,
        })?;
        Ok(Empty {})
    }
}
