//! Which account an access key is of: the key a call is signed with decides it.

use crate::config::Config;
use crate::keys::RootKey;
use crate::tenants::global;
use causeway_model::ram_session::RamSession;
use causeway_model::ram_user::AccessKey;
use causeway_model::{Changes, Read, Tenant};
use causeway_store::TenantKey;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Accounts by the ids of their keys. Those that were made follow from the rows of the accounts' global
/// tenants: noted when they are loaded or applied. Looking a key up does not go through the accounts.
pub(crate) struct Owners {
    accounts: BTreeMap<Arc<str>, RootKey>,
    roots: BTreeMap<String, Arc<str>>,
    made: RwLock<BTreeMap<Box<str>, Arc<str>>>,
}

impl Owners {
    /// The accounts that are served.
    pub fn new(config: &Config) -> Owners {
        let accounts = config.accounts().map(|(id, key)| (Arc::from(id), key.clone()));
        let accounts: BTreeMap<Arc<str>, RootKey> = accounts.collect();
        let roots = accounts.iter().map(|(id, key)| (key.id.clone(), Arc::clone(id))).collect();
        Owners { accounts, roots, made: RwLock::default() }
    }

    /// The account's own key.
    pub fn root_key(&self, account: &str) -> Option<&RootKey> {
        self.accounts.get(account)
    }

    /// The account a key is of, if there is such a key.
    pub fn of(&self, key_id: &str) -> Option<Arc<str>> {
        self.roots.get(key_id).cloned().or_else(|| self.made.read().get(key_id).cloned())
    }

    /// Notes the keys of a tenant that was loaded.
    pub fn note_tenant(&self, key: &TenantKey, tenant: &Tenant) {
        let Some(account) = self.account_of(key) else { return };
        let keys = tenant.all::<AccessKey>().map(|row| row.id.clone());
        let keys = keys.chain(tenant.all::<RamSession>().map(|row| row.key_id.clone()));
        self.made.write().extend(keys.map(|id| (id, Arc::clone(&account))));
    }

    /// Follows changes that have become durable.
    pub fn follow(&self, key: &TenantKey, changes: &Changes) {
        let Some(account) = self.account_of(key) else { return };
        let keys = changes.changed::<AccessKey>().map(|(id, row)| (id, row.is_some()));
        let sessions = changes.changed::<RamSession>().map(|(id, row)| (id, row.is_some()));
        let mut changed = keys.chain(sessions).peekable();
        if changed.peek().is_none() {
            return;
        }
        let mut made = self.made.write();
        for (id, is_there) in changed {
            match is_there {
                true => made.insert(id.clone(), Arc::clone(&account)),
                false => made.remove(id),
            };
        }
    }

    /// The account whose global tenant this is, if it is served.
    fn account_of(&self, key: &TenantKey) -> Option<Arc<str>> {
        let (account, _) = self.accounts.get_key_value(key.account.as_str())?;
        (*key == global(account)).then(|| Arc::clone(account))
    }
}
