//! What both kinds of connection have in common, checked but not yet part of the world.

use super::config::{AnyCase, HealthCheckConfig};
use crate::tag::{self, TagPair};
use causeway_model::Txn;
use causeway_model::text::{Tags, is_label};
use causeway_model::vpn_connection::{
    Attached, ConnectionState, HealthCheck, Tunnel, TunnelBandwidth, VpnConnection,
};
use causeway_model::vpn_gateway::NetworkType;
use causeway_spec::{Json, Refusal};
use causeway_types::{Cidr, Family, VpnConnectionId};

/// Blocks a connection can have on a side (semantics.md 7.4).
const BLOCKS_MAX: usize = 5;

/// The settings of a connection as a whole.
pub(super) struct Draft {
    pub name: Option<Box<str>>,
    pub local_subnets: Vec<Cidr>,
    pub remote_subnets: Vec<Cidr>,
    pub health_check: HealthCheck,
    pub tags: Tags,
    pub effect_immediately: bool,
    pub auto_config_route: bool,
    pub tunnels_bgp: bool,
    pub network: NetworkType,
    pub tunnel_bandwidth: TunnelBandwidth,
    pub resource_group: Option<Box<str>>,
}

/// The name: 1 to 100 characters.
pub(super) fn name(text: Option<&str>) -> Result<Option<Box<str>>, Refusal> {
    if text.is_some_and(|text| !is_label(text, 1..=100)) {
        return Err(Refusal::invalid_parameter("Name"));
    }
    Ok(text.map(Into::into))
}

/// The tags a new connection gets.
pub(super) fn tags(pairs: &[TagPair]) -> Result<Tags, Refusal> {
    tag::given("Tags", pairs)
}

/// The probes, off when not given.
pub(super) fn health_check(
    config: Option<&Json<AnyCase<HealthCheckConfig>>>,
) -> Result<HealthCheck, Refusal> {
    match config {
        Some(Json(AnyCase(config))) => config.read(),
        None => HealthCheckConfig::default().read(),
    }
}

/// Reads one side's blocks: 1 to 5 distinct IPv4 blocks, separated by commas. The text that is
/// none comes back as the error, or the list when it has too many; what follows is not read.
pub(super) fn blocks(list: &str) -> Result<Vec<Cidr>, &str> {
    let mut blocks: Vec<Cidr> = Vec::new();
    for text in list.split(',').map(str::trim) {
        if blocks.len() == BLOCKS_MAX {
            return Err(list);
        }
        let block: Cidr = text.parse().map_err(|_| text)?;
        if block.family() != Family::V4 || blocks.contains(&block) {
            return Err(text);
        }
        blocks.push(block);
    }
    Ok(blocks)
}

/// The far side's blocks: none may be within the provider's own, or reach into it but as a default
/// route (S-VR-05 for the routes that follow from them).
pub(super) fn remote_blocks(list: &str) -> Result<Vec<Cidr>, &str> {
    let blocks = blocks(list)?;
    let reserved = |block: &Cidr| !block.is_default() && block.overlaps(&Cidr::RESERVED);
    if blocks.iter().any(reserved) { Err(list) } else { Ok(blocks) }
}

impl Draft {
    /// The connection.
    pub(super) fn connection(
        self,
        txn: &Txn,
        id: VpnConnectionId,
        attached: Attached,
        tunnels: Vec<Tunnel>,
    ) -> VpnConnection {
        VpnConnection {
            id,
            attached,
            dual_tunnel: tunnels.len() == 2,
            tunnels,
            name: self.name,
            local_subnets: self.local_subnets,
            remote_subnets: self.remote_subnets,
            effect_immediately: self.effect_immediately,
            auto_config_route: self.auto_config_route,
            tunnels_bgp: self.tunnels_bgp,
            health_check: self.health_check,
            network: self.network,
            tunnel_bandwidth: self.tunnel_bandwidth,
            state: match attached {
                Attached::Gateway(_) => ConnectionState::Provisioning,
                Attached::Nothing | Attached::TransitRouter { .. } => ConnectionState::Init,
            },
            created: txn.now(),
            resource_group: self.resource_group,
            tags: self.tags,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{blocks, remote_blocks};

    #[test]
    fn a_side_has_one_to_five_distinct_blocks() {
        assert_eq!(blocks("10.0.0.0/8, 192.168.0.1").unwrap().len(), 2);
        assert!(blocks("10.0.0.0/24,10.0.1.0/24,10.0.2.0/24,10.0.3.0/24,10.0.4.0/24").is_ok());
        for (list, wrong) in [
            ("", ""),
            ("10.0.0.0/8,", ""),
            ("x,10.0.0.0/8", "x"),
            ("10.0.0.1/8", "10.0.0.1/8"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("10.0.0.0/8,10.0.0.0/8", "10.0.0.0/8"),
            (
                "1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,4.0.0.0/8,5.0.0.0/8,6.0.0.0/8",
                "1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,4.0.0.0/8,5.0.0.0/8,6.0.0.0/8",
            ),
        ] {
            assert_eq!(blocks(list), Err(wrong), "{list}");
        }
    }

    #[test]
    fn a_long_list_is_not_read_to_its_end() {
        let list = "1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,4.0.0.0/8,5.0.0.0/8,6.0.0.0/8,x";
        assert_eq!(blocks(list), Err(list));
    }

    #[test]
    fn the_far_side_is_not_the_providers() {
        assert!(remote_blocks("0.0.0.0/0").is_ok());
        for list in ["100.64.0.0/10", "100.64.1.0/24", "100.0.0.0/8"] {
            assert!(remote_blocks(list).is_err(), "{list}");
            assert!(blocks(list).is_ok(), "{list}");
        }
    }
}
