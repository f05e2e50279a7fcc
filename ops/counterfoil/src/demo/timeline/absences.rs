//! Stays in hospital and deaths in the weeks that are played. For people whose care is recorded, what is stated
//! follows; for those whose care is paid on the plan, what was paid ahead is set right by the next run.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use counterfoil_core::ids::ServiceUserId;
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::{EndingKind, Recording, StayKind};

use super::act::{Act, Event};
use super::round::{Stage, plus};
use crate::demo::dates::london;
use crate::demo::world::care::{CareEnding, KnownStay, ServiceLine};
use crate::demo::world::history::only_on_plan;

/// The days that people are in hospital whose care is recorded: admitted, and discharged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Absences(BTreeMap<ServiceUserId, (NaiveDate, NaiveDate)>);

impl Absences {
    /// Whether a person is in hospital on a day; on the day of discharge no more.
    #[must_use]
    pub(crate) fn away(&self, user: ServiceUserId, day: NaiveDate) -> bool {
        self.0.get(&user).is_some_and(|(admitted, discharged)| (*admitted..*discharged).contains(&day))
    }
}

/// So many people of each sort.
const RECORDED: usize = 4;
const RESIDENTS: usize = 3;
const DEATHS: usize = 2;

/// Decides who is away from `first_week` on, and gives the acts that record it.
pub(crate) fn befall(stage: &mut Stage<'_>, first_week: NaiveDate) -> Vec<Event> {
    let mut events = Vec::new();
    events.extend(discharges(stage, first_week));
    let recorded = chosen(stage, RECORDED, |line, recording| recording != Recording::None && goes_on(line, first_week));
    for (place, line) in (0..).zip(recorded) {
        let admitted = plus(first_week, 2 + 2 * place);
        let discharged = plus(admitted, 5 + place);
        let days = (admitted, discharged);
        stage.absences.0.insert(line.service_user, days);
        stage.befallen.insert(line.service_user);
        events.extend(stay(stage, line, admitted, Some(discharged)));
    }
    let residents = chosen(stage, RESIDENTS + DEATHS, |line, recording| {
        let in_hospital = (stage.council.stays.iter()).any(|s| s.service_user == line.service_user);
        recording == Recording::None
            && !in_hospital
            && only_on_plan(stage.council, line.service_user)
            && goes_on(line, first_week)
    });
    for (place, line) in (0..).zip(residents) {
        stage.befallen.insert(line.service_user);
        if usize::try_from(place).is_ok_and(|place| place < RESIDENTS) {
            let admitted = plus(first_week, 4 + 3 * place);
            let discharged = (place > 0).then(|| plus(admitted, 9));
            events.extend(stay(stage, line, admitted, discharged));
        } else {
            events.extend(death(stage, line, plus(first_week, 5 + 2 * place)));
        }
    }
    events
}

/// Half of those who were in hospital when the council was set up come home.
fn discharges(stage: &Stage<'_>, first_week: NaiveDate) -> Vec<Event> {
    let home = plus(first_week, 12);
    let stays = stage.council.stays.iter().step_by(2);
    stays
        .map(|known| {
            let stay = KnownStay { version: known.version + 1, discharged: Some(home), ..known.clone() };
            let by = stage.council.staff.officer;
            stage.event(london(plus(home, 1), 11, 0), Act::RecordStay { stay, by })
        })
        .collect()
}

/// Lines of different people, drawn from those that fit.
pub(crate) fn chosen<'a>(
    stage: &Stage<'a>,
    count: usize,
    fits: impl Fn(&ServiceLine, Recording) -> bool,
) -> Vec<&'a ServiceLine> {
    let fitting: Vec<&ServiceLine> = stage
        .council
        .lines
        .iter()
        .filter(|line| {
            let contract = stage.council.contract(line.contract);
            contract.is_some_and(|contract| fits(line, contract.recording))
        })
        .collect();
    let step = (fitting.len() / count.max(1)).max(1);
    let mut taken = fitting;
    taken.dedup_by_key(|line| line.service_user);
    taken.into_iter().step_by(step).take(count).collect()
}

/// Whether a line has one version that holds from before the weeks that are played and does not end.
#[must_use]
pub(crate) fn goes_on(line: &ServiceLine, first_week: NaiveDate) -> bool {
    let [version] = line.versions.as_slice() else {
        return false;
    };
    version.from < first_week && version.to.is_none()
}

/// Recorded on the day after admission, and again on the day after discharge.
fn stay(stage: &Stage<'_>, line: &ServiceLine, admitted: NaiveDate, discharged: Option<NaiveDate>) -> Vec<Event> {
    let by = stage.council.staff.officer;
    let path = format!("{}/stay/{}/{admitted}", stage.council.slug, line.reference);
    let first = KnownStay {
        id: stage.seed.id(&path),
        version: 1,
        service_user: line.service_user,
        kind: StayKind::Hospital,
        admitted,
        discharged: None,
    };
    let mut events = Vec::new();
    if let Some(home) = discharged {
        let stay = KnownStay { version: 2, discharged, ..first.clone() };
        events.push(stage.event(london(plus(home, 1), 11, 0), Act::RecordStay { stay, by }));
    }
    let stay = first;
    events.push(stage.event(london(plus(admitted, 1), 11, 0), Act::RecordStay { stay, by }));
    events
}

/// The council is told two days later; then it ends the line with the day of the death.
fn death(stage: &Stage<'_>, line: &ServiceLine, happened: NaiveDate) -> Vec<Event> {
    let by = stage.council.staff.officer;
    let notified = plus(happened, 2);
    let at = london(notified, 11, 0);
    let ending = CareEnding { service_user: line.service_user, kind: EndingKind::Death, happened, notified };
    let mut events = vec![stage.event(at, Act::RecordEnding { ending, by })];
    let own = stage.council.lines.iter().filter(|other| other.service_user == line.service_user);
    for other in own {
        let Some(last) = other.versions.last() else {
            continue;
        };
        let version = LineVersion { version: last.version + 1, to: Some(happened), recorded_at: at, ..last.clone() };
        let act = Act::VaryLine { line: other.id, version, by };
        events.push(stage.event(at, act));
    }
    events
}
