//! A world to try operations in: one tenant, changed as the commit loop would.

use crate::catalogue::{self, Reads};
use crate::{Caller, Run};
use causeway_model::task::{self, Task};
use causeway_model::{
    Changes, Context, Options, Quotas, Read, Region, Row, TaskLength, Tenant, Txn,
};
use causeway_spec::{Parameters, Refusal};
use causeway_types::{Timestamp, TypedId};
use serde_json::Value;
use std::collections::BTreeMap;

mod batch;
mod examples;
pub(crate) mod invariants;
pub(crate) mod log;
mod ram_scene;
pub(crate) mod route_invariants;
pub(crate) mod routes;
mod scene;
mod stored_rows;
mod vpc_sequences;
pub(crate) mod vpn_invariants;
mod vpn_route_invariants;
mod vpn_sequences;

/// One tenant and what requests get from outside.
pub(crate) struct World {
    pub tenant: Tenant,
    pub context: Context,
    /// Resources of the standard scene by name, such as `$vpn`.
    pub names: BTreeMap<&'static str, String>,
    /// The rows as a store would hold them.
    pub stored: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What was called.
    pub log: log::Events,
}

impl World {
    /// An empty tenant whose asynchronous work is done at once.
    pub fn new() -> World {
        let context = Context {
            now: Timestamp(1_795_000_000_000),
            seed: 1,
            account: "1234567890123456".into(),
            region: Region::new("cn-hangzhou"),
            regions: ["cn-hangzhou", "cn-shanghai"].map(Region::new).into(),
            tasks: TaskLength::Immediate,
            virtual_time: true,
            quotas: Quotas::default(),
            options: Options::default(),
        };
        let (names, stored) = (BTreeMap::new(), BTreeMap::new());
        let log = log::Events::default();
        World { tenant: Tenant::default(), context, names, stored, log }
    }

    /// An empty tenant whose asynchronous work waits for [`World::finish_tasks`].
    pub fn with_manual_tasks() -> World {
        let mut world = World::new();
        world.context.tasks = TaskLength::Manual;
        world
    }

    /// Calls an operation by name, as the root caller; `$name` values are looked up.
    pub fn call(&mut self, action: &str, parameters: &[(&str, &str)]) -> Result<Value, Refusal> {
        let entry = catalogue::all().find(|entry| entry.declaration.name == action);
        let entry = entry.unwrap_or_else(|| panic!("no operation {action}"));
        let parameters: Parameters = parameters
            .iter()
            .map(|(name, value)| (name.to_string(), self.resolve(value)))
            .collect();
        let prepared = entry.prepare(&parameters)?;
        let answer = if entry.writes {
            self.change(|txn| prepared.run(Run::Change(txn), &Caller::Root))?
        } else {
            let run = match entry.reads {
                Reads::Tenant => Run::Published(&self.tenant, &self.context),
                Reads::Account => Run::Account(&self.tenant, &self.tenant, &self.context),
                Reads::Log => Run::Log(&self.log, &self.context),
            };
            prepared.run(run, &Caller::Root)?
        };
        Ok(serde_json::from_str(&answer).expect("answers are JSON"))
    }

    /// Calls an operation that must refuse, and must change nothing.
    pub fn refusal(&mut self, action: &str, parameters: &[(&str, &str)]) -> Refusal {
        let before = self.tenant.clone();
        let result = self.call(action, parameters);
        assert_eq!(self.tenant, before, "a refused {action} changed something");
        result.expect_err("a refusal")
    }

    /// Runs a change and commits it, unless it fails.
    pub fn change<T, E>(&mut self, run: impl FnOnce(&mut Txn) -> Result<T, E>) -> Result<T, E> {
        let in_flight = Changes::default();
        let revision = self.tenant.revision() + 1;
        let mut txn = Txn::new(&self.tenant, &in_flight, &self.context, revision);
        let value = run(&mut txn)?;
        let changes = txn.into_changes();
        for change in changes.encode() {
            match change.value {
                Some(value) => self.stored.insert(change.key, value),
                None => self.stored.remove(&change.key),
            };
        }
        self.tenant.apply(changes, revision);
        Ok(value)
    }

    /// Puts a row, whatever the rules say.
    pub fn put<R: Row>(&mut self, row: R) {
        let put = |txn: &mut Txn| {
            txn.put(row);
            Ok::<_, ()>(())
        };
        self.change(put).expect("putting cannot fail");
    }

    /// Runs a change that cannot fail, whatever the rules say.
    pub fn edit(&mut self, change: impl FnOnce(&mut Txn)) {
        let run = |txn: &mut Txn| {
            change(txn);
            Ok::<_, ()>(())
        };
        self.change(run).expect("it cannot fail");
    }

    /// Changes a row that is there, whatever the rules say.
    pub fn update<R: Row>(&mut self, key: &R::Key, change: impl FnOnce(&mut R)) {
        let found = self.change(|txn| Ok::<_, ()>(txn.update::<R>(key, change)));
        assert_eq!(found, Ok(true), "the row is there");
    }

    /// The id of a resource of the standard scene.
    pub fn id<T: TypedId>(&self, name: &str) -> T {
        T::from_text(&self.names[name])
    }

    /// Ends all asynchronous work.
    pub fn finish_tasks(&mut self) {
        let subjects: Vec<_> = self.tenant.all::<Task>().map(|task| task.subject).collect();
        for subject in subjects {
            let finish = |txn: &mut Txn| {
                task::complete(txn, subject);
                Ok::<_, ()>(())
            };
            self.change(finish).expect("finishing cannot fail");
        }
    }

    /// Replaces `$name`s by the ids of the standard scene, longest names first.
    pub fn resolve(&self, text: &str) -> String {
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(**name, id))
    }
}
