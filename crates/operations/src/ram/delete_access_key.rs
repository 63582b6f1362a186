use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_user::{self, AccessKey, RamUser};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Deletes an access key of a RAM user.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
    /// The id of the key.
    #[parameter(example = "LTAI5t****")]
    user_access_key_id: String,
}

errors! {
    /// What `DeleteAccessKey` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// The user has no such key.
        KeyNotFound = 404, "EntityNotExist.User.AccessKey",
            "The access key of the user does not exist.", "chosen";
    }
}

/// See [`Request`].
pub struct DeleteAccessKey;

impl Operation for DeleteAccessKey {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Delete,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "A key",
            request: &[("UserName", "alice"), ("UserAccessKeyId", "$ak")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeleteAccessKey")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteAccessKey {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        if txn.get::<RamUser>(&request.user_name.as_str().into()).is_none() {
            return Err(Error::UserNotFound.into());
        }
        let key = txn.get::<AccessKey>(&request.user_access_key_id.as_str().into());
        let key = key.filter(|key| *key.user == *request.user_name).ok_or(Error::KeyNotFound)?;
        ram_user::remove_access_key(txn, &key.clone());
        Ok(Empty {})
    }
}
