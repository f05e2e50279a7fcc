//! `/organisations/{organisation}/councils/{council}/invoices/new`: a contract is chosen, then weeks of it, then the invoice is
//! written. It is checked as often as somebody likes; sent is only what they have seen the council's price of.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_core::actuals_file::{OpenClaim, OpenLine};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::Vocabulary;
use counterfoil_core::disposition::{Assessment, Disposition};
use counterfoil_core::ids::{ClaimId, ContractId};
use counterfoil_core::invoice::Difference;
use counterfoil_core::language::Language;
use counterfoil_core::pricing::words::{Said, Words, arithmetic_of};
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_tenants::Error;
use counterfoil_tenants::claim::{self, OpenContract};
use counterfoil_tenants::invoice::{self, Of};
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::steps::price_actuals::{PricedActuals, price_actuals};
use counterfoil_tenants::steps::submit_invoice::{Invoice, lines_of, submit_invoice, total_of};
use uuid::Uuid;

use self::shown::{Chosen, FormPage, Offered};
use super::form::{self, Draft, Read, called, draft, expected, filled, name, read, stands};
use super::home;
use crate::access::{ForOrganisationAt, Permit, PostedLong, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};

mod shown;

/// The code with which rules say that a comment is missing.
const COMMENT_NEEDED: &str = "comment-needed";

/// How far weeks may lie from one that waits, in days, to be looked up beside it.
const NEAR: i64 = 92;

/// What can be invoiced, or nothing where the council takes no invoices.
async fn open(visit: &Visit, pass: &ForOrganisationAt) -> Result<Option<Vec<OpenContract>>, Fault> {
    let (council, organisation, now) = (pass.council.id, pass.provider.organisation.id, visit.now);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            if !invoice::allowed_own(tx, council).await? {
                return Ok(None);
            }
            let mut open = claim::open_by_contract(tx, council, organisation, now).await?;
            open.retain(|one| one.claims > 0);
            Ok(Some(open))
        })
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// What an address names: a contract, and the last days of weeks.
fn named(visit: &Visit) -> (Option<ContractId>, BTreeSet<NaiveDate>) {
    let query = visit.query.as_deref().unwrap_or_default();
    let weeks = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "week");
    let weeks = weeks.filter_map(|(_, week)| week.parse().ok()).collect();
    (visit.asked_for("contract").and_then(|id| id.parse().ok()), weeks)
}

/// The page of whichever choice is next.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let Some(open) = open(&visit, &pass).await? else {
        return choose(&visit, &pass, Offered::closed(home(&pass), &pass.council.name), &Errors::new()).await;
    };
    let (contract, weeks) = named(&visit);
    let of_contract: Vec<&OpenContract> = open.iter().filter(|one| Some(one.contract) == contract).collect();
    let Some(first) = of_contract.first() else {
        let errors = match visit.asked_for("contract") {
            Some(_) => Errors::of("contract", "Select a contract"),
            None => Errors::new(),
        };
        return choose(&visit, &pass, Offered::contracts(home(&pass), &open), &errors).await;
    };
    // a week of which nothing waits any more is named as such beside those that do
    let is_near = |week: &NaiveDate| of_contract.iter().any(|one| (one.ends - *week).num_days().abs() <= NEAR);
    let weeks: BTreeSet<NaiveDate> = weeks.into_iter().filter(is_near).collect();
    if !of_contract.iter().any(|one| weeks.contains(&one.ends)) {
        let errors = match visit.asked_for("chosen") {
            Some(_) => Errors::of("week", "Select the weeks that you invoice"),
            None => Errors::new(),
        };
        return choose(&visit, &pass, Offered::weeks(home(&pass), &of_contract), &errors).await;
    }
    let draft = draft(&visit, &pass, (first.contract, &weeks), None).await?;
    let to_price: Vec<_> = draft.claims.iter().map(|claim| (claim.id, stands(claim))).collect();
    let priced = priced(&visit, &pass, &to_price).await?;
    let mut fields = filled(&draft);
    let problem = match &priced {
        Ok(priced) => {
            fields.extend(amounts(&draft, priced));
            None
        }
        Err(words) => Some(words.clone()),
    };
    let typed = Typed::of(fields);
    let chosen = Chosen { weeks, submission: Uuid::new_v4(), label: label(first) };
    let sheet = Sheet { draft: &draft, chosen: &chosen, priced: priced.as_deref().ok(), used: None };
    form_page(&visit, &pass, sheet, (&typed, &Errors::new()), problem).await
}

