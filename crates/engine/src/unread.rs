//! Parameters that nothing reads.

use crate::engine::Engine;
use causeway_operations::Entry;
use causeway_operations::audit::is_declared;
use causeway_spec::{Declaration, Parameters};
use std::sync::atomic::Ordering;

/// Parameters the provider accepts everywhere and nobody reads (semantics.md 2).
const HIDDEN: [&str; 4] = ["OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"];

/// How much of what strangers choose goes into the log: names per request, characters per name.
const LOGGED_NAMES: usize = 8;
const LOGGED_CHARACTERS: usize = 64;

impl Engine {
    /// Unknown parameters are accepted (clients send newer ones), but not silently.
    pub(crate) fn note_unread(&self, entry: &Entry, parameters: &Parameters) {
        let unread = || parameters.keys().filter(|path| !is_read(&entry.declaration, path));
        let number = unread().count();
        if number > 0 {
            let names: Vec<String> =
                unread().take(LOGGED_NAMES).map(|name| excerpt(name)).collect();
            let metrics = &self.shared.metrics;
            metrics.unread_parameters.fetch_add(number as u64, Ordering::Relaxed);
            let action = entry.declaration.name;
            tracing::info!(action, number, ?names, "nothing reads these parameters");
        }
    }
}

/// Whether an operation, or the pipeline for it, reads a parameter.
fn is_read(declaration: &Declaration, path: &str) -> bool {
    match path {
        "RegionId" => true,
        "ClientToken" => declaration.client_token,
        "DryRun" => declaration.dry_run,
        _ => HIDDEN.contains(&path) || is_declared(declaration, path),
    }
}

/// The beginning of a text that a stranger chose, for the log.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(LOGGED_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::{excerpt, is_read};
    use causeway_operations::find;

    #[test]
    fn what_nobody_reads_is_known_at_every_depth() {
        let batch = &find("2016-04-28", "CreateRouteEntries").unwrap().declaration;
        for (path, read) in [
            ("RegionId", true),
            ("DryRun", true),
            ("ClientToken", false), // absent from this operation (semantics.md 2.3)
            ("OwnerId", true),
            ("RouteEntries.1.DstCidrBlock", true),
            ("RouteEntries.1.Describption", false), // a misspelling one SDK has (clients.md 11)
            ("RouteEntries.x.DstCidrBlock", false),
            ("RouteEntries.1.DstCidrBlock.Deeper", false),
            ("Fancy", false),
        ] {
            assert_eq!(is_read(batch, path), read, "{path}");
        }
        assert_eq!(excerpt(&"é".repeat(100)), "é".repeat(64));
    }
}
