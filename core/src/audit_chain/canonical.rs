//! Canonical JSON: one text for each value, so that equal values have equal digests and different ones different ones.
//! Numbers are not read but copied, so that no two of them are taken for the same.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// How deep values may be nested. Records are three deep.
const DEEPEST: u32 = 100;

/// Text that is not JSON, or JSON that means different things to different readers.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// It cannot be read, or has the same key twice.
    #[error("it is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is nested deeper than anything that is recorded.
    #[error("it is nested more than {DEEPEST} deep")]
    TooDeep,
}

/// The canonical text of a JSON value.
///
/// # Errors
/// [`NotCanonical`].
pub fn canonical(json: &str) -> Result<String, NotCanonical> {
    let mut text = String::with_capacity(json.len());
    write(serde_json::from_str(json)?, DEEPEST, &mut text)?;
    Ok(text)
}

/// Appends text as a JSON string.
pub(super) fn push_string(text: &mut String, string: &str) -> Result<(), NotCanonical> {
    text.push_str(&serde_json::to_string(string)?);
    Ok(())
}

fn write(value: &RawValue, deeper: u32, text: &mut String) -> Result<(), NotCanonical> {
    let raw = value.get();
    let deeper_still = deeper.checked_sub(1).ok_or(NotCanonical::TooDeep)?;
    match raw.as_bytes().first() {
        Some(b'{') => {
            text.push('{');
            let Fields(fields) = serde_json::from_str(raw)?;
            for (number, (key, value)) in fields.into_iter().enumerate() {
                if number > 0 {
                    text.push(',');
                }
                push_string(text, &key)?;
                text.push(':');
                write(value, deeper_still, text)?;
            }
            text.push('}');
        }
        Some(b'[') => {
            text.push('[');
            let items: Vec<&RawValue> = serde_json::from_str(raw)?;
            for (number, item) in items.into_iter().enumerate() {
                if number > 0 {
                    text.push(',');
                }
                write(item, deeper_still, text)?;
            }
            text.push(']');
        }
        Some(b'"') => {
            let string: String = serde_json::from_str(raw)?;
            push_string(text, &string)?;
        }
        // a number, true, false or null
        _ => text.push_str(raw),
    }
    Ok(())
}

/// An object's fields in the order of their keys, none of them twice.
struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if fields.contains_key(&key) {
                        return Err(serde::de::Error::custom(format!("the key \u{2018}{key}\u{2019} is there twice")));
                    }
                    fields.insert(key, value);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn order_of_keys_white_space_and_escapes_make_no_difference() {
        let one = "{ \"pence\" : 1885, \"a\": [ true , null,\"\\u00a3\\/\"] }";
        assert_eq!(canonical(one).unwrap(), "{\"a\":[true,null,\"\u{a3}/\"],\"pence\":1885}");
        assert_eq!(canonical("\"\\u001F\\u000a\"").unwrap(), "\"\\u001f\\n\"");
    }

    #[test]
    fn numbers_are_not_rounded_into_one_another() {
        let (one, other) = ("9007199254740993.00", "9007199254740993.0000000000000000001");
        assert_eq!(canonical(one).unwrap(), one);
        assert_eq!(canonical(other).unwrap(), other);
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        assert!(canonical("{\"a\":1,\"a\":2}").is_err());
        assert!(canonical("{\"a\":1,\"\\u0061\":2}").is_err());
        assert!(canonical("{\"b\":{\"a\":1,\"a\":1}}").is_err());
    }

    #[test]
    fn what_is_nested_without_end_is_refused_and_does_not_overflow() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(canonical(&deep).is_err());
        assert!(canonical("[[[]]]").is_ok());
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "{\"a\":1", "01", "NaN", "{} {}", "'a'"] {
            assert!(canonical(text).is_err(), "{text}");
        }
    }
}
