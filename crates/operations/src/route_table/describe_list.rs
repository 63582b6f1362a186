use crate::page::{Page, passes};
use crate::shape::TagList;
use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Query};
use causeway_model::gateway_binding;
use causeway_model::route_table::{self, RouteTable};
use causeway_model::vpc::Vpc;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{Id, RouteTableId, VRouterId, VSwitchId, VpcId};
use serde::Serialize;

/// Lists route tables.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only tables of this VPC.
    #[parameter(example = "vpc-bp15zckdt37pq72z****")]
    vpc_id: Option<VpcId>,
    /// Only this table.
    #[parameter(example = "vtb-bp1r9pvl4xen8s9ju****")]
    route_table_id: Option<RouteTableId>,
    /// Only tables with this name.
    route_table_name: Option<String>,
    /// Only `System` or only `Custom` tables.
    #[parameter(example = "System")]
    route_table_type: Option<String>,
    /// Only tables of this router.
    router_id: Option<String>,
    /// Only tables of routers of this type: `VRouter` or `VBR`. There are no VBRs here.
    #[parameter(example = "VRouter")]
    router_type: Option<String>,
    /// Only tables of this resource group.
    resource_group_id: Option<String>,
    /// Only tables with all of these tags.
    tag: Vec<TagPair>,
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
    router_table_list: RouterTableList,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RouterTableList {
    router_table_list_type: Vec<Table>,
}

