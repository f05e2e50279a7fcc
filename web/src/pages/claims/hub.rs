//! What a provider can do about a claim now, and how far it is: the five steps from the plan to the confirmation, in the
//! council's words.

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::{Basis, ClaimEvent, ClaimState, Vocabulary};
use counterfoil_core::disposition::Disposition;
use counterfoil_core::pricing::facts::Recording;
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_tenants::claim::{AssessedSeen, ClaimSeen, Declaration};
use serde::Serialize;

use crate::london;
use crate::shell::Banner;

/// The part of a claim's page that is its provider's alone.
#[derive(Debug, Default, Serialize)]
pub(super) struct Hub {
    steps: Vec<Step>,
    /// Where actuals are entered, and what the way there is called.
    enter: Option<Way>,
    /// Whether the plan can be accepted as it is.
    accept: bool,
    confirm: Option<Way>,
    /// What taking the confirmation back is called.
    unconfirm: Option<&'static str>,
    /// What stands in the way, or what will happen.
    sentences: Vec<String>,
    /// What the person saw, for the forms of the page.
    version: u32,
    statement_version: u32,
}

#[derive(Debug, Serialize)]
struct Way {
    href: String,
    text: String,
}

/// One of the five steps.
#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    status: &'static str,
    done: bool,
    hint: String,
    href: Option<String>,
}

impl Hub {
    pub(super) fn of(seen: &ClaimSeen, declaration: &Declaration, here: &str, now: DateTime<Utc>) -> Self {
        let claim = &seen.claim;
        let vocabulary = seen.words.vocabulary;
        let stated = claim.statement_version > 0;
        let may = |event| claim.state.after(event, declaration.basis, stated);
        let is_over = local_time(now).date() > claim.ends;
        let recorded = seen.recording != Recording::None;
        let can_state = recorded && is_over && may(ClaimEvent::State).is_ok();
        let priced = priced(seen);
        let to_mend = priced.map(to_mend).unwrap_or_default();
        // what is paid by its plan is confirmed only where something else was stated
        let by_plan = declaration.basis == Basis::Plan && !stated;
        let confirmable = claim.state != ClaimState::Confirmed && may(ClaimEvent::Confirm).is_ok() && !by_plan;
        let can_confirm = confirmable && priced.is_some() && to_mend == 0;
        let mut sentences = Vec::new();
        if recorded && !is_over {
            sentences.push(format!(
                "This week is not over yet. You can enter its actuals from {}.",
                claim.ends.succ_opt().map(london::weekday).unwrap_or_default()
            ));
        }
        match claim.state {
            ClaimState::Paid => sentences.push(
                "This week has been paid. If you change its actuals and confirm them again, the difference goes into the \
                 next run."
                    .to_owned(),
            ),
            ClaimState::Locked => sentences.push("A payment run has this claim, so it cannot be changed now.".to_owned()),
            _ if claim.run_id.is_some() => sentences
                .push("This week was paid before. The difference goes into the next run after you confirm it.".to_owned()),
            ClaimState::Generated if by_plan => {
                sentences.push("This is paid by the plan: there is nothing that you have to do.".to_owned());
            }
            ClaimState::Generated | ClaimState::Stated if seen.cut_off < now => sentences.push(format!(
                "The deadline has passed. When you {} it now, it goes into the next run.",
                vocabulary.confirm().to_lowercase()
            )),
            _ => {}
        }
        if confirmable && to_mend > 0 {
            sentences.push(format!("Put right what was found before you {}.", vocabulary.confirm().to_lowercase()));
        }
        let actuals = format!("{here}/actuals");
        Self {
            steps: steps(seen, here, by_plan),
            enter: can_state.then(|| Way {
                href: actuals,
                text: if stated { "Change actuals" } else { "Enter actuals" }.to_owned(),
            }),
            accept: can_state && !stated,
            confirm: can_confirm
                .then(|| Way { href: format!("{here}/confirm"), text: vocabulary.confirm().to_owned() }),
            unconfirm: (claim.state == ClaimState::Confirmed).then(|| vocabulary.unconfirm()),
            sentences,
            version: claim.version,
            statement_version: claim.statement_version,
        }
    }
}

/// The assessment of what is stated now, where the rule gave one.
pub(super) fn priced(seen: &ClaimSeen) -> Option<&AssessedSeen> {
    let current = |assessed: &&AssessedSeen| assessed.statement_version == seen.claim.statement_version;
    seen.assessed.as_ref().filter(current)
}

pub(super) fn to_mend(assessed: &AssessedSeen) -> usize {
    assessed.findings.iter().filter(|finding| finding.level == FindingLevel::Mend).count()
}

/// Lines on which something is held or not paid.
pub(super) fn exceptions(assessed: &AssessedSeen) -> Vec<u32> {
    let held = |disposition| matches!(disposition, Disposition::Suspended | Disposition::Rejected);
    let mut lines: Vec<u32> =
        assessed.charges.iter().filter(|charge| held(charge.disposition)).map(|charge| charge.line).collect();
    lines.dedup();
    lines
}

fn steps(seen: &ClaimSeen, here: &str, by_plan: bool) -> Vec<Step> {
    let claim = &seen.claim;
    let vocabulary = seen.words.vocabulary;
    let generated = Step {
        name: "Generated",
        status: "Done",
        done: true,
        hint: format!("Made from the council\u{2019}s plan on {}", london::moment(claim.created_at)),
        href: None,
    };
    let confirmed = matches!(claim.state, ClaimState::Confirmed | ClaimState::Locked | ClaimState::Paid);
    vec![
        generated,
        amended(seen, here),
        commented(seen, here),
        reviewed(seen, confirmed),
        last(seen, vocabulary, (confirmed, by_plan)),
    ]
}

