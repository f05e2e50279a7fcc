//! The audit as files: sealed, so that anybody can verify it with `counterfoil audit verify`; and as a table for people. Both
//! are sent while they are read, a thousand records at a time, and that they were asked for is recorded.

use std::io;

use axum::body::Body;
use axum::response::Response;
use counterfoil_core::event::Action;
use counterfoil_tenants::audit::{self, Export, Filter, Seen};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use futures_util::stream;

use super::super::spreadsheet;
use super::{filter, words};
use crate::access::{Auditing, Permit, Staff};
use crate::download::attachment;
use crate::fault::Fault;
use crate::london;

/// How many records are read at a time.
const BATCH: u32 = 1_000;

const HEADINGS: [&str; 12] = [
    "when (UTC)",
    "when (London)",
    "who",
    "capacity",
    "action",
    "what",
    "to what",
    "reference",
    "detail",
    "from address",
    "request",
    "record",
];

/// Everything, sealed.
pub(crate) async fn sealed(Permit { visit, pass }: Permit<Staff<Auditing>>) -> Result<Response, Fault> {
    let export = Export::of_council(&pass.scope, visit.now).await.map_err(|error| Fault::of(&error))?;
    let lines = stream::try_unfold(export, async |mut export| match export.next().await {
        Ok(Some(text)) => Ok(Some((text, export))),
        Ok(None) => Ok(None),
        Err(error) => Err(broken(&error)),
    });
    let name = format!("{}-audit-{}.jsonl", pass.council.slug, visit.now.format("%Y-%m-%d"));
    Ok(attachment(&name, "application/x-ndjson", Body::from_stream(lines)))
}

/// Where a table has got to.
struct Reading {
    scope: CouncilScope,
    filter: Filter,
    begun: bool,
}

/// What the page's filters leave, for people.
pub(crate) async fn table(Permit { visit, pass }: Permit<Staff<Auditing>>) -> Result<Response, Fault> {
    let wanted = filter::of(&filter::query(&visit)).ok_or(Fault::NotFound)?;
    audit::table_exported(&pass.scope, visit.now).await.map_err(|error| Fault::of(&error))?;
    // what is written meanwhile would move the rest along
    let to = wanted.to.map_or(visit.now, |to| to.min(visit.now));
    let filter = Filter { to: Some(to), limit: BATCH, ..wanted };
    let reading = Reading { scope: pass.scope.clone(), filter, begun: false };
    let lines = stream::try_unfold(reading, async |mut reading| {
        let Reading { scope, filter, begun } = &mut reading;
        let read = scope.read(async |tx: &mut Tx<'_>| audit::page(tx, filter).await).await;
        let rows = read.map_err(|error| broken(&error))?.rows;
        if rows.is_empty() && *begun {
            return Ok::<_, io::Error>(None);
        }
        let headings = (!*begun).then(|| HEADINGS.map(str::to_owned).to_vec());
        let text = spreadsheet::lines(headings.into_iter().chain(rows.iter().map(cells)));
        let text = text.map_err(|_| io::Error::other("the table could not be written"))?;
        let text = if *begun { text } else { format!("{}{text}", spreadsheet::MARK) };
        *begun = true;
        filter.offset = filter.offset.saturating_add(BATCH);
        Ok(Some((text, reading)))
    });
    let name = format!("{}-audit-{}.csv", pass.council.slug, visit.now.format("%Y-%m-%d"));
    Ok(attachment(&name, "text/csv; charset=utf-8", Body::from_stream(lines)))
}

fn cells(seen: &Seen) -> Vec<String> {
    let record = &seen.record;
    let words = Action::of_code(&record.action).map(|action| action.words().to_owned()).unwrap_or_default();
    vec![
        record.at.format("%Y-%m-%d %H:%M:%S").to_string(),
        london::moment(record.at),
        seen.by.clone(),
        words::capacity(&record.actor),
        record.action.clone(),
        words,
        seen.object_name.clone().unwrap_or_else(|| words::kind(&record.object_kind)),
        record.object_id.map(|id| words::reference(&record.object_kind, id)).unwrap_or_default(),
        record.detail.to_string(),
        record.address.clone().unwrap_or_default(),
        record.request_id.clone().unwrap_or_default(),
        seen.sequence.map(|sequence| sequence.to_string()).unwrap_or_default(),
    ]
}

/// The connection is broken off, so that nobody takes a part for the whole.
fn broken(error: &counterfoil_tenants::Error) -> io::Error {
    tracing::error!(?error, "a file of the audit broke off");
    io::Error::other("the audit could not be read to its end")
}
