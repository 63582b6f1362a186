//! The binary as people and scripts meet it.

mod common;

use common::{Serving, causeway, run, text};
use rustix::process::Signal;

#[test]
fn serve_is_found_by_env_and_ends_with_zero() {
    let home = tempfile::tempdir().unwrap();
    let serving = Serving::start(causeway(home.path(), &["serve", "--listen", "127.0.0.1:0"]));
    assert!(serving.get("/readyz").starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(serving.get("/version").contains(env!("CARGO_PKG_VERSION")));

    let env = text(&run(home.path(), &["env", "dotenv"]).stdout);
    assert!(env.contains(&format!("VPC_ENDPOINT={}\n", serving.endpoint())), "{env}");
    let id = serving.value("access key");
    assert!(env.contains(&format!("ALIBABA_CLOUD_ACCESS_KEY_ID={id}\n")), "{env}");
    let secret = serving.value("secret").replace(" (shown this once)", "");
    assert!(env.contains(&format!("ALIBABA_CLOUD_ACCESS_KEY_SECRET={secret}\n")), "{env}");
    assert_eq!(serving.stop(Signal::TERM), Some(0));

    let again = Serving::start(causeway(home.path(), &["serve", "--listen", "127.0.0.1:0"]));
    assert_eq!(again.value("access key"), id);
    assert!(!again.greeting.iter().any(|line| line.contains("secret")));
    assert_eq!(again.stop(Signal::INT), Some(0));
}

#[test]
fn api_prints_an_error_answer_and_exits_with_one() {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--memory", "--root-key", "id:secret", "--listen", "127.0.0.1:0"];
    let serving = Serving::start(causeway(home.path(), &arguments));
    let endpoint = serving.endpoint();
    let answer = run(
        home.path(),
        &["api", "NoSuchAction", "--listen", &endpoint, "--root-key", "id:secret"],
    );
    let complaint = text(&answer.stderr);
    assert_eq!(answer.status.code(), Some(1));
    assert!(complaint.starts_with("InvalidAction.NotFound: "), "{complaint}");
    assert!(complaint.contains("(RequestId ") && complaint.contains("\nhint: "), "{complaint}");
}

#[test]
fn api_calls_are_signed_and_state_outlives_the_server() {
    let home = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tasks", "immediate"];
    let serving = Serving::start(causeway(home.path(), &serve));
    let made = run(home.path(), &["api", "CreateVpc", "CidrBlock=10.0.0.0/8", "--json"]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let vpc = format!("VpcId={}", made["VpcId"].as_str().unwrap());
    let wrong_key =
        run(home.path(), &["api", "DescribeVpcAttribute", &vpc, "--root-key", "other:secret"]);
    assert_eq!(wrong_key.status.code(), Some(1));
    let complaint = text(&wrong_key.stderr);
    assert!(complaint.starts_with("InvalidAccessKeyId"), "{complaint}");
    assert_eq!(serving.stop(Signal::TERM), Some(0));

    let again = Serving::start(causeway(home.path(), &serve));
    let table = text(&run(home.path(), &["api", "DescribeVpcAttribute", &vpc]).stdout);
    let row = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    assert!(row("VpcId ").ends_with(&vpc["VpcId=".len()..]), "{table}");
    assert!(row("CidrBlock ").ends_with("10.0.0.0/8"), "{table}");
    drop(again);
}

#[test]
fn wrong_usage_exits_with_two_and_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (&["serve", "--listen", "4580"][..], "--listen: \"4580\" is not ADDRESS:PORT"),
        (&["serve", "--lisen", "x"], "--listen"),
        (&["serve", "--config", "/absent.toml"], "/absent.toml"),
        (&["env", "--memory"], "--root-key ID:SECRET"),
        (&["api", "DescribeVpcs", "nonsense", "--root-key", "a:b"], "NAME=VALUE"),
        (&[], "Usage: causeway"),
    ] {
        let output = run(home.path(), arguments);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert!(complaint.contains(part), "{part} in {complaint}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn faults_exit_with_one() {
    let home = tempfile::tempdir().unwrap();
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let output = run(home.path(), &["serve", "--memory", "--listen", &taken]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).starts_with("causeway: cannot listen on"),
        "{}",
        text(&output.stderr)
    );
    let output = run(home.path(), &["env"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("start `causeway serve` once"));
}

#[test]
fn variables_and_the_configuration_file_reach_every_command() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("causeway.toml");
    std::fs::write(&file, "listen = '127.0.0.1:1'\nroot-key = 'file-id:secret'\n").unwrap();
    let mut command = causeway(home.path(), &["env", "json", "--config", file.to_str().unwrap()]);
    let output = command.env("CAUSEWAY_LISTEN", "127.0.0.1:2").output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["VPC_ENDPOINT"], "127.0.0.1:2");
    assert_eq!(json["ACCESS_KEY_ID"], "file-id");
}

#[test]
fn help_version_and_completions_are_plain_text() {
    let home = tempfile::tempdir().unwrap();
    let version = text(&run(home.path(), &["--version"]).stdout);
    assert_eq!(version, format!("causeway {}\n", env!("CARGO_PKG_VERSION")));
    let help = text(&run(home.path(), &["serve", "--help"]).stdout);
    assert!(help.contains("CAUSEWAY_ROUTE_STATES") && help.contains("Examples:"), "{help}");
    assert!(!help.contains('\u{1b}'), "no colour off a terminal");
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&run(home.path(), &["completions", shell]).stdout);
        assert!(script.contains("causeway"), "{shell}");
    }
}

#[test]
fn a_directory_that_cannot_be_served_is_left_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let serve = |data: &std::path::Path| {
        let data = data.to_str().unwrap().to_owned();
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--root-key", "a:secret", "--data"];
        causeway(home.path(), &[&arguments[..], &[&data]].concat())
    };
    let serving = Serving::start(serve(&data));
    let second = serve(&data).output().unwrap();
    let complaint = text(&second.stderr);
    assert_eq!(second.status.code(), Some(1));
    assert!(complaint.contains("another"), "who holds it: {complaint}");
    assert_eq!(serving.stop(Signal::TERM), Some(0));

    // A store with a damaged file, and a store that is somebody else's.
    let store = data.join("store");
    let marker = store.join("causeway.format");
    let good = std::fs::read(&marker).unwrap();
    std::fs::write(&marker, b"something else").unwrap();
    let refused = serve(&data).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stdout));
    assert!(!text(&refused.stderr).contains("panicked"), "{}", text(&refused.stderr));
    assert_eq!(std::fs::read(&marker).unwrap(), b"something else", "left as it was");
    std::fs::write(&marker, good).unwrap();
    assert_eq!(Serving::start(serve(&data)).stop(Signal::TERM), Some(0));
}
