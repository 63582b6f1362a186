//! Any text as a policy document, and as a trust policy: it decides, or is refused, in bounded time.
//!
//! An input is a document; it is asked about requests made from its own words, so that patterns
//! come near matching.
#![no_main]

use causeway_ram::{Decision, Keys, Policy, Request, Trust, Trusted, evaluate};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|text: &str| -> Corpus {
    trust(text);
    let Ok(policy) = Policy::parse(text) else { return Corpus::Keep };
    let mut keys = Keys::default();
    for (key, value) in [
        ("acs:SourceIp", "192.0.2.1"),
        ("acs:CurrentTime", "2026-11-20T10:00:00Z"),
        ("acs:SecureTransport", "true"),
        ("acs:PrincipalARN", "acs:ram::1234567890123456:user/alice"),
    ] {
        keys.set(key, value);
    }
    let words: Vec<&str> = text.split('"').filter(|word| word.contains(':')).take(8).collect();
    for action in words.iter().copied().chain(["vpc:CreateVpc"]) {
        for resource in words.iter().copied().chain(["acs:vpc:cn-hangzhou:1:vpc/vpc-1"]) {
            let request = Request { action, resource, keys: &keys };
            let alone = evaluate(std::slice::from_ref(&policy), None, &request);
            // Twice the same policy says the same, and as its own session it narrows nothing.
            assert_eq!(alone, evaluate(&[policy.clone(), policy.clone()], None, &request));
            let within = evaluate(std::slice::from_ref(&policy), Some(&policy), &request);
            let allowed = |decision| matches!(decision, Decision::Allowed(_));
            assert_eq!(allowed(alone), allowed(within));
        }
    }
    Corpus::Keep
});

/// Whom a trust policy trusts it names: a text without its ARN, or its account's, trusts nobody.
fn trust(text: &str) {
    let Ok(trust) = Trust::parse(text) else { return };
    let mut keys = Keys::default();
    keys.set("sts:ExternalId", "abc");
    for (account, arn) in [
        ("1234567890123456", "acs:ram::1234567890123456:user/alice"),
        ("1234567890123456", "acs:ram::1234567890123456:role/router"),
        ("1", "acs:ram::1:user/a"),
    ] {
        let decision = trust.decide(&Trusted { account, arn }, "sts:AssumeRole", &keys);
        if matches!(decision, Decision::Allowed(_)) {
            let names = |arn: &str| text.contains(arn);
            let escaped = text.contains('\\');
            assert!(escaped || names(arn) || names(&format!("acs:ram::{account}:root")));
        }
    }
}
