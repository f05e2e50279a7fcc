//! Dates in the language of an explanation.

use chrono::{Datelike as _, NaiveDate};

use crate::language::Language;

const WELSH_MONTHS: [&str; 12] = [
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
];

/// `14 December 2024`, `14 Rhagfyr 2024`.
#[must_use]
pub fn date(day: NaiveDate, language: Language) -> String {
    match language {
        Language::English => day.format("%-d %B %Y").to_string(),
        Language::Welsh => {
            let month = usize::try_from(day.month0()).ok().and_then(|month| WELSH_MONTHS.get(month));
            format!("{} {} {}", day.day(), month.copied().unwrap_or_default(), day.year())
        }
    }
}

/// `14 December 2024 to 20 December 2024`, `14 Rhagfyr 2024 i 20 Rhagfyr 2024`; one day is said once.
#[must_use]
pub fn span((from, to): (NaiveDate, NaiveDate), language: Language) -> String {
    let and = match language {
        Language::English => "to",
        Language::Welsh => "i",
    };
    let day = |day| date(day, language);
    if from == to { day(from) } else { format!("{} {and} {}", day(from), day(to)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_month_in_each_language() {
        let on = |month| NaiveDate::from_ymd_opt(2025, month, 1).expect("a day");
        let months: Vec<String> = (1..=12).map(|month| date(on(month), Language::Welsh)).collect();
        assert_eq!((months[0].as_str(), months[11].as_str()), ("1 Ionawr 2025", "1 Rhagfyr 2025"));
        assert_eq!(date(on(3), Language::English), "1 March 2025");
        assert_eq!(span((on(3), on(4)), Language::Welsh), "1 Mawrth 2025 i 1 Ebrill 2025");
        assert_eq!(span((on(3), on(3)), Language::Welsh), "1 Mawrth 2025");
        assert_eq!(span((on(3), on(4)), Language::English), "1 March 2025 to 1 April 2025");
    }
}
