//! `causeway trace` against a running server.

mod common;

use common::{Serving, causeway, run, text};
use serde_json::Value;
use std::path::Path;

fn api(home: &Path, arguments: &[&str]) -> Value {
    let answer = run(home, &[&["api"], arguments, &["--json"]].concat());
    assert_eq!(answer.status.code(), Some(0), "{arguments:?}: {}", text(&answer.stderr));
    serde_json::from_slice(&answer.stdout).unwrap()
}

fn trace(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let answer = run(home, &[&["trace"], arguments].concat());
    (answer.status.code(), text(&answer.stdout) + &text(&answer.stderr))
}

#[test]
fn a_packet_is_followed_and_its_loss_is_an_exit_status() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tasks", "immediate"];
    let _serving = Serving::start(causeway(home, &serve));
    let vpc = api(home, &["CreateVpc", "CidrBlock=10.0.0.0/8"]);
    let vpc_id = vpc["VpcId"].as_str().unwrap();
    let of_vpc = format!("VpcId={vpc_id}");
    for block in ["CidrBlock=10.1.0.0/24", "CidrBlock=10.2.0.0/24"] {
        api(home, &["CreateVSwitch", &of_vpc, block, "ZoneId=cn-hangzhou-h"]);
    }
    let packet = ["--from", "10.1.0.5", "--to", "10.2.0.5", "--both"];
    let (status, said) = trace(home, &packet);
    assert_eq!(status, Some(0), "{said}");
    let table = vpc["RouteTableId"].as_str().unwrap();
    assert!(said.contains(&format!("1. system route table {table} of vSwitch vsw-")), "{said}");
    assert!(said.ends_with("symmetric: the answer takes the same way\n"), "{said}");

    let lost = ["--from", "10.1.0.5", "--to", "192.0.2.1", "--vpc", vpc_id];
    let (status, said) = trace(home, &lost);
    assert_eq!(status, Some(8), "{said}");
    assert!(said.ends_with(&format!("dropped at route table {table}: no route\n")), "{said}");
    let (status, said) = trace(home, &[&lost[..], &["--json"]].concat());
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((status, &answer["Out"]["Outcome"]["Result"]), (Some(8), &"Dropped".into()));

    let (status, said) = trace(home, &["--from", "172.16.0.1", "--to", "10.1.0.5"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.starts_with("InvalidSourceAddress.NotFound: "), "{said}");
    assert_eq!(trace(home, &["--from", "here", "--to", "10.1.0.5"]).0, Some(2));
}

#[test]
fn traffic_moves_to_the_standby_link_and_back() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tasks", "immediate"];
    let _serving = Serving::start(causeway(home, &serve));
    let vpc = format!("VpcId={}", api(home, &["CreateVpc"])["VpcId"].as_str().unwrap());
    api(home, &["CreateVSwitch", &vpc, "CidrBlock=172.16.1.0/24", "ZoneId=cn-hangzhou-h"]);
    let gateway = api(home, &["CreateVpnGateway", &vpc, "Bandwidth=10"]);
    let gateway = format!("VpnGatewayId={}", gateway["VpnGatewayId"].as_str().unwrap());
    let mut connections = Vec::new();
    for (n, weight) in [("1", "Weight=100"), ("2", "Weight=0")] {
        let far_end = api(home, &["CreateCustomerGateway", &format!("IpAddress=203.0.113.{n}")]);
        let far_end = far_end["CustomerGatewayId"].as_str().unwrap();
        let subnets = ["LocalSubnet=0.0.0.0/0", "RemoteSubnet=0.0.0.0/0"];
        let far_end = format!("CustomerGatewayId={far_end}");
        let connection = [&["CreateVpnConnection", &gateway, &far_end][..], &subnets].concat();
        let connection = api(home, &connection)["VpnConnectionId"].as_str().unwrap().to_owned();
        let next_hop = format!("NextHop={connection}");
        let route = ["RouteDest=10.0.0.0/24", &next_hop, weight, "PublishVpc=true"];
        api(home, &[&["CreateVpnRouteEntry", &gateway][..], &route].concat());
        connections.push(connection);
    }
    let packet = ["--from", "172.16.1.10", "--to", "10.0.0.7", "--both"];
    let goes_by = |connection: &str| {
        let (status, said) = trace(home, &packet);
        assert_eq!(status, Some(0), "{said}");
        assert!(said.contains(&format!("far end of IPsec connection {connection} ")), "{said}");
    };
    let link = |state: &str, connection: &str| {
        let answer = run(home, &["link", state, connection]);
        assert_eq!(text(&answer.stdout), format!("{connection} is {state}\n"));
        assert_eq!(answer.status.code(), Some(0));
    };
    let [active, standby] = &connections[..] else { panic!("{connections:?}") };
    goes_by(active);
    link("down", active);
    goes_by(standby);
    link("down", standby);
    let (status, said) = trace(home, &packet);
    assert_eq!(status, Some(8), "{said}");
    link("up", active);
    goes_by(active);
    assert_eq!(run(home, &["link", "down", "vco-none"]).status.code(), Some(1));

    // What would move, and what is wrong, without any change.
    let down = run(home, &["impact", "SetLinkState", &format!("LinkId={active}"), "State=down"]);
    let said = text(&down.stdout);
    assert_eq!(down.status.code(), Some(0), "{said}{}", text(&down.stderr));
    assert!(said.contains("10.0.0.0/24"), "{said}");
    goes_by(active);
    let lint = |status| {
        let output = run(home, &["lint"]);
        assert_eq!(output.status.code(), Some(status), "{}", text(&output.stdout));
        text(&output.stdout)
    };
    assert!(!lint(0).contains("BlackHole"));
    link("down", active);
    assert!(lint(9).contains("BlackHole"), "the standby link is down already");
    link("up", standby);
    assert!(!lint(0).contains("BlackHole"));
    let listed = text(&run(home, &["link", "list"]).stdout);
    assert!(listed.contains(active) && listed.contains("VpnConnection"), "{listed}");
    let log = text(&run(home, &["failovers", "--json"]).stdout);
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(log["Failovers"][0]["To"], standby.as_str(), "{log}");
}
