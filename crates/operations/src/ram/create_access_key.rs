use crate::{Authorized, Operation, Write};
use causeway_model::ram_user::{self, RamUser};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Creates an access key for a RAM user.
///
/// The answer is the only place where its secret is shown. With a seed the secret can be foretold:
/// seeds are for rehearsals.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
}

/// The key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    access_key: Key,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    access_key_id: String,
    access_key_secret: String,
    status: &'static str,
    create_date: String,
}

errors! {
    /// What `CreateAccessKey` refuses.
    pub enum Error {
        /// No user has this name.
        NotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// The user has as many access keys as the quota allows.
        Quota = 409, "LimitExceeded.User.AccessKey",
            "The count of access keys beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct CreateAccessKey;

impl Operation for CreateAccessKey {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Create,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "A key",
            request: &[("UserName", "carol")],
            answer: r#"{"AccessKey":{"AccessKeyId":"*","AccessKeySecret":"*","Status":"Active"}}"#,
        }],
        ..Declaration::of::<Request, Error>("CreateAccessKey")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateAccessKey {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let user = txn.get::<RamUser>(&request.user_name.as_str().into());
        let user = user.ok_or(Error::NotFound)?;
        if user.access_keys.len() >= txn.context().quotas.access_keys_per_user {
            return Err(Error::Quota.into());
        }
        let key = ram_user::add_access_key(txn, &request.user_name);
        Ok(Response {
            access_key: Key {
                access_key_id: key.id.into(),
                access_key_secret: key.secret.into(),
                status: "Active",
                create_date: key.created.to_string(),
            },
        })
    }
}
