//! Whoever owns the database and may do anything to it.

use chrono::{DateTime, Utc};
use counterfoil_core::audit_chain::{Anchors, Header, Ledger, Verdict, Verifier};
use counterfoil_core::event::Action;
use counterfoil_tenants::audit::{Chain, Export, Record};
use counterfoil_testkit::{TestCouncil, TestDatabase, instant};
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

pub(crate) struct Owner(AsyncPgConnection);

impl Owner {
    /// With the foreign keys' triggers off, as somebody would have them who covers up.
    pub(crate) async fn of(db: &TestDatabase) -> Self {
        let mut conn = AsyncPgConnection::establish(&db.url("postgres")).await.unwrap();
        conn.batch_execute("SET session_replication_role = replica").await.unwrap();
        Self(conn)
    }

    pub(crate) async fn run(&mut self, statements: &str) {
        self.0.batch_execute(statements).await.unwrap_or_else(|error| panic!("{error}: {statements}"));
    }

    /// The rows of a query with one text column, which is named `line`.
    pub(crate) async fn lines(&mut self, query: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = Text)]
            line: String,
        }
        let rows: Vec<Line> = diesel::sql_query(query).load(&mut self.0).await.unwrap();
        rows.into_iter().map(|row| row.line).collect()
    }

    pub(crate) async fn line(&mut self, query: &str) -> String {
        self.lines(query).await.pop().unwrap()
    }
}

pub(crate) fn noon() -> DateTime<Utc> {
    instant(2024, 12, 7, 12)
}

/// Writes so many records, each in a transaction of its own.
pub(crate) async fn work(council: &TestCouncil, records: usize) {
    for number in 0..records {
        council
            .scope
            .transaction(noon(), async |tx| {
                let detail =
                    serde_json::json!({ "number": number, "words": "caf\u{e9} \"quoted\"\n", "nothing": null });
                let record = Record::of(Action::AssessClaim, council.tenant).detail(detail);
                tx.audited(record).await.map(drop)
            })
            .await
            .unwrap();
    }
}

/// Everything that an export says, as it would be in a file.
pub(crate) async fn exported(scope: &counterfoil_tenants::scope::CouncilScope) -> String {
    let mut export = Export::of_council(scope, noon()).await.unwrap();
    let mut text = String::new();
    while let Some(lines) = export.next().await.unwrap() {
        text.push_str(&lines);
    }
    text
}

/// Verifies an export with nothing but its text and an anchor's.
pub(crate) fn verified(export: &str, anchors: &Anchors) -> Verdict {
    let mut lines = export.lines();
    let header = Header::read(lines.next().unwrap()).unwrap();
    let mut verifier = Verifier::new(header, anchors.clone()).unwrap();
    lines.for_each(|line| verifier.line(line));
    verifier.finish()
}

pub(crate) fn ledger(council: &TestCouncil) -> Ledger {
    Chain::of_council(&council.scope).ledger()
}
