//! The request pipeline, the commit loop and the job timer.
//!
//! A call is admitted on the caller's thread ([`pipeline`]): protocol, signature, parameters. A
//! query then reads published state; a change joins the queue of the one commit loop, which runs
//! requests over published state plus what the same batch has accepted, makes the batch durable in
//! one write, applies it, and only then answers.

mod audit;
mod batch;
mod clock;
mod commit;
mod config;
mod engine;
mod envelope;
mod execute;
mod identity;
mod impact;
mod keys;
mod last_uses;
mod load;
mod metrics;
mod owners;
mod pipeline;
mod sealing;
mod soft;
mod tenants;
mod throttle;
mod unread;
mod wakes;

pub use audit::AuditSettings;
pub use clock::Clock;
pub use config::{Config, Peer, StoreOpener};
pub use engine::{Engine, StartError};
pub use keys::RootKey;
pub use sealing::{KeyFile, KeyFileError, Keyring, SealError, Sealed, SealedError};
pub use throttle::{Rate, Throttle};
