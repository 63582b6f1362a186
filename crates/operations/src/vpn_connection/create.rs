use super::config::{AnyCase, BgpConfig, Defaults, HealthCheckConfig, IkeConfig, IpsecConfig};
use super::draft::{self, Draft};
use super::tunnel::{By, Plan, TunnelOptions, plan_two, remote_ca};
use crate::tag::TagPair;
use crate::{Authorized, Operation, Write};
use causeway_model::auto_route::{self, Unfit};
use causeway_model::task::{self, Subject, Task};
use causeway_model::vpn_connection::{self, Attached, Tunnel, TunnelBandwidth, VpnConnection};
use causeway_model::vpn_gateway::{self, GatewayStatus, NetworkType, VpnGateway};
use causeway_model::vswitch::VSwitch;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Json, ParameterError, Refusal, errors};
use causeway_types::{CustomerGatewayId, VSwitchId, VpnConnectionId, VpnGatewayId};
use serde::Serialize;
use std::net::IpAddr;

/// Creates an IPsec connection between a VPN gateway and a customer gateway.
///
/// On a gateway without a second vSwitch the connection has one tunnel, described by
/// `CustomerGatewayId`, `IkeConfig` and `IpsecConfig`. On a gateway with two vSwitches it has two,
/// described by `TunnelOptionsSpecification`. The connection is `provisioning`, and its gateway
/// `updating`, until their tasks are done; then both are `active`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPN gateway.
    #[parameter(example = "vpn-bp1q8bgx4xnkm2ogj****")]
    vpn_gateway_id: VpnGatewayId,
    /// Blocks on the cloud's side, at most 5, separated by commas. 0.0.0.0/0 on both sides routes
    /// by destination; specific blocks on both sides protect those flows.
    #[parameter(example = "10.1.1.0/24,10.1.2.0/24")]
    local_subnet: String,
    /// Blocks on the customer's side, likewise.
    #[parameter(example = "10.2.1.0/24")]
    remote_subnet: String,
    /// The far end of a single tunnel.
    #[parameter(example = "cgw-p0w2jemrcj5u61un8****")]
    customer_gateway_id: Option<CustomerGatewayId>,
    /// The name: 1 to 100 characters, not starting with `http://` or `https://`.
    name: Option<String>,
    /// Whether to negotiate at once instead of with the first packet; false when absent.
    effect_immediately: Option<bool>,
    /// Whether a policy-based route follows from every pair of a local and a remote block, when
    /// both sides are specific; true when absent. Where another connection has such a route, the
    /// new one is its standby, with weight 0; a pair of them stays as it is.
    auto_config_route: Option<bool>,
    /// Whether a single tunnel detects dead peers; true when absent.
    enable_dpd: Option<bool>,
    /// Whether a single tunnel traverses NAT; true when absent.
    enable_nat_traversal: Option<bool>,
    /// The certificate authority of a single tunnel's far end: at most 8 KiB.
    remote_ca_certificate: Option<String>,
    /// The first negotiation phase of a single tunnel: a JSON object of `Psk`, `IkeVersion`
    /// (`ikev1`), `IkeMode` (`main`), `IkeEncAlg` (`aes`), `IkeAuthAlg` (`md5`), `IkePfs`
    /// (`group2`), `IkeLifetime` (86400), `LocalId` and `RemoteId`.
    #[parameter(secret, example = r#"{"Psk":"1234****","IkeVersion":"ikev2"}"#)]
    ike_config: Option<Json<AnyCase<IkeConfig>>>,
    /// The second negotiation phase of a single tunnel: a JSON object of `IpsecEncAlg` (`aes`),
    /// `IpsecAuthAlg` (`md5`), `IpsecPfs` (`group2`) and `IpsecLifetime` (86400).
    #[parameter(example = r#"{"IpsecEncAlg":"aes","IpsecLifetime":86400}"#)]
    ipsec_config: Option<Json<AnyCase<IpsecConfig>>>,
    /// BGP over a single tunnel: a JSON object of `EnableBgp`, `LocalAsn`, `TunnelCidr` and
    /// `LocalBgpIp`.
    bgp_config: Option<Json<AnyCase<BgpConfig>>>,
    /// Probes of the link: a JSON object of `enable`, `dip`, `sip`, `interval` (3) and `retry` (3).
    #[parameter(example = r#"{"enable":true,"dip":"10.2.1.1","sip":"10.1.1.1"}"#)]
    health_check_config: Option<Json<AnyCase<HealthCheckConfig>>>,
    /// Two tunnels, for a gateway with two vSwitches.
    tunnel_options_specification: Vec<TunnelOptions>,
    /// Whether two tunnels speak BGP; false when absent.
    enable_tunnels_bgp: Option<bool>,
    /// Tags, at most 20.
    tags: Vec<TagPair>,
}

