//! Operations on transit-router routes of IPsec connections.

use crate::catalogue::Entry;

mod create;
mod delete;
mod describe;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVcoRouteEntry>(),
    Entry::query::<describe::DescribeVcoRouteEntries>(),
    Entry::write::<delete::DeleteVcoRouteEntry>(),
];

/// `State` of every created route: published to the transit router (S-VCO-19).
const PUBLISHED: &str = "published";
