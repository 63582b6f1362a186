//! Requests that share a batch: what they see of each other, and how a batch can fail.

mod common;

use causeway_engine::Engine;
use causeway_model::TaskLength;
use common::disk::{Disk, Mood};
use common::{call, config, ok};
use std::sync::Arc;

/// Queues calls behind a commit that the disk holds up, so that they share the next batch.
async fn in_one_batch(
    disk: &Arc<Disk>,
    engine: &Arc<Engine>,
    calls: &[(&'static str, Vec<(&'static str, String)>)],
) -> Vec<(u16, serde_json::Value)> {
    disk.hold(true);
    let spawn = |action: &'static str, pairs: Vec<(&'static str, String)>| {
        let engine = Arc::clone(engine);
        tokio::spawn(async move {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            call(&engine, action, &pairs).await
        })
    };
    let pause = || tokio::time::sleep(std::time::Duration::from_millis(50));
    let first = spawn("CreateVpc", Vec::new());
    pause().await;
    let mut queued = Vec::new();
    for (action, pairs) in calls {
        queued.push(spawn(action, pairs.clone()));
        pause().await;
    }
    disk.hold(false);
    assert_eq!(first.await.unwrap().0, 200);
    let mut answers = Vec::new();
    for call in queued {
        answers.push(call.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_whose_first_request_is_not_answered_yet_is_refused() {
    let disk = Disk::new();
    let engine = Arc::new(Engine::start(config(), disk.opener(), 1).unwrap());
    let request = vec![("ClientToken", "t".to_owned())];
    let calls = [("CreateVpc", request.clone()), ("CreateVpc", request.clone())];
    let answers = in_one_batch(&disk, &engine, &calls).await;
    assert_eq!(answers[0].0, 200);
    assert_eq!((answers[1].0, &answers[1].1["Code"]), (400, &"LastTokenProcessing".into()));
    let replay = ok(&engine, "CreateVpc", &[("ClientToken", "t")]).await;
    assert_eq!(replay["VpcId"], answers[0].1["VpcId"]);
}

/// S-VR-10, S-VR-64: of two requests for one gateway that arrive together, the second finds it
/// taken; when the first is answered and its work goes on, the gateway is configuring (S-VR-52).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_writer_meets_the_lock_and_then_the_state() {
    let disk = Disk::new();
    let mut settings = config();
    settings.tasks = TaskLength::Manual;
    let engine = Arc::new(Engine::start(settings, disk.opener(), 1).unwrap());
    let text = |body: &serde_json::Value, name: &str| body[name].as_str().unwrap().to_owned();
    let own = async |action: &str, pairs: &[(&str, &str)]| {
        let mut all = common::parameters(pairs);
        all.insert("RegionId".into(), "cn-hangzhou".into());
        common::send(&engine, common::signed("2026-11-20", action, &all)).await.1
    };
    let vpc = text(&ok(&engine, "CreateVpc", &[]).await, "VpcId");
    own("CompleteTasks", &[]).await;
    let gateway = own("RegisterResource", &[("ResourceType", "VpnGateway"), ("VpcId", &vpc)]).await;
    let gateway = text(&gateway, "ResourceId");
    let far_end = ok(&engine, "CreateCustomerGateway", &[("IpAddress", "203.0.113.1")]).await;
    let connection = ok(
        &engine,
        "CreateVpnConnection",
        &[
            ("VpnGatewayId", &gateway),
            ("CustomerGatewayId", &text(&far_end, "CustomerGatewayId")),
            ("LocalSubnet", "0.0.0.0/0"),
            ("RemoteSubnet", "0.0.0.0/0"),
        ],
    )
    .await;
    let connection = text(&connection, "VpnConnectionId");
    own("CompleteTasks", &[]).await;

    let route = |destination: &str| {
        let pairs = [
            ("VpnGatewayId", gateway.as_str()),
            ("RouteDest", destination),
            ("NextHop", connection.as_str()),
            ("Weight", "100"),
            ("PublishVpc", "false"),
        ];
        ("CreateVpnRouteEntry", pairs.map(|(name, value)| (name, value.to_owned())).to_vec())
    };
    let calls = [route("10.0.0.0/24"), route("10.0.1.0/24")];
    let answers = in_one_batch(&disk, &engine, &calls).await;
    assert_eq!(answers[0].0, 200, "{}", answers[0].1);
    assert_eq!((answers[1].0, &answers[1].1["Code"]), (400, &"TaskConflict".into()));
    let (action, pairs) = route("10.0.2.0/24");
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (status, body) = call(&engine, action, &pairs).await;
    assert_eq!((status, &body["Code"]), (400, &"VpnGateway.Configuring".into()));
    own("CompleteTasks", &[]).await;
    ok(&engine, action, &pairs).await;
}

/// More is due at once than one commit takes: it is done in several.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_together_is_split_into_commits() {
    const VPCS: usize = 100;
    let disk = Disk::new();
    let mut settings = config();
    settings.tasks = TaskLength::AfterMs(2000);
    settings.quotas.vpcs = VPCS + 1;
    let engine = Arc::new(Engine::start(settings, disk.opener(), 1).unwrap());
    let text = |body: &serde_json::Value, name: &str| body[name].as_str().unwrap().to_owned();
    let mut vpcs = Vec::new();
    for _ in 0..VPCS {
        let vpc = ok(&engine, "CreateVpc", &[]).await;
        vpcs.push((text(&vpc, "VpcId"), text(&vpc, "RouteTableId")));
    }
    let own = async |action: &str, pairs: &[(&str, &str)]| {
        let mut all = common::parameters(pairs);
        all.insert("RegionId".into(), "cn-hangzhou".into());
        common::send(&engine, common::signed("2026-11-20", action, &all)).await.1
    };
    own("CompleteTasks", &[]).await;
    for (vpc, table) in &vpcs {
        let hop = own("RegisterResource", &[("ResourceType", "Instance"), ("VpcId", vpc)]).await;
        let hop = text(&hop, "ResourceId");
        let mut items = Vec::new();
        for item in 1..=50 {
            let path = |name| format!("RouteEntries.{item}.{name}");
            items.push((path("RouteTableId"), table.clone()));
            items.push((path("DstCidrBlock"), format!("10.0.{item}.0/24")));
            items.push((path("NextHop"), hop.clone()));
        }
        let items: Vec<_> = items.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(ok(&engine, "CreateRouteEntries", &items).await["SuccessCount"], 50);
    }
    disk.hold(true);
    let held = Arc::clone(&engine);
    let held = tokio::spawn(async move { call(&held, "CreateVpc", &[]).await.0 });
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    disk.hold(false);
    assert_eq!(held.await.unwrap(), 200);
    while own("ListTasks", &[]).await["TotalCount"] != 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (_, table) = vpcs.last().unwrap();
    let list =
        ok(&engine, "DescribeRouteEntryList", &[("RouteTableId", table), ("MaxResult", "100")])
            .await;
    let entries = list["RouteEntrys"]["RouteEntry"].as_array().unwrap();
    assert!(entries.len() > 50 && entries.iter().all(|entry| entry["Status"] == "Available"));
}

