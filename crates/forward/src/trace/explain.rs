//! Rows as a trace shows them, and why those that did not win did not.

use super::walk::Walk;
use super::{Lost, Origin, Reason, Row};
use crate::Packet;
use crate::gateway::{self, Found, GatewayTable};
use crate::transit::{self, TransitOrigin, TransitRow, TransitTable};
use crate::vpc::{self, VpcTable};
use causeway_model::Read;
use causeway_model::bgp_route::BgpRoute;
use causeway_model::next_hop::NextHops;
use causeway_model::route_entry::RouteStatus;
use causeway_model::route_list::{self, ListedRoute, RouteSource};
use causeway_model::route_table::{self, AssociateType};
use causeway_model::vco_route::VcoRoute;
use causeway_model::vpn_pbr_route::{self, VpnPbrRoute};
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_types::{Cidr, Id, VpnGatewayId};

/// The route into the VPC for a block.
pub(super) fn system_row(destination: Cidr) -> Row {
    row(destination, None, Origin::System)
}

fn row(destination: Cidr, next_hop: Option<Id>, origin: Origin) -> Row {
    Row {
        source: None,
        destination: destination.to_string(),
        next_hop,
        more_next_hops: Vec::new(),
        origin,
        weight: None,
        priority: None,
    }
}

/// A row of a route table.
pub(crate) fn vpc_row(listed: &ListedRoute<'_>) -> Row {
    let origin = match listed.source {
        RouteSource::System => Origin::System,
        RouteSource::Repointed(_) => Origin::Repointed,
        RouteSource::Custom(_) => Origin::Custom,
        RouteSource::Published(_) => Origin::Published,
        RouteSource::Learned(_) => Origin::Learned,
    };
    let mut hops = match listed.next_hops() {
        None => Vec::new(),
        Some(NextHops::One(id)) => vec![*id],
        Some(NextHops::Many(members)) => members.iter().map(|member| member.id).collect(),
    }
    .into_iter();
    let row = row(listed.destination, hops.next(), origin);
    Row { more_next_hops: hops.collect(), ..row }
}

pub(crate) fn policy_row(route: &VpnPbrRoute) -> Row {
    Row {
        source: Some(route.key.source.to_string()),
        weight: Some(route.weight),
        priority: Some(route.priority),
        ..row(route.key.destination, Some(route.key.next_hop.into()), Origin::PolicyRoute)
    }
}

pub(crate) fn destination_row(route: &VpnRoute) -> Row {
    let next_hop = Some(route.key.next_hop.into());
    let row = row(route.key.destination, next_hop, Origin::DestinationRoute);
    Row { weight: Some(route.weight), ..row }
}

pub(crate) fn connection_row(route: &VcoRoute) -> Row {
    row(route.key.destination, Some(route.key.connection.into()), Origin::ConnectionRoute)
}

pub(crate) fn learned_row(route: &BgpRoute) -> Row {
    row(route.key.destination, Some(route.key.connection.into()), Origin::Learned)
}

pub(super) fn transit_row(it: &TransitRow<'_>) -> Row {
    let origin = match it.origin {
        TransitOrigin::Made => Origin::ConnectionRoute,
        TransitOrigin::Learned => Origin::Learned,
    };
    row(it.destination, Some(it.connection.id.into()), origin)
}

/// Rows that hold the packet's destination and did not win, the most specific first: of the table
/// that decided; then of the VPC's other tables, and of its gateways when they are not published,
/// where they are more specific than the row that won. The gateway it leads to is asked later.
pub(super) fn vpc_table<R: Read>(
    walk: &Walk<'_, R>,
    table: &VpcTable<'_>,
    won: Option<usize>,
) -> Vec<Lost> {
    let to = walk.packet.destination;
    let longest = won.map(|at| table.rows[at].0.destination);
    let rows = table.rows.iter().enumerate().rev();
    let rows = rows.filter(|(at, row)| Some(*at) != won && row.0.destination.contains_address(to));
    let mut lost: Vec<Lost> = rows
        .map(|(_, (listed, standing))| {
            let reason = match standing {
                vpc::Standing::Unsettled(RouteStatus::Deleting) => Reason::Deleting,
                vpc::Standing::Unsettled(_) => Reason::Pending,
                vpc::Standing::Down => Reason::Down,
                vpc::Standing::Behind if Some(listed.destination) == longest => {
                    Reason::LowerPrecedence
                }
                vpc::Standing::Behind | vpc::Standing::Effective => Reason::ShorterPrefix,
            };
            Lost { row: vpc_row(listed), reason, table: None }
        })
        .collect();
    let beats = |destination: Cidr| {
        destination.contains_address(to)
            && longest.is_none_or(|longest| destination.length() > longest.length())
    };
    lost.extend(in_other_tables(walk, table, beats));
    let taken = won.and_then(|at| table.rows[at].0.next_hops()).and_then(NextHops::single);
    lost.extend(unpublished(walk, table, taken, beats));
    lost
}

