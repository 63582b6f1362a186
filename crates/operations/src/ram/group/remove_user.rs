use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_group::{Membership, MembershipKey, RamGroup};
use causeway_model::ram_user::RamUser;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Removes a RAM user from a group.
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
    /// What `RemoveUserFromGroup` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User",
            "The user does not exist.", "RAM API";
        /// No group has this name.
        GroupNotFound = 404, "EntityNotExist.Group",
            "The group does not exist.", "RAM API";
        /// The user is not in the group.
        NotMember = 404, "EntityNotExist.User.Group",
            "The user does not belong to the group.", "RAM API";
    }
}

/// See [`Request`].
pub struct RemoveUserFromGroup;

impl Operation for RemoveUserFromGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["user/{UserName}", "group/{GroupName}"],
        examples: &[Example {
            title: "A user",
            request: &[("UserName", "alice"), ("GroupName", "writers")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("RemoveUserFromGroup")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for RemoveUserFromGroup {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let (user, group) = (request.user_name.as_str(), request.group_name.as_str());
        txn.get::<RamUser>(&user.into()).ok_or(Error::UserNotFound)?;
        txn.get::<RamGroup>(&group.into()).ok_or(Error::GroupNotFound)?;
        let key = MembershipKey { user: user.into(), group: group.into() };
        txn.get::<Membership>(&key).ok_or(Error::NotMember)?;
        txn.remove::<Membership>(&key);
        Ok(Empty {})
    }
}
