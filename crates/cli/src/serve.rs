//! `causeway serve`: puts the parts together and runs them.

use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use causeway_server::{Limits, Server, Service};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::certificate::Certificate;
use crate::data::{self, RunningServer};
use crate::exposure;
use crate::greeting::Greeting;
use crate::log;
use crate::open::open_service;
use crate::settings::{AccessKey, Settings};

/// Serves until SIGTERM or SIGINT, then lets requests in flight finish.
pub fn serve(settings: &Settings) -> anyhow::Result<()> {
    log::start(settings);
    let settings = &data::account::settle(settings)?;
    raise_descriptor_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before anything slow: a signal during start-up must not be lost.
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        let open = |key: &AccessKey| open_service(settings, key);
        run(settings, open, &mut std::io::stdout(), either(terminate, interrupt)).await
    })
}

/// Each connection is a descriptor, and the usual soft limit is as low as the number of connections allowed.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(fault) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%fault, "the limit of open files stays as it is");
    }
}

async fn either(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
}

/// Binds, opens, greets on `output`, serves until `stop`.
async fn run<S: Service>(
    settings: &Settings,
    open: impl FnOnce(&AccessKey) -> anyhow::Result<S>,
    output: &mut impl Write,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let plain = exposure::plain_http(settings)?;
    // Early, because a taken port is the likeliest fault and nothing has been made yet.
    let server = Server::bind(settings.listen()).await.map_err(|fault| {
        let advice = advice(fault.kind(), settings.listen());
        anyhow::Error::new(fault).context(advice)
    })?;
    let address = server.address();
    if let Some(warning) = exposure::warning(settings, address) {
        eprintln!("{warning}");
    }
    // Before the state, so that a fault in the operator's files is not met by a start that has made something.
    let own = Certificate::own(settings)?;
    let directory = settings.directory();
    if let Some(directory) = directory {
        data::make(directory)?;
    }
    let (key, key_is_new) = root_key(settings)?;
    let service = Arc::new(open(&key)?);
    // Only now: a first start that failed must not have used up the one time the secret is shown.
    if let Some(directory) = directory.filter(|_| key_is_new) {
        data::keep_root_key(directory, &settings.key_file(directory), &key)?;
    } else if let Some(directory) = directory.filter(|_| settings.root_key.is_none()) {
        data::seal_root_key(directory, &settings.key_file(directory))?;
    }
    if let Some(directory) = directory {
        data::account::keep(directory, settings.account())?;
    }
    let certificate = own.map_or_else(|| Certificate::local(settings), Ok)?;
    let tls = certificate.server_config(settings, address.ip())?;
    let ca = certificate.ca(settings);
    if let Some(directory) = directory {
        let account = Some(settings.account().to_owned());
        let regions = settings.regions();
        RunningServer { address, ca: ca.map(absolute), account, regions }.write(directory)?;
    }
    let greeting = Greeting { address, settings, key: &key, key_is_new, plain, ca };
    writeln!(output, "{}Ready.", greeting.text()).context("cannot write to standard output")?;
    output.flush().context("cannot write to standard output")?;

    let renewal = certificate.renew()?;
    let stopped = server.plain_http(plain).serve(service, tls, Limits::default(), stop).await;
    if let Some(renewal) = renewal {
        renewal.abort();
    }
    if let Some(directory) = directory {
        RunningServer::remove(directory);
    }
    if stopped.cut_off > 0 {
        tracing::warn!(connections = stopped.cut_off, "stopped; some requests were cut off");
    }
    Ok(())
}

/// What to say of an address that cannot be listened on.
fn advice(kind: ErrorKind, address: SocketAddr) -> String {
    let advice = match kind {
        ErrorKind::AddrInUse => {
            "is a server running there? --listen chooses another address, port 0 a free one"
        }
        ErrorKind::PermissionDenied if address.port() < 1024 => {
            "ports below 1024 need privileges; --listen chooses another"
        }
        ErrorKind::AddrNotAvailable => {
            "no interface of this machine has this address; --listen 0.0.0.0:PORT takes all there are"
        }
        _ => "--listen chooses another address",
    };
    format!("cannot listen on {address}: {advice}")
}

/// The key told, the key kept, or a new one; and whether it is new.
fn root_key(settings: &Settings) -> anyhow::Result<(AccessKey, bool)> {
    if let Some(key) = &settings.root_key {
        return Ok((key.clone(), false));
    }
    let kept = settings.directory().map(|it| data::root_key(it, &settings.key_file(it)));
    let kept = kept.transpose()?.flatten();
    if let Some(key) = kept {
        return Ok((key, false));
    }
    let made = AccessKey::random();
    Ok((made.map_err(|fault| anyhow!("the system gives no randomness for a key: {fault}"))?, true))
}

/// Other commands run elsewhere.
fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
#[path = "serve/tests.rs"]
mod tests;
