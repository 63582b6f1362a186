use super::config::{AnyCase, BgpConfig, Defaults, HealthCheckConfig, IkeConfig, IpsecConfig};
use super::draft::{self, Draft};
use super::tunnel::{By, TunnelOptions, plan_two};
use crate::label::resource_group;
use crate::tag::TagPair;
use crate::{Authorized, Operation, Write};
use causeway_model::vpn_connection::{Attached, TunnelBandwidth, VpnConnection};
use causeway_model::vpn_gateway::{NetworkType, PUBLIC_POOL, draw_address};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Json, Refusal, errors};
use causeway_types::{CustomerGatewayId, VpnConnectionId};
use serde::Serialize;

/// Creates an IPsec connection that can be attached to a transit router.
///
/// It always has two tunnels, told apart by `TunnelIndex`. It is `init` until a transit router
/// takes it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Blocks on the cloud's side, at most 5, separated by commas.
    #[parameter(example = "10.1.1.0/24,10.1.2.0/24")]
    local_subnet: String,
    /// Blocks on the customer's side, likewise.
    #[parameter(example = "10.2.1.0/24")]
    remote_subnet: String,
    /// Exactly two tunnels.
    tunnel_options_specification: Vec<TunnelOptions>,
    /// The name: 1 to 100 characters, not starting with `http://` or `https://`.
    name: Option<String>,
    /// `public` (default) or `private`.
    #[parameter(example = "public")]
    network_type: Option<String>,
    /// How much each tunnel can carry: `Standard` (default) or `Large`.
    #[parameter(example = "Standard")]
    tunnel_bandwidth: Option<String>,
    /// Whether to negotiate at once instead of with the first packet; false when absent.
    effect_immediately: Option<bool>,
    /// Whether routes follow from the blocks; true when absent.
    auto_config_route: Option<bool>,
    /// Whether the tunnels speak BGP; false when absent.
    enable_tunnels_bgp: Option<bool>,
    /// Probes of the link: a JSON object of `enable`, `dip`, `sip`, `interval` (3), `retry` (3) and
    /// `Policy`, what happens to published routes when probes fail: `revoke_route` (default) or
    /// `reserve_route`.
    #[parameter(example = r#"{"enable":true,"dip":"10.2.1.1","sip":"10.1.1.1"}"#)]
    health_check_config: Option<Json<AnyCase<HealthCheckConfig>>>,
    /// The resource group: at most 64 characters.
    resource_group_id: Option<String>,
    /// Tags, at most 20.
    tags: Vec<TagPair>,
    /// Of connections with one tunnel, which cannot be made any more: refused.
    customer_gateway_id: Option<CustomerGatewayId>,
    /// Of connections with one tunnel: refused.
    #[parameter(secret)]
    ike_config: Option<Json<AnyCase<IkeConfig>>>,
    /// Of connections with one tunnel: refused.
    ipsec_config: Option<Json<AnyCase<IpsecConfig>>>,
    /// Of connections with one tunnel: without effect.
    _bgp_config: Option<Json<AnyCase<BgpConfig>>>,
    /// Of connections with one tunnel: without effect.
    _enable_dpd: Option<bool>,
    /// Of connections with one tunnel: without effect.
    _enable_nat_traversal: Option<bool>,
    /// Of connections with one tunnel: without effect.
    _remote_ca_cert: Option<String>,
}

/// The new connection. The provider adds a `Code`, which its own clients take for an error
/// (clients.md 6.1); it is left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpn_connection_id: VpnConnectionId,
    name: String,
    create_time: i64,
    success: bool,
}

errors! {
    /// What `CreateVpnAttachment` refuses.
    pub enum Error {
        /// A local block is malformed, given twice, or one too many.
        LocalSubnet = 400, "IllegalParam.LocalSubnet",
            r#"The specified "LocalSubnet" ({}) is invalid."#, "errors.json";
        /// A remote block is malformed, given twice, one too many, or in 100.64.0.0/10.
        RemoteSubnet = 400, "IllegalParam.RemoteSubnet",
            r#"The specified "RemoteSubnet" ({}) is invalid."#, "errors.json";
        /// A single tunnel was described, or not exactly the tunnels 1 and 2.
        TunnelOptions = 400, "VpnConnection.InvalidCreateTunnelOptions",
            "The specified tunnel options are not valid.", "clients.md 6.4";
        /// No such customer gateway.
        CustomerGatewayNotFound = 404, "InvalidCustomerGatewayInstanceId.NotFound",
            "The specified customer gateway instance id does not exist.", "errors.json";
        /// The account already has as many IPsec connections for transit routers in the region as
        /// its quota allows.
        Quota = 400, "Resource.QuotaFull", "The quota of resource is full", "chosen";
        /// Not answered here: the provider's word for a connection that is being configured.
        ApplianceConfiguring = 400, "Appliance.Configuring",
            "The specified service is configuring.", "errors.json";
        /// Not answered here: a connection that does not exist yet is never being configured.
        Configuring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "errors.json";
    }
}

