//! The audit trail: every call is one event, durable with what it did.

mod common;

use causeway_engine::{AuditSettings, Config, Engine};
use causeway_store::{Order, Store};
use common::disk::{Disk, Mood};
use common::principal::{RAM, VPC, ram, user};
use common::{call, config, ok, parameters, send, signed, signed_by};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const TRAIL: &str = "2020-07-06";

/// What is recorded, newest first; waits until `count` events match.
async fn events(engine: &Engine, pairs: &[(&str, &str)], count: usize) -> Vec<Value> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let all = [pairs, &[("MaxResults", "50")]].concat();
        let (status, body) = send(engine, signed(TRAIL, "LookupEvents", &parameters(&all))).await;
        assert_eq!(status, 200, "{body}");
        let events = body["Events"].as_array().unwrap().clone();
        if events.len() == count {
            return events;
        }
        assert!(Instant::now() < deadline, "{count} events expected: {body:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn named(engine: &Engine, name: &str, count: usize) -> Vec<Value> {
    let pairs = [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", name)];
    events(engine, &pairs, count).await
}

#[tokio::test]
async fn a_change_reads_back_in_the_providers_shape() {
    let engine = common::engine(config());
    let made = ok(&engine, "CreateVpc", &[("CidrBlock", "10.0.0.0/8"), ("Fancy", "x")]).await;
    // At once: it was durable before the answer left.
    let event = named(&engine, "CreateVpc", 1).await.remove(0);
    let vpc = made["VpcId"].as_str().unwrap();
    for (member, expected) in [
        ("eventVersion", json!("1")),
        ("eventName", json!("CreateVpc")),
        ("eventType", json!("ApiCall")),
        ("eventRW", json!("Write")),
        ("eventSource", json!("vpc.aliyuncs.com")),
        ("acsRegion", json!("cn-hangzhou")),
        ("apiVersion", json!("2016-04-28")),
        ("serviceName", json!("Vpc")),
        ("requestId", made["RequestId"].clone()),
        ("sourceIpAddress", json!("127.0.0.1")),
        ("additionalEventData", json!({ "parametersLeftOut": 1 })),
        ("requestParameters", json!({ "CidrBlock": "10.0.0.0/8", "RegionId": "cn-hangzhou" })),
    ] {
        assert_eq!(event[member], expected, "{member} in {event:#}");
    }
    assert_eq!(event["responseElements"]["VpcId"], vpc);
    assert_eq!(event["referencedResources"]["ACS::VPC::Vpc"], json!([vpc]));
    assert_eq!(
        event["userIdentity"],
        json!({ "type": "root-account", "principalId": "1234567890123456",
            "accountId": "1234567890123456", "accessKeyId": common::KEY, "userName": "root" })
    );
    assert_eq!(event.get("errorCode"), None);
    let by_resource = [("LookupAttribute.1.Key", "ResourceName"), ("LookupAttribute.1.Value", vpc)];
    assert_eq!(events(&engine, &by_resource, 1).await, [event]);
}

#[tokio::test]
async fn refused_and_denied_calls_are_recorded_with_their_code() {
    let engine = common::engine(config());
    let alice = user(&engine, "alice", &[]).await;
    let (status, _) = alice.call(&engine, "DescribeVpcs", &[("VpcId", "vpc-1")]).await;
    assert_eq!(status, 403);
    call(&engine, "DeleteVpc", &[("VpcId", "vpc-none")]).await;
    call(&engine, "CreateVpc", &[("CidrBlock", "10.0.0.0/8"), ("DryRun", "true")]).await;
    let stranger = ("nobody", "secret");
    send(&engine, signed_by(stranger, VPC, "CreateVpc", &parameters(&[]))).await;
    send(&engine, signed(VPC, "NoSuchAction", &parameters(&[]))).await;

    let denied = named(&engine, "DescribeVpcs", 1).await.remove(0);
    assert_eq!(
        (&denied["errorCode"], &denied["eventRW"]),
        (&json!("Forbidden.RAM"), &json!("Read"))
    );
    assert_eq!(denied["userIdentity"]["userName"], "alice");
    assert_eq!(denied["userIdentity"]["accessKeyId"], alice.key);
    assert_eq!(denied["requestParameters"]["VpcId"], "vpc-1");
    let gone = named(&engine, "DeleteVpc", 1).await.remove(0);
    assert!(gone["errorCode"].as_str().unwrap().contains("NotFound"), "{gone:#}");
    let unknown = named(&engine, "NoSuchAction", 1).await.remove(0);
    assert!(unknown["errorCode"].as_str().unwrap().starts_with("InvalidAction"), "{unknown:#}");
    let creates = named(&engine, "CreateVpc", 2).await;
    assert_eq!(creates[0]["userIdentity"], json!({ "type": "unknown", "accessKeyId": "nobody" }));
    assert_eq!(creates[1]["errorCode"], "DryRunOperation");
    assert_eq!(creates[1]["additionalEventData"], json!({ "dryRun": true }));
}

#[tokio::test]
async fn reads_are_recorded_if_asked_for() {
    let engine = common::engine(config());
    ok(&engine, "DescribeVpcs", &[]).await;
    let audit = AuditSettings { reads: true, ..AuditSettings::default() };
    let recording = common::engine(Config { audit, ..config() });
    ok(&recording, "DescribeVpcs", &[]).await;
    let event = named(&recording, "DescribeVpcs", 1).await.remove(0);
    assert_eq!((&event["eventRW"], event.get("errorCode")), (&json!("Read"), None));
    ok(&engine, "CreateVpc", &[]).await;
    assert_eq!(events(&engine, &[], 1).await[0]["eventName"], "CreateVpc");
}

/// Neither parameters nor answers leave a secret in the log.
#[tokio::test]
async fn no_secret_reaches_the_log() {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).expect("an engine");
    let alice = user(&engine, "alice", &[]).await;
    let pairs = [("IpAddress", "203.0.113.9"), ("AuthKey", "hush-hush")];
    ok(&engine, "CreateCustomerGateway", &pairs).await;
    let pairs = [
        ("TunnelOptionsSpecification.1.TunnelIkeConfig.Psk", "hush-hush"),
        ("IkeConfig", r#"{"Psk":"hush-hush"}"#),
        ("Secret", "hush-hush"),
    ];
    call(&engine, "CreateVpnConnection", &pairs).await;
    named(&engine, "CreateVpnConnection", 1).await;
    let mut stored = Vec::new();
    let mut take = |_, event: &[u8]| {
        stored.extend_from_slice(event);
        true
    };
    disk.memory.read_events(0..u64::MAX, Order::Ascending, &mut take).unwrap();
    let text = String::from_utf8_lossy(&stored);
    assert!(text.contains("CreateAccessKey") && text.contains(&alice.key), "{text}");
    for secret in [&*alice.secret, "hush", common::SECRET] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

/// An event is where its change is: whatever the disk does.
#[tokio::test]
async fn events_share_the_fate_of_their_changes() {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).expect("an engine");
    ok(&engine, "CreateVpc", &[]).await;
    disk.mood(Mood::Refuse);
    let (status, _) = call(&engine, "CreateVpc", &[]).await;
    assert_eq!(status, 503);
    disk.mood(Mood::Good);
    // The refusal waits for the disk, and is written then.
    let creates = named(&engine, "CreateVpc", 2).await;
    assert_eq!(creates[0]["errorCode"], "ServiceUnavailable");
    assert_eq!(creates[1].get("errorCode"), None);
    let vpcs = ok(&engine, "DescribeVpcs", &[]).await;
    assert_eq!(vpcs["TotalCount"], 1);
}

/// What waits when the server stops is written, too.
#[tokio::test]
async fn nothing_waits_past_the_end() {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).expect("an engine");
    for _ in 0..700 {
        call(&engine, "DeleteVpc", &[("VpcId", "vpc-none")]).await;
    }
    engine.stop();
    let engine = Engine::start(config(), disk.opener(), 2).expect("an engine");
    let told = named(&engine, "SuppressedEvents", 1).await.remove(0);
    let suppressed = told["additionalEventData"]["suppressed"].as_u64().unwrap();
    let log = disk.memory.log().unwrap();
    assert_eq!(log.next - 1 - 1 + suppressed, 700, "each is an event, or is counted");
    assert!(suppressed > 100, "{suppressed}");
}

