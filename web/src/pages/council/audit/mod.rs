//! `/councils/{council}/audit`: who did what at a council, when, from where and to what; where its chain ends; the same as
//! files ([`files`]) and verified ([`verifying`]).

pub(crate) mod files;
mod filter;
pub(crate) mod verifying;
mod words;

use axum::response::Response;
use counterfoil_core::audit_chain::Ledger;
use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::audit::{self, Filter, Seen, Status};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::home;
use crate::access::{AtCouncil, Auditing, Permit, Staff, Visit};
use crate::fault::Fault;
use crate::london;
use crate::table::TableShown;

#[derive(Serialize)]
struct Page {
    home: String,
    status: StatusShown,
    table: TableShown,
    rows: Vec<Row>,
    /// What stands after the question mark, so that the file for people has the same records.
    query: String,
    /// A reference that is none.
    unknown_reference: bool,
}

/// Where the chain stands.
#[derive(Serialize)]
struct StatusShown {
    records: u64,
    sealed: u64,
    unsealed: u64,
    sealed_at: Option<String>,
    head: Option<String>,
    anchor: AnchorShown,
}

/// What is known outside the database.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum AnchorShown {
    /// No folder was named.
    None,
    /// The folder cannot be read.
    Unreadable,
    /// Nothing of this council is in it yet.
    Nothing,
    /// Up to this record.
    UpTo { sequence: u64, at: String },
}

/// A record as the table shows it.
#[derive(Serialize)]
struct Row {
    at: String,
    by: String,
    capacity: String,
    what: String,
    to: String,
    reference: Option<String>,
    detail: String,
    from: Option<String>,
    sequence: Option<u64>,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Auditing>>) -> Result<Response, Fault> {
    let mut query = filter::query(&visit);
    let read = pass.scope.read(async |tx: &mut Tx<'_>| Ok((audit::actors(tx).await?, audit::status(tx).await?))).await;
    let (actors, status) = read.map_err(|error| Fault::of(&error))?;
    query.offer("person", actors.into_iter().map(person).collect());
    let wanted = filter::of(&query);
    // how many there are decides which page there is
    let total = match &wanted {
        Some(wanted) => page(&pass, &Filter { limit: 0, ..wanted.clone() }).await?.total,
        None => 0,
    };
    let window = query.window(total);
    let rows = match &wanted {
        Some(wanted) if total > 0 => {
            let number = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
            let here = Filter { offset: number(window.offset), limit: number(window.limit), ..wanted.clone() };
            page(&pass, &here).await?.rows
        }
        _ => Vec::new(),
    };
    let page = Page {
        home: home(&pass),
        status: status_shown(&visit, &pass, status).await,
        table: query.shown(&window),
        rows: rows.iter().map(Row::of).collect(),
        query: visit.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default(),
        unknown_reference: wanted.is_none(),
    };
    visit.page("council/audit.html", &pass.shell(&visit).await?, page)
}

async fn page(pass: &AtCouncil, filter: &Filter) -> Result<audit::Page, Fault> {
    let read = pass.scope.read(async |tx: &mut Tx<'_>| audit::page(tx, filter).await).await;
    read.map_err(|error| Fault::of(&error))
}

fn person((id, name): (PersonId, String)) -> (String, String) {
    (id.to_string(), name)
}

async fn status_shown(visit: &Visit, pass: &AtCouncil, status: Status) -> StatusShown {
    StatusShown {
        records: status.records,
        sealed: status.sealed,
        unsealed: status.unsealed,
        sealed_at: status.sealed_at.map(london::moment),
        head: status.head.map(|head| head.digest.to_string()),
        anchor: anchor(visit, Ledger::Council(pass.council.id)).await,
    }
}

async fn anchor(visit: &Visit, ledger: Ledger) -> AnchorShown {
    let Some(folder) = visit.app.anchor() else { return AnchorShown::None };
    match folder.read(ledger).await {
        Ok(anchors) => match anchors.newest() {
            Some(newest) => AnchorShown::UpTo { sequence: newest.sequence, at: london::moment(newest.at) },
            None => AnchorShown::Nothing,
        },
        Err(error) => {
            tracing::error!(%error, %ledger, "an anchor could not be read");
            AnchorShown::Unreadable
        }
    }
}

impl Row {
    fn of(seen: &Seen) -> Self {
        let record = &seen.record;
        Self {
            at: london::moment(record.at),
            by: seen.by.clone(),
            capacity: words::capacity(&record.actor),
            what: Action::of_code(&record.action).map_or_else(|| record.action.clone(), |what| what.words().to_owned()),
            to: seen.object_name.clone().unwrap_or_else(|| words::kind(&record.object_kind)),
            reference: record.object_id.map(|id| words::reference(&record.object_kind, id)),
            detail: words::detail(&record.detail),
            from: record.address.clone(),
            sequence: seen.sequence,
        }
    }
}
