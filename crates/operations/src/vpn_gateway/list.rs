use super::shape::{GATEWAY_TYPE, Shape, business_status};
use crate::page::{Page, passes};
use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Query};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{VpcId, VpnGatewayId};
use serde::Serialize;

/// Lists VPN gateways, page by page.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only gateways of this VPC.
    vpc_id: Option<VpcId>,
    /// Only this gateway.
    vpn_gateway_id: Option<VpnGatewayId>,
    /// Only gateways in this state: `init`, `active`, `updating` or `deleting`.
    #[parameter(example = "active")]
    status: Option<String>,
    /// Only gateways in this payment state: `Normal` or `FinancialLocked`.
    #[parameter(example = "Normal")]
    business_status: Option<String>,
    /// Only gateways of this type; all here are `Traditional`.
    gateway_type: Option<String>,
    /// Only gateways of this resource group.
    resource_group_id: Option<String>,
    /// Only gateways with all of these tags.
    tag: Vec<TagPair>,
    /// Whether to show pending orders. There never are any here.
    _include_reservation_data: Option<bool>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Gateways on a page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of gateways.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpn_gateways: VpnGateways,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpnGateways {
    vpn_gateway: Vec<Shape>,
}

/// See [`Request`].
pub struct DescribeVpnGateways;

impl Operation for DescribeVpnGateways {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["vpngateway/*"],
        examples: &[Example {
            title: "The gateways of a VPC, one on a page",
            request: &[("VpcId", "$vpc"), ("PageSize", "1"), ("PageNumber", "2")],
            answer: r#"{"VpnGateways":{"VpnGateway":[{"VpcId":"$vpc","Status":"active"}]},
                "TotalCount":2,"PageNumber":2,"PageSize":1}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeVpnGateways")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVpnGateways {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let wanted = |gateway: &&VpnGateway| {
            request.vpc_id.is_none_or(|vpc| vpc == gateway.vpc)
                && request.vpn_gateway_id.is_none_or(|id| id == gateway.id)
                && passes(request.status.as_deref(), Some(gateway.status.text()))
                && passes(request.business_status.as_deref(), Some(business_status(gateway)))
                && passes(request.gateway_type.as_deref(), Some(GATEWAY_TYPE))
                && passes(request.resource_group_id.as_deref(), gateway.resource_group.as_deref())
                && tag::match_filter(&gateway.tags, &request.tag)
        };
        let (rows, total_count) = page.of(tenant.all::<VpnGateway>().filter(wanted));
        Ok(Response {
            vpn_gateways: VpnGateways { vpn_gateway: rows.into_iter().map(Shape::from).collect() },
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn filters_combine() {
        let mut world = World::scene();
        for (filter, count) in [
            (&[][..], 2),
            (&[("VpcId", "$vpc")], 2),
            (&[("VpcId", "vpc-none")], 0),
            (&[("VpnGatewayId", "$dual")], 1),
            (&[("Status", "active")], 2),
            (&[("Status", "init")], 0),
            (&[("BusinessStatus", "FinancialLocked")], 0),
            (&[("BusinessStatus", "Normal"), ("VpnGatewayId", "$vpn")], 1),
            (&[("GatewayType", "Traditional")], 2),
            (&[("GatewayType", "Enhanced.SiteToSite")], 0),
            (&[("ResourceGroupId", "rg-1")], 0),
            (&[("Tag.1.Key", "a")], 0),
            (&[("IncludeReservationData", "true")], 2),
        ] {
            let answer = world.call("DescribeVpnGateways", filter).unwrap();
            assert_eq!(answer["TotalCount"], count, "{filter:?}");
            assert_eq!(answer["VpnGateways"]["VpnGateway"].as_array().unwrap().len(), count);
        }
    }
}
