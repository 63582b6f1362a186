//! Operations on destination routes of VPN gateways.

use crate::catalogue::Entry;
use causeway_spec::Refusal;

mod create;
mod delete;
pub(crate) mod describe;

#[cfg(test)]
mod clash_tests;
#[cfg(test)]
mod publish_tests;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVpnRouteEntry>(),
    Entry::query::<describe::DescribeVpnRouteEntries>(),
    Entry::write::<delete::DeleteVpnRouteEntry>(),
];

/// The only tunnelling protocol (S-VR-34).
pub(crate) const OVERLAY_MODE: &str = "Ipsec";

/// `OverlayMode` is `Ipsec` or not given; nothing else exists (decision A20).
pub(crate) fn check_overlay_mode(given: Option<&str>) -> Result<(), Refusal> {
    match given {
        None | Some("" | OVERLAY_MODE) => Ok(()),
        Some(_) => Err(Refusal::invalid_parameter("OverlayMode")),
    }
}

/// `State` of a route on a gateway: whether it is published, never whether it works (S-VR-44).
pub(crate) fn state(published: bool) -> &'static str {
    if published { "published" } else { "normal" }
}
