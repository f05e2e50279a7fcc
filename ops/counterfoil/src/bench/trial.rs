//! `counterfoil bench trial`: a county's month of claims (400,000 visits), tried with a rule as a council tries one, beside
//! assessing the same claims from facts in memory and nothing else; on a private database that is as durable as a
//! council's.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Days, Utc};
use clap::Args;
use counterfoil_core::disposition::{Assessment, ClaimToAssess, assess};
use counterfoil_core::ids::{AssessmentId, PeriodId};
use counterfoil_core::pricing::{RuleDigest, canonical};
use counterfoil_tenants::assessment::{self, AssessmentRow};
use counterfoil_tenants::claim::{self, Claim};
use counterfoil_tenants::migrate::migrate;
use counterfoil_tenants::rule_trial::{self, State};
use counterfoil_tenants::rule_version::Who;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_tenants::steps::try_rule::{ToStart, start_trial};
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{Config, Connections};
use indicatif::ProgressBar;
use serde::Serialize;

use super::county::{County, LINES, week};
use super::run::progress;
use super::week::{drain, peak_memory_kb, state};
use crate::commands::block_on;
use crate::database::Server;
use crate::demo::dates::{day, london};
use crate::demo::load::period_id;
use crate::demo::timeline::act::Pays;
use crate::demo::{SEED, load};
use crate::means;
use crate::post::Post;
use crate::worker::{Done, LEASE, Worker};

/// Weeks of a month.
const WEEKS: u64 = 4;
/// Claims that are assessed alone in one go.
const AT_ONCE: usize = 250;
/// What a trial may take of memory, in kilobytes, beyond what the process had before it.
const WANTED_MEMORY_KB: u64 = 200 * 1_024;

#[derive(Debug, Clone, Args)]
pub(crate) struct BenchTrialArgs {
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    /// Service lines of the county; visits and payees go with them
    #[arg(long, default_value_t = LINES)]
    lines: usize,
}

/// What the command prints.
#[derive(Debug, Serialize)]
struct Report {
    wanted_memory_kb: u64,
    lines: usize,
    visits: usize,
    claims: usize,
    /// Assessing every claim from facts in memory, by one thread.
    alone_ms: u128,
    /// The trial from its start to its end, by one worker.
    trial_ms: u128,
    /// The second by the first, in percent.
    ratio_percent: u128,
    claims_per_second: u128,
    /// Memory of the process before the trial, and the most once its first job was done, and once all were.
    memory_before_kb: u64,
    memory_after_first_job_kb: u64,
    memory_kb: u64,
    jobs: u32,
}

/// Runs the benchmark. What it comes to is reported, never an error.
///
/// # Errors
/// When the database does not start, a step refuses, or the trial finds a difference where there is none.
pub(crate) fn run(args: &BenchTrialArgs) -> anyhow::Result<ExitCode> {
    let args = args.clone();
    block_on(async move {
        let server = Server::private(None).await?;
        let report = Report::of(server.config(), args.lines).await?;
        let text = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text() };
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    })
}

/// A month of a county, generated, stated and priced.
struct Month {
    county: County,
    worker: Worker,
    scope: CouncilScope,
    periods: Vec<PeriodId>,
    claims: Vec<Claim>,
    digest: String,
}

impl Month {
    async fn of(config: &Config, lines: usize, mail: &std::path::Path) -> anyhow::Result<Self> {
        migrate(config).await?;
        let connections = Connections::new(config)?;
        let loaded = means::load(MasterKey::generate())?;
        let county = County::with_lines(lines.max(1))?;
        let with = load::Means {
            connections: &connections,
            master_key: &loaded.means.master_key,
            packs: &loaded.packs,
            holidays: &loaded.means.holidays,
            seed: SEED,
        };
        let bar = progress("County");
        load::world(&with, &county.world, &bar).await?;
        bar.finish_and_clear();
        let council = county.council()?;
        let schedule = council.contracts.first().context("the county has no contract")?.schedule;
        let weeks = (0..WEEKS).map(|number| week().0 + Days::new(7 * number));
        let periods = weeks.map(|period| period_id(SEED, Pays { schedule, period })).collect();
        let worker = Worker {
            pages: None,
            name: "bench".to_owned(),
            connections: connections.clone(),
            means: loaded.means,
            post: Arc::new(Post::new(None, mail, BTreeMap::new())?),
            lease: LEASE,
        };
        let scope = CouncilScope::system(&connections, council.id, "bench");
        let mut month = Self { county, worker, scope, periods, claims: Vec::new(), digest: String::new() };
        month.live().await?;
        Ok(month)
    }

