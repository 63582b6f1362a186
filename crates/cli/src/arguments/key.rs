//! What `key` can be told.

use clap::{Args, Subcommand};

use super::ServerArguments;

const EXAMPLES: &str = "Examples:\n  \
    causeway key rotate                           a new key for the user's data directory\n  \
    causeway key rotate --data DIR --key-file FILE\n\n\
    The server must not run. What is interrupted can be done again.";

/// What `key` can be told.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct KeyArguments {
    #[command(subcommand)]
    pub command: KeyCommand,
    #[command(flatten)]
    pub server: ServerArguments,
}

/// What to do with the keys that seal secrets.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Seal all secrets with a new key, and forget the old ones
    Rotate,
}
