//! The standard scene that examples and tests play in.

use super::World;
use causeway_model::bgp_route::{BgpRoute, BgpRouteKey};
use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::next_hop::NextHops;
use causeway_model::resource::{Place, Resource};
use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::text::{Labels, Tags};
use causeway_model::vco_route::{VcoRoute, VcoRouteKey};
use causeway_model::vpc::{Ipv6Isp, Vpc, VpcStatus};
use causeway_model::vpn_connection::{
    Attached, Bgp, ConnectionState, HealthCheck, HealthPolicy, Ike, Ipsec, Tunnel, TunnelBandwidth,
    TunnelRole, VpnConnection,
};
use causeway_model::vpn_gateway::{ChargeType, GatewayStatus, NetworkType, PbrSupport, VpnGateway};
use causeway_model::vpn_pbr_route::{VpnPbrRoute, VpnPbrRouteKey};
use causeway_model::vpn_route::{VpnRoute, VpnRouteKey};
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_types::{EniId, Id, TypedId};

/// Reads an id that is known to be well formed.
fn id<T: TypedId>(text: &str) -> T {
    let id = T::from_text(text);
    assert_ne!(id.id(), Id::NONE, "{text}");
    id
}

impl World {
    /// The standard scene, with asynchronous work done at once:
    ///
    /// | name | what |
    /// |---|---|
    /// | `$vpc` | 192.168.0.0/16, Available |
    /// | `$vtb` | its system table |
    /// | `$custom` | a custom table |
    /// | `$vsw`, `$vsw2` | 192.168.1.0/24 and 192.168.2.0/24, in two zones |
    /// | `$vpn` | a single-tunnel gateway, with connections `$vco`, `$vco2` and `$vco3` |
    /// | `$dual` | a dual-tunnel gateway, with connections `$dualvco`, `$dualvco2` |
    /// | `$cgw` | a customer gateway |
    /// | `$att` | an IPsec connection attached to transit router `$tr` by `$vpnattach` |
    /// | `$free` | an IPsec connection attached to nothing |
    /// | `$vpn`'s routes | 172.16.0.0/16, and 172.17.0.0/16 from 192.168.1.0/24, both to `$vco3` |
    /// | `$att`'s route | 172.16.0.0/16 |
    /// | `$i`, `$eni`, `$ri`, `$ri2`, ... | registered next hops in `$vpc` |
    pub fn scene() -> World {
        let mut world = World::new();
        world.scene_vpc();
        world.scene_gateways();
        world.scene_next_hops();
        world.scene_vpn_routes();
        world
    }

    /// The standard scene of examples: also a route `$rte` of `$vtb`, to 172.31.0.0/16 by `$eni`,
    /// and RAM users and policies.
    pub fn scene_of_examples() -> World {
        let mut world = World::scene();
        world.scene_route();
        world.scene_bgp();
        world.scene_ram();
        world
    }

    /// `$dualvco2` speaks BGP, as `$bgp`, and its peer announces 172.20.0.0/16.
    pub(crate) fn scene_bgp(&mut self) {
        self.name("$bgp", "vco-bp1dual2");
        self.update::<VpnConnection>(&id("vco-bp1dual2"), |connection| {
            for tunnel in &mut connection.tunnels {
                let (local_asn, tunnel_cidr, local_address) = (45104, None, None);
                tunnel.bgp = Some(Bgp { local_asn, tunnel_cidr, local_address });
            }
        });
        let destination = causeway_types::Cidr::v4(172, 20, 0, 0, 16);
        let key = BgpRouteKey { connection: id("vco-bp1dual2"), destination };
        let (as_path, community, announced) = (vec![65010], "".into(), self.context.now);
        self.put(BgpRoute { key, as_path, community, announced, sequence: 0 });
    }

    fn scene_route(&mut self) {
        let table = id("vtb-bp1systemscene0000000");
        let destination = causeway_types::Cidr::v4(172, 31, 0, 0, 16);
        let entry = RouteEntry {
            key: RouteKey { table, destination, origin: RouteOrigin::User },
            id: route_entry::id_in_table(table, 0),
            next_hops: NextHops::One(id::<EniId>("eni-bp1scene").into()),
            status: RouteStatus::Available,
            labels: None,
            modified: self.context.now,
        };
        self.name("$rte", entry.id);
        self.put(entry);
    }

