//! When a claim is stated and confirmed. Most in good time; some at the last second and some a second late; some
//! taken back, sent back or stated again after they were paid; a few never.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use counterfoil_core::claim::Basis;
use counterfoil_core::ids::{OrganisationId, PersonId};

use super::act::{Act, Event, Source};
use super::actuals::{self, Course};
use super::claims::PlannedClaim;
use super::round::{Round, Stage, plus};
use crate::demo::seed::Random;
use crate::demo::world::organisations::{BRA, STY};

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Stated and confirmed in time.
    Prompt,
    /// Confirmed at the very second of the cut-off: in time.
    LastSecond,
    /// Confirmed one second after it: paid with the next run.
    SecondLate,
    /// Confirmed hours or days after it: paid with the next run.
    Late,
    /// Confirmed, taken back, stated again and confirmed again, all in time.
    TakenBack,
    /// Confirmed, sent back by the council, stated again and confirmed again, all in time.
    SentBack,
    /// Confirmed in time, and stated otherwise after it was paid.
    Corrected,
    /// Stated and never confirmed.
    Unconfirmed,
}

/// Draws the fate of a claim from those that its period allows.
fn draw(stage: &Stage<'_>, round: &Round<'_>, random: &mut Random) -> Fate {
    let fate = match random.below(100) {
        0..83 => Fate::Prompt,
        83..86 => Fate::LastSecond,
        86..89 => Fate::SecondLate,
        89..93 => Fate::Late,
        93..95 => Fate::TakenBack,
        95..97 => Fate::Corrected,
        97..98 if stage.council.slug == BRA => Fate::SentBack,
        97..98 => Fate::TakenBack,
        _ => Fate::Unconfirmed,
    };
    let allowed = match fate {
        Fate::SecondLate | Fate::Late => round.next.is_some(),
        Fate::Corrected => round.after_payment.is_some(),
        _ => true,
    };
    if allowed { fate } else { Fate::Prompt }
}

/// Everything that a provider does about a claim.
///
/// # Errors
/// When what would be stated does not fit the plan.
pub(crate) fn of_claim(stage: &Stage<'_>, round: &Round<'_>, claim: &PlannedClaim<'_>) -> anyhow::Result<Vec<Event>> {
    let submitter = stage.submitter(claim.contract.organisation);
    let Some((organisation, by)) = claim.contract.organisation.zip(submitter) else {
        return Ok(Vec::new());
    };
    let path = format!("{}/{}", stage.council.slug, claim.key);
    let mut random = stage.seed.random(&format!("fate/{path}"));
    let mut acts = Acts { stage, claim, organisation, by, events: Vec::new() };
    let course = actuals::draw(stage, claim, &mut random);
    if round.schedule.basis == Basis::Plan {
        // paid ahead, stated when the week is over: the next run has the difference
        let stated = plus(claim.ends, 2).and_time(NaiveTime::MIN).and_utc()
            + TimeDelta::minutes(random.between(9 * 60, 16 * 60));
        let stated = stated.max(round.generated_at() + TimeDelta::hours(1));
        acts.state(stated, course, &mut random)?;
        acts.confirm(stated + TimeDelta::minutes(20));
        return Ok(acts.events);
    }
    let fate = draw(stage, round, &mut random);
    acts.by_cut_off(round, fate, course, &mut random)?;
    Ok(acts.events)
}

/// The acts about one claim.
struct Acts<'a> {
    stage: &'a Stage<'a>,
    claim: &'a PlannedClaim<'a>,
    organisation: OrganisationId,
    by: PersonId,
    events: Vec<Event>,
}

impl Acts<'_> {
    fn by_cut_off(&mut self, round: &Round<'_>, fate: Fate, course: Course, random: &mut Random) -> anyhow::Result<()> {
        let cut_off = round.dates.cut_off;
        let opens = round.generated_at() + TimeDelta::hours(1);
        // the last hours are kept for second thoughts
        let span = (cut_off - opens).num_seconds();
        let mut sitting = self.sitting(random);
        let stated = opens + TimeDelta::seconds(sitting.between(120, span / 2));
        let confirmed = stated + TimeDelta::seconds(sitting.between(180, span / 4));
        let late = cut_off + TimeDelta::minutes(sitting.between(30, 40 * 60));
        if course == Course::CommentForgotten {
            self.state(stated - TimeDelta::seconds(90), course, random)?;
            self.state(stated, Course::Missed, random)?;
        } else {
            self.state(stated, course, random)?;
        }
        match fate {
            Fate::Prompt => self.confirm(confirmed),
            Fate::LastSecond => self.confirm(cut_off),
            Fate::SecondLate => self.confirm(cut_off + TimeDelta::seconds(1)),
            Fate::Late => self.confirm(late),
            Fate::TakenBack => {
                self.confirm(confirmed);
                let later = confirmed + TimeDelta::seconds(span / 16);
                let act =
                    Act::Unconfirm { organisation: self.organisation, claim: self.claim.key.clone(), by: self.by };
                self.events.push(self.stage.event(later, act));
                self.state(later + TimeDelta::minutes(5), Course::Missed, random)?;
                self.confirm(later + TimeDelta::minutes(8));
            }
            Fate::SentBack => {
                self.confirm(confirmed);
                let later = confirmed + TimeDelta::seconds(span / 16);
                let act = Act::SendBack {
                    claim: self.claim.key.clone(),
                    because: "Visits are shown on a day on which the person was away. Please check.",
                    by: self.stage.council.staff.officer,
                };
                self.events.push(self.stage.event(later, act));
                self.state(later + TimeDelta::minutes(50), Course::Frustrated, random)?;
                self.confirm(later + TimeDelta::minutes(55));
            }
            Fate::Corrected => {
                self.confirm(confirmed);
                let later = corrected_at(round);
                self.state(later, Course::Frustrated, random)?;
                self.confirm(later + TimeDelta::minutes(15));
            }
            Fate::Unconfirmed => {}
        }
        Ok(())
    }

    /// A contract's claims are done in a few sittings: all of one sitting are stated together and confirmed together.
    fn sitting(&self, random: &mut Random) -> Random {
        const SITTINGS: u64 = 2;
        let key = &self.claim.key;
        let number = random.below(SITTINGS);
        let path = format!("{}/{}/{number}", key.contract, key.starts);
        self.stage.seed.random(&format!("sitting/{}/{path}", self.stage.council.slug))
    }

    fn state(&mut self, at: DateTime<Utc>, course: Course, random: &mut Random) -> anyhow::Result<()> {
        let statement = actuals::statement(self.stage, self.claim, course, at, random)?;
        let act = Act::State {
            organisation: self.organisation,
            by: self.by,
            source: match course {
                Course::Monitored => Source::Monitoring,
                _ if self.stage.council.slug == STY => Source::File,
                _ => Source::Screen,
            },
            claims: vec![(self.claim.key.clone(), statement)],
        };
        self.events.push(self.stage.event(at, act));
        Ok(())
    }

    fn confirm(&mut self, at: DateTime<Utc>) {
        let act = Act::Confirm { organisation: self.organisation, by: self.by, claims: vec![self.claim.key.clone()] };
        self.events.push(self.stage.event(at, act));
    }
}

/// The morning after the money is in the bank.
#[must_use]
pub(crate) fn corrected_at(round: &Round<'_>) -> DateTime<Utc> {
    crate::demo::dates::london(plus(round.dates.bank_date, 1), 10, 0)
}
