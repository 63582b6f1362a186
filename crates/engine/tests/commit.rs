//! What the commit loop promises, with a store that misbehaves on demand.

mod common;

use causeway_engine::{Engine, StoreOpener};
use causeway_model::TaskLength;
use causeway_store::{Loaded, Memory, Outcome, Refused, Sink, Store, StoreError, TenantWrite};
use common::principal::{attach, user};
use common::{call, config, ok};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// How the next commits end.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Good,
    Refuse,
    /// Written, and then the answer is lost.
    WriteThenForget,
    /// Not written, and nobody knows.
    ForgetOnly,
}

struct Disk {
    memory: Memory,
    mood: Mutex<Mood>,
    commits: AtomicUsize,
    held: Mutex<bool>,
    released: Condvar,
    openable: AtomicBool,
}

impl Disk {
    fn new() -> Arc<Disk> {
        Arc::new(Disk {
            memory: Memory::new(),
            mood: Mutex::new(Mood::Good),
            commits: AtomicUsize::new(0),
            held: Mutex::new(false),
            released: Condvar::new(),
            openable: AtomicBool::new(true),
        })
    }

    fn mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.released.notify_all();
    }

    fn opener(self: &Arc<Disk>) -> StoreOpener {
        let disk = Arc::clone(self);
        Box::new(move || match disk.openable.load(Ordering::SeqCst) {
            true => Ok(Box::new(Hostile(Arc::clone(&disk))) as Box<dyn Store>),
            false => Err("still broken".into()),
        })
    }
}

struct Hostile(Arc<Disk>);

impl Store for Hostile {
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError> {
        self.0.memory.load(sink)
    }
    fn commit(&self, batch: &[TenantWrite]) -> Outcome {
        let mut held = self.0.held.lock().unwrap();
        while *held {
            held = self.0.released.wait(held).unwrap();
        }
        drop(held);
        self.0.commits.fetch_add(1, Ordering::SeqCst);
        let mood = *self.0.mood.lock().unwrap();
        if matches!(mood, Mood::Good | Mood::WriteThenForget) {
            let outcome = self.0.memory.commit(batch);
            assert_eq!(outcome, Outcome::Committed);
        }
        match mood {
            Mood::Good => Outcome::Committed,
            Mood::Refuse => Outcome::Refused(Refused::NoSpace { free_bytes: 0, reserve_bytes: 1 }),
            Mood::WriteThenForget | Mood::ForgetOnly => Outcome::Unknown("test".into()),
        }
    }
    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.memory.setting(name)
    }
    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.memory.put_setting(name, value)
    }
}

async fn vpcs(engine: &Engine) -> usize {
    let metrics = engine.metrics();
    assert!(metrics.contains("causeway_rows"));
    engine.row_count()
}

async fn until_ready(engine: &Engine) {
    while !engine.is_ready() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_refused_commit_changes_nothing_and_the_next_one_works() {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).unwrap();
    disk.mood(Mood::Refuse);
    let (status, body) = call(&engine, "CreateVpc", &[]).await;
    assert_eq!((status, body["Code"].as_str()), (503, Some("ServiceUnavailable")));
    assert_eq!(vpcs(&engine).await, 0);
    disk.mood(Mood::Good);
    ok(&engine, "CreateVpc", &[]).await;
    assert_eq!(vpcs(&engine).await, 2, "a VPC and its table");
}

/// The client is told that it failed; what the disk really has decides; the token makes it safe.
async fn after_an_unknown_outcome(mood: Mood) -> (usize, String, String) {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).unwrap();
    disk.mood(mood);
    let request = [("ClientToken", "once")];
    let (status, _) = call(&engine, "CreateVpc", &request).await;
    assert_eq!(status, 503);
    disk.mood(Mood::Good);
    until_ready(&engine).await;
    let rows = vpcs(&engine).await;
    let first = ok(&engine, "CreateVpc", &request).await;
    let second = ok(&engine, "CreateVpc", &request).await;
    assert_eq!(vpcs(&engine).await, 3, "one VPC, its table and the token");
    let id = |body: &serde_json::Value| body["VpcId"].as_str().unwrap().to_owned();
    (rows, id(&first), id(&second))
}