/// A table. Clients need the lists and `RoutePropagationEnable` as a boolean (clients.md 7).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Table {
    route_table_id: RouteTableId,
    route_table_name: String,
    route_table_type: &'static str,
    description: String,
    router_id: String,
    router_type: &'static str,
    vpc_id: VpcId,
    associate_type: &'static str,
    status: &'static str,
    v_switch_ids: VSwitchIds,
    gateway_ids: GatewayIds,
    route_propagation_enable: bool,
    creation_time: String,
    owner_id: i64,
    resource_group_id: String,
    tags: TagList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VSwitchIds {
    pub v_switch_id: Vec<VSwitchId>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GatewayIds {
    gateway_ids: Vec<Id>,
}

/// See [`Request`].
pub struct DescribeRouteTableList;

impl Operation for DescribeRouteTableList {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["routetable/*"],
        examples: &[Example {
            title: "The system table of a VPC",
            request: &[("VpcId", "$vpc"), ("RouteTableType", "System")],
            answer: r#"{"TotalCount":1,"RouterTableList":{"RouterTableListType":[
                {"RouteTableId":"$vtb","VpcId":"$vpc","RouteTableType":"System",
                 "VSwitchIds":{"VSwitchId":["$vsw","$vsw2"]}}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeRouteTableList")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeRouteTableList {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let tables = candidates(tenant, request.route_table_id, request.vpc_id);
        let tables = tables.filter(|(table, vpc)| matches(&request, table, vpc));
        let (rows, total_count) = page.of(tables);
        let rows = rows.into_iter().map(|(table, vpc)| shape(tenant, context, table, vpc));
        Ok(Response {
            router_table_list: RouterTableList { router_table_list_type: rows.collect() },
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

/// Tables with their VPCs: the one asked for, those of the VPC asked for, or all.
pub(super) fn candidates(
    tenant: &Tenant,
    id: Option<RouteTableId>,
    vpc: Option<VpcId>,
) -> Box<dyn Iterator<Item = (&RouteTable, &Vpc)> + '_> {
    let with_vpc = |table: &'_ RouteTable| tenant.get::<Vpc>(&table.vpc);
    match (id, vpc) {
        (Some(id), _) => {
            let table = tenant.get::<RouteTable>(&id).into_iter();
            Box::new(table.filter_map(move |table| Some((table, with_vpc(table)?))))
        }
        (None, Some(vpc)) => Box::new(
            route_table::of_vpc(tenant, vpc)
                .filter_map(move |table| Some((table, with_vpc(table)?))),
        ),
        (None, None) => Box::new(
            tenant.all::<RouteTable>().filter_map(move |table| Some((table, with_vpc(table)?))),
        ),
    }
}

/// Whether a router passes filters by its id and type.
pub(super) fn router_matches(id: Option<&str>, kind: Option<&str>, vrouter: VRouterId) -> bool {
    passes(id, Some(&vrouter.to_string())) && passes(kind, Some("VRouter"))
}

fn matches(request: &Request, table: &RouteTable, vpc: &Vpc) -> bool {
    request.vpc_id.is_none_or(|id| id == table.vpc)
        && passes(request.route_table_name.as_deref(), table.labels.name.as_deref())
        && passes(request.route_table_type.as_deref(), Some(table.kind.text()))
        && router_matches(request.router_id.as_deref(), request.router_type.as_deref(), vpc.vrouter)
        && passes(request.resource_group_id.as_deref(), vpc.resource_group.as_deref())
        && tag::match_filter(&table.tags, &request.tag)
}

fn shape(tenant: &Tenant, context: &Context, table: &RouteTable, vpc: &Vpc) -> Table {
    Table {
        route_table_id: table.id,
        route_table_name: table.labels.name().into(),
        route_table_type: table.kind.text(),
        description: table.labels.description().into(),
        router_id: vpc.vrouter.to_string(),
        router_type: "VRouter",
        vpc_id: table.vpc,
        associate_type: table.associate.text(),
        status: table.status.text(),
        v_switch_ids: VSwitchIds { v_switch_id: tenant.members(table.id).collect() },
        gateway_ids: GatewayIds {
            gateway_ids: gateway_binding::of_table(tenant, table.id).into_iter().collect(),
        },
        route_propagation_enable: table.propagation_enabled,
        creation_time: table.created.to_string(),
        owner_id: context.account.parse().unwrap_or_default(),
        resource_group_id: vpc.resource_group.as_deref().unwrap_or_default().into(),
        tags: TagList::from(&table.tags),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::json;

    fn found(world: &mut World, filter: &[(&str, &str)]) -> Vec<String> {
        let answer = world.call("DescribeRouteTableList", filter).unwrap();
        let rows = answer["RouterTableList"]["RouterTableListType"].as_array().unwrap();
        assert_eq!(answer["TotalCount"], rows.len());
        rows.iter().map(|row| row["RouteTableId"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn filters_keep_what_they_say() {
        let mut world = World::scene();
        let other = world.call("CreateVpc", &[("ResourceGroupId", "rg-1")]).unwrap();
        let text = |name: &str| other[name].as_str().unwrap().to_owned();
        let (vpc, vrouter, theirs) = (text("VpcId"), text("VRouterId"), text("RouteTableId"));
        let tagged = [("VpcId", vpc.as_str()), ("RouteTableName", "n"), ("Tag.1.Key", "team")];
        let named = world.call("CreateRouteTable", &tagged).unwrap();
        let named = named["RouteTableId"].as_str().unwrap().to_owned();
        let (system, custom) = (world.resolve("$vtb"), world.resolve("$custom"));
        for (filter, expected) in [
            (&[][..], vec![&system, &custom, &theirs, &named]),
            (&[("VpcId", "$vpc")], vec![&system, &custom]),
            (&[("VpcId", "vpc-none")], vec![]),
            (&[("RouteTableId", "$custom")], vec![&custom]), // clients.md 7: exact
            (&[("RouteTableId", "$custom"), ("VpcId", vpc.as_str())], vec![]),
            (&[("RouteTableId", "vtb-none")], vec![]),
            (&[("RouteTableName", "n")], vec![&named]),
            (&[("RouteTableType", "System")], vec![&system, &theirs]),
            (&[("RouteTableType", "Custom")], vec![&custom, &named]),
            (&[("RouterId", vrouter.as_str())], vec![&theirs, &named]),
            (&[("RouterType", "VBR")], vec![]),
            (&[("RouterType", "VRouter"), ("VpcId", "$vpc")], vec![&system, &custom]),
            (&[("ResourceGroupId", "rg-1")], vec![&theirs, &named]),
            (&[("Tag.1.Key", "team")], vec![&named]),
        ] {
            let (mut found, mut expected) = (found(&mut world, filter), expected);
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
        }
    }

    #[test]
    fn members_that_clients_need_are_there() {
        let mut world = World::scene();
        let answer = world.call("DescribeRouteTableList", &[("RouteTableId", "$custom")]).unwrap();
        let table = &answer["RouterTableList"]["RouterTableListType"][0];
        assert_eq!(table["RoutePropagationEnable"], json!(true));
        assert_eq!(table["VSwitchIds"]["VSwitchId"], json!([]));
        assert_eq!(table["GatewayIds"]["GatewayIds"], json!([]));
        assert_eq!(table["Tags"]["Tag"], json!([]));
        assert_eq!(table["RouterId"], "vrt-bp1scene");
        assert_eq!(
            (&table["RouterType"], &table["Status"]),
            (&"VRouter".into(), &"Available".into())
        );
    }

    #[test]
    fn pages_are_counted() {
        let mut world = World::scene();
        let page = [("PageNumber", "2"), ("PageSize", "1")];
        let answer = world.call("DescribeRouteTableList", &page).unwrap();
        assert_eq!(answer["TotalCount"], 2);
        assert_eq!((&answer["PageNumber"], &answer["PageSize"]), (&2.into(), &1.into()));
        assert_eq!(answer["RouterTableList"]["RouterTableListType"].as_array().unwrap().len(), 1);
    }
}
