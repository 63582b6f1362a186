//! The codes of `CreateRouteEntry`. The provider documents about a hundred; those that no request
//! can reach here are kept, with the reason.

use causeway_spec::errors;

errors! {
    /// What `CreateRouteEntry` refuses.
    pub enum Error {
        /// The next hop is an IPv6 gateway, and the destination is not `::/0`.
        NotIpv6Default = 400, "IllegalParam.CidrBlock",
            "The specified CidrBlock is illegal.", "errors.json";
        /// The table, or the VPC's share of routes to transit routers, is full.
        Quota = 400, "QuotaExceeded",
            "Route entry quota exceeded in this route table.", "errors.json";
        /// `NextHopType` is given, or a list element, and `NextHopId` is not.
        Missing = 400, "MissingParameter", "Miss mandatory parameter.", "errors.json";
        /// The destination is not a CIDR block, or has host bits.
        Malformed = 400, "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.", "errors.json";
        /// The table has a route for this destination.
        Duplicate = 400, "InvalidCIDRBlock.Duplicate",
            "Specified CIDR block is already exists.", "errors.json";
        /// The VPC is being made or removed.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "errors.json";
        /// The next hop's state does not allow routes, and its kind has no code of its own.
        NextHopStatus = 400, "IncorrectInstanceStatus",
            "Current instance status does not support this operation.", "errors.json";
        /// A vSwitch of the VPC is being made, moved or removed.
        IncorrectVSwitchStatus = 400, "IncorrectVSwitchStatus",
            "The current virtual switch status does not support this operation.", "errors.json";
        /// The destination is a vSwitch's block or inside one, or is 100.64.0.0/10.
        InvalidCidrBlock = 400, "InvalidCidrBlock",
            "Specified CIDR block is not valid.", "errors.json";
        /// The gateway endpoint or route target group does not exist in this VPC.
        NextHopNotFound = 400, "InvalidNextHop.NotFound",
            "Specified next hop does not exist.", "errors.json";
        /// Neither a next hop nor a list of next hops is given.
        NeitherHopNorList = 400, "InvalidNexthopTypeAndList.BothNull",
            "both nexthopType and nextHopList are null.", "errors.json";
        /// A next hop and a list of next hops are given.
        BothHopAndList = 400, "InvalidNexthopTypeAndList.BothNotNull",
            "both nexthopType and nextHopList are not null.", "errors.json";
        /// The router interface does not exist on the VPC's router.
        RouterInterface = 400, "InvalidRouterInterface", "invalid router interface.", "errors.json";
        /// The list has fewer than 2 or more than 16 next hops.
        ListSize = 400, "InvalidNexthopListSize",
            "nexthop size is illegal. Must be between 2 and 4.", "errors.json";
        /// The HaVip is being made or removed.
        HaVipStatus = 400, "IncorrectHaVipStatus",
            "This operation is denied because satus of the specified HaVip is neither Available nor InUse.",
            "errors.json";
        /// The HaVip has as many routes as it may.
        HaVipQuota = 400, "CountLimitExceed.HaVipRouteEntry",
            "The count of route entry to HaVip in one route table is exceeded.", "errors.json";
        /// The table has a route for this destination that is being made, changed or removed.
        Unstable = 400, "IncorrectRouteEntryStatus",
            "Specified routeEntry status error.", "errors.json";
        /// A weight is outside 0 to 255, or three or more weights differ.
        Weight = 400, "INVALID_WEIGHT_PARAM", "Specified value of weight invalid", "errors.json";
        /// Routes of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "errors.json";
        /// The name is too short, too long, or a URL.
        Name = 400, "InvalidRouteEntryName.Malformed",
            "Specified RouteEntry name is not valid.", "errors.json";
        /// The description is too short, too long, or a URL.
        Description = 400, "InvalidDescription.Malformed",
            "The Description is illegal.", "errors.json";
        /// The list names a router interface twice.
        RepeatedHop = 400, "Duplicated.VpcNextHop", "Route entry nexthop duplicate.", "errors.json";
        /// A list of next hops is given for a custom table.
        ListInCustomTable = 400, "OperationUnsupported.SubRouteTableECMP",
            "Vpc subRouteTable don't support ecmp or multiScope.", "errors.json";
        /// The weights of two next hops differ and are not 100 and 0.
        Mode = 400, "OperationUnsupported.InactiveMode",
            "Vpc multi scope route only support active standby.", "errors.json";
        /// All weights are 0.
        NoneEnabled = 400, "OperationFailed.InvalidNexthop",
            "vpc multi scope route must has a enable nexthop.", "errors.json";
        /// The list names a next hop that is not a router interface.
        ListKind = 400, "OperationFailed.MultiScopeType",
            "The specified nexthop type is not support in multiScope.", "errors.json";
        /// The VPC has as many routes to VPN gateways as it may.
        VpnQuota = 400, "QuotaExceeded.VpnRouteEntry",
            "Vpn route entry quota exceeded.", "errors.json";
        /// The instance does not exist.
        InstanceNotFound = 400, "IllegalParam.NextHopId",
            "Instance not exists or not vpc vm.", "errors.json";
        /// The HaVip does not exist.
        HaVipNotFound = 400, "InvalidHaVip.NotFound",
            "The specified HaVip does not exist in the specified region.", "errors.json";
        /// The transit router attachment does not exist.
        AttachmentNotFound = 400, "InvalidAttachment.NotFound",
            "The attachment is not found.", "errors.json";
        /// The transit router attachment is of another VPC.
        AttachmentElsewhere = 400, "IllegalParam.AttachmentId",
            "The attachment is invalid.", "errors.json";
        /// The destination is IPv6, and the next hop cannot carry it.
        NotSupportIpv6 = 400, "OperationFailed.NotSupportIPV6",
            "The specified next hop does not support IPv6.", "errors.json";
        /// The peering connection does not exist for this VPC.
        VpcPeerNotFound = 400, "ResourceNotFound.VpcPeer",
            "The specified resource of {} is not found.", "errors.json";
        /// The peering connection is not activated.
        VpcPeerStatus = 400, "IncorrectStatus.VpcPeer",
            "The status of {} [{}] is incorrect.", "errors.json";
        /// The table belongs to a gateway: its routes can only be re-pointed.
        GatewayTable = 400, "OperationDenied.RouteTableTypeNotPermitted",
            "The operation is not allowed because the type of route table is not permitted.",
            "errors.json";
        /// The table belongs to a gateway, and its routes cannot lead to such a next hop either.
        GatewayTableHop = 400, "OperationDenied.GatewayRouteTableNotPermitted",
            "The operation is not allowed to create a route pointing to this nextHop type on gateway route table.",
            "errors.json";
        /// The destination is IPv6, and the VPC has none.
        Ipv6NotEnabled = 400, "OperationDenied.VpcIpv6NotEnabled",
            "IPv6 has not been enabled for the VPC.", "errors.json";
        /// The IPv4 gateway is being made, activated or removed.
        Ipv4GatewayStatus = 400, "IncorrectStatus.Ipv4Gateway",
            "The status of Ipv4Gateway is incorrect.", "errors.json";
        /// The destination is a prefix list: prefix lists are not served.
        PrefixListNotFound = 400, "ResourceNotFound.PrefixList",
            "The specified resource of prefixList is not found.", "errors.json";
        /// The IPv4 gateway does not exist.
        Ipv4GatewayNotFound = 400, "ResourceNotFound.Ipv4Gateway",
            "Specified Ipv4Gateway does not exist.", "errors.json";
        /// The HaVip is in another VPC.
        HaVipElsewhere = 400, "Mismatch.HaVipIdAndRouteTableId",
            "The HaVip and RouteTable are mismatched.", "errors.json";
        /// The IPv4 gateway is in another VPC.
        Ipv4GatewayElsewhere = 400, "Mismatch.Ipv4GatewayIdAndRouteTableId",
            "The specified IPv4Gateway and RouteTable are not matched.", "errors.json";
        /// The network interface is in another VPC.
        EniElsewhere = 400, "Mismatch.EniIdAndRouteTableId",
            "The operation is not allowed because eni and route table not in same vpc.",
            "errors.json";
        /// The destination is a vSwitch's IPv6 block or inside one.
        MeetsVSwitch = 400, "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch",
            "The destination IPv6 network segment specified in the route entry overlaps with the vSwitch network segment.",
            "errors.json";
        /// The VPC is not attached to the CEN.
        CenElsewhere = 400, "ResourceNotAssociated.Cen",
            "The Vpc and Cen are not associated.", "errors.json";
        /// The CEN is not active.
        CenStatus = 400, "IncorrectStatus.CenRelation",
            "The status of Vpc in Cen is incorrect.", "errors.json";
        /// The CEN does not exist.
        CenNotFound = 400, "ResourceNotFound.Cen",
            "The specified resource of Cen is not found.", "errors.json";
        /// The network interface does not exist.
        EniNotFound = 400, "ResourceNotFound.NetworkInterface",
            "The specified resource of network interface is not found.", "errors.json";
        /// The router interface is not active.
        RouterInterfaceStatus = 400, "IncorrectStatus.RouterInterface",
            "The specified RouterInterface status is invalid.", "errors.json";
        /// No such kind of next hop.
        NextHopType = 400, "InvalidNextHopType",
            "Specified parameter \"NextHopType\" is not valid.", "errors.json";
        /// The ECR association does not exist for this VPC, or is not active.
        Ecr = 400, "ResourceNotAssociated.Ecr", "The ECR is not associated.", "errors.json";
        /// The VPN gateway does not exist in this VPC.
        VpnNotFound = 400, "InvalidVpnInstanceId.NotFound",
            "The specified VPN was not found.", "errors.json";
        /// The table is being made or removed.
        IncorrectTableStatus = 400, "IncorrectStatus.RouteTableStatus",
            "The status of the specified RouteTable is incorrect.", "errors.json";
        /// A list of next hops is given for an IPv6 destination.
        Ipv6List = 400, "OperationUnsupported.Ipv6EcmpRouteEntry",
            "The EcmpRouteEntry is not supported for IPv6.", "errors.json";
        /// A list of next hops is given for a destination that a VPN gateway has published.
        ListOverPublished = 400, "OperationDenied.CreateEcmpForPublishedRouteEntry",
            "Operation denied because of can not create EcmpRouteEntry for published RouteEntry.",
            "errors.json";
        /// The next hop is locked for overdue payment.
        NextHopLocked = 403, "IncorrectInstanceStatus",
            "The current status of the resource does not support this operation.", "errors.json";
        /// The NAT gateway does not exist in this VPC.
        NatGatewayNotFound = 404, "InvalidNatGatewayId.NotFound",
            "Specified value of NatGatewayId is not found in our record.", "errors.json";
        /// The table does not exist.
        TableNotFound = 404, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "errors.json";
        /// The instance is in another VPC.
        InstanceElsewhere = 404, "OperationFailed.InstanceDismatchCurrentVpc",
            "The specified instance does not exist in current vpc.", "errors.json";
        /// The IPv6 gateway does not exist in this VPC.
        Ipv6GatewayNotFound = 404, "InvalidIpv6Gateway.NotFound",
            "Specified Ipv6Gateway does not exist.", "errors.json";
        /// The Gateway Load Balancer endpoint does not exist in this VPC.
        EndpointNotFound = 404, "ResourceNotFound.GatewayLoadBalancerEndpoint",
            "GatewayLoadBalancerEndpoint instance not found.", "errors.json";
        /// Not answered: TaskConflict is.
        IncorrectRouteEntryStatus = 400, "IncorrectRouteEntryStatus",
            "Some route entry status blocked this operation.", "errors.json";
        /// Not answered: every table has a router.
        InvalidVRouterNotFound = 400, "InvalidVRouter.NotFound",
            "vRouter not exists.", "errors.json";
        /// Not answered: every table is in a VPC.
        InvalidVPCNotFound = 400, "InvalidVPC.NotFound", "vpc not exists.", "errors.json";
        /// Not answered: the far ends of router interfaces are not known.
        InvalidOppositeRouterType = 400, "InvalidOppositeRouterType",
            "nexthop list cannot only contain router interface whose opposite router interface is on vbr.",
            "errors.json";
        /// Not answered: there are no virtual border routers.
        InvalidVBRStatus = 400, "InvalidVBRStatus",
            "invalid virtual border router status.", "errors.json";
        /// Not answered: there are no physical connections.
        InvalidPhysicalConnectionBusinessStatus = 400, "InvalidPhysicalConnectionBusinessStatus",
            "invalid physical connection business status.", "errors.json";
        /// Not answered: there are no virtual border routers.
        InvalidRouterType = 400, "InvalidRouterType",
            "Cannot specify nexthop list in vbr's route table.", "errors.json";
        /// Not answered: InvalidCIDRBlock.Duplicate is.
        InvalidRouteEntryDuplicate = 400, "InvalidRouteEntry.Duplicate",
            "The route entry already exist.", "errors.json";
        /// Not answered: there are no virtual border routers.
        VbrRouteEntryStatus = 400, "IncorrectRouteEntryStatus",
            "VBR has NotStable route entry.", "errors.json";
        /// Not answered: there are no virtual border routers.
        ForbiddenUseVpcAsInternetGateway = 400, "FORBIDDEN_USE_VPC_AS_INTERNET_GATEWAY",
            "The Specified CIDR must be in vpc CIDR.", "errors.json";
        /// Not answered: each kind of next hop has codes of its own.
        InvalidNexthop = 400, "InvalidNexthop", "The Specified nexthop illegal.", "errors.json";
        /// Not answered: each kind of next hop has codes of its own.
        InvalidVpcId = 400, "INVALID_VPC_ID", "The Specified VpcId not match.", "errors.json";
        /// Not answered: InvalidNexthopListSize is.
        InvalidRouteEntrySize = 400, "InvalidRouteEntrySize",
            "The Specified routerEntry size not legal.", "errors.json";
        /// Not answered: the request names no route.
        InvalidRouteEntry = 400, "InvalidRouteEntry",
            "Specified routeEntry not exist.", "errors.json";
        /// Not answered: the list of forbidden blocks is not public.
        InvalidDestinationCidrBlock = 400, "InvalidDestinationCidrBlock",
            "The specified destinationCidrBlock must not included in black list cidr.",
            "errors.json";
        /// Not answered: the far ends of router interfaces are not known.
        OperationUnsupportedEcmpRiTypeOrNumber = 400, "OperationUnsupported.EcmpRiTypeOrNumber",
            "Emcp entry not supported if vpc-vbr or vbr-vlan ri does not exist.", "errors.json";
        /// Not answered: a destination has routes of one kind.
        OperationUnsupportedMoreThanOneVpnOrHavip = 400, "OperationUnsupported.MoreThanOneVpnOrHavip",
            "MultiScope can not support more than one vpn/havip.",
            "errors.json";
        /// Not answered: TaskConflict is.
        OperationFailedDistibuteLock = 400, "OperationFailed.DistibuteLock",
            "Distibute lock fail.", "errors.json";
        /// Not answered: CountLimitExceed.HaVipRouteEntry is.
        QuotaExceededHaVipRouteEntry = 400, "QuotaExceeded.HaVipRouteEntry",
            "Vpc havip route entry quota exceed.", "errors.json";
        /// Not answered: each kind of next hop has codes of its own.
        InvalidNexthopNotFound = 400, "InvalidNexthop.NotFound",
            "VRouterEntry nexthop does not exist.", "errors.json";
        /// Not answered: no network interface is registered in cut-through mode.
        InvalidNexthopDirectEni = 400, "InvalidNexthop.DirectEni",
            "The direct Eni cannot be nexthop.", "errors.json";
        /// Not answered: InvalidNatGatewayId.NotFound is.
        InvalidNatGatewayNotFound = 400, "InvalidNatGateway.NotFound",
            "Natgateway not exist.", "errors.json";
        /// Not answered: next hops' addresses are not served.
        IncorrectStatusIpv6Address = 400, "IncorrectStatus.Ipv6Address",
            "The IPv6 address of the specified next hop is being assigned or deleted.",
            "errors.json";
        /// Not answered: next hops' addresses are not served.
        OperationUnsupportedMutipleIpv6Address = 400, "OperationUnsupported.MutipleIpv6Address",
            "You cannot specify a next hop that has bound multiple IPv6 addresses.", "errors.json";
        /// Not answered: every network interface counts as a secondary one.
        OperationUnsupportedIpv6EntryOnPrimaryNetworkInterface = 400, "OperationUnsupported.Ipv6EntryOnPrimaryNetworkInterface",
            "You cannot create IPv6 route entries on a primary network interface.",
            "errors.json";
        /// Not answered: custom tables take IPv6 routes.
        OperationDeniedIpv6EntryOnCustomTable = 400, "OperationDenied.Ipv6EntryOnCustomTable",
            "You cannot create any IPv6 route entry on a custom route table.", "errors.json";
        /// Not answered: prefix lists are not served.
        UnsupportedFeatureCreatePrefixListEcmpRouteEntry = 400, "UnsupportedFeature.CreatePrefixListEcmpRouteEntry",
            "The feature of creating ecmp route entry with prefixList is not supported.",
            "errors.json";
        /// Not answered: prefix lists are not served.
        ResourceAlreadyAssociatedPrefixList = 400, "ResourceAlreadyAssociated.PrefixList",
            "The operation failed because the specified prefixList route entry already exists.",
            "errors.json";
        /// Not answered: prefix lists are not served.
        OperationFailedCidrConflictWithPrefixList = 400, "OperationFailed.CidrConflictWithPrefixList",
            "The specified CIDR block already exists in a prefixList route entry.",
            "errors.json";
        /// Not answered: every kind of next hop is permitted.
        OperationDeniedNextHopTypeNotPermitted = 400, "OperationDenied.NextHopTypeNotPermitted",
            "The operation is not allowed because the nextHop type is invalid.", "errors.json";
        /// Not answered: next hops are not locked for operations.
        OperationFailedOperationLocked = 400, "OperationFailed.OperationLocked",
            "The operation failed because the nextHop instance is in the O&M lock state.",
            "errors.json";
        /// Not answered: every registered CEN is one without transit router.
        OperationDeniedCenTypeInvalid = 400, "OperationDenied.CenTypeInvalid",
            "The operation is not allowed because of Cen type is invalid..", "errors.json";
        /// Not answered: tables hold no dynamic routes.
        RouteConflictAlreadyExist = 400, "RouteConflict.AlreadyExist",
            "Route conflict exists in routing table.", "errors.json";
        /// Not answered: OperationFailed.MultiScopeType is.
        OperationFailedInvalidNextHopType = 400, "OperationFailed.InvalidNextHopType",
            "Operation failed because Ecmp routeEntry has more than one ri entry and can only support one non-ri entry.",
            "errors.json";
        /// Not answered: attachments carry IPv6.
        OperationDeniedTrAttachmentIpv6Disabled = 400, "OperationDenied.TrAttachmentIpv6Disabled",
            "The operation is not allowed because tr attachment Ipv6 is disabled.", "errors.json";
        /// Not answered: IllegalParam.NextHopId is.
        InvalidParameter = 404, "InvalidParameter",
            "Instance not exists or not vpc vm", "errors.json";
        /// Not answered: IllegalParam.NextHopId is.
        InvalidInstanIdNotFound = 404, "InvalidInstanId.NotFound",
            "Specified instance does not exist.", "errors.json";
        /// Not answered: each kind of next hop has codes of its own.
        InvalidNextHopIdNotFound = 404, "InvalidNextHopId.NotFound",
            "Specified next hop does not exist.", "errors.json";
        /// Not answered: InvalidHaVip.NotFound is.
        InvalidHaVipIdNotFound = 404, "InvalidHaVipId.NotFound",
            "The specified HaVip does not exist in the specified VPC.", "errors.json";
        /// Not answered: ResourceNotFound.NetworkInterface is.
        InvalidNetworkInterfaceNotFound = 404, "InvalidNetworkInterface.NotFound",
            "The specified networkInterface does not exist.", "errors.json";
        /// Not answered: every table is in a VPC.
        InvalidVpcNotFound = 404, "InvalidVpc.NotFound",
            "Specified vpc is not found in our record.", "errors.json";
        /// Not answered: a failure inside is the pipeline's to report.
        VpcFault = 500, "VPC.ERROR", "error code 500,Internal server error.", "errors.json";
        /// Not answered: a failure inside is the pipeline's to report.
        Internal = 500, "InternalError",
            "The request processing has failed due to some unknown error, exception or failure.",
            "errors.json";
        /// Not answered: InvalidCIDRBlock.Duplicate is.
        RouterEntryConflictDuplicated = 400, "RouterEntryConflict.Duplicated",
            "The route entry already exists.", "chosen";
    }
}
