use super::settings::{self, Fault};
use super::shape::RoleAnswer;
use crate::label::given;
use crate::{Authorized, Operation, Write};
use causeway_model::ram_role::{self, RamRole};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};

/// Creates a role. Whom its trust policy names may take it on with `AssumeRole`, and then does what is
/// attached to the role.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The name: 1 to 64 letters, digits, `.` and `-`. It is unique within the account.
    #[parameter(example = "router")]
    role_name: String,
    /// The trust policy: JSON, up to 2048 characters.
    #[parameter(
        example = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1234567890123456:root"]}}]}"#
    )]
    assume_role_policy_document: String,
    /// What it is for, up to 1024 characters.
    #[parameter(example = "Routes for the deployment.")]
    description: Option<String>,
    /// How many seconds its sessions may last at most: 3600 to 43200, 3600 when absent.
    #[parameter(example = "3600")]
    max_session_duration: Option<i64>,
}

errors! {
    /// What `CreateRole` refuses.
    pub enum Error {
        /// The name has other characters than letters, digits, `.` and `-`.
        NameChars = 400, "InvalidParameter.RoleName.InvalidChars",
            "The parameter - RoleName contains invalid chars.", "RAM API";
        /// The name is longer than 64 characters.
        NameLength = 400, "InvalidParameter.RoleName.Length",
            "The parameter - RoleName beyond the length limit.", "RAM API";
        /// The description is too long.
        DescriptionLength = 400, "InvalidParameter.Description.Length",
            "The parameter - Description beyond the length limit.", "RAM API";
        /// The sessions may last less than an hour, or more than twelve.
        Duration = 400, "InvalidParameter.MaxSessionDuration",
            "The parameter - MaxSessionDuration is not between 3600 and 43200.", "chosen";
        /// The trust policy is longer than 2048 characters.
        TrustLength = 400, "InvalidParameter.AssumeRolePolicyDocument.Length",
            "The parameter - AssumeRolePolicyDocument beyond the length limit.", "RAM API";
        /// The trust policy is none.
        Trust = 400, "InvalidParameter.AssumeRolePolicyDocument",
            "The parameter - AssumeRolePolicyDocument is not a trust policy ({}).", "chosen";
        /// A role has this name.
        Exists = 409, "EntityAlreadyExists.Role",
            "The role already exists.", "RAM API";
        /// The account has as many roles as its quota allows.
        Quota = 409, "LimitExceeded.Role",
            "The count of roles beyond the current limits.", "RAM API";
    }
}

/// See [`Request`].
pub struct CreateRole;

impl Operation for CreateRole {
    const DECLARATION: Declaration = Declaration {
        product: Product::Ram,
        access: Access::Create,
        resources: &["role/*"],
        examples: &[
            Example {
                title: "A role that users of the account may take on",
                request: &[
                    ("RoleName", "deployer"),
                    (
                        "AssumeRolePolicyDocument",
                        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1234567890123456:root"]}}]}"#,
                    ),
                ],
                answer: r#"{"Role":{"RoleId":"*","RoleName":"deployer","Arn":"acs:ram::1234567890123456:role/deployer","MaxSessionDuration":3600}}"#,
            },
            Example {
                title: "Nobody is trusted by pattern",
                request: &[
                    ("RoleName", "open"),
                    (
                        "AssumeRolePolicyDocument",
                        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["*"]}}]}"#,
                    ),
                ],
                answer: r#"{"Code":"InvalidParameter.AssumeRolePolicyDocument"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateRole")
    };
    type Request = Request;
    type Response = RoleAnswer;
}

impl Write for CreateRole {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<RoleAnswer, Refusal> {
        let name = request.role_name.as_str();
        if name.chars().count() > 64 {
            return Err(Error::NameLength.into());
        }
        if !ram_role::is_name(name) {
            return Err(Error::NameChars.into());
        }
        let description = given(&request.description);
        settings::check_description(description).map_err(refuse)?;
        let asked = request.max_session_duration.unwrap_or(ram_role::SESSION_DEFAULT_S);
        let session_max_s = settings::check_duration(asked).map_err(refuse)?;
        let trust = request.assume_role_policy_document.as_str();
        settings::check_trust(trust).map_err(refuse)?;
        if txn.get::<RamRole>(&name.into()).is_some() {
            return Err(Error::Exists.into());
        }
        if txn.all::<RamRole>().count() >= txn.context().quotas.ram_roles {
            return Err(Error::Quota.into());
        }
        let role = RamRole {
            name: name.into(),
            id: ram_role::new_id(txn),
            description: description.map(Into::into),
            trust: trust.into(),
            session_max_s,
            created: txn.now(),
            updated: txn.now(),
        };
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
