//! What is known of a call, gathered while the pipeline looks at it.

use crate::config::Peer;
use causeway_operations::audit::{Head, Recorded, recorded};
use causeway_operations::{Entry, Identity};
use causeway_spec::Parameters;
use causeway_wire::Call;

/// How much of what strangers choose is recorded, in bytes.
const NAME_BYTES: usize = 64;
const AGENT_BYTES: usize = 200;
/// How much room parameters have.
const PARAMETER_BYTES: usize = 48 * 1024;

/// An event in the making.
pub(crate) struct Draft {
    pub head: Head,
    /// Whether the commit loop has it, and records it.
    pub submitted: bool,
}

impl Draft {
    pub fn new(account: &str, request_id: &str, peer: Peer, agent: &str) -> Draft {
        let head = Head {
            account: account.to_owned(),
            request_id: request_id.to_owned(),
            source: peer.address.to_string(),
            agent: beginning(agent, AGENT_BYTES),
            ..Head::default()
        };
        Draft { head, submitted: false }
    }

    /// The call could be read.
    pub fn decoded(&mut self, call: &Call) {
        let text = |text: Option<&str>| beginning(text.unwrap_or_default(), NAME_BYTES);
        self.head.name = text(call.action.as_deref());
        self.head.version = text(call.version.as_deref());
        self.head.access_key = text(call.access_key_id());
    }

    /// There is such an operation.
    pub fn found(&mut self, entry: &Entry) {
        self.head.read = !entry.writes;
    }

    /// Whose key the call names: nobody else learns of it.
    pub fn claimed(&mut self, account: &str) {
        self.head.account = account.to_owned();
    }

    /// The caller is who it claims to be.
    pub fn proved(&mut self, account: &str, identity: Identity) {
        self.head.account = account.to_owned();
        self.head.principal = Some(identity.into());
    }

    /// What is asked for.
    pub fn asked(&mut self, entry: &Entry, parameters: &Parameters) {
        let Recorded { parameters: kept, left_out } =
            recorded(&entry.declaration, parameters, PARAMETER_BYTES);
        (self.head.parameters, self.head.left_out) = (kept, left_out);
        let is = |name: &str, value: &str| {
            parameters.get(name).is_some_and(|given| given.eq_ignore_ascii_case(value))
        };
        self.head.dry_run = entry.declaration.dry_run && is("DryRun", "true");
        if !entry.declaration.product.is_global() {
            let region = parameters.get("RegionId").map(String::as_str).unwrap_or_default();
            self.head.region = beginning(region, NAME_BYTES);
        }
    }
}

fn beginning(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn what_is_long_is_cut_between_characters() {
        assert_eq!(beginning("abc", 5), "abc");
        assert_eq!(beginning("aéé", 4), "aé");
    }
}
