//! JSON of any kind, and bodies with anything in any place: what the robustness tests of all
//! parsers are made of.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

/// Places of a body, and what is put there.
pub(crate) type Changes = Vec<(Index, Value)>;

/// Changes of a body by JSON whose keys match `keys`.
pub(crate) fn changes(keys: &'static str) -> impl Strategy<Value = Changes> {
    prop::collection::vec((any::<Index>(), any_json(keys)), 1..5)
}

/// `body` with each of the changes in its place.
pub(crate) fn changed(mut body: Value, changes: Changes) -> Value {
    for (index, replacement) in changes {
        let mut places = Vec::new();
        pointers(&body, "", &mut places);
        if places.is_empty() {
            break;
        }
        let place = &places[index.index(places.len())];
        *body.pointer_mut(place).expect("it is there") = replacement;
    }
    body
}

/// The pointers to all values below `value`.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (key, child) in children {
        let pointer = format!("{at}/{key}");
        pointers(child, &pointer, into);
        into.push(pointer);
    }
}

/// JSON of any kind, with keys that match a pattern.
pub(crate) fn any_json(keys: &'static str) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[0-9+]{0,14}".prop_map(Value::from),
        keys.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(keys, inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
