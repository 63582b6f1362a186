//! `causeway-load`: the other side of a benchmark. Each command does one thing, and prints what came of it as one
//! line of JSON; `cargo xtask bench` puts them together.

mod aws;
mod calls;
mod client;
mod constant;
mod disk;
mod drive;
mod http;
mod latency;
mod process;
mod scene;
mod seed;
mod sign;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;

use crate::calls::Call;
use crate::drive::Load;
use crate::scene::Scene;
use crate::sign::{Signature, Signer};

/// Drives a server with signed calls, and measures what there is to compare with.
#[derive(Parser)]
#[command(name = "causeway-load", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Call Causeway
    Drive {
        /// What to call
        call: Call,
        #[command(flatten)]
        amount: Amount,
        /// Access key of the account's root
        #[arg(long, value_name = "ID:SECRET", default_value = "bench-ak:bench-sk")]
        key: String,
        /// How to sign
        #[arg(long, value_enum, default_value_t = Signature::V3)]
        signature: Signature,
    },
    /// Send the requests of CreateRouteEntry to a server that answers anything
    DriveConstant {
        #[command(flatten)]
        amount: Amount,
    },
    /// Call moto
    DriveMoto {
        /// What to call
        call: aws::Call,
        #[command(flatten)]
        amount: Amount,
    },
    /// Serve one answer to every request
    Constant {
        /// Address and port
        #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Bytes of the answer's body
        #[arg(long, value_name = "N")]
        bytes: usize,
    },
    /// Append to a file and make each append durable
    Append {
        /// Where to make the file
        directory: PathBuf,
        /// Bytes of an append
        #[arg(long, value_name = "N")]
        bytes: usize,
        /// Appends
        #[arg(long, value_name = "N")]
        count: usize,
    },
    /// Fill a new store
    Seed {
        /// The store's directory: `store` in the server's data directory
        directory: PathBuf,
        /// Routes in all
        #[arg(long, value_name = "N")]
        routes: u64,
        /// Routes of each table
        #[arg(long, value_name = "N", default_value_t = 10)]
        routes_per_table: u64,
        /// VPCs of the account that calls are made for, at most
        #[arg(long, value_name = "N", default_value_t = 10_000)]
        vpcs_of_first: u64,
        /// The account that calls are made for
        #[arg(long, value_name = "ID", default_value = "1234567890123456")]
        account: String,
    },
    /// Read a store from end to end
    Scan {
        /// The store's directory
        directory: PathBuf,
    },
}

/// How much to send.
#[derive(Args)]
struct Amount {
    /// The server
    #[arg(long, value_name = "ADDR:PORT")]
    to: SocketAddr,
    /// Connections
    #[arg(long, value_name = "N", default_value_t = 1)]
    clients: usize,
    /// Requests that are measured
    #[arg(long, value_name = "N")]
    requests: usize,
    /// Requests before them
    #[arg(long, value_name = "N", default_value_t = 0)]
    warm_up: usize,
    /// Requests a second, whatever the answers do; without it each client waits for its answer
    #[arg(long, value_name = "N")]
    rate: Option<f64>,
    /// The server's process, to tell what it uses
    #[arg(long, value_name = "PID")]
    pid: Option<u32>,
}

impl Amount {
    fn load(&self) -> Load {
        Load {
            address: self.to,
            clients: self.clients,
            warm_up: self.warm_up,
            requests: self.requests,
            rate: self.rate,
            pid: self.pid,
            may_fail: false,
        }
    }
}

fn main() -> anyhow::Result<()> {
    match CommandLine::parse().command {
        Command::Drive { call, amount, key, signature } => {
            let signer = &Signer::new(amount.to, &key, signature)?;
            print(&call.measure(&Scene { address: amount.to, signer }, &amount.load())?)
        }
        Command::DriveConstant { amount } => {
            let signer = Signer::new(amount.to, "bench-ak:bench-sk", Signature::V3)?;
            print(&calls::without_scene(&signer, &amount.load())?)
        }
        Command::DriveMoto { call, amount } => {
            // Its threads trip over each other: some requests of several clients fail.
            let load = Load { may_fail: true, ..amount.load() };
            print(&aws::measure(call, &load)?)
        }
        Command::Constant { listen, bytes } => constant::serve(listen, bytes),
        Command::Append { directory, bytes, count } => {
            print(&disk::append(&directory, bytes, count)?)
        }
        Command::Seed { directory, routes, routes_per_table, vpcs_of_first, account } => {
            seed::must_be_new(&directory)?;
            let plan = seed::Plan { routes, routes_per_table, vpcs_of_first };
            print(&seed::seed(&directory, &account, plan)?)
        }
        Command::Scan { directory } => print(&disk::scan(&directory)?),
    }
}

fn print(result: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(result)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
