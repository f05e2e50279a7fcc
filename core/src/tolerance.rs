//! How far a claim may exceed its plan before a person looks. Tolerance is the council's and the host's, not the
//! rule's: it comes after [`pricing`](crate::pricing) and before [`disposition`](crate::disposition).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{Money, Overflow, Quantity};
use crate::pricing::{Arg, Reason};

/// What a limit is measured over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Each visit against its planned visit; in units (hours) and percent only.
    Visit,
    /// Each service line of a claim.
    Line,
    /// All lines of a claim: one person's week.
    Week,
    /// All claims of a contract for the period.
    Contract,
}

/// How far something may exceed the plan. The strictest measure that is given decides; a limit without any measure
/// lets everything through, and one of zero nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// What it is measured over.
    pub level: Level,
    /// Units above the plan (hours for timetabled care).
    pub units: Option<Quantity>,
    /// Percent of the planned units.
    pub percent: Option<Decimal>,
    /// Pence above the price of the plan.
    pub pounds: Option<Money>,
}

/// What was planned and what is claimed, over whatever a limit is measured over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Planned: thousandths of the unit; of an hour for timetabled care.
    pub planned_units: i64,
    /// Claimed: delivered and frustrated.
    pub claimed_units: i64,
    /// The price of the plan.
    pub planned: Money,
    /// The price of what is claimed, as far as the rule would pay it.
    pub claimed: Money,
}

impl Use {
    /// Two uses together.
    ///
    /// # Errors
    /// [`Overflow`] when a sum does not fit.
    pub fn with(self, other: Self) -> Result<Self, Overflow> {
        Ok(Self {
            planned_units: self.planned_units.checked_add(other.planned_units).ok_or(Overflow)?,
            claimed_units: self.claimed_units.checked_add(other.claimed_units).ok_or(Overflow)?,
            planned: self.planned.checked_add(other.planned)?,
            claimed: self.claimed.checked_add(other.claimed)?,
        })
    }

    /// Whether more is claimed than was planned, in units or in money.
    #[must_use]
    pub fn is_over_plan(&self) -> bool {
        self.claimed_units > self.planned_units || self.claimed > self.planned
    }
}

/// Which measure of a limit was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Units.
    Units,
    /// Percent of the planned units.
    Percent,
    /// Money.
    Pounds,
}

/// A limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The limit.
    pub limit: Limit,
    /// The measure that it failed.
    pub measure: Measure,
    /// What was planned and claimed.
    pub over: Use,
}

impl Limit {
    /// Whether a use exceeds this limit, and by which measure.
    #[must_use]
    pub fn breach(&self, over: Use) -> Option<Breach> {
        let breached = |measure| Some(Breach { limit: *self, measure, over });
        let above = i128::from(over.claimed_units) - i128::from(over.planned_units);
        if self.units.is_some_and(|units| above > i128::from(units.raw())) {
            return breached(Measure::Units);
        }
        if let Some(percent) = self.percent {
            let allowed = percent.checked_mul(Decimal::from(over.planned_units)).unwrap_or(Decimal::MAX);
            // decimals hold 96 bits, and two 64-bit integers differ by at most 65
            if above > 0 && Decimal::from_i128_with_scale(above, 0) * Decimal::ONE_HUNDRED > allowed {
                return breached(Measure::Percent);
            }
        }
        let dearer = i128::from(over.claimed.pence()) - i128::from(over.planned.pence());
        if self.pounds.is_some_and(|pounds| dearer > i128::from(pounds.pence())) {
            return breached(Measure::Pounds);
        }
        None
    }
}

impl Breach {
    /// The reason that the provider and the officer read: code and figures.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let level = match self.limit.level {
            Level::Visit => "visit",
            Level::Line => "line",
            Level::Week => "week",
            Level::Contract => "contract",
        };
        match self.measure {
            Measure::Units => Reason {
                code: format!("over-tolerance-{level}-units"),
                args: vec![
                    Arg::Units(self.over.claimed_units),
                    Arg::Units(self.over.planned_units),
                    Arg::Units(self.limit.units.map_or(0, Quantity::raw)),
                ],
            },
            Measure::Percent => Reason {
                code: format!("over-tolerance-{level}-percent"),
                args: vec![
                    Arg::Units(self.over.claimed_units),
                    Arg::Units(self.over.planned_units),
                    Arg::Units(thousandths(self.limit.percent.unwrap_or_default())),
                ],
            },
            Measure::Pounds => Reason {
                code: format!("over-tolerance-{level}-pounds"),
                args: vec![
                    Arg::Pence(self.over.claimed.pence()),
                    Arg::Pence(self.over.planned.pence()),
                    Arg::Pence(self.limit.pounds.map_or(0, Money::pence)),
                ],
            },
        }
    }
}

