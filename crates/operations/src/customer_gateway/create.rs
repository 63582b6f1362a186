use crate::label::{given, resource_group};
use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Write};
use causeway_model::customer_gateway::{self, CustomerGateway, PROVIDER_ASN};
use causeway_model::text::{Labels, is_label};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::CustomerGatewayId;
use serde::Serialize;
use std::net::IpAddr;

/// Creates a customer gateway: the far end of IPsec connections.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The IPv4 address of the gateway device. Not in 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16,
    /// 224.0.0.0/4 or 255.0.0.0/8.
    #[parameter(example = "101.12.33.44")]
    ip_address: String,
    /// The device's autonomous system for BGP: 1 to 4294967295, or two halves as in `123.456`, but
    /// not 45104.
    #[parameter(example = "65530")]
    asn: Option<String>,
    /// The BGP key: 1 to 64 printable ASCII characters without spaces and question marks.
    #[parameter(secret)]
    auth_key: Option<String>,
    /// The name: 1 to 100 characters, not starting with `http://` or `https://`.
    #[parameter(example = "nametest")]
    name: Option<String>,
    /// The description: 1 to 100 characters, not starting with `http://` or `https://`.
    #[parameter(example = "desctest")]
    description: Option<String>,
    /// The resource group: at most 64 characters.
    resource_group_id: Option<String>,
    /// Tags, at most 20.
    tags: Vec<TagPair>,
}

/// The new customer gateway.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    customer_gateway_id: CustomerGatewayId,
    ip_address: String,
    name: String,
    description: String,
    create_time: i64,
}

errors! {
    /// What `CreateCustomerGateway` refuses.
    pub enum Error {
        /// The address is not an IPv4 address, or is in a block that no device can have.
        IpAddress = 400, "InvalidIpAddress.WrongFormat",
            "Specified IpAddress is invalid.", "errors.json";
        /// Another customer gateway has the address.
        IpAddressTaken = 400, "InvalidIpAddress.AlreadyExist",
            "Specified IpAddress is already exist.", "errors.json";
        /// The name breaks its rules.
        Name = 400, "InvalidName", "The name is not valid", "errors.json";
        /// The description breaks its rules.
        Description = 400, "InvalidDescription", "The description is not valid", "errors.json";
        /// The account already has as many customer gateways in the region as its quota allows.
        Quota = 400, "Resource.QuotaFull", "The quota of resource is full", "errors.json";
    }
}

/// See [`Request`].
pub struct CreateCustomerGateway;

impl Operation for CreateCustomerGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        access: Access::Create,
        resources: &["customergateway/*"],
        examples: &[Example {
            title: "A device with an autonomous system",
            request: &[("IpAddress", "203.0.113.44"), ("Asn", "65530"), ("Name", "branch")],
            answer: r#"{"CustomerGatewayId":"*","IpAddress":"203.0.113.44","Name":"branch"}"#,
        }],
        ..Declaration::of::<Request, Error>("CreateCustomerGateway")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateCustomerGateway {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let gateway = new_gateway(txn, &request)?;
        let taken = |other: &CustomerGateway| other.address == gateway.address;
        if txn.all::<CustomerGateway>().any(taken) {
            return Err(Error::IpAddressTaken.into());
        }
        if txn.all::<CustomerGateway>().count() >= txn.context().quotas.customer_gateways {
            return Err(Error::Quota.into());
        }
        let response = Response {
            customer_gateway_id: gateway.id,
            ip_address: gateway.address.to_string(),
            name: gateway.labels.name().into(),
            description: gateway.labels.description().into(),
            create_time: gateway.created.millis(),
        };
        txn.put(gateway);
        Ok(response)
    }
}

