//! Payment runs under several hands: one run, each contract worked once, no entry twice, serial numbers without gaps.

use std::time::Duration;

use counterfoil_core::actor::Actor;
use counterfoil_core::entry::EntryKind;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AssessmentId, EntryId, RunId};
use counterfoil_core::money::Money;
use counterfoil_core::run::RunState;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::entry::{self, Entry};
use counterfoil_tenants::run::{self, Run};
use counterfoil_tenants::{Error, Result, payment_file};
use counterfoil_testkit::{TestCouncil, TestDatabase, WeeklySchedule, instant};
use uuid::Uuid;

async fn open(council: &TestCouncil, schedule: &WeeklySchedule, id: Uuid) -> (Run, bool) {
    let at = instant(2024, 12, 18, 9);
    council
        .scope
        .transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::OpenRun, schedule.id)).await?;
            let new = Run {
                id: RunId::from_uuid(id),
                schedule_id: schedule.id,
                period_id: schedule.periods[0],
                sequence: 1,
                state: RunState::Open,
                rule_digest: "a".repeat(64),
                created_at: at,
                opened_by: Actor::system("test"),
                finalised_at: None,
                finalised_by: None,
                approved_at: None,
                approved_by: None,
                banks_digest: None,
            };
            run::open(&mut audited, new).await
        })
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_simultaneous_starts_make_one_run() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let starts = (1..=8).map(|number| open(&council, &schedule, Uuid::from_u128(number)));
    let runs = futures(starts).await;
    assert_eq!(runs.iter().filter(|(_, opened)| *opened).count(), 1);
    assert!(runs.iter().all(|(run, _)| run.id == runs[0].0.id));
}

/// All of them at once.
async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_never_hold_the_same_contract() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let contracts =
        [council.direct_payment(&db, &schedule).await.contract, council.direct_payment(&db, &schedule).await.contract];
    let (run, _) = open(&council, &schedule, db.id()).await;
    let at = instant(2024, 12, 18, 9);
    let added = council
        .scope
        .transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::OpenRun, run.id)).await?;
            run::add_work(&mut audited, run.id, &contracts).await
        })
        .await
        .unwrap();
    assert_eq!(added, 2);
    let work = async |worker: &str| {
        council
            .scope
            .transaction(at, async |tx| {
                let Some(contract) = run::take_work(tx, run.id).await? else {
                    return Ok(None);
                };
                tokio::time::sleep(Duration::from_millis(200)).await;
                let mut audited = tx.audited(Record::of(Action::PostContract, contract)).await?;
                run::work_done(&mut audited, run.id, contract, worker).await?;
                Ok(Some(contract))
            })
            .await
    };
    let (one, two): (Result<_>, Result<_>) = tokio::join!(work("one"), work("two"));
    let mut worked = [one.unwrap().unwrap(), two.unwrap().unwrap()];
    worked.sort_unstable();
    assert_eq!(worked, contracts);
    assert_eq!(work("three").await.unwrap(), None);
    assert_eq!(council.scope.read(async |tx| run::progress(tx, run.id).await).await.unwrap(), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_posted_once_and_the_next_one_knows_what_was_posted_before() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let schedule = council.weekly_schedule(&db, 1).await;
    let contracted = council.direct_payment(&db, &schedule).await;
    let claim = council.claim(&db, &schedule, &contracted, 0).await;
    let (run, _) = open(&council, &schedule, db.id()).await;
    let row = |id: Uuid, sequence: u32, entitlement: i64, before: i64| Entry {
        claim_line_id: claim.line,
        sequence,
        id: EntryId::from_uuid(id),
        organisation_id: None,
        run_id: run.id,
        claim_id: claim.id,
        contract_id: contracted.contract,
        payee_id: contracted.payee,
        assessment_id: AssessmentId::from_uuid(Uuid::from_u128(1)),
        entitlement_pence: Money::from_pence(entitlement),
        posted_before_pence: Money::from_pence(before),
        pence: Money::from_pence(entitlement - before),
        kind: if sequence == 1 { EntryKind::First } else { EntryKind::Adjustment },
    };
    let post = async |entry: Entry| {
        council
            .scope
            .transaction(instant(2024, 12, 18, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::PostContract, contracted.contract)).await?;
                entry::post(&mut audited, std::slice::from_ref(&entry)).await
            })
            .await
    };
    assert_eq!(post(row(db.id(), 1, 13_195, 0)).await.unwrap(), 1);
    let twice = post(row(db.id(), 1, 13_195, 0)).await.unwrap_err();
    assert_eq!(twice.constraint(), Some("entry_pkey"));
    assert_eq!(post(row(db.id(), 2, 13_650, 13_195)).await.unwrap(), 1);
    let posted = council.scope.read(async |tx| entry::posted(tx, &[claim.line]).await).await.unwrap();
    assert_eq!((posted[&claim.line].entries, posted[&claim.line].sum), (2, Money::from_pence(13_650)));
    // the database adds up as well
    let wrong = Entry { pence: Money::from_pence(1), ..row(db.id(), 3, 13_650, 13_650) };
    assert!(matches!(post(wrong).await, Err(Error::Database(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serial_number_is_used_up_only_by_what_is_committed() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let next = async |keep: bool| {
        council
            .scope
            .transaction(instant(2024, 12, 18, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::IssuePaymentFile, council.tenant)).await?;
                let serial = payment_file::next_serial(&mut audited).await?;
                if keep { Ok(serial) } else { Err(Error::Refused(serial.to_string())) }
            })
            .await
    };
    assert_eq!(next(true).await.unwrap(), 1);
    assert_eq!(next(false).await.unwrap_err().to_string(), "2");
    assert_eq!(next(true).await.unwrap(), 2);
}
