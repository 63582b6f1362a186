//! The declaration of an operation.

use crate::error::{DeclaredErrors, ErrorCode};
use crate::parameter::{Parameter, Request};

/// Products served on the one port, told apart by `Version` (clients.md 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// VPC and VPN gateway.
    Vpc,
    /// Resource Access Management.
    Ram,
    /// Security Token Service.
    Sts,
    /// ActionTrail: what was called.
    ActionTrail,
    /// Causeway's own.
    Causeway,
}

impl Product {
    /// All products.
    pub const ALL: &'static [Product] =
        &[Product::Vpc, Product::Ram, Product::Sts, Product::ActionTrail, Product::Causeway];

    /// The `Version` parameter.
    pub fn version(self) -> &'static str {
        match self {
            Product::Vpc => "2016-04-28",
            Product::Ram => "2015-05-01",
            Product::Sts => "2015-04-01",
            Product::ActionTrail => "2020-07-06",
            Product::Causeway => "2026-11-20",
        }
    }

    /// The product's name.
    pub fn name(self) -> &'static str {
        match self {
            Product::Vpc => "Vpc",
            Product::Ram => "Ram",
            Product::Sts => "Sts",
            Product::ActionTrail => "Actiontrail",
            Product::Causeway => "Causeway",
        }
    }

    /// The service code in RAM actions and ARNs.
    pub fn ram_code(self) -> &'static str {
        match self {
            Product::Vpc => "vpc",
            Product::Ram => "ram",
            Product::Sts => "sts",
            Product::ActionTrail => "actiontrail",
            Product::Causeway => "causeway",
        }
    }

    /// Whether its resources belong to the account as a whole, and to no region.
    pub fn is_global(self) -> bool {
        matches!(self, Product::Ram | Product::Sts | Product::ActionTrail)
    }
}

/// RAM access levels (S-RE-20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `create`.
    Create,
    /// `list`.
    List,
    /// `get`.
    Get,
    /// `update`.
    Update,
    /// `delete`.
    Delete,
}

impl Access {
    /// The word RAM pages use.
    pub fn text(self) -> &'static str {
        match self {
            Access::Create => "create",
            Access::List => "list",
            Access::Get => "get",
            Access::Update => "update",
            Access::Delete => "delete",
        }
    }
}

/// What an operation says about itself.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The `Action`.
    pub name: &'static str,
    /// The product it belongs to.
    pub product: Product,
    /// What it does, for its users.
    pub doc: &'static str,
    /// Its own parameters; the pipeline adds `RegionId`, `ClientToken` and `DryRun`.
    pub parameters: &'static [Parameter],
    /// Whether `RegionId` must be given.
    pub region_required: bool,
    /// Whether it takes a `ClientToken`.
    pub client_token: bool,
    /// Whether it takes `DryRun`.
    pub dry_run: bool,
    /// Whether work goes on after the answer.
    pub asynchronous: bool,
    /// RAM access level.
    pub access: Access,
    /// What RAM decides on, relative to `acs:<service>:<region>:<account>:`; `{Name}` stands for a
    /// parameter, in every element of a list (`routetable/{RouteEntries.RouteTableId}`). None: every
    /// caller may.
    pub resources: &'static [&'static str],
    /// The errors it can answer beyond those of every operation.
    pub errors: &'static [ErrorCode],
    /// Requests and what they answer, in the standard scene.
    pub examples: &'static [Example],
}

impl Declaration {
    /// A declaration with what the types already say; fill in the rest with struct update.
    pub const fn of<R: Request, E: DeclaredErrors>(name: &'static str) -> Declaration {
        Declaration {
            name,
            product: Product::Vpc,
            doc: R::DOC,
            parameters: R::PARAMETERS,
            region_required: false,
            client_token: false,
            dry_run: false,
            asynchronous: false,
            access: Access::List,
            resources: &[],
            errors: E::ALL,
            examples: &[],
        }
    }
}

/// A request with the essential part of its answer. `$vpn` and the like name resources of the
/// standard scene; in the answer `*` matches anything.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// Parameters.
    pub request: &'static [(&'static str, &'static str)],
    /// A JSON object: every member must be in the answer. For an error, its `Code`.
    pub answer: &'static str,
}
