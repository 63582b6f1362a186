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
        let routes: Vec<_> = vpn_route::of_gateway(world, gateway.id).map(|it| it.key).collect();
        for pair in routes.windows(2) {
            if pair[0].destination == pair[1].destination {
                self.pair(gateway, None, pair[0].destination, pair.iter().map(|it| it.next_hop));
            }
        }
        let policies: Vec<_> =
            vpn_pbr_route::of_gateway(world, gateway.id).map(|it| it.key).collect();
        for pair in policies.windows(2) {
            let (from, to) = (pair[0].source, pair[0].destination);
            if (from, to) == (pair[1].source, pair[1].destination) {
                self.pair(gateway, Some(from), to, pair.iter().map(|it| it.next_hop));
            }
        }
    }

    fn pair(
        &mut self,
        gateway: &VpnGateway,
        from: Option<Cidr>,
        to: Cidr,
        hops: impl Iterator<Item = VpnConnectionId>,
    ) {
        let hops: Vec<_> = hops.collect();
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
