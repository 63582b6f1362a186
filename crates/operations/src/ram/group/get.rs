use super::shape::GroupAnswer;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_group::RamGroup;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Shows a group.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The group's name.
    #[parameter(example = "writers")]
    group_name: String,
}

errors! {
    /// What `GetGroup` refuses.
    pub enum Error {
        /// No group has this name.
        NotFound = 404, "EntityNotExist.Group",
            "The group does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct GetGroup;

impl Operation for GetGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Get,
        resources: &["group/{GroupName}"],
        examples: &[Example {
            title: "A group",
            request: &[("GroupName", "writers")],
            answer: r#"{"Group":{"GroupId":"*","GroupName":"writers"}}"#,
        }],
        ..Declaration::of::<Request, Error>("GetGroup")
    };
    type Request = Request;
    type Response = GroupAnswer;
}

impl Query for GetGroup {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<GroupAnswer, Refusal> {
        let group = tenant.get::<RamGroup>(&request.group_name.as_str().into());
        group.map(GroupAnswer::from).ok_or_else(|| Error::NotFound.into())
    }
}
