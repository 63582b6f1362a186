use super::removal::{self, Address, Problem};
use crate::{Authorized, Operation, Write};
use causeway_model::route_entry::{self, Busy, RouteKey};
use causeway_model::route_table::RouteTable;
use causeway_model::task::{self, Subject};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Id, RouteEntryId, RouteTableId, TypedId, VpcId};
use serde::Serialize;
use std::collections::BTreeSet;

/// Deletes custom routes from route tables of one VPC, up to 50 at a time.
///
/// Every item is judged by itself, in order: the answer counts the routes that are being deleted and
/// lists those that failed, with the reason.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The routes, at most 50.
    route_entries: Vec<Item>,
}

/// One route: by its id, or by its destination and next hop.
#[derive(Debug, causeway_spec::Request)]
pub struct Item {
    /// The route's table. All tables of a batch are in one VPC.
    #[parameter(example = "vtb-bp145q7glnuzd****", missing = "MissingParam.RouteTableId")]
    route_table_id: RouteTableId,
    /// The route. When absent, its destination and next hop are needed.
    #[parameter(example = "rte-bp1mnnr2al0naomnp****")]
    route_entry_id: Option<String>,
    /// The route's destination.
    #[parameter(example = "192.168.0.0/24")]
    dst_cidr_block: Option<String>,
    /// The route's next hop.
    #[parameter(example = "i-j6c2fp57q8rr4jlu****")]
    next_hop: Option<String>,
}

/// What became of the batch.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    success_count: usize,
    failed_count: usize,
    failed_route_entries: Vec<FailedRouteEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FailedRouteEntry {
    route_entry_id: String,
    dst_cidr_block: String,
    next_hop: String,
    failed_code: String,
    failed_message: String,
}

errors! {
    /// What `DeleteRouteEntries` refuses as a whole.
    pub enum Error {
        /// An item has no table.
        MissingRouteTableId = 400, "MissingParam.RouteTableId",
            "The parameter RouteTableId is missing.", "chosen";
        /// An item has neither an id nor a destination.
        MissingDstCidrBlock = 400, "MissingParam.DstCidrBlock",
            "The parameter DstCidrBlock is missing.", "chosen";
        /// An item has neither an id nor a next hop.
        MissingNextHop = 400, "MissingParam.NextHop",
            "The parameter NextHop is missing.", "chosen";
        /// A table does not exist.
        TableNotFound = 404, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "chosen";
        /// There are more than 50 items.
        TooMany = 400, "InvalidParameter",
            "The specified parameter \"RouteEntries\" is not valid.", "chosen";
        /// The tables are not all in one VPC.
        SeveralVpcs = 400, "InvalidParameter",
            "The specified parameter \"RouteTableId\" is not valid.", "chosen";
        /// The VPC is being made or removed.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "clients.md 6.2";
        /// A table is being made or removed.
        IncorrectTableStatus = 400, "IncorrectStatus.RouteTableStatus",
            "The status of the specified RouteTable is incorrect.", "clients.md 6.2";
        /// Routes or vSwitches of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent. Please wait a moment and try again.", "errors.json";
    }
}

errors! {
    /// Why an item failed. The status is that of the answer around it.
    pub enum Failure {
        /// The table has no such route.
        NotExist = 200, "VPC_ROUTER_ENTRY_NOT_EXIST", "vRouterEntry not exists", "errors.json";
        /// The route is being made, changed or removed; an earlier item may have named it.
        Unstable = 200, "VPC_ROUTE_ENTRY_STATUS_ERROR",
            "Specified routeEntry status error.", "errors.json";
        /// The route is a system route, or belongs to the VPN gateway that published it.
        NotYours = 200, "Forbidden",
            "User not authorized to operate on the specified resource.", "chosen";
    }
}

