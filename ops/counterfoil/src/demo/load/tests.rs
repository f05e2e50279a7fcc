//! The demo's world in a real database: everything arrives, each council sees its own, and no pay period that cannot be
//! run is said to be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::pricing::RuleDigest;
use counterfoil_tenants::identity::{Access, CouncilRole};
use counterfoil_tenants::scope::{CouncilScope, Provider, Tx};
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{bank, contract, rate, rule, schedule, service_line};
use counterfoil_testkit::TestDatabase;
use indicatif::ProgressBar;

use super::{LoadedPack, Means, period_id};
use crate::demo::SEED;
use crate::demo::dates::day;
use crate::demo::timeline::act::Pays;
use crate::demo::world::World;
use crate::demo::world::organisations::W24;

#[tokio::test(flavor = "multi_thread")]
async fn the_world_is_written_council_by_council() {
    let db = TestDatabase::new().await;
    let world = World::generate(SEED).expect("a world");
    let master_key = MasterKey::new([7; 32]);
    let holidays = BankHolidays::bundled().expect("bank holidays");
    // which component prices is another test's; here it only has to be written down
    let pack = LoadedPack {
        digest: RuleDigest("0".repeat(64)),
        version: "1".to_owned(),
        messages: BTreeMap::from([("planned".to_owned(), "As planned.".to_owned())]),
    };
    let packs = BTreeMap::from([("standard".to_owned(), pack)]);
    let means = Means {
        connections: db.connections(),
        master_key: &master_key,
        packs: &packs,
        holidays: &holidays,
        seed: SEED,
    };
    let bar = ProgressBar::hidden();
    super::world(&means, &world, &bar).await.expect("it is written");
    assert_eq!(Some(bar.position()), bar.length());

    assert_eq!(db.identity().councils().await.unwrap().len(), 5);
    for council in &world.councils {
        let scope = CouncilScope::system(db.connections(), council.id, "test");
        let contracts: Vec<_> = council.contracts.iter().map(|own| own.id).collect();
        let payees: Vec<_> = council.payees.iter().map(|own| own.id).collect();
        let first = council.rule.active_from;
        let (found, lines, versions, banks, settings) = scope
            .read(async |tx: &mut Tx<'_>| {
                let found = contract::find_all(tx, &contracts).await?;
                let lines = service_line::of_contracts(tx, &contracts).await?;
                let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
                let versions = service_line::versions(tx, &ids).await?;
                let banks = bank::versions(tx, &payees).await?;
                rule::in_force(tx, first).await?;
                let settings = rule::settings(tx, council.taken_on).await?;
                Ok((found, lines, versions, banks, settings))
            })
            .await
            .unwrap();
        assert_eq!(found.len(), council.contracts.len());
        let own: Vec<&str> = council.lines.iter().map(|line| line.reference.as_str()).collect();
        let mut read: Vec<&str> = lines.iter().map(|line| line.reference.as_str()).collect();
        read.sort_unstable();
        assert_eq!(read, own);
        for line in &council.lines {
            assert_eq!(versions[&line.id], line.versions, "{}", line.reference);
        }
        assert_eq!(banks.len(), council.payees.len());
        assert_eq!(settings.len(), council.rule.settings.len());
    }

    let council = world.council(W24).expect("the council");
    let scope = CouncilScope::system(db.connections(), council.id, "test");
    let runnable = async |name: &str, period| {
        let schedule = council.schedule(name).expect("the schedule").id;
        let id = period_id(SEED, Pays { schedule, period });
        let read = scope.read(async |tx: &mut Tx<'_>| schedule::period(tx, id).await);
        read.await.unwrap().runnable
    };
    // the row that is paid on the day of its run cannot be run; the one that was given a bank date can
    assert!(!runnable("Carer flexible breaks", day(2025, 1, 18)).await);
    assert!(runnable("Carer flexible breaks", day(2024, 12, 21)).await);
    let services = ["Residential Care".to_owned()];
    let card = scope
        .read(async |tx: &mut Tx<'_>| rate::card(tx, &services, day(2024, 12, 14), council.taken_on).await)
        .await
        .unwrap();
    assert_eq!(card.len(), 2, "the plain rate and retention: {card:?}");

    who_may_do_what(&db, &world).await;
}

/// Everybody has a login that opens what is theirs, and every council shows itself.
async fn who_may_do_what(db: &TestDatabase, world: &World) {
    let identity = db.identity();
    for council in &world.councils {
        let brand = identity.brand(council.id).await.unwrap().expect("a brand");
        assert!(brand.logo.is_some() && brand.contacts.email.ends_with(".example"));
        let access = identity.access(council.staff.approver).await.unwrap().unwrap();
        assert_eq!(access.council(council.id).unwrap().roles, [CouncilRole::Approver].into());
        assert_eq!(access.published_password_rule(), council.slug == W24);
    }
    let person = async |email: &str| {
        let id = identity.person_with_email(email).await.unwrap().expect("somebody");
        identity.access(id).await.unwrap().unwrap()
    };
    assert!(person("operator@counterfoil.example").await.is_operator());
    let bookkeeper = person("payments@care-books.example").await;
    assert_eq!(bookkeeper.organisations().len(), 2);
    let councils = async |access: &Access| {
        let scope = access.provider_scope().unwrap();
        let contracts = scope.read(async |tx: &mut Tx<'_, Provider>| contract::of_provider(tx).await).await.unwrap();
        contracts.into_iter().map(|(council, _)| council).collect::<BTreeSet<_>>()
    };
    assert_eq!(councils(&bookkeeper).await.len(), 3);
    let branch = person("branch@dovedale-care.example").await;
    assert_eq!(branch.organisations()[0].councils.len(), 4, "its organisation works for four");
    assert_eq!(councils(&branch).await, BTreeSet::from([world.council(W24).unwrap().id]));
}
