//! Stating the actuals of one claim and declaring it right, by pages alone and by the script's own route.

use counterfoil_core::actor::Actor;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, RuleId};
use counterfoil_core::pricing::canonical::digest;
use counterfoil_core::statement::{Actuals, Outcome, Statement};
use counterfoil_rules::packs;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::reason::{self, NonDeliveryReason, ReasonKind};
use counterfoil_tenants::rule::{self, RuleActivation};
use counterfoil_tenants::{claim, statement};
use counterfoil_testkit::{Contracted, TestCouncil, TestDatabase, TestProvider, instant};
use uuid::Uuid;

use crate::browser::{Browser, Page, Web};
use crate::world::Council;

/// A council that prices, a provider, and somebody of theirs at a browser.
pub(crate) struct World {
    pub(crate) db: TestDatabase,
    pub(crate) council: Council,
    pub(crate) own: TestProvider,
    pub(crate) web: Web,
}

impl World {
    pub(crate) async fn new() -> Self {
        let db = TestDatabase::new().await;
        let is = TestCouncil::new(&db, "Worcestershire").await;
        // confirming asks for a run that is still to come
        let schedule = is.weekly_schedule(&db, 600).await;
        let council = Council { is, slug: "worcestershire", schedule };
        let own = TestProvider::new(&db, "Good Care").await;
        let at = instant(2024, 1, 2, 9);
        let by = Actor::Council { person: council.is.administrator };
        let activation = RuleActivation {
            id: RuleId::from_uuid(db.id()),
            component_digest: digest(packs::standard().component),
            pack: "standard".to_owned(),
            version: "1.0.0".to_owned(),
            active_from: at.date_naive(),
            recorded_at: at,
            recorded_by: by.clone(),
            approved_by: Actor::Council { person: council.is.officer },
        };
        let reason = |code: &str, words: &str, kind, comment_needed| NonDeliveryReason {
            code: code.to_owned(),
            valid_from: at.date_naive(),
            recorded_at: at,
            recorded_by: by.clone(),
            valid_to: None,
            words: words.to_owned(),
            kind,
            comment_needed,
        };
        let reasons = vec![
            reason("hospital", "In hospital", ReasonKind::Frustrated, false),
            reason("no-carer", "No carer was available", ReasonKind::Missed, true),
            reason("emergency", "More care was needed", ReasonKind::Extra, false),
        ];
        council
            .is
            .scope
            .transaction(at, async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, activation.id)).await?;
                rule::activate(&mut audited, activation.clone()).await?;
                reason::add(&mut audited, reasons.clone()).await
            })
            .await
            .unwrap();
        let web = Web::new(&db);
        let world = Self { db, council, own, web };
        world.linked().await;
        world
    }

    async fn linked(&self) {
        let at = instant(2024, 4, 1, 9);
        self.db.identity().link_organisation(self.council.is.tenant, self.own.organisation, at).await.unwrap();
    }

    pub(crate) async fn hours(&self) -> Contracted {
        self.council.is.contract_with(&self.db, &self.council.schedule, &self.own).await
    }

    pub(crate) async fn visits(&self) -> Contracted {
        self.council.is.visits_with(&self.db, &self.council.schedule, &self.own).await
    }

    /// A generated claim, and its page's address.
    pub(crate) async fn claim(&self, of: &Contracted, week: usize) -> (ClaimId, String) {
        let id = self.council.is.claim(&self.db, &self.council.schedule, of, week).await.id;
        (id, format!("{}/{id}", self.council.claims_of(&self.own)))
    }

    pub(crate) async fn browser(&self) -> Browser {
        self.web.signed_in(self.own.person).await
    }

    pub(crate) async fn stands(&self, id: ClaimId) -> (ClaimState, u32) {
        let claim = self.council.is.scope.read(async |tx| claim::find(tx, id).await).await.unwrap();
        (claim.state, claim.statement_version)
    }

    pub(crate) async fn stated(&self, id: ClaimId) -> Statement {
        let rows = self.council.is.scope.read(async |tx| statement::newest(tx, &[id]).await).await.unwrap();
        rows.into_iter().next().unwrap().body
    }
}

