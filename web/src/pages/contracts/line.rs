//! One service line: the plan in force, what changed and when, the rates that apply, and where it was claimed.

use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::plan::{LineVersion, Plan, last_version_before, version_for};
use counterfoil_core::pricing::facts::RateRow;
use counterfoil_core::pricing::words::amount;
use counterfoil_tenants::care::{self, Late, LineSeen, VersionSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::beside::{Beside, Found, Of};
use super::{Links, words};
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;

#[derive(Serialize)]
pub(super) struct Page {
    reference: String,
    person: String,
    contract: (String, String),
    facts: Vec<(&'static str, String)>,
    attributes: Vec<(String, String)>,
    /// What the plan in force, or the last one, comes to.
    plan: Option<PlanShown>,
    versions: Vec<Version>,
    rates: Vec<RateShown>,
    /// None for whoever sees no claims.
    claims: Option<Vec<Claim>>,
    all_claims: Option<String>,
    ask: Option<String>,
    beside: Beside,
}

#[derive(Serialize)]
struct PlanShown {
    /// In a line.
    whole: String,
    /// Whether it is over, or has not begun.
    note: Option<String>,
    /// Days with quantities, or days with visits.
    days: Vec<(&'static str, Vec<String>)>,
}

#[derive(Serialize)]
struct Version {
    number: u32,
    what: &'static str,
    valid: String,
    recorded: String,
    changes: Vec<String>,
    /// What it reaches back into, where it came late.
    late: Option<String>,
}

#[derive(Serialize)]
struct RateShown {
    valid: String,
    rate: String,
    when: String,
    band: String,
}

#[derive(Serialize)]
struct Claim {
    href: String,
    days: String,
    state: &'static str,
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, line)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let id = line.parse().map_err(|_| Fault::NotFound)?;
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let seen = care::line_own(tx, council, organisation, id, (today, visit.now)).await?;
        Ok((seen, Found::own(tx, (council, organisation), Of::Line(id)).await?))
    });
    let (seen, beside) = read.await.map_err(|error| Fault::of(&error))?;
    let page = Page::of(&seen, &beside, &Links::of_provider(&pass), (today, visit.now));
    visit.page("contracts/line.html", &pass.shell(&visit).await?, page)
}

impl Page {
    /// A line, for either side.
    pub(super) fn of(seen: &LineSeen, beside: &Found, links: &Links, (today, now): (NaiveDate, DateTime<Utc>)) -> Self {
        let home = &links.home;
        let versions: Vec<LineVersion> = seen.versions.iter().map(|seen| seen.version.clone()).collect();
        let current = version_for(&versions, today, now);
        let shown = current.or_else(|| last_version_before(&versions, today, now)).or(versions.last());
        Self {
            reference: seen.reference.clone(),
            person: seen.person.clone(),
            contract: (format!("{}/{}", links.contracts(), seen.contract.0), seen.contract.1.clone()),
            facts: shown.map(|version| facts(seen, version)).unwrap_or_default(),
            attributes: shown
                .map(|version| version.attributes.iter().map(words::attribute).collect())
                .unwrap_or_default(),
            plan: shown.map(|version| PlanShown::of(version, today)),
            versions: changes(&seen.versions),
            rates: rates(seen),
            claims: links.sees_claims.then(|| {
                let shown = seen.claims.iter().map(|claim| Claim {
                    href: format!("{home}/claims/{}", claim.id),
                    days: london::span(claim.starts, claim.ends),
                    state: seen.vocabulary.state(claim.state),
                });
                shown.collect()
            }),
            all_claims: links.sees_claims.then(|| format!("{home}/claims?contract={}", seen.contract.0)),
            ask: links.own(format!("queries/new?line={}", seen.id)),
            beside: Beside::of(beside, links, (Of::Line(seen.id), !versions.is_empty())),
        }
    }
}

