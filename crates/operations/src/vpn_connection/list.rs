use super::shape::Shape;
use crate::page::{Page, passes};
use crate::tag::{self, TagPair};
use crate::{Authorized, Operation, Query};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{CustomerGatewayId, VpnConnectionId, VpnGatewayId};
use serde::Serialize;

/// Lists IPsec connections, on VPN gateways and for transit routers, page by page.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only connections on this VPN gateway.
    vpn_gateway_id: Option<VpnGatewayId>,
    /// Only connections to this customer gateway.
    customer_gateway_id: Option<CustomerGatewayId>,
    /// Only this connection.
    vpn_connection_id: Option<VpnConnectionId>,
    /// Only connections of this resource group.
    resource_group_id: Option<String>,
    /// Only connections with all of these tags.
    tag: Vec<TagPair>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Connections on a page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of connections.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpn_connections: VpnConnections,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpnConnections {
    vpn_connection: Vec<Shape>,
}

/// See [`Request`].
pub struct DescribeVpnConnections;

impl Operation for DescribeVpnConnections {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["vpnconnection/*"],
        examples: &[Example {
            title: "The connections of a gateway",
            request: &[("VpnGatewayId", "$dual")],
            answer: r#"{"VpnConnections":{"VpnConnection":[{"VpnConnectionId":"$dualvco",
                "Tag":{"Tag":[]}},{"VpnConnectionId":"$dualvco2"}]},"TotalCount":2}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeVpnConnections")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVpnConnections {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let far_end = |connection: &VpnConnection| {
            let mut far_ends = connection.tunnels.iter().map(|tunnel| tunnel.customer_gateway);
            request.customer_gateway_id.is_none_or(|id| far_ends.any(|end| end == Some(id)))
        };
        let wanted = |connection: &&VpnConnection| {
            request.vpn_connection_id.is_none_or(|id| id == connection.id)
                && request.vpn_gateway_id.is_none_or(|id| Some(id) == connection.gateway())
                && far_end(connection)
                && passes(
                    request.resource_group_id.as_deref(),
                    connection.resource_group.as_deref(),
                )
                && tag::match_filter(&connection.tags, &request.tag)
        };
        let (rows, total_count) = match request.vpn_gateway_id {
            Some(gateway) => {
                let ids = tenant.members::<VpnConnectionId>(gateway);
                page.of(ids.filter_map(|id| tenant.get::<VpnConnection>(&id)).filter(wanted))
            }
            None => page.of(tenant.all::<VpnConnection>().filter(wanted)),
        };
        let rows = rows.into_iter().map(|connection| Shape::listed(tenant, connection));
        Ok(Response {
            vpn_connections: VpnConnections { vpn_connection: rows.collect() },
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn filters_combine() {
        let mut world = World::scene();
        for (filter, count) in [
            (&[][..], 7),
            (&[("VpnGatewayId", "$vpn")], 3),
            (&[("VpnGatewayId", "$vpn"), ("VpnConnectionId", "$vco2")], 1),
            (&[("VpnGatewayId", "$dual"), ("VpnConnectionId", "$vco2")], 0),
            (&[("VpnGatewayId", "vpn-none")], 0),
            (&[("CustomerGatewayId", "$cgw")], 7),
            (&[("CustomerGatewayId", "cgw-none")], 0),
            (&[("ResourceGroupId", "rg-1")], 0),
            (&[("Tag.1.Key", "a")], 0),
            (&[("VpnConnectionId", "$free")], 1),
        ] {
            let answer = world.call("DescribeVpnConnections", filter).unwrap();
            assert_eq!(answer["TotalCount"], count, "{filter:?}");
            let rows = answer["VpnConnections"]["VpnConnection"].as_array().unwrap();
            assert_eq!(rows.len(), count);
        }
    }

    #[test]
    fn tags_are_under_tag_here_and_under_tags_there() {
        let mut world = World::scene();
        let one = world.call("DescribeVpnConnections", &[("VpnConnectionId", "$att")]).unwrap();
        let listed = &one["VpnConnections"]["VpnConnection"][0];
        assert!(listed["Tag"]["Tag"].is_array() && listed.get("Tags").is_none()); // clients.md 7
        let one = world.call("DescribeVpnConnection", &[("VpnConnectionId", "$att")]).unwrap();
        assert!(one["Tags"]["Tag"].is_array() && one.get("Tag").is_none());
    }
}
