//! The declared parameters against the provider's published metadata (tests/metadata.json), and
//! against the parameter tables of the four specified operations, which win where they differ.

use causeway_operations::{Declaration, all, find};
use causeway_spec::{Parameter, Product, Shape};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const VERSION: &str = "2016-04-28";

/// Parameters of every operation that the protocol takes and ignores.
const COMMON: &[&str] = &["OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"];

/// Operations of the product that the metadata does not have, with what they are taken from.
const UNPUBLISHED: &[(&str, &str)] = &[];

/// Deliberate differences: operation, parameter, reason. An entry that no longer differs fails.
const DIFFERENCES: &[(&str, &str, &str)] = &[(
    "CreateRouteEntries",
    "RouteEntries.NextHopType",
    "decision A6: S-RE-31 marks a default, so it may be absent",
)];

fn metadata() -> Map<String, Value> {
    let text: Value = serde_json::from_str(include_str!("metadata.json")).unwrap();
    text["operations"].as_object().unwrap().clone()
}

fn declarations() -> impl Iterator<Item = &'static Declaration> {
    all().map(|entry| &entry.declaration).filter(|it| it.product == Product::Vpc)
}

/// What is wrong with an operation's declaration, by parameter.
fn differences(it: &Declaration, published: &Map<String, Value>) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    let is_required = |name: &str| published.get(name).and_then(|it| it["required"].as_bool());
    for (name, agrees) in [
        // The pipeline takes an optional RegionId everywhere, so only a required one is declared.
        ("RegionId", it.region_required == (is_required("RegionId") == Some(true))),
        ("ClientToken", it.client_token || is_required("ClientToken").is_none()),
        ("DryRun", it.dry_run || is_required("DryRun").is_none()),
    ] {
        if !agrees {
            found.push((name.to_owned(), "is not declared as published"));
        }
    }
    let of_pipeline = ["RegionId", "ClientToken", "DryRun"];
    let own = published.iter().filter(|(name, _)| !of_pipeline.contains(&name.as_str()));
    compare("", it.parameters, own, &mut found);
    found
}

fn compare<'a>(
    before: &str,
    declared: &[Parameter],
    published: impl Iterator<Item = (&'a String, &'a Value)>,
    found: &mut Vec<(String, &'static str)>,
) {
    for (name, it) in published.filter(|(name, _)| !COMMON.contains(&name.as_str())) {
        let path = format!("{before}{name}");
        let Some(parameter) = declared.iter().find(|parameter| parameter.name == name) else {
            found.push((path, "is missing"));
            continue;
        };
        if Some(parameter.required) != it["required"].as_bool() {
            found.push((path.clone(), "is required in one and optional in the other"));
        }
        if !is_compatible(&parameter.shape, it) {
            found.push((path, "has another type"));
        } else if let (Shape::List(Shape::Struct(members)), Some(subs)) =
            (parameter.shape, it["subs"].as_object())
        {
            compare(&format!("{path}."), members, subs.iter(), found);
        }
    }
}

fn is_compatible(shape: &Shape, published: &Value) -> bool {
    let has_members = published.get("subs").is_some();
    match (published["type"].as_str().unwrap(), shape) {
        ("String", Shape::Text | Shape::Json) => true,
        ("Integer" | "Long", Shape::Integer) => true,
        ("Boolean", Shape::Boolean) => true,
        ("RepeatList", Shape::List(Shape::Struct(_))) => has_members,
        ("RepeatList", Shape::List(_)) => !has_members,
        ("Array", Shape::List(_) | Shape::Json) => true,
        _ => false,
    }
}

#[test]
fn parameters_are_declared_as_published() {
    let metadata = metadata();
    let mut unexplained = Vec::new();
    let mut explained = BTreeSet::new();
    for it in declarations() {
        let Some(published) = metadata.get(it.name) else { continue };
        for (parameter, problem) in differences(it, published.as_object().unwrap()) {
            if DIFFERENCES.iter().any(|(name, path, _)| *name == it.name && *path == parameter) {
                explained.insert((it.name, parameter));
            } else {
                unexplained.push(format!("{}.{parameter} {problem}", it.name));
            }
        }
    }
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    for (name, path, _) in DIFFERENCES {
        assert!(explained.contains(&(*name, path.to_string())), "{name}.{path} agrees by now");
    }
}

