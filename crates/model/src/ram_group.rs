//! Groups of RAM users: what is attached to a group counts for everybody in it.

use crate::ram_policy::{self, Holder};
use crate::ram_user::letters;
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamGroup {
    /// The name, unique within the account.
    pub name: Box<str>,
    /// The id: `g-` and sixteen letters or digits.
    pub id: Box<str>,
    /// Comments.
    pub comments: Option<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// Who is in which group. The user comes first: what a user may do is asked with every request,
/// who is in a group seldom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MembershipKey {
    /// The user's name.
    pub user: Box<str>,
    /// The group's name.
    pub group: Box<str>,
}

/// A user in a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// User and group.
    pub key: MembershipKey,
    /// When the user joined.
    pub joined: Timestamp,
}

impl Keyed for RamGroup {
    type Key = Box<str>;
    fn key(&self) -> Box<str> {
        self.name.clone()
    }
}

impl Keyed for Membership {
    type Key = MembershipKey;
    fn key(&self) -> MembershipKey {
        self.key.clone()
    }
}

/// A new group's id.
pub fn new_id(txn: &mut Txn) -> Box<str> {
    format!("g-{}", letters(txn, 16)).into()
}

/// The groups of a user, by name.
pub fn of_user<'a>(world: &'a impl Read, user: &'a str) -> impl Iterator<Item = &'a Membership> {
    let from = MembershipKey { user: user.into(), group: "".into() };
    world.range::<Membership>(from..).take_while(move |it| *it.key.user == *user)
}

/// The users of a group, by name.
pub fn members<'a>(world: &'a impl Read, group: &'a str) -> impl Iterator<Item = &'a Membership> {
    world.all::<Membership>().filter(move |it| *it.key.group == *group)
}

/// Gives a group that is there another name, which no other group has; its users and policies stay
/// with it.
pub fn rename(txn: &mut Txn, from: &str, to: &str) {
    let Some(group) = txn.get::<RamGroup>(&from.into()).cloned() else { return };
    for membership in members(txn, from).cloned().collect::<Vec<_>>() {
        txn.remove::<Membership>(&membership.key);
        let key = MembershipKey { group: to.into(), ..membership.key };
        txn.put(Membership { key, ..membership });
    }
    ram_policy::move_attachments(txn, &Holder::Group(from.into()), &Holder::Group(to.into()));
    txn.remove::<RamGroup>(&from.into());
    txn.put(RamGroup { name: to.into(), ..group });
}
