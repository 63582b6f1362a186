use crate::testing::World;
use causeway_model::Read;
use causeway_model::TaskLength;
use causeway_model::route_table::{RouteTable, RouteTableStatus};
use causeway_model::task::Task;
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_types::{RouteTableId, VpcId};

type Item<'a> = Vec<(&'a str, &'a str)>;

fn place<'a>(table: &'a str, destination: &'a str, next_hop: &'a str) -> Item<'a> {
    vec![("RouteTableId", table), ("DstCidrBlock", destination), ("NextHop", next_hop)]
}

fn with_routes() -> (World, Vec<String>) {
    let mut world = World::scene();
    let routes = [
        ("$vtb", "10.0.1.0/24", "Instance", "$i"),
        ("$vtb", "10.0.2.0/24", "Instance", "$i"),
        ("$custom", "10.0.1.0/24", "NatGateway", "$ngw"),
    ];
    let made = world.create_routes(&routes).unwrap();
    let ids = made["RouteEntryIds"].as_array().unwrap().iter();
    (world, ids.map(|id| id.as_str().unwrap().to_owned()).collect())
}

#[test]
fn a_batch_deletes_by_place_and_by_id() {
    let (mut world, ids) = with_routes();
    world.context.tasks = TaskLength::Manual;
    let by_id = vec![("RouteTableId", "$vtb"), ("RouteEntryId", ids[1].as_str())];
    let items =
        [place("$vtb", "10.0.1.0/24", "$i"), by_id, place("$custom", "10.0.1.0/24", "$ngw")];
    let answer = world.call_batch("DeleteRouteEntries", &items).unwrap();
    let expected = serde_json::json!(
        {"SuccessCount": 3, "FailedCount": 0, "FailedRouteEntries": []}
    );
    assert_eq!(answer, expected);
    let custom = [("RouteTableId", "$vtb"), ("RouteEntryType", "Custom")];
    assert!(world.routes(&custom).iter().all(|route| route["Status"] == "Deleting"));
    assert_eq!(world.tenant.all::<Task>().count(), 1);
    world.finish_tasks();
    assert_eq!(world.routes(&custom).len(), 0);
}

#[test]
fn what_fails_is_told_in_the_callers_words() {
    let (mut world, ids) = with_routes();
    let system = world.routes(&[("RouteTableId", "$vtb"), ("RouteEntryType", "System")]);
    let system = system[0]["RouteEntryId"].as_str().unwrap();
    let by_id = |table, id| vec![("RouteTableId", table), ("RouteEntryId", id)];
    let items = [
        place("$vtb", "10.0.1.0/24", "i-unknown"),
        place("$vtb", " x", "$i"),
        by_id("$custom", ids[0].as_str()),
        by_id("$vtb", system),
        by_id("$vtb", "rte-unknown****"),
        place("$vtb", "10.0.2.0/24", "$i"),
        by_id("$vtb", ids[1].as_str()),
    ];
    let answer = world.call_batch("DeleteRouteEntries", &items).unwrap();
    assert_eq!((&answer["SuccessCount"], &answer["FailedCount"]), (&1.into(), &6.into()));
    let failed = answer["FailedRouteEntries"].as_array().unwrap();
    let codes: Vec<_> = failed.iter().map(|item| item["FailedCode"].as_str().unwrap()).collect();
    let absent = "VPC_ROUTER_ENTRY_NOT_EXIST";
    let unstable = "VPC_ROUTE_ENTRY_STATUS_ERROR";
    assert_eq!(codes, [absent, absent, absent, "Forbidden", absent, unstable]);
    assert_eq!(failed[0]["FailedMessage"], "vRouterEntry not exists");
    assert_eq!(
        (&failed[0]["NextHop"], &failed[0]["RouteEntryId"]),
        (&"i-unknown".into(), &"".into())
    );
    assert_eq!(failed[1]["DstCidrBlock"], " x");
    assert_eq!(failed[4]["RouteEntryId"], "rte-unknown****");
}

#[test]
fn the_request_as_a_whole_can_be_wrong() {
    let (mut world, _) = with_routes();
    world.second_vpc();
    let one = place("$vtb", "10.0.1.0/24", "$i");
    for (items, status, code) in [
        (vec![one[1..].to_vec()], 400, "MissingParam.RouteTableId"),
        (vec![vec![one[0], one[2]]], 400, "MissingParam.DstCidrBlock"),
        (vec![one[..2].to_vec()], 400, "MissingParam.NextHop"),
        (vec![one.clone(); 51], 400, "InvalidParameter"),
        (vec![one.clone(), place("$vtb2", "10.0.1.0/24", "$i")], 400, "InvalidParameter"),
        (vec![place("vtb-unknown****", "x", "y")], 404, "InvalidRouteTableId.NotFound"),
    ] {
        let refusal = world.batch_refusal("DeleteRouteEntries", &items);
        assert_eq!((refusal.status, &*refusal.code), (status, code));
    }
    let nothing = world.call_batch("DeleteRouteEntries", &[]).unwrap();
    assert_eq!((&nothing["SuccessCount"], &nothing["FailedCount"]), (&0.into(), &0.into()));
}

#[test]
fn a_busy_vpc_keeps_its_routes() {
    let (mut world, _) = with_routes();
    world.context.tasks = TaskLength::Manual;
    let items = [place("$vtb", "10.0.1.0/24", "$i")];
    world.create_route(("$vtb", "10.0.9.0/24", "Instance", "$i")).unwrap();
    let refusal = world.batch_refusal("DeleteRouteEntries", &items);
    let message = "The operation is too frequent. Please wait a moment and try again.";
    assert_eq!((&*refusal.code, &*refusal.message), ("TaskConflict", message)); // S-RE-06
    let table = world.id::<RouteTableId>("$vtb");
    world.update::<RouteTable>(&table, |table| table.status = RouteTableStatus::Deleting);
    let refusal = world.batch_refusal("DeleteRouteEntries", &items);
    assert_eq!(refusal.code, "IncorrectStatus.RouteTableStatus");
    let vpc = world.id::<VpcId>("$vpc");
    world.update::<Vpc>(&vpc, |vpc| vpc.status = VpcStatus::Pending);
    assert_eq!(world.batch_refusal("DeleteRouteEntries", &items).code, "IncorrectVpcStatus");
}
