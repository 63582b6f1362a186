//! The engine behind the listener.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use bytes::Bytes;
use causeway_engine::{Config, Engine, RootKey, Sealed, StoreOpener};
use causeway_model::Options;
use causeway_server::{Peer, Service};
use causeway_store::{Embedded, Memory, Store};

use crate::settings::{AccessKey, Clock, Settings, SettingsError, Storage};

/// Where the store lives within the data directory; its neighbours are the keys.
pub const STORE_DIRECTORY: &str = "store";

/// Opens the store and starts the engine on it. Dropping the service stops the engine, after the changes it has
/// taken.
///
/// # Errors
/// If the store cannot be opened or read, for example because another process holds it.
pub fn open_service(settings: &Settings, key: &AccessKey) -> anyhow::Result<impl Service + use<>> {
    let is_first =
        |(id, other): &(String, AccessKey)| id == settings.account() || other.id == key.id;
    if settings.other_accounts.iter().any(is_first) {
        let what = "--other-account names the account or the key that the server has anyway";
        return Err(SettingsError(what.into()).into());
    }
    let mut entropy = [0u8; 16];
    getrandom::fill(&mut entropy)
        .map_err(|fault| anyhow!("the system gives no randomness: {fault}"))?;
    let engine =
        Engine::start(config(settings, key), opener(settings), u128::from_ne_bytes(entropy));
    let place = settings.directory().map_or("memory".into(), |path| path.display().to_string());
    Ok(Calls(engine.with_context(|| format!("cannot start on the state in {place}"))?))
}

/// Lets the listener call the engine.
struct Calls(Engine);

impl Service for Calls {
    async fn call(&self, request: http::Request<Bytes>, peer: Peer) -> http::Response<Bytes> {
        let peer = causeway_engine::Peer { address: peer.address, secure: peer.secure };
        self.0.call(request, peer).await
    }

    fn ready(&self) -> bool {
        self.0.is_ready()
    }

    fn metrics(&self) -> String {
        self.0.metrics()
    }
}

fn config(settings: &Settings, key: &AccessKey) -> Config {
    Config {
        account: settings.account().to_owned(),
        regions: settings.regions(),
        root_key: RootKey { id: key.id.clone(), secret: key.secret.clone() },
        other_accounts: settings
            .other_accounts
            .iter()
            .map(|(id, key)| {
                (id.clone(), RootKey { id: key.id.clone(), secret: key.secret.clone() })
            })
            .collect(),
        seed: settings.seed,
        tasks: settings.tasks,
        clock: match settings.clock {
            Clock::Real => causeway_engine::Clock::Real,
            Clock::Frozen(instant) => causeway_engine::Clock::Frozen(instant),
        },
        quotas: settings.quotas.clone(),
        options: Options {
            route_states: settings.route_states,
            allow_supernet: settings.allow_supernet,
        },
        throttle: settings.throttle.clone(),
        ram_enforce: settings.ram_enforce,
        audit: settings.audit,
    }
}

fn opener(settings: &Settings) -> StoreOpener {
    match &settings.storage {
        Storage::Directory(directory) => {
            on_disk(directory.join(STORE_DIRECTORY), settings.key_file(directory))
        }
        Storage::Memory => {
            // Opened once: a second one would be empty, and an empty answer is worse than none.
            let mut memory = Some(Memory::new());
            Box::new(move || {
                let memory = memory.take().ok_or("what was kept in memory is gone")?;
                Ok(Box::new(memory) as Box<dyn Store>)
            })
        }
    }
}

fn on_disk(path: PathBuf, key_file: PathBuf) -> StoreOpener {
    Box::new(move || {
        let store = Embedded::open(&path, causeway_store::Options::default());
        let store = store.map_err(|fault| fault.to_string())?;
        let sealed = Sealed::open(Box::new(store), &key_file).map_err(|fault| fault.to_string())?;
        Ok(Box::new(sealed) as Box<dyn Store>)
    })
}
