//! What a provider does with the claims of a week: all of those that wait, or those that are ticked. Everything or nothing
//! happens; what cannot be confirmed is named with its reason, the rest stays ticked, and one more press goes on with it.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::ClaimId;
use counterfoil_core::invoice::{Reference, ReferenceError, check_date};
use counterfoil_core::language::Language;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_tenants::Error;
use counterfoil_tenants::payments::{ClaimOfWeek, WeekSeen};
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::confirm_claims::{Declared, declare_claims, unconfirm_claim};
use counterfoil_tenants::steps::refer_to_claims::{Referred, refer_to_claims};
use counterfoil_tenants::steps::reject_claims::reject_claims;
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};

use super::week::{self, Blocking, Named, Returned, asks_declaration, field, is_open};
use super::week_of;
use super::words::Words;
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{self, Errors, FormShown, Typed};

/// The claims that a form is about, with the versions that were seen.
struct Chosen {
    claims: Vec<(ClaimId, u32)>,
}

impl Chosen {
    /// All of the open ones where the button for all was pressed, but for those that were rejected; else those ticked.
    fn of(typed: &Typed, seen: &WeekSeen) -> Self {
        let ticked: BTreeSet<&str> = typed.all("tick").collect();
        let all = typed.chose("do", "confirm-all");
        let meant = |one: &&ClaimOfWeek| is_open(one) && one.rejected.is_none();
        let open: BTreeSet<ClaimId> = seen.claims.iter().filter(meant).map(|one| one.id).collect();
        let chosen = typed.raw("seen").split(' ').filter(|value| all || ticked.contains(value));
        let claims = chosen.filter_map(read_value).filter(|(id, _)| !all || open.contains(id));
        Self { claims: claims.collect() }
    }

    fn ids(&self) -> BTreeSet<ClaimId> {
        self.claims.iter().map(|(id, _)| *id).collect()
    }
}

/// `clm_...:7`.
fn read_value(value: &str) -> Option<(ClaimId, u32)> {
    let (id, version) = value.split_once(':')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

/// The page again with what is wrong and everything typed.
async fn again(
    visit: &Visit,
    pass: &ForOrganisationAt,
    seen: &WeekSeen,
    (typed, errors): (&Typed, &Errors),
    (ticked, named): (BTreeSet<ClaimId>, Vec<(ClaimId, String)>),
) -> Result<Response, Fault> {
    let returned = Returned { form: FormShown::returned(typed, errors), ticked, errors: named };
    week::page(visit, pass, seen, returned).await
}

/// What a step says where it does not do what was asked; everything else is a fault.
fn said(error: Error) -> Result<String, Fault> {
    match error {
        Error::Refused(words) | Error::Conflict(words) => Ok(words),
        other => Err(Fault::of(&other)),
    }
}

/// To the part of the week that was shown.
fn led_to(visit: &Visit, pass: &ForOrganisationAt, seen: &WeekSeen, done: &str) -> Response {
    let part = week::part(visit);
    let and = if part.is_empty() { "" } else { "&" };
    Redirect::to(&format!("{}?{part}{and}done={done}", week_of(pass, seen.contract, seen.starts))).into_response()
}

fn nothing_chosen(words: Words) -> String {
    format!("Select the {} that you mean, or use the button for all of them", words.claims)
}

/// Does what the button says that was pressed.
pub(crate) async fn act(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, contract, week)): Named,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = week::read(&pass, &contract, &week).await?;
    match typed.raw("do") {
        "confirm" | "confirm-all" => confirm(&visit, &pass, &seen, &typed).await,
        "accept" => accept(&visit, &pass, &seen, &typed).await,
        "reject" => reject(&visit, &pass, &seen, &typed).await,
        "refer" | "refer-all" => refer(&visit, &pass, &seen, &typed).await,
        "take-back" => take_back(&visit, &pass, &seen, &typed).await,
        _ => Err(Fault::BadRequest(None)),
    }
}