fn facts(seen: &LineSeen, version: &LineVersion) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Person", seen.person.clone()),
        ("Kind of service", seen.contract.2.clone()),
        ("Service level", version.service.clone()),
        ("Priced by", capital(words::one(version.unit).trim_start_matches("an ").trim_start_matches("a "))),
    ];
    if !version.tier.is_empty() {
        facts.push(("Tier", words::tier(&version.tier)));
        let need = if version.tier_need.is_empty() { "None on record" } else { &version.tier_need };
        facts.push(("Recorded need for the tier", capital(&need.replace(['-', '_'], " "))));
    }
    facts.push(("Purchase order", seen.purchase_order.clone().unwrap_or_else(|| "None yet".to_owned())));
    facts
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl PlanShown {
    fn of(version: &LineVersion, today: NaiveDate) -> Self {
        let note = match version.to {
            Some(to) if to < today => Some(format!("It ended on {}.", london::day(to))),
            _ if version.from > today => Some(format!("It starts on {}.", london::day(version.from))),
            _ => None,
        };
        let days = match &version.plan {
            Plan::Timetable { visits } => {
                let mut sorted = visits.clone();
                sorted.sort_by_key(|visit| (visit.weekday, visit.start));
                let of_day = |number: usize| {
                    let today = sorted.iter().filter(|visit| usize::from(visit.weekday) == number);
                    today
                        .map(|visit| {
                            let carers = match visit.carers {
                                1 => "1 carer".to_owned(),
                                many => format!("{many} carers"),
                            };
                            format!("{}, {carers}", words::from_to(visit))
                        })
                        .collect::<Vec<_>>()
                };
                words::WEEKDAYS.iter().enumerate().map(|(number, day)| (*day, of_day(number))).collect()
            }
            Plan::Days { quantities } => words::WEEKDAYS
                .iter()
                .zip(quantities)
                .map(|(day, quantity)| {
                    let some = quantity.raw() != 0;
                    (*day, some.then(|| amount(*quantity, version.unit)).into_iter().collect())
                })
                .collect(),
            Plan::Week { .. } => Vec::new(),
        };
        Self { whole: words::plan(&version.plan, version.unit), note, days }
    }
}

/// The versions, the newest first, each with what it changed in the one before it.
fn changes(versions: &[VersionSeen]) -> Vec<Version> {
    let mut before: Option<&LineVersion> = None;
    let mut shown = Vec::with_capacity(versions.len());
    for VersionSeen { version, late } in versions {
        let what = match (before, late) {
            (None, None) => "First version",
            (None, Some(_)) => "Backdated line",
            (Some(_), None) => "Variation",
            (Some(_), Some(_)) => "Backdated variation",
        };
        shown.push(Version {
            number: version.version,
            what,
            valid: words::validity(version.from, version.to),
            recorded: london::moment(version.recorded_at),
            changes: match before {
                None => vec![words::plan(&version.plan, version.unit)],
                Some(before) => changed(before, version),
            },
            late: late.map(|late| reach(version, late)),
        });
        before = Some(version);
    }
    shown.reverse();
    shown
}

/// What a version changed.
fn changed(before: &LineVersion, now: &LineVersion) -> Vec<String> {
    let mut changes = Vec::new();
    if before.service != now.service {
        changes.push(format!("Service level: {} instead of {}", now.service, before.service));
    }
    if before.tier != now.tier {
        let named = |tier: &str| if tier.is_empty() { "none".to_owned() } else { words::tier(tier) };
        changes.push(format!("Tier: {} instead of {}", named(&now.tier), named(&before.tier)));
    }
    if before.plan != now.plan || before.unit != now.unit {
        let (new, old) = (words::plan(&now.plan, now.unit), words::plan(&before.plan, before.unit));
        changes.push(if new == old {
            format!("Plan: other times, {new}")
        } else {
            format!("Plan: {new} instead of {old}")
        });
    }
    if before.to != now.to {
        changes.push(match now.to {
            Some(to) => format!("Ends on {}", london::day(to)),
            None => "No longer ends".to_owned(),
        });
    }
    if before.attributes != now.attributes || before.tier_need != now.tier_need {
        changes.push("Facts about the line that prices may depend on".to_owned());
    }
    if changes.is_empty() {
        changes.push("Nothing but its dates".to_owned());
    }
    changes
}

