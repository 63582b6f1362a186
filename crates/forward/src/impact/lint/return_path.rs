//! Networks from which packets come in, and to which nothing leads back, or only to a part of which.

use super::{Code, Linter, used_tables};
use crate::gateway::{self, Standing};
use crate::impact::dirty::attachments;
use crate::impact::local::Choice;
use crate::impact::span::{Span, gaps};
use crate::impact::text::listed;
use crate::trace::text::named;
use crate::transit;
use causeway_model::next_hop::{NextHopType, NextHops};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, vco_route, vpn_pbr_route, vpn_route, vswitch};
use causeway_types::{Cidr, Id, VpcId};
use std::collections::BTreeSet;

impl<R: Read> Linter<'_, R> {
    /// What a gateway reaches but no table of its VPC sends there: packets come in from it, and their
    /// answers are lost or go elsewhere.
    pub(super) fn back_by_gateway(&mut self, gateway: &VpnGateway) {
        let world = self.side.world;
        let by_destination = vpn_route::of_gateway(world, gateway.id).map(|it| it.key.destination);
        let by_policy = vpn_pbr_route::of_gateway(world, gateway.id).map(|it| it.key.destination);
        let learned = gateway::learned(world, self.side.links, gateway.id).into_iter();
        let learned = learned.filter(|(_, standing)| *standing == Standing::Effective);
        let learned = learned.map(|(route, _)| route.key.destination);
        let destinations: BTreeSet<Cidr> = by_destination.chain(by_policy).chain(learned).collect();
        let advice =
            "publish the route or propagate what is learned, or add a route to the route tables";
        self.back(gateway.vpc, gateway.id.into(), &destinations, advice);
    }

    /// The same of what IPsec connections publish to the transit router that VPCs are attached to.
    pub(super) fn back_by_transit_router(&mut self) {
        let world = self.side.world;
        let Some(router) = self.side.router() else { return };
        let connections = transit::attached(world, router);
        let made = connections.flat_map(|it| vco_route::of_connection(world, it.id));
        let made = made.map(|route| route.key.destination);
        let learned = [Cidr::DEFAULT_V4, Cidr::DEFAULT_V6].into_iter();
        let learned = learned.flat_map(|all| self.side.learned_by_router(router, &all).into_keys());
        let destinations: BTreeSet<Cidr> = made.chain(learned).collect();
        for (vpc, attachment) in attachments(world).collect::<Vec<_>>() {
            let advice = "add a route to the attachment to the route tables of the VPC";
            self.back(vpc, attachment, &destinations, advice);
        }
    }

    fn back(&mut self, vpc: VpcId, by: Id, destinations: &BTreeSet<Cidr>, advice: &str) {
        if used_tables(self.side.world, vpc).is_empty() {
            return;
        }
        let vpc_name = named(vpc.into());
        for destination in destinations {
            let (is_led, missing) = self.missing(vpc, by, destination, destinations);
            if !is_led {
                let message = format!(
                    "packets can come in from {destination}, and no route table of {vpc_name} sends the answers back"
                );
                self.find(Code::NoReturnPath, by, message, advice);
            } else if !missing.is_empty() {
                let message = format!(
                    "packets can come in from {destination}, and no route table of {vpc_name} sends back the answers to {}",
                    listed(&missing)
                );
                self.find(Code::PartialReturnPath, by, message, advice);
            }
        }
    }

    /// Whether some table leads back to a destination, and the parts of it to which none does. Not
    /// among those are addresses of the VPC itself, and what is told for itself: longer destinations,
    /// and networks behind other gateways and transit routers.
    fn missing(
        &self,
        vpc: VpcId,
        by: Id,
        destination: &Cidr,
        destinations: &BTreeSet<Cidr>,
    ) -> (bool, Vec<Cidr>) {
        let world = self.side.world;
        let vswitches = vswitch::of_vpc(world, vpc);
        let own = vswitches.flat_map(|it| [Some(it.cidr), it.ipv6_cidr]).flatten();
        let longer = destinations.iter().copied();
        let longer = longer.filter(|it| it != destination && destination.contains(it));
        let apart = own.chain([Cidr::RESERVED]).chain(longer);
        let apart = apart.filter(|it| it.family() == destination.family());
        let mut led: Vec<Span> = apart.map(|block| Span::of(&block)).collect();
        let mut is_led = false;
        for table in used_tables(world, vpc) {
            for (span, choice) in self.side.choices(table, destination) {
                match choice {
                    Choice::To(NextHops::One(id)) if *id == by => is_led = true,
                    Choice::To(NextHops::One(id)) if is_way_out(*id) => {}
                    Choice::Local => {}
                    Choice::To(_) | Choice::Nothing => continue,
                }
                led.push(span);
            }
        }
        led.sort_unstable();
        let missing = gaps(Span::of(destination), led);
        (is_led, missing.flat_map(|span| span.cidrs(destination.family())).collect())
    }
}

/// Whether a next hop leads to networks that packets come in from.
fn is_way_out(id: Id) -> bool {
    matches!(NextHopType::of(id), Some(NextHopType::VpnGateway | NextHopType::Attachment))
}
