//! The codes of `ModifyRouteEntry`, and which one a cause has. They are those of `CreateRouteEntry`
//! where the sources name none.

use causeway_model::next_hop::{NextHopProblem, NextHopType};
use causeway_model::route_draft::Obstacle;
use causeway_model::route_entry::Busy;
use causeway_spec::{Refusal, errors};

errors! {
    /// What `ModifyRouteEntry` refuses.
    pub enum Error {
        /// No route has this id, or this table and destination.
        NotFound = 404, "InvalidRouteEntry.NotFound",
            "Specified route entry does not exist.", "chosen, as for DeleteRouteEntry";
        /// No such table.
        TableNotFound = 404, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "chosen, as for CreateRouteEntry";
        /// Neither an id nor a table and a destination are given, or a kind of next hop without its id.
        Missing = 400, "MissingParameter", "Miss mandatory parameter.", "chosen, as for DeleteRouteEntry";
        /// The destination is not a CIDR block.
        Malformed = 400, "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.", "chosen, as for CreateRouteEntry";
        /// The name is too short, too long, or a URL.
        Name = 400, "InvalidRouteEntryName.Malformed",
            "Specified RouteEntry name is not valid.", "chosen, as for CreateRouteEntry";
        /// The description is too short, too long, or a URL.
        Description = 400, "InvalidDescription.Malformed",
            "The Description is illegal.", "chosen, as for CreateRouteEntry";
        /// No such kind of next hop.
        NextHopType = 400, "InvalidNextHopType",
            "Specified next hop type is not valid.", "chosen, as for CreateRouteEntry";
        /// The VPC is being made or removed, or a vSwitch in it is.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "clients.md";
        /// The table is being made or removed.
        IncorrectTableStatus = 400, "IncorrectStatus.RouteTableStatus",
            "The status of the specified RouteTable is incorrect.", "clients.md";
        /// Routes of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "clients.md";
        /// The route is being made, changed or removed.
        Unstable = 400, "IncorrectRouteEntryStatus",
            "Specified routeEntry status error.", "clients.md";
        /// The route is a system route that cannot be changed, or belongs to the VPN gateway that
        /// published or learned it.
        NotYours = 403, "Forbidden",
            "User not authorized to operate on the specified resource.", "chosen, as for DeleteRouteEntry";
        /// Only system routes can lead to `Local`.
        Local = 400, "OperationDenied.LocalNextHop",
            "Only a system route can lead to Local.", "chosen";
        /// A system route can be pointed to an instance, a network interface or a Gateway Load
        /// Balancer endpoint only.
        SystemRouteHop = 400, "OperationDenied.SystemRouteNextHop",
            "A system route can lead to Local, Instance, NetworkInterface or GatewayLoadBalancerEndpoint only.",
            "chosen";
        /// The system route leads to another target: it has to be `Local` first.
        ByLocal = 400, "OperationDenied.NextHopNotLocal",
            "The next hop of the system route must be changed to Local first.", "chosen";
        /// The next hop does not exist in this VPC.
        NextHopNotFound = 400, "InvalidNextHop.NotFound",
            "Specified next hop does not exist.", "chosen, as for CreateRouteEntry";
        /// The next hop's state does not allow routes, and its kind has no code of its own.
        NextHopStatus = 400, "IncorrectInstanceStatus",
            "Current instance status does not support this operation.", "clients.md";
        /// The HaVip is being made or removed.
        HaVipStatus = 400, "IncorrectHaVipStatus",
            "This operation is denied because satus of the specified HaVip is neither Available nor InUse.",
            "clients.md";
        /// The IPv4 gateway is being made, activated or removed.
        Ipv4GatewayStatus = 400, "IncorrectStatus.Ipv4Gateway",
            "The status of Ipv4Gateway is incorrect.", "clients.md";
        /// The peering connection is not activated.
        VpcPeerStatus = 400, "IncorrectStatus.VpcPeer",
            "The status of VpcPeer is incorrect.", "clients.md";
        /// The destination is IPv6, and the VPC has none.
        Ipv6NotEnabled = 400, "OperationDenied.VpcIpv6NotEnabled",
            "IPv6 has not been enabled for the VPC.", "chosen, as for CreateRouteEntry";
        /// The destination is IPv6, and the next hop cannot carry it.
        NotSupportIpv6 = 400, "OperationFailed.NotSupportIPV6",
            "The specified next hop does not support IPv6.", "chosen, as for CreateRouteEntry";
        /// The next hop is an IPv6 gateway, and the destination is not `::/0`.
        NotIpv6Default = 400, "IllegalParam.CidrBlock",
            "The specified CidrBlock is illegal.", "chosen, as for CreateRouteEntry";
        /// The VPC's share of routes to transit routers is used up.
        Quota = 400, "QuotaExceeded",
            "Route entry quota exceeded in this route table.", "chosen, as for CreateRouteEntry";
        /// The VPC has as many routes to VPN gateways as it may.
        VpnQuota = 400, "QuotaExceeded.VpnRouteEntry",
            "Vpn route entry quota exceeded.", "chosen, as for CreateRouteEntry";
        /// The HaVip has as many routes as it may.
        HaVipQuota = 400, "CountLimitExceed.HaVipRouteEntry",
            "The count of route entry to HaVip in one route table is exceeded.",
            "chosen, as for CreateRouteEntry";
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

/// The refusal of a change that cannot be made.
pub(super) fn refusal(obstacle: &Obstacle) -> Refusal {
    let error = match obstacle {
        Obstacle::Name => Error::Name,
        Obstacle::Description => Error::Description,
        Obstacle::UnknownNextHopType => Error::NextHopType,
        Obstacle::NextHop(kind, problem) => next_hop(*kind, problem),
        Obstacle::Ipv6NotEnabled => Error::Ipv6NotEnabled,
        Obstacle::NextHopWithoutIpv6 => Error::NotSupportIpv6,
        Obstacle::NotIpv6Default => Error::NotIpv6Default,
        Obstacle::TableQuota | Obstacle::AttachmentQuota => Error::Quota,
        Obstacle::VpnQuota => Error::VpnQuota,
        Obstacle::HaVipQuota => Error::HaVipQuota,
        // A change keeps the destination, so nothing is asked about it.
        Obstacle::MalformedDestination
        | Obstacle::ReservedDestination
        | Obstacle::MeetsVSwitch(_)
        | Obstacle::Duplicate { .. } => Error::Malformed,
        Obstacle::Unstable => Error::Unstable,
    };
    error.into()
}

fn next_hop(kind: NextHopType, problem: &NextHopProblem) -> Error {
    match (problem, kind) {
        (NextHopProblem::Absent | NextHopProblem::Elsewhere, _) => Error::NextHopNotFound,
        (_, NextHopType::HaVip) => Error::HaVipStatus,
        (_, NextHopType::Ipv4Gateway) => Error::Ipv4GatewayStatus,
        (_, NextHopType::VpcPeer) => Error::VpcPeerStatus,
        (NextHopProblem::Unready(_) | NextHopProblem::FinancialLocked, _) => Error::NextHopStatus,
    }
}
