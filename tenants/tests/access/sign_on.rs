//! Single sign-on of a council's staff.

use counterfoil_core::ids::PersonId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::sign_on::NewSignOn;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_testkit::{TestCouncil, TestDatabase};

use crate::support::{asks, noon, recorded, service, somebody};

const ISSUER: &str = "https://login.example/worcestershire";
/// The address of the test council's officer, as a provider may write it.
const OFFICER: &str = "Officer@Worcestershire.example";

fn new(secret: Option<&str>) -> NewSignOn {
    NewSignOn {
        issuer: ISSUER.to_owned(),
        client_id: "counterfoil".to_owned(),
        secret: secret.map(str::to_owned),
        domains: vec!["worcestershire.example".to_owned()],
        enabled: true,
    }
}

/// A council that offers it.
async fn town() -> (TestDatabase, TestCouncil) {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let (key, by) = (MasterKey::new([7; 32]), asks(council.administrator));
    db.identity().set_sign_on(&key, &by, council.tenant, &new(Some("s3cret"))).await.unwrap();
    (db, council)
}

async fn means(db: &TestDatabase, council: &TestCouncil, subject: &str, email: &str) -> Option<PersonId> {
    db.identity().person_for(&service(), council.tenant, (ISSUER, subject), email).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_opens_with_the_right_key_for_its_own_council() {
    let (db, council) = town().await;
    let identity = db.identity();
    let (key, by) = (MasterKey::new([7; 32]), asks(council.administrator));
    let kept = identity.sign_on(&key, council.tenant).await.unwrap().unwrap();
    assert_eq!((kept.secret.as_str(), kept.issuer.as_str()), ("s3cret", ISSUER));
    assert!(!format!("{kept:?}").contains("s3cret"), "never in a log");
    let other_key = identity.sign_on(&MasterKey::new([8; 32]), council.tenant).await;
    assert!(matches!(other_key, Err(Error::Unreadable { .. })));

    identity.set_sign_on(&key, &by, council.tenant, &NewSignOn { enabled: false, ..new(None) }).await.unwrap();
    let kept = identity.sign_on(&key, council.tenant).await.unwrap().unwrap();
    assert_eq!((kept.secret.as_str(), kept.enabled), ("s3cret", false), "the secret stays where no other is given");
    assert_eq!(recorded(&db, council.tenant).await, ["council.sign_on", "council.sign_on"]);

    let other = TestCouncil::new(&db, "Bradford").await;
    let first = identity.set_sign_on(&key, &asks(other.administrator), other.tenant, &new(None)).await;
    assert!(matches!(first, Err(Error::Refused(_))), "the first time needs one");
    let officer = identity.set_sign_on(&key, &asks(council.officer), council.tenant, &new(None)).await;
    assert!(matches!(officer, Err(Error::NotFound)));
    assert_eq!(identity.sign_on(&key, other.tenant).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_on_is_known_by_their_address_once_and_by_the_providers_name_from_then_on() {
    let (db, council) = town().await;
    assert_eq!(means(&db, &council, "sub-1", OFFICER).await, Some(council.officer));
    assert_eq!(means(&db, &council, "sub-1", "renamed@elsewhere.example").await, Some(council.officer));
    assert_eq!(means(&db, &council, "sub-2", OFFICER).await, None, "the address was given to somebody else");

    let by = asks(council.administrator);
    db.identity().clear_sign_on_subject(&by, council.tenant, council.officer).await.unwrap();
    let again = db.identity().clear_sign_on_subject(&by, council.tenant, council.officer).await;
    assert!(matches!(again, Err(Error::NotFound)));
    assert_eq!(means(&db, &council, "sub-2", OFFICER).await, Some(council.officer));
    assert_eq!(means(&db, &council, "sub-1", OFFICER).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_in_by_it() {
    let (db, council) = town().await;
    let identity = db.identity();
    let other = TestCouncil::new(&db, "Bradford").await;
    somebody(&db, "stranger@worcestershire.example", "A stranger").await;
    assert_eq!(means(&db, &council, "s", "stranger@worcestershire.example").await, None, "on nobody's staff");
    assert_eq!(means(&db, &council, "s", "nobody@worcestershire.example").await, None);
    assert_eq!(means(&db, &council, "s", "officer@bradford.example").await, None, "another council's");
    assert_eq!(means(&db, &other, "s", OFFICER).await, None, "it offers none");
    let outside = somebody(&db, "consultant@elsewhere.example", "A consultant").await;
    let role = counterfoil_tenants::identity::CouncilRole::Auditor;
    identity.join_council(outside, council.tenant, role, noon()).await.unwrap();
    assert_eq!(means(&db, &council, "s", "consultant@elsewhere.example").await, None, "not a domain of its own");
    let foreign = ("https://login.example/other", "s");
    let person = identity.person_for(&service(), council.tenant, foreign, OFFICER).await.unwrap();
    assert_eq!(person, None, "another issuer");

    assert!(means(&db, &council, "sub-1", OFFICER).await.is_some());
    identity.remove_staff(&asks(council.administrator), council.tenant, council.officer).await.unwrap();
    assert_eq!(means(&db, &council, "sub-1", OFFICER).await, None, "they have left");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_at_once_remember_one_person() {
    let (db, council) = town().await;
    let (same, too) = tokio::join!(means(&db, &council, "sub-1", OFFICER), means(&db, &council, "sub-1", OFFICER));
    assert_eq!((same, too), (Some(council.officer), Some(council.officer)));
    let (db, council) = town().await;
    let (one, other) = tokio::join!(means(&db, &council, "sub-1", OFFICER), means(&db, &council, "sub-2", OFFICER));
    assert_eq!(u8::from(one.is_some()) + u8::from(other.is_some()), 1, "two names for one address are not one person");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_leads_to_the_council_that_vouches_for_its_domain() {
    let (db, council) = town().await;
    let identity = db.identity();
    assert_eq!(identity.sign_on_for_email("Ann@WORCESTERSHIRE.example").await.unwrap(), Some(council.tenant));
    assert_eq!(identity.sign_on_for_email("ann@bradford.example").await.unwrap(), None);
    assert_eq!(identity.sign_on_for_email("worcestershire.example").await.unwrap(), None);
    identity.suspend_council(&service(), council.tenant, "Contract ended").await.unwrap();
    assert_eq!(identity.sign_on_for_email("ann@worcestershire.example").await.unwrap(), None);
    assert_eq!(means(&db, &council, "sub-1", OFFICER).await, None, "nobody acts for a suspended council");
}
