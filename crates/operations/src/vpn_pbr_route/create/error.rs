//! What the operation refuses, and the causes it refuses for.

use causeway_model::publish::{PublishError, VpcUnready};
use causeway_model::vpn_pbr_route::{Clash, Unsupported};
use causeway_model::vpn_route::{DestinationError, GatewayUnready, NextHopError};
use causeway_spec::errors;

errors! {
    /// What `CreateVpnPbrRouteEntry` refuses.
    pub enum Error {
        /// No such VPN gateway.
        GatewayNotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "S-PBR-72";
        /// `RouteSource` or `RouteDest` is neither an IPv4 block nor an address, or `RouteSource` is
        /// an IPv6 block or has bits set beyond its length.
        Malformed = 400, "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.", "S-PBR-67";
        /// `RouteDest` is an IPv6 block or has bits set beyond its length, or is 0.0.0.0/0 and the
        /// gateway's connections have single tunnels.
        IllegalDestination = 400, "IllegalParam.RouteDest",
            "The specified RouteDest is invalid", "S-PBR-52";
        /// `RouteDest` overlaps 100.64.0.0/10 and the gateway's connections have single tunnels, or
        /// it is to be published and equals or lies inside the block of a vSwitch of the VPC.
        InvalidCidrBlock = 400, "OperationFailed.InvalidCidrBlock",
            "Operation failed because the specified network block is invalid.", "S-PBR-54";
        /// `Weight` is neither 0 nor 100.
        InvalidWeight = 400, "VpnRouteEntry.InvalidWeight",
            "Invalid route entry weight value.", "S-PBR-50";
        /// `Description` is not 1 to 100 characters long, or starts with `http://` or `https://`.
        InvalidDescription = 400, "InvalidDescription",
            "The description is not valid", "errors.json";
        /// The gateway's version has no policy-based routes.
        NotSupported = 400, "VpnPbrRouteEntry.NotSupport",
            "Current version of the VPN does not support pbr route entry.", "S-PBR-69";
        /// `Priority` is given and the gateway's version has policy-based routes without priority.
        PriorityNotSupported = 400, "VpnPbrRouteEntryPriority.NotSupport",
            "Current version of the VPN does not support setting custom pbr route entry priority.",
            "S-PBR-57";
        /// The gateway is locked for overdue payment.
        FinancialLocked = 400, "VpnGateway.FinancialLocked",
            "The specified service is financial locked.", "S-PBR-45";
        /// Another request for the gateway is being carried out, or, when publishing, other routes
        /// of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "S-PBR-58";
        /// The gateway is not `active`.
        GatewayConfiguring = 400, "VpnGateway.Configuring",
            "The specified service is configuring.", "S-PBR-60";
        /// The route is to be published and the VPC is not `Available`.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "semantics.md 4.4";
        /// `NextHop` is not an IPsec connection of the gateway.
        NextHopNotFound = 400, "InvalidNextHop.NotFound",
            "The specified NextHop does not exist.", "S-PBR-51";
        /// The connection `NextHop` is being changed itself.
        VpnTaskConflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "S-PBR-59";
        /// The gateway already has a route with this source, destination and next hop.
        AlreadyExists = 400, "VpnRouteEntry.AlreadyExists",
            "The specified route entry is already exist.", "S-PBR-46";
        /// The gateway has dual tunnels and a route with this source and destination.
        SrcDestConflict = 400, "VpnRouteEntry.SrcDestConflict",
            "The VPN gateway does not support Policy-based routing with the same source CIDR and destination CIDR.",
            "S-PBR-64";
        /// The gateway has single tunnels and a route with this source, destination and weight.
        SrcDestWeightConflict = 400, "VpnRouteEntry.SrcDestWeightConflict",
            "The VPN gateway does not support Policy-based routing with the same source CIDR, destination CIDR and weight.",
            "S-PBR-62";
        /// The gateway has single tunnels, and the other route of the pair has another priority.
        BackupRoute = 400, "VpnRouteEntry.BackupRoute",
            "Validate backup route entry failed.", "S-PBR-49";
        /// A route of the same priority overlaps in both source and destination, and is not the other
        /// route of the pair.
        SamePriorityOverlap = 400, "VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap",
            "The source CIDR and destination CIDR of Policy-based routes with the same priority cannot overlap.",
            "S-PBR-63";
        /// The destination overlaps the client addresses of an SSL server on the gateway. Not
        /// answered: no SSL server can exist so far.
        ConflictSsl = 400, "VpnRouteEntry.ConflictSSL",
            "The specified route entry has conflict with SSL client.", "S-PBR-48";
        /// The destination overlaps the block of a vSwitch of the VPC, and is not 0.0.0.0/0.
        Conflict = 400, "VpnRouteEntry.Conflict",
            "The specified route entry has conflict.", "S-PBR-47";
        /// The route is to be published, and the system table leads the destination to another VPN
        /// gateway.
        OtherVpnGateway = 400, "OperationFailed.RouteConflict",
            "Operation failed because there is already a route in VPC route table to another VPN on the same network block.",
            "S-PBR-53";
        /// The route is to be published, and the system table leads the destination to something
        /// that is neither a VPN gateway nor a router interface.
        OtherNextHop = 400, "OperationFailed.RouteConflict",
            "Operation failed because there is already a route in VPC route table to a non-RI and non-VPN next hop on the same network block.",
            "S-PBR-55";
        /// The route is to be published, and the VPC has as many routes to VPN gateways, or its
        /// system table as many custom routes, as their quotas allow.
        VpcQuota = 400, "QuotaExceeded.VpnRouteEntry",
            "The number of route entries to the VPN gateway in the VPC routing table has reached the quota limit.",
            "S-PBR-56";
        /// The gateway has as many policy-based routes as its quota allows.
        GatewayQuota = 400, "CreatePbrRoutesQuotaFull.QuotaFull",
            "The number of policy routes exceeds the quota limit.", "S-PBR-66";
        /// The older code for a full quota. Not answered: there is a code of its own for it.
        QuotaFull = 400, "Resource.QuotaFull", "The quota of resource is full", "S-PBR-44";
        /// The older code for a full quota, with another message. Not answered either.
        QuotaFullAdvice = 400, "Resource.QuotaFull",
            "The resources you are operating have reached the upper limit of the quota. Please increase the quota or use other solutions to avoid it according to the VPN operation document.",
            "S-PBR-65";
        /// A RAM user without permission.
        SubUser = 403, "Forbbiden.SubUser",
            "User not authorized to operate on the specified resource as your account is created by another user.",
            "S-PBR-70";
        /// No permission on the gateway.
        Forbidden = 403, "Forbidden",
            "User not authorized to operate on the specified resource.", "S-PBR-71";
        /// `DryRun` is true and all checks have passed.
        DryRun = 400, "DryRunOperation",
            "Request validation has been passed with DryRun flag set.", "S-PBR-68";
        /// An unexpected failure.
        Internal = 400, "InternalError",
            "The request processing has failed due to some unknown error, exception or failure.",
            "S-PBR-61";
        /// Seen by clients of the provider while an appliance is configured. Not answered here.
        ApplianceConfiguring = 400, "Appliance.Configuring",
            "The specified service is configuring.", "errors.json";
        /// Seen by clients of the provider while a connection is configured. Not answered here.
        ConnectionConfiguring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "errors.json";
    }
}