/// A refusal may rest on a change of the same batch; when that never happened, it is no answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_of_a_batch_that_failed_are_not_answered() {
    let disk = Disk::new();
    let engine = Arc::new(Engine::start(config(), disk.opener(), 1).unwrap());
    let request = vec![("IpAddress", "203.0.113.1".to_owned())];
    let calls =
        [("CreateCustomerGateway", request.clone()), ("CreateCustomerGateway", request.clone())];
    disk.mood_after_next(Mood::Refuse);
    let answers = in_one_batch(&disk, &engine, &calls).await;
    assert_eq!([answers[0].0, answers[1].0], [503, 503], "{answers:?}");
    disk.mood(Mood::Good);
    ok(&engine, "CreateCustomerGateway", &[("IpAddress", "203.0.113.1")]).await;
}

/// A request that no store takes fails alone, and as a defect: repeating it would not help.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_fails_alone() {
    let disk = Disk::new();
    let engine = Arc::new(Engine::start(config(), disk.opener(), 1).unwrap());
    let small = ("CreateCustomerGateway", vec![("IpAddress", "203.0.113.1".to_owned())]);
    let large = ("CreateVpc", Vec::new()); // two rows: the VPC and its table
    disk.mood_after_next(Mood::Small(1));
    let answers = in_one_batch(&disk, &engine, &[small, large]).await;
    assert_eq!(answers[0].0, 200, "{}", answers[0].1);
    assert_eq!((answers[1].0, &answers[1].1["Code"]), (500, &"InternalError".into()));
    assert!(engine.is_ready());
}
