//! Active and standby routes that one failing customer gateway takes down together.

use super::{Code, Linter};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, vpn_pbr_route, vpn_route};
use causeway_types::{Cidr, CustomerGatewayId, VpnConnectionId};
use std::collections::BTreeSet;

impl<R: Read> Linter<'_, R> {
    pub(super) fn shared_fate(&mut self, gateway: &VpnGateway) {
        let world = self.side.world;
        // Routes that form a pair are neighbours.
        let routes = vpn_route::of_gateway(world, gateway.id).map(|it| (&it.key, it.weight));
        let routes: Vec<_> = routes.collect();
        for pair in routes.windows(2) {
            if pair[0].0.destination == pair[1].0.destination {
                let hops = pair.iter().map(|(key, weight)| (*weight, key.next_hop));
                self.pair(gateway, None, pair[0].0.destination, hops);
            }
        }
        let policies = vpn_pbr_route::of_gateway(world, gateway.id).map(|it| (&it.key, it.weight));
        let policies: Vec<_> = policies.collect();
        for pair in policies.windows(2) {
            let (from, to) = (pair[0].0.source, pair[0].0.destination);
            if (from, to) == (pair[1].0.source, pair[1].0.destination) {
                let hops = pair.iter().map(|(key, weight)| (*weight, key.next_hop));
                self.pair(gateway, Some(from), to, hops);
            }
        }
    }

    fn pair(
        &mut self,
        gateway: &VpnGateway,
        from: Option<Cidr>,
        to: Cidr,
        hops: impl Iterator<Item = (u8, VpnConnectionId)>,
    ) {
        let mut hops: Vec<_> = hops.collect();
        // The active one, which has the greater weight, is named first.
        hops.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let hops: Vec<_> = hops.into_iter().map(|(_, hop)| hop).collect();
        let far_ends: Vec<_> = hops.iter().map(|hop| self.far_ends(*hop)).collect();
        if far_ends[0].is_empty() || far_ends[0] != far_ends[1] {
            return;
        }
        let from = from.map(|from| format!(" from {from}")).unwrap_or_default();
        let message = format!(
            "the active and the standby route{from} to {to}, by {} and {}, end at the same customer gateway",
            hops[0], hops[1]
        );
        let advice = "let the standby connection end at another customer gateway";
        self.find(Code::StandbySharesFate, gateway.id, message, advice);
    }

    /// The customer gateways that a connection's tunnels end at.
    fn far_ends(&self, id: VpnConnectionId) -> BTreeSet<CustomerGatewayId> {
        let connection = self.side.world.get::<VpnConnection>(&id);
        let tunnels = connection.into_iter().flat_map(|it| &it.tunnels);
        tunnels.filter_map(|tunnel| tunnel.customer_gateway).collect()
    }
}
