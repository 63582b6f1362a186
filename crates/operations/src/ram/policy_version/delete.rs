use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, RamPolicy};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Deletes a version of a custom policy that is not the default.
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
    /// What `DeletePolicyVersion` refuses.
    pub enum Error {
        /// No custom policy has this name.
        NotFound = 404, "EntityNotExist.Policy",
            "The policy does not exist.", "RAM API";
        /// The policy has no such version.
        VersionNotFound = 404, "EntityNotExist.Policy.Version",
            "The policy version does not exist.", "RAM API";
        /// The version is the default.
        Default = 409, "DeleteConflict.PolicyVersion.Default",
            "The default policy version cannot be deleted.", "RAM API";
    }
}

/// See [`Request`].
pub struct DeletePolicyVersion;

impl Operation for DeletePolicyVersion {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Delete,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "The second version",
            request: &[("PolicyName", "routes"), ("VersionId", "v2")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeletePolicyVersion")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeletePolicyVersion {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name = request.policy_name.as_str().into();
        let policy = txn.get::<RamPolicy>(&name).ok_or(Error::NotFound)?;
        let number = ram_policy::version_number(&request.version_id);
        let number = number.filter(|number| policy.version(*number).is_some());
        let number = number.ok_or(Error::VersionNotFound)?;
        if number == policy.default_version {
            return Err(Error::Default.into());
        }
        let now = txn.now();
        txn.update::<RamPolicy>(&name, |policy| {
            policy.versions.retain(|version| version.number != number);
            policy.updated = now;
        });
        Ok(Empty {})
    }
}
