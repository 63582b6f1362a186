use super::shape::Shape;
use crate::{Authorized, Operation, Query};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpnConnectionId;

/// Describes one IPsec connection, on a VPN gateway or for a transit router.
///
/// `State` tells whether its configuration is in place, `Status` how negotiation went. Pre-shared
/// keys are shown.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The connection.
    #[parameter(example = "vco-bp1bbi27hojx80nck****")]
    vpn_connection_id: VpnConnectionId,
}

errors! {
    /// What `DescribeVpnConnection` refuses.
    pub enum Error {
        /// No such connection.
        NotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "errors.json";
    }
}

/// See [`Request`].
pub struct DescribeVpnConnection;

impl Operation for DescribeVpnConnection {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::Get,
        resources: &["vpnconnection/{VpnConnectionId}"],
        examples: &[
            Example {
                title: "A connection with one tunnel",
                request: &[("VpnConnectionId", "$vco")],
                answer: r#"{"VpnConnectionId":"$vco","VpnGatewayId":"$vpn","State":"active",
                    "AttachType":"VPNGW","CustomerGatewayId":"$cgw","LocalSubnet":"0.0.0.0/0",
                    "TunnelOptionsSpecification":{"TunnelOptions":[]}}"#,
            },
            Example {
                title: "A connection of a transit router",
                request: &[("VpnConnectionId", "$att")],
                answer: r#"{"VpnConnectionId":"$att","State":"attached","AttachType":"CEN",
                    "TransitRouterId":"$tr","TunnelOptionsSpecification":{"TunnelOptions":[
                    {"TunnelIndex":1,"Role":"master"},{"TunnelIndex":2,"Role":"slave"}]}}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("DescribeVpnConnection")
    };
    type Request = Request;
    type Response = Shape;
}

impl Query for DescribeVpnConnection {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Shape, Refusal> {
        let connection = tenant.get::<VpnConnection>(&request.vpn_connection_id);
        Ok(Shape::described(tenant, connection.ok_or(Error::NotFound)?))
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::json;

    #[test]
    fn every_member_of_one_tunnel_is_there_with_its_type() {
        let mut world = World::scene();
        let ike = json!({
            "Psk": "scene-pre-shared-key", "IkeVersion": "ikev2", "IkeMode": "main",
            "IkeEncAlg": "aes", "IkeAuthAlg": "sha1", "IkePfs": "group2", "IkeLifetime": 86400,
            "LocalId": "198.51.100.1", "RemoteId": "203.0.113.1",
        });
        let ipsec = json!({
            "IpsecEncAlg": "aes", "IpsecAuthAlg": "sha1", "IpsecPfs": "group2",
            "IpsecLifetime": 86400,
        });
        let expected = json!({
            "VpnConnectionId": "vco-bp1scene1", "VpnGatewayId": "vpn-bp1scene",
            "CustomerGatewayId": "cgw-bp1scene", "Name": "", "State": "active",
            "Status": "ipsec_sa_established", "AttachType": "VPNGW",
            "AttachInstanceId": "vpn-bp1scene", "TransitRouterId": "", "TransitRouterName": "",
            "CrossAccountAuthorized": false, "LocalSubnet": "0.0.0.0/0",
            "RemoteSubnet": "0.0.0.0/0", "InternetIp": "198.51.100.1", "Spec": "10M",
            "ZoneNo": "", "NetworkType": "public", "TunnelBandwidth": "Standard",
            "CreateTime": 1_795_000_000_000_i64, "EffectImmediately": false, "EnableDpd": true,
            "EnableNatTraversal": true, "EnableTunnelsBgp": false, "RemoteCaCertificate": "",
            "IkeConfig": ike, "IpsecConfig": ipsec,
            "VcoHealthCheck": { "Enable": "false", "Dip": "", "Sip": "", "Interval": 3,
                "Retry": 3, "Policy": "revoke_route" },
            "VpnBgpConfig": { "EnableBgp": "false" },
            "TunnelOptionsSpecification": { "TunnelOptions": [] },
            "ResourceGroupId": "", "Tags": { "Tag": [] },
        });
        let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", "$vco")]).unwrap();
        assert_eq!(read, expected);
    }

    #[test]
    fn tunnels_have_texts_for_numbers() {
        let mut world = World::scene();
        let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", "$dualvco")]).unwrap();
        assert_eq!((&read["IkeConfig"], &read["IpsecConfig"]), (&json!({}), &json!({})));
        assert_eq!(read["CustomerGatewayId"], "");
        let tunnel = &read["TunnelOptionsSpecification"]["TunnelOptions"][1];
        let expected = json!({
            "TunnelId": "tun-bp1dual12", "TunnelIndex": 2, "Role": "slave", "State": "active",
            "Status": "ipsec_sa_established", "InternetIp": "198.51.100.1", "ZoneNo": "",
            "CustomerGatewayId": "cgw-bp1scene", "EnableDpd": "true",
            "EnableNatTraversal": "true", "RemoteCaCertificate": "",
            "TunnelIkeConfig": { "Psk": "scene-pre-shared-key", "IkeVersion": "ikev2",
                "IkeMode": "main", "IkeEncAlg": "aes", "IkeAuthAlg": "sha1", "IkePfs": "group2",
                "IkeLifetime": "86400", "LocalId": "198.51.100.1", "RemoteId": "203.0.113.1" },
            "TunnelIpsecConfig": { "IpsecEncAlg": "aes", "IpsecAuthAlg": "sha1",
                "IpsecPfs": "group2", "IpsecLifetime": "86400" },
            "TunnelBgpConfig": {},
        });
        assert_eq!(*tunnel, expected);
    }

    #[test]
    fn bgp_shows_both_ends() {
        let mut world = World::new();
        let far_end = [("IpAddress", "203.0.113.9"), ("Asn", "65009"), ("AuthKey", "k")];
        let far_end = world.call("CreateCustomerGateway", &far_end).unwrap();
        let far_end = far_end["CustomerGatewayId"].as_str().unwrap();
        let made = world.call(
            "CreateVpnAttachment",
            &[
                ("LocalSubnet", "0.0.0.0/0"),
                ("RemoteSubnet", "0.0.0.0/0"),
                ("EnableTunnelsBgp", "true"),
                ("TunnelOptionsSpecification.1.CustomerGatewayId", far_end),
                ("TunnelOptionsSpecification.1.TunnelBgpConfig.TunnelCidr", "169.254.20.0/30"),
                ("TunnelOptionsSpecification.1.TunnelBgpConfig.LocalBgpIp", "169.254.20.2"),
                ("TunnelOptionsSpecification.2.CustomerGatewayId", far_end),
            ],
        );
        let made = made.unwrap();
        let id = made["VpnConnectionId"].as_str().unwrap();
        let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", id)]).unwrap();
        let bgp = &read["TunnelOptionsSpecification"]["TunnelOptions"][0]["TunnelBgpConfig"];
        let expected = json!({
            "LocalAsn": "45104", "LocalBgpIp": "169.254.20.2", "PeerAsn": "65009",
            "PeerBgpIp": "169.254.20.1", "TunnelCidr": "169.254.20.0/30", "BgpStatus": "false",
        });
        assert_eq!(*bgp, expected);
    }

    #[test]
    fn a_missing_one_is_not_found() {
        let mut world = World::scene();
        let refusal = world.refusal("DescribeVpnConnection", &[("VpnConnectionId", "vco-none")]);
        let code = "InvalidVpnConnectionInstanceId.NotFound"; // clients.md 5.1
        assert_eq!((refusal.status, &*refusal.code), (404, code));
    }
}