#[tokio::test]
async fn unknown_but_written_is_found_again() {
    let (rows, first, second) = after_an_unknown_outcome(Mood::WriteThenForget).await;
    assert_eq!((rows, first == second), (3, true));
}

#[tokio::test]
async fn unknown_and_not_written_is_done_once() {
    let (rows, first, second) = after_an_unknown_outcome(Mood::ForgetOnly).await;
    assert_eq!((rows, first == second), (0, true));
}

#[tokio::test]
async fn while_the_store_is_away_changes_are_refused_and_reads_go_on() {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).unwrap();
    let vpc = ok(&engine, "CreateVpc", &[]).await["VpcId"].as_str().unwrap().to_owned();
    disk.openable.store(false, Ordering::SeqCst);
    disk.mood(Mood::ForgetOnly);
    assert_eq!(call(&engine, "CreateVpc", &[]).await.0, 503);
    assert_eq!(call(&engine, "CreateVpc", &[]).await.0, 503, "the store is away");
    assert!(!engine.is_ready());
    ok(&engine, "DescribeVpcAttribute", &[("VpcId", &vpc)]).await;
    disk.mood(Mood::Good);
    disk.openable.store(true, Ordering::SeqCst);
    until_ready(&engine).await;
    ok(&engine, "CreateVpc", &[]).await;
}

/// While one batch is being made durable the next one gathers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_changes_share_a_commit() {
    let disk = Disk::new();
    let mut settings = config();
    settings.quotas.vpcs = 100;
    let engine = Arc::new(Engine::start(settings, disk.opener(), 1).unwrap());
    disk.hold(true);
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move { call(&engine, "CreateVpc", &[]).await.0 })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(engine.row_count(), 0, "nobody sees what is not durable");
    disk.hold(false);
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(engine.row_count(), 80);
    let commits = disk.commits.load(Ordering::SeqCst);
    assert!(commits < 20, "{commits} commits for 40 changes");
}

#[tokio::test]
async fn a_restart_finds_everything_and_ends_interrupted_tasks() {
    let disk = Disk::new();
    let mut settings = config();
    settings.tasks = TaskLength::Manual;
    let engine = Engine::start(settings.clone(), disk.opener(), 1).unwrap();
    let made = ok(&engine, "CreateVpc", &[("ClientToken", "t")]).await;
    let vpc = made["VpcId"].as_str().unwrap().to_owned();
    engine.stop();

    settings.tasks = TaskLength::AfterMs(1);
    let engine = Engine::start(settings.clone(), disk.opener(), 1).unwrap();
    let again = ok(&engine, "CreateVpc", &[("ClientToken", "t")]).await;
    assert_eq!(made["VpcId"], again["VpcId"], "the token survived");
    assert_ne!(made["RequestId"], again["RequestId"], "A17");
    let second = ok(&engine, "CreateVpc", &[]).await["VpcId"].as_str().unwrap().to_owned();
    engine.stop();

    let engine = Engine::start(settings, disk.opener(), 1).unwrap();
    let status = async |id: &str| {
        let body = ok(&engine, "DescribeVpcAttribute", &[("VpcId", id)]).await;
        body["Status"].as_str().unwrap().to_owned()
    };
    while status(&second).await != "Available" {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(status(&vpc).await, "Pending", "manual work waits for its test");
}

#[tokio::test]
async fn a_restart_finds_users_and_what_they_may() {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).unwrap();
    let reader = user(&engine, "reader", &[]).await;
    attach(&engine, "reader", ("System", "AliyunVPCReadOnlyAccess")).await;
    engine.stop();

    let engine = Engine::start(config(), disk.opener(), 1).unwrap();
    assert_eq!(reader.code(&engine, "DescribeVpcs", &[]).await, "");
    assert_eq!(reader.code(&engine, "CreateVpc", &[]).await, "Forbidden.RAM");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let engine = common::engine(config());
        let body = ok(&engine, "CreateVpc", &[]).await;
        ids.push((body["VpcId"].clone(), body["RequestId"].clone()));
    }
    assert_eq!(ids[0], ids[1]);
    let mut settings = config();
    settings.seed = Some(2);
    let body = ok(&common::engine(settings), "CreateVpc", &[]).await;
    assert_ne!(ids[0].0, body["VpcId"]);
}

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
