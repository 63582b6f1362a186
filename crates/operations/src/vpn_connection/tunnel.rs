//! Tunnels of a connection: as a request describes them, and as they become.

use super::config::{BgpConfig, Defaults, IkeConfig, IpsecConfig};
use crate::label::given;
use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::vpn_connection::{Bgp, Ike, Ipsec, Tunnel, TunnelRole};
use causeway_model::{Read, Txn};
use causeway_spec::Refusal;
use causeway_types::CustomerGatewayId;
use std::net::IpAddr;

/// One of two tunnels.
#[derive(Debug, causeway_spec::Request)]
pub struct TunnelOptions {
    /// The far end.
    #[parameter(example = "cgw-1nmwbpgrp7ssqm1yn****")]
    customer_gateway_id: CustomerGatewayId,
    /// On a VPN gateway: `master`, which carries traffic first, or `slave`. One of each.
    #[parameter(example = "master")]
    role: Option<String>,
    /// For a transit router: 1 or 2; the position in the list when absent.
    #[parameter(example = "1")]
    tunnel_index: Option<i64>,
    /// Whether dead peers are detected; true when absent.
    enable_dpd: Option<bool>,
    /// Whether NAT is traversed; true when absent.
    enable_nat_traversal: Option<bool>,
    /// The certificate authority of the far end: at most 8 KiB.
    remote_ca_certificate: Option<String>,
    /// The first negotiation phase.
    tunnel_ike_config: Option<IkeConfig>,
    /// The second negotiation phase.
    tunnel_ipsec_config: Option<IpsecConfig>,
    /// BGP over the tunnel.
    tunnel_bgp_config: Option<BgpConfig>,
}

/// A tunnel whose values are checked but whose surroundings are not looked up yet.
pub(super) struct Plan {
    pub customer_gateway: CustomerGatewayId,
    pub index: u8,
    pub dpd: bool,
    pub nat_traversal: bool,
    pub remote_ca: Option<Box<str>>,
    pub ike: Ike,
    pub ipsec: Ipsec,
    pub bgp: Option<Bgp>,
}

/// How the two tunnels of a list are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// By `Role`, on a VPN gateway.
    Role,
    /// By `TunnelIndex`, for a transit router.
    Index,
}

/// Plans of two tunnels, the first one first; `None` when the list is not two tunnels that can be
/// told apart.
pub(super) fn plan_two(
    options: &[TunnelOptions],
    by: By,
    bgp: bool,
    defaults: &Defaults,
) -> Result<Option<Vec<Plan>>, Refusal> {
    let mut plans = Vec::new();
    for (n, options) in options.iter().enumerate() {
        plans.push(options.plan(n, by, bgp, defaults)?);
    }
    plans.sort_by_key(|plan| plan.index);
    let indexes: Vec<u8> = plans.iter().map(|plan| plan.index).collect();
    Ok((indexes == [1, 2]).then_some(plans))
}

impl TunnelOptions {
    fn plan(&self, n: usize, by: By, bgp: bool, defaults: &Defaults) -> Result<Plan, Refusal> {
        let at = |member: &str| format!("TunnelOptionsSpecification.{}.{member}", n + 1);
        let index = match (by, self.role.as_deref(), self.tunnel_index) {
            (By::Role, Some("master"), _) | (By::Index, _, Some(1)) => 1,
            (By::Role, Some("slave"), _) | (By::Index, _, Some(2)) => 2,
            (By::Index, _, None) => u8::try_from(n + 1).unwrap_or(u8::MAX),
            (By::Role, _, _) => return Err(Refusal::invalid_parameter(&at("Role"))),
            (By::Index, _, _) => return Err(Refusal::invalid_parameter(&at("TunnelIndex"))),
        };
        let ike = self
            .tunnel_ike_config
            .as_ref()
            .unwrap_or(&IkeConfig::default())
            .read(&at("TunnelIkeConfig"), defaults)?;
        let ipsec = self
            .tunnel_ipsec_config
            .as_ref()
            .unwrap_or(&IpsecConfig::default())
            .read(&at("TunnelIpsecConfig"), defaults)?;
        let remote_ca = remote_ca(&self.remote_ca_certificate, &at("RemoteCaCertificate"))?;
        let at = at("TunnelBgpConfig");
        let bgp = match &self.tunnel_bgp_config {
            Some(config) => Some(config.read(&at)?),
            None if bgp => Some(BgpConfig::default().read(&at)?),
            None => None,
        };
        Ok(Plan {
            customer_gateway: self.customer_gateway_id,
            index,
            dpd: self.enable_dpd != Some(false),
            nat_traversal: self.enable_nat_traversal != Some(false),
            remote_ca,
            ike,
            ipsec,
            bgp,
        })
    }
}

/// Reads a certificate of at most 8 KiB; `at` names the parameter.
pub(super) fn remote_ca(text: &Option<String>, at: &str) -> Result<Option<Box<str>>, Refusal> {
    match given(text) {
        Some(text) if text.len() > 8 << 10 => Err(Refusal::invalid_parameter(at)),
        text => Ok(text.map(Into::into)),
    }
}

impl Plan {
    /// The tunnel, with its far end looked up, its key and identities filled in. `None` when the
    /// customer gateway does not exist.
    pub(super) fn tunnel(
        self,
        txn: &mut Txn,
        address: IpAddr,
        zone: Option<Box<str>>,
    ) -> Option<Tunnel> {
        let far_end = txn.get::<CustomerGateway>(&self.customer_gateway)?.address;
        let or = |text: Box<str>, address: IpAddr| {
            if text.is_empty() { address.to_string().into() } else { text }
        };
        let psk = if self.ike.psk.is_empty() { drawn_key(txn.entropy()) } else { self.ike.psk };
        Some(Tunnel {
            id: txn.new_id(),
            index: self.index,
            role: if self.index == 1 { TunnelRole::Master } else { TunnelRole::Slave },
            customer_gateway: Some(self.customer_gateway),
            address,
            zone,
            dpd: self.dpd,
            nat_traversal: self.nat_traversal,
            remote_ca: self.remote_ca,
            ike: Ike {
                psk,
                local_id: or(self.ike.local_id, address),
                remote_id: or(self.ike.remote_id, far_end),
                ..self.ike
            },
            ipsec: self.ipsec,
            bgp: self.bgp,
        })
    }
}

/// A pre-shared key of sixteen letters and digits.
fn drawn_key(entropy: u128) -> Box<str> {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = entropy;
    let mut letter = || {
        let letter = LETTERS[(rest % 62) as usize];
        rest /= 62;
        char::from(letter)
    };
    (0..16).map(|_| letter()).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::drawn_key;

    #[test]
    fn drawn_keys_are_long_and_distinct() {
        let (a, b) = (drawn_key(u128::MAX / 3), drawn_key(u128::MAX / 5));
        assert_eq!(a.len(), 16);
        assert_ne!(a, b);
    }
}
