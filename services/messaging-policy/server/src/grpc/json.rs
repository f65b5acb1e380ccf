//! JSON as messages carry it, and back.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value as Told};
use serde_json::{Map, Number, Value};

/// JSON of a message's value. Whole numbers stay whole.
pub(super) fn read(told: &Told) -> Value {
    match &told.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => Value::Bool(*value),
        Some(Kind::NumberValue(value)) => number(*value),
        Some(Kind::StringValue(text)) => Value::String(text.clone()),
        Some(Kind::ListValue(list)) => Value::Array(list.values.iter().map(read).collect()),
        Some(Kind::StructValue(object)) => read_object(object),
    }
}

/// JSON of a message's object.
pub(super) fn read_object(told: &Struct) -> Value {
    Value::Object(told.fields.iter().map(|(key, value)| (key.clone(), read(value))).collect())
}

/// A message's value of JSON.
fn tell(value: &Value) -> Told {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.iter().map(tell).collect() })
        }
        Value::Object(object) => Kind::StructValue(tell_object(object)),
    };
    Told { kind: Some(kind) }
}

/// A message's object of JSON.
pub(super) fn tell_object(object: &Map<String, Value>) -> Struct {
    Struct { fields: object.iter().map(|(key, value)| (key.clone(), tell(value))).collect() }
}

fn number(value: f64) -> Value {
    // Whole numbers beyond this are not told exactly.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and within bounds")]
        return Value::Number(Number::from(value as i64));
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_comes_back_as_it_was() {
        let given = json!({
            "type": "button", "index": 0, "far": -9_007_199_254_740_992_i64, "half": 0.5,
            "parameters": [{"type": "text", "text": "مرحبا"}, null, true, []], "more": {}
        });
        let told = tell_object(given.as_object().unwrap());
        assert_eq!(read_object(&told), given);
    }

    #[test]
    fn what_is_no_number_is_null() {
        assert_eq!(number(f64::NAN), Value::Null);
        assert_eq!(number(f64::INFINITY), Value::Null);
    }
}
