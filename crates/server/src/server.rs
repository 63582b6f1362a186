//! Accepts connections, a bounded number at once, until told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::connection::{Connection, refuse};
use crate::exchange::Shared;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::plain::PlainHttp;
use crate::service::Service;

/// How many peers are told at once that there is no room; more are dropped without a word.
const REFUSALS_AT_ONCE: usize = 64;

/// How long to wait after the system could not give another socket.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A bound listener that does not accept yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    plain: PlainHttp,
}

/// How a graceful stop went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were still at work when the time was over, and were cut off.
    pub cut_off: usize,
}

impl Server {
    /// Binds `address`; port 0 picks a free one. Peers queue in the system's backlog until [`Server::serve`].
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, plain: PlainHttp::Everyone })
    }

    /// The address bound, with the port picked.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From whom to take plain HTTP; everyone unless told.
    pub fn plain_http(self, plain: PlainHttp) -> Self {
        Self { plain, ..self }
    }

    /// Serves until `stop` resolves, then lets requests in flight finish within [`Limits::stop_timeout`].
    pub async fn serve<S: Service>(
        self,
        service: Arc<S>,
        tls: Arc<ServerConfig>,
        limits: Limits,
        stop: impl Future<Output = ()>,
    ) -> Stopped {
        let accepting = Accepting {
            slots: Arc::new(Semaphore::new(limits.max_connections)),
            refusals: Arc::new(Semaphore::new(REFUSALS_AT_ONCE)),
            shared: Arc::new(Shared {
                service,
                bodies: Arc::new(Semaphore::new(limits.max_bodies_bytes)),
                limits,
                metrics: Metrics::new(),
            }),
            tls: TlsAcceptor::from(tls),
            plain: self.plain,
        };
        let (stopping, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                // Reaps connections that ended, so that the set stays as small as what is open.
                Some(ended) = connections.join_next() => report(ended),
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => accepting.admit(stream, peer, &stopped, &mut connections),
                    Err(fault) => pause(&fault).await,
                },
            }
        }
        drop(self.listener);
        stopping.send_replace(true);
        drain(connections, accepting.shared.limits.stop_timeout).await
    }
}

/// What it takes to serve or refuse a connection.
struct Accepting<S> {
    slots: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    shared: Arc<Shared<S>>,
    tls: TlsAcceptor,
    plain: PlainHttp,
}

impl<S: Service> Accepting<S> {
    fn admit(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        stop: &watch::Receiver<bool>,
        connections: &mut JoinSet<()>,
    ) {
        // Small answers must not wait for more to say.
        let _ = stream.set_nodelay(true);
        let (shared, tls) = (self.shared.clone(), self.tls.clone());
        if let Ok(slot) = self.slots.clone().try_acquire_owned() {
            let (plain, stop) = (self.plain, stop.clone());
            let connection = Connection { stream, peer, shared, tls, plain, stop };
            connections.spawn(async move {
                connection.serve().await;
                drop(slot);
            });
            return;
        }
        shared.metrics.connections_refused.inc();
        tracing::warn!(%peer, "connection refused: all are taken");
        if let Ok(refusal) = self.refusals.clone().try_acquire_owned() {
            connections.spawn(async move {
                refuse(stream, tls, shared.limits.clone()).await;
                drop(refusal);
            });
        }
    }
}

/// An accept that failed is either one peer's affair or a lack of descriptors, which passes.
async fn pause(fault: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(fault.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%fault, "cannot accept connections");
        sleep(ACCEPT_PAUSE).await;
    }
}

async fn drain(mut connections: JoinSet<()>, limit: Duration) -> Stopped {
    let finish = async {
        while let Some(ended) = connections.join_next().await {
            report(ended);
        }
    };
    let _ = timeout(limit, finish).await;
    let cut_off = connections.len();
    connections.shutdown().await;
    Stopped { cut_off }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(fault) = ended
        && fault.is_panic()
    {
        tracing::error!(%fault, "a connection panicked");
    }
}
