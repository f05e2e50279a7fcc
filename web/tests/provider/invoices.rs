//! Invoices that a provider writes: allowed by the council, checked against plan, price and what was invoiced before,
//! submitted once, followed by both sides, and withdrawn.

use counterfoil_core::claim::ClaimState;
use counterfoil_testkit::TestProvider;

use crate::browser::{Browser, Page, Web};
use crate::payments::Story;

/// The invoices of the story's provider.
fn home(story: &Story) -> String {
    format!("/organisations/{}/councils/bradford/invoices", story.own.organisation)
}

/// Where the form for weeks of its contract is.
fn form(story: &Story, weeks: &[&str]) -> String {
    let weeks: String = weeks.iter().map(|week| format!("&week={week}")).collect();
    format!("{}/new?contract={}&chosen=1{weeks}", home(story), story.contract.contract)
}

/// What the form on a page carries unseen.
fn unseen(page: &Page) -> Vec<(String, String)> {
    let text = page.text();
    let main = text.split_once("<main").unwrap().1;
    let mut fields = Vec::new();
    for part in main.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = part.split_once('"').unwrap();
        let value = rest.split_once("value=\"").unwrap().1.split_once('"').unwrap().0;
        if name != "csrf" {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    fields
}

/// Sends the form of a page with what somebody typed; `from` has the form's token.
async fn send(browser: &Browser, (home, from): (&str, &str), page: &Page, typed: &[(&str, &str)]) -> Page {
    let unseen = unseen(page);
    let mut fields: Vec<(&str, &str)> = unseen.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(typed);
    browser.post(from, &format!("{home}/new"), &fields).await
}

const DATED: [(&str, &str); 3] = [("dated-day", "14"), ("dated-month", "12"), ("dated-year", "2024")];

/// What somebody types who delivered `hours` and expects `pounds` for them.
fn typed<'t>(number: &'t str, hours: &'t str, pounds: &'t str, act: &'t str) -> Vec<(&'t str, &'t str)> {
    let line = [("c1-line-1-actual", hours), ("c1-line-1-expect", pounds), ("c1-line-1-comment", "One visit less")];
    let mut typed = vec![("number", number), ("name", "Ada Lovelace"), ("do", act)];
    typed.extend(line);
    typed.extend(DATED);
    typed
}

