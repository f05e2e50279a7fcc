//! What waits for one side because the other wrote something: disputes to answer or to close, claims with messages that
//! nobody has read, and queries. One statement for each side.

use chrono::{DateTime, Utc};
use counterfoil_core::dispute::{DisputeReason, DisputeState};
use counterfoil_core::ids::{ClaimId, DisputeId, OrganisationId, QueryId, TenantId};
use counterfoil_core::side::Side;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::care_query::About;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::{Provider, Tx};

/// A dispute that waits for a side, or that it has not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingDispute {
    /// Which.
    pub id: DisputeId,
    /// About whose care, by the council's reference.
    pub person: String,
    /// Why.
    pub reason: DisputeReason,
    /// Where it stands.
    pub state: DisputeState,
    /// Who opened it.
    pub opened_by: Side,
    /// Until when it is to be answered, where it waits for an answer.
    pub respond_by: DateTime<Utc>,
    /// When something happened in it last.
    pub changed_at: DateTime<Utc>,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// A dispute.
    Dispute(WaitingDispute),
    /// Claims with messages that the other side wrote and this one has not read.
    Messages {
        /// One of them.
        claim: ClaimId,
        /// How many claims.
        claims: i64,
    },
    /// A provider's query that was answered and not read.
    Answer {
        /// Which.
        id: QueryId,
        /// About what.
        about: About,
        /// When it was answered.
        at: DateTime<Utc>,
    },
    /// Queries that wait for the council, and since when the oldest does.
    Queries {
        /// How many.
        count: i64,
        /// When the oldest was asked.
        since: DateTime<Utc>,
    },
}

type RowTypes = (
    (SmallInt, SqlUuid, SqlUuid, Nullable<SqlUuid>, Text, Text),
    (SmallInt, Text, Nullable<Timestamptz>, Nullable<Timestamptz>, BigInt),
);
type Row =
    ((i16, Uuid, Uuid, Option<Uuid>, String, String), (i16, String, Option<DateTime<Utc>>, Option<DateTime<Utc>>, i64));

/// The beginning of the statement: disputes.
const DISPUTES: &str = "SELECT 0::smallint, d.tenant_id, d.organisation_id, d.id, u.reference, d.reason, d.state, \
     d.opened_by, d.respond_by, d.changed_at, 0::bigint FROM dispute d \
     JOIN claim c ON c.tenant_id = d.tenant_id AND c.id = d.claim_id \
     JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id WHERE d.tenant_id = ";

/// What waits for a provider at the given councils, each with its council and organisation, at most so many.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn of_provider(
    tx: &mut Tx<'_, Provider>,
    councils: &[TenantId],
    most: i64,
) -> Result<Vec<(TenantId, OrganisationId, Waiting)>> {
    let organisations = tx.organisations();
    let councils: Vec<Uuid> = councils.iter().map(|council| council.uuid()).collect();
    let both = |sql: Prepared<RowTypes>, table: &'static str| {
        sql.sql("ANY (")
            .ids(councils.clone())
            .sql(") AND ")
            .sql(table)
            .sql(".organisation_id = ANY (")
            .ids(organisations.clone())
            .sql(")")
    };
    let sql = both(Prepared::new(DISPUTES), "d").sql(
        " AND ((d.state = 0 AND d.opened_by = 'council') OR ((d.state = 1 OR d.state = 2) AND d.opened_by = 'provider') \
         OR d.provider_unread > 0) \
         UNION ALL SELECT 1::smallint, m.tenant_id, m.organisation_id, (array_agg(m.claim_id))[1], \
         '', '', 0::smallint, '', NULL, NULL, count(*) FROM claim_conversation m WHERE m.provider_unread > 0 AND m.tenant_id = ",
    );
    let sql = both(sql, "m").sql(
        " GROUP BY m.tenant_id, m.organisation_id \
         UNION ALL SELECT 2::smallint, q.tenant_id, q.organisation_id, q.id, '', q.about, \
         0::smallint, '', NULL, q.changed_at, 0 FROM care_query q WHERE q.status > 0 AND NOT q.answer_read AND q.tenant_id = ",
    );
    let sql = both(sql, "q").sql(" LIMIT ").number(most);
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    rows.into_iter().map(waiting).collect()
}

/// What waits for the council's staff, at most so many.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn of_council(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Waiting>> {
    let tenant = tx.tenant().uuid();
    let sql: Prepared<RowTypes> = Prepared::new(DISPUTES)
        .id(tenant)
        .sql(
            " AND ((d.state = 0 AND d.opened_by = 'provider') \
             OR ((d.state = 1 OR d.state = 2) AND d.opened_by = 'council') OR d.council_unread > 0) \
             UNION ALL SELECT 1::smallint, m.tenant_id, m.tenant_id, (array_agg(m.claim_id))[1], \
             '', '', 0::smallint, '', NULL, NULL, count(*) FROM claim_conversation m WHERE m.council_unread > 0 AND m.tenant_id = ",
        )
        .id(tenant)
        .sql(
            " GROUP BY m.tenant_id \
             UNION ALL SELECT 3::smallint, q.tenant_id, q.tenant_id, NULL, '', '', \
             0::smallint, '', NULL, min(q.asked_at), count(*) FROM care_query q WHERE q.status = 0 AND q.tenant_id = ",
        )
        .id(tenant)
        .sql(" GROUP BY q.tenant_id LIMIT ")
        .number(most);
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    rows.into_iter().map(|row| waiting(row).map(|(_, _, waits)| waits)).collect()
}

fn waiting(row: Row) -> Result<(TenantId, OrganisationId, Waiting)> {
    let ((kind, tenant, organisation, id, person, reason), (state, opened_by, respond_by, at, count)) = row;
    let unreadable = |what: String| Error::Unreadable { what };
    let missing = || Error::Unreadable { what: format!("a row of kind {kind} without its id or time") };
    let waits = match kind {
        0 => Waiting::Dispute(WaitingDispute {
            id: DisputeId::from_uuid(id.ok_or_else(missing)?),
            person,
            reason: DisputeReason::of(reason).map_err(unreadable)?,
            state: DisputeState::of(state).map_err(unreadable)?,
            opened_by: Side::of(opened_by).map_err(unreadable)?,
            respond_by: respond_by.ok_or_else(missing)?,
            changed_at: at.ok_or_else(missing)?,
        }),
        1 => Waiting::Messages { claim: ClaimId::from_uuid(id.ok_or_else(missing)?), claims: count },
        2 => Waiting::Answer {
            id: QueryId::from_uuid(id.ok_or_else(missing)?),
            about: About::of(reason).map_err(unreadable)?,
            at: at.ok_or_else(missing)?,
        },
        _ => Waiting::Queries { count, since: at.ok_or_else(missing)? },
    };
    Ok((TenantId::from_uuid(tenant), OrganisationId::from_uuid(organisation), waits))
}
