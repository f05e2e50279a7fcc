//! `/organisations/{organisation}/councils/{council}/timesheets/{week}`: a whole timesheet, person by person, with what it
//! comes to; the declaration with which it is sent, and its receipt.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::ClaimId;
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::words::amount;
use counterfoil_core::statement::{Actuals, LineStatement};
use counterfoil_tenants::Error;
use counterfoil_tenants::claim::{ClaimSeen, LineSeen};
use counterfoil_tenants::steps::confirm_claims::{Declared, declare_claims};
use serde::Serialize;

use super::super::hub::{priced, to_mend};
use super::home;
use super::sheet::{OnSheet, Sheet};
use super::week::is_settled;
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::london;
use crate::shell::Banner;

const TEMPLATE: &str = "timesheet/sheet.html";

type At = Path<(String, String, String)>;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    here: String,
    home: String,
    /// The list of claims of the same period.
    claims: String,
    span: String,
    deadline: String,
    is_late: bool,
    council: String,
    people: Vec<PersonShown>,
    payable: String,
    held: Option<String>,
    /// How many nobody has entered.
    to_enter: usize,
    /// Id and version of each that is sent.
    to_send: Vec<String>,
    /// What is declared, in the council's words.
    declares: String,
    /// Shown once all is sent.
    receipt: Option<Receipt>,
}

/// A claim.
#[derive(Serialize)]
struct PersonShown {
    href: String,
    claim: String,
    person: String,
    span: Option<String>,
    state: &'static str,
    /// Whether it waits for the carer.
    is_open: bool,
    is_to_enter: bool,
    /// Why it is not over yet, or cannot be entered.
    closed: Option<String>,
    said: Vec<String>,
    payable: Option<String>,
    held: Option<String>,
    to_mend: bool,
    sent_back: Option<String>,
    version: u32,
    statement_version: u32,
}

#[derive(Serialize)]
struct Receipt {
    by: String,
    at: String,
    bank_date: String,
    /// Person and reference.
    references: Vec<(String, String)>,
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, starts)): At,
) -> Result<Response, Fault> {
    let sheet = Sheet::of(&visit, &pass, &starts).await?;
    let name = visit.access.as_ref().map(|access| access.name().to_owned()).unwrap_or_default();
    page(&visit, &pass, &sheet, FormShown::filled([("name", name)])).await
}

async fn page(visit: &Visit, pass: &ForOrganisationAt, sheet: &Sheet, form: FormShown) -> Result<Response, Fault> {
    let of = |one: &OnSheet| PersonShown::of(one, sheet, visit, pass);
    let sums = sheet.claims.iter().filter(|one| !one.is_to_enter()).filter_map(|one| priced(&one.seen));
    let held = Money::total(sums.map(|assessed| assessed.suspended)).unwrap_or(Money::ZERO);
    let ends = sheet.claims.iter().map(|one| one.seen.claim.ends).max().unwrap_or(sheet.starts);
    let first = sheet.claims.first();
    let cut_off = first.map_or(visit.now, |one| one.seen.cut_off);
    let receipt = receipt(sheet);
    let to_send = sheet.claims.iter().filter(|one| one.can_send());
    let page = Page {
        form,
        here: sheet.address(pass),
        home: home(pass),
        claims: format!("{}?starts={}", super::super::provider::home(pass), sheet.starts),
        span: london::span(sheet.starts, ends),
        deadline: london::deadline(cut_off),
        is_late: cut_off < visit.now,
        council: pass.council.name.clone(),
        people: sheet.claims.iter().map(of).collect(),
        payable: sheet.payable_beside(None).to_string(),
        held: Some(held).filter(|held| !held.is_zero()).map(|held| held.to_string()),
        to_enter: sheet.claims.iter().filter(|one| one.is_to_enter()).count(),
        to_send: to_send.map(|one| format!("{}:{}", one.seen.claim.id, one.seen.claim.version)).collect(),
        declares: first.map(|one| one.declaration.statement.clone()).unwrap_or_default(),
        receipt,
    };
    let mut shell = pass.shell(visit).await?;
    if visit.asked_for("done").as_deref() == Some("saved") {
        shell = shell.banner(Banner::success("Saved").text("Check it, then send it."));
    }
    visit.page(TEMPLATE, &shell, page)
}

/// What was sent, once nothing of the timesheet waits any more.
fn receipt(sheet: &Sheet) -> Option<Receipt> {
    let open = |one: &OnSheet| matches!(one.seen.claim.state, ClaimState::Generated | ClaimState::Stated);
    if sheet.claims.iter().any(open) {
        return None;
    }
    let newest = sheet.claims.iter().filter(|one| one.seen.claim.confirmed_at.is_some());
    let newest = newest.max_by_key(|one| one.seen.claim.confirmed_at)?;
    let reference = |one: &OnSheet| Some((one.seen.person.clone(), one.seen.claim.receipt?.to_string()));
    Some(Receipt {
        by: newest.seen.claim.confirmed_name.clone().unwrap_or_default(),
        at: newest.seen.claim.confirmed_at.map(london::moment).unwrap_or_default(),
        bank_date: london::weekday(newest.seen.bank_date),
        references: sheet.claims.iter().filter_map(reference).collect(),
    })
}

