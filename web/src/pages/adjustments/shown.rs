//! An adjustment as both sides see it: a row, and what it means for the plan and for weeks that were claimed.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::adjustment::weekly;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::plan::{LineVersion, version_for};
use counterfoil_core::pricing::words::amount;
use counterfoil_tenants::adjustment::{AdjustmentSeen, Listed, Outcome, Reach, State};
use serde::Serialize;

use crate::form::FormShown;
use crate::london;
use crate::pages::contracts::words;
use crate::table::{Filter, FilterKind, TableQuery, TableShown};

/// Rows of a page.
pub(super) const PAGE: u32 = 50;

/// Where they stand.
pub(super) const STATE: Filter = Filter {
    name: "state",
    label: "State",
    kind: FilterKind::Choice(&[
        ("open", "Waiting"),
        ("accepted", "Accepted"),
        ("rejected", "Rejected"),
        ("withdrawn", "Withdrawn"),
    ]),
};

/// What they are about.
pub(super) const REFERENCE: Filter = Filter { name: "reference", label: "Reference", kind: FilterKind::Words };

/// The state that an address asks for.
pub(super) fn state(query: &TableQuery) -> Option<State> {
    let asked = query.filter("state")?;
    State::ALL.into_iter().find(|state| state.code() == asked)
}

const fn tag(state: State) -> &'static str {
    match state {
        State::Open => "govuk-tag--yellow",
        State::Answered(Outcome::Accepted) => "govuk-tag--green",
        State::Answered(Outcome::Rejected) => "govuk-tag--red",
        State::Answered(Outcome::Withdrawn) => "govuk-tag--grey",
    }
}

/// `from 1 December 2024`, `from 1 to 14 December 2024`.
pub(super) fn days((from, to): (NaiveDate, Option<NaiveDate>)) -> String {
    match to {
        Some(to) => format!("from {}", london::span(from, to)),
        None => format!("from {} on", london::day(from)),
    }
}

/// The page of the table.
#[derive(Serialize)]
pub(super) struct ListPage {
    pub(super) heading: String,
    pub(super) table: TableShown,
    pub(super) adjustments: Vec<Row>,
    /// Whether each row says who asks.
    pub(super) with_provider: bool,
}

/// A row of a table.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct Row {
    href: String,
    number: u32,
    line: String,
    person: String,
    contract: String,
    provider: Option<String>,
    days: String,
    quantity: String,
    state: &'static str,
    tag: &'static str,
    asked: String,
}

impl Row {
    /// `home` is where the adjustments are.
    pub(in crate::pages) fn of(listed: &Listed, home: &str) -> Self {
        Self {
            href: format!("{home}/{}", listed.id),
            number: listed.number,
            line: listed.line.clone(),
            person: listed.person.clone(),
            contract: listed.contract.clone(),
            provider: listed.provider.clone(),
            days: days(listed.days),
            quantity: amount(listed.quantity, listed.unit),
            state: listed.state.words(),
            tag: tag(listed.state),
            asked: london::moment(listed.asked_at),
        }
    }
}

/// The page of one.
#[derive(Serialize)]
pub(super) struct Page {
    pub(super) is_council: bool,
    pub(super) home: String,
    pub(super) here: String,
    pub(super) row: Row,
    /// The line's page, and the contract's.
    pub(super) line: String,
    pub(super) contract: String,
    /// The claim beside which it was asked for.
    pub(super) claim: Option<(String, String)>,
    pub(super) wanted: String,
    pub(super) wanted_days: String,
    pub(super) why: String,
    pub(super) asked: String,
    /// What was planned on its first day before it was answered.
    pub(super) before: String,
    pub(super) answer: Option<AnswerShown>,
    pub(super) weeks: Vec<Week>,
    pub(super) reach: String,
    /// Whether whoever looks may take it back.
    pub(super) withdraws: bool,
    /// The council's form.
    pub(super) decides: Option<Deciding>,
    pub(super) form: FormShown,
}

/// What a council's form needs.
#[derive(Serialize)]
pub(super) struct Deciding {
    pub(super) timetabled: bool,
    /// The unit, in the plural.
    pub(super) unit: String,
    pub(super) seen: u32,
}

/// What became of one.
#[derive(Debug, Serialize)]
pub(super) struct AnswerShown {
    accepted: bool,
    withdrawn: bool,
    becomes: Option<String>,
    days: Option<String>,
    reason: String,
    by: String,
}

/// A week that it reaches.
#[derive(Debug, Serialize)]
pub(super) struct Week {
    href: Option<String>,
    days: String,
    state: &'static str,
    means: &'static str,
}

