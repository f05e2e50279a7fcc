//! The pages of an invoice that is being written: what there is to choose from, and the form with what the council's rule
//! makes of it line by line.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use counterfoil_core::actuals_file::{OpenClaim, OpenLine};
use counterfoil_core::invoice::{Difference, read_amount};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::facts::Recording;
use counterfoil_core::pricing::words::{Said, units};
use counterfoil_tenants::claim::{OpenContract, ReasonOffered};
use counterfoil_tenants::reason::ReasonKind;
use counterfoil_tenants::steps::price_actuals::PricedActuals;
use counterfoil_tenants::steps::submit_invoice::{PricedLine, lines_of, total_of};
use serde::Serialize;
use uuid::Uuid;

use super::{Sheet, looked, worked_out};
use crate::access::ForOrganisationAt;
use crate::form::{Errors, FormShown, Typed};
use crate::london;
use crate::pages::invoices::form::{is_editable, name};
use crate::pages::invoices::{against, difference, home, quantity};

/// What was chosen before the form.
pub(super) struct Chosen {
    pub(super) weeks: BTreeSet<NaiveDate>,
    pub(super) submission: Uuid,
    /// The contract in words.
    pub(super) label: String,
}

/// A contract or weeks to choose.
#[derive(Serialize)]
pub(super) struct Offered {
    home: String,
    pub(super) form: FormShown,
    /// Why nothing can be invoiced here.
    closed: Option<String>,
    /// While the contract is to be chosen.
    contracts: Vec<Choice>,
    /// The contract that was chosen, with its weeks.
    contract: Option<Choice>,
    weeks: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

impl Offered {
    fn of(home: String) -> Self {
        Self { home, form: FormShown::empty(), closed: None, contracts: Vec::new(), contract: None, weeks: Vec::new() }
    }

    /// Where the council takes no invoices.
    pub(super) fn closed(home: String, council: &str) -> Self {
        let words = format!(
            "{council} takes no invoices that providers write. It makes the claims itself: confirm them under payments."
        );
        Self { closed: Some(words), ..Self::of(home) }
    }

    /// Contracts with weeks that can be invoiced.
    pub(super) fn contracts(home: String, open: &[OpenContract]) -> Self {
        let mut contracts: Vec<Choice> = Vec::new();
        for one in open {
            let value = one.contract.to_string();
            if contracts.last().is_none_or(|last| last.value != value) {
                contracts.push(Choice { value, text: super::label(one) });
            }
        }
        Self { contracts, ..Self::of(home) }
    }

