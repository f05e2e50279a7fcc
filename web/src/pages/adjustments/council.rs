//! `/councils/{council}/adjustments`: what providers ask to be changed in plans, which finance officers, commissioning staff
//! and administrators accept, as asked or otherwise, or reject.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::adjustment::Becomes;
use counterfoil_core::ids::AdjustmentId;
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::{Plan, last_version_before};
use counterfoil_core::pricing::words::units;
use counterfoil_tenants::Error;
use counterfoil_tenants::adjustment::{self, Accepted, AdjustmentSeen, State, Wanted};
use counterfoil_tenants::scope::Tx;

use super::provider::last_day;
use super::shown::{self, Deciding, ListPage, PAGE, Page, REFERENCE, Row, STATE};
use super::timetable;
use crate::access::{AtCouncil, Contracting, Finance, Member, Permit, Posted, Roles, Staff, Visit};
use crate::actuals::{quantity, quantity_words};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed, day, day_fields};
use crate::shell::Banner;
use crate::table::{Column, Direction, TableQuery, TableSpec};

static ADJUSTMENTS: TableSpec = TableSpec {
    row: ("adjustment", "adjustments"),
    filters: &[STATE, REFERENCE],
    columns: &[
        Column::plain("line", "Service line"),
        Column::plain("provider", "Provider"),
        Column::plain("person", "Person"),
        Column::plain("contract", "Contract"),
        Column::plain("quantity", "A week"),
        Column::plain("days", "Days"),
        Column::plain("state", "State"),
        Column::plain("asked", "Asked"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}/adjustments", pass.council.slug)
}

fn has<R: Roles>(pass: &AtCouncil) -> bool {
    R::ANY_OF.iter().any(|role| pass.council.roles.contains(role))
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Member>>) -> Result<Response, Fault> {
    let query = TableQuery::parse(&ADJUSTMENTS, &visit.path, visit.query.as_deref());
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        let mut wanted = Wanted {
            state: shown::state(&query),
            reference: query.filter("reference").map(str::to_owned),
            limit: i64::from(PAGE),
            ..Wanted::default()
        };
        let total = adjustment::count(tx, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        Ok((adjustment::list(tx, &wanted).await?, window))
    });
    let (rows, window) = read.await.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = ListPage {
        heading: "Adjustments of plans".to_owned(),
        table: query.shown(&window),
        adjustments: rows.iter().map(|row| Row::of(row, &home)).collect(),
        with_provider: true,
    };
    visit.page("adjustments/list.html", &pass.shell(&visit).await?, page)
}

async fn found(pass: &AtCouncil, id: &str) -> Result<AdjustmentSeen, Fault> {
    let id: AdjustmentId = id.parse().map_err(|_| Fault::NotFound)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| adjustment::find(tx, id).await).await;
    read.map_err(|error| Fault::of(&error))
}

/// The plan that the first day follows, and whether that is a timetable.
fn plan_of(seen: &AdjustmentSeen, visit: &Visit) -> Option<Plan> {
    let version = last_version_before(&seen.versions, seen.asked.wanted_from, visit.now).or(seen.versions.last());
    version.map(|version| version.plan.clone())
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Member>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let asked = &seen.asked;
    let mut values = vec![("quantity".to_owned(), quantity_words(asked.wanted.raw()))];
    if let Some(Plan::Timetable { visits }) = plan_of(&seen, &visit) {
        values.push(("timetable".to_owned(), timetable::text(&visits)));
    }
    values.extend(day_fields("from", asked.wanted_from));
    values.extend(asked.wanted_to.into_iter().flat_map(|to| day_fields("to", to)));
    page(&visit, &pass, &seen, FormShown::filled(values)).await
}

/// Accepts or rejects it.
pub(crate) async fn decide(
    Permit { visit, pass }: Permit<Staff<Contracting>>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let mut errors = Errors::new();
    let reason = typed.lines("reason");
    let version: u32 = typed.text("seen").parse().unwrap_or_default();
    let decider = (pass.me.access.person(), pass.me.access.name());
    let id = seen.asked.id;
    let done = match typed.text("decision") {
        "reject" if reason.is_empty() => {
            errors.add("reason", "Enter why it is rejected");
            None
        }
        "reject" => {
            Some(("rejected", adjustment::reject(&pass.scope, visit.now, decider, (id, &reason, version)).await))
        }
        "accept" => match accepted(&visit, &seen, &typed, &mut errors) {
            Some(accepted) => {
                let accepted = Accepted { reason, seen: version, ..accepted };
                Some(("accepted", adjustment::accept(&pass.scope, visit.now, decider, (id, &accepted)).await))
            }
            None => None,
        },
        _ => {
            errors.add("decision", "Select whether you accept it");
            None
        }
    };
    match done {
        Some((done, Ok(()))) => {
            return Ok(Redirect::to(&format!("{}/{id}?done={done}", home(&pass))).into_response());
        }
        Some((_, Err(Error::Refused(words) | Error::Conflict(words)))) => errors.add("decision", words),
        Some((_, Err(error))) => return Err(Fault::of(&error)),
        None => {}
    }
    // as it is now: what was decided or planned meanwhile has to be seen
    let seen = found(&pass, &id.to_string()).await?;
    page(&visit, &pass, &seen, FormShown::returned(&typed, &errors)).await
}

/// How it is accepted, as far as that can be read.
fn accepted(visit: &Visit, seen: &AdjustmentSeen, typed: &Typed, errors: &mut Errors) -> Option<Accepted> {
    let from = day(typed, "from", "The first day", errors);
    let to = last_day(typed, "to", errors);
    let becomes = if matches!(plan_of(seen, visit), Some(Plan::Timetable { .. })) {
        match timetable::read(&typed.lines("timetable")) {
            Ok(visits) => Becomes::Timetable(visits),
            Err(words) => {
                errors.add("timetable", words);
                return None;
            }
        }
    } else {
        match quantity(typed.raw("quantity"), seen.asked.unit) {
            Ok(quantity) => Becomes::Quantity(quantity),
            Err(error) => {
                errors.add("quantity", format!("The quantity a week: {error}"));
                Becomes::Quantity(Quantity::ZERO)
            }
        }
    };
    let from = from.filter(|_| errors.is_empty())?;
    Some(Accepted { from, to, becomes, reason: String::new(), seen: 0 })
}

async fn page(visit: &Visit, pass: &AtCouncil, seen: &AdjustmentSeen, form: FormShown) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    let banner = match visit.asked_for("done").as_deref() {
        Some("accepted") => {
            let words =
                "The plan is changed, and the weeks that it reaches are priced again. The provider is told by email.";
            Some(Banner::success("The adjustment is accepted").text(words))
        }
        Some("rejected") => Some(Banner::success("The adjustment is rejected").text("The provider is told by email.")),
        _ => None,
    };
    if let Some(banner) = banner {
        shell = shell.banner(banner);
    }
    let at = format!("/councils/{}", pass.council.slug);
    let claims = has::<Finance>(pass).then(|| format!("{at}/claims"));
    let decides = seen.listed.state == State::Open && has::<Contracting>(pass);
    let deciding = || Deciding {
        timetabled: matches!(plan_of(seen, visit), Some(Plan::Timetable { .. })),
        unit: units(seen.asked.unit).to_owned(),
        seen: seen.versions.last().map_or(0, |version| version.version),
    };
    let page = Page {
        is_council: true,
        decides: decides.then(deciding),
        form,
        ..Page::of(seen, (&at, &home(pass)), claims, visit.now)
    };
    visit.page("adjustments/adjustment.html", &shell, page)
}
