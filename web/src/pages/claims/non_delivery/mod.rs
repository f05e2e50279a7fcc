//! `/organisations/{organisation}/councils/{council}/claims/non-delivery`: care that was not delivered, for several days,
//! people and contracts at once. The form leads to a preview of what would change, line by line, and that to saving it.
//! Nothing is stored before; what was chosen and typed is on every page of the way.

mod shown;

use std::collections::BTreeSet;

use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::ClaimId;
use counterfoil_tenants::Error;
use counterfoil_tenants::claim::{self, Around, ReasonOffered};
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::steps::state_actuals::ToState;
use counterfoil_tenants::steps::state_non_delivery::{
    Asked, MOST_CLAIMS, Proposal, propose_non_delivery, state_non_delivery,
};

use self::shown::{Page, Preview};
use super::provider::home;
use crate::access::{ForOrganisationAt, Permit, PostedLong, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{self, Errors, FormShown, Typed};
use crate::shell::Banner;

const TEMPLATE: &str = "claims/non_delivery.html";
/// The longest comment, in characters.
const LONGEST: usize = 1_000;

/// What the form offers.
struct Offered {
    around: Around,
    reasons: Vec<ReasonOffered>,
}

async fn offered(visit: &Visit, pass: &ForOrganisationAt, day: NaiveDate) -> Result<Offered, Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let today = local_time(visit.now).date();
        let around = claim::around_own(tx, council, organisation, today).await?;
        Ok(Offered { around, reasons: claim::reasons_offered_own(tx, council, day).await? })
    });
    read.await.map_err(|error| Fault::of(&error))
}

async fn page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    offered: &Offered,
    (form, preview): (FormShown, Option<Preview>),
) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    let done = visit.asked_for("done").and_then(|done| done.parse::<usize>().ok());
    if let Some(done) = done {
        let claims = if done == 1 { "1 claim".to_owned() } else { format!("{done} claims") };
        shell = shell
            .banner(Banner::success(format!("{claims} changed")).text("Check and confirm them when you are ready."));
    }
    let page = Page::of(offered, &home(pass), &pass.council.name, (form, preview));
    visit.page(TEMPLATE, &shell, page)
}

/// The form, with a contract and days where the address names them.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let offered = offered(&visit, &pass, local_time(visit.now).date()).await?;
    let named: Vec<(&str, String)> =
        ["contract", "people"].into_iter().filter_map(|name| Some((name, visit.asked_for(name)?))).collect();
    page(&visit, &pass, &offered, (FormShown::filled(named), None)).await
}

/// What was typed, as far as it can be read.
fn read(typed: &Typed, offered: &Offered) -> Result<Asked, Errors> {
    let mut errors = Errors::new();
    let known =
        |id: &str| offered.around.contracts.iter().map(|(known, ..)| *known).find(|known| known.to_string() == id);
    let contracts: Vec<_> = typed.all("contract").filter_map(known).collect();
    errors.unless(!contracts.is_empty(), "contract", "Choose at least one contract");
    let from = form::day(typed, "from", "The first day", &mut errors);
    let to = form::day(typed, "to", "The last day", &mut errors);
    if let (Some(from), Some(to)) = (from, to) {
        errors.unless(from <= to, "to-day", "The last day must be the same as or after the first");
        errors.unless((to - from).num_days() < 366, "to-day", "Choose a year or less at a time");
    }
    let reason = typed.text("reason").to_owned();
    errors.unless(!reason.is_empty(), "reason", "Choose why care was not delivered");
    let comment = typed.lines("comment");
    errors.unless(
        comment.chars().count() <= LONGEST,
        "comment",
        format!("The comment must be {LONGEST} characters or fewer"),
    );
    let people = typed.text("people").split([',', ';', '\n', ' ', '\r']).map(str::trim);
    let people = people.filter(|person| !person.is_empty()).map(str::to_owned).collect();
    let ticked: BTreeSet<&str> = typed.all("line").collect();
    let left_out = typed.all("offered").filter(|line| !ticked.contains(line)).filter_map(line).collect();
    match (from, to) {
        (Some(from), Some(to)) if errors.is_empty() => {
            Ok(Asked { contracts, people, days: (from, to), reason, comment, left_out })
        }
        _ => Err(errors),
    }
}

/// `clm_...:2`, a claim with a number.
fn line(text: &str) -> Option<(ClaimId, u32)> {
    let (claim, number) = text.split_once(':')?;
    Some((claim.parse().ok()?, number.parse().ok()?))
}

