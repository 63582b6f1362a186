//! A whole life of a server whose secrets are known: none of them is found on its disk, in its log, or
//! in its audit trail.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Serving, causeway, run, text};
use data_encoding::{HEXLOWER, HEXUPPER};
use rustix::process::Signal;
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

const GIVEN_PSK: &str = "psk-that-a-user-chose-0123456789";
const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1234567890123456:root"]}}]}"#;

/// A server on a data directory, its log in a file.
struct Life {
    home: PathBuf,
    data: String,
    key_file: String,
}

impl Life {
    fn serve(&self) -> Serving {
        let line = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data",
            &self.data,
            "--key-file",
            &self.key_file,
            "--tasks",
            "immediate",
            "--log",
            "trace",
            "--audit-reads",
        ];
        let log = File::options().create(true).append(true).open(self.home.join("log")).unwrap();
        Serving::start_logging(causeway(&self.home, &line), log)
    }

    fn say(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let place = ["--data", &self.data, "--key-file", &self.key_file];
        let output = run(&self.home, &[arguments, &place].concat());
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }

    fn api(&self, arguments: &[&str]) -> Value {
        let (status, said) = self.say(&[&["api"], arguments, &["--json"]].concat());
        assert_eq!(status, Some(0), "{arguments:?}: {said}");
        serde_json::from_str(&said).unwrap()
    }
}

fn member(answer: &Value, pointer: &str) -> String {
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {answer}"))
        .to_owned()
}

