//! Why an answer is believed. The rule runs outside our trust: each line must be accounted for once, each span must
//! lie inside the claim, each price must be a rate-card row times units, and nothing may be larger than a claim
//! can be. After this, [`tolerance`](crate::tolerance).

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Arg, Charge, Reason};
use super::facts::{ClaimFacts, Day, LineFacts, RateRow};
use crate::money;

/// The most charges that one answer may hold: two for each of a claim's 2,000 visits, and as many again.
pub const MOST_CHARGES: usize = 8_000;
/// The most findings that one answer may hold.
pub const MOST_FINDINGS: usize = 4_000;
/// The longest reason code, in characters.
pub const LONGEST_CODE: usize = 60;
/// The most arguments of one reason.
pub const MOST_ARGS: usize = 8;
/// The most that one claim may come to, in pence: £1,000,000.
pub const MOST_PENCE: i64 = 100_000_000;
/// The most visits, planned and stated, that one claim may hold.
pub const MOST_VISITS: usize = 2_000;
/// The most lines that one claim may hold.
pub const MOST_LINES: usize = 500;

/// Why an answer is not believed. The words are for an administrator: they say what the rule has to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "wrong", rename_all = "snake_case")]
pub enum AnswerError {
    /// A charge, finding or verdict names a line that the claim does not have.
    #[error("it names line {line}, which is not in the claim; use the line numbers that the claim gives")]
    UnknownLine {
        /// The number named.
        line: u32,
    },
    /// A visit that the line's statement does not have.
    #[error("it names visit {visit} of line {line}, which was not stated")]
    UnknownVisit {
        /// The line.
        line: u32,
        /// The visit's number named.
        visit: u32,
    },
    /// A line without a verdict, or with more than one.
    #[error("line {line} has {found} verdicts; give exactly one for each line")]
    Verdicts {
        /// The line.
        line: u32,
        /// How many there were.
        found: usize,
    },
    /// A line that is not accounted for exactly once.
    #[error("line {line} accounts for {accounted} of {stated} stated; each stated unit must be in one charge")]
    NotAccountedOnce {
        /// The line.
        line: u32,
        /// What its charges account for.
        accounted: i128,
        /// What was stated.
        stated: i128,
    },
    /// A visit of which more is charged than was stated.
    #[error("visit {visit} of line {line} is accounted for more than once")]
    VisitTwice {
        /// The line.
        line: u32,
        /// The visit.
        visit: u32,
    },
    /// A span that runs backwards or lies outside of the claim or the line.
    #[error("a charge of line {line} runs from {} to {}, outside of the days that it may be for", shown(*from), shown(*to))]
    OutsideClaim {
        /// The line.
        line: u32,
        /// First day.
        from: Day,
        /// Last day.
        to: Day,
    },
    /// A rate-card row that the line was not given, or that does not hold on the days.
    #[error("a charge of line {line} uses rate-card row {row}, which is not given for those days")]
    RowNotGiven {
        /// The line.
        line: u32,
        /// The row's number.
        row: u32,
    },
    /// A charge without a rate that is not nothing.
    #[error("a charge of line {line} has no rate-card row but is not nothing; every price is a row of the rate card")]
    PriceWithoutRow {
        /// The line.
        line: u32,
    },
    /// A sum that is not units times rate.
    #[error("a charge of line {line} says {said} pence where its units and rate make {makes}")]
    WrongSum {
        /// The line.
        line: u32,
        /// What the rule said.
        said: i64,
        /// What it comes to.
        makes: i64,
    },
    /// A negative figure.
    #[error("a charge of line {line} has a negative figure; corrections are made by the run, not by the rule")]
    Negative {
        /// The line.
        line: u32,
    },
    /// More money than a claim can be.
    #[error("the charges come to more than one claim may be (£1,000,000)")]
    TooMuch,
    /// A divisor that is not one.
    #[error("a charge of line {line} divides by {divisor}; use 1 to 1440")]
    Divisor {
        /// The line.
        line: u32,
        /// What it was.
        divisor: u16,
    },
    /// Too many charges or findings.
    #[error("it holds {found} {what}, more than the {most} allowed")]
    TooMany {
        /// Of what.
        what: String,
        /// How many.
        found: usize,
        /// How many are allowed.
        most: usize,
    },
    /// A reason code that is not one.
    #[error(
        "\u{2018}{code}\u{2019} is not a reason code: use 1 to 60 lower-case letters, digits and hyphens, and at most 8 arguments"
    )]
    Code {
        /// The code, cut to what can be shown.
        code: String,
    },
}

fn shown(day: Day) -> String {
    day.date().map_or_else(|| format!("day {}", day.0), |date| date.format("%-d %B %Y").to_string())
}

/// Checks an answer against the facts that it was given for.
///
/// # Errors
/// The first [`AnswerError`] found, in the order sizes, verdicts, charges, sums.
pub fn check(facts: &ClaimFacts, answer: &Answer) -> Result<(), AnswerError> {
    sizes(answer)?;
    let lines = Lines::of(facts);
    verdicts(&lines, answer)?;
    let mut accounted: Vec<i128> = vec![0; facts.lines.len()];
    let mut by_visit: Vec<i128> = vec![0; lines.visits];
    let mut total = 0_i128;
    for charge in &answer.charges {
        let at = lines.position(charge.line)?;
        one_charge(facts, &facts.lines[at], charge)?;
        accounted[at] += i128::from(charge.accounts_for);
        if let Some(visit) = lines.visit(at, charge.visit)? {
            by_visit[visit] += i128::from(charge.accounts_for);
        }
        total += i128::from(charge.pence);
    }
    for (at, line) in facts.lines.iter().enumerate() {
        let (stated, accounted) = (line.to_account_for(facts.stated), accounted[at]);
        if stated != accounted {
            return Err(AnswerError::NotAccountedOnce { line: line.line, accounted, stated });
        }
        for (visit, accounted) in line.stated_visits.iter().zip(&by_visit[lines.first_visit[at]..]) {
            let stated = i128::from(visit.delivered) + i128::from(visit.frustrated) + i128::from(visit.missed);
            if *accounted > stated {
                return Err(AnswerError::VisitTwice { line: line.line, visit: visit.visit });
            }
        }
    }
    if total > i128::from(MOST_PENCE) {
        return Err(AnswerError::TooMuch);
    }
    Ok(())
}