    fn scene_vpn_routes(&mut self) {
        let (gateway, next_hop) = (id("vpn-bp1scene"), id("vco-bp1scene3"));
        let (created, sequence) = (self.context.now, 0);
        let destination = causeway_types::Cidr::v4(172, 16, 0, 0, 16);
        let (weight, published, description) = (100, false, None);
        let key = VpnRouteKey { gateway, destination, next_hop };
        self.put(VpnRoute { key, weight, published, description, created, sequence });
        let key = VcoRouteKey { connection: id("vco-bp1attached"), destination };
        self.put(VcoRoute { key, weight, description: None, created, sequence });
        self.put(VpnPbrRoute {
            key: VpnPbrRouteKey {
                gateway,
                source: causeway_types::Cidr::v4(192, 168, 1, 0, 24),
                destination: causeway_types::Cidr::v4(172, 17, 0, 0, 16),
                next_hop,
            },
            weight,
            priority: 10,
            published,
            description: None,
            created,
            sequence,
        });
    }

    pub(super) fn name(&mut self, name: &'static str, id: impl ToString) {
        self.names.insert(name, id.to_string());
    }

    fn scene_vpc(&mut self) {
        let vpc = Vpc {
            id: id("vpc-bp1scene"),
            vrouter: id("vrt-bp1scene"),
            system_table: id("vtb-bp1systemscene0000000"),
            cidr: "192.168.0.0/16".parse().unwrap(),
            secondary_cidrs: Vec::new(),
            ipv6_cidr: Some("2408:4005:300:aa00::/56".parse().unwrap()),
            ipv6_isp: Ipv6Isp::default(),
            dns_hostnames: false,
            user_cidrs: Vec::new(),
            labels: Labels::new(Some("scene"), None),
            status: VpcStatus::Available,
            created: self.context.now,
            resource_group: None,
            tags: Tags::new(),
        };
        self.name("$vpc", vpc.id);
        for (name, id, kind) in [
            ("$vtb", vpc.system_table, RouteTableKind::System),
            ("$custom", id("vtb-bp1customscene0000000"), RouteTableKind::Custom),
        ] {
            self.name(name, id);
            self.put(RouteTable {
                id,
                vpc: vpc.id,
                kind,
                associate: AssociateType::VSwitch,
                labels: Labels::default(),
                status: RouteTableStatus::Available,
                propagation_enabled: true,
                created: self.context.now,
                tags: Tags::new(),
            });
        }
        for (name, id, cidr, ipv6, zone) in [
            ("$vsw", id("vsw-bp1scene1"), "192.168.1.0/24", "2408:4005:300:aa01::/64", "h"),
            ("$vsw2", id("vsw-bp1scene2"), "192.168.2.0/24", "2408:4005:300:aa02::/64", "i"),
        ] {
            self.name(name, id);
            self.put(VSwitch {
                id,
                vpc: vpc.id,
                cidr: cidr.parse().unwrap(),
                ipv6_cidr: Some(ipv6.parse().unwrap()),
                zone: format!("cn-hangzhou-{zone}").into(),
                route_table: vpc.system_table,
                labels: Labels::default(),
                status: VSwitchStatus::Available,
                created: self.context.now,
                tags: Tags::new(),
            });
        }
        self.put(vpc);
    }

    fn scene_gateways(&mut self) {
        let cgw = CustomerGateway {
            id: id("cgw-bp1scene"),
            address: "203.0.113.1".parse().unwrap(),
            asn: None,
            auth_key: None,
            labels: Labels::default(),
            created: self.context.now,
            resource_group: None,
            tags: Tags::new(),
        };
        self.name("$cgw", cgw.id);
        self.put(cgw);
        for (name, gateway, second, connections) in [
            (
                "$vpn",
                "vpn-bp1scene",
                None,
                &[
                    ("$vco", "vco-bp1scene1"),
                    ("$vco2", "vco-bp1scene2"),
                    ("$vco3", "vco-bp1scene3"),
                ][..],
            ),
            (
                "$dual",
                "vpn-bp1dual",
                Some(id("vsw-bp1scene2")),
                &[("$dualvco", "vco-bp1dual1"), ("$dualvco2", "vco-bp1dual2")][..],
            ),
        ] {
            self.name(name, gateway);
            let gateway = VpnGateway {
                id: id(gateway),
                vpc: id("vpc-bp1scene"),
                vswitch: Some(id("vsw-bp1scene1")),
                disaster_recovery_vswitch: second,
                labels: Labels::default(),
                bandwidth_mbps: 10,
                network: NetworkType::Public,
                charge: ChargeType::PostpayByFlow,
                ipsec: true,
                ssl: false,
                ssl_connections: 0,
                pbr: PbrSupport::Full,
                status: GatewayStatus::Active,
                financial_locked: false,
                address: "198.51.100.1".parse().unwrap(),
                disaster_recovery_address: second.map(|_| "198.51.100.2".parse().unwrap()),
                auto_propagate: false,
                created: self.context.now,
                expires: None,
                resource_group: None,
                tags: Tags::new(),
            };
            let attached = Attached::Gateway(gateway.id);
            self.put(gateway);
            for (name, connection) in connections {
                self.scene_connection(name, connection, attached, ConnectionState::Active);
            }
        }
        let attached = Attached::TransitRouter {
            attachment: id("tr-attach-scenevpn"),
            transit_router: id("tr-bp1scene"),
        };
        self.name("$tr", "tr-bp1scene");
        self.name("$vpnattach", "tr-attach-scenevpn");
        self.put(Resource {
            id: "tr-attach-scenevpn".parse().unwrap(),
            place: Place::TransitRouter {
                transit_router: id("tr-bp1scene"),
                connection: id("vco-bp1attached"),
            },
            status: "Attached".into(),
            created: self.context.now,
        });
        self.scene_connection("$att", "vco-bp1attached", attached, ConnectionState::Attached);
        self.scene_connection("$free", "vco-bp1free", Attached::Nothing, ConnectionState::Init);
    }

