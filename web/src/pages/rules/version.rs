//! `/councils/{council}/rules/{digest}`: one version: what it says of itself, its cases, what was decided about it and from
//! when it priced; and what somebody may decide now.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::pricing::{Description, UnitOfPricing};
use counterfoil_tenants::Error;
use counterfoil_tenants::rule_version::{LONGEST_COMMENT, RuleSeen, State, Timeline};
use counterfoil_tenants::steps::decide_rule::{Ruling, decide_rule};
use serde::Serialize;

use super::settings::{self, Setting};
use super::shown::{Case, Happened, MOST_CASES, cases, cut, history, sentence, state};
use super::{changed, found, home, may_change, who};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;

/// How many kinds of service the page names.
const MOST_COVERED: usize = 30;
/// How much of its history the page shows.
const NEWEST: usize = 100;

#[derive(Serialize)]
struct Page {
    home: String,
    here: String,
    title: String,
    digest: String,
    state: String,
    colour: &'static str,
    is_quarantined: bool,
    about: Option<About>,
    came: Came,
    has_component: bool,
    cases_said: String,
    cases: Vec<Case>,
    more_cases: usize,
    adds_cases: bool,
    activations: Vec<Activation>,
    history: Vec<Happened>,
    /// What somebody may decide here.
    rulings: Vec<Item>,
    /// Why there is less to decide than somebody may expect.
    wait: Option<&'static str>,
    /// The words that lead to switching it on.
    switch_on: Option<&'static str>,
    form: FormShown,
}

/// What it says about itself.
#[derive(Serialize)]
struct About {
    interface: String,
    covers: String,
    unit: &'static str,
    looks_back: u16,
    settings: Vec<Setting>,
    more_settings: usize,
}

/// Where it came from.
#[derive(Serialize)]
struct Came {
    words: String,
    file: Option<String>,
    note: Option<String>,
}

#[derive(Serialize)]
struct Activation {
    from: String,
    recorded: String,
}

#[derive(Serialize)]
struct Item {
    value: &'static str,
    text: &'static str,
    hint: Hint,
}

#[derive(Serialize)]
struct Hint {
    text: &'static str,
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, digest)): Path<(String, String)>,
) -> Result<Response, Fault> {
    page(&visit, &pass, &digest, FormShown::empty()).await
}

/// Approves, declines, retires, lifts a quarantine.
pub(crate) async fn decide(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, digest)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let comment = typed.lines("comment");
    let mut errors = Errors::new();
    let ruling = RULINGS.iter().map(|(ruling, _)| *ruling).find(|ruling| code(*ruling) == typed.text("do"));
    let Some(ruling) = ruling else {
        errors.add("do", "Select what you want to do");
        return page(&visit, &pass, &digest, FormShown::returned(&typed, &errors)).await;
    };
    let decision = (digest.as_str(), ruling, comment.as_str());
    match decide_rule(&pass.scope, visit.app.means(), visit.now, who(&pass), decision).await {
        Ok(()) => {
            changed(&visit, &pass).await;
            Ok(Redirect::to(&format!("{}/{digest}?done={}", home(&pass), code(ruling))).into_response())
        }
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let lacks = ruling != Ruling::Approve && comment.is_empty();
            let field = if lacks || comment.chars().count() > LONGEST_COMMENT { "comment" } else { "do" };
            errors.add(field, sentence(&words));
            page(&visit, &pass, &digest, FormShown::returned(&typed, &errors)).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// What can be decided, with what it is for.
const RULINGS: [(Ruling, (&str, &str)); 4] = [
    (Ruling::Approve, ("Approve it", "It can be switched on from the start of a pay period")),
    (Ruling::Decline, ("Decline it", "It cannot be switched on. Say why")),
    (Ruling::LiftQuarantine, ("Lift the quarantine", "It prices again, and claims that waited are priced. Say why")),
    (Ruling::Retire, ("Retire it", "It is not to be used any more, and cannot come back. Say why")),
];

const fn code(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Approve => "approve",
        Ruling::Decline => "decline",
        Ruling::Retire => "retire",
        Ruling::LiftQuarantine => "lift-quarantine",
    }
}

fn banner(done: &str) -> Option<Banner> {
    Some(match done {
        "uploaded" => Banner::success("The version is uploaded and checked")
            .text("Another administrator approves it before it can be switched on."),
        "cases" => Banner::success("The cases were run"),
        "checking" => {
            Banner::success("The cases are sent").text("Running them takes long. Load this page again in a minute.")
        }
        "approve" => Banner::success("The version is approved").text("It prices nothing until it is switched on."),
        "decline" => Banner::success("The version is declined"),
        "retire" => Banner::success("The version is retired"),
        "lift-quarantine" => Banner::success("The quarantine is lifted"),
        "on" => Banner::success("The version is switched on")
            .text("Claims of its periods that are there already are priced by it in the next minutes."),
        "back" => Banner::success("The version is switched on in place of the other")
            .text("Claims of its periods that are there already are priced by it in the next minutes."),
        _ => return None,
    })
}