#[test]
fn operations_are_published_or_known_not_to_be() {
    let metadata = metadata();
    for it in declarations() {
        let known = UNPUBLISHED.iter().any(|(name, _)| *name == it.name);
        assert_ne!(metadata.contains_key(it.name), known, "{}", it.name);
    }
}

#[test]
fn the_comparison_sees_differences() {
    let published = serde_json::json!({
        "RegionId": {"type": "String", "required": false},
        "CidrBlock": {"type": "Integer", "required": true},
        "Gone": {"type": "String", "required": false},
        "OwnerId": {"type": "Long", "required": false},
    });
    let it = &find(VERSION, "CreateVpc").unwrap().declaration;
    let found = differences(it, published.as_object().unwrap());
    let paths: Vec<_> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["RegionId", "CidrBlock", "CidrBlock", "Gone"]);
}

/// A parameter table: name, type, whether required. Lists are named with their members.
type Table = &'static [(&'static str, Shape, bool)];

const ROUTE_ENTRIES: Table = &[
    ("DstCidrBlock", Shape::Text, true),
    ("RouteTableId", Shape::Text, true),
    ("IpVersion", Shape::Integer, false),
    ("NextHop", Shape::Text, true),
    // S-RE-30 says required, S-RE-31 names a default: decision A6 lets it be absent.
    ("NextHopType", Shape::Text, false),
    ("Name", Shape::Text, false),
    ("Description", Shape::Text, false),
];

const VPN_ROUTE: Table = &[
    ("VpnGatewayId", Shape::Text, true),
    ("RouteDest", Shape::Text, true),
    ("NextHop", Shape::Text, true),
    ("Weight", Shape::Integer, true),
    ("PublishVpc", Shape::Boolean, true),
    ("Description", Shape::Text, false),
    ("OverlayMode", Shape::Text, false),
];

const VPN_PBR_ROUTE: Table = &[
    ("VpnGatewayId", Shape::Text, true),
    ("RouteSource", Shape::Text, true),
    ("RouteDest", Shape::Text, true),
    ("NextHop", Shape::Text, true),
    ("Weight", Shape::Integer, true),
    ("PublishVpc", Shape::Boolean, true),
    ("Description", Shape::Text, false), // S-PBR-21
    ("OverlayMode", Shape::Text, false), // S-PBR-22
    ("Priority", Shape::Integer, false),
];

const VCO_ROUTE: Table = &[
    ("VpnConnectionId", Shape::Text, true),
    ("RouteDest", Shape::Text, true),
    ("Weight", Shape::Integer, true),
    ("NextHop", Shape::Text, true),
    ("Description", Shape::Text, false), // S-VCO-15
    ("OverlayMode", Shape::Text, false),
];

fn agrees(operation: &str, declared: &[Parameter], table: Table) {
    let declared: BTreeSet<_> =
        declared.iter().map(|it| (it.name, format!("{:?}", it.shape), it.required)).collect();
    let table =
        table.iter().map(|(name, shape, required)| (*name, format!("{shape:?}"), *required));
    assert_eq!(declared, table.collect(), "{operation}");
}

#[test]
fn a_batch_is_a_required_list_of_structures() {
    let it = &find(VERSION, "CreateRouteEntries").unwrap().declaration;
    assert!(it.region_required && it.dry_run); // S-RE-21, S-RE-22, S-RE-47
    let [batch] = it.parameters else { panic!("{:?}", it.parameters) };
    assert_eq!((batch.name, batch.required), ("RouteEntries", true)); // S-RE-23
    let Shape::List(Shape::Struct(members)) = batch.shape else { panic!("{:?}", batch.shape) };
    agrees(it.name, members, ROUTE_ENTRIES); // S-RE-24
}

#[test]
fn vpn_routes_take_what_their_pages_say() {
    for (operation, table) in [
        ("CreateVpnRouteEntry", VPN_ROUTE), // S-VR-21, S-VR-22, S-VR-23
        ("CreateVpnPbrRouteEntry", VPN_PBR_ROUTE),
        ("CreateVcoRouteEntry", VCO_ROUTE),
    ] {
        let it = &find(VERSION, operation).unwrap().declaration;
        // S-VR-18, S-VR-35, S-PBR-26, S-VCO-20
        assert!(it.region_required && it.client_token && it.dry_run, "{operation}");
        agrees(operation, it.parameters, table);
    }
}
