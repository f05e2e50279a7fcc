//! Writes versions, refusals, cases and decisions: rows are only added.

use super::{CaseRun, Event, NewVersion, QuarantineSetting, Refusal};
use crate::error::Result;
use crate::record::insert;
use crate::scope::Audited;

/// Keeps an uploaded component.
pub(crate) async fn add_version(audited: &mut Audited<'_, '_>, row: NewVersion) -> Result<()> {
    insert!(audited, rule_version, [row]);
    Ok(())
}

/// Keeps why an upload was refused.
pub(crate) async fn add_refusal(audited: &mut Audited<'_, '_>, row: Refusal) -> Result<()> {
    insert!(audited, rule_refusal, [row]);
    Ok(())
}

/// Keeps a case with its outcome.
pub(crate) async fn add_case(audited: &mut Audited<'_, '_>, row: CaseRun) -> Result<()> {
    insert!(audited, rule_case, [row]);
    Ok(())
}

/// Keeps a decision.
pub(crate) async fn add_event(audited: &mut Audited<'_, '_>, row: Event) -> Result<()> {
    insert!(audited, rule_event, [row]);
    Ok(())
}

/// Keeps what was chosen about quarantine.
pub(crate) async fn set_quarantine(audited: &mut Audited<'_, '_>, row: QuarantineSetting) -> Result<()> {
    insert!(audited, rule_quarantine_setting, [row]);
    Ok(())
}
