//! One trial: how far it is, what it comes to as a whole and by contract, and the claims that took most.

use std::time::Duration;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_core::ids::TrialId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::rule_trial::{self, ContractTried, SlowClaim, State, Sums, Trial};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::steps::try_rule::cancel_trial;
use serde::Serialize;

use super::{called, find, home, list};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::events::{Event, Events};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::pages::events;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

/// What sort of work events tell of.
const KIND: &str = "rule-trial";
/// How often, and how many times, an open page is told how far a trial is; then it is loaded again.
const TOLD: (Duration, u32) = (Duration::from_secs(1), 25);

pub(super) static CONTRACTS: TableSpec = TableSpec {
    row: ("contract", "contracts"),
    filters: &[
        Filter {
            name: "show",
            label: "Show",
            kind: FilterKind::Choice(&[
                ("differing", "With differences"),
                ("suspended", "With new suspensions"),
                ("failed", "With failures"),
            ]),
        },
        Filter { name: "words", label: "Contract or payee", kind: FilterKind::Words },
    ],
    columns: &[
        Column::sorted("contract", "Contract"),
        Column::plain("payee", "Payee"),
        Column::plain("claims", "Claims").numeric(),
        Column::sorted("lines", "Lines that differ").numeric(),
        Column::plain("before", "Payable as assessed").numeric(),
        Column::plain("now", "Payable in the trial").numeric(),
        Column::sorted("difference", "Difference").numeric(),
        Column::sorted("suspended", "Newly suspended lines").numeric(),
        Column::plain("failed", "Claims that failed").numeric(),
    ],
    sorted: ("difference", Direction::Descending),
    page_size: 50,
    kept: &["done"],
};

