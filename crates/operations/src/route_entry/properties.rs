//! No sequence of requests breaks what holds for routes.

use crate::testing::route_invariants::{check, lasting_ids};
use crate::testing::routes::route_item;
use crate::testing::{World, invariants};
use causeway_model::TaskLength;
use causeway_spec::Refusal;
use causeway_types::{RouteEntryId, TypedId};
use proptest::prelude::*;
use serde_json::Value;

const TABLES: [&str; 4] = ["$vtb", "$custom", "$vtb2", "vtb-unknown****"];
const DESTINATIONS: [&str; 14] = [
    "10.0.1.0/24",
    "10.0.2.0/24",
    "10.0.2.0/25",
    "10.0.0.0/8",
    "10.0.0.1",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/64",
    "2001:DB8:0::/64",
    "192.168.1.0/24",
    "192.168.1.64/26",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "x",
];
const HOPS: [(&str, &str); 8] = [
    ("Instance", "$i"),
    ("NetworkInterface", "$eni"),
    ("VpnGateway", "$vpn"),
    ("HaVip", "$havip"),
    ("Attachment", "$trattach"),
    ("RouterInterface", "$ri"),
    ("NatGateway", "ngw-unknown"),
    ("IPv6Gateway", "$ipv6gw"),
];

/// A table, a destination and a next hop, by their place in the lists above.
type Pick = (usize, usize, usize);

#[derive(Clone, Debug)]
enum Step {
    CreateBatch(Vec<Pick>),
    Create(Pick),
    CreateWithList(usize),
    DeleteBatch(Vec<Pick>),
    Delete(Pick),
    FinishTasks,
}

fn pick() -> impl Strategy<Value = Pick> {
    // The first tables and next hops more often than the others.
    let table = prop_oneof![6 => 0..2_usize, 1 => 2..TABLES.len()];
    (table, 0..DESTINATIONS.len(), 0..HOPS.len())
}

/// A batch stays in one VPC, so that most are valid.
fn batch() -> impl Strategy<Value = Vec<Pick>> {
    prop_oneof![
        9 => prop::collection::vec((0..2_usize, 0..DESTINATIONS.len(), 0..HOPS.len()), 1..5),
        1 => prop::collection::vec(pick(), 1..4),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => batch().prop_map(Step::CreateBatch),
        4 => pick().prop_map(Step::Create),
        1 => (0..DESTINATIONS.len()).prop_map(Step::CreateWithList),
        2 => batch().prop_map(Step::DeleteBatch),
        2 => pick().prop_map(Step::Delete),
        3 => Just(Step::FinishTasks),
    ]
}

fn world(manual: bool) -> World {
    let mut world = World::scene();
    world.second_vpc();
    world.context.tasks = if manual { TaskLength::Manual } else { TaskLength::Immediate };
    let quotas = &mut world.context.quotas;
    (quotas.custom_routes_per_table, quotas.vpn_routes_per_vpc) = (4, 2);
    (quotas.attachment_routes_per_vpc, quotas.routes_per_havip) = (2, 2);
    world
}

/// Calls a batch operation, and checks that its answer adds up.
fn call_batch(world: &mut World, action: &str, picks: &[Pick]) -> Option<Value> {
    let item = |pick: &Pick| {
        let (kind, hop) = HOPS[pick.2];
        let mut item = route_item(&(TABLES[pick.0], DESTINATIONS[pick.1], kind, hop));
        item.retain(|(name, _)| action == "CreateRouteEntries" || *name != "NextHopType");
        item
    };
    let items: Vec<_> = picks.iter().map(item).collect();
    let answer = world.call_batch(action, &items).ok()?;
    let failed = answer["FailedRouteEntries"].as_array().unwrap();
    assert_eq!(answer["FailedCount"], failed.len());
    assert_eq!(answer["SuccessCount"], picks.len() - failed.len());
    Some(answer)
}

