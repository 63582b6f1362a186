//! The small language of scenario files: lines that set up a tenant, and packets to trace.

use causeway_forward::impact::{Limits, impact, lint};
use causeway_forward::trace::{self, Start, StartError};
use causeway_forward::{Links, Packet};
use causeway_model::bgp_route::{self, BgpRoute, BgpRouteKey};
use causeway_model::down_link;
use causeway_model::gateway_binding::GatewayBinding;
use causeway_model::next_hop::{NextHops, WeightedHop};
use causeway_model::resource::{Place, Resource};
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::route_table::{AssociateType, RouteTable};
use causeway_model::vco_route::{VcoRoute, VcoRouteKey};
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_pbr_route::{self, VpnPbrRoute, VpnPbrRouteKey};
use causeway_model::vpn_route::{self, VpnRoute, VpnRouteKey};
use causeway_model::{
    Changes, Context, Options, Quotas, Read, Region, TaskLength, Tenant, Txn, publish,
};
use causeway_types::{Cidr, Id, Timestamp, TrAttachmentId, TypedId, VpcId, VpnGatewayId};

mod rows;
mod time;

/// A tenant, its links, and the VPC that lines speak of.
pub struct Scene {
    tenant: Tenant,
    vpc: VpcId,
    now: Timestamp,
    /// Failovers that were printed.
    told: usize,
    /// What changed since a line last asked.
    changes: Changes,
}

/// Reads an identifier, which must be one.
fn id<T: TypedId>(text: &str) -> T {
    let id = T::from_text(text);
    assert_ne!(id.id(), Id::NONE, "{text} is not an id");
    id
}

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

const NOW: Timestamp = Timestamp(1_795_000_000_000);

impl Scene {
    pub fn new() -> Scene {
        let vpc = VpcId::from_text("");
        let changes = Changes::default();
        Scene { tenant: Tenant::default(), vpc, now: NOW, told: 0, changes }
    }

    fn edit(&mut self, change: impl FnOnce(&mut Txn)) {
        let context = Context {
            now: self.now,
            seed: 1,
            account: "1234567890123456".into(),
            region: Region::new("cn-hangzhou"),
            regions: [Region::new("cn-hangzhou")].into(),
            tasks: TaskLength::Immediate,
            virtual_time: false,
            quotas: Quotas::default(),
            options: Options::default(),
        };
        let in_flight = Changes::default();
        let revision = self.tenant.revision() + 1;
        let mut txn = Txn::new(&self.tenant, &in_flight, &context, revision);
        change(&mut txn);
        let changes = txn.into_changes();
        self.changes.absorb(changes.clone());
        self.tenant.apply(changes, revision);
    }

