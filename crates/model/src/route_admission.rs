//! Whether a table takes one more route: what the VPC's routes already are, gathered once per
//! request, so that a batch costs what its items cost.

use crate::context::Quotas;
use crate::next_hop::{NextHopType, NextHops};
use crate::route_draft::{DestinationPolicy, Obstacle};
use crate::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use crate::tenant::Read;
use crate::vpc::Vpc;
use crate::{route_table, vswitch};
use causeway_types::{Cidr, Family, Id, RouteTableId, VpcId};
use std::collections::BTreeMap;

/// The checks that new routes of one VPC have to pass.
#[derive(Debug)]
pub struct Admission<'a> {
    vpc: VpcId,
    ipv6: bool,
    vswitch_blocks: Vec<Cidr>,
    policy: DestinationPolicy,
    quotas: &'a Quotas,
    in_table: BTreeMap<RouteTableId, usize>,
    by_next_hop: Option<NextHopCounts>,
}

/// How many routes of a VPC lead to next hops that are limited (semantics.md 3.8).
#[derive(Debug, Default)]
struct NextHopCounts {
    vpn_gateways: usize,
    attachments: usize,
    havips: BTreeMap<Id, usize>,
}

impl<'a> Admission<'a> {
    /// Looks at a VPC before routes are added to it.
    pub fn to_vpc(
        world: &impl Read,
        vpc: &Vpc,
        policy: DestinationPolicy,
        quotas: &'a Quotas,
    ) -> Admission<'a> {
        let blocks = vswitch::of_vpc(world, vpc.id);
        let blocks = blocks.flat_map(|it| [Some(it.cidr), it.ipv6_cidr]).flatten();
        Admission {
            vpc: vpc.id,
            ipv6: vpc.ipv6_cidr.is_some(),
            vswitch_blocks: blocks.collect(),
            policy,
            quotas,
            in_table: BTreeMap::new(),
            by_next_hop: None,
        }
    }

    /// How freely destinations may be chosen.
    pub fn policy(&self) -> DestinationPolicy {
        self.policy
    }

    /// Whether `table` takes a route: first what it would conflict with, then the quotas.
    pub fn check(
        &mut self,
        world: &impl Read,
        table: RouteTableId,
        destination: Cidr,
        next_hops: &NextHops,
    ) -> Result<(), Obstacle> {
        self.check_family(destination, next_hops)?;
        if !self.vswitch_blocks.iter().all(|block| self.policy.tolerates(destination, *block)) {
            return Err(Obstacle::MeetsVSwitch(destination.family()));
        }
        check_unique(world, table, destination)?;
        self.check_quotas(world, table, next_hops)
    }

    /// Whether a route for a destination may come to lead elsewhere; `held` is where it leads.
    pub fn check_hop(
        &mut self,
        world: &impl Read,
        destination: Cidr,
        next_hops: &NextHops,
        held: Option<&NextHops>,
    ) -> Result<(), Obstacle> {
        self.check_family(destination, next_hops)?;
        let kind = |hops: &NextHops| hops.single().and_then(NextHopType::of);
        // A limit of the VPC counts the route already.
        let counted = held.is_some_and(|held| {
            *held == *next_hops
                || kind(held) == kind(next_hops) && kind(held) != Some(NextHopType::HaVip)
        });
        if counted { Ok(()) } else { self.check_next_hop_quota(world, next_hops) }
    }

    /// A route that passed has been added.
    pub fn added(&mut self, table: RouteTableId, next_hops: &NextHops) {
        *self.in_table.entry(table).or_default() += 1;
        if let Some(counts) = &mut self.by_next_hop {
            counts.add(next_hops);
        }
    }

    fn check_family(&self, destination: Cidr, next_hops: &NextHops) -> Result<(), Obstacle> {
        let is = |kind| next_hops.all(|id| NextHopType::of(id) == Some(kind));
        let to_ipv6_gateway = is(NextHopType::Ipv6Gateway);
        if destination.family() == Family::V4 {
            return if to_ipv6_gateway { Err(Obstacle::NotIpv6Default) } else { Ok(()) };
        }
        if !self.ipv6 {
            return Err(Obstacle::Ipv6NotEnabled);
        }
        if !next_hops.all(|id| NextHopType::of(id).is_some_and(NextHopType::carries_ipv6)) {
            return Err(Obstacle::NextHopWithoutIpv6);
        }
        if to_ipv6_gateway && !destination.is_default() {
            return Err(Obstacle::NotIpv6Default);
        }
        Ok(())
    }

    fn check_quotas(
        &mut self,
        world: &impl Read,
        table: RouteTableId,
        next_hops: &NextHops,
    ) -> Result<(), Obstacle> {
        // Learned routes are among these and do not count, so only near the limit each has to be
        // looked at.
        let all = || world.count::<RouteEntry>(route_entry::in_table(table));
        let in_table = *self.in_table.entry(table).or_insert_with(all);
        let limit = self.quotas.custom_routes_per_table;
        if in_table >= limit && route_entry::custom(world, table).count() >= limit {
            return Err(Obstacle::TableQuota);
        }
        self.check_next_hop_quota(world, next_hops)
    }

    fn check_next_hop_quota(
        &mut self,
        world: &impl Read,
        next_hops: &NextHops,
    ) -> Result<(), Obstacle> {
        let Some((id, kind)) = limited(next_hops) else { return Ok(()) };
        let counts = self.by_next_hop.get_or_insert_with(|| NextHopCounts::of(world, self.vpc));
        let (held, limit, obstacle) = match kind {
            Limited::VpnGateway => {
                (counts.vpn_gateways, self.quotas.vpn_routes_per_vpc, Obstacle::VpnQuota)
            }
            Limited::Attachment => (
                counts.attachments,
                self.quotas.attachment_routes_per_vpc,
                Obstacle::AttachmentQuota,
            ),
            Limited::HaVip => {
                let held = counts.havips.get(&id).copied().unwrap_or_default();
                (held, self.quotas.routes_per_havip, Obstacle::HaVipQuota)
            }
        };
        if held >= limit { Err(obstacle) } else { Ok(()) }
    }
}