/// Confirms, or verifies.
async fn confirm(visit: &Visit, pass: &ForOrganisationAt, seen: &WeekSeen, typed: &Typed) -> Result<Response, Fault> {
    let words = Words::of(seen.words.vocabulary);
    let chosen = Chosen::of(typed, seen);
    let mut errors = Errors::new();
    errors.unless(!chosen.claims.is_empty(), "tick", nothing_chosen(words));
    errors.unless(!typed.text("name").is_empty(), "name", "Enter your name");
    if asks_declaration(seen) {
        errors.unless(typed.chose("declared", "yes"), "declared", "Tick the box if the statement is true");
    }
    let named = cannot(visit, seen, &chosen);
    for (id, sentence) in &named {
        errors.add(field(*id), sentence.clone());
    }
    if !errors.is_empty() {
        let left = chosen.ids().into_iter().filter(|id| !named.iter().any(|(blocked, _)| blocked == id)).collect();
        return again(visit, pass, seen, (typed, &errors), (left, named)).await;
    }
    let place = (pass.council.id, pass.provider.organisation.id);
    let comment = typed.lines("comment");
    let declared = Declared { name: typed.text("name"), comment: &comment };
    match declare_claims(&pass.provider.scope, visit.now, place, &chosen.claims, declared).await {
        Ok(_) => Ok(led_to(visit, pass, seen, "confirmed")),
        Err(error) => {
            let errors = Errors::of("tick", said(error)?);
            again(visit, pass, seen, (typed, &errors), (chosen.ids(), Vec::new())).await
        }
    }
}

/// Which of the chosen claims cannot be confirmed, and why.
fn cannot(visit: &Visit, seen: &WeekSeen, chosen: &Chosen) -> Vec<(ClaimId, String)> {
    // what is wrong with a form is said by the service, which speaks English
    let words = seen.words.explaining.words_in(visit.app.words(), Language::English);
    let stands: BTreeMap<ClaimId, &ClaimOfWeek> = seen.claims.iter().map(|claim| (claim.id, claim)).collect();
    let reason = |(id, version): &(ClaimId, u32)| {
        let claim = stands.get(id)?;
        let sentence = match Blocking::of(claim, &words) {
            Some(blocking) => blocking.sentence(),
            // the same confirmation again is answered with its first receipt
            None if claim.version == *version || claim.confirmed.is_some() => return None,
            None => "Somebody changed it meanwhile. Look at it as it is now, then go on.".to_owned(),
        };
        Some((*id, format!("{}: {sentence}", claim.person)))
    };
    chosen.claims.iter().filter_map(reason).collect()
}

/// Says that what the council's system makes of claims is wrong.
async fn reject(visit: &Visit, pass: &ForOrganisationAt, seen: &WeekSeen, typed: &Typed) -> Result<Response, Fault> {
    let chosen = Chosen::of(typed, seen);
    let mut errors = Errors::new();
    errors.unless(!chosen.claims.is_empty(), "tick", nothing_chosen(Words::of(seen.words.vocabulary)));
    errors.unless(!typed.text("comment").is_empty(), "comment", "Enter what is wrong: the council will read it");
    errors.unless(!typed.text("name").is_empty(), "name", "Enter your name");
    if !errors.is_empty() {
        return again(visit, pass, seen, (typed, &errors), (chosen.ids(), Vec::new())).await;
    }
    let place = (pass.council.id, pass.provider.organisation.id);
    let comment = typed.lines("comment");
    let declared = Declared { name: typed.text("name"), comment: &comment };
    match reject_claims(&pass.provider.scope, visit.now, place, &chosen.claims, declared).await {
        Ok(()) => Ok(led_to(visit, pass, seen, "rejected")),
        Err(error) => {
            let errors = Errors::of("tick", said(error)?);
            again(visit, pass, seen, (typed, &errors), (chosen.ids(), Vec::new())).await
        }
    }
}

