//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::settings::{Key, Layer};

mod audit;
mod examples;
mod key;
mod link;
mod ram;

pub use audit::{AuditArguments, AuditCommand, AuditFilter};
use examples::{
    ABOUT, API_EXAMPLES, ENV_EXAMPLES, EXAMPLES, IMPACT_EXAMPLES, LINT_EXAMPLES, SERVE_EXAMPLES,
    TRACE_EXAMPLES,
};
pub use key::{KeyArguments, KeyCommand};
pub use link::{FailoversArguments, LinkArguments, LinkCommand};
pub use ram::{ExplainArguments, PrincipalArguments, RamArguments, RamCommand};

#[derive(Debug, Parser)]
#[command(name = "causeway", version, about = ABOUT, after_help = EXAMPLES)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(Box<ServeArguments>),
    /// Print what makes clients talk to the server, and to nothing else
    #[command(after_help = ENV_EXAMPLES)]
    Env(EnvArguments),
    /// Call an action of the running server
    #[command(after_help = API_EXAMPLES)]
    Api(ApiArguments),
    /// Tell where a packet goes, and why not another way
    #[command(after_help = TRACE_EXAMPLES)]
    Trace(TraceArguments),
    /// Set a simulated link down or up, make it bad, or list all links
    Link(LinkArguments),
    /// Show which traffic moved to another link, when, why, and how long it was lost
    Failovers(FailoversArguments),
    /// Tell what an action would do to forwarding, without doing it
    #[command(after_help = IMPACT_EXAMPLES)]
    Impact(ApiArguments),
    /// Look for standing faults: black holes, routes of no use, missing ways back
    #[command(after_help = LINT_EXAMPLES)]
    Lint(LintArguments),
    /// Tell why a user, a role or an access key may call an action or not
    Ram(RamArguments),
    /// Look after the keys that seal secrets
    Key(KeyArguments),
    /// Show who called what, and what came of it
    Audit(AuditArguments),
    /// Print the completion script of a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// What tells where a server is and how to sign for it. Before or behind the words of a command.
#[derive(Args, Clone, Debug, Default)]
pub struct ServerArguments {
    /// Read settings from this TOML file [env: CAUSEWAY_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port; port 0 picks a free one [default: 127.0.0.1:4580]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Directory that keeps state, keys and certificates [default: the user's data directory]
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "memory")]
    data: Option<String>,
    /// File with the keys that seal secrets [default: seal.key in the data directory]
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<String>,
    /// Keep nothing: state is gone with the process
    #[arg(long, global = true)]
    memory: bool,
    /// Access key of the account's root [default: made on first start and kept in the data directory]
    #[arg(long, global = true, value_name = "ID:SECRET")]
    root_key: Option<String>,
    /// Account id, sixteen digits [default: 1234567890123456]
    #[arg(long, global = true, value_name = "ID")]
    account: Option<String>,
}

impl ServerArguments {
    /// What was said, and the configuration file named.
    pub fn into_layer(self) -> (Layer, Option<PathBuf>) {
        let layer = Layer::default()
            .flag(Key("listen"), self.listen)
            .flag(Key("data"), self.data)
            .flag(Key("key-file"), self.key_file)
            .flag(Key("memory"), self.memory.then(|| "true".to_owned()))
            .flag(Key("root-key"), self.root_key)
            .flag(Key("account"), self.account);
        (layer, self.config)
    }
}

