use crate::{Authorized, Operation, Query};
use causeway_forward::trace::{self, RoundTrip, Start, StartError, Trace};
use causeway_forward::{Links, Packet};
use causeway_model::vpc::Vpc;
use causeway_model::vswitch::VSwitch;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use causeway_types::{VSwitchId, VpcId};
use serde::Serialize;
use std::net::IpAddr;

/// Tells where a packet goes: every table it meets, the row that wins there, the rows that do not
/// and why, and where it arrives or is lost.
///
/// A packet sets out from the vSwitch that holds its source. When none does, it comes from outside,
/// by the IPsec connection through which a VPN gateway of the destination's VPC, or the transit
/// router it is attached to, would answer it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    // Not `SourceIp`: clients send that with any request, and the protocol drops it.
    /// The address the packet comes from, IPv4 or IPv6.
    #[parameter(example = "192.168.1.10")]
    source_address: String,
    /// The address it is to go to, of the same IP version.
    #[parameter(example = "10.0.0.7")]
    destination_address: String,
    /// The VPC to set out in; needed when several VPCs hold the source.
    #[parameter(example = "vpc-bp18sth14qii3pnv****")]
    vpc_id: Option<VpcId>,
    /// The vSwitch to set out from, whatever the source address.
    #[parameter(example = "vsw-bp1yjtj9d9d4****")]
    v_switch_id: Option<VSwitchId>,
    /// Whether to trace the answer's way back as well. `false` when absent.
    both: Option<bool>,
    /// Whether `Text` names the rows that lost, with the reason. `false` when absent.
    why: Option<bool>,
}

/// The way of a packet.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    /// Whether the packet arrives; with `Both` also its answer.
    reachable: bool,
    /// Whether the answer takes another way than the packet.
    #[serde(skip_serializing_if = "Option::is_none")]
    asymmetric: Option<bool>,
    /// The way of the packet.
    out: Trace,
    /// The way of the answer. Absent without `Both`, and when the packet does not arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    back: Option<Trace>,
    /// All of it in words.
    text: String,
}

errors! {
    /// What `TracePath` refuses.
    pub enum Error {
        /// No such VPC.
        VpcNotFound = 404, "InvalidVpcId.NotFound",
            "Specified VPC does not exist.", "clients.md 5.1";
        /// No such vSwitch, or it is in another VPC.
        VSwitchNotFound = 404, "InvalidVSwitchId.NotFound",
            "Specified vSwitch does not exist.", "chosen";
        /// No vSwitch holds the source, and no VPN gateway or transit router that could deliver the
        /// packet has a route to it.
        SourceNotFound = 404, "InvalidSourceAddress.NotFound",
            "No vSwitch holds the source address, and no VPN gateway or transit router has a route to it.",
            "chosen";
        /// The vSwitches of several VPCs hold the source, and none of the VPCs is named.
        SourceAmbiguous = 400, "InvalidSourceAddress.Ambiguous",
            "Several VPCs hold the source address: {}.", "chosen";
    }
}

/// See [`Request`].
pub struct TracePath;

impl Operation for TracePath {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Get,
        resources: &["path/*"],
        examples: &[
            Example {
                title: "From one vSwitch to another",
                request: &[
                    ("SourceAddress", "192.168.1.10"),
                    ("DestinationAddress", "192.168.2.10"),
                ],
                answer: r#"{"Reachable":true,"Out":{"Hops":[{"Place":"SystemTable","Id":"$vtb",
                    "VSwitchId":"$vsw","Row":{"Destination":"192.168.2.0/24","Origin":"System"}}],
                    "Outcome":{"Result":"Delivered","To":{"Kind":"VSwitch","Id":"$vsw2"}}}}"#,
            },
            Example {
                title: "There and back, to nowhere",
                request: &[
                    ("SourceAddress", "192.168.1.10"),
                    ("DestinationAddress", "10.0.0.7"),
                    ("VpcId", "$vpc"),
                    ("Both", "true"),
                ],
                answer: r#"{"Reachable":false,"Asymmetric":false,"Out":{"Outcome":
                    {"Result":"Dropped","At":"$vtb","Cause":{"Kind":"NoRoute"}}}}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("TracePath")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for TracePath {
    fn run(
        tenant: &Tenant,
        _: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let start = start(tenant, &request)?;
        let packet = packet(&request)?;
        let links = Links::of(tenant);
        let why = request.why == Some(true);
        if request.both == Some(true) {
            let trip = trace::round_trip(tenant, &links, packet, start).map_err(refusal)?;
            let (reachable, text) = (trip.is_reachable(), trip.text(why));
            let RoundTrip { out, back, asymmetric } = trip;
            return Ok(Response { reachable, asymmetric: Some(asymmetric), out, back, text });
        }
        let out = trace::trace(tenant, &links, packet, start).map_err(refusal)?;
        let (reachable, text) = (out.is_delivered(), out.text(why));
        Ok(Response { reachable, asymmetric: None, out, back: None, text })
    }
}

