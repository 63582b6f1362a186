//! What a caller is told whom RAM denies.

use crate::Caller;
use crate::access::ram_action;
use base64::Engine;
use causeway_ram::Decision;
use causeway_spec::{AccessDenied, Declaration, Product, Refusal};

/// The code for denied RAM users that some operations have of their own (quirk Q1).
const SUB_USER: &str = "Forbbiden.SubUser";
/// The code for others who are denied that some operations have of their own: no account made
/// sessions of roles.
const SESSION: &str = "Forbidden";

/// The refusal of a denied caller: the operation's own code, or the gateway's (wire.md section 5).
pub(crate) fn refusal(
    of: &Declaration,
    account: &str,
    caller: &Caller,
    decision: Decision,
) -> Refusal {
    let code = match caller {
        Caller::Session(_) => SESSION,
        Caller::User(_) | Caller::Root => SUB_USER,
    };
    let own = of.errors.iter().find(|error| error.code == code);
    let refusal = match (own, of.product) {
        (Some(own), _) => Refusal::from(*own),
        (None, Product::Ram | Product::Sts | Product::ActionTrail) => Refusal::new(
            403,
            "NoPermission",
            "You are not authorized to do this action. You should be authorized by RAM.",
        ),
        (None, Product::Vpc | Product::Causeway) => Refusal::new(
            403,
            "Forbidden.RAM",
            "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        ),
    };
    let policy_type = match decision {
        Decision::SessionDeny(_) => "SessionPolicy",
        _ => "AccountLevelIdentityBasedPolicy",
    };
    refusal.because(detail(of, account, caller, (policy_type, decision)))
}

/// The refusal of a caller whom a role does not trust: `AssumeRole` alone gives it.
pub(crate) fn distrusted(
    of: &Declaration,
    refusal: Refusal,
    account: &str,
    caller: &Caller,
    decision: Decision,
) -> Refusal {
    refusal.because(detail(of, account, caller, ("AssumeRolePolicy", decision)))
}

/// It names no resource: where an operation looks one up, the name would tell what exists.
fn detail(
    of: &Declaration,
    account: &str,
    caller: &Caller,
    (policy_type, decision): (&'static str, Decision),
) -> AccessDenied {
    let no_permission_type = match decision {
        Decision::ExplicitDeny(_) | Decision::SessionDeny(Some(_)) => "ExplicitDeny",
        _ => "ImplicitDeny",
    };
    let (auth_principal_type, name) = match caller {
        Caller::Session(session) => {
            ("AssumedRoleUser", format!("{}:{}", session.role(), session.name()))
        }
        Caller::User(user) => ("SubUser", user.id().to_owned()),
        Caller::Root => ("Account", account.to_owned()),
    };
    let auth_action = ram_action(of);
    let message = format!("{account} {name} {auth_action} {no_permission_type}");
    AccessDenied {
        policy_type,
        auth_principal_owner_id: account.into(),
        encoded_diagnostic_message: base64::prelude::BASE64_STANDARD.encode(message),
        auth_principal_type,
        auth_principal_display_name: name,
        no_permission_type,
        auth_action,
    }
}
