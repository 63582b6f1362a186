//! Values every layer shares: identifiers, CIDR blocks, timestamps.
//!
//! Nothing here knows about operations, storage or the wire. Everything is ordered, cheap to copy
//! and the same on every run.

mod cidr;
mod id;
mod timestamp;

pub use cidr::{Cidr, CidrError, Family};
pub use id::{
    CenId, CustomerGatewayId, EcrAssociationId, EndpointId, EniId, GatewayEndpointId, HaVipId,
    InstanceId, Ipv4GatewayId, Ipv6GatewayId, NatGatewayId, RouteEntryId, RouteTableId,
    RouteTargetGroupId, RouterInterfaceId, TrAttachmentId, TransitRouterId, TunnelId, VRouterId,
    VSwitchId, VpcId, VpcPeerId, VpnConnectionId, VpnGatewayId,
};
pub use id::{Id, IdText, Prefix, TypedId};
pub use timestamp::{Timestamp, TimestampAsText};
