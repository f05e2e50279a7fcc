//! The job queue: once, again after a pause, dead at last, and never lost.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::RunId;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::jobs::{Dispatcher, Enqueue, Job, Outcome, Taken, dead_letters, enqueue};
use counterfoil_tenants::{Error, Result};
use counterfoil_testkit::{TestCouncil, TestDatabase, instant};
use uuid::Uuid;

const LEASE: TimeDelta = TimeDelta::minutes(5);

fn work(number: u128) -> Job {
    Job::WorkRun { run: RunId::from_uuid(Uuid::from_u128(number)) }
}

fn noon() -> DateTime<Utc> {
    instant(2024, 12, 9, 12)
}

async fn put(council: &TestCouncil, new: impl Into<Enqueue>) {
    let new = new.into();
    council
        .scope
        .transaction(noon(), async |tx| {
            let mut audited = tx.audited(Record::of(Action::SetUp, council.tenant)).await?;
            enqueue(&mut audited, new.clone()).await
        })
        .await
        .unwrap();
}

async fn take(dispatcher: &Dispatcher, now: DateTime<Utc>) -> Option<Taken> {
    dispatcher.take("worker", now, LEASE).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_done_once_in_its_councils_scope() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let dispatcher = db.dispatcher();
    put(&council, work(1)).await;
    let taken = take(&dispatcher, noon()).await.unwrap();
    assert_eq!((taken.job.clone(), taken.tenant, taken.attempt), (work(1), council.tenant, 1));
    assert_eq!(taken.scope(db.connections()).tenant(), council.tenant);
    assert_eq!(take(&dispatcher, noon()).await, None, "somebody has it");
    assert!(dispatcher.done(&taken).await.unwrap());
    assert_eq!(dispatcher.waiting().await.unwrap(), (0, None));
    assert!(!dispatcher.done(&taken).await.unwrap(), "it was done already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_fails_leaves_no_job() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let outcome: Result<()> = council
        .scope
        .transaction(noon(), async |tx| {
            let mut audited = tx.audited(Record::of(Action::SetUp, council.tenant)).await?;
            enqueue(&mut audited, work(1)).await?;
            Err(Error::Refused("after all not".to_owned()))
        })
        .await;
    assert!(outcome.is_err());
    assert_eq!(db.dispatcher().waiting().await.unwrap().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_one_job_for_a_council_and_another_for_the_next() {
    let db = TestDatabase::new().await;
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    for council in [&one, &one, &other] {
        put(council, Enqueue::from(work(1)).once("work run 1")).await;
    }
    assert_eq!(db.dispatcher().waiting().await.unwrap().0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_not_taken_before_its_time_and_the_earliest_comes_first() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let dispatcher = db.dispatcher();
    let later = noon() + TimeDelta::hours(1);
    put(&council, Enqueue::from(work(1)).not_before(later)).await;
    put(&council, Enqueue::from(work(2)).not_before(later - TimeDelta::minutes(1))).await;
    assert_eq!(take(&dispatcher, noon()).await, None);
    assert_eq!(dispatcher.waiting().await.unwrap(), (2, Some(later - TimeDelta::minutes(1))));
    assert_eq!(take(&dispatcher, later).await.unwrap().job, work(2));
    assert_eq!(take(&dispatcher, later).await.unwrap().job, work(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_goes_on_failing_pauses_longer_and_ends_as_a_dead_letter_that_can_be_requeued() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let dispatcher = db.dispatcher();
    put(&council, work(1)).await;
    let most = work(1).kind().most_attempts().unsigned_abs();
    let mut now = noon();
    let mut pauses = Vec::new();
    for attempt in 1..=most {
        let taken = take(&dispatcher, now).await.unwrap();
        assert_eq!(taken.attempt, attempt);
        match dispatcher.failed(&taken, "the bank is closed", now).await.unwrap() {
            Outcome::Again(at) => {
                assert_eq!(take(&dispatcher, at - TimeDelta::milliseconds(1)).await, None, "not before its pause");
                pauses.push(at - now);
                now = at;
            }
            Outcome::Dead => assert_eq!(attempt, most),
            Outcome::Lost => panic!("nobody else had it"),
        }
    }
    assert_eq!(pauses.len(), 19);
    assert!(pauses.is_sorted() && pauses[0] < pauses[18]);
    assert_eq!(take(&dispatcher, now + TimeDelta::days(365)).await, None);

    let dead = dispatcher.dead_letters().await.unwrap();
    assert_eq!((dead.len(), dead[0].last_error.as_str()), (1, "the bank is closed"));
    let seen_by_council = council.scope.read(async |tx| dead_letters(tx).await).await.unwrap();
    assert_eq!(seen_by_council, dead);

    dispatcher.requeue(dead[0].id, now).await.unwrap();
    assert!(matches!(dispatcher.requeue(dead[0].id, now).await, Err(Error::NotFound)));
    let again = take(&dispatcher, now).await.unwrap();
    assert_eq!((again.attempt, again.job), (1, work(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_of_a_killed_worker_comes_back_when_its_loan_ends() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let dispatcher = db.dispatcher();
    put(&council, work(1)).await;
    let killed = take(&dispatcher, noon()).await.unwrap();
    let loan_ends = noon() + LEASE;
    assert_eq!(take(&dispatcher, loan_ends).await, None);
    let after = loan_ends + TimeDelta::seconds(1);
    let second = dispatcher.take("another worker", after, LEASE).await.unwrap().unwrap();
    assert_eq!((second.id, second.attempt), (killed.id, 2));
    // had it not been killed but slow, it would learn that the job is no longer its own
    assert!(!dispatcher.extend(&killed, after + LEASE).await.unwrap());
    assert!(!dispatcher.done(&killed).await.unwrap());
    assert_eq!(dispatcher.failed(&killed, "too slow", after).await.unwrap(), Outcome::Lost);
    assert!(dispatcher.extend(&second, after + LEASE + LEASE).await.unwrap());
    assert!(dispatcher.done(&second).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_its_worker_each_time_ends_as_a_dead_letter_too() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let dispatcher = db.dispatcher();
    put(&council, work(1)).await;
    let mut now = noon();
    let mut taken = 0;
    while take(&dispatcher, now).await.is_some() {
        taken += 1;
        now += LEASE + TimeDelta::seconds(1);
    }
    assert_eq!(taken, work(1).kind().most_attempts());
    assert_eq!(dispatcher.dead_letters().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_at_once_take_each_job_once() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    for number in 0..40 {
        put(&council, work(number)).await;
    }
    let workers: Vec<_> = (0..8)
        .map(|number| {
            let dispatcher = db.dispatcher();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                while let Some(job) = dispatcher.take(&format!("worker {number}"), noon(), LEASE).await.unwrap() {
                    taken.push(job.id);
                }
                taken
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    all.sort_unstable();
    all.dedup();
    // a worker that finds every due job locked by others goes home early, but nothing is taken twice
    assert_eq!(all.len() as i64 + waiting_and_ready(&db).await, 40);
}

async fn waiting_and_ready(db: &TestDatabase) -> i64 {
    let mut left = 0;
    while take(&db.dispatcher(), noon()).await.is_some() {
        left += 1;
    }
    left
}
