//! Which extras an accepted adjustment rules out: those on a day that it covers, whatever they are recorded in.

use chrono::NaiveDate;

use crate::money::Quantity;
use crate::pricing::facts::{StatedDay, StatedVisit};

/// Days of a line that an accepted adjustment covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The service line, by its CPLI number.
    pub line: String,
    /// The adjustment's number on its line, from 1.
    pub number: u32,
    /// The first day.
    pub from: NaiveDate,
    /// The last, if there is one.
    pub to: Option<NaiveDate>,
}

impl Covered {
    /// Whether it covers a day.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// An extra that cannot be stated, in words for whoever stated it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {}", self.reason(), self.cure())]
pub struct ExtraCovered {
    /// By what it is covered.
    pub by: Covered,
    /// The first day on which something is above the plan.
    pub day: NaiveDate,
    /// How much is, on that day: thousandths of the unit, or carer-minutes.
    pub extra: i64,
    /// Whether it is counted in minutes.
    pub in_minutes: bool,
}

impl ExtraCovered {
    /// What is wrong, as a sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        let Covered { line, number, from, .. } = &self.by;
        let much = if self.in_minutes {
            format!("{} minutes", self.extra)
        } else {
            Quantity::from_thousandths(self.extra).to_string()
        };
        format!(
            "{much} above the plan of line {line} on {} cannot be stated: adjustment {number} of the line was accepted from \
             {}, so that its care is in the plan.",
            long(self.day),
            long(*from)
        )
    }

    /// What to do, as a sentence.
    #[must_use]
    pub fn cure(&self) -> String {
        let before = "If more was delivered before it began, state the line day by day.";
        let most = "State at most what is planned, or ask for another adjustment of the line.";
        format!("{most} {before}")
    }
}

/// The first extra of a line that an adjustment covers, by day.
#[must_use]
pub fn extra_covered(days: &[StatedDay], visits: &[StatedVisit], covers: &[Covered]) -> Option<ExtraCovered> {
    if covers.is_empty() {
        return None;
    }
    let of_days = days.iter().map(|day| (day.day, day.extra, false));
    let of_visits = visits.iter().map(|visit| (visit.day, visit.extra, true));
    let found = of_days.chain(of_visits).filter(|(_, extra, _)| *extra > 0).filter_map(|(day, extra, in_minutes)| {
        let day = day.date()?;
        // the newest says best what to do
        let by = covers.iter().filter(|covered| covered.covers(day)).max_by_key(|covered| covered.number)?;
        Some(ExtraCovered { by: by.clone(), day, extra, in_minutes })
    });
    found.min_by_key(|found| found.day)
}

fn long(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pricing::facts::Day;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 12, day).expect("a date")
    }

    fn stated(day: u32, extra: i64) -> StatedDay {
        StatedDay {
            day: Day::of(date(day)),
            delivered: 1_000 + extra,
            frustrated: 0,
            missed: 0,
            extra,
            visits: None,
            reason: String::new(),
            comment: false,
        }
    }

    fn covered(number: u32, from: u32, to: Option<u32>) -> Covered {
        Covered { line: "CPLI-7".to_owned(), number, from: date(from), to: to.map(date) }
    }

    #[test]
    fn an_extra_is_named_by_line_day_and_adjustment_with_what_to_do() {
        let days = [stated(3, 500), stated(5, 1_500)];
        let found = extra_covered(&days, &[], &[covered(1, 1, Some(2)), covered(2, 4, None)]).expect("it is covered");
        assert_eq!((found.day, found.by.number), (date(5), 2));
        assert_eq!(
            found.to_string(),
            "1.5 above the plan of line CPLI-7 on 5 December 2024 cannot be stated: adjustment 2 of the line was accepted \
             from 4 December 2024, so that its care is in the plan. State at most what is planned, or \
             ask for another adjustment of the line. If more was delivered before it began, state the line day by day."
        );
    }

    proptest! {
        #[test]
        fn extras_are_ruled_out_on_covered_days_and_on_no_others(
            extras in proptest::collection::vec((1_u32..29, 0_i64..3), 0..10),
            covers in proptest::collection::vec((1_u32..29, proptest::option::of(0_u32..9)), 0..4),
        ) {
            let days: Vec<StatedDay> = extras.iter().map(|(day, extra)| stated(*day, *extra)).collect();
            let covers: Vec<Covered> = covers
                .iter()
                .zip(1..)
                .map(|((from, length), number)| covered(number, *from, length.map(|length| (from + length).min(28))))
                .collect();
            let expected = extras
                .iter()
                .filter(|(day, extra)| *extra > 0 && covers.iter().any(|covered| covered.covers(date(*day))))
                .map(|(day, _)| date(*day))
                .min();
            prop_assert_eq!(extra_covered(&days, &[], &covers).map(|found| found.day), expected);
            // and once nothing is above the plan, nothing is in the way
            let within: Vec<StatedDay> = days.into_iter().map(|day| StatedDay { extra: 0, ..day }).collect();
            prop_assert_eq!(extra_covered(&within, &[], &covers), None);
        }
    }
}
