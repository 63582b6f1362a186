use super::shape::Shape;
use crate::page::{Page, passes};
use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Query};
use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::CustomerGatewayId;
use serde::Serialize;

/// Lists customer gateways, page by page.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only this customer gateway.
    customer_gateway_id: Option<CustomerGatewayId>,
    /// Only customer gateways of this resource group.
    resource_group_id: Option<String>,
    /// Only customer gateways with all of these tags.
    tag: Vec<TagPair>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Customer gateways on a page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of customer gateways.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    customer_gateways: CustomerGateways,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CustomerGateways {
    customer_gateway: Vec<Shape>,
}

/// See [`Request`].
pub struct DescribeCustomerGateways;

impl Operation for DescribeCustomerGateways {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        resources: &["customergateway/*"],
        access: Access::List,
        examples: &[Example {
            title: "All customer gateways",
            request: &[],
            answer: r#"{"CustomerGateways":{"CustomerGateway":[{"CustomerGatewayId":"$cgw"}]},
                "TotalCount":1,"PageNumber":1,"PageSize":10}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeCustomerGateways")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeCustomerGateways {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let wanted = |gateway: &&CustomerGateway| {
            request.customer_gateway_id.is_none_or(|id| id == gateway.id)
                && passes(request.resource_group_id.as_deref(), gateway.resource_group.as_deref())
                && tag::match_filter(&gateway.tags, &request.tag)
        };
        let (rows, total_count) = page.of(tenant.all::<CustomerGateway>().filter(wanted));
        Ok(Response {
            customer_gateways: CustomerGateways {
                customer_gateway: rows.into_iter().map(Shape::from).collect(),
            },
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
        let tagged = [
            ("IpAddress", "203.0.113.9"),
            ("ResourceGroupId", "rg-1"),
            ("Tags.1.Key", "a"),
            ("Tags.1.Value", "1"),
        ];
        world.call("CreateCustomerGateway", &tagged).unwrap();
        for (filter, count) in [
            (&[][..], 2),
            (&[("CustomerGatewayId", "$cgw")], 1),
            (&[("CustomerGatewayId", "cgw-none")], 0),
            (&[("ResourceGroupId", "rg-1")], 1),
            (&[("Tag.1.Key", "a")], 1),
            (&[("Tag.1.Key", "a"), ("Tag.1.Value", "2")], 0),
            (&[("CustomerGatewayId", "$cgw"), ("ResourceGroupId", "rg-1")], 0),
        ] {
            let answer = world.call("DescribeCustomerGateways", filter).unwrap();
            assert_eq!(answer["TotalCount"], count, "{filter:?}");
            let rows = answer["CustomerGateways"]["CustomerGateway"].as_array().unwrap();
            assert_eq!(rows.len(), count);
        }
    }
}
