//! What people and the service do in a week: generate, state, confirm, prepare the run, approve it, pay it.

use chrono::{DateTime, Days, NaiveDate, Utc};
use counterfoil_core::ids::{ClaimId, OrganisationId, RunId, TenantId};
use counterfoil_core::money::Quantity;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_tenants::Result;
use counterfoil_tenants::claim::{self, Claim};
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::change_records::{Touched, reassess, record_rates};
use counterfoil_tenants::steps::confirm_claims::{Receipt, confirm_claims};
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_tenants::steps::issue_file::Issued;
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};

use super::running::Hands;
use super::town::rate;
use super::{Care, Town, winter};

impl Town {
    /// The council and the organisation that its provider acts for.
    pub(crate) fn pair(&self) -> (TenantId, OrganisationId) {
        (self.council.tenant, self.provider.organisation)
    }

    /// The claim of somebody's care for the week from a Saturday, generated if it is not there.
    pub(crate) async fn claim(&self, care: &Care, starts: NaiveDate) -> Claim {
        generate_claims(&self.service, winter(starts, 6, 0, 0), self.period(starts)).await.unwrap();
        let found = self.service.read(async |tx| claim::of_contract(tx, care.contract, starts, starts).await).await;
        found.unwrap().pop().unwrap()
    }

    /// The claim as it stands.
    pub(crate) async fn again(&self, id: ClaimId) -> Claim {
        self.service.read(async |tx| claim::find(tx, id).await).await.unwrap()
    }

    pub(crate) async fn state(&self, id: ClaimId, actuals: Actuals, comment: &str, at: DateTime<Utc>) {
        let seen = self.again(id).await.version;
        let line = LineStatement { line: 0, actuals, comment: comment.to_owned() };
        let statement = Statement { lines: vec![line], ..Statement::default() };
        let to_state = vec![ToState { claim: id, seen, statement }];
        let (provider, means) = (&self.provider.scope, &self.world.means);
        let source = (self.provider.organisation, Source::Screen);
        state_actuals(provider, &self.service, means, at, source, to_state).await.unwrap();
    }

    pub(crate) async fn try_confirm(&self, id: ClaimId, seen: u32, at: DateTime<Utc>) -> Result<Receipt> {
        let confirmed = confirm_claims(&self.provider.scope, at, self.pair(), &[(id, seen)], "B. Manager").await?;
        Ok(confirmed.into_iter().next().unwrap())
    }

    pub(crate) async fn confirm(&self, id: ClaimId, at: DateTime<Utc>) -> Receipt {
        let seen = self.again(id).await.version;
        self.try_confirm(id, seen, at).await.unwrap()
    }

    /// States a week as planned on the Saturday after it, and confirms it.
    pub(crate) async fn confirmed_as_planned(&self, care: &Care, starts: NaiveDate) -> ClaimId {
        let id = self.claim(care, starts).await.id;
        let at = winter(starts + Days::new(7), 10, 0, 0);
        self.state(id, Actuals::AsPlanned, "", at).await;
        self.confirm(id, at).await;
        id
    }

    /// When the run of a period is prepared: at nine on the day on which it is finalised.
    pub(crate) fn run_day(&self, starts: NaiveDate) -> DateTime<Utc> {
        winter(self.periods[&starts].finalisation, 9, 0, 0)
    }

    /// The officer prepares the run of a period, and the service works through it to its finalisation.
    pub(crate) async fn finalised(&self, starts: NaiveDate) -> RunId {
        self.hands().finalised(self.run_day(starts), self.period(starts)).await
    }

    /// Approval, file, remittances, and the file leaves.
    pub(crate) async fn paid_out(&self, run: RunId, starts: NaiveDate) -> Issued {
        self.hands().paid_out(self.run_day(starts), run).await
    }

    fn hands(&self) -> Hands<'_> {
        let (service, officer, approver) = (&self.service, &self.officer, &self.approver);
        Hands { service, officer, approver, means: &self.world.means }
    }

    /// A whole run.
    pub(crate) async fn run(&self, starts: NaiveDate) -> RunId {
        let run = self.finalised(starts).await;
        self.paid_out(run, starts).await;
        run
    }

    /// Records another hourly rate from a day, and assesses again what it touches.
    pub(crate) async fn new_rate(&self, rates: &[(i64, NaiveDate)], at: DateTime<Utc>) {
        let rows = rates.iter().map(|(ten_thousandths, from)| rate(*ten_thousandths, *from, at)).collect();
        record_rates(&self.administrator, at, rows).await.unwrap();
        let from = rates.iter().map(|(_, from)| *from).min().unwrap();
        reassess(&self.service, &self.world.means, at, Touched::From(from)).await.unwrap();
    }
}

/// So many thousandths of an hour delivered in the week.
pub(crate) fn delivered(thousandths: i64) -> Actuals {
    Actuals::Period {
        delivered: Quantity::from_thousandths(thousandths),
        frustrated: Quantity::from_thousandths(0),
        reason: String::new(),
        visits: None,
    }
}
