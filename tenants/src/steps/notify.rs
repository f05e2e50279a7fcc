//! Writes the notices that a council has switched on, each once: that a cut-off is near while claims are not confirmed,
//! and that a remittance advice is ready. The mailer sends them afterwards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{NoticeId, PayeeId, PeriodId, RunId};
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use uuid::Uuid;

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Enqueue, Job};
use crate::notice::{self, Notice, NoticeState};
use crate::payee::Payee;
use crate::scope::{CouncilScope, Tx};
use crate::{claim, contract, entry, notification, payee, payment, profile, remittance, run, schedule};

/// Reminds the payees of a pay period of claims that wait for their confirmation; gives how many were written.
///
/// # Errors
/// [`Error::NotFound`] for a period that the council does not have; [`Error::Refused`] for wording that cannot be filled
/// in.
pub async fn remind_of_cut_off(scope: &CouncilScope, at: DateTime<Utc>, period: PeriodId) -> Result<usize> {
    scope.transaction(at, async |tx: &mut Tx<'_>| remind(tx, period).await).await
}

async fn remind(tx: &mut Tx<'_>, id: PeriodId) -> Result<usize> {
    let event = NoticeEvent::CutOffNear;
    let period = schedule::period(tx, id).await?;
    let Some(setting) = setting_for(tx, event).await?.filter(|_| tx.at() <= period.cut_off) else { return Ok(0) };
    let schedule = schedule::find(tx, period.schedule_id).await?;
    let claims = claim::due_in(tx, id).await?;
    let contracts: Vec<_> = claims.iter().map(|claim| claim.contract_id).collect();
    let payees: BTreeMap<_, PayeeId> =
        contract::find_all(tx, &contracts).await?.into_iter().map(|row| (row.id, row.payee_id)).collect();
    // how many claims each payee has, and how many of them wait
    let mut waiting: BTreeMap<PayeeId, (usize, usize)> = BTreeMap::new();
    for claim in &claims {
        let Some(payee) = payees.get(&claim.contract_id) else { continue };
        let (all, unconfirmed) = waiting.entry(*payee).or_default();
        *all += 1;
        *unconfirmed += usize::from(matches!(claim.state, ClaimState::Generated | ClaimState::Stated));
    }
    waiting.retain(|_, (_, unconfirmed)| *unconfirmed > 0);
    let profile = profile::on(tx, clock::local_time(tx.at()).date()).await?;
    let ids: Vec<PayeeId> = waiting.keys().copied().collect();
    let mut notices = Vec::new();
    for payee in payee::find_all(tx, &ids).await? {
        let (all, unconfirmed) = waiting.get(&payee.id).copied().unwrap_or_default();
        let values = BTreeMap::from([
            ("council", profile.name_shown.clone()),
            ("provider", payee.name.clone()),
            ("schedule", schedule.published_name.clone()),
            ("period", format!("{} to {}", day(period.starts), day(period.ends))),
            ("cut_off", clock::local_time(period.cut_off).format("%-I:%M%P on %A %-d %B %Y").to_string()),
            ("bank_date", day(period.bank_date)),
            ("unconfirmed", unconfirmed.to_string()),
            ("claims", all.to_string()),
        ]);
        notices.extend(notice(tx, &setting, &payee, &values, &format!("period {id}"))?);
    }
    write(tx, notices).await
}

/// Tells the payees of a run that their remittance advice is ready; gives how many were written.
///
/// # Errors
/// [`Error::NotFound`] for a run that the council does not have; [`Error::Refused`] for wording that cannot be filled in.
pub async fn tell_of_remittances(scope: &CouncilScope, at: DateTime<Utc>, run: RunId) -> Result<usize> {
    scope.transaction(at, async |tx: &mut Tx<'_>| tell(tx, run).await).await
}

async fn tell(tx: &mut Tx<'_>, id: RunId) -> Result<usize> {
    let found = run::find(tx, id).await?;
    let Some(setting) = setting_for(tx, NoticeEvent::RemittanceReady).await? else { return Ok(0) };
    let period = schedule::period(tx, found.period_id).await?;
    let schedule = schedule::find(tx, found.schedule_id).await?;
    let profile = profile::on(tx, clock::local_time(tx.at()).date()).await?;
    let ready = remittance::payees_of_run(tx, id).await?;
    let payments = payment::of_run(tx, id).await?;
    let entries = entry::of_run(tx, id).await?;
    let ids: Vec<PayeeId> = ready.into_iter().collect();
    let mut notices = Vec::new();
    for payee in payee::find_all(tx, &ids).await? {
        let payment = payments.iter().find(|payment| payment.payee_id == payee.id).ok_or(Error::NotFound)?;
        let lines = entries.iter().filter(|entry| entry.payee_id == payee.id).count();
        let values = BTreeMap::from([
            ("council", profile.name_shown.clone()),
            ("provider", payee.name.clone()),
            ("schedule", schedule.published_name.clone()),
            ("period", format!("{} to {}", day(period.starts), day(period.ends))),
            ("bank_date", day(period.bank_date)),
            ("amount", payment.pays_pence.to_string()),
            ("number", payment.reference.clone()),
            ("lines", lines.to_string()),
        ]);
        notices.extend(notice(tx, &setting, &payee, &values, &format!("run {id}"))?);
    }
    write(tx, notices).await
}

pub(super) async fn setting_for(tx: &mut Tx<'_>, event: NoticeEvent) -> Result<Option<NotificationSetting>> {
    Ok(notification::for_event(tx, event).await?.filter(|setting| setting.enabled))
}

/// A notice to a payee in the council's words; none for one without an address.
fn notice(
    tx: &Tx<'_>,
    setting: &NotificationSetting,
    payee: &Payee,
    values: &BTreeMap<&str, String>,
    about: &str,
) -> Result<Option<Notice>> {
    let Some(recipient) = payee.remittance_email.clone() else { return Ok(None) };
    worded(tx, setting, recipient, values, &format!("{about} {}", payee.id)).map(Some)
}

/// A notice in the council's words. `about` tells it from all others of its event, so that it is written once.
pub(super) fn worded(
    tx: &Tx<'_>,
    setting: &NotificationSetting,
    recipient: String,
    values: &BTreeMap<&str, String>,
    about: &str,
) -> Result<Notice> {
    let wording = setting.put(values).map_err(Error::refused)?;
    let dedupe_key = format!("{} {about}", setting.event.code());
    Ok(Notice {
        id: NoticeId::from_uuid(Uuid::new_v5(&tx.tenant().uuid(), dedupe_key.as_bytes())),
        event: setting.event,
        dedupe_key,
        recipient,
        sender: setting.sender.clone(),
        reply_to: Some(setting.reply_to.clone()).filter(|address| !address.is_empty()),
        subject: wording.subject,
        body: wording.body,
        state: NoticeState::ToSend,
        message_id: None,
        attempts: 0,
        last_error: None,
        created_at: tx.at(),
        sent_at: None,
    })
}

pub(super) async fn write(tx: &mut Tx<'_>, notices: Vec<Notice>) -> Result<usize> {
    if notices.is_empty() {
        return Ok(0);
    }
    let record = Record::on(Action::WriteNotice, "notice").detail(serde_json::json!({ "notices": notices.len() }));
    let mut audited = tx.audited(record).await?;
    let added = notice::add(&mut audited, notices).await?;
    if added.is_empty() {
        audited.discard();
        return Ok(0);
    }
    let jobs = added.iter().map(|notice| Enqueue::from(Job::SendNotice { notice: *notice }));
    jobs::enqueue_all(&mut audited, jobs.collect::<Vec<_>>()).await?;
    Ok(added.len())
}

pub(super) fn day(date: chrono::NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// A notice that is still to be sent; none where it was sent already.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn to_send(scope: &CouncilScope, id: NoticeId) -> Result<Option<Notice>> {
    let found = scope.read(async |tx: &mut Tx<'_>| notice::find(tx, id).await).await?;
    Ok(Some(found).filter(|notice| notice.state == NoticeState::ToSend))
}

/// Records what became of sending a notice: the Message-ID it went out under, or why it failed for good or for now.
///
/// # Errors
/// [`Error::Conflict`] when it was sent already.
pub async fn sent(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    id: NoticeId,
    state: NoticeState,
    (message_id, error): (Option<&str>, Option<&str>),
) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let mut audited = tx.audited(Record::of(Action::SendNotice, id)).await?;
            notice::attempted(&mut audited, id, state, message_id, error).await
        })
        .await
}
