//! Text into HTML.
//!
//! The five characters that mean something there, as GOV.UK's own templates write them. (minijinja writes `/`
//! as an entity too, which doubles the weight of every address.) Templates quote every attribute.

use std::convert::Infallible;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, Output, State};

/// Makes it the way in which the environment writes values, and its filters `escape` and `e`.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.set_formatter(write);
    environment.add_filter("escape", escape);
    environment.add_filter("e", escape);
}

/// What stands between `{{` and `}}`. Nothing is written for nothing.
fn write(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(()),
        // As HTML and JSON write it; Python begins with a capital.
        ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" }).map_err(Error::from),
        ValueKind::Number => write!(out, "{value}").map_err(Error::from),
        _ => match value.as_str() {
            Some(text) if value.is_safe() => out.write_str(text).map_err(Error::from),
            Some(text) => escape_into(text, |part| out.write_str(part)).map_err(Error::from),
            None => out.write_str(&escaped(&value.to_string())).map_err(Error::from),
        },
    }
}

fn escape(value: Value) -> Value {
    if value.is_safe() || value.is_undefined() {
        return value;
    }
    Value::from_safe_string(escaped(&value.to_string()))
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let Ok(()) = escape_into(text, |part| {
        html.push_str(part);
        Ok::<_, Infallible>(())
    });
    html
}

/// Hands on what stands between the five characters as it is, in one piece: most values have none of them.
fn escape_into<E>(text: &str, mut write: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        write(&text[written..at])?;
        write(entity)?;
        written = at + 1;
    }
    write(&text[written..])
}

#[cfg(test)]
mod tests {
    use crate::templates::tests::{bare, templates};

    #[test]
    fn markup_from_outside_is_text() {
        let page = serde_json::json!({"evil": "<a href='/x' title=\"&\">", "nothing": null, "list": ["<b>"], "n": 3});
        let said = |source: &str| templates().render_source(source, &bare(), &page);
        let text = "&lt;a href=&#39;/x&#39; title=&quot;&amp;&quot;&gt;";
        assert_eq!(said("{{ page.evil }}"), text);
        assert_eq!(said("{{ page.evil | e }}{{ page.evil | escape | escape }}"), format!("{text}{text}"));
        assert_eq!(said("{% set x %}{{ page.evil }}{% endset %}{{ x }}"), text);
        assert_eq!(said("{{ '<b>' ~ page.evil }}"), format!("&lt;b&gt;{text}"));
        assert_eq!(said("{{ page.list }}"), "[&#39;&lt;b&gt;&#39;]");
        assert_eq!(said("[{{ page.nothing }}{{ page.absent }}]{{ page.n }}{{ true }}"), "[]3true");
        assert_eq!(said("{{ page.evil | safe }}"), "<a href='/x' title=\"&\">");
    }
}
