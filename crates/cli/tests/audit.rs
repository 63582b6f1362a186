//! The audit trail of a killed server, and the command that shows it.

#[path = "common/client.rs"]
mod client;
mod common;

use client::{Answer, Client, is_busy};
use common::{Serving, causeway, run, text};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

const ROUNDS: u64 = 8;
const WORKERS: usize = 6;
const TRAIL: &str = "2020-07-06";

/// Every event, oldest first.
fn events(client: &Client) -> Vec<Value> {
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let pairs = [("Direction", "FORWARD"), ("MaxResults", "50"), ("NextToken", &*token)];
        let body = client.must_in(TRAIL, "LookupEvents", &pairs);
        found.extend(body["Events"].as_array().unwrap().iter().cloned());
        match body["NextToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => return found,
        }
    }
}

fn vpcs(client: &Client) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for page in 1.. {
        let page = page.to_string();
        let body = client.must("DescribeVpcs", &[("PageSize", "50"), ("PageNumber", &*page)]);
        let rows = body["Vpcs"]["Vpc"].as_array().unwrap();
        found.extend(rows.iter().map(|row| row["VpcId"].as_str().unwrap().to_owned()));
        if rows.len() < 50 {
            break;
        }
    }
    found
}

/// Whatever the moment of the kill: an acknowledged change has exactly one event, a change has an
/// event if and only if it happened.
#[test]
fn events_and_effects_are_the_same_after_a_kill() {
    let home = tempfile::tempdir().unwrap();
    let root_key = format!("{}:{}", client::KEY, client::SECRET);
    let serve =
        ["serve", "--listen", "127.0.0.1:0", "--root-key", &root_key, "--quota", "vpcs=100000"];
    let start = || Serving::start(causeway(home.path(), &serve));
    let mut serving = start();
    // By request id: the VPC that was answered.
    let acknowledged = Mutex::new(BTreeMap::new());
    let mut lost = 0;
    for round in 0..ROUNDS {
        let endpoint = serving.endpoint();
        std::thread::scope(|scope| {
            let work = || {
                let client = Client::new(&endpoint);
                loop {
                    match client.vpc("CreateVpc", &[]) {
                        Answer::Done(body) => {
                            let text = |name: &str| body[name].as_str().unwrap().to_owned();
                            acknowledged.lock().unwrap().insert(text("RequestId"), text("VpcId"));
                        }
                        Answer::Refused(code) => assert!(is_busy(&code), "{code}"),
                        Answer::Lost => return 1,
                    }
                }
            };
            let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
            std::thread::sleep(Duration::from_millis(40 + 37 * round));
            serving.stop(Signal::KILL);
            lost += workers.into_iter().map(|worker| worker.join().unwrap()).sum::<usize>();
        });
        serving = start();
        let client = Client::new(&serving.endpoint());
        let mut told = BTreeMap::new();
        for event in events(&client).iter().filter(|event| event.get("errorCode").is_none()) {
            let id = event["requestId"].as_str().unwrap().to_owned();
            let vpc = event["responseElements"]["VpcId"].as_str().unwrap().to_owned();
            assert!(told.insert(id.clone(), vpc).is_none(), "{id} has two events");
        }
        for (id, vpc) in acknowledged.lock().unwrap().iter() {
            assert_eq!(told.get(id), Some(vpc), "{id} was acknowledged");
        }
        let told: BTreeSet<String> = told.into_values().collect();
        assert_eq!(told, vpcs(&client), "events and effects differ");
    }
    assert!(acknowledged.lock().unwrap().len() > 50, "too little load");
    // Else no request was ever on its way when the server died.
    assert!(lost >= ROUNDS as usize * WORKERS / 2, "only {lost} answers were lost");
    assert_eq!(serving.stop(Signal::TERM), Some(0));
}

#[test]
fn the_command_shows_searches_and_exports() {
    let home = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tasks", "immediate"];
    let serving = Serving::start(causeway(home.path(), &serve));
    let call = |arguments: &[&str]| {
        let output = run(home.path(), arguments);
        assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let made = call(&["api", "CreateVpc", "CidrBlock=10.0.0.0/8", "--json"]);
    let made: Value = serde_json::from_str(&made).unwrap();
    let vpc = made["VpcId"].as_str().unwrap();
    call(&[
        "api",
        "CreateVSwitch",
        &format!("VpcId={vpc}"),
        "CidrBlock=10.0.0.0/24",
        "ZoneId=cn-hangzhou-h",
    ]);

    let tail = call(&["audit", "tail", "--once"]);
    let lines: Vec<&str> = tail.lines().collect();
    assert_eq!(lines.len(), 2, "{tail}");
    assert!(lines[0].contains("CreateVpc") && lines[0].contains("root"), "{tail}");
    assert!(lines[1].contains("CreateVSwitch") && lines[1].contains(vpc), "{tail}");
    let found = call(&["audit", "search", "--since", "1h", "--name", "CreateVpc"]);
    assert_eq!(found.lines().count(), 1, "{found}");
    let exported = call(&["audit", "export", "--resource", vpc]);
    let exported: Vec<Value> =
        exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = exported.iter().map(|event| event["eventName"].as_str().unwrap()).collect();
    assert_eq!(names, ["CreateVpc", "CreateVSwitch"]);
    assert_eq!(call(&["audit", "search", "--reads"]), "");
    let wrong = run(home.path(), &["audit", "search", "--since", "noon"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(serving.stop(Signal::TERM), Some(0));
}
