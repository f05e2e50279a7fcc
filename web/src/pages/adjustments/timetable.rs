//! The visits of a week as people type them, a visit a line: `Monday 07:30, 30 minutes, 1 carer`.

use counterfoil_core::plan::TimetabledVisit;

use crate::actuals::{carers, clock, clock_words, minutes};
use crate::pages::contracts::words::WEEKDAYS;

/// The most visits of a week.
const MOST: usize = 500;

/// A timetable, as it is typed.
pub(super) fn text(visits: &[TimetabledVisit]) -> String {
    let mut sorted = visits.to_vec();
    sorted.sort_by_key(|visit| (visit.weekday, visit.start, visit.minutes));
    let lines = sorted.iter().map(|visit| {
        let day = WEEKDAYS.get(usize::from(visit.weekday)).copied().unwrap_or_default();
        let carers = if visit.carers == 1 { "carer" } else { "carers" };
        format!("{day} {}, {} minutes, {} {carers}", clock_words(visit.start), visit.minutes, visit.carers)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The visits of a typed timetable; what is wrong with the first line that is none.
pub(super) fn read(text: &str) -> Result<Vec<TimetabledVisit>, String> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let visits = lines
        .map(|(line, number)| {
            visit(line).map_err(|what| {
                format!("Line {number} of the timetable: {what}. Write it like Monday 07:30, 30 minutes, 1 carer")
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if visits.len() > MOST {
        return Err(format!("A week has at most {MOST} visits"));
    }
    Ok(visits)
}

fn visit(line: &str) -> Result<TimetabledVisit, String> {
    let line = line.to_lowercase();
    let told =
        |word: &&str| !["minutes", "minute", "min", "mins", "carer", "carers", "for", "by", "at", "and"].contains(word);
    let mut words =
        line.split(|letter: char| letter.is_whitespace() || letter == ',').filter(|word| !word.is_empty()).filter(told);
    let day = words.next().unwrap_or_default();
    let named = |name: &str| day.len() >= 3 && name.to_lowercase().starts_with(day);
    let weekday = WEEKDAYS.iter().position(|name| named(name)).ok_or("it does not begin with a day of the week")?;
    let start = clock(words.next().unwrap_or_default()).map_err(|error| error.to_string())?;
    let length = minutes(words.next().unwrap_or_default()).map_err(|error| error.to_string())?;
    let many = words.next().map_or(Ok(1), carers).map_err(|error| error.to_string())?;
    match words.next() {
        Some(rest) => Err(format!("\u{2018}{rest}\u{2019} is too much")),
        None => Ok(TimetabledVisit {
            weekday: u8::try_from(weekday).unwrap_or_default(),
            start,
            minutes: length,
            carers: many,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timetable_is_read_as_it_is_written_and_in_other_ways() {
        let visits = [
            TimetabledVisit { weekday: 0, start: 450, minutes: 30, carers: 1 },
            TimetabledVisit { weekday: 6, start: 1_170, minutes: 45, carers: 2 },
        ];
        let written = text(&visits);
        assert_eq!(written, "Monday 07:30, 30 minutes, 1 carer\nSunday 19:30, 45 minutes, 2 carers");
        assert_eq!(read(&written).unwrap(), visits);
        assert_eq!(read("mon 7:30 for 30 min\n\nSun 7:30pm 45 2").unwrap(), visits);
        assert_eq!(read(" \n").unwrap(), []);
    }

    #[test]
    fn what_is_no_visit_is_named_by_its_line() {
        for (line, says) in [
            ("Funday 7:30, 30 minutes", "day of the week"),
            ("Monday half past, 30 minutes", "enter a time"),
            ("Monday 7:30, 0 minutes", "length"),
            ("Monday 7:30, 30 minutes, 12 carers", "carers"),
            ("Monday 7:30 30 1 7", "too much"),
        ] {
            let wrong = read(&format!("Monday 7:30, 30 minutes\n{line}")).unwrap_err();
            assert!(wrong.starts_with("Line 2 of the timetable: ") && wrong.contains(says), "{wrong}");
        }
    }
}
