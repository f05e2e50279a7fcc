//! `/organisations/{organisation}/councils/{council}/disputes`: a provider's disputes with a council, whoever opened them.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::{ClaimId, DisputeId};
use counterfoil_core::side::Side;
use counterfoil_tenants::Error;
use counterfoil_tenants::claim::{self, ClaimSeen};
use counterfoil_tenants::dispute::{self, DisputeSeen, LineNamed, Listed, Wanted};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::form::{Acting, NewPage, Opening, line_items, reason_items};
use super::shown::{DisputePage, MOST, PAGE, REASON, Row, STATE, sheet, wanted};
use crate::access::{ForOrganisationAt, Permit, PostedFiles, ProviderAt, Visit};
use crate::export::Form;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::pages::talk::sent::checked;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec, Window};

static OWN: TableSpec = TableSpec {
    row: ("dispute", "disputes"),
    filters: &[
        STATE,
        Filter {
            name: "awaits",
            label: "Who must act",
            kind: FilterKind::Choice(&[("provider", "You"), ("council", "The council")]),
        },
        REASON,
        Filter { name: "contract", label: "Contract", kind: FilterKind::Offered },
        Filter { name: "words", label: "Person, contract or line", kind: FilterKind::Words },
    ],
    columns: &[
        Column::plain("person", "Person and week"),
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
    heading: String,
    table: TableShown,
    disputes: Vec<Row>,
    with_provider: bool,
    csv: String,
    xlsx: String,
    empty: &'static str,
}

fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/disputes", pass.home())
}

/// The disputes that an address asks for: a page, or all of them.
async fn listed(
    visit: &Visit,
    pass: &ForOrganisationAt,
    whole: bool,
) -> Result<(TableQuery, Vec<Listed>, Window), Fault> {
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let asked = TableQuery::parse(&OWN, &visit.path, visit.query.as_deref());
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let around = claim::around_own(tx, council, organisation, today).await?;
            let mut query = asked.clone();
            let offered = around.contracts.iter();
            let offered = offered.map(|(id, reference, service)| (id.to_string(), format!("{reference}, {service}")));
            query.offer("contract", offered.collect());
            let contract = query.filter("contract").and_then(|id| id.parse().ok());
            let mut wanted = Wanted { contract, ..wanted(&query, if whole { MOST } else { i64::from(PAGE) }) };
            let total = dispute::count_own(tx, council, organisation, &wanted).await?;
            let window = query.window(total.unsigned_abs());
            if !whole {
                wanted.offset = window.offset;
            }
            let rows = dispute::list_own(tx, council, organisation, &wanted).await?;
            Ok((query, rows, window))
        })
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let (query, rows, window) = listed(&visit, &pass, false).await?;
    let home = home(&pass);
    let asked = visit.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
    let page = ListPage {
        heading: format!("Disputes with {}", pass.council.name),
        table: query.shown(&window),
        disputes: rows.iter().map(|row| Row::of(row, &home, Side::Provider, visit.now)).collect(),
        with_provider: false,
        csv: format!("{home}/file/csv{asked}"),
        xlsx: format!("{home}/file/xlsx{asked}"),
        empty: "There are no disputes. To dispute what a claim comes to, or what was paid for it, begin on the claim\u{2019}s page.",
    };
    visit.page("disputes/list.html", &pass.shell(&visit).await?, page)
}

/// The same as a file.
pub(crate) async fn file(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, form)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let form = Form::called(&form)?;
    let (_, rows, _) = listed(&visit, &pass, true).await?;
    sheet(&rows, Side::Provider, visit.now).file(form)
}

async fn found_claim(pass: &ForOrganisationAt, id: ClaimId) -> Result<(ClaimSeen, Vec<LineNamed>), Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let seen = claim::seen_own(tx, council, organisation, id).await?;
            Ok((seen, dispute::lines_own(tx, council, organisation, id).await?))
        })
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// The form, for the claim that the address names.
pub(crate) async fn show_new(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let claim = match visit.asked_for("claim") {
        Some(claim) => Some(found_claim(&pass, claim.parse().map_err(|_| Fault::NotFound)?).await?),
        None => None,
    };
    let line = visit.asked_for("line").map(|line| ("line", line));
    new_page(&visit, &pass, claim.as_ref(), FormShown::filled(line)).await
}

