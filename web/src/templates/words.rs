//! The filters with which templates put values into words. They take what serde makes of a value: pence as a
//! whole number, a day as `2024-12-31`, an instant as `2025-03-25T18:00:00Z`.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::money::Money;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind};

use crate::london;

/// Adds them: `money`, `day`, `weekday`, `deadline`, `moment`, `number`, `counted`, `capitalised`, `paragraphs`, and
/// the function `span`.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.add_filter("money", |pence: i64| Money::from_pence(pence).to_string());
    environment.add_filter("day", |day: &str| Ok::<_, Error>(london::day(date(day)?)));
    environment.add_filter("weekday", |day: &str| Ok::<_, Error>(london::weekday(date(day)?)));
    environment.add_filter("deadline", |at: &str| Ok::<_, Error>(london::deadline(instant(at)?)));
    environment.add_filter("moment", |at: &str| Ok::<_, Error>(london::moment(instant(at)?)));
    environment.add_filter("number", number);
    environment.add_filter("counted", counted);
    environment.add_filter("capitalised", capitalised);
    environment.add_filter("paragraphs", paragraphs);
    environment.add_function("span", |first: &str, last: &str| Ok::<_, Error>(london::span(date(first)?, date(last)?)));
}

fn date(text: &str) -> Result<NaiveDate, Error> {
    text.parse().map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("{text} is not a day: {error}")))
}

fn instant(text: &str) -> Result<DateTime<Utc>, Error> {
    text.parse().map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("{text} is not an instant: {error}")))
}

/// `12,345`.
fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        grouped.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 claim`, `312 claims`, `2 people` with `312 | counted('person', 'people')`.
fn counted(value: i64, one: &str, many: Option<&str>) -> Value {
    let unit = match many {
        _ if value == 1 => one.to_owned(),
        Some(many) => many.to_owned(),
        None => format!("{one}s"),
    };
    Value::from(format!("{} {unit}", number(value)))
}

/// A sentence's beginning; the rest stays as it is, since names have their own capitals.
fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// The paragraphs of a text: an empty line parts them.
fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use crate::templates::tests::{bare, templates};

    #[test]
    fn values_come_out_in_words() {
        let page = serde_json::json!({
            "sum": 245_185, "owed": -943, "day": "2024-12-31", "cut_off": "2025-04-01T17:00:00Z", "claims": 1_312,
        });
        let said = |source: &str| templates().render_source(source, &bare(), &page);
        assert_eq!(said("{{ page.sum | money }} and {{ page.owed | money }}"), "£2,451.85 and -£9.43");
        assert_eq!(
            said("{{ page.day | day }}, {{ page.day | weekday }}"),
            "31 December 2024, Tuesday 31 December 2024"
        );
        assert_eq!(said("{{ page.cut_off | deadline }}"), "6pm on Tuesday 1 April 2025");
        assert_eq!(said("{{ page.cut_off | moment }}"), "1 April 2025 at 6pm");
        assert_eq!(said("{{ span('2024-12-14', '2024-12-20') }}"), "14 to 20 December 2024");
        assert_eq!(said("{{ page.claims | number }}, {{ 999 | number }}, {{ -1000 | number }}"), "1,312, 999, -1,000");
        assert_eq!(said("{{ 1 | counted('claim') }}, {{ page.claims | counted('claim') }}"), "1 claim, 1,312 claims");
        assert_eq!(said("{{ 2 | counted('person', 'people') }}"), "2 people");
        assert_eq!(said("{{ 'the London Borough' | capitalised }}{{ '' | capitalised }}"), "The London Borough");
        assert_eq!(said("{{ 'One.\r\n\r\n\nTwo\nlines.\n\n' | paragraphs | join('|') }}"), "One.|Two\nlines.");
    }
}
