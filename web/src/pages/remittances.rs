//! `/organisations/{organisation}/councils/{council}/remittances`: what a provider was paid and for what, as it was sent:
//! as a page, as tagged PDF, and for spreadsheets. The page and what is for spreadsheets explain it in the reader's
//! language, the documents in the council's usual one.
//! Only for whoever sees all contracts, since a payment is for all of a site's; for anybody else there is no such page.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::words::Said;
use counterfoil_core::remittance::{Remittance as Advice, RemittanceCharge, RemittanceLine, to_csv};
use counterfoil_tenants::explanation;
use counterfoil_tenants::remittance::{self, Remittance, RemittanceSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
use crate::download::attachment;
use crate::export::{Cell, Form, Sheet};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

static REMITTANCES: TableSpec = TableSpec {
    row: ("remittance", "remittances"),
    filters: &[],
    columns: &[
        Column::plain("number", "Number"),
        Column::plain("payee", "Paid to"),
        Column::plain("made", "Made"),
        Column::plain("pays", "Paid").numeric(),
        Column::plain("files", "Files"),
    ],
    sorted: ("made", Direction::Descending),
    page_size: 50,
    kept: &[],
};

/// The lines of one: a payment of a county's site has hundreds, and they come in parts.
static LINES: TableSpec = TableSpec {
    row: ("line", "lines"),
    filters: &[
        Filter { name: "find", label: "Person, contract, order or reference", kind: FilterKind::Words },
        Filter {
            name: "kind",
            label: "Kind",
            kind: FilterKind::Choice(&[
                ("payment", "Payment"),
                ("adjustment", "Adjustment"),
                ("retraction", "Retraction"),
            ]),
        },
    ],
    columns: &[
        Column::sorted("care", "Care"),
        Column::plain("service", "Service"),
        Column::plain("worked", "How it was worked out"),
        Column::sorted("entitled", "Entitled").numeric(),
        Column::sorted("before", "Posted before").numeric(),
        Column::sorted("amount", "This payment").numeric(),
    ],
    sorted: ("care", Direction::Ascending),
    page_size: 25,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    table: TableShown,
    remittances: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    number: String,
    payee: String,
    made: String,
    pays: String,
}

fn whole(pass: &ForOrganisationAt) -> Result<(), Fault> {
    let organisation = pass.provider.organisation.id;
    if pass.provider.scope.sees_whole(organisation) { Ok(()) } else { Err(Fault::NotFound) }
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    whole(&pass)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let query = TableQuery::parse(&REMITTANCES, &visit.path, visit.query.as_deref());
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let (rows, total) = remittance::list_own(tx, council, organisation, (query.offset(), 50)).await?;
            let window = query.window(total.unsigned_abs());
            if window.offset == query.offset() {
                return Ok((rows, window));
            }
            // beyond the end
            let (rows, _) = remittance::list_own(tx, council, organisation, (window.offset, window.limit)).await?;
            Ok((rows, window))
        })
        .await;
    let (rows, window) = read.map_err(|error| Fault::of(&error))?;
    let row = |seen: RemittanceSeen| Row {
        href: format!("{}/{}", visit.path, seen.number),
        number: seen.number,
        payee: seen.payee,
        made: london::day(counterfoil_core::calendar::clock::local_time(seen.made_at).date()),
        pays: seen.pays.to_string(),
    };
    let page = Page { table: query.shown(&window), remittances: rows.into_iter().map(row).collect() };
    visit.page("remittances.html", &pass.shell(&visit).await?, page)
}

async fn found(pass: &ForOrganisationAt, number: &str) -> Result<Remittance, Fault> {
    whole(pass)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| remittance::find_own(tx, council, organisation, number).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// One as a page: each entry with how it was worked out, and the sums that make the payment.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let found = found(&pass, &number).await?;
    let advice = for_reader(&visit, &pass, found.advice).await?;
    let back = format!("{}/remittances", pass.home());
    let page = AdvicePage {
        here: format!("{back}/{number}"),
        back,
        number: found.number,
        advice: advice.as_ref().map(|advice| AdviceShown::of(advice, &visit)),
    };
    visit.page("payments/remittance.html", &pass.shell(&visit).await?, page)
}

