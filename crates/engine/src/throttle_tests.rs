use super::*;
use std::net::{Ipv4Addr, Ipv6Addr};

const NOW_MS: i64 = 1_800_000_000_000;

fn throttles(per_action: Option<u32>, per_account: Option<u32>) -> Throttles {
    let rate = |calls: Option<u32>| calls.and_then(Rate::per_second);
    let failed = Rate::per_second(3);
    Throttles::new(Throttle {
        per_action: rate(per_action),
        per_account: rate(per_account),
        failed,
    })
}

fn code(result: Result<(), ProtocolError>) -> (String, u64) {
    let error = result.unwrap_err();
    (error.code.into_owned(), error.retry_after_ms.unwrap())
}

#[test]
fn a_second_of_calls_may_come_at_once_and_then_they_trickle() {
    let throttles = throttles(Some(4), None);
    let admit = |at_ms| throttles.admit("1", "A", NOW_MS + at_ms);
    assert!((0..4).all(|_| admit(0).is_ok()));
    assert_eq!(code(admit(0)), ("Throttling.Api".into(), 250));
    assert_eq!(code(admit(100)).1, 150, "a refused call is not counted");
    assert_eq!(admit(250), Ok(()));
    assert_eq!(code(admit(251)).1, 249);
    assert!((0..4).all(|_| admit(9000).is_ok()));
    assert!(admit(9000).is_err(), "a bucket holds a second's calls, however long it waited");
}

#[test]
fn accounts_and_actions_have_their_own() {
    let throttles = throttles(Some(1), Some(2));
    let admit = |account, action| throttles.admit(account, action, NOW_MS);
    assert_eq!(admit("1", "A"), Ok(()));
    assert_eq!(code(admit("1", "A")).0, "Throttling.Api");
    assert_eq!(admit("1", "B"), Ok(()));
    assert_eq!(code(admit("1", "C")), ("Throttling.User".into(), 500));
    assert_eq!(admit("2", "A"), Ok(()));
    assert_eq!(throttles.admit("1", "C", NOW_MS + 500), Ok(()), "C was not counted before");
}

#[test]
fn a_clock_set_back_locks_nobody_out_for_longer_than_a_second() {
    let throttles = throttles(Some(1), None);
    assert_eq!(throttles.admit("1", "A", NOW_MS + 3_600_000), Ok(()));
    assert_eq!(code(throttles.admit("1", "A", NOW_MS)).1, 1000);
    assert_eq!(throttles.admit("1", "A", NOW_MS + 3_600_000 + 1000), Ok(()));
}

#[test]
fn strangers_are_held_back_by_address() {
    let throttles = throttles(None, None);
    let [bad, good] = [1, 2].map(|last| IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
    // Two addresses may share a bucket, once in 4096.
    assert!(throttles.bucket(bad) != throttles.bucket(good) || SOURCES < 8192);
    for _ in 0..3 {
        assert_eq!(throttles.admit_source(bad, NOW_MS), Ok(()));
        throttles.note_failure(bad, NOW_MS);
    }
    assert_eq!(code(throttles.admit_source(bad, NOW_MS)), ("Throttling".into(), 334));
    if throttles.bucket(bad) != throttles.bucket(good) {
        assert_eq!(throttles.admit_source(good, NOW_MS), Ok(()));
    }
    assert_eq!(throttles.admit_source(bad, NOW_MS + 334), Ok(()));
}

#[test]
fn an_ipv6_network_is_one_source() {
    let throttles = throttles(None, None);
    let address = |text: &str| IpAddr::V6(text.parse::<Ipv6Addr>().unwrap());
    let bucket = |text: &str| throttles.bucket(address(text));
    assert_eq!(bucket("2001:db8::1"), bucket("2001:db8::ffff:1"));
    assert!((1..20).any(|n| bucket("2001:db8::1") != bucket(&format!("2001:db8:0:{n}::1"))));
}