/// The new connection.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpn_connection_id: VpnConnectionId,
    name: String,
    create_time: i64,
}

errors! {
    /// What `CreateVpnConnection` refuses.
    pub enum Error {
        /// No such gateway.
        GatewayNotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "errors.json";
        /// One tunnel was described for a gateway with two vSwitches, two for a gateway with one,
        /// or the two are not one `master` and one `slave`.
        TunnelOptions = 400, "VpnConnection.InvalidCreateTunnelOptions",
            "The specified tunnel options are not valid.", "clients.md 6.4";
        /// A local block is malformed, given twice, or one too many.
        LocalSubnet = 400, "IllegalParam.LocalSubnet",
            r#"The specified "LocalSubnet" ({}) is invalid."#, "errors.json";
        /// A remote block is malformed, given twice, one too many, or in 100.64.0.0/10.
        RemoteSubnet = 400, "IllegalParam.RemoteSubnet",
            r#"The specified "RemoteSubnet" ({}) is invalid."#, "errors.json";
        /// Overdue payment has locked the gateway.
        FinancialLocked = 400, "VpnGateway.FinancialLocked",
            "The specified service is financial locked.", "errors.json";
        /// Another request is changing the gateway at this moment (clients.md 6.2).
        Conflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "clients.md 6.2";
        /// The gateway is not `active`.
        Configuring = 400, "VpnGateway.Configuring",
            "The specified service is configuring.", "errors.json";
        /// No such customer gateway.
        CustomerGatewayNotFound = 404, "InvalidCustomerGatewayInstanceId.NotFound",
            "The specified customer gateway instance id does not exist.", "errors.json";
        /// The gateway was created with `EnableIpsec` false.
        IpsecDisabled = 400, "OperationFailed.IpsecNotEnabled",
            "The VPN gateway does not accept IPsec connections.", "chosen";
        /// The gateway has a connection to the same customer gateway for the same blocks.
        AlreadyExists = 400, "InvalidVpnConnection.AlreadyExists",
            "Vpn connection already exists.", "errors.json";
        /// A route that would follow from the blocks does not fit the policy-based routes of the
        /// gateway: another one overlaps it with the same priority, or is for the same blocks on a
        /// gateway with two vSwitches.
        RouteConflict = 400, "VpnRouteEntry.Conflict",
            "The specified route entry has conflict.", "chosen";
        /// The gateway already has as many connections as its quota allows.
        Quota = 400, "Resource.QuotaFull", "The quota of resource is full", "errors.json";
        /// The gateway would have more policy-based routes than its quota allows.
        RouteQuota = 400, "QuotaExceeded.PolicyBasedRoute",
            "The maximum number of policy-based routes is exceeded. Existing routes: {}. Routes to be created: {}. Maximum routes: {}.",
            "errors.json";
        /// Not answered here: the provider's word for a gateway that is being configured.
        ApplianceConfiguring = 400, "Appliance.Configuring",
            "The specified service is configuring.", "errors.json";
        /// Not answered here: a connection that does not exist yet is never being configured.
        ConnectionConfiguring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "errors.json";
    }
}

