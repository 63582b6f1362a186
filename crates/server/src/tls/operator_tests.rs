use std::fs;

use super::*;

/// A certificate and its key, written to `directory`.
fn write_pair(directory: &Path) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["causeway.lan".to_owned()]).unwrap();
    let (certificate, key) = (directory.join("tls.crt"), directory.join("tls.key"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (certificate, key)
}

#[test]
fn a_new_pair_replaces_the_old_one() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = write_pair(directory.path());
    let own = OwnCertificate::open(&certificate, &key).unwrap();
    assert_eq!(own.reload(false).unwrap(), Reload::Unchanged);
    assert_eq!(own.reload(true).unwrap(), Reload::Unchanged);
    let old = own.current();
    write_pair(directory.path());
    assert_eq!(own.reload(false).unwrap(), Reload::Replaced);
    assert_ne!(own.current().cert, old.cert);
    assert!(own.not_after().unwrap() > OffsetDateTime::now_utc());
}

#[test]
fn a_broken_pair_keeps_the_old_one_and_is_told_once() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = write_pair(directory.path());
    let own = OwnCertificate::open(&certificate, &key).unwrap();
    let old = own.current();
    // The certificate is new and the key is not yet: half of a replacement.
    let old_key = fs::read(&key).unwrap();
    write_pair(directory.path());
    let new_key = fs::read(&key).unwrap();
    fs::write(&key, old_key).unwrap();
    let fault = own.reload(false).unwrap_err().to_string();
    assert!(fault.contains("do not make a pair"), "{fault}");
    assert_eq!(own.reload(false).unwrap(), Reload::Unchanged, "told once");
    assert!(own.reload(true).is_err(), "and again when asked");
    assert_eq!(own.current().cert, old.cert);
    fs::write(&key, new_key).unwrap();
    assert_eq!(own.reload(false).unwrap(), Reload::Replaced);
}

#[test]
fn what_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = write_pair(directory.path());
    let fault = |certificate: &Path, key: &Path| {
        OwnCertificate::open(certificate, key).unwrap_err().to_string()
    };
    assert!(fault(&directory.path().join("absent"), &key).starts_with("cannot read"));
    assert!(fault(&key, &key).contains("tls.key holds no certificate"));
    assert!(fault(&certificate, &certificate).contains("tls.crt holds no private key"));
}

#[test]
fn a_key_that_everyone_can_read_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = write_pair(directory.path());
    let own = OwnCertificate::open(&certificate, &key).unwrap();
    for (mode, open) in [(0o600, false), (0o640, false), (0o644, true)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(own.key_is_open(), open, "{mode:o}");
    }
}