/// The log of a denied flood does not grow with the flood, and changes go on.
#[tokio::test]
async fn a_flood_of_denied_calls_leaves_room_for_changes() {
    let engine = common::engine(config());
    let alice = user(&engine, "alice", &[]).await;
    for number in 0..3000 {
        let (status, _) = alice.call(&engine, "DeleteVpc", &[("VpcId", "vpc-1")]).await;
        assert_eq!(status, 403);
        if number % 300 == 0 {
            ok(&engine, "CreateVpc", &[("VpcName", "n")]).await;
        }
    }
    named(&engine, "CreateVpc", 10).await;
    let metrics = engine.metrics();
    let line = metrics.lines().find(|line| line.starts_with("causeway_audit_events_total "));
    let recorded: u64 = line.unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((500..800).contains(&recorded), "{recorded}");
}

/// A user who may not look up events is denied like elsewhere.
#[tokio::test]
async fn looking_up_needs_a_grant() {
    let engine = common::engine(config());
    let alice = user(&engine, "alice", &[]).await;
    let peer = common::PEER;
    let (status, body) = alice.call_from(&engine, peer, (TRAIL, "LookupEvents"), &[]).await;
    assert_eq!((status, &body["Code"]), (403, &json!("NoPermission")));
    assert_eq!(body["AccessDeniedDetail"]["AuthAction"], "actiontrail:LookupEvents");
    ram(&engine, "DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &alice.key)])
        .await;
    let by = [
        ("LookupAttribute.1.Key", "ServiceName"),
        ("LookupAttribute.1.Value", "Ram"),
        ("LookupAttribute.2.Key", "EventName"),
        ("LookupAttribute.2.Value", "DeleteAccessKey"),
    ];
    let found = events(&engine, &by, 1).await;
    assert_eq!(found[0]["referencedResources"]["ACS::RAM::User"], json!(["alice"]));
    assert_eq!((&found[0]["acsRegion"], &found[0]["apiVersion"]), (&json!(""), &json!(RAM)));
}
