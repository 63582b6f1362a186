//! What the operation refuses, and the causes it refuses for.

use causeway_model::publish::{PublishError, VpcUnready};
use causeway_model::vpn_route::{Clash, DestinationError, GatewayUnready, NextHopError};
use causeway_spec::errors;

errors! {
    /// What `CreateVpnRouteEntry` refuses.
    pub enum Error {
        /// No such VPN gateway.
        GatewayNotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "S-VR-72";
        /// `RouteDest` is neither an IPv4 block nor an address.
        Malformed = 400, "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.", "S-VR-68";
        /// `RouteDest` is 0.0.0.0/0, an IPv6 block, or has bits set beyond its length.
        IllegalDestination = 400, "IllegalParam.RouteDest",
            "The specified RouteDest is invalid", "S-VR-60";
        /// `RouteDest` overlaps 100.64.0.0/10 and the gateway's connections have single tunnels, or
        /// it is to be published and equals or lies inside the block of a vSwitch of the VPC.
        InvalidCidrBlock = 400, "OperationFailed.InvalidCidrBlock",
            "Operation failed because the specified network block is invalid.", "S-VR-62";
        /// `Weight` is neither 0 nor 100.
        InvalidWeight = 400, "VpnRouteEntry.InvalidWeight",
            "Invalid route entry weight value.", "S-VR-58";
        /// `Description` is not 1 to 100 characters long, or starts with `http://` or `https://`.
        InvalidDescription = 400, "InvalidDescription",
            "The description is not valid", "errors.json";
        /// The gateway is locked for overdue payment.
        FinancialLocked = 400, "VpnGateway.FinancialLocked",
            "The specified service is financial locked.", "S-VR-53";
        /// Another request for the gateway is being carried out, or, when publishing, other routes
        /// of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "S-VR-64";
        /// The gateway is not `active`.
        GatewayConfiguring = 400, "VpnGateway.Configuring",
            "The specified service is configuring.", "S-VR-52";
        /// The route is to be published and the VPC is not `Available`.
        IncorrectVpcStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "S-VR-66";
        /// `NextHop` is not an IPsec connection of the gateway.
        NextHopNotFound = 400, "InvalidNextHop.NotFound",
            "The specified NextHop does not exist.", "S-VR-59";
        /// The connection `NextHop` is being changed itself.
        VpnTaskConflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "S-VR-65";
        /// The gateway already has a route with this destination and next hop, with whatever weight.
        AlreadyExists = 400, "VpnRouteEntry.AlreadyExists",
            "The specified route entry is already exist.", "S-VR-54";
        /// The gateway has single tunnels and the routes of this destination would not be one with
        /// weight 100 and one with weight 0.
        BackupRoute = 400, "VpnRouteEntry.BackupRoute",
            "Validate backup route entry failed.", "S-VR-57";
        /// The gateway has dual tunnels and a route with this destination and another next hop; or
        /// the destination overlaps the block of a vSwitch of the VPC.
        Conflict = 400, "VpnRouteEntry.Conflict",
            "The specified route entry has conflict.", "S-VR-55";
        /// The destination overlaps the client addresses of an SSL server on the gateway. Not
        /// answered: no SSL server can exist so far.
        ConflictSsl = 400, "VpnRouteEntry.ConflictSSL",
            "The specified route entry has conflict with SSL client.", "S-VR-56";
        /// The route is to be published, and the system table leads the destination to another VPN
        /// gateway.
        OtherVpnGateway = 400, "OperationFailed.RouteConflict",
            "Operation failed because there is already a route in VPC route table to another VPN on the same network block.",
            "S-VR-61";
        /// The route is to be published, and the system table leads the destination to something
        /// that is neither a VPN gateway nor a router interface.
        OtherNextHop = 400, "OperationFailed.RouteConflict",
            "Operation failed because there is already a route in VPC route table to a non-RI and non-VPN next hop on the same network block.",
            "semantics.md 4.4";
        /// The route is to be published, and the VPC has as many routes to VPN gateways, or its
        /// system table as many custom routes, as their quotas allow.
        VpcQuota = 400, "QuotaExceeded.VpnRouteEntry",
            "The number of route entries to the VPN gateway in the VPC routing table has reached the quota limit.",
            "S-VR-63";
        /// The gateway has as many destination routes as its quota allows.
        GatewayQuota = 400, "Resource.QuotaFull", "The quota of resource is full", "S-VR-51";
        /// A RAM user without permission.
        SubUser = 403, "Forbbiden.SubUser",
            "User not authorized to operate on the specified resource as your account is created by another user.",
            "S-VR-70";
        /// No permission on the gateway.
        Forbidden = 403, "Forbidden",
            "User not authorized to operate on the specified resource.", "S-VR-71";
        /// `DryRun` is true and all checks have passed.
        DryRun = 400, "DryRunOperation",
            "Request validation has been passed with DryRun flag set.", "S-VR-69";
        /// An unexpected failure.
        Internal = 400, "InternalError",
            "The request processing has failed due to some unknown error, exception or failure.",
            "S-VR-67";
        /// Seen by clients of the provider while an appliance is configured. Not answered here.
        ApplianceConfiguring = 400, "Appliance.Configuring",
            "The specified service is configuring.", "errors.json";
        /// Seen by clients of the provider while a connection is configured. Not answered here.
        ConnectionConfiguring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "errors.json";
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
            Clash::OtherNextHop => Error::Conflict,
            Clash::NotAPair => Error::BackupRoute,
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
