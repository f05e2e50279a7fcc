//! A session that consists of one cookie: enough to see what pages do when it ends.

use std::convert::Infallible;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Redirect, Response};
use futures_util::{Stream, stream};
use serde::Deserialize;

use super::Gallery;
use crate::form::Typed;
use crate::security::Nonce;
use crate::shell::Shell;

/// The token of every form.
pub(super) const CSRF: &str = "gallery-token";

#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    #[serde(default)]
    next: String,
    #[serde(default)]
    ended: String,
}

/// Who is signed in, by the cookie.
pub(super) fn person(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|pair| pair.trim().strip_prefix("gallery=")).map(|name| name.replace('+', " "))
}

/// Where whoever is not signed in has to go.
pub(super) fn to_sign_in(path: &str) -> Response {
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

pub(super) async fn sign_in(
    State(gallery): State<Gallery>,
    Extension(nonce): Extension<Nonce>,
    Query(asked): Query<SignIn>,
) -> Response {
    let source = "{% extends 'column.html' %}{% from 'form.html' import post, text, password, button %}\
        {% block title %}Sign in{% endblock %}\
        {% block content %}<h1 class='govuk-heading-l'>Sign in</h1>\
        {% if page.ended %}<p class='govuk-inset-text'>Ended by {{ page.ended }}.</p>{% endif %}\
        {% call post('/sign-in') %}<input type='hidden' name='next' value='{{ page.next }}'>\
        {{ text(page.form, 'name', 'Name') }}{{ password(page.form, 'password', 'Password') }}\
        {{ button('Sign in') }}{% endcall %}{% endblock %}";
    let page = serde_json::json!({"next": asked.next, "ended": asked.ended});
    gallery.sketch(source, &Shell::new(&nonce, "/sign-in").csrf(CSRF), page)
}

pub(super) async fn let_in(typed: Typed) -> Response {
    let name = typed.text("name").replace(' ', "+");
    let next = if typed.text("next").starts_with('/') { typed.text("next").to_owned() } else { "/".to_owned() };
    ([(header::SET_COOKIE, format!("gallery={name}; Path=/; HttpOnly; SameSite=Lax"))], Redirect::to(&next))
        .into_response()
}

pub(super) async fn sign_out(typed: Typed) -> Response {
    assert_eq!(typed.text("csrf"), CSRF);
    let gone = "gallery=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    ([(header::SET_COOKIE, gone)], Redirect::to("/sign-in?ended=self")).into_response()
}

/// `/session/stay`, as the script asks for it.
pub(super) async fn stay(headers: HeaderMap) -> Response {
    if person(&headers).is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if headers.get("x-csrf-token").is_none_or(|token| token != CSRF) {
        return StatusCode::FORBIDDEN.into_response();
    }
    times(1_800)
}

/// `/session/left`: asked when a page believes that time is up. Its person may have been busy elsewhere.
pub(super) async fn left(headers: HeaderMap) -> Response {
    match person(&headers).as_deref() {
        None => StatusCode::UNAUTHORIZED.into_response(),
        Some("Busy elsewhere") => times(600),
        Some(_) => times(0),
    }
}

fn times(idle_seconds: u64) -> Response {
    let times = serde_json::json!({"idle_seconds": idle_seconds, "absolute_seconds": 40_000});
    ([(header::CONTENT_TYPE, "application/json")], times.to_string()).into_response()
}

/// `/events`: silent until this person is thrown out.
pub(super) async fn events(
    State(gallery): State<Gallery>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let waiting = (gallery.signed_out.subscribe(), person(&headers));
    let stream = stream::unfold(waiting, async |(mut signed_out, person)| {
        while Some(signed_out.recv().await.ok()?) != person {}
        Some((Ok(Event::default().event("signed-out").data("now")), (signed_out, person)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

/// An administrator removes somebody.
pub(super) async fn revoke(State(gallery): State<Gallery>, Path(name): Path<String>) -> StatusCode {
    // No page may be listening.
    let _ = gallery.signed_out.send(name);
    StatusCode::NO_CONTENT
}
