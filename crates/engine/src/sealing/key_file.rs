//! The file that holds the keys.

use super::keyring::Keyring;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const HEADER: &str =
    "# Causeway seals secrets with these keys. Without this file they are lost: keep a copy.\n";

/// A file of numbered keys, readable by its owner only.
pub struct KeyFile {
    path: PathBuf,
    keys: BTreeMap<u32, Zeroizing<[u8; 32]>>,
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or written.
    #[error("cannot use the key file {}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// It is not what was written.
    #[error("line {line} of the key file {} is damaged: restore the file from a copy", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// It holds no key.
    #[error("the key file {} holds no key: restore the file from a copy", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Others may read it.
    #[error("others may read the key file {}: run chmod 600 on it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
}

impl KeyFile {
    /// Reads a file; none when it is not there.
    pub fn read(path: &Path) -> Result<Option<KeyFile>, KeyFileError> {
        let text = match fs::read_to_string(path) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => Zeroizing::new(other.map_err(|cause| failed(path, cause))?),
        };
        let mode = fs::metadata(path).map_err(|cause| failed(path, cause))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Exposed { path: path.into() });
        }
        let mut keys = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (number, key) =
                parse(line).ok_or(KeyFileError::Damaged { path: path.into(), line: at + 1 })?;
            keys.insert(number, key);
        }
        if keys.is_empty() {
            return Err(KeyFileError::Empty { path: path.into() });
        }
        Ok(Some(KeyFile { path: path.into(), keys }))
    }

    /// Makes a file with one new key, and the directory for it.
    pub fn create(path: &Path) -> Result<KeyFile, KeyFileError> {
        if let Some(parent) = path.parent() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(parent);
            made.map_err(|cause| failed(path, cause))?;
        }
        let mut file = KeyFile { path: path.into(), keys: BTreeMap::new() };
        file.add()?;
        Ok(file)
    }

    /// Adds a key, with which everything is sealed from now on.
    pub fn add(&mut self) -> Result<(), KeyFileError> {
        let mut key = Zeroizing::new([0; 32]);
        let drawn = getrandom::fill(&mut *key);
        drawn.map_err(|fault| failed(&self.path, io::Error::other(fault.to_string())))?;
        let newest = self.keys.last_key_value().map_or(0, |(number, _)| *number);
        self.keys.insert(newest + 1, key);
        self.write()
    }

    /// Forgets all keys but the newest; how many.
    pub fn keep_newest(&mut self) -> Result<usize, KeyFileError> {
        let forgotten = self.keys.len() - 1;
        if let Some(newest) = self.keys.pop_last() {
            self.keys = BTreeMap::from([newest]);
        }
        self.write()?;
        Ok(forgotten)
    }

    /// Its keys.
    pub fn keyring(&self) -> Keyring {
        Keyring::new(self.keys.iter().map(|(number, key)| (*number, key.clone())))
    }

    /// Through a file beside it, so that neither a crash nor a reader meets half of it.
    fn write(&self) -> Result<(), KeyFileError> {
        let draft = self.path.with_extension("draft");
        let line = |(number, key): (&u32, &Zeroizing<[u8; 32]>)| {
            format!("{number} {}\n", *Zeroizing::new(STANDARD.encode(**key)))
        };
        let lines: Vec<_> = self.keys.iter().map(|it| Zeroizing::new(line(it))).collect();
        let write = || -> io::Result<()> {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(&draft)?;
            file.write_all(HEADER.as_bytes())?;
            lines.iter().try_for_each(|line| file.write_all(line.as_bytes()))?;
            file.sync_all()?;
            fs::rename(&draft, &self.path)?;
            let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
            File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(|cause| failed(&self.path, cause))
    }
}

fn parse(line: &str) -> Option<(u32, Zeroizing<[u8; 32]>)> {
    let (number, text) = line.split_once(' ')?;
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
    let key = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
    Some((number.parse().ok().filter(|number| *number > 0)?, key))
}

fn failed(path: &Path, cause: io::Error) -> KeyFileError {
    KeyFileError::Io { path: path.into(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_kept_for_their_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys/seal.key");
        assert!(KeyFile::read(&path).unwrap().is_none());
        let mut file = KeyFile::create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let sealed = file.keyring().seal(b"", b"secret").unwrap();
        file.add().unwrap();
        let mut read = KeyFile::read(&path).unwrap().unwrap();
        assert_eq!(read.keyring().newest(), 2);
        assert_eq!(read.keyring().open(b"", &sealed).unwrap(), b"secret");
        assert_eq!(read.keep_newest().unwrap(), 1);
        assert!(KeyFile::read(&path).unwrap().unwrap().keyring().open(b"", &sealed).is_err());
    }

    #[test]
    fn what_is_no_key_file_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seal.key");
        KeyFile::create(&path).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        for (text, said) in [
            (good.replace("1 ", "1 x"), "line 2 of the key file"),
            (good.replace("1 ", "0 "), "line 2 of the key file"),
            ("# nothing\n".to_owned(), "holds no key"),
        ] {
            fs::write(&path, text).unwrap();
            let error = KeyFile::read(&path).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        fs::write(&path, good).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = KeyFile::read(&path).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }
}
