//! Adjustments: asked for by a provider, decided by the council, and from then on extras of the line are refused wherever
//! actuals are stated.

use counterfoil_core::event::Action;
use counterfoil_core::ids::AdjustmentId;
use counterfoil_core::money::Quantity;
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_core::plan::Plan;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::change_records::{Touched, reassess};
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};
use counterfoil_tenants::steps::tell_of_adjustment::tell_of_adjustment;
use counterfoil_tenants::{audit, claim, notice, notification, service_line};
use counterfoil_testkit::{Contracted, TestProvider, instant};
use uuid::Uuid;

use crate::actuals::{World, fields, typed};
use crate::browser::{Browser, Page};

const DESK: &str = "/councils/worcestershire/adjustments";
/// 9 December 2024, the Monday of the first claim's week.
const MONDAY: [(&str, &str); 3] = [("from-day", "9"), ("from-month", "12"), ("from-year", "2024")];

fn home(world: &World) -> String {
    world.council.claims_of(&world.own).replace("/claims", "/adjustments")
}

/// The adjustment that a redirect leads to.
fn led_to(page: &Page) -> AdjustmentId {
    assert_eq!(page.status, 303, "{}", page.text());
    let to = page.headers["location"].to_str().unwrap();
    to.rsplit_once('/').unwrap().1.split_once('?').unwrap().0.parse().unwrap()
}

async fn ask(world: &World, browser: &Browser, of: &Contracted, more: &[(&str, &str)]) -> Page {
    let form = format!("{}/new?line={}", home(world), of.service_line);
    let mut all: Vec<(&str, &str)> = MONDAY.to_vec();
    all.extend([("seen", "1"), ("wanted", "9"), ("why", "She needs help at night")]);
    all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    all.extend(more);
    browser.post(&form, &form, &all).await
}

/// Accepts one as asked, or otherwise.
async fn accept(officer: &Browser, id: AdjustmentId, more: &[(&str, &str)]) -> Page {
    let at = format!("{DESK}/{id}");
    let mut all: Vec<(&str, &str)> = MONDAY.to_vec();
    all.extend([("seen", "1"), ("decision", "accept"), ("quantity", "9")]);
    all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    all.extend(more);
    officer.post(&at, &at, &all).await
}

async fn versions(world: &World, of: &Contracted) -> Vec<(u32, String, Plan)> {
    let line = of.service_line;
    let read = world.council.is.scope.read(async |tx| service_line::versions(tx, &[line]).await).await.unwrap();
    read[&line].iter().map(|one| (one.version, one.from.to_string(), one.plan.clone())).collect()
}

