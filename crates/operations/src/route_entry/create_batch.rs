use super::create_batch_failure::failure;
use crate::{Authorized, Operation, Write};
use causeway_model::next_hop::{NextHops, resolve};
use causeway_model::route_admission::Admission;
use causeway_model::route_draft::{self, DestinationPolicy, Obstacle};
use causeway_model::route_entry::{self, Busy, RouteKey};
use causeway_model::route_table::{AssociateType, RouteTable};
use causeway_model::task::{self, Subject};
use causeway_model::vpc::Vpc;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Cidr, RouteEntryId, RouteTableId};
use serde::Serialize;
use std::collections::BTreeSet;

/// Adds custom routes to route tables of one VPC, up to 50 at a time.
///
/// Every item is judged by itself, in order: the answer lists the routes that were added and those
/// that failed, with the reason. A new route is `Pending` until its task is done, then `Available`;
/// follow it with `DescribeRouteEntryList`. While routes of a VPC are being changed, further changes
/// to routes of that VPC are refused.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The routes, 1 to 50.
    #[parameter(required, missing = "MissingParam.RouteTableId")]
    route_entries: Vec<Item>,
}

/// One route of the batch.
#[derive(Debug, causeway_spec::Request)]
pub struct Item {
    /// The system or custom table that receives the route. All tables of a batch are in one VPC.
    #[parameter(example = "vtb-bp145q7glnuzd****", missing = "MissingParam.RouteTableId")]
    route_table_id: RouteTableId,
    /// The destination: an IPv4 or IPv6 block, or an address. Not a vSwitch's block, nor inside one
    /// or around one (default routes may be); not 100.64.0.0/10 or inside it; not one the table has.
    #[parameter(example = "192.168.0.0/24", missing = "MissingParam.DstCidrBlock")]
    dst_cidr_block: String,
    /// 4 or 6, as the destination is.
    #[parameter(example = "4")]
    ip_version: Option<i64>,
    /// The id of the next hop, which is in the table's VPC. For `Ecr`, the id of the association.
    #[parameter(example = "i-j6c2fp57q8rr4jlu****", missing = "MissingParam.NextHop")]
    next_hop: String,
    /// The kind of next hop: `Instance` (when absent), `HaVip`, `RouterInterface`,
    /// `NetworkInterface`, `VpnGateway`, `IPv6Gateway`, `NatGateway`, `Attachment`, `VpcPeer`,
    /// `Ipv4Gateway`, `GatewayEndpoint`, `CenBasic`, `Ecr`, `GatewayLoadBalancerEndpoint` or
    /// `RouteTargetGroup`.
    #[parameter(example = "RouterInterface")]
    next_hop_type: Option<String>,
    /// The name: 1 to 128 characters, not starting with `http://` or `https://`.
    #[parameter(example = "test")]
    name: Option<String>,
    /// The description: 1 to 256 characters, not starting with `http://` or `https://`.
    #[parameter(example = "test")]
    description: Option<String>,
}

/// What became of the batch: as many ids as successes, as many details as failures.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    success_count: usize,
    failed_count: usize,
    failed_route_entries: Vec<FailedRouteEntry>,
    route_entry_ids: Vec<RouteEntryId>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FailedRouteEntry {
    dst_cidr_block: String,
    next_hop: String,
    failed_code: String,
    failed_message: String,
}

