//! What scopes promise to the steps that use them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::audit::{self, Record};
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::{Connections, Error, claim, contract, profile, schedule, service_user};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, date, instant};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_step_given_another_councils_id_answers_as_if_it_were_absent() {
    let db = TestDatabase::new().await;
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    let schedule = one.weekly_schedule(&db, 2).await;
    let contracted = one.contract_with(&db, &schedule, &provider).await;
    let made = one.claim(&db, &schedule, &contracted, 0).await;

    assert_eq!(one.scope.read(async |tx| claim::find(tx, made.id).await).await.unwrap().id, made.id);
    let theirs = other.scope.read(async |tx| claim::find(tx, made.id).await).await;
    let absent = claim_id_that_is_nowhere();
    let nowhere = other.scope.read(async |tx| claim::find(tx, absent).await).await;
    assert_eq!(theirs.unwrap_err().to_string(), nowhere.unwrap_err().to_string());
    let locked = other.scope.transaction(instant(2024, 12, 7, 9), async |tx| claim::lock(tx, made.id).await).await;
    assert!(matches!(locked, Err(Error::NotFound)));
}

fn claim_id_that_is_nowhere() -> counterfoil_core::ids::ClaimId {
    counterfoil_core::ids::ClaimId::from_uuid(Uuid::max())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_with_two_councils_reads_both_and_no_other_providers_rows() {
    let db = TestDatabase::new().await;
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let (provider, rival) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    for council in [&one, &other] {
        let schedule = council.weekly_schedule(&db, 2).await;
        let own = council.contract_with(&db, &schedule, &provider).await;
        let theirs = council.contract_with(&db, &schedule, &rival).await;
        let person = council.direct_payment(&db, &schedule).await;
        for contracted in [&own, &theirs, &person] {
            council.claim(&db, &schedule, contracted, 0).await;
        }
    }
    let seen =
        provider.scope.read(async |tx| claim::of_provider(tx, &[ClaimState::Generated], 100).await).await.unwrap();
    let councils: Vec<TenantId> = seen.iter().map(|(tenant, _)| *tenant).collect();
    assert_eq!(councils, [one.tenant, other.tenant]);
    assert!(seen.iter().all(|(_, claim)| claim.organisation_id == Some(provider.organisation)));

    let shown = provider.scope.read(async |tx| profile::shown(tx, date(2024, 12, 7)).await).await.unwrap();
    assert_eq!(shown.len(), 2);
    let deadlines =
        provider.scope.read(async |tx| schedule::deadlines(tx, instant(2024, 12, 7, 9), 10).await).await.unwrap();
    assert_eq!(deadlines.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_a_contract_sees_nothing_that_a_council_publishes() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    council.weekly_schedule(&db, 2).await;
    let provider = TestProvider::new(&db, "Good Care").await;
    let seen = provider
        .scope
        .read(async |tx| Ok((profile::shown(tx, date(2024, 12, 7)).await?, contract::of_provider(tx).await?)))
        .await
        .unwrap();
    assert!(seen.0.is_empty() && seen.1.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_acts_for_its_own_organisations_only() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let (provider, rival) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let schedule = council.weekly_schedule(&db, 1).await;
    let theirs = council.contract_with(&db, &schedule, &rival).await;
    let made = council.claim(&db, &schedule, &theirs, 0).await;
    let at = instant(2024, 12, 9, 9);
    let as_rival = provider
        .scope
        .transaction(at, council.tenant, rival.organisation, async |tx| claim::find_own(tx, made.id).await)
        .await;
    assert!(matches!(as_rival, Err(Error::NotFound)));
    let as_itself = provider
        .scope
        .transaction(at, council.tenant, provider.organisation, async |tx| claim::find_own(tx, made.id).await)
        .await;
    assert!(matches!(as_itself, Err(Error::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_without_an_audit_record_is_not_changed() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let contracted = council.direct_payment(&db, &schedule).await;
    let made = council.claim(&db, &schedule, &contracted, 0).await;
    // locking a row is as much of a change as can be made without a record
    let outcome = council.scope.transaction(instant(2024, 12, 9, 9), async |tx| claim::lock(tx, made.id).await).await;
    assert!(matches!(outcome, Err(Error::Unaudited)));
    let discarded = council
        .scope
        .transaction(instant(2024, 12, 9, 9), async |tx| {
            let locked = claim::lock(tx, made.id).await?;
            tx.discard();
            Ok(locked)
        })
        .await;
    assert_eq!(discarded.unwrap().id, made.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_record_goes_with_the_change_and_names_who_acted() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let contracted = council.direct_payment(&db, &schedule).await;
    let made = council.claim(&db, &schedule, &contracted, 0).await;
    let officer = council.scope_of(&db, council.officer).await.with_request_id("req-7");
    let at = instant(2024, 12, 9, 9);

    let refused: Result<(), Error> = officer
        .transaction(at, async |tx| {
            tx.audited(Record::of(Action::SendBackClaim, made.id)).await?;
            Err(Error::Refused("not like this".to_owned()))
        })
        .await;
    assert!(refused.is_err());
    assert!(officer.read(async |tx| audit::of(tx, made.id).await).await.unwrap().is_empty());

    officer
        .transaction(at, async |tx| {
            let mut found = claim::lock(tx, made.id).await?;
            found.state = ClaimState::Stated;
            let mut audited = tx.audited(Record::of(Action::SendBackClaim, made.id)).await?;
            claim::update(&mut audited, &found).await
        })
        .await
        .unwrap();
    let records = officer.read(async |tx| audit::of(tx, made.id).await).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].actor.person(), Some(council.officer));
    assert_eq!((records[0].at, records[0].request_id.as_deref()), (at, Some("req-7")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_changes_nothing() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let written = council
        .scope
        .read(async |tx| {
            let record = Record::of(Action::SetUp, council.tenant);
            tx.audited(record).await.map(|_| ())
        })
        .await;
    assert!(matches!(written, Err(Error::Database(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_transaction_leaves_neither_rows_nor_its_scope_behind() {
    let db = TestDatabase::new().await;
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let schedule = one.weekly_schedule(&db, 1).await;
    let contracted = one.direct_payment(&db, &schedule).await;
    // one connection for all, so that whoever comes next gets the abandoned one, or a new one in its place
    let connections = Connections::new(&db.config().clone().pool_size(1)).unwrap();
    let scope = CouncilScope::system(&connections, one.tenant, "test");
    let at = instant(2024, 12, 9, 9);
    let abandoned = tokio::time::timeout(
        Duration::from_millis(300),
        scope.transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::VaryLine, contracted.contract)).await?;
            contract::set_end(&mut audited, contracted.contract, Some(date(2024, 12, 9))).await?;
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        }),
    );
    assert!(abandoned.await.is_err(), "it was abandoned in the middle");

    let next = CouncilScope::system(&connections, other.tenant, "test");
    let seen = next.read(async |tx| service_user::find_all(tx, &[contracted.service_user]).await).await.unwrap();
    assert!(seen.is_empty(), "the next user of the connection sees its own council only");
    let kept = one.scope.read(async |tx| contract::find(tx, contracted.contract).await).await.unwrap();
    assert_eq!(kept.valid_to, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_transactions_that_block_one_another_both_succeed_in_the_end() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 2).await;
    let contracted = council.direct_payment(&db, &schedule).await;
    let first = council.claim(&db, &schedule, &contracted, 0).await.id;
    let second = council.claim(&db, &schedule, &contracted, 1).await.id;
    let tries = AtomicU32::new(0);
    let lock_both = async |ids: [counterfoil_core::ids::ClaimId; 2]| {
        council
            .scope
            .transaction(instant(2024, 12, 9, 9), async |tx| {
                tries.fetch_add(1, Ordering::SeqCst);
                claim::lock(tx, ids[0]).await?;
                tokio::time::sleep(Duration::from_millis(200)).await;
                claim::lock(tx, ids[1]).await?;
                tx.discard();
                Ok(())
            })
            .await
    };
    let (one, two) = tokio::join!(lock_both([first, second]), lock_both([second, first]));
    one.unwrap();
    two.unwrap();
    assert!(tries.load(Ordering::SeqCst) > 2, "one of them was tried again");
}
