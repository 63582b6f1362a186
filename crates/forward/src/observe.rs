//! The one place where a link comes to be believed up or down: what follows from it, and the log.

use crate::Links;
use crate::gateway::{GatewayTable, Standing};
use causeway_model::down_link;
use causeway_model::failover::{self, Failover, FailoverKey};
use causeway_model::link::Turn;
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, Txn};
use causeway_types::{Id, Timestamp, VpnConnectionId};
use std::collections::BTreeMap;

/// Who carries what: by the gateway or connection that chooses, and the traffic it names.
type Carriers = BTreeMap<(Id, String), Option<Id>>;

/// Lets a link count as up or down from now on, and logs what traffic moves.
pub fn turn(txn: &mut Txn, link: Id, turn: Turn) {
    let connection = down_link::connection(txn, link).map(|connection| connection.id);
    let before = connection.map(|id| carriers(txn, id)).unwrap_or_default();
    down_link::set(txn, link, turn.up);
    let after = connection.map(|id| carriers(txn, id)).unwrap_or_default();
    let revision = txn.revision();
    let first = txn.range::<Failover>(key(revision, 0)..=key(revision, u32::MAX)).count();
    let mut number = u32::try_from(first).unwrap_or(u32::MAX);
    for ((by, traffic), to) in after {
        let from = before.get(&(by, traffic.clone())).copied().flatten();
        if from == to {
            continue;
        }
        let lost_since = match from {
            // A failback loses nothing: the traffic leaves a link that works.
            Some(_) if turn.up => turn.at,
            Some(_) => turn.since,
            None => lost_since(txn, by, &traffic).unwrap_or(turn.at),
        };
        failover::record(
            txn,
            Failover {
                key: key(revision, number),
                at: turn.at,
                link,
                up: turn.up,
                by,
                traffic: traffic.into(),
                from,
                to,
                cause: turn.cause,
                lost_ms: turn.at.millis() - lost_since.millis(),
            },
        );
        number = number.saturating_add(1);
    }
}

/// Since when traffic that nothing carries is lost, as the log tells.
fn lost_since(world: &impl Read, by: Id, traffic: &str) -> Option<Timestamp> {
    let of_it = |entry: &&Failover| entry.by == by && &*entry.traffic == traffic;
    let last = world.all::<Failover>().filter(of_it).last()?;
    last.to.is_none().then(|| last.at.plus_ms(-last.lost_ms))
}

fn key(revision: u64, number: u32) -> FailoverKey {
    FailoverKey { revision, number }
}

/// Who carries the traffic of a connection's tunnels, and that of the routes of its gateway which have
/// it in their pair.
fn carriers(world: &impl Read, id: VpnConnectionId) -> Carriers {
    let links = Links::of(world);
    let mut found = Carriers::new();
    let Some(connection) = world.get::<VpnConnection>(&id) else { return found };
    if connection.dual_tunnel {
        let tunnel = links.tunnel_in_use(connection).map(|tunnel| tunnel.id.into());
        found.insert((id.into(), String::new()), tunnel);
    }
    let gateway = connection.gateway().and_then(|gateway| world.get::<VpnGateway>(&gateway));
    let Some(gateway) = gateway else { return found };
    let carries = |id: VpnConnectionId| {
        let connection = world.get::<VpnConnection>(&id);
        connection.is_some_and(|it| links.carries(it)).then(|| id.into())
    };
    let table = GatewayTable::compile(world, &links, gateway);
    let by: Id = gateway.id.into();
    let effective = |standing: &Standing| *standing == Standing::Effective;
    for (route, _) in table.policy.iter().filter(|(_, standing)| effective(standing)) {
        let (source, destination) = (route.key.source, route.key.destination);
        found.insert((by, format!("{source} -> {destination}")), carries(route.key.next_hop));
    }
    for (route, _) in table.destination.iter().filter(|(_, standing)| effective(standing)) {
        found.insert((by, route.key.destination.to_string()), carries(route.key.next_hop));
    }
    found
}
