//! What `ram` can be told.

use std::net::IpAddr;

use clap::{Args, Subcommand};

use super::ApiArguments;

const EXAMPLES: &str = "Examples:\n  \
    causeway ram explain --user alice CreateVpc                       which statement decides\n  \
    causeway ram explain --role router DeleteRouteEntry RouteEntryId=rte-...\n  \
    causeway ram explain --key LTAI5t... DescribeVpcs --source-address 192.0.2.7 --secure\n  \
    causeway ram explain --user alice DeleteVpc VpcId=vpc-... --json  the same for programs\n\n\
    Nothing is called. When it is denied, the policies that would allow it are named.\n\
    Exit status: 0 allowed, 10 denied, 1 fault or an error answer, 2 wrong usage.";

/// What `ram` can be told.
#[derive(Args, Debug)]
pub struct RamArguments {
    #[command(subcommand)]
    pub command: RamCommand,
}

/// What to do about rights.
#[derive(Debug, Subcommand)]
pub enum RamCommand {
    /// Tell whether a principal may call an action, and which statement of which policy decides
    #[command(after_help = EXAMPLES)]
    Explain(Box<ExplainArguments>),
}

/// What `ram explain` can be told.
#[derive(Args, Debug)]
pub struct ExplainArguments {
    #[command(flatten)]
    pub principal: PrincipalArguments,
    /// The address the call would come from [default: 127.0.0.1]
    #[arg(long, value_name = "IP")]
    pub source_address: Option<IpAddr>,
    /// The call would come over TLS
    #[arg(long)]
    pub secure: bool,
    #[command(flatten)]
    pub api: ApiArguments,
}

/// Who would call.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct PrincipalArguments {
    /// A RAM user would call
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// A session of this role would call
    #[arg(long, value_name = "NAME")]
    pub role: Option<String>,
    /// This access key would sign, a RAM user's or a temporary one
    #[arg(long, value_name = "ID")]
    pub key: Option<String>,
}
