//! Active and standby routes that one failing customer gateway takes down together.

use super::pairs::Pair;
use super::{Code, Linter};
use causeway_model::Read;
use causeway_model::vpn_connection::VpnConnection;
use causeway_types::{CustomerGatewayId, VpnConnectionId, VpnGatewayId};
use std::collections::BTreeSet;

impl<R: Read> Linter<'_, R> {
    pub(super) fn shared_fate(&mut self, gateway: VpnGatewayId, pair: &Pair) {
        let [active, standby] = pair.hops;
        let far_ends = self.far_ends(active);
        if far_ends.is_empty() || far_ends != self.far_ends(standby) {
            return;
        }
        let message = format!(
            "the active and the standby route{}, by {active} and {standby}, end at the same customer gateway",
            pair.packets()
        );
        let advice = "let the standby connection end at another customer gateway";
        self.find(Code::StandbySharesFate, gateway, message, advice);
    }

    /// The customer gateways that a connection's tunnels end at.
    fn far_ends(&self, id: VpnConnectionId) -> BTreeSet<CustomerGatewayId> {
        let connection = self.side.world.get::<VpnConnection>(&id);
        let tunnels = connection.into_iter().flat_map(|it| &it.tunnels);
        tunnels.filter_map(|tunnel| tunnel.customer_gateway).collect()
    }
}
