//! What happens to people's logins and to a council's access, and who may write and read of it.

use std::net::IpAddr;

use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::audit::{self, Filter, PlatformRecord, Record};
use counterfoil_tenants::scope::Origin;
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, instant};

use crate::owner::noon;

fn origin() -> Origin {
    Origin::new("req-7", IpAddr::from([192, 0, 2, 7]))
}

const ALL: Filter = Filter {
    from: None,
    to: None,
    person: None,
    organisation: None,
    council: None,
    action: None,
    object_kind: None,
    object_id: None,
    oldest_first: false,
    offset: 0,
    limit: 50,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_sign_ins_are_found_by_person_organisation_and_time() {
    let db = TestDatabase::new().await;
    let (one, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let identity = db.identity();
    for (hour, provider) in [(9, &one), (10, &other), (11, &one)] {
        let at = instant(2024, 12, 7, hour);
        let record = PlatformRecord::by_themselves(Action::SignIn, at, provider.person).from(&origin());
        identity.record(&record).await.unwrap();
    }
    let refused = PlatformRecord::on(Action::RefuseSignIn, instant(2024, 12, 7, 12), "address").from(&origin());
    identity.record(&refused).await.unwrap();
    let removed = PlatformRecord::of(Action::RemoveMember, instant(2024, 12, 7, 13), other.person)
        .by(one.person)
        .about(other.person)
        .for_organisation(one.organisation)
        .detail(serde_json::json!({ "role": "staff" }));
    identity.record(&removed).await.unwrap();

    let all = identity.platform_records(&ALL).await.unwrap();
    let said: Vec<(&str, &str)> = all.rows.iter().map(|row| (row.action.as_str(), row.by.as_str())).collect();
    assert_eq!(
        said,
        [
            ("member.remove", "A member of staff"),
            ("person.sign_in_refused", "Not signed in"),
            ("person.sign_in", "A member of staff"),
            ("person.sign_in", "A member of staff"),
            ("person.sign_in", "A member of staff"),
        ]
    );
    assert_eq!(all.rows[1].address.as_deref(), Some("192.0.2.7"));
    assert_eq!(all.rows[0].subject, Some(other.person));

    let total = async |filter: Filter| identity.platform_records(&filter).await.unwrap().total;
    assert_eq!(total(Filter { person: Some(other.person), ..ALL }).await, 2, "what concerns them too");
    assert_eq!(total(Filter { person: Some(one.person), ..ALL }).await, 3);
    assert_eq!(total(Filter { organisation: Some(one.organisation), ..ALL }).await, 1);
    assert_eq!(total(Filter { action: Some("person.".to_owned()), ..ALL }).await, 4);
    let ten = Some(instant(2024, 12, 7, 10));
    assert_eq!(total(Filter { from: ten, ..ALL }).await, 4, "from ten o'clock on");
    assert_eq!(total(Filter { to: ten, ..ALL }).await, 1, "before ten o'clock");
    let page = identity.platform_records(&Filter { offset: 3, limit: 1, ..ALL }).await.unwrap();
    assert_eq!((page.total, page.rows.len(), page.rows[0].person), (5, 1, Some(other.person)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_does_to_a_council_stands_in_that_councils_record() {
    let db = TestDatabase::new().await;
    let (council, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let operator = PersonId::from_uuid(db.id());
    db.identity().add_person(operator, "operator@counterfoil.example", "An operator", noon()).await.unwrap();
    let actor = Actor::Operator { person: operator };
    let record = Record::of(Action::SuspendCouncil, council.tenant).detail(serde_json::json!({ "why": "asked" }));
    db.identity().record_for_council(council.tenant, noon(), (&actor, &origin()), &record).await.unwrap();

    let filter = Filter { action: Some("council.suspend".to_owned()), limit: 10, ..Filter::default() };
    let page = council.scope.read(async |tx| audit::page(tx, &filter).await).await.unwrap();
    assert_eq!((page.total, page.rows[0].by.as_str()), (1, "An operator"));
    let kept = &page.rows[0].record;
    assert_eq!((kept.actor.clone(), kept.at), (actor, noon()));
    assert_eq!((kept.request_id.as_deref(), kept.address.as_deref()), (Some("req-7"), Some("192.0.2.7")));
    let elsewhere = other.scope.read(async |tx| audit::page(tx, &filter).await).await.unwrap();
    assert_eq!(elsewhere.total, 0);
}
