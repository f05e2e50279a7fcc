//! Where each version stands, from what is stored about it: the pages show it, and the steps allow or refuse by it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::PersonId;
use counterfoil_core::pricing::{CheckedRule, Description, Pricer};

use super::{CaseRun, Event, EventKind, RuleVersion, cases, events, versions};
use crate::error::Result;
use crate::rule::{self, RuleActivation, counting};
use crate::scope::Tx;

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It failed too often and prices nothing.
    Quarantined,
    /// It prices periods that start now.
    InForce,
    /// It will price periods that start on a day or later.
    Comes(NaiveDate),
    /// It is not to be used any more.
    Retired,
    /// It priced before.
    Earlier,
    /// A second administrator declined it.
    Declined,
    /// A second administrator approved it.
    Approved,
    /// A case comes to something else than it expects.
    Failing,
    /// It came with the service, and nobody has approved it here yet.
    Offered,
    /// It was checked and waits for a second administrator.
    Checked,
}

impl State {
    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Quarantined => "In quarantine",
            Self::InForce => "In force",
            Self::Comes(_) => "Switched on",
            Self::Retired => "Retired",
            Self::Earlier => "Earlier",
            Self::Declined => "Declined",
            Self::Approved => "Approved",
            Self::Failing => "Cases fail",
            Self::Offered => "With the service",
            Self::Checked => "Waits for approval",
        }
    }
}

/// A version with everything that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSeen {
    /// SHA-256 of the component, in lower-case hex.
    pub digest: String,
    /// Its name.
    pub name: String,
    /// Its author's version.
    pub version: String,
    /// Version of the interface that it speaks; none for one that no process has any more.
    pub interface: Option<String>,
    /// What it says about itself; none for one that no process has any more.
    pub description: Option<Description>,
    /// The upload; none for what came with the service.
    pub upload: Option<RuleVersion>,
    /// Where it stands.
    pub state: State,
    /// Whether it prices now or will, in quarantine too.
    pub is_switched_on: bool,
    /// The cases that count.
    pub cases: Vec<CaseRun>,
    /// What was decided about it, the newest first.
    pub events: Vec<Event>,
    /// Its activations, the newest first.
    pub activations: Vec<RuleActivation>,
}

impl RuleSeen {
    /// Whether a case comes to something else than it expects.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.cases.iter().any(|case| !case.differences.is_empty())
    }

    fn newest(&self, kinds: &[EventKind]) -> Option<&Event> {
        self.events.iter().find(|event| kinds.contains(&event.kind))
    }

    /// The approval that counts.
    #[must_use]
    pub fn approval(&self) -> Option<&Event> {
        self.newest(&[EventKind::Approve, EventKind::Decline]).filter(|event| event.kind == EventKind::Approve)
    }

    /// Whether it is retired.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.newest(&[EventKind::Retire]).is_some()
    }

    /// Whether it is in quarantine.
    #[must_use]
    pub fn is_quarantined(&self) -> bool {
        let newest = self.newest(&[EventKind::Quarantine, EventKind::LiftQuarantine]);
        newest.is_some_and(|event| event.kind == EventKind::Quarantine)
    }

    /// Whether somebody may approve or decline it.
    #[must_use]
    pub fn can_be_decided(&self) -> bool {
        !self.is_switched_on && !self.is_retired() && self.activations.is_empty()
    }

    /// Whether it may be switched on: approved or in force before, with cases that pass, neither retired nor in
    /// quarantine.
    #[must_use]
    pub fn can_be_switched_on(&self) -> bool {
        let stood = self.approval().is_some() || !self.activations.is_empty();
        stood && !self.fails() && !self.is_retired() && !self.is_quarantined()
    }

    /// Somebody other than the person who has put their name to it: the approver, or else the uploader, or whoever
    /// switched it on or approved it before.
    #[must_use]
    pub fn second(&self, person: PersonId) -> Option<Actor> {
        let approver = self.approval().and_then(|event| event.person_id);
        let uploader = self.upload.as_ref().map(|upload| upload.uploaded_by);
        let before = self.activations.iter().flat_map(|row| [row.approved_by.person(), row.recorded_by.person()]);
        let second = [approver, uploader].into_iter().chain(before).flatten().find(|other| *other != person);
        second.map(|person| Actor::Council { person })
    }
}

/// What prices from when, as far as it is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// What prices periods that start today.
    pub now: Option<RuleActivation>,
    /// What will, by its first day.
    pub comes: Vec<(NaiveDate, RuleActivation)>,
}

impl Timeline {
    /// From activations, the newest first.
    #[must_use]
    pub fn of(activations: &[RuleActivation], today: NaiveDate) -> Self {
        let now = counting(activations, today).cloned();
        let mut days: Vec<NaiveDate> =
            activations.iter().map(|row| row.active_from).filter(|day| *day > today).collect();
        days.sort_unstable();
        days.dedup();
        let (mut before, mut comes) = (now.clone(), Vec::new());
        for day in days {
            let then = counting(activations, day);
            if let Some(then) = then.filter(|then| before.as_ref().map(|row| row.id) != Some(then.id)) {
                comes.push((day, then.clone()));
                before = Some(then.clone());
            }
        }
        Self { now, comes }
    }

    fn first_day(&self, digest: &str) -> Option<NaiveDate> {
        self.comes.iter().find(|(_, row)| row.component_digest == digest).map(|(day, _)| *day)
    }

