use super::removal::{self, Address, Problem};
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::Txn;
use causeway_model::next_hop::NextHopType;
use causeway_model::route_entry::Busy;
use causeway_model::route_list;
use causeway_model::task::{self, Subject};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Id, RouteEntryId, RouteTableId};

/// Deletes a custom route.
///
/// The route is named by its id, or by its table, destination and next hop. It is `Deleting` until
/// its task is done, then gone. System routes cannot be deleted, nor can routes that a VPN gateway
/// published: withdraw those at the gateway.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The route. When absent, its table, destination and next hop are needed.
    #[parameter(example = "rte-bp1mnnr2al0naomnp****")]
    route_entry_id: Option<RouteEntryId>,
    /// The route's table.
    #[parameter(example = "vtb-bp145q7glnuzd****")]
    route_table_id: Option<RouteTableId>,
    /// The route's destination.
    #[parameter(example = "192.168.0.0/24")]
    destination_cidr_block: Option<String>,
    /// The route's next hop, when it has one.
    #[parameter(example = "i-j6c2fp57q8rr4jlu****")]
    next_hop_id: Option<String>,
    /// The route's next hops, when it has several: all of them, up to 16.
    next_hop_list: Vec<NextHop>,
}

/// One of several next hops.
#[derive(Debug, causeway_spec::Request)]
pub struct NextHop {
    /// Its id.
    #[parameter(example = "ri-bp1mnnr2al0naomnp****")]
    next_hop_id: Option<String>,
    /// Its kind, `RouterInterface`. The id tells it as well.
    #[parameter(example = "RouterInterface")]
    next_hop_type: Option<String>,
}

errors! {
    /// What `DeleteRouteEntry` refuses.
    pub enum Error {
        /// No route has this id, or this table, destination and next hop.
        NotFound = 404, "InvalidRouteEntry.NotFound",
            "Specified route entry does not exist.", "errors.json";
        /// Neither an id nor a table, destination and next hop are given.
        Missing = 400, "MissingParameter", "Miss mandatory parameter.", "errors.json";
        /// The VPC, or a vSwitch in it, is being made, moved or removed.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "errors.json";
        /// The table is being made or removed.
        IncorrectTableStatus = 400, "IncorrectStatus.RouteTableStatus",
            "The status of the specified RouteTable is incorrect.", "errors.json";
        /// Routes of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "errors.json";
        /// The route is being made, changed or removed.
        IncorrectRouteEntryStatus = 400, "IncorrectRouteEntryStatus",
            "Specified routeEntry status error.", "errors.json";
        /// The route is a system route, or belongs to the VPN gateway that published it.
        NotYours = 403, "Forbidden",
            "User not authorized to operate on the specified resource.", "chosen";
        /// Not answered: TaskConflict is.
        OperationConflict = 400, "OperationConflict",
            "The operation conflicts with another one, please try again later.", "chosen";
        /// Not answered: TaskConflict is.
        SystemBusy = 400, "SystemBusy", "The system is busy.", "chosen";
        /// Not answered: a route can be removed whatever its next hop's state.
        IncorrectInstanceStatus = 400, "IncorrectInstanceStatus",
            "Current instance status does not support this operation.", "errors.json";
        /// Not answered: there are no virtual border routers.
        InvalidVbrStatus = 400, "InvalidVBRStatus",
            "invalid virtual border router status.", "errors.json";
        /// Not answered: next hops' addresses are not served.
        IncorrectIpv6Address = 400, "IncorrectStatus.Ipv6Address",
            "The IPv6 address of the specified next hop is being assigned or deleted.",
            "errors.json";
        /// Not answered: TaskConflict is.
        DistributedLock = 400, "OperationFailed.DistibuteLock", "Distibute lock fail.",
            "errors.json";
        /// Not answered: a route can be removed whatever the state of its router interfaces.
        IncorrectMultiScope = 400, "IncorrectStatus.MultiScopeRiRouteEntry",
            "The status of the specified route entry is incorrect.", "chosen";
        /// Not answered: a route can be removed whatever its next hop's state.
        IncorrectHaVip = 400, "IncorrectHaVipStatus",
            "This operation is denied because satus of the specified HaVip is neither Available nor InUse.",
            "errors.json";
        /// Not answered: a route can be removed whatever its next hop's state.
        IncorrectIpv4Gateway = 400, "IncorrectStatus.Ipv4Gateway",
            "The status of Ipv4Gateway is incorrect.", "errors.json";
        /// Not answered: a route can be removed whatever its next hop's state.
        IncorrectVpcPeer = 400, "IncorrectStatus.VpcPeer",
            "The status of VpcPeer is incorrect.", "chosen";
        /// Not answered: prefix lists are not served.
        IncorrectPrefixList = 400, "IncorrectStatus.PrefixList",
            "The status of the prefix list is incorrect.", "chosen";
    }
}

