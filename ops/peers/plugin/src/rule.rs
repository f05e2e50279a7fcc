//! Worcestershire's payment of weekly quantities (2024/25), and nothing else: delivered and frustrated care is paid at the
//! rate of its tier and day, frustrated care only with a reason, missed care never; extra care has a charge of its own, which
//! tolerance then holds back; a difference from the plan needs a comment, tier 2 a recorded need, and a bank holiday is
//! enhanced where the contract says so. The rules for the other engines, in `../../rules`, say the same in their words.
//!
//! A test of the repository runs this over the shared cases beside the pack `standard`.

use serde::{Deserialize, Serialize};

/// A day, counted from 1 January 1970.
type Day = i32;

/// What the rule reads of a claim.
#[derive(Deserialize)]
pub struct Claim {
    attributes: Vec<Attribute>,
    days: Vec<DayFacts>,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Attribute {
    key: String,
    from: Day,
    to: Option<Day>,
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "of most values only their kind is looked at")]
enum Value {
    Flag(bool),
    Number(i64),
    Code(String),
    Codes(Vec<String>),
}

#[derive(Deserialize)]
struct DayFacts {
    day: Day,
    kind: String,
    bank_holiday: bool,
}

#[derive(Deserialize)]
struct Line {
    line: u32,
    unit: String,
    tier: String,
    valid: Span,
    attributes: Vec<Attribute>,
    rates: Vec<RateRow>,
    stated_days: Vec<StatedDay>,
}

#[derive(Deserialize)]
struct Span {
    from: Day,
}

#[derive(Deserialize)]
struct RateRow {
    row: u32,
    band: String,
    minutes: Option<u16>,
    day_kind: Option<String>,
    time_band: Option<(u16, u16)>,
    from: Day,
    to: Option<Day>,
    unit: String,
    rate: i64,
}

#[derive(Deserialize)]
struct StatedDay {
    day: Day,
    delivered: i64,
    frustrated: i64,
    missed: i64,
    extra: i64,
    reason: String,
    comment: bool,
}

/// What the rule answers.
#[derive(Serialize)]
pub struct Answer {
    charges: Vec<Charge>,
    findings: Vec<Finding>,
    verdicts: Vec<LineVerdict>,
}

#[derive(Serialize)]
struct Charge {
    line: u32,
    from: Day,
    to: Day,
    visit: Option<u32>,
    accounts_for: i64,
    units: i64,
    divisor: u16,
    row: Option<u32>,
    pence: i64,
    verdict: &'static str,
    reason: Reason,
}

#[derive(Serialize)]
struct Finding {
    line: Option<u32>,
    day: Option<Day>,
    visit: Option<u32>,
    level: &'static str,
    reason: Reason,
}

#[derive(Serialize)]
struct LineVerdict {
    line: u32,
    verdict: &'static str,
    reason: Reason,
}

#[derive(Clone, PartialEq, Serialize)]
struct Reason {
    code: &'static str,
    args: Vec<Arg>,
}

#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Arg {
    Code(String),
}

impl Reason {
    fn plain(code: &'static str) -> Self {
        Self { code, args: Vec::new() }
    }

    fn of(code: &'static str, arg: &str) -> Self {
        Self { code, args: vec![Arg::Code(arg.to_owned())] }
    }
}

/// A charge while it is gathered: the rate is known only here.
struct Gathered {
    charge: Charge,
    rate: i64,
}

/// Prices a claim.
pub fn assess(claim: &Claim) -> Answer {
    let mut answer = Answer { charges: Vec::new(), findings: Vec::new(), verdicts: Vec::new() };
    for line in &claim.lines {
        let mut gathered: Vec<Gathered> = Vec::new();
        for stated in &line.stated_days {
            let parts = [
                (stated.delivered - stated.extra, "payable", Reason::plain("delivered")),
                (stated.extra, "payable", Reason::plain("extra")),
                if stated.reason.is_empty() {
                    (stated.frustrated, "suspended", Reason::plain("reason-needed"))
                } else {
                    (stated.frustrated, "payable", Reason::of("frustrated-paid", &stated.reason))
                },
                (stated.missed, "rejected", Reason::plain("missed-by-provider")),
            ];
            for (amount, verdict, reason) in parts {
                if amount > 0 {
                    gather(claim, line, &mut gathered, (stated.day, amount), (verdict, reason));
                }
            }
        }
        finish(line, gathered, &mut answer);
    }
    answer
}

