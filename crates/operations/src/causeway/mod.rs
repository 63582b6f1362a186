//! Causeway's own operations: resources of other products, registered by hand, and the tasks under
//! way, the links, what peers announce, where packets go, and why policies decide as they do. They are
//! what a rehearsal needs and the provider does not have.

use crate::catalogue::Entry;

mod advance_clock;
mod announce_bgp_route;
mod complete_tasks;
mod describe_impact;
mod explain_access;
mod lint_tenant;
mod list_failovers;
mod list_links;
mod list_resources;
mod list_tasks;
mod named_call;
mod register;
mod set_link_state;
mod trace_path;
mod unregister;
mod withdraw_bgp_route;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<register::RegisterResource>(),
    Entry::write::<unregister::UnregisterResource>(),
    Entry::query::<list_resources::ListResources>(),
    Entry::query::<list_tasks::ListTasks>(),
    Entry::write::<complete_tasks::CompleteTasks>(),
    Entry::write::<advance_clock::AdvanceClock>(),
    Entry::write::<set_link_state::SetLinkState>(),
    Entry::query::<list_links::ListLinks>(),
    Entry::query::<trace_path::TracePath>(),
    Entry::query::<describe_impact::DescribeImpact>(),
    Entry::query::<lint_tenant::LintTenant>(),
    Entry::account_query::<explain_access::ExplainAccess>(),
    Entry::query::<list_failovers::ListFailovers>(),
    Entry::write::<announce_bgp_route::AnnounceBgpRoute>(),
    Entry::write::<withdraw_bgp_route::WithdrawBgpRoute>(),
];

/// The type word of an IPsec connection's attachment to a transit router; all others are words for
/// next hops.
const TRANSIT_ROUTER_VPN_ATTACHMENT: &str = "TransitRouterVpnAttachment";
