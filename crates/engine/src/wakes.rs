//! When something is due by itself: tasks to end, tokens to forget.

use causeway_model::task::{Subject, Task};
use causeway_model::token::{Token, TokenKey};
use causeway_model::{Changes, Read, Tenant, Txn, task};
use causeway_store::TenantKey;
use causeway_types::Timestamp;
use std::collections::BTreeSet;

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wake {
    /// A task ends.
    Task(Subject),
    /// A token is forgotten.
    Token(TokenKey),
}

impl Wake {
    /// Does what is due, if it still is: rows may have changed since the wake was noted.
    pub fn run(&self, txn: &mut Txn) {
        let now = txn.now();
        match self {
            Wake::Task(subject) => {
                let due = txn.get::<Task>(subject).and_then(|task| task.due);
                if due.is_some_and(|due| due <= now) {
                    task::complete(txn, *subject);
                }
            }
            Wake::Token(key) => {
                if txn.get::<Token>(key).is_some_and(|token| token.expires <= now) {
                    txn.remove::<Token>(key);
                }
            }
        }
    }
}

/// All that is due, by time. Derived from the rows: noted when they are applied or loaded.
#[derive(Default)]
pub(crate) struct Wakes(BTreeSet<(Timestamp, TenantKey, Wake)>);

impl Wakes {
    /// Notes what a change makes due.
    pub fn note_changes(&mut self, tenant: &TenantKey, changes: &Changes) {
        for task in changes.put_rows::<Task>() {
            self.note_task(tenant, task);
        }
        for token in changes.put_rows::<Token>() {
            self.note_token(tenant, token);
        }
    }

    /// Notes what a loaded tenant has due.
    pub fn note_tenant(&mut self, key: &TenantKey, tenant: &Tenant) {
        tenant.all::<Task>().for_each(|task| self.note_task(key, task));
        tenant.all::<Token>().for_each(|token| self.note_token(key, token));
    }

    /// When the next is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.0.first().map(|(due, _, _)| *due)
    }

    /// Takes the next that is due.
    pub fn take_due(&mut self, now: Timestamp) -> Option<(TenantKey, Wake)> {
        self.next().filter(|due| *due <= now)?;
        self.0.pop_first().map(|(_, tenant, wake)| (tenant, wake))
    }

    /// Notes something again for later.
    pub fn note_again(&mut self, at: Timestamp, tenant: TenantKey, wake: Wake) {
        self.0.insert((at, tenant, wake));
    }

    fn note_task(&mut self, tenant: &TenantKey, task: &Task) {
        if let Some(due) = task.due {
            self.0.insert((due, tenant.clone(), Wake::Task(task.subject)));
        }
    }

    fn note_token(&mut self, tenant: &TenantKey, token: &Token) {
        self.0.insert((token.expires, tenant.clone(), Wake::Token(token.key.clone())));
    }
}
