//! Settings of the rule in force: a form made from its own schema, values by date, and nothing that it does not take.

use chrono::Days;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::rule;

use super::{RULES, Ruled};
use crate::member;
use crate::pages::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_has_another_value_from_the_start_of_a_pay_period() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let mut browser = site.sign_in(ruled.council.administrator).await;
    let page = format!("{RULES}/settings");
    browser.open(&page).await;
    browser.has(&["Settings of the payment rule", "rounding-minutes", "A whole number from 1 to 60", "Unless set"]);
    browser.has_none(&["To come"]);
    let change = format!("{page}/change?setting=rounding");
    browser.open(&change).await;
    browser.has(&["Change rounding", "value=\"nearest\"", "Try the value on past weeks", "Weekly actuals"]);

    let post = format!("{page}/change");
    let from = ruled.starts[1].to_string();
    let midweek = (ruled.starts[1] + Days::new(1)).to_string();
    let token = browser.token_of(&post);
    browser.post(&post, &token, &[("setting", "rounding"), ("value", ""), ("scope", "spot")]).await;
    browser.has(&["<title>Error: ", "Enter the value of", "href=\"#from\"", "value=\"spot\""]);
    browser.post(&post, &token, &[("setting", "rounding"), ("value", "nearest"), ("from", &midweek)]).await;
    browser.has(&["Select a day on which a pay period begins", "value=\"nearest\" checked"]);
    browser.post(&post, &token, &[("setting", "rounding-minutes"), ("value", "90"), ("from", &from)]).await;
    browser.has(&["must be 60 or less", "value=\"90\""]);
    let prices = [("setting", "price"), ("value", "12"), ("from", &from)];
    browser.post(&post, &token, &prices).await;
    assert_eq!(browser.status(), 404, "no such setting has a form");
    browser.post(&post, &token, &[("setting", "rounding"), ("value", "nearest"), ("from", &from)]).await;
    browser.follow().await;
    browser.has(&["The setting is saved", "nearest", "To come"]);
    let codes = [("setting", "hospital-reasons"), ("value", "hospital\r\nrespite"), ("from", &from), ("scope", "spot")];
    browser.post(&post, &token, &codes).await;
    browser.follow().await;
    browser.has(&["hospital, respite", "for spot"]);
    browser.open("/councils/fenmere/audit?kind=rule").await;
    browser.has(&["Setting of the payment rule changed"]);

    let read = ruled.council.scope.read(async |tx| rule::settings(tx, chrono::Utc::now()).await).await.unwrap();
    let kept: Vec<_> = read.iter().map(|one| (one.key.as_str(), one.scope.as_str(), one.from.date())).collect();
    let first = Some(ruled.starts[1]);
    assert_eq!(kept, [("hospital-reasons", "spot", first), ("rounding", "", first)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_sees_settings_and_changes_none() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let auditor = member(&site, &ruled.council, "Otis", CouncilRole::Auditor).await;
    let mut auditor = site.sign_in(auditor).await;
    auditor.open(&format!("{RULES}/settings")).await;
    auditor.has(&["rounding-minutes"]);
    auditor.has_none(&["settings/change"]);
    auditor.open(&format!("{RULES}/settings/change?setting=rounding")).await;
    assert_eq!(auditor.status(), 403);
}
