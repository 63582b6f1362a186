use crate::ram::attaching::AttachedPolicies;
use crate::{Authorized, Operation, Query};
use causeway_model::ram_group::RamGroup;
use causeway_model::ram_policy::Holder;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Lists the policies attached to a group.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The group's name.
    #[parameter(example = "writers")]
    group_name: String,
}

errors! {
    /// What `ListPoliciesForGroup` refuses.
    pub enum Error {
        /// No group has this name.
        NotFound = 404, "EntityNotExist.Group", "The group does not exist.", "RAM API";
    }
}

/// See [`Request`].
pub struct ListPoliciesForGroup;

impl Operation for ListPoliciesForGroup {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::List,
        resources: &["group/{GroupName}"],
        examples: &[Example {
            title: "The policies of a group",
            request: &[("GroupName", "writers")],
            answer: r#"{"Policies":{"Policy":[
                {"PolicyName":"routes","PolicyType":"Custom","DefaultVersion":"v1"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("ListPoliciesForGroup")
    };
    type Request = Request;
    type Response = AttachedPolicies;
}

impl Query for ListPoliciesForGroup {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<AttachedPolicies, Refusal> {
        let name: Box<str> = request.group_name.as_str().into();
        tenant.get::<RamGroup>(&name).ok_or(Error::NotFound)?;
        Ok(AttachedPolicies::of(tenant, &Holder::Group(name)))
    }
}
