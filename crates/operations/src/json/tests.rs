use super::write;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn written(value: &impl Serialize) -> String {
    let mut text = String::from("before:");
    write(&mut text, value);
    text.strip_prefix("before:").unwrap().to_owned()
}

fn assert_as_serde_json(value: &impl Serialize) {
    assert_eq!(written(value), serde_json::to_string(value).unwrap());
}

#[derive(Serialize)]
enum Shape {
    Unit,
    New(u8),
    Tuple(i64, bool),
    Struct { a: Option<char>, b: (), c: f64 },
}

#[derive(Serialize)]
struct Outer {
    first: &'static [Shape],
    #[serde(flatten)]
    rest: BTreeMap<String, i128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<u8>,
}

#[test]
fn every_shape_is_written() {
    let first = &[
        Shape::Unit,
        Shape::New(7),
        Shape::Tuple(i64::MIN, true),
        Shape::Struct { a: Some('"'), b: (), c: 0.5 },
        Shape::Struct { a: None, b: (), c: f64::NAN },
    ];
    let rest = BTreeMap::from([("a\nb".into(), i128::MAX), ("ü".into(), -1)]);
    assert_as_serde_json(&Outer { first, rest, absent: None });
    assert_as_serde_json(&(BTreeMap::from([(-3, "x"), (4, "")]), [u128::MAX], 1.5_f32));
    assert_as_serde_json(&BTreeMap::from([(true, [b'a'])]));
}

#[test]
#[should_panic(expected = "answers are plain values")]
fn a_list_is_no_key() {
    written(&BTreeMap::from([([1, 2], 3)]));
}

#[test]
fn every_character_is_escaped_at_every_place() {
    for code in (0..0x100).chain([0x2028, 0xFFFF, 0x1F600]) {
        let Some(character) = char::from_u32(code) else { continue };
        for before in 0..9 {
            for after in [0, 1, 7, 8] {
                let around = |count| "x".repeat(count);
                let text = format!("{}{character}{}", around(before), around(after));
                assert_as_serde_json(&text);
            }
        }
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| json!(members.into_iter().collect::<serde_json::Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_written_as_serde_json_writes_it(value in values()) {
        prop_assert_eq!(written(&value), serde_json::to_string(&value).unwrap());
    }
}
