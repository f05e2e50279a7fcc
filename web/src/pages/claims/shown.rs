//! A claim as its page shows it: what it comes to, line by line, and how each charge was worked out. The API gives the
//! same.

use chrono::NaiveDate;
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::disposition::{DisposedCharge, Disposition};
use counterfoil_core::language::Language;
use counterfoil_core::money::{Money, Overflow, Quantity, Rate};
use counterfoil_core::pricing::facts::{Day, LineFacts, Unit};
use counterfoil_core::pricing::words::{self, Words, amount, arithmetic_of};
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_core::tolerance::LineUse;
use counterfoil_tenants::claim::{AssessedSeen, ClaimSeen, LineSeen};
use serde::Serialize;

use crate::london;

/// A claim with what explains its sum.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct ClaimShown {
    /// Its id, as `clm_...`.
    pub(in crate::pages) id: String,
    /// Where the claims are.
    #[serde(skip_serializing_if = "String::is_empty")]
    back: String,
    person: String,
    contract: String,
    service: String,
    provider: Option<String>,
    starts: NaiveDate,
    ends: NaiveDate,
    state: ClaimState,
    state_words: &'static str,
    schedule: String,
    /// In London words.
    deadline: String,
    /// The same as an instant.
    deadline_at: chrono::DateTime<chrono::Utc>,
    bank_date: NaiveDate,
    confirmed: Option<Confirmed>,
    sent_back: Option<String>,
    rejected: Option<String>,
    stated: Option<Stated>,
    /// The provider's own reference and invoice date, where it gave some.
    reference: Option<String>,
    invoice_date: Option<NaiveDate>,
    /// The invoice by which its provider confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::pages) invoice: Option<InvoiceLink>,
    sums: Option<Sums>,
    /// Why the rule gave no answer, where it gave none.
    fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault_language: Option<Language>,
    findings: Vec<FindingShown>,
    rule: Option<Rule>,
    lines: Vec<Line>,
}

/// An invoice, and where it is.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct InvoiceLink {
    pub(in crate::pages) href: String,
    pub(in crate::pages) number: String,
}

#[derive(Debug, Serialize)]
struct Confirmed {
    /// What confirming is called here, once it is done.
    words: &'static str,
    by: String,
    at: String,
    /// What they added.
    comment: Option<String>,
    receipt: Option<String>,
}

#[derive(Debug, Serialize)]
struct Stated {
    at: String,
    reference: String,
    note: String,
}

/// Whole pence.
#[derive(Debug, Default, Serialize)]
struct Sums {
    planned: i64,
    claimed: i64,
    payable: i64,
    suspended: i64,
    rejected: i64,
    pending: i64,
}

#[derive(Debug, Serialize)]
struct Rule {
    pack: String,
    version: String,
    digest: String,
    at: String,
}

#[derive(Debug, Serialize)]
struct FindingShown {
    line: Option<u32>,
    day: Option<NaiveDate>,
    words: String,
    /// Of the words.
    language: Language,
    weight: &'static str,
}

#[derive(Debug, Serialize)]
struct Line {
    /// From 1, as people count.
    number: u32,
    reference: String,
    purchase_order: Option<String>,
    service: String,
    tier: String,
    unit: &'static str,
    /// In the unit; none where the rule gave no answer.
    planned_units: Option<String>,
    stated_units: Option<String>,
    /// The same with the unit, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_said: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_said: Option<String>,
    comment: String,
    sums: Option<Sums>,
    charges: Vec<ChargeShown>,
}

#[derive(Debug, Serialize)]
struct ChargeShown {
    starts: NaiveDate,
    ends: NaiveDate,
    reason: String,
    /// Units times rate; none for care that has no price.
    arithmetic: Option<String>,
    /// Of both.
    language: Language,
    becomes: &'static str,
    pence: i64,
}