    /// Runs a line; what it prints.
    pub fn run(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["vpc", vpc, block] => {
                self.vpc = id(vpc);
                let (vpc, table) = rows::vpc(self.vpc, cidr(block));
                self.edit(|txn| {
                    txn.put(table);
                    txn.put(vpc);
                });
            }
            ["table", table] => {
                let table = rows::custom_table(id(table), self.vpc);
                self.edit(|txn| txn.put(table));
            }
            ["gateway-table", table] => {
                let table = rows::custom_table(id(table), self.vpc);
                self.edit(|txn| txn.put(RouteTable { associate: AssociateType::Gateway, ..table }));
            }
            ["bind", gateway, table] => {
                let (gateway, table) = (gateway.parse().expect("an id"), id(table));
                self.edit(|txn| txn.put(GatewayBinding { gateway, table }));
            }
            ["unbind", gateway] => {
                let gateway = gateway.parse().expect("an id");
                self.edit(|txn| txn.remove::<GatewayBinding>(&gateway));
            }
            ["vswitch", vswitch, block, ref table @ ..] => {
                let table = table.first().map(|table| id(table));
                let vswitch = rows::vswitch(id(vswitch), self.vpc, cidr(block), table);
                self.edit(|txn| txn.put(vswitch));
            }
            ["resource", resource, ref status @ ..] => {
                let place = Place::Vpc(self.vpc);
                let status = status.first().unwrap_or(&"Active");
                let id = resource.parse().expect("an id");
                let resource = Resource { id, place, status: (*status).into(), created: NOW };
                self.edit(|txn| txn.put(resource));
            }
            ["route", table, destination, ref hops @ ..] => {
                self.route(table, cidr(destination), hops)
            }
            ["gateway", gateway, ref kind @ ..] => {
                let address = "198.51.100.1".parse().unwrap();
                let mut gateway = VpnGateway::new(id(gateway), self.vpc, address, NOW);
                gateway.disaster_recovery_vswitch =
                    kind.contains(&"dual").then(|| id("vsw-second"));
                gateway.auto_propagate = kind.contains(&"propagate");
                self.edit(|txn| txn.put(gateway));
            }
            ["connection", connection, "on", place, ref options @ ..] => {
                self.connection(connection, place, options);
            }
            ["destination", gateway, destination, next_hop, weight, ref options @ ..] => {
                let key = VpnRouteKey {
                    gateway: id(gateway),
                    destination: cidr(destination),
                    next_hop: id(next_hop),
                };
                let weight = weight.parse().expect("a weight");
                self.edit(|txn| {
                    let (created, sequence) = (txn.now(), txn.revision());
                    let (published, description) = (false, None);
                    txn.put(VpnRoute { key, weight, published, description, created, sequence });
                });
                self.publish_if(options, key.gateway, key.destination);
            }
            ["undestination", gateway, destination, next_hop] => {
                let (gateway, next_hop) = (id(gateway), id(next_hop));
                let key = VpnRouteKey { gateway, destination: cidr(destination), next_hop };
                self.edit(|txn| txn.remove::<VpnRoute>(&key));
            }
            [
                "policy",
                gateway,
                source,
                destination,
                next_hop,
                weight,
                priority,
                ref options @ ..,
            ] => {
                let key = VpnPbrRouteKey {
                    gateway: id(gateway),
                    source: cidr(source),
                    destination: cidr(destination),
                    next_hop: id(next_hop),
                };
                let weight = weight.parse().expect("a weight");
                let priority = priority.parse().expect("a priority");
                self.edit(|txn| {
                    let (created, sequence) = (txn.now(), txn.revision());
                    let (published, description) = (false, None);
                    txn.put(VpnPbrRoute {
                        key,
                        weight,
                        priority,
                        published,
                        description,
                        created,
                        sequence,
                    });
                });
                self.publish_if(options, key.gateway, key.destination);
            }
            ["connection-route", connection, destination] => {
                let key =
                    VcoRouteKey { connection: id(connection), destination: cidr(destination) };
                self.edit(|txn| {
                    let (created, sequence) = (txn.now(), txn.revision());
                    txn.put(VcoRoute { key, weight: 100, description: None, created, sequence });
                });
            }
            ["unroute", table, destination] => {
                let (table, origin) = (id(table), RouteOrigin::User);
                let key = RouteKey { table, destination: cidr(destination), origin };
                self.edit(|txn| txn.remove::<RouteEntry>(&key));
            }
            ["publish", gateway, destination] => {
                self.set_published(id(gateway), cidr(destination), true);
            }
            ["withdraw", gateway, destination] => {
                self.set_published(id(gateway), cidr(destination), false);
            }
            ["announce", connection, destination, ref as_path @ ..] => {
                self.announce(connection, cidr(destination), as_path);
            }
            ["down", link] => assert!(self.link(link, false), "{line}"),
            ["up", link] => assert!(self.link(link, true), "{line}"),
            ["set", link, ref condition @ ..] => self.set(link, condition),
            ["wait", seconds] => self.wait(seconds),
            ["failovers"] => return self.failovers(NOW),
            ["trace", from, to, ref options @ ..] => return self.trace(from, to, options),
            ["lint"] => return self.lint(),
            ["impact", ..] => return self.impact(&line["impact".len()..]),
            _ => panic!("not a line of a scenario: {line}"),
        }
        String::new()
    }

    /// Lets a link count as up or down, whatever the reason; whether that changed it.
    fn link(&mut self, link: &str, up: bool) -> bool {
        let id = link.parse::<Id>().expect("a link");
        let mut changed = false;
        self.edit(|txn| changed = down_link::set(txn, id, up));
        changed
    }

    fn announce(&mut self, connection: &str, destination: Cidr, as_path: &[&str]) {
        let key = BgpRouteKey { connection: id(connection), destination };
        let as_path = as_path.iter().map(|asn| asn.parse().expect("a number")).collect();
        self.edit(|txn| {
            let (announced, sequence) = (txn.now(), txn.revision());
            txn.put(BgpRoute { key, as_path, community: "".into(), announced, sequence });
            let connection = txn.get::<VpnConnection>(&key.connection).expect("there").clone();
            bgp_route::propagate(txn, &connection);
        });
    }

    /// `HOP`, or `HOP:WEIGHT` several times; then perhaps a state.
    fn route(&mut self, table: &str, destination: Cidr, words: &[&str]) {
        let status = match words.last() {
            Some(&"pending") => RouteStatus::Pending,
            Some(&"modifying") => RouteStatus::Modifying,
            Some(&"deleting") => RouteStatus::Deleting,
            _ => RouteStatus::Available,
        };
        let hops: Vec<&str> = words.iter().copied().filter(|word| word.contains('-')).collect();
        let next_hops = match hops[..] {
            [single] if !single.contains(':') => NextHops::One(single.parse().unwrap()),
            _ => NextHops::Many(
                hops.iter()
                    .map(|hop| hop.split_once(':').expect("HOP:WEIGHT"))
                    .map(|(id, weight)| WeightedHop {
                        id: id.parse().unwrap(),
                        weight: weight.parse().unwrap(),
                    })
                    .collect(),
            ),
        };
        let table = id(table);
        let key = RouteKey { table, destination, origin: RouteOrigin::User };
        let entry = id_in_table(table, u128::from(self.tenant.revision()));
        let (labels, modified) = (None, NOW);
        let entry = RouteEntry { key, id: entry, next_hops, status, labels, modified };
        self.edit(|txn| txn.put(entry));
    }

    fn connection(&mut self, connection: &str, place: &str, options: &[&str]) {
        let own = id(connection);
        let mut attached = None;
        if place.starts_with("tr-") {
            let attachment: TrAttachmentId = id(&connection.replace("vco-", "tr-attach-"));
            let transit_router = id(place);
            attached = Some(Attached::TransitRouter { attachment, transit_router });
            let place = Place::TransitRouter { transit_router, connection: own };
            let status = "Attached".into();
            let resource = Resource { id: attachment.into(), place, status, created: NOW };
            self.edit(|txn| txn.put(resource));
        }
        let attached = attached.unwrap_or_else(|| Attached::Gateway(id(place)));
        let connection: VpnConnection = rows::connection(own, attached, options);
        self.edit(|txn| txn.put(connection));
    }

    fn publish_if(&mut self, options: &[&str], gateway: VpnGatewayId, destination: Cidr) {
        if options == ["publish"] {
            self.set_published(gateway, destination, true);
        }
    }

    fn set_published(&mut self, gateway: VpnGatewayId, destination: Cidr, published: bool) {
        self.edit(|txn| {
            let keys: Vec<_> = vpn_route::to_destination(txn, gateway, destination)
                .map(|route| route.key)
                .collect();
            for key in keys {
                txn.update::<VpnRoute>(&key, |route| route.published = published);
            }
            let policies = vpn_pbr_route::of_gateway(txn, gateway);
            let keys: Vec<_> = policies
                .filter(|route| route.key.destination == destination)
                .map(|route| route.key)
                .collect();
            for key in keys {
                txn.update::<VpnPbrRoute>(&key, |route| route.published = published);
            }
            let gateway = txn.get::<VpnGateway>(&gateway).expect("a gateway").clone();
            if published {
                publish::publish(txn, &gateway, destination);
            } else {
                publish::withdraw(txn, &gateway, destination);
            }
        });
    }

    /// Runs a line, and tells what it does to forwarding.
    fn impact(&mut self, line: &str) -> String {
        let before = self.tenant.clone();
        self.changes = Changes::default();
        self.run(line);
        let links = [Links::of(&before), Links::of(&self.tenant)];
        let after = (&self.tenant, &links[1]);
        impact((&before, &links[0]), after, &self.changes, &Limits::USUAL).text()
    }

    /// What is wrong, but for quotas.
    fn lint(&self) -> String {
        let findings = lint::lint(&self.tenant, &Links::of(&self.tenant), &Quotas::default());
        if findings.is_empty() {
            return "no faults found\n".to_owned();
        }
        let text = |it: &lint::Finding| {
            let id = it.resource_id.map(|id| id.to_string()).unwrap_or_default();
            format!("{:?} {:?} {id}: {}\n", it.severity, it.code, it.message)
        };
        findings.iter().map(text).collect()
    }

    /// `both`, `why`, `json`, the id of a vSwitch or of a VPC.
    fn trace(&self, from: &str, to: &str, options: &[&str]) -> String {
        let packet = Packet { source: from.parse().unwrap(), destination: to.parse().unwrap() };
        let of = |prefix: &str| options.iter().find(|option| option.starts_with(prefix));
        let start =
            Start { vpc: of("vpc-").map(|it| id(it)), vswitch: of("vsw-").map(|it| id(it)) };
        let why = options.contains(&"why");
        let links = Links::of(&self.tenant);
        let text = if options.contains(&"both") {
            trace::round_trip(&self.tenant, &links, packet, start).map(|it| it.text(why))
        } else if options.contains(&"json") {
            trace::trace(&self.tenant, &links, packet, start)
                .map(|it| serde_json::to_string_pretty(&it).unwrap() + "\n")
        } else {
            trace::trace(&self.tenant, &links, packet, start).map(|it| it.text(why))
        };
        text.unwrap_or_else(|fault| match fault {
            StartError::Unknown => "nowhere to start from\n".to_owned(),
            StartError::Ambiguous(vpcs) => format!("the source is in several VPCs: {vpcs:?}\n"),
        })
    }
}
