use std::fs;
use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpStream;

use bytes::Bytes;
use causeway_server::Peer;

use super::*;
use crate::settings::{Key, Layer, Sources};

struct Hello;

impl Service for Hello {
    fn call(
        &self,
        _request: http::Request<Bytes>,
        _peer: Peer,
    ) -> impl Future<Output = http::Response<Bytes>> + Send {
        std::future::ready(http::Response::new(Bytes::from_static(b"{\"RequestId\":\"R\"}")))
    }

    fn ready(&self) -> bool {
        true
    }

    fn metrics(&self) -> String {
        String::new()
    }
}

fn settings(pairs: &[(&'static str, &str)]) -> Settings {
    let layer = pairs.iter().fold(Layer::default(), |layer, (name, value)| {
        layer.flag(Key(name), [(*value).to_owned()])
    });
    Sources(vec![layer]).resolve().unwrap()
}

/// Runs with a service, calls it once, stops; what was printed.
fn run_once(settings: &Settings, call: impl FnOnce() + Send + 'static) -> anyhow::Result<String> {
    let mut output = Vec::new();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let stop = async { tokio::task::spawn_blocking(call).await.unwrap() };
        run(settings, |_| Ok(Hello), &mut output, stop).await
    })?;
    Ok(String::from_utf8(output)?)
}

#[test]
fn a_first_start_shows_the_secret_and_later_ones_do_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let settings = settings(&[("data", path.to_str().unwrap()), ("listen", "127.0.0.1:0")]);
    let seen = path.clone();
    let first = run_once(&settings, move || {
        let running = RunningServer::read(&seen).unwrap().expect("server.json while it runs");
        assert_eq!(running.ca.as_deref(), Some(seen.join("ca.pem").as_path()));
        assert_eq!(running.account.as_deref(), Some("1234567890123456"));
        assert_eq!(running.regions.first().map(String::as_str), Some("cn-hangzhou"));
        let mut stream = TcpStream::connect(running.address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("{\"RequestId\":\"R\"}"), "{answer}");
    });
    let first = first.unwrap();
    assert!(first.contains("  secret     "), "{first}");
    assert!(first.ends_with("\nReady.\n"), "{first}");
    assert_eq!(RunningServer::read(&path).unwrap(), None, "taken back at the end");

    let second = run_once(&settings, || {}).unwrap();
    assert!(!second.contains("secret"), "{second}");
    let key_line =
        |text: &str| text.lines().find(|line| line.contains("access key")).unwrap().to_owned();
    assert_eq!(key_line(&first), key_line(&second));
}

#[test]
fn memory_leaves_nothing_but_what_was_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let ca = directory.path().join("ca.pem");
    let settings = settings(&[
        ("memory", "true"),
        ("listen", "127.0.0.1:0"),
        ("root-key", "id:hush"),
        ("ca-file", ca.to_str().unwrap()),
    ]);
    let printed = run_once(&settings, || {}).unwrap();
    assert!(printed.contains("  data       in memory\n"), "{printed}");
    assert!(!printed.contains("hush"), "{printed}");
    assert!(fs::read_to_string(&ca).unwrap().contains("BEGIN CERTIFICATE"));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_start_that_fails_keeps_no_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let settings = settings(&[("data", path.to_str().unwrap()), ("listen", "127.0.0.1:0")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let open = |_: &AccessKey| -> anyhow::Result<Hello> { Err(anyhow!("the disk is on fire")) };
    let fault = runtime.block_on(run(&settings, open, &mut Vec::new(), async {})).unwrap_err();
    assert_eq!(fault.to_string(), "the disk is on fire");
    assert_eq!(data::root_key(&path, &path.join("seal.key")).unwrap(), None);
    assert_eq!(data::account::kept(&path).unwrap(), None);
}

#[test]
fn a_taken_port_is_explained() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let settings = settings(&[("memory", "true"), ("listen", &address)]);
    let fault = run_once(&settings, || {}).unwrap_err().to_string();
    assert!(fault.starts_with(&format!("cannot listen on {address}: is a server")), "{fault}");
}

#[test]
fn only_a_taken_port_asks_for_a_server() {
    let text = |kind, address: &str| advice(kind, address.parse().unwrap());
    assert!(text(ErrorKind::AddrInUse, "127.0.0.1:1").contains("is a server running there?"));
    for (kind, address, part) in [
        (ErrorKind::PermissionDenied, "127.0.0.1:80", "ports below 1024 need privileges"),
        (ErrorKind::PermissionDenied, "127.0.0.1:8080", ": --listen chooses another address"),
        (
            ErrorKind::AddrNotAvailable,
            "192.0.2.1:1",
            "no interface of this machine has this address",
        ),
    ] {
        let text = text(kind, address);
        assert!(text.contains(part) && !text.contains("is a server"), "{text}");
    }
}

#[test]
fn an_address_of_another_machine_is_explained() {
    // TEST-NET-1 (RFC 5737): no interface has it.
    let settings = settings(&[("memory", "true"), ("insecure", "true"), ("listen", "192.0.2.1:0")]);
    let fault = run_once(&settings, || {}).unwrap_err().to_string();
    assert!(fault.contains("no interface of this machine has this address"), "{fault}");
}

#[test]
fn the_certificate_is_also_for_the_names_told() {
    let settings = settings(&[
        ("memory", "true"),
        ("listen", "127.0.0.1:0"),
        ("root-key", "id:hush"),
        ("tls-name", "causeway.lan"),
    ]);
    // rcgen takes a name apart before it signs: one it cannot encode is a fault, so it arrived there.
    assert!(run_once(&settings, || {}).is_ok());
    let odd = Settings { tls_names: vec!["kausewä.lan".into()], ..settings };
    let fault = run_once(&odd, || {}).unwrap_err().to_string();
    assert!(fault.contains("cannot make a certificate"), "{fault}");
}