impl ClaimShown {
    /// In the words of whoever reads it.
    pub(in crate::pages) fn of(seen: &ClaimSeen, words: &Words, back: String) -> Self {
        let vocabulary = seen.words.vocabulary;
        let assessed = seen.assessed.as_ref();
        let claim = &seen.claim;
        let confirmed = claim.confirmed_name.clone().zip(claim.confirmed_at);
        let fault = assessed.and_then(|assessed| assessed.fault.as_ref()).map(|fault| words.of_fault(fault));
        Self {
            id: claim.id.to_string(),
            back,
            person: seen.person.clone(),
            contract: seen.contract.0.clone(),
            service: seen.contract.1.clone(),
            provider: seen.provider.clone(),
            starts: claim.starts,
            ends: claim.ends,
            state: claim.state,
            state_words: vocabulary.state(claim.state),
            schedule: seen.schedule.clone(),
            deadline: london::deadline(seen.cut_off),
            deadline_at: seen.cut_off,
            bank_date: seen.bank_date,
            confirmed: confirmed.map(|(by, at)| Confirmed {
                words: vocabulary.state(ClaimState::Confirmed),
                by,
                at: london::moment(at),
                comment: claim.confirmed_comment.clone(),
                receipt: claim.receipt.map(|receipt| receipt.to_string()),
            }),
            sent_back: claim.sent_back_reason.clone(),
            rejected: seen
                .rejected
                .as_ref()
                .map(|rejected| format!("{} ({}, {})", rejected.because, rejected.name, london::moment(rejected.at))),
            stated: seen.statement.as_ref().map(|statement| Stated {
                at: london::moment(statement.received_at),
                reference: statement.body.payment_reference.clone(),
                note: statement.body.note.clone(),
            }),
            reference: claim.provider_reference.clone().or_else(|| {
                let stated = seen.statement.as_ref().map(|statement| statement.body.payment_reference.clone());
                stated.filter(|reference| !reference.is_empty())
            }),
            invoice_date: claim.invoice_date,
            invoice: None,
            sums: assessed.filter(|assessed| assessed.fault.is_none()).map(whole),
            fault_language: fault.as_ref().map(|said| said.language),
            fault: fault.map(|said| said.words),
            findings: assessed.map(|assessed| findings(assessed, words)).unwrap_or_default(),
            rule: assessed.map(|assessed| Rule {
                pack: assessed.pack.0.clone(),
                version: assessed.pack.1.clone(),
                digest: assessed.component_digest.chars().take(12).collect(),
                at: london::moment(assessed.at),
            }),
            lines: seen.lines.iter().map(|line| Line::of(line, seen, words, vocabulary)).collect(),
        }
    }
}

impl ClaimShown {
    /// Without where pages lead, and what is said to people alone.
    pub(in crate::pages) fn for_programs(self) -> Self {
        let lines = self.lines.into_iter().map(|line| Line { planned_said: None, stated_said: None, ..line });
        Self { back: String::new(), lines: lines.collect(), ..self }
    }
}

fn whole(assessed: &AssessedSeen) -> Sums {
    Sums {
        planned: assessed.planned.pence(),
        claimed: assessed.claimed.pence(),
        payable: assessed.payable.pence(),
        suspended: assessed.suspended.pence(),
        rejected: assessed.rejected.pence(),
        pending: assessed.pending.pence(),
    }
}

fn findings(assessed: &AssessedSeen, words: &Words) -> Vec<FindingShown> {
    let shown = |finding: &Finding| {
        let said = words.sentence(&finding.reason);
        FindingShown {
            line: finding.line.map(|line| line.saturating_add(1)),
            day: finding.day.and_then(Day::date),
            words: said.words,
            language: said.language,
            weight: match finding.level {
                FindingLevel::Note => "For information",
                FindingLevel::Mend => "To be put right before confirming",
                FindingLevel::Suspend => "The council decides",
            },
        }
    };
    assessed.findings.iter().map(shown).collect()
}

