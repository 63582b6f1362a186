//! The limit: the listener that users run, with an answer that costs nothing to make.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use causeway_server::{Authority, Limits, Peer, Server, Service};
use http::{Request, Response};

struct Constant(Bytes);

impl Service for Constant {
    async fn call(&self, _request: Request<Bytes>, _peer: Peer) -> Response<Bytes> {
        Response::new(self.0.clone())
    }

    fn ready(&self) -> bool {
        true
    }

    fn metrics(&self) -> String {
        String::new()
    }
}

/// Answers every request with the same `bytes` bytes, until the process is ended.
///
/// # Errors
/// If the address cannot be listened on.
pub fn serve(address: SocketAddr, bytes: usize) -> anyhow::Result<()> {
    let tls = Authority::in_memory()?.server_config(&[])?;
    let service = Arc::new(Constant(vec![b'x'; bytes].into()));
    // The same runtime as `causeway serve`.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::bind(address).await?;
        println!("Listening on http://{}\nReady.", server.address());
        server.serve(service, tls, Limits::default(), std::future::pending()).await;
        Ok(())
    })
}
