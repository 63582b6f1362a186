//! Routes as answers show them: in the current list, and in the older one inside route tables.

use causeway_model::next_hop::{NextHopType, NextHops, WeightedHop};
use causeway_model::resource::Resource;
use causeway_model::route_list::{ListedRoute, RouteSource};
use causeway_model::route_table::RouteTable;
use causeway_model::text::Labels;
use causeway_model::{Context, Read, route_list};
use causeway_types::{Cidr, Family, Id, RouteEntryId, RouteTableId, TimestampAsText};
use serde::{Serialize, Serializer};

/// The next hop of a system route.
pub(crate) const LOCAL: &str = "Local";

/// `RouteEntrys.RouteEntry[]`: the list's wrapper.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RouteEntrys<T> {
    pub route_entry: Vec<T>,
}

/// A route in `DescribeRouteEntryList`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEntry {
    route_table_id: RouteTableId,
    route_entry_id: RouteEntryId,
    route_entry_name: String,
    description: String,
    destination_cidr_block: Cidr,
    ip_version: &'static str,
    #[serde(rename = "Type")]
    kind: &'static str,
    status: &'static str,
    origin: &'static str,
    service_type: &'static str,
    gmt_modified: TimestampAsText,
    next_hops: NextHopList,
}

/// A route in the older `DescribeRouteTables` (semantics.md 7.1): `InstanceId` and `NextHopType`
/// describe a single next hop and are empty when there are several.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TableEntry {
    route_table_id: RouteTableId,
    route_entry_id: RouteEntryId,
    route_entry_name: String,
    description: String,
    destination_cidr_block: Cidr,
    ip_version: &'static str,
    #[serde(rename = "Type")]
    kind: &'static str,
    status: &'static str,
    next_hop_type: &'static str,
    instance_id: HopId,
    next_hops: NextHopList,
}

/// `NextHops.NextHop[]`, never empty: clients read element 0 (clients.md 7).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NextHopList {
    next_hop: Vec<NextHop>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NextHop {
    next_hop_type: &'static str,
    next_hop_id: HopId,
    // What only router interfaces have.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_hop_region_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_hop_related_info: Option<RelatedInfo>,
}

impl NextHop {
    fn plain(next_hop_type: &'static str, next_hop_id: HopId) -> NextHop {
        NextHop {
            next_hop_type,
            next_hop_id,
            next_hop_region_id: None,
            enabled: None,
            weight: None,
            next_hop_related_info: None,
        }
    }
}

/// The id of a next hop; empty for the VPC itself.
#[derive(Clone, Copy, Debug)]
struct HopId(Option<Id>);

impl Serialize for HopId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(id) => id.serialize(to),
            None => to.serialize_str(""),
        }
    }
}

/// What is at the interface's far end; of a registered interface only the region is known.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RelatedInfo {
    instance_id: &'static str,
    instance_type: &'static str,
    region_id: String,
}

/// All routes of a table in the older form, for `DescribeRouteTables`.
pub(crate) fn table_entries(
    world: &impl Read,
    context: &Context,
    table: &RouteTable,
) -> RouteEntrys<TableEntry> {
    let routes = route_list::of_table(world, table);
    let route_entry = routes.map(|route| table_entry(world, context, &route)).collect();
    RouteEntrys { route_entry }
}

fn table_entry(world: &impl Read, context: &Context, route: &ListedRoute<'_>) -> TableEntry {
    let entry = list_entry(world, context, route);
    let (next_hop_type, instance_id) = match entry.next_hops.next_hop.as_slice() {
        [only] => (only.next_hop_type, only.next_hop_id),
        _ => ("", HopId(None)),
    };
    TableEntry {
        route_table_id: entry.route_table_id,
        route_entry_id: entry.route_entry_id,
        route_entry_name: entry.route_entry_name,
        description: entry.description,
        destination_cidr_block: entry.destination_cidr_block,
        ip_version: entry.ip_version,
        kind: entry.kind,
        status: entry.status,
        next_hop_type,
        instance_id,
        next_hops: entry.next_hops,
    }
}

