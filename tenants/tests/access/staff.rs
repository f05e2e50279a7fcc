//! A council's staff.

use counterfoil_tenants::Error;
use counterfoil_tenants::audit;
use counterfoil_tenants::identity::CouncilRole::{Administrator, Approver, Auditor, Officer};
use counterfoil_tenants::identity::OrganisationRole;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider};
use serde_json::json;

use crate::support::{
    accept_login, another_administrator, asks, letters, noon, recorded, roles, service, somebody, the_letter,
};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_is_invited_and_joins_the_next_council_with_the_same_login() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let by = asks(one.administrator);
    let both = roles([Officer, Approver]);
    let invited = identity.invite_staff(&by, one.tenant, " Ann@Council.example ", "Ann Smith", &both).await.unwrap();
    assert_eq!(invited.letter, LetterKind::Invitation);
    let seen = identity.staff_of(one.tenant).await.unwrap();
    let ann = seen.iter().find(|member| member.person == invited.person).unwrap();
    assert_eq!((ann.name.as_str(), ann.email.as_str()), ("Ann Smith", "Ann@Council.example"));
    assert_eq!((&ann.roles, ann.since, ann.invited, ann.has_factor), (&both, noon(), true, false));

    let letter = the_letter(&identity, LetterKind::Invitation).await;
    assert_eq!(letter.email, "Ann@Council.example");
    let words = json!({
        "council": "Worcestershire", "roles": ["Finance officer", "Finance approver"], "invited_by": "An administrator",
    });
    assert_eq!(letter.context, words);
    assert_eq!(accept_login(&identity, &letter).await, invited.person);
    assert!(
        !identity
            .staff_of(one.tenant)
            .await
            .unwrap()
            .iter()
            .any(|member| member.person == ann.person && member.invited)
    );

    let by = asks(other.administrator);
    let joined =
        identity.invite_staff(&by, other.tenant, "ann@council.EXAMPLE", "A. Smith", &roles([Auditor])).await.unwrap();
    assert_eq!((joined.person, joined.letter), (invited.person, LetterKind::Joined));
    assert_eq!(the_letter(&identity, LetterKind::Joined).await.name, "Ann Smith", "she goes by the name she has");
    let access = identity.access(invited.person).await.unwrap().unwrap();
    assert_eq!(access.council(one.tenant).unwrap().roles, both);
    assert_eq!(access.council(other.tenant).unwrap().roles, roles([Auditor]));

    assert_eq!(recorded(&db, one.tenant).await, ["member.invite"]);
    assert_eq!(recorded(&db, other.tenant).await, ["member.join"]);
    let kept = one.scope.read(async |tx| audit::of(tx, invited.person).await).await.unwrap();
    assert_eq!(kept[0].actor.person(), Some(one.administrator));
    assert_eq!((kept[0].detail.clone(), kept[0].request_id.as_deref()), (json!({ "roles": both }), Some("req-1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_persons_access_is_gone_with_the_next_read_and_stays_elsewhere() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    identity.join_council(one.officer, other.tenant, Auditor, noon()).await.unwrap();
    identity.join_organisation(one.officer, provider.organisation, OrganisationRole::Staff, noon()).await.unwrap();
    assert!(identity.council_scope(one.officer, one.tenant).await.is_ok());

    identity.remove_staff(&asks(one.administrator), one.tenant, one.officer).await.unwrap();
    assert!(matches!(identity.council_scope(one.officer, one.tenant).await, Err(Error::NotFound)));
    let access = identity.access(one.officer).await.unwrap().unwrap();
    assert_eq!(access.councils().iter().map(|council| council.id).collect::<Vec<_>>(), [other.tenant]);
    assert!(access.organisation(provider.organisation).is_some());
    assert_eq!(the_letter(&identity, LetterKind::Removed).await.context, json!({ "council": "Worcestershire" }));
    assert_eq!(recorded(&db, one.tenant).await, ["member.remove"]);
    let again = identity.remove_staff(&asks(one.administrator), one.tenant, one.officer).await;
    assert!(matches!(again, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_changed_and_the_record_says_from_what_to_what() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let by = asks(council.administrator);
    let new = roles([Approver, Auditor]);
    identity.change_staff(&by, council.tenant, council.officer, &new).await.unwrap();
    assert_eq!(identity.council_scope(council.officer, council.tenant).await.unwrap().1, new);
    identity.change_staff(&by, council.tenant, council.officer, &new).await.unwrap();
    assert_eq!(recorded(&db, council.tenant).await, ["member.change"], "the same again is no change");
    let kept = council.scope.read(async |tx| audit::of(tx, council.officer).await).await.unwrap();
    assert_eq!(kept[0].detail, json!({ "before": ["officer"], "roles": ["approver", "auditor"] }));
    let none = identity.change_staff(&by, council.tenant, council.officer, &roles([])).await;
    assert!(matches!(none, Err(Error::Refused(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_and_nobody_goes_by_themselves() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let (tenant, only) = (council.tenant, council.administrator);
    for refused in [
        identity.remove_staff(&service(), tenant, only).await,
        identity.change_staff(&service(), tenant, only, &roles([Officer])).await,
        identity.remove_staff(&asks(only), tenant, only).await,
        identity.change_staff(&asks(only), tenant, only, &roles([Officer])).await,
    ] {
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    identity.change_staff(&asks(only), tenant, only, &roles([Officer, Administrator])).await.unwrap();

    let second = another_administrator(&db, &council, "second@council.example").await;
    let itself = identity.remove_staff(&asks(second), tenant, second).await;
    assert!(matches!(itself, Err(Error::Refused(_))), "with another there as well");
    identity.remove_staff(&asks(second), tenant, only).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_removals_at_once_leave_an_administrator() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    for round in 0..8 {
        let council = TestCouncil::new(&db, &format!("Council {round}")).await;
        let (tenant, one) = (council.tenant, council.administrator);
        let other = another_administrator(&db, &council, &format!("second{round}@council.example")).await;
        // one another, and both by the service
        let asked = if round % 2 == 0 { [asks(other), asks(one)] } else { [service(), service()] };
        let (first, second) = tokio::join!(
            identity.remove_staff(&asked[0], tenant, one),
            identity.remove_staff(&asked[1], tenant, other)
        );
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
        let staff = identity.staff_of(tenant).await.unwrap();
        assert_eq!(staff.iter().filter(|member| member.roles.contains(&Administrator)).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_councils_own_administrators_change_its_staff() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let nobody = somebody(&db, "nobody@example.com", "Nobody").await;
    for by in [one.officer, other.administrator, nobody] {
        let asked = asks(by);
        for refused in [
            identity.invite_staff(&asked, one.tenant, "x@example.com", "X", &roles([Officer])).await.map(|_| ()),
            identity.change_staff(&asked, one.tenant, one.officer, &roles([Administrator])).await,
            identity.remove_staff(&asked, one.tenant, one.officer).await,
            identity.invite_staff_again(&asked, one.tenant, one.officer).await,
        ] {
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        }
    }
    assert!(letters(&identity).await.is_empty());
    assert!(identity.person_with_email("x@example.com").await.unwrap().is_none(), "nobody was made");
    assert!(recorded(&db, one.tenant).await.is_empty());
    let absent = identity.remove_staff(&asks(one.administrator), one.tenant, other.officer).await;
    assert!(matches!(absent, Err(Error::NotFound)), "another council's staff is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_sent_again_until_a_password_is_chosen() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let by = asks(council.administrator);
    let ann = identity
        .invite_staff(&by, council.tenant, "ann@council.example", "Ann", &roles([Officer]))
        .await
        .unwrap()
        .person;
    let first = the_letter(&identity, LetterKind::Invitation).await;
    identity.invite_staff_again(&by, council.tenant, ann).await.unwrap();
    let second = the_letter(&identity, LetterKind::Invitation).await;
    let stale = identity.arm_link(first.link.unwrap(), noon()).await.unwrap();
    assert!(stale.is_none(), "the first link is no longer good");
    accept_login(&identity, &second).await;
    let refused = identity.invite_staff_again(&by, council.tenant, ann).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    let twice = identity.invite_staff(&by, council.tenant, "ANN@council.example", "Ann", &roles([Auditor])).await;
    assert!(matches!(twice, Err(Error::Conflict(_))));
    assert_eq!(recorded(&db, council.tenant).await, ["member.invite", "member.invite"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_not_do_is_said_before_anything_is_made() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let by = asks(council.administrator);
    for (email, name, given) in [
        ("ann", "Ann", roles([Officer])),
        ("ann@council.example", " ", roles([Officer])),
        ("ann@council.example", "Ann\nSmith", roles([Officer])),
        ("ann@council.example", "Ann", roles([])),
    ] {
        let refused = identity.invite_staff(&by, council.tenant, email, name, &given).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{email} {name}");
    }
    assert!(letters(&identity).await.is_empty());
}
