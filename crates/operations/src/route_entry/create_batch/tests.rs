use crate::testing::World;
use crate::testing::routes::route_item;
use crate::{Operation, route_entry::create_batch::CreateRouteEntries};
use causeway_model::TaskLength;
use causeway_model::next_hop::NextHops;
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableStatus};
use causeway_model::task::Task;
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_model::{Read, RouteStateNames};
use causeway_spec::Access;
use causeway_types::{Id, RouteTableId, VSwitchId, VpcId};

#[test]
fn routes_are_pending_at_first_and_then_available() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let made = world
        .create_routes(&[
            ("$vtb", "10.0.1.0/24", "Instance", "$i"),
            ("$custom", "10.0.0.0/24", "Instance", "$i"), // S-RE-12
        ])
        .unwrap(); // S-RE-01, S-RE-26
    assert_eq!((&made["SuccessCount"], &made["FailedCount"]), (&2.into(), &0.into())); // S-RE-51, S-RE-52
    assert_eq!(made["FailedRouteEntries"].as_array().map(Vec::len), Some(0)); // S-RE-54
    let ids = made["RouteEntryIds"].as_array().unwrap().clone(); // S-RE-60
    assert!(ids.iter().all(|id| id.as_str().unwrap().starts_with("rte-"))); // S-RE-61
    let custom = |world: &mut World, table: &str| {
        world.routes(&[("RouteTableId", table), ("RouteEntryType", "Custom")])
    };
    let (first, second) = (custom(&mut world, "$vtb"), custom(&mut world, "$custom"));
    assert_eq!(first[0]["RouteEntryId"], ids[0]); // in the order of the request
    assert_eq!(second[0]["RouteEntryId"], ids[1]);
    assert_eq!(first[0]["Status"], "Pending"); // S-RE-02, S-RE-03, A2
    world.context.options.route_states = RouteStateNames::Created;
    assert_eq!(custom(&mut world, "$vtb")[0]["Status"], "Creating"); // S-RE-04
    world.finish_tasks();
    assert_eq!(custom(&mut world, "$vtb")[0]["Status"], "Created"); // S-RE-05
    world.context.options.route_states = RouteStateNames::Available;
    assert_eq!(custom(&mut world, "$custom")[0]["Status"], "Available"); // A2
}

#[test]
fn what_fails_is_told_in_the_callers_words_and_stops_nothing() {
    let mut world = World::scene();
    world.create_routes(&[("$vtb", "10.0.0.0/24", "Instance", "$i")]).unwrap();
    world.create_routes(&[("$vtb", "2001:db8::/64", "Instance", "$i")]).unwrap();
    let answer = world
        .create_routes(&[
            ("$vtb", "10.0.0.0/24", "NatGateway", "$ngw"),
            ("$vtb", "2001:DB8:0::/64", "Instance", "$i"),
            ("$vtb", "10.0.9.0/24", "Instance", "$i"),
            ("$vtb", "ten", "Instance", " I "),
        ])
        .unwrap();
    assert_eq!((&answer["SuccessCount"], &answer["FailedCount"]), (&1.into(), &3.into())); // S-RE-50
    let failed = &answer["FailedRouteEntries"]; // S-RE-55
    assert_eq!(failed[0]["DstCidrBlock"], "10.0.0.0/24"); // S-RE-56
    assert_eq!(failed[0]["NextHop"], world.resolve("$ngw")); // S-RE-57
    assert_eq!(failed[0]["FailedCode"], "VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE"); // S-RE-58, S-RE-10
    let message = "Specified CIDR block is already exists, entry.cidrBlock=10.0.0.0/24";
    assert_eq!(failed[0]["FailedMessage"], message); // S-RE-59
    assert_eq!(failed[1]["DstCidrBlock"], "2001:DB8:0::/64");
    let message = "Specified CIDR block is already exists, entry.cidrBlock=2001:db8::/64";
    assert_eq!(failed[1]["FailedMessage"], message);
    assert_eq!((&failed[2]["DstCidrBlock"], &failed[2]["NextHop"]), (&"ten".into(), &" I ".into()));
    let order: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
    assert_eq!(order, ["SuccessCount", "FailedCount", "FailedRouteEntries", "RouteEntryIds"]); // S-RE-62
}

