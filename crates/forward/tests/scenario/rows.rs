//! Rows with everything that does not matter to forwarding left plain.

use super::{NOW, id};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::text::{Labels, Tags};
use causeway_model::vpc::{Ipv6Isp, Vpc, VpcStatus};
use causeway_model::vpn_connection::{
    Attached, Bgp, ConnectionState, HealthCheck, HealthPolicy, Ike, Ipsec, Tunnel, TunnelBandwidth,
    TunnelRole, VpnConnection,
};
use causeway_model::vpn_gateway::NetworkType;
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_types::{Cidr, Family, RouteTableId, VSwitchId, VpcId, VpnConnectionId};

fn system_table(vpc: VpcId) -> RouteTableId {
    id(&vpc.to_string().replace("vpc-", "vtb-system"))
}

pub fn vpc(vpc: VpcId, cidr: Cidr) -> (Vpc, RouteTable) {
    let row = Vpc {
        id: vpc,
        vrouter: id(&vpc.to_string().replace("vpc", "vrt")),
        system_table: system_table(vpc),
        cidr,
        secondary_cidrs: Vec::new(),
        ipv6_cidr: None,
        ipv6_isp: Ipv6Isp::default(),
        dns_hostnames: false,
        user_cidrs: Vec::new(),
        labels: Labels::default(),
        status: VpcStatus::Available,
        created: NOW,
        resource_group: None,
        tags: Tags::new(),
    };
    (row, RouteTable { kind: RouteTableKind::System, ..custom_table(system_table(vpc), vpc) })
}

pub fn custom_table(table: RouteTableId, vpc: VpcId) -> RouteTable {
    RouteTable {
        id: table,
        vpc,
        kind: RouteTableKind::Custom,
        associate: AssociateType::VSwitch,
        labels: Labels::default(),
        status: RouteTableStatus::Available,
        propagation_enabled: true,
        created: NOW,
        tags: Tags::new(),
    }
}

/// A vSwitch with an IPv4 block, or beside a block nobody uses with an IPv6 block.
pub fn vswitch(id: VSwitchId, vpc: VpcId, block: Cidr, table: Option<RouteTableId>) -> VSwitch {
    let ipv6_cidr = (block.family() == Family::V6).then_some(block);
    VSwitch {
        id,
        vpc,
        cidr: if ipv6_cidr.is_some() { Cidr::v4(192, 0, 2, 0, 24) } else { block },
        ipv6_cidr,
        zone: "cn-hangzhou-h".into(),
        route_table: table.unwrap_or_else(|| system_table(vpc)),
        labels: Labels::default(),
        status: VSwitchStatus::Available,
        created: NOW,
        tags: Tags::new(),
    }
}

/// `two` tunnels instead of one; `revoke` or `reserve` to check the link's health.
pub fn connection(own: VpnConnectionId, attached: Attached, options: &[&str]) -> VpnConnection {
    let dual_tunnel = options.contains(&"two");
    let roles = [(1, TunnelRole::Master), (2, TunnelRole::Slave)];
    let roles = roles.iter().take(if dual_tunnel { 2 } else { 1 });
    let bgp = options.contains(&"bgp");
    let reserve = options.contains(&"reserve");
    let state = match attached {
        Attached::Gateway(_) => ConnectionState::Active,
        _ => ConnectionState::Attached,
    };
    VpnConnection {
        id: own,
        attached,
        tunnels: roles.map(|&(index, role)| tunnel(own, index, role, bgp)).collect(),
        dual_tunnel,
        name: None,
        local_subnets: vec![Cidr::DEFAULT_V4],
        remote_subnets: vec![Cidr::DEFAULT_V4],
        effect_immediately: false,
        auto_config_route: true,
        tunnels_bgp: false,
        health_check: HealthCheck {
            enabled: reserve || options.contains(&"revoke"),
            destination: "".into(),
            source: "".into(),
            interval_s: 3,
            retries: 3,
            policy: if reserve { HealthPolicy::ReserveRoute } else { HealthPolicy::RevokeRoute },
        },
        network: NetworkType::Public,
        tunnel_bandwidth: TunnelBandwidth::Standard,
        state,
        created: NOW,
        resource_group: None,
        tags: Tags::new(),
    }
}

fn tunnel(connection: VpnConnectionId, index: u8, role: TunnelRole, bgp: bool) -> Tunnel {
    Tunnel {
        id: id(&format!("{}{index}", connection.to_string().replace("vco", "tun"))),
        index,
        role,
        customer_gateway: None,
        address: "198.51.100.1".parse().unwrap(),
        zone: None,
        dpd: true,
        nat_traversal: true,
        remote_ca: None,
        ike: Ike {
            psk: "key".into(),
            version: "ikev2".into(),
            mode: "main".into(),
            encryption: "aes".into(),
            authentication: "sha1".into(),
            pfs: "group2".into(),
            lifetime_s: 86400,
            local_id: "".into(),
            remote_id: "".into(),
        },
        ipsec: Ipsec {
            encryption: "aes".into(),
            authentication: "sha1".into(),
            pfs: "group2".into(),
            lifetime_s: 86400,
        },
        bgp: bgp.then_some(Bgp { local_asn: 45104, tunnel_cidr: None, local_address: None }),
    }
}
