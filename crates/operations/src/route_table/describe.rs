use super::describe_list::{VSwitchIds, candidates, router_matches};
use crate::page::{Page, passes};
use crate::route_entry::shape::{RouteEntrys, TableEntry, table_entries};
use crate::{Authorized, Operation, Query};
use causeway_model::route_table::RouteTable;
use causeway_model::vpc::Vpc;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{RouteTableId, VRouterId};
use serde::Serialize;

/// Lists route tables together with all their routes.
///
/// The older form; `DescribeRouteTableList` and `DescribeRouteEntryList` replace it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only this table.
    #[parameter(example = "vtb-bp12mw1f8k3jgy****")]
    route_table_id: Option<RouteTableId>,
    /// Only tables with this name.
    route_table_name: Option<String>,
    /// Only tables of this VPC router.
    #[parameter(example = "vrt-bp1lhl0taikrteen****")]
    v_router_id: Option<String>,
    /// Only tables of this router.
    router_id: Option<String>,
    /// Only tables of routers of this type: `VRouter` or `VBR`. There are no VBRs here.
    #[parameter(example = "VRouter")]
    router_type: Option<String>,
    /// Only `System` or only `Custom` tables.
    #[parameter(name = "Type")]
    kind: Option<String>,
    /// Only tables of this resource group.
    resource_group_id: Option<String>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Rows per page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of route tables.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    route_tables: RouteTables,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RouteTables {
    route_table: Vec<Table>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Table {
    route_table_id: RouteTableId,
    v_router_id: VRouterId,
    route_table_type: &'static str,
    status: &'static str,
    creation_time: String,
    resource_group_id: String,
    v_switch_ids: VSwitchIds,
    route_entrys: RouteEntrys<TableEntry>,
}

/// See [`Request`].
pub struct DescribeRouteTables;

impl Operation for DescribeRouteTables {
    const DECLARATION: Declaration = Declaration {
        access: Access::List,
        resources: &["routetable/*"],
        examples: &[Example {
            title: "The routes of one table",
            request: &[("RouteTableId", "$vtb")],
            answer: r#"{"TotalCount":1,"RouteTables":{"RouteTable":[
                {"RouteTableId":"$vtb","VRouterId":"*","RouteTableType":"System",
                 "VSwitchIds":{"VSwitchId":["$vsw","$vsw2"]},
                 "RouteEntrys":{"RouteEntry":[
                    {"DestinationCidrBlock":"100.64.0.0/10","Type":"System"},
                    {"DestinationCidrBlock":"172.31.0.0/16","Type":"Custom","InstanceId":"$eni"},
                    {"DestinationCidrBlock":"192.168.1.0/24","Type":"System"},
                    {"DestinationCidrBlock":"192.168.2.0/24","Type":"System"},
                    {"DestinationCidrBlock":"2408:4005:300:aa01::/64","Type":"System"},
                    {"DestinationCidrBlock":"2408:4005:300:aa02::/64","Type":"System"}]}}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeRouteTables")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeRouteTables {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let tables = candidates(tenant, request.route_table_id, None);
        let (rows, total_count) =
            page.of(tables.filter(|(table, vpc)| matches(&request, table, vpc)));
        let rows = rows.into_iter().map(|(table, vpc)| shape(tenant, context, table, vpc));
        Ok(Response {
            route_tables: RouteTables { route_table: rows.collect() },
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

fn matches(request: &Request, table: &RouteTable, vpc: &Vpc) -> bool {
    let kind = request.router_type.as_deref();
    passes(request.route_table_name.as_deref(), table.labels.name.as_deref())
        && passes(request.kind.as_deref(), Some(table.kind.text()))
        && router_matches(request.router_id.as_deref(), kind, vpc.vrouter)
        && router_matches(request.v_router_id.as_deref(), None, vpc.vrouter)
        && passes(request.resource_group_id.as_deref(), vpc.resource_group.as_deref())
}

fn shape(tenant: &Tenant, context: &Context, table: &RouteTable, vpc: &Vpc) -> Table {
    Table {
        route_table_id: table.id,
        v_router_id: vpc.vrouter,
        route_table_type: table.kind.text(),
        status: table.status.text(),
        creation_time: table.created.to_string(),
        resource_group_id: vpc.resource_group.as_deref().unwrap_or_default().into(),
        v_switch_ids: VSwitchIds { v_switch_id: tenant.members(table.id).collect() },
        route_entrys: table_entries(tenant, context, table),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::next_hop::NextHops;
    use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
    use causeway_types::{RouteTableId, TypedId};

    fn found(world: &mut World, filter: &[(&str, &str)]) -> Vec<String> {
        let answer = world.call("DescribeRouteTables", filter).unwrap();
        let rows = answer["RouteTables"]["RouteTable"].as_array().unwrap();
        assert_eq!(answer["TotalCount"], rows.len());
        rows.iter().map(|row| row["RouteTableId"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn filters_keep_what_they_say() {
        let mut world = World::scene();
        let (system, custom) = (world.resolve("$vtb"), world.resolve("$custom"));
        for (filter, expected) in [
            (&[][..], &[&custom, &system][..]),
            (&[("RouteTableId", "$vtb")], &[&system]),
            (&[("RouteTableId", "vtb-none")], &[]),
            (&[("RouteTableName", "x")], &[]),
            (&[("Type", "Custom")], &[&custom]),
            (&[("VRouterId", "vrt-bp1scene")], &[&custom, &system]),
            (&[("VRouterId", "vrt-bp1other")], &[]),
            (&[("RouterId", "vrt-bp1scene"), ("RouterType", "VRouter")], &[&custom, &system]),
            (&[("RouterType", "VBR")], &[]),
            (&[("ResourceGroupId", "rg-1")], &[]),
            (&[("PageSize", "50")], &[&custom, &system]),
        ] {
            let found = found(&mut world, filter);
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
        }
    }

    #[test]
    fn a_route_is_found_by_destination_and_instance() {
        let mut world = World::scene();
        let table = RouteTableId::from_text(&world.resolve("$custom"));
        let destination = "10.0.0.0/8".parse().unwrap();
        world.put(RouteEntry {
            key: RouteKey { table, destination, origin: RouteOrigin::User },
            id: route_entry::id_in_table(table, 1),
            next_hops: NextHops::One(world.resolve("$i").parse().unwrap()),
            status: RouteStatus::Available,
            labels: None,
            modified: world.context.now,
        });
        let answer = world.call("DescribeRouteTables", &[("RouteTableId", "$custom")]).unwrap();
        let table = &answer["RouteTables"]["RouteTable"][0];
        assert_eq!(table["VRouterId"], "vrt-bp1scene");
        let routes = table["RouteEntrys"]["RouteEntry"].as_array().unwrap();
        assert!(routes.iter().all(|route| route["Status"] == "Available"));
        let custom: Vec<_> = routes.iter().filter(|route| route["Type"] == "Custom").collect();
        let [route] = custom[..] else { panic!("{routes:?}") };
        assert_eq!(route["InstanceId"], world.resolve("$i"));
        assert_eq!(route["NextHopType"], "Instance");
        assert_eq!(route["DestinationCidrBlock"], "10.0.0.0/8");
    }
}
