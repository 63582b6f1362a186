//! The order of semantics.md 5.4: every route against every set of routes a gateway can hold.

use crate::testing::World;
use causeway_model::vpn_gateway::{PbrSupport, VpnGateway};
use causeway_types::{Cidr, VpnGatewayId};

/// Source and destination, the number of the next hop, weight, priority.
#[derive(Clone, Copy, Debug)]
struct Row {
    blocks: (&'static str, &'static str),
    hop: usize,
    weight: u8,
    priority: u8,
}

const SINGLE: [&str; 3] = ["$vco", "$vco2", "$vco3"];
const DUAL: [&str; 2] = ["$dualvco", "$dualvco2"];

const BLOCKS: (&str, &str) = ("192.168.128.0/24", "10.0.0.0/24");
/// [`BLOCKS`], blocks that overlap them in both, in the source and in the destination only.
const OTHERS: [(&str, &str); 4] = [
    BLOCKS,
    ("192.168.128.0/25", "10.0.0.0/16"),
    ("192.168.128.0/24", "10.1.0.0/24"),
    ("192.168.129.0/24", "10.0.0.0/24"),
];

fn create(world: &mut World, gateway: &str, next_hop: &str, row: Row) -> Result<(), String> {
    let (weight, priority) = (row.weight.to_string(), row.priority.to_string());
    let parameters = [
        ("VpnGatewayId", gateway),
        ("RouteSource", row.blocks.0),
        ("RouteDest", row.blocks.1),
        ("NextHop", next_hop),
        ("Weight", &weight),
        ("PublishVpc", "false"),
        ("Priority", &priority),
    ];
    let result = world.call("CreateVpnPbrRouteEntry", &parameters);
    result.map(|_| ()).map_err(|refusal| refusal.code.into_owned())
}

/// Every set of rows for [`BLOCKS`] a gateway can hold: none, one row, or a pair.
fn sets(hops: usize, pairs: bool) -> Vec<Vec<Row>> {
    let row = |hop, weight| Row { blocks: BLOCKS, hop, weight, priority: 10 };
    let mut sets = vec![Vec::new()];
    for hop in 0..hops {
        for weight in [0, 100] {
            sets.push(vec![row(hop, weight)]);
        }
        for other in (0..hops).filter(|other| pairs && *other != hop) {
            sets.push(vec![row(hop, 100), row(other, 0)]);
        }
    }
    sets
}

/// What the list says about a new row: the first rule that matches.
fn expected(dual: bool, rows: &[Row], new: Row) -> Result<(), &'static str> {
    let overlap =
        |a: &str, b: &str| a.parse::<Cidr>().unwrap().overlaps(&b.parse::<Cidr>().unwrap());
    let twins = || rows.iter().filter(|row| row.blocks == new.blocks);
    if twins().any(|row| row.hop == new.hop) {
        Err("VpnRouteEntry.AlreadyExists") // S-PBR-46
    } else if dual && twins().count() > 0 {
        Err("VpnRouteEntry.SrcDestConflict") // S-PBR-64
    } else if twins().any(|row| row.weight == new.weight) {
        Err("VpnRouteEntry.SrcDestWeightConflict") // S-PBR-62
    } else if twins().count() == 2 || twins().any(|row| row.priority != new.priority) {
        Err("VpnRouteEntry.BackupRoute") // S-PBR-49
    } else if rows.iter().any(|row| {
        row.blocks != new.blocks
            && row.priority == new.priority
            && overlap(row.blocks.0, new.blocks.0)
            && overlap(row.blocks.1, new.blocks.1)
    }) {
        Err("VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap") // S-PBR-63
    } else {
        Ok(())
    }
}

/// Every new row there is to try.
fn news(hops: usize) -> Vec<Row> {
    let mut news = Vec::new();
    for blocks in OTHERS {
        for hop in 0..hops {
            for weight in [0, 100] {
                news.extend([10, 20].map(|priority| Row { blocks, hop, weight, priority }));
            }
        }
    }
    news
}

#[test]
fn the_order_holds_for_every_combination() {
    let mut outcomes = std::collections::BTreeMap::new();
    for (dual, gateway, hops) in [(false, "$vpn", &SINGLE[..]), (true, "$dual", &DUAL[..])] {
        for rows in sets(hops.len(), !dual) {
            for new in news(hops.len()) {
                let mut world = World::scene();
                for row in &rows {
                    create(&mut world, gateway, hops[row.hop], *row).unwrap();
                }
                let result = create(&mut world, gateway, hops[new.hop], new);
                let expected = expected(dual, &rows, new);
                let found = result.as_ref().map(|_| ()).map_err(String::as_str);
                assert_eq!(found, expected, "{gateway} {rows:?} + {new:?}");
                *outcomes.entry(expected.err().unwrap_or("accepted")).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(outcomes.len(), 6, "each rule was met: {outcomes:?}");
}

#[test]
fn refusals_carry_the_pages_messages() {
    let mut world = World::scene();
    let row = Row { blocks: BLOCKS, hop: 0, weight: 100, priority: 10 };
    create(&mut world, "$vpn", "$vco", row).unwrap();
    create(&mut world, "$dual", "$dualvco", row).unwrap();
    for (changes, message) in [
        (&[][..], "The specified route entry is already exist."),
        (
            &[("NextHop", "$vco2")][..],
            "The VPN gateway does not support Policy-based routing with the same source CIDR, destination CIDR and weight.",
        ),
        (
            &[("NextHop", "$vco2"), ("Weight", "0"), ("Priority", "11")][..],
            "Validate backup route entry failed.",
        ),
        (
            &[("RouteDest", "10.0.0.0/25")][..],
            "The source CIDR and destination CIDR of Policy-based routes with the same priority cannot overlap.",
        ),
        (
            &[("VpnGatewayId", "$dual"), ("NextHop", "$dualvco2"), ("Weight", "0")][..],
            "The VPN gateway does not support Policy-based routing with the same source CIDR and destination CIDR.",
        ),
    ] {
        let route = [
            ("VpnGatewayId", "$vpn"),
            ("RouteSource", BLOCKS.0),
            ("RouteDest", BLOCKS.1),
            ("NextHop", "$vco"),
            ("Weight", "100"),
            ("PublishVpc", "false"),
        ];
        let refusal = world.refusal("CreateVpnPbrRouteEntry", &[&route[..], changes].concat());
        assert_eq!((refusal.status, &*refusal.message), (400, message), "{changes:?}");
    }
}

#[test]
fn without_priorities_creation_order_settles_overlaps() {
    let mut world = World::scene(); // semantics.md 5.5
    let gateway = world.id::<VpnGatewayId>("$vpn");
    world.update::<VpnGateway>(&gateway, |it| it.pbr = PbrSupport::WithoutPriority);
    let mut create = |blocks: (&str, &str), next_hop, weight| {
        let parameters = [
            ("VpnGatewayId", "$vpn"),
            ("RouteSource", blocks.0),
            ("RouteDest", blocks.1),
            ("NextHop", next_hop),
            ("Weight", weight),
            ("PublishVpc", "false"),
        ];
        world.call("CreateVpnPbrRouteEntry", &parameters).map_err(|refusal| refusal.code)
    };
    let answer = create(OTHERS[0], "$vco", "100").unwrap();
    assert_eq!(answer.get("Priority"), None);
    create(OTHERS[1], "$vco", "100").unwrap();
    let twin = create(OTHERS[1], "$vco2", "100");
    assert_eq!(twin.unwrap_err(), "VpnRouteEntry.SrcDestWeightConflict");
    create(OTHERS[1], "$vco2", "0").unwrap();
}
