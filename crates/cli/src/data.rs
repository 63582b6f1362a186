//! What the data directory holds besides state: the root key, the account, and where the running server is.

pub mod account;

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use causeway_engine::{KeyFile, Keyring};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::settings::AccessKey;

const ROOT_KEY_FILE: &str = "root-key.json";
const SERVER_FILE: &str = "server.json";

const KEY_REMEDY: &str = "remove it to have a new key made, or give --root-key ID:SECRET";
const SERVER_REMEDY: &str =
    "give --listen ADDR:PORT and --root-key ID:SECRET; a server that starts writes it anew";

/// Makes the directory, for its owner only.
pub fn make(directory: &Path) -> anyhow::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory).with_context(|| {
        let directory = directory.display();
        format!(
            "cannot make the data directory {directory} (--data DIR chooses another, --memory none)"
        )
    })
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeptKey {
    access_key_id: String,
    /// In hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_secret: Option<String>,
    /// As it is: written before secrets were sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access_key_secret: Option<String>,
}

/// The root key kept in the directory, if one was made; `key_file` has what opens it.
pub fn root_key(directory: &Path, key_file: &Path) -> anyhow::Result<Option<AccessKey>> {
    let path = directory.join(ROOT_KEY_FILE);
    let Some(kept) = read_json::<KeptKey>(&path, KEY_REMEDY)? else { return Ok(None) };
    let id = kept.access_key_id;
    let secret = match (kept.sealed_secret, kept.access_key_secret) {
        (Some(sealed), _) => unseal(&id, &sealed, key_file)
            .with_context(|| format!("cannot open {} ({KEY_REMEDY})", path.display()))?,
        (None, Some(secret)) => secret,
        (None, None) => anyhow::bail!("{} is damaged ({KEY_REMEDY})", path.display()),
    };
    Ok(Some(AccessKey { id, secret }))
}

fn unseal(id: &str, sealed: &str, key_file: &Path) -> anyhow::Result<String> {
    let file = KeyFile::read(key_file)?;
    let file = file.with_context(|| format!("{} is not there", key_file.display()))?;
    let secret = file.keyring().open(&place(id), &HEXLOWER.decode(sealed.as_bytes())?)?;
    Ok(String::from_utf8(secret)?)
}

/// Keeps a root key in the directory, readable by its owner only, its secret sealed.
pub fn keep_root_key(directory: &Path, key_file: &Path, key: &AccessKey) -> anyhow::Result<()> {
    let file = KeyFile::read(key_file)?.map_or_else(|| KeyFile::create(key_file), Ok)?;
    let sealed = file.keyring().seal(&place(&key.id), key.secret.as_bytes())?;
    let kept = KeptKey {
        access_key_id: key.id.clone(),
        sealed_secret: Some(HEXLOWER.encode(&sealed)),
        access_key_secret: None,
    };
    write_json(&directory.join(ROOT_KEY_FILE), &kept, 0o600)
}

/// Seals the root key's secret with the newest key, if one is kept that is not.
pub fn seal_root_key(directory: &Path, key_file: &Path) -> anyhow::Result<()> {
    let Some(key) = root_key(directory, key_file)? else { return Ok(()) };
    let kept = read_json::<KeptKey>(&directory.join(ROOT_KEY_FILE), KEY_REMEDY)?;
    let sealed = kept.and_then(|kept| HEXLOWER.decode(kept.sealed_secret?.as_bytes()).ok());
    let newest = KeyFile::read(key_file)?.map(|file| file.keyring().newest());
    match sealed.and_then(|sealed| Keyring::key_of(&sealed)) {
        Some(number) if Some(number) == newest => Ok(()),
        _ => keep_root_key(directory, key_file, &key),
    }
}

/// What a sealed secret belongs to.
fn place(id: &str) -> Vec<u8> {
    format!("{ROOT_KEY_FILE} {id}").into_bytes()
}

/// Where the running server is. No secret.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct RunningServer {
    /// The address bound, with the port picked.
    pub address: std::net::SocketAddr,
    /// The certificate of the authority that vouches for it.
    pub ca: Option<PathBuf>,
    /// The account it serves; none if an older server wrote this.
    #[serde(default)]
    pub account: Option<String>,
    /// The regions it serves; none if an older server wrote this.
    #[serde(default)]
    pub regions: Vec<String>,
}

impl RunningServer {
    /// The server that runs on this directory, if it said so.
    pub fn read(directory: &Path) -> anyhow::Result<Option<Self>> {
        read_json(&directory.join(SERVER_FILE), SERVER_REMEDY)
    }

    /// Says where the server is.
    pub fn write(&self, directory: &Path) -> anyhow::Result<()> {
        write_json(&directory.join(SERVER_FILE), self, 0o644)
    }

