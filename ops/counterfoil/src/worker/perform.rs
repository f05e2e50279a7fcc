//! Which step does which job. Adding a kind of job makes this fail to compile until it is handled.

use chrono::{DateTime, Utc};
use counterfoil_tenants::Result;
use counterfoil_tenants::jobs::Job;
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::steps::assess_claims::{Purpose, assess_claims, assess_stated};
use counterfoil_tenants::steps::change_records::{Touched, reassess};
use counterfoil_tenants::steps::finalise_run::finalise_run;
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_tenants::steps::issue_file::issue_file;
use counterfoil_tenants::steps::notify::{remind_of_cut_off, tell_of_remittances};
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::post_contract::{assess_on_plan, post_contract};
use counterfoil_tenants::steps::request_payments::make_requested;
use counterfoil_tenants::steps::tell_of_adjustment::tell_of_adjustment;
use counterfoil_tenants::steps::tell_of_document::tell_of_document;
use counterfoil_tenants::steps::tell_of_message::tell_of_message;
use counterfoil_tenants::steps::tell_of_query::tell_of_query;
use counterfoil_tenants::steps::try_rule::{Pace, work_trial};
use counterfoil_tenants::steps::write_remittances::write_remittances;

use super::{Worker, mail};

pub(super) async fn perform(worker: &Worker, scope: &CouncilScope, now: DateTime<Utc>, job: &Job) -> Result<()> {
    let means = &worker.means;
    match job {
        Job::GenerateClaims { period, .. } => generate_claims(scope, now, *period).await.map(drop),
        Job::RequestPayments { batch } => make_requested(scope, means, now, *batch, &|_, _| {}).await.map(drop),
        Job::AssessClaims { claims } => assess_claims(scope, means, now, (Purpose::Shown, now), claims).await.map(drop),
        Job::AssessStated { claims } => assess_stated(scope, means, now, claims).await.map(drop),
        Job::ReassessLine { line } => reassess(scope, means, now, Touched::Line(*line)).await.map(drop),
        Job::ReassessPerson { person } => reassess(scope, means, now, Touched::Person(*person)).await.map(drop),
        Job::ReassessRates { from } | Job::ReassessRule { from } => {
            reassess(scope, means, now, Touched::From(*from)).await.map(drop)
        }
        Job::TryRule { trial } => work_trial(scope, means, now, *trial, Pace::default()).await.map(drop),
        Job::FinaliseRun { period, .. } => open_run(scope, now, *period).await.map(drop),
        Job::WorkRun { run } => {
            assess_on_plan(scope, means, now, *run).await?;
            while post_contract(scope, now, *run, &worker.name).await?.is_some() {}
            finalise_run(scope, now, *run).await.map(drop)
        }
        Job::IssuePaymentFile { run } => issue_file(scope, means, now, *run).await.map(drop),
        Job::WriteRemittances { run } => write_remittances(scope, means, now, *run).await.map(drop),
        Job::NotifyCutOff { period } => remind_of_cut_off(scope, now, *period).await.map(drop),
        Job::NotifyRemittances { run } => tell_of_remittances(scope, now, *run).await.map(drop),
        Job::TellOfQuery { query, message } => tell_of_query(scope, now, *query, *message).await.map(drop),
        Job::TellOfMessage { claim, message } => {
            let pages = worker.pages.as_deref().unwrap_or_default();
            tell_of_message(scope, now, pages, (*claim, *message)).await.map(drop)
        }
        Job::TellOfDocument { document, version, answered } => {
            tell_of_document(scope, now, *document, *version, *answered).await.map(drop)
        }
        Job::TellOfAdjustment { adjustment, answered } => {
            tell_of_adjustment(scope, now, *adjustment, *answered).await.map(drop)
        }
        Job::SendNotice { notice } => mail::send(&worker.post, scope, now, *notice).await,
    }
}