#[test]
fn a_batch_that_only_fails_starts_nothing() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    assert_eq!(world.failed_code(("$vtb", "x", "Instance", "$i")), "InvalidCidrBlock.Malformed");
    assert_eq!(world.tenant.all::<Task>().count(), 0);
}

#[test]
fn the_request_as_a_whole_can_be_wrong() {
    let mut world = World::scene();
    world.second_vpc();
    let mut refusal = |items: &[Vec<(&str, &str)>]| {
        let refusal = world.batch_refusal("CreateRouteEntries", items);
        (refusal.status, format!("{}: {}", refusal.code, refusal.message))
    };
    let one = route_item(&("$vtb", "10.0.0.0/24", "Instance", "$i"));
    let missing = "MissingParam.RouteTableId: The parameter RouteTableId is missing.";
    assert_eq!(refusal(&[]), (400, missing.into())); // S-RE-65, S-RE-23
    assert_eq!(refusal(&[one.clone(), one[1..].to_vec()]), (400, missing.into())); // S-RE-26
    let without = |at: usize| [&one[..at], &one[at + 1..]].concat();
    let missing = "MissingParam.DstCidrBlock: The parameter DstCidrBlock is missing.";
    assert_eq!(refusal(&[without(1)]), (400, missing.into())); // S-RE-25
    let missing = "MissingParam.NextHop: The parameter NextHop is missing.";
    assert_eq!(refusal(&[without(3)]), (400, missing.into())); // S-RE-28
    let duplicate = "InvalidCIDRBlock.Duplicate: Specified CIDR block is already exists.";
    let twice = route_item(&("$vtb", "10.0.0.0/24", "NatGateway", "$ngw"));
    assert_eq!(refusal(&[one.clone(), twice]), (400, duplicate.into())); // S-RE-64, A4
    let spelled = ["::1", "0:0::1/128"].map(|to| route_item(&("$vtb", to, "Instance", "$i")));
    assert_eq!(refusal(&spelled).1, duplicate); // S-RE-64
    let unknown = "InvalidRouteTableId.NotFound: Specified route table does not exist.";
    let nowhere = route_item(&("vtb-bp145q7glnuzd****", "x", "Instance", "$i"));
    assert_eq!(refusal(&vec![nowhere; 51]), (404, unknown.into())); // A7
    let elsewhere = route_item(&("$vtb2", "10.0.0.0/24", "Instance", "$i"));
    let several = "InvalidParameter: The specified parameter \"RouteTableId\" is not valid.";
    assert_eq!(refusal(&[one.clone(), elsewhere]), (400, several.into())); // A7
    let many = "InvalidParameter: The specified parameter \"RouteEntries\" is not valid.";
    assert_eq!(refusal(&vec![one.clone(); 51]), (400, many.into())); // S-RE-24, S-RE-25
    let version = [one.clone(), vec![("IpVersion", "four")]].concat();
    let invalid = "The specified parameter \"RouteEntries.1.IpVersion\" is not valid.";
    assert_eq!(refusal(&[version]).1, format!("InvalidParameter: {invalid}")); // S-RE-27
}

#[test]
fn fifty_items_fit_and_two_hundred_routes() {
    let mut world = World::scene();
    for hundreds in 0..4 {
        let to = |n| format!("10.{hundreds}.{n}.0/24");
        let destinations: Vec<_> = (0..50).map(to).collect();
        let item = |to| ("$custom", to, "Instance", "$i");
        let routes: Vec<_> = destinations.iter().map(|to| item(to.as_str())).collect();
        let answer = world.create_routes(&routes).unwrap();
        assert_eq!(answer["SuccessCount"], 50, "{answer}"); // S-RE-25
    }
    let full = ("$custom", "10.9.0.0/24", "Instance", "$i");
    assert_eq!(world.failed_code(full), "QuotaExceeded"); // S-RE-07
    assert_eq!(world.failed_code(("$vtb", "10.9.0.0/24", "Instance", "$i")), "");
}

#[test]
fn each_success_counts_at_once() {
    let mut world = World::scene();
    world.context.quotas.custom_routes_per_table = 2;
    let answer = world
        .create_routes(&[
            ("$custom", "10.0.1.0/24", "Instance", "$i"),
            ("$custom", "192.168.1.0/25", "Instance", "$i"),
            ("$custom", "10.0.2.0/24", "Instance", "$i"),
            ("$custom", "10.0.3.0/24", "Instance", "$i"),
        ])
        .unwrap();
    assert_eq!(answer["SuccessCount"], 2);
    assert_eq!(answer["FailedRouteEntries"][0]["FailedCode"], "InvalidCidrBlock");
    assert_eq!(answer["FailedRouteEntries"][1]["FailedCode"], "QuotaExceeded"); // S-RE-07
    assert_eq!(answer["FailedRouteEntries"][1]["DstCidrBlock"], "10.0.3.0/24");
}

