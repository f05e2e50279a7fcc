//! Care that was not delivered for several days, people and contracts at once: previewed, and only then stored.

use counterfoil_core::claim::ClaimState;
use counterfoil_core::statement::{Actuals, Outcome};
use counterfoil_testkit::Contracted;

use crate::actuals::World;
use crate::browser::{Browser, Page};

fn here(world: &World) -> String {
    format!("{}/non-delivery", world.council.claims_of(&world.own))
}

/// The fields of a form: from a day of December 2024 to another, for a reason.
fn asked<'a>(contracts: &'a [String], (from, to): (&'a str, &'a str), reason: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = contracts.iter().map(|id| ("contract", id.as_str())).collect();
    fields.extend([
        ("from-day", from),
        ("from-month", "12"),
        ("from-year", "2024"),
        ("to-day", to),
        ("to-month", "12"),
        ("to-year", "2024"),
        ("reason", reason),
    ]);
    fields
}

/// Every value that the preview sends back under a name.
fn sent(page: &Page, name: &str) -> Vec<String> {
    let text = page.text();
    let begins = format!("name=\"{name}\" value=\"");
    let parts = text.split(&begins).skip(1);
    parts.map(|part| part.split_once('"').unwrap().0.to_owned()).collect()
}

async fn previewed(browser: &Browser, here: &str, fields: &[(&str, &str)]) -> Page {
    browser.post(here, here, &[fields, &[("do", "preview")]].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_in_hospital_over_two_weeks_and_two_services_is_previewed_and_stated() {
    let world = World::new().await;
    let (hours, visits): (Contracted, Contracted) = (world.hours().await, world.visits().await);
    let contracts = [hours.contract.to_string(), visits.contract.to_string()];
    let (first, _) = world.claim(&hours, 0).await;
    let (second, second_page) = world.claim(&hours, 1).await;
    let (timetabled, _) = world.claim(&visits, 0).await;
    let browser = world.browser().await;
    let here = here(&world);
    let form = browser.get(&here).await;
    form.is(200).says(&["In hospital", "missed it: frustrated"]);
    form.says(&["No carer was available", "You could not deliver it: missed", &contracts[0], &contracts[1]]);
    // who is not there for an emergency is not offered it
    form.says_nothing_of(&["More care was needed"]);

    let nothing = previewed(&browser, &here, &[]).await;
    nothing.is(200).says(&["Choose at least one contract", "Enter the first day", "Choose why care was not delivered"]);
    let turned = previewed(&browser, &here, &asked(&contracts, ("17", "12"), "hospital")).await;
    turned.is(200).says(&["The last day must be the same as or after the first", "value=\"17\""]);
    // this council's rule wants a difference explained
    let silent = previewed(&browser, &here, &asked(&contracts, ("12", "15"), "hospital")).await;
    silent.is(200).says(&["Enter a comment", "href=\"#comment\""]);

    let mut fields = asked(&contracts, ("12", "15"), "hospital");
    fields.push(("comment", "Admitted on the 12th"));
    let preview = previewed(&browser, &here, &fields).await;
    preview.is(200).says(&["Nothing is saved yet", "3 lines of 3 claims", "5 hours delivered, 2 hours frustrated"]);
    preview.says(&["2 hours 30 minutes delivered, 1 hour frustrated", "Save these changes"]);
    let stands = [world.stands(first).await, world.stands(second).await, world.stands(timetabled).await];
    assert_eq!(stands, [(ClaimState::Generated, 0); 3]);

    // the second week is left as it is
    let (seen, offered) = (sent(&preview, "seen"), sent(&preview, "offered"));
    assert_eq!((seen.len(), offered.len()), (3, 3));
    let mut save = fields.clone();
    save.extend(seen.iter().map(|seen| ("seen", seen.as_str())));
    save.extend(offered.iter().map(|line| ("offered", line.as_str())));
    save.extend(
        offered.iter().filter(|line| !line.starts_with(&second.to_string())).map(|line| ("line", line.as_str())),
    );
    save.push(("do", "save"));
    browser.post(&here, &here, &save).await.leads_to(&format!("{here}?done=2"));
    browser.get(&format!("{here}?done=2")).await.is(200).says(&["2 claims changed"]);
    assert_eq!(world.stands(second).await, (ClaimState::Generated, 0));
    let stated = world.stated(first).await;
    let Actuals::Days { days } = &stated.lines[0].actuals else { panic!("days") };
    let away: Vec<u32> = days
        .iter()
        .filter(|day| day.reason == "hospital")
        .map(|day| day.date.format("%d").to_string().parse().unwrap())
        .collect();
    assert_eq!(away, [12, 13]);
    assert_eq!(stated.lines[0].comment, "Admitted on the 12th");
    let Actuals::Visits { visits } = &world.stated(timetabled).await.lines[0].actuals else { panic!("visits") };
    assert_eq!(visits.iter().filter(|visit| visit.outcome == Outcome::Frustrated).count(), 2);

    // what is done changes nothing again; what is left is still to do
    let again = previewed(&browser, &here, &fields).await;
    again.is(200).says(&["1 line of 1 claim would change", &second_page]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_confirmed_is_named_with_what_to_do_and_a_colleague_is_not_overwritten() {
    let world = World::new().await;
    let hours = world.hours().await;
    let contracts = [hours.contract.to_string()];
    let (confirmed, page) = world.claim(&hours, 0).await;
    let (other, other_page) = world.claim(&hours, 1).await;
    let browser = world.browser().await;
    let actuals = format!("{page}/actuals");
    let accept = [("do", "accept"), ("version", "0"), ("statement_version", "0")];
    browser.post(&page, &actuals, &accept).await.leads_to(&format!("{page}?done=stated"));
    let confirm = format!("{page}/confirm");
    let version = browser.get(&confirm).await.after_in("<main", "name=\"version\"", "value");
    browser.post(&confirm, &confirm, &[("name", "Ann"), ("version", &version)]).await;
    assert_eq!(world.stands(confirmed).await, (ClaimState::Confirmed, 1));

    let here = here(&world);
    let mut fields = asked(&contracts, ("13", "16"), "no-carer");
    fields.push(("comment", "Closed for the snow"));
    let preview = previewed(&browser, &here, &fields).await;
    preview.is(200).says(&["1 line of 1 claim", "4 hours delivered, 3 hours missed", "What cannot be changed", &page]);

    // a colleague accepts the plan of the other week meanwhile
    let (seen, line) = (sent(&preview, "seen"), sent(&preview, "line"));
    let theirs = format!("{other_page}/actuals");
    browser.post(&other_page, &theirs, &accept).await.leads_to(&format!("{other_page}?done=stated"));
    let mut save = fields.clone();
    save.extend([("seen", seen[0].as_str()), ("offered", &line[0]), ("line", &line[0]), ("do", "save")]);
    let refused = browser.post(&here, &here, &save).await;
    refused.is(200).says(&[
        "somebody changed it after you looked",
        "value=\"Closed for the snow\"",
        "1 line of 1 claim",
    ]);
    assert!(matches!(world.stated(other).await.lines[0].actuals, Actuals::AsPlanned), "theirs stands");
    // looked at again, it is stated
    let seen = sent(&refused, "seen");
    let mut save = fields.clone();
    save.extend([("seen", seen[0].as_str()), ("offered", &line[0]), ("line", &line[0]), ("do", "save")]);
    browser.post(&here, &here, &save).await.leads_to(&format!("{here}?done=1"));
    assert!(matches!(world.stated(other).await.lines[0].actuals, Actuals::Days { .. }));
}
