//! `/councils/{council}/runs`: payment runs, what each comes to and whom it pays; and a second person's approval.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::RunId;
use counterfoil_core::run::RunState;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::overview::{self, RunSeen};
use counterfoil_tenants::profile::PaymentFormat;
use counterfoil_tenants::run_seen::{self, PaymentSeen, RunDetail};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::approve_run::approve_run;
use serde::Serialize;

use crate::access::{Approving, AtCouncil, Finance, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec, Window};

static RUNS: TableSpec = TableSpec {
    row: ("payment run", "payment runs"),
    filters: &[],
    columns: &[
        Column::plain("period", "Period"),
        Column::plain("schedule", "Schedule"),
        Column::plain("state", "State"),
        Column::plain("bank", "In the bank"),
        Column::plain("claims", "Claims").numeric(),
        Column::plain("pays", "Pays").numeric(),
        Column::plain("adjustments", "Of that, adjustments").numeric(),
        Column::plain("suspended", "Suspended").numeric(),
    ],
    sorted: ("bank", Direction::Descending),
    page_size: 50,
    kept: &[],
};

static PAYMENTS: TableSpec = TableSpec {
    row: ("payment", "payments"),
    filters: &[],
    columns: &[
        Column::plain("payee", "Paid to"),
        Column::plain("supplier", "Supplier number"),
        Column::plain("brought", "Brought forward").numeric(),
        Column::plain("entries", "This run").numeric(),
        Column::plain("carried", "Carried forward").numeric(),
        Column::plain("pays", "Pays").numeric(),
        Column::plain("remittance", "Remittance"),
    ],
    sorted: ("pays", Direction::Descending),
    page_size: 50,
    kept: &["done"],
};

#[derive(Serialize)]
struct ListPage {
    table: TableShown,
    runs: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    period: String,
    schedule: String,
    state: &'static str,
    bank: String,
    claims: i64,
    pays: String,
    adjustments: String,
    suspended: String,
}

fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}/runs", pass.council.slug)
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Finance>>) -> Result<Response, Fault> {
    let runs = pass.scope.read(async |tx: &mut Tx<'_>| overview::runs(tx).await).await;
    let runs = runs.map_err(|error| Fault::of(&error))?;
    let query = TableQuery::parse(&RUNS, &visit.path, visit.query.as_deref());
    let window = query.window(u64::try_from(runs.len()).unwrap_or(u64::MAX));
    let home = home(&pass);
    let row = |run: &RunSeen| Row {
        href: format!("{home}/{}", run.id),
        period: london::span(run.period.0, run.period.1),
        schedule: run.schedule.0.clone(),
        state: run.state.words(),
        bank: london::day(run.bank_date),
        claims: run.claims,
        pays: run.pays.to_string(),
        adjustments: run.adjustments.to_string(),
        suspended: run.suspended.to_string(),
    };
    let (skip, take) =
        (usize::try_from(window.offset).unwrap_or(usize::MAX), usize::try_from(window.limit).unwrap_or(0));
    let shown = runs.iter().skip(skip).take(take).map(row).collect();
    let page = ListPage { table: query.shown(&window), runs: shown };
    visit.page("runs/list.html", &pass.shell(&visit).await?, page)
}

#[derive(Serialize)]
struct RunPage {
    form: FormShown,
    id: String,
    back: String,
    schedule: String,
    period: String,
    state: &'static str,
    cut_off: String,
    finalisation: String,
    bank: String,
    /// Contracts still to be worked, and those that are.
    progress: (i64, i64),
    is_open: bool,
    who: Vec<(&'static str, String)>,
    totals: Vec<(&'static str, String)>,
    file: Option<File>,
    can_approve: bool,
    table: TableShown,
    payments: Vec<Payment>,
}

#[derive(Serialize)]
struct File {
    /// Where officers have it from; nobody else does.
    href: Option<String>,
    serial: u32,
    format: &'static str,
    items: u32,
    total: String,
    digest: String,
    issued: String,
}

#[derive(Serialize)]
struct Payment {
    payee: String,
    supplier: String,
    brought: String,
    entries: String,
    carried: String,
    pays: String,
    remittance: Option<String>,
}

/// The page of a run.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Finance>>,
    Path((_, run)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let run = run.parse().map_err(|_| Fault::NotFound)?;
    page(&visit, &pass, run, FormShown::empty()).await
}

/// A second person approves it.
pub(crate) async fn approve(
    Permit { visit, pass }: Permit<Staff<Approving>>,
    Path((_, run)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let id: RunId = run.parse().map_err(|_| Fault::NotFound)?;
    match approve_run(&pass.scope, visit.now, id).await {
        Ok(()) => Ok(Redirect::to(&format!("{}/{id}?done=approved", home(&pass))).into_response()),
        Err(counterfoil_tenants::Error::Refused(words) | counterfoil_tenants::Error::Conflict(words)) => {
            let refused = FormShown::empty().with_errors(&Errors::of("approve", words));
            page(&visit, &pass, id, refused).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn page(visit: &Visit, pass: &AtCouncil, id: RunId, form: FormShown) -> Result<Response, Fault> {
    let address = format!("{}/{id}", home(pass));
    let query = TableQuery::parse(&PAYMENTS, &address, visit.query.as_deref());
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| {
            let run = run_seen::find(tx, id).await?;
            let window = query.window(run.totals.payees.unsigned_abs());
            let payments = run_seen::payments(tx, id, (window.offset, window.limit)).await?;
            Ok((run, window, payments))
        })
        .await;
    let (run, window, payments): (RunDetail, Window, Vec<PaymentSeen>) = read.map_err(|error| Fault::of(&error))?;
    let has = |role| pass.council.roles.contains(&role);
    let mut shell = pass.shell(visit).await?;
    if visit.asked_for("done").as_deref() == Some("approved") && run.run.state != RunState::Finalised {
        shell = shell.banner(Banner::success("The run is approved").text("Its payment file can be issued now."));
    }
    let page = RunPage {
        form,
        id: id.to_string(),
        back: home(pass),
        schedule: run.schedule.clone(),
        period: london::span(run.period.0, run.period.1),
        state: run.run.state.words(),
        cut_off: london::deadline(run.cut_off),
        finalisation: london::weekday(run.finalisation),
        bank: london::weekday(run.bank_date),
        progress: run.progress,
        is_open: run.run.state == RunState::Open,
        who: who(&run),
        totals: totals(&run),
        file: file(&run, pass, has(CouncilRole::Officer)),
        can_approve: run.run.state == RunState::Finalised && has(CouncilRole::Approver),
        table: query.shown(&window),
        payments: payments.into_iter().map(Payment::of).collect(),
    };
    visit.page("runs/run.html", &shell, page)
}

/// Who did what, and when.
fn who(run: &RunDetail) -> Vec<(&'static str, String)> {
    let said = |actor: &Actor, at| format!("{}, {}", run.name_of(actor), london::moment(at));
    let later = |actor: &Option<Actor>, at| actor.as_ref().zip(at).map(|(actor, at)| said(actor, at));
    let finalised = later(&run.run.finalised_by, run.run.finalised_at);
    let approved = later(&run.run.approved_by, run.run.approved_at);
    vec![
        ("Opened by", said(&run.run.opened_by, run.run.created_at)),
        ("Finalised by", finalised.unwrap_or_else(|| "Nobody yet".to_owned())),
        ("Approved by", approved.unwrap_or_else(|| "Nobody yet".to_owned())),
    ]
}

fn totals(run: &RunDetail) -> Vec<(&'static str, String)> {
    let totals = &run.totals;
    vec![
        ("Claims", totals.claims.to_string()),
        ("Entries", totals.entries.to_string()),
        ("Posted", totals.posted.to_string()),
        ("Of that, adjustments of earlier claims", totals.adjustments.to_string()),
        ("Payees", totals.payees.to_string()),
        ("Goes out", totals.pays.to_string()),
        ("Carried into the next run", totals.carried.to_string()),
        ("Remittance advices", totals.remittances.to_string()),
    ]
}

fn file(run: &RunDetail, pass: &AtCouncil, is_officer: bool) -> Option<File> {
    let file = run.file.as_ref()?;
    Some(File {
        href: is_officer.then(|| format!("/councils/{}/payment-files/{}", pass.council.slug, file.id)),
        serial: file.serial,
        format: match file.format {
            PaymentFormat::Bacs => "BACS Standard 18",
            PaymentFormat::Pain001 => "ISO 20022 pain.001",
            PaymentFormat::ApFile => "Accounts payable",
        },
        items: file.items,
        total: file.total.to_string(),
        digest: file.digest.clone(),
        issued: london::moment(file.issued_at),
    })
}

impl Payment {
    fn of(seen: PaymentSeen) -> Self {
        Self {
            payee: seen.name,
            supplier: seen.supplier_number,
            brought: seen.brought_forward.to_string(),
            entries: seen.entries.to_string(),
            carried: seen.carried_forward.to_string(),
            pays: seen.pays.to_string(),
            remittance: seen.remittance,
        }
    }
}
