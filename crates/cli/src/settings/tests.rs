use std::collections::BTreeMap;
use std::path::Path;

use super::super::Layer;
use super::*;
use causeway_engine::Rate;
use causeway_operations::Enforcement;

fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn flags(pairs: &[(&str, &str)]) -> Layer {
    pairs.iter().fold(Layer::default(), |layer, (name, value)| {
        layer.flag(Key::find(name).unwrap(), [(*value).to_owned()])
    })
}

fn settings(
    flag_pairs: &[(&str, &str)],
    variable_pairs: &[(&str, &str)],
    toml: &str,
) -> Result<Settings, String> {
    let file = Layer::of_toml(toml, Path::new("c.toml")).map_err(|fault| fault.0)?;
    let environment = Layer::of_environment(&variables(variable_pairs));
    Sources(vec![flags(flag_pairs), environment, file]).resolve().map_err(|fault| fault.0)
}

#[test]
fn flag_over_environment_over_file_over_default() {
    type Case = (
        &'static [(&'static str, &'static str)],
        &'static [(&'static str, &'static str)],
        &'static str,
    );
    let flag: &'static [_] = &[("tasks", "1s")];
    let variable: &'static [_] = &[("CAUSEWAY_TASKS", "2s")];
    let file = "tasks = '3s'";
    let cases: [(Case, TaskLength); 5] = [
        ((flag, variable, file), TaskLength::AfterMs(1000)),
        ((&[], variable, file), TaskLength::AfterMs(2000)),
        ((&[], &[], file), TaskLength::AfterMs(3000)),
        ((&[], &[], ""), TaskLength::AfterMs(150)),
        ((&[], &[("CAUSEWAY_TASKS", "")], file), TaskLength::AfterMs(3000)),
    ];
    for ((flags, variables, file), expected) in cases {
        assert_eq!(
            settings(flags, variables, file).unwrap().tasks,
            expected,
            "{flags:?} {variables:?} {file}"
        );
    }
}

#[test]
fn every_setting_is_read_from_the_file() {
    let read = settings(
        &[],
        &[],
        r#"
        listen = "[::1]:0"
        data = "/srv/causeway"
        key-file = "/etc/causeway/seal.key"
        memory = false
        root-key = "id:secret"
        account = "1111222233334444"
        other-account = ["2222333344445555=other:hush"]
        region = ["cn-beijing", "eu-west-1"]
        seed = 7
        tasks = "manual"
        clock = "frozen:2026-11-20T10:00:00Z"
        route-states = "created"
        allow-supernet = true
        quota = ["vpcs=100", "vpn-routes-per-gateway=5"]
        log = "debug"
        log-format = "json"
        ca-file = "/tmp/ca.pem"
        tls-name = ["causeway.lan", "192.0.2.7"]
        ram-enforce = "soft"
        audit-reads = true
        audit-keep = "30d"
        audit-max = "512MiB"
        tls-cert = "/tls.crt"
        tls-key = "/tls.key"
        insecure = true
        throttle = ["action=20", "failed=off"]
        "#,
    )
    .unwrap();
    let expected = Settings {
        listen: Some("[::1]:0".parse().unwrap()),
        storage: Storage::Directory("/srv/causeway".into()),
        key_file: Some("/etc/causeway/seal.key".into()),
        root_key: Some("id:secret".parse().unwrap()),
        account: Some("1111222233334444".into()),
        other_accounts: vec![("2222333344445555".into(), "other:hush".parse().unwrap())],
        regions: Some(vec!["cn-beijing".into(), "eu-west-1".into()]),
        seed: Some(7),
        tasks: TaskLength::Manual,
        clock: Clock::Frozen("2026-11-20T10:00:00Z".parse().unwrap()),
        route_states: RouteStateNames::Created,
        allow_supernet: true,
        quotas: Quotas { vpcs: 100, vpn_routes_per_gateway: 5, ..Quotas::default() },
        log: LevelFilter::DEBUG,
        log_format: LogFormat::Json,
        ca_file: Some("/tmp/ca.pem".into()),
        tls_names: vec!["causeway.lan".into(), "192.0.2.7".into()],
        own_certificate: Some(OwnCertificateFiles {
            certificate: "/tls.crt".into(),
            key: "/tls.key".into(),
        }),
        insecure: true,
        throttle: Throttle { per_action: Rate::per_second(20), per_account: None, failed: None },
        ram_enforce: Enforcement::Soft,
        audit: AuditSettings { reads: true, keep_ms: 30 * 24 * 3_600_000, max_bytes: 512 << 20 },
    };
    assert_eq!(read, expected);
}

