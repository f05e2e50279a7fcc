//! Versions, decisions and cases as their pages show them.

use counterfoil_tenants::rule_version::{CaseRun, Event, EventKind, RuleSeen, State};
use serde::Serialize;

use crate::london;

/// As much of a digest as tells versions apart, in characters.
const SHORT: usize = 12;
/// How many cases a page shows.
pub(super) const MOST_CASES: usize = 100;
/// How many differences of a case it shows.
const MOST_DIFFERENCES: usize = 5;
/// The longest words of a stranger that it shows, in characters.
const LONGEST: usize = 300;

/// A version by its name, leading to its page.
#[derive(Serialize)]
pub(super) struct Named {
    pub(super) text: String,
    pub(super) href: String,
    /// The beginning of its digest: two builds may have the same name and version.
    pub(super) digest: String,
}

impl Named {
    pub(super) fn of(seen: &RuleSeen, home: &str) -> Self {
        Self {
            text: format!("{} {}", seen.name, seen.version),
            href: format!("{home}/{}", seen.digest),
            digest: short(&seen.digest),
        }
    }
}

/// The beginning of a digest.
pub(super) fn short(digest: &str) -> String {
    digest.chars().take(SHORT).collect()
}

/// Where a version stands, in words and with the colour of its tag.
pub(super) fn state(state: State) -> (String, &'static str) {
    let words = match state {
        State::Comes(day) => format!("From {}", london::day(day)),
        other => other.words().to_owned(),
    };
    let colour = match state {
        State::Quarantined | State::Failing => "red",
        State::InForce => "green",
        State::Comes(_) => "blue",
        State::Declined => "orange",
        State::Approved => "turquoise",
        State::Checked => "yellow",
        State::Retired | State::Earlier | State::Offered => "grey",
    };
    (words, colour)
}

/// Something that happened to a version.
#[derive(Serialize)]
pub(super) struct Happened {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) what: String,
    pub(super) why: String,
    /// Which version, where the page is about several.
    pub(super) rule: Option<Named>,
}

impl Happened {
    fn of(event: &Event) -> Self {
        let from = event.active_from.map(london::day);
        let what = match (event.kind, from) {
            (EventKind::Activate, Some(from)) => format!("Switched on from {from}"),
            (EventKind::RollBack, Some(from)) => format!("Rolled back to, from {from}"),
            (kind, _) => kind.words().to_owned(),
        };
        let (by, why) = (event.person.clone(), event.comment.clone());
        Self { at: london::moment(event.at), by, what, why, rule: None }
    }
}

/// What happened to versions, the newest first, at most so much.
pub(super) fn history<'a>(all: impl IntoIterator<Item = &'a RuleSeen>, home: &str, most: usize) -> Vec<Happened> {
    let mut found = Vec::new();
    for seen in all {
        if let Some(upload) = &seen.upload {
            let happened = Happened {
                at: london::moment(upload.uploaded_at),
                by: upload.uploader.clone(),
                what: "Uploaded".to_owned(),
                why: upload.note.clone(),
                rule: Some(Named::of(seen, home)),
            };
            found.push((upload.uploaded_at, happened));
        }
        let events = seen.events.iter();
        found.extend(
            events.map(|event| (event.at, Happened { rule: Some(Named::of(seen, home)), ..Happened::of(event) })),
        );
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    found.truncate(most);
    found.into_iter().map(|(_, happened)| happened).collect()
}

/// A case with what became of it.
#[derive(Serialize)]
pub(super) struct Case {
    name: String,
    passes: bool,
    /// What differs from what it expects.
    differences: Vec<String>,
    /// How many more differences there are.
    more: usize,
    ran: String,
}

impl Case {
    pub(super) fn of(case: &CaseRun) -> Self {
        let differences = case.differences.iter().take(MOST_DIFFERENCES);
        Self {
            name: case.name.clone(),
            passes: case.differences.is_empty(),
            differences: differences.map(|words| cut(words)).collect(),
            more: case.differences.len().saturating_sub(MOST_DIFFERENCES),
            ran: format!("{} by {}", london::moment(case.ran_at), case.adder),
        }
    }
}

/// What became of the cases of a version, in a sentence.
pub(super) fn cases(seen: &RuleSeen) -> String {
    let failing = seen.cases.iter().filter(|case| !case.differences.is_empty()).count();
    match (seen.cases.len(), failing) {
        (0, _) => "None run here".to_owned(),
        (1, 0) => "1 passes".to_owned(),
        (all, 0) => format!("All {all} pass"),
        (all, failing) => format!("{failing} of {all} {}", if failing == 1 { "fails" } else { "fail" }),
    }
}

/// Words of a stranger, no longer than a page can show.
pub(super) fn cut(words: &str) -> String {
    if words.chars().count() <= LONGEST {
        return words.to_owned();
    }
    words.chars().take(LONGEST).chain(['\u{2026}']).collect()
}

/// A sentence of a check, which may go on from another: with a capital at its beginning.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_fits_onto_a_page() {
        assert_eq!(cut("7 pence"), "7 pence");
        assert_eq!(cut(&"é".repeat(1_000)).chars().count(), LONGEST + 1);
        assert_eq!(sentence("this file cannot be used"), "This file cannot be used");
        assert_eq!(sentence(""), "");
        assert_eq!(short(&"0".repeat(64)).len(), SHORT);
    }
}