/// What `serve` can be told.
#[derive(Args, Debug)]
pub struct ServeArguments {
    #[command(flatten)]
    server: ServerArguments,
    /// Another account, alone in its world, and its root key; repeat it or separate with commas
    #[arg(long, value_name = "ID=KEY:SECRET")]
    other_account: Vec<String>,
    /// Region to serve; repeat it or separate with commas [default: the provider's larger regions]
    #[arg(long, value_name = "ID")]
    region: Vec<String>,
    /// Number that decides the identifiers given out; the same seed gives the same ones [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<String>,
    /// How long asynchronous work takes: immediate, manual (CompleteTasks ends it) or a time [default: 150ms]
    #[arg(long, value_name = "immediate|manual|TIME")]
    tasks: Option<String>,
    /// Whose time it is: real, or frozen:INSTANT, which only AdvanceClock moves [default: real]
    #[arg(long, value_name = "real|frozen:INSTANT")]
    clock: Option<String>,
    /// The words for a VPC route's state: Pending and Available, or Creating and Created [default: available]
    #[arg(long, value_name = "available|created")]
    route_states: Option<String>,
    /// Let a destination of CreateRouteEntries contain the block of a vSwitch
    #[arg(long)]
    allow_supernet: bool,
    /// Limit other than the provider's default, for example vpcs=100; repeat it or separate with commas
    #[arg(long, value_name = "NAME=LIMIT")]
    quota: Vec<String>,
    /// Least severe events to log: off, error, warn, info, debug or trace [default: info]
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
    /// How to write the log, on standard error [default: text]
    #[arg(long, value_name = "text|json")]
    log_format: Option<String>,
    /// Also write the certificate of the local authority to this file, for clients to trust
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
    /// Name or address others reach the server by, for its certificate; repeat it or separate with commas
    #[arg(long, value_name = "NAME")]
    tls_name: Vec<String>,
    /// Certificate chain (PEM) to show instead of one by the local authority; read again on SIGHUP or when it changes
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<String>,
    /// Its private key (PEM)
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// Let other machines call over plain HTTP, which shows their requests to the network
    #[arg(long)]
    insecure: bool,
    /// Calls a second: action=N and account=N (off unless given), failed=N from one address [default: failed=100]
    #[arg(long, value_name = "NAME=RATE|NAME=off")]
    throttle: Vec<String>,
    /// What becomes of a call that RAM policies deny: on refuses it, soft allows and reports it, off does not ask [default: on]
    #[arg(long, value_name = "on|soft|off")]
    ram_enforce: Option<String>,
    #[command(flatten)]
    audit: audit::AuditFlags,
}

impl ServeArguments {
    /// What was said, and the configuration file named.
    pub fn into_layer(self) -> (Layer, Option<PathBuf>) {
        let (layer, config) = self.server.into_layer();
        let layer = layer
            .flag(Key("other-account"), self.other_account)
            .flag(Key("region"), self.region)
            .flag(Key("seed"), self.seed)
            .flag(Key("tasks"), self.tasks)
            .flag(Key("clock"), self.clock)
            .flag(Key("route-states"), self.route_states)
            .flag(Key("allow-supernet"), self.allow_supernet.then(|| "true".to_owned()))
            .flag(Key("quota"), self.quota)
            .flag(Key("log"), self.log)
            .flag(Key("log-format"), self.log_format)
            .flag(Key("ca-file"), self.ca_file)
            .flag(Key("tls-name"), self.tls_name)
            .flag(Key("tls-cert"), self.tls_cert)
            .flag(Key("tls-key"), self.tls_key)
            .flag(Key("insecure"), self.insecure.then(|| "true".to_owned()))
            .flag(Key("throttle"), self.throttle)
            .flag(Key("ram-enforce"), self.ram_enforce);
        (self.audit.add_to(layer), config)
    }
}

/// How `env` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EnvFormat {
    /// export lines for a POSIX shell
    Shell,
    /// NAME=value lines
    Dotenv,
    /// a provider block in HCL
    Terraform,
    /// commands that make a profile of the aliyun CLI
    Aliyun,
    /// one JSON object of variables
    Json,
}

/// What `env` can be told.
#[derive(Args, Debug)]
pub struct EnvArguments {
    /// For whom
    #[arg(value_enum, default_value_t = EnvFormat::Shell)]
    pub format: EnvFormat,
    /// Region clients are to use [default: the server's first]
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
    #[command(flatten)]
    pub server: ServerArguments,
}

/// What `api` can be told.
#[derive(Args, Debug)]
pub struct ApiArguments {
    /// The action, for example DescribeVpcs
    pub action: String,
    /// Its parameters, flattened as on the wire: RouteEntries.1.NextHop=i-...
    #[arg(value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// API version [default: that of the action's product]
    #[arg(long, value_name = "DATE")]
    pub version_of_api: Option<String>,
    /// Region to call; sent as RegionId unless given as a parameter [default: the server's first]
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub server: ServerArguments,
}

