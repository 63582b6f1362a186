use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_group::{self, RamGroup};
use causeway_model::ram_policy::{self, Holder};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Deletes a group that has no user and no policy.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The group's name.
    #[parameter(example = "writers")]
    group_name: String,
}

errors! {
    /// What `DeleteGroup` refuses.
    pub enum Error {
        /// No group has this name.
        NotFound = 404, "EntityNotExist.Group",
            "The group does not exist.", "RAM API";
        /// A user is in the group.
        Users = 409, "DeleteConflict.Group.User",
            "The group has one or more users. Remove them first.", "RAM API";
        /// A policy is attached to the group.
        Policy = 409, "DeleteConflict.Group.Policy",
            "One or more policies are attached to the group. Detach them first.", "RAM API";
    }
}

/// See [`Request`].
pub struct DeleteGroup;

impl Operation for DeleteGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Delete,
        resources: &["group/{GroupName}"],
        examples: &[Example {
            title: "A group without users and policies",
            request: &[("GroupName", "empty")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeleteGroup")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteGroup {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let name: Box<str> = request.group_name.as_str().into();
        txn.get::<RamGroup>(&name).ok_or(Error::NotFound)?;
        if ram_group::members(txn, &name).next().is_some() {
            return Err(Error::Users.into());
        }
        if !ram_policy::attached(txn, &Holder::Group(name.clone())).is_empty() {
            return Err(Error::Policy.into());
        }
        txn.remove::<RamGroup>(&name);
        Ok(Empty {})
    }
}
