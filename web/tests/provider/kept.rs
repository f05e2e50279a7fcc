//! Pages that are kept: given again as they were while nothing has changed, and never once something has.

use std::sync::Arc;

use chrono::Utc;
use counterfoil_core::claim::ClaimState;
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::identity::{Asked, CouncilRole, OrganisationRole};
use counterfoil_tenants::scope::Origin;
use counterfoil_testkit::{TestDatabase, TestProvider};

use crate::browser::{Browser, Web};
use crate::world::{Council, administrator};

/// A service whose clock stands, so that no minute ends within a story.
fn standing(db: &TestDatabase) -> Web {
    let now = Utc::now();
    Web::with(db, 0, |app| app.with_clock(Arc::new(move || now)))
}

/// What a page says, without its frame's tokens.
fn main_part(text: &str) -> String {
    let (_, rest) = text.split_once("<header").unwrap();
    let (header, rest) = rest.split_once("<main").unwrap();
    let (main, _) = rest.split_once("</main>").unwrap();
    let header = header.split("name=\"csrf\" value=\"").map(|part| part.get(43..).unwrap_or(part));
    header.collect::<String>() + main
}

/// How many pages were given again as they were, and how many made.
async fn counted(web: &Web) -> (u64, u64) {
    let page = web.stranger().get_from("/metrics", &[], [127, 0, 0, 1]).await.text();
    let count = |given: &str| {
        let line =
            page.lines().find(|line| line.starts_with(&format!("counterfoil_kept_pages_total{{given=\"{given}\"}}")));
        line.map_or(0, |line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
    };
    (count("again"), count("anew"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_either_side_does_is_on_the_page_that_is_asked_for_next() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let (contract, second) = (council.contract(&db, &own).await, council.contract(&db, &own).await);
    let theirs = council.contract(&db, &other).await;
    let first = council.priced(&db, &contract, (0, 0)).await;
    let manager = administrator(&db, &own, "Mary Manager").await;
    let web = standing(&db);
    let (provider, officer) = (web.signed_in(own.person).await, web.signed_in(council.is.officer).await);
    let colleague = web.signed_in(manager).await;
    let claims = council.claims_of(&own);

    let pages = ["/".to_owned(), claims.clone(), format!("{claims}?state=paid"), format!("{claims}?messages=unread")];
    // a replica that has kept nothing says what is so
    let is_so = async |browser: &Browser, after: &str| {
        let fresh = standing(&db).signed_in(own.person).await;
        for page in &pages {
            let (kept, made) = (browser.get(page).await.is(200).text(), fresh.get(page).await.is(200).text());
            assert_eq!(main_part(&kept), main_part(&made), "{page} after {after}");
            assert_eq!(main_part(&browser.get(page).await.text()), main_part(&made), "{page} once more after {after}");
        }
    };
    is_so(&provider, "nothing").await;
    let (again, anew) = counted(&web).await;
    assert_eq!((again, anew), (4, 4), "each page is made once");
    is_so(&provider, "nothing at all").await;
    assert_eq!(counted(&web).await, (again + 8, anew), "and then given again");

    let later = council.priced(&db, &contract, (1, 2_000)).await;
    is_so(&provider, "the council made another claim").await;
    provider.get(&claims).await.says(&["Showing all 2 claims"]);
    council.moved(first.id, ClaimState::Paid).await;
    is_so(&provider, "a claim was paid").await;
    provider.get(&pages[2]).await.says(&["Showing 1 claim"]);
    let desk = format!("/councils/worcestershire/claims/{}", later.id);
    officer.post_files(&desk, &desk, &[("message", "Was it seven hours?")], &[]).await.is(303);
    is_so(&provider, "the council wrote").await;
    provider.get(&claims).await.says(&["1 message, 1 unread"]);
    provider.get("/").await.says(&["Read new messages about a claim"]);
    let place = format!("{claims}/{}", later.id);
    colleague.get(&place).await.is(200).says(&["Was it seven hours?"]);
    is_so(&provider, "a colleague read it").await;
    provider.get(&claims).await.says(&["1 message, all read"]);
    colleague.post_files(&place, &place, &[("message", "It was.")], &[]).await.is(303);
    is_so(&provider, "a colleague answered").await;
    provider.get(&claims).await.says(&["2 messages, all read"]);

    // what another organisation does there makes nothing anew
    provider.get(&claims).await.is(200);
    let (_, anew) = counted(&web).await;
    let others = web.signed_in(other.person).await;
    let their_claim = council.priced(&db, &theirs, (0, 0)).await;
    provider.get(&claims).await.is(200);
    let (_, after_the_councils) = counted(&web).await;
    assert_eq!(after_the_councils, anew + 1, "the council's own changes may be anybody's");
    let place = format!("{}/{}", council.claims_of(&other), their_claim.id);
    others.post_files(&place, &place, &[("message", "Ours is right.")], &[]).await.is(303);
    provider.get(&claims).await.is(200);
    assert_eq!(counted(&web).await.1, after_the_councils);

    // and what somebody may see
    let asked = Asked { by: Some(manager), at: Utc::now(), origin: Origin::default() };
    let limits = Sees::Contracts([(council.is.tenant, second.contract)].into());
    db.identity()
        .change_person(&asked, own.organisation, own.person, (OrganisationRole::Staff, &limits))
        .await
        .unwrap();
    is_so(&provider, "they were limited to a contract without claims").await;
    provider.get(&claims).await.says(&["There are no claims yet"]);
    colleague.get(&claims).await.is(200).says(&["Showing all 2 claims"]);
    // whoever also belongs to a council's staff sees there what its staff does
    db.identity().join_council(own.person, council.is.tenant, CouncilRole::Officer, Utc::now()).await.unwrap();
    is_so(&provider, "they joined the council's staff").await;
    db.identity().remove_person(&asked, own.organisation, own.person).await.unwrap();
    provider.get(&claims).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_given_again_has_the_tokens_of_its_own_answer() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    council.priced(&db, &contract, (0, 0)).await;
    let web = standing(&db);
    let (desk, telephone) = (web.signed_in(own.person).await, web.signed_in(own.person).await);
    let claims = council.claims_of(&own);
    let token = |text: &str| text.split_once("data-csrf=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let (first, again) = (desk.get(&claims).await, telephone.get(&claims).await);
    assert_eq!(counted(&web).await, (1, 1));
    assert_ne!(token(&first.text()), token(&again.text()), "two sessions of one person");
    for page in [&first, &again] {
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let nonce = policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0;
        let text = page.text();
        assert_eq!(text.matches("nonce=\"").count(), text.matches(&format!("nonce=\"{nonce}\"")).count());
        assert!(text.contains(&format!("value=\"{}\"", token(&text))));
    }
    // the token of a page that was given again is good
    let csrf = token(&again.text());
    telephone.post_with(&csrf, "/sign-out", &[]).await.is(303);
    desk.get(&claims).await.is(200);
}
