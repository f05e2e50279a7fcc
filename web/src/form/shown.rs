//! A form as its page shows it: values, each field's error, and the summary on top.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Errors, Typed};

/// What `form.html` shows. Serialised as `values` (name to list of values), `errors` (name to message),
/// `summary` (a list of `text` and `href`) and `failed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct FormShown {
    values: BTreeMap<String, Vec<String>>,
    errors: BTreeMap<String, String>,
    summary: Vec<SummaryLine>,
    /// Whether anything is wrong: the page's title then begins with "Error: ".
    failed: bool,
}

/// A line of the error summary: it leads to the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct SummaryLine {
    text: String,
    href: String,
}

impl FormShown {
    /// A form that nobody has filled in.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// A form with what is known already; a name may come several times.
    pub(crate) fn filled<N: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut form = Self::default();
        for (name, value) in values {
            form.put(name.into(), value.into());
        }
        form
    }

    /// What was typed with what is wrong with it. Passwords and codes are left out.
    pub(crate) fn returned(typed: &Typed, errors: &Errors) -> Self {
        Self::filled(typed.fields()).with_errors(errors)
    }

    /// Adds errors: what a page without anything typed has to say.
    pub(crate) fn with_errors(mut self, errors: &Errors) -> Self {
        for (field, message) in errors.iter() {
            self.errors.insert(field.to_owned(), message.to_owned());
            self.summary.push(SummaryLine { text: message.to_owned(), href: format!("#{field}") });
        }
        self.failed = !self.summary.is_empty();
        self
    }

    fn put(&mut self, name: String, value: String) {
        if !is_secret(&name) {
            self.values.entry(name).or_default().push(value);
        }
    }
}

/// Whether what was typed under this name is never sent back: whoever looks at the screen, or at a page kept
/// by the browser, should not find it there. By name, so that no page has to remember.
fn is_secret(name: &str) -> bool {
    const CODES: [&str; 4] = ["code", "recovery_code", "secret", "csrf"];
    name.contains("password") || CODES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back_with_what_is_wrong() {
        let typed = Typed::parse(b"name=+Ada+&role=finance&role=auditor").unwrap();
        let shown = FormShown::returned(&typed, &Errors::of("email", "Enter an email address"));
        let json = serde_json::to_value(&shown).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "values": {"name": [" Ada "], "role": ["finance", "auditor"]},
                "errors": {"email": "Enter an email address"},
                "summary": [{"text": "Enter an email address", "href": "#email"}],
                "failed": true,
            })
        );
        assert!(!serde_json::to_value(FormShown::filled([("name", "Ada")])).unwrap()["failed"].as_bool().unwrap());
    }

    #[test]
    fn passwords_and_codes_never_come_back() {
        let body = b"password=p1&new_password=p2&password_again=p3&code=123456&recovery_code=abc&csrf=t&postcode=NR1";
        let shown = FormShown::returned(&Typed::parse(body).unwrap(), &Errors::new());
        assert_eq!(shown.values.into_keys().collect::<Vec<_>>(), ["postcode"]);
    }
}
