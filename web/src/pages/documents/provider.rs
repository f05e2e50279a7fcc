//! `/organisations/{organisation}/councils/{council}/documents`: what the council asks a provider to agree. Whoever sees the
//! contract reads it; the organisation's administrators agree or reject for it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::DocumentId;
use counterfoil_tenants::Error;
use counterfoil_tenants::contract_document::{self, Declared, DocumentSeen, Wanted};
use counterfoil_tenants::identity::OrganisationRole;
use counterfoil_tenants::scope::{Provider, Tx};

use super::shown::{ListPage, PAGE, Page, REFERENCE, Row, STATE, chosen, state};
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, ProviderSigning, Visit};
use crate::download::attachment;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::shell::Banner;
use crate::table::{Column, Direction, TableQuery, TableSpec};

static DOCUMENTS: TableSpec = TableSpec {
    row: ("document", "documents"),
    filters: &[STATE, REFERENCE],
    columns: &[
        Column::plain("title", "Document"),
        Column::plain("kind", "Kind"),
        Column::plain("about", "Contract and line"),
        Column::plain("state", "State"),
        Column::plain("agree_by", "Agree by"),
        Column::plain("published", "Published"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/documents", pass.home())
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let query = TableQuery::parse(&DOCUMENTS, &visit.path, visit.query.as_deref());
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let mut wanted = Wanted {
            state: state(&query),
            reference: query.filter("reference").map(str::to_owned),
            limit: i64::from(PAGE),
            ..Wanted::default()
        };
        let total = contract_document::count_own(tx, council, organisation, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        Ok((contract_document::list_own(tx, council, organisation, &wanted).await?, window))
    });
    let (rows, window) = read.await.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = ListPage {
        heading: format!("Documents of {}", pass.council.name),
        intro: "What waits for you comes first, the nearest day on top.",
        table: query.shown(&window),
        documents: rows.iter().map(|row| Row::of(row, &home)).collect(),
        with_provider: false,
        publish: None,
    };
    visit.page("documents/list.html", &pass.shell(&visit).await?, page)
}

async fn found(pass: &ForOrganisationAt, id: &str) -> Result<DocumentSeen, Fault> {
    let id: DocumentId = id.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| contract_document::find_own(tx, council, organisation, id).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// One of them, in its newest version or in that of the address.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let form = FormShown::filled([("name", pass.provider.me.access.name())]);
    page(&visit, &pass, &seen, visit.asked_for("version").as_deref(), form).await
}

/// Agrees or rejects it.
pub(crate) async fn answer(
    Permit { visit, pass }: Permit<ProviderSigning>,
    Path((_, _, id)): Path<(String, String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let mut errors = Errors::new();
    let agrees = match typed.text("answer") {
        "agree" => Some(true),
        "reject" => Some(false),
        _ => None,
    };
    errors.unless(agrees.is_some(), "answer", "Select whether you agree");
    let reason = typed.lines("reason");
    let declared = Declared {
        version: typed.text("version").parse().unwrap_or_default(),
        digest: typed.text("digest"),
        agrees: agrees.unwrap_or(true),
        name: typed.text("name"),
        role: typed.text("role"),
        reason: if agrees == Some(false) { &reason } else { "" },
    };
    for (field, words) in declared.wrong() {
        errors.add(field, words);
    }
    if agrees == Some(true) {
        let words = "Tick the statement to say that you have read the document and may agree it";
        errors.unless(typed.chose("statement", "yes"), "statement", words);
    }
    if errors.is_empty() {
        let own = (pass.council.id, pass.provider.organisation.id);
        let person = pass.provider.me.access.person();
        let answered =
            contract_document::answer_own(&pass.provider.scope, visit.now, own, person, (seen.document.id, declared));
        match answered.await {
            Ok(()) => {
                let done = if declared.agrees { "agreed" } else { "rejected" };
                return Ok(Redirect::to(&format!("{}/{}?done={done}", home(&pass), seen.document.id)).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("answer", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    // as it is now: what was published meanwhile is what has to be read
    let seen = found(&pass, &id).await?;
    page(&visit, &pass, &seen, None, FormShown::returned(&typed, &errors)).await
}

/// What is attached to a version of it.
pub(crate) async fn file(
    Permit { pass, .. }: Permit<ProviderAt>,
    Path((_, _, id, version)): Path<(String, String, String, String)>,
) -> Result<Response, Fault> {
    let id: DocumentId = id.parse().map_err(|_| Fault::NotFound)?;
    let version: u32 = version.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        contract_document::attachment_own(tx, council, organisation, (id, version)).await
    });
    let (name, bytes) = read.await.map_err(|error| Fault::of(&error))?;
    Ok(attachment(&name, "application/pdf", bytes))
}

async fn page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    seen: &DocumentSeen,
    asked: Option<&str>,
    form: FormShown,
) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    let banner = match visit.asked_for("done").as_deref() {
        Some("agreed") => Some(Banner::success("You have agreed this document").text("The council is told by email.")),
        Some("rejected") => {
            Some(Banner::success("You have rejected this document").text("The council is told by email."))
        }
        _ => None,
    };
    if let Some(banner) = banner {
        shell = shell.banner(banner);
    }
    let (home, at) = (home(pass), pass.home());
    let here = format!("{home}/{}", seen.document.id);
    let (shown, others) = chosen(seen, asked, &here, local_time(visit.now).date())?;
    let signs = pass.provider.organisation.role == OrganisationRole::Administrator;
    let page = Page {
        caption: format!("Document of {}", pass.council.name),
        is_council: false,
        row: Row::of(&seen.listed, &home),
        contract: format!("{at}/contracts/{}", seen.document.contract_id),
        line: seen.document.service_line_id.map(|line| format!("{at}/contracts/lines/{line}")),
        answers: signs && shown.waits,
        changes: false,
        here,
        home,
        shown,
        others,
        form,
    };
    visit.page("documents/document.html", &shell, page)
}
