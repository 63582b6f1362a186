//! Operations on VPN gateways.

use crate::catalogue::Entry;

mod create;
mod delete;
mod describe;
mod list;
mod shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVpnGateway>(),
    Entry::write::<delete::DeleteVpnGateway>(),
    Entry::query::<describe::DescribeVpnGateway>(),
    Entry::query::<list::DescribeVpnGateways>(),
];
