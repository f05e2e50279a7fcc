//! Which step each act is.

use counterfoil_core::actor::Actor;
use counterfoil_tenants::service_user::{EndingRow, StayRow};
use counterfoil_tenants::steps::change_records::{record_ending, record_rates, record_stay, vary_line};
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_tenants::steps::notify::remind_of_cut_off;

use super::Play;
use crate::demo::load::{care, period_id};
use crate::demo::timeline::act::{Act, Event};
use crate::demo::world::council::CouncilWorld;

/// An act's name, for messages.
pub(super) const fn name(act: &Act) -> &'static str {
    match act {
        Act::GenerateClaims(_) => "generating claims",
        Act::State { .. } => "stating actuals",
        Act::Confirm { .. } => "confirming",
        Act::Unconfirm { .. } => "taking a confirmation back",
        Act::SendBack { .. } => "sending a claim back",
        Act::Remind(_) => "reminding",
        Act::SettleSuspended { .. } => "settling what is suspended",
        Act::RecordRates { .. } => "recording rates",
        Act::VaryLine { .. } => "varying a service line",
        Act::AddLine { .. } => "adding a service line",
        Act::RecordStay { .. } => "recording a stay",
        Act::RecordEnding { .. } => "recording an ending",
        Act::FinaliseRun { .. } => "finalising a run",
        Act::ApproveRun { .. } => "approving a run",
        Act::IssueFile(_) => "issuing a payment file",
        Act::SendFile(_) => "sending a payment file",
        Act::Reconcile { .. } => "recording that the bank has paid",
    }
}

/// Whether an act is what a council does when its calendar says so, whatever providers did.
pub(super) const fn is_by_the_calendar(act: &Act) -> bool {
    matches!(
        act,
        Act::GenerateClaims(_)
            | Act::Remind(_)
            | Act::FinaliseRun { .. }
            | Act::ApproveRun { .. }
            | Act::IssueFile(_)
            | Act::SendFile(_)
            | Act::Reconcile { .. }
    )
}

impl Play<'_> {
    /// Does what an event says.
    pub(super) async fn act(&self, council: &CouncilWorld, event: &Event) -> anyhow::Result<()> {
        let at = event.at;
        match &event.act {
            Act::GenerateClaims(pays) => {
                let scope = self.service(council, "generate-claims");
                generate_claims(&scope, at, period_id(self.seed, *pays)).await?;
            }
            Act::State { organisation, by, source, claims } => {
                self.state(council, at, (*organisation, *by, *source), claims).await?;
            }
            Act::Confirm { organisation, by, claims } => {
                self.confirm(council, at, (*organisation, *by), claims).await?
            }
            Act::Unconfirm { organisation, claim, by } => {
                self.unconfirm(council, at, (*organisation, *by), claim).await?;
            }
            Act::SendBack { claim, because, by } => self.send_back(council, at, *by, claim, because).await?,
            Act::Remind(pays) => {
                remind_of_cut_off(&self.service(council, "notify-cut-off"), at, period_id(self.seed, *pays)).await?;
            }
            Act::SettleSuspended { pays, officer, second } => {
                self.settle(council, at, *pays, (*officer, *second)).await?;
            }
            Act::RecordRates { rows, by } => record_rates(&self.staff(council, *by).await?, at, rows.clone()).await?,
            Act::VaryLine { line, version, by } => {
                vary_line(&self.staff(council, *by).await?, at, *line, version.clone()).await?;
            }
            Act::AddLine { service_user, line, by } => {
                care::add_line(&self.staff(council, *by).await?, at, council, (service_user, line)).await?;
            }
            Act::RecordStay { stay, by } => {
                let row = StayRow {
                    id: stay.id,
                    version: stay.version,
                    service_user_id: stay.service_user,
                    kind: stay.kind,
                    admitted: stay.admitted,
                    discharged: stay.discharged,
                    withdrawn: false,
                    recorded_at: at,
                    recorded_by: Actor::Council { person: *by },
                };
                record_stay(&self.staff(council, *by).await?, at, row).await?;
            }
            Act::RecordEnding { ending, by } => {
                let row = EndingRow {
                    service_user_id: ending.service_user,
                    version: 1,
                    kind: ending.kind,
                    happened: ending.happened,
                    notified: ending.notified,
                    withdrawn: false,
                    recorded_at: at,
                    recorded_by: Actor::Council { person: *by },
                };
                record_ending(&self.staff(council, *by).await?, at, row).await?;
            }
            Act::FinaliseRun { pays, by } => self.open(council, at, *pays, *by).await?,
            Act::ApproveRun { pays, by } => self.approve(council, at, *pays, *by).await?,
            Act::IssueFile(pays) => self.issue(council, at, *pays).await?,
            Act::SendFile(pays) => self.send(council, at, *pays).await?,
            Act::Reconcile { pays, by } => self.reconcile(council, at, *pays, *by).await?,
        }
        Ok(())
    }
}
