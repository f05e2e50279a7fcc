//! Councils and the organisations that they work with.

use counterfoil_core::ids::{InvitationId, OrganisationId};
use counterfoil_tenants::Error;
use counterfoil_tenants::audit;
use counterfoil_tenants::identity::OrganisationRole;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::linking::{AcceptAs, InvitationState, Wanted};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider};
use serde_json::json;

use crate::support::{
    accept_login, administrator_of, asks, letters, noon, recorded, recorded_for, somebody, the_letter,
};

fn good_care(email: &str) -> Wanted {
    Wanted::typed("Good Care", "S-17", email, "Bo Lee").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_organisation_is_linked_by_two_councils_and_has_one_login() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    identity.invite_organisation(&asks(one.administrator), one.tenant, &good_care("bo@care.example")).await.unwrap();
    let letter = the_letter(&identity, LetterKind::Invitation).await;
    assert_eq!(letter.context, json!({ "council": "Worcestershire", "organisations": ["Good Care"] }));
    let bo = accept_login(&identity, &letter).await;
    let waits = identity.invitations_for(bo).await.unwrap();
    assert_eq!(waits.len(), 1);
    assert_eq!((waits[0].council.as_str(), waits[0].reference.as_str()), ("Worcestershire", "S-17"));

    let new = AcceptAs::New("Good Care Limited");
    let organisation = identity.accept_invitation(&asks(bo), one.tenant, waits[0].id, new).await.unwrap();
    let access = identity.access(bo).await.unwrap().unwrap();
    let own = access.organisation(organisation).unwrap();
    assert_eq!((own.name.as_str(), own.role), ("Good Care Limited", OrganisationRole::Administrator));
    assert_eq!(own.councils.iter().map(|council| council.id).collect::<Vec<_>>(), [one.tenant]);
    let again = identity.accept_invitation(&asks(bo), one.tenant, waits[0].id, new).await.unwrap();
    assert_eq!(again, organisation, "sent twice, answered once");

    // the next council knows the organisation under another name, and learns nothing of the first
    let wanted = Wanted::typed("GoodCare (Bradford)", "", "BO@care.example", "B. Lee").unwrap();
    identity.invite_organisation(&asks(other.administrator), other.tenant, &wanted).await.unwrap();
    the_letter(&identity, LetterKind::OrganisationInvited).await;
    let seen = &identity.organisation_invitations(other.tenant).await.unwrap()[0];
    assert_eq!(
        (seen.name.as_str(), seen.email.as_str(), seen.contact.as_str(), &seen.state),
        ("GoodCare (Bradford)", "BO@care.example", "B. Lee", &InvitationState::Open)
    );
    let id = identity.invitations_for(bo).await.unwrap()[0].id;
    let own = AcceptAs::Own(organisation);
    assert_eq!(identity.accept_invitation(&asks(bo), other.tenant, id, own).await.unwrap(), organisation);
    let access = identity.access(bo).await.unwrap().unwrap();
    let councils: Vec<_> =
        access.organisation(organisation).unwrap().councils.iter().map(|council| council.id).collect();
    assert_eq!(councils, [other.tenant, one.tenant]);
    assert!(identity.invitations_for(bo).await.unwrap().is_empty());
    let seen = &identity.organisation_invitations(other.tenant).await.unwrap()[0];
    let name = "Good Care Limited".to_owned();
    assert_eq!(seen.state, InvitationState::Accepted { at: noon(), organisation, name });

    for council in [&one, &other] {
        assert_eq!(recorded(&db, council.tenant).await, ["organisation.invite", "organisation.link"]);
        let kept = council.scope.read(async |tx| audit::of(tx, organisation).await).await.unwrap();
        assert_eq!(kept[0].actor.person(), Some(bo));
    }
    let mut kept = recorded_for(&identity, organisation).await;
    kept.sort_unstable();
    assert_eq!(kept, ["member.join", "organisation.link", "organisation.link"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_is_told_the_same_of_an_address_that_is_known_and_one_that_is_not() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Known Care").await;
    administrator_of(&db, &provider, "known@care.example").await;
    identity.link_organisation(other.tenant, provider.organisation, noon()).await.unwrap();
    let by = asks(one.administrator);
    for email in ["known@care.example", "unknown@care.example"] {
        let wanted = Wanted::typed("Known Care", "", email, "Bo Lee").unwrap();
        identity.invite_organisation(&by, one.tenant, &wanted).await.unwrap();
    }
    let seen = identity.organisation_invitations(one.tenant).await.unwrap();
    let told: Vec<_> =
        seen.iter().map(|seen| (&seen.name, &seen.contact, &seen.state, seen.invited_at, &seen.invited_by)).collect();
    assert_eq!(told[0], told[1]);
    assert!(identity.access_to(one.tenant).await.unwrap().is_empty(), "before anybody has accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_invitation_twice_is_one() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let by = asks(council.administrator);
    let wanted = good_care("bo@care.example");
    let (first, second) = tokio::join!(
        identity.invite_organisation(&by, council.tenant, &wanted),
        identity.invite_organisation(&by, council.tenant, &wanted)
    );
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1);
    assert_eq!(letters(&identity).await.len(), 1);
    let typed = Wanted::typed("GOOD CARE", "", "Bo@Care.example", "Bo").unwrap();
    assert!(matches!(identity.invite_organisation(&by, council.tenant, &typed).await, Err(Error::Conflict(_))));
    assert_eq!(recorded(&db, council.tenant).await, ["organisation.invite"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_sent_again_withdrawn_or_declined() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let (by, tenant) = (asks(council.administrator), council.tenant);
    let bo = somebody(&db, "bo@care.example", "Bo Lee").await;
    let invite = async || {
        identity.invite_organisation(&by, tenant, &good_care("bo@care.example")).await.unwrap();
        identity.invitations_for(bo).await.unwrap()[0].id
    };
    let id = invite().await;
    identity.send_invitation_again(&by, tenant, id).await.unwrap();
    assert_eq!(letters(&identity).await.len(), 2);
    identity.withdraw_invitation(&by, tenant, id).await.unwrap();
    assert!(identity.invitations_for(bo).await.unwrap().is_empty());
    let late = identity.accept_invitation(&asks(bo), tenant, id, AcceptAs::New("Good Care")).await;
    assert!(matches!(late, Err(Error::Refused(_))));
    assert!(matches!(identity.withdraw_invitation(&by, tenant, id).await, Err(Error::NotFound)));
    assert!(matches!(identity.send_invitation_again(&by, tenant, id).await, Err(Error::NotFound)));

    let id = invite().await;
    identity.decline_invitation(&asks(bo), tenant, id).await.unwrap();
    identity.decline_invitation(&asks(bo), tenant, id).await.unwrap();
    let late = identity.accept_invitation(&asks(bo), tenant, id, AcceptAs::New("Good Care")).await;
    assert!(matches!(late, Err(Error::Refused(_))));
    invite().await;
    let states: Vec<_> =
        identity.organisation_invitations(tenant).await.unwrap().into_iter().map(|seen| seen.state).collect();
    for state in [InvitationState::Open, InvitationState::Declined(noon()), InvitationState::Withdrawn(noon())] {
        assert!(states.contains(&state), "{states:?}");
    }
    assert_eq!(
        recorded(&db, tenant).await.into_iter().filter(|action| action != "organisation.invite").collect::<Vec<_>>(),
        ["organisation.decline", "organisation.withdraw"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_for_somebody_else() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    let bo = somebody(&db, "bo@care.example", "Bo Lee").await;
    let by = asks(one.administrator);
    identity.invite_organisation(&by, one.tenant, &good_care("bo@care.example")).await.unwrap();
    let id = identity.invitations_for(bo).await.unwrap()[0].id;
    let (new, theirs) = (AcceptAs::New("Mine"), AcceptAs::Own(provider.organisation));
    let nowhere = InvitationId::from_uuid(db.id());
    for refused in [
        identity.accept_invitation(&asks(provider.person), one.tenant, id, new).await,
        identity.accept_invitation(&asks(bo), other.tenant, id, new).await,
        identity.accept_invitation(&asks(bo), one.tenant, nowhere, new).await,
        // of which they are no administrator
        identity.accept_invitation(&asks(bo), one.tenant, id, theirs).await,
        identity.accept_invitation(&asks(bo), one.tenant, id, AcceptAs::Own(OrganisationId::from_uuid(db.id()))).await,
    ] {
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    identity.join_organisation(bo, provider.organisation, OrganisationRole::Staff, noon()).await.unwrap();
    let as_staff = identity.accept_invitation(&asks(bo), one.tenant, id, theirs).await;
    assert!(matches!(as_staff, Err(Error::NotFound)));
    for refused in [
        identity.decline_invitation(&asks(provider.person), one.tenant, id).await,
        identity.withdraw_invitation(&asks(one.officer), one.tenant, id).await,
        identity.withdraw_invitation(&asks(other.administrator), other.tenant, id).await,
        identity.invite_organisation(&asks(other.administrator), one.tenant, &good_care("x@care.example")).await,
    ] {
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    assert_eq!(recorded(&db, one.tenant).await, ["organisation.invite"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_where_there_was_never_a_contract() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    let schedule = one.weekly_schedule(&db, 1).await;
    one.contract_with(&db, &schedule, &provider).await;
    for council in [&one, &other] {
        identity.link_organisation(council.tenant, provider.organisation, noon()).await.unwrap();
    }
    let kept = identity.unlink_organisation(&asks(one.administrator), one.tenant, provider.organisation).await;
    assert!(matches!(kept, Err(Error::Refused(_))), "{kept:?}");
    let by = asks(other.administrator);
    identity.unlink_organisation(&by, other.tenant, provider.organisation).await.unwrap();
    let again = identity.unlink_organisation(&by, other.tenant, provider.organisation).await;
    assert!(matches!(again, Err(Error::NotFound)));
    let access = identity.access(provider.person).await.unwrap().unwrap();
    assert_eq!(access.organisations()[0].councils.iter().map(|council| council.id).collect::<Vec<_>>(), [one.tenant]);
    assert_eq!(recorded(&db, other.tenant).await, ["organisation.unlink"]);
}
