//! Rows as stores hold them: read back they are the same tenant, and every released version's rows
//! stay readable.

use super::World;
use causeway_model::gateway_binding::GatewayBinding;
use causeway_model::ram_last_use;
use causeway_model::ram_role::RamRole;
use causeway_model::ram_session::{NewSession, RamSession};
use causeway_model::ram_user::AccessKey;
use causeway_model::token::{Token, TokenKey};
use causeway_model::{Changes, Read, TaskLength, Tenant};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Tags of the kinds of rows there are (`crates/model/src/rows.rs`).
const TAGS: [u8; 29] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27,
    28, 29, 50,
];

/// How many kinds of rows the first release had.
const FIRST_KINDS: usize = 18;

type Stored = BTreeMap<Vec<u8>, Vec<u8>>;

fn read_back(stored: &Stored, revision: u64) -> Tenant {
    let mut changes = Changes::default();
    for (key, value) in stored {
        changes.decode_row(key, value).expect("a readable row");
    }
    let again = changes.encode();
    assert!(again.iter().map(|change| &change.key).eq(stored.keys()), "keys never change");
    for change in again {
        let (before, after) = (&stored[&change.key], change.value.expect("a row"));
        // An older version is written back as the version of today.
        let same = *before == after || before[0] < after[0];
        assert!(same, "rows are written back as they were read");
    }
    let mut tenant = Tenant::default();
    tenant.apply(changes, revision);
    tenant
}

/// A world with rows of every kind.
fn full_world() -> World {
    let mut world = World::scene();
    world.context.tasks = TaskLength::AfterMs(150);
    let route = |world: &mut World, action: &str, pairs: &[(&str, &str)]| {
        world.call(action, pairs).unwrap_or_else(|refusal| panic!("{action}: {refusal:?}"));
    };
    route(
        &mut world,
        "CreateRouteEntries",
        &[
            ("RouteEntries.1.RouteTableId", "$vtb"),
            ("RouteEntries.1.DstCidrBlock", "10.0.0.0/24"),
            ("RouteEntries.1.NextHop", "$i"),
            ("RouteEntries.1.Name", "named"),
        ],
    );
    let vpn = [
        ("VpnGatewayId", "$vpn"),
        ("RouteDest", "172.16.0.0/24"),
        ("NextHop", "$vco"),
        ("Weight", "100"),
        ("PublishVpc", "false"),
        ("Description", "described"),
    ];
    route(&mut world, "CreateVpnRouteEntry", &vpn);
    world.finish_tasks();
    let pbr: Vec<_> = vpn.into_iter().chain([("RouteSource", "192.168.1.0/24")]).collect();
    route(&mut world, "CreateVpnPbrRouteEntry", &pbr);
    route(
        &mut world,
        "CreateVcoRouteEntry",
        &[
            ("VpnConnectionId", "$att"),
            ("RouteDest", "10.9.0.0/16"),
            ("NextHop", "$att"),
            ("Weight", "100"),
        ],
    );
    route(&mut world, "SetLinkState", &[("LinkId", "$vco"), ("State", "down")]);
    route(&mut world, "CreateUser", &[("UserName", "alice"), ("Comments", "commented")]);
    route(&mut world, "CreateAccessKey", &[("UserName", "alice")]);
    let document =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:*","Resource":"*"}]}"#;
    let policy = ("PolicyName", "routes");
    route(&mut world, "CreatePolicy", &[policy, ("PolicyDocument", document)]);
    let attach = [policy, ("PolicyType", "Custom"), ("UserName", "alice")];
    route(&mut world, "AttachPolicyToUser", &attach);
    route(&mut world, "CreateGroup", &[("GroupName", "writers"), ("Comments", "commented")]);
    route(&mut world, "AddUserToGroup", &[("GroupName", "writers"), ("UserName", "alice")]);
    let trust = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"RAM":"acs:ram::1234567890123456:root"}}]}"#;
    let role = [("RoleName", "router"), ("AssumeRolePolicyDocument", trust)];
    route(&mut world, "CreateRole", &role);
    let attach = [policy, ("PolicyType", "Custom"), ("RoleName", "router")];
    route(&mut world, "AttachPolicyToRole", &attach);
    let attach = [policy, ("PolicyType", "Custom"), ("GroupName", "writers")];
    route(&mut world, "AttachPolicyToGroup", &attach);
    let role = world.tenant.get::<RamRole>(&"router".into()).expect("made above").clone();
    let (name, policy, source_identity) = ("session", Some(document), Some("alice"));
    let new = NewSession { name, policy, source_identity, duration_s: 900 };
    world.edit(|txn| drop(RamSession::start(txn, &role, &new)));
    route(&mut world, "AdvanceClock", &[("Seconds", "1")]);
    let (table, gateway) = (world.id("$custom"), world.resolve("$ipv4gw").parse().unwrap());
    world.put(GatewayBinding { gateway, table });
    let used = world.tenant.all::<AccessKey>().next().expect("made above").id.clone();
    world.edit(|txn| ram_last_use::note(txn, &used, txn.now()));
    world.scene_bgp();
    let key = TokenKey { action: "CreateVpc".into(), token: "t".into() };
    let expires = world.context.now;
    world.put(Token { key, fingerprint: [7; 32], answer: "{}".into(), expires });
    world
}

#[test]
fn a_tenant_comes_back_from_its_rows() {
    let world = full_world();
    assert_eq!(read_back(&world.stored, world.tenant.revision()), world.tenant);
    let kinds: BTreeSet<u8> = world.stored.keys().map(|key| key[0]).collect();
    assert_eq!(kinds, TAGS.into(), "a kind of row is not in the sample");
}

/// Fixtures are recorded once per released version (`CAUSEWAY_RECORD=version`) and never changed.
#[test]
fn rows_of_every_release_stay_readable() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/stored_rows");
    if let Ok(version) = std::env::var("CAUSEWAY_RECORD") {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let lines: Vec<String> =
            full_world().stored.iter().map(|(key, value)| hex(key) + " " + &hex(value)).collect();
        let path = directory.join(format!("{version}.txt"));
        std::fs::write(path, lines.join("\n") + "\n").expect("a writable directory");
    }
    let mut releases = 0;
    for file in std::fs::read_dir(directory).expect("fixtures") {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let bytes = |hex: &str| -> Vec<u8> {
            let digits = hex.as_bytes().chunks(2);
            digits
                .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
                .collect()
        };
        let rows: Stored = text
            .lines()
            .map(|line| line.split_once(' ').expect("key and value"))
            .map(|(key, value)| (bytes(key), bytes(value)))
            .collect();
        assert!(read_back(&rows, 1).row_count() == rows.len() && rows.len() > FIRST_KINDS);
        releases += 1;
    }
    assert!(releases > 0, "no fixtures");
}
