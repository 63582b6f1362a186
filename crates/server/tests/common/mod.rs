//! A service and a listener to aim sockets at.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use causeway_server::{Authority, Limits, Peer, Server, Service, Stopped};
use tokio::sync::oneshot;

/// Answers with what it was asked; `/slow` takes half a second, `/never` forever.
pub struct Echo {
    pub ready: AtomicBool,
}

impl Service for Echo {
    async fn call(&self, request: http::Request<Bytes>, peer: Peer) -> http::Response<Bytes> {
        match request.uri().path() {
            "/slow" => tokio::time::sleep(Duration::from_millis(500)).await,
            "/never" => std::future::pending().await,
            "/large" => return http::Response::new(Bytes::from(vec![b'x'; 64 << 20])),
            _ => {}
        }
        let body = format!(
            r#"{{"target":"{}","body_bytes":{},"secure":{},"peer":"{}"}}"#,
            request.uri(),
            request.body().len(),
            peer.secure,
            peer.address
        );
        let mut response = http::Response::new(Bytes::from(body));
        response.headers_mut().insert("x-acs-request-id", http::HeaderValue::from_static("ECHO"));
        response
    }

    fn ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    fn metrics(&self) -> String {
        "# TYPE echo counter\necho_total 7\n".to_owned()
    }
}

/// A listener on its own thread, stopped on drop.
pub struct Running {
    pub address: SocketAddr,
    pub service: Arc<Echo>,
    pub certificate_pem: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Stopped>>,
}

impl Running {
    pub fn start(limits: Limits) -> Self {
        let service = Arc::new(Echo { ready: AtomicBool::new(true) });
        let authority = Authority::in_memory().unwrap();
        let tls = authority.server_config(&[]).unwrap();
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = mpsc::channel();
        let served = service.clone();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
                bound.send(server.address()).unwrap();
                let stop = async { stopped.await.unwrap_or(()) };
                server.serve(served, tls, limits, stop).await
            })
        });
        Self {
            address: address.recv().unwrap(),
            service,
            certificate_pem: authority.certificate_pem().to_owned(),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// Sends `text` on a fresh connection and reads one answer.
    pub fn ask(&self, text: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).unwrap();
        Answer::read(&mut stream)
    }

    /// Asks it to stop, without waiting.
    pub fn signal_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Waits for the end of a stop.
    pub fn join(&mut self) -> Stopped {
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal_stop();
    }
}

/// A parsed answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Reads exactly one answer, by its content-length.
    pub fn read(stream: &mut impl Read) -> Self {
        let mut head = Vec::new();
        let mut byte = [0u8; 1];
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                other => {
                    panic!("answer ended early ({other:?}): {:?}", String::from_utf8_lossy(&head))
                }
            }
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).expect("a content-length");
        let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: String::from_utf8(body).unwrap() }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn code(&self) -> String {
        self.json()["Code"].as_str().unwrap().to_owned()
    }

    pub fn closes(&self) -> bool {
        self.head.contains("\r\nconnection: close\r\n")
    }
}

/// Whether the peer closed: an end of stream, not a reset and not silence.
pub fn is_closed(stream: &mut impl Read) -> bool {
    matches!(stream.read(&mut [0u8; 1]), Ok(0))
}

/// Limits small enough to run into within a test.
pub fn tight() -> Limits {
    Limits {
        max_connections: 2,
        max_head_bytes: 8192,
        max_headers: 20,
        max_uri_bytes: 1000,
        max_body_bytes: 1000,
        max_bodies_bytes: 1000,
        small_body_bytes: 100,
        max_discarded_bytes: 10_000,
        head_timeout: Duration::from_millis(300),
        body_timeout: Duration::from_millis(300),
        write_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(600),
        handshake_timeout: Duration::from_millis(300),
        linger_timeout: Duration::from_millis(500),
        stop_timeout: Duration::from_secs(2),
    }
}
