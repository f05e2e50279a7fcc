//! When a council bills its clients: each period with the last moment for actuals and the day on which bills are issued, as a
//! page, as CSV for spreadsheets and as iCalendar for diaries. Beside the [`schedule`](super::schedule)s of payments, which
//! it changes nothing about.

use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, Utc};
use counterfoil_core::calendar::{Origin, feed};
use counterfoil_tenants::billing::{self, BillingPeriod, BillingSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::schedule::host;
use crate::access::{ForOrganisationAt, Permit, ProviderAt};
use crate::download::attachment;
use crate::export::{Cell, Form, Sheet};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

static PERIODS: TableSpec = TableSpec {
    row: ("billing period", "billing periods"),
    filters: &[Filter { name: "from", label: "Care from", kind: FilterKind::Day }],
    columns: &[
        Column::plain("care", "Care from and to"),
        Column::plain("actuals", "Last date for actuals"),
        Column::plain("issued", "Bills issued"),
        Column::plain("why", "What is different"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: 60,
    kept: &[],
};

/// A billing schedule in the list of calendars.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    href: String,
    next: Option<PeriodRow>,
}

impl Row {
    pub(super) fn of(seen: &BillingSeen, home: &str, now: DateTime<Utc>) -> Self {
        let next = seen.periods.iter().find(|period| period.last_actuals >= now);
        Self {
            name: seen.name.clone(),
            href: format!("{home}/billing/{}", seen.id),
            next: next.map(|next| PeriodRow::of(next, now)),
        }
    }
}

/// A period as a row.
#[derive(Serialize)]
pub(super) struct PeriodRow {
    care: String,
    last_actuals: String,
    is_past: bool,
    issued: String,
    /// Why its dates were changed, where they were.
    why: String,
}

impl PeriodRow {
    fn of(period: &BillingPeriod, now: DateTime<Utc>) -> Self {
        Self {
            care: london::span(period.starts, period.ends),
            last_actuals: london::deadline(period.last_actuals),
            is_past: period.last_actuals < now,
            issued: london::weekday(period.issued),
            why: why(period).to_owned(),
        }
    }
}

fn why(period: &BillingPeriod) -> &str {
    match &period.origin {
        Origin::Overridden { reason, .. } => reason,
        Origin::Generated | Origin::Imported { .. } => "",
    }
}

#[derive(Serialize)]
struct Page {
    name: String,
    council: String,
    table: TableShown,
    periods: Vec<PeriodRow>,
    home: String,
    feed: String,
    csv: String,
    ics: String,
}

async fn found(pass: &ForOrganisationAt, id: &str) -> Result<BillingSeen, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| billing::of_organisation(tx, &[council], organisation).await);
    let all = read.await.map_err(|error| Fault::of(&error))?;
    all.into_iter().find(|seen| seen.id == id).ok_or(Fault::NotFound)
}

type At = Path<(String, String, String)>;

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>, Path((_, _, id)): At) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let query = TableQuery::parse(&PERIODS, &visit.path, visit.query.as_deref());
    let from = query.day("from");
    let wanted: Vec<&BillingPeriod> =
        seen.periods.iter().filter(|period| from.is_none_or(|from| period.ends >= from)).collect();
    let (window, shown) = query.cut(&wanted);
    let page = Page {
        council: pass.council.name.clone(),
        table: query.shown(&window),
        periods: shown.iter().map(|period| PeriodRow::of(period, visit.now)).collect(),
        home: format!("{}/calendars", pass.home()),
        feed: format!("/organisations/{}/calendar-feed", pass.provider.organisation.id),
        csv: format!("{}/csv", visit.path),
        ics: format!("{}/ics", visit.path),
        name: seen.name,
    };
    visit.page("calendars/billing.html", &pass.shell(&visit).await?, page)
}

/// For spreadsheets.
pub(crate) async fn csv(Permit { pass, .. }: Permit<ProviderAt>, Path((_, _, id)): At) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let headings = vec!["Number", "Care from", "Care to", "Last date for actuals", "Bills issued", "Reason for change"];
    let row = |period: &BillingPeriod| {
        vec![
            Cell::Count(i64::from(period.number)),
            Cell::Day(period.starts),
            Cell::Day(period.ends),
            Cell::Words(london::deadline(period.last_actuals)),
            Cell::Day(period.issued),
            Cell::words(why(period)),
        ]
    };
    let name = format!("{}-{}", pass.council.slug, seen.name);
    Sheet { name, headings, rows: seen.periods.iter().map(row).collect() }.file(Form::Csv)
}

/// For diaries.
pub(crate) async fn ics(Permit { visit, pass }: Permit<ProviderAt>, Path((_, _, id)): At) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let called = format!("{}, {}", pass.council.name, seen.name);
    let (key, periods) = (seen.id.to_string(), seen.dates());
    let part = feed::Part { name: &called, key: &key, periods: &periods, bills: true };
    let text = feed::write(&called, &[part], host(&visit), visit.now);
    Ok(attachment(&format!("{}-{}.ics", pass.council.slug, seen.name), "text/calendar; charset=utf-8", text))
}
