//! One invoice: the receipt that its provider keeps, where it stands, and taking it back.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::claim::Vocabulary;
use counterfoil_core::invoice::{Difference, InvoiceState};
use counterfoil_tenants::Error;
use counterfoil_tenants::claim;
use counterfoil_tenants::invoice::{self, InvoiceSeen, LineSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::steps::withdraw_invoice::withdraw_invoice;
use serde::Serialize;

use super::list::colour;
use super::{against, difference, home, quantity};
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;

pub(super) type At = Path<(String, String, String)>;

/// The page, of either side.
#[derive(Serialize)]
pub(super) struct Page {
    home: String,
    here: String,
    is_council: bool,
    form: FormShown,
    number: String,
    receipt: String,
    provider: String,
    dated: String,
    received: String,
    contract: String,
    care: String,
    name: String,
    comment: String,
    state: &'static str,
    colour: &'static str,
    told: &'static str,
    withdrawn: Option<(String, String)>,
    can_be_withdrawn: bool,
    invoiced: String,
    priced: String,
    difference: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    claim: String,
    person: String,
    care: String,
    line: String,
    planned: String,
    delivered: String,
    frustrated: Option<String>,
    against: Option<String>,
    invoiced: String,
    priced: Option<String>,
    worked_out: String,
    state: &'static str,
    is_its_own: bool,
}

/// What a state means, for whoever reads it.
const fn told(state: InvoiceState, is_council: bool) -> &'static str {
    match (state, is_council) {
        (InvoiceState::Submitted, false) => "Its claims are confirmed and wait for the council\u{2019}s run.",
        (InvoiceState::Submitted, true) => "Its claims are confirmed and wait for your run.",
        (InvoiceState::Suspended, false) => {
            "The council decides on a part of it. The rest is paid with the next run, this part once it is decided."
        }
        (InvoiceState::Suspended, true) => "A part of it waits for an officer. Open the claims that are suspended.",
        (InvoiceState::Returned, false) => {
            "A claim of it is open again. Look at the claim, mend it and confirm it, or invoice it anew."
        }
        (InvoiceState::Returned, true) => "A claim of it is open again: sent back, or taken back by the provider.",
        (InvoiceState::Locked, _) => "A payment run has it.",
        (InvoiceState::Paid, _) => "It is paid. The remittance says how.",
        (InvoiceState::Withdrawn, _) => "Its provider took it back, and nothing is paid by it.",
    }
}

impl Page {
    pub(super) fn of(
        seen: &InvoiceSeen,
        (home, claims): (&str, &str),
        (vocabulary, is_council): (Vocabulary, bool),
        form: FormShown,
    ) -> Self {
        let listed = &seen.listed;
        Self {
            here: format!("{home}/{}", listed.id),
            home: home.to_owned(),
            is_council,
            form,
            number: listed.number.clone(),
            receipt: listed.id.uuid().simple().to_string(),
            provider: listed.provider.clone(),
            dated: london::day(listed.dated),
            received: london::moment(listed.submitted_at),
            contract: listed.contract.1.clone(),
            care: london::span(listed.care.0, listed.care.1),
            name: seen.name.clone(),
            comment: seen.comment.clone(),
            state: listed.state.words(),
            colour: colour(listed.state),
            told: told(listed.state, is_council),
            withdrawn: seen.withdrawn.as_ref().map(|(at, because)| (london::moment(*at), because.clone())),
            can_be_withdrawn: listed.can_be_withdrawn,
            invoiced: listed.expected.to_string(),
            priced: listed.priced.to_string(),
            difference: difference(Difference { expected: listed.expected, priced: listed.priced })
                .replace("You invoice", if is_council { "It asks for" } else { "You invoice" }),
            lines: seen.lines.iter().map(|line| Line::of(line, claims, vocabulary)).collect(),
        }
    }
}

impl Line {
    fn of(line: &LineSeen, claims: &str, vocabulary: Vocabulary) -> Self {
        let (planned, delivered, frustrated) = line.quantities;
        let words = |of: i64| quantity(of, line.is_timetabled, "");
        Self {
            claim: format!("{claims}/{}", line.claim),
            person: line.person.clone(),
            care: london::span(line.starts, line.ends),
            line: line.line.clone(),
            planned: words(planned),
            delivered: words(delivered),
            frustrated: (frustrated != 0).then(|| words(frustrated)),
            against: against(planned, (delivered, frustrated), line.is_timetabled, ""),
            invoiced: line.expected.to_string(),
            priced: line.priced.map(|sum| sum.to_string()),
            worked_out: line.worked_out.clone(),
            state: vocabulary.state(line.state),
            is_its_own: line.is_its_own,
        }
    }
}

async fn page(visit: &Visit, pass: &ForOrganisationAt, id: &str, form: FormShown) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let today = counterfoil_core::calendar::clock::local_time(visit.now).date();
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let seen = invoice::find_own(tx, council, organisation, id).await?;
            Ok((seen, claim::around_own(tx, council, organisation, today).await?.vocabulary))
        })
        .await;
    let (seen, vocabulary) = read.map_err(|error| Fault::of(&error))?;
    let claims = format!("{}/claims", pass.home());
    let page = Page::of(&seen, (&home(pass), &claims), (vocabulary, false), form);
    let mut shell = pass.shell(visit).await?;
    let done = match visit.asked_for("done").as_deref() {
        Some("submitted") => Some(
            Banner::success("The invoice is submitted")
                .text("This page is your receipt: keep or print it. The invoice\u{2019}s claims are confirmed."),
        ),
        Some("withdrawn") => Some(
            Banner::success("The invoice is withdrawn")
                .text("Its claims are open again, with what you stated. Invoice them anew with another number."),
        ),
        _ => None,
    };
    if let Some(banner) = done {
        shell = shell.banner(banner);
    }
    visit.page("invoices/invoice.html", &shell, page)
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>, Path((_, _, id)): At) -> Result<Response, Fault> {
    page(&visit, &pass, &id, FormShown::empty()).await
}

/// Takes it back.
pub(crate) async fn withdraw(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): At,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let because = typed.lines("because");
    let place = (pass.council.id, pass.provider.organisation.id);
    let errors = if because.is_empty() {
        Errors::of("because", "Enter why you withdraw it: the council will read it")
    } else {
        let invoice = id.parse().map_err(|_| Fault::NotFound)?;
        match withdraw_invoice(&pass.provider.scope, visit.now, place, (invoice, &because)).await {
            Ok(()) => {
                let led = format!("{}/{id}?done=withdrawn", home(&pass));
                return Ok(Redirect::to(&led).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => Errors::of("because", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    };
    page(&visit, &pass, &id, FormShown::returned(&typed, &errors)).await
}
