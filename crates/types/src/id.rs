//! Resource identifiers: a known prefix, a hyphen, and a short lower-case payload (semantics.md 9).
//!
//! An identifier is packed into 16 bytes: one byte for the prefix and 15 for up to 23 payload
//! characters in base 37. It is `Copy`, ordered, free of heap memory, and prints exactly the text
//! it was parsed from. Text that no resource can have (a masked sample such as `vpn-bp1****`, a
//! foreign prefix) parses to [`Id::NONE`], which no table ever holds: looking it up is "not found".

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The longest payload an identifier can carry, in characters.
const PAYLOAD_MAX: usize = 23;
/// Room for a prefix and a hyphen.
const PREFIX_MAX: usize = 16;
/// Room for the longest text: behind the prefix every digit that fits into 15 bytes has its place.
const TEXT_MAX: usize = PREFIX_MAX + 2 * DIGITS as usize;
/// Digits that are taken off a wide number at once: twelve of either base fit into 64 bits, which
/// processors divide far faster than 128.
const DIGITS: u32 = 12;
const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// The two characters of every number of two digits, because a division costs more than a look; zero
/// for a digit that is not there.
static PAIRS: [[u8; 2]; 37 * 37] = pairs();

const fn pairs() -> [[u8; 2]; 37 * 37] {
    let mut pairs = [[0; 2]; 37 * 37];
    let mut number = 0;
    while number < pairs.len() {
        let digits = [number / 37, number % 37];
        let mut at = 0;
        while at < 2 {
            if digits[at] > 0 {
                pairs[number][at] = ALPHABET[digits[at] - 1];
            }
            at += 1;
        }
        number += 1;
    }
    pairs
}

macro_rules! prefixes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $length:literal, $typed:ident;)*) => {
        /// What an identifier names, told by its prefix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Prefix { $($(#[$doc])* $variant,)* }

        impl Prefix {
            const ALL: &[Prefix] = &[$(Prefix::$variant,)*];

            /// The text before the last hyphen, for example `vpn`.
            pub fn text(self) -> &'static str {
                match self { $(Prefix::$variant => $text,)* }
            }

            /// Payload length of identifiers made here, in characters (semantics.md 9).
            pub fn payload_length(self) -> usize {
                match self { $(Prefix::$variant => $length,)* }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $typed(Id);

            impl TypedId for $typed {
                const PREFIX: Prefix = Prefix::$variant;
                fn from_id(id: Id) -> Option<Self> {
                    (id.prefix() == Some(Self::PREFIX)).then_some(Self(id))
                }
                fn id(self) -> Id { self.0 }
                fn from_text(text: &str) -> Self {
                    let id = Id::from_text(text);
                    if id.prefix() == Some(Self::PREFIX) { Self(id) } else { Self(Id::NONE) }
                }
            }
            impl From<$typed> for Id { fn from(typed: $typed) -> Id { typed.0 } }
            impl fmt::Display for $typed {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
            }
            impl fmt::Debug for $typed {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
            }
        )*
    };
}

prefixes! {
    /// A VPC.
    Vpc = "vpc", 21, VpcId;
    /// The router of a VPC.
    VRouter = "vrt", 21, VRouterId;
    /// A vSwitch.
    VSwitch = "vsw", 21, VSwitchId;
    /// A route table.
    RouteTable = "vtb", 21, RouteTableId;
    /// A route entry.
    RouteEntry = "rte", 21, RouteEntryId;
    /// A VPN gateway.
    VpnGateway = "vpn", 21, VpnGatewayId;
    /// An IPsec connection, on a VPN gateway or for a transit router.
    VpnConnection = "vco", 21, VpnConnectionId;
    /// A customer gateway.
    CustomerGateway = "cgw", 21, CustomerGatewayId;
    /// A tunnel of a dual-tunnel IPsec connection.
    Tunnel = "tun", 18, TunnelId;
    /// An ECS instance.
    Instance = "i", 20, InstanceId;
    /// An elastic network interface.
    Eni = "eni", 20, EniId;
    /// A high-availability virtual IP.
    HaVip = "havip", 21, HaVipId;
    /// A router interface.
    RouterInterface = "ri", 21, RouterInterfaceId;
    /// An IPv4 gateway.
    Ipv4Gateway = "ipv4gw", 21, Ipv4GatewayId;
    /// An IPv6 gateway.
    Ipv6Gateway = "ipv6gw", 21, Ipv6GatewayId;
    /// A NAT gateway.
    NatGateway = "ngw", 21, NatGatewayId;
    /// A gateway endpoint.
    GatewayEndpoint = "vpce", 21, GatewayEndpointId;
    /// An attachment of a transit router.
    TrAttachment = "tr-attach", 18, TrAttachmentId;
    /// A VPC peering connection.
    VpcPeer = "pcc", 18, VpcPeerId;
    /// A Cloud Enterprise Network instance.
    Cen = "cen", 18, CenId;
    /// The association of an Express Connect Router with a VPC.
    EcrAssociation = "ecr-assoc", 18, EcrAssociationId;
    /// A Gateway Load Balancer endpoint.
    Endpoint = "ep", 20, EndpointId;
    /// A route target group.
    RouteTargetGroup = "rtg", 21, RouteTargetGroupId;
    /// A transit router.
    TransitRouter = "tr", 21, TransitRouterId;
}

