//! Asynchronous work. A change that takes time leaves its subject in a transitional state and one
//! task row; finishing the task moves the subject on. There is nothing to undo: what could not be
//! done stays visible as a state.
//!
//! A subject has at most one task, so the row's presence is what "busy" means (semantics.md 2.4).

use crate::context::TaskLength;
use crate::route_entry::{self, RouteKey};
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use crate::{resource, route_table, vpc, vpn_connection, vpn_gateway, vswitch};
use causeway_types::{
    Id, RouteTableId, Timestamp, TrAttachmentId, VSwitchId, VpcId, VpnConnectionId, VpnGatewayId,
};
use serde::{Deserialize, Serialize};

/// What a task works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// A VPC being made or removed.
    Vpc(VpcId),
    /// A vSwitch being made, removed or bound to another table.
    VSwitch(VSwitchId),
    /// A route table being made or removed.
    RouteTable(RouteTableId),
    /// Routes of a VPC being added, changed or removed (S-RE-06: one batch at a time).
    Routes(VpcId),
    /// A VPN gateway being made, reconfigured or removed (S-VR-08, S-VR-10).
    VpnGateway(VpnGatewayId),
    /// An IPsec connection being made, reconfigured or removed.
    VpnConnection(VpnConnectionId),
    /// A transit router attachment being made or removed.
    Attachment(TrAttachmentId),
}

/// Work under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// What it works on.
    pub subject: Subject,
    /// When it is done; `None` waits for `CompleteTasks`.
    pub due: Option<Timestamp>,
    /// When it began.
    pub started: Timestamp,
    /// The routes it settles, for [`Subject::Routes`].
    pub routes: Vec<RouteKey>,
}

impl Keyed for Task {
    type Key = Subject;
    fn key(&self) -> Subject {
        self.subject
    }
}

impl Subject {
    /// The resource, as clients name it.
    pub fn id(&self) -> Id {
        match *self {
            Subject::Vpc(id) | Subject::Routes(id) => id.into(),
            Subject::VSwitch(id) => id.into(),
            Subject::RouteTable(id) => id.into(),
            Subject::VpnGateway(id) => id.into(),
            Subject::VpnConnection(id) => id.into(),
            Subject::Attachment(id) => id.into(),
        }
    }
}

/// Begins work on a subject, which the caller has put into its transitional state.
pub fn start(txn: &mut Txn, subject: Subject) {
    start_routes(txn, subject, Vec::new());
}

/// Begins work that settles routes; see [`start`]. With work already under way on the subject the
/// routes join it, so that a subject never has two tasks.
pub fn start_routes(txn: &mut Txn, subject: Subject, mut routes: Vec<RouteKey>) {
    let now = txn.now();
    if let Some(running) = txn.get::<Task>(&subject) {
        routes.extend(running.routes.iter().copied());
        routes.sort_unstable();
        routes.dedup();
    }
    let due = match txn.context().tasks {
        TaskLength::Immediate => return finish(txn, subject, &routes),
        TaskLength::AfterMs(length_ms) => Some(now.plus_ms(length_ms)),
        TaskLength::Manual => None,
    };
    txn.put(Task { subject, due, started: now, routes });
}

/// Whether work on a subject is under way.
pub fn is_busy(world: &impl Read, subject: Subject) -> bool {
    world.get::<Task>(&subject).is_some()
}

/// Why a subject cannot take a change now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// Another request, accepted but not yet answered, holds it (decision A9).
    Locked,
    /// It is in a transitional state.
    Changing,
}

/// Whether a subject can take a change.
pub fn check_idle(txn: &Txn, subject: Subject) -> Result<(), Busy> {
    if txn.held_by_another::<Task>(&subject) {
        Err(Busy::Locked)
    } else if is_busy(txn, subject) {
        Err(Busy::Changing)
    } else {
        Ok(())
    }
}

/// Ends a task: the subject reaches the state it was heading for.
pub fn complete(txn: &mut Txn, subject: Subject) {
    let Some(task) = txn.get::<Task>(&subject).cloned() else { return };
    txn.remove::<Task>(&subject);
    finish(txn, subject, &task.routes);
}

fn finish(txn: &mut Txn, subject: Subject, routes: &[RouteKey]) {
    match subject {
        Subject::Vpc(id) => vpc::settle(txn, id),
        Subject::VSwitch(id) => vswitch::settle(txn, id),
        Subject::RouteTable(id) => route_table::settle(txn, id),
        Subject::Routes(_) => route_entry::settle(txn, routes),
        Subject::VpnGateway(id) => vpn_gateway::settle(txn, id),
        Subject::VpnConnection(id) => vpn_connection::settle(txn, id),
        Subject::Attachment(id) => resource::settle(txn, id),
    }
}
