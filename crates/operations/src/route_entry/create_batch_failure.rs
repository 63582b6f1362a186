//! The codes of items that fail in `CreateRouteEntries` (decision A5). Only the first two are known
//! from public sources; the others are those that the provider documents for single routes.

use causeway_model::next_hop::{NextHopProblem, NextHopType};
use causeway_model::route_draft::Obstacle;
use causeway_spec::{Refusal, errors};
use causeway_types::Family;

errors! {
    /// Why an item failed. The status is that of the answer around it.
    pub enum Failure {
        /// The table has a route for this destination.
        Duplicate = 200, "VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE",
            "Specified CIDR block is already exists, entry.cidrBlock={}", "S-RE-58";
        /// The table has a route for this destination that is being made, changed or removed.
        Unstable = 200, "VPC_ROUTE_ENTRY_STATUS_ERROR",
            "Specified routeEntry status error.", "errors.json";
        /// The destination is not a CIDR block, has host bits, or is of the other IP version.
        Malformed = 200, "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.", "errors.json";
        /// The destination meets a vSwitch's block or 100.64.0.0/10, or is not `::/0` towards an
        /// IPv6 gateway.
        InvalidCidrBlock = 200, "InvalidCidrBlock",
            "Specified CIDR block is not valid.", "errors.json";
        /// The destination meets a vSwitch's IPv6 block.
        MeetsVSwitch = 200, "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch",
            "The destination IPv6 network segment specified in the route entry overlaps with the vSwitch network segment.",
            "errors.json";
        /// The table, or the VPC's share of routes to transit routers, is full.
        Quota = 200, "QuotaExceeded",
            "Route entry quota exceeded in this route table.", "errors.json";
        /// The VPC has as many routes to VPN gateways as it may.
        VpnQuota = 200, "QuotaExceeded.VpnRouteEntry",
            "Vpn route entry quota exceeded.", "errors.json";
        /// The HaVip has as many routes as it may.
        HaVipQuota = 200, "CountLimitExceed.HaVipRouteEntry",
            "The count of route entry to HaVip in one route table is exceeded.", "errors.json";
        /// No such kind of next hop.
        NextHopType = 200, "InvalidNextHopType",
            "Specified parameter \"NextHopType\" is not valid.", "errors.json";
        /// The gateway endpoint or route target group does not exist in this VPC.
        NextHopNotFound = 200, "InvalidNextHop.NotFound",
            "Specified next hop does not exist.", "errors.json";
        /// The next hop's state does not allow routes, and its kind has no code of its own.
        NextHopStatus = 200, "IncorrectInstanceStatus",
            "Current instance status does not support this operation.", "semantics.md 3.6";
        /// The next hop is locked for overdue payment.
        NextHopLocked = 200, "IncorrectInstanceStatus",
            "The current status of the resource does not support this operation.",
            "semantics.md 3.6";
        /// The instance does not exist.
        InstanceNotFound = 200, "IllegalParam.NextHopId",
            "Instance not exists or not vpc vm.", "errors.json";
        /// The instance is in another VPC.
        InstanceElsewhere = 200, "OperationFailed.InstanceDismatchCurrentVpc",
            "The specified instance does not exist in current vpc.", "errors.json";
        /// The HaVip does not exist.
        HaVipNotFound = 200, "InvalidHaVip.NotFound",
            "The specified HaVip does not exist in the specified region.", "errors.json";
        /// The HaVip is in another VPC.
        HaVipElsewhere = 200, "Mismatch.HaVipIdAndRouteTableId",
            "The HaVip and RouteTable are mismatched.", "errors.json";
        /// The HaVip is being made or removed.
        HaVipStatus = 200, "IncorrectHaVipStatus",
            "This operation is denied because satus of the specified HaVip is neither Available nor InUse.",
            "errors.json";
        /// The router interface does not exist on the VPC's router.
        RouterInterface = 200, "InvalidRouterInterface",
            "invalid router interface.", "errors.json";
        /// The router interface is not active.
        RouterInterfaceStatus = 200, "IncorrectStatus.RouterInterface",
            "The specified RouterInterface status is invalid.", "errors.json";
        /// The network interface does not exist.
        EniNotFound = 200, "ResourceNotFound.NetworkInterface",
            "The specified resource of network interface is not found.", "errors.json";
        /// The network interface is in another VPC.
        EniElsewhere = 200, "Mismatch.EniIdAndRouteTableId",
            "The operation is not allowed because eni and route table not in same vpc.",
            "errors.json";
        /// The VPN gateway does not exist in this VPC.
        VpnNotFound = 200, "InvalidVpnInstanceId.NotFound",
            "The specified VPN was not found.", "errors.json";
        /// The NAT gateway does not exist in this VPC.
        NatGatewayNotFound = 200, "InvalidNatGatewayId.NotFound",
            "Specified value of NatGatewayId is not found in our record.", "errors.json";
        /// The IPv6 gateway does not exist in this VPC.
        Ipv6GatewayNotFound = 200, "InvalidIpv6Gateway.NotFound",
            "Specified Ipv6Gateway does not exist.", "errors.json";
        /// The IPv4 gateway does not exist.
        Ipv4GatewayNotFound = 200, "ResourceNotFound.Ipv4Gateway",
            "Specified Ipv4Gateway does not exist.", "errors.json";
        /// The IPv4 gateway is in another VPC.
        Ipv4GatewayElsewhere = 200, "Mismatch.Ipv4GatewayIdAndRouteTableId",
            "The specified IPv4Gateway and RouteTable are not matched.", "errors.json";
        /// The IPv4 gateway is being made, activated or removed.
        Ipv4GatewayStatus = 200, "IncorrectStatus.Ipv4Gateway",
            "The status of Ipv4Gateway is incorrect.", "errors.json";
        /// The transit router attachment does not exist for this VPC.
        AttachmentNotFound = 200, "InvalidAttachment.NotFound",
            "The attachment is not found.", "errors.json";
        /// The peering connection does not exist for this VPC.
        VpcPeerNotFound = 200, "ResourceNotFound.VpcPeer",
            "The specified resource of VpcPeer is not found.", "errors.json";
        /// The peering connection is not activated.
        VpcPeerStatus = 200, "IncorrectStatus.VpcPeer",
            "The status of VpcPeer [{}] is incorrect.", "errors.json";
        /// The CEN does not exist.
        CenNotFound = 200, "ResourceNotFound.Cen",
            "The specified resource of Cen is not found.", "errors.json";
        /// The VPC is not attached to the CEN.
        CenElsewhere = 200, "ResourceNotAssociated.Cen",
            "The Vpc and Cen are not associated.", "errors.json";
        /// The ECR association does not exist for this VPC, or is not active.
        Ecr = 200, "ResourceNotAssociated.Ecr",
            "The ECR is not associated.", "errors.json";
        /// The Gateway Load Balancer endpoint does not exist in this VPC.
        EndpointNotFound = 200, "ResourceNotFound.GatewayLoadBalancerEndpoint",
            "GatewayLoadBalancerEndpoint instance not found.", "errors.json";
        /// The destination is IPv6, and the VPC has none.
        Ipv6NotEnabled = 200, "OperationDenied.VpcIpv6NotEnabled",
            "IPv6 has not been enabled for the VPC.", "errors.json";
        /// The destination is IPv6, and the next hop cannot carry it.
        NotSupportIpv6 = 200, "OperationFailed.NotSupportIPV6",
            "The specified next hop does not support IPv6.", "errors.json";
        /// The name is too short, too long, or a URL.
        Name = 200, "InvalidRouteEntryName.Malformed",
            "Specified RouteEntry name is not valid.", "errors.json";
        /// The description is too short, too long, or a URL.
        Description = 200, "InvalidDescription.Malformed",
            "The Description is illegal.", "errors.json";
        /// Not answered: router interfaces are taken to carry IPv6.
        RouterInterfaceIpv6 = 200, "OperationDenied.RouterInterfaceIpv6NotEnabled",
            "Routerinterface does not support IPv6.", "errors.json";
        /// Not answered: no network interface is registered in cut-through mode.
        DirectEni = 200, "InvalidNexthop.DirectEni",
            "The direct Eni cannot be nexthop.", "errors.json";
        /// Not answered: prefix lists are not served.
        PrefixList = 200, "OperationFailed.CidrConflictWithPrefixList",
            "The specified CIDR block already exists in a prefixList route entry.", "errors.json";
        /// Not answered: tables hold no dynamic routes.
        Dynamic = 200, "RouteConflict.AlreadyExist",
            "Route conflict exists in routing table.", "errors.json";
    }
}

