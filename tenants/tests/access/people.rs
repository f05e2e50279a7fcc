//! The people of a provider's organisation, and what councils see of them.

use std::collections::BTreeSet;

use counterfoil_tenants::Error;
use counterfoil_tenants::identity::OrganisationRole::{Administrator, Staff};
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::identity::provider_access::SeesHere;
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider};
use serde_json::json;

use crate::support::{
    accept_login, administrator_of, asks, letters, recorded, recorded_for, service, somebody, the_letter,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_invites_changes_and_removes_their_own_people() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let provider = TestProvider::new(&db, "Good Care").await;
    let manager = administrator_of(&db, &provider, "manager@care.example").await;
    let by = asks(manager);
    let organisation = provider.organisation;
    let who = ("bo@care.example", "Bo Lee");
    let bo = identity.invite_person(&by, organisation, who, (Staff, &Sees::Everything)).await.unwrap().person;
    let letter = the_letter(&identity, LetterKind::Invitation).await;
    let words = json!({ "organisation": "Good Care", "roles": ["Staff"], "invited_by": "A manager" });
    assert_eq!(letter.context, words);
    let again = identity.invite_person(&by, organisation, who, (Staff, &Sees::Everything)).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    identity.invite_person_again(&by, organisation, bo).await.unwrap();
    accept_login(&identity, &the_letter(&identity, LetterKind::Invitation).await).await;
    assert!(identity.invite_person_again(&by, organisation, bo).await.is_err());

    identity.change_person(&by, organisation, bo, (Administrator, &Sees::Everything)).await.unwrap();
    let seen = identity.people_of(organisation).await.unwrap();
    let found = seen.iter().find(|person| person.person == bo).unwrap();
    assert_eq!((found.role, &found.sees, found.invited), (Administrator, &Sees::Everything, false));
    assert_eq!(seen.len(), 3, "the manager, a member of staff and Bo");

    identity.remove_person(&by, organisation, bo).await.unwrap();
    assert!(matches!(identity.provider_scope(bo).await, Err(Error::NotFound)));
    assert_eq!(the_letter(&identity, LetterKind::Removed).await.context, json!({ "organisation": "Good Care" }));
    assert_eq!(
        recorded_for(&identity, organisation).await.into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["member.invite", "member.change", "member.remove"].map(str::to_owned))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_of_one_organisation_joins_another_with_the_same_login() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let manager = administrator_of(&db, &one, "manager@care.example").await;
    let second = administrator_of(&db, &other, "second@care.example").await;
    let who = ("bo@care.example", "Bo Lee");
    let sees = (Staff, &Sees::Everything);
    let bo = identity.invite_person(&asks(manager), one.organisation, who, sees).await.unwrap().person;
    accept_login(&identity, &the_letter(&identity, LetterKind::Invitation).await).await;
    let joined = identity.invite_person(&asks(second), other.organisation, who, sees).await.unwrap();
    assert_eq!((joined.person, joined.letter), (bo, LetterKind::Joined));
    assert_eq!(identity.provider_scope(bo).await.unwrap().organisations().len(), 2);
    identity.remove_person(&asks(manager), one.organisation, bo).await.unwrap();
    assert_eq!(identity.provider_scope(bo).await.unwrap().organisations(), [other.organisation]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_however_many_ask_at_once() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    for round in 0..6 {
        let provider = TestProvider::new(&db, &format!("Care {round}")).await;
        let organisation = provider.organisation;
        let one = administrator_of(&db, &provider, &format!("one{round}@care.example")).await;
        let alone = identity.remove_person(&asks(one), organisation, one).await;
        assert!(matches!(alone, Err(Error::Refused(_))));
        let other = administrator_of(&db, &provider, &format!("other{round}@care.example")).await;
        let (asked_one, asked_other) = (asks(one), asks(other));
        let demoted = (Staff, &Sees::Everything);
        let (first, second) = tokio::join!(
            identity.change_person(&asked_other, organisation, one, demoted),
            identity.remove_person(&asked_one, organisation, other)
        );
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
        let people = identity.people_of(organisation).await.unwrap();
        assert_eq!(people.iter().filter(|person| person.role == Administrator).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_organisations_own_administrators_change_its_people() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let (provider, rival) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    administrator_of(&db, &provider, "manager@care.example").await;
    let rivals = administrator_of(&db, &rival, "manager@rival.example").await;
    let everything = (Staff, &Sees::Everything);
    for asked in [asks(provider.person), asks(rivals), asks(council.administrator), service()] {
        for refused in [
            identity.invite_person(&asked, provider.organisation, ("x@example.com", "X"), everything).await.map(|_| ()),
            identity.change_person(&asked, provider.organisation, provider.person, everything).await,
            identity.remove_person(&asked, provider.organisation, provider.person).await,
        ] {
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        }
    }
    assert!(letters(&identity).await.is_empty());
    assert!(recorded_for(&identity, provider.organisation).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_sees_who_of_its_own_providers_has_access_and_nothing_of_other_councils() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let (provider, rival) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let manager = administrator_of(&db, &provider, "manager@care.example").await;
    let (here, there) = (one.weekly_schedule(&db, 1).await, other.weekly_schedule(&db, 1).await);
    let own = one.contract_with(&db, &here, &provider).await;
    let theirs = other.contract_with(&db, &there, &provider).await;
    for (council, organisation) in [(&one, &provider), (&other, &provider), (&other, &rival)] {
        identity.link_organisation(council.tenant, organisation.organisation, crate::support::noon()).await.unwrap();
    }
    let limited =
        |council: &TestCouncil, contract| (Staff, Sees::Contracts(BTreeSet::from([(council.tenant, contract)])));
    for (who, (role, sees)) in [
        (("local@care.example", "Bo Local"), limited(&one, own.contract)),
        (("elsewhere@care.example", "Cy Elsewhere"), limited(&other, theirs.contract)),
    ] {
        identity.invite_person(&asks(manager), provider.organisation, who, (role, &sees)).await.unwrap();
    }
    let seen = identity.access_to(one.tenant).await.unwrap();
    assert_eq!(seen.iter().map(|linked| linked.name.as_str()).collect::<Vec<_>>(), ["Good Care"]);
    let people: Vec<_> = seen[0].people.iter().map(|person| (person.name.as_str(), person.role, person.sees)).collect();
    assert_eq!(
        people,
        [
            ("A manager", Administrator, SeesHere::Everything),
            ("A member of staff", Staff, SeesHere::Everything),
            ("Bo Local", Staff, SeesHere::Certain),
            ("Cy Elsewhere", Staff, SeesHere::Nothing)
        ]
    );
    assert_eq!(identity.access_to(other.tenant).await.unwrap().len(), 2);
    assert!(recorded(&db, one.tenant).await.is_empty(), "who works for a provider is the provider's own affair");
    let nobody = somebody(&db, "nobody@example.com", "Nobody").await;
    assert!(identity.provider_scope(nobody).await.is_err());
}
