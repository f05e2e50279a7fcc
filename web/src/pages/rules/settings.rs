//! The settings that a rule understands, from its JSON Schema into plain words. A rule wrote the schema: what is not
//! understood of it is said to take anything, and no more of it is shown than a page can hold.

use counterfoil_core::pricing::facts;
use serde::Serialize;
use serde_json::Value;

use super::shown::cut;

/// How many settings a page shows.
const MOST: usize = 100;
/// How many of the values that a setting can have it names.
const MOST_VALUES: usize = 20;

/// A setting.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Setting {
    name: String,
    /// What it is for, in its author's words.
    about: String,
    /// What it can be.
    takes: String,
    /// What it is where nothing is set.
    unless: String,
}

/// The settings of a schema, in its order, and how many more there are.
pub(super) fn of(schema: &str) -> (Vec<Setting>, usize) {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return (Vec::new(), 0) };
    let settings = properties.iter().take(MOST).map(|(name, setting)| Setting::of(name, setting));
    (settings.collect(), properties.len().saturating_sub(MOST))
}

/// One of them, and what it is typed into.
pub(super) fn one(schema: &str, name: &str) -> Option<(Setting, Field)> {
    let schema: Value = serde_json::from_str(schema).ok()?;
    let setting = schema.get("properties")?.get(name)?;
    Some((Setting::of(name, setting), Field::of(setting)))
}

impl Setting {
    fn of(name: &str, setting: &Value) -> Self {
        Self {
            name: cut(name),
            about: cut(text(setting, "description").or_else(|| text(setting, "title")).unwrap_or_default()),
            takes: cut(&takes(setting)),
            unless: setting.get("default").map_or_else(|| "Not set".to_owned(), |value| cut(&plain(value))),
        }
    }

    /// One that no schema has.
    pub(super) fn unknown(name: &str) -> Self {
        Self { name: cut(name), about: String::new(), takes: String::new(), unless: String::new() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// What a value is typed into, or chosen from.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(super) enum Field {
    Choice {
        items: Vec<Item>,
    },
    Number,
    Words,
    /// A code on each line.
    List,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Item {
    value: String,
    text: String,
}

impl Field {
    fn of(setting: &Value) -> Self {
        let item = |value: &str, text: &str| Item { value: value.to_owned(), text: cut(text) };
        if let Some(values) = setting.get("enum").and_then(Value::as_array) {
            let codes = values.iter().filter_map(Value::as_str).take(MOST);
            return Self::Choice { items: codes.map(|code| item(code, code)).collect() };
        }
        match text(setting, "type") {
            Some("boolean") => Self::Choice { items: vec![item("true", "Yes"), item("false", "No")] },
            Some("integer") => Self::Number,
            Some("array") => Self::List,
            _ => Self::Words,
        }
    }
}

/// A value that a council has set, as people read it.
pub(in crate::pages) fn value(value: &facts::Value) -> String {
    match value {
        facts::Value::Flag(true) => "yes".to_owned(),
        facts::Value::Flag(false) => "no".to_owned(),
        facts::Value::Number(number) => number.to_string(),
        facts::Value::Code(code) => code.clone(),
        facts::Value::Codes(codes) if codes.is_empty() => "none".to_owned(),
        facts::Value::Codes(codes) => codes.join(", "),
    }
}

fn text<'a>(schema: &'a Value, key: &str) -> Option<&'a str> {
    schema.get(key).and_then(Value::as_str)
}

/// What a value can be.
fn takes(schema: &Value) -> String {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let mut named: Vec<String> = values.iter().take(MOST_VALUES).map(plain).collect();
        if values.len() > MOST_VALUES {
            named.push("and others".to_owned());
        }
        return format!("One of: {}", named.join(", "));
    }
    match text(schema, "type") {
        Some("boolean") => "Yes or no".to_owned(),
        Some("integer") => bounded(schema, "A whole number"),
        Some("number") => bounded(schema, "A number"),
        Some("string") => "Words".to_owned(),
        Some("array") => match schema.get("items").map(takes) {
            Some(each) if each == "Words" => "A list of words".to_owned(),
            Some(each) if each != "Anything" => format!("A list, each of it: {}", small(&each)),
            _ => "A list".to_owned(),
        },
        Some("object") => "Several values by name".to_owned(),
        _ => "Anything".to_owned(),
    }
}

/// A number with the bounds that it has.
fn bounded(schema: &Value, what: &str) -> String {
    let bound = |key: &str| schema.get(key).filter(|value| value.is_number()).map(Value::to_string);
    match (bound("minimum"), bound("maximum")) {
        (Some(least), Some(most)) => format!("{what} from {least} to {most}"),
        (Some(least), None) => format!("{what}, {least} or more"),
        (None, Some(most)) => format!("{what}, {most} or less"),
        (None, None) => what.to_owned(),
    }
}

fn small(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// A value as people read it.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "none".to_owned(),
        Value::Array(values) => values.iter().take(MOST_VALUES).map(plain).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(setting: &Value) -> (String, String) {
        let (settings, _) = of(&json!({ "properties": { "one": setting } }).to_string());
        settings.into_iter().map(|setting| (setting.takes, setting.unless)).next().unwrap_or_default()
    }

    #[test]
    fn a_setting_is_said_in_plain_words() {
        let (settings, more) = of(r#"{"properties": {"extras-days": {"type": "integer", "minimum": 0, "maximum": 28,
            "default": 7, "description": "For so many days."}}}"#);
        let expected = Setting {
            name: "extras-days".to_owned(),
            about: "For so many days.".to_owned(),
            takes: "A whole number from 0 to 28".to_owned(),
            unless: "7".to_owned(),
        };
        assert_eq!((settings, more), (vec![expected], 0));
        let words = |takes: &str, unless: &str| (takes.to_owned(), unless.to_owned());
        assert_eq!(
            said(&json!({"type": "string", "enum": ["start", "split"], "default": "start"})),
            words("One of: start, split", "start")
        );
        assert_eq!(said(&json!({"type": "boolean", "default": false})), words("Yes or no", "no"));
        assert_eq!(
            said(&json!({"type": "array", "items": {"type": "string"}, "default": []})),
            words("A list of words", "none")
        );
        assert_eq!(said(&json!({"type": "number", "minimum": 0.5})), words("A number, 0.5 or more", "Not set"));
        assert_eq!(said(&json!({"$ref": "#/x"})), words("Anything", "Not set"));
    }

    #[test]
    fn no_schema_is_too_much_for_a_page() {
        let many: serde_json::Map<String, Value> =
            (0..500).map(|number| (format!("s{number}"), json!({"description": "x".repeat(9_000)}))).collect();
        let (settings, more) = of(&json!({ "properties": many }).to_string());
        assert_eq!((settings.len(), more), (MOST, 400));
        assert!(settings.iter().all(|setting| setting.about.len() < 400));
        for nothing in ["", "{}", "[]", r#"{"properties": []}"#] {
            assert_eq!(of(nothing), (Vec::new(), 0), "{nothing}");
        }
        let deep = format!("{}{}", r#"{"type":"array","items":"#.repeat(60), "{}".to_owned() + &"}".repeat(60));
        assert!(said(&serde_json::from_str(&deep).unwrap_or_default()).0.len() < 1_000, "{deep}");
    }
}
