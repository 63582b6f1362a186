//! What `link` and `failovers` can be told.

use clap::{Args, Subcommand};

use super::ServerArguments;

const LINK_EXAMPLES: &str = "Examples:\n  \
    causeway link list                    all links, and what is believed of them\n  \
    causeway link down vco-bp1...         the IPsec connection fails: traffic moves to its standby\n  \
    causeway link down tun-...            one of its tunnels\n  \
    causeway link loss vco-bp1... 30      it loses three packets of ten; a health check decides\n  \
    causeway link delay vco-bp1... 200    answers come 200 ms later\n  \
    causeway link up vco-bp1...           and all is well again\n  \
    causeway failovers                    what moved, when, why, and how long traffic was lost";

const FAILOVERS_EXAMPLES: &str = "Examples:\n  \
    causeway failovers              the ten latest, the newest first\n  \
    causeway failovers -n 50        more of them\n  \
    causeway failovers --json       the same for programs";

/// What `link` can be told.
#[derive(Args, Debug)]
#[command(after_help = LINK_EXAMPLES)]
pub struct LinkArguments {
    #[command(subcommand)]
    pub command: LinkCommand,
    /// Region to call [default: the server's first]
    #[arg(long, value_name = "ID", global = true)]
    pub region: Option<String>,
    #[command(flatten)]
    pub server: ServerArguments,
}

/// What to do with links: IPsec connections, tunnels of them, and router interfaces.
#[derive(Debug, Subcommand)]
pub enum LinkCommand {
    /// Let a link carry nothing
    Down {
        /// The IPsec connection, a tunnel of one, or a router interface
        id: String,
    },
    /// Let a link work as links do
    Up {
        /// The IPsec connection, a tunnel of one, or a router interface
        id: String,
    },
    /// Let a link lose some packets
    Loss {
        /// The IPsec connection, a tunnel of one, or a router interface
        id: String,
        /// How many of a hundred packets it loses
        #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
        percent: u8,
    },
    /// Let answers over a link come later
    Delay {
        /// The IPsec connection, a tunnel of one, or a router interface
        id: String,
        /// How much later, in milliseconds
        #[arg(value_name = "MS", value_parser = clap::value_parser!(u32).range(0..=60_000))]
        delay_ms: u32,
    },
    /// List all links
    List {
        /// Print the answer as JSON
        #[arg(long)]
        json: bool,
    },
}

/// What `failovers` can be told.
#[derive(Args, Debug)]
#[command(after_help = FAILOVERS_EXAMPLES)]
pub struct FailoversArguments {
    /// How many at most
    #[arg(short = 'n', long, default_value_t = 10, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub lines: u16,
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Region to call [default: the server's first]
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
    #[command(flatten)]
    pub server: ServerArguments,
}
