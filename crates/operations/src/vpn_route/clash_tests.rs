//! The matrix of semantics.md 4.4: every route against every set of routes of its destination.

use crate::testing::World;

/// Routes of one destination as `(next hop, weight)`; next hops are numbered.
type Rows = Vec<(usize, u8)>;

const SINGLE: [&str; 3] = ["$vco", "$vco2", "$vco3"];
const DUAL: [&str; 2] = ["$dualvco", "$dualvco2"];

fn create(world: &mut World, gateway: &str, next_hop: &str, weight: u8) -> Result<(), String> {
    let weight = weight.to_string();
    let parameters = [
        ("VpnGatewayId", gateway),
        ("RouteDest", "10.0.0.0/24"),
        ("NextHop", next_hop),
        ("Weight", &weight),
        ("PublishVpc", "false"),
    ];
    let result = world.call("CreateVpnRouteEntry", &parameters);
    result.map(|_| ()).map_err(|refusal| refusal.code.into_owned())
}

/// Every set of rows a gateway can hold, by its own rules: none, one row, or a pair.
fn sets(hops: usize, pairs: bool) -> Vec<Rows> {
    let mut sets = vec![Rows::new()];
    for hop in 0..hops {
        for weight in [0, 100] {
            sets.push(vec![(hop, weight)]);
        }
        for other in (0..hops).filter(|other| pairs && *other != hop) {
            sets.push(vec![(hop, 100), (other, 0)]);
        }
    }
    sets
}

/// What the table says about a new row.
fn expected(dual: bool, rows: &Rows, (hop, weight): (usize, u8)) -> Result<(), &'static str> {
    if rows.iter().any(|row| row.0 == hop) {
        return Err("VpnRouteEntry.AlreadyExists"); // S-VR-54: any weight
    }
    match (dual, rows.as_slice()) {
        (_, []) => Ok(()),
        (true, _) => Err("VpnRouteEntry.Conflict"), // S-VR-55
        (false, [(_, other)]) if *other != weight => Ok(()), // S-VR-28
        (false, _) => Err("VpnRouteEntry.BackupRoute"), // S-VR-57
    }
}

#[test]
fn the_matrix_holds_for_every_combination() {
    let mut tried = 0;
    for (dual, gateway, hops) in [(false, "$vpn", &SINGLE[..]), (true, "$dual", &DUAL[..])] {
        for rows in sets(hops.len(), !dual) {
            for (hop, next_hop) in hops.iter().enumerate() {
                for weight in [0, 100] {
                    let mut world = World::scene();
                    for (hop, weight) in &rows {
                        create(&mut world, gateway, hops[*hop], *weight).unwrap();
                    }
                    let result = create(&mut world, gateway, next_hop, weight);
                    let expected = expected(dual, &rows, (hop, weight));
                    assert_eq!(
                        result.as_ref().map_err(|e| e.as_str()),
                        expected.as_ref().map_err(|e| *e),
                        "{gateway} {rows:?} + ({hop}, {weight})"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 13 * 6 + 5 * 4);
}

#[test]
fn refusals_carry_the_pages_messages() {
    let mut world = World::scene();
    create(&mut world, "$vpn", "$vco", 100).unwrap();
    create(&mut world, "$dual", "$dualvco", 100).unwrap();
    for (gateway, next_hop, weight, code, message) in [
        (
            "$vpn",
            "$vco",
            "0",
            "VpnRouteEntry.AlreadyExists",
            "The specified route entry is already exist.",
        ),
        (
            "$vpn",
            "$vco2",
            "100",
            "VpnRouteEntry.BackupRoute",
            "Validate backup route entry failed.",
        ),
        (
            "$dual",
            "$dualvco2",
            "0",
            "VpnRouteEntry.Conflict",
            "The specified route entry has conflict.",
        ),
    ] {
        let parameters = [
            ("VpnGatewayId", gateway),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", next_hop),
            ("Weight", weight),
            ("PublishVpc", "false"),
        ];
        let refusal = world.refusal("CreateVpnRouteEntry", &parameters);
        assert_eq!((refusal.status, &*refusal.code, &*refusal.message), (400, code, message));
    }
}

#[test]
fn other_destinations_do_not_matter_even_overlapping_ones() {
    let mut world = World::scene(); // decision A26
    for (n, destination) in
        ["10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "10.0.0.1"].iter().enumerate()
    {
        let parameters = [
            ("VpnGatewayId", "$vpn"),
            ("RouteDest", destination),
            ("NextHop", SINGLE[n % 3]),
            ("Weight", "100"),
            ("PublishVpc", "true"),
        ];
        world.call("CreateVpnRouteEntry", &parameters).unwrap();
    }
}

#[test]
fn a_lone_standby_route_is_accepted() {
    let mut world = World::scene(); // decision A22, S-VR-27
    create(&mut world, "$vpn", "$vco", 0).unwrap();
    create(&mut world, "$vpn", "$vco2", 100).unwrap(); // S-VR-26
}
