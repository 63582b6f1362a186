//! Customer gateways: the far ends of IPsec connections.

use crate::rows::Keyed;
use crate::tenant::Read;
use crate::text::{Labels, Tags};
use causeway_types::{Cidr, CustomerGatewayId, Timestamp, VpnConnectionId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A customer gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerGateway {
    /// Its id.
    pub id: CustomerGatewayId,
    /// Its address.
    pub address: IpAddr,
    /// Its BGP autonomous system.
    pub asn: Option<u32>,
    /// The BGP key.
    pub auth_key: Option<Box<str>>,
    /// Name and description.
    pub labels: Labels,
    /// When it was made.
    pub created: Timestamp,
    /// The resource group's id, as given.
    pub resource_group: Option<Box<str>>,
    /// Tags.
    pub tags: Tags,
}

/// The provider's own autonomous system, which no customer can have (semantics.md 7.7).
pub const PROVIDER_ASN: u32 = 45104;

/// Blocks no customer gateway can be in (semantics.md 7.7).
const FORBIDDEN: [Cidr; 5] = [
    Cidr::RESERVED,
    Cidr::v4(127, 0, 0, 0, 8),
    Cidr::v4(169, 254, 0, 0, 16),
    Cidr::v4(224, 0, 0, 0, 4),
    Cidr::v4(255, 0, 0, 0, 8),
];

/// Whether a customer gateway can have this address.
pub fn is_usable_address(address: IpAddr) -> bool {
    address.is_ipv4() && !FORBIDDEN.iter().any(|block| block.contains_address(address))
}

/// Reads an autonomous system number: decimal, or two 16-bit halves as in `123.456`.
pub fn asn(text: &str) -> Option<u32> {
    let number = match text.split_once('.') {
        Some((high, low)) => {
            u32::from(high.parse::<u16>().ok()?) << 16 | u32::from(low.parse::<u16>().ok()?)
        }
        None => text.parse().ok()?,
    };
    (number > 0).then_some(number)
}

/// Whether a connection leads to it.
pub fn is_in_use(world: &impl Read, id: CustomerGatewayId) -> bool {
    world.members::<VpnConnectionId>(id).next().is_some()
}

impl Keyed for CustomerGateway {
    type Key = CustomerGatewayId;
    fn key(&self) -> CustomerGatewayId {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn autonomous_systems_have_two_notations() {
        for (text, number) in [
            ("65530", Some(65530)),
            ("4294967295", Some(u32::MAX)),
            ("123.456", Some(8_061_384)),
            ("0", None),
            ("0.0", None),
            ("4294967296", None),
            ("65536.1", None),
            ("1.2.3", None),
            ("x", None),
        ] {
            assert_eq!(asn(text), number, "{text}");
        }
    }

    #[test]
    fn reserved_addresses_are_not_usable() {
        for (address, usable) in [
            ("203.0.113.7", true),
            ("10.0.0.1", true),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("169.254.1.1", false),
            ("239.1.1.1", false),
            ("255.0.0.1", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_usable_address(address.parse().unwrap()), usable, "{address}");
        }
    }
}
