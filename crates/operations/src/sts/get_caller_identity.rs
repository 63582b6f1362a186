use crate::identity::IdentityKind;
use crate::{Authorized, Caller, Operation, Query};
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use serde::Serialize;

/// Tells who calls: the account, one of its RAM users, or a session of one of its roles.
///
/// Every caller may ask; no policy is needed, and none can forbid it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {}

/// The caller.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_id: Option<String>,
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
        let identity = request.caller().identity(account);
        let identity_type = match identity.kind {
            IdentityKind::Root => "Account",
            IdentityKind::RamUser => "RAMUser",
            IdentityKind::AssumedRole => "AssumedRoleUser",
        };
        let (user_id, role_id) = match request.caller() {
            Caller::Session(session) => (None, Some(session.role_id().to_owned())),
            Caller::Root | Caller::User(_) => (Some(identity.principal_id.clone()), None),
        };
        Ok(Response {
            account_id: account.clone(),
            user_id,
            role_id,
            principal_id: identity.principal_id,
            arn: identity.arn,
            identity_type,
        })
    }
}
