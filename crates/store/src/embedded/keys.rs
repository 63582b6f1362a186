//! Keys on disk. A tenant's name is written once; its rows carry a number of four bytes instead.
//!
//! ```text
//! 's' name            -> value             a setting
//! 't' number          -> revision, account length, account, region
//! 'v' number row-key  -> value             a tenant's row
//! ```
//!
//! Numbers are big-endian, so that a tenant's rows lie side by side.

use crate::contract::TenantKey;

pub(super) const TENANT: u8 = b't';
pub(super) const ROW: u8 = b'v';
const SETTING: u8 = b's';

/// Stands for a tenant on disk.
pub(super) type TenantNumber = u32;

/// Bytes a row key grows by.
pub(super) const ROW_PREFIX_BYTES: usize = 5;

pub(super) fn setting(name: &str) -> Vec<u8> {
    [&[SETTING], name.as_bytes()].concat()
}

pub(super) fn tenant(number: TenantNumber) -> Vec<u8> {
    [&[TENANT], number.to_be_bytes().as_slice()].concat()
}

pub(super) fn row(number: TenantNumber, key: &[u8]) -> Vec<u8> {
    [&[ROW], number.to_be_bytes().as_slice(), key].concat()
}

/// The number in a tenant's or a row's key, and what follows it.
pub(super) fn split(key: &[u8]) -> Option<(TenantNumber, &[u8])> {
    let (number, rest) = key.get(1..)?.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

pub(super) fn encode_tenant(tenant: &TenantKey, revision: u64) -> Vec<u8> {
    let mut value = revision.to_be_bytes().to_vec();
    // The contract bounds names far below 64 KiB.
    value.extend((tenant.account.len() as u16).to_be_bytes());
    value.extend(tenant.account.as_bytes());
    value.extend(tenant.region.as_bytes());
    value
}

pub(super) fn decode_tenant(value: &[u8]) -> Option<(TenantKey, u64)> {
    let (revision, rest) = value.split_first_chunk()?;
    let (account_bytes, names) = rest.split_first_chunk()?;
    let account_bytes = usize::from(u16::from_be_bytes(*account_bytes));
    let (account, region) = names.split_at_checked(account_bytes)?;
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let tenant = TenantKey::new(text(account)?, text(region)?);
    Some((tenant, u64::from_be_bytes(*revision)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_reads_back() {
        let key = TenantKey::new("1234567890123456", "cn-hangzhou");
        assert_eq!(decode_tenant(&encode_tenant(&key, 42)), Some((key, 42)));
    }

    #[test]
    fn a_cut_tenant_is_no_tenant() {
        let value = encode_tenant(&TenantKey::new("account", ""), 42);
        for cut in 0..value.len() {
            assert_eq!(decode_tenant(&value[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn rows_of_one_tenant_lie_side_by_side() {
        assert_eq!(split(&row(258, b"key")), Some((258, b"key".as_slice())));
        assert!(row(1, b"\xff\xff") < row(2, b""));
        assert!(row(255, b"\xff") < row(256, b""));
    }
}