fn thousandths(value: Decimal) -> i64 {
    let scaled = (value * Decimal::ONE_THOUSAND).round();
    i64::try_from(scaled.mantissa()).unwrap_or(i64::MAX)
}

/// What was planned and claimed on one line of a claim, with its visits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineUse {
    /// The line's number within the claim.
    pub line: u32,
    /// The line as a whole.
    pub whole: Use,
    /// Its visits, where it has any that were planned.
    pub visits: Vec<Use>,
}

/// The lines that a council's limits hold back, with the first breach of each, in the order of the lines.
///
/// A breach of a visit or a line suspends that line; a breach of the week or of the contract suspends every line
/// that is over its own plan. `others` is what the contract's other claims of the period use.
///
/// # Errors
/// [`Overflow`] when the uses do not add up within 64 bits; the caller suspends the claim.
pub fn held_back(limits: &[Limit], lines: &[LineUse], others: Use) -> Result<Vec<(u32, Breach)>, Overflow> {
    let week = lines.iter().try_fold(Use::default(), |sum, line| sum.with(line.whole))?;
    let contract = week.with(others)?;
    let first = |level: Level, over: Use| {
        limits.iter().filter(|limit| limit.level == level).find_map(|limit| limit.breach(over))
    };
    let wide = first(Level::Week, week).or_else(|| first(Level::Contract, contract));
    Ok(lines
        .iter()
        .filter_map(|line| {
            let by_visit = || line.visits.iter().find_map(|visit| first(Level::Visit, *visit));
            let breach = by_visit()
                .or_else(|| first(Level::Line, line.whole))
                .or_else(|| wide.filter(|_| line.whole.is_over_plan()))?;
            Some((line.line, breach))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(level: Level, units: Option<i64>, percent: Option<i64>, pounds: Option<i64>) -> Limit {
        Limit {
            level,
            units: units.map(Quantity::from_thousandths),
            percent: percent.map(Decimal::from),
            pounds: pounds.map(Money::from_pence),
        }
    }

    fn hours(planned: i64, claimed: i64) -> Use {
        // at £20.00 an hour
        Use {
            planned_units: planned * 1_000,
            claimed_units: claimed * 1_000,
            planned: Money::from_pence(planned * 2_000),
            claimed: Money::from_pence(claimed * 2_000),
        }
    }

    #[test]
    fn a_limit_lets_through_what_equals_it_and_holds_what_exceeds_it() {
        let units = limit(Level::Line, Some(2_000), None, None);
        assert!(units.breach(hours(10, 12)).is_none());
        assert!(units.breach(hours(10, 13)).is_some());
        let percent = limit(Level::Line, None, Some(10), None);
        assert!(percent.breach(hours(10, 11)).is_none());
        assert!(percent.breach(hours(10, 12)).is_some());
        let pounds = limit(Level::Line, None, None, Some(2_000));
        assert!(pounds.breach(hours(10, 11)).is_none());
        assert!(pounds.breach(hours(10, 12)).is_some());
    }

    #[test]
    fn percent_of_nothing_planned_is_nothing() {
        let percent = limit(Level::Line, None, Some(10), None);
        assert!(percent.breach(hours(0, 1)).is_some());
        assert!(percent.breach(hours(0, 0)).is_none());
    }

    #[test]
    fn a_breach_of_the_contract_holds_every_line_that_is_over_its_plan() {
        let limits = [limit(Level::Contract, Some(3_000), None, None)];
        let line = |line, whole| LineUse { line, whole, visits: Vec::new() };
        let lines = [line(0, hours(10, 12)), line(1, hours(10, 9)), line(2, hours(5, 6))];
        let held = |others| held_back(&limits, &lines, others).expect("sums that fit");
        assert!(held(hours(0, 0)).is_empty());
        let held: Vec<u32> = held(hours(4, 6)).into_iter().map(|(line, _)| line).collect();
        assert_eq!(held, [0, 2]);
    }

    #[test]
    fn a_visit_that_is_over_holds_its_line_although_the_line_is_not() {
        let limits = [limit(Level::Visit, Some(250), None, None), limit(Level::Line, Some(0), None, None)];
        let visit = |planned, claimed| Use { planned_units: planned, claimed_units: claimed, ..Use::default() };
        let line = LineUse { line: 0, whole: hours(2, 2), visits: vec![visit(1_000, 1_500), visit(1_000, 500)] };
        let held = held_back(&limits, &[line], Use::default()).expect("sums that fit");
        assert_eq!(held[0].1.limit.level, Level::Visit);
        assert_eq!(held[0].1.reason().code, "over-tolerance-visit-units");
    }
}
