use super::*;

fn encode(items: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut bytes = vec![START];
    bytes.extend((items.len() as u32).to_le_bytes());
    bytes.extend(7u64.to_le_bytes());
    let from = bytes.len();
    for (key, value) in items {
        bytes.extend([ITEM, 0, 0]);
        bytes.extend(1u64.to_le_bytes());
        bytes.extend((key.len() as u16).to_le_bytes());
        bytes.extend((value.len() as u32).to_le_bytes());
        bytes.extend((value.len() as u32).to_le_bytes());
        bytes.extend(*key);
        bytes.extend(*value);
    }
    let checksum = xxhash_rust::xxh3::xxh3_64(&bytes[from..]);
    bytes.push(END);
    bytes.extend(checksum.to_le_bytes());
    bytes.extend(TRAILER);
    bytes
}

fn sample() -> Vec<u8> {
    encode(&[(b"first", b"value"), (b"second", &[9; 700])])
}

#[test]
fn a_batch_is_as_long_as_foretold() {
    let bytes = sample();
    let expected = Batch { bytes: bytes.len(), sequence: 7 };
    assert_eq!(batch(&bytes), Ok(expected));
    assert_eq!(batch_bytes(2, 5 + 5 + 6 + 700), bytes.len());
}

#[test]
fn every_cut_is_torn_whether_zeros_follow_or_not() {
    let whole = sample();
    for cut in 1..whole.len() {
        assert_eq!(tail(&whole[..cut], 0), Tail::Torn, "cut at {cut}");
        let mut padded = whole[..cut].to_vec();
        padded.resize(whole.len() + 4096, 0);
        assert_eq!(tail(&padded, 0), Tail::Torn, "cut at {cut}, padded");
    }
}

#[test]
fn a_sector_that_never_reached_the_disk_is_torn() {
    let mut bytes = sample();
    bytes[200..712].fill(0);
    assert_eq!(tail(&bytes, 312), Tail::Torn);
}

#[test]
fn no_flipped_bit_passes_and_most_are_damage() {
    let whole = sample();
    let mut damaged = 0;
    for bit in 0..whole.len() * 8 {
        // The sequence number is outside the checksum; the scan checks that it grows.
        if (5..13).contains(&(bit / 8)) {
            continue;
        }
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(batch(&bytes).is_err(), "bit {bit} went unnoticed");
        damaged += usize::from(tail(&bytes, 0) == Tail::Damaged);
    }
    // A flip in the last four bytes looks like an end that was not written.
    assert!(damaged >= (whole.len() - 8 - 4) * 8, "only {damaged}");
}

#[test]
fn a_flip_with_whole_batches_behind_it_is_damage() {
    let whole = sample();
    for byte in (0..whole.len()).filter(|byte| !(5..13).contains(byte)) {
        let mut bytes = whole.repeat(2);
        bytes[byte] ^= 0x40;
        assert_eq!(tail(&bytes, 0), Tail::Damaged, "byte {byte}");
    }
}

#[test]
fn zeros_are_clean() {
    assert_eq!(tail(&[0; 100], 0), Tail::Clean);
    assert_eq!(tail(&[], 0), Tail::Clean);
}
