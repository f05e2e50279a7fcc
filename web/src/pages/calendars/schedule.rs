//! One schedule: every pay period with its cut-off, finalisation and bank date, early cut-offs marked with why, and what was
//! unusual and let stand. The same as CSV for spreadsheets and as iCalendar for diaries.

use axum::extract::Path;
use axum::response::Response;
use chrono::NaiveDate;
use counterfoil_core::calendar::clock::{deadline, local_time};
use counterfoil_core::calendar::{
    BankHoliday, BankHolidays, Departure, Origin, PeriodDates, Severity, Usual, export, feed,
};
use counterfoil_core::claim::Basis;
use counterfoil_tenants::calendar::{self, CalendarSeen, PeriodSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
use crate::download::attachment;
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

/// What a cut-off is marked with that is earlier than usual.
const EARLY: &str = "Early cut-off";

static PERIODS: TableSpec = TableSpec {
    row: ("pay period", "pay periods"),
    filters: &[Filter { name: "from", label: "Care from", kind: FilterKind::Day }],
    columns: &[
        Column::plain("care", "Care from and to"),
        Column::plain("cut-off", "Last amendments"),
        Column::plain("finalised", "Run finalised"),
        Column::plain("bank", "In the bank"),
        Column::plain("difference", "What is different"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: 60,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    name: String,
    council: String,
    basis: &'static str,
    contracts: Vec<String>,
    /// What most of the periods do.
    usual: Option<String>,
    table: TableShown,
    periods: Vec<Row>,
    home: String,
    feed: String,
    csv: String,
    ics: String,
}

/// A pay period as a row.
#[derive(Serialize)]
pub(super) struct Row {
    care: String,
    cut_off: String,
    /// Whether the cut-off is past.
    is_past: bool,
    finalised: String,
    bank_date: String,
    tag: Option<&'static str>,
    /// Why it differs, in sentences.
    why: Vec<String>,
}

async fn found(pass: &ForOrganisationAt, id: &str) -> Result<CalendarSeen, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| calendar::of_organisation(tx, &[council], organisation).await);
    let all = read.await.map_err(|error| Fault::of(&error))?;
    all.into_iter().find(|seen| seen.id == id).ok_or(Fault::NotFound)
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let usual = Usual::of(&seen.dates());
    let query = TableQuery::parse(&PERIODS, &visit.path, visit.query.as_deref());
    let from = query.day("from");
    let wanted: Vec<&PeriodSeen> =
        seen.periods.iter().filter(|one| from.is_none_or(|from| one.period.dates.ends >= from)).collect();
    let (window, shown) = query.cut(&wanted);
    let page = Page {
        council: pass.council.name.clone(),
        basis: match seen.basis {
            Basis::Plan => "Paid from the plan. Nothing has to be confirmed.",
            Basis::Confirmation => "Paid once it is confirmed.",
            Basis::ActualsAndConfirmation => "Paid once actuals are stated and confirmed.",
        },
        contracts: seen.contracts.clone(),
        usual: usual.as_ref().map(|usual| usually(usual, &seen)),
        table: query.shown(&window),
        periods: shown.iter().map(|one| Row::of(one, usual.as_ref(), &seen, &visit)).collect(),
        home: format!("{}/calendars", pass.home()),
        feed: format!("/organisations/{}/calendar-feed", pass.provider.organisation.id),
        csv: format!("{}/csv", visit.path),
        ics: format!("{}/ics", visit.path),
        name: seen.name,
    };
    visit.page("calendars/schedule.html", &pass.shell(&visit).await?, page)
}

/// For spreadsheets.
pub(crate) async fn csv(
    Permit { pass, .. }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let name = format!("{}-{}.csv", pass.council.slug, seen.name);
    Ok(attachment(&name, "text/csv; charset=utf-8", export::csv(&seen.dates())))
}

/// For diaries.
pub(crate) async fn ics(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let called = format!("{}, {}", pass.council.name, seen.name);
    let (key, periods) = (seen.id.to_string(), seen.dates());
    let part = feed::Part { name: &called, key: &key, periods: &periods, bills: false };
    let text = feed::write(&called, &[part], host(&visit), visit.now);
    Ok(attachment(&format!("{}-{}.ics", pass.council.slug, seen.name), "text/calendar; charset=utf-8", text))
}

/// What the ids of events end with.
pub(super) fn host(visit: &Visit) -> &str {
    visit.app.public_address().host_str().unwrap_or("counterfoil")
}

/// What most of the periods do, from the last of them that does.
fn usually(usual: &Usual, seen: &CalendarSeen) -> String {
    let example = seen.periods.iter().rev().find(|one| {
        let dates = &one.period.dates;
        let local = local_time(dates.cut_off);
        ((local.date() - dates.ends).num_days(), local.time()) == usual.cut_off
            && (dates.bank_date - dates.ends).num_days() == usual.bank_date
    });
    let Some(example) = example else { return String::new() };
    let dates = &example.period.dates;
    let (cut_off, bank) = (dates.cut_off_date().format("%A"), dates.bank_date.format("%A"));
    format!(
        "{} Amendments usually close at {} on {}, {}. The money is usually in the bank on {}, {}.",
        ahead_or_back(dates),
        london::time(dates.cut_off),
        cut_off,
        after(usual.cut_off.0),
        bank,
        after(usual.bank_date)
    )
}

/// Whether care is paid before it is delivered or after, as the dates have it.
fn ahead_or_back(dates: &PeriodDates) -> String {
    let days = |until: NaiveDate| (until - dates.starts).num_days() + 1;
    if dates.bank_date < dates.starts {
        return "Care is paid in advance.".to_owned();
    }
    if dates.bank_date > dates.ends {
        return "Care is paid in arrears.".to_owned();
    }
    let (paid, all) = (days(dates.bank_date), days(dates.ends));
    format!("Care is paid partly in arrears and partly in advance, on day {paid} of {all}.")
}

fn after(days: i64) -> String {
    match days {
        0 => "the last day of care".to_owned(),
        1 => "the day after the last day of care".to_owned(),
        -1 => "the day before the last day of care".to_owned(),
        days if days < 0 => format!("{} days before the last day of care", -days),
        days => format!("{days} days after the last day of care"),
    }
}

impl Row {
    /// `usual` is what most of the calendar's periods do.
    pub(super) fn of(seen: &PeriodSeen, usual: Option<&Usual>, calendar: &CalendarSeen, visit: &Visit) -> Self {
        let dates = &seen.period.dates;
        let holidays: &BankHolidays = &visit.app.means().holidays;
        let departure = usual.and_then(|usual| usual.departure(&seen.period, holidays, calendar.division));
        let mut why: Vec<String> = departure.iter().flat_map(|departure| because(departure, seen)).collect();
        // whoever changed the dates has said why, which speaks for what is unusual about them
        let overridden = matches!(seen.period.origin, Origin::Overridden { .. });
        why.extend(seen.findings.iter().filter_map(|finding| {
            let accepted = seen.accepted.iter().find(|accepted| accepted.code == finding.code);
            match accepted {
                Some(accepted) => {
                    Some(format!("{} The council lets it stand: {}", full_stop(&finding.sentence), accepted.reason))
                }
                None if overridden && finding.severity == Severity::Warning => None,
                None => Some(full_stop(&finding.sentence)),
            }
        }));
        if !seen.runnable {
            why.push("It cannot be paid with these dates: the council has to change them first.".to_owned());
        }
        Self {
            care: london::span(dates.starts, dates.ends),
            cut_off: london::deadline(dates.cut_off),
            is_past: dates.cut_off < visit.now,
            finalised: london::weekday(dates.finalisation),
            bank_date: london::weekday(dates.bank_date),
            tag: departure.as_ref().and_then(|departure| match (departure.is_early, departure.is_late) {
                (true, _) => Some(EARLY),
                (_, true) => Some("Late cut-off"),
                _ => None,
            }),
            why,
        }
    }

    /// Why its cut-off is early; empty where it is not.
    pub(super) fn early(self) -> Vec<String> {
        if self.tag == Some(EARLY) { self.why } else { Vec::new() }
    }
}

/// Why a period departs from what is usual.
fn because(departure: &Departure<'_>, seen: &PeriodSeen) -> Vec<String> {
    let mut sentences = Vec::new();
    let named = listed(&departure.holidays);
    let cause = if named.is_empty() { String::new() } else { format!(", because of {named}") };
    if departure.is_early || departure.is_late {
        let word = if departure.is_early { "Early" } else { "Late" };
        let (day, time) = departure.usual_cut_off;
        sentences.push(format!("{word}{cause}. Usually it closes at {}.", london::deadline(deadline(day, time))));
    }
    if departure.other_bank_date {
        let word = if seen.period.dates.bank_date > departure.usual_bank_date { "later" } else { "sooner" };
        let cause = if departure.is_early || departure.is_late { "" } else { cause.as_str() };
        sentences.push(format!(
            "In the bank {word} than usual, not on {}{cause}.",
            london::weekday(departure.usual_bank_date)
        ));
    }
    if let Some(reason) = departure.reason {
        sentences.push(format!("The council says: {}", full_stop(reason)));
    }
    sentences
}

/// `Christmas Day (25 December) and Boxing Day (26 December)`.
fn listed(holidays: &[&BankHoliday]) -> String {
    let named: Vec<String> =
        holidays.iter().map(|holiday| format!("{} ({})", holiday.title, holiday.date.format("%-d %B"))).collect();
    match named.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

fn full_stop(sentence: &str) -> String {
    let sentence = sentence.trim();
    if sentence.ends_with(['.', '!', '?']) { sentence.to_owned() } else { format!("{sentence}.") }
}
