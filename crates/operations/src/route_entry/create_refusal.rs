//! Which code of `CreateRouteEntry` a cause has. It is not always the one that an item of
//! `CreateRouteEntries` has for the same cause.

use super::create_error::Error;
use causeway_model::multipath::MultipathProblem;
use causeway_model::next_hop::{NextHopProblem, NextHopType};
use causeway_model::route_draft::Obstacle;
use causeway_model::route_entry::Busy;
use causeway_spec::Refusal;
use causeway_types::Family;

impl From<Busy> for Error {
    fn from(busy: Busy) -> Error {
        match busy {
            Busy::Vpc => Error::IncorrectVpcStatus,
            Busy::VSwitch => Error::IncorrectVSwitchStatus,
            Busy::Table => Error::IncorrectTableStatus,
            Busy::Routes => Error::TaskConflict,
        }
    }
}

impl From<MultipathProblem> for Error {
    fn from(problem: MultipathProblem) -> Error {
        match problem {
            MultipathProblem::Size => Error::ListSize,
            MultipathProblem::UnknownKind => Error::NextHopType,
            MultipathProblem::Kind => Error::ListKind,
            MultipathProblem::Repeated => Error::RepeatedHop,
            MultipathProblem::Weight => Error::Weight,
            MultipathProblem::Mode => Error::Mode,
            MultipathProblem::NoneEnabled => Error::NoneEnabled,
        }
    }
}

/// The refusal of a route that cannot be made.
pub(super) fn refusal(obstacle: &Obstacle) -> Refusal {
    let error = match obstacle {
        Obstacle::MalformedDestination => Error::Malformed,
        Obstacle::ReservedDestination | Obstacle::MeetsVSwitch(Family::V4) => {
            Error::InvalidCidrBlock
        }
        Obstacle::MeetsVSwitch(Family::V6) => Error::MeetsVSwitch,
        Obstacle::NotIpv6Default => Error::NotIpv6Default,
        Obstacle::UnknownNextHopType => Error::NextHopType,
        Obstacle::Name => Error::Name,
        Obstacle::Description => Error::Description,
        Obstacle::NextHop(kind, problem) => return next_hop_refusal(*kind, problem),
        Obstacle::Ipv6NotEnabled => Error::Ipv6NotEnabled,
        Obstacle::NextHopWithoutIpv6 => Error::NotSupportIpv6,
        Obstacle::Duplicate { .. } => Error::Duplicate,
        Obstacle::Unstable => Error::Unstable,
        Obstacle::TableQuota | Obstacle::AttachmentQuota => Error::Quota,
        Obstacle::VpnQuota => Error::VpnQuota,
        Obstacle::HaVipQuota => Error::HaVipQuota,
    };
    error.into()
}

fn next_hop_refusal(kind: NextHopType, problem: &NextHopProblem) -> Refusal {
    match problem {
        NextHopProblem::Absent => absent(kind),
        NextHopProblem::Elsewhere => elsewhere(kind),
        NextHopProblem::FinancialLocked => Error::NextHopLocked.into(),
        NextHopProblem::Unready(status) => unready(kind, status),
    }
}

fn absent(kind: NextHopType) -> Refusal {
    let error = match kind {
        NextHopType::Instance => Error::InstanceNotFound,
        NextHopType::HaVip => Error::HaVipNotFound,
        NextHopType::RouterInterface => Error::RouterInterface,
        NextHopType::NetworkInterface => Error::EniNotFound,
        NextHopType::VpnGateway => Error::VpnNotFound,
        NextHopType::Ipv6Gateway => Error::Ipv6GatewayNotFound,
        NextHopType::NatGateway => Error::NatGatewayNotFound,
        NextHopType::Attachment => Error::AttachmentNotFound,
        NextHopType::VpcPeer => return Error::VpcPeerNotFound.with(kind.text()),
        NextHopType::Ipv4Gateway => Error::Ipv4GatewayNotFound,
        NextHopType::CenBasic => Error::CenNotFound,
        NextHopType::Ecr => Error::Ecr,
        NextHopType::GatewayLoadBalancerEndpoint => Error::EndpointNotFound,
        NextHopType::GatewayEndpoint | NextHopType::RouteTargetGroup => Error::NextHopNotFound,
    };
    error.into()
}

fn elsewhere(kind: NextHopType) -> Refusal {
    let error = match kind {
        NextHopType::Instance => Error::InstanceElsewhere,
        NextHopType::HaVip => Error::HaVipElsewhere,
        NextHopType::NetworkInterface => Error::EniElsewhere,
        NextHopType::Ipv4Gateway => Error::Ipv4GatewayElsewhere,
        NextHopType::Attachment => Error::AttachmentElsewhere,
        NextHopType::CenBasic => Error::CenElsewhere,
        NextHopType::RouterInterface
        | NextHopType::VpnGateway
        | NextHopType::Ipv6Gateway
        | NextHopType::NatGateway
        | NextHopType::VpcPeer
        | NextHopType::GatewayEndpoint
        | NextHopType::Ecr
        | NextHopType::GatewayLoadBalancerEndpoint
        | NextHopType::RouteTargetGroup => return absent(kind),
    };
    error.into()
}

fn unready(kind: NextHopType, status: &str) -> Refusal {
    let error = match kind {
        NextHopType::HaVip => Error::HaVipStatus,
        NextHopType::RouterInterface => Error::RouterInterfaceStatus,
        NextHopType::VpcPeer => return Error::VpcPeerStatus.with(kind.text()).with(status),
        NextHopType::Ipv4Gateway => Error::Ipv4GatewayStatus,
        NextHopType::CenBasic => Error::CenStatus,
        NextHopType::Ecr => Error::Ecr,
        NextHopType::Instance
        | NextHopType::NetworkInterface
        | NextHopType::VpnGateway
        | NextHopType::Ipv6Gateway
        | NextHopType::NatGateway
        | NextHopType::Attachment
        | NextHopType::GatewayEndpoint
        | NextHopType::GatewayLoadBalancerEndpoint
        | NextHopType::RouteTargetGroup => Error::NextHopStatus,
    };
    error.into()
}