/// Kinds of next hop that a VPC can have only so many routes to.
enum Limited {
    VpnGateway,
    Attachment,
    HaVip,
}

fn limited(next_hops: &NextHops) -> Option<(Id, Limited)> {
    let id = next_hops.single()?;
    let kind = match NextHopType::of(id)? {
        NextHopType::VpnGateway => Limited::VpnGateway,
        NextHopType::Attachment => Limited::Attachment,
        NextHopType::HaVip => Limited::HaVip,
        _ => return None,
    };
    Some((id, kind))
}

impl NextHopCounts {
    fn of(world: &impl Read, vpc: VpcId) -> NextHopCounts {
        let mut counts = NextHopCounts::default();
        for table in route_table::of_vpc(world, vpc) {
            route_entry::custom(world, table.id).for_each(|entry| counts.add(&entry.next_hops));
        }
        counts
    }

    fn add(&mut self, next_hops: &NextHops) {
        match limited(next_hops) {
            Some((_, Limited::VpnGateway)) => self.vpn_gateways += 1,
            Some((_, Limited::Attachment)) => self.attachments += 1,
            Some((id, Limited::HaVip)) => *self.havips.entry(id).or_default() += 1,
            None => {}
        }
    }
}

fn check_unique(world: &impl Read, table: RouteTableId, destination: Cidr) -> Result<(), Obstacle> {
    for origin in [RouteOrigin::User, RouteOrigin::Published] {
        let Some(entry) = world.get::<RouteEntry>(&RouteKey { table, destination, origin }) else {
            continue;
        };
        return Err(match entry.status {
            RouteStatus::Available => {
                Obstacle::Duplicate { destination, published: origin == RouteOrigin::Published }
            }
            RouteStatus::Pending | RouteStatus::Modifying | RouteStatus::Deleting => {
                Obstacle::Unstable
            }
        });
    }
    Ok(())
}
