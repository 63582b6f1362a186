//! Calls of the EC2 query protocol with Signature Version 4, for `moto`, which serves that protocol.

use anyhow::{Context, ensure};
use causeway_types::Timestamp;
use clap::ValueEnum;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::drive::{Load, Prepared, Report, run};
use crate::http::Connection;
use crate::scene::destination;
use crate::sign::now_ms;

const SCOPE: &str = "us-east-1/ec2/aws4_request";
const SIGNED_HEADERS: &str = "content-type;host;x-amz-date";
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";
/// As many routes in a table as in the comparison's other side.
const TABLE_ROUTES: usize = 200;
const DESCRIBED_ROUTES: usize = 50;
const DESCRIBED_TABLES: usize = 8;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Call {
    /// CreateRoute, up to 200 in a table
    Create,
    /// DescribeRouteTables of one table with 50 routes
    Describe,
}

/// Sets up what the calls need, and makes them.
///
/// # Errors
/// If any call is not answered with success.
pub fn measure(call: Call, load: &Load) -> anyhow::Result<Report> {
    let total = load.warm_up + load.requests;
    let mut scene =
        Scene { host: load.address.to_string(), connection: Connection::open(load.address)? };
    let gateway = scene.call("CreateInternetGateway", &[], "internetGatewayId")?;
    match call {
        Call::Create => {
            let tables = scene.tables(total.div_ceil(TABLE_ROUTES))?;
            let request = |number: usize| {
                let destination = destination(number / tables.len());
                create(&scene.host, &tables[number % tables.len()], &destination, &gateway)
            };
            run(load, &Prepared((0..total).map(request).collect()))
        }
        Call::Describe => {
            let tables = scene.tables(DESCRIBED_TABLES)?;
            for table in &tables {
                for number in 0..DESCRIBED_ROUTES {
                    scene.send(&create(&scene.host, table, &destination(number), &gateway))?;
                }
            }
            let request = |number: usize| {
                let id = ("RouteTableId.1", tables[number % tables.len()].as_str());
                request(&scene.host, "DescribeRouteTables", &[id])
            };
            run(load, &Prepared((0..total).map(request).collect()))
        }
    }
}

struct Scene {
    host: String,
    connection: Connection,
}

impl Scene {
    /// A route table in a VPC of its own, so many times.
    fn tables(&mut self, count: usize) -> anyhow::Result<Vec<String>> {
        let mut table = || {
            let vpc = self.call("CreateVpc", &[("CidrBlock", "192.168.0.0/16")], "vpcId")?;
            self.call("CreateRouteTable", &[("VpcId", &vpc)], "routeTableId")
        };
        (0..count).map(|_| table()).collect()
    }

    /// Calls an action, and takes the first element of this name out of its answer.
    fn call(
        &mut self,
        action: &str,
        parameters: &[(&str, &str)],
        element: &str,
    ) -> anyhow::Result<String> {
        let answer = self.send(&request(&self.host, action, parameters))?;
        let value =
            answer.split_once(&format!("<{element}>")).and_then(|(_, rest)| rest.split('<').next());
        Ok(value.with_context(|| format!("no {element} in {answer}"))?.to_owned())
    }

    fn send(&mut self, request: &[u8]) -> anyhow::Result<String> {
        let answer = self.connection.exchange(request)?;
        let text = String::from_utf8_lossy(answer.body).into_owned();
        ensure!(answer.status == 200, "answered {}: {text}", answer.status);
        Ok(text)
    }
}

fn create(host: &str, table: &str, destination: &str, gateway: &str) -> Vec<u8> {
    let parameters =
        [("RouteTableId", table), ("DestinationCidrBlock", destination), ("GatewayId", gateway)];
    request(host, "CreateRoute", &parameters)
}

/// The bytes of a signed POST.
fn request(host: &str, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = format!("Action={action}&Version=2016-11-15");
    for (name, value) in parameters {
        body.push_str(&format!("&{name}={}", value.replace('/', "%2F")));
    }
    // 2026-11-20T10:00:00Z without its punctuation.
    let date: String = Timestamp(now_ms()).to_string().replace(['-', ':'], "");
    let authorization = authorization("test", "test", host, &date, &body);
    format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {CONTENT_TYPE}\r\nX-Amz-Date: {date}\r\n\
         Authorization: {authorization}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn authorization(id: &str, secret: &str, host: &str, date: &str, body: &str) -> String {
    let canonical = format!(
        "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{date}\n\n{SIGNED_HEADERS}\n{}",
        HEXLOWER.encode(&Sha256::digest(body))
    );
    let day = &date[..8];
    let hash = HEXLOWER.encode(&Sha256::digest(canonical));
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{day}/{SCOPE}\n{hash}");
    let first = format!("AWS4{secret}").into_bytes();
    let key = [day].into_iter().chain(SCOPE.split('/')).fold(first, |key, part| sign(&key, part));
    let signature = HEXLOWER.encode(&sign(&key, &to_sign));
    format!(
        "AWS4-HMAC-SHA256 Credential={id}/{day}/{SCOPE}, SignedHeaders={SIGNED_HEADERS}, \
         Signature={signature}"
    )
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("keys of any length will do");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
