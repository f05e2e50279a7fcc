//! The weeks of a provider's contracts: those that wait for it first, then all of them, nothing left out unless somebody
//! filters.

use axum::response::Response;
use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_tenants::claim::{self, COUNTED};
use counterfoil_tenants::invoice;
use counterfoil_tenants::payments::{self, WeekListed, Weeks, WeeksWanted};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::words::Words;
use super::{home, week_of};
use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
use crate::fault::Fault;
use crate::london;
use crate::pages::claims::table as claims;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

/// Weeks of a page.
const PAGE: u32 = 50;

const COLUMNS: &[Column] = &[
    Column::plain("week", "Week"),
    Column::plain("contract", "Contract"),
    Column::plain("claims", "People").numeric(),
    Column::plain("state", "State"),
    Column::plain("planned", "Planned").numeric(),
    Column::plain("claimed", "Claimed").numeric(),
    Column::plain("payable", "Payable").numeric(),
    Column::plain("suspended", "Suspended").numeric(),
    Column::plain("deadline", "Deadline"),
];

static WEEKS: TableSpec = TableSpec {
    row: ("week of a contract", "weeks of contracts"),
    filters: &[
        Filter { name: "contract", label: "Contract", kind: FilterKind::Offered },
        Filter { name: "state", label: "State", kind: FilterKind::Offered },
        Filter { name: "week", label: "A day in the week", kind: FilterKind::Day },
    ],
    columns: COLUMNS,
    sorted: ("week", Direction::Descending),
    page_size: PAGE,
    kept: &[],
};

static WAITING: TableSpec = TableSpec {
    row: ("week that waits", "weeks that wait"),
    filters: &[],
    columns: COLUMNS,
    sorted: ("week", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    words: Words,
    home: String,
    /// Where invoices of one's own are, if the council takes them.
    invoices: Option<String>,
    /// Not on later pages, nor where somebody filters.
    waiting: Option<Waiting>,
    table: TableShown,
    weeks: Vec<Row>,
}

#[derive(Serialize)]
struct Waiting {
    table: TableShown,
    weeks: Vec<Row>,
    /// Where the rest of them is, where there are more than are shown.
    more: Option<String>,
}

/// A week as a row.
#[derive(Serialize)]
struct Row {
    href: String,
    week: String,
    contract: String,
    service: String,
    claims: i64,
    states: Vec<String>,
    sent_back: i64,
    rejected: i64,
    unpriced: i64,
    priced: bool,
    planned: String,
    claimed: String,
    payable: String,
    suspended: String,
    deadline: String,
    is_late: bool,
}

/// What was read for the page.
struct Read {
    query: TableQuery,
    weeks: Weeks,
    waiting: Option<Weeks>,
    vocabulary: Vocabulary,
    takes_invoices: bool,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let read = read(&visit, &pass).await?;
    let row = |week| Row::of(week, &pass, read.vocabulary, visit.now);
    let waiting = read.waiting.map(|weeks| {
        let query = TableQuery::parse(&WAITING, &visit.path, None);
        let shown = query.window(u64::try_from(weeks.rows.len()).unwrap_or(0));
        let more = weeks.counted > i64::try_from(weeks.rows.len()).unwrap_or(i64::MAX);
        Waiting {
            table: query.shown(&shown),
            weeks: weeks.rows.into_iter().map(row).collect(),
            more: more.then(|| format!("{}?state=open", visit.path)),
        }
    });
    let page = Page {
        words: Words::of(read.vocabulary),
        home: home(&pass),
        invoices: read.takes_invoices.then(|| format!("{}/invoices", pass.home())),
        waiting,
        table: read.query.shown(&read.query.window_of_counted(read.weeks.counted, COUNTED)),
        weeks: read.weeks.rows.into_iter().map(row).collect(),
    };
    visit.page("payments/list.html", &pass.shell(&visit).await?, page)
}

async fn read(visit: &Visit, pass: &ForOrganisationAt) -> Result<Read, Fault> {
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let asked = TableQuery::parse(&WEEKS, &visit.path, visit.query.as_deref());
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let around = claim::around_own(tx, council, organisation, today).await?;
            let mut query = asked.clone();
            let contract = claims::offer_own(&mut query, &around);
            let wanted = WeeksWanted {
                standing: claims::wanted(&query, None).standing,
                contract,
                day: query.day("week"),
                offset: query.offset(),
                limit: PAGE,
            };
            let weeks = payments::list(tx, council, organisation, &wanted).await?;
            let filtered = wanted != WeeksWanted { limit: PAGE, ..WeeksWanted::default() };
            let waiting = if filtered { None } else { Some(payments::waiting(tx, council, organisation).await?) };
            let takes_invoices = invoice::allowed_own(tx, council).await?;
            Ok(Read { query, weeks, waiting, vocabulary: around.vocabulary, takes_invoices })
        })
        .await;
    read.map_err(|error| Fault::of(&error))
}

impl Row {
    fn of(week: WeekListed, pass: &ForOrganisationAt, vocabulary: Vocabulary, now: DateTime<Utc>) -> Self {
        Self {
            href: week_of(pass, week.contract, week.starts),
            week: london::span(week.starts, week.ends),
            states: states(&week, vocabulary),
            contract: week.reference,
            service: week.service,
            claims: week.claims,
            sent_back: week.sent_back,
            rejected: week.rejected,
            unpriced: week.unpriced,
            priced: week.unpriced < week.claims,
            planned: week.sums.planned.to_string(),
            claimed: week.sums.claimed.to_string(),
            payable: week.sums.payable.to_string(),
            suspended: week.sums.suspended.to_string(),
            deadline: london::deadline(week.cut_off),
            is_late: week.waiting > 0 && week.cut_off < now,
        }
    }
}

/// How the claims of a week stand: one word where all stand alike, else how many stand how.
fn states(week: &WeekListed, vocabulary: Vocabulary) -> Vec<String> {
    let counts = [
        (week.waiting, vocabulary.state(ClaimState::Generated)),
        (week.by_plan, "Paid by the plan"),
        (week.confirmed, vocabulary.state(ClaimState::Confirmed)),
        (week.locked, vocabulary.state(ClaimState::Locked)),
        (week.paid, vocabulary.state(ClaimState::Paid)),
    ];
    counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| if *count == week.claims { (*words).to_owned() } else { format!("{count} {words}") })
        .collect()
}
