use crate::testing::World;
use causeway_model::next_hop::NextHopType;
use causeway_model::resource::Resource;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, TaskLength};

#[test]
fn every_kind_of_next_hop_is_made_ready() {
    let mut world = World::scene();
    for kind in NextHopType::ALL {
        let request = [("ResourceType", kind.text()), ("VpcId", "$vpc")];
        let made = world.call("RegisterResource", &request).unwrap();
        let id = made["ResourceId"].as_str().unwrap();
        assert!(id.starts_with(kind.prefix().text()), "{id}");
        let listed = world.call("ListResources", &[("ResourceType", kind.text())]).unwrap();
        let rows = listed["Resources"].as_array().unwrap();
        let row = rows.iter().find(|row| row["ResourceId"] == id).unwrap();
        assert_eq!(row["Status"], kind.ready_status());
    }
}

#[test]
fn ids_and_states_can_be_given() {
    let mut world = World::scene();
    let request = [
        ("ResourceType", "HaVip"),
        ("VpcId", "$vpc"),
        ("ResourceId", "havip-x"),
        ("Status", "Creating"),
    ];
    world.call("RegisterResource", &request).unwrap();
    let resource = world.tenant.get::<Resource>(&"havip-x".parse().unwrap()).unwrap();
    assert_eq!(&*resource.status, "Creating");
    let again = world.refusal("RegisterResource", &request);
    assert_eq!(again.code, "ResourceAlreadyExists");
    assert_eq!(again.message, "There is already a resource with the id havip-x.");
}

#[test]
fn bad_requests_say_what_is_wanted() {
    let mut world = World::scene();
    for (kind, more, code) in [
        ("instance", ("VpcId", "$vpc"), "InvalidResourceType"),
        ("Instance", ("Status", "x"), "MissingVpcId"),
        ("Instance", ("VpcId", "vpc-none"), "InvalidVpcId.NotFound"),
        ("TransitRouterVpnAttachment", ("VpcId", "$vpc"), "MissingVpnConnectionId"),
        (
            "TransitRouterVpnAttachment",
            ("VpnConnectionId", "vco-none"),
            "InvalidVpnConnectionInstanceId.NotFound",
        ),
        (
            "TransitRouterVpnAttachment",
            ("VpnConnectionId", "$vco"),
            "OperationDenied.VpnConnectionInUse",
        ),
        (
            "TransitRouterVpnAttachment",
            ("VpnConnectionId", "$att"),
            "OperationDenied.VpnConnectionInUse",
        ),
    ] {
        let refusal = world.refusal("RegisterResource", &[("ResourceType", kind), more]);
        assert_eq!(refusal.code, code, "{kind} {more:?}");
    }
    for (kind, name, value, code) in [
        ("Instance", "ResourceId", "havip-x", "InvalidResourceId.Malformed"),
        ("Instance", "ResourceId", "i-X", "InvalidResourceId.Malformed"),
        ("Instance", "ResourceId", "i-012345678901234567890123", "InvalidResourceId.Malformed"),
        ("Instance", "Status", "", "InvalidStatus.Malformed"),
        ("VpnGateway", "Status", "active", "InvalidStatus.NotSettable"),
        ("VpnGateway", "PbrSupport", "some", "InvalidPbrSupport"),
        ("VpnGateway", "ResourceId", "$vpn", "ResourceAlreadyExists"),
    ] {
        let request = [("ResourceType", kind), ("VpcId", "$vpc"), (name, value)];
        assert_eq!(world.refusal("RegisterResource", &request).code, code, "{request:?}");
    }
    let attach = [
        ("ResourceType", "TransitRouterVpnAttachment"),
        ("VpnConnectionId", "$free"),
        ("TransitRouterId", "vpc-x"),
    ];
    assert_eq!(world.refusal("RegisterResource", &attach).code, "InvalidParameter");
}

#[test]
fn old_gateways_can_be_rehearsed() {
    let mut world = World::scene();
    for (support, priority, image) in
        [("none", "false", "false"), ("no-priority", "false", "true"), ("full", "true", "true")]
    {
        let request = [("ResourceType", "VpnGateway"), ("VpcId", "$vpc"), ("PbrSupport", support)];
        let made = world.call("RegisterResource", &request).unwrap();
        let id = [("VpnGatewayId", made["ResourceId"].as_str().unwrap())];
        let read = world.call("DescribeVpnGateway", &id).unwrap();
        assert_eq!((&read["Status"], &read["VpcId"]), (&"active".into(), &"vpc-bp1scene".into()));
        let tag: serde_json::Value = serde_json::from_str(read["Tag"].as_str().unwrap()).unwrap();
        let seen = (&tag["PbrPriority"], &tag["VpnNewImage"]);
        assert_eq!(seen, (&priority.into(), &image.into()));
    }
}

#[test]
fn attachment_and_connection_move_together() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let request = [
        ("ResourceType", "TransitRouterVpnAttachment"),
        ("VpnConnectionId", "$free"),
        ("TransitRouterId", "tr-mine"),
        ("ResourceId", "tr-attach-mine"),
    ];
    world.call("RegisterResource", &request).unwrap();
    let states = |world: &mut World| {
        let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", "$free")]).unwrap();
        assert_eq!(read["TransitRouterId"], "tr-mine");
        let id = "tr-attach-mine".parse().unwrap();
        let resource = world.tenant.get::<Resource>(&id).unwrap();
        (read["State"].as_str().unwrap().to_owned(), resource.status.to_string())
    };
    assert_eq!(states(&mut world), ("attaching".into(), "Attaching".into()));
    world.finish_tasks();
    assert_eq!(states(&mut world), ("attached".into(), "Attached".into()));
}

#[test]
fn a_vpc_on_its_way_out_takes_nothing_more() {
    let mut world = World::new();
    let made = world.call("CreateVpc", &[]).unwrap();
    let vpc = ("VpcId", made["VpcId"].as_str().unwrap());
    world.context.tasks = TaskLength::Manual;
    world.call("DeleteVpc", &[vpc]).unwrap();
    for kind in ["Instance", "VpnGateway"] {
        let refusal = world.refusal("RegisterResource", &[("ResourceType", kind), vpc]);
        assert_eq!(refusal.code, "IncorrectVpcStatus");
    }
}

#[test]
fn what_is_registered_is_counted() {
    let mut world = World::scene();
    let vpc = ("VpcId", "$vpc");
    let (instance, peer) =
        ([("ResourceType", "Instance"), vpc], [("ResourceType", "VpcPeer"), vpc]);
    let in_vpc = |resource: &&Resource| resource.vpc() == Some(world.id("$vpc"));
    let resources = world.tenant.all::<Resource>().filter(in_vpc).count();
    world.context.quotas.registered_resources_per_vpc = resources + 2;
    world.call("RegisterResource", &instance).unwrap();
    world.call("RegisterResource", &peer).unwrap();
    for one_more in [&instance, &peer] {
        assert_eq!(world.refusal("RegisterResource", one_more).code, "QuotaExceeded.Resource");
    }
    let gateway = [("ResourceType", "VpnGateway"), vpc];
    world.context.quotas.vpn_gateways = world.tenant.all::<VpnGateway>().count() + 1;
    world.call("RegisterResource", &gateway).unwrap();
    assert_eq!(world.refusal("RegisterResource", &gateway).code, "Resource.QuotaFull");
}
