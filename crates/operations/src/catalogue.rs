//! All operations.

use crate::operation::{
    AccountQuery, LogQuery, Operation, Prepare, Prepared, Query, Write, prepare_account_query,
    prepare_log_query, prepare_query, prepare_write,
};
use causeway_spec::{Declaration, ParameterError, Parameters};

/// What an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The tenant it belongs to.
    Tenant,
    /// The account's global tenant beside it.
    Account,
    /// The audit log, and no tenant.
    Log,
}

/// One operation in the catalogue.
pub struct Entry {
    /// What it says about itself.
    pub declaration: Declaration,
    /// Whether it changes state.
    pub writes: bool,
    /// What it reads.
    pub reads: Reads,
    prepare: Prepare,
}

impl Entry {
    pub(crate) const fn write<O: Write>() -> Entry {
        Entry {
            declaration: <O as Operation>::DECLARATION,
            writes: true,
            reads: Reads::Tenant,
            prepare: prepare_write::<O>,
        }
    }

    pub(crate) const fn query<O: Query>() -> Entry {
        Entry {
            declaration: <O as Operation>::DECLARATION,
            writes: false,
            reads: Reads::Tenant,
            prepare: prepare_query::<O>,
        }
    }

    pub(crate) const fn account_query<O: AccountQuery>() -> Entry {
        Entry {
            declaration: <O as Operation>::DECLARATION,
            writes: false,
            reads: Reads::Account,
            prepare: prepare_account_query::<O>,
        }
    }

    pub(crate) const fn log_query<O: LogQuery>() -> Entry {
        Entry {
            declaration: <O as Operation>::DECLARATION,
            writes: false,
            reads: Reads::Log,
            prepare: prepare_log_query::<O>,
        }
    }

    /// Reads a request's own parameters.
    pub fn prepare(&self, parameters: &Parameters) -> Result<Box<dyn Prepared>, ParameterError> {
        (self.prepare)(parameters)
    }
}

/// Operations on one kind of thing.
pub struct Family {
    /// What the documentation calls it.
    pub title: &'static str,
    /// Its operations.
    pub operations: &'static [Entry],
}

const fn family(title: &'static str, operations: &'static [Entry]) -> Family {
    Family { title, operations }
}

/// The families, in the order of the documentation.
pub const FAMILIES: &[Family] = &[
    family("Routes of a VPC", crate::route_entry::OPERATIONS),
    family("Destination routes of a VPN gateway", crate::vpn_route::OPERATIONS),
    family("Policy-based routes of a VPN gateway", crate::vpn_pbr_route::OPERATIONS),
    family("Routes of an IPsec connection", crate::vco_route::OPERATIONS),
    family("VPCs", crate::vpc::OPERATIONS),
    family("vSwitches", crate::vswitch::OPERATIONS),
    family("Route tables", crate::route_table::OPERATIONS),
    family("Customer gateways", crate::customer_gateway::OPERATIONS),
    family("VPN gateways", crate::vpn_gateway::OPERATIONS),
    family("IPsec connections", crate::vpn_connection::OPERATIONS),
    family("Regions and zones", crate::region::OPERATIONS),
    family("Users and policies", crate::ram::OPERATIONS),
    family("Groups of users", crate::ram::group::OPERATIONS),
    family("Versions of policies", crate::ram::policy_version::OPERATIONS),
    family("Roles", crate::ram::role::OPERATIONS),
    family("Callers", crate::sts::OPERATIONS),
    family("What was called", crate::actiontrail::OPERATIONS),
    family("Causeway's own", crate::causeway::OPERATIONS),
];

/// All operations, by family.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    FAMILIES.iter().flat_map(|family| family.operations)
}

/// The operation with this `Version` and `Action`; names alone are not unique (clients.md 4.4).
pub fn find(version: &str, action: &str) -> Option<&'static Entry> {
    all().find(|entry| {
        entry.declaration.name == action && entry.declaration.product.version() == version
    })
}

/// Whether any product has this `Version`.
pub fn find_version(version: &str) -> bool {
    causeway_spec::Product::ALL.iter().any(|product| product.version() == version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn operations_are_unique_documented_and_exemplified() {
        let mut seen = BTreeSet::new();
        for entry in all() {
            let it = &entry.declaration;
            assert!(seen.insert((it.product, it.name)), "{} twice", it.name);
            assert!(!it.doc.is_empty(), "{} has no documentation", it.name);
            assert!(!it.examples.is_empty(), "{} has no example", it.name);
            let open = it.name == "GetCallerIdentity";
            assert_eq!(it.resources.is_empty(), open, "{} names no RAM resource", it.name);
            for parameter in it.parameters {
                assert!(!parameter.doc.is_empty(), "{}.{} undocumented", it.name, parameter.name);
            }
            assert!(find(it.product.version(), it.name).is_some());
        }
    }

    #[test]
    fn resource_templates_name_declared_parameters() {
        for entry in all() {
            for template in entry.declaration.resources {
                let names = template.split('{').skip(1).filter_map(|rest| rest.split('}').next());
                for name in names {
                    let top = name.split('.').next().unwrap();
                    let known = entry.declaration.parameters.iter().any(|p| p.name == top);
                    assert!(known, "{}: {template}", entry.declaration.name);
                }
            }
        }
    }
}
