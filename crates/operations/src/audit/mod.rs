//! The audit trail: what is kept of each call, and how it reads.
//!
//! A [`Head`] is known before the call runs and is made on the connection's thread; a [`Tail`] tells
//! what came of it. Both are kept compactly; [`render`] gives them the shape of an ActionTrail event.

mod elements;
mod log;
mod parameters;
mod record;
mod render;
mod resources;

pub use elements::elements;
pub use log::{EventLog, Unreadable, first_since};
pub use parameters::{Recorded, is_declared, recorded};
pub use record::{Event, Head, Principal, SUPPRESSED, Tail, event, time};
pub use render::{event_id, number_of, render};
pub use resources::resources;
