use std::sync::mpsc;

use bytes::Bytes;
use causeway_server::{Authority, Limits, Peer, Server, Service};
use causeway_wire::{Received, decode};

use super::*;
use crate::settings::AccessKey;

/// Checks the signature and answers what it understood.
struct Verifier;

impl Service for Verifier {
    async fn call(&self, request: http::Request<Bytes>, _: Peer) -> http::Response<Bytes> {
        let received = Received {
            method: request.method(),
            path: request.uri().path(),
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            body: request.body(),
        };
        let call = decode(&received, &causeway_wire::Limits::default()).unwrap();
        let verified = call.check_common().and_then(|()| call.verify(&received, "the secret's"));
        let text = format!(
            "{:?} {:?} {:?} {}",
            call.action,
            call.version,
            call.parameters,
            verified.is_ok()
        );
        let mut answer = http::Response::new(Bytes::from(text));
        *answer.status_mut() = http::StatusCode::CONFLICT;
        answer
    }

    fn ready(&self) -> bool {
        true
    }

    fn metrics(&self) -> String {
        String::new()
    }
}

fn target(address: std::net::SocketAddr) -> Target {
    Target {
        address,
        key: AccessKey { id: "an-id".into(), secret: "the secret's".into() },
        account: "1234567890123456".into(),
        region: "cn-hangzhou".into(),
        ca: None,
    }
}

#[test]
fn a_call_arrives_signed_and_an_error_answer_is_a_reply() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (bound, address) = mpsc::channel();
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
            bound.send(server.address()).unwrap();
            let tls = Authority::in_memory().unwrap().server_config(&[]).unwrap();
            let stop = async { stopped.await.unwrap_or(()) };
            server.serve(Verifier.into(), tls, Limits::default(), stop).await
        })
    });
    let parameters = Parameters::from([("Description".to_owned(), "a b+c/ü*~'&=?%".to_owned())]);
    let reply =
        call(&target(address.recv().unwrap()), "CreateVpc", "2016-04-28", &parameters).unwrap();
    assert_eq!(reply.status, 409);
    let expected = format!("Some(\"CreateVpc\") Some(\"2016-04-28\") {parameters:?} true");
    assert_eq!(reply.body, expected);
    stop.send(()).unwrap();
    server.join().unwrap();
}

#[test]
fn a_server_that_is_not_there_is_explained() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    drop(holder);
    let fault =
        call(&target(address), "DescribeVpcs", "2016-04-28", &Parameters::new()).unwrap_err();
    let text = fault.to_string();
    assert!(text.starts_with(&format!("cannot reach a server at {address}")), "{text}");
    assert!(text.contains("`causeway serve`"), "{text}");
    assert!(text.contains("refused") && !text.contains("io:"), "{text}");
}
