//! Whether periods lie side by side: every day in one of them, none in two.

use super::{Finding, FindingCode, PayPeriod, Severity, Table, finding, majority, short_date};

pub(super) fn findings(table: &Table<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut before: Option<&PayPeriod> = None;
    for &period in &table.periods {
        if period.dates.ends < period.dates.starts {
            found.push(ends_before_start(period));
            continue;
        }
        if let Some(earlier) = before {
            found.extend(beside(earlier, period));
        }
        if before.is_none_or(|earlier| earlier.dates.ends < period.dates.ends) {
            before = Some(period);
        }
    }
    found.extend(odd_lengths(table));
    found
}

fn ends_before_start(period: &PayPeriod) -> Finding {
    let dates = period.dates;
    let sentence = format!(
        "The period starts on {} and ends before that, on {}; one of the two dates is wrong.",
        short_date(dates.starts),
        short_date(dates.ends)
    );
    finding(period, FindingCode::EndsBeforeStart, Severity::Impossible, vec![dates.ends, dates.starts], sentence)
}

fn beside(earlier: &PayPeriod, period: &PayPeriod) -> Option<Finding> {
    let (ended, starts) = (earlier.dates.ends, period.dates.starts);
    if starts <= ended {
        let shared = ended.min(period.dates.ends);
        let sentence = format!(
            "{} to {} already belong to the period {}; care on these days would be paid twice.",
            short_date(starts),
            short_date(shared),
            earlier.dates.label()
        );
        return Some(finding(period, FindingCode::Overlap, Severity::Impossible, vec![starts, shared], sentence));
    }
    let (first, last) = (ended.succ_opt()?, starts.pred_opt()?);
    if first > last {
        return None;
    }
    let sentence = format!(
        "{} to {} belong to no period: the one before ends on {}, this one starts on {}.",
        short_date(first),
        short_date(last),
        short_date(ended),
        short_date(starts)
    );
    Some(finding(period, FindingCode::Gap, Severity::Warning, vec![first, last], sentence))
}

/// Weeks more or fewer than most periods have. Lengths that are no whole weeks show as a wrong weekday.
fn odd_lengths(table: &Table<'_>) -> Vec<Finding> {
    let Some((usual, count)) = majority(table.periods.iter().map(|period| period.dates.days())) else {
        return Vec::new();
    };
    let odd = |period: &&&PayPeriod| {
        let days = period.dates.days();
        days > 0 && days != usual && days % 7 == 0 && usual % 7 == 0
    };
    let say = |period: &&PayPeriod| {
        let sentence = format!(
            "The period has {} weeks; {count} of {} have {}.",
            period.dates.days() / 7,
            table.periods.len(),
            usual / 7
        );
        let dates = vec![period.dates.starts, period.dates.ends];
        finding(period, FindingCode::OddLength, Severity::Warning, dates, sentence)
    };
    table.periods.iter().filter(odd).map(say).collect()
}
