//! An invoice that is being written: the claims that it is for, what was typed about each of their lines, and the statements
//! and amounts that this makes. What was entered day by day or visit by visit on a claim's own page is taken as it stands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use counterfoil_core::actuals_file::{OpenClaim, OpenLine};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::ids::{ClaimId, ContractId};
use counterfoil_core::invoice::{Reference, ReferenceError, check_date, read_amount};
use counterfoil_core::language::Language;
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::facts::{Day, Recording, Span};
use counterfoil_core::pricing::words::Words;
use counterfoil_core::statement::{Actuals, LineStatement, StatedCare, Statement};
use counterfoil_tenants::claim::{self, ReasonOffered};
use counterfoil_tenants::explanation;
use counterfoil_tenants::invoice::{self, Of};
use counterfoil_tenants::profile;
use counterfoil_tenants::reason::ReasonKind;
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::steps::state_actuals::ToState;
use counterfoil_tenants::steps::submit_invoice::{InvoicedClaim, MOST_CLAIMS};

use crate::access::{ForOrganisationAt, Visit};
use crate::actuals::{ValueError, field, quantity, quantity_words, visit_count};
use crate::fault::Fault;
use crate::form::{Errors, Typed, day};

/// The most lines of one invoice, after its first claim: what a page can show.
const MOST_LINES: usize = 30;
/// The longest comment, in characters.
const LONGEST: usize = 2_000;

/// What an invoice is written from.
pub(super) struct Draft {
    pub(super) contract: ContractId,
    /// Those that it is for, in the order of the form.
    pub(super) claims: Vec<OpenClaim>,
    /// How many more of the chosen weeks wait, for another invoice.
    pub(super) left: usize,
    /// Those of the chosen weeks that cannot be invoiced, with the invoice that did it before, if one did.
    pub(super) taken: Vec<(OpenClaim, Option<Of>)>,
    pub(super) reasons: Vec<ReasonOffered>,
    pub(super) visits_required: bool,
    pub(super) vocabulary: Vocabulary,
    /// What a provider declares.
    pub(super) declaration: String,
    /// Of whoever writes it.
    pub(super) words: Words,
    /// What is kept of it, and what is wrong with it, is said in English.
    pub(super) english: Words,
}

/// Reads the claims of a contract whose care ends on certain days. `named` are those that a form is about already: others
/// are left for another invoice.
pub(super) async fn draft(
    visit: &Visit,
    pass: &ForOrganisationAt,
    (contract, ends): (ContractId, &BTreeSet<NaiveDate>),
    named: Option<&BTreeSet<ClaimId>>,
) -> Result<Draft, Fault> {
    let (Some(from), Some(to)) = (ends.first().copied(), ends.last().copied()) else { return Err(Fault::NotFound) };
    let (council, organisation, now) = (pass.council.id, pass.provider.organisation.id, visit.now);
    let today = local_time(now).date();
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let (reasons, visits_required) = claim::offered_own(tx, council, organisation, (contract, to)).await?;
            let mut found = claim::open_own(tx, council, organisation, (&[contract], from, to), now).await?;
            found.retain(|claim| ends.contains(&claim.ends) && claim.ends < today);
            let ids: Vec<ClaimId> = found.iter().map(|claim| claim.id).collect();
            let invoices = invoice::of_claim_own(tx, council, organisation, &ids).await?;
            let shown = profile::shown(tx, today).await?.into_iter().find(|shown| shown.tenant == council);
            let messages = shown.as_ref().map(|shown| shown.messages.clone()).unwrap_or_default();
            let codes = reasons.iter().map(|reason| (reason.code.clone(), reason.words.clone())).collect();
            let explaining = explanation::with_own(tx, council, messages, codes).await?;
            Ok((reasons, visits_required, found, invoices, (shown, explaining)))
        })
        .await;
    let (reasons, visits_required, mut found, invoices, (shown, explaining)) =
        read.map_err(|error| Fault::of(&error))?;
    let mut invoices: BTreeMap<ClaimId, Of> = invoices.into_iter().collect();
    let waits = |claim: &OpenClaim| {
        claim.recording != Recording::None && matches!(claim.state, ClaimState::Generated | ClaimState::Stated)
    };
    // there is nothing to invoice of somebody whose care had ended before
    found.retain(|claim| !waits(claim) || claim.lines.iter().any(|line| line.held.is_some()));
    let (open, taken): (Vec<_>, Vec<_>) = found.into_iter().partition(waits);
    let (mut claims, mut lines, mut left) = (Vec::new(), 0, 0);
    for claim in open {
        let has_room = claims.is_empty() || (claims.len() < MOST_CLAIMS && lines + claim.lines.len() <= MOST_LINES);
        if named.map_or(has_room, |named| named.contains(&claim.id)) {
            lines += claim.lines.len();
            claims.push(claim);
        } else {
            left += 1;
        }
    }
    let (vocabulary, declaration) = match shown {
        Some(shown) => (shown.vocabulary, shown.verification_statement),
        None => (Vocabulary::Actuals, String::new()),
    };
    Ok(Draft {
        contract,
        claims,
        left,
        taken: taken
            .into_iter()
            .map(|claim| (claim.id, claim))
            .map(|(id, claim)| (claim, invoices.remove(&id)))
            .collect(),
        reasons,
        visits_required,
        vocabulary,
        declaration,
        words: visit.words(&explaining),
        english: explaining.words_in(visit.app.words(), Language::English),
    })
}

