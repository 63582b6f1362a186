use super::shape::GroupAnswer;
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_group::{self, RamGroup};
use causeway_model::ram_user;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Creates a group of RAM users. What is attached to it counts for every user in it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The name: 1 to 64 letters, digits, `.`, `-` and `_`. It is unique within the account.
    #[parameter(example = "writers")]
    group_name: String,
    /// Comments, up to 128 characters.
    #[parameter(example = "They write routes.")]
    comments: Option<String>,
}

errors! {
    /// What `CreateGroup` refuses.
    pub enum Error {
        /// The name has other characters than letters, digits, `.`, `-` and `_`.
        NameChars = 400, "InvalidParameter.GroupName.InvalidChars",
            "The parameter - GroupName contains invalid chars.", "RAM API";
        /// The name is longer than 64 characters.
        NameLength = 400, "InvalidParameter.GroupName.Length",
            "The parameter - GroupName beyond the length limit.", "RAM API";
        /// The comments are too long.
        CommentsLength = 400, "InvalidParameter.Comments.Length",
            "The parameter - Comments beyond the length limit.", "RAM API";
        /// A group has this name.
        Exists = 409, "EntityAlreadyExists.Group",
            "The group already exists.", "RAM API";
        /// The account has as many groups as its quota allows.
        Quota = 409, "LimitExceeded.Group",
            "The count of groups beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct CreateGroup;

impl Operation for CreateGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Create,
        resources: &["group/*"],
        examples: &[Example {
            title: "A group",
            request: &[("GroupName", "readers"), ("Comments", "They read.")],
            answer: r#"{"Group":{"GroupId":"*","GroupName":"readers","Comments":"They read.","CreateDate":"*"}}"#,
        }],
        ..Declaration::of::<Request, Error>("CreateGroup")
    };
    type Request = Request;
    type Response = GroupAnswer;
}

impl Write for CreateGroup {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<GroupAnswer, Refusal> {
        let name = request.group_name.as_str();
        if name.chars().count() > 64 {
            return Err(Error::NameLength.into());
        }
        if !ram_user::is_name(name) {
            return Err(Error::NameChars.into());
        }

        let comments = given(&request.comments);
        if comments.is_some_and(|text| text.chars().count() > 128) {
            return Err(Error::CommentsLength.into());
        }
        if txn.get::<RamGroup>(&name.into()).is_some() {
            return Err(Error::Exists.into());
        }
        if txn.all::<RamGroup>().count() >= txn.context().quotas.ram_groups {
            return Err(Error::Quota.into());
        }
        let (id, now) = (ram_group::new_id(txn), txn.now());
        let comments = comments.map(Into::into);
        let group = RamGroup { name: name.into(), id, comments, created: now, updated: now };
        txn.put(group.clone());
        Ok(GroupAnswer::from(&group))
    }
}
