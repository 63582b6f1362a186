//! A certificate and key of the operator's, read from files and read again when they change.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;

/// Why a certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file could not be read.
    #[error("cannot read {path}: {fault}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        fault: io::Error,
    },
    /// A file is not PEM, or has nothing of what it is for.
    #[error("{path} holds no {what} in PEM form ({fault})")]
    Pem {
        /// Which one.
        path: PathBuf,
        /// What should be in it.
        what: &'static str,
        /// What the reader said.
        fault: pem::Error,
    },
    /// The certificate cannot be parsed, or the key is another one's.
    #[error("{certificate} and {key} do not make a pair: {fault}")]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What the TLS library said.
        fault: rustls::Error,
    },
}

/// What reading the files again led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    /// They hold what they held.
    Unchanged,
    /// New connections see the new certificate.
    Replaced,
}

/// The operator's certificate chain and key. Handshakes take the pair last read that was whole; connections that are
/// open go on with theirs.
#[derive(Debug)]
pub struct OwnCertificate {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    /// A hash of what the files held when they were last looked at, good or bad.
    seen: Mutex<u64>,
}

impl OwnCertificate {
    /// Reads a chain, the listener's certificate first, and its key; both PEM.
    pub fn open(certificate: &Path, key: &Path) -> Result<Arc<Self>, CertificateError> {
        let read = Pair::read(certificate, key)?;
        let certified = read.certified(certificate, key)?;
        Ok(Arc::new(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: RwLock::new(Arc::new(certified)),
            seen: Mutex::new(read.hash()),
        }))
    }

    /// The configuration to serve it.
    pub fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, rustls::Error> {
        super::server_config(self.clone())
    }

    /// Reads the files again. A pair that cannot be used changes nothing: the error says why, once for each content
    /// unless `always` asks to be told again.
    pub fn reload(&self, always: bool) -> Result<Reload, CertificateError> {
        let read = Pair::read(&self.certificate, &self.key)?;
        let hash = read.hash();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !always && *seen == hash {
            return Ok(Reload::Unchanged);
        }
        *seen = hash;
        let certified = Arc::new(read.certified(&self.certificate, &self.key)?);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let same = current.cert == certified.cert;
        *current = certified;
        Ok(if same { Reload::Unchanged } else { Reload::Replaced })
    }

    /// Until when the certificate in use is valid, if it says so.
    pub fn not_after(&self) -> Option<OffsetDateTime> {
        let current = self.current();
        let (_, certificate) = x509_parser::parse_x509_certificate(current.cert.first()?).ok()?;
        Some(certificate.validity().not_after.to_datetime())
    }

    /// Where the certificate is read from.
    pub fn path(&self) -> &Path {
        &self.certificate
    }

    /// Whether others than its owner can read the key.
    pub fn key_is_open(&self) -> bool {
        std::fs::metadata(&self.key).is_ok_and(|meta| meta.permissions().mode() & 0o007 != 0)
    }

    fn current(&self) -> Arc<CertifiedKey> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for OwnCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

/// The bytes of both files.
#[derive(Hash)]
struct Pair {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Pair {
    fn read(certificate: &Path, key: &Path) -> Result<Self, CertificateError> {
        let read = |path: &Path| {
            std::fs::read(path)
                .map_err(|fault| CertificateError::File { path: path.to_owned(), fault })
        };
        Ok(Self { certificate: read(certificate)?, key: read(key)? })
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        Hash::hash(self, &mut hasher);
        hasher.finish()
    }

    fn certified(&self, certificate: &Path, key: &Path) -> Result<CertifiedKey, CertificateError> {
        let bad =
            |path: &Path, what, fault| CertificateError::Pem { path: path.to_owned(), what, fault };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.certificate).collect();
        let chain = chain.map_err(|fault| bad(certificate, "certificate", fault))?;
        if chain.is_empty() {
            return Err(bad(certificate, "certificate", pem::Error::NoItemsFound));
        }
        let secret = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|fault| bad(key, "private key", fault))?;
        let provider = rustls::crypto::ring::default_provider();
        let certified = CertifiedKey::from_der(chain, secret, &provider);
        certified.map_err(|fault| CertificateError::Pair {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            fault,
        })
    }
}

#[cfg(test)]
#[path = "operator_tests.rs"]
mod tests;
