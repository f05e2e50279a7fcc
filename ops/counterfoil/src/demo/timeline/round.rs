//! One pay period of one schedule, from the claims made of the plan to the money in the bank.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use counterfoil_core::calendar::{BankHolidays, PeriodDates, Submission};
use counterfoil_core::claim::Basis;
use counterfoil_core::ids::{ContractId, OrganisationId, PersonId, ServiceLineId, ServiceUserId};
use counterfoil_core::notice::NoticeEvent;
use counterfoil_core::pricing::facts::Recording;

use super::absences::Absences;
use super::act::{Act, Event, Pays};
use super::{claims, fate};
use crate::demo::dates::london;
use crate::demo::seed::Seed;
use crate::demo::world::care::{ServiceLine, ServiceUser};
use crate::demo::world::council::{CouncilWorld, PaySchedule};
use crate::demo::world::organisations::Organisation;
use crate::demo::world::people;

/// A council with what its scenes need to look up.
#[derive(Clone)]
pub(crate) struct Stage<'a> {
    /// The seed.
    pub(crate) seed: Seed,
    /// The council.
    pub(crate) council: &'a CouncilWorld,
    /// Bank holidays.
    pub(crate) holidays: &'a BankHolidays,
    /// The stays in hospital that happen to people whose care is recorded.
    pub(crate) absences: Absences,
    /// Lines whose plan is changed after the fact: nothing is stated of them but that all was as planned.
    pub(crate) varied: BTreeSet<ServiceLineId>,
    /// People to whom something happens, so that nothing else does.
    pub(crate) befallen: BTreeSet<ServiceUserId>,
    submitters: BTreeMap<OrganisationId, PersonId>,
    /// By contract and place in the council's list of people.
    lines: BTreeMap<ContractId, BTreeMap<usize, Vec<&'a ServiceLine>>>,
}

impl<'a> Stage<'a> {
    /// Sets the stage.
    #[must_use]
    pub(crate) fn new(
        seed: Seed,
        council: &'a CouncilWorld,
        organisations: &[Organisation],
        holidays: &'a BankHolidays,
    ) -> Self {
        let places: BTreeMap<ServiceUserId, usize> =
            (council.service_users.iter().map(|user| user.id).zip(0..)).collect();
        let mut lines: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for line in &council.lines {
            if let Some(place) = places.get(&line.service_user) {
                let of_contract = lines.entry(line.contract).or_default();
                of_contract.entry(*place).or_default().push(line);
            }
        }
        Self {
            seed,
            council,
            holidays,
            absences: Absences::default(),
            varied: BTreeSet::new(),
            befallen: BTreeSet::new(),
            submitters: organisations
                .iter()
                .map(|organisation| (organisation.id, people::submitter(seed, organisation)))
                .collect(),
            lines,
        }
    }

    /// An event at this council.
    #[must_use]
    pub(crate) const fn event(&self, at: DateTime<Utc>, act: Act) -> Event {
        Event { at, council: self.council.id, act }
    }

    /// Who submits for a provider.
    #[must_use]
    pub(crate) fn submitter(&self, organisation: Option<OrganisationId>) -> Option<PersonId> {
        self.submitters.get(&organisation?).copied()
    }

    /// The people who receive care under a contract, with their lines, by reference.
    pub(crate) fn people_of(
        &self,
        contract: ContractId,
    ) -> impl Iterator<Item = (&'a ServiceUser, &Vec<&'a ServiceLine>)> {
        let of_contract = self.lines.get(&contract).into_iter().flatten();
        of_contract.filter_map(|(place, lines)| Some((self.council.service_users.get(*place)?, lines)))
    }
}

/// A pay period that is played, with those that come after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round<'a> {
    /// The schedule.
    pub(crate) schedule: &'a PaySchedule,
    /// The period.
    pub(crate) dates: PeriodDates,
    /// The next period of the schedule, if it is played too: what comes late is paid with it.
    pub(crate) next: Option<PeriodDates>,
    /// The first later period that is played whose cut-off comes after this one's money is in the bank.
    pub(crate) after_payment: Option<PeriodDates>,
}

impl Round<'_> {
    /// The period as acts name it.
    #[must_use]
    pub(crate) const fn pays(&self) -> Pays {
        Pays { schedule: self.schedule.id, period: self.dates.starts }
    }

    /// When claims are made: on the morning after the period, or a week before the cut-off of one that is paid before
    /// it ends.
    #[must_use]
    pub(crate) fn generated_at(&self) -> DateTime<Utc> {
        let closes = self.dates.cut_off_date();
        if self.dates.ends < closes {
            london(plus(self.dates.ends, 1), 6, 0)
        } else {
            let week_before = closes.checked_sub_days(Days::new(7)).unwrap_or(closes);
            london(week_before, 6, 0)
        }
    }
}

/// Everything that happens in a period.
///
/// # Errors
/// When a statement would not fit its plan.
pub(crate) fn play(stage: &Stage<'_>, round: &Round<'_>) -> anyhow::Result<Vec<Event>> {
    let pays = round.pays();
    let generated_at = round.generated_at();
    let mut events = vec![stage.event(generated_at, Act::GenerateClaims(pays))];
    for claim in claims::of_period(stage, round.schedule.id, &round.dates, generated_at) {
        if claim.contract.recording == Recording::None {
            continue;
        }
        events.extend(fate::of_claim(stage, round, &claim)?);
    }
    if round.schedule.basis != Basis::Plan {
        events.extend(reminder(stage, round));
    }
    events.extend(run(stage, round));
    Ok(events)
}

fn reminder(stage: &Stage<'_>, round: &Round<'_>) -> Option<Event> {
    let mut settings = stage.council.notifications.iter();
    let setting = settings.find(|setting| setting.event == NoticeEvent::CutOffNear)?;
    // a lead time longer than the time there is between claims and cut-off: as soon as there are claims
    let due = setting.due(round.dates.cut_off);
    let at = due.max(round.generated_at() + TimeDelta::minutes(30));
    Some(stage.event(at, Act::Remind(round.pays())))
}

/// Settled in the morning, finalised at two, approved at three, issued at half past, sent on the day that the council
/// submits on, and in the bank by eight on the bank date.
fn run(stage: &Stage<'_>, round: &Round<'_>) -> Vec<Event> {
    let pays = round.pays();
    let staff = stage.council.staff;
    let day = round.dates.finalisation;
    let sent = match stage.council.profile.submission {
        Submission::OnFinalisation => london(day, 16, 0),
        Submission::NextWorkingDay => {
            let next = stage.holidays.bacs_days().add_working_days(day, 1);
            london(next, 9, 30)
        }
    };
    let paid = london(round.dates.bank_date, 8, 0).max(sent + TimeDelta::hours(1));
    let acts = [
        (
            london(day, 9, 0).max(round.dates.cut_off + TimeDelta::minutes(30)),
            Act::SettleSuspended { pays, officer: staff.officer, second: staff.approver },
        ),
        (london(day, 14, 0), Act::FinaliseRun { pays, by: staff.officer }),
        (london(day, 15, 0), Act::ApproveRun { pays, by: staff.approver }),
        (london(day, 15, 30), Act::IssueFile(pays)),
        (sent, Act::SendFile(pays)),
        (paid, Act::Reconcile { pays, by: staff.officer }),
    ];
    acts.into_iter().map(|(at, act)| stage.event(at, act)).collect()
}

/// So many days later.
#[must_use]
pub(crate) fn plus(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