    /// Takes it back.
    pub fn remove(directory: &Path) {
        if let Err(fault) = fs::remove_file(directory.join(SERVER_FILE)) {
            tracing::debug!(%fault, "server.json was not removed");
        }
    }
}

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path, remedy: &str) -> anyhow::Result<Option<T>> {
    let Some(text) = read(path, remedy)? else { return Ok(None) };
    let value = serde_json::from_str(&text)
        .with_context(|| format!("{} is damaged ({remedy})", path.display()))?;
    Ok(Some(value))
}

/// The text of a file, if it is there; `remedy` completes what is said of one that cannot be read.
fn read(path: &Path, remedy: &str) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
        other => {
            other.map(Some).with_context(|| format!("cannot read {} ({remedy})", path.display()))
        }
    }
}

fn write_json(path: &Path, value: &impl Serialize, mode: u32) -> anyhow::Result<()> {
    write(path, &serde_json::to_string_pretty(value)?, mode)
}

/// Through a file beside it, so that no reader sees half of it.
fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(mode).open(&draft)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_root_key_is_kept_sealed_and_for_its_owner_only() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("a/b");
        let key_file = parent.path().join("elsewhere/seal.key");
        make(&directory).unwrap();
        assert_eq!(root_key(&directory, &key_file).unwrap(), None);
        let key = AccessKey::random().unwrap();
        keep_root_key(&directory, &key_file, &key).unwrap();
        let kept = fs::read_to_string(directory.join("root-key.json")).unwrap();
        assert!(kept.contains(&key.id) && !kept.contains(&key.secret), "{kept}");
        assert_eq!(root_key(&directory, &key_file).unwrap(), Some(key.clone()));
        let fault = root_key(&directory, &parent.path().join("none")).unwrap_err();
        assert!(format!("{fault:#}").contains("is not there"), "{fault:#}");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory.join("root-key.json")), 0o600);
        assert_eq!(mode(&directory), 0o700);
    }

    #[test]
    fn a_root_key_from_before_is_sealed() {
        let directory = tempfile::tempdir().unwrap();
        let (directory, key_file) = (directory.path(), directory.path().join("seal.key"));
        let path = directory.join("root-key.json");
        fs::write(&path, r#"{"AccessKeyId":"id","AccessKeySecret":"hush"}"#).unwrap();
        let key = AccessKey { id: "id".into(), secret: "hush".into() };
        assert_eq!(root_key(directory, &key_file).unwrap(), Some(key.clone()));
        seal_root_key(directory, &key_file).unwrap();
        let text = || fs::read_to_string(&path).unwrap();
        let sealed = text();
        assert!(!sealed.contains("hush"));
        assert_eq!(root_key(directory, &key_file).unwrap(), Some(key.clone()));
        // No two sealings are alike: an equal text was not written again.
        seal_root_key(directory, &key_file).unwrap();
        assert_eq!(text(), sealed);
        KeyFile::read(&key_file).unwrap().unwrap().add().unwrap();
        seal_root_key(directory, &key_file).unwrap();
        assert_ne!(text(), sealed);
        assert_eq!(root_key(directory, &key_file).unwrap(), Some(key));
    }

    #[test]
    fn a_running_server_is_found_until_it_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let server = RunningServer {
            address: "127.0.0.1:41".parse().unwrap(),
            ca: None,
            account: Some("1111222233334444".into()),
            regions: vec!["eu-west-1".into()],
        };
        server.write(directory.path()).unwrap();
        assert_eq!(RunningServer::read(directory.path()).unwrap(), Some(server));
        RunningServer::remove(directory.path());
        assert_eq!(RunningServer::read(directory.path()).unwrap(), None);
    }

    #[test]
    fn what_an_older_server_wrote_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let older = r#"{"address": "127.0.0.1:41", "ca": "/ca.pem"}"#;
        fs::write(directory.path().join("server.json"), older).unwrap();
        let server = RunningServer::read(directory.path()).unwrap().unwrap();
        assert_eq!((server.account, server.regions.len()), (None, 0));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_with_the_next_step() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("root-key.json"), "{").unwrap();
        let fault = format!(
            "{:#}",
            root_key(directory.path(), &directory.path().join("seal.key")).unwrap_err()
        );
        assert!(fault.contains("root-key.json is damaged (remove it to have a new key"), "{fault}");
        fs::write(directory.path().join("server.json"), "{").unwrap();
        let fault = format!("{:#}", RunningServer::read(directory.path()).unwrap_err());
        assert!(fault.contains("server.json is damaged (give --listen ADDR:PORT and"), "{fault}");
        fs::remove_file(directory.path().join("server.json")).unwrap();
        fs::create_dir(directory.path().join("server.json")).unwrap();
        let fault = format!("{:#}", RunningServer::read(directory.path()).unwrap_err());
        assert!(fault.contains("server.json (give --listen ADDR:PORT and"), "{fault}");
        let fault = format!("{:#}", make(&directory.path().join("root-key.json/a")).unwrap_err());
        assert!(fault.contains("(--data DIR chooses another, --memory none)"), "{fault}");
    }
}
