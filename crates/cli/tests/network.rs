//! A server that other machines can reach: how it starts, and how its certificate is renewed.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{Serving, causeway, run, text};
use rustix::process::{Pid, Signal, kill_process};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const REQUEST: &[u8] = b"GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Makes a certificate for localhost and writes it with its key; the certificate.
fn write_pair(certificate: &Path, key: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(certificate, made.cert.pem()).unwrap();
    fs::write(key, made.signing_key.serialize_pem()).unwrap();
    CertificateDer::from_pem_slice(made.cert.pem().as_bytes()).unwrap()
}

struct Files {
    home: tempfile::TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn new() -> (Self, CertificateDer<'static>) {
        let home = tempfile::tempdir().unwrap();
        let (certificate, key) = (home.path().join("tls.crt"), home.path().join("tls.key"));
        let made = write_pair(&certificate, &key);
        (Self { home, certificate, key }, made)
    }

    /// Serves with the pair on every address; the log goes to a file.
    fn serve(&self) -> Serving {
        let (certificate, key) = (self.certificate.to_str().unwrap(), self.key.to_str().unwrap());
        let listen = ["serve", "--memory", "--root-key", "id:secret", "--listen", "0.0.0.0:0"];
        let tls = ["--tls-cert", certificate, "--tls-key", key];
        let log = fs::File::create(self.home.path().join("log")).unwrap();
        Serving::start_logging(causeway(self.home.path(), &[&listen[..], &tls].concat()), log)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap()
    }
}

fn port(serving: &Serving) -> u16 {
    serving.endpoint().parse::<SocketAddr>().unwrap().port()
}

/// A TLS connection that trusts these certificates, and the one it was shown.
fn connect(
    port: u16,
    trusted: &[CertificateDer<'static>],
) -> (StreamOwned<ClientConnection, TcpStream>, CertificateDer<'static>) {
    let mut roots = RootCertStore::empty();
    trusted.iter().for_each(|certificate| roots.add(certificate.clone()).unwrap());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut stream =
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).expect("a handshake");
    }
    let shown = stream.conn.peer_certificates().unwrap()[0].clone().into_owned();
    (stream, shown)
}

fn ask(stream: &mut (impl Read + Write)) -> String {
    stream.write_all(REQUEST).unwrap();
    let mut answer = String::new();
    // The end of a connection without a TLS goodbye is no concern here.
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// Asks on a connection that is to stay open.
fn ask_kept(stream: &mut (impl Read + Write)) -> String {
    stream.write_all(b"GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let mut byte = [0u8; 1];
    while !answer.ends_with(b"}") {
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    text(&answer)
}

/// An address of this machine that is not loopback. Nothing is sent.
fn outward() -> IpAddr {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.connect("192.0.2.1:9").expect("this test needs a network interface besides loopback");
    socket.local_addr().unwrap().ip()
}

/// A connection to loopback from another address, as the server sees connections of other machines.
fn from_outside(port: u16) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((outward(), 0).into()).unwrap();
        socket.connect(([127, 0, 0, 1], port).into()).await.unwrap()
    });
    let stream = stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream
}

#[test]
fn beyond_loopback_the_operator_chooses_or_nothing_starts() {
    let home = tempfile::tempdir().unwrap();
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let output = run(home.path(), &["serve", "--memory", "--listen", listen]);
        assert_eq!(output.status.code(), Some(2));
        let complaint = text(&output.stderr);
        for part in ["can be reached from other machines", "--tls-cert FILE", "--insecure"] {
            assert!(complaint.contains(part), "{part} in {complaint}");
        }
    }
    let half = run(home.path(), &["serve", "--memory", "--tls-cert", "/c.pem"]);
    assert_eq!(half.status.code(), Some(2));
    assert!(text(&half.stderr).contains("--tls-key FILE"), "{}", text(&half.stderr));
    let absent = ["serve", "--memory", "--listen", "127.0.0.1:0", "--tls-cert", "/absent.pem"];
    let output = run(home.path(), &[&absent[..], &["--tls-key", "/absent.key"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot read /absent.pem"), "{}", text(&output.stderr));
}

#[test]
fn others_are_served_over_tls_only() {
    let (files, certificate) = Files::new();
    let serving = files.serve();
    let port = port(&serving);
    let refused = ask(&mut from_outside(port));
    assert!(refused.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{refused}");
    assert!(refused.contains(r#""Code":"InvalidProtocol.NeedSsl""#), "{refused}");
    let local = ask(&mut TcpStream::connect(("127.0.0.1", port)).unwrap());
    assert!(local.starts_with("HTTP/1.1 200 OK\r\n"), "programs of this machine: {local}");
    let (mut secure, shown) = connect(port, std::slice::from_ref(&certificate));
    assert_eq!(shown, certificate);
    assert!(ask(&mut secure).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn insecure_serves_others_over_plain_http() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--memory", "--insecure", "--listen", "0.0.0.0:0"];
    let serving = Serving::start(causeway(home.path(), &arguments));
    let answer = ask(&mut from_outside(port(&serving)));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

/// Connects until the certificate shown is the wanted one; every connection on the way must work.
fn await_certificate(port: u16, trusted: &[CertificateDer<'static>], wanted: &CertificateDer<'_>) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let (mut stream, shown) = connect(port, trusted);
        assert!(ask(&mut stream).starts_with("HTTP/1.1 200 OK\r\n"));
        if shown == *wanted {
            return;
        }
        assert!(Instant::now() < deadline, "the new certificate is not shown");
    }
}

#[test]
fn a_certificate_is_renewed_without_a_restart() {
    let (files, old) = Files::new();
    let serving = files.serve();
    let (port, pid) = (port(&serving), Pid::from_child(&serving.child));
    let (mut kept, shown) = connect(port, std::slice::from_ref(&old));
    assert_eq!(shown, old);
    assert!(ask_kept(&mut kept).starts_with("HTTP/1.1 200 OK\r\n"));

    // Half of a new pair: the old one stays, and the log says so.
    let old_key = fs::read(&files.key).unwrap();
    let new = write_pair(&files.certificate, &files.key);
    let new_key = fs::read(&files.key).unwrap();
    fs::write(&files.key, &old_key).unwrap();
    kill_process(pid, Signal::HUP).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !files.log().contains("the certificate in use stays") {
        assert!(Instant::now() < deadline, "{}", files.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(connect(port, std::slice::from_ref(&old)).1, old);

    // The other half. Clients that come meanwhile are all served.
    let trusted = [old, new.clone()];
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            let mut served = 0;
            while !done.load(Ordering::Relaxed) {
                assert!(ask(&mut connect(port, &trusted).0).starts_with("HTTP/1.1 200 OK\r\n"));
                served += 1;
            }
            served
        });
        fs::write(&files.key, &new_key).unwrap();
        kill_process(pid, Signal::HUP).unwrap();
        await_certificate(port, &trusted, &new);
        done.store(true, Ordering::Relaxed);
        assert!(busy.join().unwrap() > 0);
    });
    assert!(ask_kept(&mut kept).starts_with("HTTP/1.1 200 OK\r\n"), "what was open goes on");
    assert_eq!(serving.stop(Signal::TERM), Some(0));
}
