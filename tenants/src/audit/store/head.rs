//! The end of a chain, whose row's lock sealers take in turn, and from which transaction on to look for more.

use chrono::{DateTime, Utc};
use counterfoil_core::audit_chain::{Digest, Head, Ledger};
use diesel::sql_types::{BigInt, Binary, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension as _, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

use super::{Kept, tables};
use crate::error::Result;

/// What is kept of a chain's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub(in crate::audit) struct HeadRow {
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = Binary, deserialize_as = Kept)]
    digest: Digest,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(in crate::audit) sealed_at: Option<DateTime<Utc>>,
    /// What was written in transactions below this one is sealed.
    #[diesel(sql_type = BigInt)]
    pub(in crate::audit) settled: i64,
}

impl HeadRow {
    pub(in crate::audit) const NEW: Self = Self { sequence: 0, digest: Digest::GENESIS, sealed_at: None, settled: 0 };

    /// The last sealed record; none before the first.
    pub(in crate::audit) fn head(&self) -> Option<Head> {
        (self.sequence > 0).then(|| Head { sequence: self.sequence.unsigned_abs(), digest: self.digest })
    }
}

/// The oldest transaction that still runs: all below it is committed or gone.
pub(in crate::audit) async fn oldest_running(conn: &mut AsyncPgConnection) -> Result<i64> {
    let oldest = diesel::dsl::sql::<BigInt>("pg_snapshot_xmin(pg_current_snapshot())::text::bigint");
    Ok(diesel::select(oldest).get_result(conn).await?)
}

/// The end of a chain; none before anything of it was sealed.
pub(in crate::audit) async fn head(conn: &mut AsyncPgConnection, ledger: Ledger) -> Result<Option<HeadRow>> {
    let (tables, council) = tables(ledger);
    let query = format!("SELECT sequence, digest, sealed_at, settled FROM {} WHERE {}", tables.head, tables.own);
    Ok(sql_query(query).bind::<Nullable<SqlUuid>, _>(council).get_result(conn).await.optional()?)
}

/// The end of a chain, for this transaction alone until it ends.
pub(in crate::audit) async fn locked_head(conn: &mut AsyncPgConnection, ledger: Ledger) -> Result<HeadRow> {
    let (tables, council) = tables(ledger);
    if council.is_some() {
        let first = format!("INSERT INTO {} (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING", tables.head);
        sql_query(first).bind::<Nullable<SqlUuid>, _>(council).execute(conn).await?;
    }
    let query =
        format!("SELECT sequence, digest, sealed_at, settled FROM {} WHERE {} FOR UPDATE", tables.head, tables.own);
    Ok(sql_query(query).bind::<Nullable<SqlUuid>, _>(council).get_result(conn).await?)
}

/// Moves the end of a chain; its row is locked.
pub(in crate::audit) async fn move_head(
    conn: &mut AsyncPgConnection,
    ledger: Ledger,
    head: Head,
    sealed_at: DateTime<Utc>,
) -> Result<()> {
    let (tables, council) = tables(ledger);
    sql_query(format!("UPDATE {} SET sequence = $2, digest = $3, sealed_at = $4 WHERE {}", tables.head, tables.own))
        .bind::<Nullable<SqlUuid>, _>(council)
        .bind::<BigInt, _>(head.sequence.cast_signed())
        .bind::<Binary, _>(head.digest.bytes().as_slice())
        .bind::<Timestamptz, _>(sealed_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps that what was written in transactions below one is sealed.
pub(in crate::audit) async fn settle(conn: &mut AsyncPgConnection, ledger: Ledger, transaction: i64) -> Result<()> {
    let (tables, council) = tables(ledger);
    sql_query(format!("UPDATE {} SET settled = $2 WHERE {}", tables.head, tables.own))
        .bind::<Nullable<SqlUuid>, _>(council)
        .bind::<BigInt, _>(transaction)
        .execute(conn)
        .await?;
    Ok(())
}
