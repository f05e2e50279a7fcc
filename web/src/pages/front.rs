//! `/`: every council's runs, with totals and files.

use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;

use crate::fault::Fault;
use crate::security::Nonce;
use crate::server::App;
use crate::shell::Shell;
use crate::source::RunRow;

/// What the template is given.
#[derive(Debug, Default, Serialize)]
struct FrontPage {
    councils: Vec<Council>,
}

#[derive(Debug, Serialize)]
struct Council {
    name: String,
    runs: Vec<Run>,
}

#[derive(Debug, Serialize)]
struct Run {
    schedule: String,
    period: String,
    state: String,
    claims: u64,
    paid: String,
    suspended: String,
    bank_date: String,
    files: Vec<String>,
}

pub(crate) async fn show(State(app): State<App>, Extension(nonce): Extension<Nonce>) -> Result<Html<String>, Fault> {
    let rows = app.source().runs().await.map_err(|error| Fault::internal(&error))?;
    let page = FrontPage::of(rows);
    let html = app.templates().render("front.html", &Shell::new(&nonce, "/"), page);
    html.map(Html).map_err(|error| Fault::internal(&error))
}

impl FrontPage {
    /// Neighbouring rows of one council make its table.
    fn of(rows: Vec<RunRow>) -> Self {
        let mut page = Self::default();
        for row in rows {
            let name = row.council.clone();
            let run = Run::of(row);
            match page.councils.last_mut() {
                Some(council) if council.name == name => council.runs.push(run),
                _ => page.councils.push(Council { name, runs: vec![run] }),
            }
        }
        page
    }
}

impl Run {
    fn of(row: RunRow) -> Self {
        Self {
            schedule: row.schedule,
            period: span(row.period_start, row.period_end),
            state: row.state,
            claims: row.claims,
            paid: row.paid.to_string(),
            suspended: row.suspended.to_string(),
            bank_date: row.bank_date.map_or_else(|| "Not yet known".to_owned(), in_words),
            files: row.files,
        }
    }
}

/// `31 December 2024`.
fn in_words(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `14 to 20 December 2024`, `28 December 2024 to 3 January 2025`.
fn span(first: NaiveDate, last: NaiveDate) -> String {
    let start = match (first.year() == last.year(), first.month() == last.month()) {
        (true, true) => first.format("%-d").to_string(),
        (true, false) => first.format("%-d %B").to_string(),
        (false, _) => in_words(first),
    };
    format!("{start} to {}", in_words(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_says_month_and_year_once_where_they_are_the_same() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let december = day(2024, 12, 14);
        assert_eq!(span(december, day(2024, 12, 20)), "14 to 20 December 2024");
        assert_eq!(span(day(2024, 11, 30), day(2024, 12, 6)), "30 November to 6 December 2024");
        assert_eq!(span(december, day(2025, 1, 3)), "14 December 2024 to 3 January 2025");
        assert_eq!(span(day(2023, 12, 1), december), "1 December 2023 to 14 December 2024");
    }
}