fn create(world: &mut World, (table, destination, hop): Pick) -> Result<Value, Refusal> {
    let (kind, hop) = HOPS[hop];
    world.create_route((TABLES[table], DESTINATIONS[destination], kind, hop))
}

fn create_with_list(world: &mut World, destination: usize) -> Result<Value, Refusal> {
    let request = [
        ("RouteTableId", TABLES[0]),
        ("DestinationCidrBlock", DESTINATIONS[destination]),
        ("NextHopList.1.NextHopId", "$ri"),
        ("NextHopList.2.NextHopId", "$ri2"),
    ];
    world.call("CreateRouteEntry", &request)
}

fn delete(world: &mut World, (table, destination, hop): Pick) -> bool {
    let request = [
        ("RouteTableId", TABLES[table]),
        ("DestinationCidrBlock", DESTINATIONS[destination]),
        ("NextHopId", HOPS[hop].1),
    ];
    world.call("DeleteRouteEntry", &request).is_ok()
}

/// Takes one step; the ids it made, and how many routes it removed.
fn take(world: &mut World, step: &Step) -> (Vec<RouteEntryId>, usize) {
    let id = |id: &Value| RouteEntryId::from_text(id.as_str().unwrap());
    let single = |answer: Result<Value, Refusal>| match answer {
        Ok(answer) => (vec![id(&answer["RouteEntryId"])], 0),
        Err(_) => (vec![], 0),
    };
    match step {
        Step::CreateBatch(picks) => {
            let answer = call_batch(world, "CreateRouteEntries", picks);
            let Some(answer) = answer else { return (vec![], 0) };
            let ids: Vec<_> = answer["RouteEntryIds"].as_array().unwrap().iter().map(id).collect();
            assert_eq!(answer["SuccessCount"], ids.len()); // S-RE-51
            (ids, 0)
        }
        Step::DeleteBatch(picks) => {
            let answer = call_batch(world, "DeleteRouteEntries", picks);
            (vec![], answer.map_or(0, |it| it["SuccessCount"].as_u64().unwrap() as usize))
        }
        Step::Create(pick) => single(create(world, *pick)),
        Step::CreateWithList(destination) => single(create_with_list(world, *destination)),
        Step::Delete(pick) => (vec![], usize::from(delete(world, *pick))),
        Step::FinishTasks => {
            world.finish_tasks();
            (vec![], 0)
        }
    }
}

proptest! {
    #[test]
    fn no_sequence_of_requests_breaks_the_routes(
        manual: bool,
        steps in prop::collection::vec(step(), 1..25),
    ) {
        let mut world = world(manual);
        for step in &steps {
            let before = lasting_ids(&world);
            let (made, removed) = take(&mut world, step);
            check(&world);
            invariants::check(&world.tenant);
            let after = lasting_ids(&world);
            let gone = before.difference(&after).count();
            let new: Vec<_> = after.difference(&before).copied().collect();
            prop_assert_eq!(gone, removed, "{:?}", step);
            prop_assert_eq!(new.len(), made.len(), "{:?}", step);
            prop_assert!(made.iter().all(|id| after.contains(id)), "{:?}", step);
        }
    }
}

/// The sequences above are worth something only if their requests are often accepted.
#[test]
fn the_universe_of_the_property_is_lively() {
    let mut world = world(false);
    let all = (0..HOPS.len()).flat_map(|hop| (0..DESTINATIONS.len()).map(move |to| (0, to, hop)));
    let picks: Vec<Pick> = all.collect();
    let mut seen = std::collections::BTreeSet::new();
    for pick in picks {
        match create(&mut world, pick) {
            Ok(_) => seen.insert("made".to_owned()),
            Err(refusal) => seen.insert(refusal.code.into()),
        };
    }
    for code in [
        "made",
        "InvalidCidrBlock",
        "InvalidCidrBlock.Malformed",
        "InvalidCIDRBlock.Duplicate",
        "QuotaExceeded",
        "InvalidNatGatewayId.NotFound",
    ] {
        assert!(seen.contains(code), "{code} not in {seen:?}");
    }
}
