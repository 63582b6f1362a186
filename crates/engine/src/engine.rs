//! The engine: started once, called by the listener, stopped at the end.

use crate::audit::{Recorder, Retention, StoredLog, newest};
use crate::clock::{Clock, RunningClock, host_now};
use crate::commit::{CommitLoop, Message};
use crate::config::{Config, StoreOpener};
use crate::identity::RequestIds;
use crate::last_uses::LastUses;
use crate::load::load;
use crate::metrics::Metrics;
use crate::owners::Owners;
use crate::tenants::{Slot, Tenants, global};
use crate::throttle::Throttles;
use crate::wakes::Wakes;
use causeway_model::{Context, Region, Tenant};
use causeway_store::{Store, TenantKey};
use causeway_types::Timestamp;
use causeway_wire::Nonces;
use parking_lot::{Mutex, RwLock};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// Nonces remembered: 15 minutes at a thousand requests a second.
const NONCES_MAX: usize = 900_000;

/// What callers and the commit loop share.
pub(crate) struct Shared {
    pub config: Config,
    pub clock: RunningClock,
    pub tenants: Tenants,
    pub metrics: Metrics,
    pub nonces: Mutex<Nonces>,
    pub request_ids: RequestIds,
    pub last_uses: LastUses,
    pub owners: Owners,
    pub throttles: Throttles,
    /// Requests signed before this second may have been answered by an earlier process, whose nonces are gone.
    pub signed_from_ms: i64,
    /// What waits to be recorded.
    pub audit: Recorder,
    /// The store, while it is open, for those that read its log.
    pub store: RwLock<Option<Arc<dyn Store>>>,
    /// Whether changes can be taken.
    pub ready: AtomicBool,
}

impl Shared {
    /// The log, while the store is open.
    pub fn log(&self) -> Option<StoredLog> {
        let store = self.store.read().clone()?;
        Some(StoredLog { store, keep_ms: self.audit.settings.keep_ms })
    }
}

/// A running engine.
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    pub(crate) queue: Sender<Message>,
    commit_loop: Mutex<Option<JoinHandle<()>>>,
    retention: Mutex<Option<Retention>>,
}

