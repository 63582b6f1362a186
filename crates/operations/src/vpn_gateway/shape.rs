//! How a VPN gateway looks in answers. Clients crash on missing members, so that all are always
//! there but those the provider leaves out itself (clients.md 7).

use crate::shape::TagList;
use causeway_model::vpn_gateway::{PbrSupport, VpnGateway};
use causeway_types::{VpcId, VpnGatewayId};
use serde::Serialize;

/// A VPN gateway.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Shape {
    vpn_gateway_id: VpnGatewayId,
    vpc_id: VpcId,
    v_switch_id: String,
    disaster_recovery_v_switch_id: String,
    internet_ip: String,
    disaster_recovery_internet_ip: String,
    ssl_vpn_internet_ip: String,
    spec: String,
    status: &'static str,
    business_status: &'static str,
    ipsec_vpn: &'static str,
    ssl_vpn: &'static str,
    ssl_max_connections: u32,
    enable_bgp: bool,
    auto_propagate: bool,
    network_type: &'static str,
    vpn_type: &'static str,
    gateway_type: &'static str,
    charge_type: &'static str,
    create_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<i64>,
    name: String,
    description: String,
    tag: String,
    tags: TagList,
    resource_group_id: String,
    eni_instance_ids: EniInstanceIds,
}

/// The interfaces of a gateway in its vSwitches, which exist at the provider only.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EniInstanceIds {
    eni_instance_id: Vec<String>,
}

/// What the gateway's version can do, as JSON text within the answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Features {
    vpn_enable_bgp: &'static str,
    visually_ssl: &'static str,
    pbr_priority: &'static str,
    vpn_new_image: &'static str,
    vpn_version: &'static str,
    #[serde(rename = "IDaaSNewVersion")]
    idaas_new_version: &'static str,
}

impl Features {
    fn of(gateway: &VpnGateway) -> Features {
        let flag = |on: bool| if on { "true" } else { "false" };
        let routes_by_policy = flag(gateway.pbr != PbrSupport::None);
        Features {
            vpn_enable_bgp: routes_by_policy,
            visually_ssl: routes_by_policy,
            pbr_priority: flag(gateway.pbr == PbrSupport::Full),
            vpn_new_image: routes_by_policy,
            vpn_version: flag(gateway.pbr == PbrSupport::Full),
            idaas_new_version: flag(gateway.pbr == PbrSupport::Full),
        }
    }
}

/// `Normal` or `FinancialLocked`.
pub(super) fn business_status(gateway: &VpnGateway) -> &'static str {
    if gateway.financial_locked { "FinancialLocked" } else { "Normal" }
}

/// The only kind of gateway there is here; the other is the provider's enhanced kind.
pub(super) const GATEWAY_TYPE: &str = "Traditional";

impl From<&VpnGateway> for Shape {
    fn from(gateway: &VpnGateway) -> Shape {
        let switch = |on: bool| if on { "enable" } else { "disable" };
        let text = |value: Option<String>| value.unwrap_or_default();
        let features = serde_json::to_string(&Features::of(gateway));
        Shape {
            vpn_gateway_id: gateway.id,
            vpc_id: gateway.vpc,
            v_switch_id: text(gateway.vswitch.map(|id| id.to_string())),
            disaster_recovery_v_switch_id: text(
                gateway.disaster_recovery_vswitch.map(|id| id.to_string()),
            ),
            internet_ip: gateway.address.to_string(),
            disaster_recovery_internet_ip: text(
                gateway.disaster_recovery_address.map(|address| address.to_string()),
            ),
            ssl_vpn_internet_ip: text(gateway.ssl.then(|| gateway.address.to_string())),
            spec: format!("{}M", gateway.bandwidth_mbps),
            status: gateway.status.text(),
            business_status: business_status(gateway),
            ipsec_vpn: switch(gateway.ipsec),
            ssl_vpn: switch(gateway.ssl),
            ssl_max_connections: gateway.ssl_connections,
            enable_bgp: true,
            auto_propagate: gateway.auto_propagate,
            network_type: gateway.network.text(),
            vpn_type: "Normal",
            gateway_type: GATEWAY_TYPE,
            charge_type: gateway.charge.text(),
            create_time: gateway.created.millis(),
            end_time: gateway.expires.map(|end| end.millis()),
            name: gateway.labels.name().into(),
            description: gateway.labels.description().into(),
            tag: features.expect("plain text members"),
            tags: TagList::from(&gateway.tags),
            resource_group_id: gateway.resource_group.as_deref().unwrap_or_default().into(),
            eni_instance_ids: EniInstanceIds::default(),
        }
    }
}
