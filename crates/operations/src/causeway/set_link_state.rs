use crate::{Authorized, Operation, Write};
use causeway_forward::observe;
use causeway_model::Txn;
use causeway_model::down_link;
use causeway_model::link::{self, Condition};
use causeway_spec::{Access, Declaration, Example, ParameterError, Product, Refusal, errors};
use causeway_types::Id;
use serde::Serialize;

/// Sets a simulated link down, or up again, or lets it lose or delay packets.
///
/// All links are up until they are set down. With `State` a link gets the whole condition that the
/// request names; without it only what the request names changes. When the connection has a health check, the check has to
/// notice first: after as many lost probes in a row as it tolerates, and at the first one that is
/// answered again. Without one, a link that is set down or up counts as such at once, and loss and
/// delay are noticed by nobody. While the link of an active route counts as down, its standby route
/// takes the traffic; while a master tunnel does, the slave does. `TracePath` shows the way,
/// descriptions of connections and routes show the same, and `ListFailovers` what moved.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The IPsec connection, a tunnel of one, or a router interface.
    #[parameter(example = "vco-bp15oes1py4i66rmd****")]
    link_id: String,
    /// `down` or `up`.
    #[parameter(example = "down")]
    state: Option<String>,
    /// How many of a hundred packets are lost: 0 to 100.
    #[parameter(example = "30")]
    loss_percent: Option<i64>,
    /// How much later answers come, in milliseconds: 0 to 60000.
    #[parameter(example = "200")]
    delay_ms: Option<i64>,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    link_id: Id,
    state: &'static str,
    loss_percent: u8,
    delay_ms: u32,
    /// Whether the link was in another condition before.
    changed: bool,
}

errors! {
    /// What `SetLinkState` refuses.
    pub enum Error {
        /// No such IPsec connection, tunnel or router interface.
        NotFound = 404, "InvalidLinkId.NotFound",
            "There is no IPsec connection, tunnel or router interface {}.", "chosen";
    }
}

/// See [`Request`].
pub struct SetLinkState;