/// See [`Request`].
pub struct CreateVpnConnection;

impl Operation for CreateVpnConnection {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["vpnconnection/*"],
        examples: &[
            Example {
                title: "One tunnel for two specific networks",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("CustomerGatewayId", "$cgw"),
                    ("LocalSubnet", "192.168.1.0/24"),
                    ("RemoteSubnet", "10.0.0.0/24"),
                    ("IkeConfig", r#"{"Psk":"secret","IkeVersion":"ikev2"}"#),
                    ("Name", "branch"),
                ],
                answer: r#"{"VpnConnectionId":"*","Name":"branch","CreateTime":"*"}"#,
            },
            Example {
                title: "Two tunnels, routed by destination",
                request: &[
                    ("VpnGatewayId", "$dual"),
                    ("LocalSubnet", "0.0.0.0/0"),
                    ("RemoteSubnet", "172.16.0.0/12"),
                    ("TunnelOptionsSpecification.1.Role", "master"),
                    ("TunnelOptionsSpecification.1.CustomerGatewayId", "$cgw"),
                    ("TunnelOptionsSpecification.2.Role", "slave"),
                    ("TunnelOptionsSpecification.2.CustomerGatewayId", "$cgw"),
                ],
                answer: r#"{"VpnConnectionId":"*"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateVpnConnection")
    };
    type Request = Request;
    type Response = Response;
}

const DEFAULTS: Defaults = Defaults { ike_version: "ikev1", authentication: "md5" };

impl Write for CreateVpnConnection {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let gateway = txn.get::<VpnGateway>(&request.vpn_gateway_id);
        let gateway = gateway.ok_or(Error::GatewayNotFound)?.clone();
        let plans = plans(&request, &gateway)?;
        let draft = draft(&request)?;
        ready(txn, &gateway)?;
        let tunnels = tunnels(txn, &gateway, plans)?;
        let (id, attached) = (txn.new_id(), Attached::Gateway(gateway.id));
        let connection = draft.connection(txn, id, attached, tunnels);
        let routes = auto_route::of_connection(&connection, &gateway);
        fits(txn, &gateway, &connection)?;
        let response = Response {
            vpn_connection_id: id,
            name: connection.name.as_deref().unwrap_or_default().into(),
            create_time: connection.created.millis(),
        };
        txn.put(connection);
        let most = txn.context().quotas.pbr_routes_per_gateway;
        auto_route::add(txn, &gateway, &routes, most).map_err(|unfit| match unfit {
            Unfit::Clash => Error::RouteConflict.into(),
            Unfit::Quota { existing, more, most } => {
                Error::RouteQuota.with(existing).with(more).with(most)
            }
        })?;
        vpn_gateway::reconfigure(txn, gateway.id);
        task::start(txn, Subject::VpnConnection(id));
        Ok(response)
    }
}

