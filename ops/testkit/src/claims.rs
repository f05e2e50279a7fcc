//! A generated claim.

use chrono::Days;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, ClaimLineId};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::claim::{self, Claim, ClaimLine};
use counterfoil_tenants::schedule;

use crate::contracts::instant;
use crate::{Contracted, TestCouncil, TestDatabase, WeeklySchedule};

/// A claim with one line, as it stands after it was generated.
pub struct TestClaim {
    /// Its id.
    pub id: ClaimId,
    /// Its line's id.
    pub line: ClaimLineId,
}

impl TestCouncil {
    /// The claim of a contract for one week of its schedule, counted from 0.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn claim(
        &self,
        db: &TestDatabase,
        schedule: &WeeklySchedule,
        contracted: &Contracted,
        week: usize,
    ) -> TestClaim {
        let made = TestClaim { id: ClaimId::from_uuid(db.id()), line: ClaimLineId::from_uuid(db.id()) };
        let at = instant(2024, 12, 7, 0) + Days::new(7 * u64::try_from(week).unwrap());
        self.scope
            .transaction(at, async |tx| {
                let period = schedule::period(tx, schedule.periods[week]).await?;
                let mut audited = tx.audited(Record::of(Action::GenerateClaims, period.id)).await?;
                let new = Claim {
                    id: made.id,
                    organisation_id: contracted.organisation,
                    contract_id: contracted.contract,
                    service_user_id: contracted.service_user,
                    schedule_id: schedule.id,
                    period_id: period.id,
                    starts: period.starts,
                    ends: period.ends,
                    state: ClaimState::Generated,
                    version: 1,
                    statement_version: 0,
                    assessment_id: None,
                    confirmed_at: None,
                    confirmed_by: None,
                    confirmed_name: None,
                    confirmed_comment: None,
                    receipt: None,
                    confirmed_version: None,
                    sent_back_reason: None,
                    run_period_id: None,
                    run_id: None,
                    provider_reference: None,
                    invoice_date: None,
                    created_at: at,
                };
                claim::generate(&mut audited, vec![new]).await?;
                let line = ClaimLine {
                    id: made.line,
                    organisation_id: contracted.organisation,
                    claim_id: made.id,
                    number: 0,
                    service_line_id: contracted.service_line,
                };
                claim::add_lines(&mut audited, vec![line]).await
            })
            .await
            .unwrap();
        made
    }
}