fn amended(seen: &ClaimSeen, here: &str) -> Step {
    let name = "Amended";
    let href = Some(format!("{here}/actuals"));
    match &seen.statement {
        Some(row) => {
            let hint = format!("Actuals received on {}", london::moment(row.received_at));
            Step { name, status: "Done", done: true, hint, href }
        }
        None if seen.recording == Recording::None => {
            Step { name, status: "Not needed", done: true, hint: "Paid by the plan".to_owned(), href: None }
        }
        None => Step { name, status: "To do", done: false, hint: "No actuals yet".to_owned(), href },
    }
}

fn commented(seen: &ClaimSeen, here: &str) -> Step {
    let name = "Commented";
    let href = Some(format!("{here}/actuals"));
    let needs = |finding: &&Finding| finding.level == FindingLevel::Mend && finding.reason.code == "comment-needed";
    let mut lines: Vec<u32> = priced(seen)
        .map(|assessed| assessed.findings.iter().filter(needs).filter_map(|finding| finding.line).collect())
        .unwrap_or_default();
    lines.dedup();
    let Some(row) = &seen.statement else {
        return Step { name, status: "Not yet", done: false, hint: String::new(), href: None };
    };
    if let Some(first) = lines.first() {
        let number = first.saturating_add(1);
        let href = Some(format!("{here}/actuals#line-{number}-comment"));
        let hint = match lines.len() {
            1 => format!("Line {number} needs a comment"),
            many => format!("{many} lines need a comment, the first is line {number}"),
        };
        return Step { name, status: "To do", done: false, hint, href };
    }
    let comments = row.body.lines.iter().filter(|line| !line.comment.trim().is_empty()).count();
    match comments {
        0 => Step { name, status: "Not needed", done: true, hint: String::new(), href: None },
        1 => Step { name, status: "Done", done: true, hint: "1 line has a comment".to_owned(), href },
        many => Step { name, status: "Done", done: true, hint: format!("{many} lines have a comment"), href },
    }
}

fn reviewed(seen: &ClaimSeen, confirmed: bool) -> Step {
    let name = "Exceptions reviewed";
    let Some(assessed) = priced(seen) else {
        return Step { name, status: "Not priced yet", done: false, hint: String::new(), href: None };
    };
    if assessed.fault.is_some() {
        let hint = "The rule gave no sum; the council looks at it".to_owned();
        return Step { name, status: "To review", done: confirmed, hint, href: None };
    }
    match exceptions(assessed)[..] {
        [] => Step { name, status: "None", done: true, hint: "Nothing is held back".to_owned(), href: None },
        [first, ..] => {
            let number = first.saturating_add(1);
            let sum = assessed.suspended;
            let hint = if sum.is_zero() {
                format!("Something is not paid, first on line {number}")
            } else {
                format!("{sum} waits for the council, first on line {number}")
            };
            let status = if confirmed { "Done" } else { "To review" };
            Step { name, status, done: confirmed, hint, href: Some(format!("#line-{number}")) }
        }
    }
}

fn last(seen: &ClaimSeen, vocabulary: Vocabulary, (confirmed, by_plan): (bool, bool)) -> Step {
    let claim = &seen.claim;
    let name = vocabulary.state(ClaimState::Confirmed);
    let by = claim.confirmed_name.as_ref().zip(claim.confirmed_at);
    match by {
        Some((by, at)) if confirmed => {
            Step { name, status: "Done", done: true, hint: format!("By {by} on {}", london::moment(at)), href: None }
        }
        _ if confirmed || by_plan => Step { name, status: "Not needed", done: true, hint: String::new(), href: None },
        _ => Step {
            name,
            status: "To do",
            done: false,
            hint: format!("By {}", london::deadline(seen.cut_off)),
            href: None,
        },
    }
}

/// What was just done, with the new sum.
pub(super) fn banner(what: &str, seen: &ClaimSeen) -> Option<Banner> {
    let vocabulary = seen.words.vocabulary;
    match what {
        "stated" => {
            let sum = priced(seen).filter(|assessed| assessed.fault.is_none()).map(|assessed| {
                let held = if assessed.suspended.is_zero() {
                    String::new()
                } else {
                    format!(" {} waits for the council.", assessed.suspended)
                };
                format!("The claim now comes to {}, of which {} is payable.{held}", assessed.claimed, assessed.payable)
            });
            let banner = Banner::success("Your actuals are saved");
            Some(match sum {
                Some(sum) => banner.text(sum),
                None => banner.text("The council looks at what they come to."),
            })
        }
        "confirmed" => {
            let receipt = seen.claim.receipt?;
            Some(Banner::success(vocabulary.state(ClaimState::Confirmed)).text(format!(
                "Your receipt is {receipt}. It is paid with the run that is in the bank on {}.",
                london::weekday(seen.bank_date)
            )))
        }
        "unconfirmed" => Some(
            Banner::success("The confirmation is taken back")
                .text(format!("Change what you need to, then {} again.", vocabulary.confirm().to_lowercase())),
        ),
        "changed" => Some(
            Banner::info("This claim was changed meanwhile")
                .text("Nothing was done. Look at it again, then decide anew."),
        ),
        _ => None,
    }
}
