use super::create_error::Error;
use super::create_refusal::refusal;
use crate::{Authorized, Operation, Write};
use causeway_model::multipath::{self, Member};
use causeway_model::next_hop::{NextHopType, NextHops, resolve};
use causeway_model::route_admission::Admission;
use causeway_model::route_draft::{self, DestinationPolicy, Obstacle};
use causeway_model::route_entry;
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind};
use causeway_model::task::{self, Subject};
use causeway_model::vpc::Vpc;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{Cidr, Family, RouteEntryId, RouteTableId};
use serde::Serialize;

/// Adds a custom route to a route table.
///
/// The route leads to one next hop, or in the system table to several router interfaces: with equal
/// weights they share the traffic, with weights 100 and 0 one stands by for the other. The route is
/// `Pending` until its task is done, then `Available`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The system or custom table that receives the route.
    #[parameter(example = "vtb-bp145q7glnuzd****")]
    route_table_id: RouteTableId,
    /// The destination: an IPv4 or IPv6 block, or an address. Not a vSwitch's block or inside one;
    /// not 100.64.0.0/10; not one the table has. It may contain vSwitches' blocks.
    #[parameter(example = "192.168.0.0/24")]
    destination_cidr_block: String,
    /// The kind of next hop: `Instance` (when absent), `HaVip`, `RouterInterface`,
    /// `NetworkInterface`, `VpnGateway`, `IPv6Gateway`, `NatGateway`, `Attachment`, `VpcPeer`,
    /// `Ipv4Gateway`, `GatewayEndpoint`, `CenBasic`, `Ecr`, `GatewayLoadBalancerEndpoint` or
    /// `RouteTargetGroup`.
    #[parameter(example = "RouterInterface")]
    next_hop_type: Option<String>,
    /// The id of the next hop, which is in the table's VPC.
    #[parameter(example = "ri-2zeo3xzyf38r4urzd****")]
    next_hop_id: Option<String>,
    /// The next hops when there are several: 2 to 16 router interfaces.
    next_hop_list: Vec<NextHop>,
    /// The name: 1 to 128 characters, not starting with `http://` or `https://`.
    #[parameter(example = "test")]
    route_entry_name: Option<String>,
    /// The description: 1 to 256 characters, not starting with `http://` or `https://`.
    #[parameter(example = "test")]
    description: Option<String>,
}

/// One of several next hops.
#[derive(Debug, causeway_spec::Request)]
pub struct NextHop {
    /// The router interface.
    #[parameter(example = "ri-2zeo3xzyf38r43cd****")]
    next_hop_id: Option<String>,
    /// `RouterInterface`, also when absent.
    #[parameter(example = "RouterInterface")]
    next_hop_type: Option<String>,
    /// 0 to 255, 100 when absent: all equal, or 100 and 0 for two next hops.
    #[parameter(example = "100")]
    weight: Option<i64>,
}

/// The new route.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    route_entry_id: RouteEntryId,
}

/// See [`Request`].
pub struct CreateRouteEntry;

