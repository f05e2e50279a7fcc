//! A council uploads a version of its payment rule, with cases or without, or runs cases through one later: the component
//! is checked and compiled apart, described and tried, and kept only if it can be used. After it stands
//! [`decide_rule`](super::decide_rule).

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::RuleId;
use counterfoil_core::pricing::upload::LARGEST_COMPONENT;
use counterfoil_core::pricing::{CaseOutcome, CheckedRule, Fault, canonical};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Means;
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::rule_version::{self, CaseRun, LARGEST_CASE, LONGEST_COMMENT, MOST_CASES, NewVersion, Refusal, Who};
use crate::scope::{Audited, CouncilScope, Tx};

/// The longest name of a case or file, in characters.
const LONGEST_NAME: usize = 160;

/// A file as somebody sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What is uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The component.
    pub component: Sent,
    /// What changed.
    pub note: String,
    /// Cases: JSON, one or an array of them in a file.
    pub cases: Vec<Sent>,
}

/// Which part of an upload is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The component.
    Component,
    /// What changed.
    Note,
    /// The cases.
    Cases,
}

/// How the sentence about what is no case goes on.
const NO_CASE: &str = "cannot be run as a case";

impl Part {
    /// Which part a refusal of [`upload_rule`] is about: the component, unless it says of a file that it is no case.
    #[must_use]
    pub fn refused(words: &str) -> Self {
        if words.contains(NO_CASE) { Self::Cases } else { Self::Component }
    }
}

impl Upload {
    /// What is wrong with it before anything is checked, in words for whoever sent it; a component may weigh so many bytes.
    #[must_use]
    pub fn wrong(&self, largest_component: usize) -> Vec<(Part, String)> {
        let mut wrong = Vec::new();
        let mut say = |part, words: &str| wrong.push((part, words.to_owned()));
        let bytes = self.component.bytes.len();
        if bytes == 0 {
            say(Part::Component, "Select the component of the rule");
        } else if bytes > largest_component {
            say(Part::Component, &too_large(largest_component));
        }
        match self.note.chars().count() {
            0 => say(Part::Note, "Enter what changed"),
            1..=LONGEST_COMMENT => {}
            _ => say(Part::Note, "What changed must be 2,000 characters or fewer"),
        }
        if let Err(words) = read_cases(&self.cases) {
            say(Part::Cases, &words);
        }
        wrong
    }
}

fn too_large(largest: usize) -> String {
    let megabytes = largest / (1024 * 1024);
    let instead = match largest {
        // the larger ones are of a class that a service takes or does not
        ..=LARGEST_COMPONENT => ". A rule in TypeScript or Python is larger, and this service does not take those",
        _ => "",
    };
    format!(
        "The component must be {megabytes}MB or smaller. \u{2018}counterfoil rules build\u{2019} leaves out debugging \
         information{instead}"
    )
}

/// A case, and the file that it was in.
type Read = (String, String);

/// The cases that files hold.
fn read_cases(files: &[Sent]) -> Result<Vec<Read>, String> {
    let mut cases = Vec::new();
    for file in files {
        let name = shown(&file.name);
        if file.bytes.len() > LARGEST_CASE {
            return Err(format!("\u{2018}{name}\u{2019} is larger than 256kB. Give fewer cases in a file"));
        }
        let json: Value = serde_json::from_slice(&file.bytes)
            .map_err(|cause| format!("\u{2018}{name}\u{2019} cannot be read as JSON ({cause})"))?;
        match json {
            Value::Array(several) => cases.extend(several.into_iter().map(|case| (name.clone(), case.to_string()))),
            one => cases.push((name, one.to_string())),
        }
    }
    if cases.len() > MOST_CASES {
        return Err(format!("At most {MOST_CASES} cases can be run at once. Add the others afterwards"));
    }
    Ok(cases)
}

/// A name from a stranger's file, cut to what can be kept.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}

/// Checks an upload and keeps it; gives its digest. One that cannot be used is kept as a refusal.
///
/// # Errors
/// [`Error::Refused`] with a sentence that says what to change; [`Error::Conflict`] for a component that the council has
/// already, or that comes with the service.
pub async fn upload_rule(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    who: Who<'_>,
    upload: &Upload,
) -> Result<String> {
    if let Some((_, words)) = upload.wrong(means.pricer.largest_component()).into_iter().next() {
        return Err(Error::Refused(words));
    }
    let digest = canonical::digest(&upload.component.bytes);
    if let Some(offered) = means.pricer.bundled().into_iter().find(|rule| rule.digest.0 == digest) {
        let (name, version) = (&offered.description.name, &offered.description.version);
        return Err(Error::Conflict(format!("This is {name} {version}, which comes with the service already")));
    }
    let there = scope.read(async |tx: &mut Tx<'_>| rule_version::version(tx, &digest).await).await?;
    if let Some(there) = there {
        return Err(already(&there.name, &there.version));
    }
    let cases = read_cases(&upload.cases).map_err(Error::Refused)?;
    let checked = match check(means, upload.component.bytes.clone(), &cases).await? {
        Ok(checked) => checked,
        Err(fault) => {
            let sentence = fault.to_string();
            refuse(scope, at, who, (upload, &digest, &sentence)).await?;
            return Err(Error::Refused(sentence));
        }
    };
    let outcomes = outcomes(&cases, &checked)?;
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let description = &checked.description;
            let detail = json!({
                "digest": digest, "name": description.name, "version": description.version,
                "interface": checked.interface, "bytes": upload.component.bytes.len(), "cases": outcomes.len(),
            });
            let mut audited = tx.audited(Record::on(Action::UploadRule, "rule").detail(detail)).await?;
            let row = NewVersion {
                digest: digest.clone(),
                name: description.name.clone(),
                version: description.version.clone(),
                interface: checked.interface.clone(),
                description: description.clone(),
                component: upload.component.bytes.clone(),
                file_name: shown(&upload.component.name),
                note: upload.note.clone(),
                uploaded_at: at,
                uploaded_by: who.person,
                uploader: who.name.to_owned(),
            };
            rule_version::add_version(&mut audited, row).await?;
            keep(&mut audited, who, (&digest, 0), &outcomes).await
        })
        .await
        .map_err(|error| match error {
            // whoever sent the same at the same time was first
            Error::Conflict(_) => already(&checked.description.name, &checked.description.version),
            other => other,
        })?;
    Ok(digest)
}

