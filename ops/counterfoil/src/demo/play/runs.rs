//! What finance officers and the service do to runs.

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use counterfoil_core::ids::{PersonId, RunId};
use counterfoil_core::run::RunState;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::steps::approve_run::approve_run;
use counterfoil_tenants::steps::issue_file::{Issued, issue_file};
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::send_file::{file_sent, reconcile};
use counterfoil_tenants::{payment_file, run};

use super::Play;
use crate::demo::load::period_id;
use crate::demo::timeline::act::Pays;
use crate::demo::world::council::CouncilWorld;

impl Play<'_> {
    pub(super) async fn open(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        pays: Pays,
        by: PersonId,
    ) -> anyhow::Result<()> {
        open_run(&self.staff(council, by).await?, at, period_id(self.seed, pays)).await?;
        Ok(())
    }

    pub(super) async fn approve(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        pays: Pays,
        by: PersonId,
    ) -> anyhow::Result<()> {
        let scope = self.staff(council, by).await?;
        let run = self.run(&scope, pays).await?;
        Ok(approve_run(&scope, at, run).await?)
    }

    pub(super) async fn issue(&self, council: &CouncilWorld, at: DateTime<Utc>, pays: Pays) -> anyhow::Result<()> {
        let scope = self.service(council, "issue-payment-file");
        let run = self.run(&scope, pays).await?;
        match issue_file(&scope, &self.worker.means, at, run).await? {
            Issued::File(_) | Issued::NothingToPay => Ok(()),
            Issued::ApprovalVoid => bail!("the approval of the run was void"),
        }
    }

    /// The file leaves: the demo's bank is a folder.
    pub(super) async fn send(&self, council: &CouncilWorld, at: DateTime<Utc>, pays: Pays) -> anyhow::Result<()> {
        let scope = self.service(council, "send-payment-file");
        let run = self.run(&scope, pays).await?;
        let file = scope.read(async |tx: &mut Tx<'_>| payment_file::of_run(tx, run).await).await?;
        if let Some(file) = file {
            let schedule = council.schedules.iter().find(|schedule| schedule.id == pays.schedule);
            let schedule = schedule.context("a run of an unknown schedule")?;
            self.outbox.payment_file(council.slug, &schedule.definition.name, pays.period, &file)?;
        }
        Ok(file_sent(&scope, at, run).await?)
    }

    pub(super) async fn reconcile(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        pays: Pays,
        by: PersonId,
    ) -> anyhow::Result<()> {
        let scope = self.staff(council, by).await?;
        let run = self.run(&scope, pays).await?;
        Ok(reconcile(&scope, at, run, RunState::Settled).await?)
    }

    async fn run(&self, scope: &CouncilScope, pays: Pays) -> anyhow::Result<RunId> {
        let period = period_id(self.seed, pays);
        let runs = scope.read(async |tx: &mut Tx<'_>| run::all(tx).await).await?;
        let run = runs.into_iter().find(|run| run.period_id == period);
        Ok(run.context("the run was not opened")?.id)
    }
}
