//! What a change touches: from rows to blocks of tables.

use super::local::Side;
use causeway_model::bgp_route::{self, BgpRoute};
use causeway_model::down_link::DownLink;
use causeway_model::next_hop::NextHops;
use causeway_model::resource::{Place, Resource};
use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin};
use causeway_model::route_list;
use causeway_model::route_table::{self, RouteTable};
use causeway_model::vco_route::{self, VcoRoute};
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_pbr_route::{self, VpnPbrRoute};
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_model::vswitch::VSwitch;
use causeway_model::{Changes, Read};
use causeway_types::{
    Cidr, Id, Prefix, RouteTableId, TransitRouterId, TypedId, VSwitchId, VpcId, VpnConnectionId,
    VpnGatewayId,
};
use std::collections::{BTreeMap, BTreeSet};

/// A block of a table that may behave differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    pub destination: Cidr,
    /// Only packets from here; `None` is any source.
    pub source: Option<Cidr>,
    /// Whether the table's own rows for the destination changed, or their next hops did. Else
    /// something behind a next hop did.
    pub own: bool,
}

/// Blocks that no other block holds.
pub(super) fn outermost<'b>(blocks: impl Iterator<Item = &'b Block> + Clone) -> Vec<Block> {
    let holds = |a: &Block, b: &Block| {
        let source = match (a.source, b.source) {
            (None, _) => true,
            (Some(a), Some(b)) => a.contains(&b),
            (Some(_), None) => false,
        };
        let same = (a.destination, a.source) == (b.destination, b.source);
        source && a.destination.contains(&b.destination) && (!same || a.own && !b.own)
    };
    if blocks.clone().any(|block| block.source.is_some()) {
        let held = |block: &&Block| blocks.clone().any(|other| holds(other, block));
        return blocks.clone().filter(|block| !held(block)).copied().collect();
    }
    // By destination alone, what holds a block is the last one before it that nothing holds.
    let mut outermost: Vec<Block> = Vec::with_capacity(blocks.size_hint().0);
    for block in blocks {
        match outermost.last_mut() {
            Some(last) if holds(block, last) => *last = *block,
            Some(last) if holds(last, block) => {}
            _ => outermost.push(*block),
        }
    }
    outermost
}

/// What a change touches.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    /// Ordered, each once.
    pub tables: Vec<(RouteTableId, Block)>,
    pub gateways: BTreeMap<VpnGatewayId, BTreeSet<Block>>,
    pub routers: BTreeMap<TransitRouterId, BTreeSet<Block>>,
    /// vSwitches bound to another table, by the table before and after.
    pub moved: BTreeMap<(RouteTableId, RouteTableId), Vec<VSwitchId>>,
    /// vSwitches that came: no packet of theirs had a way before.
    pub came: BTreeSet<VSwitchId>,
    /// Whether only entries of route tables changed, so that equal next hops mean equal ways.
    pub entries_only: bool,
    /// Whether, beyond that, they only came to forward where none was.
    pub only_come: bool,
    /// Whether the system routes the same, so that tables list the same but for their own blocks.
    pub same_system: bool,
    connections: BTreeSet<VpnConnectionId>,
    next_hops: BTreeSet<(VpcId, Id)>,
}

/// Collects what a change touches.
pub(super) fn of<B: Read, A: Read>(
    before: &Side<'_, B>,
    after: &Side<'_, A>,
    changes: &Changes,
) -> Dirty {
    let mut dirty =
        Dirty { entries_only: true, only_come: true, same_system: true, ..Dirty::default() };
    dirty.entries(before.world, after.world, changes);
    dirty.vswitches(before.world, after.world, changes);
    dirty.routes(before.world, after.world, changes);
    dirty.links(before.world, after.world, changes);
    dirty.resources(before, after, changes);
    for connection in std::mem::take(&mut dirty.connections) {
        dirty.connection(before.world, connection);
        dirty.connection(after.world, connection);
    }
    for (vpc, id) in std::mem::take(&mut dirty.next_hops) {
        dirty.next_hop(before.world, vpc, id);
        dirty.next_hop(after.world, vpc, id);
    }
    dirty.entries_only &= dirty.gateways.is_empty() && dirty.routers.is_empty();
    dirty.entries_only &= dirty.moved.is_empty();
    dirty.only_come &= dirty.entries_only;
    dirty.reach(before);
    dirty.reach(after);
    dirty.tables.sort_unstable();
    dirty.tables.dedup();
    dirty
}

