//! When something is due by itself: tasks to end, tokens to forget.

use causeway_forward::observe;
use causeway_model::link::{self, LinkState};
use causeway_model::ram_session::RamSession;
use causeway_model::task::{Subject, Task};
use causeway_model::token::{Token, TokenKey};
use causeway_model::{Changes, Read, TaskLength, Tenant, Txn, task};
use causeway_store::TenantKey;
use causeway_types::{Id, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Tokens remembered per tenant; beyond that the one that expires first is forgotten early.
const TOKENS_MAX: usize = 100_000;

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wake {
    /// A task ends.
    Task(Subject),
    /// A token that expires then has expired, or is one too many.
    Token(TokenKey, Timestamp),
    /// The health check of a link may come to another opinion.
    Link(Id),
    /// The session with this key has expired so long ago that it is forgotten.
    Session(Box<str>),
}

impl Wake {
    /// What to call it in the log.
    pub fn cause(&self) -> &'static str {
        match self {
            Wake::Task(_) => "a task ends",
            Wake::Token(..) => "a token expires",
            Wake::Link(_) => "a health check changes its opinion",
            Wake::Session(_) => "a session expires",
        }
    }

    /// Does what is due, if it still is: rows may have changed since the wake was noted.
    pub fn run(&self, txn: &mut Txn) {
        let now = txn.now();
        match self {
            Wake::Task(subject) => {
                let by_itself = txn.context().tasks != TaskLength::Manual;
                let due = |task: &Task| task.due.map_or(by_itself, |due| due <= now);
                if txn.get::<Task>(subject).is_some_and(due) {
                    task::complete(txn, *subject);
                }
            }
            Wake::Token(key, expires) => {
                if txn.get::<Token>(key).is_some_and(|token| token.expires == *expires) {
                    txn.remove::<Token>(key);
                }
            }
            Wake::Link(id) => {
                if let Some(turn) = link::step(txn, *id) {
                    observe::turn(txn, *id, turn);
                }
            }
            Wake::Session(key) => {
                if txn.get::<RamSession>(key).is_some_and(|it| it.forgotten() <= now) {
                    txn.remove::<RamSession>(key);
                }
            }
        }
    }
}

/// All that is due, by time. Derived from the rows: noted when they are applied or loaded.
pub(crate) struct Wakes {
    tasks: TaskLength,
    due: BTreeSet<(Timestamp, TenantKey, Wake)>,
    /// The tokens of a tenant, to know when there are too many and which goes first.
    tokens: BTreeMap<TenantKey, BTreeSet<(Timestamp, TokenKey)>>,
}

impl Wakes {
    /// Nothing yet. Tasks without a time wait for ever only while tasks are manual: what was begun
    /// by an earlier server that had manual tasks is due at once.
    pub fn new(tasks: TaskLength) -> Wakes {
        Wakes { tasks, due: BTreeSet::new(), tokens: BTreeMap::new() }
    }

    /// Notes what a change makes due.
    pub fn note_changes(&mut self, tenant: &TenantKey, changes: &Changes) {
        for task in changes.put_rows::<Task>() {
            self.note_task(tenant, task);
        }
        for token in changes.put_rows::<Token>() {
            self.note_token(tenant, token);
        }
        for state in changes.put_rows::<LinkState>() {
            self.note_link(tenant, state);
        }
        for session in changes.put_rows::<RamSession>() {
            self.note_session(tenant, session);
        }
    }

    /// Notes what a loaded tenant has due.
    pub fn note_tenant(&mut self, key: &TenantKey, tenant: &Tenant) {
        tenant.all::<Task>().for_each(|task| self.note_task(key, task));
        tenant.all::<Token>().for_each(|token| self.note_token(key, token));
        tenant.all::<LinkState>().for_each(|state| self.note_link(key, state));
        tenant.all::<RamSession>().for_each(|session| self.note_session(key, session));
    }

    /// When the next is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.due.first().map(|(due, _, _)| *due)
    }

    /// Takes the next that is due.
    pub fn take_due(&mut self, now: Timestamp) -> Option<(TenantKey, Wake)> {
        self.next().filter(|due| *due <= now)?;
        let (_, tenant, wake) = self.due.pop_first()?;
        if let (Wake::Token(key, expires), Some(tokens)) = (&wake, self.tokens.get_mut(&tenant)) {
            tokens.remove(&(*expires, key.clone()));
        }
        Some((tenant, wake))
    }

    /// Notes something that was due and could not be done.
    pub fn note_again(&mut self, tenant: TenantKey, wake: Wake) {
        self.due.insert((DUE_ALREADY, tenant, wake));
    }

    fn note_link(&mut self, tenant: &TenantKey, state: &LinkState) {
        if let Some(next) = state.next {
            self.due.insert((next, tenant.clone(), Wake::Link(state.id)));
        }
    }

    fn note_task(&mut self, tenant: &TenantKey, task: &Task) {
        let stale = (self.tasks != TaskLength::Manual).then_some(DUE_ALREADY);
        if let Some(due) = task.due.or(stale) {
            self.due.insert((due, tenant.clone(), Wake::Task(task.subject)));
        }
    }

    fn note_session(&mut self, tenant: &TenantKey, session: &RamSession) {
        let wake = Wake::Session(session.key_id.clone());
        self.due.insert((session.forgotten(), tenant.clone(), wake));
    }

    fn note_token(&mut self, tenant: &TenantKey, token: &Token) {
        let wake = |key: &TokenKey, expires| (tenant.clone(), Wake::Token(key.clone(), expires));
        let tokens = self.tokens.entry(tenant.clone()).or_default();
        tokens.insert((token.expires, token.key.clone()));
        let (owner, expiring) = wake(&token.key, token.expires);
        self.due.insert((token.expires, owner, expiring));
        if tokens.len() > TOKENS_MAX
            && let Some((expires, key)) = tokens.pop_first()
        {
            let (owner, expiring) = wake(&key, expires);
            self.due.remove(&(expires, owner.clone(), expiring.clone()));
            self.due.insert((DUE_ALREADY, owner, expiring));
        }
    }
}

/// Earlier than any clock.
const DUE_ALREADY: Timestamp = Timestamp(i64::MIN);

#[cfg(test)]
mod tests {
    use super::*;

    fn token(n: usize) -> Token {
        let key = TokenKey { action: "CreateVpc".into(), token: n.to_string() };
        let expires = Timestamp(1_000_000 + n as i64);
        Token { key, fingerprint: [0; 32], answer: "{}".into(), expires }
    }

    #[test]
    fn tokens_are_bounded_and_the_oldest_goes_first() {
        let tenant = TenantKey::new("1", "cn-hangzhou");
        let mut wakes = Wakes::new(TaskLength::Manual);
        for n in 0..TOKENS_MAX {
            wakes.note_token(&tenant, &token(n));
        }
        assert_eq!(wakes.next(), Some(Timestamp(1_000_000)));
        assert_eq!(wakes.take_due(Timestamp(0)), None);
        wakes.note_token(&tenant, &token(TOKENS_MAX));
        assert_eq!(wakes.next(), Some(DUE_ALREADY));
        let oldest = Wake::Token(token(0).key, token(0).expires);
        assert_eq!(wakes.take_due(Timestamp(0)), Some((tenant.clone(), oldest)));
        assert_eq!(wakes.take_due(Timestamp(0)), None);
        let second = Wake::Token(token(1).key, token(1).expires);
        assert_eq!(wakes.take_due(Timestamp(1_000_001)), Some((tenant, second)));
    }
}
