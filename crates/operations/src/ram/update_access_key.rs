use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_user::{AccessKey, RamUser};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Switches an access key of a RAM user on or off.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
    /// The id of the key.
    #[parameter(example = "LTAI5t****")]
    user_access_key_id: String,
    /// `Active` or `Inactive`.
    #[parameter(example = "Inactive")]
    status: String,
}

errors! {
    /// What `UpdateAccessKey` refuses.
    pub enum Error {
        /// No user has this name.
        UserNotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
        /// The user has no such key.
        KeyNotFound = 404, "EntityNotExist.User.AccessKey",
            "The access key of the user does not exist.", "chosen";
        /// The status is neither `Active` nor `Inactive`.
        Status = 400, "InvalidParameter.Status",
            "The parameter - Status is invalid.", "chosen";
    }
}

/// See [`Request`].
pub struct UpdateAccessKey;

impl Operation for UpdateAccessKey {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "Switching a key off",
            request: &[("UserName", "alice"), ("UserAccessKeyId", "$ak"), ("Status", "Inactive")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("UpdateAccessKey")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for UpdateAccessKey {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let id = request.user_access_key_id.as_str().into();
        if txn.get::<RamUser>(&request.user_name.as_str().into()).is_none() {
            return Err(Error::UserNotFound.into());
        }
        let key = txn.get::<AccessKey>(&id).filter(|key| *key.user == *request.user_name);
        key.ok_or(Error::KeyNotFound)?;
        let active = match request.status.as_str() {
            "Active" => true,
            "Inactive" => false,
            _ => return Err(Error::Status.into()),
        };
        txn.update::<AccessKey>(&id, |key| key.active = active);
        Ok(Empty {})
    }
}
