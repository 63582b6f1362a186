use super::named_call;
use crate::catalogue::Entry;
use crate::{Authorized, Operation, Query, Run};
use causeway_forward::Links;
use causeway_forward::impact::{Impact, Limits, impact};
use causeway_model::{Changes, Context, TaskLength, Tenant, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Tells what a change would do to forwarding, and changes nothing.
///
/// It runs the change as the operation itself would, its asynchronous work included, and compares which
/// way packets go before and after: what takes another way, what falls into a black hole, what arrives
/// again, and which routes no packet could take any more. What the operation would refuse is refused with
/// its own error. Packets that leave vSwitches are spoken of, and those that enter by a gateway with a
/// route table of its own. The caller needs the right to the operation as well.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The operation that would change something.
    #[parameter(example = "DeleteRouteEntry")]
    operation: String,
    /// Its API version; needed where several products have the name.
    #[parameter(example = "2016-04-28")]
    operation_version: Option<String>,
    /// Its parameters, a JSON object of names as requests write them (`RouteEntries.1.DstCidrBlock`)
    /// with texts, numbers or truth values.
    #[parameter(example = r#"{"RouteEntryId":"rte-bp1mnnr2al0naomnpv****"}"#)]
    parameters: Option<String>,
}

/// What would move.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    /// Whether forwarding would change at all.
    changes_forwarding: bool,
    /// By table what would change.
    #[serde(flatten)]
    impact: Impact,
    /// All of it in words.
    text: String,
}

errors! {
    /// What `DescribeImpact` refuses, beside what the operation itself would.
    pub enum Error {
        /// No such operation, or no such version.
        OperationNotFound = 404, "InvalidOperation.NotFound",
            "There is no operation {} of that version.", "chosen";
        /// The operation only reads, or is not about networks.
        ChangesNothing = 400, "InvalidOperation.NoImpact",
            "The operation {} cannot change forwarding.", "chosen";
    }
}

/// See [`Request`].
pub struct DescribeImpact;

impl Operation for DescribeImpact {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Get,
        resources: &["impact/*"],
        examples: &[
            Example {
                title: "A route that would take traffic to an instance",
                request: &[
                    ("Operation", "CreateRouteEntry"),
                    (
                        "Parameters",
                        r#"{"RouteTableId":"$vtb","DestinationCidrBlock":"10.0.0.0/24","NextHopId":"$i"}"#,
                    ),
                ],
                answer: r#"{"ChangesForwarding":true,"Truncated":false,"Tables":[{"Kind":"RouteTable",
                    "Id":"$vtb","Moves":[{"Destinations":["10.0.0.0/24"],"Effect":"Restored"}]}]}"#,
            },
            Example {
                title: "Nothing takes another way",
                request: &[
                    ("Operation", "SetLinkState"),
                    ("Parameters", r#"{"LinkId":"$vco","State":"down"}"#),
                ],
                answer: r#"{"ChangesForwarding":false,"Tables":[]}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("DescribeImpact")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeImpact {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let parameters = named_call::parameters(request.parameters.as_deref(), context)?;
        let entry = operation(&request)?;
        let prepared = entry.prepare(&parameters)?;
        // Its work is done at once: what would move is what will have moved in the end.
        let context = Context { tasks: TaskLength::Immediate, ..context.clone() };
        let nothing = Changes::default();
        let mut txn = Txn::new(tenant, &nothing, &context, tenant.revision() + 1);
        prepared.run(Run::Change(&mut txn), request.caller())?;
        let (before, after) = (Links::of(tenant), Links::of(&txn));
        let impact = impact((tenant, &before), (&txn, &after), txn.changes(), &Limits::USUAL);
        let text = impact.text();
        Ok(Response { changes_forwarding: !impact.is_empty(), impact, text })
    }
}

