use super::shape::VersionAnswer;
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::RamPolicy;
use causeway_model::{Read, Txn};
use causeway_ram::{Policy, PolicyError};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Adds a version to a custom policy. It has effect when it is made, or becomes, the default.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "routes")]
    policy_name: String,
    /// The document: JSON, up to 6144 characters.
    #[parameter(
        example = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:Describe*","Resource":"*"}]}"#
    )]
    policy_document: String,
    /// Whether it has effect at once; it does not when absent.
    #[parameter(example = "true")]
    set_as_default: Option<bool>,
    /// What to do when there are as many versions as may be: `None` (refuse, also when absent) or
    /// `DeleteOldestNonDefaultVersionWhenLimitExceeded`.
    #[parameter(example = "None")]
    rotate_strategy: Option<String>,
}

errors! {
    /// What `CreatePolicyVersion` refuses.
    pub enum Error {
        /// The document is longer than 6144 characters.
        DocumentLength = 400, "InvalidParameter.PolicyDocument.Length",
            "The parameter - PolicyDocument beyond the length limit.", "RAM API";
        /// The document is not a policy.
        Document = 400, "InvalidParameter.PolicyDocument",
            "The parameter - PolicyDocument is not a policy ({}).", "chosen";
        /// There is no such strategy.
        Strategy = 400, "InvalidParameter.RotateStrategy",
            "The parameter - RotateStrategy is invalid.", "chosen";
        /// No custom policy has this name.
        NotFound = 404, "EntityNotExist.Policy",
            "The policy does not exist.", "RAM API";
        /// The policy has as many versions as the quota allows.
        Quota = 409, "LimitExceeded.Policy.Version",
            "The count of policy versions beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct CreatePolicyVersion;

impl Operation for CreatePolicyVersion {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Create,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "A version that has effect",
            request: &[
                ("PolicyName", "routes"),
                (
                    "PolicyDocument",
                    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:Describe*","Resource":"*"}]}"#,
                ),
                ("SetAsDefault", "true"),
            ],
            answer: r#"{"PolicyVersion":{"VersionId":"v3","IsDefaultVersion":true,"PolicyDocument":"*"}}"#,
        }],
        ..Declaration::of::<Request, Error>("CreatePolicyVersion")
    };
    type Request = Request;
    type Response = VersionAnswer;
}

impl Write for CreatePolicyVersion {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<VersionAnswer, Refusal> {
        let rotates = match given(&request.rotate_strategy) {
            None | Some("None") => false,
            Some("DeleteOldestNonDefaultVersionWhenLimitExceeded") => true,
            Some(_) => return Err(Error::Strategy.into()),
        };
        match Policy::parse(&request.policy_document) {
            Ok(_) => {}
            Err(PolicyError::Length) => return Err(Error::DocumentLength.into()),
            Err(error) => return Err(Error::Document.with(error)),
        }
        let (most, now) = (txn.context().quotas.policy_versions, txn.now());
        let name = request.policy_name.as_str().into();
        let mut policy = txn.get::<RamPolicy>(&name).ok_or(Error::NotFound)?.clone();
        if policy.versions.len() >= most {
            let in_effect = policy.default_version;
            let oldest = policy.versions.iter().position(|it| it.number != in_effect);
            let oldest = oldest.filter(|_| rotates).ok_or(Error::Quota)?;
            policy.versions.remove(oldest);
        }
        let document = request.policy_document.as_str().into();
        let in_effect = request.set_as_default.unwrap_or(false);
        let number = policy.add_version(document, in_effect, now);
        txn.put(policy);
        let made = txn.get::<RamPolicy>(&name).and_then(|policy| policy.version(number));
        Ok(VersionAnswer::new(made.ok_or(Error::NotFound)?, in_effect))
    }
}