/// The code and message of an item that failed.
pub(super) fn failure(obstacle: &Obstacle) -> Refusal {
    let failure = match obstacle {
        Obstacle::MalformedDestination => Failure::Malformed,
        Obstacle::ReservedDestination
        | Obstacle::MeetsVSwitch(Family::V4)
        | Obstacle::NotIpv6Default => Failure::InvalidCidrBlock,
        Obstacle::MeetsVSwitch(Family::V6) => Failure::MeetsVSwitch,
        Obstacle::UnknownNextHopType => Failure::NextHopType,
        Obstacle::Name => Failure::Name,
        Obstacle::Description => Failure::Description,
        Obstacle::NextHop(kind, problem) => return next_hop_failure(*kind, problem),
        Obstacle::Ipv6NotEnabled => Failure::Ipv6NotEnabled,
        Obstacle::NextHopWithoutIpv6 => Failure::NotSupportIpv6,
        Obstacle::Duplicate { destination, .. } => return Failure::Duplicate.with(destination),
        Obstacle::Unstable => Failure::Unstable,
        Obstacle::TableQuota | Obstacle::AttachmentQuota => Failure::Quota,
        Obstacle::VpnQuota => Failure::VpnQuota,
        Obstacle::HaVipQuota => Failure::HaVipQuota,
    };
    failure.into()
}

