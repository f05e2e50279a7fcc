//! Claims, as their provider and their council see them.

use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::ClaimId;
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::identity::{Asked, CouncilRole, OrganisationRole};
use counterfoil_tenants::scope::Origin;
use counterfoil_testkit::{TestDatabase, TestProvider, instant};
use counterfoil_web::session::Stage;
use uuid::Uuid;

use crate::browser::Web;
use crate::world::{Council, administrator};

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_sees_its_own_claims_by_reference_and_filters_them() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let (contract, second) = (council.contract(&db, &own).await, council.contract(&db, &own).await);
    let theirs = council.contract(&db, &other).await;
    let first = council.priced(&db, &contract, (0, 0)).await;
    let later = council.priced(&db, &contract, (1, 2_000)).await;
    let elsewhere = council.priced(&db, &second, (1, 0)).await;
    let another = council.priced(&db, &theirs, (0, 0)).await;
    council.moved(later.id, ClaimState::Confirmed).await;
    council.moved(first.id, ClaimState::Paid).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = council.claims_of(&own);

    let all = browser.get(&home).await;
    all.is(200).says(&["Showing all 3 claims", "14 to 20 December 2024", "£131.95", "£20.00", "6pm on Tuesday"]);
    all.says(&[&first.id.to_string(), &later.id.to_string(), &elsewhere.id.to_string(), "Unconfirmed", "Paid"]);
    // the person by reference alone, and nobody else's claims
    all.says_nothing_of(&["A. Person", &another.id.to_string(), "Other Care"]);
    let text = all.text();
    assert!(text.find(&later.id.to_string()) < text.find(&first.id.to_string()), "the newest week first");

    let only = async |query: &str, id: ClaimId| {
        let page = browser.get(&format!("{home}?{query}")).await;
        page.is(200).says(&["Showing 1 claim", &id.to_string()]);
    };
    only("state=paid", first.id).await;
    only("state=confirmed", later.id).await;
    only("state=open", elsewhere.id).await;
    only("state=suspended&starts=2024-12-14", later.id).await;
    only("starts=7/12/2024", first.id).await;
    only(&format!("contract={}", second.contract), elsewhere.id).await;
    let none = browser.get(&format!("{home}?state=paid&starts=2024-12-14")).await;
    none.is(200).says(&["No claims match these filters"]);
    // another's contract is no filter at all
    browser.get(&format!("{home}?contract={}", theirs.contract)).await.is(200).says(&["Showing all 3 claims"]);
    let cheapest = browser.get(&format!("{home}?sort=person")).await.text();
    assert!(cheapest.find(&first.id.to_string()) < cheapest.find(&later.id.to_string()));
    assert!(cheapest.find(&later.id.to_string()) < cheapest.find(&elsewhere.id.to_string()));
    // beyond the end is the last page
    browser.get(&format!("{home}?sort=-claimed&page=900")).await.is(200).says(&[&first.id.to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_says_how_its_sum_came_about_on_the_page_and_by_the_api() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let claim = council.priced(&db, &contract, (0, 2_000)).await;
    let web = Web::new(&db);
    let provider = web.signed_in(own.person).await;
    let address = format!("{}/{}", council.claims_of(&own), claim.id);
    let page = provider.get(&address).await;
    page.is(200).says(&[
        "7 hours x £18.85 = £111.95",
        "Delivered as planned.",
        "Above plan (7)",
        "Non-payable: suspended",
        "standard 1.2.0",
        "All as planned",
        "INV-7",
        "£131.95",
        "£20.00",
    ]);
    page.says_nothing_of(&["A. Person"]);
    let officer = web.signed_in(council.is.officer).await;
    let page = officer.get(&format!("/councils/worcestershire/claims/{}", claim.id)).await;
    page.is(200).says(&["Good Care", "7 hours x £18.85 = £111.95", "Provider’s reference"]);

    let answer = provider.get(&format!("/api/v1{address}")).await;
    assert_eq!(answer.is(200).headers["content-type"], "application/json");
    let json = answer.json();
    assert_eq!(json["id"], claim.id.to_string());
    assert_eq!(json["sums"]["suspended"], 2_000);
    assert_eq!(json["lines"][0]["charges"][1]["pence"], 2_000);
    assert_eq!(json["rule"]["version"], "1.2.0");
    let list = provider.get(&format!("/api/v1{}?state=open", council.claims_of(&own))).await.is(200).json();
    assert_eq!(list["claims"][0]["pence"]["claimed"], 13_195);
    assert_eq!(list["claims"][0]["state"], "generated");
    for not_in in [web.stranger(), web.at(Stage::FirstFactor, own.person).await] {
        let answer = not_in.get(&format!("/api/v1{address}")).await;
        assert_eq!(answer.is(401).headers["content-type"], "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_anothers_answers_as_what_does_not_exist() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let elsewhere = Council::new(&db, "Bradford", "bradford").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let (contract, theirs) = (council.contract(&db, &own).await, council.contract(&db, &other).await);
    let there = elsewhere.contract(&db, &own).await;
    council.priced(&db, &contract, (0, 0)).await;
    let another = council.priced(&db, &theirs, (0, 0)).await;
    let at_other_council = elsewhere.priced(&db, &there, (0, 0)).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = council.claims_of(&own);
    let absent = ClaimId::from_uuid(Uuid::from_u128(u128::MAX));
    let officer = web.signed_in(council.is.officer).await;
    for prefix in ["", "/api/v1"] {
        let nothing = browser.get(&format!("{prefix}{home}/{absent}")).await.is(404).settled();
        for address in [
            format!("{home}/{}", another.id),
            format!("{home}/{}", at_other_council.id),
            format!("{home}/clm_nonsense"),
            format!("{home}/{}", another.id.uuid()),
            format!("{}/{}", council.claims_of(&other), another.id),
            council.claims_of(&other),
            format!("/organisations/{}/councils/nowhere/claims", own.organisation),
        ] {
            assert_eq!(browser.get(&format!("{prefix}{address}")).await.settled(), nothing, "{address}");
        }
    }
    let nothing = officer.get(&format!("/councils/worcestershire/claims/{absent}")).await.is(404).settled();
    for id in [at_other_council.id.to_string(), "clm_".to_owned(), "run_1".to_owned()] {
        let page = officer.get(&format!("/councils/worcestershire/claims/{id}")).await;
        assert_eq!(page.settled(), nothing, "{id}");
    }
    assert_eq!(officer.get("/councils/bradford/claims").await.settled(), nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_limited_to_a_contract_sees_its_claims_and_nothing_that_was_paid() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let (seen, hidden) = (council.contract(&db, &own).await, council.contract(&db, &own).await);
    let (visible, invisible) = (council.priced(&db, &seen, (0, 0)).await, council.priced(&db, &hidden, (0, 0)).await);
    let manager = administrator(&db, &own, "Mary Manager").await;
    let web = Web::new(&db);
    let remittances = format!("/organisations/{}/councils/worcestershire/remittances", own.organisation);
    web.signed_in(own.person).await.get(&remittances).await.is(200).says(&["There are no remittances yet"]);

    let asked = Asked { by: Some(manager), at: instant(2024, 12, 1, 9), origin: Origin::default() };
    let limits = Sees::Contracts([(council.is.tenant, seen.contract)].into());
    let change = db.identity();
    change.change_person(&asked, own.organisation, own.person, (OrganisationRole::Staff, &limits)).await.unwrap();
    let limited = web.signed_in(own.person).await;
    let home = council.claims_of(&own);
    let page = limited.get(&home).await;
    page.is(200).says(&["Showing 1 claim", &visible.id.to_string()]).says_nothing_of(&[&invisible.id.to_string()]);
    limited.get(&format!("{home}/{}", visible.id)).await.is(200);
    limited.get(&format!("{home}/{}", invisible.id)).await.is(404);
    page.says_nothing_of(&["Remittances"]);
    limited.get(&remittances).await.is(404);
    limited.get(&format!("{remittances}/R-1/csv")).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn finance_sees_the_councils_claims_and_commissioning_no_money() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (one, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let (contract, theirs) = (council.contract(&db, &one).await, council.contract(&db, &other).await);
    let suspended = council.priced(&db, &contract, (0, 2_000)).await;
    let fine = council.priced(&db, &theirs, (0, 0)).await;
    for id in [suspended.id, fine.id] {
        council.moved(id, ClaimState::Confirmed).await;
    }
    let web = Web::new(&db);
    let auditor = web.signed_in(council.member(&db, "Ann Auditor", &[CouncilRole::Auditor]).await).await;
    let home = "/councils/worcestershire/claims";
    let all = auditor.get(home).await;
    all.is(200).says(&["Showing all 2 claims", "Good Care", "Other Care"]).says_nothing_of(&["A. Person"]);
    let held = auditor.get(&format!("{home}?state=suspended&starts=2024-12-07")).await;
    held.is(200).says(&["Showing 1 claim", &suspended.id.to_string()]);
    let named = auditor.get(&format!("{home}?provider=OTHER")).await;
    named.is(200).says(&["Showing 1 claim", &fine.id.to_string()]);
    auditor.get(&format!("{home}?provider=nobody")).await.is(200).says(&["No claims match"]);
    let commissioning = web.signed_in(council.member(&db, "Cy", &[CouncilRole::Commissioning]).await).await;
    for page in [home.to_owned(), format!("{home}/{}", fine.id), "/councils/worcestershire/runs".to_owned()] {
        commissioning.get(&page).await.is(403).says(&["Your role at this council does not include payments"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_paged_and_counted_as_far_as_anybody_reads() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let copied = council.is.claim(&db, &council.schedule, &contract, 0).await;
    council.copies(&db, copied.id, 1_200).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = council.claims_of(&own);
    browser.get(&home).await.is(200).says(&["Showing 1 to 50 of more than 500 claims", "page=11"]);
    browser.get(&format!("{home}?page=24")).await.is(200).says(&["Showing 1151 to 1200 of 1201 claims"]);
    browser.get(&format!("{home}?page=4000")).await.is(200).says(&["Showing 1201 to 1201 of 1201 claims"]);
}
