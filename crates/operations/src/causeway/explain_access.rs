use super::named_call;
use crate::access::ram_action;
use crate::{AccountQuery, Authorized, Operation};
use causeway_model::{Changes, Context, Tenant, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

mod principal;
mod verdict;

use verdict::{Check, checks};

/// Tells whether a principal may make a call, and which statement of which policy decides.
///
/// Policies are asked as the call itself would ask them: on each resource the call names, before
/// anything is looked up. Where nothing allows a resource, the answer names the policies that would.
/// Nothing is called, and nothing changed. What an operation decides while it runs is not part of it:
/// whom a role trusts, and the rights to the operation that `DescribeImpact` and this one are about.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The operation that would be called.
    #[parameter(example = "DeleteRouteEntry")]
    operation: String,
    /// Its API version; needed where several products have the name.
    #[parameter(example = "2016-04-28")]
    operation_version: Option<String>,
    /// Its parameters, a JSON object of names as requests write them (`RouteEntries.1.DstCidrBlock`)
    /// with texts, numbers or truth values.
    #[parameter(example = r#"{"RouteEntryId":"rte-bp1mnnr2al0naomnpv****"}"#)]
    parameters: Option<String>,
    /// A RAM user who would call. One of `UserName`, `RoleName` and `UserAccessKeyId` is needed.
    #[parameter(example = "alice")]
    user_name: Option<String>,
    /// A role of which a session without a policy of its own would call.
    #[parameter(example = "router")]
    role_name: Option<String>,
    /// An access key that would sign: a RAM user's, or a temporary one.
    #[parameter(example = "LTAI5t****")]
    user_access_key_id: Option<String>,
    // Not `SourceIp`: clients send that with any request, and the protocol drops it.
    /// The address the call would come from (`acs:SourceIp`). `127.0.0.1` when absent.
    #[parameter(example = "192.0.2.7")]
    source_address: Option<String>,
    /// Whether it would come over TLS (`acs:SecureTransport`). `false` when absent.
    secure_transport: Option<bool>,
}

/// What policies say.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    /// Whether the call would pass: all resources are allowed, and the access key can be used.
    allowed: bool,
    /// The ARN of who would call.
    principal: String,
    /// The RAM action.
    action: String,
    /// `Inactive` or `Expired`, for an access key that cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_state: Option<&'static str>,
    /// Policies that cannot be read. As one of them might deny, nothing is allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable_policies: Vec<String>,
    /// By resource, what decides. Empty for an operation that everybody may call.
    checks: Vec<Check>,
}

errors! {
    /// What `ExplainAccess` refuses, beside parameters that the operation would.
    pub enum Error {
        /// No such operation, or no such version.
        OperationNotFound = 404, "InvalidOperation.NotFound",
            "There is no operation {} of that version.", "chosen";
        /// None or several of `UserName`, `RoleName` and `UserAccessKeyId` are given.
        Principal = 400, "InvalidPrincipal",
            "Exactly one of UserName, RoleName and UserAccessKeyId is needed.", "chosen";
        /// No such user.
        UserNotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// No such role.
        RoleNotFound = 404, "EntityNotExist.Role", "The role does not exist.", "RAM API";
        /// No user and no session has the access key. The account's own key may do everything.
        KeyNotFound = 404, "EntityNotExist.User.AccessKey",
            "The access key belongs to no user and to no session of a role.", "chosen";
    }
}

/// See [`Request`].
pub struct ExplainAccess;

impl Operation for ExplainAccess {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Get,
        resources: &["access/*"],
        examples: &[
            Example {
                title: "What a group holds allows it",
                request: &[
                    ("Operation", "CreateVpc"),
                    ("UserName", "alice"),
                    ("Parameters", r#"{"CidrBlock":"10.0.0.0/8"}"#),
                ],
                answer: r#"{"Allowed":true,"Action":"vpc:CreateVpc","Checks":[{"Allowed":true,
                    "Resource":"acs:vpc:cn-hangzhou:1234567890123456:vpc/*","Decision":"Allowed",
                    "DecidedBy":{"PolicyType":"Custom","PolicyName":"routes","VersionId":"v1",
                        "StatementIndex":0,"Holder":"user alice"}}]}"#,
            },
            Example {
                title: "Nothing allows it",
                request: &[
                    ("Operation", "GetUser"),
                    ("RoleName", "router"),
                    ("Parameters", r#"{"UserName":"alice"}"#),
                ],
                answer: r#"{"Allowed":false,"Checks":[{"Allowed":false,"Decision":"ImplicitDeny",
                    "Resource":"acs:ram::1234567890123456:user/alice","AllowedBy":[
                        {"PolicyType":"System","PolicyName":"AdministratorAccess"},
                        {"PolicyType":"System","PolicyName":"AliyunRAMFullAccess"},
                        {"PolicyType":"System","PolicyName":"AliyunRAMReadOnlyAccess"},
                        {"PolicyType":"System","PolicyName":"ReadOnlyAccess"}]}]}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("ExplainAccess")
    };
    type Request = Request;
    type Response = Response;
}

impl AccountQuery for ExplainAccess {
    fn run(
        global: &Tenant,
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let parameters = named_call::parameters(request.parameters.as_deref(), context)?;
        let entry = named_call::operation(&request.operation, request.operation_version.as_deref());
        let entry = entry.ok_or_else(|| Error::OperationNotFound.with(&request.operation))?;
        let prepared = entry.prepare(&parameters)?;
        let asked = principal::find(global, context, &request)?;
        let nothing = Changes::default();
        let on = if entry.declaration.product.is_global() { global } else { tenant };
        let named =
            prepared.resources(&Txn::new(on, &nothing, context, on.revision() + 1)).into_owned();
        let checks = checks(global, &asked, &entry.declaration, &named, context);
        Ok(Response {
            allowed: asked.unusable.is_none() && checks.iter().all(|check| check.allowed),
            principal: asked.arn,
            action: ram_action(&entry.declaration),
            key_state: asked.unusable,
            unreadable_policies: verdict::unreadable(global, &asked.principal),
            checks,
        })
    }
}

#[cfg(test)]
mod tests;
