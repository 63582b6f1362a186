use super::settings::{self, Fault};
use super::shape::RoleAnswer;
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_role::RamRole;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Changes a role's trust policy, its description, or how long its sessions may last. Sessions there
/// are keep their time.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The role's name.
    #[parameter(example = "router")]
    role_name: String,
    /// The new trust policy: JSON, up to 2048 characters.
    #[parameter(
        example = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1234567890123456:root"]}}]}"#
    )]
    new_assume_role_policy_document: Option<String>,
    /// The new description, up to 1024 characters.
    #[parameter(example = "Routes for the deployment.")]
    new_description: Option<String>,
    /// How many seconds new sessions may last at most: 3600 to 43200.
    #[parameter(example = "7200")]
    new_max_session_duration: Option<i64>,
}

errors! {
    /// What `UpdateRole` refuses.
    pub enum Error {
        /// No role has this name.
        NotFound = 404, "EntityNotExist.Role",
            "The role does not exist.", "RAM API";
        /// The description is too long.
        DescriptionLength = 400, "InvalidParameter.NewDescription.Length",
            "The parameter - NewDescription beyond the length limit.", "RAM API";
        /// The sessions may last less than an hour, or more than twelve.
        Duration = 400, "InvalidParameter.NewMaxSessionDuration",
            "The parameter - NewMaxSessionDuration is not between 3600 and 43200.", "chosen";
        /// The trust policy is longer than 2048 characters.
        TrustLength = 400, "InvalidParameter.NewAssumeRolePolicyDocument.Length",
            "The parameter - NewAssumeRolePolicyDocument beyond the length limit.", "RAM API";
        /// The trust policy is none.
        Trust = 400, "InvalidParameter.NewAssumeRolePolicyDocument",
            "The parameter - NewAssumeRolePolicyDocument is not a trust policy ({}).", "chosen";
    }
}

/// See [`Request`].
pub struct UpdateRole;

impl Operation for UpdateRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Update,
        resources: &["role/{RoleName}"],
        examples: &[Example {
            title: "Longer sessions",
            request: &[("RoleName", "router"), ("NewMaxSessionDuration", "7200")],
            answer: r#"{"Role":{"RoleName":"router","MaxSessionDuration":7200}}"#,
        }],
        ..Declaration::of::<Request, Error>("UpdateRole")
    };
    type Request = Request;
    type Response = RoleAnswer;
}

impl Write for UpdateRole {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<RoleAnswer, Refusal> {
        let name = request.role_name.as_str().into();
        let mut role = txn.get::<RamRole>(&name).ok_or(Error::NotFound)?.clone();
        if let Some(description) = given(&request.new_description) {
            settings::check_description(Some(description)).map_err(refuse)?;
            role.description = Some(description.into());
        }
        if let Some(asked) = request.new_max_session_duration {
            role.session_max_s = settings::check_duration(asked).map_err(refuse)?;
        }
        if let Some(trust) = given(&request.new_assume_role_policy_document) {
            settings::check_trust(trust).map_err(refuse)?;
            role.trust = trust.into();
        }
        role.updated = txn.now();
        txn.put(role.clone());
        Ok(RoleAnswer::new(&role, &txn.context().account))
    }
}

/// Maps what is wrong with a setting to this operation's codes.
fn refuse(fault: Fault) -> Refusal {
    match fault {
        Fault::Description => Error::DescriptionLength.into(),
        Fault::Duration => Error::Duration.into(),
        Fault::TrustLength => Error::TrustLength.into(),
        Fault::Trust(error) => Error::Trust.with(error),
    }
}
