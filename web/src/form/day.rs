//! A day that was typed into three fields, as `form.html` asks for one.

use chrono::NaiveDate;

use super::{Errors, Typed};

/// The day of the fields `name-day`, `name-month` and `name-year`; without one, an error beside the first of them. `what`
/// begins a sentence: `The first day`.
pub(crate) fn day(typed: &Typed, name: &str, what: &str, errors: &mut Errors) -> Option<NaiveDate> {
    let part = |part: &str| typed.text(&format!("{name}-{part}")).to_owned();
    let (day, month, year) = (part("day"), part("month"), part("year"));
    if day.is_empty() && month.is_empty() && year.is_empty() {
        let mut letters = what.chars();
        let small: String =
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default();
        errors.add(format!("{name}-day"), format!("Enter {small}"));
        return None;
    }
    let found = (|| NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))();
    // years that a calendar of ours may have; others are slips of the finger
    let found = found.filter(|found| ("1900".."2200").contains(&found.format("%Y").to_string().as_str()));
    if found.is_none() {
        errors.add(format!("{name}-day"), format!("{what} must be a real date, like 31 3 2025"));
    }
    found
}

/// The same, to fill a form in.
pub(crate) fn fields(name: &str, day: NaiveDate) -> [(String, String); 3] {
    [
        (format!("{name}-day"), day.format("%-d").to_string()),
        (format!("{name}-month"), day.format("%-m").to_string()),
        (format!("{name}-year"), day.format("%Y").to_string()),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn said(body: &[u8]) -> (Option<NaiveDate>, Option<String>) {
        let mut errors = Errors::new();
        let day = day(&Typed::parse(body).unwrap(), "from", "The first day", &mut errors);
        (day, errors.message("from-day").map(str::to_owned))
    }

    #[test]
    fn a_day_is_read_or_said_to_be_none() {
        let christmas = NaiveDate::from_ymd_opt(2024, 12, 25);
        assert_eq!(said(b"from-day=25&from-month=12&from-year=2024"), (christmas, None));
        assert_eq!(said(b"from-day=&from-month=+&from-year="), (None, Some("Enter the first day".to_owned())));
        let wrong = Some("The first day must be a real date, like 31 3 2025".to_owned());
        assert_eq!(said(b"from-day=31&from-month=2&from-year=2024"), (None, wrong.clone()));
        assert_eq!(said(b"from-day=1&from-month=1&from-year=24"), (None, wrong));
        let typed: Vec<String> = fields("from", christmas.unwrap()).into_iter().map(|(_, value)| value).collect();
        assert_eq!(typed, ["25", "12", "2024"]);
    }
}