    /// The weeks of one.
    pub(super) fn weeks(home: String, of: &[&OpenContract]) -> Self {
        let contract = of.first().map(|one| Choice { value: one.contract.to_string(), text: super::label(one) });
        let week = |one: &&OpenContract| {
            let claims = if one.claims == 1 { "1 person".to_owned() } else { format!("{} people", one.claims) };
            Choice { value: one.ends.to_string(), text: format!("Ending {}, {claims}", london::day(one.ends)) }
        };
        Self { contract, weeks: of.iter().map(week).collect(), ..Self::of(home) }
    }
}

/// The form.
#[derive(Serialize)]
pub(super) struct FormPage {
    home: String,
    here: String,
    form: FormShown,
    contract: String,
    label: String,
    weeks: Vec<String>,
    submission: String,
    claims: Vec<ClaimRow>,
    /// How many claims of the chosen weeks are for another invoice.
    left: usize,
    taken: Vec<Taken>,
    reasons: Vec<Reason>,
    visits_required: bool,
    totals: Option<Totals>,
    /// What the figures were that this page shows.
    looked: String,
    used: Option<(String, String)>,
    name: String,
    declaration: String,
    asks_declaration: bool,
    /// Why there is no price.
    problem: Option<String>,
}

/// A claim of the chosen weeks that cannot be invoiced.
#[derive(Serialize)]
struct Taken {
    person: String,
    care: String,
    href: String,
    state: &'static str,
    /// The invoice that did it before: address and number.
    invoice: Option<(String, String)>,
}

#[derive(Serialize)]
struct Reason {
    code: String,
    words: String,
}

#[derive(Serialize)]
struct ClaimRow {
    value: String,
    person: String,
    care: String,
    actuals: String,
    lines: Vec<LineRow>,
}

#[derive(Serialize)]
struct LineRow {
    /// The names of its fields begin with this.
    name: String,
    reference: String,
    service: String,
    planned: String,
    unit: &'static str,
    editable: bool,
    actual: String,
    frustrated: String,
    reason: String,
    visits: String,
    comment: String,
    expect: String,
    check: Option<Check>,
}

/// What the council's rule makes of a line.
#[derive(Serialize)]
struct Check {
    priced: Option<String>,
    worked_out: Vec<Said>,
    against: Option<String>,
    /// How far what is invoiced is from it, where it is.
    difference: Option<String>,
    withheld: Option<String>,
}

#[derive(Serialize)]
struct Totals {
    invoiced: String,
    priced: String,
    difference: String,
    differs: bool,
}

impl FormPage {
    pub(super) fn of(
        sheet: Sheet<'_>,
        pass: &ForOrganisationAt,
        (typed, errors): (&Typed, &Errors),
        problem: Option<String>,
    ) -> Self {
        let (draft, chosen, home) = (sheet.draft, sheet.chosen, home(pass));
        let claims_home = format!("{}/claims", pass.home());
        let claims = draft.claims.iter().enumerate();
        let invoiced = |at: usize, claim: &OpenClaim| {
            let amount = |line: &OpenLine| read_amount(typed.raw(&name(at, line.number, "expect"))).unwrap_or_default();
            claim.lines.iter().map(amount).collect::<Vec<_>>()
        };
        let all = Money::total(claims.clone().flat_map(|(at, claim)| invoiced(at, claim))).unwrap_or_default();
        let total = sheet.priced.map(|priced| Difference { expected: all, priced: total_of(priced) });
        let reason = |of: &ReasonOffered| Reason { code: of.code.clone(), words: of.words.clone() };
        Self {
            here: format!("{home}/new"),
            form: FormShown::returned(typed, errors),
            contract: draft.contract.to_string(),
            label: chosen.label.clone(),
            weeks: chosen.weeks.iter().map(ToString::to_string).collect(),
            submission: chosen.submission.to_string(),
            claims: claims.map(|(at, claim)| ClaimRow::of(at, claim, &claims_home, sheet, typed)).collect(),
            left: draft.left,
            taken: draft
                .taken
                .iter()
                .map(|(claim, invoice)| Taken {
                    person: claim.person.clone(),
                    care: london::span(claim.starts, claim.ends),
                    href: format!("{claims_home}/{}", claim.id),
                    state: draft.vocabulary.state(claim.state),
                    invoice: invoice.as_ref().map(|of| (format!("{home}/{}", of.id), of.number.clone())),
                })
                .collect(),
            reasons: draft.reasons.iter().filter(|of| of.kind == ReasonKind::Frustrated).map(reason).collect(),
            visits_required: draft.visits_required,
            totals: total.map(|of| Totals {
                invoiced: of.expected.to_string(),
                priced: of.priced.to_string(),
                difference: difference(of),
                differs: !of.is_none(),
            }),
            looked: total.map(looked).unwrap_or_default(),
            used: sheet.used.map(|of| (format!("{home}/{}", of.id), of.number.clone())),
            name: pass.provider.me.access.name().to_owned(),
            declaration: draft.declaration.clone(),
            asks_declaration: draft.asks_declaration(),
            problem,
            home,
        }
    }
}

impl ClaimRow {
    fn of(at: usize, claim: &OpenClaim, claims_home: &str, sheet: Sheet<'_>, typed: &Typed) -> Self {
        let priced = sheet.priced.and_then(|all| all.iter().find(|priced| priced.claim == claim.id));
        // what was seen when the form was opened, however often it was shown again since
        let id = claim.id.to_string();
        let seen = typed.all("claim").find(|value| value.split(':').next() == Some(id.as_str()));
        Self {
            value: seen.map_or_else(|| format!("{id}:{}", claim.version), str::to_owned),
            person: claim.person.clone(),
            care: london::span(claim.starts, claim.ends),
            actuals: format!("{claims_home}/{id}/actuals"),
            lines: claim.lines.iter().map(|line| LineRow::of((at, claim), line, (sheet, priced), typed)).collect(),
        }
    }
}

impl LineRow {
    fn of(
        (at, claim): (usize, &OpenClaim),
        line: &OpenLine,
        (sheet, priced): (Sheet<'_>, Option<&PricedActuals>),
        typed: &Typed,
    ) -> Self {
        let timetabled = claim.recording == Recording::Timetabled;
        let value = |what: &str| typed.raw(&name(at, line.number, what)).to_owned();
        let unit = if timetabled { "" } else { units(line.unit) };
        let expect = value("expect");
        let check = priced.and_then(|priced| {
            let known = lines_of(priced).remove(&line.number)?;
            let said = worked_out(sheet.draft, &sheet.draft.words, priced, line.number);
            Some(Check::of(&known, said, (read_amount(&expect).ok(), timetabled, unit)))
        });
        Self {
            name: name(at, line.number, "").trim_end_matches('-').to_owned(),
            reference: line.reference.clone(),
            service: line.service.clone(),
            planned: quantity(line.planned.total(), timetabled, unit),
            unit,
            editable: is_editable(claim, line),
            actual: value("actual"),
            frustrated: value("frustrated"),
            reason: value("reason"),
            visits: value("visits"),
            comment: typed.lines(&name(at, line.number, "comment")),
            expect,
            check,
        }
    }
}

impl Check {
    fn of(line: &PricedLine, worked_out: Vec<Said>, (expect, timetabled, unit): (Option<Money>, bool, &str)) -> Self {
        let stated = &line.quantities;
        let delivered = stated.delivered.saturating_add(stated.extra);
        let both = expect.zip(line.priced).map(|(expected, priced)| Difference { expected, priced });
        Self {
            priced: line.priced.map(|sum| sum.to_string()),
            worked_out,
            against: against(stated.planned, (delivered, stated.frustrated), timetabled, unit),
            difference: both.filter(|both| !both.is_none()).map(difference),
            withheld: (!line.withheld.is_zero()).then(|| line.withheld.to_string()),
        }
    }
}
