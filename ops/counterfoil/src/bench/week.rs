//! A county's week, from generating its claims to the issue of its payment file: the steps that the service takes, by
//! two workers, each phase timed.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use counterfoil_core::ids::{ClaimId, OrganisationId, PersonId, RunId};
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_tenants::claim::{self, Claim};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::approve_run::approve_run;
use counterfoil_tenants::steps::confirm_claims::confirm_claims;
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_tenants::steps::issue_file::{Issued, issue_file};
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::post_contract::post_contract;
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};
use futures_util::future::try_join_all;
use indicatif::ProgressBar;
use serde::Serialize;

use super::county::County;
use crate::demo::dates::{day, london};
use crate::worker::{Done, Worker};

/// How many work at the same time.
const WORKERS: usize = 2;
/// How many claims a provider states or confirms at once.
const AT_ONCE: usize = 250;

/// A phase and how long it took.
#[derive(Debug, Serialize)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) milliseconds: u128,
}

/// What a week came to.
#[derive(Debug, Serialize)]
pub(super) struct Week {
    pub(super) lines: usize,
    pub(super) visits: usize,
    pub(super) payees: usize,
    pub(super) claims: usize,
    pub(super) pence: i64,
    pub(super) phases: Vec<Phase>,
    /// The sum of the phases.
    pub(super) milliseconds: u128,
    /// The most memory that the process has had, in kilobytes.
    pub(super) peak_memory_kb: u64,
    #[serde(skip)]
    pub(super) run: RunId,
}

/// Keeps how long phases take.
struct Watch<'a> {
    phases: Vec<Phase>,
    bar: &'a ProgressBar,
}

impl Watch<'_> {
    /// Runs a phase and keeps how long it took.
    async fn time<T>(
        &mut self,
        name: &'static str,
        phase: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        self.bar.set_message(name);
        let started = Instant::now();
        let done = phase.await.context(name)?;
        self.phases.push(Phase { name, milliseconds: started.elapsed().as_millis() });
        self.bar.inc(1);
        Ok(done)
    }
}

