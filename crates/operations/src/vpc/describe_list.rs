use super::shape::VpcShape;
use crate::page::{Listed, Page, passes};
use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Query};
use causeway_model::vpc::Vpc;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use serde::Serialize;

/// Lists VPCs.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only these VPCs: at most 100 ids, separated by commas.
    #[parameter(example = "vpc-bp1b1xjllp3ve5yze****")]
    vpc_id: Option<String>,
    /// Only VPCs with this name.
    vpc_name: Option<String>,
    /// Only default VPCs (`true`) or only others (`false`). There is no default VPC here.
    is_default: Option<bool>,
    /// Only VPCs with (`true`) or without (`false`) IPv6.
    enable_ipv6: Option<bool>,
    /// Only VPCs of this resource group.
    resource_group_id: Option<String>,
    /// Only VPCs with this set of DHCP options. No VPC has one here.
    dhcp_options_set_id: Option<String>,
    /// Only VPCs of this account.
    vpc_owner_id: Option<i64>,
    /// Only VPCs with all of these tags.
    tag: Vec<TagPair>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Rows per page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of VPCs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpcs: Vpcs,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Vpcs {
    vpc: Vec<VpcShape>,
}

/// See [`Request`].
pub struct DescribeVpcs;

impl Operation for DescribeVpcs {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        dry_run: true,
        access: Access::List,
        resources: &["vpc/*"],
        examples: &[Example {
            title: "All VPCs",
            request: &[],
            answer: r#"{"TotalCount":1,"PageNumber":1,"PageSize":10,"Vpcs":{"Vpc":[{"VpcId":"$vpc","VSwitchIds":{"VSwitchId":["$vsw","$vsw2"]}}]}}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeVpcs")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVpcs {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let listed = Listed::read(request.vpc_id.as_deref(), "VpcId")?;
        let vpcs = tenant.all::<Vpc>().filter(|vpc| listed.has(vpc.id));
        let vpcs = vpcs.filter(|vpc| matches(&request, context, vpc));
        let (vpcs, total_count) = page.of(vpcs);
        let vpc = vpcs.into_iter().map(|vpc| VpcShape::new(tenant, context, vpc)).collect();
        Ok(Response {
            vpcs: Vpcs { vpc },
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

fn matches(request: &Request, context: &Context, vpc: &Vpc) -> bool {
    passes(request.vpc_name.as_deref(), vpc.labels.name.as_deref())
        && passes(request.resource_group_id.as_deref(), vpc.resource_group.as_deref())
        && passes(request.dhcp_options_set_id.as_deref(), None)
        && request.is_default != Some(true)
        && request.enable_ipv6.is_none_or(|wanted| wanted == vpc.ipv6_cidr.is_some())
        && request.vpc_owner_id.is_none_or(|owner| owner.to_string() == context.account)
        && tag::match_filter(&vpc.tags, &request.tag)
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn a_long_list_of_ids_is_refused() {
        let ids = vec!["x"; 101].join(",");
        let refusal = World::scene().refusal("DescribeVpcs", &[("VpcId", &ids)]);
        assert_eq!(refusal.code, "InvalidParameter");
    }

    #[test]
    fn filters_keep_what_they_say() {
        let mut world = World::scene();
        let tagged = &[
            ("VpcName", "other"),
            ("Tag.1.Key", "team"),
            ("Tag.1.Value", "a"),
            ("ResourceGroupId", "rg-1"),
        ];
        let other = world.call("CreateVpc", tagged).unwrap()["VpcId"].as_str().unwrap().to_owned();
        let scene = world.resolve("$vpc");
        let both = format!("{scene},{other}");
        for (filter, expected) in [
            (&[][..], &[&scene, &other][..]),
            (&[("VpcId", other.as_str())], &[&other]),
            (&[("VpcId", &both)], &[&scene, &other]),
            (&[("VpcId", "vpc-none")], &[]),
            (&[("VpcName", "scene")], &[&scene]),
            (&[("IsDefault", "true")], &[]),
            (&[("IsDefault", "false")], &[&scene, &other]),
            (&[("EnableIpv6", "true")], &[&scene]),
            (&[("EnableIpv6", "false")], &[&other]),
            (&[("ResourceGroupId", "rg-1")], &[&other]),
            (&[("DhcpOptionsSetId", "dopt-1")], &[]),
            (&[("VpcOwnerId", "1234567890123456")], &[&scene, &other]),
            (&[("VpcOwnerId", "1")], &[]),
            (&[("Tag.1.Key", "team")], &[&other]),
            (&[("Tag.1.Key", "team"), ("Tag.1.Value", "b")], &[]),
        ] {
            let answer = world.call("DescribeVpcs", filter).unwrap();
            let mut found: Vec<_> = answer["Vpcs"]["Vpc"]
                .as_array()
                .unwrap()
                .iter()
                .map(|vpc| vpc["VpcId"].as_str().unwrap())
                .collect();
            let mut expected: Vec<_> = expected.iter().map(|id| id.as_str()).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{filter:?}");
            assert_eq!(answer["TotalCount"], expected.len(), "{filter:?}");
        }
    }

    #[test]
    fn pages_are_counted() {
        let mut world = World::new();
        for _ in 0..3 {
            world.call("CreateVpc", &[]).unwrap();
        }
        let page = [("PageNumber", "2"), ("PageSize", "2")];
        let answer = world.call("DescribeVpcs", &page).unwrap();
        assert_eq!(answer["Vpcs"]["Vpc"].as_array().unwrap().len(), 1);
        assert_eq!((&answer["TotalCount"], &answer["PageNumber"]), (&3.into(), &2.into()));
        let refusal = world.refusal("DescribeVpcs", &[("PageSize", "51")]);
        assert_eq!(refusal.code, "InvalidParameter");
    }
}
