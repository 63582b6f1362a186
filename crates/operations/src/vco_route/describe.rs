use super::PUBLISHED;
use crate::page::Page;
use crate::vpn_route::describe::{BGP, CLOUD, CUSTOM, RouteCount, VPN_BGP, is_custom, learned};
use crate::{Authorized, Operation, Query};
use causeway_forward::Links;
use causeway_model::bgp_route::{self, BgpRoute};
use causeway_model::vco_route::{self, VcoRoute};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{TunnelId, VpnConnectionId};
use serde::Serialize;

/// Lists the destination routes of an IPsec connection that is made for a transit router, in the
/// order they were created.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The IPsec connection.
    #[parameter(example = "vco-p0w2jpkhi2eeop6q6****")]
    vpn_connection_id: VpnConnectionId,
    /// `custom` for created routes, `bgp` for learned ones. Both when absent.
    #[parameter(example = "custom")]
    route_entry_type: Option<String>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Routes on a page, 1 to 50. 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of routes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    page_number: i64,
    page_size: i64,
    total_count: usize,
    vco_route_entries: Vec<Entry>,
    vpn_route_counts: Vec<RouteCount>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    vpn_connection_id: VpnConnectionId,
    route_dest: String,
    next_hop: VpnConnectionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_hop_tunnel_id_list: Option<Vec<TunnelId>>,
    weight: u8,
    state: &'static str,
    create_time: i64,
    route_entry_type: &'static str,
    source: &'static str,
    as_path: String,
    community: Box<str>,
}

/// `State` of a learned route (semantics.md 7.2).
const LEARNED: &str = "Active";

errors! {
    /// What `DescribeVcoRouteEntries` refuses.
    pub enum Error {
        /// No such IPsec connection, or it is one of a VPN gateway.
        ConnectionNotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "semantics.md 6.3";
    }
}

/// See [`Request`].
pub struct DescribeVcoRouteEntries;

impl Operation for DescribeVcoRouteEntries {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        // Listed among its parameters, although a read needs none.
        client_token: true,
        access: Access::List,
        resources: &["vpnconnection/{VpnConnectionId}"],
        examples: &[Example {
            title: "The routes of a connection",
            request: &[("VpnConnectionId", "$att"), ("RouteEntryType", "custom")],
            answer: r#"{"TotalCount":1,"PageNumber":1,"PageSize":10,"VcoRouteEntries":
                [{"VpnConnectionId":"$att","RouteDest":"172.16.0.0/16","NextHop":"$att",
                "Weight":100,"State":"published","RouteEntryType":"custom"}]}"#,
        }],
        ..Declaration::of::<Request, Error>("DescribeVcoRouteEntries")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVcoRouteEntries {
    fn run(
        tenant: &Tenant,
        _: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let connection = vco_route::connection(tenant, request.vpn_connection_id);
        let connection = connection.ok_or(Error::ConnectionNotFound)?;
        let custom = is_custom(request.route_entry_type.as_deref())?;
        let page = Page::new(request.page_number, request.page_size)?;
        let mut routes: Vec<_> = vco_route::of_connection(tenant, connection.id).collect();
        routes.sort_by_key(|route| route.sequence);
        let learned = learned(tenant, bgp_route::of_connection(tenant, connection.id));
        let counts = RouteCount::both(routes.len(), learned.len());
        let links = Links::of(tenant);
        let made = routes.into_iter().filter(|_| custom != Some(false));
        let made = made.map(|route| entry(&links, connection, route));
        let learned = learned.into_iter().filter(|_| custom != Some(true));
        let learned = learned.map(|route| learned_entry(&links, connection, route));
        let (entries, total_count) = page.of(made.chain(learned));
        Ok(Response {
            page_number: page.number,
            page_size: page.size,
            total_count,
            vco_route_entries: entries,
            vpn_route_counts: counts,
        })
    }
}

fn entry(links: &Links, connection: &VpnConnection, route: &VcoRoute) -> Entry {
    Entry {
        vpn_connection_id: connection.id,
        route_dest: route.key.destination.to_string(),
        next_hop: connection.id,
        next_hop_tunnel_id_list: tunnels(links, connection),
        weight: route.weight,
        state: PUBLISHED,
        create_time: route.created.millis(),
        route_entry_type: CUSTOM,
        source: CLOUD,
        as_path: String::new(),
        community: "".into(),
    }
}

