//! Sessions of roles: temporary keys, until they expire.
//!
//! A session's secret is nowhere at rest: it follows from the salt in the row and from the security
//! token, of which the row has a digest only. The token travels with every request and does not
//! give the secret away without the salt, nor does the row without the token.

use crate::ram_role::RamRole;
use crate::ram_user::letters;
use crate::rows::Keyed;
use crate::txn::Txn;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What the id of every temporary access key begins with.
pub const KEY_PREFIX: &str = "STS.";
/// What every security token begins with.
const TOKEN_PREFIX: &str = "CAIS";
/// Letters in a security token after its prefix.
const TOKEN_LETTERS: usize = 156;
/// How long an expired session is remembered, in milliseconds, so that its key is told to have
/// expired rather than to be unknown.
const REMEMBERED_MS: i64 = 3_600_000;

/// A session of a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamSession {
    /// The id of its access key: `STS.` and 24 letters or digits.
    pub key_id: Box<str>,
    /// With the token it makes the secret.
    salt: [u8; 16],
    /// The digest of its security token.
    token: [u8; 32],
    /// The name of the role.
    pub role: Box<str>,
    /// The id of the role; another role of the same name has another.
    pub role_id: Box<str>,
    /// The session's name.
    pub name: Box<str>,
    /// The session's own policy, as given: it narrows what the role may do.
    pub policy: Option<Box<str>>,
    /// Who is behind the session, as its maker says.
    pub source_identity: Option<Box<str>>,
    /// When it ends.
    pub expires: Timestamp,
}

/// What a new session is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its own policy.
    pub policy: Option<&'a str>,
    /// Who is behind it.
    pub source_identity: Option<&'a str>,
    /// How long it lasts, in seconds.
    pub duration_s: i64,
}

/// What signs a session's requests; handed out once.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `AccessKeySecret`.
    pub secret: String,
    /// `SecurityToken`.
    pub token: String,
}

impl Keyed for RamSession {
    type Key = Box<str>;
    fn key(&self) -> Box<str> {
        self.key_id.clone()
    }
}

impl RamSession {
    /// Makes a session of a role.
    pub fn start(txn: &mut Txn, role: &RamRole, new: &NewSession) -> (RamSession, Credentials) {
        let key_id = format!("{KEY_PREFIX}{}", letters(txn, 24));
        let token = format!("{TOKEN_PREFIX}{}", letters(txn, TOKEN_LETTERS));
        let session = RamSession {
            key_id: key_id.into(),
            salt: txn.entropy().to_be_bytes(),
            token: digest(&token),
            role: role.name.clone(),
            role_id: role.id.clone(),
            name: new.name.into(),
            policy: new.policy.map(Into::into),
            source_identity: new.source_identity.map(Into::into),
            expires: txn.now().plus_ms(new.duration_s.saturating_mul(1000)),
        };
        txn.put(session.clone());
        let secret = session.secret_by(&token);
        (session, Credentials { secret, token })
    }

    /// The secret that goes with a token; none when the token is not this session's.
    pub fn secret(&self, token: &str) -> Option<String> {
        (digest(token) == self.token).then(|| self.secret_by(token))
    }

    /// When it is forgotten.
    pub fn forgotten(&self) -> Timestamp {
        self.expires.plus_ms(REMEMBERED_MS)
    }

    fn secret_by(&self, token: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(b"session secret");
        hash.update(self.salt);
        hash.update(token);
        let mut secret = String::with_capacity(44);
        for byte in &hash.finalize()[..22] {
            write!(secret, "{byte:02x}").expect("writing to a string");
        }
        secret
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Whether a text can be a security token at all.
pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN_PREFIX.len() + TOKEN_LETTERS
        && text.starts_with(TOKEN_PREFIX)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a text can name a session or whoever is behind it: 2 to 64 letters, digits, `.`, `@`,
/// `-` and `_`.
pub fn is_name(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte))
}
