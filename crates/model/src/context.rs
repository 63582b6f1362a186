//! What a change gets from outside: time, seed, settings.

use crate::region::Region;
use causeway_types::Timestamp;
use std::sync::Arc;

/// Everything a change may know that is not in the tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// The instant of the request.
    pub now: Timestamp,
    /// Decides identifiers; the same seed and history give the same ones.
    pub seed: u128,
    /// The account, sixteen digits.
    pub account: String,
    /// The region.
    pub region: Region,
    /// All regions served, this one among them.
    pub regions: Arc<[Region]>,
    /// How long asynchronous work takes.
    pub tasks: TaskLength,
    /// Whether time stands still until it is advanced.
    pub virtual_time: bool,
    /// Limits.
    pub quotas: Quotas,
    /// Readings of the specification that can be switched.
    pub options: Options,
}

/// How long asynchronous work takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskLength {
    /// Done within the change that starts it.
    Immediate,
    /// Done this many milliseconds later.
    AfterMs(i64),
    /// Done when a test says so (`CompleteTasks`).
    Manual,
}

macro_rules! quotas {
    ($($(#[$doc:meta])* $name:ident = $default:literal;)*) => {
        /// Limits of an account (semantics.md 3.8, 8.5).
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Quotas { $($(#[$doc])* pub $name: usize,)* }

        impl Default for Quotas {
            fn default() -> Quotas {
                Quotas { $($name: $default,)* }
            }
        }

        impl Quotas {
            /// The limits by name, for settings.
            pub fn by_name(&mut self) -> Vec<(&'static str, &mut usize)> {
                vec![$((stringify!($name), &mut self.$name),)*]
            }
        }
    };
}

quotas! {
    /// VPCs in a region.
    vpcs = 10;
    /// vSwitches in a VPC.
    vswitches_per_vpc = 150;
    /// Custom route tables in a VPC.
    custom_route_tables_per_vpc = 9;
    /// Custom routes in a route table (S-RE-07).
    custom_routes_per_table = 200;
    /// Custom routes to VPN gateways in a VPC (S-VR-63).
    vpn_routes_per_vpc = 50;
    /// Custom routes to transit router attachments in a VPC.
    attachment_routes_per_vpc = 600;
    /// Custom routes to one HaVip.
    routes_per_havip = 5;
    /// Items of one batch request (S-RE-25).
    batch_items = 50;
    /// VPN gateways of an account in a region.
    vpn_gateways = 30;
    /// Customer gateways in a region.
    customer_gateways = 100;
    /// IPsec connections on a VPN gateway.
    connections_per_gateway = 10;
    /// Destination routes on a VPN gateway (S-VR-51).
    vpn_routes_per_gateway = 20;
    /// Policy-based routes on a VPN gateway (S-PBR-66).
    pbr_routes_per_gateway = 20;
    /// Destination routes of an IPsec connection on a transit router (S-VCO-49).
    vco_routes_per_connection = 20;
    /// Routes learned by BGP on a VPN gateway, or by an attachment.
    bgp_routes_per_gateway = 50;
    /// IPsec connections for transit routers in a region (chosen).
    attachments = 100;
    /// Registered resources in a VPC (chosen).
    registered_resources_per_vpc = 1000;
    /// RAM users of an account.
    ram_users = 1000;
    /// Access keys of a RAM user.
    access_keys_per_user = 2;
    /// Custom policies of an account.
    ram_policies = 1500;
    /// Policies attached to a RAM user, of each type.
    policies_per_user = 20;
    /// Versions of a custom policy.
    policy_versions = 5;
    /// RAM groups of an account.
    ram_groups = 50;
    /// Groups a RAM user is in.
    groups_per_user = 50;
    /// Policies attached to a RAM group, of each type.
    policies_per_group = 20;
    /// RAM roles of an account.
    ram_roles = 1000;
    /// Policies attached to a RAM role, of each type.
    policies_per_role = 20;
    /// Sessions of RAM roles of an account, those that expired an hour ago or less among them
    /// (chosen).
    role_sessions = 10000;
}

/// Readings of the specification that can be switched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Lets a batch destination contain a vSwitch block (decision A1).
    pub allow_supernet: bool,
    /// Which words a route entry's state uses (decision A2).
    pub route_states: RouteStateNames,
}

/// The words for the states of a route entry (decision A2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RouteStateNames {
    /// `Pending`, then `Available`: what clients wait for.
    #[default]
    Available,
    /// `Creating`, then `Created`: the words of S-RE-04 and S-RE-05.
    Created,
}
