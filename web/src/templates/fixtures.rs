//! GOV.UK's own examples: every component, rendered by the environment that renders the pages, has to come out
//! as GOV.UK says.
//!
//! `ops/assets` lays the examples out beside the templates. Compared are elements, attributes in their order
//! with their values, and text; white space counts as one space, and not at all beside a tag.

use std::fs;
use std::path::Path;

use minijinja::value::Value;
use serde::Deserialize;

use super::Templates;
use crate::assets::Assets;

/// How many examples govuk-frontend 6.3.0 has. Another number is another version, or a component that was lost.
const EXAMPLES: usize = 657;

/// A component's examples.
#[derive(Deserialize)]
struct Fixtures {
    component: String,
    fixtures: Vec<Fixture>,
}

#[derive(Deserialize)]
struct Fixture {
    name: String,
    options: Value,
    html: String,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Opens { element: String, attributes: Vec<(String, String)> },
    Closes(String),
    Text(String),
}

#[test]
fn every_component_comes_out_as_govuk_says() {
    let assets = Assets::load(&Assets::folder()).expect("run ops/assets first");
    let templates = Templates::new(assets.templates(), "/assets/0").unwrap();
    let folder = assets.templates().with_file_name("fixtures");
    let (mut compared, mut different) = (0, Vec::new());
    for Fixtures { component, fixtures } in read_all(&folder) {
        for Fixture { name, options, html } in fixtures {
            compared += 1;
            let ours = render(&templates, &component, options);
            if ours.as_deref().map(pieces) != Ok(pieces(&html)) {
                different
                    .push(format!("{component}, {name}:\n{}\nand not\n{html}", ours.unwrap_or_else(|error| error)));
            }
        }
    }
    println!("{compared} of GOV.UK's examples compared, {} different", different.len());
    assert!(different.is_empty(), "{} different:\n{}", different.len(), different.join("\n\n"));
    assert_eq!(compared, EXAMPLES);
}

fn read_all(folder: &Path) -> Vec<Fixtures> {
    let files = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}: run ops/assets", folder.display()));
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    paths.iter().map(read).collect()
}

/// The component's macro with these parameters; what went wrong, in words.
fn render(templates: &Templates, component: &str, params: Value) -> Result<String, String> {
    let capital = |word: &str| format!("{}{}", word[..1].to_uppercase(), &word[1..]);
    let function = format!("govuk{}", component.split('-').map(capital).collect::<String>());
    let source = format!(
        "{{% from 'govuk_frontend_jinja/components/{component}/macro.html' import {function} %}}{{{{ {function}(params) }}}}"
    );
    let rendered = templates.environment.render_str(&source, minijinja::context! { params });
    rendered.map_err(|error| format!("{error:#}"))
}

/// Takes HTML apart. It has to be as well-formed as GOV.UK's is: nothing is mended.
fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() {
            pieces.push(Piece::Text(decoded(&words)));
        }
        rest = tag;
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.split_once("-->").expect("a comment ends").1;
        } else if let Some(closing) = tag.strip_prefix("</") {
            let (element, after) = closing.split_once('>').expect("a tag ends");
            pieces.push(Piece::Closes(element.trim().to_lowercase()));
            rest = after;
        } else if let Some(opening) = tag.strip_prefix('<') {
            let (piece, after) = opened(opening);
            pieces.push(piece);
            rest = after;
        }
    }
    pieces
}

/// The tag that begins here, and what stands behind it.
fn opened(text: &str) -> (Piece, &str) {
    let ends = |c: char| c.is_whitespace() || matches!(c, '>' | '/' | '=');
    let (element, mut rest) = text.split_at(text.find(ends).expect("a tag ends"));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start().trim_start_matches('/');
        if let Some(after) = rest.strip_prefix('>') {
            return (Piece::Opens { element: element.to_lowercase(), attributes }, after);
        }
        let (name, after) = rest.split_at(rest.find(ends).expect("a tag ends"));
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a value ends"),
            None => ("", after),
        };
        assert!(!name.is_empty(), "an attribute without a name before {rest}");
        // A class list is a list; every other value counts to the character.
        let value = match name {
            "class" => value.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => value.to_owned(),
        };
        attributes.push((name.to_owned(), decoded(&value)));
        rest = after;
    }
}

/// A character may be written as itself or as an entity.
fn decoded(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

#[test]
fn a_difference_would_be_seen() {
    let original = pieces("<p class=\"a  b\" id=\"x\">One &amp; <b>two</b></p>\n");
    assert_eq!(original, pieces("<P class=\"a b\" id=\"x\" >\n One\n &amp;\n<b>two</b>\n</p>"));
    for other in [
        "<p class=\"a b\">One &amp; <b>two</b></p>",
        "<p id=\"x\" class=\"a b\">One &amp; <b>two</b></p>",
        "<p class=\"b a\" id=\"x\">One &amp; <b>two</b></p>",
        "<p class=\"a b\" id=\"x\">One <b>two</b></p>",
        "<p class=\"a b\" id=\"x\">One &amp; <b>two</b>",
        "<p class=\"a b\" id=\"x\">One &amp; <i>two</i></p>",
    ] {
        assert_ne!(original, pieces(other), "{other}");
    }
}
