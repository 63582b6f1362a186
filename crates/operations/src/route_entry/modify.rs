use super::modify_error::{Error, refusal};
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::next_hop::{NextHopType, NextHops, resolve};
use causeway_model::route_admission::Admission;
use causeway_model::route_draft::{self, DestinationPolicy, Obstacle};
use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use causeway_model::route_list::{self, ListedRoute, RouteSource};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind};
use causeway_model::task::{self, Subject};
use causeway_model::text::Labels;
use causeway_model::vpc::Vpc;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{Cidr, RouteEntryId, RouteTableId};

/// Changes the name, the description or the next hop of a route.
///
/// A route whose next hop changes is `Modifying` until its task is done, then `Available`; it never
/// ceases to forward. In custom and gateway tables the route to a vSwitch's block can be pointed to
/// an instance, a network interface or a Gateway Load Balancer endpoint, and back to `Local`. Such a
/// route has to be `Local` before it is pointed to another target.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The route. When absent, its table and destination are needed.
    #[parameter(example = "rte-bp1mnnr2al0naomnp****")]
    route_entry_id: Option<RouteEntryId>,
    /// The route's table.
    #[parameter(example = "vtb-bp145q7glnuzd****")]
    route_table_id: Option<RouteTableId>,
    /// The route's destination.
    #[parameter(example = "192.168.0.0/24")]
    destination_cidr_block: Option<String>,
    /// The new name: 1 to 128 characters, not starting with `http://` or `https://`.
    #[parameter(example = "to-branch")]
    route_entry_name: Option<String>,
    /// The new description: 1 to 256 characters, not starting with `http://` or `https://`.
    #[parameter(example = "test")]
    description: Option<String>,
    /// The kind of the new next hop, as in `CreateRouteEntry`, or `Local`.
    #[parameter(example = "Instance")]
    new_next_hop_type: Option<String>,
    /// The id of the new next hop; none for `Local`.
    #[parameter(example = "i-j6c2fp57q8rr4jlu****")]
    new_next_hop_id: Option<String>,
}

/// See [`Request`].
pub struct ModifyRouteEntry;

impl Operation for ModifyRouteEntry {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Update,
        resources: &["routetable/{RouteTableId}"],
        examples: &[
            Example {
                title: "Another next hop",
                request: &[
                    ("RouteEntryId", "$rte"),
                    ("NewNextHopType", "Instance"),
                    ("NewNextHopId", "$i"),
                ],
                answer: "{}",
            },
            Example {
                title: "A system route of the system table stays as it is",
                request: &[
                    ("RouteTableId", "$vtb"),
                    ("DestinationCidrBlock", "192.168.1.0/24"),
                    ("NewNextHopType", "Instance"),
                    ("NewNextHopId", "$i"),
                ],
                answer: r#"{"Code":"Forbidden"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("ModifyRouteEntry")
    };
    type Request = Request;
    type Response = Empty;
}

/// Where a route is to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted<'a> {
    /// Where it leads already.
    Same,
    /// Into the VPC.
    Local,
    Hop(NextHopType, &'a str),
}

impl Write for ModifyRouteEntry {
    fn meant(txn: &Txn, request: &Request) -> Vec<String> {
        let route = match (request.route_table_id, request.route_entry_id) {
            (None, Some(id)) => route_list::by_id(txn, id),
            _ => None,
        };
        route.map(|route| format!("routetable/{}", route.table)).into_iter().collect()
    }

    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let route = find(txn, &request)?;
        let table = txn.get::<RouteTable>(&route.table).ok_or(Error::NotFound)?.clone();
        let (name, description) = (&request.route_entry_name, &request.description);
        let labels = route_draft::labels(name.as_deref(), description.as_deref());
        let labels = labels.map_err(|obstacle| refusal(&obstacle))?;
        let wanted = wanted(&request)?;
        if let Some(busy) = route_entry::busy(txn, &table) {
            return Err(Error::from(busy).into());
        }
        if route.status() != RouteStatus::Available {
            return Err(Error::Unstable.into());
        }
        let (key, is_known) = match (route.source, table.kind) {
            (RouteSource::Published(_) | RouteSource::Learned(_), _)
            | (RouteSource::System, RouteTableKind::System) => return Err(Error::NotYours.into()),
            (RouteSource::System, RouteTableKind::Custom) => {
                let (table, destination) = (table.id, route.destination);
                (RouteKey { table, destination, origin: RouteOrigin::User }, false)
            }
            (RouteSource::Repointed(entry) | RouteSource::Custom(entry), _) => (entry.key, true),
        };
        let (id, to_vpc) = (route.id(), !matches!(route.source, RouteSource::Custom(_)));
        let step = match wanted {
            Wanted::Same => None,
            Wanted::Local if to_vpc => is_known.then_some(Step::Restore),
            Wanted::Local => return Err(Error::Local.into()),
            Wanted::Hop(kind, id) => {
                if to_vpc {
                    check_repointing(txn, &table, &route, kind, id)?;
                }
                let hops = next_hops(txn, &table, key, kind, id)?;
                (route.next_hops() != Some(&hops)).then_some(Step::Lead(hops))
            }
        };
        let changes = step.is_some();
        match step {
            Some(Step::Restore) => {
                txn.update::<RouteEntry>(&key, |entry| entry.status = RouteStatus::Deleting);
            }
            Some(Step::Lead(next_hops)) if is_known => {
                let now = txn.now();
                txn.update::<RouteEntry>(&key, |entry| {
                    entry.next_hops = next_hops;
                    entry.status = RouteStatus::Modifying;
                    entry.modified = now;
                });
            }
            Some(Step::Lead(next_hops)) => {
                let (status, modified) = (RouteStatus::Modifying, txn.now());
                txn.put(RouteEntry { key, id, next_hops, status, labels: None, modified });
            }
            None if !is_known && labels.is_some() => return Err(Error::NotYours.into()),
            None => {}
        }
        if let Some(labels) = labels {
            txn.update::<RouteEntry>(&key, |entry| relabel(entry, &request, &labels));
        }
        if changes {
            task::start_routes(txn, Subject::Routes(table.vpc), vec![key]);
        }
        Ok(Empty {})
    }
}

