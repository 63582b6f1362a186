use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_group::{self, Membership, MembershipKey, RamGroup};
use causeway_model::ram_user::RamUser;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Adds a RAM user to a group: the group's policies then count for the user.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
    /// The group's name.
    #[parameter(example = "writers")]
    group_name: String,
}

errors! {
    /// What `AddUserToGroup` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User",
            "The user does not exist.", "RAM API";
        /// No group has this name.
        GroupNotFound = 404, "EntityNotExist.Group",
            "The group does not exist.", "RAM API";
        /// The user is in the group.
        Exists = 409, "EntityAlreadyExists.User.Group",
            "The user has already been added to the group.", "RAM API";
        /// The user is in as many groups as the quota allows.
        Quota = 409, "LimitExceeded.User.Group",
            "The count of groups of the user beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct AddUserToGroup;

impl Operation for AddUserToGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["user/{UserName}", "group/{GroupName}"],
        examples: &[Example {
            title: "A user",
            request: &[("UserName", "carol"), ("GroupName", "writers")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("AddUserToGroup")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for AddUserToGroup {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let (user, group) = (request.user_name.as_str(), request.group_name.as_str());
        txn.get::<RamUser>(&user.into()).ok_or(Error::UserNotFound)?;
        txn.get::<RamGroup>(&group.into()).ok_or(Error::GroupNotFound)?;
        let key = MembershipKey { user: user.into(), group: group.into() };
        if txn.get::<Membership>(&key).is_some() {
            return Err(Error::Exists.into());
        }
        if ram_group::of_user(txn, user).count() >= txn.context().quotas.groups_per_user {
            return Err(Error::Quota.into());
        }
        let joined = txn.now();
        txn.put(Membership { key, joined });
        Ok(Empty {})
    }
}
