//! Which way a packet goes: compiled route tables, link health, trace.
//!
//! Everything here is a function of a tenant and of which links are up. Nothing reads a clock or
//! does I/O.

mod carriers;
mod packet;

pub mod gateway;
pub mod health;
pub mod impact;
pub mod links;
pub mod lpm;
pub mod observe;
pub mod trace;
pub mod transit;
pub mod vpc;

pub use links::Links;
pub use packet::Packet;
