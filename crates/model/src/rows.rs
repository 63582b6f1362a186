//! The list of row kinds. Adding a kind is one line here; tags are never reused.

use crate::changes::{Change, Changes};
use crate::row::{self, Row, RowError};
use crate::table::Table;
use crate::tenant::Tenant;
use causeway_types::Id;
use std::cmp::Ordering;
use std::collections::BTreeMap;

macro_rules! rows {
    ($($tag:literal $field:ident: $row:ty;)*) => {
        /// All rows of one tenant, by kind.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct Tables {
            $($field: Table<$row>,)*
        }

        /// Rows put or removed, by kind.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct ChangedRows {
            $($field: BTreeMap<<$row as Keyed>::Key, Option<$row>>,)*
        }

        $(impl Row for $row {
            type Key = <$row as Keyed>::Key;
            const TAG: u8 = $tag;
            const VERSION: u8 = <$row as Keyed>::VERSION;
            fn older(version: u8, body: &[u8]) -> Option<$row> { Keyed::older(version, body) }
            fn key(&self) -> Self::Key { Keyed::key(self) }
            fn memberships(&self) -> Vec<(Id, Id)> { Keyed::memberships(self) }
            fn cmp_key(&self, key: &Self::Key) -> Ordering { Keyed::cmp_key(self, key) }
            fn table(tenant: &Tenant) -> &Table<Self> { &tenant.tables.$field }
            fn changed(changes: &Changes) -> &BTreeMap<Self::Key, Option<Self>> {
                &changes.rows.$field
            }
            fn changed_mut(changes: &mut Changes) -> &mut BTreeMap<Self::Key, Option<Self>> {
                &mut changes.rows.$field
            }
        })*

        impl Tables {
            pub(crate) fn apply(&mut self, changes: ChangedRows) {
                $(if !changes.$field.is_empty() {
                    for (key, row) in changes.$field {
                        match row {
                            Some(row) => self.$field.insert(row),
                            None => self.$field.remove(&key),
                        }
                    }
                })*
            }

            pub(crate) fn row_count(&self) -> usize {
                0 $(+ self.$field.len())*
            }
        }

        impl ChangedRows {
            pub(crate) fn is_empty(&self) -> bool {
                true $(&& self.$field.is_empty())*
            }

            pub(crate) fn absorb(&mut self, later: ChangedRows) {
                // A change touches few of the many kinds.
                $(if !later.$field.is_empty() {
                    self.$field.extend(later.$field);
                })*
            }

            pub(crate) fn encode(&self) -> Vec<Change> {
                let mut out = Vec::new();
                $(for (key, row) in &self.$field {
                    out.push(Change {
                        key: row::encode_key::<$row>(key),
                        value: row.as_ref().map(row::encode_value::<$row>),
                    });
                })*
                out
            }
        }

        /// Whether the rows of a stored key's kind hold secrets, which are not to lie on a disk as
        /// they are.
        pub fn holds_secrets(key: &[u8]) -> bool {
            match key.first().copied() {
                $(Some($tag) => <$row as Keyed>::SECRET,)*
                _ => false,
            }
        }

        /// Puts one stored row into `changes`.
        pub(crate) fn decode(key: &[u8], value: &[u8], changes: &mut Changes) -> Result<(), RowError> {
            match key.first().copied() {
                $(Some($tag) => {
                    let row = row::decode_value::<$row>(value)?;
                    changes.put_loaded(row);
                })*
                Some(tag) => return Err(RowError::Kind(tag)),
                None => return Err(RowError::Damaged(0)),
            }
            Ok(())
        }
    };
}

/// What a noun's file says about its row; the list below makes it a [`Row`].
pub trait Keyed {
    /// See [`Row::Key`].
    type Key: Ord + Clone + serde::Serialize + serde::de::DeserializeOwned;
    /// See [`Row::VERSION`].
    const VERSION: u8 = 1;
    /// Whether its rows hold secrets.
    const SECRET: bool = false;
    /// See [`Row::older`].
    fn older(_version: u8, _body: &[u8]) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
    /// See [`Row::key`].
    fn key(&self) -> Self::Key;
    /// See [`Row::cmp_key`].
    fn cmp_key(&self, key: &Self::Key) -> Ordering {
        self.key().cmp(key)
    }
    /// See [`Row::memberships`].
    fn memberships(&self) -> Vec<(Id, Id)> {
        Vec::new()
    }
}

rows! {
    1 tokens: crate::token::Token;
    2 tasks: crate::task::Task;
    3 vpcs: crate::vpc::Vpc;
    4 vswitches: crate::vswitch::VSwitch;
    5 route_tables: crate::route_table::RouteTable;
    6 route_entries: crate::route_entry::RouteEntry;
    7 resources: crate::resource::Resource;
    8 customer_gateways: crate::customer_gateway::CustomerGateway;
    9 vpn_gateways: crate::vpn_gateway::VpnGateway;
    10 vpn_connections: crate::vpn_connection::VpnConnection;
    11 vpn_routes: crate::vpn_route::VpnRoute;
    12 vpn_pbr_routes: crate::vpn_pbr_route::VpnPbrRoute;
    13 vco_routes: crate::vco_route::VcoRoute;
    14 down_links: crate::down_link::DownLink;
    15 link_states: crate::link::LinkState;
    16 failovers: crate::failover::Failover;
    17 virtual_clocks: crate::virtual_clock::VirtualClock;
    18 gateway_bindings: crate::gateway_binding::GatewayBinding;
    20 ram_users: crate::ram_user::RamUser;
    21 access_keys: crate::ram_user::AccessKey;
    22 ram_policies: crate::ram_policy::RamPolicy;
    23 attachments: crate::ram_policy::Attachment;
    24 ram_groups: crate::ram_group::RamGroup;
    25 memberships: crate::ram_group::Membership;
    26 ram_roles: crate::ram_role::RamRole;
    27 other_attachments: crate::ram_policy::OtherAttachment;
    28 ram_sessions: crate::ram_session::RamSession;
    29 last_uses: crate::ram_last_use::LastUse;
    50 bgp_routes: crate::bgp_route::BgpRoute;
}
