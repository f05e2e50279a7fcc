//! A carer's timesheet: days answered one by one, stored as the same statement as on the ordinary form, sent with a receipt.

use counterfoil_core::claim::ClaimState;
use counterfoil_core::statement::{Actuals, DayActual};
use counterfoil_testkit::TestProvider;

use crate::actuals::{World, fields, typed};

/// The days of a statement: delivered and frustrated in thousandths, and why.
fn days_of(actuals: &Actuals) -> Vec<(i64, i64, &str)> {
    let Actuals::Days { days } = actuals else { panic!("{actuals:?} is not by day") };
    let of = |day: &'_ DayActual| (day.delivered.raw(), day.frustrated.raw());
    days.iter().map(|day| (of(day).0, of(day).1, day.reason.as_str())).collect()
}

/// The address of the timesheet that begins with a claim's week, and of the claim on it.
fn addresses(claim: &str, starts: &str) -> (String, String) {
    let (council, id) = claim.split_once("/claims/").unwrap();
    let sheet = format!("{council}/timesheets/{starts}");
    (sheet.clone(), format!("{sheet}/{id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carer_answers_a_week_day_by_day_and_sends_it() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (id, claim) = world.claim(&contract, 0).await;
    let (sheet, here) = addresses(&claim, "2024-12-07");
    let browser = world.browser().await;
    browser.get(&claim).await.is(200).says(&["for a telephone", &sheet]);
    let list = browser.get(sheet.rsplit_once('/').unwrap().0).await;
    list.is(200).says(&["Waiting for you", "7 to 13 December 2024", "To enter", &sheet]);
    browser.get(&sheet).await.is(200).says(&["To enter", "All as planned", &here]).says_nothing_of(&["Send timesheet"]);

    let form = browser.get(&here).await;
    form.is(200).says(&["Sat 7 December", "1 hour planned", "As planned", "Away", "In hospital", "£131.95"]);
    form.says(&["Save and check"]).says_nothing_of(&["1 hours"]);
    let opened = fields(&form);
    // somebody away without a reason is not stored, and nothing is lost
    let away = ("line-1-20241209-was", Some("away"));
    let refused = browser.post(&here, &here, &typed(&opened, &[away, ("do", Some("save"))])).await;
    refused.is(200).says(&["choose why care was frustrated", "href=\"#line-1-20241209-reason\""]);
    let marks = refused.text();
    assert!(marks.contains("id=\"line-1-20241209-was-away\" name=\"line-1-20241209-was\" value=\"away\" checked"));
    assert_eq!(world.stands(id).await, (ClaimState::Generated, 0));

    let answers = [
        away,
        ("line-1-20241209-reason", Some("hospital")),
        ("line-1-20241210-was", Some("away")),
        ("line-1-20241210-reason", Some("no-carer")),
        ("line-1-20241211-was", Some("other")),
        ("line-1-20241211-actual", Some("0.5")),
        ("line-1-20241211-reason", Some("hospital")),
        ("line-1-comment", Some("Admitted on Monday, back on Wednesday")),
    ];
    // what it comes to while somebody answers is what is stored
    let sent = typed(&opened, &answers);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent).finish();
    let price = browser.post_json(&here, &format!("{here}/price"), serde_json::json!({ "form": body })).await;
    let values = price.is(200).json()["values"].clone();
    assert_eq!(values["sheet-payable"], values["total-payable"]);
    let without_script = browser.post(&here, &here, &[sent.as_slice(), &[("do", "price")]].concat()).await;
    without_script.is(200).says(&[values["total-payable"].as_str().unwrap()]);
    assert_eq!(world.stands(id).await, (ClaimState::Generated, 0), "nothing is stored by pricing");

    let saved = browser.post(&here, &here, &[sent.as_slice(), &[("do", "save")]].concat()).await;
    saved.leads_to(&format!("{sheet}?done=saved"));
    let stated = world.stated(id).await;
    let all = (1_000, 0, "");
    assert_eq!(
        days_of(&stated.lines[0].actuals),
        [all, all, (0, 1_000, "hospital"), (0, 0, "no-carer"), (500, 500, "hospital"), all, all],
        "Saturday to Friday"
    );
    // the ordinary form has the same, and so has the timesheet when it is opened again
    browser.get(&format!("{claim}/actuals")).await.is(200).says(&["name=\"line-1-20241211-actual\" value=\"0.5\""]);
    let again = browser.get(&here).await;
    assert_eq!(fields(&again).iter().filter(|(name, _)| name.ends_with("-was")).count(), 7);
    again.says(&["value=\"away\" checked", "value=\"other\" checked"]);

    let review = browser.get(&format!("{sheet}?done=saved")).await;
    let payable = values["total-payable"].as_str().unwrap();
    review.is(200).says(&["Send timesheet", payable, "1.5 hours away: In hospital", "6 hours claimed, 7 planned"]);
    let claim_field = review.after_in("id=\"send\"", "name=\"claim\"", "value");
    let unnamed = browser.post(&sheet, &sheet, &[("claim", &claim_field), ("name", " ")]).await;
    unnamed.is(200).says(&["Enter your name"]);
    let stale = claim_field.replace(':', ":1");
    browser.post(&sheet, &sheet, &[("claim", &stale), ("name", "T. Ridley")]).await.is(200).says(&["Somebody changed"]);
    let sent = browser.post(&sheet, &sheet, &[("claim", &claim_field), ("name", "T. Ridley")]).await;
    sent.leads_to(&format!("{sheet}?done=sent"));
    assert_eq!(world.stands(id).await, (ClaimState::Confirmed, 1));
    let receipt = browser.get(&format!("{sheet}?done=sent")).await;
    receipt.is(200).says(&["Timesheet sent", "Your references", "Paid on", "Sent by T. Ridley"]);
    receipt.says_nothing_of(&["Send timesheet"]);
    browser.get(sheet.rsplit_once('/').unwrap().0).await.is(200).says(&["Nothing is waiting for you", "Sent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn same_as_last_week_and_same_as_the_plan_answer_a_week_in_one_touch() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (_, first) = world.claim(&contract, 0).await;
    let (second_id, second) = world.claim(&contract, 1).await;
    let browser = world.browser().await;
    let (_, here) = addresses(&first, "2024-12-07");
    browser.get(&here).await.is(200).says(&["Same as the plan"]).says_nothing_of(&["Same as last week"]);
    let opened = fields(&browser.get(&here).await);
    let answers = [
        ("line-1-20241208-was", Some("away")),
        ("line-1-20241208-reason", Some("hospital")),
        ("line-1-comment", Some("In hospital on Sunday")),
    ];
    browser
        .post(&here, &here, &typed(&opened, &answers))
        .await
        .leads_to(&format!("{}?done=saved", addresses(&first, "2024-12-07").0));

    let (sheet, here) = addresses(&second, "2024-12-14");
    let form = browser.get(&here).await;
    form.is(200).says(&["Same as last week"]);
    let copied = browser.post(&here, &here, &typed(&fields(&form), &[("do", Some("last-week"))])).await;
    copied.is(200).says(&["id=\"line-1-20241215-was-away\" name=\"line-1-20241215-was\" value=\"away\" checked"]);
    let undone = browser.post(&here, &here, &typed(&fields(&copied), &[("do", Some("plan"))])).await;
    undone.is(200).says(&["name=\"line-1-20241215-was\" value=\"planned\" checked"]);
    assert_eq!(world.stands(second_id).await, (ClaimState::Generated, 0), "neither stores anything");

    // the whole claim as planned, from the timesheet
    let overview = browser.get(&sheet).await;
    let version = overview.after_in("<main", "name=\"version\"", "value");
    let fields = [("do", "all-planned"), ("version", version.as_str()), ("statement_version", "0")];
    browser.post(&sheet, &here, &fields).await.leads_to(&format!("{sheet}?done=saved"));
    assert!(matches!(world.stated(second_id).await.lines[0].actuals, Actuals::AsPlanned));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_telephones_at_one_week_lose_nothing() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (id, claim) = world.claim(&contract, 0).await;
    let (sheet, here) = addresses(&claim, "2024-12-07");
    let (one, other) = (world.browser().await, world.browser().await);
    let opened = fields(&one.get(&here).await);
    let answer = |day: &'static str, words: &'static str| [(day, Some("away")), ("line-1-comment", Some(words))];
    let [was, comment] = answer("line-1-20241208-was", "Theirs");
    let theirs = typed(&opened, &[was, ("line-1-20241208-reason", Some("hospital")), comment]);
    other.post(&here, &here, &theirs).await.leads_to(&format!("{sheet}?done=saved"));
    let [was, comment] = answer("line-1-20241212-was", "Mine");
    let mine = typed(&opened, &[was, ("line-1-20241212-reason", Some("hospital")), comment]);
    let beside = one.post(&here, &here, &mine).await;
    beside.is(200).says(&[
        "Somebody else saved this claim",
        "Comment: Theirs",
        "Comment: Mine",
        "Save mine over theirs",
    ]);
    beside.says(&["name=\"line-1-20241212-was\" value=\"away\" checked"]);
    assert_eq!(world.stated(id).await.lines[0].comment, "Theirs");
    let fields = fields(&beside);
    one.post(&here, &here, &typed(&fields, &[("do", Some("save"))])).await.leads_to(&format!("{sheet}?done=saved"));
    assert_eq!(world.stated(id).await.lines[0].comment, "Mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timesheet_is_for_carers_and_for_nobody_elses_claims() {
    let world = World::new().await;
    let visits = world.visits().await;
    let (_, timetabled) = world.claim(&visits, 0).await;
    let (sheet, here) = addresses(&timetabled, "2024-12-07");
    let browser = world.browser().await;
    browser.get(&timetabled).await.is(200).says_nothing_of(&["for a telephone"]);
    browser.get(&sheet).await.is(404);
    browser.get(&here).await.is(404);

    let stranger = TestProvider::new(&world.db, "Other Care").await;
    let at = counterfoil_testkit::instant(2024, 4, 1, 9);
    world.db.identity().link_organisation(world.council.is.tenant, stranger.organisation, at).await.unwrap();
    let hours = world.hours().await;
    let (_, claim) = world.claim(&hours, 1).await;
    let (_, own) = addresses(&claim, "2024-12-14");
    browser.get(&own).await.is(200);
    let theirs = own.replace(&world.own.organisation.to_string(), &stranger.organisation.to_string());
    let other = world.web.signed_in(stranger.person).await;
    other.get(&theirs).await.is(404);
    other.get(&own).await.is(404);
}
