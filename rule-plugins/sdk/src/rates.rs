//! The row of the rate card for a day, a time, or a length of visit. Every price is a row; the rule only chooses.

use crate::types::{Day, DayKind, RateRow};

/// What a price is wanted for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The band; empty for the plain rate.
    pub band: &'a str,
    /// The day of care.
    pub day: Day,
    /// The kind of that day, as the contract pays it: a bank holiday only where it is enhanced.
    pub kind: DayKind,
    /// The kind that the day has by its place in the week, for cards without a price for bank holidays.
    pub plain_kind: DayKind,
    /// The time of day in minutes from midnight; none for quantities.
    pub time: Option<u16>,
}

/// The row that fits best: one for this kind of day and this time before one for any. Prices by length of visit
/// are left out; [`by_length`] has them.
#[must_use]
pub fn row<'a>(rows: &'a [RateRow], wanted: &Wanted<'_>) -> Option<&'a RateRow> {
    best(rows.iter().filter(|row| row.minutes.is_none()), wanted)
}

/// The row that prices a visit of exactly this many minutes.
#[must_use]
pub fn by_length<'a>(rows: &'a [RateRow], minutes: u16, wanted: &Wanted<'_>) -> Option<&'a RateRow> {
    best(rows.iter().filter(|row| row.minutes == Some(minutes)), wanted)
}

/// The row for the longest listed visit that is no longer than this many minutes.
#[must_use]
pub fn largest_within<'a>(rows: &'a [RateRow], minutes: u16, wanted: &Wanted<'_>) -> Option<&'a RateRow> {
    let lengths = rows.iter().filter(|row| fit(row, wanted).is_some()).filter_map(|row| row.minutes);
    let longest = lengths.filter(|length| *length > 0 && *length <= minutes).max()?;
    by_length(rows, longest, wanted)
}

fn best<'a>(rows: impl Iterator<Item = &'a RateRow>, wanted: &Wanted<'_>) -> Option<&'a RateRow> {
    let mut best: Option<(u8, &RateRow)> = None;
    for row in rows {
        if let Some(fit) = fit(row, wanted)
            && best.is_none_or(|(so_far, _)| fit > so_far)
        {
            best = Some((fit, row));
        }
    }
    best.map(|(_, row)| row)
}

/// How well a row fits, if it does: 8 or 4 for the kind of day, 1 for the time.
fn fit(row: &RateRow, wanted: &Wanted<'_>) -> Option<u8> {
    if wanted.day < row.from || row.to.is_some_and(|to| to < wanted.day) || row.band != wanted.band {
        return None;
    }
    let kind = match row.day_kind {
        Some(kind) if kind == wanted.kind => 8,
        Some(kind) if kind == wanted.plain_kind => 4,
        Some(_) => return None,
        None => 0,
    };
    let time = match (row.time_band, wanted.time) {
        (Some(band), Some(time)) if in_band(band, time) => 1,
        (Some(_), _) => return None,
        (None, _) => 0,
    };
    Some(kind + time)
}

/// Whether a time lies in a band; a band that ends before it begins runs over midnight.
const fn in_band((from, to): (u16, u16), time: u16) -> bool {
    if from <= to { from <= time && time < to } else { time >= from || time < to }
}

/// The minutes from midnight at which a band of any of the rows begins or ends, in order, each once.
#[must_use]
pub fn edges(rows: &[RateRow]) -> Vec<u16> {
    let bands = rows.iter().filter_map(|row| row.time_band);
    let mut edges: Vec<u16> = bands.flat_map(|(from, to)| [from % 1_440, to % 1_440]).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Unit;

    fn row_of(number: u32, day_kind: Option<DayKind>, time_band: Option<(u16, u16)>) -> RateRow {
        let unit = Unit::Hour;
        RateRow {
            row: number,
            band: String::new(),
            minutes: None,
            day_kind,
            time_band,
            from: 0,
            to: None,
            unit,
            rate: 1,
        }
    }

    #[test]
    fn the_row_for_the_kind_of_day_and_time_comes_before_the_plain_one() {
        let rows = [
            row_of(0, None, None),
            row_of(1, None, Some((1_200, 1_440))),
            row_of(2, Some(DayKind::Sunday), None),
            row_of(3, Some(DayKind::BankHoliday), None),
        ];
        let at = |kind, plain_kind, time| {
            row(&rows, &Wanted { band: "", day: 1, kind, plain_kind, time }).map(|row| row.row)
        };
        assert_eq!(at(DayKind::Weekday, DayKind::Weekday, Some(600)), Some(0));
        assert_eq!(at(DayKind::Weekday, DayKind::Weekday, Some(1_200)), Some(1));
        assert_eq!(at(DayKind::Sunday, DayKind::Sunday, Some(1_200)), Some(2));
        assert_eq!(at(DayKind::BankHoliday, DayKind::Sunday, None), Some(3));
        assert_eq!(
            row(
                &rows[..3],
                &Wanted { band: "", day: 1, kind: DayKind::BankHoliday, plain_kind: DayKind::Sunday, time: None }
            )
            .map(|row| row.row),
            Some(2)
        );
    }

    #[test]
    fn a_band_over_midnight_holds_on_both_sides() {
        assert!(in_band((1_320, 360), 1_380) && in_band((1_320, 360), 0) && !in_band((1_320, 360), 360));
    }
}
