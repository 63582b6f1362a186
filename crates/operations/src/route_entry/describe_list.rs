use super::list_token;
use super::shape::{self, ListEntry, RouteEntrys};
use crate::{Authorized, Operation, Query};
use causeway_model::next_hop::NextHopType;
use causeway_model::route_list::{self, ListedRoute};
use causeway_model::route_table::RouteTable;
use causeway_model::text::Labels;
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Cidr, Id, RouteEntryId, RouteTableId};
use serde::Serialize;

/// Lists the routes of a route table: custom routes, those that VPN gateways published, and system
/// routes. Routes that are still being made are listed too.
///
/// A page holds up to `MaxResult` routes; while more remain, `NextToken` leads to the next one. The
/// order is that of destinations, so changes between two pages neither repeat nor hide other routes.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The route table.
    #[parameter(example = "vtb-bp145q7glnuzd****")]
    route_table_id: RouteTableId,
    /// Only the route with this id.
    #[parameter(example = "rte-bp1mnnr2al0naomnp****")]
    route_entry_id: Option<RouteEntryId>,
    /// Only routes with this name.
    route_entry_name: Option<String>,
    /// Only the route to this destination; any spelling of it will do.
    #[parameter(example = "192.168.0.0/24")]
    destination_cidr_block: Option<String>,
    /// Only routes to these destinations.
    dest_cidr_block_list: Vec<String>,
    /// Only routes of this IP version: `ipv4` or `ipv6`.
    #[parameter(example = "ipv4")]
    ip_version: Option<String>,
    /// Only routes of this type: `Custom`, `System`, `BGP`, `CEN` or `ECR`.
    #[parameter(example = "Custom")]
    route_entry_type: Option<String>,
    /// Only routes to next hops of this kind.
    #[parameter(example = "Instance")]
    next_hop_type: Option<String>,
    /// Only routes to this next hop.
    #[parameter(example = "i-j6c2fp57q8rr4jlu****")]
    next_hop_id: Option<String>,
    /// Only routes of this service: `TR`. No route here has one.
    #[parameter(example = "TR")]
    service_type: Option<String>,
    /// Routes on a page: 10 when absent, at most 100; more is read as 100.
    #[parameter(example = "10")]
    max_result: Option<i64>,
    /// The `NextToken` of the page before.
    next_token: Option<String>,
}

/// A page of routes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    route_entrys: RouteEntrys<ListEntry>,
    total_count: usize,
    max_result: usize,
    /// Empty on the last page.
    next_token: String,
}

errors! {
    /// What `DescribeRouteEntryList` refuses.
    pub enum Error {
        /// No such table.
        TableNotFound = 404, "InvalidRouteTable.NotFound",
            "Specified route table does not exist.", "errors.json";
    }
}

/// See [`Request`].
pub struct DescribeRouteEntryList;

impl Operation for DescribeRouteEntryList {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["routetable/{RouteTableId}"],
        examples: &[
            Example {
                title: "The route to one destination",
                request: &[("RouteTableId", "$vtb"), ("DestinationCidrBlock", "192.168.1.0/24")],
                answer: r#"{"TotalCount":1,"NextToken":"","RouteEntrys":{"RouteEntry":[{
                    "RouteTableId":"$vtb","DestinationCidrBlock":"192.168.1.0/24",
                    "Type":"System","Status":"Available","IpVersion":"ipv4",
                    "NextHops":{"NextHop":[{"NextHopType":"Local","NextHopId":""}]}}]}}"#,
            },
            Example {
                title: "Custom routes to network interfaces",
                request: &[
                    ("RouteTableId", "$vtb"),
                    ("RouteEntryType", "Custom"),
                    ("NextHopType", "NetworkInterface"),
                    ("MaxResult", "500"),
                ],
                answer: r#"{"TotalCount":1,"NextToken":"","RouteEntrys":{"RouteEntry":[{
                    "RouteEntryId":"$rte","DestinationCidrBlock":"172.31.0.0/16",
                    "Type":"Custom","Origin":"CustomCreate",
                    "NextHops":{"NextHop":[{"NextHopId":"$eni"}]}}]}}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("DescribeRouteEntryList")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeRouteEntryList {
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let table = tenant.get::<RouteTable>(&request.route_table_id);
        let table = table.ok_or(Error::TableNotFound)?;
        let max_result = max_result(request.max_result)?;
        let after = request.next_token.as_deref().filter(|token| !token.is_empty());
        let after = after.map(|token| {
            list_token::decode(token).ok_or_else(|| Refusal::invalid_parameter("NextToken"))
        });
        let after = after.transpose()?;
        let filter = Filter::new(&request)?;
        let routes = route_list::of_table(tenant, table).filter(|route| filter.matches(route));
        let (mut routes, mut before) = (routes.peekable(), 0);
        let is_before = |route: &ListedRoute<'_>| after.is_some_and(|it| route.position() <= it);
        while routes.next_if(is_before).is_some() {
            before += 1;
        }
        let page: Vec<_> = routes.by_ref().take(max_result).collect();
        let next_token = match (routes.peek(), page.last()) {
            (Some(_), Some(last)) => list_token::encode(last.position()),
            _ => String::new(),
        };
        let total_count = before + page.len() + routes.count();
        let route_entry =
            page.iter().map(|route| shape::list_entry(tenant, context, route)).collect();
        let route_entrys = RouteEntrys { route_entry };
        Ok(Response { route_entrys, total_count, max_result, next_token })
    }
}