/// What happens to the row.
enum Step {
    /// A system route leads into the VPC again: the row that points it elsewhere goes.
    Restore,
    /// It leads there.
    Lead(NextHops),
}

fn find<'a>(world: &'a impl Read, request: &Request) -> Result<ListedRoute<'a>, Refusal> {
    let text = request.destination_cidr_block.as_deref().filter(|text| !text.is_empty());
    let destination = text.map(|text| text.parse::<Cidr>().map_err(|_| Error::Malformed));
    let destination = destination.transpose()?;
    let route = match (request.route_entry_id, request.route_table_id, destination) {
        (Some(id), ..) => route_list::by_id(world, id),
        (None, Some(table), Some(destination)) => {
            let table = world.get::<RouteTable>(&table).ok_or(Error::TableNotFound)?;
            route_list::at(world, table, destination).into_iter().next()
        }
        _ => return Err(Error::Missing.into()),
    };
    let agrees = |route: &ListedRoute| {
        request.route_table_id.is_none_or(|table| table == route.table)
            && destination.is_none_or(|destination| destination == route.destination)
    };
    Ok(route.filter(agrees).ok_or(Error::NotFound)?)
}

fn wanted(request: &Request) -> Result<Wanted<'_>, Refusal> {
    let given =
        |text: &'_ Option<String>| text.as_deref().filter(|text| !text.is_empty()).is_some();
    let (kind, id) = (request.new_next_hop_type.as_deref(), request.new_next_hop_id.as_deref());
    match (given(&request.new_next_hop_type), given(&request.new_next_hop_id)) {
        (false, false) => Ok(Wanted::Same),
        (true, false) if kind == Some("Local") => Ok(Wanted::Local),
        (true, false) => Err(Error::Missing.into()),
        (_, true) => {
            let kind = route_draft::next_hop_type(kind).map_err(|obstacle| refusal(&obstacle))?;
            Ok(Wanted::Hop(kind, id.unwrap_or_default()))
        }
    }
}

/// Which system routes can be pointed where (semantics.md 7.1).
fn check_repointing(
    world: &impl Read,
    table: &RouteTable,
    route: &ListedRoute<'_>,
    kind: NextHopType,
    id: &str,
) -> Result<(), Refusal> {
    let is_target = matches!(
        kind,
        NextHopType::Instance
            | NextHopType::NetworkInterface
            | NextHopType::GatewayLoadBalancerEndpoint
    );
    if !is_target {
        return Err(Error::SystemRouteHop.into());
    }
    if table.associate == AssociateType::Gateway && route.destination == Cidr::RESERVED {
        return Err(Error::NotYours.into());
    }
    let hop = resolve(world, table.vpc, kind, id);
    let hop = hop.map_err(|problem| refusal(&Obstacle::NextHop(kind, problem)))?;
    if route.next_hops().is_some_and(|hops| *hops != NextHops::One(hop)) {
        return Err(Error::ByLocal.into());
    }
    Ok(())
}

fn next_hops(
    txn: &Txn,
    table: &RouteTable,
    key: RouteKey,
    kind: NextHopType,
    id: &str,
) -> Result<NextHops, Refusal> {
    const POLICY: DestinationPolicy = DestinationPolicy { supernets: true, inside_reserved: true };
    let hop = resolve(txn, table.vpc, kind, id);
    let hops = hop.map(NextHops::One);
    let hops = hops.map_err(|problem| refusal(&Obstacle::NextHop(kind, problem)))?;
    let vpc = txn.get::<Vpc>(&table.vpc).ok_or(Error::TableNotFound)?;
    let mut admission = Admission::to_vpc(txn, vpc, POLICY, &txn.context().quotas);
    let held = txn.get::<RouteEntry>(&key).map(|entry| &entry.next_hops);
    let admitted = admission.check_hop(txn, key.destination, &hops, held);
    admitted.map_err(|obstacle| refusal(&obstacle))?;
    Ok(hops)
}

/// What is not given stays.
fn relabel(entry: &mut RouteEntry, request: &Request, given: &Labels) {
    let old = entry.labels.take().unwrap_or_default();
    let name = request.route_entry_name.as_ref().map_or(old.name(), |_| given.name());
    let description =
        request.description.as_ref().map_or(old.description(), |_| given.description());
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (name, description) = (text(name), text(description));
    entry.labels = Some(Box::new(Labels::new(name.as_deref(), description.as_deref())));
}

#[cfg(test)]
mod tests;
