//! How a customer gateway looks in answers.

use crate::shape::TagList;
use causeway_model::customer_gateway::CustomerGateway;
use causeway_types::CustomerGatewayId;
use serde::Serialize;

/// A customer gateway.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Shape {
    customer_gateway_id: CustomerGatewayId,
    ip_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    asn: Option<u32>,
    auth_key: String,
    name: String,
    description: String,
    create_time: i64,
    resource_group_id: String,
    tags: TagList,
}

impl From<&CustomerGateway> for Shape {
    fn from(gateway: &CustomerGateway) -> Shape {
        Shape {
            customer_gateway_id: gateway.id,
            ip_address: gateway.address.to_string(),
            asn: gateway.asn,
            auth_key: gateway.auth_key.as_deref().unwrap_or_default().into(),
            name: gateway.labels.name().into(),
            description: gateway.labels.description().into(),
            create_time: gateway.created.millis(),
            resource_group_id: gateway.resource_group.as_deref().unwrap_or_default().into(),
            tags: TagList::from(&gateway.tags),
        }
    }
}
