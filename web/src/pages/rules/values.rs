//! `/councils/{council}/rules/settings`: what each setting of the rule in force is and from when, and the form, made from
//! the rule's own schema, that gives one another value from a day on.

use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_core::pricing::facts;
use counterfoil_tenants::Error;
use counterfoil_tenants::rule::{self, RuleActivation};
use counterfoil_tenants::rule_schema::typed as read_typed;
use counterfoil_tenants::rule_version::RuleSeen;
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::activate_rule::{Choices, choices};
use counterfoil_tenants::steps::set_rule_setting::set_rule_setting;
use serde::Serialize;
use url::form_urlencoded;

use super::activate::{Choose, from};
use super::settings::{self, Field, Setting};
use super::shown::{Named, sentence};
use super::{all, changed, home, may_change, today};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;

#[derive(Serialize)]
struct List {
    home: String,
    changes: bool,
    rule: Option<Named>,
    settings: Vec<Row>,
    more: usize,
    /// Values of settings that the rule in force has not: of an earlier version, or a later one.
    strays: Vec<Row>,
    audit: String,
}

/// A setting with its values.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    setting: Setting,
    values: Vec<Held>,
    /// Where it is changed.
    change: String,
}

/// A value that holds, or will.
#[derive(Serialize)]
struct Held {
    value: String,
    /// What it is for; empty for all care.
    scope: String,
    from: String,
    comes: bool,
}

#[derive(Serialize)]
struct Form {
    home: String,
    rule: Named,
    setting: Setting,
    field: Field,
    values: Vec<Held>,
    choose: Choose,
    form: FormShown,
}

/// Of the values of a setting those that hold today, each for what it is for, and those that are to come.
fn held(all: &[facts::Setting], key: &str, today: NaiveDate) -> Vec<Held> {
    let mut own: Vec<(&facts::Setting, NaiveDate)> =
        all.iter().filter(|one| one.key == key).filter_map(|one| Some((one, one.from.date()?))).collect();
    own.sort_by(|(one, from), (other, since)| (&one.scope, from).cmp(&(&other.scope, since)));
    let superseded = |one: &facts::Setting, from: NaiveDate| {
        own.iter().any(|(other, since)| other.scope == one.scope && *since > from && *since <= today)
    };
    let counts = own.iter().filter(|(one, from)| !superseded(one, *from));
    let shown = counts.map(|(one, from)| Held {
        value: settings::value(&one.value),
        scope: one.scope.clone(),
        from: london::day(*from),
        comes: *from > today,
    });
    shown.collect()
}

/// The rule whose settings they are: what prices now, or else what will.
async fn in_force(visit: &Visit, pass: &AtCouncil) -> Result<Option<RuleSeen>, Fault> {
    let (timeline, seen) = all(visit, pass).await?;
    let next = timeline.now.or_else(|| timeline.comes.into_iter().map(|(_, row)| row).next());
    Ok(next.and_then(|RuleActivation { component_digest, .. }| {
        seen.into_iter().find(|seen| seen.digest == component_digest)
    }))
}

fn schema(seen: Option<&RuleSeen>) -> &str {
    seen.and_then(|seen| seen.description.as_ref()).map_or("{}", |described| &described.settings_schema)
}

async fn recorded(visit: &Visit, pass: &AtCouncil) -> Result<Vec<facts::Setting>, Fault> {
    let now = visit.now;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| rule::settings(tx, now).await).await;
    read.map_err(|error| Fault::of(&error))
}

/// The settings.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let seen = in_force(&visit, &pass).await?;
    let (recorded, today) = (recorded(&visit, &pass).await?, today(&visit));
    let (known, more) = settings::of(schema(seen.as_ref()));
    let home = home(&pass);
    let row = |setting: Setting| {
        let named: String = form_urlencoded::byte_serialize(setting.name().as_bytes()).collect();
        let change = format!("{home}/settings/change?setting={named}");
        Row { values: held(&recorded, setting.name(), today), change, setting }
    };
    let rows: Vec<Row> = known.into_iter().map(row).collect();
    let mut strays: Vec<&str> = recorded.iter().map(|one| one.key.as_str()).collect();
    strays.retain(|key| more == 0 && !rows.iter().any(|row| row.setting.name() == *key));
    strays.sort_unstable();
    strays.dedup();
    let mut shell = pass.shell(&visit).await?;
    if visit.asked_for("done").is_some() {
        shell = shell.banner(
            Banner::success("The setting is saved")
                .text("Claims that begin on its first day or later and are not paid are being priced again."),
        );
    }
    let page = List {
        changes: may_change(&pass),
        rule: seen.as_ref().map(|seen| Named::of(seen, &home)),
        more,
        strays: strays.into_iter().map(|key| row(Setting::unknown(key))).collect(),
        settings: rows,
        audit: format!("/councils/{}/audit?kind=rule", pass.council.slug),
        home: home.clone(),
    };
    visit.page("rules/settings.html", &shell, page)
}