fn label(of: &OpenContract) -> String {
    format!("{}, {}", of.reference, of.service_type)
}

async fn choose(
    visit: &Visit,
    pass: &ForOrganisationAt,
    mut offered: Offered,
    errors: &Errors,
) -> Result<Response, Fault> {
    offered.form = FormShown::empty().with_errors(errors);
    visit.page("invoices/choose.html", &pass.shell(visit).await?, offered)
}

/// What statements come to, or why there is no price.
async fn priced(
    visit: &Visit,
    pass: &ForOrganisationAt,
    to_price: &[(ClaimId, counterfoil_core::statement::Statement)],
) -> Result<Result<Vec<PricedActuals>, String>, Fault> {
    let pricing = visit.app.pricing(pass.council.id, visit);
    let organisation = pass.provider.organisation.id;
    let priced =
        price_actuals(&pass.provider.scope, &pricing, visit.app.means(), visit.now, organisation, to_price).await;
    match priced {
        Ok(priced) => Ok(Ok(priced)),
        Err(Error::Refused(words) | Error::Conflict(words)) => Ok(Err(words)),
        Err(error) => Err(Fault::of(&error)),
    }
}

/// The council's price of each line, as the fields for amounts hold it.
fn amounts(draft: &Draft, priced: &[PricedActuals]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (at, claim) in draft.claims.iter().enumerate() {
        let Some(of_claim) = priced.iter().find(|priced| priced.claim == claim.id) else { continue };
        for (line, priced) in lines_of(of_claim) {
            if let Some(sum) = priced.priced {
                fields.push((name(at, line, "expect"), sum.to_string().trim_start_matches('\u{a3}').to_owned()));
            }
        }
    }
    fields
}

/// Everything that the form shows beside what was typed.
#[derive(Clone, Copy)]
struct Sheet<'s> {
    draft: &'s Draft,
    chosen: &'s Chosen,
    priced: Option<&'s [PricedActuals]>,
    /// An invoice that has the number already.
    used: Option<&'s Of>,
}

async fn form_page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    sheet: Sheet<'_>,
    (typed, errors): (&Typed, &Errors),
    problem: Option<String>,
) -> Result<Response, Fault> {
    let page = FormPage::of(sheet, pass, (typed, errors), problem);
    visit.page("invoices/form.html", &pass.shell(visit).await?, page)
}

/// What the rule made of a line, charge by charge.
fn worked_out(draft: &Draft, words: &Words, priced: &PricedActuals, line: u32) -> Vec<Said> {
    let unit = draft
        .claims
        .iter()
        .find(|claim| claim.id == priced.claim)
        .and_then(|claim| claim.lines.iter().find(|own| own.number == line))
        .map(|own| own.unit);
    let Assessment::Priced(assessed) = &priced.assessment else {
        let words = "The council\u{2019}s rule gave no sum: the council looks at it.".to_owned();
        return vec![Said { words, language: Language::English }];
    };
    let told = assessed.charges.iter().filter(|charge| charge.line == line).map(|charge| {
        let said = words.sentence(charge.moved_by.as_ref().unwrap_or(&charge.reason));
        let sum = unit.and_then(|unit| arithmetic_of(charge, unit, said.language));
        let sum = sum.unwrap_or_else(|| charge.amount.to_string());
        let becomes = match charge.disposition {
            Disposition::Payable => String::new(),
            other => format!(" ({})", other.words_in(said.language).to_lowercase()),
        };
        Said { words: format!("{sum}{becomes}. {}", said.words), ..said }
    });
    told.collect()
}

