//! What binding a table to a gateway and letting it go have in common.

use causeway_model::gateway_binding;
use causeway_model::next_hop::NextHopType;
use causeway_model::resource::Resource;
use causeway_model::route_table::RouteTable;
use causeway_model::task::{self, Busy, Subject};
use causeway_model::{Read, Txn};
use causeway_types::{Id, RouteTableId};

/// The table and the gateway a request names.
pub(super) struct Named<'a> {
    pub table: &'a RouteTable,
    pub gateway: &'a Resource,
}

/// Why they cannot be used.
pub(super) enum Fault {
    /// There is no such table.
    Table,
    /// There is no such gateway.
    Gateway,
    /// The gateway is of another kind than the request says.
    Type,
    /// Another request holds the table.
    Locked,
    /// The table is in a transitional state.
    Changing,
}

/// Finds both.
pub(super) fn find<'a>(
    txn: &'a Txn,
    table: RouteTableId,
    gateway: &str,
    kind: Option<&str>,
) -> Result<Named<'a>, Fault> {
    let table = txn.get::<RouteTable>(&table).ok_or(Fault::Table)?;
    let id = Id::from_text(gateway);
    let gateway = txn.get::<Resource>(&id).filter(|it| gateway_binding::is_gateway(it.id));
    let gateway = gateway.ok_or(Fault::Gateway)?;
    let is = match gateway.next_hop_type() {
        Some(NextHopType::Ipv4Gateway) => "Ipv4Gateway",
        _ => "Ipv6Gateway",
    };
    if kind.is_some_and(|kind| !kind.is_empty() && kind != is) {
        return Err(Fault::Type);
    }
    task::check_idle(txn, Subject::RouteTable(table.id)).map_err(|busy| match busy {
        Busy::Locked => Fault::Locked,
        Busy::Changing => Fault::Changing,
    })?;
    Ok(Named { table, gateway })
}
