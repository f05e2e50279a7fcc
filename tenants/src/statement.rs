//! What providers stated: append-only actuals, each with the server's receipt time. The council's staff and its call
//! monitoring write them too.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{ClaimId, OrganisationId, StatementId};
use counterfoil_core::statement::Statement;
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::Result;
use crate::record::{Kept as _, kept_words, record};
use crate::schema::statement;
use crate::scope::{Acts, Audited, Tx};

/// How a statement came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Typed in.
    Screen,
    /// An uploaded file.
    File,
    /// The API.
    Api,
    /// Call monitoring.
    Monitoring,
}

kept_words!(Source);

record! {
    /// A statement as it was received.
    pub struct StatementRow in statement {
        /// Its id, chosen by the database.
        pub id: StatementId,
        /// The claim's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// 1 for the first.
        pub version: u32,
        /// When the server received it.
        pub received_at: DateTime<Utc>,
        /// Who stated it.
        pub stated_by: Actor,
        /// How it came in.
        pub source: Source,
        /// The actuals.
        pub body: Statement,
    }
}

/// A statement to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct NewStatement {
    /// The claim's organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of which claim.
    pub claim_id: ClaimId,
    /// One more than the claim's newest.
    pub version: u32,
    /// How it came in.
    pub source: Source,
    /// The actuals.
    pub body: Statement,
}

/// Adds a statement, received now and by whoever acts.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database), with the constraint where somebody else stated that version, or the
/// claim is not the organisation's.
pub async fn add<S: Acts>(audited: &mut Audited<'_, '_, S>, new: NewStatement) -> Result<()> {
    add_all(audited, vec![new]).await
}

/// Adds many, such as a file's.
///
/// # Errors
/// As [`add`].
pub async fn add_all<S: Acts>(audited: &mut Audited<'_, '_, S>, new: Vec<NewStatement>) -> Result<()> {
    let (tenant, at, actor) = (audited.tenant().uuid(), audited.at(), audited.actor().raw());
    let mut rows = new.into_iter();
    loop {
        let batch: Vec<_> = rows
            .by_ref()
            .take(1_000)
            .map(|new| {
                (
                    statement::tenant_id.eq(tenant),
                    statement::organisation_id.eq(new.organisation_id.raw()),
                    statement::claim_id.eq(new.claim_id.uuid()),
                    statement::version.eq(new.version.raw()),
                    statement::received_at.eq(at),
                    statement::stated_by.eq(actor.clone()),
                    statement::source.eq(new.source.raw()),
                    statement::body.eq(new.body.raw()),
                )
            })
            .collect();
        if batch.is_empty() {
            return Ok(());
        }
        diesel::insert_into(statement::table).values(batch).execute(audited.conn()).await?;
    }
}

/// The newest statement of each of these claims that has one, by claim.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn newest<S: Acts>(tx: &mut Tx<'_, S>, claims: &[ClaimId]) -> Result<Vec<StatementRow>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = claims.iter().map(|id| id.uuid()).collect();
    newest_of(tx.conn(), tenant, &ids).await
}

/// The same of a council that the connection's scope lets read.
pub(crate) async fn newest_of(
    conn: &mut AsyncPgConnection,
    tenant: Uuid,
    claims: &[Uuid],
) -> Result<Vec<StatementRow>> {
    Ok(statement::table
        .filter(statement::tenant_id.eq(tenant))
        .filter(statement::claim_id.eq_any(claims))
        .distinct_on(statement::claim_id)
        .order((statement::claim_id, statement::version.desc()))
        .select(StatementRow::as_select())
        .load(conn)
        .await?)
}

/// All statements of a claim, oldest first.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn history<S: Acts>(tx: &mut Tx<'_, S>, claim: ClaimId) -> Result<Vec<StatementRow>> {
    let tenant = tx.tenant().uuid();
    Ok(statement::table
        .filter(statement::tenant_id.eq(tenant))
        .filter(statement::claim_id.eq(claim.uuid()))
        .order(statement::version)
        .select(StatementRow::as_select())
        .load(tx.conn())
        .await?)
}
