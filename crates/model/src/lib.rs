//! The tenant's world: entities, their rules, and the transaction that changes them.
//!
//! One file per noun holds the entity, its states and its rules. Nothing here reads a clock, draws
//! randomness or does I/O: what a change needs from outside comes in with its [`Context`].
//! Rules speak of causes, never of wire codes; operations map causes to their own codes.

mod changes;
mod context;
mod cover;
mod merge;
mod region;
mod row;
mod rows;
mod table;
mod tenant;
mod txn;

pub mod auto_route;
pub mod bgp_route;
pub mod customer_gateway;
pub mod down_link;
pub mod failover;
pub mod gateway_binding;
pub mod link;
pub mod multipath;
pub mod next_hop;
pub mod probing;
pub mod publish;
pub mod ram_group;
pub mod ram_last_use;
pub mod ram_policy;
pub mod ram_role;
pub mod ram_session;
pub mod ram_user;
pub mod resource;
pub mod route_admission;
pub mod route_draft;
pub mod route_entry;
pub mod route_list;
pub mod route_table;
pub mod task;
pub mod text;
pub mod token;
pub mod vco_route;
pub mod virtual_clock;
pub mod vpc;
pub mod vpn_connection;
pub mod vpn_gateway;
pub mod vpn_pbr_route;
pub mod vpn_route;
pub mod vswitch;

pub use changes::{Change, Changes};
pub use context::{Context, Options, Quotas, RouteStateNames, TaskLength};
pub use region::{Language, Region};
pub use row::{Row, RowError};
pub use rows::holds_secrets;
pub use tenant::{Read, Tenant};
pub use txn::Txn;