fn already(name: &str, version: &str) -> Error {
    Error::Conflict(format!("Exactly this component, {name} {version}, was uploaded before"))
}

async fn check(means: &Means, component: Vec<u8>, cases: &[Read]) -> Result<Result<CheckedRule, Fault>> {
    let pricer = means.pricer.clone();
    let cases: Vec<String> = cases.iter().map(|(_, case)| case.clone()).collect();
    tokio::task::spawn_blocking(move || pricer.check_uploaded(&component, &cases))
        .await
        .map_err(|error| Error::Refused(format!("The check was interrupted ({error}). Send the file again.")))
}

/// A case that was run: its name, what was given and how the outcome differs.
type Outcome = (String, String, Vec<String>);

/// The outcomes of cases, each with a name.
fn outcomes(cases: &[Read], checked: &CheckedRule) -> Result<Vec<Outcome>> {
    let named = cases.iter().zip(&checked.cases).map(|((file, case), outcome)| match outcome {
        CaseOutcome::Ran { name, differences } => {
            let name = if name.trim().is_empty() { file.clone() } else { shown(name) };
            Ok((name, case.clone(), differences.clone()))
        }
        CaseOutcome::Unreadable { sentence } => {
            Err(Error::Refused(format!("\u{2018}{file}\u{2019} {NO_CASE}: {sentence}")))
        }
    });
    named.collect()
}

async fn keep(
    audited: &mut Audited<'_, '_>,
    who: Who<'_>,
    (digest, last): (&str, u32),
    outcomes: &[Outcome],
) -> Result<()> {
    let at = audited.at();
    for (number, (name, body, differences)) in (last + 1..).zip(outcomes) {
        let row = CaseRun {
            digest: digest.to_owned(),
            number,
            name: name.clone(),
            body: body.clone(),
            differences: differences.clone(),
            ran_at: at,
            added_by: who.person,
            adder: who.name.to_owned(),
        };
        rule_version::add_case(audited, row).await?;
    }
    Ok(())
}

async fn refuse(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    who: Who<'_>,
    (upload, digest, sentence): (&Upload, &str, &str),
) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let bytes = upload.component.bytes.len();
            let detail = json!({ "digest": digest, "bytes": bytes, "sentence": sentence });
            let mut audited = tx.audited(Record::on(Action::RefuseRule, "rule").detail(detail)).await?;
            let row = Refusal {
                id: RuleId::from_uuid(Uuid::now_v7()),
                digest: digest.to_owned(),
                file_name: shown(&upload.component.name),
                bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
                sentence: sentence.to_owned(),
                refused_at: at,
                uploaded_by: who.person,
                uploader: who.name.to_owned(),
            };
            rule_version::add_refusal(&mut audited, row).await
        })
        .await
}

/// Runs more cases through an uploaded version; one with the name of an earlier takes its place.
///
/// # Errors
/// [`Error::Refused`] for what is no case; [`Error::NotFound`] for a version that the council did not upload.
pub async fn add_rule_cases(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    who: Who<'_>,
    (digest, files): (&str, &[Sent]),
) -> Result<usize> {
    let cases = read_cases(files).map_err(Error::Refused)?;
    if cases.is_empty() {
        return Err(Error::Refused("Select a file with a case".to_owned()));
    }
    let component = scope.read(async |tx: &mut Tx<'_>| rule_version::component(tx, digest).await).await?;
    let component = component.ok_or(Error::NotFound)?;
    let checked = check(means, component, &cases).await?.map_err(Error::refused)?;
    let outcomes = outcomes(&cases, &checked)?;
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let last = rule_version::all_cases(tx, digest).await?.last().map_or(0, |case| case.number);
            let failing = outcomes.iter().filter(|(_, _, differences)| !differences.is_empty()).count();
            let detail = json!({ "digest": digest, "cases": outcomes.len(), "failing": failing });
            let mut audited = tx.audited(Record::on(Action::AddRuleCases, "rule").detail(detail)).await?;
            keep(&mut audited, who, (digest, last), &outcomes).await
        })
        .await?;
    Ok(outcomes.len())
}

/// The component of a version, to be kept elsewhere; who took it is recorded.
///
/// # Errors
/// [`Error::NotFound`] for one that the council neither uploaded nor has from the service.
pub async fn download_rule(scope: &CouncilScope, means: &Means, at: DateTime<Utc>, digest: &str) -> Result<Vec<u8>> {
    let bundled = means.pricer.bundled_component(&counterfoil_core::pricing::RuleDigest(digest.to_owned()));
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let component = match &bundled {
                Some(bytes) => bytes.clone(),
                None => rule_version::component(tx, digest).await?.ok_or(Error::NotFound)?,
            };
            tx.audited(Record::on(Action::DownloadRule, "rule").detail(json!({ "digest": digest }))).await?;
            Ok(component)
        })
        .await
}
