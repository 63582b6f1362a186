//! Any text as a CIDR block: what is printed reads back as the same block.
#![no_main]

use causeway_types::Cidr;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|text: &str| -> Corpus {
    let Ok(cidr) = text.parse::<Cidr>() else { return Corpus::Keep };
    assert_eq!(cidr.to_string().parse(), Ok(cidr), "{text}");
    assert!(cidr.contains(&cidr) && cidr.overlaps(&cidr));
    assert!(cidr.contains_address(cidr.network()) && cidr.contains_address(cidr.last()));
    assert_eq!(cidr.is_default(), cidr.length() == 0);
    Corpus::Keep
});
