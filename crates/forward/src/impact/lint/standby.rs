//! What carries packets alone, although something is there to take over: that is out of service.
//!
//! Where nothing carries them any more they are lost, which is another finding.

use super::pairs::Pair;
use super::{Code, Linter};
use crate::impact::compare::{Area, areas};
use crate::impact::local::Choice;
use crate::impact::rows::State;
use crate::impact::span::Span;
use crate::impact::way::Ways;
use crate::trace::Cause;
use crate::trace::text::{cause_text, named};
use causeway_model::Read;
use causeway_model::next_hop::{NextHopType, NextHops};
use causeway_model::route_entry::RouteEntry;
use causeway_model::route_list::ListedRoute;
use causeway_model::route_table::RouteTable;
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_types::{Id, VpnConnectionId, VpnGatewayId};

impl<'a, R: Read> Linter<'a, R> {
    /// A pair of routes of a gateway.
    pub(super) fn pair_without_standby(&mut self, gateway: VpnGatewayId, pair: &Pair) {
        let [active, standby] = pair.hops;
        let (which, out, cause) = match (self.fault(active), self.fault(standby)) {
            (None, Some(cause)) => ("standby", standby, cause),
            (Some(cause), None) => ("active", active, cause),
            _ => return,
        };
        let carries = if out == active { standby } else { active };
        let what = format!("the {which} route{}, by {out},", pair.packets());
        self.alone(gateway.into(), &what, &cause, carries.into());
    }

    /// A connection of which one tunnel carries the traffic. (A transit router spreads it over two.)
    pub(super) fn tunnels(&mut self, connection: &VpnConnection) {
        let up = self.side.links.tunnels_up(connection);
        let [carries] = up[..] else { return };
        if connection.attached == Attached::Nothing {
            return;
        }
        for out in connection.tunnels.iter().filter(|tunnel| tunnel.id != carries.id) {
            let what = named(out.id.into());
            self.alone(connection.id.into(), &what, &Cause::LinkDown, carries.id.into());
        }
    }

    /// A route of several router interfaces, of which one is up.
    pub(super) fn interfaces(&mut self, table: &RouteTable, entry: &RouteEntry) {
        let NextHops::Many(members) = &entry.next_hops else { return };
        let faults = members.iter().map(|it| (it.id, self.side.by_next_hop(table.vpc, it.id)));
        let (up, down): (Vec<_>, Vec<_>) = faults.partition(|(_, fault)| fault.is_ok());
        let [(carries, _)] = up[..] else { return };
        for (id, cause) in down.into_iter().filter_map(|(id, fault)| Some((id, fault.err()?))) {
            let what = format!("{} of the route to {}", named(id), entry.key.destination);
            self.alone(table.id.into(), &what, &cause, carries);
        }
    }

    /// The route that a gateway published for the destination of one to router interfaces: it takes over
    /// when all interfaces are down (decision A28), if it can.
    pub(super) fn published_behind(
        &mut self,
        table: &'a RouteTable,
        entry: &'a RouteEntry,
        same: &[(ListedRoute<'_>, State)],
    ) {
        let destination = entry.key.destination;
        let is_interface = |id| NextHopType::of(id) == Some(NextHopType::RouterInterface);
        let before = same.iter().filter(|(_, state)| *state == State::Alive);
        let mut hops = before.filter_map(|(row, _)| row.next_hops());
        if !hops.any(|hops| hops.all(is_interface)) {
            return;
        }
        let mut ways = Ways::default();
        let (span, choice) = (Span::of(&destination), Choice::To(&entry.next_hops));
        let decisions = self.side.ahead(&mut ways, table, choice, span, &destination);
        let sources = self.sources(table, destination.family()).into_iter();
        let met = sources.map(|source| Area { source, destination: span });
        let met: Vec<_> = met.flat_map(|area| areas(&decisions, area)).collect();
        let Some((_, first)) = met.first() else { return };
        if !met.iter().any(|(_, way)| ways.get(*way).is_delivered()) {
            let message = format!(
                "the published route to {destination} stands behind router interfaces and cannot take over: {}",
                ways.get(*first).text()
            );
            self.find(Code::NoStandbyLeft, table.id, message, ADVICE);
        }
    }

    /// Router interfaces that are all down, in whose place a published route carries the traffic.
    pub(super) fn published_alone(
        &mut self,
        table: &RouteTable,
        entry: &RouteEntry,
        same: &[(ListedRoute<'_>, State)],
    ) {
        let alive = same.iter().find(|(_, state)| *state == State::Alive);
        let carries = alive.and_then(|(row, _)| row.next_hops()?.single());
        let Some(carries) = carries else { return };
        let what = format!("the route to {} by router interfaces", entry.key.destination);
        self.alone(table.id.into(), &what, &Cause::LinkDown, carries);
    }

    /// Why a connection carries nothing.
    fn fault(&self, id: VpnConnectionId) -> Option<Cause> {
        match self.side.world.get::<VpnConnection>(&id) {
            None => Some(Cause::NextHopGone),
            Some(it) if self.side.links.carries(it) => None,
            Some(it) if it.is_ready() => Some(Cause::LinkDown),
            Some(it) => Some(Cause::NextHopUnready { status: it.state.text().to_owned() }),
        }
    }

    fn alone(&mut self, of: Id, what: &str, cause: &Cause, carries: Id) {
        let cause = cause_text(cause);
        let message =
            format!("{what} cannot carry packets: {cause}, and nothing stands behind {carries}");
        self.find(Code::NoStandbyLeft, of, message, ADVICE);
    }
}

const ADVICE: &str = "bring it back into service, or let another one stand behind";