fn operation(request: &Request) -> Result<&'static Entry, Refusal> {
    let name = request.operation.as_str();
    let entry = named_call::operation(name, request.operation_version.as_deref());
    let entry = entry.ok_or_else(|| Error::OperationNotFound.with(name))?;
    if !entry.writes || entry.declaration.product.is_global() {
        return Err(Error::ChangesNothing.with(name));
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::{Read, TaskLength};
    use serde_json::{Value, json};

    fn impact(world: &mut World, operation: &str, parameters: &Value) -> Value {
        let parameters = world.resolve(&parameters.to_string());
        let before = world.tenant.clone();
        let own = [("Operation", operation), ("Parameters", &parameters)];
        let answer = world.call("DescribeImpact", &own).unwrap();
        assert_eq!(world.tenant, before, "asking changed something");
        answer
    }

    fn create(world: &mut World, next_hop: &str, weight: &str) {
        let parameters = [
            ("VpnGatewayId", "$vpn"),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", next_hop),
            ("Weight", weight),
            ("PublishVpc", "true"),
        ];
        world.call("CreateVpnRouteEntry", &parameters).unwrap();
    }

    /// The move of a table, which has just one.
    fn only<'v>(world: &World, answer: &'v Value, table: &str) -> &'v Value {
        let tables = answer["Tables"].as_array().unwrap();
        let id = world.resolve(table);
        let table = tables.iter().find(|it| it["Id"] == id).unwrap_or_else(|| panic!("{answer:#}"));
        assert_eq!(table["Moves"].as_array().unwrap().len(), 1, "{answer:#}");
        &table["Moves"][0]
    }

    #[test]
    fn asynchronous_work_counts_as_done() {
        let mut world = World::scene();
        world.context.tasks = TaskLength::Manual;
        let route = json!({"VpnGatewayId": "$vpn", "RouteDest": "10.0.0.0/24", "NextHop": "$vco",
            "Weight": 100, "PublishVpc": true});
        let answer = impact(&mut world, "CreateVpnRouteEntry", &route);
        let moved = only(&world, &answer, "$vtb");
        assert_eq!(moved["Effect"], "Restored");
        assert_eq!(moved["Destinations"], json!(["10.0.0.0/24"]));
        assert_eq!(moved["After"][0]["Via"], json!([world.resolve("$vpn"), world.resolve("$vco")]));
        let text = answer["Text"].as_str().unwrap();
        assert!(text.contains("reachable again: 10.0.0.0/24\n"), "{text}");
    }

    #[test]
    fn a_published_route_without_one_on_the_gateway_is_a_black_hole() {
        let mut world = World::scene();
        let route = json!({"RouteTableId": "$vtb", "DestinationCidrBlock": "10.0.0.0/8",
            "NextHopId": "$i"});
        let created = world.resolve(&route.to_string());
        let own = [("Operation", "CreateRouteEntry"), ("Parameters", &*created)];
        world.call("DescribeImpact", &own).unwrap();
        let parameters =
            [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/8"), ("NextHopId", "$i")];
        world.call("CreateRouteEntry", &parameters).unwrap();
        let route = json!({"RouteTableId": "$vtb", "DestinationCidrBlock": "10.1.0.0/16",
            "NextHopType": "VpnGateway", "NextHopId": "$vpn"});
        let answer = impact(&mut world, "CreateRouteEntry", &route);
        let moved = only(&world, &answer, "$vtb");
        assert_eq!(
            (&moved["Effect"], &moved["Destinations"]),
            (&json!("Lost"), &json!(["10.1.0.0/16"]))
        );
        assert_eq!(moved["After"][0]["Outcome"]["Cause"]["Kind"], "NoRoute");
    }

    #[test]
    fn a_gateways_own_table_decides_about_what_enters() {
        let mut world = World::scene();
        let kind = [("VpcId", "$vpc"), ("AssociateType", "Gateway")];
        let made = world.call("CreateRouteTable", &kind).unwrap();
        let table = made["RouteTableId"].as_str().unwrap().to_owned();
        let through = json!({"RouteTableId": &table, "DestinationCidrBlock": "192.168.1.0/24",
            "NewNextHopType": "Instance", "NewNextHopId": "$i"});
        let bind = json!({"RouteTableId": &table, "GatewayId": "$ipv4gw"});
        // A table that only says what the VPC does anyway moves nothing.
        let answer = impact(&mut world, "AssociateRouteTableWithGateway", &bind);
        assert_eq!(answer["ChangesForwarding"], false, "{answer:#}");

        let both = [("RouteTableId", &*table), ("GatewayId", "$ipv4gw")];
        world.call("AssociateRouteTableWithGateway", &both).unwrap();
        let answer = impact(&mut world, "ModifyRouteEntry", &through);
        let moved = only(&world, &answer, &table);
        assert_eq!(
            (&moved["Effect"], &moved["Destinations"]),
            (&json!("Moved"), &json!(["192.168.1.0/24"]))
        );
        assert_eq!(moved["After"][0]["Via"], json!([world.resolve("$i")]));
        assert_eq!(answer["Tables"][0]["GatewayId"], world.resolve("$ipv4gw"));

        let own = [
            ("RouteTableId", &*table),
            ("DestinationCidrBlock", "192.168.1.0/24"),
            ("NewNextHopType", "Instance"),
            ("NewNextHopId", "$i"),
        ];
        world.call("ModifyRouteEntry", &own).unwrap();
        let answer = impact(&mut world, "DissociateRouteTableFromGateway", &bind);
        let moved = only(&world, &answer, "$vtb");
        assert_eq!(moved["Destinations"], json!(["192.168.1.0/24"]));
        assert_eq!(moved["After"][0]["Outcome"]["To"]["Kind"], "VSwitch");
        assert_eq!(answer["Tables"][0]["MovedFrom"], table);
    }

    #[test]
    fn the_standby_link_takes_over() {
        let mut world = World::scene();
        create(&mut world, "$vco", "100");
        create(&mut world, "$vco2", "0");
        let down = json!({"LinkId": "$vco", "State": "down"});
        let answer = impact(&mut world, "SetLinkState", &down);
        for table in ["$vtb", "$vpn"] {
            let moved = only(&world, &answer, table);
            assert_eq!(moved["Effect"], "Moved");
            assert_eq!(moved["After"][0]["Via"][1], world.resolve("$vco2"));
        }
        let gone = json!({"VpnGatewayId": "$vpn", "RouteDest": "10.0.0.0/24", "NextHop": "$vco",
            "Weight": 100});
        let answer = impact(&mut world, "DeleteVpnRouteEntry", &gone);
        let alone = &answer["Tables"].as_array().unwrap().last().unwrap()["Alone"];
        assert_eq!(alone[0]["NextHop"], world.resolve("$vco2"), "{answer:#}");
    }

    #[test]
    fn refusals_are_its_own_and_then_the_operations() {
        let mut world = World::scene();
        let none = r#"{"RouteTableId":"vtb-none","DestinationCidrBlock":"10.0.0.0/8"}"#;
        for (operation, version, parameters, code) in [
            ("Fly", None, "{}", "InvalidOperation.NotFound"),
            ("CreateVpc", Some("2015-05-01"), "{}", "InvalidOperation.NotFound"),
            ("DescribeVpcs", None, "{}", "InvalidOperation.NoImpact"),
            ("CreateUser", None, "{}", "InvalidOperation.NoImpact"),
            ("CreateVpc", None, "[]", "InvalidParameter"),
            ("CreateVpc", None, r#"{"A":{}}"#, "InvalidParameter"),
            ("CreateVpc", None, r#"{"RegionId":"cn-shanghai"}"#, "InvalidParameter"),
            ("CreateRouteEntry", None, none, "InvalidRouteTableId.NotFound"),
        ] {
            let mut own = vec![("Operation", operation), ("Parameters", parameters)];
            own.extend(version.map(|version| ("OperationVersion", version)));
            let refusal = world.refusal("DescribeImpact", &own);
            assert_eq!(refusal.code, code, "{operation} {parameters}");
        }
        assert_eq!(world.tenant.all::<causeway_model::task::Task>().count(), 0);
    }
}