    fn scene_connection(
        &mut self,
        name: &'static str,
        text: &str,
        attached: Attached,
        state: ConnectionState,
    ) {
        self.name(name, text);
        let dual_tunnel = name.starts_with("$dual") || !matches!(attached, Attached::Gateway(_));
        let roles = [(1, TunnelRole::Master), (2, TunnelRole::Slave)];
        let payload = text.trim_start_matches("vco-");
        let tunnels = roles.iter().take(if dual_tunnel { 2 } else { 1 });
        let tunnels = tunnels.map(|&(index, role)| scene_tunnel(payload, index, role)).collect();
        self.put(VpnConnection {
            id: id(text),
            attached,
            tunnels,
            dual_tunnel,
            name: None,
            local_subnets: vec![causeway_types::Cidr::DEFAULT_V4],
            remote_subnets: vec![causeway_types::Cidr::DEFAULT_V4],
            effect_immediately: false,
            auto_config_route: true,
            tunnels_bgp: false,
            health_check: HealthCheck {
                enabled: false,
                destination: "".into(),
                source: "".into(),
                interval_s: 3,
                retries: 3,
                policy: HealthPolicy::RevokeRoute,
            },
            network: NetworkType::Public,
            tunnel_bandwidth: TunnelBandwidth::Standard,
            state,
            created: self.context.now,
            resource_group: None,
            tags: Tags::new(),
        });
    }

    fn scene_next_hops(&mut self) {
        for (name, text, status) in [
            ("$i", "i-bp1scene", "Running"),
            ("$havip", "havip-bp1scene", "Available"),
            ("$ri", "ri-bp1scene1", "Active"),
            ("$ri2", "ri-bp1scene2", "Active"),
            ("$eni", "eni-bp1scene", "InUse"),
            ("$ipv6gw", "ipv6gw-bp1scene", "Available"),
            ("$ngw", "ngw-bp1scene", "Available"),
            ("$trattach", "tr-attach-scene", "Attached"),
            ("$pcc", "pcc-scene", "Activated"),
            ("$ipv4gw", "ipv4gw-bp1scene", "Created"),
            ("$vpce", "vpce-bp1scene", "Created"),
            ("$cen", "cen-scene", "Active"),
            ("$ecr", "ecr-assoc-scene", "ACTIVE"),
            ("$ep", "ep-bp1scene", "Active"),
            ("$rtg", "rtg-bp1scene", "Active"),
        ] {
            self.name(name, text);
            let place = Place::Vpc(id("vpc-bp1scene"));
            let created = self.context.now;
            self.put(Resource { id: text.parse().unwrap(), place, status: status.into(), created });
        }
    }
}

fn scene_tunnel(payload: &str, index: u8, role: TunnelRole) -> Tunnel {
    Tunnel {
        id: id(&format!("tun-{payload}{index}")),
        index,
        role,
        customer_gateway: Some(id("cgw-bp1scene")),
        address: "198.51.100.1".parse().unwrap(),
        zone: None,
        dpd: true,
        nat_traversal: true,
        remote_ca: None,
        ike: Ike {
            psk: "scene-pre-shared-key".into(),
            version: "ikev2".into(),
            mode: "main".into(),
            encryption: "aes".into(),
            authentication: "sha1".into(),
            pfs: "group2".into(),
            lifetime_s: 86400,
            local_id: "198.51.100.1".into(),
            remote_id: "203.0.113.1".into(),
        },
        ipsec: Ipsec {
            encryption: "aes".into(),
            authentication: "sha1".into(),
            pfs: "group2".into(),
            lifetime_s: 86400,
        },
        bgp: None,
    }
}