fn start(tenant: &Tenant, request: &Request) -> Result<Start, Error> {
    let (vpc, vswitch) = (request.vpc_id, request.v_switch_id);
    if vpc.is_some_and(|vpc| tenant.get::<Vpc>(&vpc).is_none()) {
        return Err(Error::VpcNotFound);
    }
    if let Some(id) = vswitch {
        let found = tenant.get::<VSwitch>(&id).ok_or(Error::VSwitchNotFound)?;
        if vpc.is_some_and(|vpc| vpc != found.vpc) {
            return Err(Error::VSwitchNotFound);
        }
    }
    Ok(Start { vpc, vswitch })
}

fn packet(request: &Request) -> Result<Packet, Refusal> {
    let address =
        |name, text: &str| text.parse::<IpAddr>().map_err(|_| Refusal::invalid_parameter(name));
    let source = address("SourceAddress", &request.source_address)?;
    let destination = address("DestinationAddress", &request.destination_address)?;
    if source.is_ipv4() != destination.is_ipv4() {
        return Err(Refusal::invalid_parameter("DestinationAddress"));
    }
    Ok(Packet { source, destination })
}

fn refusal(cause: StartError) -> Refusal {
    match cause {
        StartError::Unknown => Error::SourceNotFound.into(),
        StartError::Ambiguous(vpcs) => {
            let vpcs: Vec<String> = vpcs.iter().map(ToString::to_string).collect();
            Error::SourceAmbiguous.with(vpcs.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::vpc::Vpc;
    use causeway_model::vswitch::VSwitch;
    use causeway_types::{TypedId, VSwitchId, VpcId};
    use serde_json::{Value, json};

    const TO: &str = "10.0.0.7";
    const FROM: &str = "192.168.1.10";

    fn trace(world: &mut World, more: &[(&str, &str)]) -> Value {
        let own = [("SourceAddress", FROM), ("DestinationAddress", TO)];
        world.call("TracePath", &[&own[..], more].concat()).unwrap()
    }

    fn create(world: &mut World, next_hop: &str, weight: &str) {
        let parameters = [
            ("VpnGatewayId", "$vpn"),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", next_hop),
            ("Weight", weight),
            ("PublishVpc", "true"),
        ];
        world.call("CreateVpnRouteEntry", &parameters).unwrap();
    }

    #[test]
    fn what_is_created_is_followed_there_and_back() {
        let mut world = World::scene();
        assert_eq!(trace(&mut world, &[])["Reachable"], false);
        create(&mut world, "$vco", "100");
        create(&mut world, "$vco2", "0");
        let answer = trace(&mut world, &[("Both", "true")]);
        assert_eq!((&answer["Reachable"], &answer["Asymmetric"]), (&json!(true), &json!(false)));
        let hops: Vec<_> = answer["Out"]["Hops"].as_array().unwrap().iter().collect();
        let places: Vec<_> = hops.iter().map(|hop| &hop["Place"]).collect();
        assert_eq!(places, ["SystemTable", "DestinationRoutes"]);
        assert_eq!(hops[1]["Row"]["NextHop"], world.resolve("$vco"));
        assert_eq!(hops[1]["Lost"][0]["Reason"], "Standby");
        assert_eq!(answer["Back"]["Outcome"]["To"]["Id"], world.resolve("$vsw"));
        let text = answer["Text"].as_str().unwrap();
        assert!(text.ends_with("symmetric: the answer takes the same way\n"), "{text}");
        assert!(!text.contains("standby"), "{text}");
        let answer = trace(&mut world, &[("Why", "true")]);
        assert!(answer["Text"].as_str().unwrap().contains(": standby"), "{answer}");
        assert_eq!((answer.get("Asymmetric"), answer.get("Back")), (None, None));
    }

    #[test]
    fn a_route_under_way_does_not_forward_yet() {
        let mut world = World::scene();
        world.context.tasks = causeway_model::TaskLength::Manual;
        create(&mut world, "$vco", "100");
        let answer = trace(&mut world, &[]);
        assert_eq!(answer["Reachable"], false);
        assert_eq!(answer["Out"]["Hops"][0]["Lost"][0]["Reason"], "Pending");
        world.finish_tasks();
        assert_eq!(trace(&mut world, &[])["Reachable"], true);
    }

    #[test]
    fn a_custom_table_is_asked_for_its_own_vswitch() {
        let mut world = World::scene();
        create(&mut world, "$vco", "100");
        let bind = [("RouteTableId", "$custom"), ("VSwitchId", "$vsw2")];
        world.call("AssociateRouteTable", &bind).unwrap();
        let answer = trace(&mut world, &[("VSwitchId", "$vsw2"), ("VpcId", "$vpc")]);
        assert_eq!(answer["Out"]["Hops"][0]["Id"], world.resolve("$custom"));
        assert_eq!(answer["Out"]["Hops"][0]["Lost"][0]["Reason"], "OtherTable"); // S-VR-31
        assert_eq!(answer["Reachable"], false);
    }

    /// A second VPC with the addresses of the first.
    fn twin(world: &mut World) {
        let vpc = world.tenant.get::<Vpc>(&world.id("$vpc")).unwrap().clone();
        let vswitch = world.tenant.get::<VSwitch>(&world.id("$vsw")).unwrap().clone();
        let id = VpcId::from_text("vpc-bp1twin");
        world.put(Vpc { id, ..vpc });
        world.put(VSwitch { id: VSwitchId::from_text("vsw-bp1twin"), vpc: id, ..vswitch });
    }

    #[test]
    fn refusals_in_order() {
        let mut world = World::scene();
        twin(&mut world);
        for (parameters, code) in [
            (&[("VpcId", "vpc-none"), ("SourceAddress", "x")][..], "InvalidVpcId.NotFound"),
            (&[("VSwitchId", "vsw-none"), ("SourceAddress", "x")], "InvalidVSwitchId.NotFound"),
            (&[("VSwitchId", "$vsw"), ("VpcId", "vpc-bp1twin")], "InvalidVSwitchId.NotFound"),
            (&[("SourceAddress", "192.168.1.0/24")], "InvalidParameter"),
            (&[("DestinationAddress", "ten")], "InvalidParameter"),
            (&[("DestinationAddress", "2001:db8::1")], "InvalidParameter"),
            (&[("SourceAddress", "10.9.9.9")], "InvalidSourceAddress.NotFound"),
            (&[], "InvalidSourceAddress.Ambiguous"),
        ] {
            let mut all = std::collections::BTreeMap::from([
                ("SourceAddress", FROM),
                ("DestinationAddress", TO),
            ]);
            all.extend(parameters.iter().copied());
            let all: Vec<_> = all.into_iter().collect();
            let refusal = world.refusal("TracePath", &all);
            assert_eq!(refusal.code, code, "{parameters:?}");
        }
        let refusal =
            world.refusal("TracePath", &[("SourceAddress", FROM), ("DestinationAddress", TO)]);
        let expected = world.resolve("Several VPCs hold the source address: vpc-bp1twin, $vpc.");
        assert_eq!(refusal.message, expected);
        assert_eq!(trace(&mut world, &[("VpcId", "$vpc")])["Reachable"], false);
    }
}