#[derive(Serialize)]
struct AdvicePage {
    back: String,
    here: String,
    number: String,
    /// None for one that an older version wrote.
    advice: Option<AdviceShown>,
}

#[derive(Serialize)]
struct AdviceShown {
    facts: Vec<(&'static str, String)>,
    table: TableShown,
    /// Those of this part.
    lines: Vec<LineShown>,
    /// What the lines come to that match the filters, while any is on.
    matching: Option<String>,
    /// Of the whole, whatever part is shown.
    sums: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct LineShown {
    person: String,
    care: String,
    contract: String,
    service: String,
    line: String,
    order: String,
    reference: String,
    dated: Option<String>,
    kind: &'static str,
    charges: Vec<Said>,
    rule: String,
    entitled: String,
    before: String,
    amount: String,
}

impl AdviceShown {
    fn of(advice: &Advice, visit: &Visit) -> Self {
        let query = TableQuery::parse(&LINES, &visit.path, visit.query.as_deref());
        let mut wanted: Vec<&RemittanceLine> = advice.lines.iter().filter(|line| matches(line, &query)).collect();
        sort(&mut wanted, query.sort());
        let (window, part) = query.cut(&wanted);
        let payment = &advice.payment;
        let carried = Money::from_pence(payment.carried_forward.pence().saturating_neg());
        let sums = [
            ("Total of the lines above", payment.entries, true),
            ("Brought forward from the last payment", payment.brought_forward, false),
            ("Carried forward to the next payment", carried, false),
            ("Paid into your bank", payment.payment, true),
        ];
        Self {
            facts: vec![
                ("To", format!("{} (supplier {})", advice.payee, advice.supplier_number)),
                ("Paid into your bank", format!("{} on {}", payment.payment, london::weekday(advice.bank_date))),
                ("Schedule", advice.schedule.clone()),
                ("Period", london::span(advice.period.0, advice.period.1)),
            ],
            matching: (wanted.len() < advice.lines.len())
                .then(|| Money::total(wanted.iter().map(|line| line.amount)).unwrap_or_default().to_string()),
            table: query.shown(&window),
            lines: part.iter().map(|line| LineShown::of(line)).collect(),
            sums: sums
                .into_iter()
                .filter(|(_, sum, always)| *always || !sum.is_zero())
                .map(|(words, sum, _)| (words, sum.to_string()))
                .collect(),
        }
    }
}

fn matches(line: &RemittanceLine, query: &TableQuery) -> bool {
    let named = query.filter("find").is_none_or(|find| {
        let find = find.to_lowercase();
        let texts =
            [&line.service_user, &line.contract, &line.service_line, &line.purchase_order, &line.provider_reference];
        texts.into_iter().any(|text| text.to_lowercase().contains(&find))
    });
    named && query.filter("kind").is_none_or(|kind| line.kind.words().eq_ignore_ascii_case(kind))
}

/// Sorts lines, which stand in the order of the advice: by contract, person, week and line.
fn sort(lines: &mut [&RemittanceLine], (column, direction): (&str, Direction)) {
    match column {
        "entitled" => lines.sort_by_key(|line| line.entitlement),
        "before" => lines.sort_by_key(|line| line.posted_before),
        "amount" => lines.sort_by_key(|line| line.amount),
        _ => {}
    }
    if direction == Direction::Descending {
        lines.reverse();
    }
}

impl LineShown {
    fn of(line: &RemittanceLine) -> Self {
        Self {
            person: line.service_user.clone(),
            care: london::span(line.care.0, line.care.1),
            contract: line.contract.clone(),
            service: line.service.clone(),
            line: line.service_line.clone(),
            order: line.purchase_order.clone(),
            reference: line.provider_reference.clone(),
            dated: line.invoice_date.map(london::day),
            kind: line.kind.words(),
            charges: line.charges.iter().map(charge).collect(),
            rule: line.rule.clone(),
            entitled: line.entitlement.to_string(),
            before: line.posted_before.to_string(),
            amount: line.amount.to_string(),
        }
    }
}

fn charge(charge: &RemittanceCharge) -> Said {
    let words = &charge.words;
    let sentence = match words.language {
        Language::English => {
            let days = london::span(charge.days.0, charge.days.1);
            format!("{days}: {}. {}{}", words.arithmetic, words.reason, charge.unpaid())
        }
        Language::Welsh => charge.sentence(),
    };
    Said { words: sentence, language: words.language }
}

/// An advice with its charges in the language of whoever asks.
async fn for_reader(visit: &Visit, pass: &ForOrganisationAt, advice: Option<Advice>) -> Result<Option<Advice>, Fault> {
    let Some(advice) = advice else { return Ok(None) };
    let council = pass.council.id;
    let scope = &pass.provider.scope;
    let read = scope.read(async |tx: &mut Tx<'_, Provider>| explanation::offered_own(tx, council).await).await;
    let offered = read.map_err(|error| Fault::of(&error))?;
    Ok(Some(advice.read_in(offered.for_reader(visit.language()))))
}

/// As tagged PDF.
pub(crate) async fn pdf(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let found = found(&pass, &number).await?;
    let advice = found.advice.ok_or(Fault::NotFound)?;
    let printer = visit.app.printer().ok_or(Fault::Unavailable)?;
    // setting a thousand lines takes a while, and is no work for what answers requests
    let printed = tokio::task::spawn_blocking(move || printer.pdf(&advice)).await;
    let bytes = printed.map_err(|error| Fault::internal(&error))?.map_err(|error| Fault::internal(&error))?;
    Ok(attachment(&format!("{}.pdf", found.number), "application/pdf", bytes))
}

/// As a workbook: a row an entry, then the balances, so that the column of amounts adds up to the payment.
pub(crate) async fn xlsx(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let found = found(&pass, &number).await?;
    let advice = for_reader(&visit, &pass, found.advice).await?;
    sheet(&advice.ok_or(Fault::NotFound)?).file(Form::Xlsx)
}

fn sheet(advice: &Advice) -> Sheet {
    let row = |line: &RemittanceLine| {
        let worked_out: Vec<String> = line.charges.iter().map(|of| charge(of).words).collect();
        vec![
            Cell::words(&line.contract),
            Cell::words(&line.service_user),
            Cell::words(&line.service_line),
            Cell::words(&line.purchase_order),
            Cell::words(&line.service),
            Cell::Day(line.care.0),
            Cell::Day(line.care.1),
            Cell::words(&line.provider_reference),
            line.invoice_date.map_or(Cell::Nothing, Cell::Day),
            Cell::words(line.kind.words()),
            Cell::Money(line.entitlement),
            Cell::Money(line.posted_before),
            Cell::Money(line.amount),
            Cell::Words(worked_out.join("; ")),
            Cell::words(&line.rule),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = advice.lines.iter().map(row).collect();
    let carried = Money::from_pence(advice.payment.carried_forward.pence().saturating_neg());
    for (words, sum) in [("Brought forward", advice.payment.brought_forward), ("Carried forward", carried)] {
        if !sum.is_zero() {
            let mut row = vec![Cell::Nothing; 15];
            (row[9], row[12]) = (Cell::words(words), Cell::Money(sum));
            rows.push(row);
        }
    }
    let headings = vec![
        "Contract",
        "Service user",
        "Service line",
        "Purchase order",
        "Service level",
        "Care from",
        "Care to",
        "Your reference",
        "Invoice date",
        "Kind",
        "Entitled",
        "Posted before",
        "Amount",
        "How it was worked out",
        "Rule",
    ];
    Sheet { name: advice.number.clone(), headings, rows }
}

/// For a spreadsheet or an accounts package: as it was sent, unless whoever asks reads it in another language.
pub(crate) async fn csv(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let sent = found(&pass, &number).await?;
    let asked = for_reader(&visit, &pass, sent.advice.clone()).await?;
    let csv = match asked {
        Some(advice) if Some(&advice) != sent.advice.as_ref() => {
            to_csv(&advice).map_err(|error| Fault::internal(&error))?
        }
        _ => sent.csv,
    };
    Ok(attachment(&format!("{}.csv", sent.number), "text/csv; charset=utf-8", csv))
}

/// For reading and printing.
pub(crate) async fn html(
    Permit { pass, .. }: Permit<ProviderAt>,
    Path((_, _, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let found = found(&pass, &number).await?;
    Ok(attachment(&format!("{}.html", found.number), "text/html; charset=utf-8", found.html))
}