impl PersonShown {
    fn of(one: &OnSheet, sheet: &Sheet, visit: &Visit, pass: &ForOrganisationAt) -> Self {
        let seen = &one.seen;
        let claim = &seen.claim;
        let sums = priced(seen).filter(|assessed| assessed.fault.is_none());
        let is_over = counterfoil_core::calendar::clock::local_time(visit.now).date() > claim.ends;
        let closed = match claim.state {
            _ if !is_over => Some(format!("Not over yet: enter it after {}.", london::day(claim.ends))),
            ClaimState::Locked => Some("A payment run has it.".to_owned()),
            _ => None,
        };
        let is_entered = !one.is_to_enter();
        Self {
            href: format!("{}/{}", sheet.address(pass), claim.id),
            claim: format!("{}/{}", super::super::provider::home(pass), claim.id),
            person: seen.person.clone(),
            span: (claim.starts != sheet.starts).then(|| london::span(claim.starts, claim.ends)),
            state: match claim.state {
                _ if !is_over => "In progress",
                ClaimState::Generated => "To enter",
                ClaimState::Stated => "Entered",
                ClaimState::Confirmed => "Sent",
                ClaimState::Locked => "Being paid",
                ClaimState::Paid => "Paid",
            },
            is_open: closed.is_none() && !is_settled(claim.state) && claim.state != ClaimState::Confirmed,
            is_to_enter: one.is_to_enter(),
            closed,
            said: if is_entered { said(seen) } else { Vec::new() },
            payable: sums.filter(|_| is_entered).map(|sums| sums.payable.to_string()),
            held: sums.filter(|sums| is_entered && !sums.suspended.is_zero()).map(|sums| sums.suspended.to_string()),
            to_mend: priced(seen).is_some_and(|assessed| to_mend(assessed) > 0),
            sent_back: claim.sent_back_reason.clone(),
            version: claim.version,
            statement_version: claim.statement_version,
        }
    }
}

/// What was entered, line by line: `26 nights claimed of 28 planned`, `2 nights away: in hospital`.
fn said(seen: &ClaimSeen) -> Vec<String> {
    let mut said = Vec::new();
    for line in &seen.lines {
        let used = priced(seen).and_then(|assessed| assessed.uses.iter().find(|used| used.line == line.number));
        let quantity = |raw: i64| Quantity::from_thousandths(raw);
        if let Some(used) = used {
            let claimed = amount(quantity(used.whole.claimed_units), line.unit);
            said.push(format!("{claimed} claimed, {} planned", quantity(used.whole.planned_units)));
        }
        let row = seen.statement.as_ref();
        if let Some(stated) = row.and_then(|row| row.body.lines.iter().find(|stated| stated.line == line.number)) {
            said.extend(away(seen, line, stated));
        }
    }
    said
}

/// How long the person was away, by reason.
fn away(seen: &ClaimSeen, line: &LineSeen, stated: &LineStatement) -> Vec<String> {
    let mut by_reason: Vec<(String, i64)> = Vec::new();
    let days = match &stated.actuals {
        Actuals::Days { days } => days.iter().map(|day| (day.reason.as_str(), day.frustrated.raw())).collect(),
        Actuals::Period { frustrated, reason, .. } => vec![(reason.as_str(), frustrated.raw())],
        Actuals::AsPlanned | Actuals::Visits { .. } => Vec::new(),
    };
    for (reason, frustrated) in days.into_iter().filter(|(_, frustrated)| *frustrated > 0) {
        match by_reason.iter_mut().find(|(known, _)| known == reason) {
            Some((_, sum)) => *sum += frustrated,
            None => by_reason.push((reason.to_owned(), frustrated)),
        }
    }
    let told = |(reason, sum): (String, i64)| {
        format!("{} away: {}", amount(Quantity::from_thousandths(sum), line.unit), seen.words.reason(&reason))
    };
    by_reason.into_iter().map(told).collect()
}

/// The declaration.
pub(crate) async fn send(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, starts)): At,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let sheet = Sheet::of(&visit, &pass, &starts).await?;
    let mut errors = Errors::new();
    errors.unless(!typed.text("name").is_empty(), "name", "Enter your name");
    let claims = versions(&typed, &sheet);
    errors.unless(!claims.is_empty(), "name", "There is nothing to send yet. Enter what was delivered first");
    if errors.is_empty() {
        let (scope, pair) = (&pass.provider.scope, (pass.council.id, pass.provider.organisation.id));
        let declared = Declared { name: typed.text("name"), comment: "" };
        match declare_claims(scope, visit.now, pair, &claims, declared).await {
            Ok(_) => return Ok(Redirect::to(&format!("{}?done=sent", sheet.address(&pass))).into_response()),
            Err(Error::Conflict(_)) => errors.add(
                "name",
                "Somebody changed this timesheet meanwhile. What you see now is what it comes to: check it, then send it \
                 again",
            ),
            Err(Error::Refused(words)) => errors.add("name", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(&visit, &pass, &sheet, FormShown::returned(&typed, &errors)).await
}

/// The claims of the sheet with the versions that were seen.
fn versions(typed: &Typed, sheet: &Sheet) -> Vec<(ClaimId, u32)> {
    let pair = |text: &str| {
        let (id, version) = text.split_once(':')?;
        Some((id.parse::<ClaimId>().ok()?, version.parse::<u32>().ok()?))
    };
    let sent = typed.all("claim").filter_map(pair);
    sent.filter(|(id, _)| sheet.claims.iter().any(|one| one.seen.claim.id == *id)).collect()
}
