//! Every declared example holds in the standard scene.

use super::World;
use crate::catalogue;
use serde_json::Value;

#[test]
fn examples_answer_what_they_say() {
    for entry in catalogue::all() {
        for example in entry.declaration.examples {
            let name = entry.declaration.name;
            let mut world = World::scene_of_examples();
            let expected: Value = serde_json::from_str(&world.resolve(example.answer))
                .unwrap_or_else(|e| panic!("{name}: example answer is not JSON: {e}"));
            let actual = match world.call(name, example.request) {
                Ok(answer) => answer,
                Err(refusal) => serde_json::json!({ "Code": refusal.code }),
            };
            assert!(holds(&expected, &actual), "{name}, {}: {actual}", example.title);
        }
    }
}

/// Whether every member of `expected` is in `actual`; `"*"` matches anything.
fn holds(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::String(any), _) if any == "*" => true,
        (Value::Object(expected), Value::Object(actual)) => expected
            .iter()
            .all(|(name, value)| actual.get(name).is_some_and(|actual| holds(value, actual))),
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(expected, actual)| holds(expected, actual))
        }
        _ => expected == actual,
    }
}
