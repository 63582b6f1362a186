use super::shape::{VSwitchShape, resource_group};
use crate::page::{Listed, Page, passes};
use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Query};
use causeway_model::vswitch::VSwitch;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{Id, RouteTableId, VSwitchId, VpcId};
use serde::Serialize;

/// Lists vSwitches.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only vSwitches of this VPC.
    #[parameter(example = "vpc-25cdvfeq58pl****")]
    vpc_id: Option<VpcId>,
    /// Only these vSwitches: at most 100 ids, separated by commas.
    #[parameter(example = "vsw-23dscddcffvf3****")]
    v_switch_id: Option<String>,
    /// Only vSwitches with this name.
    v_switch_name: Option<String>,
    /// Only vSwitches in this zone.
    #[parameter(example = "cn-hangzhou-h")]
    zone_id: Option<String>,
    /// Only vSwitches bound to this route table.
    route_table_id: Option<RouteTableId>,
    /// Only default vSwitches (`true`) or only others (`false`). There is no default vSwitch here.
    is_default: Option<bool>,
    /// Only vSwitches with (`true`) or without (`false`) IPv6.
    enable_ipv6: Option<bool>,
    /// Only vSwitches of this resource group.
    resource_group_id: Option<String>,
    /// Only vSwitches of this account.
    v_switch_owner_id: Option<i64>,
    /// Only vSwitches with all of these tags.
    tag: Vec<TagPair>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Rows per page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of vSwitches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    v_switches: VSwitches,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VSwitches {
    v_switch: Vec<VSwitchShape>,
}

/// See [`Request`].
pub struct DescribeVSwitches;

impl Operation for DescribeVSwitches {
    const DECLARATION: Declaration = Declaration {
        dry_run: true,
        access: Access::List,
        resources: &["vswitch/*"],
        examples: &[Example {
            title: "The vSwitches of a VPC in one zone",
            request: &[("VpcId", "$vpc"), ("ZoneId", "cn-hangzhou-i")],
            answer: r#"{"TotalCount":1,"VSwitches":{"VSwitch":[{"VSwitchId":"$vsw2","RouteTable":{"RouteTableType":"System"}}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeVSwitches")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVSwitches {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let listed = Listed::read(request.v_switch_id.as_deref(), "VSwitchId")?;
        let rows = candidates(tenant, &request).filter(|vswitch| listed.has(vswitch.id));
        let rows = rows.filter(|vswitch| matches(&request, tenant, context, vswitch));
        let (rows, total_count) = page.of(rows);
        let v_switch =
            rows.into_iter().map(|row| VSwitchShape::new(tenant, context, row)).collect();
        Ok(Response {
            v_switches: VSwitches { v_switch },
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

/// The rows of the narrowest owner asked for.
fn candidates<'a>(
    tenant: &'a Tenant,
    request: &Request,
) -> Box<dyn Iterator<Item = &'a VSwitch> + 'a> {
    let owner: Option<Id> =
        request.route_table_id.map(Id::from).or_else(|| request.vpc_id.map(Id::from));
    match owner {
        Some(owner) => {
            Box::new(tenant.members::<VSwitchId>(owner).filter_map(|id| tenant.get::<VSwitch>(&id)))
        }
        None => Box::new(tenant.all::<VSwitch>()),
    }
}

fn matches(request: &Request, tenant: &Tenant, context: &Context, vswitch: &VSwitch) -> bool {
    request.vpc_id.is_none_or(|vpc| vpc == vswitch.vpc)
        && passes(request.v_switch_name.as_deref(), vswitch.labels.name.as_deref())
        && passes(request.zone_id.as_deref(), Some(&vswitch.zone))
        && passes(request.resource_group_id.as_deref(), resource_group(tenant, vswitch))
        && request.is_default != Some(true)
        && request.enable_ipv6.is_none_or(|wanted| wanted == vswitch.ipv6_cidr.is_some())
        && request.v_switch_owner_id.is_none_or(|owner| owner.to_string() == context.account)
        && tag::match_filter(&vswitch.tags, &request.tag)
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn a_long_list_of_ids_is_refused() {
        let ids = vec!["x"; 101].join(",");
        let refusal = World::scene().refusal("DescribeVSwitches", &[("VSwitchId", &ids)]);
        assert_eq!(refusal.code, "InvalidParameter");
    }

    fn found(world: &mut World, filter: &[(&str, &str)]) -> Vec<String> {
        let answer = world.call("DescribeVSwitches", filter).unwrap();
        let rows = answer["VSwitches"]["VSwitch"].as_array().unwrap();
        assert_eq!(answer["TotalCount"], rows.len());
        rows.iter().map(|row| row["VSwitchId"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn filters_keep_what_they_say() {
        let mut world = World::scene();
        let (one, two) = (world.resolve("$vsw"), world.resolve("$vsw2"));
        let bind = [("RouteTableId", "$custom"), ("VSwitchId", "$vsw2")];
        world.call("AssociateRouteTable", &bind).unwrap();
        for (filter, expected) in [
            (&[][..], &[&one, &two][..]),
            (&[("VpcId", "$vpc")], &[&one, &two]),
            (&[("VpcId", "vpc-none")], &[]),
            (&[("VSwitchId", "$vsw")], &[&one]),
            (&[("VSwitchId", "$vsw,$vsw2")], &[&one, &two]),
            (&[("RouteTableId", "$custom")], &[&two]),
            (&[("RouteTableId", "$custom"), ("VpcId", "vpc-none")], &[]),
            (&[("ZoneId", "cn-hangzhou-h")], &[&one]),
            (&[("VSwitchName", "web")], &[]),
            (&[("IsDefault", "true")], &[]),
            (&[("IsDefault", "false")], &[&one, &two]),
            (&[("EnableIpv6", "false")], &[]),
            (&[("EnableIpv6", "true")], &[&one, &two]),
            (&[("ResourceGroupId", "rg-1")], &[]),
            (&[("VSwitchOwnerId", "1")], &[]),
            (&[("Tag.1.Key", "team")], &[]),
        ] {
            assert_eq!(
                found(&mut world, filter).iter().collect::<Vec<_>>(),
                expected,
                "{filter:?}"
            );
        }
    }

    #[test]
    fn pages_follow_each_other() {
        let mut world = World::scene();
        let page = [("PageNumber", "2"), ("PageSize", "1")];
        let answer = world.call("DescribeVSwitches", &page).unwrap();
        assert_eq!(answer["VSwitches"]["VSwitch"][0]["VSwitchId"], world.resolve("$vsw2"));
        assert_eq!((&answer["TotalCount"], &answer["PageSize"]), (&2.into(), &1.into()));
    }
}
