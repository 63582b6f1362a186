use super::shape::Shape;
use crate::{Authorized, Operation, Query};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpnGatewayId;

/// Describes one VPN gateway.
///
/// While routes are being added the gateway is `updating`; it is `active` when they are there.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The gateway.
    #[parameter(example = "vpn-bp1r3v1xqkl0w519g****")]
    vpn_gateway_id: VpnGatewayId,
    /// Whether to show pending orders. There never are any here.
    _include_reservation_data: Option<bool>,
}

errors! {
    /// What `DescribeVpnGateway` refuses.
    pub enum Error {
        /// No such gateway.
        NotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "errors.json";
    }
}

/// See [`Request`].
pub struct DescribeVpnGateway;

impl Operation for DescribeVpnGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::Get,
        resources: &["vpngateway/{VpnGatewayId}"],
        examples: &[Example {
            title: "One gateway",
            request: &[("VpnGatewayId", "$vpn")],
            answer: r#"{"VpnGatewayId":"$vpn","VpcId":"$vpc","Status":"active","Spec":"10M",
                "IpsecVpn":"enable","ChargeType":"PostpayByFlow"}"#,
        }],
        ..Declaration::of::<Request, Error>("DescribeVpnGateway")
    };
    type Request = Request;
    type Response = Shape;
}

impl Query for DescribeVpnGateway {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Shape, Refusal> {
        Ok(tenant.get::<VpnGateway>(&request.vpn_gateway_id).ok_or(Error::NotFound)?.into())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::vpn_gateway::{GatewayStatus, PbrSupport, VpnGateway};
    use serde_json::{Value, json};

    fn describe(change: impl FnOnce(&mut VpnGateway)) -> Value {
        let mut world = World::scene();
        let id = causeway_types::TypedId::from_text(&world.resolve("$dual"));
        let mut gateway = world.tenant.get::<VpnGateway>(&id).unwrap().clone();
        change(&mut gateway);
        world.put(gateway);
        world.call("DescribeVpnGateway", &[("VpnGatewayId", "$dual")]).unwrap()
    }

    #[test]
    fn every_member_is_there_with_its_type() {
        let features = r#"{"VpnEnableBgp":"true","VisuallySsl":"true","PbrPriority":"true","VpnNewImage":"true","VpnVersion":"true","IDaaSNewVersion":"true"}"#;
        let expected = json!({
            "VpnGatewayId": "vpn-bp1dual", "VpcId": "vpc-bp1scene", "VSwitchId": "vsw-bp1scene1",
            "DisasterRecoveryVSwitchId": "vsw-bp1scene2", "InternetIp": "198.51.100.1",
            "DisasterRecoveryInternetIp": "198.51.100.2", "SslVpnInternetIp": "", "Spec": "10M",
            "Status": "active", "BusinessStatus": "Normal", "IpsecVpn": "enable",
            "SslVpn": "disable", "SslMaxConnections": 0, "EnableBgp": true,
            "AutoPropagate": false, "NetworkType": "public", "VpnType": "Normal",
            "GatewayType": "Traditional", "ChargeType": "PostpayByFlow",
            "CreateTime": 1_795_000_000_000_i64, "Name": "", "Description": "",
            "Tag": features, "Tags": { "Tag": [] }, "ResourceGroupId": "",
            "EniInstanceIds": { "EniInstanceId": [] },
        });
        assert_eq!(describe(|_| {}), expected);
    }

    #[test]
    fn states_and_versions_show() {
        let updating = describe(|gateway| gateway.status = GatewayStatus::Updating);
        assert_eq!(updating["Status"], "updating"); // S-VR-08
        assert_eq!(describe(|_| {})["Status"], "active"); // S-VR-09
        let locked = describe(|gateway| gateway.financial_locked = true);
        assert_eq!(locked["BusinessStatus"], "FinancialLocked");
        let old = describe(|gateway| gateway.pbr = PbrSupport::WithoutPriority);
        let features: Value = serde_json::from_str(old["Tag"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&features["PbrPriority"], &features["VpnNewImage"]),
            (&json!("false"), &json!("true"))
        );
        let older = describe(|gateway| gateway.pbr = PbrSupport::None);
        let features: Value = serde_json::from_str(older["Tag"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&features["PbrPriority"], &features["VpnNewImage"]),
            (&json!("false"), &json!("false"))
        );
    }

    #[test]
    fn a_missing_one_is_not_found() {
        let refusal = World::scene().refusal("DescribeVpnGateway", &[("VpnGatewayId", "vpn-none")]);
        let code = "InvalidVpnGatewayInstanceId.NotFound";
        assert_eq!((refusal.status, &*refusal.code), (404, code));
    }
}
