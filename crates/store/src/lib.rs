//! Durable rows: the storage contract and its engines.
//!
//! The store deals in bytes only; what a row means is known to the crates above. [`Store`] is the
//! contract, [`Memory`] and [`Embedded`] keep it, one suite of tests runs against both.

mod check;
mod contract;
mod embedded;
mod error;
mod memory;
mod progress;

pub use contract::{
    CommitLimits, Event, Loaded, Log, Order, Outcome, PROGRESS_ROWS, Refused, RowWrite, Sink,
    SinkError, Store, TenantKey, TenantWrite,
};
pub use embedded::{Embedded, OpenError, Options};
pub use error::StoreError;
pub use memory::Memory;
