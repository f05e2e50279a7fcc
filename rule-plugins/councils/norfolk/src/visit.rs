//! One visit: its increment, its band, its price.

use counterfoil_rule_sdk::{
    Arg, Charge, ClaimFacts, Day, LineFacts, Reason, StatedVisit, Unit, Value, Verdict, days, lookup, price, rates,
    reason, round,
};

/// Three miles and six, in thousandths.
const NEAR: i64 = 3_000;
const FAR: i64 = 6_000;

/// A part of a visit with one outcome.
struct Part {
    day: Day,
    start: u16,
    visit: Option<u32>,
    carers: i64,
    /// Carer-minutes.
    amount: i64,
    verdict: Verdict,
    /// Why it is not paid as delivered; none when it is.
    reason: Option<Reason>,
}

/// The charges of every stated visit.
pub(crate) fn stated(facts: &ClaimFacts, line: &LineFacts) -> Vec<Charge> {
    line.stated_visits.iter().flat_map(|visit| of_visit(facts, line, visit)).collect()
}

/// The price of every planned visit, for as long as nothing is stated.
pub(crate) fn planned(facts: &ClaimFacts, line: &LineFacts) -> Vec<Charge> {
    let mut left: Vec<(Day, i64)> = line.plan.iter().map(|planned| (planned.day, planned.quantity)).collect();
    let mut charges = Vec::with_capacity(line.planned_visits.len());
    for visit in &line.planned_visits {
        let (carers, amount) = (i64::from(visit.carers), i64::from(visit.minutes) * i64::from(visit.carers));
        if let Some((_, left)) = left.iter_mut().find(|(day, _)| *day == visit.day) {
            *left -= amount;
            let part = Part {
                day: visit.day,
                start: visit.start,
                visit: None,
                carers,
                amount,
                verdict: Verdict::Pending,
                reason: Some(reason::plain("awaiting-actuals")),
            };
            charges.push(priced(facts, line, &part));
        }
    }
    charges.extend(left.into_iter().filter(|(_, left)| *left > 0).map(|(day, left)| unpriced(line, day, left)));
    charges
}

/// Everything of a line that is not recorded by visits: a person decides.
pub(crate) fn not_covered(facts: &ClaimFacts, line: &LineFacts) -> Vec<Charge> {
    let by_day = line.stated_days.iter().map(|day| (day.day, day.delivered + day.frustrated + day.missed));
    let planned = line.plan.iter().map(|day| (day.day, day.quantity));
    let amounts: Vec<(Day, i64)> = if facts.stated { by_day.collect() } else { planned.collect() };
    amounts.into_iter().filter(|(_, amount)| *amount > 0).map(|(day, amount)| unpriced(line, day, amount)).collect()
}

fn of_visit(facts: &ClaimFacts, line: &LineFacts, visit: &StatedVisit) -> Vec<Charge> {
    // a planned visit's number is its position
    let at = visit.planned.and_then(|number| usize::try_from(number).ok());
    let planned = at.and_then(|at| line.planned_visits.get(at));
    let carers = if visit.carers > 0 { visit.carers } else { planned.map_or(1, |planned| planned.carers) };
    let part = |amount, verdict, reason| Part {
        day: visit.day,
        start: visit.start,
        visit: Some(visit.visit),
        carers: i64::from(carers.max(1)),
        amount,
        verdict,
        reason,
    };
    let frustrated = if frustrated_counts(facts, line, visit) {
        part(visit.frustrated, Verdict::Payable, Some(reason::with("frustrated-paid", [reason::code(&visit.reason)])))
    } else {
        part(
            visit.frustrated,
            Verdict::Rejected,
            Some(reason::with("frustrated-unpaid", [reason::code(&visit.reason)])),
        )
    };
    let mut charges: Vec<Charge> = [part(visit.delivered, Verdict::Payable, None), frustrated]
        .iter()
        .filter(|part| part.amount > 0)
        .map(|part| priced(facts, line, part))
        .collect();
    if visit.missed > 0 {
        let missed = part(visit.missed, Verdict::Rejected, None);
        charges.push(charge(line, &missed, reason::plain("missed-by-provider")));
    }
    charges
}