fn in_other_tables<R: Read>(
    walk: &Walk<'_, R>,
    table: &VpcTable<'_>,
    beats: impl Fn(Cidr) -> bool,
) -> Vec<Lost> {
    let others = route_table::of_vpc(walk.world, table.table.vpc)
        .filter(|other| other.id != table.table.id && other.associate == AssociateType::VSwitch);
    let rows = others.flat_map(|other| route_list::of_table(walk.world, other));
    rows.filter(|listed| listed.entry().is_some() && beats(listed.destination))
        .map(|listed| Lost {
            row: vpc_row(&listed),
            reason: Reason::OtherTable,
            table: Some(listed.table.into()),
        })
        .collect()
}

fn unpublished<R: Read>(
    walk: &Walk<'_, R>,
    table: &VpcTable<'_>,
    taken: Option<Id>,
    beats: impl Fn(Cidr) -> bool,
) -> Vec<Lost> {
    let mut lost = Vec::new();
    let gateways = walk.world.members::<VpnGatewayId>(table.table.vpc);
    for gateway in gateways.filter(|gateway| Some(Id::from(*gateway)) != taken) {
        let mut lose = |row| {
            let table = Some(gateway.into());
            lost.push(Lost { row, reason: Reason::NotPublished, table });
        };
        for route in vpn_pbr_route::of_gateway(walk.world, gateway) {
            let here = route.key.source.contains_address(walk.packet.source);
            if here && !route.published && beats(route.key.destination) {
                lose(policy_row(route));
            }
        }
        for route in vpn_route::of_gateway(walk.world, gateway) {
            if !route.published && beats(route.key.destination) {
                lose(destination_row(route));
            }
        }
    }
    lost
}

/// Routes of a gateway that hold the packet's destination and did not win: policy-based routes in
/// the order they are tried, then destination routes, the most specific first.
pub(super) fn gateway(
    packet: &Packet,
    table: &GatewayTable<'_>,
    found: Option<Found>,
) -> Vec<Lost> {
    let holds = |cidr: Cidr| cidr.contains_address(packet.destination);
    let mut lost = Vec::new();
    for (at, (route, standing)) in table.policy.iter().enumerate() {
        if found == Some(Found::Policy(at)) || !holds(route.key.destination) {
            continue;
        }
        let reason = match standing {
            _ if !route.key.source.contains_address(packet.source) => Reason::OtherSource,
            gateway::Standing::Effective => Reason::LowerPrecedence,
            gateway::Standing::Standby => Reason::Standby,
            gateway::Standing::Down => Reason::Down,
        };
        lost.push(Lost { row: policy_row(route), reason, table: None });
    }
    let by_policy = matches!(found, Some(Found::Policy(_)));
    for (at, (route, standing)) in table.destination.iter().enumerate().rev() {
        if found == Some(Found::Destination(at)) || !holds(route.key.destination) {
            continue;
        }
        let reason = match standing {
            _ if by_policy => Reason::LowerPrecedence,
            gateway::Standing::Effective => Reason::ShorterPrefix,
            gateway::Standing::Standby => Reason::Standby,
            gateway::Standing::Down => Reason::Down,
        };
        lost.push(Lost { row: destination_row(route), reason, table: None });
    }
    let by_learned = matches!(found, Some(Found::Learned(_)));
    for (at, (route, standing)) in table.learned.iter().enumerate().rev() {
        if found == Some(Found::Learned(at)) || !holds(route.key.destination) {
            continue;
        }
        let reason = match standing {
            gateway::Standing::Down => Reason::Down,
            gateway::Standing::Effective if by_learned => Reason::ShorterPrefix,
            gateway::Standing::Effective | gateway::Standing::Standby => Reason::LowerPrecedence,
        };
        lost.push(Lost { row: learned_row(route), reason, table: None });
    }
    lost
}

/// Routes of a transit router that hold the packet's destination and did not win, the most specific
/// first.
pub(super) fn transit(packet: &Packet, table: &TransitTable<'_>, won: Option<usize>) -> Vec<Lost> {
    let longest = won.map(|at| table.rows[at].destination);
    let mut lost = Vec::new();
    for (at, row) in table.rows.iter().enumerate().rev() {
        if Some(at) == won || !row.destination.contains_address(packet.destination) {
            continue;
        }
        let reason = match row.standing {
            transit::Standing::Revoked => Reason::Revoked,
            transit::Standing::Down => Reason::Down,
            transit::Standing::Behind => Reason::LowerPrecedence,
            transit::Standing::Effective if Some(row.destination) == longest => Reason::SharesLoad,
            transit::Standing::Effective => Reason::ShorterPrefix,
        };
        lost.push(Lost { row: transit_row(row), reason, table: None });
    }
    lost
}
