//! How an IPsec connection looks in answers (semantics.md 7.6, clients.md 7). Links are simulated:
//! established, unless they were set down. Nothing speaks BGP yet.

use crate::shape::TagList;
use causeway_forward::Links;
use causeway_model::Read;
use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::vpn_connection::{Attached, Bgp, Ike, Tunnel, TunnelBandwidth, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_types::{TunnelId, VpnConnectionId};
use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr};

/// The state of a BGP session.
fn bgp_status(up: bool) -> &'static str {
    if up { "true" } else { "false" }
}

/// An IPsec connection.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Shape {
    vpn_connection_id: VpnConnectionId,
    vpn_gateway_id: String,
    customer_gateway_id: String,
    name: String,
    state: &'static str,
    status: &'static str,
    attach_type: &'static str,
    attach_instance_id: String,
    transit_router_id: String,
    transit_router_name: String,
    cross_account_authorized: bool,
    local_subnet: String,
    remote_subnet: String,
    internet_ip: String,
    spec: String,
    zone_no: String,
    network_type: &'static str,
    tunnel_bandwidth: &'static str,
    create_time: i64,
    effect_immediately: bool,
    enable_dpd: bool,
    enable_nat_traversal: bool,
    enable_tunnels_bgp: bool,
    remote_ca_certificate: String,
    ike_config: IkeShape<u32>,
    ipsec_config: IpsecShape<u32>,
    vco_health_check: HealthCheck,
    vpn_bgp_config: VpnBgpConfig,
    tunnel_options_specification: TunnelOptionsSpecification,
    resource_group_id: String,
    /// The tags of one described connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<TagList>,
    /// The tags of a listed connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<TagList>,
}

/// Lifetimes are numbers here and texts inside tunnels. All members are absent at the top of a
/// connection with two tunnels.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct IkeShape<L> {
    #[serde(flatten)]
    given: Option<IkeMembers<L>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct IkeMembers<L> {
    psk: String,
    ike_version: String,
    ike_mode: String,
    ike_enc_alg: String,
    ike_auth_alg: String,
    ike_pfs: String,
    ike_lifetime: L,
    local_id: String,
    remote_id: String,
}