#[test]
fn a_busy_vpc_takes_no_batch() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let items = [route_item(&("$custom", "10.0.0.0/24", "Instance", "$i"))];
    let refused = |world: &mut World, code: &str| {
        let refusal = world.batch_refusal("CreateRouteEntries", &items);
        assert_eq!((refusal.status, &*refusal.code), (400, code));
        refusal
    };
    let table = world.id::<RouteTableId>("$custom");
    world.update::<RouteTable>(&table, |table| table.associate = AssociateType::Gateway);
    refused(&mut world, "OperationDenied.RouteTableTypeNotPermitted");
    world.create_routes(&[("$vtb", "10.0.9.0/24", "Instance", "$i")]).unwrap();
    let conflict = refused(&mut world, "TaskConflict"); // S-RE-06
    let message = "The operation is too frequent, please wait a moment and try again.";
    assert_eq!(conflict.message, message);
    world.update::<RouteTable>(&table, |table| table.status = RouteTableStatus::Pending);
    refused(&mut world, "IncorrectStatus.RouteTableStatus");
    let vswitch = world.id::<VSwitchId>("$vsw");
    world.update::<VSwitch>(&vswitch, |vswitch| vswitch.status = VSwitchStatus::Pending);
    refused(&mut world, "TaskConflict");
    let vpc = world.id::<VpcId>("$vpc");
    world.update::<Vpc>(&vpc, |vpc| vpc.status = VpcStatus::Pending);
    refused(&mut world, "IncorrectVpcStatus");
}

#[test]
fn requests_of_one_commit_conflict_too() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let route = |destination| {
        [
            ("RouteEntries.1.RouteTableId", "$vtb"),
            ("RouteEntries.1.DstCidrBlock", destination),
            ("RouteEntries.1.NextHop", "$i"),
        ]
    };
    let (first, second) = (route("10.0.0.0/24"), route("10.0.1.0/24"));
    let answer = world.behind(("CreateRouteEntries", &first), ("CreateRouteEntries", &second));
    assert_eq!(answer.unwrap_err().code, "TaskConflict"); // S-RE-06, A9
}

#[test]
fn an_entry_in_transition_is_told_apart() {
    let mut world = World::scene();
    let table = world.id::<RouteTableId>("$vtb");
    for (origin, status, code) in [
        (RouteOrigin::User, RouteStatus::Pending, "VPC_ROUTE_ENTRY_STATUS_ERROR"),
        (RouteOrigin::User, RouteStatus::Deleting, "VPC_ROUTE_ENTRY_STATUS_ERROR"),
        (RouteOrigin::User, RouteStatus::Available, "VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE"),
        (RouteOrigin::Published, RouteStatus::Available, "VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE"),
    ] {
        let mut world = world.copy();
        world.put(RouteEntry {
            key: RouteKey { table, destination: "10.0.0.0/24".parse().unwrap(), origin },
            id: id_in_table(table, 1),
            next_hops: NextHops::One(Id::from_text(&world.resolve("$vpn"))),
            status,
            labels: None,
            modified: world.context.now,
        });
        assert_eq!(world.failed_code(("$vtb", "10.0.0.0/24", "RouterInterface", "$ri")), code);
    }
    assert_eq!(world.failed_code(("$vtb", "10.0.0.0/24", "RouterInterface", "$ri")), "");
}

#[test]
fn every_table_of_the_batch_is_authorized() {
    let declaration = CreateRouteEntries::DECLARATION;
    assert_eq!(declaration.name, "CreateRouteEntries"); // S-RE-14
    assert_eq!(declaration.access, Access::Create); // S-RE-15
    assert_eq!(declaration.resources, ["routetable/{RouteEntries.RouteTableId}"]); // S-RE-16, S-RE-17
    assert!(declaration.region_required && declaration.dry_run); // S-RE-21, S-RE-22, S-RE-47
    assert!(!declaration.client_token && declaration.asynchronous); // S-RE-02
}
