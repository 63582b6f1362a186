//! What is stored of a call.

use crate::identity::{Identity, IdentityKind};
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};

/// The stored form. Another form gets another number, and this one stays readable.
const FORM: u8 = 1;
/// The form and the time, before the rest.
const PREFIX_BYTES: usize = 9;

/// Room for most heads.
const HEAD_BYTES: usize = 512;

/// The name of the event that stands for those that a flood kept out.
pub const SUPPRESSED: &str = "SuppressedEvents";

/// Who called, once proved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// `root-account`, `ram-user` or `assumed-role`.
    pub kind: String,
    /// See [`Identity::principal_id`].
    pub id: String,
    /// The name of the user or role; none for the account.
    pub name: Option<String>,
    /// The session of a role.
    pub session: Option<String>,
}

/// What is known of a call before it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The account it belongs to.
    pub account: String,
    /// The region, empty for what belongs to none.
    pub region: String,
    /// The action, as named.
    pub name: String,
    /// The version, as named.
    pub version: String,
    /// Whether it reads only.
    pub read: bool,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// The request id.
    pub request_id: String,
    /// The client's address.
    pub source: String,
    /// The client's `User-Agent`.
    pub agent: String,
    /// The access key, as named.
    pub access_key: String,
    /// None when nobody was proved.
    pub principal: Option<Principal>,
    /// Parameters that are declared, without secrets.
    pub parameters: Vec<(String, String)>,
    /// How many parameters there were beside.
    pub left_out: u32,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tail {
    /// Code and message of a refusal.
    pub error: Option<(String, String)>,
    /// What the answer names: a JSON object.
    pub elements: Option<String>,
    /// What it does to forwarding: a JSON value.
    pub impact: Option<String>,
    /// How many events this one stands for.
    pub suppressed: u64,
}

/// An event, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What was called.
    pub head: Head,
    /// What came of it.
    pub tail: Tail,
}

impl From<Identity> for Principal {
    fn from(identity: Identity) -> Principal {
        let kind = match identity.kind {
            IdentityKind::Root => "root-account",
            IdentityKind::RamUser => "ram-user",
            IdentityKind::AssumedRole => "assumed-role",
        };
        Principal {
            kind: kind.into(),
            id: identity.principal_id,
            name: identity.name,
            session: identity.session,
        }
    }
}

impl Head {
    /// As bytes, which a tail can follow.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_extend(self, Vec::with_capacity(HEAD_BYTES)).expect("plain values")
    }
}

/// An event as bytes. `head` is an encoded [`Head`].
pub fn event(at: Timestamp, head: &[u8], tail: &Tail) -> Vec<u8> {
    let texts = [&tail.elements, &tail.impact].into_iter().flatten().map(String::len);
    let room = PREFIX_BYTES + head.len() + texts.sum::<usize>() + 64;
    let mut event = Vec::with_capacity(room);
    event.push(FORM);
    event.extend(at.millis().to_be_bytes());
    event.extend(head);
    postcard::to_extend(tail, event).expect("plain values")
}

/// When an event happened, without reading the rest of it.
pub fn time(event: &[u8]) -> Timestamp {
    let bytes = event.get(1..PREFIX_BYTES).and_then(|bytes| bytes.try_into().ok());
    Timestamp(bytes.map_or(0, i64::from_be_bytes))
}

impl Event {
    /// Reads an event; none when a later release wrote it.
    pub fn read(bytes: &[u8]) -> Option<Event> {
        let rest = bytes.get(PREFIX_BYTES..).filter(|_| bytes[0] == FORM)?;
        let (head, tail) = postcard::take_from_bytes::<Head>(rest).ok()?;
        let tail = postcard::from_bytes(tail).ok()?;
        Some(Event { at: time(bytes), head, tail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_back_and_a_cut_one_does_not() {
        let head = Head {
            name: "CreateVpc".into(),
            principal: Some(Principal { kind: "root-account".into(), ..Principal::default() }),
            parameters: vec![("CidrBlock".into(), "10.0.0.0/8".into())],
            ..Head::default()
        };
        let tail = Tail { error: Some(("Code".into(), "Text.".into())), ..Tail::default() };
        let bytes = event(Timestamp(77), &head.encode(), &tail);
        assert_eq!(Event::read(&bytes), Some(Event { at: Timestamp(77), head, tail }));
        assert_eq!(time(&bytes), Timestamp(77));
        for cut in 0..bytes.len() {
            assert_eq!(Event::read(&bytes[..cut]), None, "cut at {cut}");
        }
        assert_eq!(Event::read(&[&[FORM + 1], &bytes[1..]].concat()), None);
    }
}
