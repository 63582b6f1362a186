//! Quotas that are nearly used up.

use super::{Code, Finding, Severity};
use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::next_hop::NextHopType;
use causeway_model::resource;
use causeway_model::route_entry::RouteEntry;
use causeway_model::route_table::{self, RouteTable, RouteTableKind};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Quotas, Read, bgp_route, route_entry, vco_route, vpn_pbr_route, vpn_route};
use causeway_types::{Id, VSwitchId, VpcId, VpnConnectionId, VpnGatewayId};
use std::collections::BTreeMap;

/// How much of a quota is nearly all, in percent.
const NEARLY: usize = 80;

/// Quotas of which not much is left.
pub(super) fn findings(world: &impl Read, quotas: &Quotas) -> Vec<Finding> {
    let mut found = Found { quotas, findings: Vec::new() };
    found.region(world);
    for table in world.all::<RouteTable>() {
        let used = route_entry::custom(world, table.id).count();
        found.check(
            table.id,
            "custom routes in a route table",
            used,
            quotas.custom_routes_per_table,
        );
    }
    for vpc in world.all::<Vpc>() {
        found.vpc(world, vpc.id);
    }
    for gateway in world.all::<VpnGateway>() {
        found.gateway(world, gateway.id);
    }
    for connection in world.all::<VpnConnection>() {
        if !matches!(connection.attached, Attached::Gateway(_)) {
            found.attachment(world, connection.id);
        }
    }
    found.findings
}

struct Found<'a> {
    quotas: &'a Quotas,
    findings: Vec<Finding>,
}

impl Found<'_> {
    fn check(&mut self, of: impl Into<Id>, what: &str, used: usize, most: usize) {
        self.note(Some(of.into()), what, used, most);
    }

    fn note(&mut self, resource_id: Option<Id>, what: &str, used: usize, most: usize) {
        if used * 100 < most * NEARLY || used == 0 {
            return;
        }
        let left = most.saturating_sub(used);
        let message = format!("{used} of {most} {what}: room for {left} more");
        let advice =
            "remove what is not needed, put prefixes together, or raise the quota".to_owned();
        let (severity, code) = (Severity::Warning, Code::QuotaNearlyUsed);
        self.findings.push(Finding { severity, code, resource_id, message, advice });
    }

    /// What the region as a whole may have.
    fn region(&mut self, world: &impl Read) {
        let quotas = self.quotas;
        let attachments = |it: &&VpnConnection| !matches!(it.attached, Attached::Gateway(_));
        let attachments = world.all::<VpnConnection>().filter(attachments).count();
        for (what, used, most) in [
            ("VPCs", world.all::<Vpc>().count(), quotas.vpcs),
            ("VPN gateways", world.all::<VpnGateway>().count(), quotas.vpn_gateways),
            ("customer gateways", world.all::<CustomerGateway>().count(), quotas.customer_gateways),
            ("IPsec connections for transit routers", attachments, quotas.attachments),
        ] {
            self.note(None, &format!("{what} in the region"), used, most);
        }
    }

    fn vpc(&mut self, world: &impl Read, id: VpcId) {
        let quotas = self.quotas;
        let tables: Vec<&RouteTable> = route_table::of_vpc(world, id).collect();
        let custom = tables.iter().filter(|table| table.kind == RouteTableKind::Custom).count();
        let mut by_hop: BTreeMap<Id, usize> = BTreeMap::new();
        let entries = tables.iter().flat_map(|table| route_entry::custom(world, table.id));
        let single = entries.filter_map(|entry: &RouteEntry| entry.next_hops.single());
        single.for_each(|hop| *by_hop.entry(hop).or_default() += 1);
        let routes_to = |kind| {
            let of_kind = by_hop.iter().filter(|(hop, _)| NextHopType::of(**hop) == Some(kind));
            of_kind.map(|(_, count)| count).sum::<usize>()
        };
        for (what, used, most) in [
            ("vSwitches in a VPC", world.member_count::<VSwitchId>(id), quotas.vswitches_per_vpc),
            ("custom route tables in a VPC", custom, quotas.custom_route_tables_per_vpc),
            (
                "registered resources in a VPC",
                resource::of_vpc(world, id).count(),
                quotas.registered_resources_per_vpc,
            ),
            (
                "routes of a VPC to VPN gateways",
                routes_to(NextHopType::VpnGateway),
                quotas.vpn_routes_per_vpc,
            ),
            (
                "routes of a VPC to transit router attachments",
                routes_to(NextHopType::Attachment),
                quotas.attachment_routes_per_vpc,
            ),
        ] {
            self.check(id, what, used, most);
        }
        for (hop, used) in by_hop {
            if NextHopType::of(hop) == Some(NextHopType::HaVip) {
                self.check(hop, "routes to a HaVip", used, quotas.routes_per_havip);
            }
        }
    }

    fn gateway(&mut self, world: &impl Read, id: VpnGatewayId) {
        let quotas = self.quotas;
        let connections: Vec<VpnConnectionId> = world.members(id).collect();
        let learned = connections.iter().flat_map(|own| bgp_route::of_connection(world, *own));
        for (what, used, most) in [
            (
                "destination routes",
                vpn_route::of_gateway(world, id).count(),
                quotas.vpn_routes_per_gateway,
            ),
            (
                "policy-based routes",
                vpn_pbr_route::of_gateway(world, id).count(),
                quotas.pbr_routes_per_gateway,
            ),
            ("IPsec connections", connections.len(), quotas.connections_per_gateway),
            ("routes learned by BGP", learned.count(), quotas.bgp_routes_per_gateway),
        ] {
            self.check(id, &format!("{what} on a VPN gateway"), used, most);
        }
    }

    fn attachment(&mut self, world: &impl Read, id: VpnConnectionId) {
        let quotas = self.quotas;
        let routes = vco_route::of_connection(world, id).count();
        let what = "routes of an IPsec connection on a transit router";
        self.check(id, what, routes, quotas.vco_routes_per_connection);
        let learned = bgp_route::of_connection(world, id).count();
        let what = "routes that an attachment learned by BGP";
        self.check(id, what, learned, quotas.bgp_routes_per_gateway);
    }
}
