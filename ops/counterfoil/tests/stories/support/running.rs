//! The run of a pay period, from being prepared until its file has left, through whoever has a hand in it.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{PeriodId, RunId};
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::steps::approve_run::approve_run;
use counterfoil_tenants::steps::finalise_run::finalise_run;
use counterfoil_tenants::steps::issue_file::{Issued, issue_file};
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::post_contract::{assess_on_plan, post_contract};
use counterfoil_tenants::steps::send_file::file_sent;
use counterfoil_tenants::steps::write_remittances::write_remittances;

/// Who works on a run.
pub(crate) struct Hands<'a> {
    /// The service itself.
    pub(crate) service: &'a CouncilScope,
    /// Prepares it.
    pub(crate) officer: &'a CouncilScope,
    /// Approves it.
    pub(crate) approver: &'a CouncilScope,
    pub(crate) means: &'a Means,
}

impl Hands<'_> {
    /// The officer prepares the run of a period, and the service works through it to its finalisation.
    pub(crate) async fn finalised(&self, at: DateTime<Utc>, period: PeriodId) -> RunId {
        let run = open_run(self.officer, at, period).await.unwrap().run;
        assess_on_plan(self.service, self.means, at, run).await.unwrap();
        while post_contract(self.service, at, run, "worker").await.unwrap().is_some() {}
        finalise_run(self.service, at, run).await.unwrap();
        run
    }

    /// Approval, file, remittances, and the file leaves.
    pub(crate) async fn paid_out(&self, at: DateTime<Utc>, run: RunId) -> Issued {
        approve_run(self.approver, at, run).await.unwrap();
        let issued = issue_file(self.service, self.means, at, run).await.unwrap();
        write_remittances(self.service, self.means, at, run).await.unwrap();
        file_sent(self.service, at, run).await.unwrap();
        issued
    }
}