/// States that care was delivered as planned.
async fn accept(visit: &Visit, pass: &ForOrganisationAt, seen: &WeekSeen, typed: &Typed) -> Result<Response, Fault> {
    let chosen = Chosen::of(typed, seen);
    if chosen.claims.is_empty() {
        let errors = Errors::of("tick", nothing_chosen(Words::of(seen.words.vocabulary)));
        return again(visit, pass, seen, (typed, &errors), (BTreeSet::new(), Vec::new())).await;
    }
    let stands: BTreeMap<ClaimId, &ClaimOfWeek> = seen.claims.iter().map(|claim| (claim.id, claim)).collect();
    let plan = |(claim, version): &(ClaimId, u32)| {
        let stands = stands.get(claim)?;
        Some(ToState { claim: *claim, seen: *version, statement: as_planned(stands) })
    };
    let to_state = chosen.claims.iter().filter_map(plan).collect();
    let pricing = visit.app.pricing(pass.council.id, visit);
    let who = (pass.provider.organisation.id, Source::Screen);
    match state_actuals(&pass.provider.scope, &pricing, visit.app.means(), visit.now, who, to_state).await {
        Ok(_) => Ok(led_to(visit, pass, seen, "accepted")),
        Err(error) => {
            let errors = Errors::of("tick", said(error)?);
            again(visit, pass, seen, (typed, &errors), (chosen.ids(), Vec::new())).await
        }
    }
}

/// Reference and note stay as they were.
fn as_planned(claim: &ClaimOfWeek) -> Statement {
    let line = |number| LineStatement { line: number, actuals: Actuals::AsPlanned, comment: String::new() };
    Statement {
        lines: claim.lines.iter().map(|own| line(own.number)).collect(),
        payment_reference: claim.reference.clone(),
        note: claim.stated.as_ref().map(|stated| stated.note.clone()).unwrap_or_default(),
    }
}

/// Gives those that are ticked, or all that no run holds, the provider's own reference and an invoice date.
async fn refer(visit: &Visit, pass: &ForOrganisationAt, seen: &WeekSeen, typed: &Typed) -> Result<Response, Fault> {
    let chosen = Chosen::of(typed, seen);
    let free = |one: &&ClaimOfWeek| !matches!(one.state, ClaimState::Locked | ClaimState::Paid);
    let ids: Vec<ClaimId> = if typed.chose("do", "refer-all") {
        seen.claims.iter().filter(free).map(|one| one.id).collect()
    } else {
        chosen.ids().into_iter().collect()
    };
    let mut errors = Errors::new();
    errors.unless(!ids.is_empty(), "tick", nothing_chosen(Words::of(seen.words.vocabulary)));
    let reference = match Reference::read(typed.text("own-reference")) {
        Ok(reference) => Some(reference),
        Err(ReferenceError::Empty) => None,
        Err(error) => {
            errors.add("own-reference", format!("Your reference {error}"));
            None
        }
    };
    let typed_date = ["day", "month", "year"].iter().any(|part| !typed.text(&format!("dated-{part}")).is_empty());
    let dated = if typed_date { form::day(typed, "dated", "The invoice date", &mut errors) } else { None };
    if let Some(Err(error)) = dated.map(|dated| check_date(dated, seen.starts, clock::local_time(visit.now).date())) {
        errors.add("dated-day", error.to_string());
    }
    if reference.is_none() && !typed_date {
        errors.add("own-reference", "Enter your reference, an invoice date, or both");
    }
    if !errors.is_empty() {
        return again(visit, pass, seen, (typed, &errors), (chosen.ids(), Vec::new())).await;
    }
    let place = (pass.council.id, pass.provider.organisation.id);
    let referred = Referred { reference: reference.as_ref(), dated };
    match refer_to_claims(&pass.provider.scope, visit.now, place, &ids, referred).await {
        Ok(()) => Ok(led_to(visit, pass, seen, "referred")),
        Err(error) => {
            let errors = Errors::of("tick", said(error)?);
            again(visit, pass, seen, (typed, &errors), (chosen.ids(), Vec::new())).await
        }
    }
}

/// Takes one confirmation back.
async fn take_back(visit: &Visit, pass: &ForOrganisationAt, seen: &WeekSeen, typed: &Typed) -> Result<Response, Fault> {
    let Some((claim, version)) = read_value(typed.raw("one")) else { return Err(Fault::BadRequest(None)) };
    let place = (pass.council.id, pass.provider.organisation.id);
    match unconfirm_claim(&pass.provider.scope, visit.now, place, claim, version).await {
        Ok(()) => Ok(led_to(visit, pass, seen, "taken-back")),
        Err(error) => {
            let errors = Errors::of("tick", said(error)?);
            again(visit, pass, seen, (typed, &errors), (Chosen::of(typed, seen).ids(), Vec::new())).await
        }
    }
}