errors! {
    /// What `CreateRouteEntries` refuses as a whole.
    pub enum Error {
        /// Two items have the same table and the same destination. (A destination that the table
        /// already has fails only its own item.)
        Duplicate = 400, "InvalidCIDRBlock.Duplicate",
            "Specified CIDR block is already exists.", "S-RE-64";
        /// There are no items, or an item has no table.
        MissingRouteTableId = 400, "MissingParam.RouteTableId",
            "The parameter RouteTableId is missing.", "S-RE-65";
        /// An item has no destination.
        MissingDstCidrBlock = 400, "MissingParam.DstCidrBlock",
            "The parameter DstCidrBlock is missing.", "errors.json";
        /// An item has no next hop.
        MissingNextHop = 400, "MissingParam.NextHop",
            "The parameter NextHop is missing.", "errors.json";
        /// Not answered: an absent `NextHopType` means `Instance` (decision A6).
        MissingNextHopType = 400, "MissingParam.NextHopType",
            "The parameter NextHopType is missing.", "errors.json";
        /// There are more than 50 items.
        TooMany = 400, "InvalidParameter",
            "The specified parameter \"RouteEntries\" is not valid.", "errors.json";
        /// A table does not exist.
        TableNotFound = 404, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "errors.json";
        /// The tables are not all in one VPC.
        SeveralVpcs = 400, "InvalidParameter",
            "The specified parameter \"RouteTableId\" is not valid.", "errors.json";
        /// Routes or vSwitches of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "S-RE-06";
        /// Not answered: TaskConflict is.
        OperationConflict = 400, "OperationConflict",
            "The operation conflicts with another one, please try again later.", "chosen";
        /// Not answered: TaskConflict is.
        IncorrectRouteEntryStatus = 400, "IncorrectRouteEntryStatus",
            "The vpc has NotStable routeEntry status.", "errors.json";
        /// The VPC is being made or removed.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "errors.json";
        /// A table is being made or removed.
        IncorrectTableStatus = 400, "IncorrectStatus.RouteTableStatus",
            "The status of the specified RouteTable is incorrect.", "errors.json";
        /// A table belongs to a gateway: its routes can only be re-pointed.
        GatewayTable = 400, "OperationDenied.RouteTableTypeNotPermitted",
            "The operation is not allowed because the type of route table is not permitted.",
            "errors.json";
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

/// See [`Request`].
pub struct CreateRouteEntries;

impl Operation for CreateRouteEntries {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["routetable/{RouteEntries.RouteTableId}"],
        examples: &[
            Example {
                title: "Routes to an instance and to a VPN gateway",
                request: &[
                    ("RouteEntries.1.RouteTableId", "$vtb"),
                    ("RouteEntries.1.DstCidrBlock", "10.0.0.0/24"),
                    ("RouteEntries.1.NextHop", "$i"),
                    ("RouteEntries.1.NextHopType", "Instance"),
                    ("RouteEntries.2.RouteTableId", "$vtb"),
                    ("RouteEntries.2.DstCidrBlock", "10.0.1.0/24"),
                    ("RouteEntries.2.NextHop", "$vpn"),
                    ("RouteEntries.2.NextHopType", "VpnGateway"),
                ],
                answer: r#"{"SuccessCount":2,"FailedCount":0,"FailedRouteEntries":[],
                    "RouteEntryIds":["*","*"]}"#,
            },
            Example {
                title: "An item that fails does not stop the others",
                request: &[
                    ("RouteEntries.1.RouteTableId", "$vtb"),
                    ("RouteEntries.1.DstCidrBlock", "192.168.1.0/24"),
                    ("RouteEntries.1.NextHop", "$i"),
                    ("RouteEntries.2.RouteTableId", "$vtb"),
                    ("RouteEntries.2.DstCidrBlock", "10.0.1.0/24"),
                    ("RouteEntries.2.NextHop", "$i"),
                ],
                answer: r#"{"SuccessCount":1,"FailedCount":1,"RouteEntryIds":["*"],
                    "FailedRouteEntries":[{"DstCidrBlock":"192.168.1.0/24","NextHop":"$i",
                    "FailedCode":"InvalidCidrBlock",
                    "FailedMessage":"Specified CIDR block is not valid."}]}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateRouteEntries")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateRouteEntries {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let items = &request.route_entries;
        let vpc = check_batch(txn, items)?;
        let context = txn.context();
        let policy = policy(context.options.allow_supernet);
        let mut admission = Admission::to_vpc(txn, &vpc, policy, &context.quotas);
        let (mut keys, mut route_entry_ids, mut failed_route_entries) = (vec![], vec![], vec![]);
        for item in items {
            match add(txn, &mut admission, &vpc, item) {
                Ok((key, id)) => {
                    keys.push(key);
                    route_entry_ids.push(id);
                }
                Err(obstacle) => failed_route_entries.push(failed(item, obstacle)),
            }
        }
        if !keys.is_empty() {
            task::start_routes(txn, Subject::Routes(vpc.id), keys);
        }
        Ok(Response {
            success_count: route_entry_ids.len(),
            failed_count: failed_route_entries.len(),
            failed_route_entries,
            route_entry_ids,
        })
    }
}

fn policy(allow_supernet: bool) -> DestinationPolicy {
    DestinationPolicy { supernets: allow_supernet, inside_reserved: false }
}

/// What must hold for the batch as a whole (semantics.md 3.4); its VPC.
fn check_batch(txn: &Txn, items: &[Item]) -> Result<Vpc, Refusal> {
    let ids: BTreeSet<RouteTableId> = items.iter().map(|item| item.route_table_id).collect();
    let tables = ids.iter().map(|id| txn.get::<RouteTable>(id).ok_or(Error::TableNotFound));
    let tables: Vec<&RouteTable> = tables.collect::<Result<_, _>>()?;
    if items.len() > txn.context().quotas.batch_items {
        return Err(Error::TooMany.into());
    }
    let first = tables.first().ok_or(Error::MissingRouteTableId)?;
    if tables.iter().any(|table| table.vpc != first.vpc) {
        return Err(Error::SeveralVpcs.into());
    }
    check_distinct(items)?;
    for table in &tables {
        if let Some(busy) = route_entry::busy(txn, table) {
            return Err(Error::from(busy).into());
        }
    }
    if tables.iter().any(|table| table.associate == AssociateType::Gateway) {
        return Err(Error::GatewayTable.into());
    }
    Ok(txn.get::<Vpc>(&first.vpc).cloned().ok_or(Error::TableNotFound)?)
}

/// One table cannot be given one destination twice (decision A4); malformed ones fail later.
fn check_distinct(items: &[Item]) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for item in items {
        let Ok(destination) = item.dst_cidr_block.parse::<Cidr>() else { continue };
        if !seen.insert((item.route_table_id, destination)) {
            return Err(Error::Duplicate);
        }
    }
    Ok(())
}

