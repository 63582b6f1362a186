//! Secrets at rest: rows that hold some are sealed before they reach the store.
//!
//! Each value is sealed on its own with XChaCha20-Poly1305 under the newest key of a key file, bound to
//! the place it belongs to, so that it cannot be read, changed or moved without the file. Rows that
//! hold no secrets, which are nearly all, are stored as they are. See docs/decisions/0017-sealing.md.

mod key_file;
mod keyring;
mod store;

pub use key_file::{KeyFile, KeyFileError};
pub use keyring::{Keyring, SealError};
pub use store::{Sealed, SealedError};
