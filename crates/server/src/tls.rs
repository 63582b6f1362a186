//! The local certificate authority, and the certificate the listener shows.

mod authority;
mod files;

pub use authority::{Authority, AuthorityError};
