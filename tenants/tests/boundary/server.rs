//! The database as its owner sees it: one connection that takes any role within a transaction, and the catalogue.

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

use counterfoil_testkit::TestDatabase;

pub(crate) struct Server {
    conn: AsyncPgConnection,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Server {
    pub(crate) async fn new(db: &TestDatabase) -> Self {
        Self { conn: AsyncPgConnection::establish(&db.url("postgres")).await.unwrap() }
    }

    /// Runs statements that have to succeed.
    pub(crate) async fn run(&mut self, statements: &str) {
        self.try_run(statements).await.unwrap_or_else(|error| panic!("{error}: {statements}"));
    }

    pub(crate) async fn try_run(&mut self, statements: &str) -> Result<(), String> {
        self.conn.batch_execute(statements).await.map_err(|error| error.to_string())
    }

    /// The rows of a query with one text column, which is named `line`.
    pub(crate) async fn lines(&mut self, query: &str) -> Vec<String> {
        self.try_lines(query).await.unwrap_or_else(|error| panic!("{error}: {query}"))
    }

    pub(crate) async fn try_lines(&mut self, query: &str) -> Result<Vec<String>, String> {
        let rows: Vec<Line> = diesel::sql_query(query).load(&mut self.conn).await.map_err(|error| error.to_string())?;
        Ok(rows.into_iter().map(|row| row.line).collect())
    }

    /// How many rows a statement touches.
    pub(crate) async fn touched(&mut self, statement: &str) -> Result<usize, String> {
        diesel::sql_query(statement).execute(&mut self.conn).await.map_err(|error| error.to_string())
    }
}

/// Every table of ours, by name.
pub(crate) async fn tables(server: &mut Server) -> Vec<String> {
    server
        .lines(
            "SELECT relname::text AS line FROM pg_class WHERE relkind IN ('r', 'p') \
             AND relnamespace = 'public'::regnamespace AND relname <> '__diesel_schema_migrations' ORDER BY relname",
        )
        .await
}
