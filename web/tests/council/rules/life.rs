//! From the upload to the history, as two administrators and an auditor see it.

use counterfoil_core::pricing::canonical;
use counterfoil_tenants::identity::CouncilRole;

use super::{RULES, Ruled, case, decide, new_version, standard, upload};
use crate::member;
use crate::pages::Site;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_said_on_the_form_and_nothing_typed_is_lost() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let mut browser = site.sign_in(ruled.council.administrator).await;
    browser.open(RULES).await;
    browser.has(&["Payment rules", "In force", "standard", "1 April 2024", "Nothing was uploaded or decided yet"]);
    let page = format!("{RULES}/new");
    browser.open(&page).await;
    browser.post_file(&page, &[("note", " ")], ("component", Some(""), b"")).await;
    browser.has(&["<title>Error: ", "Select the component of the rule", "Enter what changed"]);
    // a page that was turned into a component by its name alone
    browser.post_file(&page, &[("note", "Rates by distance")], ("component", Some("rule.wasm"), b"%PDF-1.7")).await;
    browser.has(&["This file cannot be used as a rule", "href=\"#component\"", "Rates by distance"]);
    let token = browser.token_of(&page);
    let (component, note) = (new_version(), [("note", "Rates by distance")]);
    let wrong_case: &[u8] = b"{\"name\": \"no claim\"}";
    let files = [("component", Some("rule.wasm"), &component[..]), ("cases", Some("claim.json"), wrong_case)];
    browser.post_files(&page, &token, &note, &files).await;
    browser.has(&["\u{2018}claim.json\u{2019} cannot be run as a case", "href=\"#cases\"", "Rates by distance"]);
    browser.has(&["Select the component again"]);
    let large = vec![0; 2 * 1024 * 1024 + 1];
    browser.post_file(&page, &note, ("component", Some("large.wasm"), &large)).await;
    browser.has(&["must be 2MB or smaller", "Rates by distance"]);

    // what was refused is kept with its sentence, and nothing of it can be switched on
    browser.open(RULES).await;
    browser.has(&["Uploads that were refused", "rule.wasm", "8 bytes", "This file cannot be used as a rule"]);
    browser.has_none(&["Waits for approval"]);
    browser.open(&format!("{RULES}/{}", canonical::digest(b"%PDF-1.7"))).await;
    assert_eq!(browser.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_with_a_failing_case_waits_and_one_that_passes_is_approved_switched_on_rolled_back_and_retired() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let (mut one, mut other) = (site.sign_in(ruled.council.administrator).await, site.sign_in(ruled.second).await);
    let component = new_version();
    let digest = upload(&mut one, &component, &[&case(1)]).await;
    let page = format!("{RULES}/{digest}");
    one.has(&["The version is uploaded and checked", "Cases fail", "1 of 1 fails", "rule.wasm", "Built again"]);
    one.has(&[
        "The day of admission is charged, the day of discharge is not",
        "rounding-minutes",
        "A whole number from 1 to 60",
    ]);
    one.has(&["Uploaded by An administrator"]);
    one.has_none(&["value=\"approve\""]);
    one.open("/").await;
    one.has_none(&["Approve or decline"]);
    // exactly the same is refused in words
    one.open(&format!("{RULES}/new")).await;
    one.post_file(&format!("{RULES}/new"), &[("note", "x")], ("component", Some("rule.wasm"), &component)).await;
    one.has(&["was uploaded before"]);

    other.open("/").await;
    other.has(&["Approve or decline 1 payment rule"]);
    decide(&mut other, &digest, "approve", "").await;
    other.has(&["A case comes to something else than it expects"]);
    one.open(&format!("{page}/cases")).await;
    one.post_file(&format!("{page}/cases"), &[], ("cases", Some("corrected.json"), &case(0))).await;
    one.follow().await;
    one.has(&["The cases were run", "1 passes", "Waits for approval", "Another administrator approves or declines it"]);
    decide(&mut one, &digest, "approve", "It is mine").await;
    one.has(&["You uploaded this version. Another administrator has to approve or decline it", "It is mine"]);
    other.open(&page).await;
    other.post_form(&page, &[("comment", "")]).await;
    other.has(&["Select what you want to do"]);
    decide(&mut other, &digest, "decline", "").await;
    other.has(&["Enter why", "href=\"#comment\""]);
    decide(&mut other, &digest, "decline", "No figures with it").await;
    other.follow().await;
    other.has(&["The version is declined", "No figures with it"]);
    decide(&mut other, &digest, "approve", "Tried").await;
    other.follow().await;
    other.has(&["The version is approved", "Switch it on from a date"]);

    // from the start of a pay period, seen before it is done
    let on = format!("{page}/activate");
    let (from, midweek) = (ruled.starts[1], ruled.starts[1].succ_opt().unwrap());
    one.open(&on).await;
    one.has(&["Switch this version on", &format!("value=\"{from}\""), "Weekly actuals"]);
    one.open(&format!("{on}?reason=")).await;
    one.has(&["Select the day from which it prices"]);
    one.open(&format!("{on}?from={midweek}&reason=Tried+twice")).await;
    one.has(&["Select a day on which a pay period begins", "name=\"reason\" value=\"Tried twice\""]);
    one.open(&format!("{on}?from={from}")).await;
    one.has(&["Check what changes", "Weekly actuals", "Claims that are priced again"]);
    one.post_form(&on, &[("from", &from.to_string()), ("reason", "")]).await;
    one.follow().await;
    one.has(&["The version is switched on", &format!("From {}", from.format("%-d %B %Y"))]);
    one.open(RULES).await;
    one.has(&[&format!("From {}", from.format("%-d %B %Y")), "To come", "Switched on from"]);
    // what will price is not retired, and is not approved once more
    one.open(&page).await;
    one.has_none(&["value=\"retire\"", "value=\"approve\""]);

    let back = format!("{RULES}/{}/activate", standard());
    other.open(&format!("{back}?from={from}")).await;
    other.has(&["Roll back to it", "In place of", "as it did before"]);
    other.post_form(&back, &[("from", &from.to_string()), ("reason", "")]).await;
    other.has(&["Enter why", "href=\"#reason\""]);
    other.post_form(&back, &[("from", &from.to_string()), ("reason", "It pays too little")]).await;
    other.follow().await;
    other.has(&["switched on in place of the other", "Rolled back to, from", "It pays too little"]);
    decide(&mut one, &digest, "retire", "Not needed").await;
    one.follow().await;
    one.has(&["The version is retired", "Retired"]);
    // nothing is left to decide on its page, and a form that was kept open changes nothing
    other.open(&format!("{RULES}/new")).await;
    let token = other.token_of(&format!("{RULES}/new"));
    other.post(&page, &token, &[("do", "approve")]).await;
    other.has(&["This version was used or retired", "id=\"do\""]);
    other.has_none(&["value=\"approve\"", "<textarea"]);
    other.open(&format!("{on}?from={from}")).await;
    other.has(&["This version is retired"]);

    // every byte of it is still there, and who did what
    other.get(&format!("{page}/component")).await;
    assert_eq!((other.status(), other.bytes()), (200, &component[..]));
    assert_eq!(other.header("content-type"), "application/wasm");
    other.open(RULES).await;
    other.has(&["Ada", "An administrator", "Uploaded", "Declined", "Approved", "Replaced", "Retired", "Not needed"]);
    other.open("/councils/fenmere/audit?kind=rule").await;
    other.has(&[
        "Payment rule uploaded",
        "Cases run through a payment rule",
        "Payment rule declined",
        "Payment rule approved",
        "Payment rule switched on",
        "Payment rule rolled back",
        "Payment rule retired",
        "Payment rule downloaded",
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_with_the_service_is_approved_before_it_prices_and_its_bytes_are_there_for_everybody() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let mut browser = site.sign_in(ruled.second).await;
    browser.open(RULES).await;
    browser.has(&["With the service", "norfolk"]);
    let norfolk = canonical::digest(counterfoil_rules::packs::norfolk().component);
    browser.open(&format!("{RULES}/{norfolk}")).await;
    browser.has(&["Comes with the service", "value=\"approve\"", "frustrated-reasons"]);
    // cases go with what a council has uploaded
    browser.open(&format!("{RULES}/{norfolk}/cases")).await;
    assert_eq!(browser.status(), 404);
    browser.open(&format!("{RULES}/{norfolk}/activate?from={}", ruled.starts[0])).await;
    browser.has(&["A second administrator has to approve this version"]);
    decide(&mut browser, &norfolk, "approve", "").await;
    browser.follow().await;
    browser.has(&["Another administrator has to switch it on"]);
    browser.get(&format!("{RULES}/{norfolk}/component")).await;
    assert_eq!(browser.bytes(), counterfoil_rules::packs::norfolk().component);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_chooses_what_follows_when_a_version_fails() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let mut browser = site.sign_in(ruled.council.administrator).await;
    let page = format!("{RULES}/quarantine");
    browser.open(&page).await;
    browser.has(&["value=\"5\"", "value=\"suspend\" checked"]);
    browser.post_form(&page, &[("faults", "many"), ("follows", "")]).await;
    browser.has(&["between 1 and 1,000", "Select what prices claims", "value=\"many\""]);
    browser.post_form(&page, &[("faults", "3"), ("follows", "last-good")]).await;
    browser.follow().await;
    browser.has(&[
        "is set",
        "fails on 3 claims within a day",
        "the version that was in force before it prices its claims",
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_looks_on_and_changes_nothing() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let digest = upload(&mut site.sign_in(ruled.council.administrator).await, &new_version(), &[&case(0)]).await;
    let auditor = member(&site, &ruled.council, "Otis", CouncilRole::Auditor).await;
    let mut auditor = site.sign_in(auditor).await;
    for page in ["", "/quarantine", &format!("/{digest}")] {
        auditor.open(&format!("{RULES}{page}")).await;
        assert_eq!(auditor.status(), 200, "{page}");
        auditor.has_none(&["Upload a version", "<textarea", &format!("action=\"{RULES}")]);
    }
    auditor.has(&["Administrators decide about versions", "Waits for approval"]);
    for page in ["/new", &format!("/{digest}/activate"), &format!("/{digest}/cases")] {
        auditor.open(&format!("{RULES}{page}")).await;
        assert_eq!(auditor.status(), 403, "{page}");
    }
}
