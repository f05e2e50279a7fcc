//! `/councils/{council}/documents`: what the council asks its providers to agree, published by finance officers,
//! commissioning staff and administrators.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{Days, NaiveDate};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::{ContractId, DocumentId, ServiceLineId};
use counterfoil_tenants::contract_document::{
    self, Attached, DocumentSeen, Kind, NewDocument, Part, Publisher, Wanted,
};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::{Error, care};
use serde::Serialize;

use super::shown::{ListPage, PAGE, Page, REFERENCE, Row, STATE, chosen, state};
use crate::access::{AtCouncil, Contracting, Member, Permit, Posted, PostedDocument, Roles as _, Staff, Visit};
use crate::download::attachment;
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed, day, day_fields};
use crate::shell::Banner;
use crate::table::{Column, Direction, TableQuery, TableSpec};

/// How long providers are given where nobody says otherwise, in days.
const GIVEN: Days = Days::new(14);

static DOCUMENTS: TableSpec = TableSpec {
    row: ("document", "documents"),
    filters: &[STATE, REFERENCE],
    columns: &[
        Column::plain("title", "Document"),
        Column::plain("provider", "Provider"),
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

#[derive(Serialize)]
struct PublishPage {
    heading: &'static str,
    /// What it is for: `contract C1`, `service line CPLI-7`.
    about: String,
    action: String,
    back: (String, String),
    form: FormShown,
    /// What it can be; none for a new version.
    kinds: Option<Vec<Item>>,
    /// What the version before has attached.
    attached: Option<String>,
    /// The version that a new one takes the place of.
    seen: Option<u32>,
}

#[derive(Serialize)]
struct Item {
    value: &'static str,
    text: &'static str,
}

fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}/documents", pass.council.slug)
}

fn publishes(pass: &AtCouncil) -> bool {
    Contracting::ANY_OF.iter().any(|role| pass.council.roles.contains(role))
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Member>>) -> Result<Response, Fault> {
    let query = TableQuery::parse(&DOCUMENTS, &visit.path, visit.query.as_deref());
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        let mut wanted = Wanted {
            state: state(&query),
            reference: query.filter("reference").map(str::to_owned),
            limit: i64::from(PAGE),
            ..Wanted::default()
        };
        let total = contract_document::count(tx, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        Ok((contract_document::list(tx, &wanted).await?, window))
    });
    let (rows, window) = read.await.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = ListPage {
        heading: "Documents for providers to agree".to_owned(),
        intro: "What waits for a provider comes first. To publish one, begin on the page of its contract or service line.",
        table: query.shown(&window),
        documents: rows.iter().map(|row| Row::of(row, &home)).collect(),
        with_provider: true,
        publish: publishes(&pass).then(|| format!("/councils/{}/contracts", pass.council.slug)),
    };
    visit.page("documents/list.html", &pass.shell(&visit).await?, page)
}

async fn found(pass: &AtCouncil, id: &str) -> Result<DocumentSeen, Fault> {
    let id: DocumentId = id.parse().map_err(|_| Fault::NotFound)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| contract_document::find(tx, id).await).await;
    read.map_err(|error| Fault::of(&error))
}

/// One of them, in its newest version or in that of the address.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Member>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    page(&visit, &pass, &seen, FormShown::empty()).await
}

async fn page(visit: &Visit, pass: &AtCouncil, seen: &DocumentSeen, form: FormShown) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    let banner = match visit.asked_for("done").as_deref() {
        Some("published") => {
            Some(Banner::success("The document is published").text("The provider is told by email that it waits."))
        }
        Some("withdrawn") => Some(Banner::success("The document is withdrawn")),
        _ => None,
    };
    if let Some(banner) = banner {
        shell = shell.banner(banner);
    }
    let home = home(pass);
    let here = format!("{home}/{}", seen.document.id);
    let asked = visit.asked_for("version");
    let (shown, others) = chosen(seen, asked.as_deref(), &here, local_time(visit.now).date())?;
    let contracts = format!("/councils/{}/contracts", pass.council.slug);
    let page = Page {
        caption: seen.listed.provider.clone().unwrap_or_default(),
        is_council: true,
        row: Row::of(&seen.listed, &home),
        contract: format!("{contracts}/{}", seen.document.contract_id),
        line: seen.document.service_line_id.map(|line| format!("{contracts}/lines/{line}")),
        answers: false,
        changes: publishes(pass) && shown.is_newest,
        here,
        home,
        shown,
        others,
        form,
    };
    visit.page("documents/document.html", &shell, page)
}

