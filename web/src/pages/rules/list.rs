//! `/councils/{council}/rules`: what prices claims now and from which dates, every version with where it stands, who did
//! what, and what was refused.

use axum::response::Response;
use counterfoil_tenants::rule::RuleActivation;
use counterfoil_tenants::rule_version::{self, Follows, QuarantineSetting, Refusal, RuleSeen, Timeline};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::shown::{Happened, Named, cases, history, sentence, state};
use super::{all, home, may_change};
use crate::access::{Managing, Permit, Staff};
use crate::fault::Fault;
use crate::london;
use crate::shell::Banner;

/// How many activations, and how much of the history, the page shows.
const NEWEST: usize = 50;
/// How many refused uploads it shows.
const REFUSALS: i64 = 20;

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    now: Option<On>,
    comes: Vec<On>,
    /// What can take the place of what comes, or else of what is in force: what is in force, or was before.
    back: Option<Named>,
    versions: Vec<Version>,
    activations: Vec<Activation>,
    history: Vec<Happened>,
    audit: String,
    refusals: Vec<Refused>,
    /// When a rule is put aside, in a sentence.
    quarantine: String,
}

/// A version from a day on.
#[derive(Serialize)]
struct On {
    from: String,
    rule: Named,
    is_quarantined: bool,
}

#[derive(Serialize)]
struct Version {
    rule: Named,
    state: String,
    colour: &'static str,
    from: String,
    cases: String,
}

#[derive(Serialize)]
struct Activation {
    from: String,
    rule: Named,
    recorded: String,
    stands: &'static str,
}

#[derive(Serialize)]
struct Refused {
    at: String,
    by: String,
    file: String,
    bytes: u32,
    sentence: String,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let (timeline, seen) = all(&visit, &pass).await?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        Ok((rule_version::refusals(tx, REFUSALS).await?, rule_version::quarantine_setting(tx).await?))
    });
    let (refusals, setting) = read.await.map_err(|error| Fault::of(&error))?;
    let mut shell = pass.shell(&visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|done| banner(&done)) {
        shell = shell.banner(banner);
    }
    let home = home(&pass);
    let of = |row: &RuleActivation| seen.iter().find(|seen| seen.digest == row.component_digest);
    let on = |row: &RuleActivation, from| {
        let seen = of(row)?;
        Some(On { from: london::day(from), rule: Named::of(seen, &home), is_quarantined: seen.is_quarantined() })
    };
    let page = Page {
        changes: may_change(&pass),
        now: timeline.now.as_ref().and_then(|row| on(row, row.active_from)),
        comes: timeline.comes.iter().filter_map(|(day, row)| on(row, *day)).collect(),
        back: back(&timeline, &seen).map(|seen| Named::of(seen, &home)),
        versions: seen.iter().map(|seen| Version::of(seen, &home)).collect(),
        activations: activations(&timeline, &seen, &home),
        history: history(&seen, &home, NEWEST),
        audit: format!("/councils/{}/audit?kind=rule", pass.council.slug),
        refusals: refusals.into_iter().map(Refused::of).collect(),
        quarantine: quarantine(&setting),
        home,
    };
    visit.page("rules/list.html", &shell, page)
}

fn banner(done: &str) -> Option<Banner> {
    match done {
        "quarantine" => Some(Banner::success("What happens when a version fails is set")),
        "checking" => Some(
            Banner::success("The component is sent")
                .text("Checking it takes long. Load this page again in a minute: it is then among the versions, or among the uploads that were refused."),
        ),
        _ => None,
    }
}

/// The version to roll back to: while another is to come, what is in force; else what was before it.
fn back<'a>(timeline: &Timeline, seen: &'a [RuleSeen]) -> Option<&'a RuleSeen> {
    let now = timeline.now.as_ref()?;
    if !timeline.comes.is_empty() {
        return seen.iter().find(|seen| seen.digest == now.component_digest && seen.can_be_switched_on());
    }
    let earlier = seen.iter().filter(|seen| seen.digest != now.component_digest && seen.can_be_switched_on());
    let last = |seen: &RuleSeen| {
        seen.activations.iter().filter(|row| row.active_from <= now.active_from).map(|row| row.recorded_at).max()
    };
    earlier.filter_map(|seen| Some((last(seen)?, seen))).max_by_key(|(at, _)| *at).map(|(_, seen)| seen)
}

/// Everything that was switched on, the newest first.
fn activations(timeline: &Timeline, seen: &[RuleSeen], home: &str) -> Vec<Activation> {
    let mut rows: Vec<(&RuleActivation, &RuleSeen)> =
        seen.iter().flat_map(|seen| seen.activations.iter().map(move |row| (row, seen))).collect();
    rows.sort_by_key(|(row, _)| std::cmp::Reverse((row.recorded_at, row.active_from)));
    let stands = |row: &RuleActivation| {
        if timeline.now.as_ref().is_some_and(|now| now.id == row.id) {
            "In force"
        } else if timeline.comes.iter().any(|(_, comes)| comes.id == row.id) {
            "To come"
        } else {
            "Replaced"
        }
    };
    let shown = rows.into_iter().take(NEWEST).map(|(row, seen)| Activation {
        from: london::day(row.active_from),
        rule: Named::of(seen, home),
        recorded: london::moment(row.recorded_at),
        stands: stands(row),
    });
    shown.collect()
}

/// When a rule is put aside, and what follows.
fn quarantine(setting: &QuarantineSetting) -> String {
    let claims = if setting.faults == 1 { "1 claim".to_owned() } else { format!("{} claims", setting.faults) };
    let follows = match setting.follows {
        Follows::Suspend => "its claims wait, suspended, for an administrator",
        Follows::LastGood => "the version that was in force before it prices its claims",
    };
    format!("A version that fails on {claims} within a day is put into quarantine, and {follows}.")
}

impl Version {
    fn of(seen: &RuleSeen, home: &str) -> Self {
        let (state, colour) = state(seen.state);
        let from = match &seen.upload {
            Some(upload) => format!("{} by {}", london::moment(upload.uploaded_at), upload.uploader),
            None if seen.description.is_some() => "Comes with the service".to_owned(),
            None => "Came with the service earlier".to_owned(),
        };
        Self { rule: Named::of(seen, home), state, colour, from, cases: cases(seen) }
    }
}

impl Refused {
    fn of(refusal: Refusal) -> Self {
        Self {
            at: london::moment(refusal.refused_at),
            by: refusal.uploader,
            file: refusal.file_name,
            bytes: refusal.bytes,
            sentence: sentence(&refusal.sentence),
        }
    }
}
