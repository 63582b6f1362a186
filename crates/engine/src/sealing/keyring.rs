//! The keys secrets are sealed with.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The first byte of what is sealed. Rows begin with their version, which stays far below.
const MARK: u8 = 0xff;
/// Bytes of a nonce. They are so many that random ones do not repeat.
const NONCE_BYTES: usize = 24;
/// Mark, number of the key, nonce.
const HEAD_BYTES: usize = 1 + 4 + NONCE_BYTES;

/// Numbered keys: the newest seals, all of them open.
#[derive(Clone)]
pub struct Keyring {
    keys: BTreeMap<u32, XChaCha20Poly1305>,
}

/// Why something sealed cannot be opened, or nothing be sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key file has no such key.
    #[error("it is sealed with key {0}, which the key file does not have")]
    NoKey(u32),
    /// It was sealed with another key of this number, was changed, or belongs elsewhere.
    #[error("key {0} does not open it: it is another key, or the data was changed")]
    Refused(u32),
    /// The system gives no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(String),
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Keyring").field(&self.keys.keys().collect::<Vec<_>>()).finish()
    }
}

impl Keyring {
    /// Keys by number, one at least.
    pub(super) fn new(keys: impl IntoIterator<Item = (u32, Zeroizing<[u8; 32]>)>) -> Keyring {
        let keys = keys.into_iter().map(|(number, key)| (number, cipher(&key)));
        Keyring { keys: keys.collect() }
    }

    /// The number of the key that seals.
    pub fn newest(&self) -> u32 {
        *self.keys.last_key_value().expect("a keyring has a key").0
    }

    /// Whether bytes are sealed, and with which key.
    pub fn key_of(sealed: &[u8]) -> Option<u32> {
        let (head, _) = sealed.split_at_checked(HEAD_BYTES)?;
        let number = head[1..5].try_into().expect("four bytes");
        (head[0] == MARK).then_some(u32::from_be_bytes(number))
    }

    /// Seals a secret for a place: it opens there only.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn seal(&self, place: &[u8], secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|fault| SealError::Randomness(fault.to_string()))?;
        let (number, cipher) = self.keys.last_key_value().expect("a keyring has a key");
        let payload = Payload { msg: secret, aad: place };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.expect("secrets are far below the cipher's 256 GiB");
        Ok([&[MARK], &number.to_be_bytes()[..], &nonce, &sealed].concat())
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// If the key is not there, or does not open it.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let number = Keyring::key_of(sealed).ok_or(SealError::NoKey(0))?;
        let cipher = self.keys.get(&number).ok_or(SealError::NoKey(number))?;
        let (head, body) = sealed.split_at(HEAD_BYTES);
        let payload = Payload { msg: body, aad: place };
        let nonce: [u8; NONCE_BYTES] = head[5..].try_into().expect("its length is fixed");
        let opened = cipher.decrypt(&XNonce::from(nonce), payload);
        opened.map_err(|_| SealError::Refused(number))
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(keys: &[(u32, u8)]) -> Keyring {
        Keyring::new(keys.iter().map(|(number, byte)| (*number, Zeroizing::new([*byte; 32]))))
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let keyring = keyring(&[(1, 7)]);
        let sealed = keyring.seal(b"here", b"secret").unwrap();
        assert_eq!(Keyring::key_of(&sealed), Some(1));
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(keyring.seal(b"here", b"secret").unwrap(), sealed, "nonces differ");
        assert_eq!(keyring.open(b"here", &sealed).unwrap(), b"secret");
        assert_eq!(keyring.open(b"there", &sealed), Err(SealError::Refused(1)));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keyring.open(b"here", &changed).is_err(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(keyring.open(b"here", &sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn the_newest_key_seals_and_all_open() {
        let old = keyring(&[(1, 7)]);
        let both = keyring(&[(1, 7), (2, 8)]);
        let sealed = old.seal(b"", b"secret").unwrap();
        assert_eq!(both.open(b"", &sealed).unwrap(), b"secret");
        let again = both.seal(b"", b"secret").unwrap();
        assert_eq!((both.newest(), old.open(b"", &again)), (2, Err(SealError::NoKey(2))));
        let other = keyring(&[(2, 9)]);
        assert_eq!(other.open(b"", &again), Err(SealError::Refused(2)));
        assert_eq!(Keyring::key_of(&[1; 64]), None, "a row as it is");
        assert_eq!(format!("{both:?}"), "Keyring([1, 2])");
    }
}
