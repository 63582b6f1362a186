//! An access key: an id everyone may see, and a secret nobody may.

use std::fmt;
use std::str::FromStr;

/// An access key pair.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// The access key id.
    pub id: String,
    /// The access key secret.
    pub secret: String,
}

impl AccessKey {
    /// A new random pair, in the provider's lengths: 24 characters of id, 30 of secret.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        const CAPITALS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        let id = format!("CWAK{}", random_text(CAPITALS, 20)?);
        Ok(Self { id, secret: random_text(LETTERS, 30)? })
    }
}

/// Letters drawn evenly from `alphabet`.
fn random_text(alphabet: &[u8], length: usize) -> Result<String, getrandom::Error> {
    // Bytes at or above the last whole multiple would favour the first letters.
    let fair_below = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes)?;
        let fair = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair_below);
        let letters = fair.map(|byte| char::from(alphabet[byte % alphabet.len()]));
        text.extend(letters.take(length - text.len()));
    }
    Ok(text)
}

impl fmt::Debug for AccessKey {
    /// Without the secret: settings are logged and shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl FromStr for AccessKey {
    type Err = &'static str;

    /// Reads `ID:SECRET`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, secret) = text.split_once(':').ok_or("is not ID:SECRET")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            return Err("has an id that is not 1 to 64 letters, digits, '.', '_' or '-'");
        }
        if secret.is_empty() || secret.len() > 128 || !secret.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err("has a secret that is not 1 to 128 printable characters without spaces");
        }
        Ok(Self { id: id.to_owned(), secret: secret.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_id_and_secret() {
        let key: AccessKey = "test-ak:se:cret".parse().unwrap();
        assert_eq!((key.id.as_str(), key.secret.as_str()), ("test-ak", "se:cret"));
        for wrong in ["", "id", "id:", ":secret", "i d:secret", "id:sec ret"] {
            assert!(wrong.parse::<AccessKey>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn random_keys_differ_and_read_back() {
        let key = AccessKey::random().unwrap();
        assert_eq!((key.id.len(), key.secret.len()), (24, 30));
        assert_ne!(key, AccessKey::random().unwrap());
        assert_eq!(format!("{}:{}", key.id, key.secret).parse(), Ok(key));
    }

    #[test]
    fn debug_hides_the_secret() {
        let key = AccessKey { id: "id".into(), secret: "hush".into() };
        assert!(!format!("{key:?}").contains("hush"));
    }
}
