use super::shape::Shape;
use crate::{Authorized, Operation, Query};
use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::CustomerGatewayId;

/// Describes one customer gateway.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The customer gateway.
    #[parameter(example = "cgw-bp1pvpl9r9adju6l5****")]
    customer_gateway_id: CustomerGatewayId,
}

errors! {
    /// What `DescribeCustomerGateway` refuses.
    pub enum Error {
        /// No such customer gateway.
        NotFound = 404, "InvalidCustomerGatewayInstanceId.NotFound",
            "The specified customer gateway instance id does not exist.", "errors.json";
    }
}

/// See [`Request`].
pub struct DescribeCustomerGateway;

impl Operation for DescribeCustomerGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::Get,
        resources: &["customergateway/{CustomerGatewayId}"],
        examples: &[Example {
            title: "One customer gateway",
            request: &[("CustomerGatewayId", "$cgw")],
            answer: r#"{"CustomerGatewayId":"$cgw","IpAddress":"203.0.113.1","Tags":{"Tag":[]}}"#,
        }],
        ..Declaration::of::<Request, Error>("DescribeCustomerGateway")
    };
    type Request = Request;
    type Response = Shape;
}

impl Query for DescribeCustomerGateway {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Shape, Refusal> {
        let gateway = tenant.get::<CustomerGateway>(&request.customer_gateway_id);
        Ok(gateway.ok_or(Error::NotFound)?.into())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn a_missing_one_is_not_found() {
        let mut world = World::scene();
        for id in ["cgw-none", "cgw-bp1pvpl9r9adju6l5****", "$vpn"] {
            let refusal = world.refusal("DescribeCustomerGateway", &[("CustomerGatewayId", id)]);
            assert_eq!(refusal.code, "InvalidCustomerGatewayInstanceId.NotFound", "{id}");
            assert_eq!(refusal.status, 404); // clients.md 5.1
        }
    }
}