/// A field of a line of the form's claims, which count from 1 as people do.
pub(super) fn name(claim: usize, line: u32, what: &str) -> String {
    format!("c{}-{}", claim + 1, field(line, what))
}

/// Whether a line's quantities are asked for here.
pub(super) fn is_editable(claim: &OpenClaim, line: &OpenLine) -> bool {
    let actuals = line.stated.as_ref().map(|stated| &stated.actuals);
    claim.recording == Recording::Quantities
        && matches!(actuals, None | Some(Actuals::AsPlanned | Actuals::Period { .. }))
}

/// The statement of a line as it stands: what was stated, or all as planned.
fn as_it_stands(line: &OpenLine) -> LineStatement {
    let planned = LineStatement { line: line.number, actuals: Actuals::AsPlanned, comment: String::new() };
    line.stated.clone().unwrap_or(planned)
}

/// The statement of a claim as it stands.
pub(super) fn stands(claim: &OpenClaim) -> Statement {
    Statement {
        lines: claim.lines.iter().map(as_it_stands).collect(),
        payment_reference: claim.payment_reference.clone(),
        note: claim.note.clone(),
    }
}

/// What the fields hold before anybody types: the plan, or what was stated.
pub(super) fn filled(draft: &Draft) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (at, claim) in draft.claims.iter().enumerate() {
        for line in &claim.lines {
            let stated = as_it_stands(line);
            let mut put = |what: &str, value: String| fields.push((name(at, line.number, what), value));
            match &stated.actuals {
                Actuals::Period { delivered, frustrated, reason, visits } => {
                    put("actual", quantity_words(delivered.raw()));
                    put("frustrated", if frustrated.raw() == 0 { String::new() } else { frustrated.to_string() });
                    put("reason", reason.clone());
                    put("visits", visits.map(|visits| visits.to_string()).unwrap_or_default());
                }
                _ => put("actual", quantity_words(line.planned.total())),
            }
            put("comment", stated.comment);
        }
    }
    fields
}

/// What was typed.
pub(super) struct Read {
    pub(super) number: Option<Reference>,
    pub(super) dated: Option<NaiveDate>,
    pub(super) claims: Vec<InvoicedClaim>,
    /// Whether the quantities can be priced.
    pub(super) priceable: bool,
    pub(super) errors: Errors,
}

/// Reads a form; `seen` are the versions of the claims that it was made from.
pub(super) fn read(draft: &Draft, typed: &Typed, seen: &BTreeMap<ClaimId, u32>, today: NaiveDate) -> Read {
    let mut reading = Reading { draft, typed, errors: Errors::new() };
    let number = reading.number();
    let dated = reading.dated(today);
    let before = reading.errors.iter().count();
    let mut unread = 0;
    let mut claims = Vec::with_capacity(draft.claims.len());
    for (at, claim) in draft.claims.iter().enumerate() {
        let (mut lines, mut expected) = (Vec::with_capacity(claim.lines.len()), BTreeMap::new());
        for line in &claim.lines {
            lines.push(reading.line(at, claim, line));
            match read_amount(typed.raw(&name(at, line.number, "expect"))) {
                Ok(amount) => _ = expected.insert(line.number, amount),
                Err(error) => {
                    unread += 1;
                    reading.wrong(name(at, line.number, "expect"), claim, line, &error.to_string());
                }
            }
        }
        let reference = number.as_ref().map_or(claim.payment_reference.as_str(), Reference::text).to_owned();
        claims.push(InvoicedClaim {
            to_state: ToState {
                claim: claim.id,
                seen: seen.get(&claim.id).copied().unwrap_or(claim.version),
                statement: Statement { lines, payment_reference: reference, note: claim.note.clone() },
            },
            expected,
        });
    }
    let wrong = reading.errors.iter().count();
    Read { number, dated, claims, priceable: wrong == before + unread, errors: reading.errors }
}

struct Reading<'a> {
    draft: &'a Draft,
    typed: &'a Typed,
    errors: Errors,
}

