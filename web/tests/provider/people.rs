//! An organisation's administrators look after its people.

use counterfoil_core::ids::PersonId;
use counterfoil_tenants::identity::people::Sees;
use counterfoil_testkit::{TestDatabase, TestProvider};

use crate::browser::Web;
use crate::world::{Council, administrator};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_invites_somebody_for_certain_contracts_changes_and_removes_them() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let (contract, _) = (council.contract(&db, &own).await, council.contract(&db, &own).await);
    let mary = administrator(&db, &own, "Mary Manager").await;
    let web = Web::new(&db);
    let browser = web.signed_in(mary).await;
    let people = format!("/organisations/{}/people", own.organisation);
    let invite = format!("{people}/invite");

    browser.get(&people).await.is(200).says(&["Mary Manager", "A member of staff", "All contracts"]);
    let form = browser.get(&invite).await;
    form.is(200).says(&["Contracts with Worcestershire", &contract.contract.to_string()]);
    let empty = browser.post(&invite, &invite, &[("name", "Nell <New>")]).await;
    empty.is(200).says(&[
        "Error: Invite somebody",
        "Enter an email address",
        "Select what they may do",
        "Select which contracts they see",
        "Nell &lt;New&gt;",
    ]);
    let id = contract.contract.to_string();
    let typed = [("name", "Nell New"), ("email", "nell@example.com"), ("role", "administrator"), ("sees", "certain")];
    browser.post(&invite, &invite, &typed).await.is(200).says(&["an administrator sees every one"]);
    let typed = [("name", "Nell New"), ("email", "nell@example.com"), ("role", "staff"), ("sees", "certain")];
    browser
        .post(&invite, &invite, &typed)
        .await
        .is(200)
        .says(&["Select at least one contract", "value=\"nell@example.com\""]);
    let mut typed = typed.to_vec();
    typed.push(("contract", &id));
    browser.post(&invite, &invite, &typed).await.leads_to(&format!("{people}?done=invited"));
    browser
        .post(&invite, &invite, &typed)
        .await
        .is(200)
        .says(&["Somebody with that email address is a member already"]);
    let list = browser.get(&format!("{people}?name=NELL")).await;
    list.is(200).says(&["Showing 1 person", "nell@example.com", "1 contract", "Invited", "Never"]);

    let nell: PersonId = db.identity().person_with_email("nell@example.com").await.unwrap().unwrap();
    let hers = format!("{people}/{nell}");
    browser.get(&hers).await.is(200).says(&["Nell New", "checked"]);
    browser.post(&hers, &format!("{hers}/invite-again"), &[]).await.leads_to(&format!("{hers}?done=invited"));
    let all = [("role", "staff"), ("sees", "everything")];
    browser.post(&hers, &hers, &all).await.leads_to(&format!("{hers}?done=changed"));
    let seen = db.identity().people_of(own.organisation).await.unwrap();
    assert_eq!(seen.iter().find(|person| person.person == nell).unwrap().sees, Sees::Everything);

    let remove = format!("{hers}/remove");
    browser.get(&remove).await.is(200).says(&["Remove Nell New from Good Care?"]);
    browser.post(&remove, &remove, &[]).await.leads_to(&format!("{people}?done=removed"));
    browser.get(&hers).await.is(404);
    // nobody takes the role or the membership from themselves
    let own_page = format!("{people}/{mary}");
    browser
        .post(&own_page, &own_page, &all)
        .await
        .is(200)
        .says(&["You cannot take the administrator role from yourself"]);
    let remove = format!("{own_page}/remove");
    browser.post(&remove, &remove, &[]).await.is(200).says(&["You cannot remove yourself"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_their_organisation_and_not_its_people_and_others_see_neither() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    council.contract(&db, &own).await;
    let web = Web::new(&db);
    let staff = web.signed_in(own.person).await;
    let home = format!("/organisations/{}", own.organisation);
    let front = staff.get(&home).await;
    front.is(200).says(&["You act for it as staff", &format!("{home}/councils/worcestershire/claims")]);
    front.says_nothing_of(&["/people"]);
    staff.get(&format!("{home}/people")).await.is(403).says(&["Only your organisation’s administrators can do this."]);
    let stranger = web.signed_in(other.person).await;
    let absent = stranger.get("/organisations/org_nonsense").await.is(404).settled();
    for address in [home.clone(), format!("{home}/people"), format!("{home}/people/{}", own.person)] {
        assert_eq!(stranger.get(&address).await.settled(), absent, "{address}");
    }
    // somebody of another organisation is nobody here
    let mary = web.signed_in(administrator(&db, &own, "Mary Manager").await).await;
    let absent = mary.get(&format!("{home}/people/per_nonsense")).await.is(404).settled();
    assert_eq!(mary.get(&format!("{home}/people/{}", other.person)).await.settled(), absent);
}