/// 1 to 100; the Kubernetes route controller asks for 500 (semantics.md 10.3).
fn max_result(given: Option<i64>) -> Result<usize, Refusal> {
    match given.unwrap_or(10) {
        ..1 => Err(Refusal::invalid_parameter("MaxResult")),
        wanted => Ok(usize::try_from(wanted.min(100)).expect("between 1 and 100")),
    }
}

/// What the request narrows the list to. Texts that name nothing narrow it to nothing.
struct Filter<'a> {
    id: Option<RouteEntryId>,
    name: Option<&'a str>,
    destinations: Option<Vec<Cidr>>,
    ip_version: Option<String>,
    kind: Option<&'a str>,
    next_hop_type: Option<&'a str>,
    next_hop: Option<Id>,
    of_service: bool,
}

impl<'a> Filter<'a> {
    fn new(request: &'a Request) -> Result<Filter<'a>, Refusal> {
        let given = |text: &'a Option<String>| text.as_deref().filter(|text| !text.is_empty());
        let one_of = |name: &str, text: Option<&'a str>, words: &[&str]| match text {
            Some(text) if !words.iter().any(|word| word.eq_ignore_ascii_case(text)) => {
                Err(Refusal::invalid_parameter(name))
            }
            text => Ok(text),
        };
        let ip_version = one_of("IpVersion", given(&request.ip_version), &["ipv4", "ipv6"])?;
        let kinds = ["Custom", "System", "BGP", "CEN", "ECR"];
        Ok(Filter {
            id: request.route_entry_id,
            name: given(&request.route_entry_name),
            destinations: destinations(request),
            ip_version: ip_version.map(str::to_ascii_lowercase),
            kind: one_of("RouteEntryType", given(&request.route_entry_type), &kinds)?,
            next_hop_type: given(&request.next_hop_type),
            next_hop: given(&request.next_hop_id).map(Id::from_text),
            of_service: given(&request.service_type).is_some(),
        })
    }

    fn matches(&self, route: &ListedRoute<'_>) -> bool {
        let name = || {
            let labels = route.entry().and_then(|entry| entry.labels.as_deref());
            labels.map(Labels::name).unwrap_or_default()
        };
        let version = || shape::ip_version(route.destination.family());
        let leads = |to| route.next_hops().is_some_and(|hops| hops.include(to));
        self.destinations.as_ref().is_none_or(|given| given.contains(&route.destination))
            && self.ip_version.as_deref().is_none_or(|given| given == version())
            && self.kind.is_none_or(|given| given.eq_ignore_ascii_case(shape::kind(route)))
            && self.name.is_none_or(|given| given == name())
            && self.next_hop.is_none_or(leads)
            && self.next_hop_type.is_none_or(|given| next_hop_type(route) == given)
            && !self.of_service
            && self.id.is_none_or(|given| given == route.id())
    }
}

/// The destinations asked for in either way, in canonical form (semantics.md 3.5).
fn destinations(request: &Request) -> Option<Vec<Cidr>> {
    let given = request.destination_cidr_block.iter().chain(&request.dest_cidr_block_list);
    let given: Vec<_> = given.filter(|text| !text.is_empty()).collect();
    (!given.is_empty()).then(|| given.iter().filter_map(|text| text.parse().ok()).collect())
}

/// All next hops of a route are of one kind.
fn next_hop_type(route: &ListedRoute<'_>) -> &'static str {
    let of = |kind: NextHopType| {
        route.next_hops().is_some_and(|hops| hops.all(|id| NextHopType::of(id) == Some(kind)))
    };
    let kind = NextHopType::ALL.iter().copied().find(|kind| of(*kind));
    kind.map_or(shape::LOCAL, NextHopType::text)
}

#[cfg(test)]
mod tests;
