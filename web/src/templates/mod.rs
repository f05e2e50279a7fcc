//! Templates to HTML: GOV.UK's components, written for Python's Jinja, under minijinja, and our own pages.
//!
//! A handler renders a page by name with the [`Shell`] around it and what the page shows. In a template these
//! are `shell` and `page`; `assets` is where the pages' files are served; [`words`] has the filters.

mod escape;
mod fields;

#[cfg(test)]
mod fixtures;
mod pages;
mod python;
mod words;

use std::path::Path;

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, path_loader};
use serde::Serialize;

use crate::shell::Shell;

/// Our own templates, and all that has to be said to add one.
const OWN: &[(&str, &str)] = &[
    // what pages are made of
    ("layout.html", include_str!("../../templates/layout.html")),
    ("column.html", include_str!("../../templates/column.html")),
    ("form.html", include_str!("../../templates/form.html")),
    ("conflict.html", include_str!("../../templates/conflict.html")),
    ("explained.html", include_str!("../../templates/explained.html")),
    ("table.html", include_str!("../../templates/table.html")),
    ("contacts.html", include_str!("../../templates/contacts.html")),
    ("notices.html", include_str!("../../templates/notices.html")),
    ("talk/messages.html", include_str!("../../templates/talk/messages.html")),
    ("queries/conversation.html", include_str!("../../templates/queries/conversation.html")),
    // pages
    ("help.html", include_str!("../../templates/help.html")),
    ("contact.html", include_str!("../../templates/contact.html")),
    ("accessibility.html", include_str!("../../templates/accessibility.html")),
    ("fault.html", include_str!("../../templates/fault.html")),
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
        environment.set_unknown_method_callback(python::method);
        environment.add_global("assets", Value::from_safe_string(assets.to_owned()));
        escape::add_to(&mut environment);
        words::add_to(&mut environment);
        fields::add_to(&mut environment);
        for (name, source) in OWN.iter().chain(pages::PAGES) {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment })
    }

    /// The page. GOV.UK's own layout is not used: it has blocks inside macros, which minijinja refuses, and
    /// an inline script, which our Content Security Policy refuses.
    pub(crate) fn render(&self, name: &str, shell: &Shell, page: impl Serialize) -> Result<String, Error> {
        let (shell, page) = (Value::from(Serde(shell)), Value::from(Serde(page)));
        self.environment.get_template(name)?.render(minijinja::context! { shell, page })
    }

    /// Renders a template that is not among the pages, in the pages' own environment.
    #[cfg(test)]
    pub(crate) fn render_source(&self, source: &str, shell: &Shell, page: impl Serialize) -> String {
        let (shell, page) = (Value::from(Serde(shell)), Value::from(Serde(page)));
        self.environment
            .render_str(source, minijinja::context! { shell, page })
            .unwrap_or_else(|error| panic!("{error:#}\n{:?}", error))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::assets::Assets;
    use crate::security::Nonce;
    use crate::shell::{Banner, Brand, Contacts, NavigationItem, SessionTimes};

    /// The pages' own templates, served at `/assets/0`.
    pub(crate) fn templates() -> Templates {
        let assets = Assets::load(&Assets::folder()).expect("run ops/assets first");
        Templates::new(assets.templates(), "/assets/0").unwrap_or_else(|error| panic!("{error:#}"))
    }

    pub(crate) fn bare() -> Shell {
        Shell::new(&Nonce::random().unwrap(), "/claims")
    }

    #[test]
    fn our_own_pages_render_even_with_nothing_to_show() {
        let templates = templates();
        for (name, source) in OWN.iter().chain(pages::PAGES) {
            assert!(!source.contains(" style="), "{name}");
        }
        for (name, _) in OWN.iter().filter(|(_, source)| source.contains("{% extends")) {
            let page = serde_json::json!({"heading": "Heading"});
            let html = templates.render(name, &bare(), page).unwrap_or_else(|e| panic!("{name}: {e:#}"));
            assert!(html.contains("src=\"/assets/0/counterfoil.js\""), "{name}");
        }
    }

    #[test]
    fn a_page_says_whose_it_is_and_carries_its_nonce() {
        let nonce = Nonce::random().unwrap();
        let shell = Shell::new(&nonce, "/claims")
            .csrf("token-1")
            .person("Ada <Lovelace>")
            .organisation("Sunrise Care Ltd")
            .council(Brand::new("Norfolk County Council", "norfolk", "#ffdd00", Some("/norfolk/logo".to_owned())))
            .navigation([NavigationItem::new("Home", "/", false), NavigationItem::new("Claims", "/claims", true)])
            .times(SessionTimes::new(1800, 43_200))
            .banner(Banner::success("Claim confirmed").text("It is paid on 31 December 2024."))
            .listening();
        let html = templates().render("contact.html", &shell, ()).unwrap();
        let nonce = nonce.as_str();
        for words in [
            "Norfolk County Council",
            "Sunrise Care Ltd",
            "Ada &lt;Lovelace&gt;",
            "--council: #ffdd00",
            "--council-words: #0b0c0c",
            "<img class=\"counterfoil-council__logo\" src=\"/norfolk/logo\" alt=\"\">",
            "action=\"/sign-out\"",
            "name=\"csrf\" value=\"token-1\"",
            "aria-current=\"page\"",
            "Claim confirmed",
            "It is paid on 31 December 2024.",
            "data-events",
            "data-idle-seconds=\"1800\"",
            &format!("<style nonce=\"{nonce}\">"),
            &format!("nonce=\"{nonce}\" src=\"/assets/0/counterfoil.js\""),
        ] {
            assert!(html.contains(words), "no {words} in\n{html}");
        }
        assert_eq!(
            html.matches("<style").count()
                + html.matches("<script").count()
                + html.matches("<link rel=\"stylesheet\"").count(),
            html.matches("nonce=").count()
        );
    }

    #[test]
    fn help_says_whom_to_ask_as_far_as_it_is_known() {
        let contacts = Contacts {
            name: "Provider payments".to_owned(),
            email: "payments@norfolk.example".to_owned(),
            phone: "01603 000000".to_owned(),
            hours: "Monday to Friday, 9am to 5pm".to_owned(),
            accessibility_email: "access@norfolk.example".to_owned(),
            help: "Send <nothing> by post.\n\nReally.".to_owned(),
        };
        let council = bare().council(Brand::new("Norfolk County Council", "norfolk", "#1d70b8", None));
        let page = |name: &str, shell: &Shell, contacts: &Contacts| {
            templates().render(name, shell, serde_json::json!({ "contacts": contacts })).unwrap()
        };
        for (name, words) in [
            (
                "help.html",
                vec!["Send &lt;nothing&gt; by post.</p>", "From Norfolk County Council", "01603 000000", "Cookies"],
            ),
            (
                "contact.html",
                vec!["mailto:payments@norfolk.example", "Monday to Friday, 9am to 5pm", "Provider payments"],
            ),
            (
                "accessibility.html",
                vec!["mailto:access@norfolk.example", "WCAG22", "Equality Commission for Northern Ireland"],
            ),
        ] {
            let html = page(name, &council, &contacts);
            for words in words {
                assert!(html.contains(words), "no {words} in {name}\n{html}");
            }
            let nothing = page(name, &bare(), &Contacts::default());
            assert!(!nothing.contains("mailto:") && !nothing.contains("Norfolk"), "{name}\n{nothing}");
            assert!(nothing.contains("Ask the council that you work with"), "{name}\n{nothing}");
        }
    }

    #[test]
    fn signing_out_has_a_token_of_its_own_where_the_pages_is_for_one_council() {
        let shell =
            bare().person("Ada").csrf("for-norfolk").account_csrf("for-ada").times(SessionTimes::new(1_800, 9_000));
        let source = "{% extends 'layout.html' %}{% from 'form.html' import post %}\
                      {% block content %}{% call post('/runs') %}{% endcall %}{% endblock %}";
        let html = templates().render_source(source, &shell, ());
        assert_eq!(html.matches("name=\"csrf\" value=\"for-norfolk\"").count(), 1, "{html}");
        // beside the name, and in the warning before the session ends
        assert_eq!(html.matches("name=\"csrf\" value=\"for-ada\"").count(), 2, "{html}");
        assert!(html.contains("data-csrf=\"for-ada\""), "{html}");
    }

    #[test]
    fn a_bare_page_has_neither_account_nor_council() {
        let html =
            templates().render("fault.html", &bare(), serde_json::json!({"heading": "H", "sentences": []})).unwrap();
        for words in ["/sign-out", "counterfoil-council", "data-events", "data-idle", "<style", "<dialog"] {
            assert!(!html.contains(words), "{words} in\n{html}");
        }
    }
}
