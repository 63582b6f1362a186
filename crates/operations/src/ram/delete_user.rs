use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_user::RamUser;
use causeway_model::{Read, Txn, ram_group, ram_policy};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Deletes a RAM user who has no access key and no policy and is in no group.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
}

errors! {
    /// What `DeleteUser` refuses.
    pub enum Error {
        /// No user has this name.
        NotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// The user has an access key.
        AccessKey = 409, "DeleteConflict.User.AccessKey",
            "The user has one or more access keys. Delete them first.", "RAM API";
        /// The user is in a group.
        Group = 409, "DeleteConflict.User.Group",
            "The user is in one or more groups. Remove the user from them first.", "RAM API";
        /// A policy is attached to the user.
        Policy = 409, "DeleteConflict.User.Policy",
            "One or more policies are attached to the user. Detach them first.", "RAM API";
    }
}

/// See [`Request`].
pub struct DeleteUser;

impl Operation for DeleteUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Delete,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "A user without keys and policies",
            request: &[("UserName", "carol")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeleteUser")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteUser {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let user = txn.get::<RamUser>(&request.user_name.as_str().into());
        let user = user.ok_or(Error::NotFound)?;
        if !user.access_keys.is_empty() {
            return Err(Error::AccessKey.into());
        }
        if ram_group::of_user(txn, &user.name).next().is_some() {
            return Err(Error::Group.into());
        }
        if ram_policy::of_user(txn, &user.name).next().is_some() {
            return Err(Error::Policy.into());
        }
        txn.remove::<RamUser>(&user.name.clone());
        Ok(Empty {})
    }
}
