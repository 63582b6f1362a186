use super::*;
use causeway_model::Row;
use causeway_model::ram_user::AccessKey;
use causeway_model::vpc::Vpc;
use causeway_store::Memory;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A store that outlives who opened it.
#[derive(Clone)]
struct Kept(Arc<Memory>);

impl Store for Kept {
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError> {
        self.0.load(sink)
    }
    fn commit_with(&self, batch: &[TenantWrite], events: &[Event]) -> Outcome {
        self.0.commit_with(batch, events)
    }
    fn log(&self) -> Result<Log, StoreError> {
        self.0.log()
    }
    fn read_events(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.0.read_events(numbers, order, take)
    }
    fn trim_events(&self, before: u64) -> Result<(), StoreError> {
        self.0.trim_events(before)
    }
    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.setting(name)
    }
    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.put_setting(name, value)
    }
}

#[derive(Default, Debug, PartialEq)]
struct Rows(Vec<(Vec<u8>, Vec<u8>)>);

impl Sink for Rows {
    fn tenant(&mut self, _: &TenantKey, _: u64) -> Result<(), SinkError> {
        Ok(())
    }
    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError> {
        self.0.push((key.to_owned(), value.to_owned()));
        Ok(())
    }
}

fn rows(store: &dyn Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Rows::default();
    store.load(&mut rows).unwrap();
    rows.0
}

const SECRET: [u8; 2] = [AccessKey::TAG, 7];
const PLAIN: [u8; 2] = [Vpc::TAG, 7];

fn write(store: &dyn Store, expected: u64) {
    let rows = vec![RowWrite::put(SECRET, *b"\x01secret"), RowWrite::put(PLAIN, *b"\x01plain")];
    let tenant = TenantKey::new("1", "global");
    let write = TenantWrite { tenant, expected, next: expected + 1, rows };
    assert_eq!(store.commit(&[write]), Outcome::Committed);
}

fn holds(store: &dyn Store, text: &[u8]) -> bool {
    rows(store).iter().any(|(_, value)| value.windows(text.len()).any(|part| part == text))
}

#[test]
fn secrets_are_sealed_and_nothing_else_is() {
    let (directory, inner) = (tempfile::tempdir().unwrap(), Kept(Arc::default()));
    let path = directory.path().join("seal.key");
    let store = Sealed::open(Box::new(inner.clone()), &path).unwrap();
    write(&store, 0);
    store.put_setting("seed", b"seed of all").unwrap();
    assert!(!holds(&inner, b"secret") && holds(&inner, b"plain"));
    assert_ne!(inner.setting("seed").unwrap().unwrap(), b"seed of all");
    let again = Sealed::open(Box::new(inner), &path).unwrap();
    assert!(holds(&again, b"\x01secret"));
    assert_eq!(again.setting("seed").unwrap().unwrap(), b"seed of all");
}

/// A directory from before there was sealing, and one whose key file got another key.
#[test]
fn what_lies_open_is_sealed_at_the_next_start() {
    let (directory, inner) = (tempfile::tempdir().unwrap(), Kept(Arc::default()));
    let path = directory.path().join("seal.key");
    write(&inner, 0);
    inner.put_setting("seed", b"seed of all").unwrap();
    let before = rows(&inner);
    let store = Sealed::open(Box::new(inner.clone()), &path).unwrap();
    assert!(!holds(&inner, b"secret"));
    assert_eq!(rows(&store), before);

    let mut file = KeyFile::read(&path).unwrap().unwrap();
    file.add().unwrap();
    let rotated = Sealed::open(Box::new(inner.clone()), &path).unwrap();
    assert_eq!(rows(&rotated), before);
    file.keep_newest().unwrap();
    let store = Sealed::open(Box::new(inner), &path).unwrap();
    assert_eq!(rows(&store), before);
    assert_eq!(store.setting("seed").unwrap().unwrap(), b"seed of all");
}

/// A store whose process ends at a write: before the write is made, or right behind it.
struct Ending {
    inner: Kept,
    writes_left: AtomicUsize,
    last_is_made: bool,
}

impl Ending {
    /// Whether to make a write, and whether the process lives on.
    fn take(&self) -> (bool, bool) {
        let take = |left: usize| Some(left.saturating_sub(1));
        let left = self.writes_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        let lives = left.unwrap() > 0;
        (lives || self.last_is_made, lives)
    }
}

