//! The rows of a chain: records as they were written, their places, and the head. The same statements for a council's
//! ledger, as its own role, and for the platform's.

mod head;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use counterfoil_core::audit_chain::{Digest, Head, Ledger, Of, Record};
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

pub(super) use head::{HeadRow, head, locked_head, move_head, oldest_running, settle};

use crate::error::{Error, Result};

/// Where a ledger's rows are. Each statement's first parameter is the council, NULL for the platform.
struct Tables {
    record: &'static str,
    link: &'static str,
    head: &'static str,
    /// What holds for the ledger's own rows.
    own: &'static str,
    /// The columns that only this kind of ledger has.
    only: &'static str,
}

const COUNCIL: Tables = Tables {
    record: "audit_record",
    link: "audit_link",
    head: "audit_head",
    own: "tenant_id = $1",
    only: "actor::text AS actor, NULL::uuid AS subject_id, NULL::uuid AS about",
};

const PLATFORM: Tables = Tables {
    record: "platform_record",
    link: "platform_link",
    head: "platform_head",
    own: "$1::uuid IS NULL",
    only: "NULL AS actor, subject_id, tenant_id AS about",
};

const fn tables(ledger: Ledger) -> (Tables, Option<Uuid>) {
    match ledger {
        Ledger::Council(council) => (COUNCIL, Some(council.uuid())),
        Ledger::Platform => (PLATFORM, None),
    }
}

/// A place among the records in the order of the transactions that wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub(super) struct Written {
    #[diesel(sql_type = BigInt, column_name = written_in)]
    pub(super) transaction: i64,
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
}

impl Written {
    /// Before every record of a transaction and of those after it.
    pub(super) const fn before(transaction: i64) -> Self {
        Self { transaction, id: Uuid::nil() }
    }
}

/// A digest as it is stored.
struct Kept(Digest);

impl From<Kept> for Digest {
    fn from(kept: Kept) -> Self {
        kept.0
    }
}

impl diesel::deserialize::FromSql<Binary, diesel::pg::Pg> for Kept {
    fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self(Digest::try_from(bytes.as_bytes())?))
    }
}

#[derive(QueryableByName)]
struct RecordRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    person_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Text)]
    object_kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    object_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    detail: String,
    #[diesel(sql_type = Nullable<Text>)]
    request_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    address: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    actor: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    subject_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    about: Option<Uuid>,
}

impl RecordRow {
    fn canonical(self) -> Result<String> {
        let id = self.id;
        let of = match self.actor {
            Some(actor) => Of::Council { actor },
            None => Of::Platform { subject_id: self.subject_id, tenant_id: self.about },
        };
        let record = Record {
            id,
            at: self.at,
            person_id: self.person_id,
            organisation_id: self.organisation_id,
            action: self.action,
            object_kind: self.object_kind,
            object_id: self.object_id,
            detail: self.detail,
            request_id: self.request_id,
            address: self.address,
            of,
        };
        record.canonical().map_err(|error| Error::Unreadable { what: format!("audit record {id}: {error}") })
    }
}

/// Has the rest of the transaction follow the indexes. A planner that does not know yet how many records a council has,
/// after a busy hour or in a database that was just loaded, would sort all that is left for each batch. For the same
/// reason rows are looked up by their ids one by one: told to find a thousand, it would read them all.
pub(super) async fn walk_indexes(conn: &mut AsyncPgConnection) -> Result<()> {
    sql_query("SELECT set_config('enable_sort', 'off', true)").execute(conn).await?;
    Ok(())
}

/// The next records after a place.
pub(super) async fn written_after(
    conn: &mut AsyncPgConnection,
    ledger: Ledger,
    after: Written,
    most: i64,
) -> Result<Vec<Written>> {
    let (tables, council) = tables(ledger);
    let query = format!(
        "SELECT written_in, id FROM {} WHERE {} AND (written_in, id) > ($2, $3) ORDER BY written_in, id LIMIT $4",
        tables.record, tables.own
    );
    Ok(sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(council)
        .bind::<BigInt, _>(after.transaction)
        .bind::<SqlUuid, _>(after.id)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?)
}

