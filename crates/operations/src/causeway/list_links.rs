use crate::page::Page;
use crate::{Authorized, Operation, Query};
use causeway_model::down_link::DownLink;
use causeway_model::link::{self, LinkState};
use causeway_model::next_hop::NextHopType;
use causeway_model::resource::Resource;
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use causeway_types::Id;
use serde::Serialize;

/// Lists the simulated links: IPsec connections, each before its tunnels, and router interfaces.
///
/// `State`, `LossPercent` and `DelayMs` are what `SetLinkState` made of a link. `Status` is what its
/// health check, or without one everybody, thinks of it: forwarding goes by that.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Links on a page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of links.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    links: Vec<Row>,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    link_id: Id,
    /// `VpnConnection`, `Tunnel` or `RouterInterface`.
    kind: &'static str,
    /// What it is a part of: the connection of a tunnel, the gateway of a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Id>,
    state: &'static str,
    loss_percent: u8,
    delay_ms: u32,
    status: &'static str,
    /// Whether a health check decides on the status.
    health_check: bool,
    /// When the check may come to another opinion; absent when it will not while the link stays so.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_check: Option<String>,
}

/// See [`Request`].
pub struct ListLinks;

impl Operation for ListLinks {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::List,
        resources: &["link/*"],
        examples: &[Example {
            title: "The first link",
            request: &[("PageSize", "1")],
            answer: r#"{"Links":[{"LinkId":"$free","Kind":"VpnConnection","State":"up",
                "LossPercent":0,"DelayMs":0,"Status":"up","HealthCheck":false}]}"#,
        }],
        ..Declaration::of::<Request, ()>("ListLinks")
    };
    type Request = Request;
    type Response = Response;
}

/// A link, before its condition is read.
struct Link {
    id: Id,
    kind: &'static str,
    of: Option<Id>,
    health_check: bool,
}

impl Query for ListLinks {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let interfaces = tenant
            .all::<Resource>()
            .filter(|resource| resource.next_hop_type() == Some(NextHopType::RouterInterface));
        let interfaces = interfaces.map(|resource| Link {
            id: resource.id,
            kind: "RouterInterface",
            of: None,
            health_check: false,
        });
        let connections = tenant.all::<VpnConnection>().flat_map(of_connection);
        let (links, total_count) = page.of(connections.chain(interfaces));
        Ok(Response {
            links: links.into_iter().map(|link| row(tenant, link)).collect(),
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

/// A connection and its tunnels.
fn of_connection(connection: &VpnConnection) -> impl Iterator<Item = Link> {
    let health_check = connection.health_check.enabled;
    let own = Link {
        id: connection.id.into(),
        kind: "VpnConnection",
        of: connection.gateway().map(Id::from),
        health_check,
    };
    let tunnels = connection.tunnels.iter().map(move |tunnel| Link {
        id: tunnel.id.into(),
        kind: "Tunnel",
        of: Some(connection.id.into()),
        health_check,
    });
    std::iter::once(own).chain(tunnels)
}

fn row(tenant: &Tenant, link: Link) -> Row {
    let condition = link::condition(tenant, link.id);
    let word = |down| if down { "down" } else { "up" };
    let next = tenant.get::<LinkState>(&link.id).and_then(|state| state.next);
    Row {
        link_id: link.id,
        kind: link.kind,
        of: link.of,
        state: word(condition.down),
        loss_percent: condition.loss_percent,
        delay_ms: condition.delay_ms,
        status: word(tenant.get::<DownLink>(&link.id).is_some()),
        health_check: link.health_check,
        next_check: next.map(|at| at.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::vpn_connection::VpnConnection;
    use causeway_types::VpnConnectionId;
    use serde_json::{Value, json};

    fn find(world: &mut World, link: &str) -> Value {
        let wanted = world.resolve(link);
        let list = world.call("ListLinks", &[("PageSize", "50")]).unwrap();
        let links = list["Links"].as_array().unwrap();
        assert_eq!(list["TotalCount"], links.len(), "all on one page");
        links.iter().find(|row| row["LinkId"] == wanted).unwrap().clone()
    }

    #[test]
    fn what_is_set_and_what_is_believed_are_told_apart() {
        let mut world = World::scene();
        let connection = world.id::<VpnConnectionId>("$vco");
        world.update::<VpnConnection>(&connection, |it| it.health_check.enabled = true);
        let down = [("LinkId", "$vco"), ("State", "down")];
        world.call("SetLinkState", &down).unwrap();
        let row = find(&mut world, "$vco");
        assert_eq!((&row["State"], &row["Status"]), (&json!("down"), &json!("up")));
        assert_eq!((&row["Kind"], &row["HealthCheck"]), (&json!("VpnConnection"), &json!(true)));
        assert_eq!(row["Of"], world.resolve("$vpn"));
        assert!(row["NextCheck"].is_string(), "{row}");
    }

    #[test]
    fn every_kind_of_link_is_listed() {
        let mut world = World::scene();
        let lossy = [("LinkId", "$ri"), ("State", "down")];
        world.call("SetLinkState", &lossy).unwrap();
        let row = find(&mut world, "$ri");
        assert_eq!((&row["Kind"], &row["Status"]), (&json!("RouterInterface"), &json!("down")));
        assert_eq!(row.get("Of"), None);
        let tunnel = find(&mut world, "tun-bp1dual11");
        assert_eq!(
            (&tunnel["Kind"], &tunnel["Of"]),
            (&json!("Tunnel"), &json!(world.resolve("$dualvco")))
        );
    }
}