/// Adds care to the charge of its rate and outcome, or begins one.
fn gather(
    claim: &Claim,
    line: &Line,
    gathered: &mut Vec<Gathered>,
    (day, amount): (Day, i64),
    (verdict, reason): (&'static str, Reason),
) {
    let row = if verdict == "rejected" { None } else { row_on(claim, line, day) };
    let priced = row.filter(|row| row.unit == line.unit);
    let (verdict, reason) = match (verdict, row, priced) {
        ("rejected", _, _) | (_, _, Some(_)) => (verdict, reason),
        (_, Some(_), None) => ("suspended", Reason::plain("rate-in-other-unit")),
        (_, None, None) => ("suspended", Reason::plain("no-rate")),
    };
    let number = priced.map(|row| row.row);
    let same = |charge: &Charge| charge.row == number && charge.verdict == verdict && charge.reason == reason;
    let units = if priced.is_some() { amount } else { 0 };
    if let Some(Gathered { charge, .. }) = gathered.iter_mut().find(|known| same(&known.charge)) {
        charge.from = charge.from.min(day);
        charge.to = charge.to.max(day);
        charge.accounts_for += amount;
        charge.units += units;
        return;
    }
    let charge = Charge {
        line: line.line,
        from: day,
        to: day,
        visit: None,
        accounts_for: amount,
        units,
        divisor: 1,
        row: number,
        pence: 0,
        verdict,
        reason,
    };
    gathered.push(Gathered { charge, rate: priced.map_or(0, |row| row.rate) });
}

/// Prices the charges of a line, and says what a person should look at.
fn finish(line: &Line, gathered: Vec<Gathered>, answer: &mut Answer) {
    let first = answer.findings.len();
    let mut add = |day: Option<Day>, level: &'static str, reason: Reason| {
        answer.findings.push(Finding { line: Some(line.line), day, visit: None, level, reason });
    };
    for Gathered { mut charge, rate } in gathered {
        // thousandths of a unit x ten-thousandths of a pound, rounded half up
        charge.pence = (charge.units * rate * 2 + 100_000) / 200_000;
        if charge.row.is_none() && charge.verdict == "suspended" {
            add(Some(charge.from), "suspend", charge.reason.clone());
        }
        answer.charges.push(charge);
    }
    let needed = |given: &Attribute| {
        holds(given, line.valid.from) && given.key == "tier-need" && matches!(given.value, Value::Code(_))
    };
    if line.tier == "tier-2" && !line.attributes.iter().any(needed) {
        add(None, "suspend", Reason::of("tier-without-need", &line.tier));
    }
    for stated in &line.stated_days {
        if stated.frustrated + stated.missed + stated.extra > 0 && !stated.comment {
            add(Some(stated.day), "mend", Reason::plain("comment-needed"));
        }
        if stated.frustrated > 0 && stated.reason.is_empty() {
            add(Some(stated.day), "mend", Reason::plain("reason-needed"));
        }
    }
    let held = answer.findings[first..].iter().find(|finding| finding.level == "suspend");
    let (verdict, reason) = match held {
        Some(finding) => ("suspended", finding.reason.clone()),
        None => ("payable", Reason::plain("priced")),
    };
    answer.verdicts.push(LineVerdict { line: line.line, verdict, reason });
}

/// The row of the rate card for a day: one for its kind before one for any.
fn row_on<'a>(claim: &Claim, line: &'a Line, day: Day) -> Option<&'a RateRow> {
    let facts = claim.days.iter().find(|facts| facts.day == day)?;
    let enhances = |given: &Attribute| {
        holds(given, day) && given.key == "bank-holiday-enhancement" && matches!(given.value, Value::Flag(true))
    };
    let enhanced = facts.bank_holiday && line.attributes.iter().chain(&claim.attributes).any(enhances);
    let kind = if enhanced { "bank_holiday" } else { facts.kind.as_str() };
    let of = |wanted: Option<&str>| {
        line.rates.iter().find(|row| {
            row.from <= day
                && row.to.is_none_or(|to| day <= to)
                && row.band.is_empty()
                && row.minutes.is_none()
                && row.time_band.is_none()
                && row.day_kind.as_deref() == wanted
        })
    };
    of(Some(kind)).or_else(|| of(Some(&facts.kind))).or_else(|| of(None))
}

fn holds(given: &Attribute, day: Day) -> bool {
    given.from <= day && given.to.is_none_or(|to| day <= to)
}