impl Reading<'_> {
    fn number(&mut self) -> Option<Reference> {
        match Reference::read(self.typed.text("number")) {
            Ok(number) => return Some(number),
            Err(ReferenceError::Empty) => self.errors.add("number", "Enter your invoice number"),
            Err(error) => self.errors.add("number", format!("Your invoice number {error}")),
        }
        None
    }

    fn dated(&mut self, today: NaiveDate) -> Option<NaiveDate> {
        let dated = day(self.typed, "dated", "The invoice date", &mut self.errors)?;
        let began = self.draft.claims.iter().map(|claim| claim.starts).max()?;
        match check_date(dated, began, today) {
            Ok(()) => Some(dated),
            Err(error) => {
                self.errors.add("dated-day", error.to_string());
                None
            }
        }
    }

    fn line(&mut self, at: usize, claim: &OpenClaim, line: &OpenLine) -> LineStatement {
        let of = |what| name(at, line.number, what);
        let mut stated = as_it_stands(line);
        stated.comment = self.typed.lines(&of("comment"));
        if stated.comment.chars().count() > LONGEST {
            self.wrong(of("comment"), claim, line, &format!("the comment must be {LONGEST} characters or fewer"));
        }
        if !is_editable(claim, line) {
            return stated;
        }
        let delivered = self.amount_of(of("actual"), claim, line, "enter what was delivered. Enter 0 if nothing was");
        let frustrated = self.amount_of(of("frustrated"), claim, line, "");
        let reason = if frustrated.raw() > 0 { self.typed.text(&of("reason")).to_owned() } else { String::new() };
        if frustrated.raw() > 0 {
            self.reason(of("reason"), claim, line, &reason);
        }
        if self.comment_needed(&reason) && stated.comment.is_empty() {
            self.wrong(of("comment"), claim, line, "enter a comment. The reason needs one");
        }
        let visits = match visit_count(self.typed.raw(&of("visits"))) {
            Ok(visits) => visits,
            Err(error) => {
                self.wrong(of("visits"), claim, line, &format!("number of visits: {error}"));
                None
            }
        };
        let was_planned = matches!(stated.actuals, Actuals::AsPlanned);
        let as_planned = delivered.raw() == line.planned.total() && frustrated.raw() == 0 && visits.is_none();
        // what is just as planned keeps its days
        if !(was_planned && as_planned) {
            if self.draft.visits_required && visits.is_none() && delivered.raw() > 0 {
                self.wrong(of("visits"), claim, line, "enter the number of visits");
            }
            stated.actuals = Actuals::Period { delivered, frustrated, reason, visits };
        }
        self.fits(of("actual"), claim, line, &stated);
        stated
    }

    /// A quantity; `empty` is said where there is none, and nothing where it may be left blank.
    fn amount_of(&mut self, place: String, claim: &OpenClaim, line: &OpenLine, empty: &str) -> Quantity {
        match quantity(self.typed.raw(&place), line.unit) {
            Ok(read) => return read,
            Err(ValueError::Empty) if empty.is_empty() => {}
            Err(ValueError::Empty) => self.wrong(place, claim, line, empty),
            Err(error) => self.wrong(place, claim, line, &error.to_string()),
        }
        Quantity::ZERO
    }

    fn reason(&mut self, place: String, claim: &OpenClaim, line: &OpenLine, code: &str) {
        let known = self.draft.reasons.iter().find(|reason| reason.code == code);
        if known.is_none_or(|reason| reason.kind == ReasonKind::Missed) {
            self.wrong(place, claim, line, "select why care was frustrated");
        }
    }

    fn comment_needed(&self, code: &str) -> bool {
        self.draft.reasons.iter().any(|reason| reason.code == code && reason.comment_needed)
    }

    /// What only the whole line shows: that it fits the plan, as storing it will ask.
    fn fits(&mut self, place: String, claim: &OpenClaim, line: &OpenLine, stated: &LineStatement) {
        let codes: BTreeSet<String> = self.draft.reasons.iter().map(|reason| reason.code.clone()).collect();
        let none = Span { from: Day::of(claim.starts), to: Day(Day::of(claim.starts).0 - 1) };
        let held = line.held.unwrap_or(none);
        if let Err(error) = StatedCare::of(stated, &line.planned, held, claim.recording, &codes) {
            self.wrong(place, claim, line, &error.to_string());
        }
    }

    fn wrong(&mut self, place: String, claim: &OpenClaim, line: &OpenLine, what: &str) {
        let called = called(claim, line);
        self.errors.add(place, format!("{called}: {what}"));
    }
}

/// A line, as errors name it.
pub(super) fn called(claim: &OpenClaim, line: &OpenLine) -> String {
    let week = claim.starts.format("%-d %B");
    format!("{}, week from {week}, {}", claim.person, line.reference)
}

/// What is expected in all.
pub(super) fn expected(claims: &[InvoicedClaim]) -> Money {
    Money::total(claims.iter().flat_map(|claim| claim.expected.values().copied())).unwrap_or_default()
}
