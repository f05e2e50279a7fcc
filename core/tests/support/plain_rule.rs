//! A rule small enough to be checked by eye, for the tests of what stands around a rule: delivered care is payable
//! at the first rate of its day, frustrated care payable when it has a reason code `hospital`, else suspended, and
//! missed care nothing. It answers by day and visit, so that every unit is in exactly one charge.

use counterfoil_core::money::{Quantity, Rate, price};
use counterfoil_core::pricing::facts::{ClaimFacts, Day, LineFacts, RateRow, Terms};
use counterfoil_core::pricing::{
    Answer, Charge, Description, Fault, LineVerdict, Priced, Pricer, Reason, RuleDigest, UnitOfPricing, Verdict, check,
};

/// The rule.
pub struct PlainRule;

impl Pricer for PlainRule {
    fn describe(&self, _: &RuleDigest) -> Result<Description, Fault> {
        Ok(Description {
            name: "plain".to_owned(),
            version: "1".to_owned(),
            covers: Vec::new(),
            settings_schema: "{}".to_owned(),
            unit: UnitOfPricing::Line,
            look_back_days: 0,
            wordings: Vec::new(),
        })
    }

    fn assess(&self, rule: &RuleDigest, facts: &ClaimFacts) -> Result<Priced, Fault> {
        let answer = Answer {
            charges: facts.lines.iter().flat_map(|line| charges(facts, line)).collect(),
            findings: Vec::new(),
            verdicts: facts
                .lines
                .iter()
                .map(|line| LineVerdict { line: line.line, verdict: Verdict::Payable, reason: Reason::plain("plain") })
                .collect(),
        };
        check(facts, &answer).map_err(Fault::AnswerWrong)?;
        Ok(Priced { answer, digest: rule.clone(), interface: "1.0.0".to_owned(), engine: "native".to_owned(), fuel: 0 })
    }
}

fn charges(facts: &ClaimFacts, line: &LineFacts) -> Vec<Charge> {
    let mut charges = Vec::new();
    if !facts.stated || facts.terms == Terms::Planned {
        if facts.stated {
            // on plan: what was stated is accounted for, and the plan is paid
            let accounts_for = i64::try_from(line.to_account_for(true)).expect("a claim's quantities");
            charges.push(Charge {
                accounts_for,
                ..charge(line, line.valid.from, None, 0, None, Verdict::Payable, "on-plan")
            });
        }
        for day in &line.plan {
            let accounts_for = if facts.stated { 0 } else { day.quantity };
            let priced = charge(line, day.day, None, day.quantity, Some(60), Verdict::Payable, "planned");
            charges.push(Charge { accounts_for, ..priced });
        }
        return charges;
    }
    for day in &line.stated_days {
        let by_reason = if day.reason == "hospital" { Verdict::Payable } else { Verdict::Suspended };
        charges.push(charge(line, day.day, None, day.delivered, Some(1), Verdict::Payable, "delivered"));
        charges.push(charge(line, day.day, None, day.frustrated, Some(1), by_reason, "frustrated"));
        charges.push(Charge {
            accounts_for: day.missed,
            ..charge(line, day.day, None, 0, None, Verdict::Rejected, "missed")
        });
    }
    for visit in &line.stated_visits {
        let by_reason = if visit.reason == "hospital" { Verdict::Payable } else { Verdict::Suspended };
        let number = Some(visit.visit);
        charges.push(charge(line, visit.day, number, visit.delivered, Some(60), Verdict::Payable, "delivered"));
        charges.push(charge(line, visit.day, number, visit.frustrated, Some(60), by_reason, "frustrated"));
        charges.push(Charge {
            accounts_for: visit.missed,
            ..charge(line, visit.day, number, 0, None, Verdict::Rejected, "missed")
        });
    }
    charges
}

fn charge(
    line: &LineFacts,
    day: Day,
    visit: Option<u32>,
    quantity: i64,
    divisor: Option<u16>,
    verdict: Verdict,
    code: &str,
) -> Charge {
    let timetabled = !line.planned_visits.is_empty() || !line.stated_visits.is_empty();
    let holds = |row: &&RateRow| row.from <= day && row.to.is_none_or(|to| day <= to);
    let row = if quantity == 0 || divisor.is_none() { None } else { line.rates.iter().find(holds) };
    // carer-minutes are sixtieths of an hour; other quantities are thousandths of the unit already
    let (units, divisor) = match row {
        None => (0, 1),
        Some(_) if timetabled => (quantity * 1_000, 60),
        Some(_) => (quantity, 1),
    };
    let rate = row.map_or(Rate::ZERO, |row| Rate::from_ten_thousandths(row.rate));
    let pence = price(Quantity::from_thousandths(units), divisor, rate).expect("a price").pence();
    Charge {
        line: line.line,
        from: day,
        to: day,
        visit,
        accounts_for: quantity,
        units,
        divisor,
        row: row.map(|row| row.row),
        pence,
        verdict,
        reason: Reason::plain(code),
    }
}
