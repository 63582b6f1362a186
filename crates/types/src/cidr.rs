//! Network prefixes in the forms the provider accepts.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An IPv4 or IPv6 prefix without host bits, ordered by family, address and length.
///
/// Prints as the canonical text: RFC 5952 for IPv6, always with its length.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Cidr(IpNet);

/// Text for people, and the few bytes of [`IpNet`] in stored rows.
impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            IpNet::V4(net) if to.is_human_readable() => {
                to.serialize_str(text_v4(net, &mut [0; V4_TEXT_MAX]))
            }
            net => net.serialize(to),
        }
    }
}

/// As numbers: tables are searched by this.
impl Ord for Cidr {
    fn cmp(&self, other: &Cidr) -> Ordering {
        match (&self.0, &other.0) {
            (IpNet::V4(a), IpNet::V4(b)) => {
                let number = |net: &Ipv4Net| (net.addr().to_bits(), net.prefix_len());
                number(a).cmp(&number(b))
            }
            (IpNet::V6(a), IpNet::V6(b)) => {
                let number = |net: &Ipv6Net| (net.addr().to_bits(), net.prefix_len());
                number(a).cmp(&number(b))
            }
            (IpNet::V4(_), IpNet::V6(_)) => Ordering::Less,
            (IpNet::V6(_), IpNet::V4(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Cidr {
    fn partial_cmp(&self, other: &Cidr) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The IP version of a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// Why a text is not a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// Neither an address nor `address/length`.
    #[error("not an IP address or CIDR block")]
    Syntax,
    /// Bits are set beyond the prefix length, such as `10.0.0.5/24` (decision A3).
    #[error("host bits are set beyond the prefix length")]
    HostBits,
}

impl Cidr {
    /// 100.64.0.0/10, reserved for the provider's own services (S-RE-09, S-VR-05).
    pub const RESERVED: Cidr = Cidr::v4(100, 64, 0, 0, 10);
    /// 0.0.0.0/0.
    pub const DEFAULT_V4: Cidr = Cidr::v4(0, 0, 0, 0, 0);
    /// ::/0.
    pub const DEFAULT_V6: Cidr =
        Cidr(IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::UNSPECIFIED, 0)));

    /// The greatest prefix in the order of prefixes, for ranges.
    pub const LAST: Cidr =
        Cidr(IpNet::V6(Ipv6Net::new_assert(std::net::Ipv6Addr::from_bits(u128::MAX), 128)));

    /// An IPv4 prefix from literals; panics on a length over 32.
    pub const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Cidr {
        Cidr(IpNet::V4(Ipv4Net::new_assert(std::net::Ipv4Addr::new(a, b, c, d), length)))
    }

    /// The prefix of this length that holds an address.
    ///
    /// # Panics
    /// On a length beyond the family's.
    pub fn holding(address: IpAddr, length: u8) -> Cidr {
        Cidr(IpNet::new_assert(address, length).trunc())
    }

    /// The prefix of its lowest address alone.
    pub fn first_inside(&self) -> Cidr {
        Cidr(IpNet::from(self.network()))
    }

    /// The prefix of its highest address alone: the last, in the order of prefixes, of those inside it.
    pub fn last_inside(&self) -> Cidr {
        Cidr(IpNet::from(self.last()))
    }

    /// The longest prefix that holds both; `None` for two families.
    pub fn common(&self, other: &Cidr) -> Option<Cidr> {
        let shared = match (self.network(), other.network()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            _ => return None,
        };
        let length = self.length().min(other.length()).min(shared as u8);
        Some(Cidr::holding(self.network(), length))
    }

    /// The IP version.
    pub fn family(&self) -> Family {
        match self.0 {
            IpNet::V4(_) => Family::V4,
            IpNet::V6(_) => Family::V6,
        }
    }

    /// The number of leading bits that are fixed.
    pub fn length(&self) -> u8 {
        self.0.prefix_len()
    }

    /// The lowest address.
    pub fn network(&self) -> IpAddr {
        self.0.network()
    }

    /// The highest address.
    pub fn last(&self) -> IpAddr {
        self.0.broadcast()
    }

    /// Whether this is `0.0.0.0/0` or `::/0`.
    pub fn is_default(&self) -> bool {
        self.length() == 0
    }

    /// Whether every address of `other` is also in this prefix; true for equal prefixes.
    pub fn contains(&self, other: &Cidr) -> bool {
        match (&self.0, &other.0) {
            (IpNet::V4(a), IpNet::V4(b)) => a.contains(b),
            (IpNet::V6(a), IpNet::V6(b)) => a.contains(b),
            _ => false,
        }
    }

    /// Whether the address is in this prefix.
    pub fn contains_address(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }

    /// Whether the prefixes share an address.
    pub fn overlaps(&self, other: &Cidr) -> bool {
        self.contains(other) || other.contains(self)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    /// Reads `address/length`, or a plain address as a host route (S-RE-11).
    fn from_str(text: &str) -> Result<Cidr, CidrError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| CidrError::Syntax)?;
        let net = match length {
            Some(length) => IpNet::new(address, decimal(length).ok_or(CidrError::Syntax)?)
                .map_err(|_| CidrError::Syntax)?,
            None => IpNet::from(address),
        };
        if net.trunc() != net {
            return Err(CidrError::HostBits);
        }
        Ok(Cidr(net))
    }
}

/// A prefix length: digits without a sign or a leading zero.
fn decimal(text: &str) -> Option<u8> {
    let canonical = text == "0" || text.starts_with(|first| matches!(first, '1'..='9'));
    canonical.then(|| text.parse().ok()).flatten()
}

impl From<Ipv4Net> for Cidr {
    fn from(net: Ipv4Net) -> Cidr {
        Cidr(IpNet::V4(net.trunc()))
    }
}

impl From<Ipv6Net> for Cidr {
    fn from(net: Ipv6Net) -> Cidr {
        Cidr(IpNet::V6(net.trunc()))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpNet::V4(net) => f.write_str(text_v4(net, &mut [0; V4_TEXT_MAX])),
            IpNet::V6(net) => net.fmt(f),
        }
    }
}

/// As long as `255.255.255.255/32`.
const V4_TEXT_MAX: usize = 18;

/// The text of an IPv4 prefix, written into `buffer`. Lists print many, and the general way to print
/// an address costs several times as much.
fn text_v4(net: Ipv4Net, buffer: &mut [u8; V4_TEXT_MAX]) -> &str {
    let [a, b, c, d] = net.addr().octets();
    let mut end = 0;
    for (number, after) in [(a, b'.'), (b, b'.'), (c, b'.'), (d, b'/'), (net.prefix_len(), 0)] {
        for (least, divisor) in [(100, 100), (10, 10), (0, 1)] {
            if number >= least {
                buffer[end] = b'0' + number / divisor % 10;
                end += 1;
            }
        }
        if after != 0 {
            buffer[end] = after;
            end += 1;
        }
    }
    std::str::from_utf8(&buffer[..end]).expect("digits and dots")
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The naive oracle: a prefix as its first and last address in one number line per family.
    fn range(cidr: &Cidr) -> (bool, u128, u128) {
        match (cidr.network(), cidr.last()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (false, u32::from(a).into(), u32::from(b).into()),
            (IpAddr::V6(a), IpAddr::V6(b)) => (true, a.into(), b.into()),
            _ => unreachable!("one family"),
        }
    }

    fn prefix() -> impl Strategy<Value = Cidr> {
        // Few distinct leading bits, so that nesting and equality are common.
        let v4 = (0u32..16, 0u8..=32).prop_map(|(n, length)| {
            Cidr::from(Ipv4Net::new(std::net::Ipv4Addr::from(n << 28 | n), length).unwrap())
        });
        let v6 = (0u128..16, 0u8..=128).prop_map(|(n, length)| {
            Cidr::from(Ipv6Net::new(std::net::Ipv6Addr::from(n << 124 | n), length).unwrap())
        });
        prop_oneof![v4, v6]
    }

    proptest! {
        #[test]
        fn relations_agree_with_address_ranges(a in prefix(), b in prefix()) {
            let ((fa, a0, a1), (fb, b0, b1)) = (range(&a), range(&b));
            prop_assert_eq!(a.contains(&b), fa == fb && a0 <= b0 && b1 <= a1);
            prop_assert_eq!(a.overlaps(&b), fa == fb && a0 <= b1 && b0 <= a1);
        }

        #[test]
        fn what_two_hold_in_common_is_as_long_as_can_be(a in prefix(), b in prefix()) {
            let common = a.common(&b);
            prop_assert_eq!(common.is_some(), a.family() == b.family());
            if let Some(common) = common {
                prop_assert!(common.contains(&a) && common.contains(&b));
                let longer = |it: &Cidr| it.length() > common.length();
                if longer(&a) && longer(&b) {
                    let deeper = Cidr::holding(a.network(), common.length() + 1);
                    prop_assert!(!deeper.contains(&b));
                }
            }
            prop_assert!(a.contains(&a.last_inside()) && a <= a.last_inside());
        }

        #[test]
        fn text_round_trips(a in prefix()) {
            prop_assert_eq!(a.to_string().parse::<Cidr>(), Ok(a));
        }

        #[test]
        fn text_is_the_usual_one(bits: u32, length in 0u8..=32) {
            let net = Ipv4Net::new(bits.into(), length).unwrap();
            prop_assert_eq!(Cidr::from(net).to_string(), net.trunc().to_string());
        }
    }

    #[test]
    fn accepted_and_refused_texts() {
        for (text, expected) in [
            ("10.0.0.0/24", Ok("10.0.0.0/24")),
            ("10.0.0.1", Ok("10.0.0.1/32")), // S-RE-11
            ("2001:DB8:0::/64", Ok("2001:db8::/64")),
            ("2001:db8::1", Ok("2001:db8::1/128")),
            ("10.0.0.5/24", Err(CidrError::HostBits)), // A3
            ("10.0.0.0/33", Err(CidrError::Syntax)),
            ("10.0.0/24", Err(CidrError::Syntax)),
            ("10.0.0.0/", Err(CidrError::Syntax)),
            ("11.0.0.0/08", Err(CidrError::Syntax)),
            ("11.0.0.0/+8", Err(CidrError::Syntax)),
            ("11.0.0.0/-8", Err(CidrError::Syntax)),
            ("11.0.0.0/8/8", Err(CidrError::Syntax)),
            ("11.0.0.0/256", Err(CidrError::Syntax)),
            ("011.0.0.0/8", Err(CidrError::Syntax)),
            ("011.0.0.0", Err(CidrError::Syntax)),
            ("0.0.0.0/00", Err(CidrError::Syntax)),
            ("0.0.0.0/0", Ok("0.0.0.0/0")),
            ("::/064", Err(CidrError::Syntax)),
            ("fe80::%1/64", Err(CidrError::Syntax)),
            ("pl-abc", Err(CidrError::Syntax)),
            ("", Err(CidrError::Syntax)),
            (" 10.0.0.0/24", Err(CidrError::Syntax)),
        ] {
            let parsed = text.parse::<Cidr>().map(|cidr| cidr.to_string());
            assert_eq!(parsed.as_deref(), expected.as_ref().map(|t| *t), "{text}");
        }
    }
}
