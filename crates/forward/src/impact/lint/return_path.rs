//! Networks from which packets come in, and to which nothing leads back.

use super::{Code, Linter, used_tables};
use crate::impact::dirty::attachments;
use crate::impact::local::Choice;
use crate::trace::text::named;
use crate::transit;
use causeway_model::next_hop::NextHops;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, vco_route, vpn_pbr_route, vpn_route};
use causeway_types::{Cidr, Id, VpcId};
use std::collections::BTreeSet;

impl<R: Read> Linter<'_, R> {
    /// What a gateway reaches but no table of its VPC sends there: packets come in from it, and their
    /// answers are lost or go elsewhere.
    pub(super) fn back_by_gateway(&mut self, gateway: &VpnGateway) {
        let world = self.side.world;
        let by_destination = vpn_route::of_gateway(world, gateway.id).map(|it| it.key.destination);
        let by_policy = vpn_pbr_route::of_gateway(world, gateway.id).map(|it| it.key.destination);
        let destinations: BTreeSet<Cidr> = by_destination.chain(by_policy).collect();
        let advice = "publish the route to the VPC, or add one to the route tables";
        self.back(gateway.vpc, gateway.id.into(), &destinations, advice);
    }

    /// The same of what IPsec connections publish to the transit router that VPCs are attached to.
    pub(super) fn back_by_transit_router(&mut self) {
        let world = self.side.world;
        let Some(router) = self.side.router() else { return };
        let connections = transit::attached(world, router);
        let routes = connections.flat_map(|it| vco_route::of_connection(world, it.id));
        let destinations: BTreeSet<Cidr> = routes.map(|route| route.key.destination).collect();
        for (vpc, attachment) in attachments(world).collect::<Vec<_>>() {
            let advice = "add a route to the attachment to the route tables of the VPC";
            self.back(vpc, attachment, &destinations, advice);
        }
    }

    fn back(&mut self, vpc: VpcId, by: Id, destinations: &BTreeSet<Cidr>, advice: &str) {
        let tables = used_tables(self.side.world, vpc);
        for destination in destinations {
            let leads =
                |choice: &Choice| matches!(choice, Choice::To(NextHops::One(id)) if *id == by);
            let is_led = tables.iter().any(|table| {
                let choices = self.side.choices(table, destination);
                choices.iter().any(|(_, choice)| leads(choice))
            });
            if !tables.is_empty() && !is_led {
                let message = format!(
                    "packets can come in from {destination}, and no route table of {} sends the answers back",
                    named(vpc.into())
                );
                self.find(Code::NoReturnPath, by, message, advice);
            }
        }
    }
}