/// See [`Request`].
pub struct CreateVpnAttachment;

impl Operation for CreateVpnAttachment {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        access: Access::Create,
        resources: &["vpnconnection/*"],
        examples: &[
            Example {
                title: "Two tunnels",
                request: &[
                    ("LocalSubnet", "0.0.0.0/0"),
                    ("RemoteSubnet", "0.0.0.0/0"),
                    ("TunnelOptionsSpecification.1.TunnelIndex", "1"),
                    ("TunnelOptionsSpecification.1.CustomerGatewayId", "$cgw"),
                    ("TunnelOptionsSpecification.2.TunnelIndex", "2"),
                    ("TunnelOptionsSpecification.2.CustomerGatewayId", "$cgw"),
                ],
                answer: r#"{"VpnConnectionId":"*","Success":true}"#,
            },
            Example {
                title: "One tunnel, which is refused",
                request: &[
                    ("LocalSubnet", "0.0.0.0/0"),
                    ("RemoteSubnet", "0.0.0.0/0"),
                    ("CustomerGatewayId", "$cgw"),
                ],
                answer: r#"{"Code":"VpnConnection.InvalidCreateTunnelOptions"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateVpnAttachment")
    };
    type Request = Request;
    type Response = Response;
}

const DEFAULTS: Defaults = Defaults { ike_version: "ikev2", authentication: "sha1" };

impl Write for CreateVpnAttachment {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let single = request.customer_gateway_id.is_some()
            || request.ike_config.is_some()
            || request.ipsec_config.is_some();
        if single || request.tunnel_options_specification.len() != 2 {
            return Err(Error::TunnelOptions.into());
        }
        let bgp = request.enable_tunnels_bgp == Some(true);
        let plans = plan_two(&request.tunnel_options_specification, By::Index, bgp, &DEFAULTS)?;
        let plans = plans.ok_or(Error::TunnelOptions)?;
        let draft = draft(&request)?;
        let mut tunnels = Vec::new();
        for plan in plans {
            let address = draw_address(txn, PUBLIC_POOL, tunnels.first().map(first_address));
            let tunnel = plan.tunnel(txn, address, None);
            tunnels.push(tunnel.ok_or(Error::CustomerGatewayNotFound)?);
        }
        let others = txn.all::<VpnConnection>().filter(|other| other.gateway().is_none());
        if others.count() >= txn.context().quotas.attachments {
            return Err(Error::Quota.into());
        }
        let id = txn.new_id();
        let connection = draft.connection(txn, id, Attached::Nothing, tunnels);
        let response = Response {
            vpn_connection_id: id,
            name: connection.name.as_deref().unwrap_or_default().into(),
            create_time: connection.created.millis(),
            success: true,
        };
        txn.put(connection);
        Ok(response)
    }
}

fn first_address(tunnel: &causeway_model::vpn_connection::Tunnel) -> std::net::IpAddr {
    tunnel.address
}

