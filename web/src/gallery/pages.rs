//! The gallery's pages.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::Gallery;
use super::session::{CSRF, person, to_sign_in};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::security::Nonce;
use crate::shell::{Banner, Brand, Contacts, NavigationItem, SessionTimes, Shell};
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableSpec};

const FORM: &str = r#"
{% extends 'column.html' %}
{% from 'form.html' import post, text, email, password, code, select, radios, checkboxes, textarea, file, day, button, warning_button, link, act, back %}
{% block title %}Invite a person{% endblock %}
{% block before %}{{ back('/') }}{% endblock %}
{% block content %}
  <h1 class="govuk-heading-l">Invite a person</h1>
  {% call post(page.action) %}
    {{ text(page.form, 'name', 'Full name', {'hint': 'As on their badge'}) }}
    {{ email(page.form, 'email', 'Email address') }}
    {{ select(page.form, 'team', 'Team', [{'value': '', 'text': 'Choose a team'}, {'value': 'north', 'text': 'North'}, {'value': 'south', 'text': 'South'}]) }}
    {{ radios(page.form, 'role', 'Role', [{'value': 'staff', 'text': 'Provider staff'}, {'value': 'administrator', 'text': 'Provider administrator', 'hint': {'text': 'Manages your people'}}]) }}
    {{ checkboxes(page.form, 'contract', 'Contracts', [{'value': 'a', 'text': 'Home care north'}, {'value': 'b', 'text': 'Day care'}, {'value': 'c', 'text': 'Extra care'}]) }}
    {{ day(page.form, 'starts', 'First day', {'hint': 'For example, 31 3 2025'}) }}
    {{ textarea(page.form, 'note', 'Note') }}
    {{ password(page.form, 'password', 'Your password') }}
    {{ code(page.form, 'code', 'Security code') }}
    {{ file(page.form, 'letter', 'Letter') }}
    <div class="govuk-button-group">{{ button('Send invitation') }}{{ link('Cancel', '/') }}</div>
  {% endcall %}
  <h2 class="govuk-heading-m">Sam Iyer</h2>
  {{ act('/people/7/remove', 'Remove', {'hidden': 'Sam Iyer'}) }}
{% endblock %}"#;

const CLAIMS: &str = r#"
{% extends 'layout.html' %}
{% from 'table.html' import table, cell, number %}
{% from 'form.html' import link %}
{% block title %}Claims{% endblock %}
{% block content %}
  <h1 class="govuk-heading-xl">Claims</h1>
  {% call(claim) table(page.table, page.claims, 'Claims', {'empty': 'Claims appear here on the Saturday after the week. Until then there is nothing to do.'}) %}
    {{ cell(link(claim.reference, '/'), {'heading': true}) }}
    {{ cell(claim.provider) }}{{ cell(claim.week) }}{{ cell(claim.state) }}
    {{ number(claim.planned | money) }}{{ number(claim.sum | money) }}
    {{ cell(claim.cut_off | deadline) }}
  {% endcall %}
{% endblock %}"#;