impl Store for Ending {
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError> {
        self.inner.load(sink)
    }
    fn commit_with(&self, batch: &[TenantWrite], events: &[Event]) -> Outcome {
        let (make, lives) = self.take();
        let outcome = if make { self.inner.commit_with(batch, events) } else { Outcome::Committed };
        if lives { outcome } else { Outcome::Unknown("the process ends".into()) }
    }
    fn log(&self) -> Result<Log, StoreError> {
        self.inner.log()
    }
    fn read_events(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.inner.read_events(numbers, order, take)
    }
    fn trim_events(&self, before: u64) -> Result<(), StoreError> {
        self.inner.trim_events(before)
    }
    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.setting(name)
    }
    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let (make, lives) = self.take();
        if make {
            self.inner.put_setting(name, value)?;
        }
        if lives { Ok(()) } else { Err(StoreError::Disk("the process ends".into())) }
    }
}

/// Secrets of two tenants, more than one write seals.
fn many_secrets() -> Kept {
    let inner = Kept(Arc::default());
    for region in ["cn-hangzhou", "global"] {
        let row = |number: u16| {
            RowWrite::put([&[AccessKey::TAG], &number.to_be_bytes()[..]].concat(), *b"\x01secret")
        };
        let rows = (0..300).map(row).collect();
        let tenant = TenantKey::new("1", region);
        let write = TenantWrite { tenant, expected: 0, next: 1, rows };
        assert_eq!(inner.commit(&[write]), Outcome::Committed);
    }
    inner.put_setting("seed", b"seed of all").unwrap();
    inner
}

/// Data from before there was sealing, and data whose keys are rotated: at whichever write the
/// process ends, the next start finishes, and nothing is lost.
#[test]
fn whenever_sealing_ends_the_next_start_finishes_it() {
    for (rotated, last_is_made) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut ends = 0;
        for writes in 0.. {
            let (directory, inner) = (tempfile::tempdir().unwrap(), many_secrets());
            let path = directory.path().join("seal.key");
            let before = rows(&inner);
            if rotated {
                drop(Sealed::open(Box::new(inner.clone()), &path).unwrap());
                KeyFile::read(&path).unwrap().unwrap().add().unwrap();
            }
            let writes_left = AtomicUsize::new(writes);
            let ending = Ending { inner: inner.clone(), writes_left, last_is_made };
            let ended = Sealed::open(Box::new(ending), &path).is_err();
            let store = Sealed::open(Box::new(inner.clone()), &path).unwrap();
            assert_eq!(rows(&store), before, "{rotated} {last_is_made} {writes}");
            assert_eq!(store.setting("seed").unwrap().unwrap(), b"seed of all");
            assert!(!holds(&inner, b"secret"), "{rotated} {last_is_made} {writes}");
            KeyFile::read(&path).unwrap().unwrap().keep_newest().unwrap();
            let store = Sealed::open(Box::new(inner), &path).unwrap();
            assert_eq!(rows(&store), before, "{rotated} {last_is_made} {writes}");
            if !ended {
                break;
            }
            ends += 1;
        }
        // Two writes a tenant, the seed, and the mark.
        assert_eq!(ends, 6);
    }
}

#[test]
fn without_its_keys_nothing_opens() {
    let (directory, inner) = (tempfile::tempdir().unwrap(), Kept(Arc::default()));
    let path = directory.path().join("seal.key");
    write(&Sealed::open(Box::new(inner.clone()), &path).unwrap(), 0);
    let said = |path: &Path| {
        Sealed::open(Box::new(inner.clone()), path).map(|_| ()).unwrap_err().to_string()
    };
    let moved = directory.path().join("elsewhere.key");
    std::fs::rename(&path, &moved).unwrap();
    assert!(said(&path).contains("is not there: restore it"), "{}", said(&path));
    assert!(!path.exists(), "no new key is made over sealed data");
    KeyFile::create(&path).unwrap();
    assert!(said(&path).contains("does not fit the data"), "{}", said(&path));
    assert!(Sealed::open(Box::new(inner.clone()), &moved).is_ok());
}

/// A row that was taken from one tenant does not open in another.
#[test]
fn a_row_opens_in_its_place_only() {
    let (directory, inner) = (tempfile::tempdir().unwrap(), Kept(Arc::default()));
    let path = directory.path().join("seal.key");
    write(&Sealed::open(Box::new(inner.clone()), &path).unwrap(), 0);
    let value = rows(&inner).into_iter().find(|(key, _)| *key == SECRET).unwrap().1;
    let tenant = TenantKey::new("2", "global");
    let rows = vec![RowWrite::put(SECRET, value)];
    let stolen = TenantWrite { tenant, expected: 0, next: 1, rows };
    assert_eq!(inner.commit(&[stolen]), Outcome::Committed);
    let store = Sealed::open(Box::new(inner), &path).unwrap();
    assert!(matches!(store.load(&mut Rows::default()), Err(StoreError::Stopped(_))));
}