    fn is_now(&self, digest: &str) -> bool {
        self.now.as_ref().is_some_and(|row| row.component_digest == digest)
    }
}

/// Every version that the council has or may use: its uploads, what came with the service, and whatever was ever in
/// force. The newest upload comes first.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn seen(tx: &mut Tx<'_>, pricer: &dyn Pricer, today: NaiveDate) -> Result<(Timeline, Vec<RuleSeen>)> {
    let activations = rule::activations(tx).await?;
    let events = events(tx).await?;
    let timeline = Timeline::of(&activations, today);
    let mut found: Vec<RuleSeen> = Vec::new();
    for upload in versions(tx).await? {
        let cases = cases(tx, &upload.digest).await?;
        found.push(RuleSeen {
            name: upload.name.clone(),
            version: upload.version.clone(),
            interface: Some(upload.interface.clone()),
            description: Some(upload.description.clone()),
            cases,
            ..of_digest(&upload.digest)
        });
        if let Some(last) = found.last_mut() {
            last.upload = Some(upload);
        }
    }
    let offered: BTreeMap<String, CheckedRule> =
        pricer.bundled().into_iter().map(|rule| (rule.digest.0.clone(), rule)).collect();
    for (digest, rule) in offered {
        if !found.iter().any(|seen| seen.digest == digest) {
            found.push(RuleSeen {
                name: rule.description.name.clone(),
                version: rule.description.version.clone(),
                interface: Some(rule.interface),
                description: Some(rule.description),
                ..of_digest(&digest)
            });
        }
    }
    for row in &activations {
        if !found.iter().any(|seen| seen.digest == row.component_digest) {
            let (name, version) = (row.pack.clone(), row.version.clone());
            found.push(RuleSeen { name, version, ..of_digest(&row.component_digest) });
        }
    }
    for seen in &mut found {
        let own = |digest: &str| digest == seen.digest;
        seen.events = events.iter().filter(|event| own(&event.digest)).cloned().collect();
        seen.activations = activations.iter().filter(|row| own(&row.component_digest)).cloned().collect();
        seen.is_switched_on = timeline.is_now(&seen.digest) || timeline.first_day(&seen.digest).is_some();
        seen.state = state(seen, &timeline);
    }
    Ok((timeline, found))
}

fn of_digest(digest: &str) -> RuleSeen {
    RuleSeen {
        digest: digest.to_owned(),
        name: String::new(),
        version: String::new(),
        interface: None,
        description: None,
        upload: None,
        state: State::Checked,
        is_switched_on: false,
        cases: Vec::new(),
        events: Vec::new(),
        activations: Vec::new(),
    }
}

fn state(seen: &RuleSeen, timeline: &Timeline) -> State {
    if seen.is_quarantined() {
        return State::Quarantined;
    }
    if timeline.is_now(&seen.digest) {
        return State::InForce;
    }
    if let Some(day) = timeline.first_day(&seen.digest) {
        return State::Comes(day);
    }
    if seen.is_retired() {
        return State::Retired;
    }
    if !seen.activations.is_empty() {
        return State::Earlier;
    }
    match seen.newest(&[EventKind::Approve, EventKind::Decline]).map(|event| event.kind) {
        Some(EventKind::Decline) => State::Declined,
        _ if seen.fails() => State::Failing,
        Some(_) => State::Approved,
        None if seen.upload.is_none() => State::Offered,
        None => State::Checked,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::{DateTime, Days, Utc};
    use counterfoil_core::ids::RuleId;
    use uuid::Uuid;

    use super::*;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 4, 1).unwrap() + Days::new(number)
    }

    /// The first is recorded last.
    fn rows(rows: &[(&str, u64)]) -> Vec<RuleActivation> {
        let row = |(number, (digest, from)): (usize, &(&str, u64))| RuleActivation {
            id: RuleId::from_uuid(Uuid::from_u128(number as u128)),
            component_digest: (*digest).to_owned(),
            pack: String::new(),
            version: String::new(),
            active_from: day(*from),
            recorded_at: DateTime::<Utc>::UNIX_EPOCH,
            recorded_by: Actor::system("one"),
            approved_by: Actor::system("other"),
        };
        rows.iter().enumerate().map(row).collect()
    }

    fn shown(timeline: &Timeline) -> (Option<String>, Vec<(NaiveDate, String)>) {
        let now = timeline.now.as_ref().map(|row| row.component_digest.clone());
        (now, timeline.comes.iter().map(|(day, row)| (*day, row.component_digest.clone())).collect())
    }

    #[test]
    fn what_was_recorded_last_counts_from_its_first_day_on() {
        let timeline = Timeline::of(&rows(&[("new", 20), ("old", 0)]), day(10));
        assert_eq!(shown(&timeline), (Some("old".to_owned()), vec![(day(20), "new".to_owned())]));
    }

    #[test]
    fn rolling_back_takes_the_place_of_everything_that_begins_later() {
        let timeline = Timeline::of(&rows(&[("old", 15), ("newer", 30), ("new", 5), ("old", 0)]), day(10));
        assert_eq!(shown(&timeline), (Some("new".to_owned()), vec![(day(15), "old".to_owned())]));
    }

    #[test]
    fn before_the_first_day_nothing_is_in_force() {
        let timeline = Timeline::of(&rows(&[("first", 20)]), day(10));
        assert_eq!(shown(&timeline), (None, vec![(day(20), "first".to_owned())]));
    }
}
