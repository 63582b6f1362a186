//! What the data directory holds besides state: the root key, and where the running server is.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::settings::AccessKey;

const ROOT_KEY_FILE: &str = "root-key.json";
const SERVER_FILE: &str = "server.json";

/// Makes the directory, for its owner only.
pub fn make(directory: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .with_context(|| format!("cannot make the data directory {}", directory.display()))
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeptKey {
    access_key_id: String,
    access_key_secret: String,
}

/// The root key kept in the directory, if one was made.
pub fn root_key(directory: &Path) -> anyhow::Result<Option<AccessKey>> {
    let path = directory.join(ROOT_KEY_FILE);
    let Some(kept) = read_json::<KeptKey>(&path)? else { return Ok(None) };
    let mode = fs::metadata(&path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        tracing::warn!(path = %path.display(), "others can read the root key; run chmod 600 on it");
    }
    Ok(Some(AccessKey { id: kept.access_key_id, secret: kept.access_key_secret }))
}

/// Keeps a root key in the directory, readable by its owner only.
pub fn keep_root_key(directory: &Path, key: &AccessKey) -> anyhow::Result<()> {
    let kept = KeptKey { access_key_id: key.id.clone(), access_key_secret: key.secret.clone() };
    write_json(&directory.join(ROOT_KEY_FILE), &kept, 0o600)
}

/// Where the running server is. No secret.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct RunningServer {
    /// The address bound, with the port picked.
    pub address: std::net::SocketAddr,
    /// The certificate of the authority that vouches for it.
    pub ca: Option<PathBuf>,
}

impl RunningServer {
    /// The server that runs on this directory, if it said so.
    pub fn read(directory: &Path) -> anyhow::Result<Option<Self>> {
        read_json(&directory.join(SERVER_FILE))
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

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> anyhow::Result<Option<T>> {
    let text = match fs::read_to_string(path) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let value =
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?;
    Ok(Some(value))
}

/// Through a file beside it, so that no reader sees half of it.
fn write_json(path: &Path, value: &impl Serialize, mode: u32) -> anyhow::Result<()> {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(mode).open(&draft)?;
        serde_json::to_writer_pretty(&mut file, value)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_key_is_kept_for_its_owner_only() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("a/b");
        make(&directory).unwrap();
        assert_eq!(root_key(&directory).unwrap(), None);
        let key = AccessKey::random().unwrap();
        keep_root_key(&directory, &key).unwrap();
        assert_eq!(root_key(&directory).unwrap(), Some(key));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory.join("root-key.json")), 0o600);
        assert_eq!(mode(&directory), 0o700);
    }

    #[test]
    fn a_running_server_is_found_until_it_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let server = RunningServer { address: "127.0.0.1:41".parse().unwrap(), ca: None };
        server.write(directory.path()).unwrap();
        assert_eq!(RunningServer::read(directory.path()).unwrap(), Some(server));
        RunningServer::remove(directory.path());
        assert_eq!(RunningServer::read(directory.path()).unwrap(), None);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("root-key.json"), "{").unwrap();
        let fault = format!("{:#}", root_key(directory.path()).unwrap_err());
        assert!(fault.contains("root-key.json is damaged"), "{fault}");
    }
}
