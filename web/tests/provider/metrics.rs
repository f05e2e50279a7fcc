//! `/metrics` is for whoever operates the service.

use counterfoil_testkit::{TestDatabase, TestProvider};

use crate::browser::Web;
use crate::world::Council;

const HERE: [u8; 4] = [127, 0, 0, 1];
const ELSEWHERE: [u8; 4] = [192, 0, 2, 7];

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_template_and_no_name_or_id_is_a_label() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    council.contract(&db, &own).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    browser.get(&council.claims_of(&own)).await.is(200);
    browser.get("/councils/worcestershire/claims").await.is(404);
    browser.get("/nowhere").await.is(404);
    web.stranger()
        .post("/sign-in", "/sign-in", &[("email", "a@example.com"), ("password", "wrong horse")])
        .await
        .is(200);
    let page = web.stranger().get_from("/metrics", &[], HERE).await;
    assert_eq!(page.is(200).headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = page.text();
    for (parts, value) in [
        (
            ["route=\"/organisations/{organisation}/councils/{council}/claims\"", "method=\"GET\"", "status=\"200\""],
            " 1",
        ),
        (["route=\"/councils/{council}/claims\"", "method=\"GET\"", "status=\"404\""], " 1"),
        (["route=\"none\"", "method=\"GET\"", "status=\"404\""], " 1"),
        (["counterfoil_sign_ins_total", "method=\"password\"", "outcome=\"refused\""], " 1"),
        (["counterfoil_letters_waiting", "", ""], " 0"),
        (["counterfoil_build_info", "version=\"", ""], " 1"),
    ] {
        let line = text.lines().find(|line| !line.starts_with('#') && parts.iter().all(|part| line.contains(part)));
        assert!(line.is_some_and(|line| line.ends_with(value)), "no {parts:?} in\n{text}");
    }
    page.says(&["counterfoil_http_request_duration_seconds_bucket"]);
    page.says_nothing_of(&["worcestershire", &own.organisation.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_finds_it() {
    let db = TestDatabase::new().await;
    let absent = Web::new(&db).stranger().get("/nowhere").await.is(404).settled();
    let open = Web::new(&db);
    let ask = async |web: &Web, token: &str, peer| {
        let header = format!("Bearer {token}");
        let headers: &[(&str, &str)] = if token.is_empty() { &[] } else { &[("authorization", &header)] };
        web.stranger().get_from("/metrics", headers, peer).await
    };
    ask(&open, "", HERE).await.is(200);
    assert_eq!(ask(&open, "", ELSEWHERE).await.settled(), absent);
    let proxied = Web::with(&db, 1, |app| app);
    assert_eq!(ask(&proxied, "", HERE).await.settled(), absent);
    let guarded = Web::with(&db, 1, |app| app.with_metrics_token("a-long-secret"));
    ask(&guarded, "a-long-secret", ELSEWHERE).await.is(200);
    for token in ["", "a-long-secre", "a-long-secret2"] {
        assert_eq!(ask(&guarded, token, HERE).await.settled(), absent, "{token}");
    }
}
