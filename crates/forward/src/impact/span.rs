//! Runs of addresses of one family.

use causeway_types::{Cidr, Family};
use std::net::IpAddr;

/// Addresses from the first to the last, as numbers. Always of a family that the context knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub first: u128,
    pub last: u128,
}

impl Span {
    /// The addresses of a prefix.
    pub fn of(cidr: &Cidr) -> Span {
        Span { first: number(cidr.network()), last: number(cidr.last()) }
    }

    /// All addresses of a family.
    pub fn all(family: Family) -> Span {
        let last = match family {
            Family::V4 => u32::MAX.into(),
            Family::V6 => u128::MAX,
        };
        Span { first: 0, last }
    }

    /// What two spans share.
    pub fn meet(self, other: Span) -> Option<Span> {
        let span = Span { first: self.first.max(other.first), last: self.last.min(other.last) };
        (span.first <= span.last).then_some(span)
    }

    /// Whether an address is in the span.
    pub fn holds(self, address: u128) -> bool {
        self.first <= address && address <= self.last
    }

    /// The fewest prefixes that are the span.
    pub fn cidrs(self, family: Family) -> impl Iterator<Item = Cidr> {
        let bits: u32 = if family == Family::V4 { 32 } else { 128 };
        let mut next = Some(self.first);
        std::iter::from_fn(move || {
            let first = next.filter(|first| *first <= self.last)?;
            // The largest block that begins here and does not go beyond the end.
            let aligned = first.trailing_zeros().min(bits);
            let left = (self.last - first).checked_add(1);
            let size = left.map_or(aligned, |left| aligned.min(left.ilog2()));
            next = 1_u128.checked_shl(size).and_then(|step| first.checked_add(step));
            Some(Cidr::holding(address(family, first), (bits - size) as u8))
        })
    }
}

/// An address as a number.
pub(super) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// A number as an address.
pub(super) fn address(family: Family, number: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(std::net::Ipv4Addr::from_bits(number as u32)),
        Family::V6 => IpAddr::V6(std::net::Ipv6Addr::from_bits(number)),
    }
}

/// Longest-prefix matching written out: which value holds where in a domain. Rows come in the order of
/// prefixes, one per prefix, and share addresses with the domain; where there is none, `rest` holds.
pub(super) fn spread<T: Copy + PartialEq>(
    domain: Span,
    rest: T,
    rows: impl IntoIterator<Item = (Span, T)>,
) -> Vec<(Span, T)> {
    layered(domain, rest, rows, |_, own| own)
}

/// The same where what holds for a row follows from what holds around it, too.
pub(super) fn layered<T: Copy + PartialEq, R>(
    domain: Span,
    rest: T,
    rows: impl IntoIterator<Item = (Span, R)>,
    value: impl Fn(T, R) -> T,
) -> Vec<(Span, T)> {
    let mut found: Vec<(Span, T)> = Vec::with_capacity(4);
    // Prefixes that hold the cursor, the longest last.
    let mut open = Vec::with_capacity(4);
    open.push((domain.last, rest));
    let mut cursor = Some(domain.first);
    let mut emit = |first: u128, last: u128, value: T| match found.last_mut() {
        Some((span, known)) if *known == value => span.last = last,
        _ => found.push((Span { first, last }, value)),
    };
    for (span, row) in rows {
        let Some(span) = span.meet(domain) else { continue };
        while let Some(&(last, inner)) = open.last()
            && last < span.first
        {
            if let Some(first) = cursor.filter(|first| *first <= last) {
                emit(first, last, inner);
                cursor = last.checked_add(1);
            }
            open.pop();
        }
        if let (Some(first), Some(&(_, inner))) = (cursor, open.last())
            && first < span.first
        {
            emit(first, span.first - 1, inner);
        }
        cursor = Some(span.first);
        let around = open.last().map_or(rest, |it| it.1);
        open.push((span.last, value(around, row)));
    }
    while let Some((last, value)) = open.pop() {
        if let Some(first) = cursor.filter(|first| *first <= last) {
            emit(first, last, value);
            cursor = last.checked_add(1);
        }
    }
    found
}

/// What spans inside `whole` leave over, from the lowest address on. They come ordered by their first
/// address, and are looked at only as far as the caller goes.
pub(super) fn gaps(
    whole: Span,
    spans: impl IntoIterator<Item = Span>,
) -> impl Iterator<Item = Span> {
    let mut spans = spans.into_iter();
    let mut cursor = Some(whole.first);
    std::iter::from_fn(move || {
        loop {
            let first = cursor.filter(|first| *first <= whole.last)?;
            let Some(span) = spans.next() else {
                cursor = None;
                return Some(Span { first, last: whole.last });
            };
            cursor = span.last.checked_add(1).map(|next| next.max(first));
            if span.first > first {
                return Some(Span { first, last: (span.first - 1).min(whole.last) });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_become_the_fewest_prefixes() {
        let texts = |first: &str, last: &str| {
            let first: IpAddr = first.parse().unwrap();
            let span = Span { first: number(first), last: number(last.parse().unwrap()) };
            let family = if first.is_ipv4() { Family::V4 } else { Family::V6 };
            span.cidrs(family).map(|it| it.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(texts("0.0.0.0", "255.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(texts("10.0.0.1", "10.0.0.4"), ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/32"]);
        assert_eq!(texts("255.255.255.255", "255.255.255.255"), ["255.255.255.255/32"]);
        assert_eq!(texts("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ["::/0"]);
        assert_eq!(texts("ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ["ffff::/16"]);
    }

    fn span(first: u128, last: u128) -> Span {
        Span { first, last }
    }

    #[test]
    fn the_longest_prefix_holds() {
        let rows = [(span(0, 15), 'a'), (span(4, 7), 'b'), (span(4, 5), 'c'), (span(12, 15), 'a')];
        let found = spread(span(2, 20), '-', rows);
        let expected = [(2, 3, 'a'), (4, 5, 'c'), (6, 7, 'b'), (8, 15, 'a'), (16, 20, '-')];
        assert_eq!(found, expected.map(|(first, last, value)| (span(first, last), value)));
        let top = u128::MAX;
        let found = spread(span(0, top), '-', [(span(top, top), 'a')]);
        assert_eq!(found, [(span(0, top - 1), '-'), (span(top, top), 'a')]);
    }

    #[test]
    fn gaps_are_what_is_left_over() {
        let left = |spans: &[(u128, u128)]| {
            let spans = spans.iter().map(|&(first, last)| span(first, last));
            gaps(span(2, 9), spans).map(|it| (it.first, it.last)).collect::<Vec<_>>()
        };
        assert_eq!(left(&[]), [(2, 9)]);
        assert_eq!(left(&[(2, 9)]), []);
        assert_eq!(left(&[(2, 5), (2, 3), (8, 8)]), [(6, 7), (9, 9)]);
        assert_eq!(left(&[(4, 9), (6, 7)]), [(2, 3)]);
    }
}