async fn page(visit: &Visit, pass: &AtCouncil, digest: &str, form: FormShown) -> Result<Response, Fault> {
    let (timeline, seen) = found(visit, pass, digest).await?;
    let mut shell = pass.shell(visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|done| banner(&done)) {
        shell = shell.banner(banner);
    }
    let home = home(pass);
    let changes = may_change(pass);
    let may = May::of(&seen, &timeline, pass);
    let (state, colour) = state(seen.state);
    let history = history([&seen], &home, NEWEST).into_iter().map(|one| Happened { rule: None, ..one });
    let page = Page {
        here: format!("{home}/{digest}"),
        home,
        title: format!("{} {}", seen.name, seen.version),
        digest: seen.digest.clone(),
        state,
        colour,
        is_quarantined: seen.is_quarantined(),
        about: seen.description.as_ref().map(|says| About::of(says, seen.interface.as_deref())),
        came: Came::of(&seen),
        has_component: seen.upload.is_some() || seen.description.is_some(),
        cases_said: cases(&seen),
        cases: seen.cases.iter().take(MOST_CASES).map(Case::of).collect(),
        more_cases: seen.cases.len().saturating_sub(MOST_CASES),
        adds_cases: changes && seen.upload.is_some(),
        activations: seen.activations.iter().map(Activation::of).collect(),
        history: history.collect(),
        rulings: if changes { may.rulings } else { Vec::new() },
        wait: if changes { may.wait } else { Some("Administrators decide about versions.") },
        switch_on: may.switch_on.filter(|_| changes),
        form,
    };
    visit.page("rules/version.html", &shell, page)
}

/// What an administrator may do about a version as it stands; the steps ask once more.
struct May {
    rulings: Vec<Item>,
    wait: Option<&'static str>,
    switch_on: Option<&'static str>,
}

impl May {
    fn of(seen: &RuleSeen, timeline: &Timeline, pass: &AtCouncil) -> Self {
        let person = pass.me.access.person();
        let own = seen.upload.as_ref().is_some_and(|upload| upload.uploaded_by == person);
        let decides = seen.can_be_decided() && !own;
        let (is_approved, fails) = (seen.approval().is_some(), seen.fails());
        let offered = |ruling| match ruling {
            Ruling::Approve => decides && !is_approved && !fails,
            Ruling::Decline => decides && seen.state != State::Declined,
            Ruling::Retire => !seen.is_switched_on && !seen.is_retired(),
            Ruling::LiftQuarantine => seen.is_quarantined(),
        };
        let rulings = RULINGS.iter().filter(|(ruling, _)| offered(*ruling));
        let item = |(ruling, (text, hint)): &(Ruling, (&'static str, &'static str))| Item {
            value: code(*ruling),
            text,
            hint: Hint { text: hint },
        };
        let is_the_only_one = seen.state == State::InForce && timeline.comes.is_empty();
        let switches_on = seen.can_be_switched_on() && !is_the_only_one;
        let wait = if seen.can_be_decided() && fails {
            Some("A case comes to something else than it expects. The version can be approved once all its cases pass.")
        } else if seen.can_be_decided() && own && !is_approved {
            Some("You uploaded this version. Another administrator approves or declines it.")
        } else if switches_on && seen.second(person).is_none() {
            Some("Nobody but you has approved this version. Another administrator has to switch it on.")
        } else {
            None
        };
        let words = if seen.activations.is_empty() { "Switch it on from a date" } else { "Roll back to this version" };
        Self {
            rulings: rulings.map(item).collect(),
            wait,
            switch_on: (switches_on && seen.second(person).is_some()).then_some(words),
        }
    }
}

impl About {
    fn of(says: &Description, interface: Option<&str>) -> Self {
        let (settings, more_settings) = settings::of(&says.settings_schema);
        let named: Vec<String> = says.covers.iter().take(MOST_COVERED).map(|kind| cut(kind)).collect();
        let covers = match (named.is_empty(), says.covers.len().saturating_sub(MOST_COVERED)) {
            (true, _) => "Every kind of service".to_owned(),
            (false, 0) => named.join(", "),
            (false, more) => format!("{}, and {more} more", named.join(", ")),
        };
        Self {
            interface: interface.unwrap_or_default().to_owned(),
            covers,
            unit: match says.unit {
                UnitOfPricing::Line => "Each line on its own",
                UnitOfPricing::Claim => "The whole claim together",
            },
            looks_back: says.look_back_days,
            settings,
            more_settings,
        }
    }
}

impl Came {
    fn of(seen: &RuleSeen) -> Self {
        match &seen.upload {
            Some(upload) => Self {
                words: format!("Uploaded by {} on {}", upload.uploader, london::moment(upload.uploaded_at)),
                file: Some(upload.file_name.clone()),
                note: Some(upload.note.clone()),
            },
            None if seen.description.is_some() => {
                Self { words: "Comes with the service".to_owned(), file: None, note: None }
            }
            None => Self { words: "Came with the service earlier".to_owned(), file: None, note: None },
        }
    }
}

impl Activation {
    fn of(row: &counterfoil_tenants::rule::RuleActivation) -> Self {
        Self { from: london::day(row.active_from), recorded: london::moment(row.recorded_at) }
    }
}
