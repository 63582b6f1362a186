use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, RamPolicy};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Makes a version of a custom policy the one that has effect.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "routes")]
    policy_name: String,
    /// The version's id.
    #[parameter(example = "v2")]
    version_id: String,
}

errors! {
    /// What `SetDefaultPolicyVersion` refuses.
    pub enum Error {
        /// No custom policy has this name.
        NotFound = 404, "EntityNotExist.Policy",
            "The policy does not exist.", "RAM API";
        /// The policy has no such version.
        VersionNotFound = 404, "EntityNotExist.Policy.Version",
            "The policy version does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct SetDefaultPolicyVersion;

impl Operation for SetDefaultPolicyVersion {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "The second version",
            request: &[("PolicyName", "routes"), ("VersionId", "v2")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("SetDefaultPolicyVersion")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for SetDefaultPolicyVersion {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name = request.policy_name.as_str().into();
        let policy = txn.get::<RamPolicy>(&name).ok_or(Error::NotFound)?;
        let number = ram_policy::version_number(&request.version_id);
        let number = number.filter(|number| policy.version(*number).is_some());
        let (number, now) = (number.ok_or(Error::VersionNotFound)?, txn.now());
        txn.update::<RamPolicy>(&name, |policy| {
            policy.default_version = number;
            policy.updated = now;
        });
        Ok(Empty {})
    }
}
