use crate::{Authorized, Operation, Query};
use causeway_model::ram_last_use::LastUse;
use causeway_model::ram_user::{AccessKey, RamUser};
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Tells when an access key of a RAM user was last used, to within ten minutes.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
    /// The id of the key.
    #[parameter(example = "LTAI5t****")]
    user_access_key_id: String,
}

/// When it was used.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    access_key_last_used: LastUsed,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LastUsed {
    /// Absent when it was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_date: Option<String>,
}

errors! {
    /// What `GetAccessKeyLastUsed` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// The user has no such key.
        KeyNotFound = 404, "EntityNotExist.User.AccessKey",
            "The access key of the user does not exist.", "chosen";
    }
}

/// See [`Request`].
pub struct GetAccessKeyLastUsed;

impl Operation for GetAccessKeyLastUsed {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Get,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "A key that was never used",
            request: &[("UserName", "alice"), ("UserAccessKeyId", "$ak")],
            answer: r#"{"AccessKeyLastUsed":{}}"#,
        }],
        ..Declaration::of::<Request, Error>("GetAccessKeyLastUsed")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for GetAccessKeyLastUsed {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let user = tenant.get::<RamUser>(&request.user_name.as_str().into());
        let user = user.ok_or(Error::UserNotFound)?;
        let key = tenant.get::<AccessKey>(&request.user_access_key_id.as_str().into());
        let key = key.filter(|key| key.user == user.name).ok_or(Error::KeyNotFound)?;
        let last_use = tenant.get::<LastUse>(&key.id);
        let last_used_date = last_use.map(|last_use| last_use.at.to_string());
        Ok(Response { access_key_last_used: LastUsed { last_used_date } })
    }
}