/// An identifier that knows at compile time what it names.
pub trait TypedId: Copy + Ord + fmt::Display + Into<Id> {
    /// The prefix all identifiers of this type share.
    const PREFIX: Prefix;
    /// The typed form of `id`, or `None` when `id` names something else.
    fn from_id(id: Id) -> Option<Self>;
    /// The untyped form.
    fn id(self) -> Id;
    /// Reads any text; what cannot name such a resource becomes the identifier nothing has.
    fn from_text(text: &str) -> Self;
}

/// Any identifier, packed: the prefix in the first byte, the payload in the other fifteen.
///
/// Text in answers, sixteen bytes in stored rows.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id([u8; 16]);

/// As the bytes are ordered, but as numbers: every table is searched by this.
impl Ord for Id {
    fn cmp(&self, other: &Id) -> Ordering {
        u128::from_be_bytes(self.0).cmp(&u128::from_be_bytes(other.0))
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Id) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The text was not `prefix-payload` with a known prefix and 1 to 23 of `0-9a-z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is a known prefix, a hyphen and 1 to 23 lower-case letters or digits")]
pub struct IdText;

impl Id {
    /// The identifier that nothing has.
    pub const NONE: Id = Id([0; 16]);

    /// The least identifier with this prefix, for ranges.
    pub fn first(prefix: Prefix) -> Id {
        let mut bytes = [0; 16];
        bytes[0] = prefix as u8 + 1;
        Id(bytes)
    }

    /// The greatest identifier with this prefix, for ranges.
    pub fn last(prefix: Prefix) -> Id {
        let mut bytes = [0xff; 16];
        bytes[0] = prefix as u8 + 1;
        Id(bytes)
    }

    /// Reads any text; what no resource can be called becomes [`Id::NONE`].
    pub fn from_text(text: &str) -> Id {
        text.parse().unwrap_or(Id::NONE)
    }

    /// Packs a prefix and a payload of 1 to 23 characters of `0-9a-z`.
    pub fn new(prefix: Prefix, payload: &str) -> Result<Id, IdText> {
        if payload.is_empty() || payload.len() > PAYLOAD_MAX {
            return Err(IdText);
        }
        let mut packed: u128 = 0;
        for byte in payload.bytes() {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                _ => return Err(IdText),
            };
            packed = packed * 37 + u128::from(digit) + 1;
        }
        let mut bytes = packed.to_be_bytes();
        bytes[0] = prefix as u8 + 1;
        Ok(Id(bytes))
    }

    /// What the identifier names; `None` for [`Id::NONE`].
    pub fn prefix(self) -> Option<Prefix> {
        Prefix::ALL.get(usize::from(self.0[0]).checked_sub(1)?).copied()
    }

    /// The sixteen bytes that order and store the identifier.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// A new identifier: the region's code and characters drawn from `entropy`.
    pub fn generate(prefix: Prefix, region_code: &str, entropy: u128) -> Id {
        let mut payload = String::with_capacity(PAYLOAD_MAX);
        if prefix.payload_length() >= 20 {
            payload.push_str(region_code);
        }
        let mut rest = entropy;
        'drawn: loop {
            let mut digits = (rest % 36u128.pow(DIGITS)) as u64;
            rest /= 36u128.pow(DIGITS);
            for _ in 0..DIGITS {
                if payload.len() >= prefix.payload_length() {
                    break 'drawn;
                }
                payload.push(char::from(ALPHABET[(digits % 36) as usize]));
                digits /= 36;
            }
        }
        Id::new(prefix, &payload).expect("drawn from the alphabet")
    }

    /// The text behind the prefix; empty for [`Id::NONE`].
    pub fn payload(self) -> String {
        let mut buffer = [0; TEXT_MAX];
        let text = self.text(&mut buffer);
        text.rsplit_once('-').map_or_else(String::new, |(_, payload)| payload.to_owned())
    }

    /// Writes the text to the end of `buffer`.
    fn text(self, buffer: &mut [u8; TEXT_MAX]) -> &str {
        let Some(prefix) = self.prefix() else { return "none" };
        let mut bytes = self.0;
        bytes[0] = 0;
        let packed = u128::from_be_bytes(bytes);
        let upper = packed / 37u128.pow(DIGITS);
        // One wide division is all it takes.
        let lower = packed - upper * 37u128.pow(DIGITS);
        // Quarters of six digits do not wait for each other.
        const QUARTER: u64 = 37u64.pow(DIGITS / 2);
        let quarters = [upper as u64, lower as u64].map(|half| [half / QUARTER, half % QUARTER]);
        let (_, payload) = buffer.split_at_mut(PREFIX_MAX);
        for (six, quarter) in payload.chunks_exact_mut(6).zip(quarters.as_flattened()) {
            let quarter = *quarter as u32;
            let pairs = [quarter / 37u32.pow(4), quarter / 37u32.pow(2), quarter];
            for (two, pair) in six.chunks_exact_mut(2).zip(pairs) {
                two.copy_from_slice(&PAIRS[(pair % (37 * 37)) as usize]);
            }
        }
        // Payloads have no zero digits, so they begin where something is.
        let absent = payload.iter().position(|&digit| digit != 0).unwrap_or(payload.len());
        let end = PREFIX_MAX + absent;
        buffer[end - 1] = b'-';
        let prefix = prefix.text().as_bytes();
        let start = end - 1 - prefix.len();
        buffer[start..end - 1].copy_from_slice(prefix);
        std::str::from_utf8(&buffer[start..]).unwrap_or("none")
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.serialize_str(self.text(&mut [0; TEXT_MAX]))
        } else {
            self.0.serialize(to)
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        if from.is_human_readable() {
            let text = String::deserialize(from)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 16]>::deserialize(from).map(Id)
        }
    }
}

impl FromStr for Id {
    type Err = IdText;
    fn from_str(text: &str) -> Result<Id, IdText> {
        let (prefix, payload) = text.rsplit_once('-').ok_or(IdText)?;
        let prefix = Prefix::ALL.iter().find(|known| known.text() == prefix).ok_or(IdText)?;
        Id::new(*prefix, payload)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; TEXT_MAX]))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_survives_packing(payload in "[0-9a-z]{1,23}", which in 0..Prefix::ALL.len()) {
            let text = format!("{}-{payload}", Prefix::ALL[which].text());
            prop_assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        }

        /// Stores keep identifiers: how they follow from entropy may not change.
        #[test]
        fn characters_are_the_digits_of_the_entropy(entropy: u128) {
            let text = Id::generate(Prefix::VpnGateway, "bp1", entropy).to_string();
            let mut rest = entropy;
            for character in text.strip_prefix("vpn-bp1").unwrap().chars() {
                prop_assert_eq!(character.to_digit(36), Some((rest % 36) as u32));
                rest /= 36;
            }
        }

        #[test]
        fn order_is_that_of_the_stored_bytes(a: [u8; 16], b: [u8; 16]) {
            prop_assert_eq!(Id(a).cmp(&Id(b)), a.cmp(&b));
        }

        #[test]
        fn any_other_text_names_nothing(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<Id>() {
                prop_assert_eq!(id.to_string(), text);
            } else {
                prop_assert_eq!(Id::from_text(&text), Id::NONE);
            }
        }

        #[test]
        fn made_identifiers_are_distinct_and_of_documented_length(a: u64, b: u64) {
            let make = |n: u64| Id::generate(Prefix::VpnGateway, "bp1", u128::from(n) << 20);
            prop_assert_eq!(make(a).to_string().len(), "vpn-bp1a3kqjiiq9legfx****".len());
            prop_assert_eq!(a == b, make(a) == make(b));
        }
    }

    #[test]
    fn masked_samples_and_foreign_prefixes_do_not_exist() {
        for text in ["vpn-bp1a3kqjiiq9legfx****", "vpn-", "vpn", "", "xyz-abc", "vpn-ABC"] {
            assert_eq!(VpnGatewayId::from_text(text).id(), Id::NONE, "{text}");
        }
        assert_eq!(VpnGatewayId::from_text("vco-abc").id(), Id::NONE);
    }
}