static SPEC: TableSpec = TableSpec {
    row: ("claim", "claims"),
    filters: &[
        Filter { name: "provider", label: "Provider", kind: FilterKind::Words },
        Filter {
            name: "state",
            label: "State",
            kind: FilterKind::Choice(&[("suspended", "Suspended"), ("payable", "Payable")]),
        },
        Filter { name: "since", label: "Weeks since", kind: FilterKind::Day },
    ],
    columns: &[
        Column::sorted("reference", "Claim"),
        Column::sorted("provider", "Provider"),
        Column::sorted("week", "Week"),
        Column::plain("state", "State"),
        Column::sorted("planned", "Planned").numeric(),
        Column::sorted("sum", "Sum").numeric(),
        Column::plain("cut_off", "To be confirmed by"),
    ],
    sorted: ("reference", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct Claim {
    reference: String,
    provider: &'static str,
    week: &'static str,
    state: &'static str,
    planned: i64,
    sum: i64,
    cut_off: &'static str,
}

/// A page of Norfolk's, for whoever the cookie names.
fn shell(nonce: &Nonce, path: &str, person: Option<String>) -> Shell {
    let organisation = "Sunrise Home Care and Support Services (East Anglia) Limited";
    let is_signed_in = person.is_some();
    let shell = across_councils(nonce, path, person).council(norfolk("#00703c"));
    if is_signed_in { shell.organisation(organisation) } else { shell }
}

/// A page about no council in particular.
fn across_councils(nonce: &Nonce, path: &str, person: Option<String>) -> Shell {
    let shell = Shell::new(nonce, path).csrf(CSRF);
    let Some(name) = person else { return shell };
    let places = [("Home", "/"), ("Claims", "/claims"), ("Payments", "/payments"), ("People", "/form")];
    shell
        .person(name)
        .navigation(places.map(|(text, href)| NavigationItem::new(text, href, path == href)))
        .times(SessionTimes::new(1_800, 43_200))
        .listening()
}

fn norfolk(colour: &str) -> Brand {
    Brand::new("Norfolk County Council", "norfolk", colour, Some("/logo.svg".to_owned()))
}

fn contacts() -> Contacts {
    Contacts {
        name: "Provider payments team".to_owned(),
        email: "provider.payments.and.contracts@norfolk-county-council.example".to_owned(),
        phone: "01603 000000".to_owned(),
        hours: "Monday to Friday, 9am to 5pm".to_owned(),
        help: "Christmas: claims of 14 to 20 December close at 6pm on Sunday 22 December.".to_owned(),
        ..Contacts::default()
    }
}

pub(super) async fn index(
    State(gallery): State<Gallery>,
    Extension(nonce): Extension<Nonce>,
    headers: HeaderMap,
) -> Response {
    let source = "{% extends 'layout.html' %}{% block title %}Home{% endblock %}\
                  {% block content %}<h1 class='govuk-heading-xl'>What waits for you</h1>\
                  <p class='govuk-body'>Nothing today.</p>{% endblock %}";
    let banner = Banner::success("Claims confirmed").text("14 claims are paid on Tuesday 31 December 2024.");
    gallery.sketch(source, &across_councils(&nonce, "/", person(&headers)).banner(banner), ())
}

/// A page of somebody who has been signed in for nearly as long as one can be.
pub(super) async fn last_minutes(
    State(gallery): State<Gallery>,
    Extension(nonce): Extension<Nonce>,
    headers: HeaderMap,
) -> Response {
    let shell = across_councils(&nonce, "/last-minutes", person(&headers)).times(SessionTimes::new(1_800, 900));
    let source = "{% extends 'layout.html' %}{% from 'form.html' import post, button %}{% block title %}Late{% endblock %}\
                  {% block content %}<h1 class='govuk-heading-xl'>Late</h1>\
                  {% call post('/form') %}{{ button('Save') }}{% endcall %}{% endblock %}";
    gallery.sketch(source, &shell, ())
}

pub(super) async fn form(
    State(gallery): State<Gallery>,
    Extension(nonce): Extension<Nonce>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let Some(person) = person(&headers) else { return to_sign_in(uri.path()) };
    let page = serde_json::json!({"form": FormShown::empty(), "action": uri.path()});
    gallery.sketch(FORM, &shell(&nonce, uri.path(), Some(person)), page)
}

/// Whatever is typed, something is wrong with it.
pub(super) async fn refused(
    State(gallery): State<Gallery>,
    Extension(nonce): Extension<Nonce>,
    headers: HeaderMap,
    uri: Uri,
    typed: Typed,
) -> Response {
    let Some(person) = person(&headers) else { return to_sign_in(uri.path()) };
    let mut errors = Errors::new();
    errors.unless(!typed.text("name").is_empty(), "name", "Enter a name");
    errors.unless(typed.text("email").contains('@'), "email", "Enter an email address, like name@example.org");
    errors.add("role", "Choose a role");
    errors.add("starts-day", "The first day must be in the future");
    errors.add("password", "Enter your password");
    errors.add("code", "The security code is not right. Wait for the next one.");
    let page = serde_json::json!({"form": FormShown::returned(&typed, &errors), "action": uri.path()});
    (StatusCode::UNPROCESSABLE_ENTITY, gallery.sketch(FORM, &shell(&nonce, uri.path(), Some(person)), page))
        .into_response()
}

pub(super) async fn claims(
    State(gallery): State<Gallery>,
    Extension(nonce): Extension<Nonce>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let claim = |number: i64| Claim {
        reference: format!("CL-{number:05}"),
        provider: "Sunrise Home Care Limited",
        week: "14 to 20 December 2024",
        state: "Suspended",
        planned: number * 9_425,
        sum: number * 9_430,
        cut_off: "2024-12-22T18:00:00Z",
    };
    let query = TableQuery::parse(&SPEC, "/claims", query.as_deref());
    let total = if query.filter("provider") == Some("nobody") { 0 } else { 312 };
    let window = query.window(total);
    let last = i64::try_from(total).unwrap().min(window.offset + window.limit);
    let claims: Vec<Claim> = (window.offset + 1..=last).map(claim).collect();
    let page = serde_json::json!({"table": query.shown(&window), "claims": claims});
    gallery.sketch(CLAIMS, &shell(&nonce, "/claims", person(&headers)), page)
}

pub(super) async fn nothing(State(gallery): State<Gallery>, Extension(nonce): Extension<Nonce>) -> Response {
    let query = TableQuery::parse(&SPEC, "/nothing", None);
    let page = serde_json::json!({"table": query.shown(&query.window(0)), "claims": []});
    gallery.sketch(CLAIMS, &shell(&nonce, "/nothing", None), page)
}

/// The same page in any colour.
pub(super) async fn brand(
    State(gallery): State<Gallery>,
    Extension(nonce): Extension<Nonce>,
    Path(colour): Path<String>,
) -> Response {
    let shell = shell(&nonce, "/brand", Some("Sam Iyer".to_owned())).council(norfolk(&format!("#{colour}")));
    gallery.page("contact.html", &shell, serde_json::json!({"contacts": contacts()}))
}

pub(super) async fn help(State(gallery): State<Gallery>, Extension(nonce): Extension<Nonce>) -> Response {
    gallery.page("help.html", &shell(&nonce, "/help", None), serde_json::json!({"contacts": contacts()}))
}

pub(super) async fn contact(State(gallery): State<Gallery>, Extension(nonce): Extension<Nonce>) -> Response {
    gallery.page("contact.html", &Shell::new(&nonce, "/contact"), ())
}

pub(super) async fn accessibility(State(gallery): State<Gallery>, Extension(nonce): Extension<Nonce>) -> Response {
    let page = serde_json::json!({"contacts": contacts()});
    gallery.page("accessibility.html", &shell(&nonce, "/accessibility", None), page)
}

pub(super) async fn fault(Path(status): Path<u16>) -> Fault {
    match status {
        403 => Fault::forbidden("Only finance approvers of Norfolk County Council approve runs."),
        409 => Fault::conflict(
            "You are working for another council in this window. Go to your home page and choose it again.",
        ),
        429 => Fault::TooMany { seconds: 900 },
        503 => Fault::Unavailable,
        _ => Fault::NotFound,
    }
}

pub(super) async fn logo() -> Response {
    let picture = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 80 40' width='80' height='40'>\
                   <circle cx='20' cy='20' r='18' fill='#00703c'/><rect x='44' y='12' width='34' height='16' fill='#12393d'/></svg>";
    ([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response()
}

pub(super) async fn asset(
    State(gallery): State<Gallery>,
    Path((digest, name)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (kind, bytes) = gallery.assets.file(&digest, &name).ok_or(Fault::NotFound)?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}