async fn allow(web: &Web, story: &Story) {
    let administrator = web.signed_in(story.council.is.administrator).await;
    let setting = "/councils/bradford/settings/invoices";
    administrator.get(setting).await.is(200).says(&["providers may not write invoices"]);
    administrator.post(setting, setting, &[]).await.is(200).says(&["Select whether providers may write invoices"]);
    let led = administrator.post(setting, setting, &[("allowed", "yes")]).await;
    led.leads_to(&format!("{setting}?done=changed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_checked_submitted_once_and_withdrawn() {
    let story = Story::new().await;
    let claims = story.week(0).await;
    story.week(1).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let home = home(&story);
    browser.get(&home).await.is(200).says(&["takes no invoices that providers write"]);
    browser.get(&format!("{home}/new")).await.is(200).says(&["Bradford takes no invoices"]);
    allow(&web, &story).await;

    browser.get(&format!("{home}/new")).await.is(200).says(&["Write an invoice", &story.contract.contract.to_string()]);
    browser.get(&form(&story, &[])).await.is(200).says(&["Select the weeks", "Ending 13 December 2024, 1 person"]);
    let first = form(&story, &["2024-12-13"]);
    let at = (home.as_str(), first.as_str());
    let page = browser.get(&first).await;
    page.is(200).says(&["7 hours x \u{a3}18.85 = \u{a3}131.95", "value=\"131.95\"", "Both agree."]);

    // what is missing or wrong is said, and nothing is lost
    let empty = send(&browser, at, &page, &typed("", "six", "131.95", "submit")).await;
    empty.is(200).says(&[
        "Enter your invoice number",
        "enter a number, like 7 or 7.5",
        "value=\"six\"",
        "One visit less",
    ]);
    let strange = send(&browser, at, &page, &typed("INV_1", "7", "1,5", "check")).await;
    strange.is(200).says(&["must only have letters", "enter an amount in pounds", "value=\"1,5\""]);
    // less than planned, at the price of the plan: the difference is explained before it can be sent
    let dear = send(&browser, at, &page, &typed("INV 1", "6", "131.95", "submit")).await;
    dear.is(200).says(&[
        "Look at what the council",
        "1 hour less than planned",
        "6 hours x \u{a3}18.85 = \u{a3}113.10",
        "You invoice \u{a3}18.85 more than the council",
    ]);
    let adopted = send(&browser, at, &dear, &typed("INV 1", "6", "131.95", "adopt")).await;
    adopted.is(200).says(&["value=\"113.10\"", "Both agree."]);
    let cheap = send(&browser, at, &dear, &typed("INV 1", "6", "113.10", "check")).await;
    let sent = send(&browser, at, &cheap, &typed("INV 1", "6", "113.10", "submit")).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let receipt = sent.headers["location"].to_str().unwrap().to_owned();
    let invoice = receipt.split('?').next().unwrap().to_owned();
    browser.get(&receipt).await.is(200).says(&[
        "The invoice is submitted",
        "Submitted",
        "14 December 2024",
        "\u{a3}113.10. Both agree.",
        "1 less than planned",
        "Ada Lovelace",
    ]);

    // the same form again is answered with the same receipt
    let from = (home.as_str(), home_form(&story).leak() as &str);
    send(&browser, from, &cheap, &typed("INV 1", "6", "113.10", "submit")).await.leads_to(&receipt);
    // and its number and its week with what they were used for
    let second = form(&story, &["2024-12-13", "2024-12-20"]);
    let at = (home.as_str(), second.as_str());
    let page = browser.get(&second).await;
    page.is(200).says(&["Left out: already invoiced", "invoice INV 1"]).says_nothing_of(&["name=\"c2-"]);
    let page = browser.get(&form(&story, &["2024-12-20"])).await;
    let mut late = typed("inv-1", "7", "131.95", "submit");
    late.retain(|(name, _)| !name.starts_with("dated"));
    late.extend([("dated-day", "21"), ("dated-month", "12"), ("dated-year", "2024")]);
    let used = send(&browser, at, &page, &late).await;
    used.is(200).says(&["You have used the invoice number INV 1 before. Enter another", &invoice]);

    // both sides follow it
    browser.get(&home).await.is(200).says(&["INV 1", "Submitted", "\u{a3}113.10"]);
    let csv = browser.get(&format!("{home}/csv?state=submitted")).await.text();
    assert!(csv.starts_with("Number,Invoice date,") && csv.contains("INV 1,2024-12-14,"), "{csv}");
    browser.get(&format!("{home}?state=paid")).await.is(200).says(&["No invoices match"]);
    let claim = claims[0];
    let officer = web.signed_in(story.council.is.officer).await;
    let theirs = invoice.replace(&home, "/councils/bradford/invoices");
    officer.get(&format!("/councils/bradford/claims/{claim}")).await.is(200).says(&[&theirs, "INV 1"]);
    officer.get("/councils/bradford/invoices").await.is(200).says(&["INV 1", "Good Care", &theirs]);
    officer.get(&theirs).await.is(200).says(&["Good Care", "Submitted"]).says_nothing_of(&["Withdraw the"]);
    let rival = TestProvider::new(&story.db, "Other Care").await;
    story.council.contract(&story.db, &rival).await;
    let other = web.signed_in(rival.person).await;
    let stolen = invoice.replace(&story.own.organisation.to_string(), &rival.organisation.to_string());
    other.get(&stolen).await.is(404);
    let asks = format!("/organisations/{}/councils/bradford/queries/new", rival.organisation);
    let taken_back = other.post(&asks, &format!("{stolen}/withdraw"), &[("because", "Not ours")]).await;
    taken_back.is(404);

    // it can be taken back, and its claim is open with what was stated
    let withdraw = format!("{invoice}/withdraw");
    browser.post(&invoice, &withdraw, &[]).await.is(200).says(&["Enter why you withdraw it"]);
    let because = [("because", "The wrong week")];
    browser.post(&invoice, &withdraw, &because).await.leads_to(&format!("{invoice}?done=withdrawn"));
    browser
        .get(&invoice)
        .await
        .is(200)
        .says(&["Withdrawn", "The wrong week"])
        .says_nothing_of(&["Why do you withdraw"]);
    let open = browser.get(&first).await;
    open.is(200).says(&["value=\"6\"", "One visit less"]);
}

/// A page of the provider whose form has a token for as long as a week is open.
fn home_form(story: &Story) -> String {
    form(story, &["2024-12-20"])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_stands_where_its_claims_stand_and_a_run_keeps_it() {
    let story = Story::new().await;
    let claims = story.week(0).await;
    let web = Web::new(&story.db);
    allow(&web, &story).await;
    let browser = web.signed_in(story.own.person).await;
    let home = home(&story);
    let first = form(&story, &["2024-12-13"]);
    let page = browser.get(&first).await;
    let mut plain = typed("2024/12", "7", "131.95", "submit");
    plain.retain(|(name, _)| *name != "c1-line-1-comment");
    let sent = send(&browser, (&home, &first), &page, &plain).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let invoice = sent.headers["location"].to_str().unwrap().split('?').next().unwrap().to_owned();
    // its number and date are the claim's reference and date
    let claim = format!("{}/{}", home.replace("/invoices", "/claims"), claims[0]);
    browser.get(&claim).await.is(200).says(&["2024/12", "14 December 2024", &invoice]);
    for (state, words) in [(ClaimState::Locked, "A payment run has it"), (ClaimState::Paid, "It is paid")] {
        story.council.moved(claims[0], state).await;
        browser.get(&invoice).await.is(200).says(&[words]).says_nothing_of(&["Why do you withdraw"]);
    }
    let refused = browser.post(&home_of_claims(&home), &format!("{invoice}/withdraw"), &[("because", "Late")]).await;
    refused.is(200).says(&["paid"]);
}

/// A page with a form that is there whatever became of the claims.
fn home_of_claims(home: &str) -> String {
    home.replace("/invoices", "/actuals-file")
}
