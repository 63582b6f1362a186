//! `causeway key`: the keys that seal secrets at rest.

use anyhow::Context;
use causeway_engine::{KeyFile, Sealed};
use causeway_store::Embedded;

use crate::data;
use crate::open::STORE_DIRECTORY;
use crate::settings::{Settings, SettingsError};

/// Seals all secrets of a data directory with a new key; what to say about it.
///
/// The old keys are forgotten last: interrupted, it leaves a directory that opens, and can be done again.
pub fn rotate(settings: &Settings) -> anyhow::Result<String> {
    let Some(directory) = settings.directory() else {
        return Err(SettingsError(
            "what is kept in memory only is not sealed: give --data DIR".into(),
        )
        .into());
    };
    let store = directory.join(STORE_DIRECTORY);
    if !store.exists() {
        let directory = directory.display();
        anyhow::bail!("there is no state in {directory}: start `causeway serve` on it once");
    }
    let store = Embedded::open(&store, causeway_store::Options::default());
    let store = store.context("the server must not run while its keys change")?;
    let path = settings.key_file(directory);
    if let Some(mut file) = KeyFile::read(&path)? {
        file.add()?;
    }
    drop(Sealed::open(Box::new(store), &path)?);
    data::seal_root_key(directory, &path)?;
    if let Some(mut file) = KeyFile::read(&path)? {
        file.keep_newest()?;
    }
    let path = path.display();
    Ok(format!(
        "all secrets are sealed with a new key in {path}\nKeep a copy of it; copies of the old one open old backups only.\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{AccessKey, Key, Layer, Sources};

    #[test]
    fn a_directory_opens_with_the_new_key_only() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("data");
        let layer = Layer::default().flag(Key("data"), [directory.to_str().unwrap().to_owned()]);
        let settings = Sources(vec![layer]).resolve().unwrap();
        assert!(rotate(&settings).unwrap_err().to_string().contains("there is no state"));
        data::make(&directory).unwrap();
        let store = || Embedded::open(directory.join(STORE_DIRECTORY), Default::default()).unwrap();
        let path = settings.key_file(&directory);
        drop(Sealed::open(Box::new(store()), &path).unwrap());
        let key = AccessKey::random().unwrap();
        data::keep_root_key(&directory, &path, &key).unwrap();
        let old = std::fs::read(&path).unwrap();

        assert!(rotate(&settings).unwrap().contains("sealed with a new key"));
        assert_ne!(std::fs::read(&path).unwrap(), old);
        drop(Sealed::open(Box::new(store()), &path).unwrap());
        assert_eq!(data::root_key(&directory, &path).unwrap(), Some(key));
        std::fs::write(&path, old).unwrap();
        assert!(Sealed::open(Box::new(store()), &path).is_err());
        assert!(data::root_key(&directory, &path).is_err());
    }
}