impl Line {
    fn of(line: &LineSeen, seen: &ClaimSeen, words: &Words, vocabulary: Vocabulary) -> Self {
        let assessed = seen.assessed.as_ref().filter(|assessed| assessed.fault.is_none());
        let charges = assessed.map(|assessed| assessed.charges.as_slice()).unwrap_or_default();
        let charges: Vec<&DisposedCharge> = charges.iter().filter(|charge| charge.line == line.number).collect();
        let used = assessed.and_then(|assessed| assessed.uses.iter().find(|used| used.line == line.number));
        let told = assessed.and_then(|assessed| assessed.told.iter().find(|told| told.line == line.number));
        let is_stated = assessed.is_some_and(|assessed| assessed.statement_version > 0);
        let planned = used.map(|used| used.whole.planned_units);
        let claimed = used.filter(|_| is_stated).map(|used| used.whole.claimed_units);
        let stated = seen
            .statement
            .as_ref()
            .and_then(|statement| statement.body.lines.iter().find(|stated| stated.line == line.number));
        Self {
            number: line.number.saturating_add(1),
            reference: line.reference.clone(),
            purchase_order: line.purchase_order.clone(),
            service: line.service.clone(),
            tier: line.tier.clone(),
            unit: words::units(line.unit),
            planned_units: planned.map(units),
            stated_units: claimed.map(units),
            planned_said: planned.map(|planned| amount(Quantity::from_thousandths(planned), line.unit)),
            stated_said: claimed.map(|claimed| amount(Quantity::from_thousandths(claimed), line.unit)),
            comment: stated.map(|stated| stated.comment.clone()).unwrap_or_default(),
            sums: assessed.and_then(|_| sums(used, &charges).ok()),
            charges: charges
                .into_iter()
                .map(|charge| ChargeShown::of(charge, line, told, (words, vocabulary)))
                .collect(),
        }
    }
}

fn units(thousandths: i64) -> String {
    Quantity::from_thousandths(thousandths).to_string()
}

fn sums(used: Option<&LineUse>, charges: &[&DisposedCharge]) -> Result<Sums, Overflow> {
    let of = |disposition: Option<Disposition>| {
        let those = charges.iter().filter(|charge| disposition.is_none_or(|wanted| charge.disposition == wanted));
        Money::total(those.map(|charge| charge.amount)).map(Money::pence)
    };
    Ok(Sums {
        planned: used.map(|used| used.whole.planned.pence()).unwrap_or_default(),
        claimed: of(None)?,
        payable: of(Some(Disposition::Payable))?,
        suspended: of(Some(Disposition::Suspended))?,
        rejected: of(Some(Disposition::Rejected))?,
        pending: of(Some(Disposition::Pending))?,
    })
}

impl ChargeShown {
    fn of(
        charge: &DisposedCharge,
        line: &LineSeen,
        told: Option<&LineFacts>,
        (words, vocabulary): (&Words, Vocabulary),
    ) -> Self {
        let said = words.of_charge(charge);
        Self {
            starts: charge.from,
            ends: charge.to,
            arithmetic: arithmetic(charge, line, told, said.language),
            reason: said.words,
            language: said.language,
            becomes: becomes(charge.disposition, vocabulary),
            pence: charge.amount.pence(),
        }
    }
}

/// What becomes of a charge, in the council's words.
pub(in crate::pages) const fn becomes(disposition: Disposition, vocabulary: Vocabulary) -> &'static str {
    match (vocabulary, disposition) {
        (_, Disposition::Pending) => "Waiting",
        (Vocabulary::Actuals, Disposition::Payable) => "Payable",
        (Vocabulary::Actuals, Disposition::Suspended) => "Non-payable: suspended",
        (Vocabulary::Actuals, Disposition::Rejected) => "Non-payable: rejected",
        (Vocabulary::ProvisionalInvoices, Disposition::Payable) => "Unpaid",
        (Vocabulary::ProvisionalInvoices, Disposition::Suspended) => "Suspended",
        (Vocabulary::ProvisionalInvoices, Disposition::Rejected) => "Rejected",
    }
}

/// The sum of a charge in words. A provider is not told the rate card's rows, so that an hour cannot be told from a visit
/// of an hour: there the figures stand alone.
fn arithmetic(
    charge: &DisposedCharge,
    line: &LineSeen,
    told: Option<&LineFacts>,
    language: Language,
) -> Option<String> {
    if let Some(told) = told {
        return arithmetic_of(charge, unit_of(charge, told), language);
    }
    let rate = charge.rate?;
    let visit_or_hour = line.unit == Unit::Hour && charge.divisor == 1 && charge.units % 1_000 == 0;
    if visit_or_hour && charge.visit.is_some() {
        return Some(format!("{} x {rate} = {}", units(charge.units), charge.amount));
    }
    arithmetic_of(charge, line.unit, language)
}

/// The unit of the rate-card row that a charge was priced by.
fn unit_of(charge: &DisposedCharge, line: &LineFacts) -> Unit {
    let day = Day::of(charge.from);
    let row = line.rates.iter().find(|row| {
        Some(row.rate) == charge.rate.map(Rate::raw) && row.from <= day && row.to.is_none_or(|to| day <= to)
    });
    row.map_or(line.unit, |row| row.unit)
}