impl Operation for SetLinkState {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Update,
        resources: &["link/{LinkId}"],
        examples: &[Example {
            title: "The active link fails",
            request: &[("LinkId", "$vco"), ("State", "down")],
            answer: r#"{"LinkId":"$vco","State":"down","Changed":true}"#,
        }],
        ..Declaration::of::<Request, Error>("SetLinkState")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for SetLinkState {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let link_id = Id::from_text(&request.link_id);
        if !down_link::exists(txn, link_id) {
            return Err(Error::NotFound.with(&request.link_id));
        }
        let was = link::condition(txn, link_id);
        let base = match request.state.as_deref() {
            Some("up") => Condition::default(),
            Some("down") => Condition { down: true, ..Condition::default() },
            None if request.loss_percent.is_some() || request.delay_ms.is_some() => was,
            None => return Err(ParameterError::Missing { name: "State", code: None }.into()),
            Some(_) => return Err(Refusal::invalid_parameter("State")),
        };
        let number = |name, given: Option<i64>, else_: u32, most: u32| match given {
            None => Ok(else_),
            Some(given) if (0..=i64::from(most)).contains(&given) => Ok(given as u32),
            Some(_) => Err(Refusal::invalid_parameter(name)),
        };
        let loss_percent =
            number("LossPercent", request.loss_percent, base.loss_percent.into(), 100)?;
        let condition = Condition {
            down: base.down,
            loss_percent: loss_percent as u8,
            delay_ms: number("DelayMs", request.delay_ms, base.delay_ms, 60_000)?,
        };
        let changed = was != condition;
        if changed && let Some(turn) = link::set(txn, link_id, condition) {
            observe::turn(txn, link_id, turn);
        }
        let Condition { down, loss_percent, delay_ms } = condition;
        let state = if down { "down" } else { "up" };
        Ok(Response { link_id, state, loss_percent, delay_ms, changed })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_forward::observe;
    use causeway_model::Read;
    use causeway_model::down_link::DownLink;
    use causeway_model::link::{self, LinkState};
    use causeway_model::probing::TIMEOUT_MS;
    use causeway_model::vpn_connection::VpnConnection;
    use causeway_types::{Id, VpnConnectionId};
    use serde_json::{Value, json};

    fn set(world: &mut World, link: &str, state: &str) -> Value {
        world.call("SetLinkState", &[("LinkId", link), ("State", state)]).unwrap()
    }

    fn create(world: &mut World, gateway: &str, next_hop: &str, weight: &str) {
        let parameters = [
            ("VpnGatewayId", gateway),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", next_hop),
            ("Weight", weight),
            ("PublishVpc", "true"),
        ];
        world.call("CreateVpnRouteEntry", &parameters).unwrap();
    }

    fn far_end(world: &mut World) -> Value {
        let packet = [("SourceAddress", "192.168.1.10"), ("DestinationAddress", "10.0.0.7")];
        world.call("TracePath", &packet).unwrap()["Out"]["Outcome"].clone()
    }

    fn status(world: &mut World, connection: &str) -> Value {
        let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", connection)]);
        read.unwrap()["Status"].clone()
    }

    #[test]
    fn the_standby_link_takes_over_and_gives_back() {
        let mut world = World::scene();
        create(&mut world, "$vpn", "$vco", "100");
        create(&mut world, "$vpn", "$vco2", "0");
        // S-VR-25: traffic moves to the standby link by itself; S-VR-26, S-VR-27: which is which.
        for (link, state, carries) in [
            ("$vco", "up", "$vco"),
            ("$vco", "down", "$vco2"),
            ("$vco2", "down", ""),
            ("$vco", "up", "$vco"),
            ("$vco2", "up", "$vco"),
        ] {
            set(&mut world, link, state);
            let expected =
                if state == "up" { "ipsec_sa_established" } else { "ipsec_sa_not_established" };
            assert_eq!(status(&mut world, link), expected);
            let outcome = far_end(&mut world);
            if carries.is_empty() {
                assert_eq!(outcome["Cause"]["Kind"], "LinkDown");
                assert_eq!(outcome["At"], world.resolve("$vco"), "the active route stays");
            } else {
                assert_eq!(outcome["To"]["Connection"], world.resolve(carries));
            }
        }
    }

    #[test]
    fn the_slave_tunnel_takes_over_and_gives_back() {
        let mut world = World::scene();
        create(&mut world, "$dual", "$dualvco", "100");
        for (link, state, tunnel) in [
            ("tun-bp1dual11", "down", "tun-bp1dual12"),
            ("tun-bp1dual12", "down", "tun-bp1dual11"),
            ("tun-bp1dual11", "up", "tun-bp1dual11"),
        ] {
            set(&mut world, link, state);
            let routes = world.call("DescribeVpnRouteEntries", &[("VpnGatewayId", "$dual")]);
            let route = &routes.unwrap()["VpnRouteEntries"]["VpnRouteEntry"][0];
            // With both down the master is named, on which traffic is lost.
            assert_eq!(route["NextHopTunnelId"], tunnel);
            let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", "$dualvco")]);
            let read = read.unwrap();
            let tunnels = read["TunnelOptionsSpecification"]["TunnelOptions"].as_array().unwrap();
            let own = tunnels.iter().find(|tunnel| tunnel["TunnelId"] == link).unwrap();
            let word =
                if state == "up" { "ipsec_sa_established" } else { "ipsec_sa_not_established" };
            assert_eq!(own["Status"], word);
        }
        assert_eq!(far_end(&mut world)["To"]["Tunnels"], json!(["tun-bp1dual11"]));
    }

    #[test]
    fn the_health_check_of_an_attachment_withdraws_its_routes() {
        let mut world = World::scene();
        let connection = world.id::<VpnConnectionId>("$att");
        world.update::<VpnConnection>(&connection, |it| it.health_check.enabled = true);
        let check = |world: &mut World| {
            let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", "$att")]);
            read.unwrap()["VcoHealthCheck"]["Status"].clone()
        };
        let tunnels = |world: &mut World| {
            let read = world.call("DescribeVcoRouteEntries", &[("VpnConnectionId", "$att")]);
            read.unwrap()["VcoRouteEntries"][0]["NextHopTunnelIdList"].clone()
        };
        assert_eq!(check(&mut world), "success");
        set(&mut world, "tun-bp1attached1", "down");
        check_ends(&mut world, "tun-bp1attached1");
        assert_eq!(check(&mut world), "success");
        assert_eq!(tunnels(&mut world), json!(["tun-bp1attached2"]));
        set(&mut world, "$att", "down");
        assert_eq!(check(&mut world), "success", "no probe is lost yet");
        check_ends(&mut world, "$att");
        assert_eq!((check(&mut world), tunnels(&mut world)), (json!("failed"), json!([])));
    }

    /// Lets the time pass that the health check of a link takes to change its opinion; how long.
    fn check_ends(world: &mut World, link: &str) -> i64 {
        let id: Id = world.resolve(link).parse().unwrap();
        let next = world.tenant.get::<LinkState>(&id).and_then(|state| state.next);
        let next = next.expect("the check has something to notice");
        let passes = next.millis() - world.context.now.millis();
        world.context.now = next;
        world.edit(|txn| {
            let turn = link::step(txn, id).expect("another opinion");
            observe::turn(txn, id, turn);
        });
        passes
    }

    /// S-VR-25: the health check decides when traffic moves, within its bound, and the log tells.
    #[test]
    fn a_health_check_notices_in_time() {
        let mut world = World::scene();
        create(&mut world, "$vpn", "$vco", "100");
        create(&mut world, "$vpn", "$vco2", "0");
        let connection = world.id::<VpnConnectionId>("$vco");
        world.update::<VpnConnection>(&connection, |it| it.health_check.enabled = true);
        // Between two probes, which are sent every three seconds.
        world.context.now = world.context.now.plus_ms(1500);
        set(&mut world, "$vco", "down");
        let unnoticed = far_end(&mut world);
        assert_eq!(unnoticed["Cause"]["Kind"], "LinkDownUnnoticed");
        assert_eq!(unnoticed["At"], world.resolve("$vco"));
        let took = check_ends(&mut world, "$vco");
        // The next probe, two more, and the timeout of the last.
        assert!((7000..=10_000).contains(&took), "{took} ms");
        assert_eq!(far_end(&mut world)["To"]["Connection"], world.resolve("$vco2"));
        set(&mut world, "$vco", "up");
        assert_eq!(far_end(&mut world)["To"]["Connection"], world.resolve("$vco2"));
        let back = check_ends(&mut world, "$vco");
        assert!((0..3000).contains(&back), "{back} ms");
        assert_eq!(far_end(&mut world)["To"]["Connection"], world.resolve("$vco"));
        assert_eq!(world.tenant.all::<LinkState>().count(), 0, "nothing is left to tell");

        let log = world.call("ListFailovers", &[]).unwrap()["Failovers"].clone();
        let of = |n: usize, name: &str| log[n][name].clone();
        assert_eq!((of(0, "Cause"), of(1, "Cause")), (json!("ProbeAnswered"), json!("ProbesLost")));
        assert_eq!(of(1, "From"), world.resolve("$vco"));
        assert_eq!(of(1, "To"), world.resolve("$vco2"));
        assert_eq!((of(1, "LostMs"), of(0, "LostMs")), (json!(took), json!(0)));
        assert_eq!(of(1, "Traffic"), "10.0.0.0/24");
    }

    /// A check that is asked late says when it would have noticed, and is not behind afterwards.
    #[test]
    fn a_late_check_catches_up_at_once() {
        let mut world = World::scene();
        create(&mut world, "$vpn", "$vco", "100");
        create(&mut world, "$vpn", "$vco2", "0");
        let connection = world.id::<VpnConnectionId>("$vco");
        world.update::<VpnConnection>(&connection, |it| it.health_check.enabled = true);
        let began = world.context.now;
        set(&mut world, "$vco", "down");
        world.context.now = began.plus_ms(3_600_000);
        // Nobody asked the check for an hour; setting the link asks it.
        set(&mut world, "$vco", "up");
        assert_eq!(far_end(&mut world)["To"]["Connection"], world.resolve("$vco2"));
        let log = world.call("ListFailovers", &[]).unwrap()["Failovers"].clone();
        let bound_ms = 3 * 3000 + TIMEOUT_MS;
        let lost_ms = log[0]["LostMs"].as_i64().unwrap();
        assert!(lost_ms > 0 && lost_ms <= bound_ms, "{log}");
        assert_eq!(log[0]["Cause"], "ProbesLost");
        assert_eq!(log[0]["Time"], began.plus_ms(lost_ms).to_string());
        check_ends(&mut world, "$vco");
        assert_eq!(far_end(&mut world)["To"]["Connection"], world.resolve("$vco"));
    }

    /// The both-down rule: traffic is lost from the second failure until a link is back.
    #[test]
    fn what_both_links_lose_is_counted() {
        let mut world = World::scene();
        create(&mut world, "$vpn", "$vco", "100");
        create(&mut world, "$vpn", "$vco2", "0");
        for (link, state, lost_ms) in
            [("$vco", "down", 0), ("$vco2", "down", 0), ("$vco", "up", 5000), ("$vco2", "up", 5000)]
        {
            world.context.now = world.context.now.plus_ms(5000);
            set(&mut world, link, state);
            let log = world.call("ListFailovers", &[]).unwrap()["Failovers"].clone();
            assert_eq!(log[0]["LostMs"], lost_ms, "{link} {state}: {log}");
        }
        let log = world.call("ListFailovers", &[]).unwrap();
        assert_eq!(log["TotalCount"], 3, "a standby link that comes back moves nothing");
    }

    /// Whoever loses every packet, or answers too late, is down to the check; a slow link is not.
    #[test]
    fn loss_and_delay_are_what_probes_meet() {
        let mut world = World::scene();
        let connection = world.id::<VpnConnectionId>("$vco");
        world.update::<VpnConnection>(&connection, |it| it.health_check.enabled = true);
        let with = |world: &mut World, name, value| {
            let request = [("LinkId", "$vco"), ("State", "up"), (name, value)];
            world.call("SetLinkState", &request).unwrap()
        };
        assert_eq!(with(&mut world, "DelayMs", "900")["Changed"], true);
        let next = |world: &World| {
            let id: Id = world.resolve("$vco").parse().unwrap();
            world.tenant.get::<LinkState>(&id).and_then(|state| state.next)
        };
        assert_eq!(next(&world), None, "slow, but in time");
        for (name, value) in [("DelayMs", "1000"), ("LossPercent", "100")] {
            with(&mut world, name, value);
            check_ends(&mut world, "$vco");
            assert_eq!(status(&mut world, "$vco"), "ipsec_sa_not_established");
            set(&mut world, "$vco", "up");
            check_ends(&mut world, "$vco");
            assert_eq!(status(&mut world, "$vco"), "ipsec_sa_established");
        }
        for (name, value) in [("DelayMs", "-1"), ("DelayMs", "60001"), ("LossPercent", "101")] {
            let request = [("LinkId", "$vco"), ("State", "up"), (name, value)];
            assert_eq!(world.refusal("SetLinkState", &request).code, "InvalidParameter");
        }
    }

    #[test]
    fn without_a_state_only_what_is_named_changes() {
        let mut world = World::scene();
        let mut set = |parameters: &[(&str, &str)]| {
            let mut request = vec![("LinkId", "$vco")];
            request.extend(parameters);
            let read = world.call("SetLinkState", &request).unwrap();
            (read["State"].clone(), read["LossPercent"].clone(), read["DelayMs"].clone())
        };
        assert_eq!(set(&[("LossPercent", "30")]), (json!("up"), json!(30), json!(0)));
        assert_eq!(set(&[("DelayMs", "200")]), (json!("up"), json!(30), json!(200)));
        assert_eq!(set(&[("State", "down")]), (json!("down"), json!(0), json!(0)));
        assert_eq!(set(&[("DelayMs", "5")]), (json!("down"), json!(0), json!(5)));
        let nothing = world.refusal("SetLinkState", &[("LinkId", "$vco")]);
        assert_eq!((nothing.status, &*nothing.code), (400, "MissingState"));
    }

    #[test]
    fn setting_twice_changes_once() {
        let mut world = World::scene();
        assert_eq!(set(&mut world, "$ri", "up")["Changed"], false);
        assert_eq!(set(&mut world, "$ri", "down")["Changed"], true);
        assert_eq!(set(&mut world, "$ri", "down")["Changed"], false);
        assert_eq!(set(&mut world, "$ri", "up")["Changed"], true);
        assert_eq!(world.tenant.all::<DownLink>().count(), 0);
    }

    #[test]
    fn what_goes_takes_its_links_along() {
        let mut world = World::scene();
        for link in ["$vco2", "tun-bp1scene21", "$ri2", "$free", "tun-bp1free1"] {
            set(&mut world, link, "down");
        }
        world.call("DeleteVpnConnection", &[("VpnConnectionId", "$vco2")]).unwrap();
        world.call("DeleteVpnAttachment", &[("VpnConnectionId", "$free")]).unwrap();
        world.call("UnregisterResource", &[("ResourceId", "$ri2")]).unwrap();
        assert_eq!(world.tenant.all::<DownLink>().collect::<Vec<_>>(), Vec::<&DownLink>::new());
    }

    #[test]
    fn refusals() {
        let mut world = World::scene();
        for link in ["vco-none", "tun-none", "ri-none", "$i", "$vpn", "link"] {
            let refusal = world.refusal("SetLinkState", &[("LinkId", link), ("State", "sideways")]);
            assert_eq!((refusal.status, &*refusal.code), (404, "InvalidLinkId.NotFound"), "{link}");
        }
        for state in ["Down", "sideways"] {
            let refusal = world.refusal("SetLinkState", &[("LinkId", "$vco"), ("State", state)]);
            assert_eq!(refusal.code, "InvalidParameter");
        }
    }
}
