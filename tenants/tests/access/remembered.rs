//! What a person may do is remembered as it was read, and counts until anything of it has changed, at whichever replica.

use std::sync::Arc;

use chrono::TimeDelta;
use counterfoil_core::ids::{OrganisationId, PersonId};
use counterfoil_tenants::identity::brand::{self, NewBrand};
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::identity::{Access, CouncilRole, Identity, OrganisationRole};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider};

use crate::brand::looks;
use crate::support::{administrator_of, asks, noon};

/// The replica that is asked, and somebody.
struct Asked(Identity, PersonId);

impl Asked {
    async fn now(&self) -> Access {
        self.0.access(self.1).await.unwrap().unwrap()
    }

    /// Twice at once, which reads once; gives what has been read.
    async fn again(&self, before: &Access) -> Access {
        let (one, two) = (self.now().await, self.now().await);
        assert!(Arc::ptr_eq(one.stated(), two.stated()), "nothing has changed in between");
        assert!(!Arc::ptr_eq(before.stated(), one.stated()), "what was read before does not count any more");
        one
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_what_a_person_may_do_counts_at_once_at_every_replica() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let provider = TestProvider::new(&db, "Good Care").await;
    let manager = administrator_of(&db, &provider, "manager@care.example").await;
    let asked = Asked(db.identity(), provider.person);
    let elsewhere = db.identity();

    let alone = asked.now().await;
    assert!(Arc::ptr_eq(alone.stated(), asked.now().await.stated()));
    assert!(alone.organisation(provider.organisation).unwrap().councils.is_empty());

    elsewhere.link_organisation(council.tenant, provider.organisation, noon()).await.unwrap();
    let linked = asked.again(&alone).await;
    assert_eq!(linked.organisation(provider.organisation).unwrap().councils[0].brand, None);

    brand::set(&council.scope_of(&db, council.administrator).await, noon(), &looks()).await.unwrap();
    let branded = asked.again(&linked).await;
    let brand = branded.organisation(provider.organisation).unwrap().councils[0].brand.clone();
    assert_eq!(brand.unwrap().name, "Worcestershire County Council");
    assert!(branded.shown() > linked.shown());

    elsewhere
        .change_person(
            &asks(manager),
            provider.organisation,
            provider.person,
            (OrganisationRole::Administrator, &Sees::Everything),
        )
        .await
        .unwrap();
    let promoted = asked.again(&branded).await;
    assert_eq!(promoted.organisation(provider.organisation).unwrap().role, OrganisationRole::Administrator);

    elsewhere.remove_person(&asks(manager), provider.organisation, provider.person).await.unwrap();
    let removed = asked.again(&promoted).await;
    assert!(removed.organisations().is_empty() && removed.provider_scope().is_err());

    elsewhere.join_council(provider.person, council.tenant, CouncilRole::Auditor, noon()).await.unwrap();
    let staff = asked.again(&removed).await;
    assert!(staff.council(council.tenant).unwrap().roles.contains(&CouncilRole::Auditor));
    // and the council's own staff see at once how it shows itself
    let green = NewBrand { colour: "#005EA5".to_owned(), ..looks() };
    brand::set(&council.scope_of(&db, council.administrator).await, noon() + TimeDelta::hours(1), &green)
        .await
        .unwrap();
    let seen = asked.again(&staff).await;
    assert_eq!(seen.council(council.tenant).unwrap().brand.clone().unwrap().colour, "#005ea5");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_for_others_leaves_what_a_person_is_shown_as_it_was() {
    let db = TestDatabase::new().await;
    let provider = TestProvider::new(&db, "Good Care").await;
    let asked = Asked(db.identity(), provider.person);
    let before = asked.now().await;
    db.identity().add_organisation(OrganisationId::from_uuid(db.id()), "Other Care", noon()).await.unwrap();
    let after = asked.again(&before).await;
    assert_eq!((before.stated(), before.shown()), (after.stated(), after.shown()), "pages made of it still count");

    // a question that finds nothing to change is no change
    let nothing = db.identity().next_letter(noon()).await.unwrap();
    assert!(nothing.is_none() && Arc::ptr_eq(after.stated(), asked.now().await.stated()));
}
