//! `/councils/{council}/rules/{digest}/activate`: from when a version prices. First the starts of pay periods to choose
//! from; then, with a day in the address, what it comes to and the button. Going back to an earlier version is the same.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_tenants::Error;
use counterfoil_tenants::rule::RuleActivation;
use counterfoil_tenants::rule_version::{LONGEST_COMMENT, RuleSeen};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::activate_rule::{Choices, Preview, activate_rule, choices, preview_activation};
use serde::Serialize;

use super::shown::{sentence, short};
use super::{changed, found, home, today, who};
use crate::access::{AtCouncil, Changing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed, day};
use crate::london;

#[derive(Serialize)]
struct Page {
    title: String,
    here: String,
    digest: String,
    /// Whether it was in force before.
    again: bool,
    choose: Option<Choose>,
    check: Option<Check>,
    form: FormShown,
}

/// The days.
#[derive(Serialize)]
pub(super) struct Choose {
    /// The first that is possible; none where nothing was ever paid.
    earliest: Option<String>,
    /// None to choose from: any day is typed.
    starts: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    hint: Hint,
}

#[derive(Serialize)]
struct Hint {
    text: String,
}

/// What a day comes to.
#[derive(Serialize)]
struct Check {
    from: NaiveDate,
    schedules: Vec<(String, String)>,
    claims: i64,
    rolls_back: bool,
    replaces: Option<String>,
    undone: Vec<(String, String)>,
}

/// The days, or what one of them comes to.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, digest)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let asked = visit.query.as_deref().unwrap_or_default().as_bytes();
    let typed = Typed::parse(asked).unwrap_or_default();
    if !typed.fields().any(|(name, _)| name.starts_with("from")) {
        return if typed.fields().any(|(name, _)| name == "reason") {
            let errors = Errors::of("from", "Select the day from which it prices");
            choose(&visit, &pass, &digest, FormShown::returned(&typed, &errors)).await
        } else {
            choose(&visit, &pass, &digest, FormShown::empty()).await
        };
    }
    let mut errors = Errors::new();
    match from(&typed, &mut errors) {
        Some(from) => check(&visit, &pass, (&digest, from), (&typed, errors)).await,
        None => choose(&visit, &pass, &digest, FormShown::returned(&typed, &errors)).await,
    }
}

/// The day that was chosen, or typed where there was none to choose.
pub(super) fn from(typed: &Typed, errors: &mut Errors) -> Option<NaiveDate> {
    let chosen = typed.text("from");
    if chosen.is_empty() {
        return day(typed, "from", "The first day", errors);
    }
    let parsed = chosen.parse().ok();
    errors.unless(parsed.is_some(), "from", "Select the day from which it prices");
    parsed
}

/// Switches it on.
pub(crate) async fn activate(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, digest)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let mut errors = Errors::new();
    let Some(from) = from(&typed, &mut errors) else {
        return choose(&visit, &pass, &digest, FormShown::returned(&typed, &errors)).await;
    };
    let (means, reason) = (visit.app.means(), typed.lines("reason"));
    let preview = preview_activation(&pass.scope, means, visit.now, who(&pass), (&digest, from)).await;
    let rolls_back = preview.as_ref().is_ok_and(|preview| preview.rolls_back);
    let switched = activate_rule(&pass.scope, means, visit.now, who(&pass), (&digest, from, &reason)).await;
    match switched {
        Ok(_) => {
            changed(&visit, &pass).await;
            let done = if rolls_back { "back" } else { "on" };
            Ok(Redirect::to(&format!("{}/{digest}?done={done}", home(&pass))).into_response())
        }
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let lacks = rolls_back && reason.is_empty();
            let about_reason = lacks || reason.chars().count() > LONGEST_COMMENT;
            errors.add(if about_reason { "reason" } else { "from" }, sentence(&words));
            if about_reason {
                check(&visit, &pass, (&digest, from), (&typed, errors)).await
            } else {
                choose(&visit, &pass, &digest, FormShown::returned(&typed, &errors)).await
            }
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn choose(visit: &Visit, pass: &AtCouncil, digest: &str, form: FormShown) -> Result<Response, Fault> {
    let (_, seen) = found(visit, pass, digest).await?;
    let today = today(visit);
    let read = pass.scope.read(async |tx: &mut Tx<'_>| choices(tx, today).await).await;
    let choose = Choose::of(read.map_err(|error| Fault::of(&error))?);
    page(visit, pass, &seen, (Some(choose), None), form).await
}

async fn check(
    visit: &Visit,
    pass: &AtCouncil,
    (digest, from): (&str, NaiveDate),
    (typed, mut errors): (&Typed, Errors),
) -> Result<Response, Fault> {
    let means = visit.app.means();
    match preview_activation(&pass.scope, means, visit.now, who(pass), (digest, from)).await {
        Ok(preview) => {
            let (_, seen) = found(visit, pass, digest).await?;
            let form = FormShown::returned(typed, &errors);
            page(visit, pass, &seen, (None, Some(Check::of(preview, from))), form).await
        }
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            errors.add("from", sentence(&words));
            choose(visit, pass, digest, FormShown::returned(typed, &errors)).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    seen: &RuleSeen,
    (choose, check): (Option<Choose>, Option<Check>),
    form: FormShown,
) -> Result<Response, Fault> {
    let page = Page {
        title: format!("{} {}", seen.name, seen.version),
        here: format!("{}/{}", home(pass), seen.digest),
        digest: short(&seen.digest),
        again: !seen.activations.is_empty(),
        choose,
        check,
        form,
    };
    visit.page("rules/activate.html", &pass.shell(visit).await?, page)
}

impl Choose {
    pub(super) fn of(Choices { earliest, starts }: Choices) -> Self {
        let starts = starts.into_iter().map(|(day, schedules)| Item {
            value: day.to_string(),
            text: london::weekday(day),
            hint: Hint { text: schedules.join(", ") },
        });
        Self { earliest: earliest.map(london::day), starts: starts.collect() }
    }
}

/// A version as it was when it was switched on.
fn named(row: &RuleActivation) -> String {
    format!("{} {} ({})", row.pack, row.version, short(&row.component_digest))
}

impl Check {
    fn of(preview: Preview, from: NaiveDate) -> Self {
        let first = |first: Option<NaiveDate>| {
            first.map_or_else(
                || "No such period is known yet".to_owned(),
                |day| format!("From {}", london::weekday(day)),
            )
        };
        Self {
            from,
            schedules: preview.schedules.into_iter().map(|(name, day)| (name, first(day))).collect(),
            claims: preview.claims,
            rolls_back: preview.rolls_back,
            replaces: preview.replaces.as_ref().map(named),
            undone: preview.undone.iter().map(|(day, row)| (named(row), london::day(*day))).collect(),
        }
    }
}