/// What it means that a version came late.
fn reach(version: &LineVersion, late: Late) -> String {
    let days =
        |count: i64, one: &str, many: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {many}") };
    let made = days(late.made, "week or period that was claimed", "weeks or periods that were claimed");
    let paid = match late.paid {
        0 => "None of them is in a payment run yet, so that they are paid as this version says.".to_owned(),
        paid => format!(
            "{} in a payment run or paid by now: the difference is paid or recovered in the next run.",
            if paid == late.made {
                if paid == 1 { "It is".to_owned() } else { "All of them are".to_owned() }
            } else {
                days(paid, "of them is", "of them are")
            }
        ),
    };
    format!(
        "Recorded on {} for care from {}: it reaches back into {made} already. {paid}",
        london::day(local_time(version.recorded_at).date()),
        london::day(version.from)
    )
}

fn rates(seen: &LineSeen) -> Vec<RateShown> {
    let mut rows: Vec<&RateRow> = seen.rates.iter().collect();
    // the newest first, and of these the plain one
    rows.sort_by_key(|row| (std::cmp::Reverse(row.from), row.band.clone(), row.day_kind, row.time_band, row.minutes));
    let ended = seen.versions.last().and_then(|last| last.version.to);
    let shown = rows.into_iter().map(|row| {
        let to = row.to.and_then(counterfoil_core::pricing::facts::Day::date);
        let goes_on = to.is_none_or(|to| to >= seen.rates_until) && ended.is_none();
        let valid = match (row.from.date(), to) {
            (Some(from), _) if goes_on => format!("From {}", london::day(from)),
            (Some(from), Some(to)) => london::span(from, to),
            (from, _) => from.map(london::day).unwrap_or_default(),
        };
        RateShown {
            valid,
            rate: words::rate(row),
            when: words::when(row),
            band: if row.band.is_empty() {
                "Plain rate".to_owned()
            } else {
                capital(&row.band.replace(['-', '_'], " "))
            },
        }
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use counterfoil_core::money::Quantity;
    use counterfoil_core::pricing::facts::Unit;

    use super::*;

    fn version(number: u32, hours: i64, to: Option<NaiveDate>) -> LineVersion {
        LineVersion {
            version: number,
            from: NaiveDate::from_ymd_opt(2024, 12, 21).unwrap(),
            to,
            recorded_at: "2025-01-14T09:00:00Z".parse().unwrap(),
            service: "Home care".to_owned(),
            unit: Unit::Hour,
            tier: String::new(),
            tier_need: String::new(),
            attributes: Vec::new(),
            plan: Plan::Week { quantity: Quantity::from_thousandths(hours * 1_000) },
        }
    }

    #[test]
    fn a_variation_says_what_it_changes_and_a_late_one_what_becomes_of_the_difference() {
        let end = NaiveDate::from_ymd_opt(2025, 1, 31).unwrap();
        let shown = changes(&[
            VersionSeen { version: version(1, 7, None), late: None },
            VersionSeen { version: version(2, 10, Some(end)), late: Some(Late { made: 3, paid: 2 }) },
        ]);
        assert_eq!((shown[0].number, shown[0].what, shown[1].what), (2, "Backdated variation", "First version"));
        assert_eq!(
            shown[0].changes,
            ["Plan: 10 hours for each seven days instead of 7 hours for each seven days", "Ends on 31 January 2025"]
        );
        assert_eq!(
            shown[0].late.as_deref().unwrap(),
            "Recorded on 14 January 2025 for care from 21 December 2024: it reaches back into 3 weeks or periods that were \
             claimed already. 2 of them are in a payment run or paid by now: the difference is paid or recovered in the \
             next run."
        );
    }
}
