//! Soft enforcement: calls that policies would deny are allowed, and told.

use crate::tenants::Slot;
use causeway_model::{Changes, Context, Txn};
use causeway_operations::{Caller, Entry, Prepared};

/// The header that tells of a call that would be denied.
pub(crate) const HEADER: &str = "x-causeway-ram";

/// How much of what callers choose goes into the log: resources per call, characters per resource.
const LOGGED_RESOURCES: usize = 8;
const LOGGED_CHARACTERS: usize = 128;

/// Asks the policies about a call, and logs it when they would deny it; what the header says then.
/// They are asked as published now, before a change waits for its turn.
pub(crate) fn told(
    entry: &Entry,
    prepared: &dyn Prepared,
    caller: &Caller,
    slot: &Slot,
    context: &Context,
) -> Option<String> {
    let (of, tenant, nothing) = (&entry.declaration, slot.tenant.read(), Changes::default());
    let txn = Txn::new(&tenant, &nothing, context, tenant.revision() + 1);
    let resources = prepared.resources(&txn);
    let denied = caller.check(of, &resources, context).err()?.denied?;
    let caller = caller.identity(caller.account().unwrap_or(&context.account)).arn;
    let named: Vec<String> =
        resources.iter().take(LOGGED_RESOURCES).map(|it| excerpt(it)).collect();
    let (action, kind, policy) =
        (&denied.auth_action, denied.no_permission_type, denied.policy_type);
    tracing::warn!(%caller, action, resources = ?named, kind, policy, "policies would deny this call");
    Some(format!("would-deny {action} {kind} {policy}"))
}

fn excerpt(resource: &str) -> String {
    resource.chars().take(LOGGED_CHARACTERS).collect()
}