    /// Generates the claims of each week, states them as planned, and prices them.
    async fn live(&mut self) -> anyhow::Result<()> {
        let bar = progress("Month");
        bar.set_length(WEEKS);
        for (number, period) in (0..).zip(&self.periods) {
            let (first, after) = (week().0 + Days::new(7 * number), week().0 + Days::new(7 * (number + 1)));
            generate_claims(&self.scope, london(first, 6, 0), *period).await?;
            drain(&self.worker, london(first, 6, 0)).await?;
            let due = self.scope.read(async |tx: &mut Tx<'_>| claim::due_in(tx, *period).await).await?;
            state(&self.county, &self.worker, &self.scope, london(after, 9, 0), &due).await?;
            drain(&self.worker, london(after, 9, 0)).await?;
            self.claims.extend(self.scope.read(async |tx: &mut Tx<'_>| claim::due_in(tx, *period).await).await?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        let first = self.claims.first().and_then(|claim| claim.assessment_id).context("nothing was assessed")?;
        let row = self.scope.read(async |tx: &mut Tx<'_>| assessment::find(tx, first).await).await?;
        self.digest = row.component_digest;
        Ok(())
    }

    /// Assesses every claim from facts in memory, and says how long that alone took.
    async fn alone(&self) -> anyhow::Result<Duration> {
        let bar = progress("Alone");
        bar.set_length(self.claims.len() as u64);
        let mut took = Duration::ZERO;
        let ids: Vec<AssessmentId> = self.claims.iter().filter_map(|claim| claim.assessment_id).collect();
        ensure!(ids.len() == self.claims.len(), "{} of {} claims were assessed", ids.len(), self.claims.len());
        for ids in ids.chunks(AT_ONCE) {
            let rows = self.scope.read(async |tx: &mut Tx<'_>| assessment::find_all(tx, ids).await).await?;
            let claims = rows.iter().map(to_assess).collect::<anyhow::Result<Vec<ClaimToAssess>>>()?;
            let pricer = self.worker.means.pricer.clone();
            took += tokio::task::spawn_blocking(move || {
                let started = Instant::now();
                for claim in &claims {
                    if let Assessment::Faulted { fault } = assess(&*pricer, claim)? {
                        bail!("a claim failed: {fault}");
                    }
                }
                Ok(started.elapsed())
            })
            .await??;
            bar.inc(ids.len() as u64);
        }
        bar.finish_and_clear();
        Ok(took)
    }

    /// Tries the rule that is in force on the month.
    async fn tried(&self, at: DateTime<Utc>, bar: &ProgressBar) -> anyhow::Result<Tried> {
        forget_peak()?;
        let memory_before_kb = peak_memory_kb()?;
        let started = Instant::now();
        let person = self.county.council()?.staff.officer;
        let to_start = ToStart { digest: self.digest.clone(), periods: self.periods.clone(), settings: Vec::new() };
        let who = Who { person, name: "An administrator" };
        let id = start_trial(&self.scope, &self.worker.means, at, who, &to_start).await?;
        bar.set_length(self.claims.len() as u64);
        let (mut jobs, mut memory_after_first_job_kb) = (0, 0);
        while let Some(done) = self.worker.one(at).await? {
            if let Done::Failed(outcome, said) = done {
                bail!("a job failed ({outcome:?}): {said}");
            }
            jobs += 1;
            if jobs == 1 {
                memory_after_first_job_kb = peak_memory_kb()?;
            }
            let trial = self.scope.read(async |tx: &mut Tx<'_>| rule_trial::find(tx, id).await).await?;
            bar.set_position(trial.done.into());
        }
        let took = started.elapsed();
        let (trial, sums) = self
            .scope
            .read(async |tx: &mut Tx<'_>| Ok((rule_trial::find(tx, id).await?, rule_trial::sums(tx, id).await?)))
            .await?;
        ensure!(trial.state == State::Finished, "the trial stopped after {} of {} claims", trial.done, trial.claims);
        ensure!(
            sums.differing == 0 && sums.left_out == 0 && usize::try_from(sums.claims)? == self.claims.len(),
            "the rule in force differs from itself: {sums:?}"
        );
        Ok(Tried { took, memory_before_kb, memory_after_first_job_kb, memory_kb: peak_memory_kb()?, jobs })
    }
}

/// What a trial took.
struct Tried {
    took: Duration,
    memory_before_kb: u64,
    memory_after_first_job_kb: u64,
    memory_kb: u64,
    jobs: u32,
}

fn to_assess(row: &AssessmentRow) -> anyhow::Result<ClaimToAssess> {
    let weighed = |key: &str| row.weighed.get(key).cloned().unwrap_or_default();
    Ok(ClaimToAssess {
        rule: RuleDigest(row.component_digest.clone()),
        facts: canonical::read(&row.input)?,
        limits: serde_json::from_value(weighed("limits"))?,
        others: serde_json::from_value(weighed("others"))?,
        decisions: serde_json::from_value(weighed("decisions"))?,
    })
}

/// Lets the most memory that this process has had be counted anew from now, as Linux does it.
fn forget_peak() -> anyhow::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("/proc/self/clear_refs")
}

impl Report {
    async fn of(config: &Config, lines: usize) -> anyhow::Result<Self> {
        let mail = tempfile::tempdir().context("a folder for mail")?;
        let month = Month::of(config, lines, mail.path()).await?;
        let alone = month.alone().await?;
        let bar = progress("Trial");
        let tried = month.tried(london(day(2025, 3, 10), 9, 0), &bar).await?;
        bar.finish_and_clear();
        let claims = month.claims.len();
        Ok(Self {
            wanted_memory_kb: WANTED_MEMORY_KB,
            lines: month.county.lines,
            visits: month.county.visits * usize::try_from(WEEKS)?,
            claims,
            alone_ms: alone.as_millis(),
            trial_ms: tried.took.as_millis(),
            ratio_percent: tried.took.as_micros() * 100 / alone.as_micros().max(1),
            claims_per_second: claims as u128 * 1_000_000 / tried.took.as_micros().max(1),
            memory_before_kb: tried.memory_before_kb,
            memory_after_first_job_kb: tried.memory_after_first_job_kb,
            memory_kb: tried.memory_kb,
            jobs: tried.jobs,
        })
    }

    fn text(&self) -> String {
        let seconds = |milliseconds: u128| format!("{}.{:02} s", milliseconds / 1_000, milliseconds % 1_000 / 10);
        let megabytes = |kilobytes: u64| format!("{} MB", kilobytes / 1_024);
        let more = self.memory_kb.saturating_sub(self.memory_before_kb);
        let reached = if more <= self.wanted_memory_kb { "reached" } else { "not reached" };
        format!(
            "A month of {} service lines: {} visits, {} claims\n  \
             {:<42} {:>10}\n  {:<42} {:>10}   {}.{:02} times assessing alone; {} claims/s, {} jobs\n  \
             {:<42} {:>10}   {} after its first job, {} before it; wanted: at most {} more ({reached})\n",
            self.lines,
            self.visits,
            self.claims,
            "assessing alone, from facts in memory",
            seconds(self.alone_ms),
            "the trial, from start to end",
            seconds(self.trial_ms),
            self.ratio_percent / 100,
            self.ratio_percent % 100,
            self.claims_per_second,
            self.jobs,
            "most memory of this process in the trial",
            megabytes(self.memory_kb),
            megabytes(self.memory_after_first_job_kb),
            megabytes(self.memory_before_kb),
            megabytes(self.wanted_memory_kb),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use counterfoil_testkit::TestDatabase;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_small_countys_month_is_tried_and_the_rule_in_force_differs_from_itself_in_nothing() {
        let db = TestDatabase::new().await;
        let report = Report::of(db.config(), 52).await.unwrap();
        assert_eq!((report.lines, report.visits, report.claims), (52, 800, 104));
        assert!(report.trial_ms > 0 && report.memory_kb >= report.memory_before_kb);
        assert!(report.text().contains("times assessing alone"));
    }
}
