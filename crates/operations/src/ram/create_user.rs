use super::profile::{self, Fault};
use super::user_shape::UserAnswer;
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_user::{self, Profile, RamUser};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Creates a RAM user, who may do nothing until policies are attached.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The name: 1 to 64 letters, digits, `.`, `-` and `_`. It is unique within the account.
    #[parameter(example = "alice")]
    user_name: String,
    /// The name for people, up to 128 characters.
    #[parameter(example = "Alice")]
    display_name: Option<String>,
    /// The mobile phone number, up to 64 characters.
    mobile_phone: Option<String>,
    /// The mail address, up to 128 characters.
    #[parameter(example = "alice@example.com")]
    email: Option<String>,
    /// Comments, up to 128 characters.
    comments: Option<String>,
}

errors! {
    /// What `CreateUser` refuses.
    pub enum Error {
        /// The name has other characters than letters, digits, `.`, `-` and `_`.
        NameChars = 400, "InvalidParameter.UserName.InvalidChars",
            "The parameter - UserName contains invalid chars.", "RAM API";
        /// The name is longer than 64 characters.
        NameLength = 400, "InvalidParameter.UserName.Length",
            "The parameter - UserName beyond the length limit.", "RAM API";
        /// The display name is too long.
        DisplayNameLength = 400, "InvalidParameter.DisplayName.Length",
            "The parameter - DisplayName beyond the length limit.", "RAM API";
        /// The phone number is too long.
        MobilePhone = 400, "InvalidParameter.MobilePhone.Format",
            "The parameter - MobilePhone format is incorrect.", "RAM API";
        /// The mail address is too long, or has no `@`.
        Email = 400, "InvalidParameter.Email.Format",
            "The parameter - Email format is incorrect.", "RAM API";
        /// The comments are too long.
        CommentsLength = 400, "InvalidParameter.Comments.Length",
            "The parameter - Comments beyond the length limit.", "RAM API";
        /// A user has this name.
        Exists = 409, "EntityAlreadyExists.User", "The user already exists.", "RAM API";
        /// The account has as many users as its quota allows.
        Quota = 409, "LimitExceeded.User", "The count of users beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct CreateUser;

impl Operation for CreateUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Create,
        resources: &["user/*"],
        examples: &[Example {
            title: "A user",
            request: &[("UserName", "bob"), ("DisplayName", "Bob")],
            answer: r#"{"User":{"UserId":"*","UserName":"bob","DisplayName":"Bob","CreateDate":"*"}}"#,
        }],
        ..Declaration::of::<Request, Error>("CreateUser")
    };
    type Request = Request;
    type Response = UserAnswer;
}

impl Write for CreateUser {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<UserAnswer, Refusal> {
        let name = request.user_name.as_str();
        let text = |text: &Option<String>| given(text).map(Into::into);
        let profile = Profile {
            display_name: text(&request.display_name),
            mobile_phone: text(&request.mobile_phone),
            email: text(&request.email),
            comments: text(&request.comments),
        };
        profile::check(name, &profile).map_err(|fault| match fault {
            Fault::NameLength => Error::NameLength,
            Fault::NameChars => Error::NameChars,
            Fault::DisplayName => Error::DisplayNameLength,
            Fault::MobilePhone => Error::MobilePhone,
            Fault::Email => Error::Email,
            Fault::Comments => Error::CommentsLength,
        })?;
        if txn.get::<RamUser>(&name.into()).is_some() {
            return Err(Error::Exists.into());
        }
        if txn.all::<RamUser>().count() >= txn.context().quotas.ram_users {
            return Err(Error::Quota.into());
        }
        let user = RamUser {
            name: name.into(),
            id: ram_user::new_id(txn),
            profile,
            access_keys: Vec::new(),
            created: txn.now(),
            updated: txn.now(),
        };
        txn.put(user.clone());
        Ok(UserAnswer::from(&user))
    }
}
