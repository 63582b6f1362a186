//! Who has no grant learns nothing of what exists: every operation, asked by a user and by a session
//! that may nothing, answers the same on a server that holds what is asked for and on an empty one.

mod common;

use causeway_engine::Engine;
use causeway_operations::all;
use common::principal::{TRUST, User, attach, join, ram, role, user};
use common::{PEER, config, ok};
use serde_json::Value;

/// A user and a session without grants. The user is in a group that holds no policy that matters.
async fn nobodies(engine: &Engine) -> [User; 2] {
    let user = user(engine, "nobody", &[]).await;
    // What it grants is no product that is served.
    let document =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#;
    let elsewhere = [("PolicyName", "elsewhere"), ("PolicyDocument", document)];
    ram(engine, "CreatePolicy", &elsewhere).await;
    join(engine, "nobody", "idlers", ("Custom", "elsewhere")).await;
    let nothing = ("RoleName", "nothing");
    ram(engine, "CreateRole", &[nothing, ("AssumeRolePolicyDocument", TRUST)]).await;
    let attach_elsewhere = [nothing, ("PolicyType", "Custom"), ("PolicyName", "elsewhere")];
    ram(engine, "AttachPolicyToRole", &attach_elsewhere).await;
    let maker = common::principal::user(engine, "maker", &[]).await;
    attach(engine, "maker", ("System", "AliyunSTSAssumeRoleAccess")).await;
    let session = maker.assume(engine, "nothing", &[]).await;
    [user, session]
}

/// What the examples ask for, as far as RAM goes, and a VPC: its id and its table's.
async fn fill(engine: &Engine) -> [(&'static str, String); 2] {
    let document =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    for name in ["alice", "carol"] {
        user(engine, name, &[]).await;
    }
    for name in ["routes", "spare"] {
        ram(engine, "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", document)]).await;
    }
    for name in ["writers", "empty"] {
        ram(engine, "CreateGroup", &[("GroupName", name)]).await;
    }
    for name in ["router", "idle"] {
        role(engine, name, TRUST, "ReadOnlyAccess").await;
    }
    let vpc = ok(engine, "CreateVpc", &[]).await;
    let text = |member: &str| vpc[member].as_str().unwrap().to_owned();
    [("$vpc", text("VpcId")), ("$vtb", text("RouteTableId"))]
}

/// What a caller is told, without what tells calls and callers apart.
async fn told(engine: &Engine, who: &User, call: (&str, &str), pairs: &[(&str, &str)]) -> Value {
    let (status, mut body) = who.call_from(engine, PEER, call, pairs).await;
    assert_eq!(status, 403, "{}: {body}", call.1);
    for member in ["RequestId", "Recommend"] {
        body.as_object_mut().unwrap().remove(member);
    }
    let detail = body["AccessDeniedDetail"].as_object_mut().expect("a detail");
    for member in ["AuthPrincipalDisplayName", "EncodedDiagnosticMessage"] {
        assert!(detail.remove(member).is_some());
    }
    body
}

#[tokio::test]
async fn who_may_nothing_learns_nothing() {
    let (empty, full) = (common::engine(config()), common::engine(config()));
    let callers = (nobodies(&empty).await, nobodies(&full).await);
    let names = fill(&full).await;
    let mut asked = 0;
    for entry in all().filter(|entry| !entry.declaration.resources.is_empty()) {
        let of = &entry.declaration;
        let call = (of.product.version(), of.name);
        for example in of.examples {
            let named = |text: &str| {
                let found = names.iter().find(|(name, _)| *name == text);
                found.map_or_else(|| text.to_owned(), |(_, id)| id.clone())
            };
            let pairs: Vec<(&str, String)> =
                example.request.iter().map(|(name, text)| (*name, named(text))).collect();
            let pairs: Vec<_> = pairs.iter().map(|(name, text)| (*name, text.as_str())).collect();
            for (here, there) in callers.0.iter().zip(&callers.1) {
                let absent = told(&empty, here, call, &pairs).await;
                assert_eq!(told(&full, there, call, &pairs).await, absent, "{}", of.name);
                asked += 1;
            }
        }
    }
    assert!(asked > 150, "{asked}");
}
