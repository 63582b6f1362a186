//! What may be set on a role.

use causeway_model::ram_role::{SESSION_DEFAULT_S, SESSION_MAX_S};
use causeway_ram::{PolicyError, Trust};

/// What is wrong with a setting of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Description,
    Duration,
    TrustLength,
    Trust(PolicyError),
}

pub(super) fn check_description(text: Option<&str>) -> Result<(), Fault> {
    match text {
        Some(text) if text.chars().count() > 1024 => Err(Fault::Description),
        _ => Ok(()),
    }
}

pub(super) fn check_duration(seconds: i64) -> Result<i64, Fault> {
    let valid = (SESSION_DEFAULT_S..=SESSION_MAX_S).contains(&seconds);
    valid.then_some(seconds).ok_or(Fault::Duration)
}

pub(super) fn check_trust(document: &str) -> Result<(), Fault> {
    match Trust::parse(document) {
        Ok(_) => Ok(()),
        Err(PolicyError::Length) => Err(Fault::TrustLength),
        Err(error) => Err(Fault::Trust(error)),
    }
}
