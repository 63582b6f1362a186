//! Names and descriptions in requests.

use causeway_model::text::is_label;
use causeway_spec::Refusal;

/// The text of a parameter that says nothing when empty.
pub(crate) fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// Refuses a name or description longer than `length` characters, empty, or beginning with a URL
/// scheme, as an invalid parameter `name`.
pub(crate) fn check(text: Option<&str>, length: usize, name: &str) -> Result<(), Refusal> {
    match text {
        Some(text) if !is_label(text, 1..=length) => Err(Refusal::invalid_parameter(name)),
        _ => Ok(()),
    }
}

/// Reads a resource group's id: at most 64 characters, nothing when empty.
pub(crate) fn resource_group(text: &Option<String>) -> Result<Option<Box<str>>, Refusal> {
    match given(text) {
        Some(text) if text.chars().count() > 64 => {
            Err(Refusal::invalid_parameter("ResourceGroupId"))
        }
        text => Ok(text.map(Into::into)),
    }
}

#[cfg(test)]
mod tests {
    use super::resource_group;
    use crate::testing::World;

    #[test]
    fn a_resource_group_has_at_most_64_characters() {
        let read = |text: &str| resource_group(&Some(text.to_owned()));
        assert_eq!(read(&"路".repeat(64)).unwrap().unwrap().chars().count(), 64);
        assert_eq!(read(&"r".repeat(65)).unwrap_err().code, "InvalidParameter");
        assert_eq!((read("").unwrap(), resource_group(&None).unwrap()), (None, None));
    }

    #[test]
    fn every_operation_that_stores_a_resource_group_refuses_a_long_one() {
        let mut world = World::scene();
        let tunnels = [
            ("LocalSubnet", "0.0.0.0/0"),
            ("RemoteSubnet", "0.0.0.0/0"),
            ("TunnelOptionsSpecification.1.CustomerGatewayId", "$cgw"),
            ("TunnelOptionsSpecification.2.CustomerGatewayId", "$cgw"),
        ];
        for (action, request) in [
            ("CreateVpc", &[][..]),
            ("CreateCustomerGateway", &[("IpAddress", "203.0.113.44")]),
            ("CreateVpnGateway", &[("VpcId", "$vpc"), ("Bandwidth", "10")]),
            ("CreateVpnAttachment", &tunnels),
        ] {
            let long = "r".repeat(65);
            let with = |group| [request, &[("ResourceGroupId", group)]].concat();
            let refusal = world.refusal(action, &with(long.as_str()));
            assert!(refusal.message.contains("ResourceGroupId"), "{action}: {}", refusal.message);
            world.call(action, &with(&long[..64])).unwrap();
        }
    }
}
