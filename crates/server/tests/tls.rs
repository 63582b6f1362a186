//! HTTPS on the same port, trusted through the local authority only.

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use causeway_server::Limits;
use common::{Answer, Running, is_closed, tight};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn client(running: &Running, host: &str, trusts: bool) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    if trusts {
        let der = CertificateDer::from_pem_slice(running.certificate_pem.as_bytes()).unwrap();
        roots.add(der).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let host = ServerName::try_from(host.to_owned()).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), host).unwrap(), running.connect())
}

#[test]
fn https_is_served_on_the_same_port() {
    let running = Running::start(Limits::default());
    for host in ["localhost", "127.0.0.1", "::1"] {
        let mut stream = client(&running, host, true);
        for _ in 0..2 {
            stream.write_all(b"GET /?A=1 HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
            let answer = Answer::read(&mut stream);
            assert_eq!(answer.json()["secure"], true, "{host}");
        }
        assert_eq!(stream.conn.alpn_protocol(), Some(b"http/1.1".as_slice()));
    }
    let plain = running.ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(plain.json()["secure"], false);
}

#[test]
fn a_client_that_does_not_trust_the_authority_fails() {
    let running = Running::start(tight());
    let fault = client(&running, "localhost", false).write_all(b"GET").unwrap_err();
    assert!(fault.to_string().contains("UnknownIssuer"), "{fault}");
    let fault = client(&running, "example.com", true).write_all(b"GET").unwrap_err();
    assert!(fault.to_string().contains("not valid for name"), "{fault}");
}

#[test]
fn a_half_open_handshake_ends_in_time_and_frees_its_slot() {
    let running = Running::start(tight());
    // A TLS record header that promises a ClientHello, twice: both slots.
    let mut halves: Vec<_> = (0..2).map(|_| running.connect()).collect();
    for stream in &mut halves {
        stream.write_all(&[0x16, 3, 1, 2, 0, 1]).unwrap();
    }
    for stream in &mut halves {
        assert!(is_closed(stream));
    }
    let page = running.ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(page.body.contains("causeway_http_tls_handshakes_failed_total 2\n"), "{}", page.body);
}

#[test]
fn a_broken_handshake_is_dropped() {
    let running = Running::start(tight());
    let mut stream = running.connect();
    stream.write_all(&[0x16, 0xff, 0xff, 0xff, 0xff, 0xff]).unwrap();
    let mut rest = Vec::new();
    // At most a TLS alert, never HTTP.
    let _ = stream.read_to_end(&mut rest);
    assert!(!rest.starts_with(b"HTTP"), "{rest:?}");
    assert_eq!(running.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

#[test]
fn one_connection_too_many_is_told_over_tls_too() {
    let running = Running::start(tight());
    let held: Vec<_> = (0..2).map(|_| running.connect()).collect();
    let mut stream = client(&running, "localhost", true);
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(Answer::read(&mut stream).code(), "ServiceUnavailable");
    drop(held);
}
