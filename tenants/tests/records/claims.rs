//! Claims under several hands: generated once, never overwritten unseen, out of a provider's reach while a run holds
//! them.

use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::RunId;
use counterfoil_core::statement::Statement;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::claim::{self, Claim};
use counterfoil_tenants::statement::{self, NewStatement, Source};
use counterfoil_tenants::{Error, schedule};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, instant};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn generating_twice_makes_a_claim_once() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 2).await;
    let contracted = council.direct_payment(&db, &schedule).await;
    let first = council.claim(&db, &schedule, &contracted, 0).await;
    let again = council
        .scope
        .transaction(instant(2024, 12, 9, 9), async |tx| {
            let there = claim::find(tx, first.id).await?;
            let mut audited = tx.audited(Record::of(Action::GenerateClaims, schedule.periods[0])).await?;
            let copy = Claim { id: counterfoil_core::ids::ClaimId::from_uuid(Uuid::max()), ..there };
            claim::generate(&mut audited, vec![copy]).await
        })
        .await
        .unwrap();
    assert!(again.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_version_is_refused() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let contracted = council.direct_payment(&db, &schedule).await;
    let id = council.claim(&db, &schedule, &contracted, 0).await.id;
    let seen = council.scope.read(async |tx| claim::find(tx, id).await).await.unwrap();
    let write = async || {
        council
            .scope
            .transaction(instant(2024, 12, 9, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SendBackClaim, id)).await?;
                claim::update(&mut audited, &seen).await
            })
            .await
    };
    write().await.unwrap();
    assert!(matches!(write().await, Err(Error::Conflict(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_states_its_own_claim_until_a_run_holds_it() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let provider = TestProvider::new(&db, "Good Care").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let contracted = council.contract_with(&db, &schedule, &provider).await;
    let id = council.claim(&db, &schedule, &contracted, 0).await.id;
    let state = async |version: u32| {
        provider
            .scope
            .transaction(instant(2024, 12, 14, 9), council.tenant, provider.organisation, async |tx| {
                let mut found = claim::lock_own(tx, id).await?;
                let lines = claim::lines_of(tx, id).await?;
                found.state = ClaimState::Stated;
                found.statement_version = version;
                let mut audited = tx.audited(Record::of(Action::StateActuals, id)).await?;
                let new = NewStatement {
                    organisation_id: Some(provider.organisation),
                    claim_id: id,
                    version,
                    source: Source::Screen,
                    body: Statement::default(),
                };
                statement::add(&mut audited, new).await?;
                claim::update_own(&mut audited, &found).await?;
                Ok(lines.len())
            })
            .await
    };
    assert_eq!(state(1).await.unwrap(), 1);
    let newest = council.scope.read(async |tx| statement::newest(tx, &[id]).await).await.unwrap();
    assert_eq!((newest[0].version, newest[0].stated_by.person()), (1, Some(provider.person)));

    let moved = council
        .scope
        .transaction(instant(2024, 12, 18, 9), async |tx| {
            let mut audited = tx.audited(Record::of(Action::PostContract, contracted.contract)).await?;
            let run = RunId::from_uuid(Uuid::from_u128(1));
            claim::move_all(&mut audited, &[id], &[ClaimState::Stated], ClaimState::Locked, Some(run)).await
        })
        .await
        .unwrap();
    assert_eq!(moved, [id]);
    assert!(matches!(state(2).await, Err(Error::NotFound)), "the run holds it");
}

#[tokio::test(flavor = "multi_thread")]
async fn six_oclock_is_in_time_and_a_second_later_is_the_next_run() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let weekly = council.weekly_schedule(&db, 2).await;
    let run_of = async |seconds: i64| {
        council
            .scope
            .read(async |tx| {
                let due = schedule::period(tx, weekly.periods[0]).await?;
                let received = due.cut_off + chrono::TimeDelta::milliseconds(1000 * seconds + 999);
                Ok(schedule::run_period(tx, &due, received).await?.id)
            })
            .await
            .unwrap()
    };
    assert_eq!(run_of(0).await, weekly.periods[0]);
    assert_eq!(run_of(1).await, weekly.periods[1]);
}
