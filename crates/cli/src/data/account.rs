//! The account a data directory is of: under another one its state would seem to be gone.

use std::path::Path;

use crate::settings::{Settings, SettingsError, account_id};

const FILE: &str = "account";

/// The settings with the account the data directory is of, unless they name it themselves.
///
/// # Errors
/// If they name another one.
pub fn settle(settings: &Settings) -> anyhow::Result<Settings> {
    let Some(directory) = settings.directory() else { return Ok(settings.clone()) };
    let Some(kept) = kept(directory)? else { return Ok(settings.clone()) };
    match &settings.account {
        Some(told) if *told != kept => Err(SettingsError(format!(
            "{} holds the state of account {kept}, not of {told}: leave the account out (--account, \
             CAUSEWAY_ACCOUNT, account in the configuration file) to serve that one, or give another directory \
             with --data DIR",
            directory.display()
        ))
        .into()),
        _ => Ok(Settings { account: Some(kept), ..settings.clone() }),
    }
}

/// The account the directory is of, if one was kept.
pub fn kept(directory: &Path) -> anyhow::Result<Option<String>> {
    let path = directory.join(FILE);
    let remedy = "write the sixteen digits of the account the state is of into it";
    let Some(text) = super::read(&path, remedy)? else { return Ok(None) };
    let account = account_id(text.trim());
    account
        .map(Some)
        .map_err(|_| anyhow::anyhow!("{} holds no account id ({remedy})", path.display()))
}

/// Keeps the account, unless one is kept.
pub fn keep(directory: &Path, account: &str) -> anyhow::Result<()> {
    if kept(directory)?.is_some() {
        return Ok(());
    }
    super::write(&directory.join(FILE), account, 0o644)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Key, Layer, Sources};

    const ONE: &str = "1111222233334444";

    fn settings(directory: &Path, account: Option<&str>) -> Settings {
        let layer = Layer::default()
            .flag(Key("data"), [directory.to_str().unwrap().to_owned()])
            .flag(Key("account"), account.map(str::to_owned));
        Sources(vec![layer]).resolve().unwrap()
    }

    #[test]
    fn the_first_account_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        assert_eq!(settle(&settings(path, None)).unwrap().account, None);
        keep(path, ONE).unwrap();
        keep(path, "5555666677778888").unwrap();
        for told in [None, Some(ONE)] {
            assert_eq!(settle(&settings(path, told)).unwrap().account(), ONE);
        }
        let fault = settle(&settings(path, Some("5555666677778888"))).unwrap_err();
        let text = fault.to_string();
        assert!(text.contains(&format!("account {ONE}, not of 5555666677778888")), "{text}");
        assert!(text.contains("--data DIR"), "{text}");
        assert!(fault.is::<SettingsError>());
    }

    #[test]
    fn a_damaged_file_says_what_to_do() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("account"), "12\n").unwrap();
        let text = kept(directory.path()).unwrap_err().to_string();
        assert!(
            text.ends_with("(write the sixteen digits of the account the state is of into it)"),
            "{text}"
        );
    }
}
