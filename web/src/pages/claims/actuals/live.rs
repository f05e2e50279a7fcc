//! What a statement comes to, by line and together: in the page that is served, and again while somebody types. The
//! page's script only puts the values into their places.

use std::collections::BTreeMap;

use counterfoil_core::disposition::{Assessed, Assessment, DisposedCharge, Disposition};
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::facts::{Day, Recording};
use counterfoil_core::pricing::words::{Said, Words};
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_core::statement::Quantities;
use counterfoil_tenants::claim::ToState;
use counterfoil_tenants::steps::price_actuals::PricedActuals;
use serde::Serialize;

use crate::actuals::{field, hours_words, quantity_words};
use crate::form::Errors;
use crate::london;

/// Figures by their place in the page, and what is to be said beside them.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::pages::claims) struct Live {
    /// By place: `line-1-claimed`, `total-payable`.
    values: BTreeMap<String, String>,
    /// What the rule and the council's limits say.
    findings: Vec<Told>,
    /// Why there is no price.
    problem: Option<Told>,
    /// What is payable, where there is a price.
    #[serde(skip)]
    payable: Option<Money>,
}

/// Something that is explained, between words of the service: the explanation is in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Told {
    before: String,
    words: String,
    /// Of the words.
    language: Language,
    after: &'static str,
}

impl Told {
    /// Words of the service's own.
    fn plain(words: String) -> Self {
        Self { before: String::new(), words, language: Language::English, after: "" }
    }

    fn explained(before: String, said: Said, after: &'static str) -> Self {
        Self { before, words: said.words, language: said.language, after }
    }
}

impl Live {
    /// Without a price, and why.
    pub(in crate::pages::claims) fn without(problem: impl Into<String>) -> Self {
        Self { problem: Some(Told::plain(problem.into())), ..Self::default() }
    }

    /// The first things that keep a form from being priced.
    pub(in crate::pages::claims) fn to_mend(errors: &Errors) -> Self {
        let first = errors.iter().next().map(|(_, message)| message).unwrap_or_default();
        Self::without(format!("The price waits for this: {}.", first.trim_end_matches('.')))
    }

    /// What a statement comes to.
    pub(in crate::pages::claims) fn of(priced: &PricedActuals, claim: &ToState, words: &Words) -> Self {
        let mut live = Self::default();
        let timetabled = claim.seen.recording == Recording::Timetabled;
        for (line, quantities) in &priced.lines {
            live.quantities(*line, quantities, timetabled);
        }
        match &priced.assessment {
            Assessment::Priced(assessed) => live.money(assessed, claim, words),
            Assessment::Faulted { fault } => {
                let before = "The council\u{2019}s rule gave no sum: ".to_owned();
                let after = ". The council will look at this claim.";
                live.problem = Some(Told::explained(before, words.of_fault(fault), after));
            }
        }
        live
    }

    /// With what a whole timesheet comes to: `beside` is the rest of it.
    pub(in crate::pages::claims) fn with_the_rest_of_a_sheet(mut self, beside: Money) -> Self {
        if let Some(payable) = self.payable {
            let sum = Money::total([payable, beside]).map(|sum| sum.to_string()).unwrap_or_default();
            self.values.insert("sheet-payable".to_owned(), sum);
        }
        self
    }

    fn quantities(&mut self, line: u32, quantities: &Quantities, timetabled: bool) {
        let words = |quantity| if timetabled { hours_words(quantity) } else { quantity_words(quantity) };
        for (name, quantity) in [
            ("delivered-units", quantities.delivered),
            ("frustrated-units", quantities.frustrated),
            ("missed-units", quantities.missed),
            ("extra-units", quantities.extra),
        ] {
            self.values.insert(field(line, name), words(quantity));
        }
    }

    fn money(&mut self, assessed: &Assessed, claim: &ToState, words: &Words) {
        for line in &claim.seen.lines {
            let charges: Vec<&DisposedCharge> =
                assessed.charges.iter().filter(|charge| charge.line == line.number).collect();
            let sum = |of: Option<Disposition>| {
                let those = charges.iter().filter(|charge| of.is_none_or(|of| charge.disposition == of));
                Money::total(those.map(|charge| charge.amount)).map(|sum| sum.to_string()).unwrap_or_default()
            };
            let used = assessed.uses.iter().find(|used| used.line == line.number);
            let planned = used.map(|used| used.whole.planned.to_string()).unwrap_or_default();
            for (name, sum) in [
                ("planned", planned),
                ("claimed", sum(None)),
                ("payable", sum(Some(Disposition::Payable))),
                ("held", sum(Some(Disposition::Suspended))),
            ] {
                self.values.insert(field(line.number, name), sum);
            }
        }
        let totals = &assessed.totals;
        self.payable = Some(totals.payable);
        for (name, sum) in [
            ("planned", assessed.planned),
            ("claimed", totals.claimed),
            ("payable", totals.payable),
            ("held", totals.suspended),
            ("rejected", totals.rejected),
        ] {
            self.values.insert(format!("total-{name}"), sum.to_string());
        }
        self.findings = said(assessed, words);
    }
}

/// What people should know before they save, each thing once.
fn said(assessed: &Assessed, words: &Words) -> Vec<Told> {
    let mut said: Vec<Told> = assessed.findings.iter().map(|finding| sentence(finding, words)).collect();
    for charge in &assessed.charges {
        if let Some(moved) = charge.moved_by.as_ref().filter(|_| charge.disposition != Disposition::Payable) {
            let line = format!("Line {}: ", charge.line.saturating_add(1));
            said.push(Told::explained(line, words.sentence(moved), ""));
        }
    }
    let mut once = Vec::with_capacity(said.len());
    for sentence in said {
        if !once.contains(&sentence) {
            once.push(sentence);
        }
    }
    once
}

fn sentence(finding: &Finding, words: &Words) -> Told {
    let line = finding.line.map(|line| format!("Line {}", line.saturating_add(1)));
    let day = finding.day.and_then(Day::date).map(london::day);
    let of: Vec<String> = line.into_iter().chain(day).collect();
    let weight = match finding.level {
        FindingLevel::Note => "",
        FindingLevel::Mend => " Put this right before confirming.",
        FindingLevel::Suspend => " The council decides.",
    };
    let of = if of.is_empty() { String::new() } else { format!("{}: ", of.join(", ")) };
    Told::explained(of, words.sentence(&finding.reason), weight)
}