#[derive(Serialize)]
struct Page {
    version: String,
    digest: String,
    back: String,
    here: String,
    asked: String,
    form: FormShown,
    state: &'static str,
    tag: &'static str,
    is_running: bool,
    is_cancelled: bool,
    can_cancel: bool,
    done: u32,
    of: u32,
    about: Vec<(&'static str, String)>,
    settings: Vec<String>,
    totals: Vec<(&'static str, String)>,
    differing: i64,
    unlisted: i64,
    table: TableShown,
    contracts: Vec<Row>,
    slowest: Vec<Slow>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    payee: String,
    claims: i64,
    lines: i64,
    before: String,
    now: String,
    difference: String,
    suspended: i64,
    failed: i64,
}

#[derive(Serialize)]
struct Slow {
    href: String,
    person: String,
    contract: String,
    days: String,
    before: u64,
    now: u64,
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, digest, trial)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let trial = find(&pass, &digest, &trial).await?;
    page(&visit, &pass, &trial, FormShown::empty()).await
}

/// Cancels it.
pub(crate) async fn cancel(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, digest, trial)): Path<(String, String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let trial = find(&pass, &digest, &trial).await?;
    match cancel_trial(&pass.scope, visit.now, trial.id).await {
        Ok(()) => {
            let to = format!("{}/{}?done=cancelled", home(&pass, &digest), trial.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let trial = find(&pass, &digest, &trial.id.to_string()).await?;
            page(&visit, &pass, &trial, FormShown::empty().with_errors(&Errors::of("cancel", words))).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// What the page listens to. Whoever works on a trial may be another process, so that it is looked up while somebody
/// listens.
pub(crate) async fn stream(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, digest, trial)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let trial = find(&pass, &digest, &trial).await?;
    let council = pass.council.id;
    let opened = events::open(&visit, &pass.me, Some(council), events::progress(council, KIND, trial.id.uuid()));
    tokio::spawn(tell(pass.scope.clone(), visit.app.events().clone(), trial.id));
    Ok(opened)
}

async fn tell(scope: CouncilScope, events: Events, id: TrialId) {
    let (pause, times) = TOLD;
    for _ in 0..times {
        tokio::time::sleep(pause).await;
        let Ok(trial) = scope.read(async |tx: &mut Tx<'_>| rule_trial::find(tx, id).await).await else { return };
        let of = u64::from(trial.claims);
        let has_ended = trial.state != State::Running;
        let done = if has_ended { of } else { u64::from(trial.done) };
        let event = Event::Progress { tenant: scope.tenant(), kind: KIND.to_owned(), id: id.uuid(), done, of };
        events.publish(event).await;
        if has_ended {
            return;
        }
    }
}

async fn page(visit: &Visit, pass: &AtCouncil, trial: &Trial, form: FormShown) -> Result<Response, Fault> {
    let here = format!("{}/{}", home(pass, &trial.digest), trial.id);
    let query = TableQuery::parse(&CONTRACTS, &here, visit.query.as_deref());
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        Ok((
            rule_trial::sums(tx, trial.id).await?,
            rule_trial::by_contract(tx, trial.id).await?,
            rule_trial::slowest(tx, trial).await?,
            rule_trial::periods(tx, trial.id).await?,
        ))
    });
    let (sums, contracts, slowest, periods) = read.await.map_err(|error| Fault::of(&error))?;
    let contracts = wanted(&query, contracts);
    let (window, shown) = query.cut(&contracts);
    let is_running = trial.state == State::Running;
    let claims = format!("/councils/{}/claims", pass.council.slug);
    let mut shell = pass.shell(visit).await?;
    shell = match visit.asked_for("done").as_deref() {
        Some("started") if is_running => shell.banner(
            Banner::success("The trial is started").text("It changes no claim. You can leave this page: it goes on."),
        ),
        Some("cancelled") if trial.state == State::Cancelled => {
            shell.banner(Banner::success("The trial is cancelled").text("What was tried until then is shown below."))
        }
        _ => shell,
    };
    let page = Page {
        version: called(trial),
        digest: trial.digest.clone(),
        back: home(pass, &trial.digest),
        asked: visit.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default(),
        form,
        state: trial.state.words(),
        tag: list::tag(trial.state),
        is_running,
        is_cancelled: trial.state == State::Cancelled,
        can_cancel: is_running && pass.council.roles.contains(&CouncilRole::Administrator),
        done: trial.done,
        of: trial.claims,
        about: about(trial, &periods),
        settings: trial.settings.iter().map(super::setting).collect(),
        totals: totals(&sums),
        differing: sums.differing,
        unlisted: sums.differing - i64::from(trial.listed),
        table: query.shown(&window),
        contracts: shown.iter().map(|tried| row(tried, &here)).collect(),
        slowest: slowest.into_iter().map(|slow| slow_row(slow, &claims)).collect(),
        here,
    };
    visit.page("trials/trial.html", &shell, page)
}

/// The contracts that an address asks for, in its order.
pub(super) fn wanted(query: &TableQuery, mut contracts: Vec<ContractTried>) -> Vec<ContractTried> {
    let words = query.filter("words").map(str::to_lowercase);
    contracts.retain(|tried| {
        let shown = match query.filter("show") {
            Some("differing") => tried.sums.differing > 0,
            Some("suspended") => tried.sums.newly_suspended > 0,
            Some("failed") => tried.sums.faulted > 0,
            _ => true,
        };
        let has = |text: &str, words: &str| text.to_lowercase().contains(words);
        shown && words.as_deref().is_none_or(|words| has(&tried.reference, words) || has(&tried.payee, words))
    });
    let (column, direction) = query.sort();
    match column {
        "lines" => contracts.sort_by_key(|tried| tried.sums.differing),
        "suspended" => contracts.sort_by_key(|tried| tried.sums.newly_suspended),
        // the largest difference, whichever way
        "difference" => contracts.sort_by_key(|tried| tried.sums.difference().pence().unsigned_abs()),
        _ => {}
    }
    if direction == Direction::Descending {
        contracts.reverse();
    }
    contracts
}

fn about(trial: &Trial, periods: &[(String, NaiveDate, NaiveDate)]) -> Vec<(&'static str, String)> {
    let mut about = Vec::new();
    for group in periods.chunk_by(|(one, ..), (other, ..)| one == other) {
        if let (Some((schedule, starts, _)), Some((_, _, ends))) = (group.first(), group.last()) {
            let count = match group.len() {
                1 => "1 pay period".to_owned(),
                several => format!("{several} pay periods"),
            };
            about.push(("Tried on", format!("{schedule}: {count}, {}", london::span(*starts, *ends))));
        }
    }
    about.push(("Started", format!("{}, {}", trial.starter, london::moment(trial.started_at))));
    if let Some(ended) = trial.ended_at {
        about.push(("Ended", london::moment(ended)));
    }
    about
}

fn totals(sums: &Sums) -> Vec<(&'static str, String)> {
    let grouped = |number: i64| grouped(number.unsigned_abs());
    vec![
        ("Payable as assessed", sums.payable.0.to_string()),
        ("Payable in the trial", sums.payable.1.to_string()),
        ("Difference", sums.difference().to_string()),
        ("Suspended as assessed", sums.suspended.0.to_string()),
        ("Suspended in the trial", sums.suspended.1.to_string()),
        ("Lines that differ", format!("{} of {}", grouped(sums.differing), grouped(sums.lines))),
        ("Newly suspended lines", grouped(sums.newly_suspended)),
        ("Claims on which the version failed", grouped(sums.faulted)),
        ("Claims that could not be tried", grouped(sums.left_out)),
        ("Computing as assessed", format!("{} units of fuel", grouped(sums.fuel.0))),
        ("Computing in the trial", format!("{} units of fuel", grouped(sums.fuel.1))),
    ]
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn row(tried: &ContractTried, here: &str) -> Row {
    let sums = &tried.sums;
    Row {
        href: format!(
            "{here}/lines?{}",
            url::form_urlencoded::Serializer::new(String::new()).append_pair("contract", &tried.reference).finish()
        ),
        reference: tried.reference.clone(),
        payee: tried.payee.clone(),
        claims: sums.claims,
        lines: sums.differing,
        before: sums.payable.0.to_string(),
        now: sums.payable.1.to_string(),
        difference: sums.difference().to_string(),
        suspended: sums.newly_suspended,
        failed: sums.faulted,
    }
}

fn slow_row(slow: SlowClaim, claims: &str) -> Slow {
    Slow {
        href: format!("{claims}/{}", slow.claim),
        person: slow.person,
        contract: slow.contract,
        days: london::span(slow.days.0, slow.days.1),
        before: slow.fuel.0,
        now: slow.fuel.1,
    }
}

#[cfg(test)]
mod tests {
    use counterfoil_core::ids::ContractId;
    use counterfoil_core::money::Money;
    use uuid::Uuid;

    use super::*;

    fn tried(reference: &str, (before, now): (i64, i64), failed: i64) -> ContractTried {
        let pence = Money::from_pence;
        let differing = i64::from(before != now);
        let sums = Sums { payable: (pence(before), pence(now)), faulted: failed, differing, ..Sums::default() };
        let contract = ContractId::from_uuid(Uuid::nil());
        ContractTried { contract, reference: reference.to_owned(), payee: "Good Care".to_owned(), sums }
    }

    fn shown(query: &str) -> Vec<String> {
        let all = vec![tried("C1", (100, 100), 0), tried("C2", (100, 90), 1), tried("C3", (100, 400), 0)];
        let query = TableQuery::parse(&CONTRACTS, "/trial", Some(query));
        wanted(&query, all).into_iter().map(|tried| tried.reference).collect()
    }

    #[test]
    fn the_largest_difference_comes_first_whichever_way_it_goes() {
        assert_eq!(shown(""), ["C3", "C2", "C1"]);
        assert_eq!(shown("sort=contract"), ["C1", "C2", "C3"]);
        assert_eq!(shown("show=failed"), ["C2"]);
        assert_eq!(shown("show=differing&sort=contract"), ["C2", "C3"]);
        assert_eq!(shown("words=good&sort=-contract"), ["C3", "C2", "C1"]);
        assert!(shown("words=C9").is_empty());
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
