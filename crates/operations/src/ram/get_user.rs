use super::user_shape::UserAnswer;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_user::RamUser;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Shows a RAM user.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The user's name.
    #[parameter(example = "alice")]
    user_name: String,
}

errors! {
    /// What `GetUser` refuses.
    pub enum Error {
        /// No user has this name.
        NotFound = 404, "EntityNotExist.User", "The user does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct GetUser;

impl Operation for GetUser {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Get,
        resources: &["user/{UserName}"],
        examples: &[Example {
            title: "A user",
            request: &[("UserName", "alice")],
            answer: r#"{"User":{"UserId":"*","UserName":"alice"}}"#,
        }],
        ..Declaration::of::<Request, Error>("GetUser")
    };
    type Request = Request;
    type Response = UserAnswer;
}

impl Query for GetUser {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<UserAnswer, Refusal> {
        let user = tenant.get::<RamUser>(&request.user_name.as_str().into());
        user.map(UserAnswer::from).ok_or_else(|| Error::NotFound.into())
    }
}