fn next_hop_failure(kind: NextHopType, problem: &NextHopProblem) -> Refusal {
    let failure = match problem {
        NextHopProblem::Absent => absent(kind),
        NextHopProblem::Elsewhere => elsewhere(kind),
        NextHopProblem::FinancialLocked => Failure::NextHopLocked,
        NextHopProblem::Unready(status) => return unready(kind, status),
    };
    failure.into()
}

fn absent(kind: NextHopType) -> Failure {
    match kind {
        NextHopType::Instance => Failure::InstanceNotFound,
        NextHopType::HaVip => Failure::HaVipNotFound,
        NextHopType::RouterInterface => Failure::RouterInterface,
        NextHopType::NetworkInterface => Failure::EniNotFound,
        NextHopType::VpnGateway => Failure::VpnNotFound,
        NextHopType::Ipv6Gateway => Failure::Ipv6GatewayNotFound,
        NextHopType::NatGateway => Failure::NatGatewayNotFound,
        NextHopType::Attachment => Failure::AttachmentNotFound,
        NextHopType::VpcPeer => Failure::VpcPeerNotFound,
        NextHopType::Ipv4Gateway => Failure::Ipv4GatewayNotFound,
        NextHopType::CenBasic => Failure::CenNotFound,
        NextHopType::Ecr => Failure::Ecr,
        NextHopType::GatewayLoadBalancerEndpoint => Failure::EndpointNotFound,
        NextHopType::GatewayEndpoint | NextHopType::RouteTargetGroup => Failure::NextHopNotFound,
    }
}

fn elsewhere(kind: NextHopType) -> Failure {
    match kind {
        NextHopType::Instance => Failure::InstanceElsewhere,
        NextHopType::HaVip => Failure::HaVipElsewhere,
        NextHopType::NetworkInterface => Failure::EniElsewhere,
        NextHopType::Ipv4Gateway => Failure::Ipv4GatewayElsewhere,
        NextHopType::CenBasic => Failure::CenElsewhere,
        NextHopType::RouterInterface
        | NextHopType::VpnGateway
        | NextHopType::Ipv6Gateway
        | NextHopType::NatGateway
        | NextHopType::Attachment
        | NextHopType::VpcPeer
        | NextHopType::GatewayEndpoint
        | NextHopType::Ecr
        | NextHopType::GatewayLoadBalancerEndpoint
        | NextHopType::RouteTargetGroup => absent(kind),
    }
}

fn unready(kind: NextHopType, status: &str) -> Refusal {
    let failure = match kind {
        NextHopType::HaVip => Failure::HaVipStatus,
        NextHopType::RouterInterface => Failure::RouterInterfaceStatus,
        NextHopType::VpcPeer => return Failure::VpcPeerStatus.with(status),
        NextHopType::Ipv4Gateway => Failure::Ipv4GatewayStatus,
        NextHopType::Ecr => Failure::Ecr,
        NextHopType::Instance
        | NextHopType::NetworkInterface
        | NextHopType::VpnGateway
        | NextHopType::Ipv6Gateway
        | NextHopType::NatGateway
        | NextHopType::Attachment
        | NextHopType::GatewayEndpoint
        | NextHopType::CenBasic
        | NextHopType::GatewayLoadBalancerEndpoint
        | NextHopType::RouteTargetGroup => Failure::NextHopStatus,
    };
    failure.into()
}