fn new_gateway(txn: &mut Txn, request: &Request) -> Result<CustomerGateway, Refusal> {
    let (name, description) = (request.name.as_deref(), request.description.as_deref());
    let address: IpAddr = request.ip_address.parse().map_err(|_| Error::IpAddress)?;
    if !customer_gateway::is_usable_address(address) {
        return Err(Error::IpAddress.into());
    }
    let asn = match given(&request.asn) {
        Some(text) => Some(asn(text).ok_or_else(|| Refusal::invalid_parameter("Asn"))?),
        None => None,
    };
    if given(&request.auth_key).is_some_and(|key| !is_auth_key(key)) {
        return Err(Refusal::invalid_parameter("AuthKey"));
    }
    if name.is_some_and(|name| !is_label(name, 1..=100)) {
        return Err(Error::Name.into());
    }
    if description.is_some_and(|text| !is_label(text, 1..=100)) {
        return Err(Error::Description.into());
    }
    Ok(CustomerGateway {
        tags: tag::given("Tags", &request.tags)?,
        id: txn.new_id(),
        address,
        asn,
        auth_key: given(&request.auth_key).map(Into::into),
        labels: Labels::new(name, description),
        created: txn.now(),
        resource_group: resource_group(&request.resource_group_id)?,
    })
}

fn asn(text: &str) -> Option<u32> {
    customer_gateway::asn(text).filter(|&number| number != PROVIDER_ASN)
}

fn is_auth_key(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'?')
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn a_customer_gateway_is_read_back() {
        let mut world = World::new();
        let request = [
            ("IpAddress", "203.0.113.44"),
            ("Asn", "123.456"),
            ("AuthKey", "k!"),
            ("Name", "n"),
            ("Description", "d"),
            ("ResourceGroupId", "rg-1"),
            ("Tags.1.Key", "a"),
            ("Tags.1.Value", "1"),
        ];
        let made = world.call("CreateCustomerGateway", &request).unwrap();
        let id = made["CustomerGatewayId"].as_str().unwrap();
        let read = world.call("DescribeCustomerGateway", &[("CustomerGatewayId", id)]).unwrap();
        let expected = serde_json::json!({
            "CustomerGatewayId": id, "IpAddress": "203.0.113.44", "Asn": 8_061_384,
            "AuthKey": "k!", "Name": "n", "Description": "d",
            "CreateTime": world.context.now.millis(), "ResourceGroupId": "rg-1",
            "Tags": { "Tag": [{ "Key": "a", "Value": "1" }] },
        });
        assert_eq!(read, expected);
    }

    #[test]
    fn bad_values_are_refused_in_order() {
        let mut world = World::new();
        let good = "203.0.113.44";
        for (address, more, code) in [
            ("x", ("Name", ""), "InvalidIpAddress.WrongFormat"),
            ("100.64.1.1", ("Name", ""), "InvalidIpAddress.WrongFormat"),
            (good, ("Asn", "45104"), "InvalidParameter"),
            (good, ("Asn", "0"), "InvalidParameter"),
            (good, ("AuthKey", "a b"), "InvalidParameter"),
            (good, ("AuthKey", "a?"), "InvalidParameter"),
            (good, ("Name", ""), "InvalidName"),
            (good, ("Name", "https://a"), "InvalidName"),
            (good, ("Description", "http://a"), "InvalidDescription"),
            (good, ("Tags.1.Value", "v"), "InvalidParameter"),
        ] {
            let refusal = world.refusal("CreateCustomerGateway", &[("IpAddress", address), more]);
            assert_eq!(refusal.code, code, "{address} {more:?}");
        }
        assert_eq!(world.refusal("CreateCustomerGateway", &[]).code, "MissingIpAddress");
    }

    #[test]
    fn addresses_are_unique_and_counted() {
        let mut world = World::new();
        world.context.quotas.customer_gateways = 2;
        world.call("CreateCustomerGateway", &[("IpAddress", "203.0.113.1")]).unwrap();
        let again = world.refusal("CreateCustomerGateway", &[("IpAddress", "203.0.113.1")]);
        assert_eq!(again.code, "InvalidIpAddress.AlreadyExist");
        world.call("CreateCustomerGateway", &[("IpAddress", "203.0.113.2")]).unwrap();
        let full = world.refusal("CreateCustomerGateway", &[("IpAddress", "203.0.113.3")]);
        assert_eq!(full.code, "Resource.QuotaFull");
    }
}
