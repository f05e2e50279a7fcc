//! The parameters of GOV.UK's form components, with what was typed and what is wrong filled in. The macros
//! of `form.html` call these and hand the outcome to the component.

use std::collections::BTreeMap;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error};

type Parameters = BTreeMap<String, Value>;

/// Adds the functions `field`, `fieldset` and `first_value`.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.add_function("field", field);
    environment.add_function("fieldset", fieldset);
    environment.add_function("first_value", |form: Value, name: &str| first_value(&form, name));
}

/// A component with one label.
fn field(form: Value, name: &str, label: &str, options: Option<Value>) -> Result<Value, Error> {
    let mut parameters = common(&form, name)?;
    parameters.insert("id".to_owned(), name.into());
    parameters.insert("label".to_owned(), caption(label, "govuk-label--l", "", options.as_ref())?);
    finish(parameters, options)
}

/// A component with several inputs and a legend around them.
fn fieldset(form: Value, name: &str, legend: &str, options: Option<Value>) -> Result<Value, Error> {
    let mut parameters = common(&form, name)?;
    let all = list(&form, name)?;
    parameters.insert("values".to_owned(), all);
    parameters.insert("idPrefix".to_owned(), name.into());
    let legend = caption(legend, "govuk-fieldset__legend--l", "govuk-fieldset__legend--s", options.as_ref())?;
    parameters.insert("fieldset".to_owned(), map([("legend", legend)]));
    finish(parameters, options)
}

/// What every component takes.
fn common(form: &Value, name: &str) -> Result<Parameters, Error> {
    let mut parameters = Parameters::new();
    parameters.insert("name".to_owned(), name.into());
    let value = first_value(form, name)?;
    if value.is_true() {
        parameters.insert("value".to_owned(), value);
    }
    let error = part(form, "errors", name)?;
    if error.is_true() {
        parameters.insert("errorMessage".to_owned(), map([("text", error)]));
    }
    Ok(parameters)
}

/// A label or a legend; with the option `heading` it is the page's heading.
fn caption(words: &str, as_heading: &str, else_as: &str, options: Option<&Value>) -> Result<Value, Error> {
    let heading = match options {
        Some(options) => options.get_attr("heading")?.is_true(),
        None => false,
    };
    let classes = if heading { as_heading } else { else_as };
    Ok(map([("text", words.into()), ("classes", classes.into()), ("isPageHeading", heading.into())]))
}

/// The caller's options win; a hint may be given as a plain sentence.
fn finish(mut parameters: Parameters, options: Option<Value>) -> Result<Value, Error> {
    let Some(options) = options.filter(|options| options.kind() == ValueKind::Map) else {
        return Ok(Value::from(parameters));
    };
    for key in options.try_iter()? {
        let value = options.get_item(&key)?;
        let value = match key.as_str() {
            Some("heading") => continue,
            Some("hint") if value.kind() == ValueKind::String => map([("text", value)]),
            _ => value,
        };
        parameters.insert(key.to_string(), value);
    }
    Ok(Value::from(parameters))
}

/// What was typed first under a name.
fn first_value(form: &Value, name: &str) -> Result<Value, Error> {
    let values = part(form, "values", name)?;
    if values.kind() == ValueKind::Seq { values.get_item_by_index(0) } else { Ok(values) }
}

/// Everything that was typed under a name.
fn list(form: &Value, name: &str) -> Result<Value, Error> {
    let values = part(form, "values", name)?;
    Ok(if values.is_undefined() { Value::from(Vec::<Value>::new()) } else { values })
}

/// A name's part of a form; a page that has no form yet has nothing.
fn part(form: &Value, part: &str, name: &str) -> Result<Value, Error> {
    let nothing = |value: &Value| value.kind() != ValueKind::Map;
    if nothing(form) {
        return Ok(Value::UNDEFINED);
    }
    let part = form.get_attr(part)?;
    if nothing(&part) { Ok(Value::UNDEFINED) } else { part.get_item(&Value::from(name)) }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::from(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Parameters>())
}

#[cfg(test)]
mod tests {
    use crate::form::{Errors, FormShown, Typed};
    use crate::templates::tests::{bare, templates};

