//! `/operator/audit`: what happened to people's logins and to the platform itself. What councils and providers do with
//! claims is in the councils' own records, which no operator sees.

use axum::response::Response;
use chrono::NaiveTime;
use counterfoil_core::calendar::clock::local_instant;
use counterfoil_core::event::Action;
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::audit::{Filter as Wanted, PlatformSeen};
use serde::Serialize;

use crate::access::{Operating, Permit};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

static RECORDS: TableSpec = TableSpec {
    row: ("record", "records"),
    filters: &[
        Filter { name: "from", label: "From", kind: FilterKind::Day },
        Filter { name: "to", label: "To", kind: FilterKind::Day },
        Filter {
            name: "action",
            label: "What happened",
            kind: FilterKind::Choice(&[
                ("person.", "To a login"),
                ("session.", "To sessions"),
                ("member.", "To a staff"),
                ("organisation.", "To an organisation"),
                ("council.", "To a council"),
                ("operator.", "To operators"),
                ("rule.", "To a payment rule"),
                ("audit.", "To the audit"),
            ]),
        },
        Filter { name: "council", label: "Council", kind: FilterKind::Offered },
    ],
    columns: &[
        Column::plain("at", "When"),
        Column::plain("by", "Who"),
        Column::plain("action", "What"),
        Column::plain("about", "About"),
        Column::plain("address", "From"),
        Column::plain("sequence", "Sealed as").numeric(),
    ],
    sorted: ("at", Direction::Descending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    table: TableShown,
    records: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    at: String,
    by: String,
    what: String,
    about: String,
    address: String,
    sequence: Option<u64>,
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Operating>) -> Result<Response, Fault> {
    let identity = visit.app.identity();
    let councils = identity.councils().await.map_err(|error| Fault::of(&error))?;
    let mut query = TableQuery::parse(&RECORDS, &visit.path, visit.query.as_deref());
    query.offer("council", councils.iter().map(|council| (council.slug.clone(), council.name.clone())).collect());
    let council = query.filter("council").and_then(|slug| councils.iter().find(|council| council.slug == slug));
    let midnight = |day: chrono::NaiveDate| local_instant(day.and_time(NaiveTime::MIN));
    let wanted = Wanted {
        from: query.day("from").map(midnight),
        to: query.day("to").and_then(|day| day.succ_opt()).map(midnight),
        council: council.map(|council| council.id),
        action: query.filter("action").map(str::to_owned),
        offset: u32::try_from(query.offset()).unwrap_or(u32::MAX),
        limit: 50,
        ..Wanted::default()
    };
    let mut page = identity.platform_records(&wanted).await.map_err(|error| Fault::of(&error))?;
    let window = query.window(page.total);
    if window.offset != query.offset() {
        let last = Wanted { offset: u32::try_from(window.offset).unwrap_or(u32::MAX), ..wanted };
        page = identity.platform_records(&last).await.map_err(|error| Fault::of(&error))?;
    }
    let name =
        |tenant: TenantId| councils.iter().find(|council| council.id == tenant).map(|council| council.name.as_str());
    let records = page.rows.into_iter().map(|seen| Row::of(seen, name)).collect();
    visit.page(
        "operator/audit.html",
        &pass.operator_shell(&visit).await?,
        Page { table: query.shown(&window), records },
    )
}

impl Row {
    fn of<'a>(seen: PlatformSeen, name: impl Fn(TenantId) -> Option<&'a str>) -> Self {
        let council = seen.council.and_then(name).map(str::to_owned);
        // whoever acts on their own login is said once
        let about = seen.about.filter(|_| seen.subject != seen.person);
        Self {
            at: london::moment(seen.at),
            by: seen.by,
            what: Action::of_code(&seen.action).map_or(seen.action, |action| action.words().to_owned()),
            about: about.into_iter().chain(council).collect::<Vec<_>>().join(", "),
            address: seen.address.unwrap_or_default(),
            sequence: seen.sequence,
        }
    }
}