/// A list of which nothing is known yet: a browser sends its first.
const FIRST: &str = "\u{0}first";

/// The fields of a form as its page shows them: what a browser without script would send.
pub(crate) fn fields(page: &Page) -> Vec<(String, String)> {
    let text = page.text();
    let form = text.split_once("id=\"actuals-form\"").expect("the form").1.split_once("</form>").unwrap().0;
    let mut fields = Vec::new();
    let attribute = |tag: &str, name: &str| {
        let value = tag.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
        Some(value.replace("&quot;", "\"").replace("&#x27;", "'").replace("&amp;", "&").replace("&#x2f;", "/"))
    };
    for part in form.split('<').skip(1) {
        let tag = part.split_once('>').map_or(part, |(tag, _)| tag);
        let name = attribute(tag, "name").filter(|name| name != "csrf" && name != "do");
        let Some(name) = name else {
            let first = fields.last().is_some_and(|(_, value)| value == FIRST);
            if tag.starts_with("option") && (first || tag.contains(" selected")) {
                let value = attribute(tag, "value").unwrap();
                fields.last_mut().map(|(_, last): &mut (String, String)| *last = value).unwrap();
            }
            continue;
        };
        let is_ticked = ["checkbox", "radio"].iter().any(|kind| tag.contains(&format!("type=\"{kind}\"")));
        if is_ticked && !tag.contains(" checked") {
            continue;
        }
        let value = if tag.starts_with("select") {
            FIRST.to_owned()
        } else if tag.starts_with("textarea") {
            part.split_once('>').unwrap().1.to_owned()
        } else {
            attribute(tag, "value").unwrap_or_default()
        };
        fields.push((name, value));
    }
    fields
}

