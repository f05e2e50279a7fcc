//! Operators of the platform.

use counterfoil_core::bacs::Originator;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PersonId, TenantId};
use counterfoil_tenants::audit::{self, Record};
use counterfoil_tenants::identity::CouncilRole::Administrator;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::operator::NewCouncil;
use counterfoil_tenants::identity::{Council, Nation};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{Error, bank, profile};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, date};

use crate::support::{accept_login, administrator_of, asks, noon, recorded, roles, service, somebody, the_letter};

fn key() -> MasterKey {
    MasterKey::new([7; 32])
}

fn fenmere() -> NewCouncil {
    NewCouncil {
        slug: "fenmere".to_owned(),
        name: "Fenmere County Council".to_owned(),
        nation: Nation::Wales,
        colour: "#1D70B8".to_owned(),
        administrator_email: "head@fenmere.example".to_owned(),
        administrator_name: "Hal Head".to_owned(),
        published_password_rule: true,
    }
}

async fn operator(db: &TestDatabase) -> PersonId {
    let person = somebody(db, "operator@platform.example", "Ola Operator").await;
    db.identity().appoint_operator(&service(), "operator@platform.example", "Ola Operator").await.unwrap();
    the_letter(&db.identity(), LetterKind::Invitation).await;
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_that_is_taken_on_can_be_used_at_once() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let by = asks(operator(&db).await);
    let made = identity.onboard_council(&key(), &by, &fenmere()).await.unwrap();
    let letter = the_letter(&identity, LetterKind::Invitation).await;
    assert_eq!(
        (letter.email.as_str(), &letter.context["council"]),
        ("head@fenmere.example", &"Fenmere County Council".into())
    );
    let head = accept_login(&identity, &letter).await;
    assert_eq!(head, made.administrator.person);

    let access = identity.access(head).await.unwrap().unwrap();
    assert_eq!(access.council(made.tenant).unwrap().roles, roles([Administrator]));
    assert!(access.published_password_rule());
    let council = identity.council_called("fenmere").await.unwrap().unwrap();
    assert_eq!((council.id, council.nation, council.suspended_at), (made.tenant, Nation::Wales, None));
    let brand = identity.brand(made.tenant).await.unwrap().unwrap();
    assert_eq!((brand.name.as_str(), brand.colour.as_str()), ("Fenmere County Council", "#1d70b8"));

    // its administrator goes on: settings are there, and so is the key for bank details
    let (scope, _) = identity.council_scope(head, made.tenant).await.unwrap();
    scope.read(async |tx: &mut Tx<'_>| profile::on(tx, date(2025, 3, 3)).await).await.unwrap();
    let account = Originator {
        sun: "123456".to_owned(),
        sort_code: "991234".to_owned(),
        account: "12345678".to_owned(),
        name: "FENMERE CC".to_owned(),
    };
    scope
        .transaction(noon(), async |tx: &mut Tx<'_>| {
            let mut audited = tx.audited(Record::of(Action::ChangeBankDetails, made.tenant)).await?;
            bank::set_originator(&mut audited, &key(), &account).await
        })
        .await
        .unwrap();

    let kept = scope.read(async |tx: &mut Tx<'_>| audit::newest(tx, 10).await).await.unwrap();
    let by_operator = kept.iter().filter(|record| record.actor.person() == by.by);
    let actions: Vec<_> = by_operator.map(|record| record.action.as_str()).collect();
    for action in ["council.set_up", "council.brand", "member.invite"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_addresses_is_taken_once() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (by, key) = (asks(operator(&db).await), key());
    let new = fenmere();
    let (first, second) =
        tokio::join!(identity.onboard_council(&key, &by, &new), identity.onboard_council(&key, &by, &new));
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
    the_letter(&identity, LetterKind::Invitation).await;
    let again = identity.onboard_council(&key, &by, &fenmere()).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    for wrong in [
        NewCouncil { slug: "Fen Mere".to_owned(), ..fenmere() },
        NewCouncil { name: " ".to_owned(), ..fenmere() },
        NewCouncil { colour: "blue".to_owned(), ..fenmere() },
        NewCouncil { administrator_email: "head".to_owned(), ..fenmere() },
        NewCouncil { administrator_name: String::new(), ..fenmere() },
    ] {
        assert!(matches!(identity.onboard_council(&key, &by, &wrong).await, Err(Error::Refused(_))), "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_a_council_on_goes_on_where_it_was_interrupted() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let by = asks(operator(&db).await);
    // what is left when the process stops after its first transaction
    let begun = Council {
        id: TenantId::from_uuid(db.id()),
        slug: "fenmere".to_owned(),
        name: "Fenmere County Council".to_owned(),
        nation: Nation::Wales,
        suspended_at: Some(noon()),
    };
    identity.add_council(&begun, noon()).await.unwrap();
    assert!(
        matches!(identity.resume_council(&by, begun.id).await, Err(Error::Refused(_))),
        "there is nothing to resume"
    );
    let another = NewCouncil { name: "Fenmere Borough".to_owned(), ..fenmere() };
    assert!(matches!(identity.onboard_council(&key(), &by, &another).await, Err(Error::Conflict(_))));
    let made = identity.onboard_council(&key(), &by, &fenmere()).await.unwrap();
    assert_eq!(made.tenant, begun.id);
    assert_eq!(identity.council_called("fenmere").await.unwrap().unwrap().suspended_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_council_vanishes_for_its_staff_and_its_providers_and_comes_back() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let by = asks(operator(&db).await);
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    for council in [&one, &other] {
        identity.link_organisation(council.tenant, provider.organisation, noon()).await.unwrap();
    }
    assert!(matches!(identity.suspend_council(&by, one.tenant, " ").await, Err(Error::Refused(_))));
    identity.suspend_council(&by, one.tenant, "Contract ended").await.unwrap();
    assert!(matches!(identity.suspend_council(&by, one.tenant, "Twice").await, Err(Error::Refused(_))));

    let officer = identity.access(one.officer).await.unwrap().unwrap();
    assert!(officer.councils().is_empty() && officer.council_scope(one.tenant).is_err());
    let linked = async || {
        let access = identity.access(provider.person).await.unwrap().unwrap();
        access.organisations()[0].councils.iter().map(|council| council.id).collect::<Vec<_>>()
    };
    assert_eq!(linked().await, [other.tenant]);
    let admin = asks(one.administrator);
    let invited = identity.invite_staff(&admin, one.tenant, "x@example.com", "X", &roles([Administrator])).await;
    assert!(matches!(invited, Err(Error::NotFound)), "nobody acts for it");

    identity.resume_council(&by, one.tenant).await.unwrap();
    assert!(identity.access(one.officer).await.unwrap().unwrap().council(one.tenant).is_some());
    assert_eq!(linked().await, [other.tenant, one.tenant]);
    assert!(matches!(identity.resume_council(&by, one.tenant).await, Err(Error::Refused(_))));
    assert_eq!(recorded(&db, one.tenant).await, ["council.resume", "council.suspend"]);
    let filter = audit::Filter { council: Some(one.tenant), limit: 10, ..audit::Filter::default() };
    assert_eq!(identity.platform_records(&filter).await.unwrap().total, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_an_operator_does_any_of_this() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let by = asks(council.administrator);
    for refused in [
        identity.onboard_council(&key(), &by, &fenmere()).await.map(|_| ()),
        identity.suspend_council(&by, council.tenant, "Because").await,
        identity.resume_council(&by, council.tenant).await,
        identity.appoint_operator(&by, "x@example.com", "X").await.map(|_| ()),
        identity.dismiss_operator(&by, council.officer).await,
        identity.appoint_administrator(&by, council.tenant, "x@example.com", "X").await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    assert!(identity.council_called("fenmere").await.unwrap().is_none());
    assert!(identity.operators().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_appoint_and_dismiss_one_another() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let ola = operator(&db).await;
    let second = identity.appoint_operator(&asks(ola), "second@platform.example", "Sam").await.unwrap();
    assert_eq!(the_letter(&identity, LetterKind::Invitation).await.context["operator"], true);
    assert!(identity.access(second.person).await.unwrap().unwrap().is_operator());
    let again = identity.appoint_operator(&asks(ola), "second@platform.example", "Sam").await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    assert!(matches!(identity.dismiss_operator(&asks(ola), ola).await, Err(Error::Refused(_))));
    identity.dismiss_operator(&asks(second.person), ola).await.unwrap();
    assert!(!identity.access(ola).await.unwrap().unwrap().is_operator());
    let names: Vec<_> = identity.operators().await.unwrap().into_iter().map(|operator| operator.name).collect();
    assert_eq!(names, ["Sam"]);
    assert!(matches!(identity.dismiss_operator(&asks(ola), second.person).await, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_mends_a_councils_access_but_not_for_themselves() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let ola = operator(&db).await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let own = identity.appoint_administrator(&asks(ola), council.tenant, "OPERATOR@platform.example", "Ola").await;
    assert!(matches!(own, Err(Error::Refused(_))));
    let (email, name) = ("officer@worcestershire.example", "An officer");
    identity.appoint_administrator(&asks(ola), council.tenant, email, name).await.unwrap();
    let (_, held) = identity.council_scope(council.officer, council.tenant).await.unwrap();
    assert!(held.contains(&Administrator) && held.len() == 2, "beside what they had");
    let again = identity.appoint_administrator(&asks(ola), council.tenant, email, name).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    assert_eq!(recorded(&db, council.tenant).await, ["member.invite"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_counts_and_nothing_else() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Bradford").await, TestCouncil::new(&db, "Worcestershire").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    administrator_of(&db, &provider, "manager@care.example").await;
    identity.link_organisation(one.tenant, provider.organisation, noon()).await.unwrap();
    identity.join_council(one.officer, one.tenant, Administrator, noon()).await.unwrap();
    let usage = identity.usage().await.unwrap();
    let counts: Vec<_> = usage
        .iter()
        .map(|used| (used.tenant, used.staff, used.organisations, used.provider_people, used.last_seen_at))
        .collect();
    assert_eq!(counts, [(one.tenant, 2, 1, 2, None), (other.tenant, 2, 0, 0, None)]);

    let before = identity.health().await.unwrap();
    assert_eq!((before.letters_waiting, before.letters_lost, before.jobs_waiting), (0, 0, 0));
    assert!(before.jobs_dead.is_empty() && before.oldest_letter.is_none());
    identity
        .invite_staff(&asks(one.administrator), one.tenant, "x@example.com", "X", &roles([Administrator]))
        .await
        .unwrap();
    let health = identity.health().await.unwrap();
    assert_eq!((health.letters_waiting, health.oldest_letter), (1, Some(noon())));
    assert!(health.database_time > before.database_time);
    let letter = identity.next_letter(noon()).await.unwrap().unwrap();
    identity.letter_failed(&letter, "550 no such mailbox", true).await.unwrap();
    let health = identity.health().await.unwrap();
    assert_eq!((health.letters_waiting, health.letters_lost), (0, 1));
}
