use crate::page::Page;
use crate::{Authorized, Operation, Query};
use causeway_model::failover::Failover;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use causeway_types::Id;
use serde::Serialize;

/// Lists which traffic moved to another link, the latest first, page by page.
///
/// An entry is made when a link comes to count as down or up and a gateway, or a connection with two
/// tunnels, chooses anew. The last thousand of a region are kept.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Entries on a page: 1 to 50, 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of the log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    failovers: Vec<Row>,
    total_count: usize,
    page_number: i64,
    page_size: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    time: String,
    /// The link that came to count as up or down.
    link_id: Id,
    state: &'static str,
    /// The gateway or connection that chose anew.
    by: Id,
    /// A destination, or a source and a destination; empty for all traffic of a connection.
    traffic: String,
    /// Absent when the traffic was lost before.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Id>,
    /// Absent when the traffic is lost now.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Id>,
    /// `Set`, `ProbesLost` or `ProbeAnswered`.
    cause: &'static str,
    /// How long the traffic was lost before it moved.
    lost_ms: i64,
}

/// See [`Request`].
pub struct ListFailovers;

impl Operation for ListFailovers {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::List,
        resources: &["link/*"],
        examples: &[Example {
            title: "Nothing has failed",
            request: &[],
            answer: r#"{"Failovers":[],"TotalCount":0}"#,
        }],
        ..Declaration::of::<Request, ()>("ListFailovers")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for ListFailovers {
    fn run(
        tenant: &Tenant,
        _context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let page = Page::new(request.page_number, request.page_size)?;
        let mut all: Vec<&Failover> = tenant.all().collect();
        all.reverse();
        let (rows, total_count) = page.of(all.into_iter());
        Ok(Response {
            failovers: rows.into_iter().map(Row::from).collect(),
            total_count,
            page_number: page.number,
            page_size: page.size,
        })
    }
}

impl From<&Failover> for Row {
    fn from(it: &Failover) -> Row {
        Row {
            time: it.at.to_string(),
            link_id: it.link,
            state: if it.up { "up" } else { "down" },
            by: it.by,
            traffic: it.traffic.to_string(),
            from: it.from,
            to: it.to,
            cause: it.cause.text(),
            lost_ms: it.lost_ms,
        }
    }
}
