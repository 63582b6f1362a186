//! What every engine checks before it writes, so that all of them refuse alike.

use std::collections::BTreeMap;

use crate::contract::{CommitLimits, Event, Outcome, Refused, TenantKey, TenantWrite};

/// Where an engine's tenants stand.
pub(crate) trait Revisions {
    /// The tenant's revision, 0 when it was never written.
    fn revision(&self, tenant: &TenantKey) -> u64;
}

/// Checks form, limits and revisions, in this order.
pub(crate) fn batch(
    batch: &[TenantWrite],
    events: &[Event],
    limits: CommitLimits,
    known: &dyn Revisions,
) -> Result<(), Outcome> {
    form(batch, events, limits).map_err(Outcome::Refused)?;
    let mut ahead: BTreeMap<&TenantKey, u64> = BTreeMap::new();
    for write in batch {
        let at = ahead.get(&write.tenant).copied().unwrap_or_else(|| known.revision(&write.tenant));
        if at != write.expected {
            return Err(Outcome::Conflict(write.tenant.clone()));
        }
        ahead.insert(&write.tenant, write.next);
    }
    Ok(())
}

fn form(batch: &[TenantWrite], events: &[Event], limits: CommitLimits) -> Result<(), Refused> {
    let (mut rows, mut bytes) = (0, 0);
    for cost in events.iter().map(CommitLimits::event_cost) {
        rows += cost.0;
        bytes += cost.1;
    }
    for write in batch {
        if write.next <= write.expected {
            return Err(Refused::Malformed("the revision does not grow"));
        }
        if write.tenant.account.len().max(write.tenant.region.len()) > limits.key_bytes {
            return Err(Refused::Malformed("the tenant's name is too long"));
        }
        for row in &write.rows {
            if row.key.is_empty() || row.key.len() > limits.key_bytes {
                return Err(Refused::Malformed("a row key is empty or too long"));
            }
        }
        let cost = CommitLimits::cost(write);
        rows += cost.0;
        bytes += cost.1;
    }
    if rows > limits.rows || bytes > limits.bytes {
        return Err(Refused::TooLarge { rows, bytes });
    }
    Ok(())
}

/// Checks the form of a setting.
pub(crate) fn setting(name: &str, value: &[u8], limits: CommitLimits) -> Result<(), Refused> {
    if name.is_empty() || name.len() > limits.key_bytes {
        return Err(Refused::Malformed("a setting's name is empty or too long"));
    }
    if value.len() > limits.bytes {
        return Err(Refused::TooLarge { rows: 1, bytes: value.len() });
    }
    Ok(())
}