/// The same with some typed over; `None` unticks.
pub(crate) fn typed<'a>(
    fields: &'a [(String, String)],
    over: &[(&'a str, Option<&'a str>)],
) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !over.iter().any(|(other, _)| other == name))
        .collect();
    all.extend(over.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_hours_is_amended_commented_confirmed_and_taken_back() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (id, here) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let page = browser.get(&here).await;
    page.is(200).says(&["How far this claim is", "Enter actuals", "Accept the plan", "No actuals yet"]);
    page.says(&["The deadline has passed"]).says_nothing_of(&["/confirm\""]);

    let actuals = format!("{here}/actuals");
    let form = browser.get(&actuals).await;
    form.is(200).says(&[
        "External Domiciliary Care - Tiered",
        "£18.85",
        "£131.95",
        "asks for a comment",
        "for information",
    ]);
    let opened = fields(&form);
    let without = typed(&opened, &[("line-1-actual", Some("5")), ("reference", Some("INV-7")), ("do", Some("save"))]);
    let refused = browser.post(&actuals, &actuals, &without).await;
    refused.is(200).says(&["Line 1: enter a comment", "href=\"#line-1-comment\"", "value=\"5\"", "value=\"INV-7\""]);
    // what it would come to is said beside it
    refused.says(&["£94.25"]);
    assert_eq!(world.stands(id).await, (ClaimState::Generated, 0));

    let whole = typed(
        &opened,
        &[
            ("line-1-actual", Some("5")),
            ("line-1-comment", Some("Two hours were missed")),
            ("reference", Some("INV-7")),
            ("note", Some("Please <see>")),
        ],
    );
    browser.post(&actuals, &actuals, &whole).await.leads_to(&format!("{here}?done=stated"));
    let page = browser.get(&format!("{here}?done=stated")).await;
    page.is(200).says(&[
        "Your actuals are saved",
        "comes to £94.25, of which £94.25 is payable",
        "1 line has a comment",
    ]);
    page.says(&[
        "INV-7",
        "Please &lt;see&gt;",
        "Unconfirmed, amended",
        "#line-1",
        "Change actuals",
        "5 hours x £18.85",
    ]);
    let stated = world.stated(id).await;
    assert_eq!(
        (stated.lines[0].comment.as_str(), stated.payment_reference.as_str()),
        ("Two hours were missed", "INV-7")
    );

    let confirm = format!("{here}/confirm");
    let question = browser.get(&confirm).await;
    question.is(200).says(&["I declare that these actuals are right.", "£94.25", "Comment (optional)"]);
    let version = question.after_in("<main", "name=\"version\"", "value");
    let nameless = browser.post(&confirm, &confirm, &[("version", &version), ("name", " "), ("comment", "Kept")]).await;
    nameless.is(200).says(&["Enter the name of the person who confirms", "Kept"]);
    let stale = browser.post(&confirm, &confirm, &[("version", "1"), ("name", "B. Manager")]).await;
    stale.is(200).says(&["Somebody changed this claim meanwhile", "B. Manager"]);
    assert_eq!(world.stands(id).await.0, ClaimState::Stated);
    let declared = [("version", version.as_str()), ("name", "B. Manager"), ("comment", "All checked")];
    browser.post(&confirm, &confirm, &declared).await.leads_to(&format!("{here}?done=confirmed"));
    let page = browser.get(&format!("{here}?done=confirmed")).await;
    page.is(200).says(&["Your receipt is", "B. Manager", "All checked", "Receipt", "Take back confirmation"]);
    page.says_nothing_of(&["Change actuals", "Enter actuals"]);
    browser.get(&confirm).await.leads_to(&here);
    browser.get(&actuals).await.is(200).says(&["This claim is confirmed. Take the confirmation back"]);

    let back = format!("{here}/unconfirm");
    browser.post(&here, &back, &[("version", "1")]).await.leads_to(&format!("{here}?done=changed"));
    let version = browser.get(&here).await.after_in("/unconfirm\"", "name=\"version\"", "value");
    browser.post(&here, &back, &[("version", &version)]).await.leads_to(&format!("{here}?done=unconfirmed"));
    assert_eq!(world.stands(id).await.0, ClaimState::Stated);
    browser.get(&here).await.says(&["Unconfirmed, amended"]).says_nothing_of(&["All checked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_is_accepted_with_one_button_and_quantities_go_by_day_and_back() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (id, here) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let page = browser.get(&here).await;
    let version = page.after_in("/actuals\" novalidate", "name=\"version\"", "value");
    let accept = [("do", "accept"), ("version", &version), ("statement_version", "0")];
    let actuals = format!("{here}/actuals");
    browser.post(&here, &actuals, &accept).await.leads_to(&format!("{here}?done=stated"));
    assert_eq!(world.stated(id).await.lines[0].actuals, Actuals::AsPlanned);

    let form = browser.get(&actuals).await;
    let fields_of_week = fields(&form);
    let by_day = browser.post(&actuals, &actuals, &typed(&fields_of_week, &[("do", Some("by-day"))])).await;
    by_day.is(200).says(&["Actual on Saturday 7 December, line 1", "name=\"line-1-20241213-actual\" value=\"1\""]);
    let days = fields(&by_day);
    let frustrated = typed(
        &days,
        &[
            ("line-1-20241209-actual", Some("0")),
            ("line-1-20241209-frustrated", Some("1")),
            ("line-1-20241209-reason", Some("hospital")),
            ("line-1-comment", Some("She fell")),
        ],
    );
    browser.post(&actuals, &actuals, &frustrated).await.leads_to(&format!("{here}?done=stated"));
    let Actuals::Days { days } = &world.stated(id).await.lines[0].actuals else { panic!("by day") };
    assert_eq!((days.len(), days[2].reason.as_str(), days[2].delivered.raw()), (7, "hospital", 0));
    // opened again it is by day, and one quantity for the week is the sum
    let form = browser.get(&actuals).await;
    form.says(&["One quantity for the week"]);
    let week = browser.post(&actuals, &actuals, &typed(&fields(&form), &[("do", Some("by-period"))])).await;
    week.is(200).says(&["name=\"line-1-actual\" value=\"6\"", "name=\"line-1-frustrated\" value=\"1\"", "She fell"]);
    assert_eq!(world.stands(id).await.1, 2, "laying it out anew stores nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_by_line_and_nothing_typed_is_lost() {
    let world = World::new().await;
    let contract = world.council.is.counted_with(&world.db, &world.council.schedule, &world.own).await;
    let (id, here) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let actuals = format!("{here}/actuals");
    let form = browser.get(&actuals).await;
    form.says_nothing_of(&["for information"]);
    let opened = fields(&form);
    for (over, said) in [
        (&[("line-1-actual", "seven")][..], "Line 1: what was delivered: enter a number, like 7 or 7.5"),
        (&[("line-1-actual", "")], "Line 1: enter what was delivered. Enter 0 if nothing was"),
        (&[("line-1-actual", "-1")], "Line 1: what was delivered: enter 0 or more"),
        (&[("line-1-frustrated", "2"), ("line-1-visits", "3")], "Line 1: choose why care was frustrated"),
        (&[("line-1-actual", "6")], "Line 1: enter the number of visits"),
        (
            &[("line-1-actual", "0"), ("line-1-frustrated", "9"), ("line-1-reason", "hospital")],
            "Frustrated care cannot be more than the plan",
        ),
        (&[("line-1-actual", "6"), ("line-1-visits", "3"), ("line-1-reason", "no-carer")], "needs one"),
    ] {
        let mut over: Vec<(&str, Option<&str>)> = over.iter().map(|(name, value)| (*name, Some(*value))).collect();
        over.push(("note", Some("Kept as it is")));
        let page = browser.post(&actuals, &actuals, &typed(&opened, &over)).await;
        page.is(200).says(&[said, "There is a problem", "<title>Error: ", "Kept as it is"]);
        for (name, value) in over.iter().filter(|(name, _)| name.ends_with("actual")) {
            page.says(&[&format!("name=\"{name}\" value=\"{}\"", value.unwrap())]);
        }
    }
    assert_eq!(world.stands(id).await, (ClaimState::Generated, 0));
    let counted = typed(
        &opened,
        &[("line-1-actual", Some("6")), ("line-1-visits", Some("12")), ("line-1-comment", Some("Short by one"))],
    );
    browser.post(&actuals, &actuals, &counted).await.leads_to(&format!("{here}?done=stated"));
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_are_unticked_frustrated_added_and_copied_without_any_script() {
    let world = World::new().await;
    let contract = world.visits().await;
    let (id, here) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let actuals = format!("{here}/actuals");
    let form = browser.get(&actuals).await;
    form.is(200).says(&["3 hours 30 minutes planned in 7 visits", "Took place", "Monday 9 December"]);
    form.says_nothing_of(&["Copy last week"]);
    let opened = fields(&form);
    // Saturday's is frustrated, Sunday's took longer with two carers; an added row is asked for
    let over = [
        ("line-1-p0-done", None),
        ("line-1-p0-reason", Some("hospital")),
        ("line-1-p1-minutes", Some("45")),
        ("line-1-p1-carers", Some("2")),
        ("line-1-comment", Some("A fall on Saturday")),
        ("do", Some("add-1")),
    ];
    let added = browser.post(&actuals, &actuals, &typed(&opened, &over)).await;
    added.is(200).says(&["Added visit 1", "name=\"line-1-a0-start\" value=\"\"", "A fall on Saturday"]);
    added.says_nothing_of(&["There is a problem"]);
    assert_eq!(world.stands(id).await.1, 0, "a row is not a statement");
    let again = fields(&added);
    let half = [("line-1-a0-start", Some("6pm"))];
    let page = browser.post(&actuals, &actuals, &typed(&again, &half)).await;
    page.is(200).says(&["Line 1: added visit 1: enter how many minutes it took", "value=\"6pm\""]);
    let contradiction = [("line-1-p2-reason", Some("hospital"))];
    let page = browser.post(&actuals, &actuals, &typed(&again, &contradiction)).await;
    page.is(200).says(&["Monday 9 December, 08:00: untick the visit if it did not take place"]);

    let whole = [
        ("line-1-a0-date", Some("2024-12-10")),
        ("line-1-a0-start", Some("6pm")),
        ("line-1-a0-minutes", Some("30")),
        ("line-1-a0-carers", Some("2")),
        ("line-1-a0-reason", Some("emergency")),
    ];
    browser.post(&actuals, &actuals, &typed(&again, &whole)).await.leads_to(&format!("{here}?done=stated"));
    let stated = world.stated(id).await;
    let Actuals::Visits { visits } = &stated.lines[0].actuals else { panic!("visits") };
    let of = |at: usize| (visits[at].planned, visits[at].outcome, visits[at].minutes, visits[at].carers);
    assert_eq!(visits.len(), 8);
    assert_eq!(of(0), (Some(0), Outcome::Frustrated, 30, 1));
    assert_eq!(of(1), (Some(1), Outcome::Delivered, 45, 2));
    assert_eq!(of(7), (None, Outcome::Delivered, 30, 2));
    assert_eq!((visits[7].start, visits[7].reason.as_str()), (18 * 60, "emergency"));

    // the week after has last week to copy, without its comment
    let (next, there) = world.claim(&contract, 1).await;
    let next_actuals = format!("{there}/actuals");
    let form = browser.get(&next_actuals).await;
    form.says(&["Copy last week"]);
    let copied = browser.post(&next_actuals, &next_actuals, &typed(&fields(&form), &[("do", Some("copy"))])).await;
    copied.is(200).says(&["Added visit 1", "value=\"18:00\"", "value=\"45\""]).says_nothing_of(&["A fall on Saturday"]);
    assert_eq!(world.stands(next).await.1, 0);
    let fields_copied = fields(&copied);
    let silent = browser.post(&next_actuals, &next_actuals, &typed(&fields_copied, &[])).await;
    silent.is(200).says(&["Line 1: enter a comment"]);
    let said = typed(&fields_copied, &[("line-1-comment", Some("As last week"))]);
    browser.post(&next_actuals, &next_actuals, &said).await.leads_to(&format!("{there}?done=stated"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_edit_one_claim_lose_nothing() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (id, here) = world.claim(&contract, 0).await;
    let (first, second) = (world.browser().await, world.browser().await);
    let actuals = format!("{here}/actuals");
    let (one, other) = (fields(&first.get(&actuals).await), fields(&second.get(&actuals).await));
    let theirs = typed(&one, &[("line-1-actual", Some("6")), ("line-1-comment", Some("One hour was missed"))]);
    first.post(&actuals, &actuals, &theirs).await.leads_to(&format!("{here}?done=stated"));
    let mine = [("line-1-actual", Some("5")), ("line-1-comment", Some("Two hours were missed"))];
    // laying the form out anew in between does not make them forget what they saw
    let day = second.post(&actuals, &actuals, &typed(&other, &[mine[0], mine[1], ("do", Some("price"))])).await;
    let overtaken = second.post(&actuals, &actuals, &typed(&fields(&day), &[])).await;
    overtaken.is(200).says(&["Somebody else saved this claim", "6 hours delivered", "One hour was missed"]);
    overtaken.says(&["5 hours delivered", "Two hours were missed", "Save mine over theirs", "drop yours"]);
    assert_eq!(world.stated(id).await.lines[0].comment, "One hour was missed");
    // knowingly
    let over = fields(&overtaken);
    second.post(&actuals, &actuals, &typed(&over, &[])).await.leads_to(&format!("{here}?done=stated"));
    assert_eq!(world.stated(id).await.lines[0].comment, "Two hours were missed");
    assert_eq!(world.stands(id).await.1, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_come_while_typing_and_are_those_that_are_saved() {
    let world = World::new().await;
    let contract = world.visits().await;
    let (id, here) = world.claim(&contract, 0).await;
    let browser = world.browser().await;
    let actuals = format!("{here}/actuals");
    let opened = fields(&browser.get(&actuals).await);
    let price = async |over: &[(&str, Option<&str>)]| {
        let fields = typed(&opened, over);
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let page = browser.post_json(&actuals, &format!("{actuals}/price"), serde_json::json!({ "form": form })).await;
        page.is(200);
        page.json()
    };
    let short = [("line-1-p0-minutes", Some("20")), ("line-1-comment", Some("Short"))];
    let shown = price(&short).await;
    let claimed = shown["values"]["total-claimed"].as_str().unwrap().to_owned();
    assert_eq!(shown["values"]["line-1-missed-units"], "10 minutes");
    assert_eq!(shown["problem"], serde_json::Value::Null);
    let wrong = price(&[("line-1-p0-minutes", Some("two"))]).await;
    assert!(wrong["problem"]["words"].as_str().unwrap().contains("enter the length in minutes"), "{wrong}");
    assert_eq!(world.stands(id).await, (ClaimState::Generated, 0));
    browser.post(&actuals, &actuals, &typed(&opened, &short)).await.leads_to(&format!("{here}?done=stated"));
    browser.get(&here).await.says(&[&claimed]);
    // a form that is no form is refused, and one without its token
    let nonsense =
        browser.post_json(&actuals, &format!("{actuals}/price"), serde_json::json!({ "form": "a=%ff" })).await;
    nonsense.is(400);
    browser.post_with("", &format!("{actuals}/price"), &[]).await.is(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_claim_answers_as_an_absent_one() {
    let world = World::new().await;
    let contract = world.hours().await;
    let (id, own) = world.claim(&contract, 0).await;
    let neighbour = TestProvider::new(&world.db, "Other Care").await;
    let theirs = world.council.contract(&world.db, &neighbour).await;
    let another = world.council.is.claim(&world.db, &world.council.schedule, &theirs, 0).await.id;
    let absent = ClaimId::from_uuid(Uuid::max());
    let browser = world.browser().await;
    let home = world.council.claims_of(&world.own);
    let (token, _) = browser.form(&own).await;
    for page in ["actuals", "confirm"] {
        let nothing = browser.get(&format!("{home}/{absent}/{page}")).await.is(404).settled();
        for wrong in [another.to_string(), "clm_nonsense".to_owned(), another.uuid().to_string()] {
            assert_eq!(browser.get(&format!("{home}/{wrong}/{page}")).await.settled(), nothing, "{wrong}/{page}");
        }
        browser.get(&format!("{}/{another}/{page}", world.council.claims_of(&neighbour))).await.is(404);
    }
    let fields = [("do", "accept"), ("version", "1"), ("name", "B. Manager")];
    for page in ["actuals", "confirm", "unconfirm"] {
        let nothing = browser.post_with(&token, &format!("{home}/{absent}/{page}"), &fields).await.is(404).settled();
        let answer = browser.post_with(&token, &format!("{home}/{another}/{page}"), &fields).await;
        assert_eq!(answer.settled(), nothing, "{page}");
    }
    let sent = serde_json::json!({ "form": "" });
    browser.post_json(&own, &format!("{home}/{another}/actuals/price"), sent.clone()).await.is(404);
    browser.post_json(&own, &format!("{home}/{absent}/actuals/price"), sent).await.is(404);
    assert_eq!(world.stands(another).await, (ClaimState::Generated, 0));
    assert_eq!(world.stands(id).await, (ClaimState::Generated, 0));
}
