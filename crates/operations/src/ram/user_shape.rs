//! A user in answers.

use causeway_model::ram_user::RamUser;
use serde::Serialize;

/// `User`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserShape {
    user_id: String,
    user_name: String,
    display_name: String,
    mobile_phone: String,
    email: String,
    comments: String,
    create_date: String,
    update_date: String,
}

/// An answer that is a user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserAnswer {
    user: UserShape,
}

impl From<&RamUser> for UserShape {
    fn from(user: &RamUser) -> UserShape {
        let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
        UserShape {
            user_id: user.id.to_string(),
            user_name: user.name.to_string(),
            display_name: text(&user.profile.display_name),
            mobile_phone: text(&user.profile.mobile_phone),
            email: text(&user.profile.email),
            comments: text(&user.profile.comments),
            create_date: user.created.to_string(),
            update_date: user.updated.to_string(),
        }
    }
}

impl From<&RamUser> for UserAnswer {
    fn from(user: &RamUser) -> UserAnswer {
        UserAnswer { user: user.into() }
    }
}
