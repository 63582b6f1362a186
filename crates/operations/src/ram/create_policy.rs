use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, RamPolicy};
use causeway_model::{Read, Txn};
use causeway_ram::{Policy, PolicyError};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Creates a custom policy. It has effect once it is attached.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The name: 1 to 128 letters, digits and hyphens. It is unique among custom policies.
    #[parameter(example = "route-writers")]
    policy_name: String,
    /// What it is for, up to 1024 characters.
    #[parameter(example = "May create routes.")]
    description: Option<String>,
    /// The document: JSON, up to 6144 characters.
    #[parameter(
        example = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:*","Resource":"*"}]}"#
    )]
    policy_document: String,
}

/// The policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy: Shape,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shape {
    policy_name: String,
    policy_type: &'static str,
    description: String,
    default_version: String,
    create_date: String,
}

errors! {
    /// What `CreatePolicy` refuses.
    pub enum Error {
        /// The name has other characters than letters, digits and hyphens.
        NameChars = 400, "InvalidParameter.PolicyName.InvalidChars",
            "The parameter - PolicyName contains invalid chars.", "RAM API";
        /// The name is longer than 128 characters.
        NameLength = 400, "InvalidParameter.PolicyName.Length",
            "The parameter - PolicyName beyond the length limit.", "RAM API";
        /// The description is too long.
        DescriptionLength = 400, "InvalidParameter.Description.Length",
            "The parameter - Description beyond the length limit.", "RAM API";
        /// The document is longer than 6144 characters.
        DocumentLength = 400, "InvalidParameter.PolicyDocument.Length",
            "The parameter - PolicyDocument beyond the length limit.", "RAM API";
        /// The document is not a policy.
        Document = 400, "InvalidParameter.PolicyDocument",
            "The parameter - PolicyDocument is not a policy ({}).", "chosen";
        /// A custom policy has this name.
        Exists = 409, "EntityAlreadyExists.Policy", "The policy already exists.", "RAM API";
        /// The account has as many custom policies as its quota allows.
        Quota = 409, "LimitExceeded.Policy",
            "The count of policies beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct CreatePolicy;

impl Operation for CreatePolicy {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Create,
        resources: &["policy/*"],
        examples: &[
            Example {
                title: "A policy",
                request: &[
                    ("PolicyName", "route-writers"),
                    (
                        "PolicyDocument",
                        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:CreateRouteEntries","Resource":"acs:vpc:*:*:routetable/*"}]}"#,
                    ),
                ],
                answer: r#"{"Policy":{"PolicyName":"route-writers","PolicyType":"Custom","DefaultVersion":"v1"}}"#,
            },
            Example {
                title: "An operator that does not exist",
                request: &[
                    ("PolicyName", "broken"),
                    (
                        "PolicyDocument",
                        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"acs:MFAPresent":"true"}}}]}"#,
                    ),
                ],
                answer: r#"{"Code":"InvalidParameter.PolicyDocument"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreatePolicy")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreatePolicy {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        check(&request)?;
        let name = request.policy_name.as_str();
        if txn.get::<RamPolicy>(&name.into()).is_some() {
            return Err(Error::Exists.into());
        }
        if txn.all::<RamPolicy>().count() >= txn.context().quotas.ram_policies {
            return Err(Error::Quota.into());
        }
        let description = given(&request.description);
        let document = request.policy_document.as_str().into();
        txn.put(RamPolicy::new(name, description.map(Into::into), document, txn.now()));
        Ok(Response {
            policy: Shape {
                policy_name: name.into(),
                policy_type: ram_policy::PolicyType::Custom.text(),
                description: description.unwrap_or_default().into(),
                default_version: ram_policy::version_id(ram_policy::FIRST_VERSION),
                create_date: txn.now().to_string(),
            },
        })
    }
}

fn check(request: &Request) -> Result<(), Refusal> {
    if request.policy_name.chars().count() > 128 {
        return Err(Error::NameLength.into());
    }
    if !ram_policy::is_name(&request.policy_name) {
        return Err(Error::NameChars.into());
    }
    if given(&request.description).is_some_and(|text| text.chars().count() > 1024) {
        return Err(Error::DescriptionLength.into());
    }
    match Policy::parse(&request.policy_document) {
        Ok(_) => Ok(()),
        Err(PolicyError::Length) => Err(Error::DocumentLength.into()),
        Err(error) => Err(Error::Document.with(error)),
    }
}
