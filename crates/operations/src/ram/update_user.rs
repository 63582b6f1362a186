use super::profile::{self, Fault};
use super::user_shape::UserAnswer;
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_user::{self, RamUser};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Changes a RAM user's name or what is said about the user. Keys, groups and policies stay with the
/// user.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
    /// The new name: 1 to 64 letters, digits, `.`, `-` and `_`.
    #[parameter(example = "alice.b")]
    new_user_name: Option<String>,
    /// The new name for people, up to 128 characters.
    #[parameter(example = "Alice B.")]
    new_display_name: Option<String>,
    /// The new mobile phone number, up to 64 characters.
    new_mobile_phone: Option<String>,
    /// The new mail address, up to 128 characters.
    #[parameter(example = "alice@example.com")]
    new_email: Option<String>,
    /// The new comments, up to 128 characters.
    new_comments: Option<String>,
}

errors! {
    /// What `UpdateUser` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User",
            "The user does not exist.", "RAM API";
        /// The name has other characters than letters, digits, `.`, `-` and `_`.
        NameChars = 400, "InvalidParameter.NewUserName.InvalidChars",
            "The parameter - NewUserName contains invalid chars.", "RAM API";
        /// The name is longer than 64 characters.
        NameLength = 400, "InvalidParameter.NewUserName.Length",
            "The parameter - NewUserName beyond the length limit.", "RAM API";
        /// The display name is too long.
        DisplayNameLength = 400, "InvalidParameter.NewDisplayName.Length",
            "The parameter - NewDisplayName beyond the length limit.", "RAM API";
        /// The phone number is too long.
        MobilePhone = 400, "InvalidParameter.NewMobilePhone.Format",
            "The parameter - NewMobilePhone format is incorrect.", "RAM API";
        /// The mail address is too long, or has no `@`.
        Email = 400, "InvalidParameter.NewEmail.Format",
            "The parameter - NewEmail format is incorrect.", "RAM API";
        /// The comments are too long.
        CommentsLength = 400, "InvalidParameter.NewComments.Length",
            "The parameter - NewComments beyond the length limit.", "RAM API";
        /// Another user has the new name.
        Exists = 409, "EntityAlreadyExists.User",
            "The user already exists.", "RAM API";
    }
}

/// See [`Request`].
pub struct UpdateUser;

impl Operation for UpdateUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "Another name",
            request: &[
                ("UserName", "carol"),
                ("NewUserName", "caroline"),
                ("NewDisplayName", "Caroline"),
            ],
            answer: r#"{"User":{"UserId":"200000000000000002","UserName":"caroline","DisplayName":"Caroline"}}"#,
        }],
        ..Declaration::of::<Request, Error>("UpdateUser")
    };
    type Request = Request;
    type Response = UserAnswer;
}

impl Write for UpdateUser {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<UserAnswer, Refusal> {
        let old = request.user_name.as_str();
        let mut user = txn.get::<RamUser>(&old.into()).ok_or(Error::UserNotFound)?.clone();
        let new = given(&request.new_user_name).unwrap_or(old);
        let text = |new: &Option<String>, old: &Option<Box<str>>| {
            given(new).map(Into::into).or_else(|| old.clone())
        };
        user.profile.display_name = text(&request.new_display_name, &user.profile.display_name);
        user.profile.mobile_phone = text(&request.new_mobile_phone, &user.profile.mobile_phone);
        user.profile.email = text(&request.new_email, &user.profile.email);
        user.profile.comments = text(&request.new_comments, &user.profile.comments);
        profile::check(new, &user.profile).map_err(|fault| match fault {
            Fault::NameLength => Error::NameLength,
            Fault::NameChars => Error::NameChars,
            Fault::DisplayName => Error::DisplayNameLength,
            Fault::MobilePhone => Error::MobilePhone,
            Fault::Email => Error::Email,
            Fault::Comments => Error::CommentsLength,
        })?;
        if new != old {
            if txn.get::<RamUser>(&new.into()).is_some() {
                return Err(Error::Exists.into());
            }
            ram_user::rename(txn, old, new);
            user.name = new.into();
        }
        user.updated = txn.now();
        txn.put(user.clone());
        Ok(UserAnswer::from(&user))
    }
}
