//! The five steps over a week, and its lines in two heaps: those that will be paid and those that will not.

use std::collections::BTreeMap;

use counterfoil_core::claim::{Basis, ClaimState, Vocabulary};
use counterfoil_core::disposition::{DisposedCharge, Disposition};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::words::{Said, Words};
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_tenants::payments::{ClaimOfWeek, WeekSeen};
use serde::Serialize;

use super::is_open;
use crate::london;
use crate::pages::claims::shown::becomes;

/// One of the five.
#[derive(Serialize)]
pub(super) struct Step {
    name: &'static str,
    status: String,
    done: bool,
}

/// Generated, amended, commented, exceptions reviewed, confirmed: over all claims of the week.
pub(super) fn steps(seen: &WeekSeen, vocabulary: Vocabulary) -> Vec<Step> {
    let claims = &seen.claims;
    let all = claims.len();
    let step = |name, to_do: usize, status: String| Step { name, done: to_do == 0, status };
    let unstated = claims
        .iter()
        .filter(|one| one.statement_version == 0 && one.basis == Basis::ActualsAndConfirmation && is_open(one))
        .count();
    let stated = claims.iter().filter(|one| one.statement_version > 0).count();
    let uncommented = claims.iter().filter(|one| is_open(one) && lacks_comment(one)).count();
    let exceptions = claims.iter().filter(|one| has_exception(one)).count();
    let to_review = claims.iter().filter(|one| is_open(one) && has_exception(one)).count();
    let unconfirmed = claims.iter().filter(|one| one.waits()).count();
    let confirm = match vocabulary {
        Vocabulary::Actuals => "Confirmed",
        Vocabulary::ProvisionalInvoices => "Verified",
    };
    vec![
        step("Generated", 0, format!("{all} from the plan")),
        step(
            "Amended",
            unstated,
            if unstated > 0 {
                format!("{unstated} of {all} without actuals")
            } else if stated == 0 {
                "The plan stands; nothing has to be entered".to_owned()
            } else {
                format!("{stated} of {all} entered")
            },
        ),
        step(
            "Commented",
            uncommented,
            if uncommented > 0 {
                format!("{uncommented} with a comment missing")
            } else {
                "No comment is missing".to_owned()
            },
        ),
        step(
            "Exceptions reviewed",
            to_review,
            match (to_review, exceptions) {
                (0, 0) => "None: nothing is over plan or tolerance".to_owned(),
                (0, some) => format!("{some}, with the council"),
                (some, _) => format!("{some} to look at before going on: the council will decide"),
            },
        ),
        step(
            confirm,
            unconfirmed,
            if unconfirmed > 0 { format!("{unconfirmed} of {all} to do") } else { "All done".to_owned() },
        ),
    ]
}

fn lacks_comment(claim: &ClaimOfWeek) -> bool {
    let needs = |finding: &Finding| finding.level == FindingLevel::Mend && finding.reason.code.contains("comment");
    claim.assessed.as_ref().is_some_and(|assessed| assessed.findings.iter().any(needs))
}

fn has_exception(claim: &ClaimOfWeek) -> bool {
    claim.assessed.as_ref().is_some_and(|assessed| assessed.faulted || !assessed.suspended.is_zero())
}

/// Both heaps with their totals.
#[derive(Serialize)]
pub(super) struct Lines {
    /// Those of the claims that are shown.
    payable: Vec<Line>,
    /// Of the whole week, as are the totals.
    payable_count: usize,
    payable_total: String,
    non_payable: Vec<Line>,
    non_payable_count: usize,
    non_payable_total: String,
    /// Claims that have no sum yet, by the person's reference.
    without: Vec<String>,
    /// Claims to which the rule gave no sum.
    faulted: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    person: String,
    line: String,
    order: Option<String>,
    days: String,
    reason: Option<Said>,
    becomes: &'static str,
    sum: String,
}

/// The lines of the claims that are shown; counts and totals are those of the whole week.
pub(super) fn lines(seen: &WeekSeen, part: &[&ClaimOfWeek], table: &Words, vocabulary: Vocabulary) -> Lines {
    let (mut payable, mut non_payable) = (Vec::new(), Vec::new());
    let (mut paid, mut unpaid) = (Vec::new(), Vec::new());
    let priced = seen.claims.iter().filter_map(|claim| Some((claim, claim.assessed.as_ref()?)));
    for (claim, assessed) in priced.filter(|(_, assessed)| !assessed.faulted) {
        let is_shown = part.iter().any(|shown| shown.id == claim.id);
        for line in &claim.lines {
            let own = || assessed.charges.iter().filter(|charge| charge.line == line.number);
            let made = own().filter(|charge| charge.disposition == Disposition::Payable);
            let sum = Money::total(made.clone().map(|charge| charge.amount)).unwrap_or_default();
            if made.clone().next().is_some() {
                paid.push(sum);
            }
            if is_shown && made.clone().next().is_some() {
                payable.push(Line {
                    person: claim.person.clone(),
                    line: line.reference.clone(),
                    order: line.purchase_order.clone(),
                    days: london::span(seen.starts, seen.ends),
                    reason: None,
                    becomes: becomes(Disposition::Payable, vocabulary),
                    sum: sum.to_string(),
                });
            }
            // visits of a week that are held for one reason are one row: the claim's page has each of them
            let held = together(own().filter(|charge| charge.disposition != Disposition::Payable), table);
            for ((disposition, reason), charges) in held {
                let sum = Money::total(charges.iter().map(|charge| charge.amount)).unwrap_or_default();
                unpaid.push(sum);
                let (from, to) = (charges.iter().map(|charge| charge.from), charges.iter().map(|charge| charge.to));
                let (true, Some(from), Some(to)) = (is_shown, from.min(), to.max()) else { continue };
                non_payable.push(Line {
                    person: claim.person.clone(),
                    line: line.reference.clone(),
                    order: line.purchase_order.clone(),
                    days: london::span(from, to),
                    reason: Some(reason),
                    becomes: becomes(disposition, vocabulary),
                    sum: sum.to_string(),
                });
            }
        }
    }
    let named = |wanted: fn(&ClaimOfWeek) -> bool| {
        seen.claims.iter().filter(|claim| wanted(claim)).map(|claim| claim.person.clone()).collect()
    };
    Lines {
        payable,
        payable_count: paid.len(),
        payable_total: Money::total(paid).unwrap_or_default().to_string(),
        non_payable,
        non_payable_count: unpaid.len(),
        non_payable_total: Money::total(unpaid).unwrap_or_default().to_string(),
        without: named(|claim| claim.assessed.is_none() && claim.state != ClaimState::Paid),
        faulted: named(|claim| claim.assessed.as_ref().is_some_and(|assessed| assessed.faulted)),
    }
}

/// Charges of one line by what becomes of them and why.
fn together<'c>(
    charges: impl Iterator<Item = &'c DisposedCharge>,
    words: &Words,
) -> BTreeMap<(Disposition, Said), Vec<&'c DisposedCharge>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for charge in charges {
        found.entry((charge.disposition, words.of_charge(charge))).or_default().push(charge);
    }
    found
}