/// Pays a county's week. The county has been loaded.
///
/// # Errors
/// When a step refuses, or something is left unpaid.
pub(super) async fn pay(county: &County, worker: &Worker, bar: &ProgressBar) -> anyhow::Result<Week> {
    let council = county.council()?;
    let mut watch = Watch { phases: Vec::new(), bar };
    bar.set_length(8);
    let identity = Identity::new(&worker.connections);
    let (officer, _) = identity.council_scope(council.staff.officer, council.id).await?;
    let (approver, _) = identity.council_scope(council.staff.approver, council.id).await?;
    let service = CouncilScope::system(&worker.connections, council.id, "bench");
    let monday = london(day(2025, 2, 3), 6, 0);
    let (stated, confirmed) = (london(day(2025, 2, 10), 9, 0), london(day(2025, 2, 10), 12, 0));
    let (opened, approved) = (london(day(2025, 2, 12), 9, 0), london(day(2025, 2, 12), 10, 0));
    let issued = london(day(2025, 2, 12), 11, 0);

    let generating = async { Ok(generate_claims(&service, monday, county.period).await?.claims.len()) };
    let generated = watch.time("claims generated", generating).await?;
    watch.time("priced as planned, for providers to see", drain(worker, monday)).await?;
    let claims = service.read(async |tx: &mut Tx<'_>| claim::due_in(tx, county.period).await).await?;
    ensure!(claims.len() == generated, "{generated} claims were generated, and {} are due", claims.len());
    watch.time("stated as planned, and priced", state(county, worker, &service, stated, &claims)).await?;
    watch.time("jobs after that", drain(worker, stated)).await?;
    let claims = service.read(async |tx: &mut Tx<'_>| claim::due_in(tx, county.period).await).await?;
    watch.time("confirmed", confirm(county, worker, confirmed, &claims)).await?;
    let opening = async { Ok(open_run(&officer, opened, county.period).await?.run) };
    let run = watch.time("run opened", opening).await?;
    watch.time("contracts posted, run finalised", post(worker, &service, opened, run)).await?;
    let issuing = async {
        approve_run(&approver, approved, run).await?;
        match issue_file(&service, &worker.means, issued, run).await? {
            Issued::File(_) => Ok(()),
            Issued::NothingToPay | Issued::ApprovalVoid => bail!("no payment file came of the run"),
        }
    };
    watch.time("approved, payment file issued", issuing).await?;

    let entries = service.read(async |tx: &mut Tx<'_>| counterfoil_tenants::entry::of_run(tx, run).await).await?;
    ensure!(entries.len() == county.lines, "{} of {} lines were paid", entries.len(), county.lines);
    Ok(Week {
        lines: county.lines,
        visits: county.visits,
        payees: county.payees,
        claims: generated,
        pence: entries.iter().map(|entry| entry.pence.pence()).sum(),
        milliseconds: watch.phases.iter().map(|phase| phase.milliseconds).sum(),
        phases: watch.phases,
        peak_memory_kb: peak_memory_kb()?,
        run,
    })
}

/// Providers state their claims as planned.
pub(super) async fn state(
    county: &County,
    worker: &Worker,
    scope: &CouncilScope,
    at: DateTime<Utc>,
    claims: &[Claim],
) -> anyhow::Result<()> {
    let ids: Vec<ClaimId> = claims.iter().map(|claim| claim.id).collect();
    let mut lines: BTreeMap<ClaimId, Vec<LineStatement>> = BTreeMap::new();
    for line in scope.read(async |tx: &mut Tx<'_>| claim::lines(tx, &ids).await).await? {
        let planned = LineStatement { line: line.number, actuals: Actuals::AsPlanned, comment: String::new() };
        lines.entry(line.claim_id).or_default().push(planned);
    }
    let mut to_state = |claim: &Claim| ToState {
        claim: claim.id,
        seen: claim.version,
        statement: Statement { lines: lines.remove(&claim.id).unwrap_or_default(), ..Statement::default() },
    };
    let batches: Vec<_> = by_provider(county, claims)
        .into_iter()
        .map(|(who, batch)| (who, batch.into_iter().map(&mut to_state).collect::<Vec<_>>()))
        .collect();
    let tenant = scope.tenant();
    let worker = worker.clone();
    shared(batches, move |((organisation, person), to_state)| {
        let (worker, pricing) = (worker.clone(), CouncilScope::system(&worker.connections, tenant, "assess-claims"));
        async move {
            let provider = Identity::new(&worker.connections).provider_scope(person).await?;
            state_actuals(&provider, &pricing, &worker.means, at, (organisation, Source::File), to_state).await?;
            Ok(())
        }
    })
    .await
}

/// Providers confirm their claims.
async fn confirm(county: &County, worker: &Worker, at: DateTime<Utc>, claims: &[Claim]) -> anyhow::Result<()> {
    let tenant = county.council()?.id;
    let batches: Vec<_> = by_provider(county, claims)
        .into_iter()
        .map(|(who, batch)| (who, batch.into_iter().map(|claim| (claim.id, claim.version)).collect::<Vec<_>>()))
        .collect();
    let identity = Identity::new(&worker.connections);
    shared(batches, move |((organisation, person), seen)| {
        let identity = identity.clone();
        async move {
            let provider = identity.provider_scope(person).await?;
            confirm_claims(&provider, at, (tenant, organisation), &seen, "Somebody").await?;
            Ok(())
        }
    })
    .await
}

/// Posts every contract, and finalises.
async fn post(worker: &Worker, scope: &CouncilScope, at: DateTime<Utc>, run: RunId) -> anyhow::Result<()> {
    let scope = scope.clone();
    shared((0..WORKERS).collect(), move |number: usize| {
        let scope = scope.clone();
        async move {
            let worker = format!("bench-{number}");
            while post_contract(&scope, at, run, &worker).await?.is_some() {}
            Ok(())
        }
    })
    .await?;
    // the run's own job finds every contract posted, and finalises
    drain(worker, at).await
}

/// The claims of each provider, so many at once, with somebody who submits for it.
fn by_provider<'a>(county: &County, claims: &'a [Claim]) -> Vec<((OrganisationId, PersonId), Vec<&'a Claim>)> {
    let mut batches = Vec::new();
    for (organisation, person) in county.submitters() {
        let own: Vec<&Claim> = claims.iter().filter(|claim| claim.organisation_id == Some(organisation.id)).collect();
        batches.extend(own.chunks(AT_ONCE).map(|batch| ((organisation.id, person), batch.to_vec())));
    }
    batches
}

/// Shares work out among the workers, each a task of its own.
async fn shared<T, F>(work: Vec<T>, act: impl Fn(T) -> F + Clone + Send + Sync + 'static) -> anyhow::Result<()>
where
    T: Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let mut shares: [Vec<T>; WORKERS] = Default::default();
    for (number, one) in work.into_iter().enumerate() {
        shares[number % WORKERS].push(one);
    }
    let tasks = shares.into_iter().map(|share| {
        let act = act.clone();
        tokio::spawn(async move {
            for one in share {
                act(one).await?;
            }
            anyhow::Ok(())
        })
    });
    for ended in try_join_all(tasks).await? {
        ended?;
    }
    Ok(())
}

/// Works off the queue, two at a time.
pub(super) async fn drain(worker: &Worker, now: DateTime<Utc>) -> anyhow::Result<()> {
    let worker = worker.clone();
    shared((0..WORKERS).collect(), move |number: usize| {
        let own = Worker { name: format!("bench-{number}"), ..worker.clone() };
        async move {
            while let Some(done) = own.one(now).await? {
                if let Done::Failed(outcome, said) = done {
                    bail!("a job failed ({outcome:?}): {said}");
                }
            }
            Ok(())
        }
    })
    .await
}

/// The most memory that this process has had, in kilobytes, as Linux counts it.
pub(super) fn peak_memory_kb() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix("kB")).context("/proc/self/status has no VmHWM")?;
    Ok(peak.trim().parse()?)
}
