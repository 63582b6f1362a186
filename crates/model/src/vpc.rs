//! VPCs.

use crate::rows::Keyed;
use crate::text::{Labels, Tags};
use crate::txn::Txn;
use causeway_types::{Cidr, RouteTableId, Timestamp, VRouterId, VpcId};
use serde::{Deserialize, Serialize};

/// A VPC, its router and its system route table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// Its router.
    pub vrouter: VRouterId,
    /// The route table vSwitches use unless bound to another.
    pub system_table: RouteTableId,
    /// The primary block.
    pub cidr: Cidr,
    /// Secondary IPv4 blocks.
    pub secondary_cidrs: Vec<Cidr>,
    /// The IPv6 block, when IPv6 is enabled.
    pub ipv6_cidr: Option<Cidr>,
    /// Whose IPv6 addresses they are.
    pub ipv6_isp: Ipv6Isp,
    /// Whether instances get DNS host names.
    pub dns_hostnames: bool,
    /// Blocks the user declared as private.
    pub user_cidrs: Vec<Cidr>,
    /// Name and description.
    pub labels: Labels,
    /// Where it is in its life.
    pub status: VpcStatus,
    /// When it was made.
    pub created: Timestamp,
    /// The resource group's id, as given.
    pub resource_group: Option<Box<str>>,
    /// Tags.
    pub tags: Tags,
}

macro_rules! ipv6_isps {
    ($($(#[$doc:meta])* $variant:ident = $text:literal;)*) => {
        /// Whose IPv6 addresses a VPC has.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Ipv6Isp { $($(#[$doc])* $variant,)* }

        impl Ipv6Isp {
            /// The wire word.
            pub fn text(self) -> &'static str {
                match self { $(Ipv6Isp::$variant => $text,)* }
            }

            /// Reads the wire word.
            pub fn from_text(text: &str) -> Option<Ipv6Isp> {
                match text { $($text => Some(Ipv6Isp::$variant),)* _ => None }
            }
        }
    };
}

ipv6_isps! {
    /// The provider's own.
    #[default]
    Bgp = "BGP";
    /// China Mobile's.
    ChinaMobile = "ChinaMobile";
    /// China Unicom's.
    ChinaUnicom = "ChinaUnicom";
    /// China Telecom's.
    ChinaTelecom = "ChinaTelecom";
}

/// States of a VPC: `Pending` → `Available` → (`Deleting` → gone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VpcStatus {
    /// Being made.
    Pending,
    /// Usable.
    Available,
    /// Being removed.
    Deleting,
}

impl VpcStatus {
    /// The wire word. A VPC on its way out still reads `Pending` (clients.md 5.1 knows two states).
    pub fn text(self) -> &'static str {
        match self {
            VpcStatus::Pending | VpcStatus::Deleting => "Pending",
            VpcStatus::Available => "Available",
        }
    }
}

impl Vpc {
    /// Whether a block lies inside the primary or a secondary block.
    pub fn contains(&self, block: &Cidr) -> bool {
        self.cidr.contains(block) || self.secondary_cidrs.iter().any(|own| own.contains(block))
    }

    /// Whether a block shares addresses with one of the VPC's.
    pub fn overlaps(&self, block: &Cidr) -> bool {
        let ipv6 = self.ipv6_cidr.as_ref();
        [&self.cidr]
            .into_iter()
            .chain(&self.secondary_cidrs)
            .chain(ipv6)
            .any(|own| own.overlaps(block))
    }

    /// The /64 with this number in the VPC's IPv6 block, when it has one.
    pub fn ipv6_subnet(&self, index: u8) -> Option<Cidr> {
        let std::net::IpAddr::V6(network) = self.ipv6_cidr?.network() else { return None };
        let subnet = u128::from(network) | u128::from(index) << 64;
        format!("{}/64", std::net::Ipv6Addr::from(subnet)).parse().ok()
    }
}

impl Keyed for Vpc {
    type Key = VpcId;
    fn key(&self) -> VpcId {
        self.id
    }
}

/// The VPC reaches the state it was heading for.
pub(crate) fn settle(txn: &mut Txn, id: VpcId) {
    use crate::tenant::Read;
    let Some(vpc) = txn.get::<Vpc>(&id) else { return };
    match vpc.status {
        VpcStatus::Pending => {
            txn.update::<Vpc>(&id, |vpc| vpc.status = VpcStatus::Available);
        }
        VpcStatus::Deleting => {
            let table = vpc.system_table;
            txn.remove::<crate::route_table::RouteTable>(&table);
            txn.remove::<Vpc>(&id);
        }
        VpcStatus::Available => {}
    }
}