/// Why an engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store could not be opened or read.
    #[error("{0}")]
    Store(String),
    /// The commit loop's thread could not be made.
    #[error("cannot start the commit thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl Engine {
    /// Opens the store, reads it, resumes interrupted work and takes calls. `entropy` seeds what no
    /// seed decides.
    pub fn start(
        config: Config,
        mut opener: StoreOpener,
        entropy: u128,
    ) -> Result<Engine, StartError> {
        let store: Arc<dyn Store> = Arc::from(opener().map_err(StartError::Store)?);
        let seed = seed(store.as_ref(), &config, entropy)?;
        let loaded = load(store.as_ref()).map_err(|error| StartError::Store(error.to_string()))?;
        let newest =
            newest(store.as_ref()).map_err(|error| StartError::Store(error.to_string()))?;
        let tenants = tenants(&config, seed, loaded);
        let clock = RunningClock::new(config.clock);
        tenants.values().for_each(|slot| clock.resume(&slot.tenant.read()));
        let owners = Owners::new(&config);
        tenants.iter().for_each(|(key, slot)| owners.note_tenant(key, &slot.tenant.read()));
        let mut wakes = Wakes::new(config.tasks);
        tenants.iter().for_each(|(key, slot)| wakes.note_tenant(key, &slot.tenant.read()));

        // With a given seed a run repeats, from what it found; else request ids always differ.
        let found: u64 = tenants.values().map(|slot| slot.tenant.read().revision()).sum();
        let started = if config.seed.is_some() { 0 } else { host_now().millis() };
        let start = found.wrapping_add(started.unsigned_abs());
        let shared = Arc::new(Shared {
            tenants,
            metrics: Metrics::default(),
            nonces: Mutex::new(Nonces::new(NONCES_MAX)),
            request_ids: RequestIds::new(seed, start),
            last_uses: LastUses::default(),
            owners,
            throttles: Throttles::new(config.throttle.clone()),
            signed_from_ms: signed_from_ms(found, host_now().millis()),
            audit: Recorder::new(config.audit, newest),
            store: RwLock::new(Some(Arc::clone(&store))),
            ready: AtomicBool::new(true),
            clock,
            config,
        });
        let (queue, received) = channel();
        let commit_loop = CommitLoop {
            shared: Arc::clone(&shared),
            queue: received,
            store: Some(store),
            opener,
            wakes,
            paused_until: None,
        };
        let thread = std::thread::Builder::new().name("commit".into());
        let commit_loop = thread.spawn(move || commit_loop.run())?;
        let retention = Mutex::new(Some(Retention::start(Arc::clone(&shared))?));
        Ok(Engine { shared, queue, commit_loop: Mutex::new(Some(commit_loop)), retention })
    }

    /// Whether calls can be answered.
    pub fn is_ready(&self) -> bool {
        self.shared.ready.load(Ordering::Acquire)
    }

    /// Counters as Prometheus text.
    pub fn metrics(&self) -> String {
        let rows = self.shared.tenants.values().map(|slot| slot.tenant.read().row_count()).sum();
        self.shared.metrics.text(rows)
    }

    /// Rows in all tenants.
    pub fn row_count(&self) -> usize {
        self.shared.tenants.values().map(|slot| slot.tenant.read().row_count()).sum()
    }

    /// Finishes the changes that were queued, then closes the store.
    pub fn stop(&self) {
        drop(self.retention.lock().take());
        let _ = self.queue.send(Message::Stop);
        if let Some(commit_loop) = self.commit_loop.lock().take() {
            let _ = commit_loop.join();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The first second whose requests are believed. State that was found belongs to an earlier process; signatures carry
/// whole seconds.
fn signed_from_ms(found: u64, now_ms: i64) -> i64 {
    if found == 0 { i64::MIN } else { now_ms - now_ms.rem_euclid(1000) }
}

/// The seed of identifiers and secrets: given, kept from the first start, or drawn now and kept.
fn seed(store: &dyn Store, config: &Config, entropy: u128) -> Result<u128, StartError> {
    const SETTING: &str = "seed";
    if let Some(seed) = config.seed {
        return Ok(seed.into());
    }
    let failed = |error: causeway_store::StoreError| StartError::Store(error.to_string());
    let kept = store.setting(SETTING).map_err(failed)?;
    // Earlier releases kept eight bytes, too few for secrets: identifiers may well go on from others.
    let kept = kept.and_then(|bytes| <[u8; 16]>::try_from(bytes.as_slice()).ok());
    if let Some(kept) = kept {
        return Ok(u128::from_be_bytes(kept));
    }
    store.put_setting(SETTING, &entropy.to_be_bytes()).map_err(failed)?;
    Ok(entropy)
}

/// A slot for every served region, and for every region that has data from earlier.
fn tenants(config: &Config, seed: u128, mut loaded: BTreeMap<TenantKey, Tenant>) -> Tenants {
    let regions: Arc<[Region]> = config.regions.iter().map(Region::new).collect();
    for (account, _) in config.accounts() {
        for region in &config.regions {
            loaded.entry(TenantKey::new(account, region)).or_default();
        }
        loaded.entry(global(account)).or_default();
    }
    let slot = |(key, tenant): (TenantKey, Tenant)| {
        let context = Context {
            now: Timestamp(0),
            seed,
            account: key.account.clone(),
            region: Region::new(&key.region),
            regions: Arc::clone(&regions),
            tasks: config.tasks,
            virtual_time: config.clock != Clock::Real,
            quotas: config.quotas.clone(),
            options: config.options,
        };
        (key, Slot { tenant: RwLock::new(tenant), context })
    };
    loaded.into_iter().map(slot).collect()
}
