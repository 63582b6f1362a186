use crate::access::role_arn;
use crate::denial;
use crate::label::given;
use crate::{Authorized, Caller, Operation, Write};
use causeway_model::ram_role::{RamRole, SESSION_DEFAULT_S};
use causeway_model::ram_session::{self, NewSession, RamSession};
use causeway_model::{Context, Read, Txn};
use causeway_ram::{Decision, Keys, Policy, Trust, Trusted};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Hands out a temporary key of a role, which then acts with the role's policies.
///
/// The caller needs a policy that allows `sts:AssumeRole` on the role, and the role has to trust
/// the caller. Who sets a source identity needs the role's trust for `sts:SetSourceIdentity` as
/// well. The key ends by itself, and with its role.
///
/// A role of another account of the server is taken on in the same way, if it trusts the caller's account, or the
/// user or role that calls; else it is not found. The session belongs to the role's account.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The role's ARN.
    #[parameter(example = "acs:ram::1234567890123456:role/router")]
    role_arn: String,
    /// The session's name: 2 to 64 letters, digits, `.`, `@`, `-` and `_`.
    #[parameter(example = "deployment")]
    role_session_name: String,
    /// How long the key lasts, in seconds: 900 up to what the role allows, 3600 when absent.
    #[parameter(example = "3600")]
    duration_seconds: Option<i64>,
    /// A policy that narrows what the key may do, up to 2048 characters.
    #[parameter(
        example = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:Describe*","Resource":"*"}]}"#
    )]
    policy: Option<String>,
    /// What a third party was told to prove itself with: 2 to 1224 letters, digits and `_+=,.@:/-`.
    /// Trust policies ask for it as `sts:ExternalId`.
    external_id: Option<String>,
    /// Who is behind the session: 2 to 64 letters, digits, `.`, `@`, `-` and `_`. Sessions made by
    /// the session keep it.
    source_identity: Option<String>,
}

/// The session and its key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    assumed_role_user: AssumedRoleUser,
    credentials: Credentials,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedRoleUser {
    arn: String,
    assumed_role_id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    access_key_id: String,
    access_key_secret: String,
    security_token: String,
    expiration: String,
}

errors! {
    /// What `AssumeRole` refuses.
    pub enum Error {
        /// The account's own key calls.
        Root = 403, "NoPermission", "Roles may not be assumed by root accounts.", "wire.md section 7";
        /// The role does not trust the caller.
        Distrusted = 403, "NoPermission",
            "You are not authorized to do this action. You should be authorized by RAM.",
            "wire.md section 7";
        /// The ARN is none of a role.
        RoleArn = 400, "InvalidParameter.RoleArn",
            "The parameter RoleArn is wrongly formed.", "wire.md section 7";
        /// The session's name has other characters, or is too short or too long.
        SessionName = 400, "InvalidParameter.RoleSessionName",
            "The parameter RoleSessionName is wrongly formed.", "wire.md section 7";
        /// The policy is longer than 2048 characters.
        PolicySize = 400, "InvalidParameter.PolicySize",
            "The size of Policy must be smaller than 2048 characters.", "chosen";
        /// The policy is none.
        PolicyGrammar = 400, "InvalidParameter.PolicyGrammar",
            "The parameter Policy has not passed grammar check.", "wire.md section 7";
        /// The external id has other characters, or is too short or too long.
        ExternalId = 400, "InvalidParameter.ExternalId",
            "The parameter ExternalId is wrongly formed.", "chosen";
        /// The source identity has other characters, or is too short or too long.
        SourceIdentity = 400, "InvalidParameter.SourceIdentity",
            "The parameter SourceIdentity is wrongly formed.", "chosen";
        /// The role is not there.
        NotFound = 404, "EntityNotExist.Role", "The specified Role not exists .", "wire.md section 7";
        /// The key would last less than 900 seconds, or longer than the role allows.
        Duration = 400, "InvalidParameter.DurationSeconds",
            "The Min/Max value of DurationSeconds is 900/{}.", "wire.md section 7";
        /// There are as many sessions as the quota allows.
        Sessions = 400, "Throttling.User",
            "Request was denied due to user flow control.", "chosen";
    }
}

/// The longest policy of a session, in characters.
const POLICY_MAX: usize = 2048;
/// The shortest session, in seconds.
const DURATION_MIN_S: i64 = 900;

/// See [`Request`].
pub struct AssumeRole;

