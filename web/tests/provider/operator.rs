//! Operators of the platform look after councils, and never see a claim.

use chrono::Utc;
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::identity::Asked;
use counterfoil_testkit::{TestDatabase, TestProvider};

use crate::browser::Web;
use crate::world::Council;

async fn operator(db: &TestDatabase) -> PersonId {
    let asked = Asked::by_service(Utc::now());
    db.identity().appoint_operator(&asked, "op@example.com", "Olga Operator").await.unwrap().person
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_is_taken_on_suspended_and_resumed() {
    let db = TestDatabase::new().await;
    let web = Web::new(&db);
    let browser = web.signed_in(operator(&db).await).await;
    browser.get("/operator/councils").await.is(200).says(&["There are no councils yet. Add the first one."]);
    let new = "/operator/councils/new";
    let typed = [
        ("name", "Devon County Council"),
        ("slug", "Devon"),
        ("nation", "england"),
        ("colour", "#00703c"),
        ("administrator_name", "Ada Admin"),
        ("administrator_email", "ada@devon.example"),
    ];
    let refused = browser.post(new, new, &typed).await;
    refused.is(200).says(&["Enter a name for addresses with lower-case letters", "value=\"ada@devon.example\""]);
    let mut typed = typed.to_vec();
    typed[1] = ("slug", "devon");
    browser.post(new, new, &typed).await.leads_to("/operator/councils/devon?done=added");
    browser.get("/operator/councils/devon?done=added").await.is(200).says(&[
        "The council is added",
        "England",
        "In use",
    ]);
    browser.post(new, new, &typed).await.is(200).says(&["There is a council of that name in addresses already"]);
    browser.get("/operator/councils?name=dev").await.is(200).says(&["Showing 1 council", "Devon County Council"]);

    let ada = db.identity().person_with_email("ada@devon.example").await.unwrap().unwrap();
    let hers = web.signed_in(ada).await;
    hers.get("/councils/devon/runs").await.is(200).says(&["Devon County Council", "#00703c"]);
    let page = "/operator/councils/devon";
    let suspend = format!("{page}/suspend");
    browser.post(page, &suspend, &[("reason", "")]).await.is(200).says(&["Enter why the council is suspended"]);
    let done = browser.post(page, &suspend, &[("reason", "Left the service")]).await;
    done.leads_to(&format!("{page}?done=suspended"));
    hers.get("/councils/devon/runs").await.is(404);
    browser.get("/operator/councils?state=suspended").await.is(200).says(&["Showing 1 council"]);
    browser.post(page, &format!("{page}/resume"), &[]).await.leads_to(&format!("{page}?done=resumed"));
    hers.get("/councils/devon/runs").await.is(200);

    let audit = browser.get("/operator/audit?action=council.&council=devon").await;
    audit.is(200).says(&[
        "Council taken on",
        "Council suspended",
        "Council resumed",
        "Olga Operator",
        "Devon County Council",
    ]);
    audit.says_nothing_of(&["Platform operator appointed"]);
    browser.get("/operator/audit?to=1/1/2000").await.is(200).says(&["No records match"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_what_waits_and_sends_lost_letters_again() {
    let db = TestDatabase::new().await;
    let web = Web::new(&db);
    let browser = web.signed_in(operator(&db).await).await;
    let letter = db.identity().next_letter(Utc::now()).await.unwrap().unwrap();
    db.identity().letter_failed(&letter, "550 no such mailbox", true).await.unwrap();
    let page = browser.get("/operator/health").await;
    page.is(200).says(&["op@example.com", "550 no such mailbox", "in this process only", "1 record"]);
    let again = format!("/operator/health/letters/{}/again", letter.id);
    browser.post("/operator/health", &again, &[]).await.leads_to("/operator/health?done=again");
    browser.get("/operator/health?done=again").await.is(200).says_nothing_of(&["550 no such mailbox"]);
    // a page of the same part with a form on it: health has none left
    browser.post("/operator/councils/new", &again, &[]).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_knows_that_there_are_operators_and_they_see_no_claims() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    council.contract(&db, &own).await;
    let web = Web::new(&db);
    for person in [council.is.administrator, own.person] {
        let browser = web.signed_in(person).await;
        let absent = browser.get("/operator/nonsense").await.is(404).settled();
        for page in ["/operator/councils", "/operator/councils/worcestershire", "/operator/health", "/operator/audit"] {
            assert_eq!(browser.get(page).await.settled(), absent, "{page}");
        }
    }
    let browser = web.signed_in(operator(&db).await).await;
    browser.get("/operator/councils/worcestershire").await.is(200);
    browser.get("/operator/councils/nowhere").await.is(404);
    for page in ["/councils/worcestershire/claims".to_owned(), council.claims_of(&own)] {
        browser.get(&page).await.is(404);
    }
}
