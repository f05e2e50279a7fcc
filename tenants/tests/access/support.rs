//! What the stories share: who asks, the letters that go out, and the records that are kept.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use counterfoil_tenants::audit;
use counterfoil_tenants::identity::letter::{Letter, LetterKind};
use counterfoil_tenants::identity::{Asked, CouncilRole, Identity, OrganisationRole};
use counterfoil_tenants::scope::{CouncilScope, Origin};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, instant};

/// A password that nobody guesses.
pub(crate) const PASSWORD: &str = "seven purple Lanterns 42 walk";

pub(crate) fn noon() -> DateTime<Utc> {
    instant(2025, 3, 3, 12)
}

/// Somebody asks, at noon, from an address.
pub(crate) fn asks(person: PersonId) -> Asked {
    let address: std::net::IpAddr = [192, 0, 2, 7].into();
    Asked { by: Some(person), at: noon(), origin: Origin::new("req-1", address) }
}

pub(crate) fn service() -> Asked {
    Asked::by_service(noon())
}

pub(crate) fn roles<const N: usize>(roles: [CouncilRole; N]) -> BTreeSet<CouncilRole> {
    BTreeSet::from(roles)
}

/// Sends whatever waits.
pub(crate) async fn letters(identity: &Identity) -> Vec<Letter> {
    let mut sent = Vec::new();
    while let Some(letter) = identity.next_letter(noon()).await.unwrap() {
        identity.letter_sent(letter.id, noon()).await.unwrap();
        sent.push(letter);
    }
    sent
}

/// Sends the one letter that waits, which has to be of this kind.
pub(crate) async fn the_letter(identity: &Identity, kind: LetterKind) -> Letter {
    let mut sent = letters(identity).await;
    let letter = sent.pop().expect("a letter waits");
    assert!(sent.is_empty(), "{sent:?}");
    assert_eq!(letter.kind, kind);
    letter
}

/// Opens an invitation and chooses a password.
pub(crate) async fn accept_login(identity: &Identity, invitation: &Letter) -> PersonId {
    let token = identity.arm_link(invitation.link.expect("it has a link"), noon()).await.unwrap().expect("it is good");
    identity.choose_password(&service(), &token, PASSWORD).await.unwrap().unwrap()
}

/// Somebody with a login and nothing to do.
pub(crate) async fn somebody(db: &TestDatabase, email: &str, name: &str) -> PersonId {
    let person = PersonId::from_uuid(db.id());
    db.identity().add_person(person, email, name, noon()).await.unwrap();
    person
}

/// A second administrator of a council.
pub(crate) async fn another_administrator(db: &TestDatabase, council: &TestCouncil, email: &str) -> PersonId {
    let person = somebody(db, email, "Another").await;
    db.identity().join_council(person, council.tenant, CouncilRole::Administrator, noon()).await.unwrap();
    person
}

/// An administrator of a provider's organisation.
pub(crate) async fn administrator_of(db: &TestDatabase, provider: &TestProvider, email: &str) -> PersonId {
    let person = somebody(db, email, "A manager").await;
    let role = OrganisationRole::Administrator;
    db.identity().join_organisation(person, provider.organisation, role, noon()).await.unwrap();
    person
}

/// The actions of a council's record since noon, by their names: all of them happened at noon.
pub(crate) async fn recorded(db: &TestDatabase, tenant: TenantId) -> Vec<String> {
    let scope = CouncilScope::system(db.connections(), tenant, "test");
    let mut records = scope.read(async |tx| audit::newest(tx, 100).await).await.unwrap();
    records.retain(|record| record.at >= noon());
    let mut actions: Vec<_> = records.into_iter().map(|record| record.action).collect();
    actions.sort_unstable();
    actions
}

/// The actions of the platform's record that are about an organisation, the newest first.
pub(crate) async fn recorded_for(identity: &Identity, organisation: OrganisationId) -> Vec<String> {
    let filter = audit::Filter { organisation: Some(organisation), limit: 100, ..audit::Filter::default() };
    let page = identity.platform_records(&filter).await.unwrap();
    page.rows.into_iter().map(|record| record.action).collect()
}