/// The form of one setting, which the address names; without a name the settings.
pub(crate) async fn edit(Permit { visit, pass }: Permit<Staff<Changing>>) -> Result<Response, Fault> {
    match visit.asked_for("setting") {
        Some(key) => form(&visit, &pass, &key, FormShown::empty()).await,
        None => Ok(Redirect::to(&format!("{}/settings", home(&pass))).into_response()),
    }
}

/// Gives it another value.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = in_force(&visit, &pass).await?;
    let key = typed.text("setting");
    let mut errors = Errors::new();
    // where days are offered and none was chosen, nothing comes of that name
    let offered = !typed.fields().any(|(name, _)| name == "from-day");
    errors.unless(!offered || !typed.text("from").is_empty(), "from", "Select the day from which it holds");
    let first = if errors.is_empty() { from(&typed, &mut errors) } else { None };
    let words = typed.lines("value").replace('\n', ",");
    let setting = read_typed(schema(seen.as_ref()), (key, typed.text("scope"), &words));
    if let (Ok(setting), Some(first)) = (&setting, first) {
        match set_rule_setting(&pass.scope, visit.app.means(), visit.now, first, setting).await {
            Ok(()) => {
                changed(&visit, &pass).await;
                return Ok(Redirect::to(&format!("{}/settings?done=set", home(&pass))).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("from", sentence(&words)),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    if let Err(words) = setting {
        errors.add("value", words);
    }
    form(&visit, &pass, key, FormShown::returned(&typed, &errors)).await
}

async fn form(visit: &Visit, pass: &AtCouncil, key: &str, form: FormShown) -> Result<Response, Fault> {
    let seen = in_force(visit, pass).await?.ok_or(Fault::NotFound)?;
    let (setting, field) = settings::one(schema(Some(&seen)), key).ok_or(Fault::NotFound)?;
    let (recorded, today) = (recorded(visit, pass).await?, today(visit));
    let read = pass.scope.read(async |tx: &mut Tx<'_>| choices(tx, today).await).await;
    let days: Choices = read.map_err(|error| Fault::of(&error))?;
    let home = home(pass);
    let page = Form {
        rule: Named::of(&seen, &home),
        values: held(&recorded, key, today),
        setting,
        field,
        choose: Choose::of(days),
        home,
        form,
    };
    visit.page("rules/setting.html", &pass.shell(visit).await?, page)
}

#[cfg(test)]
mod tests {
    use counterfoil_core::pricing::facts::{Day, Value};

    use super::*;

    fn set(scope: &str, from: (i32, u32, u32), value: i64) -> facts::Setting {
        let from = NaiveDate::from_ymd_opt(from.0, from.1, from.2).unwrap_or_default();
        facts::Setting {
            key: "extras-days".to_owned(),
            scope: scope.to_owned(),
            from: Day::of(from),
            value: Value::Number(value),
        }
    }

    #[test]
    fn of_values_those_are_shown_that_hold_or_come() {
        let all = [
            set("", (2024, 4, 1), 7),
            set("", (2025, 4, 7), 14),
            set("", (2026, 4, 6), 21),
            set("spot", (2024, 4, 1), 0),
        ];
        let today = NaiveDate::from_ymd_opt(2025, 6, 1).unwrap_or_default();
        let shown: Vec<_> = held(&all, "extras-days", today)
            .into_iter()
            .map(|held| format!("{} {} {} {}", held.value, held.scope, held.from, held.comes))
            .collect();
        assert_eq!(shown, ["14  7 April 2025 false", "21  6 April 2026 true", "0 spot 1 April 2024 false"]);
        assert!(held(&all, "rounding", today).is_empty());
    }
}
