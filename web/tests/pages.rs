//! The router in process: pages, health, assets, and what is said when something is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode};
use chrono::NaiveDate;
use counterfoil_core::money::Money;
use counterfoil_web::{Answer, App, Assets, NotReady, RunRow, RunsSource, SourceError, router};
use tower::ServiceExt as _;

/// What the rest of the program would answer.
enum Rest {
    Runs(Vec<RunRow>),
    Fails,
    Panics,
}

impl RunsSource for Rest {
    fn runs(&self) -> Answer<'_, Result<Vec<RunRow>, SourceError>> {
        Box::pin(async move {
            match self {
                Self::Runs(rows) => Ok(rows.clone()),
                Self::Fails => Err(SourceError("password of 10.0.0.1 was refused".to_owned())),
                Self::Panics => panic!("a mistake with secret figures"),
            }
        })
    }

    fn ready(&self) -> Answer<'_, Result<(), NotReady>> {
        Box::pin(async move {
            match self {
                Self::Runs(_) => Ok(()),
                Self::Fails => Err(NotReady::Unreachable),
                Self::Panics => Err(NotReady::NotMigrated),
            }
        })
    }
}

fn row(council: &str) -> RunRow {
    RunRow {
        council: council.to_owned(),
        schedule: "Weekly <actuals>".to_owned(),
        period_start: NaiveDate::from_ymd_opt(2024, 12, 14).unwrap(),
        period_end: NaiveDate::from_ymd_opt(2024, 12, 20).unwrap(),
        state: "Finalised".to_owned(),
        claims: 3,
        paid: Money::from_pence(245_185),
        suspended: Money::from_pence(943),
        bank_date: NaiveDate::from_ymd_opt(2024, 12, 31),
        files: vec!["bacs-1.txt".to_owned()],
    }
}

async fn ask(rest: Rest, method: Method, path: &str) -> (Response<()>, String) {
    let assets = Assets::load(&Assets::folder()).expect("run ops/assets first");
    let app = App::new(assets, Arc::new(rest)).unwrap();
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let (head, body) = router(app).oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    (Response::from_parts(head, ()), text)
}

async fn get(rest: Rest, path: &str) -> (Response<()>, String) {
    ask(rest, Method::GET, path).await
}

#[tokio::test]
async fn the_front_page_has_a_table_for_each_council() {
    let rows = vec![row("Bradford"), row("Bradford"), row("Norfolk")];
    let (head, html) = get(Rest::Runs(rows), "/").await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(html.matches("<table").count(), 2);
    assert_eq!(html.matches("<tr class").count(), 2 + 3);
    for words in [
        "<h1 class=\"govuk-heading-xl\">Payment runs</h1>",
        "Bradford",
        "Norfolk",
        "Weekly &lt;actuals&gt;",
        "14 to 20 December 2024",
        "£2,451.85",
        "£9.43",
        "31 December 2024",
        "<li>bacs-1.txt</li>",
        "<strong class=\"govuk-tag govuk-tag--grey\">",
    ] {
        assert!(html.contains(words), "no {words} in\n{html}");
    }
    for marks in ["crown", "GOV.UK", "&lt;strong", "opengraph"] {
        assert!(!html.contains(marks), "{marks} in\n{html}");
    }
}

#[tokio::test]
async fn without_runs_it_says_so() {
    let (_, html) = get(Rest::Runs(Vec::new()), "/").await;
    assert!(html.contains("No council has had a run yet."));
}

#[tokio::test]
async fn nothing_runs_but_our_own_files() {
    let (first, html) = get(Rest::Runs(Vec::new()), "/").await;
    let policy = first.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains("<script>"));
    assert_eq!(first.headers()["x-content-type-options"], "nosniff");
    assert_eq!(first.headers()["cache-control"], "no-store");
    let (second, _) = get(Rest::Runs(Vec::new()), "/").await;
    assert_ne!(first.headers()["x-request-id"], second.headers()["x-request-id"]);
}

#[tokio::test]
async fn what_pages_link_to_is_there_and_may_be_kept() {
    let (_, html) = get(Rest::Runs(Vec::new()), "/").await;
    let links: Vec<&str> = html.split('"').filter(|piece| piece.starts_with("/assets/")).collect();
    assert_eq!(links.len(), 4, "{links:?}");
    for link in links {
        let (head, _) = get(Rest::Runs(Vec::new()), link).await;
        assert_eq!(head.status(), StatusCode::OK, "{link}");
        assert!(head.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }
    let (head, _) = get(Rest::Runs(Vec::new()), "/assets/0000000000000000/counterfoil.js").await;
    assert_eq!(head.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn faults_are_told_in_plain_words_and_their_causes_are_not() {
    let front = [Rest::Fails, Rest::Panics];
    for rest in front {
        let (head, html) = get(rest, "/").await;
        assert_eq!(head.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(html.contains("Sorry, there is a problem with the service"), "{html}");
        assert!(!html.contains("10.0.0.1") && !html.contains("secret"), "{html}");
        assert!(head.headers().contains_key("content-security-policy"));
    }
    let (head, html) = get(Rest::Fails, "/nowhere").await;
    assert_eq!(head.status(), StatusCode::NOT_FOUND);
    assert!(html.contains("Page not found"));
    let (head, html) = ask(Rest::Fails, Method::POST, "/").await;
    assert_eq!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(head.headers()["allow"], "GET,HEAD");
    assert!(html.contains("This page cannot be used that way"));
}

#[tokio::test]
async fn alive_and_ready_are_two_questions() {
    let (head, _) = get(Rest::Fails, "/healthz").await;
    assert_eq!(head.status(), StatusCode::OK);
    let (head, _) = get(Rest::Runs(Vec::new()), "/readyz").await;
    assert_eq!(head.status(), StatusCode::OK);
    let (head, text) = get(Rest::Fails, "/readyz").await;
    assert_eq!(head.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(text, "not ready: the database cannot be reached\n");
    let (_, text) = get(Rest::Panics, "/readyz").await;
    assert!(text.contains("counterfoil migrate"), "{text}");
}
