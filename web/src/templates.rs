//! Templates to HTML: GOV.UK's components, written for Python's Jinja, under minijinja.
//!
//! Those templates call a few methods of Python's own types; [`python_method`] is exactly these.

use std::path::Path;

use minijinja::value::{Kwargs, Serde, Value, ValueKind, from_args};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, path_loader};
use serde::Serialize;

/// Our own pages; GOV.UK's come from the assets folder.
const OWN: [(&str, &str); 3] = [
    ("layout.html", include_str!("../templates/layout.html")),
    ("front.html", include_str!("../templates/front.html")),
    ("fault.html", include_str!("../templates/fault.html")),
];

/// Everything that pages are rendered with.
#[derive(Debug)]
pub(crate) struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// `folder` holds GOV.UK's templates; `assets` is where the pages' files are served.
    pub(crate) fn new(folder: &Path, assets: &str) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_loader(path_loader(folder));
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_unknown_method_callback(python_method);
        environment.add_global("assets", Value::from_safe_string(assets.to_owned()));
        for (name, source) in OWN {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment })
    }

    /// The page. GOV.UK's own layout is not used: it has blocks inside macros, which minijinja refuses, and
    /// an inline script, which our Content Security Policy refuses.
    pub(crate) fn render(&self, name: &str, page: impl Serialize) -> Result<String, Error> {
        let page = Value::from(Serde(page));
        self.environment.get_template(name)?.render(minijinja::context! { page })
    }
}

/// `mapping.items()`, `mapping.get(key[, default])` and `'{} {}'.format(...)`.
fn python_method(state: &mut State<'_, '_>, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    match (value.kind(), method) {
        (ValueKind::Map, "items") => {
            let () = from_args(args)?;
            state.apply_filter("items", std::slice::from_ref(value))
        }
        (ValueKind::Map, "get") => {
            let (key, default): (&Value, Option<&Value>) = from_args(args)?;
            let found = value.get_item(key)?;
            Ok(if found.is_undefined() { default.cloned().unwrap_or_default() } else { found })
        }
        (ValueKind::String, "format") => format(value.as_str().unwrap_or_default(), args),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Python's `str.format` as far as these templates use it: each `{}` is the next argument.
fn format(pattern: &str, args: &[Value]) -> Result<Value, Error> {
    let (args, named): (&[Value], Kwargs) = from_args(args)?;
    named.assert_all_used()?;
    let mut args = args.iter();
    let mut pieces = pattern.split("{}");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let arg = args.next().ok_or_else(|| Error::from(ErrorKind::MissingArgument))?;
        text.push_str(&arg.to_string());
        text.push_str(piece);
    }
    Ok(Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Assets;

    #[test]
    fn our_own_templates_render_even_with_nothing_to_show() {
        let assets = Assets::load(&Assets::folder()).expect("run ops/assets first");
        let templates = Templates::new(assets.templates(), "/assets/0").unwrap();
        for (name, _) in OWN {
            let page = serde_json::json!({"councils": [], "heading": "Heading", "sentences": []});
            let html = templates.render(name, page).unwrap_or_else(|e| panic!("{e:#}"));
            assert!(html.contains("src=\"/assets/0/counterfoil.js\""), "{name}");
        }
    }
}
