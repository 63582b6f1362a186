//! A store that misbehaves on demand.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use causeway_engine::StoreOpener;
use causeway_store::{
    Event, Loaded, Log, Memory, Order, Outcome, Refused, Sink, Store, StoreError, TenantWrite,
};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// How the next commits end.
#[derive(Clone, Copy, PartialEq)]
pub enum Mood {
    Good,
    /// The loop's thread does not survive it.
    Panic,
    /// Says that anything over this many rows is too large.
    Small(usize),
    Refuse,
    /// Written, and then the answer is lost.
    WriteThenForget,
    /// Not written, and nobody knows.
    ForgetOnly,
}

pub struct Disk {
    pub memory: Memory,
    mood: Mutex<Mood>,
    later: Mutex<Option<Mood>>,
    pub commits: AtomicUsize,
    held: Mutex<bool>,
    released: Condvar,
    pub openable: AtomicBool,
}

impl Disk {
    pub fn new() -> Arc<Disk> {
        Arc::new(Disk {
            memory: Memory::new(),
            mood: Mutex::new(Mood::Good),
            later: Mutex::new(None),
            commits: AtomicUsize::new(0),
            held: Mutex::new(false),
            released: Condvar::new(),
            openable: AtomicBool::new(true),
        })
    }

    pub fn mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The commit that is held up goes well; the ones after it end like this.
    pub fn mood_after_next(&self, mood: Mood) {
        *self.later.lock().unwrap() = Some(mood);
    }

    pub fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.released.notify_all();
    }

    pub fn opener(self: &Arc<Disk>) -> StoreOpener {
        let disk = Arc::clone(self);
        Box::new(move || match disk.openable.load(Ordering::SeqCst) {
            true => Ok(Box::new(Hostile(Arc::clone(&disk))) as Box<dyn Store>),
            false => Err("still broken".into()),
        })
    }
}

struct Hostile(Arc<Disk>);

impl Store for Hostile {
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError> {
        self.0.memory.load(sink)
    }
    fn commit_with(&self, batch: &[TenantWrite], events: &[Event]) -> Outcome {
        let mut held = self.0.held.lock().unwrap();
        while *held {
            held = self.0.released.wait(held).unwrap();
        }
        drop(held);
        self.0.commits.fetch_add(1, Ordering::SeqCst);
        let mood = *self.0.mood.lock().unwrap();
        if let Some(later) = self.0.later.lock().unwrap().take() {
            *self.0.mood.lock().unwrap() = later;
        }
        assert!(mood != Mood::Panic, "a panic, on purpose");
        if let Mood::Small(most) = mood {
            let rows = batch.iter().map(|write| write.rows.len()).sum();
            if rows > most {
                return Outcome::Refused(Refused::TooLarge { rows, bytes: 0 });
            }
        }
        if matches!(mood, Mood::Good | Mood::Small(_) | Mood::WriteThenForget) {
            let outcome = self.0.memory.commit_with(batch, events);
            assert_eq!(outcome, Outcome::Committed);
        }
        match mood {
            Mood::Good | Mood::Small(_) => Outcome::Committed,
            Mood::Panic => unreachable!("asserted above"),
            Mood::Refuse => Outcome::Refused(Refused::NoSpace { free_bytes: 0, reserve_bytes: 1 }),
            Mood::WriteThenForget | Mood::ForgetOnly => Outcome::Unknown("test".into()),
        }
    }
    fn log(&self) -> Result<Log, StoreError> {
        self.0.memory.log()
    }
    fn read_events(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.0.memory.read_events(numbers, order, take)
    }
    fn trim_events(&self, before: u64) -> Result<(), StoreError> {
        self.0.memory.trim_events(before)
    }
    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.memory.setting(name)
    }
    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.memory.put_setting(name, value)
    }
}
