//! Killed at random moments under load, again and again: every acknowledged change is there, no
//! change is there by half, and interrupted work is finished.

#[path = "common/client.rs"]
mod client;
mod common;

use client::{Answer, Client, is_busy};
use common::{Serving, causeway};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ROUNDS: u64 = 20;
const WORKERS: usize = 6;
/// Routes of one batch: all of them or none.
const BATCH: usize = 3;

/// What the client knows about a batch of routes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    Present,
    Absent,
    /// The answer was lost.
    Either,
}

/// One client with a VPC of its own; worker 0 also makes published VPN routes.
struct Worker {
    number: usize,
    table: String,
    next_hop: String,
    batches: BTreeMap<usize, Known>,
    vpn: Option<(String, String)>,
    vpn_routes: BTreeMap<usize, Known>,
    /// Answers that never came.
    lost: usize,
}

/// Small, seeded, good enough to choose moments.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("{name} in {body}")).to_owned()
}

fn destinations(batch: usize) -> [String; BATCH] {
    std::array::from_fn(|item| format!("10.{}.{}.0/24", batch % 200, item + 10 * (batch / 200)))
}

impl Worker {
    fn set_up(client: &Client, number: usize) -> Worker {
        let vpc = client.must("CreateVpc", &[("CidrBlock", "192.168.0.0/16")]);
        let (table, vpc) = (text(&vpc, "RouteTableId"), text(&vpc, "VpcId"));
        let resource = [("ResourceType", "Instance"), ("VpcId", vpc.as_str())];
        let next_hop = client.must_in("2026-11-20", "RegisterResource", &resource);
        let vpn = (number == 0).then(|| vpn(client, &vpc));
        Worker {
            number,
            table,
            next_hop: text(&next_hop, "ResourceId"),
            batches: BTreeMap::new(),
            vpn,
            vpn_routes: BTreeMap::new(),
            lost: 0,
        }
    }

    /// Works until told to stop or until the server is gone.
    fn work(&mut self, client: &Client, stop: &AtomicBool, seed: u64) {
        let mut random = Random(seed.wrapping_add(self.number as u64));
        while !stop.load(Ordering::Relaxed) {
            let present = self.batches.iter().filter(|(_, known)| **known == Known::Present);
            let present: Vec<usize> = present.map(|(batch, _)| *batch).collect();
            let goes_on = if self.vpn.is_some() && random.below(3) == 0 {
                self.create_vpn_route(client)
            } else if !present.is_empty() && (present.len() > 40 || random.below(3) == 0) {
                self.delete(client, present[random.below(present.len() as u64) as usize])
            } else {
                self.create(client)
            };
            if !goes_on {
                return;
            }
        }
    }

    fn batch_call(&mut self, client: &Client, action: &str, batch: usize, done: Known) -> bool {
        let mut pairs = Vec::new();
        for (item, destination) in destinations(batch).into_iter().enumerate() {
            let path = |name| format!("RouteEntries.{}.{name}", item + 1);
            pairs.push((path("RouteTableId"), self.table.clone()));
            pairs.push((path("DstCidrBlock"), destination));
            pairs.push((path("NextHop"), self.next_hop.clone()));
        }
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        match client.vpc(action, &pairs) {
            Answer::Done(body) => {
                assert_eq!(body["SuccessCount"], BATCH, "{action}: {body}");
                self.batches.insert(batch, done);
                true
            }
            Answer::Refused(code) => {
                assert!(is_busy(&code), "{action}: {code}");
                std::thread::sleep(Duration::from_millis(5));
                true
            }
            Answer::Lost => {
                self.lost += 1;
                self.batches.insert(batch, Known::Either);
                false
            }
        }
    }

    fn create(&mut self, client: &Client) -> bool {
        let free = (0..)
            .find(|batch| !matches!(self.batches.get(batch), Some(Known::Present | Known::Either)));
        self.batch_call(client, "CreateRouteEntries", free.unwrap_or(0), Known::Present)
    }

    fn delete(&mut self, client: &Client, batch: usize) -> bool {
        self.batch_call(client, "DeleteRouteEntries", batch, Known::Absent)
    }

    fn create_vpn_route(&mut self, client: &Client) -> bool {
        let number = self.vpn_routes.len();
        if number >= 18 {
            return true;
        }
        let answer = self.vpn_route(client, number);
        match answer {
            Answer::Done(_) => self.vpn_routes.insert(number, Known::Present),
            Answer::Refused(code) => {
                assert!(is_busy(&code), "{code}");
                return true;
            }
            Answer::Lost => {
                self.lost += 1;
                self.vpn_routes.insert(number, Known::Either);
                return false;
            }
        };
        true
    }

    fn vpn_route(&self, client: &Client, number: usize) -> Answer {
        let (gateway, connection) = self.vpn.as_ref().expect("worker 0 has a gateway");
        let (destination, token) = (format!("172.16.{number}.0/24"), format!("route-{number}"));
        client.vpc(
            "CreateVpnRouteEntry",
            &[
                ("VpnGatewayId", gateway),
                ("RouteDest", &destination),
                ("NextHop", connection),
                ("Weight", "100"),
                ("PublishVpc", "true"),
                ("ClientToken", &token),
            ],
        )
    }