/// Opens a dispute.
pub(crate) async fn open(
    Permit { visit, pass }: Permit<ProviderAt>,
    PostedFiles { typed, files }: PostedFiles,
) -> Result<Response, Fault> {
    let id: ClaimId = typed.text("claim").parse().map_err(|_| Fault::NotFound)?;
    let claim = found_claim(&pass, id).await?;
    let mut errors = Errors::new();
    let opening = Opening::read(&typed, id, &claim.1, &mut errors);
    let files = checked(files, &mut errors).await?;
    let access = &pass.provider.me.access;
    let new = opening.dispute((access.person(), access.name()), &files).filter(|_| errors.is_empty());
    if let Some(new) = new {
        let own = (pass.council.id, pass.provider.organisation.id);
        let holidays = &visit.app.means().holidays;
        match dispute::open_own(&pass.provider.scope, visit.now, own, holidays, &new).await {
            Ok(id) => return Ok(Redirect::to(&format!("{}/{id}?done=opened", home(&pass))).into_response()),
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("message", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    new_page(&visit, &pass, Some(&claim), FormShown::returned(&typed, &errors)).await
}

async fn new_page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    claim: Option<&(ClaimSeen, Vec<LineNamed>)>,
    form: FormShown,
) -> Result<Response, Fault> {
    let council = pass.council.id;
    let days =
        pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| dispute::respond_days_own(tx, council).await).await;
    let claims = format!("{}/claims", pass.home());
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
        other: "The council",
        claim: named,
        lines: claim.map(|(_, lines)| line_items(lines)).unwrap_or_default(),
        reasons: reason_items(),
        days: days.map_err(|error| Fault::of(&error))?,
        form,
    };
    visit.page("disputes/new.html", &pass.shell(visit).await?, page)
}

async fn found(pass: &ForOrganisationAt, id: &str) -> Result<DisputeSeen, Fault> {
    let id: DisputeId = id.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| dispute::find_own(tx, council, organisation, id).await)
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    page(&visit, &pass, &id, FormShown::empty()).await
}

/// Answers, writes, closes, withdraws.
pub(crate) async fn act(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
    PostedFiles { typed, files }: PostedFiles,
) -> Result<Response, Fault> {
    let dispute_id: DisputeId = id.parse().map_err(|_| Fault::NotFound)?;
    let mut errors = Errors::new();
    let acting = Acting::read(&typed, &mut errors);
    let files = checked(files, &mut errors).await?;
    let access = &pass.provider.me.access;
    if let Some(step) = acting.step((access.person(), access.name()), &files).filter(|_| errors.is_empty()) {
        let own = (pass.council.id, pass.provider.organisation.id);
        let holidays = &visit.app.means().holidays;
        match dispute::act_own(&pass.provider.scope, visit.now, own, holidays, (dispute_id, step)).await {
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

async fn page(visit: &Visit, pass: &ForOrganisationAt, id: &str, form: FormShown) -> Result<Response, Fault> {
    let seen = found(pass, id).await?;
    let mut shell = pass.shell(visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|what| banner(&what, "The council")) {
        shell = shell.banner(banner);
    }
    if seen.listed.unread > 0 {
        let own = (pass.council.id, pass.provider.organisation.id);
        let (id, version) = (seen.dispute.id, seen.dispute.version);
        let read = dispute::mark_read_own(&pass.provider.scope, visit.now, own, id, version).await;
        read.map_err(|error| Fault::of(&error))?;
    }
    let page = DisputePage::of(&seen, &pass.home(), (Side::Provider, true), visit.now, form);
    visit.page("disputes/dispute.html", &shell, page)
}

/// What was just done.
pub(super) fn banner(what: &str, other: &str) -> Option<Banner> {
    let heading = match what {
        "opened" => "The dispute is opened",
        "write" => "Your message is sent",
        "agree" => "You have agreed",
        "disagree" => "You have not agreed",
        "answer_back" => "Your answer is sent",
        "close" => "The dispute is closed",
        "withdraw" => "The dispute is withdrawn",
        _ => return None,
    };
    Some(Banner::success(heading).text(format!("{other} is told by email.")))
}