/// What `trace` can be told.
#[derive(Args, Debug)]
pub struct TraceArguments {
    /// The address the packet comes from
    #[arg(long, value_name = "IP")]
    pub from: IpAddr,
    /// The address it is to go to
    #[arg(long, value_name = "IP")]
    pub to: IpAddr,
    /// The VPC to set out in, when several have the address
    #[arg(long, value_name = "ID")]
    pub vpc: Option<String>,
    /// The vSwitch to set out from, whatever the address
    #[arg(long, value_name = "ID")]
    pub vswitch: Option<String>,
    /// Also trace the answer's way back
    #[arg(long)]
    pub both: bool,
    /// Also name the rows that lose, and why
    #[arg(long)]
    pub why: bool,
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Region to call [default: the server's first]
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
    #[command(flatten)]
    pub server: ServerArguments,
}

/// What `lint` can be told.
#[derive(Args, Debug)]
pub struct LintArguments {
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Region to call [default: the server's first]
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
    #[command(flatten)]
    pub server: ServerArguments,
}

/// The whole command line, with each setting's variable in its help.
pub fn command() -> clap::Command {
    let with_variable = |arg: clap::Arg| {
        let Some(key) = arg.get_long().and_then(Key::find) else { return arg };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        arg.help(format!("{help} [env: {}]", key.variable()))
    };
    let serve = |serve: clap::Command| serve.mut_args(with_variable);
    let client = |command: clap::Command| command.mut_args(|arg| of_client(arg, with_variable));
    let command = CommandLine::command().mut_subcommand("serve", serve);
    let clients = ["env", "api", "link", "failovers", "impact", "lint", "audit", "trace", "ram"];
    clients.into_iter().fold(command, |command, name| command.mut_subcommand(name, client))
}

/// The same flags, as commands that look for a server mean them.
fn of_client(arg: clap::Arg, change: impl Fn(clap::Arg) -> clap::Arg) -> clap::Arg {
    let help = match arg.get_long() {
        // The client's, not the setting.
        Some("region") => return arg,
        Some("listen") => {
            "Where the server is, its host a name or an address [default: what it left in the data directory, else \
             127.0.0.1:4580]"
        }
        Some("data") => "The server's data directory [default: the user's data directory]",
        Some("memory") => "The server keeps nothing: its key is the one given with --root-key",
        Some("root-key") => "Access key to sign with [default: the one kept in the data directory]",
        Some("account") => "Account id of that key [default: the server's]",
        _ => return change(arg),
    };
    change(arg.help(help))
}

/// The command line for completions, which offer the actions there are. Not for reading: any action may be called.
pub fn with_actions() -> clap::Command {
    let names = causeway_operations::all().map(|entry| entry.declaration.name);
    let actions = clap::builder::PossibleValuesParser::new(names);
    // Not `mut_arg`: it moves the argument behind the others.
    let of_action = |arg: clap::Arg| {
        if arg.get_id() == "action" { arg.value_parser(actions.clone()) } else { arg }
    };
    command().mut_subcommand("api", |api| api.mut_args(of_action))
}

/// Reads the command line; on wrong usage says so and exits with 2.
pub fn parse() -> Command {
    let parsed = CommandLine::from_arg_matches(&command().get_matches());
    parsed.unwrap_or_else(|fault| fault.exit()).command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::key::KEYS;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_setting_is_a_flag_whose_help_names_its_variable() {
        let mut command = command();
        let help = command.find_subcommand_mut("serve").unwrap().render_help().to_string();
        for key in KEYS {
            assert!(
                help.contains(&format!("{} ", key.flag())) || help.contains(&key.flag()),
                "{key:?}"
            );
            assert!(help.contains(&key.variable()), "{key:?} in {help}");
        }
    }

    #[test]
    fn client_commands_say_what_their_flags_mean_to_them() {
        let mut command = command();
        for name in ["api", "env", "trace", "link", "failovers", "impact", "lint", "audit"] {
            let help = command.find_subcommand_mut(name).unwrap().render_help().to_string();
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(help.contains("Where the server is, its host a name"), "{help}");
            assert!(help.contains("[env: CAUSEWAY_LISTEN]") && !help.contains("port 0"), "{help}");
        }
    }

    #[test]
    fn completions_offer_the_actions() {
        let mut command = with_actions();
        command.build();
        let api = command.find_subcommand("api").unwrap();
        let action = api.get_arguments().find(|arg| arg.get_id() == "action").unwrap();
        let offered = action.get_possible_values();
        assert!(offered.iter().any(|value| value.get_name() == "CreateRouteEntries"));
        assert_eq!(offered.len(), causeway_operations::all().count());
    }

    #[test]
    fn flags_become_a_layer() {
        let line = [
            "causeway", "serve", "--memory", "--region", "cn-a", "--region", "cn-b", "--seed", "3",
        ];
        let parsed = CommandLine::try_parse_from(line).unwrap();
        let Command::Serve(arguments) = parsed.command else { panic!("not serve") };
        let (layer, config) = arguments.into_layer();
        let expected = Layer::default()
            .flag(Key("memory"), ["true".to_owned()])
            .flag(Key("region"), ["cn-a".to_owned(), "cn-b".to_owned()])
            .flag(Key("seed"), ["3".to_owned()]);
        assert_eq!((layer, config), (expected, None));
    }
}
