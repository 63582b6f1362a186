//! RAM users to call as.

use super::{PEER, parameters, signed};
use causeway_engine::{Engine, Peer};
use causeway_wire::sign;
use http::Response;
use serde_json::Value;

pub const RAM: &str = "2015-05-01";
pub const STS: &str = "2015-04-01";
pub const VPC: &str = "2016-04-28";

/// A RAM user with an access key, or a session of a role with its temporary key.
#[derive(Clone)]
pub struct User {
    pub name: String,
    pub key: String,
    pub secret: String,
    /// The security token of a temporary key.
    pub token: Option<String>,
}

/// A trust policy that trusts everybody of the account to do everything there is.
pub const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:*",
    "Principal":{"RAM":["acs:ram::1234567890123456:root"]}}]}"#;

/// A statement; resources and actions are lists without spaces, parted by commas.
pub fn statement(effect: &str, actions: &str, resources: &str, condition: &Value) -> Value {
    let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    let (actions, resources) = (list(actions), list(resources));
    serde_json::json!({
        "Effect": effect, "Action": actions, "Resource": resources, "Condition": condition
    })
}

/// Calls an operation of RAM as the account itself; it must succeed.
pub async fn ram(engine: &Engine, action: &str, pairs: &[(&str, &str)]) -> Value {
    let request = signed(RAM, action, &parameters(pairs));
    let (status, body) = read(engine.call(request, PEER).await);
    assert_eq!(status, 200, "{action}: {body}");
    body
}

/// Makes a user with one custom policy of these statements, or with none.
pub async fn user(engine: &Engine, name: &str, statements: &[Value]) -> User {
    ram(engine, "CreateUser", &[("UserName", name)]).await;
    if !statements.is_empty() {
        let document = serde_json::json!({ "Version": "1", "Statement": statements }).to_string();
        let policy = [("PolicyName", name), ("PolicyDocument", &document)];
        ram(engine, "CreatePolicy", &policy).await;
        attach(engine, name, ("Custom", name)).await;
    }
    let made = ram(engine, "CreateAccessKey", &[("UserName", name)]).await;
    let text = |member: &str| made["AccessKey"][member].as_str().unwrap().to_owned();
    let (key, secret) = (text("AccessKeyId"), text("AccessKeySecret"));
    let made = User { name: name.into(), key, secret, token: None };
    // The first use of a key is noted; the change after it waits for that.
    made.call_from(engine, PEER, (STS, "GetCallerIdentity"), &[]).await;
    ram(engine, "UpdateUser", &[("UserName", name), ("NewComments", "used")]).await;
    made
}

/// Makes a role that holds a system policy.
pub async fn role(engine: &Engine, name: &str, trust: &str, policy: &str) {
    let role = ("RoleName", name);
    ram(engine, "CreateRole", &[role, ("AssumeRolePolicyDocument", trust)]).await;
    let attach = [role, ("PolicyType", "System"), ("PolicyName", policy)];
    ram(engine, "AttachPolicyToRole", &attach).await;
}

/// The ARN of a role.
pub fn role_arn(name: &str) -> String {
    format!("acs:ram::1234567890123456:role/{name}")
}

pub async fn attach(engine: &Engine, user: &str, (kind, name): (&str, &str)) {
    let pairs = [("UserName", user), ("PolicyType", kind), ("PolicyName", name)];
    ram(engine, "AttachPolicyToUser", &pairs).await;
}

/// Makes a group that holds a policy, and adds a user to it.
pub async fn join(engine: &Engine, user: &str, group: &str, (kind, policy): (&str, &str)) {
    let group = ("GroupName", group);
    ram(engine, "CreateGroup", &[group]).await;
    let attach = [group, ("PolicyType", kind), ("PolicyName", policy)];
    ram(engine, "AttachPolicyToGroup", &attach).await;
    ram(engine, "AddUserToGroup", &[group, ("UserName", user)]).await;
}

fn read(response: Response<bytes::Bytes>) -> (u16, Value) {
    let body = serde_json::from_slice(response.body()).expect("answers are JSON");
    (response.status().as_u16(), body)
}

impl User {
    /// Calls an operation of product Vpc in cn-hangzhou.
    pub async fn call(
        &self,
        engine: &Engine,
        action: &str,
        pairs: &[(&str, &str)],
    ) -> (u16, Value) {
        self.call_from(engine, PEER, (VPC, action), pairs).await
    }

    /// Calls an operation of any product, from anywhere.
    pub async fn call_from(
        &self,
        engine: &Engine,
        peer: Peer,
        (version, action): (&str, &str),
        pairs: &[(&str, &str)],
    ) -> (u16, Value) {
        let mut all = parameters(pairs);
        all.entry("RegionId".into()).or_insert_with(|| "cn-hangzhou".into());
        let token = self.token.as_deref();
        let key = sign::Key { id: &self.key, secret: &self.secret, security_token: token };
        read(engine.call(super::signed_with(&key, version, action, &all), peer).await)
    }

    /// Takes on a role.
    pub async fn assume(&self, engine: &Engine, role: &str, more: &[(&str, &str)]) -> User {
        let (status, body) = self.try_assume(engine, role, more).await;
        assert_eq!(status, 200, "{body}");
        let text = |member: &str| body["Credentials"][member].as_str().unwrap().to_owned();
        User {
            name: role.into(),
            key: text("AccessKeyId"),
            secret: text("AccessKeySecret"),
            token: Some(text("SecurityToken")),
        }
    }

    /// Tries to take on a role; a name that is no ARN is one of the account's roles.
    pub async fn try_assume(
        &self,
        engine: &Engine,
        role: &str,
        more: &[(&str, &str)],
    ) -> (u16, Value) {
        let arn = if role.contains(':') { role.to_owned() } else { role_arn(role) };
        let mut pairs = vec![("RoleArn", arn.as_str())];
        if more.iter().all(|(name, _)| *name != "RoleSessionName") {
            pairs.push(("RoleSessionName", "session"));
        }
        pairs.extend(more);
        self.call_from(engine, PEER, (STS, "AssumeRole"), &pairs).await
    }

    /// The code of a refusal, or `""`.
    pub async fn code(&self, engine: &Engine, action: &str, pairs: &[(&str, &str)]) -> String {
        let (_, body) = self.call(engine, action, pairs).await;
        body["Code"].as_str().unwrap_or_default().to_owned()
    }
}