/// The plan of a line on a day, in a line; as it was before a version was recorded, where one is named.
pub(super) fn plan_on(
    versions: &[LineVersion],
    day: NaiveDate,
    (before, now): (Option<u32>, DateTime<Utc>),
) -> Option<(&LineVersion, String)> {
    let count =
        before.map_or(versions.len(), |before| versions.iter().take_while(|version| version.version < before).count());
    let version = version_for(versions.get(..count).unwrap_or(versions), day, now)?;
    Some((version, planned(version)))
}

fn planned(version: &LineVersion) -> String {
    let said = words::plan(&version.plan, version.unit);
    let sum = amount(weekly(&version.plan, version.unit), version.unit);
    if said.starts_with(&sum) { said } else { format!("{said} ({sum} a week)") }
}

/// What became of one, in words.
pub(super) fn answered(seen: &AdjustmentSeen) -> Option<AnswerShown> {
    let answer = seen.answer.as_ref()?;
    let recorded = answer.recorded_version;
    let becomes = seen.versions.iter().find(|version| Some(version.version) == recorded).map(planned);
    Some(AnswerShown {
        accepted: answer.outcome == Outcome::Accepted,
        withdrawn: answer.outcome == Outcome::Withdrawn,
        becomes,
        days: answer.covers_from.map(|from| days((from, answer.covers_to))),
        reason: answer.reason.clone(),
        by: format!("{} on {}", answer.answerer, london::moment(answer.answered_at)),
    })
}

/// The weeks that it reaches; `claims` is where they are, for whoever sees them.
pub(super) fn weeks(seen: &AdjustmentSeen, claims: Option<&str>) -> Vec<Week> {
    let week = |reach: &Reach| Week {
        href: claims.map(|claims| format!("{claims}/{}", reach.claim)),
        days: london::span(reach.starts, reach.ends),
        state: seen.vocabulary.state(reach.state),
        means: match reach.state {
            ClaimState::Generated | ClaimState::Stated => "It is measured against the new plan.",
            ClaimState::Confirmed => "It is priced again against the new plan before it is paid.",
            ClaimState::Locked | ClaimState::Paid => {
                "It is priced again. The difference is paid or recovered in the next run."
            }
        },
    };
    seen.reaches.iter().map(week).collect()
}

/// The same in a sentence.
pub(super) fn reach(seen: &AdjustmentSeen) -> String {
    let paid = seen.reaches.iter().filter(|reach| matches!(reach.state, ClaimState::Locked | ClaimState::Paid)).count();
    match (seen.reaches.len(), paid) {
        (0, _) => "It reaches no week that was claimed yet.".to_owned(),
        (1, 0) => "It reaches 1 week that was claimed, which is not in a payment run yet.".to_owned(),
        (all, 0) => format!("It reaches {all} weeks that were claimed. None of them is in a payment run yet."),
        (1, _) => "It reaches 1 week that was claimed, which is in a payment run or paid by now.".to_owned(),
        (all, paid) => {
            format!("It reaches {all} weeks that were claimed, of which {paid} in a payment run or paid by now.")
        }
    }
}

impl Page {
    /// What both sides see; `at` is where a side's pages begin, `home` where the adjustments are.
    pub(super) fn of(
        seen: &AdjustmentSeen,
        (at, home): (&str, &str),
        claims: Option<String>,
        now: DateTime<Utc>,
    ) -> Self {
        let asked = &seen.asked;
        let first = seen.listed.days.0;
        let recorded = seen.answer.as_ref().and_then(|answer| answer.recorded_version);
        let before = plan_on(&seen.versions, first, (recorded, now)).map(|(_, plan)| plan);
        Self {
            is_council: false,
            here: format!("{home}/{}", asked.id),
            home: home.to_owned(),
            row: Row::of(&seen.listed, home),
            line: format!("{at}/contracts/lines/{}", asked.service_line_id),
            contract: format!("{at}/contracts/{}", asked.contract_id),
            claim: claims.as_ref().zip(asked.claim_id).map(|(claims, claim)| {
                let week = seen.reaches.iter().find(|reach| reach.claim == claim);
                let words = week.map_or_else(|| "The claim".to_owned(), |week| london::span(week.starts, week.ends));
                (format!("{claims}/{claim}"), words)
            }),
            wanted: amount(asked.wanted, asked.unit),
            wanted_days: days((asked.wanted_from, asked.wanted_to)),
            why: asked.why.clone(),
            asked: format!("{} on {}", asked.asker, london::moment(asked.asked_at)),
            before: before.unwrap_or_else(|| "Nothing".to_owned()),
            answer: answered(seen),
            weeks: weeks(seen, claims.as_deref()),
            reach: reach(seen),
            withdraws: false,
            decides: None,
            form: FormShown::empty(),
        }
    }
}
