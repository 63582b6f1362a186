//! Operations on policy-based routes of VPN gateways.

use crate::catalogue::Entry;

mod create;
mod delete;
mod describe;

#[cfg(test)]
mod clash_tests;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVpnPbrRouteEntry>(),
    Entry::query::<describe::DescribeVpnPbrRouteEntries>(),
    Entry::write::<delete::DeleteVpnPbrRouteEntry>(),
];
