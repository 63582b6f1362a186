//! Idempotency tokens: what a `ClientToken` stood for, and the answer it got (semantics.md 2.3).

use crate::rows::Keyed;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// How long a token is remembered after its request was answered, in milliseconds (decision A17).
pub const LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

/// The longest token, in ASCII characters.
pub const LENGTH_MAX: usize = 64;

/// Which token: they are separate per operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenKey {
    /// The operation.
    pub action: String,
    /// The client's text.
    pub token: String,
}

/// A remembered request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Operation and token.
    pub key: TokenKey,
    /// SHA-256 of the request's own parameters.
    pub fingerprint: [u8; 32],
    /// The answer, as a JSON object without its request id.
    pub answer: Box<str>,
    /// When it is forgotten.
    pub expires: Timestamp,
}

impl Keyed for Token {
    type Key = TokenKey;
    /// It holds an answer, in which a secret may be.
    const SECRET: bool = true;
    fn key(&self) -> TokenKey {
        self.key.clone()
    }
    fn cmp_key(&self, key: &TokenKey) -> Ordering {
        self.key.cmp(key)
    }
}

/// Whether a text can be a token: 1 to 64 ASCII characters (S-VR-19).
pub fn is_token(text: &str) -> bool {
    (1..=LENGTH_MAX).contains(&text.len()) && text.is_ascii()
}
