use super::shape::VersionAnswer;
use crate::ram::policy_shape::AnyPolicy;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_policy;
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Shows one version of a policy.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "routes")]
    policy_name: String,
    /// `System` or `Custom`.
    #[parameter(example = "Custom")]
    policy_type: String,
    /// The version's id.
    #[parameter(example = "v2")]
    version_id: String,
}

errors! {
    /// What `GetPolicyVersion` refuses.
    pub enum Error {
        /// No policy of this type has this name.
        NotFound = 404, "EntityNotExist.Policy",
            "The policy does not exist.", "RAM API";
        /// The policy has no such version.
        VersionNotFound = 404, "EntityNotExist.Policy.Version",
            "The policy version does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct GetPolicyVersion;

impl Operation for GetPolicyVersion {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Get,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "The second version",
            request: &[("PolicyName", "routes"), ("PolicyType", "Custom"), ("VersionId", "v2")],
            answer: r#"{"PolicyVersion":{"VersionId":"v2","IsDefaultVersion":false,"PolicyDocument":"*"}}"#,
        }],
        ..Declaration::of::<Request, Error>("GetPolicyVersion")
    };
    type Request = Request;
    type Response = VersionAnswer;
}

impl Query for GetPolicyVersion {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<VersionAnswer, Refusal> {
        let policy = AnyPolicy::find(tenant, &request.policy_type, &request.policy_name);
        let policy = policy.ok_or(Error::NotFound)?;
        let number = ram_policy::version_number(&request.version_id);
        let versions = policy.versions();
        let version = versions.iter().find(|version| Some(version.number) == number);
        let version = version.ok_or(Error::VersionNotFound)?;
        Ok(VersionAnswer::new(version, version.number == policy.version))
    }
}
