use super::shape::{attach_type, transit_router};
use crate::page::{Page, passes};
use crate::{Authorized, Operation, Query};
use causeway_model::text::Tags;
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::VpnConnectionId;
use serde::Serialize;

/// Lists the IPsec connections made for transit routers, page by page.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// Only this connection.
    vpn_connection_id: Option<VpnConnectionId>,
    /// Only connections that a transit router holds (`CEN`) or that nothing holds
    /// (`NO_ASSOCIATED`).
    #[parameter(example = "CEN")]
    attach_type: Option<String>,
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
    vpn_attachments: Vec<Attachment>,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attachment {
    instance_id: VpnConnectionId,
    name: String,
    description: String,
    attach_type: &'static str,
    transit_router_id: String,
    transit_router_name: String,
    cross_account_authorized: bool,
    tunnel_bandwidth: &'static str,
    /// The tags again, as JSON text.
    tag: String,
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

/// See [`Request`].
pub struct DescribeVpnAttachments;

impl Operation for DescribeVpnAttachments {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["vpnconnection/*"],
        examples: &[Example {
            title: "Those that a transit router holds",
            request: &[("AttachType", "CEN")],
            answer: r#"{"VpnAttachments":[{"InstanceId":"$att","TransitRouterId":"$tr"}],
                "TotalCount":1}"#,
        }],
        ..Declaration::of::<Request, ()>("DescribeVpnAttachments")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVpnAttachments {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let wanted = |connection: &&VpnConnection| {
            !matches!(connection.attached, Attached::Gateway(_))
                && request.vpn_connection_id.is_none_or(|id| id == connection.id)
                && passes(request.attach_type.as_deref(), Some(attach_type(&connection.attached)))
        };
        let (rows, total_count) = page.of(tenant.all::<VpnConnection>().filter(wanted));
        Ok(Response {
            vpn_attachments: rows.into_iter().map(Attachment::from).collect(),
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

impl From<&VpnConnection> for Attachment {
    fn from(connection: &VpnConnection) -> Attachment {
        Attachment {
            instance_id: connection.id,
            name: connection.name.as_deref().unwrap_or_default().into(),
            description: String::new(),
            attach_type: attach_type(&connection.attached),
            transit_router_id: transit_router(&connection.attached),
            transit_router_name: String::new(),
            cross_account_authorized: false,
            tunnel_bandwidth: connection.tunnel_bandwidth.text(),
            tag: serde_json::to_string(&connection.tags).expect("tags are texts"),
            tags: tags(&connection.tags),
        }
    }
}

fn tags(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::json;

    #[test]
    fn only_attachments_are_listed() {
        let mut world = World::scene();
        for (filter, count) in [
            (&[][..], 2),
            (&[("AttachType", "CEN")], 1),
            (&[("AttachType", "NO_ASSOCIATED")], 1),
            (&[("AttachType", "VPNGW")], 0),
            (&[("VpnConnectionId", "$free")], 1),
            (&[("VpnConnectionId", "$vco")], 0),
        ] {
            let answer = world.call("DescribeVpnAttachments", filter).unwrap();
            assert_eq!(answer["TotalCount"], count, "{filter:?}");
            assert_eq!(answer["VpnAttachments"].as_array().unwrap().len(), count);
        }
    }

    #[test]
    fn every_member_is_there() {
        let mut world = World::scene();
        let answer = world.call("DescribeVpnAttachments", &[("VpnConnectionId", "$free")]).unwrap();
        let expected = json!({
            "InstanceId": "vco-bp1free", "Name": "", "Description": "",
            "AttachType": "NO_ASSOCIATED", "TransitRouterId": "", "TransitRouterName": "",
            "CrossAccountAuthorized": false, "TunnelBandwidth": "Standard", "Tag": "{}",
            "Tags": [],
        });
        assert_eq!(answer["VpnAttachments"][0], expected);
    }
}
