//! An error answered before any operation runs.

use crate::Format;
use std::borrow::Cow;

/// An error the gateway answers before any operation runs. Made by [`crate::gateway`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({status}): {message}")]
pub struct ProtocolError {
    /// HTTP status, 400 or above.
    pub status: u16,
    /// The provider's code; never empty.
    pub code: Cow<'static, str>,
    /// The provider's message, byte for byte.
    pub message: String,
    /// How to write the answer. Set by [`crate::decode`] and by the checks of [`crate::Call`];
    /// none when raised without a call, then [`crate::Call::error_format`] tells.
    pub format: Option<Format>,
    /// Value of the header `x-acs-retry-after`, in milliseconds; throttling only.
    pub retry_after_ms: Option<u64>,
}

impl ProtocolError {
    /// The same error, to be written in `format`.
    pub fn answered_in(mut self, format: Format) -> ProtocolError {
        self.format = Some(format);
        self
    }

    /// The same error, telling the client when to come back.
    pub fn retry_after_ms(mut self, retry_after_ms: u64) -> ProtocolError {
        self.retry_after_ms = Some(retry_after_ms);
        self
    }
}
