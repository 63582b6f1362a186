//! What an operation declares: parameters, errors, RAM action and resource, examples.
//!
//! Everything that documents, checks or drives operations (help pages, command line,
//! authorization, conformance tables) reads these declarations; nothing repeats them.

// The derive names this crate by its outside name, here too.
#[cfg(test)]
extern crate self as causeway_spec;

mod declaration;
mod error;
mod field;
mod lenient_json;
mod parameter;

pub use causeway_spec_derive::Request;
pub use declaration::{Access, Declaration, Example, Product};
pub use error::{AccessDenied, DeclaredErrors, ErrorCode, Refusal};
pub use field::{At, Field, Json};
pub use lenient_json::lenient;
pub use parameter::{Parameter, ParameterError, Parameters, Request, Shape};
