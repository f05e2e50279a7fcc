//! Crashes in the middle of a run. At every named place the worker is killed with SIGKILL, three times in one run, and
//! PostgreSQL is killed under a worker that stands there. Afterwards nothing is lost, nothing is done twice, and all
//! that there is, down to the bytes of the payment file, is what a run without any of it leaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod care;
mod outcome;
mod process;
mod story;
mod world;

use counterfoil_services::{PostgresOptions, PrivatePostgres};
use counterfoil_tenants::failpoint::PLACES;
use counterfoil_testkit::TestDatabase;
use futures_util::StreamExt as _;

/// Runs that go on at once: they wait for the ends of loans most of the time.
const AT_ONCE: usize = 4;

/// How often a worker passes a place before each of its three deaths: where a run comes by many times, other contracts
/// and notices are hit each time.
fn skips(place: &str) -> [u32; 3] {
    match place {
        "contract-taking" | "contract-entries-appended" | "contract-before-commit" | "contract-posted" => [0, 4, 2],
        "notice-sent-before-recorded" => [0, 2, 1],
        _ => [0, 0, 0],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_anywhere_loses_nothing_and_repeats_nothing() {
    let db = TestDatabase::new().await;
    let world = world::build(&db).await;
    let original = db.original();
    let control = story::undisturbed(&original, &world).await;
    story::assert_whole(&control);
    let stories = PLACES.map(|place| {
        let (original, world, control) = (&original, &world, &control);
        async move {
            let outcome = story::worker_killed(original, world, place, &skips(place)).await;
            outcome.assert_same(control, place);
            place
        }
    });
    let survived: Vec<&str> = futures_util::stream::iter(stories).buffer_unordered(AT_ONCE).collect().await;
    assert_eq!(survived.len(), PLACES.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_killed_anywhere_loses_nothing_and_the_worker_goes_on() {
    // it is the server that dies and not the machine: what it has written is safe with the kernel, and a start after
    // a crash would otherwise first flush every file of the folder
    let settings = vec![("fsync".to_owned(), "off".to_owned())];
    let options = PostgresOptions { settings, ..PostgresOptions::default() };
    let mut server = tokio::task::spawn_blocking(|| PrivatePostgres::start(options)).await.unwrap().unwrap();
    let db = TestDatabase::on(&server.server()).await;
    let world = world::build(&db).await;
    let original = db.original();
    let control = story::undisturbed(&original, &world).await;
    story::assert_whole(&control);
    for place in PLACES {
        let outcome = story::database_killed(&original, &world, place, &mut server).await;
        outcome.assert_same(&control, place);
    }
}