impl Operation for AssumeRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Sts,
        access: Access::Get,
        resources: &["{RoleArn}"],
        examples: &[Example {
            title: "The account itself takes on no role",
            request: &[
                ("RoleArn", "acs:ram::1234567890123456:role/router"),
                ("RoleSessionName", "deployment"),
            ],
            answer: r#"{"Code":"NoPermission"}"#,
        }],
        ..Declaration::of::<Request, Error>("AssumeRole")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for AssumeRole {
    fn account(request: &Request) -> Option<&str> {
        Some(role(request)?.0)
    }

    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let caller = request.caller();
        if *caller == Caller::Root {
            return Err(Error::Root.into());
        }
        let (account, name) = check(&request)?;
        let policy = given(&request.policy);
        let own = account == txn.context().account;
        let role = txn.get::<RamRole>(&name.into()).filter(|_| own).ok_or(Error::NotFound)?.clone();
        let source = trusted(&role, txn.context(), caller, &request);
        // Who is not trusted is not told what another account has.
        let foreign = caller.account().is_some_and(|it| it != account);
        if foreign && source.is_err() {
            return Err(Error::NotFound.into());
        }
        let duration_s = request.duration_seconds.unwrap_or(SESSION_DEFAULT_S);
        if !(DURATION_MIN_S..=role.session_max_s).contains(&duration_s) {
            return Err(Error::Duration.with(role.session_max_s));
        }
        let source = source?;
        if txn.all::<RamSession>().count() >= txn.context().quotas.role_sessions {
            return Err(Error::Sessions.into());
        }
        let name = request.role_session_name.as_str();
        let new = NewSession { name, policy, source_identity: source, duration_s };
        let (session, credentials) = RamSession::start(txn, &role, &new);
        Ok(Response {
            assumed_role_user: AssumedRoleUser {
                arn: format!("{}/{name}", role_arn(account, &role.name)),
                assumed_role_id: format!("{}:{name}", role.id),
            },
            credentials: Credentials {
                access_key_id: session.key_id.into(),
                access_key_secret: credentials.secret,
                security_token: credentials.token,
                expiration: session.expires.to_string(),
            },
            source_identity: source.map(Into::into),
        })
    }
}

/// Checks the values, and answers the role's account and name.
fn check(request: &Request) -> Result<(&str, &str), Error> {
    let role = role(request).ok_or(Error::RoleArn)?;
    if !ram_session::is_name(&request.role_session_name) {
        return Err(Error::SessionName);
    }
    if let Some(policy) = given(&request.policy) {
        if policy.chars().count() > POLICY_MAX {
            return Err(Error::PolicySize);
        }
        Policy::parse(policy).map_err(|_| Error::PolicyGrammar)?;
    }
    if given(&request.external_id).is_some_and(|id| !is_external_id(id)) {
        return Err(Error::ExternalId);
    }
    if given(&request.source_identity).is_some_and(|source| !ram_session::is_name(source)) {
        return Err(Error::SourceIdentity);
    }
    Ok(role)
}

/// The account and the name in a role's ARN.
fn role(request: &Request) -> Option<(&str, &str)> {
    request.role_arn.strip_prefix("acs:ram::")?.split_once(":role/")
}

fn is_external_id(text: &str) -> bool {
    (2..=1224).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte))
}

/// Who is behind the new session: whoever is behind the session that makes it, and nobody else.
fn source_identity<'a>(
    caller: &'a Caller,
    asked: Option<&'a str>,
) -> Result<Option<&'a str>, Refusal> {
    let kept = match caller {
        Caller::Session(session) => session.source_identity(),
        Caller::Root | Caller::User(_) => None,
    };
    match (kept, asked) {
        (Some(kept), Some(asked)) if kept != asked => Err(Error::Distrusted.into()),
        (kept, asked) => Ok(kept.or(asked)),
    }
}

/// Asks the role's trust policy; who is then behind the session.
fn trusted<'a>(
    role: &RamRole,
    context: &Context,
    caller: &'a Caller,
    request: &'a Request,
) -> Result<Option<&'a str>, Refusal> {
    let source = source_identity(caller, given(&request.source_identity))?;
    let account = caller.account().unwrap_or(&context.account);
    let arn = match caller {
        Caller::Session(session) => role_arn(account, session.role()),
        Caller::Root | Caller::User(_) => caller.identity(account).arn,
    };
    let mut keys = caller.rights().map_or_else(Keys::default, |rights| rights.keys.clone());
    for (key, value) in
        [("sts:ExternalId", given(&request.external_id)), ("sts:SourceIdentity", source)]
    {
        if let Some(value) = value {
            keys.set(key, value);
        }
    }
    let who = Trusted { account, arn: &arn };
    let trust = Trust::parse(&role.trust).ok();
    let asked = [Some("sts:AssumeRole"), source.map(|_| "sts:SetSourceIdentity")];
    for action in asked.into_iter().flatten() {
        let decide = |trust: &Trust| trust.decide(&who, action, &keys);
        let decision = trust.as_ref().map_or(Decision::ImplicitDeny, decide);
        if !matches!(decision, Decision::Allowed(_)) {
            let refusal = Refusal::from(Error::Distrusted);
            let of = &AssumeRole::DECLARATION;
            return Err(denial::distrusted(of, refusal, account, caller, decision));
        }
    }
    Ok(source)
}