/// The claim's lines and stated visits by the numbers that an answer names. Both are mostly their position, so that
/// nothing has to be hashed.
struct Lines<'a> {
    lines: &'a [LineFacts],
    /// Where each line's visits begin, counted over all lines.
    first_visit: Vec<usize>,
    visits: usize,
}

impl<'a> Lines<'a> {
    fn of(facts: &'a ClaimFacts) -> Self {
        let mut visits = 0;
        let begins = |line: &LineFacts| {
            let first = visits;
            visits += line.stated_visits.len();
            first
        };
        let first_visit = facts.lines.iter().map(begins).collect();
        Self { lines: &facts.lines, first_visit, visits }
    }

    fn position(&self, line: u32) -> Result<usize, AnswerError> {
        let guess = usize::try_from(line).ok();
        let guessed = guess.filter(|at| self.lines.get(*at).is_some_and(|known| known.line == line));
        guessed
            .or_else(|| self.lines.iter().position(|known| known.line == line))
            .ok_or(AnswerError::UnknownLine { line })
    }

    fn visit(&self, at: usize, visit: Option<u32>) -> Result<Option<usize>, AnswerError> {
        let Some(visit) = visit else { return Ok(None) };
        let within = usize::try_from(visit).ok().filter(|visit| *visit < self.lines[at].stated_visits.len());
        let unknown = AnswerError::UnknownVisit { line: self.lines[at].line, visit };
        within.map(|within| Some(self.first_visit[at] + within)).ok_or(unknown)
    }
}

fn sizes(answer: &Answer) -> Result<(), AnswerError> {
    for (what, found, most) in
        [("charges", answer.charges.len(), MOST_CHARGES), ("findings", answer.findings.len(), MOST_FINDINGS)]
    {
        if found > most {
            return Err(AnswerError::TooMany { what: what.to_owned(), found, most });
        }
    }
    let reasons = answer.charges.iter().map(|charge| &charge.reason);
    let reasons = reasons.chain(answer.findings.iter().map(|finding| &finding.reason));
    reasons.chain(answer.verdicts.iter().map(|verdict| &verdict.reason)).try_for_each(code)
}

fn code(reason: &Reason) -> Result<(), AnswerError> {
    let fits = |text: &str| {
        !text.is_empty()
            && text.len() <= LONGEST_CODE
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let args_fit =
        reason.args.len() <= MOST_ARGS && reason.args.iter().all(|arg| !matches!(arg, Arg::Code(text) if !fits(text)));
    if fits(&reason.code) && args_fit {
        return Ok(());
    }
    Err(AnswerError::Code { code: reason.code.chars().filter(|c| !c.is_control()).take(LONGEST_CODE).collect() })
}

fn verdicts(lines: &Lines<'_>, answer: &Answer) -> Result<(), AnswerError> {
    let mut found = vec![0_usize; lines.lines.len()];
    for verdict in &answer.verdicts {
        found[lines.position(verdict.line)?] += 1;
    }
    for finding in &answer.findings {
        if let Some(line) = finding.line {
            lines.visit(lines.position(line)?, finding.visit)?;
        }
    }
    for (line, found) in lines.lines.iter().zip(found) {
        if found != 1 {
            return Err(AnswerError::Verdicts { line: line.line, found });
        }
    }
    Ok(())
}

fn one_charge(facts: &ClaimFacts, line: &LineFacts, charge: &Charge) -> Result<(), AnswerError> {
    let number = charge.line;
    if charge.units < 0 || charge.pence < 0 || charge.accounts_for < 0 {
        return Err(AnswerError::Negative { line: number });
    }
    if charge.divisor == 0 || charge.divisor > 1_440 {
        return Err(AnswerError::Divisor { line: number, divisor: charge.divisor });
    }
    let last = line.tail.map_or(line.valid.to, |tail| tail.max(line.valid.to)).min(facts.period.to);
    let first = line.valid.from.max(facts.period.from);
    if charge.from > charge.to || charge.from < first || charge.to > last {
        return Err(AnswerError::OutsideClaim { line: number, from: charge.from, to: charge.to });
    }
    let Some(row) = charge.row else {
        return if charge.units == 0 && charge.pence == 0 {
            Ok(())
        } else {
            Err(AnswerError::PriceWithoutRow { line: number })
        };
    };
    let holds =
        |given: &&RateRow| given.row == row && given.from <= charge.from && given.to.is_none_or(|to| charge.to <= to);
    let given = line.rates.iter().find(holds).ok_or(AnswerError::RowNotGiven { line: number, row })?;
    let makes =
        money::price_of_raw(charge.units, charge.divisor, given.rate).map_err(|_| AnswerError::TooMuch)?.pence();
    if makes != charge.pence {
        return Err(AnswerError::WrongSum { line: number, said: charge.pence, makes });
    }
    Ok(())
}
