use super::shape::VersionShape;
use crate::ram::policy_shape::AnyPolicy;
use crate::{Authorized, Operation, Query};
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Lists the versions of a policy, oldest first.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "routes")]
    policy_name: String,
    /// `System` or `Custom`.
    #[parameter(example = "Custom")]
    policy_type: String,
}

/// The versions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy_versions: PolicyVersions,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyVersions {
    policy_version: Vec<VersionShape>,
}

errors! {
    /// What `ListPolicyVersions` refuses.
    pub enum Error {
        /// No policy of this type has this name.
        NotFound = 404, "EntityNotExist.Policy",
            "The policy does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListPolicyVersions;

impl Operation for ListPolicyVersions {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "Two versions",
            request: &[("PolicyName", "routes"), ("PolicyType", "Custom")],
            answer: r#"{"PolicyVersions":{"PolicyVersion":[{"VersionId":"v1","IsDefaultVersion":true},{"VersionId":"v2","IsDefaultVersion":false}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListPolicyVersions")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListPolicyVersions {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let policy = AnyPolicy::find(tenant, &request.policy_type, &request.policy_name);
        let policy = policy.ok_or(Error::NotFound)?;
        let versions = policy.versions();
        let shape = |version| VersionShape::new(version, policy.version);
        let policy_version = versions.iter().map(shape).collect();
        Ok(Response { policy_versions: PolicyVersions { policy_version } })
    }
}
