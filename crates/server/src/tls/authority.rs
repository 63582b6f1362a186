//! A certificate authority of one's own: made on first start, re-made when close to its end.
//!
//! Only the authority is kept. The listener's certificate is made anew at every start, so it never
//! grows old in a file and its key is written nowhere.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use time::{Duration, OffsetDateTime};

use super::files;

const CERTIFICATE_FILE: &str = "ca.pem";
const KEY_FILE: &str = "ca-key.pem";
const AUTHORITY_LIFE: Duration = Duration::days(3650);
/// An authority with less life than this is replaced at start.
const AUTHORITY_SPARE: Duration = Duration::days(90);
/// The most that common verifiers accept of a listener's certificate.
const LISTENER_LIFE: Duration = Duration::days(825);
/// A client whose clock is behind must not find the certificate in its future.
const BACKDATED: Duration = Duration::days(1);
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Why there is no certificate authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file could not be read or written.
    #[error("{path}: {fault}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        fault: io::Error,
    },
    /// The kept certificate or key is not what was written.
    #[error("{path} is damaged ({reason}); remove ca.pem and ca-key.pem to have new ones made")]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A key or certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// The TLS library refused our certificate.
    #[error("cannot use the certificate: {0}")]
    Use(#[from] rustls::Error),
}

/// The certificate authority that vouches for this listener.
pub struct Authority {
    certificate_pem: String,
    issuer: Issuer<'static, KeyPair>,
    path: Option<PathBuf>,
}

impl Authority {
    /// Opens the authority kept in `directory`, or makes one there: `ca.pem`, and `ca-key.pem` which only its owner
    /// may read. One that ends within 90 days is replaced; clients must then trust the new one.
    pub fn open(directory: &Path) -> Result<Self, AuthorityError> {
        Self::open_at(directory, OffsetDateTime::now_utc())
    }

    /// Makes an authority that is written nowhere and gone with the process.
    pub fn in_memory() -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        Self::make(key, OffsetDateTime::now_utc())
    }

    /// The authority's certificate, for clients to trust.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Where the certificate is kept; none for one in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Makes a certificate for `localhost`, the loopback addresses and `more_names` (hosts or addresses), and the
    /// configuration to serve it: TLS 1.2 and 1.3, HTTP/1.1 only.
    pub fn server_config(
        &self,
        more_names: &[String],
    ) -> Result<Arc<ServerConfig>, AuthorityError> {
        let key = KeyPair::generate()?;
        let mut names: Vec<String> = OWN_NAMES.map(str::to_owned).to_vec();
        names.extend(more_names.iter().filter(|name| !OWN_NAMES.contains(&name.as_str())).cloned());
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "causeway");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_life(&mut params, OffsetDateTime::now_utc(), LISTENER_LIFE);
        let certificate = params.signed_by(&key, &self.issuer)?;

        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let provider = rustls::crypto::ring::default_provider();
        let certified = CertifiedKey::from_der(chain, key, &provider)?;
        Ok(super::server_config(Arc::new(SingleCertAndKey::from(certified)))?)
    }

    fn open_at(directory: &Path, now: OffsetDateTime) -> Result<Self, AuthorityError> {
        let certificate_path = directory.join(CERTIFICATE_FILE);
        let key_path = directory.join(KEY_FILE);
        let kept = (read(&certificate_path)?, read(&key_path)?);
        if let (Some(certificate_pem), Some(key_pem)) = kept {
            let damaged =
                |path: &Path, reason: String| AuthorityError::Damaged { path: path.into(), reason };
            let not_after =
                not_after(&certificate_pem).map_err(|reason| damaged(&certificate_path, reason))?;
            let key = KeyPair::from_pem(&key_pem)
                .map_err(|fault| damaged(&key_path, fault.to_string()))?;
            if not_after - now > AUTHORITY_SPARE {
                let issuer = Issuer::new(authority_params(now), key);
                return Ok(Self { certificate_pem, issuer, path: Some(certificate_path) });
            }
            tracing::warn!(%not_after, "the certificate authority ends soon and is replaced: trust the new one");
        }
        let made = Self::make(KeyPair::generate()?, now)?;
        // The key first: a certificate without its key would look like a complete pair to nobody.
        write(&key_path, &made.issuer.key().serialize_pem(), 0o600)?;
        write(&certificate_path, &made.certificate_pem, 0o644)?;
        Ok(Self { path: Some(certificate_path), ..made })
    }

    fn make(key: KeyPair, now: OffsetDateTime) -> Result<Self, AuthorityError> {
        let params = authority_params(now);
        let certificate_pem = params.self_signed(&key)?.pem();
        Ok(Self { certificate_pem, issuer: Issuer::new(params, key), path: None })
    }
}

fn authority_params(now: OffsetDateTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Causeway local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_life(&mut params, now, AUTHORITY_LIFE);
    params
}

fn set_life(params: &mut CertificateParams, now: OffsetDateTime, life: Duration) {
    params.not_before = now - BACKDATED;
    params.not_after = params.not_before + life;
}

fn not_after(pem: &str) -> Result<OffsetDateTime, String> {
    let (_, pem) =
        x509_parser::pem::parse_x509_pem(pem.as_bytes()).map_err(|fault| fault.to_string())?;
    let certificate = pem.parse_x509().map_err(|fault| fault.to_string())?;
    Ok(certificate.validity().not_after.to_datetime())
}

fn read(path: &Path) -> Result<Option<String>, AuthorityError> {
    files::read(path).map_err(|fault| AuthorityError::File { path: path.into(), fault })
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), AuthorityError> {
    files::write(path, text, mode)
        .map_err(|fault| AuthorityError::File { path: path.into(), fault })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn is_made_once_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let made = Authority::open(directory.path()).unwrap();
        let kept = Authority::open(directory.path()).unwrap();
        assert_eq!(made.certificate_pem(), kept.certificate_pem());
        assert_eq!(kept.path(), Some(directory.path().join("ca.pem").as_path()));
        let mode = |name| {
            std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode("ca-key.pem"), 0o600);
        let files = std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(files, 2, "no draft is left behind");
    }

    #[test]
    fn is_replaced_when_close_to_its_end() {
        let directory = tempfile::tempdir().unwrap();
        let now = OffsetDateTime::now_utc();
        let first = Authority::open_at(directory.path(), now).unwrap();
        let early = Authority::open_at(directory.path(), now + Duration::days(3500)).unwrap();
        assert_eq!(first.certificate_pem(), early.certificate_pem());
        let late = Authority::open_at(directory.path(), now + Duration::days(3600)).unwrap();
        assert_ne!(first.certificate_pem(), late.certificate_pem());
    }

    #[test]
    fn a_damaged_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        Authority::open(directory.path()).unwrap();
        std::fs::write(directory.path().join("ca.pem"), "nonsense").unwrap();
        let fault = Authority::open(directory.path()).err().unwrap().to_string();
        assert!(fault.contains("ca.pem is damaged"), "{fault}");
    }

    #[test]
    fn in_memory_is_written_nowhere() {
        let authority = Authority::in_memory().unwrap();
        assert_eq!(authority.path(), None);
        assert!(authority.certificate_pem().starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(authority.server_config(&["10.0.0.1".to_owned()]).is_ok());
    }
}