/// What was typed: checked, filled with the council's prices, or submitted.
pub(crate) async fn write(
    Permit { visit, pass }: Permit<ProviderAt>,
    PostedLong(typed): PostedLong,
) -> Result<Response, Fault> {
    let contract: ContractId = typed.text("contract").parse().map_err(|_| Fault::BadRequest(None))?;
    let submission = Uuid::try_parse(typed.text("submission")).map_err(|_| Fault::BadRequest(None))?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let first = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        invoice::used_by_submission(tx, council, organisation, submission).await
    });
    if let Some(first) = first.await.map_err(|error| Fault::of(&error))? {
        return Ok(to_receipt(&pass, first));
    }
    if open(&visit, &pass).await?.is_none() {
        return choose(&visit, &pass, Offered::closed(home(&pass), &pass.council.name), &Errors::new()).await;
    }
    let weeks: BTreeSet<NaiveDate> = typed.all("week").filter_map(|week| week.parse().ok()).collect();
    let seen: BTreeMap<ClaimId, u32> = typed.all("claim").filter_map(read_seen).collect();
    let draft = draft(&visit, &pass, (contract, &weeks), Some(&seen.keys().copied().collect())).await?;
    let chosen = Chosen { weeks, submission, label: typed.text("label").chars().take(200).collect() };
    let gone = gone(&draft, &seen);
    if draft.claims.is_empty() {
        let errors = Errors::of("claims", gone.unwrap_or_else(|| "Select the weeks that you invoice".to_owned()));
        let sheet = Sheet { draft: &draft, chosen: &chosen, priced: None, used: None };
        return form_page(&visit, &pass, sheet, (&typed, &errors), None).await;
    }
    let mut read = read(&draft, &typed, &seen, local_time(visit.now).date());
    if let Some(words) = gone {
        read.errors.add("claims", words);
    }
    let used = used(&pass, &read).await?;
    if let Some(used) = &used {
        read.errors.add("number", format!("You have used the invoice number {} before. Enter another", used.number));
    }
    let priced = if read.priceable { priced_form(&visit, &pass, &draft, &mut read).await? } else { None };
    let sheet = Sheet { draft: &draft, chosen: &chosen, priced: priced.as_deref(), used: used.as_ref() };
    match (typed.raw("do"), &priced) {
        ("adopt", Some(priced)) => {
            let adopted = amounts(&draft, priced);
            let typed = adopted.iter().fold(typed, |typed, (name, value)| typed.with_value(name, value));
            form_page(&visit, &pass, sheet, (&typed, &Errors::new()), None).await
        }
        ("submit", Some(priced)) => submit(&visit, &pass, sheet, (&typed, read, priced)).await,
        _ => form_page(&visit, &pass, sheet, (&typed, &read.errors), None).await,
    }
}

fn to_receipt(pass: &ForOrganisationAt, id: counterfoil_core::ids::InvoiceId) -> Response {
    Redirect::to(&format!("{}/{id}?done=submitted", home(pass))).into_response()
}

/// `clm_...:7`.
fn read_seen(value: &str) -> Option<(ClaimId, u32)> {
    let (id, version) = value.split_once(':')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

/// What to say where claims of the form can no longer be invoiced.
fn gone(draft: &Draft, seen: &BTreeMap<ClaimId, u32>) -> Option<String> {
    let still: BTreeSet<ClaimId> = draft.claims.iter().map(|claim| claim.id).collect();
    let gone: Vec<String> = draft
        .taken
        .iter()
        .filter(|(claim, _)| seen.contains_key(&claim.id) && !still.contains(&claim.id))
        .map(|(claim, _)| format!("{} ({})", claim.person, draft.vocabulary.state(claim.state)))
        .collect();
    (!gone.is_empty()).then(|| {
        format!(
            "These were confirmed or paid meanwhile and are left out of this invoice: {}. Look at the rest, then submit \
             it again",
            gone.join(", ")
        )
    })
}

async fn used(pass: &ForOrganisationAt, read: &Read) -> Result<Option<Of>, Fault> {
    let Some(number) = &read.number else { return Ok(None) };
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let used = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| invoice::used(tx, council, organisation, number).await)
        .await;
    used.map_err(|error| Fault::of(&error))
}

