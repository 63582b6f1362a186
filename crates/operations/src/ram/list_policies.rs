use super::listing::Listing;
use super::policy_shape::{AnyPolicy, PolicyShape};
use crate::label::given;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_policy::{self, PolicyType, RamPolicy};
use causeway_model::{Context, Read, Tenant};
use causeway_ram::system;
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Lists policies by name, custom and system ones.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// `System` or `Custom`; both when absent.
    #[parameter(example = "Custom")]
    policy_type: Option<String>,
    /// Where to go on: the `Marker` of the answer before.
    marker: Option<String>,
    /// The most policies in the answer: 1 to 1000, 100 when absent.
    #[parameter(example = "100")]
    max_items: Option<i64>,
}

/// A part of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
    policies: Policies,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policies {
    policy: Vec<PolicyShape>,
}

errors! {
    /// What `ListPolicies` refuses.
    pub enum Error {
        /// The type is neither `System` nor `Custom`.
        Type = 400, "InvalidParameter.PolicyType",
            "The parameter - PolicyType is invalid.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListPolicies;

impl Operation for ListPolicies {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["policy/*"],
        examples: &[Example {
            title: "Custom policies",
            request: &[("PolicyType", "Custom")],
            answer: r#"{"IsTruncated":false,"Policies":{"Policy":[
                {"PolicyName":"routes","AttachmentCount":3},
                {"PolicyName":"spare","AttachmentCount":0}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListPolicies")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListPolicies {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let wanted = match given(&request.policy_type) {
            Some(text) => Some(PolicyType::from_text(text).ok_or(Error::Type)?),
            None => None,
        };
        let listing = Listing::new(&request.marker, request.max_items)?;
        let system = system::POLICIES.iter().map(AnyPolicy::from);
        let mut all: Vec<_> =
            tenant.all::<RamPolicy>().map(AnyPolicy::from).chain(system).collect();
        all.retain(|policy| wanted.is_none_or(|wanted| wanted == policy.kind));
        all.sort_by_key(|policy| policy.name);
        let part = listing.part(all.into_iter(), |policy| policy.name);
        let counts = ram_policy::attachment_counts(tenant);
        let count = |policy: &AnyPolicy| counts.get(&policy.reference()).copied();
        let shape = |policy: AnyPolicy| policy.shape(count(&policy).unwrap_or_default());
        Ok(Response {
            is_truncated: part.marker.is_some(),
            marker: part.marker,
            policies: Policies { policy: part.rows.into_iter().map(shape).collect() },
        })
    }
}
