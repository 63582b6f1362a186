//! Operations on IPsec connections: those on VPN gateways, and those for transit routers.

use crate::catalogue::Entry;

mod config;
mod create;
mod create_attachment;
mod delete;
mod delete_attachment;
mod describe;
mod draft;
mod list;
mod list_attachments;
mod shape;
mod tunnel;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVpnConnection>(),
    Entry::write::<delete::DeleteVpnConnection>(),
    Entry::query::<describe::DescribeVpnConnection>(),
    Entry::query::<list::DescribeVpnConnections>(),
    Entry::write::<create_attachment::CreateVpnAttachment>(),
    Entry::write::<delete_attachment::DeleteVpnAttachment>(),
    Entry::query::<list_attachments::DescribeVpnAttachments>(),
];
