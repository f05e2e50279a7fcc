//! `/councils/{council}/disputes`: disputes with providers, whoever opened them, for the council's finance staff.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::{ClaimId, DisputeId};
use counterfoil_core::side::Side;
use counterfoil_tenants::Error;
use counterfoil_tenants::claim::{self, ClaimSeen};
use counterfoil_tenants::dispute::{self, DisputeSeen, LineNamed, Listed, Wanted};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::form::{Acting, NewPage, Opening, line_items, reason_items};
use super::provider::banner;
use super::shown::{DisputePage, MOST, PAGE, REASON, Row, STATE, sheet, wanted};
use crate::access::{AtCouncil, Finance, Permit, PostedFiles, Staff, Talking, Visit, may_talk};
use crate::export::Form;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::pages::talk::sent::checked;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec, Window};

static ALL: TableSpec = TableSpec {
    row: ("dispute", "disputes"),
    filters: &[
        STATE,
        Filter {
            name: "awaits",
            label: "Who must act",
            kind: FilterKind::Choice(&[("council", "Us, the council"), ("provider", "The provider")]),
        },
        REASON,
        Filter { name: "contract", label: "Contract reference", kind: FilterKind::Words },
        Filter { name: "words", label: "Provider, person or line", kind: FilterKind::Words },
    ],
    columns: &[
        Column::plain("person", "Person and week"),
        Column::plain("provider", "Provider"),
        Column::plain("reason", "Reason"),
        Column::plain("line", "Contract and line"),
        Column::plain("state", "State"),
        Column::plain("awaits", "Waits for"),
        Column::plain("respond", "Respond by"),
        Column::plain("opened", "Opened"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

#[derive(Serialize)]
struct ListPage {
    heading: &'static str,
    table: TableShown,
    disputes: Vec<Row>,
    with_provider: bool,
    csv: String,
    xlsx: String,
    empty: &'static str,
}

fn at(pass: &AtCouncil) -> String {
    format!("/councils/{}", pass.council.slug)
}

fn home(pass: &AtCouncil) -> String {
    format!("{}/disputes", at(pass))
}

/// The disputes that an address asks for: a page, or all of them. A contract that is not the council's has none.
async fn listed(visit: &Visit, pass: &AtCouncil, whole: bool) -> Result<(TableQuery, Vec<Listed>, Window), Fault> {
    let query = TableQuery::parse(&ALL, &visit.path, visit.query.as_deref());
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| {
            let mut wanted = wanted(&query, if whole { MOST } else { i64::from(PAGE) });
            if let Some(reference) = query.filter("contract") {
                let Some(contract) = claim::contract_called(tx, reference).await? else {
                    return Ok((Vec::new(), query.window(0)));
                };
                wanted = Wanted { contract: Some(contract), ..wanted };
            }
            let window = query.window(dispute::count(tx, &wanted).await?.unsigned_abs());
            if !whole {
                wanted.offset = window.offset;
            }
            Ok((dispute::list(tx, &wanted).await?, window))
        })
        .await;
    let (rows, window) = read.map_err(|error| Fault::of(&error))?;
    Ok((query, rows, window))
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Finance>>) -> Result<Response, Fault> {
    let (query, rows, window) = listed(&visit, &pass, false).await?;
    let home = home(&pass);
    let asked = visit.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
    let page = ListPage {
        heading: "Disputes",
        table: query.shown(&window),
        disputes: rows.iter().map(|row| Row::of(row, &home, Side::Council, visit.now)).collect(),
        with_provider: true,
        csv: format!("{home}/file/csv{asked}"),
        xlsx: format!("{home}/file/xlsx{asked}"),
        empty: "There are no disputes. Providers open them on their claims; to open one yourself, begin on a claim\u{2019}s page.",
    };
    visit.page("disputes/list.html", &pass.shell(&visit).await?, page)
}

/// The same as a file.
pub(crate) async fn file(
    Permit { visit, pass }: Permit<Staff<Finance>>,
    Path((_, form)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let form = Form::called(&form)?;
    let (_, rows, _) = listed(&visit, &pass, true).await?;
    sheet(&rows, Side::Council, visit.now).file(form)
}

async fn found_claim(pass: &AtCouncil, id: ClaimId) -> Result<(ClaimSeen, Vec<LineNamed>), Fault> {
    let read =
        pass.scope.read(async |tx: &mut Tx<'_>| Ok((claim::seen(tx, id).await?, dispute::lines(tx, id).await?))).await;
    let (seen, lines) = read.map_err(|error| Fault::of(&error))?;
    // a person who is paid directly has no login to answer with
    if seen.claim.organisation_id.is_none() { Err(Fault::NotFound) } else { Ok((seen, lines)) }
}

/// The form, for the claim that the address names.
pub(crate) async fn show_new(Permit { visit, pass }: Permit<Staff<Talking>>) -> Result<Response, Fault> {
    let claim = match visit.asked_for("claim") {
        Some(claim) => Some(found_claim(&pass, claim.parse().map_err(|_| Fault::NotFound)?).await?),
        None => None,
    };
    let line = visit.asked_for("line").map(|line| ("line", line));
    new_page(&visit, &pass, claim.as_ref(), FormShown::filled(line)).await
}

/// Opens a dispute.
pub(crate) async fn open(
    Permit { visit, pass }: Permit<Staff<Talking>>,
    PostedFiles { typed, files }: PostedFiles,
) -> Result<Response, Fault> {
    let id: ClaimId = typed.text("claim").parse().map_err(|_| Fault::NotFound)?;
    let claim = found_claim(&pass, id).await?;
    let mut errors = Errors::new();
    let opening = Opening::read(&typed, id, &claim.1, &mut errors);
    let files = checked(files, &mut errors).await?;
    let access = &pass.me.access;
    let new = opening.dispute((access.person(), access.name()), &files).filter(|_| errors.is_empty());
    if let Some(new) = new {
        match dispute::open(&pass.scope, visit.now, &visit.app.means().holidays, &new).await {
            Ok(id) => return Ok(Redirect::to(&format!("{}/{id}?done=opened", home(&pass))).into_response()),
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("message", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    new_page(&visit, &pass, Some(&claim), FormShown::returned(&typed, &errors)).await
}

async fn new_page(
    visit: &Visit,
    pass: &AtCouncil,
    claim: Option<&(ClaimSeen, Vec<LineNamed>)>,
    form: FormShown,
) -> Result<Response, Fault> {
    let days = pass.scope.read(async |tx: &mut Tx<'_>| dispute::respond_days(tx).await).await;
    let claims = format!("{}/claims", at(pass));
    let named = claim.map(|(seen, _)| {
        [
            format!("{claims}/{}", seen.claim.id),
            seen.claim.id.to_string(),
            seen.person.clone(),
            london::span(seen.claim.starts, seen.claim.ends),
            seen.contract.0.clone(),
        ]
    });
    let page = NewPage {
        home: home(pass),
        claims,
        other: "The provider",
        claim: named,
        lines: claim.map(|(_, lines)| line_items(lines)).unwrap_or_default(),
        reasons: reason_items(),
        days: days.map_err(|error| Fault::of(&error))?,
        form,
    };
    visit.page("disputes/new.html", &pass.shell(visit).await?, page)
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Finance>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    page(&visit, &pass, &id, FormShown::empty()).await
}

/// Answers, writes, closes, withdraws.
pub(crate) async fn act(
    Permit { visit, pass }: Permit<Staff<Talking>>,
    Path((_, id)): Path<(String, String)>,
    PostedFiles { typed, files }: PostedFiles,
) -> Result<Response, Fault> {
    let dispute_id: DisputeId = id.parse().map_err(|_| Fault::NotFound)?;
    let mut errors = Errors::new();
    let acting = Acting::read(&typed, &mut errors);
    let files = checked(files, &mut errors).await?;
    let access = &pass.me.access;
    if let Some(step) = acting.step((access.person(), access.name()), &files).filter(|_| errors.is_empty()) {
        match dispute::act(&pass.scope, visit.now, &visit.app.means().holidays, dispute_id, step).await {
            Ok(()) => {
                let to = format!("{}/{dispute_id}?done={}", home(&pass), step.event.code());
                return Ok(Redirect::to(&to).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("do", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(&visit, &pass, &id, FormShown::returned(&typed, &errors)).await
}

async fn page(visit: &Visit, pass: &AtCouncil, id: &str, form: FormShown) -> Result<Response, Fault> {
    let id: DisputeId = id.parse().map_err(|_| Fault::NotFound)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| dispute::find(tx, id).await).await;
    let seen: DisputeSeen = read.map_err(|error| Fault::of(&error))?;
    let mut shell = pass.shell(visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|what| banner(&what, "The provider")) {
        shell = shell.banner(banner);
    }
    // whoever only looks on has read nothing for the council
    if seen.listed.unread > 0 && may_talk(pass) {
        let read = dispute::mark_read(&pass.scope, visit.now, id, seen.dispute.version).await;
        read.map_err(|error| Fault::of(&error))?;
    }
    let page = DisputePage::of(&seen, &at(pass), (Side::Council, may_talk(pass)), visit.now, form);
    visit.page("disputes/dispute.html", &shell, page)
}
