//! Verifying the audit: every record as the database has it now, against the chain and against what is known outside.

use std::time::Duration;

use axum::response::Response;
use counterfoil_core::audit_chain::{Anchors, Ledger, Verdict};
use counterfoil_tenants::audit::Chain;
use serde::Serialize;

use super::super::home;
use crate::access::{AtCouncil, Auditing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::london;

/// How long a page may take to verify; what takes longer is for the command.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many faults the page says.
const MOST_SHOWN: usize = 100;

#[derive(Serialize)]
struct Page {
    home: String,
    at: String,
    /// None where there are too many records for a page.
    outcome: Option<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    sound: bool,
    rows: u64,
    unsealed: u64,
    /// Each in a sentence.
    faults: Vec<String>,
    more: u64,
    /// Up to which record, and when that was written down.
    anchored: Option<(u64, String)>,
    /// Whether there is a folder to compare with.
    has_anchor: bool,
    /// Lines of the anchor that cannot be read.
    unreadable: usize,
}

/// The verdict.
pub(crate) async fn verify(Permit { visit, pass }: Permit<Staff<Auditing>>, _: Posted) -> Result<Response, Fault> {
    let outcome = tokio::time::timeout(PATIENCE, outcome(&visit, &pass)).await;
    let outcome = outcome.ok().transpose()?;
    let page = Page { home: home(&pass), at: london::moment(visit.now), outcome };
    visit.page("council/audit_verified.html", &pass.shell(&visit).await?, page)
}

async fn outcome(visit: &Visit, pass: &AtCouncil) -> Result<Outcome, Fault> {
    let anchors = match visit.app.anchor() {
        Some(folder) => {
            let read = folder.read(Ledger::Council(pass.council.id)).await;
            Some(read.map_err(|error| Fault::internal(&error))?)
        }
        None => None,
    };
    let (has_anchor, anchors) = (anchors.is_some(), anchors.unwrap_or_default());
    let unreadable = anchors.unreadable.len();
    let verdict = verdict(visit, pass, anchors).await?;
    Ok(Outcome {
        sound: verdict.is_sound(),
        rows: verdict.rows,
        unsealed: verdict.unsealed,
        more: verdict.faults_found.saturating_sub(u64::try_from(MOST_SHOWN).unwrap_or(u64::MAX)),
        faults: verdict.faults.iter().take(MOST_SHOWN).map(ToString::to_string).collect(),
        anchored: verdict.anchored.map(|anchor| (anchor.sequence, london::moment(anchor.at))),
        has_anchor,
        unreadable,
    })
}

async fn verdict(visit: &Visit, pass: &AtCouncil, anchors: Anchors) -> Result<Verdict, Fault> {
    let verified = Chain::of_council(&pass.scope).verify(anchors, visit.now).await;
    verified.map_err(|error| Fault::of(&error))
}
