//! What officers decided on suspended lines: on a quantity, which the rule prices again, or in pence with a second
//! person. Append-only; a decision holds for the statement that it was taken on.

use chrono::{DateTime, Utc};
use counterfoil_core::disposition::{Decision, Settlement};
use counterfoil_core::ids::{ClaimId, OrganisationId, PersonId};
use counterfoil_core::money::Money;
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::decision;
use crate::scope::{Audited, Tx};

record! {
    /// A decision as it was recorded.
    pub struct DecisionRow in decision {
        /// Its id.
        pub id: Uuid,
        /// The claim's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// The statement that it was taken on.
        pub statement_version: u32,
        /// The line's number.
        pub line: u32,
        /// `accept`, `reject`, `quantity` or `amount`.
        pub kind: String,
        /// What is accepted, in thousandths of the unit or carer-minutes.
        pub quantity: Option<i64>,
        /// What is paid for the line.
        pub pence: Option<Money>,
        /// Why.
        pub reason: String,
        /// The officer.
        pub decided_by: PersonId,
        /// The second person.
        pub second_by: Option<PersonId>,
        /// When.
        pub decided_at: DateTime<Utc>,
    }
}

impl DecisionRow {
    /// A decision on a claim's statement.
    #[must_use]
    pub fn new(
        id: Uuid,
        (claim_id, organisation_id): (ClaimId, Option<OrganisationId>),
        statement_version: u32,
        decision: Decision,
        decided_at: DateTime<Utc>,
    ) -> Self {
        let (kind, quantity, pence, second_by) = match decision.settlement {
            Settlement::Accept => ("accept", None, None, None),
            Settlement::Reject => ("reject", None, None, None),
            Settlement::Quantity { accepted } => ("quantity", Some(accepted), None, None),
            Settlement::Amount { amount, second } => ("amount", None, Some(amount), Some(second)),
        };
        Self {
            id,
            organisation_id,
            claim_id,
            statement_version,
            line: decision.line,
            kind: kind.to_owned(),
            quantity,
            pence,
            reason: decision.because,
            decided_by: decision.by,
            second_by,
            decided_at,
        }
    }

    /// The decision.
    ///
    /// # Errors
    /// [`Error::Unreadable`] for a kind that this version does not know.
    pub fn decision(self) -> Result<Decision> {
        let settlement = match (self.kind.as_str(), self.quantity, self.pence, self.second_by) {
            ("accept", ..) => Settlement::Accept,
            ("reject", ..) => Settlement::Reject,
            ("quantity", Some(accepted), ..) => Settlement::Quantity { accepted },
            ("amount", _, Some(amount), Some(second)) => Settlement::Amount { amount, second },
            _ => {
                return Err(Error::Unreadable { what: format!("decision.kind: {}", self.kind) });
            }
        };
        Ok(Decision { line: self.line, settlement, because: self.reason, by: self.decided_by })
    }
}

/// Adds decisions.
///
/// # Errors
/// [`Error::Database`], with the constraint where the second person is the first.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<DecisionRow>) -> Result<()> {
    insert!(audited, decision, rows);
    Ok(())
}

/// All decisions on these claims, by claim and in the order in which they were taken.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_claims(tx: &mut Tx<'_>, claims: &[ClaimId]) -> Result<Vec<DecisionRow>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = claims.iter().map(|id| id.uuid()).collect();
    Ok(decision::table
        .filter(decision::tenant_id.eq(tenant))
        .filter(decision::claim_id.eq_any(ids))
        .order((decision::claim_id, decision::decided_at, decision::id))
        .select(DecisionRow::as_select())
        .load(tx.conn())
        .await?)
}
