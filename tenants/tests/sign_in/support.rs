//! What the stories share: a database with the hands of its owner, requests from somewhere, and letters by kind.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_testkit::{TestDatabase, TestLetter, instant};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

/// An address on the net from which people sign in.
pub(crate) const HOME: &str = "198.51.100.7";

/// The morning on which most stories begin.
pub(crate) fn morning() -> DateTime<Utc> {
    instant(2025, 3, 3, 9)
}

pub(crate) fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

pub(crate) fn days(days: i64) -> TimeDelta {
    TimeDelta::days(days)
}

pub(crate) struct World {
    pub(crate) db: TestDatabase,
    pub(crate) identity: Identity,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl World {
    pub(crate) async fn new() -> Self {
        let db = TestDatabase::new().await;
        let identity = db.identity();
        Self { db, identity }
    }

    async fn owner(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(&self.db.url("postgres")).await.unwrap()
    }

    /// Runs statements as the owner of the database.
    pub(crate) async fn run(&self, statements: &str) {
        self.owner().await.batch_execute(statements).await.unwrap();
    }

    /// A number, as the owner of the database sees it.
    pub(crate) async fn count(&self, query: &str) -> i64 {
        let row: Count = diesel::sql_query(query).get_result(&mut self.owner().await).await.unwrap();
        row.count
    }

    /// How often something of this kind is on record.
    pub(crate) async fn recorded(&self, action: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM platform_record WHERE action = '{action}'")).await
    }
}

/// What was written, by kind.
pub(crate) fn kinds(letters: &[TestLetter]) -> Vec<LetterKind> {
    letters.iter().map(|one| one.letter.kind).collect()
}

/// Runs the same thing so many times at once, and gives what came of each.
pub(crate) async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    times: usize,
    work: impl Fn(usize) -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..times).map(|number| tokio::spawn(work(number))).collect();
    let mut done = Vec::with_capacity(times);
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}
