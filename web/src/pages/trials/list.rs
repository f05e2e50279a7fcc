//! The trials of a version, and the form that starts one.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::PeriodId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::rule_schema::{choices_of, typed as read_typed};
use counterfoil_tenants::rule_trial::{self, Choice, State, Trial, TriedSetting};
use counterfoil_tenants::rule_version::{self, RuleSeen, Who};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::try_rule::{ToStart, start_trial};
use serde::Serialize;

use super::{home, version_at};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::london;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec};

static TRIALS: TableSpec = TableSpec {
    row: ("trial", "trials"),
    filters: &[],
    columns: &[
        Column::plain("started", "Started"),
        Column::plain("by", "By"),
        Column::plain("state", "State"),
        Column::plain("claims", "Claims tried").numeric(),
        Column::plain("settings", "Settings tried"),
    ],
    sorted: ("started", Direction::Descending),
    page_size: 20,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    version: String,
    back: String,
    here: String,
    changes: bool,
    table: TableShown,
    trials: Vec<Row>,
    schedules: Vec<Offered>,
    settings: Vec<Item>,
    form: FormShown,
}

#[derive(Serialize)]
struct Row {
    href: String,
    started: String,
    by: String,
    state: &'static str,
    tag: &'static str,
    done: u32,
    claims: u32,
    settings: Vec<String>,
}

/// The pay periods of a schedule that can be chosen.
#[derive(Serialize)]
struct Offered {
    schedule: String,
    periods: Vec<Period>,
}

#[derive(Serialize)]
struct Period {
    value: String,
    text: String,
    ticked: bool,
}

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, digest)): Path<(String, String)>,
) -> Result<Response, Fault> {
    page(&visit, &pass, &digest, (FormShown::empty(), BTreeSet::new())).await
}

async fn version(visit: &Visit, pass: &AtCouncil, digest: &str) -> Result<RuleSeen, Fault> {
    let (pricer, today) = (&visit.app.means().pricer, local_time(visit.now).date());
    let read = pass.scope.read(async |tx: &mut Tx<'_>| rule_version::seen(tx, &**pricer, today).await).await;
    let (_, seen) = read.map_err(|error| Fault::of(&error))?;
    seen.into_iter().find(|seen| seen.digest == digest).ok_or(Fault::NotFound)
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    digest: &str,
    (form, ticked): (FormShown, BTreeSet<PeriodId>),
) -> Result<Response, Fault> {
    let seen = version(visit, pass, digest).await?;
    let today = local_time(visit.now).date();
    let changes = pass.council.roles.contains(&CouncilRole::Administrator);
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        let offered = if changes { rule_trial::choices(tx, today).await? } else { Vec::new() };
        Ok((rule_trial::all(tx, digest).await?, offered))
    });
    let (trials, offered): (Vec<Trial>, Vec<Choice>) = read.await.map_err(|error| Fault::of(&error))?;
    let here = home(pass, digest);
    let query = TableQuery::parse(&TRIALS, &here, visit.query.as_deref());
    let (window, shown) = query.cut(&trials);
    let page = Page {
        version: format!("{} {}", seen.name, seen.version),
        back: version_at(pass, digest),
        changes,
        table: query.shown(&window),
        trials: shown.iter().map(|trial| row(trial, &here)).collect(),
        schedules: by_schedule(offered, &ticked),
        settings: settings(&seen),
        here,
        form,
    };
    visit.page("trials/list.html", &pass.shell(visit).await?, page)
}

fn row(trial: &Trial, here: &str) -> Row {
    Row {
        href: format!("{here}/{}", trial.id),
        started: london::moment(trial.started_at),
        by: trial.starter.clone(),
        state: trial.state.words(),
        tag: tag(trial.state),
        done: trial.done,
        claims: trial.claims,
        settings: trial.settings.iter().map(super::setting).collect(),
    }
}

/// The colour of a state.
pub(super) const fn tag(state: State) -> &'static str {
    match state {
        State::Running => "govuk-tag--blue",
        State::Finished => "govuk-tag--green",
        State::Cancelled => "govuk-tag--grey",
    }
}

fn by_schedule(offered: Vec<Choice>, ticked: &BTreeSet<PeriodId>) -> Vec<Offered> {
    let mut schedules: Vec<Offered> = Vec::new();
    for choice in offered {
        let period = Period {
            value: choice.id.to_string(),
            text: london::span(choice.starts, choice.ends),
            ticked: ticked.contains(&choice.id),
        };
        match schedules.last_mut() {
            Some(last) if last.schedule == choice.schedule => last.periods.push(period),
            _ => schedules.push(Offered { schedule: choice.schedule, periods: vec![period] }),
        }
    }
    schedules
}

fn schema(seen: &RuleSeen) -> &str {
    seen.description.as_ref().map_or("{}", |described| &described.settings_schema)
}

fn settings(seen: &RuleSeen) -> Vec<Item> {
    let none = Item { value: String::new(), text: "No other setting".to_owned() };
    let own = choices_of(schema(seen)).into_iter().map(|(key, _)| Item { text: key.clone(), value: key });
    [none].into_iter().chain(own).collect()
}

/// Starts a trial.
pub(crate) async fn start(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, digest)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = version(&visit, &pass, &digest).await?;
    let periods: BTreeSet<PeriodId> = typed.all("period").filter_map(|id| id.parse().ok()).collect();
    let mut errors = Errors::new();
    errors.unless(!periods.is_empty(), "period", "Select at least one pay period");
    let settings = typed_setting(&seen, &typed, &mut errors);
    if errors.is_empty() {
        let to_start = ToStart { digest: digest.clone(), periods: periods.iter().copied().collect(), settings };
        let access = &pass.me.access;
        let who = Who { person: access.person(), name: access.name() };
        match start_trial(&pass.scope, visit.app.means(), visit.now, who, &to_start).await {
            Ok(id) => return Ok(Redirect::to(&format!("{}/{id}?done=started", home(&pass, &digest))).into_response()),
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("period", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(&visit, &pass, &digest, (FormShown::returned(&typed, &errors), periods)).await
}

fn typed_setting(seen: &RuleSeen, typed: &Typed, errors: &mut Errors) -> Vec<TriedSetting> {
    let (key, scope, value) = (typed.text("setting"), typed.text("scope"), typed.text("value"));
    if key.is_empty() {
        errors.unless(value.is_empty() && scope.is_empty(), "setting", "Select the setting that this is the value of");
        return Vec::new();
    }
    match read_typed(schema(seen), (key, scope, value)) {
        Ok(setting) => vec![setting],
        Err(words) => {
            errors.add("value", words);
            Vec::new()
        }
    }
}