impl From<Unsupported> for Error {
    fn from(cause: Unsupported) -> Error {
        match cause {
            Unsupported::Routes => Error::NotSupported,
            Unsupported::Priorities => Error::PriorityNotSupported,
        }
    }
}

impl From<DestinationError> for Error {
    fn from(cause: DestinationError) -> Error {
        match cause {
            DestinationError::Malformed => Error::Malformed,
            DestinationError::Forbidden => Error::IllegalDestination,
            DestinationError::Reserved => Error::InvalidCidrBlock,
        }
    }
}

impl From<GatewayUnready> for Error {
    fn from(cause: GatewayUnready) -> Error {
        match cause {
            GatewayUnready::FinancialLocked => Error::FinancialLocked,
            GatewayUnready::Held => Error::TaskConflict,
            GatewayUnready::Configuring => Error::GatewayConfiguring,
        }
    }
}

impl From<VpcUnready> for Error {
    fn from(cause: VpcUnready) -> Error {
        match cause {
            VpcUnready::NotAvailable => Error::IncorrectVpcStatus,
            VpcUnready::RoutesBusy => Error::TaskConflict,
        }
    }
}

impl From<NextHopError> for Error {
    fn from(cause: NextHopError) -> Error {
        match cause {
            NextHopError::NotFound => Error::NextHopNotFound,
            NextHopError::Busy => Error::VpnTaskConflict,
        }
    }
}

impl From<Clash> for Error {
    fn from(cause: Clash) -> Error {
        match cause {
            Clash::Exists => Error::AlreadyExists,
            Clash::SourceAndDestination => Error::SrcDestConflict,
            Clash::SourceDestinationAndWeight => Error::SrcDestWeightConflict,
            Clash::NotAPair => Error::BackupRoute,
            Clash::SamePriorityOverlap => Error::SamePriorityOverlap,
        }
    }
}

impl From<PublishError> for Error {
    fn from(cause: PublishError) -> Error {
        match cause {
            PublishError::Local => Error::InvalidCidrBlock,
            PublishError::OtherVpnGateway => Error::OtherVpnGateway,
            PublishError::OtherNextHop => Error::OtherNextHop,
            PublishError::Quota => Error::VpcQuota,
        }
    }
}
