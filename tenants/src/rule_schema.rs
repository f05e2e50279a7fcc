//! A setting of a payment rule as its own JSON Schema has it: read from what somebody typed, and checked. For settings
//! that are tried ([`try_rule`](crate::steps::try_rule)) and those that hold ([`set_rule_setting`](crate::steps::set_rule_setting)).

use counterfoil_core::pricing::facts::Value;
use serde_json::Value as Json;

use crate::rule_trial::TriedSetting;

/// The longest name of a service level or kind of contract, in characters.
const LONGEST_SCOPE: usize = 100;
/// The most settings that are tried at once.
const MOST_SETTINGS: usize = 20;

/// The settings that a rule has, each with what its schema says about it, by name.
#[must_use]
pub fn choices_of(schema: &str) -> Vec<(String, String)> {
    let described = |(key, property): (&String, &Json)| {
        let words = property.get("description").and_then(Json::as_str).unwrap_or_default();
        (key.clone(), words.to_owned())
    };
    let Ok(schema) = serde_json::from_str::<Json>(schema) else { return Vec::new() };
    let properties = schema.get("properties").and_then(Json::as_object);
    let mut choices: Vec<(String, String)> =
        properties.map(|properties| properties.iter().map(described).collect()).unwrap_or_default();
    choices.sort();
    choices
}

/// A setting as somebody typed it: several codes stand apart by commas.
///
/// # Errors
/// What to change, in words.
pub fn typed(schema: &str, (key, scope, words): (&str, &str, &str)) -> Result<TriedSetting, String> {
    let property = property(schema, key)?;
    let words = words.trim();
    let value = match property.get("type").and_then(Json::as_str) {
        Some("integer") => {
            Value::Number(words.parse().map_err(|_| format!("Enter \u{2018}{key}\u{2019} as a whole number"))?)
        }
        Some("boolean") => match words {
            "true" | "yes" => Value::Flag(true),
            "false" | "no" => Value::Flag(false),
            _ => return Err(format!("Enter \u{2018}{key}\u{2019} as yes or no")),
        },
        Some("array") => {
            Value::Codes(words.split(',').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect())
        }
        _ if words.is_empty() => return Err(format!("Enter the value of \u{2018}{key}\u{2019}")),
        _ => Value::Code(words.to_owned()),
    };
    let setting = TriedSetting { key: key.to_owned(), scope: scope.trim().to_owned(), value };
    fits(&property, &setting)?;
    Ok(setting)
}

/// Whether settings are those of a rule, each given once.
pub(crate) fn check(schema: &str, settings: &[TriedSetting]) -> Result<(), String> {
    if settings.len() > MOST_SETTINGS {
        return Err(format!("Try at most {MOST_SETTINGS} settings at once"));
    }
    for (number, setting) in settings.iter().enumerate() {
        let before = settings.iter().take(number);
        if before.into_iter().any(|other| other.key == setting.key && other.scope == setting.scope) {
            return Err(format!("\u{2018}{}\u{2019} is given twice. Give it once", setting.key));
        }
        fits(&property(schema, &setting.key)?, setting)?;
    }
    Ok(())
}

fn property(schema: &str, key: &str) -> Result<Json, String> {
    let schema: Json = serde_json::from_str(schema).unwrap_or_default();
    let found = schema.get("properties").and_then(|properties| properties.get(key)).cloned();
    found.ok_or_else(|| format!("This version has no setting \u{2018}{key}\u{2019}. Select one of its own"))
}

fn fits(property: &Json, setting: &TriedSetting) -> Result<(), String> {
    let key = &setting.key;
    if setting.scope.chars().count() > LONGEST_SCOPE {
        return Err(format!("What \u{2018}{key}\u{2019} is for must be {LONGEST_SCOPE} characters or fewer"));
    }
    let is = property.get("type").and_then(Json::as_str).unwrap_or("string");
    match (&setting.value, is) {
        (Value::Flag(_), "boolean") | (Value::Codes(_), "array") => Ok(()),
        (Value::Number(number), "integer") => {
            let bound = |name: &str| property.get(name).and_then(Json::as_i64);
            if bound("minimum").is_some_and(|least| *number < least) {
                let least = bound("minimum").unwrap_or_default();
                return Err(format!("\u{2018}{key}\u{2019} must be {least} or more"));
            }
            match bound("maximum").filter(|most| number > most) {
                Some(most) => Err(format!("\u{2018}{key}\u{2019} must be {most} or less")),
                None => Ok(()),
            }
        }
        (Value::Code(code), "string") => {
            let Some(known) = property.get("enum").and_then(Json::as_array) else { return Ok(()) };
            let known: Vec<&str> = known.iter().filter_map(Json::as_str).collect();
            if known.contains(&code.as_str()) {
                return Ok(());
            }
            Err(format!("\u{2018}{key}\u{2019} must be one of these: {}", known.join(", ")))
        }
        _ => Err(format!("The value of \u{2018}{key}\u{2019} is not of the kind that this version takes")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SCHEMA: &str = r#"{ "type": "object", "properties": {
        "rounding": { "type": "string", "enum": ["exact", "nearest"], "description": "How minutes are paid." },
        "rounding-minutes": { "type": "integer", "minimum": 1, "maximum": 60 },
        "frustrated-reasons": { "type": "array", "items": { "type": "string" } },
        "weekends": { "type": "boolean" } } }"#;

    fn value(key: &str, words: &str) -> Result<Value, String> {
        typed(SCHEMA, (key, "", words)).map(|setting| setting.value)
    }

    #[test]
    fn what_is_typed_is_read_by_the_rules_own_schema() {
        assert_eq!(value("rounding", " nearest ").unwrap(), Value::Code("nearest".to_owned()));
        assert_eq!(value("rounding-minutes", "15").unwrap(), Value::Number(15));
        let codes = ["hospital", "refused"].map(str::to_owned).to_vec();
        assert_eq!(value("frustrated-reasons", "hospital, refused,").unwrap(), Value::Codes(codes));
        assert_eq!(value("weekends", "yes").unwrap(), Value::Flag(true));
        assert_eq!(choices_of(SCHEMA).len(), 4);
        assert!(choices_of(SCHEMA).contains(&("rounding".to_owned(), "How minutes are paid.".to_owned())));
    }

    #[test]
    fn what_the_rule_does_not_take_is_said() {
        for (key, typed, words) in [
            ("rounding", "sideways", "must be one of these: exact, nearest"),
            ("rounding", "", "Enter the value"),
            ("rounding-minutes", "0", "must be 1 or more"),
            ("rounding-minutes", "61", "must be 60 or less"),
            ("rounding-minutes", "a quarter", "as a whole number"),
            ("weekends", "perhaps", "as yes or no"),
            ("price", "7", "has no setting"),
        ] {
            let said = value(key, typed).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn a_setting_is_given_once_for_the_same() {
        let one = typed(SCHEMA, ("rounding", "", "exact")).unwrap();
        let spot = typed(SCHEMA, ("rounding", "spot", "nearest")).unwrap();
        assert!(check(SCHEMA, &[one.clone(), spot]).is_ok());
        assert!(check(SCHEMA, &[one.clone(), one]).unwrap_err().contains("given twice"));
    }
}
