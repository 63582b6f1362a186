//! The RAM policy language (wire.md section 6): reading policy documents, and deciding by them.
//!
//! A pure function of policies and a request. Nothing here knows users, operations or codes.

mod condition;
mod document;
mod evaluate;
mod glob;
mod operator;
mod trust;

pub mod system;

pub use document::{DOCUMENT_MAX, Effect, Policy, PolicyError};
pub use evaluate::{Decision, Keys, RESOURCE_MAX, Request, StatementAt, evaluate};
pub use glob::{matches, matches_ignoring_case};
pub use trust::{TRUST_MAX, Trust, Trusted};
