//! The certificate a server shows, and how it is renewed without a restart.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use causeway_server::{Authority, OwnCertificate, Reload, ServerConfig};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::settings::Settings;

/// How often the files are looked at without being asked to.
const LOOK: Duration = Duration::from_secs(30);

/// A certificate with less life than this is worth a warning.
const SPARE: Duration = Duration::from_secs(14 * 86_400);

/// Where the certificate comes from.
pub enum Certificate {
    /// The local authority makes one at every start.
    Local(Box<Authority>),
    /// The operator's files.
    Own(Arc<OwnCertificate>),
}

impl Certificate {
    /// Opens the operator's files, if there are any.
    pub fn own(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(files) = &settings.own_certificate else { return Ok(None) };
        let own = OwnCertificate::open(&files.certificate, &files.key)?;
        report(&own);
        Ok(Some(Self::Own(own)))
    }

    /// Opens the local authority, with a copy of its certificate where one was asked for.
    pub fn local(settings: &Settings) -> anyhow::Result<Self> {
        let authority = match settings.directory() {
            Some(directory) => Authority::open(directory)?,
            None => Authority::in_memory()?,
        };
        if let Some(path) = &settings.ca_file {
            fs::write(path, authority.certificate_pem())
                .with_context(|| format!("cannot write the certificate to {}", path.display()))?;
        }
        Ok(Self::Local(Box::new(authority)))
    }

    /// The configuration to serve it; the local authority's is for the address listened on, too.
    pub fn server_config(
        &self,
        settings: &Settings,
        address: IpAddr,
    ) -> anyhow::Result<Arc<ServerConfig>> {
        let authority = match self {
            Self::Own(own) => return Ok(own.server_config()?),
            Self::Local(authority) => authority,
        };
        let address = (!address.is_unspecified()).then(|| address.to_canonical().to_string());
        let names: Vec<String> = address.into_iter().chain(settings.tls_names.clone()).collect();
        Ok(authority.server_config(&names)?)
    }

    /// The certificate to trust, where the local authority has it in a file.
    pub fn ca<'a>(&'a self, settings: &'a Settings) -> Option<&'a Path> {
        match self {
            Self::Own(_) => None,
            Self::Local(authority) => settings.ca_file.as_deref().or(authority.path()),
        }
    }

    /// Takes a new pair of files into use on SIGHUP, and soon after they change. To be aborted at the end.
    pub fn renew(&self) -> anyhow::Result<Option<JoinHandle<()>>> {
        let Self::Own(own) = self else { return Ok(None) };
        let hangup = signal(SignalKind::hangup())?;
        Ok(Some(tokio::spawn(renewing(own.clone(), hangup))))
    }
}

async fn renewing(own: Arc<OwnCertificate>, mut hangup: Signal) {
    loop {
        let asked = tokio::select! {
            _ = hangup.recv() => true,
            () = tokio::time::sleep(LOOK) => false,
        };
        let again = own.clone();
        // Files can be slow, for example on a network.
        let outcome = spawn_blocking(move || again.reload(asked)).await;
        match outcome {
            Ok(Ok(Reload::Replaced)) => report(&own),
            Ok(Ok(Reload::Unchanged)) if asked => tracing::info!("the certificate is unchanged"),
            Ok(Ok(Reload::Unchanged)) => {}
            Ok(Err(fault)) => tracing::error!(%fault, "the certificate in use stays"),
            Err(fault) => tracing::error!(%fault, "the certificate could not be read again"),
        }
    }
}

/// Says what is in use, and what is wrong with it.
fn report(own: &OwnCertificate) {
    let path = own.path().display();
    let not_after = own.not_after();
    let until = not_after.map(SystemTime::from);
    let left = until.map(|until| until.duration_since(SystemTime::now()).unwrap_or_default());
    let until = not_after.map(|instant| instant.to_string()).unwrap_or_default();
    match left {
        Some(left) if left < SPARE => {
            tracing::warn!(%path, until, "the certificate ends soon, or has")
        }
        _ => tracing::info!(%path, until, "certificate in use"),
    }
    if own.key_is_open() {
        tracing::warn!(
            "everyone on this machine can read the key of the certificate; run chmod 600 on it"
        );
    }
}
