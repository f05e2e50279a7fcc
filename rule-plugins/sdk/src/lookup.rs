//! Attributes and settings by date.

use crate::types::{Attribute, Day, Setting, Value};

/// The value of an attribute on a day: of several that hold, the one that began last.
#[must_use]
pub fn attribute<'a>(attributes: &'a [Attribute], key: &str, day: Day) -> Option<&'a Value> {
    attributes
        .iter()
        .filter(|given| given.from <= day && given.to.is_none_or(|to| day <= to) && given.key == key)
        .max_by_key(|given| given.from)
        .map(|given| &given.value)
}

/// Whether an attribute is a flag that is set on a day.
#[must_use]
pub fn flag(attributes: &[Attribute], key: &str, day: Day) -> bool {
    matches!(attribute(attributes, key, day), Some(Value::Flag(true)))
}

/// An attribute that is one code.
#[must_use]
pub fn code<'a>(attributes: &'a [Attribute], key: &str, day: Day) -> Option<&'a str> {
    match attribute(attributes, key, day) {
        Some(Value::Code(code)) => Some(code),
        _ => None,
    }
}

/// An attribute that is a whole number.
#[must_use]
pub fn number(attributes: &[Attribute], key: &str, day: Day) -> Option<i64> {
    match attribute(attributes, key, day) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

/// How narrowly a setting is meant: for a service level, for a kind of contract, for all; none if not for this.
#[must_use]
pub fn narrowness(setting: &Setting, service: &str, contract_kind: &str) -> Option<u8> {
    if setting.scope.is_empty() {
        Some(0)
    } else if setting.scope == service {
        Some(2)
    } else if setting.scope == contract_kind {
        Some(1)
    } else {
        None
    }
}

/// The value of a setting for a service level and kind of contract on a day of care: the narrowest, and of
/// those the one that began last.
#[must_use]
pub fn setting<'a>(
    settings: &'a [Setting],
    key: &str,
    service: &str,
    contract_kind: &str,
    day: Day,
) -> Option<&'a Value> {
    settings
        .iter()
        .filter(|given| given.from <= day && given.key == key)
        .filter_map(|given| Some((narrowness(given, service, contract_kind)?, given)))
        .max_by_key(|(narrow, given)| (*narrow, given.from))
        .map(|(_, given)| &given.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting_of(scope: &str, from: Day, number: i64) -> Setting {
        Setting { key: "extras-days".to_owned(), scope: scope.to_owned(), from, value: Value::Number(number) }
    }

    #[test]
    fn the_narrower_setting_wins_and_of_equals_the_later() {
        let settings =
            [setting_of("", 0, 7), setting_of("", 10, 8), setting_of("spot", 0, 9), setting_of("one-to-one", 0, 0)];
        let at = |service, kind, day| setting(&settings, "extras-days", service, kind, day);
        assert_eq!(at("home-care", "block", 5), Some(&Value::Number(7)));
        assert_eq!(at("home-care", "block", 10), Some(&Value::Number(8)));
        assert_eq!(at("home-care", "spot", 10), Some(&Value::Number(9)));
        assert_eq!(at("one-to-one", "spot", 10), Some(&Value::Number(0)));
        assert_eq!(at("home-care", "block", -1), None);
    }

    #[test]
    fn an_attribute_holds_from_its_first_to_its_last_day() {
        let attributes =
            [Attribute { key: "framework".to_owned(), from: 3, to: Some(5), value: Value::Code("old".to_owned()) }];
        assert_eq!(code(&attributes, "framework", 2), None);
        assert_eq!(code(&attributes, "framework", 5), Some("old"));
        assert_eq!(code(&attributes, "framework", 6), None);
    }
}
