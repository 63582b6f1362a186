//! What a change does to forwarding rides on its answer, for the client that asks.

mod common;

use causeway_engine::Engine;
use causeway_model::TaskLength;
use common::{call, config, engine, ok, parameters, send, signed};
use serde_json::{Value, json};

const OWN: &str = "2026-11-20";

/// The header of the answer to an action, if there is one.
async fn header(
    engine: &Engine,
    version: &str,
    action: &str,
    pairs: &[(&str, &str)],
    asks: bool,
) -> Option<Value> {
    let mut all = parameters(pairs);
    all.insert("RegionId".into(), "cn-hangzhou".into());
    let mut request = signed(version, action, &all);
    if asks {
        request.headers_mut().insert("x-causeway-impact", "1".parse().unwrap());
    }
    let response = engine.call(request, common::PEER).await;
    let header = response.headers().get("x-causeway-impact")?;
    Some(serde_json::from_str(header.to_str().unwrap()).expect("the header is JSON"))
}

/// A VPC with a vSwitch and an instance; its system table.
async fn network(engine: &Engine) -> String {
    let vpc = ok(engine, "CreateVpc", &[("CidrBlock", "192.168.0.0/16")]).await;
    let (table, vpc) = (vpc["RouteTableId"].clone(), vpc["VpcId"].clone());
    finish(engine).await;
    let vswitch = [
        ("VpcId", vpc.as_str().unwrap()),
        ("CidrBlock", "192.168.1.0/24"),
        ("ZoneId", "cn-hangzhou-h"),
    ];
    ok(engine, "CreateVSwitch", &vswitch).await;
    finish(engine).await;
    let instance = [
        ("ResourceId", "i-bp1impact"),
        ("ResourceType", "Instance"),
        ("VpcId", vpc.as_str().unwrap()),
        ("RegionId", "cn-hangzhou"),
    ];
    let (status, body) =
        send(engine, signed(OWN, "RegisterResource", &parameters(&instance))).await;
    assert_eq!(status, 200, "{body}");
    table.as_str().unwrap().to_owned()
}

async fn finish(engine: &Engine) {
    let region = parameters(&[("RegionId", "cn-hangzhou")]);
    let (status, body) = send(engine, signed(OWN, "CompleteTasks", &region)).await;
    assert_eq!(status, 200, "{body}");
}

fn route<'a>(table: &'a str, destination: &'a str) -> [(&'a str, &'a str); 3] {
    [("RouteTableId", table), ("DestinationCidrBlock", destination), ("NextHopId", "i-bp1impact")]
}

#[tokio::test]
async fn the_header_tells_those_who_ask() {
    let engine = engine(config());
    let table = network(&engine).await;
    let create = |destination| route(&table, destination);
    let vpc = "2016-04-28";
    let told =
        header(&engine, vpc, "CreateRouteEntry", &create("10.0.0.0/24"), true).await.unwrap();
    let moved = &told["Tables"][0]["Moves"][0];
    assert_eq!(
        (&moved["Effect"], &moved["Destinations"]),
        (&json!("Restored"), &json!(["10.0.0.0/24"]))
    );
    // Those who do not ask, and those who are refused, are told nothing.
    let quiet = header(&engine, vpc, "CreateRouteEntry", &create("10.0.1.0/24"), false).await;
    assert_eq!(quiet, None);
    let again = create("10.0.1.0/24");
    assert_eq!(call(&engine, "CreateRouteEntry", &again).await.0, 400);
    assert_eq!(header(&engine, vpc, "CreateRouteEntry", &again, true).await, None);
    // What changes no way says so.
    let label = [("CidrBlock", "172.16.0.0/12")];
    let told = header(&engine, vpc, "CreateVpc", &label, true).await.unwrap();
    assert_eq!(told, json!({"Tables": [], "Truncated": false}));
    engine.stop();
}

#[tokio::test]
async fn what_moves_when_work_ends_is_told_then() {
    let engine = engine(causeway_engine::Config { tasks: TaskLength::Manual, ..config() });
    let table = network(&engine).await;
    let create = route(&table, "10.0.0.0/24");
    let told = header(&engine, "2016-04-28", "CreateRouteEntry", &create, true).await.unwrap();
    assert_eq!(told["Tables"], json!([]));
    let told = header(&engine, OWN, "CompleteTasks", &[], true).await.unwrap();
    assert_eq!(told["Tables"][0]["Moves"][0]["Destinations"], json!(["10.0.0.0/24"]));
    engine.stop();
}