fn own(destination: Cidr) -> Block {
    Block { destination, source: None, own: true }
}

/// Whether a row differs in what `part` looks at; it is put or removed.
pub(super) fn differs<P: PartialEq, R>(
    before: Option<&R>,
    after: Option<&R>,
    part: impl Fn(&R) -> P,
) -> bool {
    before.map(&part) != after.map(part)
}

impl Dirty {
    fn table(&mut self, table: RouteTableId, block: Block) {
        self.tables.push((table, block));
    }

    fn entries(&mut self, before: &impl Read, after: &impl Read, changes: &Changes) {
        for (key, is) in changes.changed::<RouteEntry>() {
            let was = before.get::<RouteEntry>(key);
            // A user's entry for a system route's destination stands in its place, in effect or not.
            let replaces = || was.is_some() != is.is_some() && is_system(after, key);
            // And it hides a learned one, in effect or not.
            let hides = || was.is_some() != is.is_some() && is_learned(after, key);
            self.only_come &= was.is_none() && is.is_some();
            if forwarding(was) != forwarding(is) || replaces() || hides() {
                self.table(key.table, own(key.destination));
            }
        }
    }

    fn vswitches(&mut self, before: &impl Read, after: &impl Read, changes: &Changes) {
        for (id, is) in changes.changed::<VSwitch>() {
            let was = before.get::<VSwitch>(id);
            let blocks = |row: &VSwitch| (row.cidr, row.ipv6_cidr);
            if differs(was, is, blocks) {
                (self.entries_only, self.same_system) = (false, false);
                for row in was.into_iter().chain(is) {
                    let tables: BTreeSet<RouteTableId> = before.members(row.vpc).collect();
                    let tables = tables.into_iter().chain(after.members(row.vpc));
                    for table in tables {
                        self.table(table, own(row.cidr));
                        row.ipv6_cidr.into_iter().for_each(|it| self.table(table, own(it)));
                    }
                }
            }
            match (was, is) {
                (Some(was), Some(is)) if was.route_table != is.route_table => {
                    self.moved.entry((was.route_table, is.route_table)).or_default().push(*id);
                }
                (None, Some(_)) => drop(self.came.insert(*id)),
                _ => {}
            }
        }
    }

    fn routes(&mut self, before: &impl Read, after: &impl Read, changes: &Changes) {
        for (key, is) in changes.changed::<VpnRoute>() {
            if differs(before.get::<VpnRoute>(key), is, |row| row.weight) {
                self.gateways.entry(key.gateway).or_default().insert(own(key.destination));
            }
        }
        for (key, is) in changes.changed::<VpnPbrRoute>() {
            let order = |row: &VpnPbrRoute| (row.weight, row.priority, row.sequence);
            if differs(before.get::<VpnPbrRoute>(key), is, order) {
                let (destination, source) = (key.destination, Some(key.source));
                let block = Block { destination, source, own: true };
                self.gateways.entry(key.gateway).or_default().insert(block);
            }
        }
        for (key, is) in changes.changed::<BgpRoute>() {
            let rank = |row: &BgpRoute| (row.as_path.len(), row.sequence);
            if differs(before.get::<BgpRoute>(key), is, rank) {
                self.announced(before, key.connection, key.destination);
                self.announced(after, key.connection, key.destination);
            }
        }
        for (key, is) in changes.changed::<VcoRoute>() {
            if differs(before.get::<VcoRoute>(key), is, |_| ()) {
                let routers = [router(before, key.connection), router(after, key.connection)];
                for router in routers.into_iter().flatten() {
                    self.routers.entry(router).or_default().insert(own(key.destination));
                }
            }
        }
    }

