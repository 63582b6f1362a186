use super::*;
use crate::settings::AccessKey;

fn target() -> Target {
    Target {
        address: "127.0.0.1:8080".parse().unwrap(),
        key: AccessKey { id: "test-ak".into(), secret: "test'sk".into() },
        account: "1234567890123456".into(),
        region: "cn-hangzhou".into(),
        ca: Some("/data/ca.pem".into()),
    }
}

#[test]
fn the_shell_learns_what_every_client_reads() {
    let text = text(EnvFormat::Shell, &target());
    for line in [
        // clients.md section 4.1, 4.2
        "export ALIBABA_CLOUD_ACCESS_KEY_ID=test-ak",
        r"export ALIBABA_CLOUD_ACCESS_KEY_SECRET='test'\''sk'",
        "export ALICLOUD_ACCESS_KEY=test-ak",
        "export ALICLOUD_ACCOUNT_ID=1234567890123456",
        "export ALIBABA_CLOUD_ACCOUNT_TYPE=Domestic",
        "export ALIBABA_CLOUD_ENDPOINT_EXPRESSCONNECTROUTER=127.0.0.1:8080",
        // clients.md section 9.1
        "export VPC_ENDPOINT=127.0.0.1:8080",
        "export ALICLOUD_CLIENT_SCHEME=HTTP",
        "export ACCESS_KEY_ID=test-ak",
        // clients.md section 4.4
        r#"export NO_PROXY="localhost,127.0.0.1,::1${NO_PROXY:+,$NO_PROXY}""#,
        r#"export no_proxy="localhost,127.0.0.1,::1${no_proxy:+,$no_proxy}""#,
        "unset ALIBABA_CLOUD_SECURITY_TOKEN",
        "export NODE_EXTRA_CA_CERTS=/data/ca.pem",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
}

#[test]
fn a_shell_keeps_the_hosts_that_needed_no_proxy() {
    let lines = text(EnvFormat::Shell, &target());
    let line = lines.lines().find(|line| line.starts_with("export NO_PROXY=")).unwrap();
    for (before, after) in
        [("", "localhost,127.0.0.1,::1"), ("a.lan", "localhost,127.0.0.1,::1,a.lan")]
    {
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(format!("{line}; printf %s \"$NO_PROXY\"")).env("NO_PROXY", before);
        assert_eq!(String::from_utf8(shell.output().unwrap().stdout).unwrap(), after);
    }
}

#[test]
fn who_reads_no_variable_is_told_apart() {
    for format in [EnvFormat::Shell, EnvFormat::Dotenv, EnvFormat::Json] {
        let note = note(format, &target()).unwrap();
        assert!(note.contains("endpoint \"127.0.0.1:8080\", protocol \"http\""), "{note}");
    }
    for format in [EnvFormat::Terraform, EnvFormat::Aliyun] {
        assert_eq!(note(format, &target()), None);
    }
}

#[test]
fn dotenv_and_json_hold_the_same_variables() {
    let dotenv = text(EnvFormat::Dotenv, &target());
    let json: serde_json::Value = serde_json::from_str(&text(EnvFormat::Json, &target())).unwrap();
    assert_eq!(dotenv.lines().count(), json.as_object().unwrap().len());
    assert!(dotenv.contains("VPC_ENDPOINT=127.0.0.1:8080\n"));
    assert!(dotenv.contains("ALIBABA_CLOUD_ACCESS_KEY_SECRET=\"test'sk\"\n"));
    assert_eq!(json["ECS_ENDPOINT"], "127.0.0.1:8080");
}

#[test]
fn terraform_gets_a_whole_provider_block() {
    // clients.md section 4.3
    let expected = "\
# expressconnectrouter has no place in this block:
#   export ALIBABA_CLOUD_ENDPOINT_EXPRESSCONNECTROUTER=127.0.0.1:8080
provider \"alicloud\" {
  access_key             = \"test-ak\"
  secret_key             = \"test'sk\"
  region                 = \"cn-hangzhou\"
  account_id             = \"1234567890123456\"
  account_type           = \"Domestic\"
  protocol               = \"HTTP\"
  skip_region_validation = true
  endpoints {
    vpc             = \"127.0.0.1:8080\"
    ecs             = \"127.0.0.1:8080\"
    sts             = \"127.0.0.1:8080\"
    location        = \"127.0.0.1:8080\"
    bssopenapi      = \"127.0.0.1:8080\"
    cbn             = \"127.0.0.1:8080\"
    vpcpeer         = \"127.0.0.1:8080\"
    privatelink     = \"127.0.0.1:8080\"
    resourcemanager = \"127.0.0.1:8080\"
    ram             = \"127.0.0.1:8080\"
    kms             = \"127.0.0.1:8080\"
  }
}
";
    assert_eq!(text(EnvFormat::Terraform, &target()), expected);
}

#[test]
fn aliyun_gets_a_profile() {
    let text = text(EnvFormat::Aliyun, &target());
    assert!(
        text.contains("aliyun configure set --profile causeway --mode AK --region cn-hangzhou"),
        "{text}"
    );
    assert!(text.contains("--endpoint 127.0.0.1:8080 --insecure"), "{text}");
}
