//! One file per API operation, in folders by family, and the catalogue of them all.
//!
//! An operation is a unit struct with a [`Declaration`], a request, an answer and a `run` that looks
//! up, asks the model's rules, and maps their causes to its own error codes. To add one: write the
//! file, and name it in its family's `mod.rs`.

mod access;
pub mod audit;
mod catalogue;
mod denial;
mod identity;
pub mod json;
mod label;
mod operation;
mod page;
mod resources;
mod rights;
mod shape;
mod tag;

pub mod actiontrail;
pub mod causeway;
pub mod customer_gateway;
pub mod ram;
pub mod region;
pub mod route_entry;
pub mod route_table;
pub mod sts;
pub mod vco_route;
pub mod vpc;
pub mod vpn_connection;
pub mod vpn_gateway;
pub mod vpn_pbr_route;
pub mod vpn_route;
pub mod vswitch;

#[cfg(test)]
mod testing;

pub use access::{Authorized, Caller, Origin, Session, User};
pub use catalogue::{Entry, FAMILIES, Family, Reads, all, find, find_version};
pub use causeway_spec::Declaration;
pub use identity::{Identity, IdentityKind};
pub use operation::{AccountQuery, Answer, LogQuery, Operation, Prepared, Query, Run, Write};
pub use rights::Enforcement;