/// Records in canonical text, by their ids.
pub(super) async fn records(
    conn: &mut AsyncPgConnection,
    ledger: Ledger,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    let (tables, council) = tables(ledger);
    let query = format!(
        "SELECT record.* FROM UNNEST($2) AS wanted (wanted) CROSS JOIN LATERAL \
         (SELECT id, at, person_id, organisation_id, action, object_kind, object_id, detail::text AS detail, \
             request_id, address, {} FROM {} WHERE {} AND id = wanted OFFSET 0) AS record",
        tables.only, tables.record, tables.own
    );
    let rows: Vec<RecordRow> =
        sql_query(query).bind::<Nullable<SqlUuid>, _>(council).bind::<Array<SqlUuid>, _>(ids).load(conn).await?;
    rows.into_iter().map(|row| Ok((row.id, row.canonical()?))).collect()
}

/// The places of those records that have one, by their ids.
pub(super) async fn places(conn: &mut AsyncPgConnection, ledger: Ledger, ids: &[Uuid]) -> Result<HashMap<Uuid, u64>> {
    #[derive(QueryableByName)]
    struct Place {
        #[diesel(sql_type = SqlUuid)]
        record_id: Uuid,
        #[diesel(sql_type = BigInt)]
        sequence: i64,
    }
    let (tables, council) = tables(ledger);
    let query = format!(
        "SELECT place.* FROM UNNEST($2) AS wanted (wanted) CROSS JOIN LATERAL \
         (SELECT record_id, sequence FROM {} WHERE {} AND record_id = wanted OFFSET 0) AS place",
        tables.link, tables.own
    );
    let places: Vec<Place> =
        sql_query(query).bind::<Nullable<SqlUuid>, _>(council).bind::<Array<SqlUuid>, _>(ids).load(conn).await?;
    Ok(places.into_iter().map(|place| (place.record_id, place.sequence.unsigned_abs())).collect())
}

/// Adds records at the end of a chain; its head is locked.
pub(super) async fn append(conn: &mut AsyncPgConnection, ledger: Ledger, links: &[(Uuid, Head)]) -> Result<()> {
    let (tables, council) = tables(ledger);
    let ids: Vec<Uuid> = links.iter().map(|(id, _)| *id).collect();
    let sequences: Vec<i64> = links.iter().map(|(_, head)| head.sequence.cast_signed()).collect();
    let digests: Vec<&[u8]> = links.iter().map(|(_, head)| head.digest.bytes().as_slice()).collect();
    let (column, value) = if council.is_some() { ("tenant_id, ", "$1, ") } else { ("", "") };
    let query = format!(
        "INSERT INTO {} ({column}sequence, record_id, digest) \
         SELECT {value}* FROM UNNEST($2, $3, $4)",
        tables.link
    );
    sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(council)
        .bind::<Array<BigInt>, _>(sequences)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Binary>, _>(digests)
        .execute(conn)
        .await?;
    Ok(())
}

/// The next places of a chain after one, up to another, with the record's canonical text; none where it is gone.
pub(super) async fn sealed_after(
    conn: &mut AsyncPgConnection,
    ledger: Ledger,
    after: u64,
    up_to: u64,
    most: i64,
) -> Result<Vec<(Head, Option<String>)>> {
    #[derive(QueryableByName)]
    struct Link {
        #[diesel(sql_type = BigInt)]
        sequence: i64,
        #[diesel(sql_type = SqlUuid)]
        record_id: Uuid,
        #[diesel(sql_type = Binary, deserialize_as = Kept)]
        digest: Digest,
    }
    let (tables, council) = tables(ledger);
    let query = format!(
        "SELECT sequence, record_id, digest FROM {} WHERE {} AND sequence > $2 AND sequence <= $3 \
         ORDER BY sequence LIMIT $4",
        tables.link, tables.own
    );
    let links: Vec<Link> = sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(council)
        .bind::<BigInt, _>(after.cast_signed())
        .bind::<BigInt, _>(up_to.cast_signed())
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = links.iter().map(|link| link.record_id).collect();
    let mut records = records(conn, ledger, &ids).await?;
    Ok(links
        .into_iter()
        .map(|link| {
            let head = Head { sequence: link.sequence.unsigned_abs(), digest: link.digest };
            (head, records.remove(&link.record_id))
        })
        .collect())
}

/// How many records there are, sealed or not.
pub(super) async fn count(conn: &mut AsyncPgConnection, ledger: Ledger) -> Result<u64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        records: i64,
    }
    let (tables, council) = tables(ledger);
    let query = format!("SELECT count(*) AS records FROM {} WHERE {}", tables.record, tables.own);
    let count: Count = sql_query(query).bind::<Nullable<SqlUuid>, _>(council).get_result(conn).await?;
    Ok(count.records.unsigned_abs())
}