    fn said(source: &str) -> String {
        let typed =
            Typed::parse(b"name=%22Ada%22+%3Cx%3E&role=auditor&role=finance&team=north&password=hunter2&code=123456");
        let mut errors = Errors::of("name", "Enter a name");
        errors.add("role", "Choose a role");
        errors.add("password", "Enter your password");
        let form = FormShown::returned(&typed.unwrap(), &errors);
        let imports = "{% from 'form.html' import text, email, password, code, select, radios, checkboxes, textarea, \
                       file, day, button, post, act, error_summary %}";
        templates().render_source(
            &format!("{imports}{source}"),
            &bare().csrf("token-1").times(crate::shell::SessionTimes::new(1800, 43_200)),
            serde_json::json!({ "form": form }),
        )
    }

    #[track_caller]
    fn assert_has(html: &str, all: &[&str]) {
        for words in all {
            assert!(html.contains(words), "no {words} in\n{html}");
        }
    }

    #[test]
    fn a_field_keeps_what_was_typed_and_says_what_is_wrong() {
        let html = said("{{ text(page.form, 'name', 'Full name', {'hint': 'As on your badge', 'classes': 'wide'}) }}");
        assert_has(
            &html,
            &[
                "id=\"name\" name=\"name\"",
                "value=\"&quot;Ada&quot; &lt;x&gt;\"",
                "aria-describedby=\"name-hint name-error\"",
                "As on your badge",
                "Enter a name",
                "govuk-input wide govuk-input--error",
            ],
        );
        assert!(!html.contains("required"), "{html}");
    }

    #[test]
    fn secrets_are_asked_for_and_never_shown() {
        let html = said(
            "{{ password(page.form, 'password', 'Password') }}{{ code(page.form, 'code', 'Security code') }}\
             {{ password({'values': {'password': ['hunter2']}}, 'password', 'Again', {'autocomplete': 'new-password'}) }}",
        );
        assert!(!html.contains("hunter2") && !html.contains("123456"), "{html}");
        assert_has(
            &html,
            &[
                "autocomplete=\"current-password\"",
                "autocomplete=\"new-password\"",
                "autocomplete=\"one-time-code\"",
                "inputmode=\"numeric\"",
                "Enter your password",
            ],
        );
    }

    #[test]
    fn choices_stay_chosen_and_the_summary_leads_to_the_first() {
        let items = "[{'value': 'finance', 'text': 'Finance'}, {'value': 'auditor', 'text': 'Auditor'}, {'value': 'x', 'text': 'X'}]";
        let html = said(&format!(
            "{{{{ error_summary(page.form) }}}}{{{{ checkboxes(page.form, 'role', 'Roles', {items}) }}}}"
        ));
        assert_has(&html, &["href=\"#role\"", "id=\"role\"", "Choose a role", "There is a problem"]);
        assert_eq!(html.matches(" checked").count(), 2, "{html}");
        let teams = "[{'value': 'south', 'text': 'South'}, {'value': 'north', 'text': 'North'}]";
        let html = said(&format!(
            "{{{{ radios(page.form, 'team', 'Team', {teams}, {{'heading': true}}) }}}}{{{{ select(page.form, 'team', 'Team', {teams}) }}}}"
        ));
        assert_has(
            &html,
            &["value=\"north\" checked", "value=\"north\" selected", "<h1 class=\"govuk-fieldset__heading\">"],
        );
    }

    #[test]
    fn a_form_carries_its_token_and_says_how_long_one_has() {
        let html = said("{% call post('/people') %}{{ button('Save') }}{% endcall %}");
        assert_has(
            &html,
            &[
                "<form method=\"post\" action=\"/people\" novalidate data-draft>",
                "name=\"csrf\" value=\"token-1\"",
                "You will be signed out after 30 minutes without activity.",
                "data-prevent-double-click=\"true\"",
            ],
        );
        let html = said("{{ act('/people/7/remove', 'Remove', {'hidden': 'Ada <x>', 'fields': {'version': 3}}) }}");
        assert_has(&html, &["Remove", "Ada &lt;x&gt;</span>", "name=\"version\" value=\"3\"", "name=\"csrf\""]);
        assert!(!html.contains("signed out"), "{html}");
    }

    #[test]
    fn fields_need_no_form_before_anything_was_typed() {
        let html = said(
            "{{ text(page.none, 'name', 'Name') }}{{ day(page.none, 'birth', 'Born') }}{{ textarea(none, 'note', 'Note') }}{{ file(page.form, 'list', 'List') }}{{ email(page.none, 'email', 'E-mail') }}",
        );
        assert!(!html.contains("error"), "{html}");
        assert_has(&html, &["id=\"birth-day\"", "name=\"birth-year\"", "type=\"file\"", "type=\"email\"", "<textarea"]);
    }
}
