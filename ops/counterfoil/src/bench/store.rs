//! What it costs to store a run's results through the application's role under row level security, with the audit
//! record, beside the same rows written by the tables' owner without either. Rounds alternate between the two.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::disposition::{DisposedCharge, Disposition};
use counterfoil_core::entry::EntryKind;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AssessmentId, EntryId, RunId};
use counterfoil_core::money::{Money, Rate};
use counterfoil_core::pricing::Reason;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::bare::Bare;
use counterfoil_tenants::charge::{self, Charges};
use counterfoil_tenants::entry::{self, Entry};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use indicatif::ProgressBar;
use serde::Serialize;
use uuid::Uuid;

/// How many lines a transaction stores: a large contract's month.
const AT_ONCE: usize = 5_000;

/// What was measured for so many lines, a charge and an entry each.
#[derive(Debug, Serialize)]
pub(super) struct Stored {
    pub(super) lines: usize,
    pub(super) rounds: usize,
    /// Microseconds, the median of the rounds.
    pub(super) through_the_role: u128,
    pub(super) bare: u128,
    pub(super) lines_per_second: u128,
    /// The speed through the role, in percent of the bare one.
    pub(super) percent: u128,
}

/// Measures storing of so many lines, so often.
///
/// # Errors
/// When the database refuses, or the county has no entries to take the lines from.
pub(super) async fn measure(
    scope: &CouncilScope,
    bare: &mut Bare,
    patterns: &[Entry],
    (lines, rounds): (usize, usize),
    bar: &ProgressBar,
) -> anyhow::Result<Stored> {
    ensure!(!patterns.is_empty(), "the county has no entries");
    let (mut through_the_role, mut without) = (Vec::new(), Vec::new());
    for round in 0..rounds.max(1) {
        bar.set_message(format!("{lines} lines"));
        // whichever comes second finds the machine as the first left it, so they take turns
        for role in [round % 2 == 0, round % 2 == 1] {
            bare.empty().await?;
            let mut spent = Duration::ZERO;
            for first in (0..lines).step_by(AT_ONCE) {
                let batch = batch(patterns, first..lines.min(first + AT_ONCE));
                let started = Instant::now();
                if role {
                    store(scope, DateTime::default(), batch).await?;
                } else {
                    bare.store(scope.tenant(), batch.0, &batch.1).await?;
                }
                spent += started.elapsed();
            }
            let rounds = if role { &mut through_the_role } else { &mut without };
            rounds.push(spent.as_micros());
            bar.inc(1);
        }
    }
    let (through_the_role, bare) = (median(through_the_role), median(without));
    Ok(Stored {
        lines,
        rounds,
        through_the_role,
        bare,
        lines_per_second: u128::try_from(lines).context("too many lines")? * 1_000_000 / through_the_role.max(1),
        percent: bare * 100 / through_the_role.max(1),
    })
}

async fn store(scope: &CouncilScope, at: DateTime<Utc>, batch: (Vec<Charges>, Vec<Entry>)) -> anyhow::Result<()> {
    let (charges, entries) = batch;
    // taken out by the first attempt: nothing else writes here, so that there is no second
    let charges = std::sync::Mutex::new(Some(charges));
    let stored = scope.transaction(at, async |tx: &mut Tx<'_>| {
        let detail = serde_json::json!({ "entries": entries.len() });
        let mut audited = tx.audited(Record::on(Action::PostContract, "bench").detail(detail)).await?;
        let charges = charges.lock().ok().and_then(|mut charges| charges.take()).unwrap_or_default();
        charge::add(&mut audited, charges).await?;
        entry::post(&mut audited, &entries).await.map(drop)
    });
    Ok(stored.await?)
}

/// Lines as a run would store them, made after those that the week's run posted: a charge and an entry for each.
fn batch(patterns: &[Entry], numbers: std::ops::Range<usize>) -> (Vec<Charges>, Vec<Entry>) {
    let (mut charges, mut entries) = (Vec::with_capacity(numbers.len()), Vec::with_capacity(numbers.len()));
    let run = RunId::from_uuid(Uuid::now_v7());
    for number in numbers {
        let pattern = &patterns[number % patterns.len()];
        let assessment_id = AssessmentId::from_uuid(Uuid::now_v7());
        let charge = DisposedCharge {
            line: 0,
            from: NaiveDate::default(),
            to: NaiveDate::default(),
            visit: None,
            accounts_for: 1_000,
            units: 1_000,
            divisor: 1,
            rate: Some(Rate::from_ten_thousandths(227_600)),
            amount: Money::from_pence(2_276),
            disposition: Disposition::Payable,
            reason: Reason { code: "planned".to_owned(), args: Vec::new() },
            moved_by: None,
        };
        charges.push(Charges {
            assessment_id,
            organisation_id: pattern.organisation_id,
            claim_id: pattern.claim_id,
            charges: vec![charge],
        });
        entries.push(Entry {
            sequence: u32::try_from(number / patterns.len() + 1).unwrap_or(u32::MAX),
            id: EntryId::from_uuid(Uuid::now_v7()),
            run_id: run,
            assessment_id,
            kind: EntryKind::First,
            ..pattern.clone()
        });
    }
    (charges, entries)
}

fn median(mut times: Vec<u128>) -> u128 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
