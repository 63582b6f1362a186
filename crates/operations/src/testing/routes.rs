//! Short forms of requests on routes of VPC route tables.

use super::World;
use causeway_model::next_hop::NextHopType;
use causeway_model::resource::{Place, Resource};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_spec::Refusal;
use causeway_types::{Id, TypedId, VpcId, VpnGatewayId};
use serde_json::Value;

/// Table, destination, kind of next hop, next hop.
pub(crate) type Route<'a> = (&'a str, &'a str, &'a str, &'a str);

/// All kinds of next hop, each with the one that the standard scene has.
pub(crate) const NEXT_HOPS: [(NextHopType, &str); 15] = [
    (NextHopType::Instance, "$i"),
    (NextHopType::HaVip, "$havip"),
    (NextHopType::RouterInterface, "$ri"),
    (NextHopType::NetworkInterface, "$eni"),
    (NextHopType::VpnGateway, "$vpn"),
    (NextHopType::Ipv6Gateway, "$ipv6gw"),
    (NextHopType::NatGateway, "$ngw"),
    (NextHopType::Attachment, "$trattach"),
    (NextHopType::VpcPeer, "$pcc"),
    (NextHopType::Ipv4Gateway, "$ipv4gw"),
    (NextHopType::GatewayEndpoint, "$vpce"),
    (NextHopType::CenBasic, "$cen"),
    (NextHopType::Ecr, "$ecr"),
    (NextHopType::GatewayLoadBalancerEndpoint, "$ep"),
    (NextHopType::RouteTargetGroup, "$rtg"),
];

impl World {
    /// Calls an operation with a list of route entries, each a list of its members.
    pub fn call_batch(
        &mut self,
        action: &str,
        items: &[Vec<(&str, &str)>],
    ) -> Result<Value, Refusal> {
        let flat = flatten(items);
        self.call(action, &borrowed(&flat))
    }

    /// As [`World::call_batch`], for a request that is refused as a whole.
    pub fn batch_refusal(&mut self, action: &str, items: &[Vec<(&str, &str)>]) -> Refusal {
        let flat = flatten(items);
        self.refusal(action, &borrowed(&flat))
    }

    /// Asks for routes in one batch.
    pub fn create_routes(&mut self, routes: &[Route<'_>]) -> Result<Value, Refusal> {
        let items: Vec<_> = routes.iter().map(route_item).collect();
        self.call_batch("CreateRouteEntries", &items)
    }

    /// Asks for one route in a batch; the code it fails with, or `""`.
    pub fn failed_code(&mut self, route: Route<'_>) -> String {
        let answer = self.create_routes(&[route]).expect("the batch is valid");
        let code = &answer["FailedRouteEntries"][0]["FailedCode"];
        code.as_str().unwrap_or_default().to_owned()
    }

    /// Asks for one route by itself.
    pub fn create_route(&mut self, route: Route<'_>) -> Result<Value, Refusal> {
        let (table, destination, kind, next_hop) = route;
        let request = [
            ("RouteTableId", table),
            ("DestinationCidrBlock", destination),
            ("NextHopType", kind),
            ("NextHopId", next_hop),
        ];
        self.call("CreateRouteEntry", &request)
    }

    /// The routes that `DescribeRouteEntryList` shows for a table.
    pub fn routes(&mut self, request: &[(&str, &str)]) -> Vec<Value> {
        let answer = self.call("DescribeRouteEntryList", request).expect("a list");
        answer["RouteEntrys"]["RouteEntry"].as_array().expect("an array").clone()
    }

    /// The same world once more, to try something in.
    pub fn copy(&self) -> World {
        let (tenant, context) = (self.tenant.clone(), self.context.clone());
        World {
            tenant,
            context,
            names: self.names.clone(),
            stored: self.stored.clone(),
            log: Default::default(),
        }
    }

    /// A second VPC; its id and its system table are then `$vpc2` and `$vtb2`.
    pub fn second_vpc(&mut self) {
        let made = self.call("CreateVpc", &[]).expect("a VPC");
        self.names.insert("$vpc2", made["VpcId"].as_str().expect("an id").into());
        self.names.insert("$vtb2", made["RouteTableId"].as_str().expect("an id").into());
    }

    /// Puts a next hop of the standard scene into another VPC.
    pub fn move_next_hop(&mut self, name: &str, vpc: &str) {
        let vpc = VpcId::from_text(&self.resolve(vpc));
        let id = Id::from_text(&self.resolve(name));
        match VpnGatewayId::from_id(id) {
            Some(gateway) => self.update::<VpnGateway>(&gateway, |gateway| gateway.vpc = vpc),
            None => self.update::<Resource>(&id, |resource| resource.place = Place::Vpc(vpc)),
        }
    }

    /// Gives a registered next hop another state.
    pub fn set_status(&mut self, name: &str, status: &str) {
        let id = Id::from_text(&self.resolve(name));
        self.update::<Resource>(&id, |resource| resource.status = status.into());
    }
}

/// The members of an item of `CreateRouteEntries`.
pub(crate) fn route_item<'a>(route: &Route<'a>) -> Vec<(&'static str, &'a str)> {
    let (table, destination, kind, next_hop) = *route;
    vec![
        ("RouteTableId", table),
        ("DstCidrBlock", destination),
        ("NextHopType", kind),
        ("NextHop", next_hop),
    ]
}

fn flatten<'a>(items: &[Vec<(&str, &'a str)>]) -> Vec<(String, &'a str)> {
    let numbered = items.iter().enumerate();
    let named = |(at, item): (usize, &Vec<(&str, &'a str)>)| {
        let name = |name: &str| format!("RouteEntries.{}.{name}", at + 1);
        item.iter().map(|(member, value)| (name(member), *value)).collect::<Vec<_>>()
    };
    numbered.flat_map(named).collect()
}

fn borrowed<'a>(flat: &'a [(String, &'a str)]) -> Vec<(&'a str, &'a str)> {
    flat.iter().map(|(name, value)| (name.as_str(), *value)).collect()
}
