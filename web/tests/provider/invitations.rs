//! A council would like to work with an organisation.

use counterfoil_tenants::identity::Asked;
use counterfoil_tenants::identity::linking::Wanted;
use counterfoil_tenants::scope::Origin;
use counterfoil_testkit::{TestDatabase, TestProvider, instant};

use crate::browser::Web;
use crate::world::{Council, administrator, person};

async fn invite(db: &TestDatabase, council: &Council, organisation: &str, email: &str) {
    let asked = Asked { by: Some(council.is.administrator), at: instant(2024, 12, 1, 9), origin: Origin::default() };
    let wanted = Wanted::typed(organisation, "V-17", email, "Whoever").unwrap();
    db.identity().invite_organisation(&asked, council.is.tenant, &wanted).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_invited_accepts_for_their_own_organisation_or_a_new_one_or_declines() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let second = Council::new(&db, "Bradford", "bradford").await;
    let third = Council::new(&db, "Norfolk", "norfolk").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let mary = administrator(&db, &own, "Mary Manager").await;
    for (council, name) in [(&council, "Good Care Ltd"), (&second, "Fine Care"), (&third, "Who Care")] {
        invite(&db, council, name, "mary.manager@example.com").await;
    }
    let web = Web::new(&db);
    let browser = web.signed_in(mary).await;
    let home = browser.get("/").await;
    home.is(200).says(&["Councils that would like to work with you", "Worcestershire", "Good Care Ltd, invited on"]);
    let front = browser.get(&format!("/organisations/{}", own.organisation)).await;
    front.is(200).says(&["/invitations/bradford/inv_", "works for no council yet"]);
    let open = |slug: &str| {
        let text = home.text();
        let at = text.find(&format!("/invitations/{slug}/")).unwrap();
        text[at..].split('"').next().unwrap().to_owned()
    };

    let first = open("worcestershire");
    browser.get(&first).await.is(200).says(&[
        "Worcestershire would like to work with you",
        "V-17",
        "value=\"Good Care Ltd\"",
    ]);
    let nothing = browser.post(&first, &format!("{first}/accept"), &[("name", "Good Care Ltd")]).await;
    nothing.is(200).says(&["Select which organisation it is"]);
    let id = own.organisation.to_string();
    let accepted = browser.post(&first, &format!("{first}/accept"), &[("organisation", &id)]).await;
    accepted.leads_to(&format!("/organisations/{id}?done=accepted"));
    browser.get(&first).await.is(404);
    browser.get(&format!("/organisations/{id}")).await.is(200).says(&["councils/worcestershire/claims"]);

    let next = open("bradford");
    let unnamed = browser.post(&next, &format!("{next}/accept"), &[("organisation", "new"), ("name", " ")]).await;
    unnamed.is(200).says(&["Enter the organisation’s name"]);
    let named = browser.post(&next, &format!("{next}/accept"), &[("organisation", "new"), ("name", "Fine Care")]).await;
    named.is(303);
    let new = named.headers["location"].to_str().unwrap().to_owned();
    browser.get(&new).await.is(200).says(&["Fine Care", "The invitation is accepted", "Bradford"]);

    let last = open("norfolk");
    browser.post(&last, &format!("{last}/decline"), &[]).await.leads_to("/?done=declined");
    let home = browser.get("/?done=declined").await;
    home.is(200).says(&["You have declined the invitation"]).says_nothing_of(&["/invitations/"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_anothers_invitation() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    person(&db, "Wanted One").await;
    let other = person(&db, "Nosy Parker").await;
    invite(&db, &council, "Good Care", "wanted.one@example.com").await;
    let invited = db.identity().organisation_invitations(council.is.tenant).await.unwrap()[0].id;
    let web = Web::new(&db);
    let nosy = web.signed_in(other).await;
    let absent = nosy.get("/invitations/worcestershire/inv_nonsense").await.is(404).settled();
    let address = format!("/invitations/worcestershire/{invited}");
    assert_eq!(nosy.get(&address).await.settled(), absent);
    let accept =
        nosy.post("/account", &format!("{address}/accept"), &[("organisation", "new"), ("name", "Mine")]).await;
    assert_eq!(accept.settled(), absent);
    assert_eq!(nosy.post("/account", &format!("{address}/decline"), &[]).await.settled(), absent);
    let open = db.identity().organisation_invitations(council.is.tenant).await.unwrap();
    assert_eq!(open[0].state, counterfoil_tenants::identity::linking::InvitationState::Open);
}