impl Operation for CreateRouteEntry {
    const DECLARATION: Declaration = Declaration {
        client_token: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["routetable/{RouteTableId}"],
        examples: &[
            Example {
                title: "A default route to a NAT gateway",
                request: &[
                    ("RouteTableId", "$vtb"),
                    ("DestinationCidrBlock", "0.0.0.0/0"),
                    ("NextHopType", "NatGateway"),
                    ("NextHopId", "$ngw"),
                ],
                answer: r#"{"RouteEntryId":"*"}"#,
            },
            Example {
                title: "Two router interfaces, active and standby",
                request: &[
                    ("RouteTableId", "$vtb"),
                    ("DestinationCidrBlock", "10.0.0.0/8"),
                    ("NextHopList.1.NextHopType", "RouterInterface"),
                    ("NextHopList.1.NextHopId", "$ri"),
                    ("NextHopList.1.Weight", "100"),
                    ("NextHopList.2.NextHopType", "RouterInterface"),
                    ("NextHopList.2.NextHopId", "$ri2"),
                    ("NextHopList.2.Weight", "0"),
                ],
                answer: r#"{"RouteEntryId":"*"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateRouteEntry")
    };
    type Request = Request;
    type Response = Response;
}

/// Destinations are freer here than in a batch (decision A1, semantics.md 3.5).
const POLICY: DestinationPolicy = DestinationPolicy { supernets: true, inside_reserved: true };

impl Write for CreateRouteEntry {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let table = txn.get::<RouteTable>(&request.route_table_id);
        let table = table.ok_or(Error::TableNotFound)?.clone();
        let destination = destination(&request.destination_cidr_block)?;
        let hop = wanted_hop(&request)?;
        let (name, description) = (&request.route_entry_name, &request.description);
        let labels = route_draft::labels(name.as_deref(), description.as_deref());
        let labels = labels.map_err(|obstacle| refusal(&obstacle))?;
        if let Some(busy) = route_entry::busy(txn, &table) {
            return Err(Error::from(busy).into());
        }
        let vpc = txn.get::<Vpc>(&table.vpc).ok_or(Error::TableNotFound)?;
        let destination = destination.ok_or(Error::PrefixListNotFound)?;
        let next_hops = hop.resolve(txn, vpc).map_err(|obstacle| refusal(&obstacle))?;
        check_table(&table, destination, &hop)?;
        let mut admission = Admission::to_vpc(txn, vpc, POLICY, &txn.context().quotas);
        admission
            .check(txn, table.id, destination, &next_hops)
            .map_err(|obstacle| hop.refusal(&obstacle))?;
        let (key, id) = route_entry::add(txn, table.id, destination, next_hops, labels);
        task::start_routes(txn, Subject::Routes(table.vpc), vec![key]);
        Ok(Response { route_entry_id: id })
    }
}

/// `None` is a prefix list.
fn destination(text: &str) -> Result<Option<Cidr>, Refusal> {
    if text.starts_with("pl-") {
        return Ok(None);
    }
    POLICY.read(text, None).map(Some).map_err(|obstacle| refusal(&obstacle))
}

/// One next hop or several, not yet looked up.
enum WantedHop<'a> {
    One(NextHopType, &'a str),
    Many(Vec<Member<'a>>, Vec<u8>),
}

fn wanted_hop(request: &Request) -> Result<WantedHop<'_>, Refusal> {
    let (kind, id) = (given(&request.next_hop_type), given(&request.next_hop_id));
    if request.next_hop_list.is_empty() {
        if kind.is_none() && id.is_none() {
            return Err(Error::NeitherHopNorList.into());
        }
        let kind = route_draft::next_hop_type(kind).map_err(|obstacle| refusal(&obstacle))?;
        return Ok(WantedHop::One(kind, id.ok_or(Error::Missing)?));
    }
    if kind.is_some() || id.is_some() {
        return Err(Error::BothHopAndList.into());
    }
    let members = request.next_hop_list.iter().map(NextHop::member);
    let members: Vec<_> = members.collect::<Result<_, _>>()?;
    let weights = multipath::weights(&members).map_err(Error::from)?;
    Ok(WantedHop::Many(members, weights))
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

impl NextHop {
    fn member(&self) -> Result<Member<'_>, Error> {
        let id = given(&self.next_hop_id).ok_or(Error::Missing)?;
        Ok(Member { id, kind: given(&self.next_hop_type), weight: self.weight })
    }
}

impl WantedHop<'_> {
    fn resolve(&self, world: &impl Read, vpc: &Vpc) -> Result<NextHops, Obstacle> {
        match self {
            WantedHop::One(kind, id) => resolve(world, vpc.id, *kind, id)
                .map(NextHops::One)
                .map_err(|problem| Obstacle::NextHop(*kind, problem)),
            WantedHop::Many(members, weights) => {
                multipath::resolve(world, vpc.id, members, weights)
                    .map_err(|problem| Obstacle::NextHop(NextHopType::RouterInterface, problem))
            }
        }
    }

    /// Several next hops have a code of their own for a destination that a gateway published.
    fn refusal(&self, obstacle: &Obstacle) -> Refusal {
        match (self, obstacle) {
            (WantedHop::Many(..), Obstacle::Duplicate { published: true, .. }) => {
                Error::ListOverPublished.into()
            }
            _ => refusal(obstacle),
        }
    }
}

/// Which tables take which routes (semantics.md 7.1).
fn check_table(table: &RouteTable, destination: Cidr, hop: &WantedHop<'_>) -> Result<(), Error> {
    let several = matches!(hop, WantedHop::Many(..));
    if table.associate == AssociateType::Gateway {
        let repointable = matches!(
            hop,
            WantedHop::One(
                NextHopType::Instance
                    | NextHopType::NetworkInterface
                    | NextHopType::GatewayLoadBalancerEndpoint,
                _
            )
        );
        return Err(if repointable { Error::GatewayTable } else { Error::GatewayTableHop });
    }
    if several && table.kind == RouteTableKind::Custom {
        return Err(Error::ListInCustomTable);
    }
    if several && destination.family() == Family::V6 {
        return Err(Error::Ipv6List);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
