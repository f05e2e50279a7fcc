//! Whether the service believes an answer: the same checks, on the author's machine, with sentences that say what to change.
//! The service's own are those that count.

use crate::price::price;
use crate::types::{Answer, Charge, ClaimFacts, LineFacts, RateRow, Reason};

/// Checks an answer against the facts that it was given for.
///
/// # Errors
/// A sentence about the first thing that does not hold.
pub fn check(facts: &ClaimFacts, answer: &Answer) -> Result<(), String> {
    for line in &facts.lines {
        let found = answer.verdicts.iter().filter(|verdict| verdict.line == line.line).count();
        if found != 1 {
            return Err(format!("line {} has {found} verdicts; give exactly one for each line", line.line));
        }
    }
    let lines = answer.charges.iter().map(|charge| charge.line).chain(answer.verdicts.iter().map(|given| given.line));
    for number in lines.chain(answer.findings.iter().filter_map(|finding| finding.line)) {
        line(facts, number)?;
    }
    for charge in &answer.charges {
        one_charge(facts, line(facts, charge.line)?, charge)?;
    }
    for line in &facts.lines {
        accounted_once(facts, line, answer)?;
    }
    let reasons = answer.charges.iter().map(|charge| &charge.reason);
    let reasons = reasons.chain(answer.findings.iter().map(|finding| &finding.reason));
    reasons.chain(answer.verdicts.iter().map(|verdict| &verdict.reason)).try_for_each(code)
}

fn line(facts: &ClaimFacts, number: u32) -> Result<&LineFacts, String> {
    let found = facts.lines.iter().find(|line| line.line == number);
    found.ok_or_else(|| {
        format!("it names line {number}, which is not in the claim; use the line numbers that the claim gives")
    })
}

fn one_charge(facts: &ClaimFacts, line: &LineFacts, charge: &Charge) -> Result<(), String> {
    let number = line.line;
    if charge.units < 0 || charge.pence < 0 || charge.accounts_for < 0 {
        return Err(format!("a charge of line {number} has a negative figure"));
    }
    if charge.divisor == 0 || charge.divisor > 1_440 {
        return Err(format!("a charge of line {number} divides by {}; use 1 to 1440", charge.divisor));
    }
    let first = line.valid.from.max(facts.period.from);
    let last = line.tail.map_or(line.valid.to, |tail| tail.max(line.valid.to)).min(facts.period.to);
    if charge.from > charge.to || charge.from < first || charge.to > last {
        return Err(format!("a charge of line {number} is outside of the days that it may be for"));
    }
    if charge.visit.is_some_and(|visit| !line.stated_visits.iter().any(|stated| stated.visit == visit)) {
        return Err(format!("a charge of line {number} names a visit that was not stated"));
    }
    let Some(row) = charge.row else {
        let nothing = charge.units == 0 && charge.pence == 0;
        return if nothing {
            Ok(())
        } else {
            Err(format!("a charge of line {number} has no rate-card row but is not nothing"))
        };
    };
    let holds =
        |given: &&RateRow| given.row == row && given.from <= charge.from && given.to.is_none_or(|to| charge.to <= to);
    let Some(given) = line.rates.iter().find(holds) else {
        return Err(format!("a charge of line {number} uses rate-card row {row}, which is not given for those days"));
    };
    match price(charge.units, charge.divisor, given.rate) {
        Some(makes) if makes == charge.pence => Ok(()),
        Some(makes) => {
            Err(format!("a charge of line {number} says {} pence where its units and rate make {makes}", charge.pence))
        }
        None => Err(format!("a charge of line {number} is more than an amount can be")),
    }
}

/// Everything stated, or the plan where nothing is, is in one charge, paid or not.
fn accounted_once(facts: &ClaimFacts, line: &LineFacts, answer: &Answer) -> Result<(), String> {
    let days = line.stated_days.iter().map(|day| day.delivered + day.frustrated + day.missed);
    let visits = line.stated_visits.iter().map(|visit| visit.delivered + visit.frustrated + visit.missed);
    let stated: i64 = match facts.stated {
        true => days.chain(visits).sum(),
        false => line.plan.iter().map(|plan| plan.quantity).sum(),
    };
    let of_line = answer.charges.iter().filter(|charge| charge.line == line.line);
    let accounted: i64 = of_line.map(|charge| charge.accounts_for).sum();
    if accounted == stated {
        return Ok(());
    }
    Err(format!(
        "line {} accounts for {accounted} of {stated} stated; each stated unit must be in one charge",
        line.line
    ))
}

fn code(reason: &Reason) -> Result<(), String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let code = &reason.code;
    if (1..=60).contains(&code.len()) && code.bytes().all(fits) && reason.args.len() <= 8 {
        return Ok(());
    }
    Err(format!("\u{2018}{code}\u{2019} is not a reason code: use 1 to 60 lower-case letters, digits and hyphens"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason;
    use crate::testing::{Claim, day};
    use crate::types::{LineVerdict, Verdict};

    /// How a charge is changed, and what is said to it.
    type Lie = (fn(&mut Charge), &'static str);

    /// Two hours at £20.00, and the right answer to it.
    fn two_hours() -> (ClaimFacts, Answer) {
        let monday = day(2026, 4, 6);
        let facts = Claim::week(monday).line("Home care", 200_000).delivered(monday, 2_000).facts();
        let charge = Charge {
            line: 0,
            from: monday,
            to: monday,
            visit: None,
            accounts_for: 2_000,
            units: 2_000,
            divisor: 1,
            row: Some(0),
            pence: 4_000,
            verdict: Verdict::Payable,
            reason: reason::plain("delivered"),
        };
        let verdict = LineVerdict { line: 0, verdict: Verdict::Payable, reason: reason::plain("priced") };
        (facts, Answer { charges: vec![charge], findings: Vec::new(), verdicts: vec![verdict] })
    }

    #[test]
    fn an_answer_that_holds_is_believed_and_each_lie_is_found_out() {
        let (facts, right) = two_hours();
        assert_eq!(check(&facts, &right), Ok(()));
        let lies: [Lie; 9] = [
            (|charge| charge.pence += 1, "says 4001 pence where its units and rate make 4000"),
            (|charge| charge.line = 3, "names line 3"),
            (|charge| charge.units = -1, "has a negative figure"),
            (|charge| charge.divisor = 0, "divides by 0"),
            (|charge| charge.from -= 1, "outside of the days"),
            (|charge| charge.visit = Some(0), "a visit that was not stated"),
            (|charge| charge.row = None, "has no rate-card row"),
            (|charge| charge.row = Some(1), "uses rate-card row 1"),
            (|charge| charge.reason.code = "Not a code".to_owned(), "is not a reason code"),
        ];
        for (tell, says) in lies {
            let mut answer = right.clone();
            tell(&mut answer.charges[0]);
            let said = check(&facts, &answer).err().unwrap_or_default();
            assert!(said.contains(says), "\u{2018}{said}\u{2019} does not say \u{2018}{says}\u{2019}");
        }
        let mut twice = right.clone();
        twice.charges.push(right.charges[0].clone());
        assert!(check(&facts, &twice).is_err_and(|said| said.contains("accounts for 4000 of 2000")));
        let mut silent = right;
        silent.verdicts.clear();
        assert!(check(&facts, &silent).is_err_and(|said| said.contains("has 0 verdicts")));
    }
}
