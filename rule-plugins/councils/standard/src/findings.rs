//! What a person should look at: the provider before confirming, or the council before paying.

use counterfoil_rule_sdk::{Arg, Day, Finding, FindingLevel, Reason, StatedVisit, lookup, reason};

use crate::Line;
use crate::standing::hospital_stay;

/// Looks through everything stated.
pub(crate) fn look(line: &Line<'_>, findings: &mut Vec<Finding>) {
    about_line(line, findings);
    let mut add = |day: Day, visit: Option<u32>, level: FindingLevel, reason: Reason| {
        findings.push(Finding { line: Some(line.facts.line), day: Some(day), visit, level, reason });
    };
    for day in &line.facts.stated_days {
        let differs = day.frustrated + day.missed + day.extra > 0;
        for reason in to_mend(line, day.day, differs, day.comment, day.frustrated > 0 && day.reason.is_empty()) {
            add(day.day, None, FindingLevel::Mend, reason);
        }
        if day.delivered > 0 && inside_stay(line, day.day) {
            add(day.day, None, FindingLevel::Note, reason::plain("delivered-in-hospital"));
        }
    }
    for visit in &line.facts.stated_visits {
        let differs = visit.frustrated + visit.missed + visit.extra > 0;
        let without_reason = visit.frustrated > 0 && visit.reason.is_empty();
        for reason in to_mend(line, visit.day, differs, visit.comment, without_reason) {
            add(visit.day, Some(visit.visit), FindingLevel::Mend, reason);
        }
        if let Some(reason) = too_short(line, visit) {
            add(visit.day, Some(visit.visit), FindingLevel::Mend, reason);
        }
        if let Some(reason) = variance(line, visit) {
            add(visit.day, Some(visit.visit), FindingLevel::Suspend, reason);
        }
        if visit.delivered > 0 && inside_stay(line, visit.day) {
            add(visit.day, Some(visit.visit), FindingLevel::Note, reason::plain("delivered-in-hospital"));
        }
    }
}

/// The reason of the first finding that holds the line back.
pub(crate) fn holding_back(findings: &[Finding]) -> Option<&Reason> {
    findings.iter().find(|finding| finding.level == FindingLevel::Suspend).map(|finding| &finding.reason)
}

fn about_line(line: &Line<'_>, findings: &mut Vec<Finding>) {
    let mut add = |reason: Reason| {
        let line = Some(line.facts.line);
        findings.push(Finding { line, day: None, visit: None, level: FindingLevel::Suspend, reason });
    };
    let methods = line.methods.first();
    if let Some(key) = methods.not_understood {
        add(reason::with("setting-not-understood", [reason::code(key)]));
    }
    let tier = &line.facts.tier;
    let day = line.facts.valid.from;
    if methods.tiers_with_need.contains(tier) && lookup::code(&line.facts.attributes, "tier-need", day).is_none() {
        add(reason::with("tier-without-need", [reason::code(tier)]));
    }
}

/// A difference from the plan without a comment; frustrated care without a reason.
fn to_mend(line: &Line<'_>, day: Day, differs: bool, comment: bool, without_reason: bool) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if differs && !comment && line.methods.on(day).comment_on_difference {
        reasons.push(reason::plain("comment-needed"));
    }
    if without_reason {
        reasons.push(reason::plain("reason-needed"));
    }
    reasons
}

/// A visit shorter than the council's limit needs a statutory condition (Wales, under 30 minutes).
fn too_short(line: &Line<'_>, visit: &StatedVisit) -> Option<Reason> {
    let limit = line.methods.on(visit.day).short_visit_minutes;
    let minutes = i64::from(visit.minutes);
    let excused = lookup::attribute(&visit.attributes, "statutory-condition", visit.day).is_some();
    (visit.delivered > 0 && minutes < limit && !excused)
        .then(|| reason::with("short-visit", [Arg::Minutes(minutes), Arg::Minutes(limit)]))
}

/// What is claimed differs from call monitoring by more than the council allows.
fn variance(line: &Line<'_>, visit: &StatedVisit) -> Option<Reason> {
    let allowed = line.methods.on(visit.day).variance_minutes?;
    let (claimed, actual) = (i64::from(visit.minutes), i64::from(visit.actual_minutes?));
    ((claimed - actual).abs() > allowed)
        .then(|| reason::with("variance", [Arg::Minutes(claimed), Arg::Minutes(actual), Arg::Minutes(allowed)]))
}

/// A day wholly in hospital: neither that of admission nor that of discharge.
fn inside_stay(line: &Line<'_>, day: Day) -> bool {
    hospital_stay(line, day).is_some_and(|stay| stay.from < day)
}
