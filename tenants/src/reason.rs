//! Why care was not delivered as planned: the council's reason codes with their words, dated and append-only.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::error::Result;
use crate::record::{insert, kept_words, record};
use crate::schema::non_delivery_reason;
use crate::scope::{Audited, Tx};

/// What a reason explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// Missed by the service user.
    Frustrated,
    /// Missed by the provider.
    Missed,
    /// Above the plan.
    Extra,
    /// Any other difference from the plan.
    Variance,
}

kept_words!(ReasonKind);

record! {
    /// A reason as it was recorded.
    pub struct NonDeliveryReason in non_delivery_reason {
        /// Its code: lower-case words with hyphens, at most 60 characters.
        pub code: String,
        /// The first day of care for which it may be given.
        pub valid_from: NaiveDate,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// The last day, if it ends.
        pub valid_to: Option<NaiveDate>,
        /// Its words.
        pub words: String,
        /// What it explains.
        pub kind: ReasonKind,
        /// Whether a comment has to stand with it.
        pub comment_needed: bool,
    }
}

/// Adds reasons.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<NonDeliveryReason>) -> Result<()> {
    insert!(audited, non_delivery_reason, rows);
    Ok(())
}

/// The reasons that may be given for a day of care, by code.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn on(tx: &mut Tx<'_>, day: NaiveDate) -> Result<Vec<NonDeliveryReason>> {
    let tenant = tx.tenant().uuid();
    let mut rows: Vec<NonDeliveryReason> = non_delivery_reason::table
        .filter(non_delivery_reason::tenant_id.eq(tenant))
        .filter(non_delivery_reason::valid_from.le(day))
        .distinct_on(non_delivery_reason::code)
        .order((
            non_delivery_reason::code,
            non_delivery_reason::recorded_at.desc(),
            non_delivery_reason::valid_from.desc(),
        ))
        .select(NonDeliveryReason::as_select())
        .load(tx.conn())
        .await?;
    rows.retain(|row| row.valid_to.is_none_or(|to| day <= to));
    Ok(rows)
}