impl From<Busy> for Error {
    fn from(busy: Busy) -> Error {
        match busy {
            Busy::Vpc => Error::IncorrectVpcStatus,
            Busy::Table => Error::IncorrectTableStatus,
            Busy::VSwitch | Busy::Routes => Error::TaskConflict,
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        match problem {
            Problem::Absent => Failure::NotExist,
            Problem::NotYours => Failure::NotYours,
            Problem::Unstable => Failure::Unstable,
        }
    }
}

/// See [`Request`].
pub struct DeleteRouteEntries;

impl Operation for DeleteRouteEntries {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["routetable/{RouteEntries.RouteTableId}"],
        examples: &[Example {
            title: "A route, and one that is not there",
            request: &[
                ("RouteEntries.1.RouteTableId", "$vtb"),
                ("RouteEntries.1.DstCidrBlock", "10.0.0.0/24"),
                ("RouteEntries.1.NextHop", "$i"),
                ("RouteEntries.2.RouteTableId", "$vtb"),
                ("RouteEntries.2.RouteEntryId", "$rte"),
            ],
            answer: r#"{"SuccessCount":1,"FailedCount":1,"FailedRouteEntries":[{
                "RouteEntryId":"","DstCidrBlock":"10.0.0.0/24","NextHop":"$i",
                "FailedCode":"VPC_ROUTER_ENTRY_NOT_EXIST",
                "FailedMessage":"vRouterEntry not exists"}]}"#,
        }],
        ..Declaration::of::<Request, Error>("DeleteRouteEntries")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for DeleteRouteEntries {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let items = &request.route_entries;
        let vpc = check_batch(txn, items)?;
        let (mut keys, mut failed_route_entries) = (vec![], vec![]);
        for item in items {
            match remove(txn, item) {
                Ok(key) => keys.push(key),
                Err(problem) => failed_route_entries.push(failed(item, problem)),
            }
        }
        let (success_count, failed_count) = (keys.len(), failed_route_entries.len());
        if let (Some(vpc), false) = (vpc, keys.is_empty()) {
            task::start_routes(txn, Subject::Routes(vpc), keys);
        }
        Ok(Response { success_count, failed_count, failed_route_entries })
    }
}

/// What must hold for the batch as a whole; its VPC, unless the batch is empty.
fn check_batch(txn: &Txn, items: &[Item]) -> Result<Option<VpcId>, Error> {
    let ids: BTreeSet<RouteTableId> = items.iter().map(|item| item.route_table_id).collect();
    let tables = ids.iter().map(|id| txn.get::<RouteTable>(id).ok_or(Error::TableNotFound));
    let tables: Vec<&RouteTable> = tables.collect::<Result<_, _>>()?;
    if items.len() > txn.context().quotas.batch_items {
        return Err(Error::TooMany);
    }
    for item in items.iter().filter(|item| given(&item.route_entry_id).is_none()) {
        given(&item.dst_cidr_block).ok_or(Error::MissingDstCidrBlock)?;
        given(&item.next_hop).ok_or(Error::MissingNextHop)?;
    }
    let vpc = tables.first().map(|table| table.vpc);
    if tables.iter().any(|table| Some(table.vpc) != vpc) {
        return Err(Error::SeveralVpcs);
    }
    match tables.iter().find_map(|table| route_entry::busy(txn, table)) {
        Some(busy) => Err(busy.into()),
        None => Ok(vpc),
    }
}

fn remove(txn: &mut Txn, item: &Item) -> Result<RouteKey, Problem> {
    let next_hop = given(&item.next_hop).map(|text| [Id::from_text(text)]);
    let address = Address {
        id: given(&item.route_entry_id).map(RouteEntryId::from_text),
        table: Some(item.route_table_id),
        destination: given(&item.dst_cidr_block),
        next_hops: next_hop.as_ref().map(|hop| &hop[..]),
    };
    let (_, route) = removal::find(txn, &address)?;
    removal::begin(txn, route)
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// Repeats the caller's own words: clients match failures by them (clients.md 9.3).
fn failed(item: &Item, problem: Problem) -> FailedRouteEntry {
    let failure = Refusal::from(Failure::from(problem));
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    FailedRouteEntry {
        route_entry_id: own(&item.route_entry_id),
        dst_cidr_block: own(&item.dst_cidr_block),
        next_hop: own(&item.next_hop),
        failed_code: failure.code.into(),
        failed_message: failure.message.into(),
    }
}

#[cfg(test)]
mod tests;