#[test]
fn the_stronger_source_decides_between_memory_and_data() {
    let directory = |path: &str| Storage::Directory(path.into());
    assert_eq!(
        settings(&[("memory", "true")], &[], "data = '/a'").unwrap().storage,
        Storage::Memory
    );
    let stronger_data = settings(&[("data", "/b")], &[("CAUSEWAY_MEMORY", "1")], "");
    assert_eq!(stronger_data.unwrap().storage, directory("/b"));
    let denied = settings(&[], &[("CAUSEWAY_MEMORY", "0")], "memory = true\n").unwrap();
    assert_ne!(denied.storage, Storage::Memory);
    let both = settings(&[], &[], "memory = true\ndata = '/a'").unwrap_err();
    assert_eq!(both, "memory in c.toml and data in c.toml exclude each other: remove one");
}

#[test]
fn messages_name_the_place_and_the_way_out() {
    for (flag_pairs, variable_pairs, toml, parts) in [
        (&[("tasks", "soon")][..], &[][..], "", ["--tasks: \"soon\"", "150ms"]),
        (&[], &[("CAUSEWAY_LISTEN", "4580")], "", ["CAUSEWAY_LISTEN: \"4580\"", "127.0.0.1:4580"]),
        (&[], &[], "account = 12", ["account in c.toml: \"12\"", "sixteen digits"]),
        (&[], &[], "region = []", ["region in c.toml", "name one region"]),
        (&[], &[], "root_key = 'a:b'", ["no setting \"root_key\"", "did you mean \"root-key\"?"]),
        (&[], &[], "listen = 1.5", ["listen in c.toml", "must be a text"]),
        (&[], &[], "listen", ["c.toml is not valid TOML", "c.toml"]),
        (&[("quota", "vpcs")], &[], "", ["--quota: \"vpcs\"", "NAME=LIMIT"]),
        (&[("quota", "cats=3")], &[], "", ["--quota: \"cats=3\"", "custom-routes-per-table"]),
        (&[], &[("CAUSEWAY_QUOTA", "vpcs=1,vpcs=x")], "", ["CAUSEWAY_QUOTA", "whole number"]),
        (&[("tls-name", "a b")], &[], "", ["--tls-name: \"a b\"", "causeway.lan"]),
        (&[("throttle", "all=3")], &[], "", ["--throttle: \"all=3\"", "action, account, failed"]),
        (&[("clock", "noon")], &[], "", ["--clock: \"noon\"", "frozen:2026"]),
    ] {
        let message = settings(flag_pairs, variable_pairs, toml).unwrap_err();
        for part in parts {
            assert!(message.contains(part), "{part} in {message}");
        }
    }
}

#[test]
fn a_mistyped_key_is_not_repeated() {
    let message = settings(&[("root-key", "topsecret")], &[], "").unwrap_err();
    assert!(message.starts_with("--root-key: the value is not ID:SECRET"), "{message}");
    assert!(!message.contains("topsecret"));
}

#[test]
fn a_configuration_file_is_named_by_flag_or_variable() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("causeway.toml");
    std::fs::write(&path, "seed = 5").unwrap();
    let named = variables(&[("CAUSEWAY_CONFIG", path.to_str().unwrap())]);
    for (config, variables) in [(Some(path.as_path()), BTreeMap::new()), (None, named)] {
        let sources = Sources::gather(Layer::default(), config, &variables).unwrap();
        assert_eq!(sources.resolve().unwrap().seed, Some(5));
    }
    let absent =
        Sources::gather(Layer::default(), Some(Path::new("/absent.toml")), &BTreeMap::new());
    assert!(absent.unwrap_err().0.starts_with("cannot read the configuration file /absent.toml"));
}
