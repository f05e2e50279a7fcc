//! A run from its opening to the last notice: undisturbed, with workers that are killed, or with a database that is.

use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use chrono::Utc;
use counterfoil_services::PrivatePostgres;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::jobs::Job;
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::steps::approve_run::approve_run;
use counterfoil_testkit::{Original, TestDatabase};

use crate::care::{CONTRACTS, PAYEES};
use crate::outcome::{Outcome, only_run};
use crate::process::{Failpoint, LEASE, LIMIT, stop, until_nothing_is_due, working};
use crate::world::{PAID, PAID_LINES, World, enqueue};

/// Number of the signal that cannot be caught.
const SIGKILL: i32 = 9;

/// The control.
pub(crate) async fn undisturbed(original: &Original, world: &World) -> Outcome {
    worker_killed(original, world, "nowhere", &[]).await
}

/// That the control itself is what a run should leave.
pub(crate) fn assert_whole(control: &Outcome) {
    assert_eq!((control.jobs_left, control.dead_letters), (0, 0));
    assert_eq!(control.progress, (0, i64::try_from(CONTRACTS).unwrap()));
    assert_eq!(control.entries.len(), PAID_LINES);
    assert_eq!((control.payments.len(), control.remittances.len()), (PAYEES, PAYEES));
    assert_eq!((control.notices.len(), control.mail.len()), (PAYEES, PAYEES));
    assert_eq!((control.posted(), control.paid(), control.file.2), (PAID, PAID, PAID));
}

/// The worker is killed at a place as often as there are numbers: it passes the place so many times before. Every other
/// worker is left alone.
pub(crate) async fn worker_killed(original: &Original, world: &World, place: &'static str, skips: &[u32]) -> Outcome {
    let (db, folder) = (original.copy().await, tempfile::tempdir().unwrap());
    let mail = folder.path().join("mail");
    let mut kills = skips.iter().enumerate();
    let mut next = kills.next();
    for part in [Part::Run, Part::File] {
        part.begin(&db, world).await;
        loop {
            let failpoint = next.map(|(number, skip)| Failpoint {
                place,
                skip: *skip,
                mark: folder.path().join(format!("mark-{number}")),
                stands: false,
            });
            let status = until_nothing_is_due(&db, &mail, failpoint.as_ref()).await;
            if status.success() {
                if db.dispatcher().waiting().await.unwrap().0 == 0 {
                    break;
                }
            } else {
                let failpoint = failpoint.unwrap_or_else(|| panic!("{place}: {status} without a failpoint"));
                assert_eq!(status.signal(), Some(SIGKILL), "{place}: {status}");
                assert_eq!(std::fs::read_to_string(&failpoint.mark).unwrap(), place);
                next = kills.next();
            }
            // what the dead worker had borrowed is due again when the loan ends
            tokio::time::sleep(LEASE).await;
        }
    }
    assert!(next.is_none(), "{place} was not reached often enough");
    Outcome::of(&db, world, &mail).await
}

/// PostgreSQL is killed and started again while the worker stands at a place; the same worker then does the rest.
pub(crate) async fn database_killed(
    original: &Original,
    world: &World,
    place: &'static str,
    server: &mut PrivatePostgres,
) -> Outcome {
    let (db, folder) = (original.copy().await, tempfile::tempdir().unwrap());
    let (mail, mark) = (folder.path().join("mail"), folder.path().join("mark"));
    let failpoint = Failpoint { place, skip: 0, mark: mark.clone(), stands: true };
    let worker = working(&db, &mail, &failpoint);
    let mut killed = false;
    for part in [Part::Run, Part::File] {
        part.begin(&db, world).await;
        let begun = Instant::now();
        // after the kill the test's own connections are broken as well, and answer again in a moment
        while db.dispatcher().waiting().await.map_or(true, |(left, _)| left > 0) {
            assert!(begun.elapsed() < LIMIT, "{place}: the run does not end");
            if !killed && mark.exists() {
                server.kill_hard().unwrap();
                // the worker goes on into the outage
                std::fs::remove_file(&mark).unwrap();
                server.restart().unwrap();
                killed = true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(killed, "{place} was not reached");
    stop(worker).await;
    Outcome::of(&db, world, &mail).await
}

/// The two halves of a run, between which a person approves it.
#[derive(Clone, Copy)]
enum Part {
    Run,
    File,
}

impl Part {
    /// What happens before the workers do their half.
    async fn begin(self, db: &TestDatabase, world: &World) {
        if matches!(self, Self::Run) {
            return;
        }
        let service = CouncilScope::system(db.connections(), world.tenant, "test");
        let run = only_run(&service).await;
        let (officer, _) = Identity::new(db.connections()).council_scope(world.officer, world.tenant).await.unwrap();
        approve_run(&officer, Utc::now(), run).await.unwrap();
        enqueue(&service, world.period, Job::IssuePaymentFile { run }).await;
    }
}