/// Whether the council pays for a visit that the service user missed for this reason.
fn frustrated_counts(facts: &ClaimFacts, line: &LineFacts, visit: &StatedVisit) -> bool {
    let kind = lookup::code(&facts.attributes, "kind", visit.day).unwrap_or_default();
    let reasons = lookup::setting(&facts.settings, "frustrated-reasons", &line.service, kind, visit.day);
    matches!(reasons, Some(Value::Codes(codes)) if codes.contains(&visit.reason))
}

/// The increment of the contract's framework, in minutes.
fn increment(facts: &ClaimFacts, day: Day) -> Option<i64> {
    match lookup::code(&facts.attributes, "framework", day)? {
        "old" => Some(5),
        "new" => Some(15),
        _ => None,
    }
}

/// The band of the rate card: spot, or by the distance of the person's home.
fn band(facts: &ClaimFacts, line: &LineFacts, day: Day) -> Option<&'static str> {
    if lookup::code(&facts.attributes, "kind", day) == Some("spot") {
        return Some("spot");
    }
    Some(match lookup::number(&line.attributes, "distance-thousandths-mile", day)? {
        distance if distance <= NEAR => "0-3-miles",
        distance if distance <= FAR => "3-6-miles",
        _ => "over-6-miles",
    })
}

fn priced(facts: &ClaimFacts, line: &LineFacts, part: &Part) -> Charge {
    match try_priced(facts, line, part) {
        Ok(charge) => charge,
        Err(code) => charge_of(line, part, Verdict::Suspended, reason::plain(code)),
    }
}

fn try_priced(facts: &ClaimFacts, line: &LineFacts, part: &Part) -> Result<Charge, &'static str> {
    let increment = increment(facts, part.day).ok_or("framework-unknown")?;
    let band = band(facts, line, part.day).ok_or("distance-unknown")?;
    let kind = days::facts(facts, part.day).kind;
    let wanted = rates::Wanted { band, day: part.day, kind, plain_kind: kind, time: Some(part.start) };
    let row = rates::row(&line.rates, &wanted).filter(|row| row.unit == Unit::Hour).ok_or("no-rate")?;
    // part of a visit by fewer carers is priced by the minute of one
    let (carers, minutes) =
        if part.amount % part.carers == 0 { (part.carers, part.amount / part.carers) } else { (1, part.amount) };
    let paid = round::nearest(minutes, increment);
    let units = paid * carers * 1_000;
    let pence = price::price(units, 60, row.rate).ok_or("too-large")?;
    let delivered = || {
        let args = [
            Arg::Count(carers),
            Arg::Minutes(minutes),
            Arg::Minutes(paid),
            Arg::Minutes(increment),
            reason::code(band),
        ];
        reason::with("visit-by-distance", args)
    };
    let why = part.reason.clone().unwrap_or_else(delivered);
    Ok(Charge { units, divisor: 60, row: Some(row.row), pence, ..charge(line, part, why) })
}

fn unpriced(line: &LineFacts, day: Day, amount: i64) -> Charge {
    let part = Part { day, start: 0, visit: None, carers: 1, amount, verdict: Verdict::Suspended, reason: None };
    charge(line, &part, reason::plain("not-by-visits"))
}

fn charge(line: &LineFacts, part: &Part, reason: Reason) -> Charge {
    charge_of(line, part, part.verdict, reason)
}

fn charge_of(line: &LineFacts, part: &Part, verdict: Verdict, reason: Reason) -> Charge {
    Charge {
        line: line.line,
        from: part.day,
        to: part.day,
        visit: part.visit,
        accounts_for: part.amount,
        units: 0,
        divisor: 1,
        row: None,
        pence: 0,
        verdict,
        reason,
    }
}
