//! The council's rate card: every price is a row of it and only that. Rows are append-only; a later row replaces an
//! earlier one of the same key from its first day onwards, so that a backdated change is one more row and what was
//! known at any time can be asked again. Its rows go into [`pricing`](crate::pricing).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::money::Rate;
use crate::plan::{LineVersion, last_version_before};
use crate::pricing::facts::{Day, DayKind, RateRow, Unit};

/// What a rate is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RateKey {
    /// The service level.
    pub service: String,
    /// The tier; empty where a service has none.
    pub tier: String,
    /// The band; empty for the plain rate.
    pub band: String,
    /// The length of visit that it is the price of, in minutes.
    pub minutes: Option<u16>,
    /// The kind of day that it is for.
    pub day_kind: Option<DayKind>,
    /// The time band, in minutes from midnight: first included, last excluded.
    pub time_band: Option<(u16, u16)>,
    /// What one of is priced.
    pub unit: Unit,
}

/// One row of the rate card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateCardRow {
    /// What it is for.
    pub key: RateKey,
    /// The first day of care for which it holds.
    pub from: NaiveDate,
    /// The last day, if it ends.
    pub to: Option<NaiveDate>,
    /// Pounds for one unit.
    pub rate: Rate,
    /// When the council recorded it.
    pub recorded_at: DateTime<Utc>,
}

/// The row of one key that counts for a day, as it was known at an instant; none where it had ended.
#[must_use]
pub fn rate_for<'a>(
    rows: impl IntoIterator<Item = &'a RateCardRow>,
    day: NaiveDate,
    known_at: DateTime<Utc>,
) -> Option<&'a RateCardRow> {
    rows.into_iter()
        .filter(|row| row.recorded_at <= known_at && row.from <= day)
        .max_by_key(|row| (row.recorded_at, row.from))
        .filter(|row| row.to.is_none_or(|to| day <= to))
}

/// The rows that a rule is given for a line over some days: each cut to the days on which it counts, and chosen by
/// the service and tier that the line had on each day, so that a change of tier or rate within a week splits the
/// line where it changes.
#[must_use]
pub fn rows_for_line(
    card: &[RateCardRow],
    versions: &[LineVersion],
    days: (NaiveDate, NaiveDate),
    known_at: DateTime<Utc>,
) -> Vec<RateRow> {
    let mut by_key: BTreeMap<&RateKey, Vec<&RateCardRow>> = BTreeMap::new();
    for row in card {
        by_key.entry(&row.key).or_default().push(row);
    }
    let mut given: Vec<RateRow> = Vec::new();
    for (key, rows) in by_key {
        let mut open: Option<RateRow> = None;
        for date in days.0.iter_days().take_while(|date| *date <= days.1) {
            // after a line's end the version that ended still says what a rule may go on paying
            let version = last_version_before(versions, date, known_at);
            let applies = version.is_some_and(|version| version.service == key.service && version.tier == key.tier);
            let rate = if applies { rate_for(rows.iter().copied(), date, known_at) } else { None };
            let day = Day::of(date);
            match (&mut open, rate) {
                (Some(row), Some(rate)) if row.rate == rate.rate.raw() => row.to = Some(day),
                (_, Some(rate)) => given.extend(open.replace(row_from(key, rate, day))),
                (_, None) => given.extend(open.take()),
            }
        }
        given.extend(open);
    }
    for (number, row) in given.iter_mut().enumerate() {
        row.row = u32::try_from(number).unwrap_or(u32::MAX);
    }
    given
}

fn row_from(key: &RateKey, row: &RateCardRow, day: Day) -> RateRow {
    RateRow {
        row: 0,
        band: key.band.clone(),
        minutes: key.minutes,
        day_kind: key.day_kind,
        time_band: key.time_band,
        from: day,
        to: Some(day),
        unit: key.unit,
        rate: row.rate.raw(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Quantity;
    use crate::plan::Plan;
    use chrono::TimeZone as _;

    fn date(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, month, day).expect("a date")
    }

    fn at(month: u32, day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2025, month, day, 9, 0, 0).single().expect("an instant")
    }

    fn row(from: NaiveDate, rate: i64, recorded_at: DateTime<Utc>) -> RateCardRow {
        let key = RateKey {
            service: "Home care".to_owned(),
            tier: "1".to_owned(),
            band: String::new(),
            minutes: None,
            day_kind: None,
            time_band: None,
            unit: Unit::Hour,
        };
        RateCardRow { key, from, to: None, rate: Rate::from_ten_thousandths(rate), recorded_at }
    }

    fn line() -> LineVersion {
        LineVersion {
            version: 1,
            from: date(1, 1),
            to: None,
            recorded_at: at(1, 1),
            service: "Home care".to_owned(),
            unit: Unit::Hour,
            tier: "1".to_owned(),
            tier_need: String::new(),
            attributes: Vec::new(),
            plan: Plan::Week { quantity: Quantity::from_thousandths(7_000) },
        }
    }

    #[test]
    fn a_rate_that_changes_within_the_week_splits_it_at_the_day() {
        let card = [row(date(1, 1), 188_500, at(1, 1)), row(date(4, 1), 195_000, at(3, 1))];
        let rows = rows_for_line(&card, &[line()], (date(3, 29), date(4, 4)), at(4, 8));
        let spans: Vec<_> = rows.iter().map(|row| (row.from.date(), row.to.and_then(Day::date), row.rate)).collect();
        assert_eq!(
            spans,
            [(Some(date(3, 29)), Some(date(3, 31)), 188_500), (Some(date(4, 1)), Some(date(4, 4)), 195_000)]
        );
    }

    #[test]
    fn a_backdated_rate_counts_only_from_when_it_is_recorded() {
        let card = [row(date(1, 1), 188_500, at(1, 1)), row(date(4, 1), 195_000, at(5, 1))];
        let rate = |known| rows_for_line(&card, &[line()], (date(4, 5), date(4, 11)), known)[0].rate;
        assert_eq!(rate(at(4, 30)), 188_500);
        assert_eq!(rate(at(5, 2)), 195_000);
    }
}
