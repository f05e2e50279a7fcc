//! The rule with which most councils need no code: methods and limits are settings, prices are the rate card.
//!
//! A line is priced in one of three ways: visit by visit (`visits`, `tariff`), by quantity and day (`quantities`), or from
//! its plan alone (`planned`). What a day pays at all (closed, in hospital, after death or end) is decided by
//! `standing`, frustrated care by `frustrated`, care above the plan by `extras`; `findings` is what a person
//! should look at. Settings, their values and defaults: `settings` and `settings.schema.json`.
//!
//! Attributes that it reads: of the contract `kind` (which scopes settings) and `bank-holiday-enhancement` (flag);
//! of a line `bank-holiday-enhancement`, `weekly-quantity` (thousandths), `tier-need`, and the one that names its rate
//! band if the setting `band-attribute` says which; of a visit `statutory-condition`.

mod ceiling;
mod charges;
mod extras;
mod findings;
mod frustrated;
mod planned;
mod quantities;
mod rating;
mod segments;
mod settings;
mod standing;
mod tariff;
mod visits;

use counterfoil_rule_sdk::{
    Answer, ClaimFacts, Description, LineFacts, LineVerdict, Recording, Rule, UnitOfPricing, Verdict, reason,
};

use charges::Charges;
use settings::Dated;

/// The pack.
#[derive(Debug, Clone, Copy)]
pub struct Standard;

counterfoil_rule_sdk::export!(Standard);

/// How far back earlier extras are looked for: the longest limit that the schema allows (28 days) and the week
/// without extras that ends a spell.
const LOOK_BACK_DAYS: u16 = 35;

impl Rule for Standard {
    fn describe() -> Description {
        Description {
            name: "standard".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            covers: Vec::new(),
            settings_schema: include_str!("../settings.schema.json").to_owned(),
            unit: UnitOfPricing::Line,
            look_back_days: LOOK_BACK_DAYS,
        }
    }

    fn assess(facts: &ClaimFacts) -> Answer {
        let mut answer = Answer {
            charges: Vec::with_capacity(facts.lines.len() * 2),
            findings: Vec::new(),
            verdicts: Vec::with_capacity(facts.lines.len()),
        };
        let mut services: Vec<(&str, Dated<'_>)> = Vec::new();
        for line in &facts.lines {
            let known = services.iter().position(|(service, _)| *service == line.service);
            let at = known.unwrap_or_else(|| {
                services.push((&line.service, Dated::of(facts, &line.service)));
                services.len() - 1
            });
            one_line(&Line { claim: facts, facts: line, methods: &services[at].1 }, &mut answer);
        }
        answer
    }
}

/// One line on its way to a price.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) claim: &'a ClaimFacts,
    pub(crate) facts: &'a LineFacts,
    pub(crate) methods: &'a Dated<'a>,
}

impl Line<'_> {
    /// Whether the plan is paid whatever was delivered: by the contract's terms, or by the council's setting.
    pub(crate) fn pays_plan(&self) -> bool {
        self.methods.first().pays_plan(self.claim.terms)
    }

    /// Whether it has to be stated and is not yet.
    pub(crate) fn awaits_actuals(&self) -> bool {
        !self.claim.stated && self.claim.recording != Recording::None && !self.pays_plan()
    }
}

fn one_line(line: &Line<'_>, answer: &mut Answer) {
    let mut charges = Charges::of(line);
    if !line.claim.stated {
        planned::price(line, &mut charges);
    } else if line.claim.recording == Recording::Timetabled {
        visits::price(line, &mut charges);
    } else {
        quantities::price(line, &mut charges);
    }
    ceiling::apply(line, &mut charges);
    let mut findings = charges.doubts();
    findings::look(line, &mut findings);
    let verdict = |verdict, reason| LineVerdict { line: line.facts.line, verdict, reason };
    answer.verdicts.push(match findings::holding_back(&findings) {
        Some(reason) => verdict(Verdict::Suspended, reason.clone()),
        None if line.awaits_actuals() => verdict(Verdict::Pending, reason::plain("awaiting-actuals")),
        None => verdict(Verdict::Payable, reason::plain("priced")),
    });
    answer.charges.append(&mut charges.into_charges());
    answer.findings.append(&mut findings);
}
