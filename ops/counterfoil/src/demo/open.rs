//! The weeks that are open when the demo is served: each council's calendar goes on to today and a little further, and the
//! newest weeks are made from the plan and wait for their providers. After everything that was [played](super::play), and
//! not part of what that came to.

use anyhow::{Context as _, bail};
use chrono::{DateTime, Days, NaiveDate, Utc};
use counterfoil_core::calendar::{BankHolidays, Calendar, clock};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::event::Action;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::schedule::{self, PeriodRow};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::steps::generate_claims::generate_claims;

use super::load::period_id;
use super::seed::Seed;
use super::timeline::act::Pays;
use super::world::World;
use super::world::council::PaySchedule;
use crate::worker::{Done, Worker};

/// Weeks that are over and open: two, so that the second has the first to be copied from.
const OVER: usize = 2;
/// How far calendars are made from today, in days.
const AHEAD: u64 = 56;

/// How many of them a council makes where providers ask for payment: the rest is there to be requested.
const MADE_BEFORE_REQUESTS: usize = 1;

/// Opens the newest weeks of every schedule whose providers confirm, the one in progress among them.
///
/// # Errors
/// When claims cannot be made or priced.
pub(crate) async fn weeks(worker: &Worker, world: &World, seed: Seed, now: DateTime<Utc>) -> anyhow::Result<()> {
    let holidays = BankHolidays::bundled().context("the bundled bank holidays cannot be read")?;
    let today = clock::local_time(now).date();
    for council in &world.councils {
        let scope = CouncilScope::system(&worker.connections, council.id, "generate-claims");
        for own in council.schedules.iter().filter(|schedule| schedule.basis != Basis::Plan) {
            let made = own.unrolled.1;
            let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
            let calendar = own.definition.calendar(own.unrolled.0, until, &holidays)?;
            let rows = rows(own, &calendar, (seed, made));
            let extended = scope.transaction(now, async |tx: &mut Tx<'_>| {
                let mut audited = tx.audited(Record::of(Action::SetUp, own.id)).await?;
                schedule::add_periods(&mut audited, rows.clone()).await
            });
            extended.await?;
            let begun = calendar.periods.iter().rev().filter(|period| period.dates.starts <= today);
            let newest = begun.take(OVER + 1).map(|period| period.dates.starts).filter(|starts| *starts > made);
            let newest: Vec<NaiveDate> = newest.collect();
            let requested = council.profile.vocabulary == Vocabulary::ProvisionalInvoices;
            let to_make = if requested { MADE_BEFORE_REQUESTS } else { newest.len() };
            for starts in newest.into_iter().rev().take(to_make) {
                let pays = Pays { schedule: own.id, period: starts };
                generate_claims(&scope, now, period_id(seed, pays)).await?;
            }
        }
    }
    while let Some(done) = worker.one(now).await? {
        if let Done::Failed(outcome, said) = done {
            bail!("a job failed ({outcome:?}): {said}");
        }
    }
    Ok(())
}

/// The pay periods that were not written when the council was set up.
fn rows(own: &PaySchedule, calendar: &Calendar, (seed, made): (Seed, NaiveDate)) -> Vec<PeriodRow> {
    let new = calendar.periods.iter().filter(|period| period.dates.starts > made);
    new.map(|period| {
        let pays = Pays { schedule: own.id, period: period.dates.starts };
        PeriodRow::of(period_id(seed, pays), own.id, calendar, period)
    })
    .collect()
}