/// What a new document is for.
struct About {
    contract: ContractId,
    line: Option<ServiceLineId>,
    words: String,
    back: (String, String),
    named: String,
}

/// What an address or a form names: a line, or else a contract.
async fn about(visit: &Visit, pass: &AtCouncil, (line, contract): (&str, &str)) -> Result<About, Fault> {
    let contracts = format!("/councils/{}/contracts", pass.council.slug);
    if line.is_empty() {
        let id: ContractId = contract.parse().map_err(|_| Fault::NotFound)?;
        let read = pass.scope.read(async |tx: &mut Tx<'_>| care::contract(tx, id).await).await;
        let seen = read.map_err(|error| Fault::of(&error))?;
        let words = format!("contract {}", seen.contract.reference);
        let back = (format!("{contracts}/{id}"), format!("Contract {}", seen.contract.reference));
        return Ok(About { contract: id, line: None, words, back, named: format!("contract={id}") });
    }
    let id: ServiceLineId = line.parse().map_err(|_| Fault::NotFound)?;
    let when = (local_time(visit.now).date(), visit.now);
    let read = pass.scope.read(async |tx: &mut Tx<'_>| care::line(tx, id, when).await).await;
    let seen = read.map_err(|error| Fault::of(&error))?;
    Ok(About {
        contract: seen.contract.0,
        line: Some(id),
        words: format!("service line {}, for {}", seen.reference, seen.person),
        back: (format!("{contracts}/lines/{id}"), format!("Service line {}", seen.reference)),
        named: format!("line={id}"),
    })
}

/// The form for a new one.
pub(crate) async fn show_new(Permit { visit, pass }: Permit<Staff<Contracting>>) -> Result<Response, Fault> {
    let named = ["line", "contract"].map(|name| visit.asked_for(name).unwrap_or_default());
    // an address that names nothing leads to where documents begin
    if named.iter().all(String::is_empty) {
        return Ok(Redirect::to(&format!("/councils/{}/contracts", pass.council.slug)).into_response());
    }
    let about = about(&visit, &pass, (&named[0], &named[1])).await?;
    let kind = if about.line.is_some() { Kind::Agreement } else { Kind::Terms };
    let mut values = vec![("kind".to_owned(), kind.code().to_owned())];
    values.extend(day_fields("agree_by", given(&visit)));
    new_page(&visit, &pass, about, FormShown::filled(values)).await
}

fn given(visit: &Visit) -> NaiveDate {
    let today = local_time(visit.now).date();
    today.checked_add_days(GIVEN).unwrap_or(today)
}

async fn new_page(visit: &Visit, pass: &AtCouncil, about: About, form: FormShown) -> Result<Response, Fault> {
    let kinds = Kind::ALL.map(|kind| Item { value: kind.code(), text: kind.words() });
    let page = PublishPage {
        heading: "Publish a document",
        action: format!("{}/new?{}", home(pass), about.named),
        about: about.words,
        back: about.back,
        form,
        kinds: Some(kinds.into_iter().collect()),
        attached: None,
        seen: None,
    };
    visit.page("documents/publish.html", &pass.shell(visit).await?, page)
}

fn publisher(pass: &AtCouncil) -> Publisher<'_> {
    let access = &pass.me.access;
    Publisher { person: access.person(), name: access.name(), email: access.email() }
}

/// What a form says, as far as it can be read.
fn read(visit: &Visit, typed: &Typed, attached: Attached, errors: &mut Errors) -> NewDocument {
    let today = local_time(visit.now).date();
    let agree_by = day(typed, "agree_by", "The day by which it is to be agreed", errors);
    let new = NewDocument {
        title: typed.text("title").to_owned(),
        terms: typed.lines("terms"),
        agree_by: agree_by.unwrap_or(today),
        attached,
    };
    for (part, words) in new.wrong(today) {
        let field = match part {
            Part::Title => "title",
            Part::Terms => "terms",
            Part::AgreeBy => "agree_by-day",
            Part::File => "file",
        };
        errors.add(field, words);
    }
    new
}

/// Publishes it.
pub(crate) async fn publish(
    Permit { visit, pass }: Permit<Staff<Contracting>>,
    PostedDocument { typed, file }: PostedDocument,
) -> Result<Response, Fault> {
    let named = ["line", "contract"].map(|name| visit.asked_for(name).unwrap_or_default());
    let about = about(&visit, &pass, (&named[0], &named[1])).await?;
    let mut errors = Errors::new();
    let kind = Kind::ALL.into_iter().find(|kind| kind.code() == typed.text("kind"));
    errors.unless(kind.is_some(), "kind", "Select what kind of document it is");
    let attached = file.map_or(Attached::Nothing, |(name, bytes)| Attached::File(name, bytes.to_vec()));
    let new = read(&visit, &typed, attached, &mut errors);
    if let (true, Some(kind)) = (errors.is_empty(), kind) {
        let under = (about.contract, about.line, kind);
        match contract_document::publish(&pass.scope, visit.now, publisher(&pass), under, &new).await {
            Ok(id) => return Ok(Redirect::to(&format!("{}/{id}?done=published", home(&pass))).into_response()),
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("title", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    again_where_file_is_lost(&new, &mut errors);
    new_page(&visit, &pass, about, FormShown::returned(&typed, &errors)).await
}

/// A browser keeps no file of a form that comes back.
fn again_where_file_is_lost(new: &NewDocument, errors: &mut Errors) {
    if matches!(new.attached, Attached::File(..)) {
        errors.add("file", "Select the file again: a browser does not keep it");
    }
}

/// The form for a new version of one.
pub(crate) async fn show_again(
    Permit { visit, pass }: Permit<Staff<Contracting>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let newest = seen.versions.first().ok_or(Fault::NotFound)?;
    let mut values = vec![("title".to_owned(), newest.title.clone()), ("terms".to_owned(), newest.terms.clone())];
    if newest.attachment.is_some() {
        values.push(("keep".to_owned(), "yes".to_owned()));
    }
    values.extend(day_fields("agree_by", given(&visit)));
    again_page(&visit, &pass, &seen, FormShown::filled(values)).await
}

async fn again_page(visit: &Visit, pass: &AtCouncil, seen: &DocumentSeen, form: FormShown) -> Result<Response, Fault> {
    let here = format!("{}/{}", home(pass), seen.document.id);
    let page = PublishPage {
        heading: "Publish a new version",
        about: match &seen.listed.line {
            Some((line, person)) => format!("service line {line}, for {person}"),
            None => format!("contract {}", seen.listed.contract),
        },
        action: format!("{here}/new-version"),
        back: (here, seen.listed.title.clone()),
        form,
        kinds: None,
        attached: seen.versions.first().and_then(|newest| newest.attachment.as_ref()).map(|(name, _)| name.clone()),
        seen: Some(seen.document.version),
    };
    visit.page("documents/publish.html", &pass.shell(visit).await?, page)
}

/// Publishes a new version.
pub(crate) async fn publish_again(
    Permit { visit, pass }: Permit<Staff<Contracting>>,
    Path((_, id)): Path<(String, String)>,
    PostedDocument { typed, file }: PostedDocument,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let mut errors = Errors::new();
    let attached = match file {
        Some((name, bytes)) => Attached::File(name, bytes.to_vec()),
        None if typed.chose("keep", "yes") => Attached::AsBefore,
        None => Attached::Nothing,
    };
    let new = read(&visit, &typed, attached, &mut errors);
    if errors.is_empty() {
        let version: u32 = typed.text("seen").parse().unwrap_or_default();
        let of = (seen.document.id, version);
        match contract_document::publish_again(&pass.scope, visit.now, publisher(&pass), of, &new).await {
            Ok(()) => {
                let to = format!("{}/{}?done=published", home(&pass), seen.document.id);
                return Ok(Redirect::to(&to).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("title", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    again_where_file_is_lost(&new, &mut errors);
    again_page(&visit, &pass, &seen, FormShown::returned(&typed, &errors)).await
}

/// Takes it back.
pub(crate) async fn withdraw(
    Permit { visit, pass }: Permit<Staff<Contracting>>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let version: u32 = typed.text("seen").parse().unwrap_or_default();
    let withdrawn = contract_document::withdraw(&pass.scope, visit.now, (seen.document.id, version)).await;
    match withdrawn {
        Ok(()) => Ok(Redirect::to(&format!("{}/{}?done=withdrawn", home(&pass), seen.document.id)).into_response()),
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let form = FormShown::returned(&typed, &Errors::of("withdraw", words));
            page(&visit, &pass, &seen, form).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// What is attached to a version of it.
pub(crate) async fn file(
    Permit { pass, .. }: Permit<Staff<Member>>,
    Path((_, id, version)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let id: DocumentId = id.parse().map_err(|_| Fault::NotFound)?;
    let version: u32 = version.parse().map_err(|_| Fault::NotFound)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| contract_document::attachment(tx, (id, version)).await).await;
    let (name, bytes) = read.map_err(|error| Fault::of(&error))?;
    Ok(attachment(&name, "application/pdf", bytes))
}
