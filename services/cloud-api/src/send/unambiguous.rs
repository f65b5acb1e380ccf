//! JSON that every reader takes for the same. A key that stands twice in an object is one thing to
//! this reader and may be another to the platform's: then what was judged is not what is sent.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use crate::lenient::Malformed;

/// Reads JSON, strictly: what the platform could not read is not mended here.
pub(super) fn read(body: &[u8]) -> Result<Value, Malformed> {
    let malformed = |must_be| Malformed { field: String::new(), must_be };
    match serde_json::from_slice::<NoKeyTwice>(body).map_err(|error| error.classify()) {
        Ok(NoKeyTwice) => {}
        Err(Category::Data) => return Err(malformed("without any key twice in one object")),
        Err(_) => return Err(malformed("JSON in UTF-8, of at most 127 levels")),
    }
    serde_json::from_slice(body).map_err(|_| malformed("JSON in UTF-8, of at most 127 levels"))
}

/// JSON of which nothing is kept, but looked at to the last key.
struct NoKeyTwice;

impl<'de> Deserialize<'de> for NoKeyTwice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = NoKeyTwice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<NoKeyTwice, E> {
        Ok(NoKeyTwice)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<NoKeyTwice, E> {
        Ok(NoKeyTwice)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<NoKeyTwice, E> {
        Ok(NoKeyTwice)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<NoKeyTwice, E> {
        Ok(NoKeyTwice)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<NoKeyTwice, E> {
        Ok(NoKeyTwice)
    }

    fn visit_unit<E: Error>(self) -> Result<NoKeyTwice, E> {
        Ok(NoKeyTwice)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<NoKeyTwice, A::Error> {
        while elements.next_element::<NoKeyTwice>()?.is_some() {}
        Ok(NoKeyTwice)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<NoKeyTwice, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom("a key twice"));
            }
            members.next_value::<NoKeyTwice>()?;
        }
        Ok(NoKeyTwice)
    }
}