impl From<Busy> for Error {
    fn from(busy: Busy) -> Error {
        match busy {
            Busy::Vpc | Busy::VSwitch => Error::IncorrectVpcStatus,
            Busy::Table => Error::IncorrectTableStatus,
            Busy::Routes => Error::TaskConflict,
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        match problem {
            Problem::Absent => Error::NotFound,
            Problem::NotYours => Error::NotYours,
            Problem::Unstable => Error::IncorrectRouteEntryStatus,
        }
    }
}

/// See [`Request`].
pub struct DeleteRouteEntry;

impl Operation for DeleteRouteEntry {
    const DECLARATION: Declaration = Declaration {
        dry_run: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["routetable/{RouteTableId}"],
        examples: &[
            Example {
                title: "A route by its id",
                request: &[("RouteEntryId", "$rte")],
                answer: "{}",
            },
            Example {
                title: "A route by its place",
                request: &[
                    ("RouteTableId", "$vtb"),
                    ("DestinationCidrBlock", "172.31.0.0/16"),
                    ("NextHopId", "$eni"),
                ],
                answer: "{}",
            },
            Example {
                title: "A system route cannot be deleted",
                request: &[
                    ("RouteTableId", "$vtb"),
                    ("DestinationCidrBlock", "100.64.0.0/10"),
                    ("NextHopId", "$i"),
                ],
                answer: r#"{"Code":"Forbidden"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("DeleteRouteEntry")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteRouteEntry {
    fn meant(txn: &Txn, request: &Request) -> Vec<String> {
        let route = match (request.route_table_id, request.route_entry_id) {
            (None, Some(id)) => route_list::by_id(txn, id),
            _ => None,
        };
        route.map(|route| format!("routetable/{}", route.table)).into_iter().collect()
    }

    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let next_hops = next_hops(&request);
        let address = Address {
            id: request.route_entry_id,
            table: request.route_table_id,
            destination: request.destination_cidr_block.as_deref(),
            next_hops: next_hops.as_deref(),
        };
        if !address.is_complete() {
            return Err(Error::Missing.into());
        }
        let (table, route) = removal::find(txn, &address).map_err(Error::from)?;
        if let Some(busy) = causeway_model::route_entry::busy(txn, &table) {
            return Err(Error::from(busy).into());
        }
        let key = removal::begin(txn, route).map_err(Error::from)?;
        task::start_routes(txn, Subject::Routes(table.vpc), vec![key]);
        Ok(Empty {})
    }
}

fn next_hops(request: &Request) -> Option<Vec<Id>> {
    let single = request.next_hop_id.as_deref().filter(|text| !text.is_empty());
    let listed = request.next_hop_list.iter().map(NextHop::id);
    let given: Vec<Id> = single.map(Id::from_text).into_iter().chain(listed).collect();
    (!given.is_empty()).then_some(given)
}

impl NextHop {
    /// Its id, which nothing has when the kind does not agree with it.
    fn id(&self) -> Id {
        let id = Id::from_text(self.next_hop_id.as_deref().unwrap_or_default());
        let kind = NextHopType::of(id).map(NextHopType::text);
        let agrees = self.next_hop_type.as_deref().is_none_or(|given| Some(given) == kind);
        if agrees { id } else { Id::NONE }
    }
}

#[cfg(test)]
mod tests;
