use super::policy_shape::{AnyPolicy, PolicyShape};
use super::policy_version::shape::VersionShape;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_policy;
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Shows a policy and its document.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "AliyunVPCFullAccess")]
    policy_name: String,
    /// `System` or `Custom`.
    #[parameter(example = "System")]
    policy_type: String,
}

/// The policy and the version of it that has effect.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy: WithDocument,
    default_policy_version: VersionShape,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WithDocument {
    #[serde(flatten)]
    policy: PolicyShape,
    policy_document: String,
}

errors! {
    /// What `GetPolicy` refuses.
    pub enum Error {
        /// No policy of this type has this name.
        NotFound = 404, "EntityNotExist.Policy", "The policy does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct GetPolicy;

impl Operation for GetPolicy {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Get,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "A system policy",
            request: &[("PolicyName", "AliyunVPCFullAccess"), ("PolicyType", "System")],
            answer: r#"{"Policy":{"PolicyType":"System","AttachmentCount":0},
                "DefaultPolicyVersion":{"VersionId":"v1","IsDefaultVersion":true}}"#,
        }],
        ..Declaration::of::<Request, Error>("GetPolicy")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for GetPolicy {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let policy = AnyPolicy::find(tenant, &request.policy_type, &request.policy_name);
        let policy = policy.ok_or(Error::NotFound)?;
        let counts = ram_policy::attachment_counts(tenant);
        let count = counts.get(&policy.reference()).copied().unwrap_or_default();
        let version = policy.in_effect().ok_or(Error::NotFound)?;
        let default_policy_version = VersionShape::new(&version, policy.version);
        Ok(Response {
            policy: WithDocument {
                policy: policy.shape(count),
                policy_document: version.document.into(),
            },
            default_policy_version,
        })
    }
}