    /// Compares what the client knows with what the server has, and learns what was lost.
    fn check(&mut self, client: &Client) {
        let found = settled_routes(client, &self.table);
        for (batch, known) in &mut self.batches {
            let there = destinations(*batch).iter().filter(|text| found.contains(*text)).count();
            assert!(there == 0 || there == BATCH, "batch {batch} is there by half: {there}");
            let is = if there == BATCH { Known::Present } else { Known::Absent };
            assert!(*known == Known::Either || *known == is, "batch {batch}: {known:?}, is {is:?}");
            *known = is;
        }
        self.check_vpn_routes(client, &found);
    }

    fn check_vpn_routes(&mut self, client: &Client, found: &BTreeSet<String>) {
        let Some((gateway, _)) = self.vpn.clone() else { return };
        let request = [("VpnGatewayId", gateway.as_str()), ("PageSize", "50")];
        let body = client.must("DescribeVpnRouteEntries", &request);
        let rows = body["VpnRouteEntries"]["VpnRouteEntry"].as_array().unwrap().clone();
        let rows: BTreeSet<String> = rows.iter().map(|row| text(row, "RouteDest")).collect();
        for number in 0..self.vpn_routes.len() {
            let destination = format!("172.16.{number}.0/24");
            let there = rows.contains(&destination);
            assert_eq!(there, found.contains(&destination), "{destination} published by half");
            if self.vpn_routes[&number] == Known::Present {
                assert!(there, "{destination} was acknowledged and is gone");
                continue;
            }
            // The token makes a repetition safe, whatever became of the first request.
            loop {
                match self.vpn_route(client, number) {
                    Answer::Done(_) => break,
                    Answer::Refused(code) if is_busy(&code) => {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    other => panic!("{destination} again: {other:?}"),
                }
            }
            self.vpn_routes.insert(number, Known::Present);
        }
    }
}

/// A gateway with one connection, ready for routes.
fn vpn(client: &Client, vpc: &str) -> (String, String) {
    let resource = [("ResourceType", "VpnGateway"), ("VpcId", vpc)];
    let gateway = text(&client.must_in("2026-11-20", "RegisterResource", &resource), "ResourceId");
    let far_end = client.must("CreateCustomerGateway", &[("IpAddress", "203.0.113.7")]);
    let far_end = text(&far_end, "CustomerGatewayId");
    let connection = client.must(
        "CreateVpnConnection",
        &[
            ("VpnGatewayId", &gateway),
            ("CustomerGatewayId", &far_end),
            ("LocalSubnet", "0.0.0.0/0"),
            ("RemoteSubnet", "0.0.0.0/0"),
        ],
    );
    (gateway, text(&connection, "VpnConnectionId"))
}

/// The table's destinations, once nothing is on its way any more.
fn settled_routes(client: &Client, table: &str) -> BTreeSet<String> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let (mut found, mut moving) = (BTreeSet::new(), 0);
        let mut next = String::new();
        loop {
            let request =
                [("RouteTableId", table), ("MaxResult", "100"), ("NextToken", next.as_str())];
            let body = client.must("DescribeRouteEntryList", &request);
            for entry in body["RouteEntrys"]["RouteEntry"].as_array().unwrap() {
                found.insert(text(entry, "DestinationCidrBlock"));
                moving += usize::from(entry["Status"] != "Available");
            }
            match body["NextToken"].as_str() {
                Some(token) if !token.is_empty() => next = token.to_owned(),
                _ => break,
            }
        }
        if moving == 0 {
            return found;
        }
        assert!(Instant::now() < deadline, "interrupted work is not finished");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until no task is left over from before.
fn until_idle(client: &Client) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while client.must_in("2026-11-20", "ListTasks", &[])["TotalCount"] != 0 {
        assert!(Instant::now() < deadline, "interrupted work is not finished");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_acknowledged_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let root_key = format!("{}:{}", client::KEY, client::SECRET);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--root-key", &root_key, "--tasks", "20ms"];
    let start = || Serving::start(causeway(home.path(), &serve));

    let mut serving = start();
    let client = Client::new(&serving.endpoint());
    let mut workers: Vec<Worker> =
        (0..WORKERS).map(|number| Worker::set_up(&client, number)).collect();
    let mut random = Random(20261120);
    for round in 0..ROUNDS {
        let endpoint = serving.endpoint();
        let stop = AtomicBool::new(false);
        let kill_after_ms = 30 + random.below(300);
        std::thread::scope(|scope| {
            for worker in &mut workers {
                let (endpoint, stop) = (&endpoint, &stop);
                scope.spawn(move || worker.work(&Client::new(endpoint), stop, round));
            }
            std::thread::sleep(Duration::from_millis(kill_after_ms));
            serving.stop(Signal::KILL);
            stop.store(true, Ordering::Relaxed);
        });
        serving = start();
        let client = Client::new(&serving.endpoint());
        workers.iter_mut().for_each(|worker| worker.check(&client));
        until_idle(&client);
    }
    let settled = workers.iter().flat_map(|worker| worker.batches.values());
    assert!(settled.filter(|known| **known == Known::Present).count() > 10, "too little load");
    // Else no request was ever on its way when the server died.
    assert!(workers.iter().map(|worker| worker.lost).sum::<usize>() > 10, "no answer was lost");
    assert_eq!(serving.stop(Signal::TERM), Some(0));
}
