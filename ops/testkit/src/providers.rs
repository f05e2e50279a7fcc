//! A provider with a member of its staff.

use counterfoil_core::ids::{OrganisationId, PersonId};
use counterfoil_tenants::identity::OrganisationRole;
use counterfoil_tenants::scope::ProviderScope;

use crate::TestDatabase;
use crate::contracts::instant;

/// An organisation that delivers care, for whichever councils it has contracts with.
pub struct TestProvider {
    /// Its id.
    pub organisation: OrganisationId,
    /// A member of its staff.
    pub person: PersonId,
    /// What that person may see.
    pub scope: ProviderScope,
}

impl TestProvider {
    /// Takes a provider on.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn new(db: &TestDatabase, name: &str) -> Self {
        let identity = db.identity();
        let at = instant(2024, 1, 1, 9);
        let (organisation, person) = (OrganisationId::from_uuid(db.id()), PersonId::from_uuid(db.id()));
        identity.add_organisation(organisation, name, at).await.unwrap();
        let email = format!("staff@{}.example", name.to_lowercase().replace(' ', "-"));
        identity.add_person(person, &email, "A member of staff", at).await.unwrap();
        identity.join_organisation(person, organisation, OrganisationRole::Staff, at).await.unwrap();
        let scope = identity.provider_scope(person).await.unwrap();
        Self { organisation, person, scope }
    }
}