    /// What the peer of a connection announces.
    fn announced(&mut self, world: &impl Read, id: VpnConnectionId, destination: Cidr) {
        if let Some(router) = router(world, id) {
            self.routers.entry(router).or_default().insert(own(destination));
        }
        let connection = world.get::<VpnConnection>(&id);
        if let Some(gateway) = connection.and_then(VpnConnection::gateway) {
            self.gateways.entry(gateway).or_default().insert(own(destination));
        }
    }

    fn links(&mut self, before: &impl Read, after: &impl Read, changes: &Changes) {
        for (id, is) in changes.changed::<VpnConnection>() {
            let forwarding = |row: &VpnConnection| {
                let tunnels: Vec<_> =
                    row.tunnels.iter().map(|it| (it.id, it.role, it.bgp.is_some())).collect();
                let check = (row.health_check.enabled, row.health_check.policy.text());
                (row.attached, row.state, tunnels, check)
            };
            if differs(before.get::<VpnConnection>(id), is, forwarding) {
                self.connections.insert(*id);
            }
        }
        for (id, is) in changes.changed::<DownLink>() {
            if before.get::<DownLink>(id).is_some() != is.is_some() {
                self.link(before, after, *id);
            }
        }
    }

    fn link(&mut self, before: &impl Read, after: &impl Read, id: Id) {
        match id.prefix() {
            Some(Prefix::VpnConnection) => self.connections.extend(VpnConnectionId::from_id(id)),
            Some(Prefix::Tunnel) => {
                // Nothing leads from tunnels to their connections, of which there are few.
                let has = |row: &&VpnConnection| row.tunnels.iter().any(|it| Id::from(it.id) == id);
                self.connections.extend(before.all().find(has).map(|row| row.id));
                self.connections.extend(after.all().find(has).map(|row| row.id));
            }
            _ => {
                let vpc = |world: Option<&Resource>| world.and_then(Resource::vpc);
                let vpcs = [vpc(before.get::<Resource>(&id)), vpc(after.get::<Resource>(&id))];
                self.next_hops.extend(vpcs.into_iter().flatten().map(|vpc| (vpc, id)));
            }
        }
    }

    fn resources<B: Read, A: Read>(
        &mut self,
        before: &Side<'_, B>,
        after: &Side<'_, A>,
        changes: &Changes,
    ) {
        let mut attachments = false;
        for (id, is) in changes.changed::<Resource>() {
            let was = before.world.get::<Resource>(id);
            if !differs(was, is, |row| (row.place.clone(), row.status.clone())) {
                continue;
            }
            for row in was.into_iter().chain(is) {
                match row.place {
                    Place::Vpc(vpc) => drop(self.next_hops.insert((vpc, *id))),
                    Place::TransitRouter { connection, .. } => {
                        attachments = true;
                        self.connections.insert(connection);
                    }
                }
            }
        }
        if attachments && before.router() != after.router() {
            self.attachments(before.world);
            self.attachments(after.world);
        }
        for (id, is) in changes.changed::<VpnGateway>() {
            let was = before.world.get::<VpnGateway>(id);
            if differs(was, is, |row| (row.vpc, row.status, row.financial_locked)) {
                let rows = was.into_iter().chain(is);
                self.next_hops.extend(rows.map(|row| (row.vpc, Id::from(*id))));
            }
        }
    }

    /// All that leads to an attachment of a VPC leads to another transit router.
    fn attachments(&mut self, world: &impl Read) {
        for (vpc, id) in attachments(world) {
            self.next_hops.insert((vpc, id));
        }
    }

