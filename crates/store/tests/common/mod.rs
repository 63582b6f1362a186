//! What the tests of every engine share.
#![allow(dead_code)] // each test binary uses its own part

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use causeway_store::{
    Embedded, Event, Loaded, Options, Order, RowWrite, Sink, SinkError, Store, StoreError,
    TenantKey, TenantWrite,
};

pub type Rows = BTreeMap<Vec<u8>, Vec<u8>>;
/// Everything a store holds: each tenant's revision and rows.
pub type World = BTreeMap<TenantKey, (u64, Rows)>;

/// Collects a load and checks its order.
#[derive(Default)]
pub struct Collect {
    pub world: World,
    pub progress: Vec<Loaded>,
    current: Option<TenantKey>,
}

impl Sink for Collect {
    fn tenant(&mut self, tenant: &TenantKey, revision: u64) -> Result<(), SinkError> {
        let before = self.world.insert(tenant.clone(), (revision, Rows::new()));
        assert!(before.is_none(), "{tenant} came twice");
        self.current = Some(tenant.clone());
        Ok(())
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError> {
        let tenant = self.current.as_ref().expect("a tenant comes first");
        let rows = &mut self.world.get_mut(tenant).expect("known").1;
        let ascending = rows.last_key_value().is_none_or(|(last, _)| &**last < key);
        assert!(ascending, "rows of {tenant} are out of order");
        rows.insert(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn progress(&mut self, so_far: Loaded) {
        self.progress.push(so_far);
    }
}

pub fn try_load(store: &dyn Store) -> Result<World, StoreError> {
    let mut collect = Collect::default();
    store.load(&mut collect)?;
    Ok(collect.world)
}

pub fn load(store: &dyn Store) -> World {
    try_load(store).expect("loads")
}

pub fn tenant(name: &str) -> TenantKey {
    TenantKey::new(name, "cn-hangzhou")
}

pub fn write(name: &str, expected: u64, rows: Vec<RowWrite>) -> TenantWrite {
    TenantWrite { tenant: tenant(name), expected, next: expected + 1, rows }
}

/// Every event, oldest first.
pub fn try_events(store: &dyn Store) -> Result<Vec<(u64, Event)>, StoreError> {
    let mut found = Vec::new();
    store.read_events(0..u64::MAX, Order::Ascending, &mut |number, event| {
        found.push((number, event.to_vec()));
        true
    })?;
    Ok(found)
}

pub fn events(store: &dyn Store) -> Vec<(u64, Event)> {
    try_events(store).expect("reads")
}

/// Bytes without a pattern, and without zeros.
pub struct Noise(pub u64);

impl Noise {
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut next = || {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 32) as u8 | 1
        };
        (0..count).map(|_| next()).collect()
    }
}

/// Waits for what happens in the background.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < deadline, "it does not come: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What a store should do with a batch it commits.
pub fn apply(world: &mut World, batch: &[TenantWrite]) {
    for write in batch {
        let (revision, rows) = world.entry(write.tenant.clone()).or_default();
        *revision = write.next;
        for row in &write.rows {
            match &row.value {
                Some(value) => rows.insert(row.key.clone(), value.clone()),
                None => rows.remove(&row.key),
            };
        }
    }
}

/// Opens `path` without a reserve: how full the machine's disk is must not matter.
pub fn open(path: &Path) -> Embedded {
    Embedded::open(path, Options { reserve_bytes: 0 }).expect("opens")
}

/// Every file below `path` with its content.
pub fn files(path: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(path).expect("lists") {
        let path = entry.expect("lists").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).expect("reads"));
        }
    }
    found
}
