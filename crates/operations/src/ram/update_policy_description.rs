use super::policy_shape::{AnyPolicy, PolicyShape};
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_policy::{self, RamPolicy};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Changes the description of a custom policy.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The policy's name.
    #[parameter(example = "routes")]
    policy_name: String,
    /// The new description, up to 1024 characters; none when empty.
    #[parameter(example = "May write routes.")]
    new_description: Option<String>,
}

/// The policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    policy: PolicyShape,
}

errors! {
    /// What `UpdatePolicyDescription` refuses.
    pub enum Error {
        /// The description is too long.
        DescriptionLength = 400, "InvalidParameter.NewDescription.Length",
            "The parameter - NewDescription beyond the length limit.", "RAM API";
        /// No custom policy has this name.
        NotFound = 404, "EntityNotExist.Policy",
            "The policy does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct UpdatePolicyDescription;

impl Operation for UpdatePolicyDescription {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["policy/{PolicyName}"],
        examples: &[Example {
            title: "A description",
            request: &[("PolicyName", "routes"), ("NewDescription", "May write routes.")],
            answer: r#"{"Policy":{"PolicyName":"routes","Description":"May write routes."}}"#,
        }],
        ..Declaration::of::<Request, Error>("UpdatePolicyDescription")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for UpdatePolicyDescription {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let description = given(&request.new_description);
        if description.is_some_and(|text| text.chars().count() > 1024) {
            return Err(Error::DescriptionLength.into());
        }
        let (name, now) = (request.policy_name.as_str().into(), txn.now());
        txn.update::<RamPolicy>(&name, |policy| {
            policy.description = description.map(Into::into);
            policy.updated = now;
        });
        let policy = AnyPolicy::from(txn.get::<RamPolicy>(&name).ok_or(Error::NotFound)?);
        let counts = ram_policy::attachment_counts(txn);
        let count = counts.get(&policy.reference()).copied().unwrap_or_default();
        Ok(Response { policy: policy.shape(count) })
    }
}
