use super::TRANSIT_ROUTER_VPN_ATTACHMENT;
use crate::page::Page;
use crate::{Authorized, Operation, Query};
use causeway_model::next_hop::NextHopType;
use causeway_model::resource::{Place, Resource};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use causeway_types::{Id, Timestamp, VpcId};
use serde::Serialize;

/// Lists what routes can point to: registered resources and VPN gateways, page by page.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only resources of this type; see `RegisterResource` for the words.
    #[parameter(example = "Instance")]
    resource_type: Option<String>,
    /// Only resources in this VPC.
    vpc_id: Option<VpcId>,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Resources on a page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of resources.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    resources: Vec<Row>,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    resource_id: Id,
    resource_type: &'static str,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transit_router_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpn_connection_id: Option<String>,
    creation_time: String,
}

errors! {
    /// What `ListResources` refuses.
    pub enum Error {
        /// The type is none of the known words.
        Type = 400, "InvalidResourceType",
            "The resource type \"{}\" is not known. It is a kind of next hop, such as Instance or NatGateway, or TransitRouterVpnAttachment.",
            "chosen";
    }
}

/// See [`Request`].
pub struct ListResources;

impl Operation for ListResources {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::List,
        resources: &["resource/*"],
        examples: &[Example {
            title: "The ECS instances of a VPC",
            request: &[("ResourceType", "Instance"), ("VpcId", "$vpc")],
            answer: r#"{"Resources":[{"ResourceId":"$i","ResourceType":"Instance",
                "Status":"Running","VpcId":"$vpc"}],"TotalCount":1}"#,
        }],
        ..Declaration::of::<Request, Error>("ListResources")
    };
    type Request = Request;
    type Response = Response;
}

/// Either kind of row the list is made of.
enum Found<'a> {
    Resource(&'a Resource),
    Gateway(&'a VpnGateway),
}

impl Query for ListResources {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let word = request.resource_type.as_deref().filter(|word| !word.is_empty());
        if let Some(word) = word.filter(|word| !is_type(word)) {
            return Err(Error::Type.with(word));
        }
        let wanted = |found: &Found<'_>| {
            word.is_none_or(|word| word == found.kind())
                && request.vpc_id.is_none_or(|vpc| found.vpc() == Some(vpc))
        };
        let resources = tenant.all::<Resource>().map(Found::Resource);
        let gateways = tenant.all::<VpnGateway>().map(Found::Gateway);
        let (rows, total_count) = page.of(resources.chain(gateways).filter(wanted));
        Ok(Response {
            resources: rows.iter().map(Row::from).collect(),
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

fn is_type(word: &str) -> bool {
    NextHopType::from_text(word).is_some() || word == TRANSIT_ROUTER_VPN_ATTACHMENT
}

impl Found<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Found::Gateway(_) => NextHopType::VpnGateway.text(),
            Found::Resource(resource) => {
                resource.next_hop_type().map_or(TRANSIT_ROUTER_VPN_ATTACHMENT, NextHopType::text)
            }
        }
    }

    fn vpc(&self) -> Option<VpcId> {
        match self {
            Found::Gateway(gateway) => Some(gateway.vpc),
            Found::Resource(resource) => resource.vpc(),
        }
    }
}

impl From<&Found<'_>> for Row {
    fn from(found: &Found<'_>) -> Row {
        let (id, status, created): (Id, &str, Timestamp) = match found {
            Found::Resource(resource) => (resource.id, &resource.status, resource.created),
            Found::Gateway(gateway) => (gateway.id.into(), gateway.status.text(), gateway.created),
        };
        let (transit_router_id, vpn_connection_id) = match found {
            Found::Resource(Resource {
                place: Place::TransitRouter { transit_router, connection },
                ..
            }) => (Some(transit_router.to_string()), Some(connection.to_string())),
            _ => (None, None),
        };
        Row {
            resource_id: id,
            resource_type: found.kind(),
            status: status.to_owned(),
            vpc_id: found.vpc().map(|vpc| vpc.to_string()),
            transit_router_id,
            vpn_connection_id,
            creation_time: created.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    #[test]
    fn filters_combine() {
        let mut world = World::scene();
        for (filter, count) in [
            (&[][..], 18),
            (&[("VpcId", "$vpc")], 17),
            (&[("VpcId", "vpc-none")], 0),
            (&[("ResourceType", "RouterInterface")], 2),
            (&[("ResourceType", "VpnGateway"), ("VpcId", "$vpc")], 2),
            (&[("ResourceType", "Attachment")], 1),
            (&[("ResourceType", "TransitRouterVpnAttachment")], 1),
            (&[("ResourceType", "TransitRouterVpnAttachment"), ("VpcId", "$vpc")], 0),
        ] {
            let answer = world.call("ListResources", filter).unwrap();
            assert_eq!(answer["TotalCount"], count, "{filter:?}");
        }
        let unknown = world.refusal("ListResources", &[("ResourceType", "Router")]);
        assert_eq!(unknown.code, "InvalidResourceType");
    }

    #[test]
    fn an_attachment_names_both_ends() {
        let mut world = World::scene();
        let filter = [("ResourceType", "TransitRouterVpnAttachment")];
        let row = world.call("ListResources", &filter).unwrap()["Resources"][0].clone();
        let expected = serde_json::json!({
            "ResourceId": "tr-attach-scenevpn", "ResourceType": "TransitRouterVpnAttachment",
            "Status": "Attached", "TransitRouterId": "tr-bp1scene",
            "VpnConnectionId": "vco-bp1attached", "CreationTime": "2026-11-18T11:06:40Z",
        });
        assert_eq!(row, expected);
    }
}
