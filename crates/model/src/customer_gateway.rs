//! Customer gateways: the far ends of IPsec connections.

use crate::rows::Keyed;
use crate::text::{Labels, Tags};
use causeway_types::{CustomerGatewayId, Timestamp};
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
    /// Tags.
    pub tags: Tags,
}

impl Keyed for CustomerGateway {
    type Key = CustomerGatewayId;
    fn key(&self) -> CustomerGatewayId {
        self.id
    }
}