/// A route in the current form.
pub(crate) fn list_entry(
    world: &impl Read,
    context: &Context,
    route: &ListedRoute<'_>,
) -> ListEntry {
    let labels = route.entry().and_then(|entry| entry.labels.as_deref());
    ListEntry {
        route_table_id: route.table,
        route_entry_id: route.id(),
        route_entry_name: labels.map(Labels::name).unwrap_or_default().into(),
        description: labels.map(Labels::description).unwrap_or_default().into(),
        destination_cidr_block: route.destination,
        ip_version: ip_version(route.destination.family()),
        kind: kind(route),
        status: route.status().text(context.options.route_states),
        origin: origin(route),
        service_type: "",
        gmt_modified: TimestampAsText(route.modified),
        next_hops: NextHopList { next_hop: next_hops(world, context, route) },
    }
}

/// `Type`: what a user made or a gateway published is custom (semantics.md 8.3), what it learned
/// is not.
pub(crate) fn kind(route: &ListedRoute<'_>) -> &'static str {
    match route.source {
        RouteSource::System => "System",
        RouteSource::Learned(_) => "BGP",
        RouteSource::Repointed(_) | RouteSource::Custom(_) | RouteSource::Published(_) => "Custom",
    }
}

/// `IpVersion`, as answers and filters say it.
pub(crate) fn ip_version(family: Family) -> &'static str {
    match family {
        Family::V4 => "ipv4",
        Family::V6 => "ipv6",
    }
}

