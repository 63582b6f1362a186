//! Tokens that continue a list of routes: the place of the last route shown, as hexadecimal text.
//! They hold no state, so pages stay right while routes come and go, and a token never expires.

use causeway_model::route_list::ListPosition;
use causeway_types::Cidr;
use data_encoding::HEXLOWER;

/// The token of the page after `last`.
pub(super) fn encode(last: ListPosition) -> String {
    let text = format!("{}{}", if last.published { 'p' } else { 'u' }, last.destination);
    HEXLOWER.encode(text.as_bytes())
}

/// The place a token stands for; `None` when it was not made by [`encode`].
pub(super) fn decode(token: &str) -> Option<ListPosition> {
    let text = String::from_utf8(HEXLOWER.decode(token.as_bytes()).ok()?).ok()?;
    let (published, destination) = match text.split_at_checked(1)? {
        ("p", destination) => (true, destination),
        ("u", destination) => (false, destination),
        _ => return None,
    };
    let destination: Cidr = destination.parse().ok()?;
    let position = ListPosition { destination, published };
    (encode(position) == token).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tokens_round_trip(address: u32, length in 0u8..=32, published: bool) {
            let shift = 32 - u32::from(length);
            let network = u64::from(address) >> shift << shift;
            let network = std::net::Ipv4Addr::from(u32::try_from(network).unwrap());
            let destination = format!("{network}/{length}").parse().unwrap();
            let position = ListPosition { destination, published };
            prop_assert_eq!(decode(&encode(position)), Some(position));
        }

        #[test]
        fn garbage_is_no_token(text in "[0-9a-fA-Fxp:./]{0,20}|\\PC{0,20}") {
            if let Some(position) = decode(&text) {
                prop_assert_eq!(encode(position), text);
            }
        }
    }

    #[test]
    fn other_spellings_are_no_tokens() {
        for text in ["", "zz", "7", "75", "e2", "7531302e302e302e30", "+75"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