/// The preview, or saving it.
pub(crate) async fn act(
    Permit { visit, pass }: Permit<ProviderAt>,
    PostedLong(typed): PostedLong,
) -> Result<Response, Fault> {
    let day = form::day(&typed, "to", "The last day", &mut Errors::new());
    let offered = offered(&visit, &pass, day.unwrap_or_else(|| local_time(visit.now).date())).await?;
    let again = async |errors: &Errors, preview| {
        page(&visit, &pass, &offered, (FormShown::returned(&typed, errors), preview)).await
    };
    if typed.text("do") == "change" {
        return again(&Errors::new(), None).await;
    }
    let asked = match read(&typed, &offered) {
        Ok(asked) => asked,
        Err(errors) => return again(&errors, None).await,
    };
    let proposal = match proposed(&visit, &pass, &asked).await? {
        Ok(proposal) => proposal,
        Err(errors) => return again(&errors, None).await,
    };
    if typed.text("do") != "save" {
        return again(&Errors::new(), Some(Preview::of(&proposal, &home(&pass)))).await;
    }
    let to_state = to_state(&typed, &proposal);
    if to_state.is_empty() {
        let errors = Errors::of("lines", "Choose at least one line to change");
        return again(&errors, Some(Preview::of(&proposal, &home(&pass)))).await;
    }
    let (failed, stated) = stated(&visit, &pass, &proposal, to_state).await;
    if failed.is_empty() {
        return Ok(Redirect::to(&format!("{}/non-delivery?done={stated}", home(&pass))).into_response());
    }
    // what is done already changes nothing any more, so that only the rest is shown
    let rest = proposed(&visit, &pass, &asked).await?.unwrap_or_default();
    again(&failed, Some(Preview::of(&rest, &home(&pass)).after(stated))).await
}

async fn proposed(visit: &Visit, pass: &ForOrganisationAt, asked: &Asked) -> Result<Result<Proposal, Errors>, Fault> {
    let pricing = visit.app.pricing(pass.council.id, visit);
    let organisation = pass.provider.organisation.id;
    let by = (visit.app.means(), visit.now);
    Ok(match propose_non_delivery(&pass.provider.scope, &pricing, by, organisation, asked).await {
        Ok(proposal) if proposal.comment_missing => Err(Errors::of(
            "comment",
            format!("Enter a comment: {} asks for one where something differs from the plan", pass.council.name),
        )),
        Ok(proposal) if proposal.too_many => Err(Errors::of(
            "to-day",
            format!("This touches more than {MOST_CLAIMS} claims. Choose fewer days, contracts or people"),
        )),
        Ok(proposal) => Ok(proposal),
        Err(Error::Refused(words)) if asked.comment.trim().is_empty() && words.contains("comment") => {
            Err(Errors::of("comment", words))
        }
        Err(Error::Refused(words)) => Err(Errors::of("reason", words)),
        Err(error) => return Err(Fault::of(&error)),
    })
}

/// The claims that were ticked, as the person saw them.
fn to_state(typed: &Typed, proposal: &Proposal) -> Vec<ToState> {
    let seen: Vec<(ClaimId, u32)> = typed.all("seen").filter_map(line).collect();
    let changes = proposal.changes.iter().filter(|change| change.lines.iter().any(|line| !line.left_out));
    let with_version = changes.filter_map(|change| {
        // a claim that was not in the preview was not agreed to
        let (_, version) = seen.iter().find(|(claim, _)| *claim == change.claim)?;
        Some(ToState { claim: change.claim, seen: *version, statement: change.statement.clone() })
    });
    with_version.collect()
}

/// States them; gives what is to be said of those that could not be, and how many were.
async fn stated(
    visit: &Visit,
    pass: &ForOrganisationAt,
    proposal: &Proposal,
    to_state: Vec<ToState>,
) -> (Errors, usize) {
    let pricing = visit.app.pricing(pass.council.id, visit);
    let by = (visit.app.means(), visit.now);
    let outcomes =
        state_non_delivery(&pass.provider.scope, &pricing, by, pass.provider.organisation.id, to_state).await;
    let mut errors = Errors::new();
    let mut done = 0;
    for (claim, outcome) in outcomes {
        let Err(error) = outcome else {
            done += 1;
            continue;
        };
        let called = proposal.changes.iter().find(|change| change.claim == claim).map(shown::called);
        let why = match error {
            Error::Conflict(_) => "somebody changed it after you looked. Look at it again below".to_owned(),
            Error::Refused(words) => words,
            other => {
                tracing::error!(error = %other, "what was not delivered could not be stated");
                "it could not be saved just now. Try again".to_owned()
            }
        };
        errors.add(format!("claim-{claim}"), format!("{}: {why}", called.unwrap_or_default()));
    }
    (errors, done)
}