fn learned_entry(links: &Links, connection: &VpnConnection, route: &BgpRoute) -> Entry {
    Entry {
        vpn_connection_id: connection.id,
        route_dest: route.key.destination.to_string(),
        next_hop: connection.id,
        next_hop_tunnel_id_list: tunnels(links, connection),
        weight: 0,
        state: LEARNED,
        create_time: route.announced.millis(),
        route_entry_type: BGP,
        source: VPN_BGP,
        as_path: route.path_text(),
        community: route.community.clone(),
    }
}

/// All tunnels that are up carry traffic (semantics.md 8.4); a single tunnel is not listed.
fn tunnels(links: &Links, connection: &VpnConnection) -> Option<Vec<TunnelId>> {
    let up = || links.tunnels_up(connection).into_iter().map(|tunnel| tunnel.id).collect();
    connection.dual_tunnel.then(up)
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::vpn_connection::VpnConnection;
    use causeway_types::VpnConnectionId;
    use serde_json::json;

    const DESCRIBE: &str = "DescribeVcoRouteEntries";

    fn create(world: &mut World, destination: &str, weight: &str) {
        let parameters = [
            ("VpnConnectionId", "$att"),
            ("RouteDest", destination),
            ("NextHop", "$att"),
            ("Weight", weight),
        ];
        world.call("CreateVcoRouteEntry", &parameters).unwrap();
    }

    #[test]
    fn routes_come_flat_and_in_the_order_of_their_creation() {
        let mut world = World::scene();
        create(&mut world, "10.9.0.0/16", "100");
        create(&mut world, "10.1.0.0/16", "0");
        let page =
            |number| [("VpnConnectionId", "$att"), ("PageSize", "2"), ("PageNumber", number)];
        let first = world.call(DESCRIBE, &page("1")).unwrap();
        let second = world.call(DESCRIBE, &page("2")).unwrap();
        let entries = first["VcoRouteEntries"].as_array().unwrap();
        let seen: Vec<_> = entries.iter().map(|entry| &entry["RouteDest"]).collect();
        assert_eq!(seen, ["172.16.0.0/16", "10.9.0.0/16"]);
        let attached = &world.names["$att"];
        let expected = json!([{
            "VpnConnectionId": attached,
            "RouteDest": "10.1.0.0/16",
            "NextHop": attached,
            "NextHopTunnelIdList": ["tun-bp1attached1", "tun-bp1attached2"],
            "Weight": 0,
            "State": "published",
            "CreateTime": world.context.now.millis(),
            "RouteEntryType": "custom",
            "Source": "CLOUD",
            "AsPath": "",
            "Community": "",
        }]);
        assert_eq!(second["VcoRouteEntries"], expected);
        let count = json!([{"RouteEntryType": "custom", "Source": "CLOUD", "RouteCount": 3}]);
        assert_eq!((&second["TotalCount"], &second["VpnRouteCounts"]), (&json!(3), &count));
    }

    #[test]
    fn one_tunnel_is_not_listed() {
        let mut world = World::scene();
        let connection = world.id::<VpnConnectionId>("$att");
        world.update::<VpnConnection>(&connection, |connection| connection.dual_tunnel = false);
        let answer = world.call(DESCRIBE, &[("VpnConnectionId", "$att")]).unwrap();
        assert_eq!(answer["VcoRouteEntries"][0].get("NextHopTunnelIdList"), None);
    }

    #[test]
    fn learned_routes_are_none_of_the_created_ones() {
        let mut world = World::scene();
        let list = [("VpnConnectionId", "$att"), ("RouteEntryType", "bgp")];
        let answer = world.call(DESCRIBE, &list).unwrap();
        assert_eq!((&answer["VcoRouteEntries"], &answer["TotalCount"]), (&json!([]), &json!(0)));
        let answer = world.call(DESCRIBE, &[("VpnConnectionId", "$free")]).unwrap();
        assert_eq!(answer["VcoRouteEntries"], json!([]));
    }

    #[test]
    fn refusals() {
        let mut world = World::scene();
        for connection in ["vco-none", "$vco"] {
            let refusal = world.refusal(DESCRIBE, &[("VpnConnectionId", connection)]);
            let found = (refusal.status, &*refusal.code);
            assert_eq!(found, (404, "InvalidVpnConnectionInstanceId.NotFound"));
        }
        for (name, value) in [("RouteEntryType", "x"), ("PageSize", "51"), ("PageNumber", "0")] {
            let refusal = world.refusal(DESCRIBE, &[("VpnConnectionId", "$att"), (name, value)]);
            assert_eq!(refusal.code, "InvalidParameter", "{name}={value}");
        }
    }
}