fn origin(route: &ListedRoute<'_>) -> &'static str {
    match route.source {
        RouteSource::System | RouteSource::Repointed(_) => "SystemCreate",
        RouteSource::Custom(_) => "CustomCreate",
        RouteSource::Published(_) | RouteSource::Learned(_) => "RoutePropagation",
    }
}

fn next_hops(world: &impl Read, context: &Context, route: &ListedRoute<'_>) -> Vec<NextHop> {
    match route.next_hops() {
        None => {
            vec![NextHop::plain(LOCAL, HopId(None))]
        }
        Some(NextHops::One(id)) => {
            vec![next_hop(world, context, WeightedHop { id: *id, weight: 100 })]
        }
        Some(NextHops::Many(hops)) => {
            hops.iter().map(|hop| next_hop(world, context, *hop)).collect()
        }
    }
}

fn next_hop(world: &impl Read, context: &Context, hop: WeightedHop) -> NextHop {
    let kind = NextHopType::of(hop.id);
    let plain = NextHop::plain(kind.map_or(LOCAL, NextHopType::text), HopId(Some(hop.id)));
    if kind != Some(NextHopType::RouterInterface) {
        return plain;
    }
    let region_id = &context.region.id;
    let far_end = RelatedInfo { instance_id: "", instance_type: "", region_id: region_id.clone() };
    NextHop {
        next_hop_region_id: Some(region_id.clone()),
        enabled: Some(u8::from(is_active(world, hop.id))),
        weight: Some(hop.weight),
        next_hop_related_info: Some(far_end),
        ..plain
    }
}

fn is_active(world: &impl Read, interface: Id) -> bool {
    world.get::<Resource>(&interface).is_some_and(|resource| &*resource.status == "Active")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use causeway_model::RouteStateNames;
    use causeway_model::route_entry::{
        RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table,
    };
    use causeway_types::TypedId;
    use serde_json::Value;

    fn put(world: &mut World, destination: &str, origin: RouteOrigin, next_hops: NextHops) {
        let table = RouteTableId::from_text(&world.resolve("$vtb"));
        let destination = destination.parse().unwrap();
        world.put(RouteEntry {
            key: RouteKey { table, destination, origin },
            id: id_in_table(table, 7 << 64),
            next_hops,
            status: RouteStatus::Pending,
            labels: None,
            modified: world.context.now,
        });
    }

    fn listed(world: &World) -> Vec<Value> {
        let table = RouteTableId::from_text(&world.resolve("$vtb"));
        let table = world.tenant.get::<RouteTable>(&table).unwrap();
        let older = table_entries(&world.tenant, &world.context, table);
        let current = route_list::of_table(&world.tenant, table)
            .map(|route| serde_json::to_value(list_entry(&world.tenant, &world.context, &route)))
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        let older: Vec<_> =
            serde_json::to_value(older).unwrap()["RouteEntry"].as_array().unwrap().clone();
        assert_eq!(current.len(), older.len());
        for (current, older) in current.iter().zip(&older) {
            assert_eq!(current["RouteEntryId"], older["RouteEntryId"]);
            assert_eq!(current["NextHops"], older["NextHops"]);
        }
        current.into_iter().zip(older).flat_map(|(current, older)| [current, older]).collect()
    }

    #[test]
    fn system_routes_lead_into_the_vpc_under_stable_ids() {
        let world = World::scene();
        let routes = listed(&world);
        let destinations: Vec<_> =
            routes.iter().step_by(2).map(|route| route["DestinationCidrBlock"].clone()).collect();
        assert_eq!(
            destinations,
            [
                "100.64.0.0/10",
                "192.168.1.0/24",
                "192.168.2.0/24",
                "2408:4005:300:aa01::/64",
                "2408:4005:300:aa02::/64"
            ]
        );
        for route in &routes {
            assert_eq!((&route["Type"], &route["Status"]), (&"System".into(), &"Available".into()));
            assert_eq!(route["NextHops"]["NextHop"][0]["NextHopType"], "Local");
            assert!(route["NextHops"]["NextHop"][0].get("Weight").is_none());
            let id = RouteEntryId::from_text(route["RouteEntryId"].as_str().unwrap());
            let found = route_list::by_id(&world.tenant, id).unwrap();
            assert_eq!(found.destination.to_string(), route["DestinationCidrBlock"]);
        }
        assert_eq!(listed(&world), routes);
    }

    #[test]
    fn stored_routes_show_their_next_hops_and_states() {
        let mut world = World::scene();
        let [first, second, vpn] =
            ["$ri", "$ri2", "$vpn"].map(|name| Id::from_text(&world.resolve(name)));
        let hops = [(first, 100), (second, 0)].map(|(id, weight)| WeightedHop { id, weight });
        put(&mut world, "10.0.0.0/8", RouteOrigin::User, NextHops::Many(Box::new(hops)));
        put(&mut world, "10.0.0.0/8", RouteOrigin::Published, NextHops::One(vpn));
        let routes = listed(&world);
        let [multiple, older, published, published_older] = &routes[..4] else { panic!() };
        assert_eq!(multiple["NextHops"]["NextHop"][1]["Weight"], 0);
        assert_eq!(multiple["NextHops"]["NextHop"][1]["Enabled"], 1);
        assert_eq!((&older["InstanceId"], &older["NextHopType"]), (&"".into(), &"".into()));
        assert_eq!(multiple["Origin"], "CustomCreate");
        assert_eq!(published["Origin"], "RoutePropagation");
        assert_eq!(published["Type"], "Custom");
        assert_eq!(published_older["InstanceId"], vpn.to_string());
        assert_eq!(published_older["NextHopType"], "VpnGateway");
        assert_eq!(multiple["Status"], "Pending"); // A2
        world.context.options.route_states = RouteStateNames::Created;
        let states: Vec<_> = listed(&world).iter().map(|route| route["Status"].clone()).collect();
        assert_eq!(&states[3..5], ["Creating", "Created"]); // S-RE-04, S-RE-05
    }

    #[test]
    fn a_system_route_of_a_table_can_be_repointed() {
        let mut world = World::scene();
        let instance = Id::from_text(&world.resolve("$i"));
        put(&mut world, "192.168.1.0/24", RouteOrigin::User, NextHops::One(instance));
        let routes = listed(&world);
        let repointed: Vec<_> = routes
            .iter()
            .filter(|route| route["DestinationCidrBlock"] == "192.168.1.0/24")
            .collect();
        assert_eq!(repointed.len(), 2); // one route, in two forms
        assert_eq!(repointed[0]["Type"], "Custom");
        assert_eq!(repointed[0]["Origin"], "SystemCreate");
        assert_eq!(repointed[1]["InstanceId"], instance.to_string());
    }
}
