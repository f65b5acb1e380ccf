//! JSON that may be other than documented: a value together with its place in the body, so that
//! what is wrong can be named. Null is missing, a blank string too, and ids and times may be
//! numbers or strings. No word of messages, changes or templates here.

use serde_json::Value;

static MISSING: Value = Value::Null;

/// What is wrong with a value, for who has to find it in the body. Quotes no value of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {must_be}")]
pub struct Malformed {
    /// The path of what is missing or bad, from the body's root:
    /// `entry[0].changes[0].value.messages[2].timestamp`.
    pub field: String,
    /// What must be there, to follow "must be".
    pub must_be: &'static str,
}

/// A value and the path to it from the body's root.
pub(crate) struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// A root that stands in something larger, under `name`.
    pub(crate) fn named(value: &'a Value, name: &str) -> Self {
        Self { value, path: name.to_owned() }
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What stands under `key`; a null where there is nothing, or no object to look in.
    pub(crate) fn child(&self, key: &str) -> Self {
        Self { value: self.value.get(key).unwrap_or(&MISSING), path: self.path_of(key) }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some_and(|value| !value.is_null())
    }

    /// Null, or a list of nothing.
    pub(crate) fn is_absent(&self) -> bool {
        self.value.is_null() || self.value.as_array().is_some_and(Vec::is_empty)
    }

    /// Whether it is missing, or says as much as if it were.
    pub(crate) fn is_blank(&self) -> bool {
        self.value.is_null() || self.value.as_str().is_some_and(|text| text.trim().is_empty())
    }

    pub(crate) fn object(&self) -> Result<&Self, Malformed> {
        if self.value.is_object() { Ok(self) } else { Err(self.must_be("an object")) }
    }

    pub(crate) fn elements(&self) -> Result<impl Iterator<Item = Node<'a>> + use<'a>, Malformed> {
        let Value::Array(elements) = self.value else {
            return Err(self.must_be("an array"));
        };
        let path = self.path.clone();
        Ok(elements
            .iter()
            .enumerate()
            .map(move |(index, value)| Node { value, path: format!("{path}[{index}]") }))
    }

    /// A string that says something.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        let text = self.value.get(key)?.as_str()?;
        (!text.trim().is_empty()).then_some(text)
    }

    pub(crate) fn required_text(&self, key: &str) -> Result<&'a str, Malformed> {
        self.text(key).ok_or_else(|| self.malformed(key, "a non-empty string"))
    }

    /// An id: a string, or an integer as its digits.
    pub(crate) fn id(&self, key: &str) -> Option<String> {
        match self.value.get(key)? {
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            _ => self.text(key).map(str::to_owned),
        }
    }

    pub(crate) fn required_id(&self, key: &str) -> Result<String, Malformed> {
        self.id(key).ok_or_else(|| self.malformed(key, "a non-empty string or an integer"))
    }

    /// A whole number, or a string of one.
    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        match self.value.get(key)? {
            Value::String(digits) => digits.trim().parse().ok(),
            number => number.as_i64(),
        }
    }

    /// A time in Unix seconds.
    pub(crate) fn seconds(&self, key: &str) -> Result<i64, Malformed> {
        self.integer(key)
            .ok_or_else(|| self.malformed(key, "Unix seconds, as an integer or a string of one"))
    }

    /// A time in Unix seconds, also where it is told in milliseconds: no message is of the year 5138.
    pub(crate) fn instant(&self, key: &str) -> Result<i64, Malformed> {
        const MOST_SECONDS: i64 = 100_000_000_000;
        let told = self.seconds(key)?;
        Ok(if told > MOST_SECONDS { told / 1_000 } else { told })
    }

    /// The same where there may be none: null, or nothing.
    pub(crate) fn instant_if_told(&self, key: &str) -> Result<Option<i64>, Malformed> {
        if self.child(key).is_blank() { Ok(None) } else { self.instant(key).map(Some) }
    }

    /// A place in a list, from 0.
    pub(crate) fn position(&self, key: &str) -> Result<u32, Malformed> {
        match self.value.get(key) {
            Some(Value::String(digits)) => digits.trim().parse().ok(),
            Some(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            None => None,
        }
        .ok_or_else(|| self.malformed(key, "a position from 0, as an integer or a string of one"))
    }

    /// That this value is not what it must be.
    pub(crate) fn must_be(&self, must_be: &'static str) -> Malformed {
        malformed(self.path.clone(), must_be)
    }

    /// That what stands under `key` is not what it must be.
    pub(crate) fn malformed(&self, key: &str, must_be: &'static str) -> Malformed {
        malformed(self.path_of(key), must_be)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

fn malformed(field: String, must_be: &'static str) -> Malformed {
    Malformed { field, must_be }
}
