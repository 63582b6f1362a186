use super::shape::GroupAnswer;
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_group::{self, RamGroup};
use causeway_model::ram_user;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Changes a group's name or comments. Users and policies stay with it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The group's name.
    #[parameter(example = "writers")]
    group_name: String,
    /// The new name: 1 to 64 letters, digits, `.`, `-` and `_`.
    #[parameter(example = "route-writers")]
    new_group_name: Option<String>,
    /// The new comments, up to 128 characters.
    #[parameter(example = "They write routes.")]
    new_comments: Option<String>,
}

errors! {
    /// What `UpdateGroup` refuses.
    pub enum Error {
        /// No group has this name.
        NotFound = 404, "EntityNotExist.Group",
            "The group does not exist.", "RAM API";
        /// The name has other characters than letters, digits, `.`, `-` and `_`.
        NameChars = 400, "InvalidParameter.NewGroupName.InvalidChars",
            "The parameter - NewGroupName contains invalid chars.", "RAM API";
        /// The name is longer than 64 characters.
        NameLength = 400, "InvalidParameter.NewGroupName.Length",
            "The parameter - NewGroupName beyond the length limit.", "RAM API";
        /// The comments are too long.
        CommentsLength = 400, "InvalidParameter.NewComments.Length",
            "The parameter - NewComments beyond the length limit.", "RAM API";
        /// Another group has the new name.
        Exists = 409, "EntityAlreadyExists.Group",
            "The group already exists.", "RAM API";
    }
}

/// See [`Request`].
pub struct UpdateGroup;

impl Operation for UpdateGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["group/{GroupName}"],
        examples: &[Example {
            title: "Another name",
            request: &[("GroupName", "writers"), ("NewGroupName", "route-writers")],
            answer: r#"{"Group":{"GroupId":"*","GroupName":"route-writers"}}"#,
        }],
        ..Declaration::of::<Request, Error>("UpdateGroup")
    };
    type Request = Request;
    type Response = GroupAnswer;
}

impl Write for UpdateGroup {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<GroupAnswer, Refusal> {
        let old = request.group_name.as_str();
        let mut group = txn.get::<RamGroup>(&old.into()).ok_or(Error::NotFound)?.clone();
        let new = given(&request.new_group_name).unwrap_or(old);
        if new.chars().count() > 64 {
            return Err(Error::NameLength.into());
        }
        if !ram_user::is_name(new) {
            return Err(Error::NameChars.into());
        }
        let comments = given(&request.new_comments);
        if comments.is_some_and(|text| text.chars().count() > 128) {
            return Err(Error::CommentsLength.into());
        }
        if new != old {
            if txn.get::<RamGroup>(&new.into()).is_some() {
                return Err(Error::Exists.into());
            }
            ram_group::rename(txn, old, new);
            group.name = new.into();
        }
        group.comments = comments.map(Into::into).or(group.comments);
        group.updated = txn.now();
        txn.put(group.clone());
        Ok(GroupAnswer::from(&group))
    }
}