/// Makes secrets of every kind; what they are.
fn make_secrets(life: &Life) -> Vec<String> {
    let mut secrets = vec![GIVEN_PSK.to_owned()];
    life.api(&["CreateUser", "UserName=alice"]);
    let key = life.api(&["CreateAccessKey", "UserName=alice"]);
    secrets.push(member(&key, "/AccessKey/AccessKeySecret"));

    let vpc =
        format!("VpcId={}", member(&life.api(&["CreateVpc", "CidrBlock=172.16.0.0/16"]), "/VpcId"));
    life.api(&["CreateVSwitch", &vpc, "CidrBlock=172.16.1.0/24", "ZoneId=cn-hangzhou-h"]);
    let gateway = member(&life.api(&["CreateVpnGateway", &vpc, "Bandwidth=10"]), "/VpnGatewayId");
    let gateway = format!("VpnGatewayId={gateway}");
    for (n, ike) in
        [("1", format!(r#"IkeConfig={{"Psk":"{GIVEN_PSK}"}}"#)), ("2", "Name=drawn".into())]
    {
        let far_end = life.api(&["CreateCustomerGateway", &format!("IpAddress=203.0.113.{n}")]);
        let far_end = format!("CustomerGatewayId={}", member(&far_end, "/CustomerGatewayId"));
        let token = format!("ClientToken=token-{n}");
        let made = life.api(&[
            "CreateVpnConnection",
            &gateway,
            &far_end,
            "LocalSubnet=0.0.0.0/0",
            "RemoteSubnet=0.0.0.0/0",
            &ike,
            &token,
        ]);
        let id = format!("VpnConnectionId={}", member(&made, "/VpnConnectionId"));
        let read = life.api(&["DescribeVpnConnection", &id]);
        secrets.push(member(&read, "/IkeConfig/Psk"));
    }
    assert_eq!(secrets[2], GIVEN_PSK, "the provider shows pre-shared keys");

    life.api(&["CreateRole", "RoleName=router", &format!("AssumeRolePolicyDocument={TRUST}")]);
    let user = (member(&key, "/AccessKey/AccessKeyId"), &secrets[1]);
    let attach = ["AttachPolicyToUser", "PolicyType=System", "UserName=alice"];
    life.api(&[&attach[..], &["PolicyName=AliyunSTSAssumeRoleAccess"]].concat());
    let as_user = format!("{}:{}", user.0, user.1);
    let assume = [
        "AssumeRole",
        "RoleArn=acs:ram::1234567890123456:role/router",
        "RoleSessionName=session",
        "--root-key",
        &as_user,
    ];
    let session = life.api(&assume);
    secrets.push(member(&session, "/Credentials/AccessKeySecret"));
    secrets.push(member(&session, "/Credentials/SecurityToken"));
    secrets
}

/// Calls that fail, and say so in the log and in the trail.
fn make_mistakes(life: &Life) {
    for arguments in [
        &[
            "CreateVpnConnection",
            "VpnGatewayId=vpn-none",
            "CustomerGatewayId=cgw-none",
            "LocalSubnet=0.0.0.0/0",
            "RemoteSubnet=0.0.0.0/0",
            &format!(r#"IkeConfig={{"Psk":"{GIVEN_PSK}"}}"#),
        ][..],
        &["CreateVpnConnection", &format!("IkeConfig=Psk {GIVEN_PSK}")],
        &["CreateAccessKey", "UserName=nobody"],
    ] {
        assert_eq!(life.say(&[&["api"], arguments].concat()).0, Some(1), "{arguments:?}");
    }
}

/// Every file in a directory and below.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn assert_absent(secrets: &[String], place: &str, bytes: &[u8]) {
    for secret in secrets {
        let upper = HEXUPPER.encode(secret.as_bytes());
        for form in
            [secret.clone(), STANDARD.encode(secret), HEXLOWER.encode(secret.as_bytes()), upper]
        {
            let found = bytes.windows(form.len()).any(|part| part == form.as_bytes());
            assert!(!found, "{place} holds {form}, a form of {secret}");
        }
    }
}

#[test]
fn no_secret_lies_on_disk_or_is_printed() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (data, key_file) = (path("data"), path("keys/seal.key"));
    let life = Life { home: home.path().into(), data, key_file };

    let serving = life.serve();
    let root = serving.value("secret ").strip_suffix(" (shown this once)").unwrap().to_owned();
    let mut secrets = make_secrets(&life);
    secrets.push(root);
    make_mistakes(&life);
    assert_eq!(serving.stop(Signal::TERM), Some(0));
    let (status, rotated) = life.say(&["key", "rotate"]);
    assert_eq!(status, Some(0), "{rotated}");

    // Again, by the keys that were sealed anew; the end is sudden.
    let serving = life.serve();
    let greeting = serving.greeting.join("\n");
    let users = life.api(&["ListUsers"]);
    assert_eq!(member(&users, "/Users/User/0/UserName"), "alice");
    let (status, trail) = life.say(&["audit", "export"]);
    assert_eq!(status, Some(0));
    assert!(trail.lines().count() > 12, "{trail}");
    let _ = serving.stop(Signal::KILL);

    for (place, said) in [("the greeting", &greeting), ("the trail", &trail), ("rotate", &rotated)]
    {
        assert_absent(&secrets, place, said.as_bytes());
    }
    let mut bytes = 0;
    for file in files(home.path()) {
        let content = fs::read(&file).unwrap();
        bytes += content.len();
        assert_absent(&secrets, &file.display().to_string(), &content);
    }
    let log = fs::read_to_string(home.path().join("log")).unwrap();
    assert!(log.contains("CreateVpnConnection") || log.len() > 1000, "the log tells something");
    assert!(bytes > 10_000, "only {bytes} bytes were looked at");
}

/// Rotations that are killed at many moments: the data opens after each, and keys still sign.
#[test]
fn a_rotation_may_be_killed_at_any_moment() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let life = Life { home: home.path().into(), data: path("data"), key_file: path("seal.key") };
    let serving = life.serve();
    life.api(&["CreateUser", "UserName=alice"]);
    let key = life.api(&["CreateAccessKey", "UserName=alice"]);
    let secret = member(&key, "/AccessKey/AccessKeySecret");
    let key = format!("{}:{secret}", member(&key, "/AccessKey/AccessKeyId"));
    assert_eq!(serving.stop(Signal::TERM), Some(0));

    let rotate = ["key", "rotate", "--data", &life.data, "--key-file", &life.key_file];
    let start = Instant::now();
    assert_eq!(run(home.path(), &rotate).status.code(), Some(0));
    let whole = start.elapsed();
    let mut killed = 0;
    for part in 0..12u32 {
        let mut rotation = causeway(home.path(), &rotate).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * part / 12);
        rotation.kill().unwrap();
        killed += u32::from(rotation.wait().unwrap().code().is_none());
        let serving = life.serve();
        let who = life.api(&["GetCallerIdentity", "--root-key", &key]);
        assert_eq!(member(&who, "/IdentityType"), "RAMUser", "part {part}");
        let _ = serving.stop(Signal::KILL);
    }
    assert!(killed > 0, "no rotation was caught under way");
    assert_eq!(life.say(&["key", "rotate"]).0, Some(0));
    let keys = fs::read_to_string(&life.key_file).unwrap();
    assert_eq!(keys.lines().filter(|line| !line.starts_with('#')).count(), 1, "old keys are kept");
    for file in files(Path::new(&life.data)) {
        assert_absent(std::slice::from_ref(&secret), "the data", &fs::read(&file).unwrap());
    }
}

/// What the test above looks for is found where it is.
#[test]
fn a_secret_in_any_form_would_be_found() {
    let secret = vec!["abcdef-secret".to_owned()];
    for form in [
        "abcdef-secret".to_owned(),
        STANDARD.encode("abcdef-secret"),
        HEXLOWER.encode(b"abcdef-secret"),
    ] {
        let said = format!("before {form} after");
        let caught = std::panic::catch_unwind(|| assert_absent(&secret, "here", said.as_bytes()));
        assert!(caught.is_err(), "{form}");
    }
}

#[test]
fn without_the_key_file_nothing_starts_and_nothing_is_made() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let life = Life { home: home.path().into(), data: path("data"), key_file: path("seal.key") };
    assert_eq!(life.serve().stop(Signal::TERM), Some(0));
    fs::rename(path("seal.key"), path("copy.key")).unwrap();
    let (status, said) = life.say(&["serve", "--listen", "127.0.0.1:0", "--root-key", "id:secret"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("seal.key is not there: restore it from a copy"), "{said}");
    assert!(!Path::new(&path("seal.key")).exists());
    fs::rename(path("copy.key"), path("seal.key")).unwrap();
    assert_eq!(life.serve().stop(Signal::TERM), Some(0));
}
