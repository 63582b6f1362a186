use crate::{Authorized, Operation, Query};
use causeway_model::ram_user::{self, AccessKey, RamUser};
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use serde::Serialize;

/// Lists the access keys of a RAM user, without their secrets.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
}

/// The keys, oldest first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    access_keys: Keys,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key: Vec<Key>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    access_key_id: String,
    status: &'static str,
    create_date: String,
}

errors! {
    /// What `ListAccessKeys` refuses.
    pub enum Error {
        /// No user has this name.
        NotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListAccessKeys;

impl Operation for ListAccessKeys {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "The keys of a user",
            request: &[("UserName", "alice")],
            answer: r#"{"AccessKeys":{"AccessKey":[{"AccessKeyId":"$ak","Status":"Active"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListAccessKeys")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListAccessKeys {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let user = tenant.get::<RamUser>(&request.user_name.as_str().into());
        let user = user.ok_or(Error::NotFound)?;
        let key = |key: &AccessKey| Key {
            access_key_id: key.id.to_string(),
            status: if key.active { "Active" } else { "Inactive" },
            create_date: key.created.to_string(),
        };
        let access_key = ram_user::access_keys(tenant, user).map(key).collect();
        Ok(Response { access_keys: Keys { access_key } })
    }
}
