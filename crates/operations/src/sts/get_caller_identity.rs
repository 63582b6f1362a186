use crate::access::user_arn;
use crate::{Authorized, Caller, Operation, Query};
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use serde::Serialize;

/// Tells who calls: the account, or one of its RAM users.
///
/// Every caller may ask; no policy is needed, and none can forbid it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {}

/// The caller.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    account_id: String,
    user_id: String,
    principal_id: String,
    arn: String,
    identity_type: &'static str,
}

/// See [`Request`].
pub struct GetCallerIdentity;

impl Operation for GetCallerIdentity {
    const DECLARATION: Declaration = Declaration {
        product: Product::Sts,
        access: Access::Get,
        resources: &[],
        examples: &[Example {
            title: "The account's own key",
            request: &[],
            answer: r#"{"AccountId":"1234567890123456","IdentityType":"Account",
                "Arn":"acs:ram::1234567890123456:root"}"#,
        }],
        ..Declaration::of::<Request, ()>("GetCallerIdentity")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for GetCallerIdentity {
    fn run(
        _tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let account = &context.account;
        let (id, arn, identity_type) = match request.caller() {
            Caller::Root => (account.as_str(), format!("acs:ram::{account}:root"), "Account"),
            Caller::User(user) => (user.id(), user_arn(account, user.name()), "RAMUser"),
        };
        Ok(Response {
            account_id: account.clone(),
            user_id: id.into(),
            principal_id: id.into(),
            arn,
            identity_type,
        })
    }
}
