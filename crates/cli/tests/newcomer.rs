//! What someone new to the binary runs into, and what it says then.

mod common;

use common::{Serving, causeway, run, text};
use rustix::process::Signal;
use serde_json::Value;

const ACCOUNT: &str = "1111222233334444";

#[test]
fn a_running_server_tells_its_account_and_region() {
    let home = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--account", ACCOUNT, "--region", "eu-west-1"];
    let serving = Serving::start(causeway(home.path(), &serve));
    let env = run(home.path(), &["env", "json"]);
    assert!(text(&env.stderr).contains("protocol \"http\""), "{}", text(&env.stderr));
    let env: Value = serde_json::from_slice(&env.stdout).unwrap();
    assert_eq!(env["ALICLOUD_ACCOUNT_ID"], ACCOUNT);
    assert_eq!(env["ALICLOUD_REGION"], "eu-west-1");
    let made = run(home.path(), &["api", "CreateVpc", "CidrBlock=10.0.0.0/8"]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert_eq!(serving.stop(Signal::TERM), Some(0));
}

#[test]
fn a_data_directory_stays_with_its_account() {
    let home = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let first =
        Serving::start(causeway(home.path(), &[&serve[..], &["--account", ACCOUNT]].concat()));
    assert_eq!(first.stop(Signal::TERM), Some(0));

    let other = run(home.path(), &[&serve[..], &["--account", "5555666677778888"]].concat());
    let complaint = text(&other.stderr);
    assert_eq!(other.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains(&format!("the state of account {ACCOUNT}")), "{complaint}");

    let again = Serving::start(causeway(home.path(), &serve));
    assert_eq!(again.value("account"), ACCOUNT);
    assert_eq!(again.stop(Signal::TERM), Some(0));
}

#[test]
fn api_speaks_up_about_mistyped_names() {
    let home = tempfile::tempdir().unwrap();
    let serving = Serving::start(causeway(home.path(), &["serve", "--listen", "127.0.0.1:0"]));
    let warned = run(home.path(), &["api", "DescribeVpcs", "VpcName=a", "PageSiz=1"]);
    assert_eq!(warned.status.code(), Some(0));
    assert_eq!(
        text(&warned.stderr),
        "warning: DescribeVpcs takes no parameter \"PageSiz\", it is ignored; did you mean PageSize?\n"
    );
    let wrong = text(&run(home.path(), &["api", "DescribeVpc"]).stderr);
    assert!(
        wrong.ends_with("\nhint: DescribeVpc is not served here; did you mean DescribeVpcs?\n"),
        "{wrong}"
    );
    let refused = run(home.path(), &["api", "DescribeVpcs", "Version=2016-04-28"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--version-of-api"), "{}", text(&refused.stderr));
    drop(serving);
}

#[test]
fn a_batch_with_failures_exits_with_one() {
    let home = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tasks", "immediate"];
    let serving = Serving::start(causeway(home.path(), &serve));
    let call = |arguments: &[&str]| {
        let output = run(home.path(), &[&["api"], arguments, &["--json"]].concat());
        let body: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), body, text(&output.stderr))
    };
    let (_, made, _) = call(&["CreateVpc", "CidrBlock=10.0.0.0/8"]);
    let table = made["RouteTableId"].as_str().unwrap();
    let table = format!("RouteEntries.1.RouteTableId={table}");
    let entry = [
        "CreateRouteEntries",
        &table,
        "RouteEntries.1.DstCidrBlock=192.168.0.0/16",
        "RouteEntries.1.NextHop=i-absent",
        "RouteEntries.1.NextHopType=Instance",
    ];
    let (code, body, complaint) = call(&entry);
    assert_eq!(code, Some(1), "{body} {complaint}");
    assert_eq!(body["FailedCount"], 1, "{complaint}");
    assert!(complaint.contains("1 of 1 entries failed"), "{complaint}");
    drop(serving);
}

#[test]
fn a_tilde_in_a_variable_is_the_home_directory_and_misspelt_ones_are_told() {
    let home = tempfile::tempdir().unwrap();
    let mut serve = causeway(home.path(), &["serve", "--listen", "127.0.0.1:0"]);
    serve.env("CAUSEWAY_DATA", "~/routes");
    let serving = Serving::start(serve);
    assert_eq!(serving.value("data"), home.path().join("routes").display().to_string());
    assert_eq!(serving.stop(Signal::TERM), Some(0));

    let mut env = causeway(home.path(), &["env", "--data", "~/routes"]);
    let complaint = text(&env.env("CAUSEWAY_ACOUNT", ACCOUNT).output().unwrap().stderr);
    assert!(complaint.contains("CAUSEWAY_ACOUNT is no setting"), "{complaint}");
    assert!(complaint.contains("did you mean CAUSEWAY_ACCOUNT?"), "{complaint}");
}

#[test]
fn damaged_files_say_the_next_step() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("root-key.json"), "{").unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let output = run(home.path(), &serve);
    assert_eq!(output.status.code(), Some(1));
    let complaint = text(&output.stderr);
    assert!(
        complaint.contains("remove it to have a new key made, or give --root-key"),
        "{complaint}"
    );
}
