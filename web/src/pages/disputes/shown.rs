//! A dispute as both sides see it: a row, a line of a file, and its page with what can be done now.

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::dispute::{DisputeEvent, DisputeReason, DisputeState};
use counterfoil_core::money::Money;
use counterfoil_core::side::Side;
use counterfoil_tenants::dispute::{DisputeSeen, Listed, Wanted};
use serde::Serialize;

use crate::export::{Cell, Sheet};
use crate::form::FormShown;
use crate::london;
use crate::pages::talk::shown::{Mark, Said, said};
use crate::table::{Filter, FilterKind, TableQuery};

/// Rows of a page.
pub(super) const PAGE: u32 = 50;
/// Rows of a file, at most.
pub(super) const MOST: i64 = 10_000;

pub(super) const STATE: Filter = Filter {
    name: "state",
    label: "State",
    kind: FilterKind::Choice(&[
        ("open", "Waits for an answer"),
        ("agreed", "Agreed"),
        ("not-agreed", "Not agreed"),
        ("closed", "Closed"),
        ("withdrawn", "Withdrawn"),
    ]),
};
pub(super) const REASON: Filter = Filter {
    name: "reason",
    label: "Reason",
    kind: FilterKind::Choice(&[
        ("quantity", "Quantity"),
        ("rate", "Rate or price"),
        ("planned_hours", "Planned hours"),
        ("suspended_or_rejected", "Suspended or rejected line"),
        ("not_paid", "Not paid"),
        ("paid_too_much", "Paid too much"),
        ("other", "Something else"),
    ]),
};

/// What an address asks for, apart from the contract.
pub(super) fn wanted(query: &TableQuery, limit: i64) -> Wanted {
    let named = |name: &str| query.filter(name).map(str::to_owned);
    Wanted {
        state: named("state").and_then(|name| DisputeState::ALL.into_iter().find(|state| state.name() == name)),
        awaits: named("awaits").and_then(|name| Side::BOTH.into_iter().find(|side| side.code() == name)),
        reason: named("reason").and_then(|code| DisputeReason::ALL.into_iter().find(|reason| reason.code() == code)),
        contract: None,
        words: named("words"),
        offset: 0,
        limit,
    }
}

/// A row of a table.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    href: String,
    person: String,
    week: String,
    contract: String,
    line: Option<String>,
    provider: Option<String>,
    reason: &'static str,
    state: &'static str,
    tag: &'static str,
    is_overdue: bool,
    awaits: &'static str,
    respond_by: Option<String>,
    opened: String,
    opened_by: &'static str,
    changed: String,
    messages: Option<Mark>,
}

impl Row {
    /// `home` is where the disputes are; `me` the side that looks.
    pub(super) fn of(listed: &Listed, home: &str, me: Side, now: DateTime<Utc>) -> Self {
        let unread = i32::try_from(listed.unread).unwrap_or(i32::MAX);
        Self {
            href: format!("{home}/{}", listed.id),
            person: listed.person.clone(),
            week: london::span(listed.week.0, listed.week.1),
            contract: listed.contract.clone(),
            line: listed.line.as_ref().map(line),
            provider: listed.provider.clone(),
            reason: listed.reason.words(),
            state: listed.state.words(),
            tag: match listed.state {
                DisputeState::Open => "govuk-tag--yellow",
                DisputeState::Agreed => "govuk-tag--green",
                DisputeState::NotAgreed => "govuk-tag--orange",
                DisputeState::Closed | DisputeState::Withdrawn => "govuk-tag--grey",
            },
            is_overdue: listed.is_overdue(now),
            awaits: whom(listed.state.awaits(listed.opened_by), me),
            respond_by: (listed.state == DisputeState::Open).then(|| london::deadline(listed.respond_by)),
            opened: london::moment(listed.opened_at),
            opened_by: listed.opened_by.words(),
            changed: london::moment(listed.changed_at),
            messages: Mark::of((unread, unread)),
        }
    }
}

fn line((number, reference): &(u32, String)) -> String {
    format!("Line {}: {reference}", number.saturating_add(1))
}

/// Who has to do something, as one side reads it.
const fn whom(awaits: Option<Side>, me: Side) -> &'static str {
    match (awaits, me) {
        (None, _) => "Nobody",
        (Some(Side::Provider), Side::Provider) => "You",
        (Some(Side::Council), Side::Council) => "Us, the council",
        (Some(side), _) => side.words(),
    }
}

