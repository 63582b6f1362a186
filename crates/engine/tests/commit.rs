//! What the commit loop promises when the store misbehaves, and across restarts.

mod common;

use causeway_engine::Engine;
use causeway_model::TaskLength;
use common::disk::{Disk, Mood};
use common::principal::{attach, user};
use common::{call, config, ok, parameters, send, signed};
use std::sync::Arc;
use std::sync::atomic::Ordering;

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
    assert_eq!(status(&vpc).await, "Available", "manual work of an earlier server ends, too");
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

#[tokio::test]
async fn a_dead_commit_loop_is_not_ready() {
    let disk = Disk::new();
    let engine = Engine::start(config(), disk.opener(), 1).unwrap();
    disk.mood(Mood::Panic);
    assert_eq!(call(&engine, "CreateVpc", &[]).await.0, 503);
    while engine.is_ready() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(call(&engine, "CreateVpc", &[]).await.0, 503);
}

/// With a frozen clock, too, what is due already is done without anybody asking.
#[tokio::test]
async fn what_is_due_on_a_frozen_clock_is_done() {
    let disk = Disk::new();
    let at = |text: &str| causeway_engine::Clock::Frozen(text.parse().unwrap());
    let mut settings = config();
    settings.tasks = TaskLength::AfterMs(10_000);
    settings.clock = at("2026-11-20T10:00:00Z");
    let engine = Engine::start(settings.clone(), disk.opener(), 1).unwrap();
    let vpc = ok(&engine, "CreateVpc", &[]).await["VpcId"].as_str().unwrap().to_owned();
    engine.stop();
    settings.clock = at("2026-11-20T11:00:00Z");
    let engine = Engine::start(settings, disk.opener(), 1).unwrap();
    loop {
        let body = ok(&engine, "DescribeVpcAttribute", &[("VpcId", &vpc)]).await;
        if body["Status"] == "Available" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// What falls due by an advanced clock has happened when the advance is answered; a restart does not
/// turn time back.
#[tokio::test]
async fn an_advanced_clock_leaves_nothing_due() {
    let disk = Disk::new();
    let mut settings = config();
    settings.tasks = TaskLength::AfterMs(10_000);
    settings.clock = causeway_engine::Clock::Frozen("2026-11-20T10:00:00Z".parse().unwrap());
    let engine = Engine::start(settings.clone(), disk.opener(), 1).unwrap();
    let vpc = ok(&engine, "CreateVpc", &[]).await["VpcId"].as_str().unwrap().to_owned();
    let status = async |engine: &Engine| {
        ok(engine, "DescribeVpcAttribute", &[("VpcId", &vpc)]).await["Status"].clone()
    };
    let advance = async |engine: &Engine, parameter: (&str, &str)| {
        let request = signed("2026-11-20", "AdvanceClock", &parameters(&[parameter]));
        send(engine, request).await.1["Now"].clone()
    };
    assert_eq!(advance(&engine, ("Seconds", "9")).await, "2026-11-20T10:00:09Z");
    assert_eq!(status(&engine).await, "Pending");
    engine.stop();
    let engine = Engine::start(settings, disk.opener(), 1).unwrap();
    assert_eq!(status(&engine).await, "Pending");
    let until = ("Until", "2026-11-20T10:00:10Z");
    assert_eq!(advance(&engine, until).await, "2026-11-20T10:00:10Z");
    assert_eq!(status(&engine).await, "Available");
    assert_eq!(advance(&engine, until).await, "2026-11-20T10:00:10Z");
}