/// Prices what was typed, and says what the rule wants mended.
async fn priced_form(
    visit: &Visit,
    pass: &ForOrganisationAt,
    draft: &Draft,
    read: &mut Read,
) -> Result<Option<Vec<PricedActuals>>, Fault> {
    let to_price: Vec<_> = read.claims.iter().map(|one| (one.to_state.claim, one.to_state.statement.clone())).collect();
    let priced = match priced(visit, pass, &to_price).await? {
        Ok(priced) => priced,
        Err(words) => {
            read.errors.add("claims", words);
            return Ok(None);
        }
    };
    for (at, claim) in draft.claims.iter().enumerate() {
        let of_claim = priced.iter().find(|priced| priced.claim == claim.id);
        let Some(PricedActuals { assessment: Assessment::Priced(assessed), .. }) = of_claim else { continue };
        let mend = assessed.findings.iter().filter(|finding| finding.level == FindingLevel::Mend);
        for finding in mend {
            mended(draft, (at, claim), finding, &mut read.errors);
        }
    }
    Ok(Some(priced))
}

fn mended(draft: &Draft, (at, claim): (usize, &OpenClaim), finding: &Finding, errors: &mut Errors) {
    let line: Option<&OpenLine> = finding.line.and_then(|number| claim.lines.iter().find(|line| line.number == number));
    let Some(line) = line.or_else(|| claim.lines.first()) else { return };
    let (place, what) = if finding.reason.code == COMMENT_NEEDED {
        ("comment", "enter a comment. What was delivered differs from the plan".to_owned())
    } else {
        let place = if form::is_editable(claim, line) { "actual" } else { "comment" };
        (place, draft.english.sentence(&finding.reason).words.trim_end_matches('.').to_owned())
    };
    errors.add(name(at, line.number, place), format!("{}: {what}", called(claim, line)));
}

/// What is sent with the form about the figures that it showed: what was expected, and the council's price.
fn looked(of: Difference) -> String {
    format!("{}:{}", of.expected.pence(), of.priced.pence())
}

async fn submit(
    visit: &Visit,
    pass: &ForOrganisationAt,
    sheet: Sheet<'_>,
    (typed, mut read, priced): (&Typed, Read, &[PricedActuals]),
) -> Result<Response, Fault> {
    read.errors.unless(!typed.text("name").is_empty(), "name", "Enter your name");
    if sheet.draft.asks_declaration() {
        read.errors.unless(typed.chose("declared", "yes"), "declared", "Tick the box if the statement is true");
    }
    let (Some(number), Some(dated)) = (read.number, read.dated) else {
        return form_page(visit, pass, sheet, (typed, &read.errors), None).await;
    };
    let now = Difference { expected: expected(&read.claims), priced: total_of(priced) };
    if read.errors.is_empty() && typed.raw("looked") != looked(now) {
        let words = "Look at what the council\u{2019}s rule makes of this now, then submit it again";
        read.errors.add("check", words);
    }
    if !read.errors.is_empty() {
        return form_page(visit, pass, sheet, (typed, &read.errors), None).await;
    }
    let comment = typed.lines("comment");
    let new = Invoice {
        contract: sheet.draft.contract,
        number,
        dated,
        submission: sheet.chosen.submission,
        name: typed.text("name"),
        comment: &comment,
        claims: read.claims,
        shown: now.priced,
    };
    let pricing = visit.app.pricing(pass.council.id, visit);
    let scopes = (&pass.provider.scope, &pricing);
    let words = |priced: &PricedActuals, line: u32| {
        let told = worked_out(sheet.draft, &sheet.draft.english, priced, line);
        told.into_iter().map(|said| said.words).collect::<Vec<_>>().join(" ")
    };
    let organisation = pass.provider.organisation.id;
    match submit_invoice(scopes, visit.app.means(), visit.now, organisation, &new, &words).await {
        Ok(id) => Ok(to_receipt(pass, id)),
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let errors = Errors::of("claims", words.trim_end_matches('.').to_owned());
            form_page(visit, pass, sheet, (typed, &errors), None).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

impl Draft {
    /// Whether the council's statement has to be ticked.
    fn asks_declaration(&self) -> bool {
        self.vocabulary == Vocabulary::ProvisionalInvoices && !self.declaration.trim().is_empty()
    }
}
