//! `/organisations/{organisation}/councils/{council}/timesheets`: a carer's timesheets, what waits first and then all that
//! were sent, none hidden.

use std::collections::BTreeMap;

use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::money::Money;
use counterfoil_tenants::claim::{self, Listed, Wanted};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::{home, is_alone, is_shared_lives};
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;

/// The most claims that are read: some years of a carer's.
const MOST: u32 = 200;

#[derive(Serialize)]
struct Page {
    council: String,
    open: Vec<Row>,
    closed: Vec<Row>,
    /// The list of all claims.
    claims: String,
    is_cut: bool,
}

#[derive(Serialize)]
struct Row {
    href: String,
    span: String,
    people: usize,
    state: &'static str,
    payable: Option<String>,
    deadline: String,
    is_late: bool,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let alone = is_alone(&visit, &pass).await?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let wanted = Wanted { descending: true, limit: MOST, ..Wanted::default() };
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let around = claim::around_own(tx, council, organisation, today).await?;
            Ok((around, claim::list_own(tx, council, organisation, &wanted).await?))
        })
        .await;
    let (around, claims) = read.map_err(|error| Fault::of(&error))?;
    let fits = |reference: &str| {
        around.contracts.iter().any(|(_, known, service)| known == reference && (alone || is_shared_lives(service)))
    };
    let is_cut = claims.counted > i64::from(MOST);
    let mut periods: BTreeMap<NaiveDate, Vec<Listed>> = BTreeMap::new();
    for listed in claims.rows.into_iter().filter(|listed| fits(&listed.contract)) {
        periods.entry(listed.starts).or_default().push(listed);
    }
    let home = home(&pass);
    let rows = periods.into_iter().rev().map(|(starts, claims)| {
        let is_open = claims.iter().any(|claim| is_open(claim.state));
        (is_open, Row::of(&home, starts, &claims, (today, visit.now)))
    });
    let (open, closed): (Vec<_>, Vec<_>) = rows.partition(|(is_open, _)| *is_open);
    let mut open: Vec<Row> = open.into_iter().map(|(_, row)| row).collect();
    // what is due first stands first
    open.reverse();
    let page = Page {
        council: pass.council.name.clone(),
        open,
        closed: closed.into_iter().map(|(_, row)| row).collect(),
        claims: super::super::provider::home(&pass),
        is_cut,
    };
    visit.page("timesheet/list.html", &pass.shell(&visit).await?, page)
}

const fn is_open(state: ClaimState) -> bool {
    matches!(state, ClaimState::Generated | ClaimState::Stated)
}

impl Row {
    fn of(home: &str, starts: NaiveDate, claims: &[Listed], (today, now): (NaiveDate, DateTime<Utc>)) -> Self {
        let ends = claims.iter().map(|claim| claim.ends).max().unwrap_or(starts);
        let any = |state| claims.iter().any(|claim| claim.state == state);
        let all_entered = !any(ClaimState::Generated);
        let waits = claims.iter().any(|claim| is_open(claim.state));
        let sums = claims.iter().filter(|claim| claim.state != ClaimState::Generated);
        let payable = Money::total(sums.filter_map(|claim| Some(claim.sums?.payable))).ok();
        let cut_off = claims.iter().map(|claim| claim.cut_off).min().unwrap_or(now);
        Self {
            href: format!("{home}/{starts}"),
            span: london::span(starts, ends),
            people: claims.len(),
            state: match () {
                () if waits && ends >= today => "Not over yet",
                () if waits && all_entered => "To send",
                () if waits => "To enter",
                () if any(ClaimState::Confirmed) => "Sent",
                () if any(ClaimState::Locked) => "Being paid",
                () => "Paid",
            },
            payable: payable.filter(|payable| !payable.is_zero()).map(|payable| payable.to_string()),
            deadline: london::deadline(cut_off),
            is_late: waits && cut_off < now,
        }
    }
}