/// Disputes as a file.
pub(super) fn sheet(rows: &[Listed], me: Side, now: DateTime<Utc>) -> Sheet {
    let day = |at: DateTime<Utc>| Cell::Day(local_time(at).date());
    let row = |listed: &Listed| {
        vec![
            Cell::words(listed.id.to_string()),
            Cell::words(listed.claim.to_string()),
            Cell::words(listed.person.clone()),
            Cell::Day(listed.week.0),
            Cell::Day(listed.week.1),
            Cell::words(listed.provider.clone().unwrap_or_default()),
            Cell::words(listed.contract.clone()),
            listed.line.as_ref().map_or(Cell::Nothing, |named| Cell::words(line(named))),
            Cell::words(listed.reason.words()),
            Cell::words(listed.state.words()),
            Cell::words(whom(listed.state.awaits(listed.opened_by), me)),
            Cell::words(listed.opened_by.words()),
            day(listed.opened_at),
            if listed.state == DisputeState::Open {
                Cell::words(london::deadline(listed.respond_by))
            } else {
                Cell::Nothing
            },
            Cell::words(if listed.is_overdue(now) { "Overdue" } else { "" }),
            day(listed.changed_at),
            listed.wanted_pence.map_or(Cell::Nothing, |pence| Cell::Money(Money::from_pence(pence))),
        ]
    };
    Sheet {
        name: "disputes".to_owned(),
        headings: vec![
            "Dispute",
            "Claim",
            "Person",
            "Care from",
            "Care to",
            "Provider",
            "Contract",
            "Line",
            "Reason",
            "State",
            "Waits for",
            "Opened by",
            "Opened",
            "Respond by",
            "Overdue",
            "Changed",
            "Amount that is right",
        ],
        rows: rows.iter().map(row).collect(),
    }
}

/// One thing that can be done now.
#[derive(Debug, Serialize)]
struct Choice {
    value: &'static str,
    text: &'static str,
    hint: Hint,
}

#[derive(Debug, Serialize)]
struct Hint {
    text: &'static str,
}

/// A dispute's page.
#[derive(Debug, Serialize)]
pub(super) struct DisputePage {
    row: Row,
    /// Where the disputes are, and this one.
    home: String,
    here: String,
    claim: String,
    wanted: String,
    amount: Option<String>,
    version: u32,
    said: Vec<Said>,
    choices: Vec<Choice>,
    /// Whether whoever looks may write.
    writes: bool,
    /// What to do now that it is agreed, with where.
    next: Option<Next>,
    form: FormShown,
}

/// Where what was agreed is put right.
#[derive(Debug, Serialize)]
struct Next {
    words: &'static str,
    href: String,
    text: &'static str,
}

impl DisputePage {
    /// `home` is where the side's pages at the council begin.
    pub(super) fn of(
        seen: &DisputeSeen,
        home: &str,
        (me, writes): (Side, bool),
        now: DateTime<Utc>,
        form: FormShown,
    ) -> Self {
        let (dispute, listed) = (&seen.dispute, &seen.listed);
        let disputes = format!("{home}/disputes");
        let claim = format!("{home}/claims/{}", dispute.claim_id);
        let choices = choices(dispute.state, me, dispute.opened_by);
        Self {
            row: Row::of(listed, &disputes, me, now),
            here: format!("{disputes}/{}", dispute.id),
            home: disputes,
            wanted: dispute.wanted.clone(),
            amount: dispute.wanted_pence.map(|sum| sum.to_string()),
            version: dispute.version,
            said: said(&seen.messages, &claim, true),
            writes: writes && !choices.is_empty(),
            choices,
            next: (dispute.state == DisputeState::Agreed).then(|| next(me, &claim)),
            form,
            claim,
        }
    }
}

fn choices(state: DisputeState, me: Side, opened_by: Side) -> Vec<Choice> {
    let may = |event: &DisputeEvent| state.after(*event, me, opened_by).is_ok();
    DisputeEvent::LATER.into_iter().filter(may).map(choice).collect()
}

const fn choice(event: DisputeEvent) -> Choice {
    let (text, hint) = match event {
        DisputeEvent::Open | DisputeEvent::Write => ("Write a message", "The dispute stays as it is"),
        DisputeEvent::Agree => ("Agree", "No money moves by this alone: the page then says how the claim is put right"),
        DisputeEvent::Disagree => ("Do not agree", "Say why in the message"),
        DisputeEvent::AnswerBack => ("Answer back", "The other side then has the same time again to answer"),
        DisputeEvent::Close => ("Close the dispute", "It is settled, or there is no more to say"),
        DisputeEvent::Withdraw => ("Withdraw the dispute", "It was a mistake, or no longer matters"),
    };
    Choice { value: event.code(), text, hint: Hint { text: hint } }
}

fn next(me: Side, claim: &str) -> Next {
    match me {
        Side::Council => Next {
            words: "Both sides agree. Put it right on the claim: decide what is suspended on it, or correct the plan or rate so \
                    that it is priced again. The next run pays or recovers the difference.",
            href: claim.to_owned(),
            text: "Decide or reprice the claim",
        },
        Side::Provider => Next {
            words: "Both sides agree. If the actuals have to change, take the confirmation back, correct them and confirm again. \
                    What the council has to correct, it corrects on its side. The next run pays or recovers the difference.",
            href: claim.to_owned(),
            text: "Take back and correct the claim",
        },
    }
}
