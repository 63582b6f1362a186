//! From what the sources say to checked settings.

use std::path::{Path, PathBuf};

use super::key::{
    ACCOUNT, ALLOW_SUPERNET, AUDIT_KEEP, AUDIT_MAX, AUDIT_READS, CA_FILE, CLOCK, DATA, INSECURE,
    KEY_FILE, Key, LISTEN, LOG, LOG_FORMAT, MEMORY, OTHER_ACCOUNT, QUOTA, RAM_ENFORCE, REGION,
    ROOT_KEY, ROUTE_STATES, SEED, TASKS, THROTTLE, TLS_CERT, TLS_KEY, TLS_NAME,
};
use super::layer::Sources;
use super::{
    Clock, LogFormat, OwnCertificateFiles, Settings, SettingsError, Storage, audit_value, value,
};
use causeway_engine::{AuditSettings, Throttle};
use causeway_model::{Quotas, RouteStateNames, TaskLength};
use tracing_subscriber::filter::LevelFilter;

const DEFAULT_TASKS: TaskLength = TaskLength::AfterMs(150);

pub fn resolve(sources: &Sources) -> Result<Settings, SettingsError> {
    Ok(Settings {
        listen: read(sources, LISTEN, value::listen)?,
        storage: storage(sources)?,
        key_file: read(sources, KEY_FILE, path)?,
        root_key: root_key(sources)?,
        account: read(sources, ACCOUNT, value::account)?,
        other_accounts: other_accounts(sources)?,
        regions: regions(sources)?,
        seed: read(sources, SEED, value::seed)?,
        tasks: read(sources, TASKS, value::tasks)?.unwrap_or(DEFAULT_TASKS),
        clock: read(sources, CLOCK, value::clock)?.unwrap_or(Clock::Real),
        route_states: read(sources, ROUTE_STATES, value::route_states)?
            .unwrap_or(RouteStateNames::Available),
        allow_supernet: read(sources, ALLOW_SUPERNET, value::truth)?.unwrap_or(false),
        quotas: quotas(sources)?,
        log: read(sources, LOG, value::log)?.unwrap_or(LevelFilter::INFO),
        log_format: read(sources, LOG_FORMAT, value::log_format)?.unwrap_or(LogFormat::Text),
        ca_file: read(sources, CA_FILE, path)?,
        tls_names: tls_names(sources)?,
        own_certificate: own_certificate(sources)?,
        insecure: read(sources, INSECURE, value::truth)?.unwrap_or(false),
        throttle: throttle(sources)?,
        ram_enforce: read(sources, RAM_ENFORCE, value::ram_enforce)?.unwrap_or_default(),
        audit: audit(sources)?,
    })
}

fn audit(sources: &Sources) -> Result<AuditSettings, SettingsError> {
    let usual = AuditSettings::default();
    Ok(AuditSettings {
        reads: read(sources, AUDIT_READS, value::truth)?.unwrap_or(usual.reads),
        keep_ms: read(sources, AUDIT_KEEP, audit_value::keep)?.unwrap_or(usual.keep_ms),
        max_bytes: read(sources, AUDIT_MAX, audit_value::size)?.unwrap_or(usual.max_bytes),
    })
}

fn read<T>(
    sources: &Sources,
    key: Key,
    parse: impl Fn(&str) -> Result<T, value::Problem>,
) -> Result<Option<T>, SettingsError> {
    let Some((_, said)) = sources.strongest(key) else { return Ok(None) };
    let [text] = said.values.as_slice() else {
        return Err(SettingsError(format!("{}: takes one value", said.place)));
    };
    parse(text)
        .map(Some)
        .map_err(|problem| SettingsError(format!("{}: {text:?} {problem}", said.place)))
}

/// Not through [`read`]: a mistyped key must not be repeated on a screen or in a log.
fn root_key(sources: &Sources) -> Result<Option<super::AccessKey>, SettingsError> {
    let Some((_, said)) = sources.strongest(ROOT_KEY) else { return Ok(None) };
    said.values.concat().parse().map(Some).map_err(|problem| {
        SettingsError(format!(
            "{}: the value {problem}; write for example test-ak:test-sk",
            said.place
        ))
    })
}

/// `ID=KEY-ID:SECRET`. A mistyped one is not repeated, as with [`root_key`].
fn other_accounts(sources: &Sources) -> Result<Vec<(String, super::AccessKey)>, SettingsError> {
    let Some((_, said)) = sources.strongest(OTHER_ACCOUNT) else { return Ok(Vec::new()) };
    let mut found: Vec<(String, super::AccessKey)> = Vec::new();
    for text in said.values.iter().flat_map(|values| values.split(',')).map(str::trim) {
        let fault = |what: &str| {
            let place = &said.place;
            let example = "1111222233334444=other-ak:other-sk";
            SettingsError(format!("{place}: a value {what}; write for example {example}"))
        };
        let (id, key) = text.split_once('=').ok_or_else(|| fault("is not ID=KEY:SECRET"))?;
        let id = value::account(id)
            .map_err(|_| fault("has an account id that is not sixteen digits"))?;
        let key: super::AccessKey = key.parse().map_err(fault)?;
        if found.iter().any(|(other, known)| *other == id || known.id == key.id) {
            return Err(fault("names an account or a key twice"));
        }
        found.push((id, key));
    }
    Ok(found)
}