    /// The routes that lead to a connection.
    fn connection(&mut self, world: &impl Read, id: VpnConnectionId) {
        let Some(connection) = world.get::<VpnConnection>(&id) else { return };
        match connection.attached {
            Attached::Gateway(gateway) => {
                let blocks = self.gateways.entry(gateway).or_default();
                let routes = vpn_route::of_gateway(world, gateway);
                let routes = routes.filter(|route| route.key.next_hop == id);
                blocks.extend(routes.map(|route| own(route.key.destination)));
                blocks
                    .extend(bgp_route::of_connection(world, id).map(|it| own(it.key.destination)));
                let policies = vpn_pbr_route::of_gateway(world, gateway);
                let policies = policies.filter(|route| route.key.next_hop == id);
                blocks.extend(policies.map(|route| {
                    let (destination, source) = (route.key.destination, Some(route.key.source));
                    Block { destination, source, own: true }
                }));
            }
            Attached::TransitRouter { .. } | Attached::Nothing => {
                let of_rows = world.members::<causeway_types::TrAttachmentId>(id);
                let places = of_rows.filter_map(|it| world.get::<Resource>(&it.into()));
                let routers = places.filter_map(|it| match it.place {
                    Place::TransitRouter { transit_router, .. } => Some(transit_router),
                    Place::Vpc(_) => None,
                });
                for router in routers.chain(router(world, id)).collect::<BTreeSet<_>>() {
                    let routes = vco_route::of_connection(world, id);
                    let learned = bgp_route::of_connection(world, id);
                    let learned = learned.map(|it| own(it.key.destination));
                    let blocks = routes.map(|route| own(route.key.destination)).chain(learned);
                    self.routers.entry(router).or_default().extend(blocks);
                }
            }
        }
    }

    /// The entries of a VPC that lead to a next hop.
    fn next_hop(&mut self, world: &impl Read, vpc: VpcId, id: Id) {
        self.entries_only = false;
        for table in route_table::of_vpc(world, vpc) {
            for entry in route_entry::of_table(world, table.id) {
                if entry.next_hops.include(id) {
                    self.table(table.id, own(entry.key.destination));
                }
            }
        }
    }

    /// Blocks of gateways and transit routers as blocks of the tables that lead there.
    fn reach<R: Read>(&mut self, side: &Side<'_, R>) {
        let mut reached: Vec<(VpcId, Block)> = Vec::new();
        for (id, blocks) in &self.gateways {
            if let Some(gateway) = side.world.get::<VpnGateway>(id) {
                reached.extend(blocks.iter().map(|block| (gateway.vpc, *block)));
            }
        }
        if !self.routers.is_empty()
            && let Some(blocks) = side.router().and_then(|router| self.routers.get(&router))
        {
            let vpcs: BTreeSet<VpcId> = attachments(side.world).map(|(vpc, _)| vpc).collect();
            for vpc in vpcs {
                reached.extend(blocks.iter().map(|block| (vpc, *block)));
            }
        }
        for (vpc, block) in reached {
            for table in side.world.members::<RouteTableId>(vpc) {
                self.table(table, Block { own: false, ..block });
            }
        }
    }
}

/// Where an entry forwards to.
fn forwarding(entry: Option<&RouteEntry>) -> Option<&NextHops> {
    entry.filter(|entry| entry.status.forwards()).map(|entry| &entry.next_hops)
}

/// Whether the system routes the destination of an entry.
fn is_system(world: &impl Read, key: &RouteKey) -> bool {
    let Some(table) = world.get::<RouteTable>(&key.table) else { return false };
    let system = route_list::system_overlapping(world, table, key.destination);
    system.iter().any(|(block, _)| *block == key.destination)
}

/// Whether a table has a learned entry for a destination.
fn is_learned(world: &impl Read, key: &RouteKey) -> bool {
    world.get::<RouteEntry>(&RouteKey { origin: RouteOrigin::Learned, ..*key }).is_some()
}

/// The attachments of VPCs to transit routers.
pub(super) fn attachments(world: &impl Read) -> impl Iterator<Item = (VpcId, Id)> {
    let prefix = Prefix::TrAttachment;
    let all = world.range::<Resource>(Id::first(prefix)..=Id::last(prefix));
    all.filter_map(|row| row.vpc().map(|vpc| (vpc, row.id)))
}

/// The transit router a connection is attached to.
fn router(world: &impl Read, id: VpnConnectionId) -> Option<TransitRouterId> {
    match world.get::<VpnConnection>(&id)?.attached {
        Attached::TransitRouter { transit_router, .. } => Some(transit_router),
        Attached::Gateway(_) | Attached::Nothing => None,
    }
}
