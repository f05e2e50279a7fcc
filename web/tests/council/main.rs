//! A council's own pages, asked as its administrators, auditors, officers and everybody else do: the real router on a real
//! database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod audit;
mod front;
#[path = "../support/means.rs"]
mod means;
#[path = "../support/pages.rs"]
mod pages;
mod providers;
mod rules;
mod settings;
mod staff;

use counterfoil_core::ids::PersonId;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_testkit::{TestCouncil, instant};

use pages::Site;

/// A council whose name in addresses is `fenmere`.
async fn fenmere(site: &Site) -> TestCouncil {
    TestCouncil::new(&site.db, "Fenmere").await
}

/// Somebody of a council's staff.
async fn member(site: &Site, council: &TestCouncil, name: &str, role: CouncilRole) -> PersonId {
    let (identity, at) = (site.db.identity(), instant(2024, 6, 3, 9));
    let person = PersonId::from_uuid(site.db.id());
    let email = format!("{}@fenmere.example", name.to_lowercase());
    identity.add_person(person, &email, name, at).await.unwrap();
    identity.join_council(person, council.tenant, role, at).await.unwrap();
    person
}