/// A path whose `~/` is the home directory.
pub fn at_home(named: &Path) -> Result<PathBuf, SettingsError> {
    // What is not Unicode has no tilde that anyone could mean.
    let Some(text) = named.to_str() else { return Ok(named.to_owned()) };
    path(text).map_err(|problem| SettingsError(format!("configuration file: {text:?} {problem}")))
}

fn path(text: &str) -> Result<PathBuf, value::Problem> {
    let home = directories::BaseDirs::new();
    value::path(text, home.as_ref().map(directories::BaseDirs::home_dir))
}

fn regions(sources: &Sources) -> Result<Option<Vec<String>>, SettingsError> {
    let Some((_, said)) = sources.strongest(REGION) else { return Ok(None) };
    let regions = value::regions(&said.values).map_err(|(region, problem)| {
        SettingsError(format!("{}: {region:?} {problem}", said.place))
    })?;
    if regions.is_empty() {
        return Err(SettingsError(format!("{}: name one region at least", said.place)));
    }
    Ok(Some(regions))
}

fn tls_names(sources: &Sources) -> Result<Vec<String>, SettingsError> {
    let Some((_, said)) = sources.strongest(TLS_NAME) else { return Ok(Vec::new()) };
    let names = said.values.iter().flat_map(|values| values.split(',')).map(str::trim);
    names
        .map(|name| {
            value::tls_name(name)
                .map_err(|problem| SettingsError(format!("{}: {name:?} {problem}", said.place)))
        })
        .collect()
}

/// A certificate without its key, or the reverse, is half of what was meant.
fn own_certificate(sources: &Sources) -> Result<Option<OwnCertificateFiles>, SettingsError> {
    let half = |key: Key, missing: Key| {
        let place = sources.strongest(key).map(|(_, said)| said.place.clone()).unwrap_or_default();
        Err(SettingsError(format!("{place}: give {} FILE too", missing.flag())))
    };
    match (read(sources, TLS_CERT, path)?, read(sources, TLS_KEY, path)?) {
        (Some(certificate), Some(key)) => Ok(Some(OwnCertificateFiles { certificate, key })),
        (Some(_), None) => half(TLS_CERT, TLS_KEY),
        (None, Some(_)) => half(TLS_KEY, TLS_CERT),
        (None, None) => Ok(None),
    }
}

fn throttle(sources: &Sources) -> Result<Throttle, SettingsError> {
    let mut throttle = Throttle::default();
    let Some((_, said)) = sources.strongest(THROTTLE) else { return Ok(throttle) };
    for text in said.values.iter().flat_map(|values| values.split(',')) {
        value::throttle(text, &mut throttle)
            .map_err(|problem| SettingsError(format!("{}: {text:?} {problem}", said.place)))?;
    }
    Ok(throttle)
}

fn quotas(sources: &Sources) -> Result<Quotas, SettingsError> {
    let mut quotas = Quotas::default();
    let Some((_, said)) = sources.strongest(QUOTA) else { return Ok(quotas) };
    for text in said.values.iter().flat_map(|values| values.split(',')) {
        value::quota(text, &mut quotas)
            .map_err(|problem| SettingsError(format!("{}: {text:?} {problem}", said.place)))?;
    }
    Ok(quotas)
}

/// `memory` and `data` exclude each other; the stronger source decides.
fn storage(sources: &Sources) -> Result<Storage, SettingsError> {
    let memory = sources.strongest(MEMORY);
    let in_memory = read(sources, MEMORY, value::truth)?.unwrap_or(false);
    let data = sources.strongest(DATA);
    if let Some((memory_rank, memory)) = memory.filter(|_| in_memory) {
        match data {
            Some((rank, data)) if rank == memory_rank => {
                return Err(SettingsError(format!(
                    "{} and {} exclude each other: remove one",
                    memory.place, data.place
                )));
            }
            Some((rank, _)) if rank < memory_rank => {}
            _ => return Ok(Storage::Memory),
        }
    }
    match read(sources, DATA, path)? {
        Some(path) => Ok(Storage::Directory(path)),
        None => default_directory().map(Storage::Directory),
    }
}

fn default_directory() -> Result<PathBuf, SettingsError> {
    let places = directories::ProjectDirs::from("", "", "causeway").ok_or_else(|| {
        SettingsError(
            "there is no home directory to keep data in: give --data DIR or --memory".into(),
        )
    })?;
    Ok(places.data_dir().to_owned())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
