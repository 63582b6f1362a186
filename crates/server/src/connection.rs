//! One connection: HTTP or TLS, then request after request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http::header;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::exchange::{Shared, answer};
use crate::guard::Guard;
use crate::limits::Limits;
use crate::metrics::Present;
use crate::plain::PlainHttp;
use crate::progress::{Phase, Progress};
use crate::rejection::Rejection;
use crate::service::{Peer, Service};

/// The first byte of a TLS record that starts a handshake; no HTTP method starts with it.
const TLS_HANDSHAKE: u8 = 0x16;

/// An accepted socket and what is needed to serve it.
pub struct Connection<S> {
    /// The socket.
    pub stream: TcpStream,
    /// The other end.
    pub peer: SocketAddr,
    /// What all connections share.
    pub shared: Arc<Shared<S>>,
    /// The certificate to show.
    pub tls: TlsAcceptor,
    /// From whom plain HTTP is taken.
    pub plain: PlainHttp,
    /// Becomes true when the listener stops.
    pub stop: watch::Receiver<bool>,
}

impl<S: Service> Connection<S> {
    /// Serves the connection to its end. Never fails: what goes wrong on a connection is the peer's affair.
    pub async fn serve(self) {
        let Self { stream, peer, shared, tls, plain, mut stop } = self;
        let _present = Present::new(&shared.metrics.connections_open);
        let host = local_host(&stream);
        let Some(secure) = stopping(&mut stop, is_tls(&stream, &shared.limits)).await.flatten()
        else {
            return;
        };
        let peer = Peer { address: peer.ip().to_canonical(), secure };
        shared.metrics.connected(secure);
        if !secure {
            let own = stream.local_addr().ok().map(|own| own.ip().to_canonical());
            let refused = (!plain.takes(peer.address, own)).then_some(Rejection::NeedsTls);
            return requests(stream, peer, host, &shared, refused, stop).await;
        }
        let handshake = timeout(shared.limits.handshake_timeout, tls.accept(stream));
        match stopping(&mut stop, handshake).await {
            None => {}
            Some(Ok(Ok(stream))) => requests(stream, peer, host, &shared, None, stop).await,
            Some(failed) => {
                shared.metrics.handshakes_failed.inc();
                let reason = failed.map_or_else(
                    |_| "took too long".to_owned(),
                    |result| result.err().map(|fault| fault.to_string()).unwrap_or_default(),
                );
                tracing::info!(peer = %peer.address, reason, "TLS handshake failed; does the client trust the CA?");
            }
        }
    }
}

/// Runs a future unless the listener stops first.
async fn stopping<F: Future>(stop: &mut watch::Receiver<bool>, future: F) -> Option<F::Output> {
    tokio::select! {
        output = future => Some(output),
        () = stopped(stop) => None,
    }
}

/// Resolves when the listener stops; also when it is gone without a word.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}

/// Looks at the first byte without taking it; none when the peer sends nothing.
async fn is_tls(stream: &TcpStream, limits: &Limits) -> Option<bool> {
    let mut first = [0u8; 1];
    match timeout(limits.head_timeout, stream.peek(&mut first)).await {
        Ok(Ok(1)) => Some(first[0] == TLS_HANDSHAKE),
        _ => None,
    }
}

fn local_host(stream: &TcpStream) -> String {
    stream
        .local_addr()
        .map_or_else(|_| "localhost".to_owned(), |address| address.ip().to_canonical().to_string())
}

/// Serves requests until the peer leaves, a deadline passes or the listener stops.
async fn requests<S, T>(
    stream: T,
    peer: Peer,
    host: String,
    shared: &Arc<Shared<S>>,
    refused: Option<Rejection>,
    mut stop: watch::Receiver<bool>,
) where
    S: Service,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = &shared.limits;
    let progress = Arc::new(Progress::default());
    let guard = Guard::new(stream, host.clone(), progress.clone(), limits);
    let exchange = service_fn(|request| {
        progress.enter(Phase::Call);
        let (progress, host) = (progress.clone(), host.clone());
        async move {
            let response = answer(shared, request, peer, &host, refused).await;
            if response.headers().get(header::CONNECTION).is_some_and(|value| value == "close") {
                progress.linger();
            }
            progress.enter(Phase::Answered);
            Ok::<_, Infallible>(response.map(Full::new))
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        // Heads and silence have the guard's deadlines, which answer.
        .header_read_timeout(None)
        .max_headers(limits.max_headers)
        .max_buf_size(limits.max_head_bytes)
        // A client may say that it is done sending and still wait for its answer.
        .half_close(true)
        .serve_connection(TokioIo::new(guard), exchange);
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(fault) = result {
        tracing::debug!(peer = %peer.address, %fault, "connection ended");
    }
}

/// Tells a peer there is no room, over HTTP or TLS as it asked, in bounded time.
pub async fn refuse(mut stream: TcpStream, tls: TlsAcceptor, limits: Limits) {
    let host = local_host(&stream);
    let refusal = async {
        match is_tls(&stream, &limits).await {
            Some(true) => {
                if let Ok(mut stream) = tls.accept(stream).await {
                    say_busy(&mut stream, &host).await;
                }
            }
            Some(false) => say_busy(&mut stream, &host).await,
            None => {}
        }
    };
    let _ = timeout(limits.linger_timeout, refusal).await;
}

async fn say_busy<T: AsyncRead + AsyncWrite + Unpin>(stream: &mut T, host: &str) {
    let answer = Rejection::Busy.raw_answer(host);
    if stream.write_all(&answer).await.is_err() || stream.shutdown().await.is_err() {
        return;
    }
    // Read what the peer still sends: closing with unread bytes would reset the connection under the answer.
    let mut scratch = [0u8; 4096];
    while matches!(stream.read(&mut scratch).await, Ok(1..)) {}
}
