use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::customer_gateway::{self, CustomerGateway};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::CustomerGatewayId;

/// Deletes a customer gateway that no IPsec connection leads to.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The customer gateway.
    #[parameter(example = "cgw-bp1pvpl9r9adju6l5****")]
    customer_gateway_id: CustomerGatewayId,
}

errors! {
    /// What `DeleteCustomerGateway` refuses.
    pub enum Error {
        /// No such customer gateway.
        NotFound = 404, "InvalidCustomerGatewayInstanceId.NotFound",
            "The specified customer gateway instance id does not exist.", "errors.json";
        /// An IPsec connection leads to it.
        InUse = 400, "DependencyViolation.VpnConnection",
            "The specified customer gateway is used by an IPsec connection.", "chosen";
    }
}

/// See [`Request`].
pub struct DeleteCustomerGateway;

impl Operation for DeleteCustomerGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        access: Access::Delete,
        resources: &["customergateway/{CustomerGatewayId}"],
        examples: &[Example {
            title: "One that is in use",
            request: &[("CustomerGatewayId", "$cgw")],
            answer: r#"{"Code":"DependencyViolation.VpnConnection"}"#,
        }],
        ..Declaration::of::<Request, Error>("DeleteCustomerGateway")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteCustomerGateway {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let id = request.customer_gateway_id;
        txn.get::<CustomerGateway>(&id).ok_or(Error::NotFound)?;
        if customer_gateway::is_in_use(txn, id) {
            return Err(Error::InUse.into());
        }
        txn.remove::<CustomerGateway>(&id);
        Ok(Empty {})
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn an_unused_one_goes_and_is_gone() {
        let mut world = World::new();
        let made = world.call("CreateCustomerGateway", &[("IpAddress", "203.0.113.44")]).unwrap();
        let id = [("CustomerGatewayId", made["CustomerGatewayId"].as_str().unwrap())];
        assert_eq!(world.call("DeleteCustomerGateway", &id).unwrap(), serde_json::json!({}));
        let refusal = world.refusal("DeleteCustomerGateway", &id);
        let code = "InvalidCustomerGatewayInstanceId.NotFound"; // clients.md 6.3
        assert_eq!((refusal.status, &*refusal.code), (404, code));
    }

    #[test]
    fn a_used_one_stays() {
        let refusal =
            World::scene().refusal("DeleteCustomerGateway", &[("CustomerGatewayId", "$cgw")]);
        assert_eq!(refusal.code, "DependencyViolation.VpnConnection");
    }
}
