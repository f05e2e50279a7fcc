//! The claims of a pay period: one for each contract, service user and claim period in which a line of theirs holds.
//! What the service generates from the plan is the same; here it is known who will state what.

use chrono::{DateTime, Days, NaiveDate, Utc};
use counterfoil_core::calendar::PeriodDates;
use counterfoil_core::ids::ScheduleId;
use counterfoil_core::plan::days_held;

use super::act::ClaimKey;
use super::round::Stage;
use crate::demo::world::care::{ClaimPeriod, Contract, ServiceLine, ServiceUser};

/// A claim of the plan.
#[derive(Debug, Clone)]
pub(crate) struct PlannedClaim<'a> {
    /// How it is addressed.
    pub(crate) key: ClaimKey,
    /// Its contract.
    pub(crate) contract: &'a Contract,
    /// Whose care.
    pub(crate) user: &'a ServiceUser,
    /// All lines of the person under the contract, by CPLI number: a line's number in the claim is its place here.
    pub(crate) lines: Vec<&'a ServiceLine>,
    /// The last day.
    pub(crate) ends: NaiveDate,
}

impl PlannedClaim<'_> {
    /// The lines that hold on some day of the claim, with their numbers within it. Lines that do not are not in the
    /// claim, and take no number.
    pub(crate) fn held(&self, known_at: DateTime<Utc>) -> impl Iterator<Item = (u32, &ServiceLine)> {
        let holds =
            move |line: &&&ServiceLine| days_held(&line.versions, self.key.starts, self.ends, known_at).is_some();
        (0..).zip(self.lines.iter().filter(holds).copied())
    }
}

/// The claims of a schedule's period, by contract, service user and first day.
#[must_use]
pub(crate) fn of_period<'a>(
    stage: &Stage<'a>,
    schedule: ScheduleId,
    period: &PeriodDates,
    known_at: DateTime<Utc>,
) -> Vec<PlannedClaim<'a>> {
    let mut claims = Vec::new();
    for contract in &stage.council.contracts {
        if contract.schedule != schedule {
            continue;
        }
        for (user, lines) in stage.people_of(contract.id) {
            for (starts, ends) in spans(contract.claim_period, period) {
                let claim = PlannedClaim {
                    key: ClaimKey {
                        contract: contract.reference.clone(),
                        service_user: user.reference.clone(),
                        starts,
                    },
                    contract,
                    user,
                    lines: lines.clone(),
                    ends,
                };
                if claim.held(known_at).next().is_some() {
                    claims.push(claim);
                }
            }
        }
    }
    claims
}

/// The first and last days of the claims of a period.
fn spans(claim_period: ClaimPeriod, period: &PeriodDates) -> Vec<(NaiveDate, NaiveDate)> {
    match claim_period {
        ClaimPeriod::PayPeriod => vec![(period.starts, period.ends)],
        ClaimPeriod::Week => period
            .starts
            .iter_days()
            .step_by(7)
            .take_while(|starts| *starts <= period.ends)
            .map(|starts| {
                let ends = starts.checked_add_days(Days::new(6)).unwrap_or(starts);
                (starts, ends.min(period.ends))
            })
            .collect(),
    }
}
