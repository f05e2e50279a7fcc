//! Norfolk's rule for home care: two increments at once, and rates by distance.
//!
//! Visits under the old framework are paid in 5-minute increments, under the new one in 15-minute increments, each to
//! the nearest (Norfolk, 2026). The hourly rate follows from the distance of the person's home: up to 3 miles,
//! over 3 and up to 6, over 6; spot contracts have one rate (Norfolk, 2018). The prices are rows of the rate card, one
//! a band: `0-3-miles`, `3-6-miles`, `over-6-miles`, `spot`.
//!
//! It reads the contract's attributes `framework` (`old` or `new`) and `kind` (`spot` or another), the line's
//! attribute `distance-thousandths-mile`, and the setting `frustrated-reasons`. Only timetabled lines are priced; any
//! other line is left to a person.

mod visit;

use counterfoil_rule_sdk::{
    Answer, Charge, ClaimFacts, Description, Finding, FindingLevel, LineFacts, LineVerdict, Recording, Rule,
    UnitOfPricing, Verdict, reason,
};

/// The pack.
#[derive(Debug, Clone, Copy)]
pub struct Norfolk;

counterfoil_rule_sdk::export!(Norfolk);

impl Rule for Norfolk {
    fn describe() -> Description {
        Description {
            name: "norfolk".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            covers: Vec::new(),
            settings_schema: include_str!("../settings.schema.json").to_owned(),
            unit: UnitOfPricing::Line,
            look_back_days: 0,
        }
    }

    fn assess(facts: &ClaimFacts) -> Answer {
        let mut answer = Answer { charges: Vec::new(), findings: Vec::new(), verdicts: Vec::new() };
        for line in &facts.lines {
            let mut charges = charges(facts, line);
            let doubt = charges.iter().find(|charge| charge.verdict == Verdict::Suspended);
            let (verdict, why) = match doubt {
                Some(charge) => (Verdict::Suspended, charge.reason.clone()),
                None if !facts.stated => (Verdict::Pending, reason::plain("awaiting-actuals")),
                None => (Verdict::Payable, reason::plain("priced")),
            };
            if verdict == Verdict::Suspended {
                answer.findings.push(about(line, FindingLevel::Suspend, why.clone()));
            }
            answer.findings.extend(uncommented(line));
            answer.charges.append(&mut charges);
            answer.verdicts.push(LineVerdict { line: line.line, verdict, reason: why });
        }
        answer
    }
}

fn charges(facts: &ClaimFacts, line: &LineFacts) -> Vec<Charge> {
    match (facts.recording, facts.stated) {
        (Recording::Timetabled, true) => visit::stated(facts, line),
        (Recording::Timetabled, false) => visit::planned(facts, line),
        _ => visit::not_covered(facts, line),
    }
}

fn about(line: &LineFacts, level: FindingLevel, reason: counterfoil_rule_sdk::Reason) -> Finding {
    Finding { line: Some(line.line), day: None, visit: None, level, reason }
}

/// A difference from the plan without a comment is the provider's to mend.
fn uncommented(line: &LineFacts) -> impl Iterator<Item = Finding> + '_ {
    let differs = |visit: &&counterfoil_rule_sdk::StatedVisit| {
        visit.frustrated + visit.missed + visit.extra > 0 && !visit.comment
    };
    line.stated_visits.iter().filter(differs).map(|visit| Finding {
        day: Some(visit.day),
        visit: Some(visit.visit),
        ..about(line, FindingLevel::Mend, reason::plain("comment-needed"))
    })
}
