//! What `audit` can be told, and `serve` about it.

use clap::{Args, Subcommand};

use super::ServerArguments;
use crate::settings::{Key, Layer};

const EXAMPLES: &str = "Examples:\n  \
    causeway audit tail                                        the newest calls, and those to come\n  \
    causeway audit search --since 2h --resource vtb-bp1...     who touched this table\n  \
    causeway audit search --user alice --name DeleteRouteEntry\n  \
    causeway audit export --since 7d > events.jsonl            a JSON object a line, the oldest first";

/// What `audit` can be told.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct AuditArguments {
    #[command(subcommand)]
    pub command: AuditCommand,
    #[command(flatten)]
    pub server: ServerArguments,
}

/// What to do with the audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Show the newest calls and wait for more
    Tail {
        /// How many to begin with
        #[arg(short = 'n', long, default_value_t = 10, value_name = "N")]
        lines: usize,
        /// Do not wait
        #[arg(long)]
        once: bool,
        /// Print JSON lines
        #[arg(long)]
        json: bool,
    },
    /// Show the calls that match, the newest first
    Search {
        #[command(flatten)]
        filter: AuditFilter,
        /// How many at most
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// Print JSON lines
        #[arg(long)]
        json: bool,
    },
    /// Print the calls that match as JSON lines, the oldest first
    Export {
        #[command(flatten)]
        filter: AuditFilter,
    },
}

/// Which calls.
#[derive(Args, Clone, Debug, Default)]
pub struct AuditFilter {
    /// Since when: an instant, or how long ago, such as 30m, 2h or 7d [default: 7d]
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Until when [default: now]
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Of this action
    #[arg(long, value_name = "ACTION")]
    pub name: Option<String>,
    /// By this user or role, or root
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// About the resource of this id or name
    #[arg(long, value_name = "ID")]
    pub resource: Option<String>,
    /// With this access key
    #[arg(long, value_name = "ID")]
    pub key: Option<String>,
    /// Those that only read
    #[arg(long, conflicts_with = "writes")]
    pub reads: bool,
    /// Those that change something
    #[arg(long)]
    pub writes: bool,
}

/// What `serve` can be told about the audit trail.
#[derive(Args, Debug)]
pub struct AuditFlags {
    /// Record calls that only read, too; refused ones always are
    #[arg(long)]
    audit_reads: bool,
    /// How long calls are kept, for example 90d [default: 90d]
    #[arg(long, value_name = "TIME")]
    audit_keep: Option<String>,
    /// How much disk space they take at most, for example 1GiB [default: 1GiB]
    #[arg(long, value_name = "SIZE")]
    audit_max: Option<String>,
}

impl AuditFlags {
    pub(super) fn add_to(self, layer: Layer) -> Layer {
        layer
            .flag(Key("audit-reads"), self.audit_reads.then(|| "true".to_owned()))
            .flag(Key("audit-keep"), self.audit_keep)
            .flag(Key("audit-max"), self.audit_max)
    }
}
