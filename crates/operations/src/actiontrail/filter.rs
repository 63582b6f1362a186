//! What an event has to be like.

use crate::audit::{Event, number_of, resources};
use causeway_spec::{Product, Refusal};

/// One condition on an event.
#[derive(Debug)]
pub(super) enum Condition {
    EventName(String),
    User(String),
    ResourceName(String),
    ResourceType(String),
    ServiceName(String),
    Reads(bool),
    AccessKey(String),
    /// The event with this number, if there can be one.
    Event(Option<u64>),
}

impl Condition {
    /// Reads a condition.
    pub fn read(key: &str, value: &str) -> Result<Condition, Refusal> {
        let text = value.to_owned();
        Ok(match key {
            "EventName" => Condition::EventName(text),
            "User" => Condition::User(text),
            "ResourceName" => Condition::ResourceName(text),
            "ResourceType" => Condition::ResourceType(text),
            "ServiceName" => Condition::ServiceName(text),
            "EventAccessKeyId" => Condition::AccessKey(text),
            "EventId" => Condition::Event(number_of(value)),
            "EventRW" if value.eq_ignore_ascii_case("read") => Condition::Reads(true),
            "EventRW" if value.eq_ignore_ascii_case("write") => Condition::Reads(false),
            "EventRW" => return Err(Refusal::invalid_parameter("LookupAttribute.Value")),
            _ => return Err(Refusal::invalid_parameter("LookupAttribute.Key")),
        })
    }

    /// Whether an event meets it.
    pub fn holds(&self, number: u64, event: &Event) -> bool {
        let head = &event.head;
        match self {
            Condition::EventName(name) => *name == head.name,
            Condition::User(user) => head.principal.as_ref().is_some_and(|principal| {
                let name = principal.name.as_deref().unwrap_or("root");
                let session = principal.session.as_deref();
                *user == *name || session.is_some_and(|it| *user == format!("{name}:{it}"))
            }),
            Condition::ResourceName(name) => {
                resources(event).values().any(|names| names.contains(name))
            }
            Condition::ResourceType(kind) => resources(event).contains_key(kind),
            Condition::ServiceName(service) => Product::ALL.iter().any(|product| {
                product.version() == head.version && product.name().eq_ignore_ascii_case(service)
            }),
            Condition::Reads(reads) => *reads == head.read,
            Condition::AccessKey(key) => *key == head.access_key,
            Condition::Event(wanted) => *wanted == Some(number),
        }
    }
}