/// The tunnels in the style of the gateway.
fn plans(request: &Request, gateway: &VpnGateway) -> Result<Vec<Plan>, Refusal> {
    let options = &request.tunnel_options_specification;
    if gateway.is_dual_tunnel() {
        let single = request.customer_gateway_id.is_some()
            || request.ike_config.is_some()
            || request.ipsec_config.is_some();
        let bgp = request.enable_tunnels_bgp == Some(true);
        let plans = if single { None } else { plan_two(options, By::Role, bgp, &DEFAULTS)? };
        return plans.ok_or(Error::TunnelOptions.into());
    }
    if !options.is_empty() {
        return Err(Error::TunnelOptions.into());
    }
    let missing = ParameterError::Missing { name: "CustomerGatewayId", code: None };
    let ike = request.ike_config.as_ref().map(|Json(AnyCase(config))| config);
    let ipsec = request.ipsec_config.as_ref().map(|Json(AnyCase(config))| config);
    let bgp = request.bgp_config.as_ref().map(|Json(AnyCase(config))| config);
    let bgp = bgp.filter(|config| config.enable_bgp == Some(true));
    Ok(vec![Plan {
        customer_gateway: request.customer_gateway_id.ok_or(missing)?,
        index: 1,
        dpd: request.enable_dpd != Some(false),
        nat_traversal: request.enable_nat_traversal != Some(false),
        remote_ca: remote_ca(&request.remote_ca_certificate, "RemoteCaCertificate")?,
        ike: ike.unwrap_or(&IkeConfig::default()).read("IkeConfig", &DEFAULTS)?,
        ipsec: ipsec.unwrap_or(&IpsecConfig::default()).read("IpsecConfig", &DEFAULTS)?,
        bgp: bgp.map(|config| config.read("BgpConfig")).transpose()?,
    }])
}

fn draft(request: &Request) -> Result<Draft, Refusal> {
    let local = draft::blocks(&request.local_subnet);
    let remote = draft::remote_blocks(&request.remote_subnet);
    Ok(Draft {
        local_subnets: local.map_err(|text| Error::LocalSubnet.with(text))?,
        remote_subnets: remote.map_err(|text| Error::RemoteSubnet.with(text))?,
        name: draft::name(request.name.as_deref())?,
        health_check: draft::health_check(request.health_check_config.as_ref())?,
        tags: draft::tags(&request.tags)?,
        effect_immediately: request.effect_immediately == Some(true),
        auto_config_route: request.auto_config_route != Some(false),
        tunnels_bgp: request.enable_tunnels_bgp == Some(true),
        network: NetworkType::Public,
        tunnel_bandwidth: TunnelBandwidth::Standard,
        resource_group: None,
    })
}

/// Whether the gateway can take a change now.
fn ready(txn: &Txn, gateway: &VpnGateway) -> Result<(), Error> {
    if gateway.financial_locked {
        return Err(Error::FinancialLocked);
    }
    if txn.held_by_another::<Task>(&Subject::VpnGateway(gateway.id)) {
        return Err(Error::Conflict);
    }
    if gateway.status != GatewayStatus::Active { Err(Error::Configuring) } else { Ok(()) }
}

fn tunnels(txn: &mut Txn, gateway: &VpnGateway, plans: Vec<Plan>) -> Result<Vec<Tunnel>, Error> {
    let mut tunnels = Vec::new();
    for plan in plans {
        let (address, vswitch) = end(gateway, plan.index);
        let zone = vswitch.and_then(|id| txn.get::<VSwitch>(&id)).map(|found| found.zone.clone());
        tunnels.push(plan.tunnel(txn, address, zone).ok_or(Error::CustomerGatewayNotFound)?);
    }
    Ok(tunnels)
}

/// The gateway's address and vSwitch for its first or second tunnel.
fn end(gateway: &VpnGateway, index: u8) -> (IpAddr, Option<VSwitchId>) {
    match (index, gateway.disaster_recovery_address) {
        (2, Some(address)) => (address, gateway.disaster_recovery_vswitch),
        _ => (gateway.address, gateway.vswitch),
    }
}

/// Whether the gateway has room for the connection, and nothing like it.
fn fits(txn: &Txn, gateway: &VpnGateway, new: &VpnConnection) -> Result<(), Error> {
    if !gateway.ipsec {
        return Err(Error::IpsecDisabled);
    }
    let others = txn.members::<VpnConnectionId>(gateway.id);
    let others: Vec<_> = others.filter_map(|id| txn.get::<VpnConnection>(&id)).collect();
    if others.iter().any(|other| vpn_connection::is_alike(other, new)) {
        return Err(Error::AlreadyExists);
    }
    if others.len() >= txn.context().quotas.connections_per_gateway {
        return Err(Error::Quota);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
