//! What `serve` is told: by flag, environment variable or configuration file, in this order.

mod access_key;
pub mod audit_value;
pub mod key;
mod layer;
mod regions;
mod resolve;
mod unknown;
mod value;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use causeway_engine::{AuditSettings, Throttle};
use causeway_model::{Quotas, RouteStateNames, TaskLength};
use causeway_operations::Enforcement;
use causeway_types::Timestamp;
use tracing_subscriber::filter::LevelFilter;

pub use access_key::AccessKey;
pub use key::Key;
pub use layer::{Layer, Sources};
pub use unknown::unknown_variables;
pub use value::account as account_id;

/// Everything `serve` can be told, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where to listen; none when nobody said.
    pub listen: Option<SocketAddr>,
    /// Where state is kept.
    pub storage: Storage,
    /// Where the keys that seal secrets are; none for the data directory.
    pub key_file: Option<PathBuf>,
    /// The root access key; none when one is to be made and kept.
    pub root_key: Option<AccessKey>,
    /// The account, sixteen digits; none when nobody said.
    pub account: Option<String>,
    /// Further accounts, with their own root keys.
    pub other_accounts: Vec<(String, AccessKey)>,
    /// The regions served, in the order given; none when nobody said.
    pub regions: Option<Vec<String>>,
    /// Decides identifiers; none for a random one.
    pub seed: Option<u64>,
    /// How long asynchronous work takes.
    pub tasks: TaskLength,
    /// Whose time it is.
    pub clock: Clock,
    /// How the state of a stable VPC route is named.
    pub route_states: RouteStateNames,
    /// Whether a batch destination may contain the block of a vSwitch (decision A1).
    pub allow_supernet: bool,
    /// Limits of the account.
    pub quotas: Quotas,
    /// The least severe events that are logged.
    pub log: LevelFilter,
    /// How they are written.
    pub log_format: LogFormat,
    /// Where to write a copy of the certificate authority's certificate.
    pub ca_file: Option<PathBuf>,
    /// More names of hosts, or addresses, the listener's certificate is for.
    pub tls_names: Vec<String>,
    /// The operator's certificate and key, instead of one by the local authority.
    pub own_certificate: Option<OwnCertificateFiles>,
    /// Whether others may call over plain HTTP.
    pub insecure: bool,
    /// How often may be called.
    pub throttle: Throttle,
    /// What becomes of calls that policies deny.
    pub ram_enforce: Enforcement,
    /// What is recorded of calls, and for how long.
    pub audit: AuditSettings,
}

/// Where the operator's certificate chain and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCertificateFiles {
    /// The chain, the listener's certificate first.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Where state is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Nowhere: gone with the process.
    Memory,
    /// In this directory.
    Directory(PathBuf),
}

/// Whose time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The system's.
    Real,
    /// Stands still at this instant.
    Frozen(Timestamp),
}

/// How log events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// A setting that cannot be used: which one, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

impl Settings {
    /// Where `serve` listens unless told: loopback only.
    pub const DEFAULT_LISTEN: SocketAddr =
        SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4580);

    /// The address to listen on.
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or(Self::DEFAULT_LISTEN)
    }

    /// The data directory, if state is kept in one.
    pub fn directory(&self) -> Option<&Path> {
        match &self.storage {
            Storage::Memory => None,
            Storage::Directory(path) => Some(path),
        }
    }

    /// Where the keys that seal the secrets of a data directory are.
    pub fn key_file(&self, directory: &Path) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| directory.join("seal.key"))
    }

    /// The account served.
    pub fn account(&self) -> &str {
        self.account.as_deref().unwrap_or("1234567890123456")
    }

    /// The regions served; the first is the one clients use unless told.
    pub fn regions(&self) -> Vec<String> {
        self.regions.clone().unwrap_or_else(|| regions::DEFAULT_REGIONS.map(str::to_owned).to_vec())
    }
}