fn week(thousandths: i64) -> Plan {
    Plan::Week { quantity: Quantity::from_thousandths(thousandths) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adjustment_is_asked_for_withdrawn_rejected_and_accepted_and_changes_the_plan() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (claim, claim_page) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let commissioning =
        world.web.signed_in(world.council.member(&world.db, "Connie", &[CouncilRole::Commissioning]).await).await;
    let home = home(&world);
    let line = format!("{}/contracts/lines/{}", home.replace("/adjustments", ""), contract.service_line);
    browser.get(&line).await.is(200).says(&["No adjustment of the plan was asked for", "Ask for an adjustment"]);
    let form = format!("{home}/new?line={}", contract.service_line);
    browser.get(&form).await.is(200).says(&["Planned now: 7 hours for each seven days", "How many hours a week"]);

    // nothing typed is lost
    let wrong = ask(&world, &browser, &contract, &[("wanted", "many"), ("why", ""), ("to-day", "31")]).await;
    wrong.is(200).says(&["enter a number, like 7 or 7.5", "Enter why the plan should change", "value=\"many\""]);
    wrong.says(&["The last day must be a real date"]);
    let early = ask(&world, &browser, &contract, &[("from-year", "2023")]).await;
    early.is(200).says(&["The line has no plan on 9 December 2023. Choose days from 1 April 2024 to any later day"]);
    let same = ask(&world, &browser, &contract, &[("wanted", "7")]).await;
    same.is(200).says(&["That is what is planned already"]);
    let stale = ask(&world, &browser, &contract, &[("seen", "7")]).await;
    stale.is(200).says(&["The plan of this line was changed after the page was opened"]);

    // the page of actuals leads to the only line of its claim
    browser.get(&format!("{claim_page}/actuals")).await.is(200).says(&[&format!("{home}/new?claim={claim}")]);
    browser.get(&format!("{home}/new?claim={claim}")).await.leads_to(&format!("{form}&claim={claim}"));

    // asked beside a claim, withdrawn, asked again: one at a time
    let beside = format!("{form}&claim={claim}");
    let all: Vec<_> = MONDAY.into_iter().chain([("seen", "1"), ("wanted", "8"), ("why", "More")]).collect();
    let first = led_to(&browser.post(&beside, &beside, &all).await);
    let here = format!("{home}/{first}");
    browser.get(&here).await.is(200).says(&[
        "8 hours a week from 9 December 2024 on",
        "Waiting",
        &claim_page,
        "1 week",
    ]);
    ask(&world, &browser, &contract, &[]).await.is(200).says(&["An adjustment of this line waits", "Withdraw it"]);
    commissioning.get("/").await.is(200).says(&["Decide on 1 adjustment", "adjustments?state=open"]);
    let (token, _) = browser.form(&here).await;
    browser.post_with(&token, &here, &[]).await.leads_to(&format!("{here}?done=withdrawn"));
    browser.post_with(&token, &here, &[]).await.is(200).says(&["answered or withdrawn meanwhile"]);

    // rejected with a reason
    let second = led_to(&ask(&world, &browser, &contract, &[]).await);
    let at = format!("{DESK}/{second}");
    commissioning.get(&at).await.is(200).says(&["Good Care", "She needs help at night", "value=\"9\"", "Decide"]);
    let silent = commissioning.post(&at, &at, &[("seen", "1"), ("decision", "reject"), ("reason", "")]).await;
    silent.is(200).says(&["Enter why it is rejected"]);
    let said = [("seen", "1"), ("decision", "reject"), ("reason", "Not before the review")];
    commissioning.post(&at, &at, &said).await.leads_to(&format!("{at}?done=rejected"));
    browser.get(&format!("{home}/{second}")).await.is(200).says(&["Rejected by Connie", "Not before the review"]);
    assert_eq!(versions(&world, &contract).await.len(), 1);

    // accepted otherwise than asked, for a while: the plan changes and goes back
    let third = led_to(&ask(&world, &browser, &contract, &[]).await);
    let auditor = world.web.signed_in(world.council.member(&world.db, "Audrey", &[CouncilRole::Auditor]).await).await;
    auditor.get(&format!("{DESK}/{third}")).await.is(200).says(&["can decide on this"]);
    let until = [("quantity", "10.5"), ("to-day", "22"), ("to-month", "12"), ("to-year", "2024")];
    accept(&commissioning, third, &[("quantity", "x")]).await.is(200).says(&["enter a number", "value=\"x\""]);
    accept(&commissioning, third, &[("seen", "4")]).await.is(200).says(&["The plan of this line was changed"]);
    // a colleague has the same page open
    let at_third = format!("{DESK}/{third}");
    let (token, _) = commissioning.form(&at_third).await;
    accept(&commissioning, third, &until).await.leads_to(&format!("{DESK}/{third}?done=accepted"));
    let expected = [
        (1, "2024-04-01".to_owned(), week(7_000)),
        (2, "2024-12-09".to_owned(), week(10_500)),
        (3, "2024-12-23".to_owned(), week(7_000)),
    ];
    assert_eq!(versions(&world, &contract).await, expected);
    let page = browser.get(&format!("{home}/{third}")).await;
    page.is(200).says(&["Planned before", "7 hours for each seven days", "10.5 hours for each seven days"]);
    page.says(&["from 9 to 22 December 2024", "It reaches 1 week that was claimed", "is no extra"]);
    let late = [("seen", "1"), ("decision", "reject"), ("reason", "No")];
    commissioning.post_with(&token, &at_third, &late).await.is(200).says(&["answered or withdrawn meanwhile"]);
    browser.get(&format!("{home}?state=accepted")).await.is(200).says(&["Showing 1 adjustment", "10.5 hours"]);
    commissioning.get(&format!("{DESK}?reference=cpli")).await.is(200).says(&["Showing all 3 adjustments"]);
    browser.get(&line).await.is(200).says(&["Backdated variation", "Adjustment 3 of"]);
    let records = world.council.is.scope.read(async |tx| audit::of(tx, third).await).await.unwrap();
    let mut actions: Vec<&str> = records.iter().map(|record| record.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, [Action::AcceptAdjustment.code(), Action::AskAdjustment.code()]);
    // every claim that either of the new versions touches is looked at again
    let means = crate::means::means(std::sync::Arc::new(counterfoil_tenants::vault::MasterKey::generate()));
    let scope = &world.council.is.scope;
    let before = scope.read(async |tx| claim::find(tx, claim).await).await.unwrap().assessment_id;
    reassess(scope, &means, chrono::Utc::now(), Touched::Line(contract.service_line)).await.unwrap();
    let after = scope.read(async |tx| claim::find(tx, claim).await).await.unwrap().assessment_id;
    assert_ne!(before, after);

    // another organisation finds nothing of it
    let other = TestProvider::new(&world.db, "Other Care").await;
    world.council.contract(&world.db, &other).await;
    let rival = world.web.signed_in(other.person).await;
    let theirs = format!("/organisations/{}/councils/worcestershire/adjustments", other.organisation);
    let absent = rival.get(&format!("{theirs}/{}", AdjustmentId::from_uuid(Uuid::max()))).await;
    assert_eq!(rival.get(&format!("{theirs}/{third}")).await.is(404).settled(), absent.settled());
    rival.get(&format!("{theirs}/new?line={}", contract.service_line)).await.is(404);

    // each side is told once
    let setting = |event| NotificationSetting {
        event,
        enabled: true,
        sender: "payments@worcestershire.example".to_owned(),
        reply_to: "help@worcestershire.example".to_owned(),
        lead_minutes: 0,
        subject: "{line} from {from}".to_owned(),
        body: "{provider}: adjustment {adjustment} of {contract} is {answer}".to_owned(),
    };
    let set = scope.transaction(instant(2024, 12, 1, 9), async |tx| {
        let mut audited = tx.audited(Record::on(Action::SetUp, "notification")).await?;
        notification::set(&mut audited, setting(NoticeEvent::AdjustmentAsked)).await?;
        notification::set(&mut audited, setting(NoticeEvent::AdjustmentAnswered)).await
    });
    set.await.unwrap();
    for (answered, written) in [(false, 1), (true, 1), (true, 0)] {
        let told = tell_of_adjustment(scope, chrono::Utc::now(), third, answered).await.unwrap();
        assert_eq!(told, written, "{answered}");
    }
    let notices = scope.read(async |tx| notice::all(tx).await).await.unwrap();
    assert!(notices.iter().any(|notice| notice.recipient == "help@worcestershire.example"));
    assert!(notices.iter().any(|notice| notice.body.ends_with("is accepted")));
    assert!(notices.iter().all(|notice| !notice.body.contains("night")));
}

#[tokio::test(flavor = "multi_thread")]
async fn extras_that_an_accepted_adjustment_covers_are_refused_wherever_actuals_are_stated() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (claim, here) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let officer = world.web.signed_in(world.council.is.officer).await;
    let actuals = format!("{here}/actuals");
    let opened = fields(&browser.get(&actuals).await);
    let over = [("line-1-actual", Some("12")), ("line-1-comment", Some("More was needed"))];
    // before, an extra is an extra
    let price = async |line: &[(&str, Option<&str>)]| {
        let opened = fields(&browser.get(&actuals).await);
        let body: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(typed(&opened, line)).finish();
        browser.post_json(&actuals, &format!("{actuals}/price"), serde_json::json!({ "form": body })).await.json()
    };
    assert!(price(&over).await["problem"].is_null());

    let id = led_to(&ask(&world, &browser, &contract, &[]).await);
    accept(&officer, id, &[]).await.leads_to(&format!("{DESK}/{id}?done=accepted"));
    // Saturday and Sunday are as before, and nine hours a week from Monday
    let planned = "8.428";
    let form = browser.get(&actuals).await;
    form.is(200).says(&[planned]);

    // on the screen, by day and for the week, and while typing
    let said = ["adjustment 1 of the line was accepted from 9 December 2024", "ask for another adjustment"];
    let refused = browser.post(&actuals, &actuals, &typed(&opened, &over)).await;
    refused.is(200).says(&said).says(&["value=\"12\"", "href=\"#line-1-actual\"", "above the plan of line CPLI"]);
    let problem = price(&over).await["problem"]["words"].as_str().unwrap().to_owned();
    assert!(problem.contains(said[0]) && problem.starts_with("The price waits for this"), "{problem}");
    let by_day = typed(&opened, &[over[0], over[1], ("do", Some("by-day"))]);
    let days = browser.post(&actuals, &actuals, &by_day).await;
    days.is(200).says(&["line-1-20241209-actual", "value=\"day\""]);
    // above the plan on the two days before it began only: an extra as ever
    let laid = fields(&days);
    let plain: Vec<(String, String)> = laid
        .iter()
        .map(|(name, value)| {
            let of_day = |day: &str| name == &format!("line-1-202412{day}-actual");
            let value = if of_day("07") || of_day("08") {
                "2"
            } else if name.ends_with("-actual") {
                "1"
            } else {
                value
            };
            (name.clone(), value.to_owned())
        })
        .collect();
    let one_too_many = typed(&plain, &[("line-1-20241211-actual", Some("1.5")), ("do", Some("save"))]);
    let refused = browser.post(&actuals, &actuals, &one_too_many).await;
    refused.is(200).says(&["href=\"#line-1-20241211-actual\"", "on 11 December 2024 cannot be stated"]);
    let before_it = typed(&plain, &[("do", Some("save"))]);
    browser.post(&actuals, &actuals, &before_it).await.leads_to(&format!("{here}?done=stated"));

    // in a file, with the cell, the reason and the cure
    let files = world.council.claims_of(&world.own).replace("/claims", "/actuals-file");
    let download = format!("{files}/download?contract={}&week=all&kind=csv", contract.contract);
    let csv = browser.get(&download).await.is(200).text();
    let mut lines: Vec<String> = csv.lines().map(str::to_owned).collect();
    let mut cells: Vec<String> = lines[1].split(',').map(str::to_owned).collect();
    cells[7] = "14".to_owned();
    lines[1] = cells.join(",");
    let answer = browser.post_file(&files, &files, (lines.join("\r\n") + "\r\n").as_bytes()).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let preview = browser.get(answer.headers["location"].to_str().unwrap()).await;
    preview.is(200).says(&["H2", said[0], said[1], "0 claims with first actuals"]);

    // and at the step itself, whoever comes by another way
    let seen = world.council.is.scope.read(async |tx| claim::find(tx, claim).await).await.unwrap();
    let state = async |hours: i64| {
        let delivered = Quantity::from_thousandths(hours);
        let actuals = Actuals::Period { delivered, frustrated: Quantity::ZERO, reason: String::new(), visits: None };
        let line = LineStatement { line: 0, actuals, comment: "More".to_owned() };
        let statement = Statement { lines: vec![line], ..Statement::default() };
        let to_state = vec![ToState { claim, seen: seen.version, statement }];
        let means = crate::means::means(std::sync::Arc::new(counterfoil_tenants::vault::MasterKey::generate()));
        let of = (world.own.organisation, Source::Monitoring);
        let pricing = &world.council.is.scope;
        state_actuals(&world.own.scope, pricing, &means, chrono::Utc::now(), of, to_state).await.map(|_| ())
    };
    let refused = state(12_000).await.unwrap_err().to_string();
    assert!(refused.contains(said[0]) && refused.contains(said[1]), "{refused}");
    // up to the new plan is no extra
    state(8_428).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timetable_is_changed_visit_by_visit_and_longer_visits_are_refused_from_then_on() {
    let world = World::new().await;
    let contract = world.visits().await;
    let (_, here) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let officer = world.web.signed_in(world.council.is.officer).await;
    let id = led_to(&ask(&world, &browser, &contract, &[("wanted", "4")]).await);
    let at = format!("{DESK}/{id}");
    let page = officer.get(&at).await;
    page.is(200).says(&["Monday 08:00, 30 minutes, 1 carer", "4 hours a week are asked for"]);
    let wrong = accept(&officer, id, &[("timetable", "Someday 8:00, 30 minutes")]).await;
    wrong.is(200).says(&["Line 1 of the timetable: it does not begin with a day of the week", "Someday"]);
    let visits =
        "Monday 08:00, 30 minutes, 1 carer\nMonday 20:00, 45 minutes, 2 carers\nTuesday 08:00, 30 minutes, 1 carer";
    accept(&officer, id, &[("timetable", visits)]).await.leads_to(&format!("{at}?done=accepted"));
    officer.get(&at).await.is(200).says(&["3 visits a week, 2 hours 30 minutes of care (2.5 hours a week)"]);

    let actuals = format!("{here}/actuals");
    let form = browser.get(&actuals).await;
    let opened = fields(&form);
    // the first planned visit is Saturday's, from before it began
    let longer = [("line-1-p2-minutes", Some("60")), ("line-1-comment", Some("She was unwell")), ("do", Some("save"))];
    let refused = browser.post(&actuals, &actuals, &typed(&opened, &longer)).await;
    refused.is(200).says(&["30 minutes above the plan of line CPLI", "on 9 December 2024 cannot be stated"]);
    let before_it =
        [("line-1-p0-minutes", Some("60")), ("line-1-comment", Some("She was unwell")), ("do", Some("save"))];
    browser.post(&actuals, &actuals, &typed(&opened, &before_it)).await.leads_to(&format!("{here}?done=stated"));
}