#[derive(Debug, Default, Serialize)]
struct IpsecShape<L> {
    #[serde(flatten)]
    given: Option<IpsecMembers<L>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct IpsecMembers<L> {
    ipsec_enc_alg: String,
    ipsec_auth_alg: String,
    ipsec_pfs: String,
    ipsec_lifetime: L,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct HealthCheck {
    /// `true` or `false` as text.
    enable: String,
    dip: String,
    sip: String,
    interval: u32,
    retry: u32,
    policy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpnBgpConfig {
    /// `true` or `false` as text.
    enable_bgp: String,
    #[serde(flatten)]
    given: Option<BgpMembers<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BgpMembers<N> {
    local_asn: N,
    local_bgp_ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_asn: Option<N>,
    peer_bgp_ip: String,
    tunnel_cidr: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TunnelOptionsSpecification {
    tunnel_options: Vec<TunnelShape>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TunnelShape {
    tunnel_id: TunnelId,
    tunnel_index: u8,
    role: &'static str,
    state: &'static str,
    status: &'static str,
    internet_ip: String,
    zone_no: String,
    customer_gateway_id: String,
    /// `true` or `false` as text.
    enable_dpd: String,
    /// `true` or `false` as text.
    enable_nat_traversal: String,
    remote_ca_certificate: String,
    tunnel_ike_config: IkeShape<String>,
    tunnel_ipsec_config: IpsecShape<String>,
    tunnel_bgp_config: TunnelBgp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TunnelBgp {
    #[serde(flatten)]
    given: Option<BgpMembers<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bgp_status: Option<&'static str>,
}

impl Shape {
    /// As `DescribeVpnConnection` answers it, tags under `Tags`.
    pub(super) fn described(world: &impl Read, connection: &VpnConnection) -> Shape {
        let tags = Some(TagList::from(&connection.tags));
        Shape { tags, ..Shape::new(world, connection) }
    }

    /// As `DescribeVpnConnections` answers it, tags under `Tag`.
    pub(super) fn listed(world: &impl Read, connection: &VpnConnection) -> Shape {
        let tag = Some(TagList::from(&connection.tags));
        Shape { tag, ..Shape::new(world, connection) }
    }

    fn new(world: &impl Read, it: &VpnConnection) -> Shape {
        let links = Links::of(world);
        let gateway = it.gateway();
        let single = it.tunnels.first().filter(|_| !it.dual_tunnel);
        let first = it.tunnels.first();
        let of_first = |read: fn(&Tunnel) -> String| first.map(read).unwrap_or_default();
        Shape {
            vpn_connection_id: it.id,
            vpn_gateway_id: text(gateway),
            customer_gateway_id: text(single.and_then(|tunnel| tunnel.customer_gateway)),
            name: it.name.as_deref().unwrap_or_default().into(),
            state: it.state.text(),
            status: negotiation(it, links.carries(it)),
            attach_type: attach_type(&it.attached),
            attach_instance_id: text(gateway),
            transit_router_id: transit_router(&it.attached),
            transit_router_name: String::new(),
            cross_account_authorized: false,
            local_subnet: joined(&it.local_subnets),
            remote_subnet: joined(&it.remote_subnets),
            internet_ip: of_first(|tunnel| tunnel.address.to_string()),
            spec: spec(world, it),
            zone_no: of_first(|tunnel| tunnel.zone.as_deref().unwrap_or_default().into()),
            network_type: it.network.text(),
            tunnel_bandwidth: it.tunnel_bandwidth.text(),
            create_time: it.created.millis(),
            effect_immediately: it.effect_immediately,
            enable_dpd: first.is_some_and(|tunnel| tunnel.dpd),
            enable_nat_traversal: first.is_some_and(|tunnel| tunnel.nat_traversal),
            enable_tunnels_bgp: it.tunnels_bgp,
            remote_ca_certificate: single.map(remote_ca).unwrap_or_default(),
            ike_config: IkeShape { given: single.map(|t| ike(&t.ike, t.ike.lifetime_s)) },
            ipsec_config: IpsecShape { given: single.map(|t| ipsec(t, t.ipsec.lifetime_s)) },
            vco_health_check: health_check(it, &links),
            vpn_bgp_config: vpn_bgp(world, single, links.speaks_bgp(it)),
            tunnel_options_specification: TunnelOptionsSpecification {
                tunnel_options: if it.dual_tunnel {
                    it.tunnels
                        .iter()
                        .map(|tunnel| tunnel_shape(world, &links, it, tunnel))
                        .collect()
                } else {
                    Vec::new()
                },
            },
            resource_group_id: it.resource_group.as_deref().unwrap_or_default().into(),
            tags: None,
            tag: None,
        }
    }
}

/// `VPNGW`, `CEN` or `NO_ASSOCIATED`.
pub(super) fn attach_type(attached: &Attached) -> &'static str {
    match attached {
        Attached::Gateway(_) => "VPNGW",
        Attached::TransitRouter { .. } => "CEN",
        Attached::Nothing => "NO_ASSOCIATED",
    }
}

/// The transit router's id, or the empty text.
pub(super) fn transit_router(attached: &Attached) -> String {
    match attached {
        Attached::TransitRouter { transit_router, .. } => transit_router.to_string(),
        Attached::Gateway(_) | Attached::Nothing => String::new(),
    }
}

fn text(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

fn joined(blocks: &[causeway_types::Cidr]) -> String {
    blocks.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The bandwidth: the gateway's, or a tunnel's.
fn spec(world: &impl Read, it: &VpnConnection) -> String {
    let gateway = it.gateway().and_then(|id| world.get::<VpnGateway>(&id));
    match (gateway, it.tunnel_bandwidth) {
        (Some(gateway), _) => format!("{}M", gateway.bandwidth_mbps),
        (None, TunnelBandwidth::Standard) => "1000M".into(),
        (None, TunnelBandwidth::Large) => "3000M".into(),
    }
}

fn remote_ca(tunnel: &Tunnel) -> String {
    tunnel.remote_ca.as_deref().unwrap_or_default().into()
}

fn ike<L>(ike: &Ike, lifetime: L) -> IkeMembers<L> {
    IkeMembers {
        psk: ike.psk.to_string(),
        ike_version: ike.version.to_string(),
        ike_mode: ike.mode.to_string(),
        ike_enc_alg: ike.encryption.to_string(),
        ike_auth_alg: ike.authentication.to_string(),
        ike_pfs: ike.pfs.to_string(),
        ike_lifetime: lifetime,
        local_id: ike.local_id.to_string(),
        remote_id: ike.remote_id.to_string(),
    }
}

fn ipsec<L>(tunnel: &Tunnel, lifetime: L) -> IpsecMembers<L> {
    IpsecMembers {
        ipsec_enc_alg: tunnel.ipsec.encryption.to_string(),
        ipsec_auth_alg: tunnel.ipsec.authentication.to_string(),
        ipsec_pfs: tunnel.ipsec.pfs.to_string(),
        ipsec_lifetime: lifetime,
    }
}

fn health_check(it: &VpnConnection, links: &Links) -> HealthCheck {
    let check = &it.health_check;
    HealthCheck {
        enable: check.enabled.to_string(),
        dip: check.destination.to_string(),
        sip: check.source.to_string(),
        interval: check.interval_s,
        retry: check.retries,
        policy: check.policy.text(),
        status: check.enabled.then(|| if links.carries(it) { "success" } else { "failed" }),
    }
}

fn far_end<'a>(world: &'a impl Read, tunnel: &Tunnel) -> Option<&'a CustomerGateway> {
    tunnel.customer_gateway.and_then(|id| world.get::<CustomerGateway>(&id))
}

fn vpn_bgp(world: &impl Read, single: Option<&Tunnel>, up: bool) -> VpnBgpConfig {
    let bgp = single.and_then(|tunnel| tunnel.bgp.as_ref());
    let customer = single.and_then(|tunnel| far_end(world, tunnel));
    let key = customer.and_then(|customer| customer.auth_key.as_deref());
    VpnBgpConfig {
        enable_bgp: bgp.is_some().to_string(),
        given: bgp.map(|bgp| bgp_members(bgp, customer.and_then(|it| it.asn), |number| number)),
        auth_key: bgp.and(key).map(Into::into),
        status: bgp.map(|_| bgp_status(up)),
    }
}

fn bgp_members<N>(bgp: &Bgp, peer_asn: Option<u32>, number: fn(u32) -> N) -> BgpMembers<N> {
    BgpMembers {
        local_asn: number(bgp.local_asn),
        local_bgp_ip: text(bgp.local_address),
        peer_asn: peer_asn.map(number),
        peer_bgp_ip: text(peer_address(bgp)),
        tunnel_cidr: text(bgp.tunnel_cidr),
    }
}

/// The other host of the tunnel's /30.
fn peer_address(bgp: &Bgp) -> Option<IpAddr> {
    let IpAddr::V4(network) = bgp.tunnel_cidr?.network() else { return None };
    let local = bgp.local_address?;
    let hosts = [1, 2].map(|n| IpAddr::V4(Ipv4Addr::from_bits(network.to_bits() + n)));
    hosts.into_iter().find(|host| *host != local)
}

/// How far a negotiation has come: of a tunnel, or of a connection by one of them.
fn negotiation(it: &VpnConnection, up: bool) -> &'static str {
    match up {
        _ if !it.is_ready() => "ike_sa_not_established",
        true => "ipsec_sa_established",
        false => "ipsec_sa_not_established",
    }
}

fn tunnel_shape(
    world: &impl Read,
    links: &Links,
    it: &VpnConnection,
    tunnel: &Tunnel,
) -> TunnelShape {
    let peer_asn = far_end(world, tunnel).and_then(|customer| customer.asn);
    let bgp = tunnel.bgp.as_ref();
    let up = links.is_up(it.id) && links.is_up(tunnel.id);
    TunnelShape {
        tunnel_id: tunnel.id,
        tunnel_index: tunnel.index,
        role: tunnel.role.text(),
        state: it.state.text(),
        status: negotiation(it, up),
        internet_ip: tunnel.address.to_string(),
        zone_no: tunnel.zone.as_deref().unwrap_or_default().into(),
        customer_gateway_id: text(tunnel.customer_gateway),
        enable_dpd: tunnel.dpd.to_string(),
        enable_nat_traversal: tunnel.nat_traversal.to_string(),
        remote_ca_certificate: remote_ca(tunnel),
        tunnel_ike_config: IkeShape {
            given: Some(ike(&tunnel.ike, tunnel.ike.lifetime_s.to_string())),
        },
        tunnel_ipsec_config: IpsecShape {
            given: Some(ipsec(tunnel, tunnel.ipsec.lifetime_s.to_string())),
        },
        tunnel_bgp_config: TunnelBgp {
            given: bgp.map(|bgp| bgp_members(bgp, peer_asn, |number| number.to_string())),
            bgp_status: bgp.map(|_| bgp_status(it.is_ready() && up)),
        },
    }
}