fn draft(request: &Request) -> Result<Draft, Refusal> {
    let local = draft::blocks(&request.local_subnet);
    let remote = draft::remote_blocks(&request.remote_subnet);
    Ok(Draft {
        local_subnets: local.map_err(|text| Error::LocalSubnet.with(text))?,
        remote_subnets: remote.map_err(|text| Error::RemoteSubnet.with(text))?,
        name: draft::name(request.name.as_deref())?,
        network: match request.network_type.as_deref().unwrap_or_default() {
            "" | "public" => NetworkType::Public,
            "private" => NetworkType::Private,
            _ => return Err(Refusal::invalid_parameter("NetworkType")),
        },
        tunnel_bandwidth: match request.tunnel_bandwidth.as_deref().unwrap_or_default() {
            "" | "Standard" => TunnelBandwidth::Standard,
            "Large" => TunnelBandwidth::Large,
            _ => return Err(Refusal::invalid_parameter("TunnelBandwidth")),
        },
        health_check: draft::health_check(request.health_check_config.as_ref())?,
        tags: draft::tags(&request.tags)?,
        effect_immediately: request.effect_immediately == Some(true),
        auto_config_route: request.auto_config_route != Some(false),
        tunnels_bgp: request.enable_tunnels_bgp == Some(true),
        resource_group: resource_group(&request.resource_group_id)?,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::vpn_connection::VpnConnection;
    use causeway_model::vpn_gateway::VpnGateway;
    use std::collections::BTreeSet;

    const TWO: [(&str, &str); 6] = [
        ("LocalSubnet", "0.0.0.0/0"),
        ("RemoteSubnet", "10.0.0.0/24"),
        ("TunnelOptionsSpecification.1.TunnelIndex", "2"),
        ("TunnelOptionsSpecification.1.CustomerGatewayId", "$cgw"),
        ("TunnelOptionsSpecification.2.TunnelIndex", "1"),
        ("TunnelOptionsSpecification.2.CustomerGatewayId", "$cgw"),
    ];

    fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
        TWO.into_iter().filter(|(other, _)| *other != name).chain([(name, value)]).collect()
    }

    #[test]
    fn an_attachment_is_init_with_its_own_defaults() {
        let mut world = World::scene();
        let mut request = TWO.to_vec();
        request.extend([
            ("HealthCheckConfig", r#"{"Policy":"reserve_route"}"#),
            ("NetworkType", "private"),
            ("TunnelBandwidth", "Large"),
            ("Name", "n"),
            ("ResourceGroupId", "rg-1"),
        ]);
        let made = world.call("CreateVpnAttachment", &request).unwrap();
        assert!(made.get("Code").is_none()); // clients.md 6.1
        let id = [("VpnConnectionId", made["VpnConnectionId"].as_str().unwrap())];
        let read = world.call("DescribeVpnConnection", &id).unwrap();
        assert_eq!(
            (&read["State"], &read["AttachType"]),
            (&"init".into(), &"NO_ASSOCIATED".into())
        );
        assert_eq!(read["VcoHealthCheck"]["Policy"], "reserve_route");
        assert_eq!(
            (&read["NetworkType"], &read["TunnelBandwidth"]),
            (&"private".into(), &"Large".into())
        );
        let tunnels = &read["TunnelOptionsSpecification"]["TunnelOptions"];
        assert_eq!(
            (&tunnels[0]["TunnelIndex"], &tunnels[1]["TunnelIndex"]),
            (&1.into(), &2.into())
        );
        assert_ne!(tunnels[0]["InternetIp"], tunnels[1]["InternetIp"]);
        assert_eq!(tunnels[0]["TunnelIkeConfig"]["IkeVersion"], "ikev2");
        assert_eq!(tunnels[0]["TunnelIpsecConfig"]["IpsecAuthAlg"], "sha1");
    }

    #[test]
    fn it_takes_exactly_two_tunnels() {
        let mut world = World::scene();
        let three =
            [TWO.to_vec(), vec![("TunnelOptionsSpecification.3.CustomerGatewayId", "$cgw")]];
        for request in [
            TWO[..2].to_vec(),
            TWO[..4].to_vec(),
            three.concat(),
            with("TunnelOptionsSpecification.1.TunnelIndex", "1"),
            with("CustomerGatewayId", "$cgw"),
            with("IkeConfig", "{}"),
            with("IpsecConfig", "{}"),
        ] {
            let refusal = world.refusal("CreateVpnAttachment", &request);
            assert_eq!(refusal.code, "VpnConnection.InvalidCreateTunnelOptions", "{request:?}");
        }
    }

    #[test]
    fn no_two_ends_have_one_address() {
        let mut world = World::scene();
        let gateway = [("VpcId", "$vpc"), ("Bandwidth", "10")];
        for _ in 0..20 {
            world.call("CreateVpnAttachment", &TWO).unwrap();
            world.call("CreateVpnGateway", &gateway).unwrap();
        }
        let made = |connection: &&VpnConnection| connection.gateway().is_none();
        let tunnels = world.tenant.all::<VpnConnection>().filter(made).flat_map(|it| &it.tunnels);
        let gateways = world.tenant.all::<VpnGateway>().map(|gateway| gateway.address);
        let addresses: BTreeSet<_> = tunnels.map(|tunnel| tunnel.address).chain(gateways).collect();
        assert_eq!(addresses.len(), 20 * 3 + 1, "all but those of the scene, which share one");
    }

    #[test]
    fn attachments_are_counted() {
        let mut world = World::scene();
        world.context.quotas.attachments = 3; // the scene has two
        world.call("CreateVpnAttachment", &TWO).unwrap();
        assert_eq!(world.refusal("CreateVpnAttachment", &TWO).code, "Resource.QuotaFull");
        let far_end = with("TunnelOptionsSpecification.1.CustomerGatewayId", "cgw-none");
        let refusal = world.refusal("CreateVpnAttachment", &far_end);
        assert_eq!(refusal.code, "InvalidCustomerGatewayInstanceId.NotFound");
    }

    #[test]
    fn bad_values_are_refused() {
        let mut world = World::scene();
        for (name, value, code) in [
            ("TunnelOptionsSpecification.1.TunnelIndex", "3", "InvalidParameter"),
            ("LocalSubnet", "x", "IllegalParam.LocalSubnet"),
            ("RemoteSubnet", "100.64.0.0/10", "IllegalParam.RemoteSubnet"),
            ("Name", "", "InvalidParameter"),
            ("NetworkType", "both", "InvalidParameter"),
            ("TunnelBandwidth", "Huge", "InvalidParameter"),
            ("HealthCheckConfig", r#"{"Policy":"x"}"#, "InvalidParameter"),
            ("Tags.1.Key", "acs:x", "InvalidParameter"),
            (
                "TunnelOptionsSpecification.2.CustomerGatewayId",
                "cgw-none",
                "InvalidCustomerGatewayInstanceId.NotFound",
            ),
        ] {
            let refusal = world.refusal("CreateVpnAttachment", &with(name, value));
            assert_eq!(refusal.code, code, "{name}={value}");
        }
    }
}
