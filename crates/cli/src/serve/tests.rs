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
    assert_eq!(data::root_key(&path).unwrap(), None);
}

#[test]
fn a_taken_port_is_explained() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let settings = settings(&[("memory", "true"), ("listen", &address)]);
    let fault = run_once(&settings, || {}).unwrap_err().to_string();
    assert!(fault.starts_with(&format!("cannot listen on {address}")), "{fault}");
}