fn add(
    txn: &mut Txn,
    admission: &mut Admission<'_>,
    vpc: &Vpc,
    item: &Item,
) -> Result<(RouteKey, RouteEntryId), Obstacle> {
    let table = item.route_table_id;
    let destination = admission.policy().read(&item.dst_cidr_block, item.ip_version)?;
    let kind = route_draft::next_hop_type(item.next_hop_type.as_deref())?;
    let labels = route_draft::labels(item.name.as_deref(), item.description.as_deref())?;
    let next_hop = resolve(txn, vpc.id, kind, &item.next_hop);
    let next_hops = NextHops::One(next_hop.map_err(|it| Obstacle::NextHop(kind, it))?);
    admission.check(txn, table, destination, &next_hops)?;
    admission.added(table, &next_hops);
    Ok(route_entry::add(txn, table, destination, next_hops, labels))
}

/// Repeats the caller's own words: clients match failures by them (clients.md 9.3).
fn failed(item: &Item, obstacle: Obstacle) -> FailedRouteEntry {
    let failure = failure(&obstacle);
    FailedRouteEntry {
        dst_cidr_block: item.dst_cidr_block.clone(),
        next_hop: item.next_hop.clone(),
        failed_code: failure.code.into(),
        failed_message: failure.message.into(),
    }
}

#[cfg(test)]
mod item_tests;
#[cfg(test)]
mod tests;
