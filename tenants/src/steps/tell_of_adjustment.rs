//! Tells the other side of an adjustment by e-mail: the council that one was asked for, and whoever asked what became of it.
//! Why stays on the page.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::ids::AdjustmentId;
use counterfoil_core::notice::NoticeEvent;

use super::notify::{day, setting_for, worded, write};
use crate::error::Result;
use crate::scope::{CouncilScope, Tx};
use crate::{adjustment, profile};

/// Writes the notice that an adjustment was asked for, or answered; gives how many were written: none where the council has
/// switched it off, or there is nobody with an address to tell.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) for one that there is not; [`Error::Refused`](crate::Error::Refused) for
/// wording that cannot be filled in.
pub async fn tell_of_adjustment(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    adjustment: AdjustmentId,
    answered: bool,
) -> Result<usize> {
    scope.transaction(at, async |tx: &mut Tx<'_>| tell(tx, adjustment, answered).await).await
}

async fn tell(tx: &mut Tx<'_>, id: AdjustmentId, answered: bool) -> Result<usize> {
    let seen = adjustment::find(tx, id).await?;
    let event = if answered { NoticeEvent::AdjustmentAnswered } else { NoticeEvent::AdjustmentAsked };
    let Some(setting) = setting_for(tx, event).await? else { return Ok(0) };
    let recipient = if answered { seen.asked.asker_email.clone() } else { setting.reply_to.clone() };
    if recipient.is_empty() {
        return Ok(0);
    }
    let profile = profile::on(tx, clock::local_time(tx.at()).date()).await?;
    let answer = if seen.answer.is_some() { seen.listed.state.words().to_lowercase() } else { String::new() };
    let values = BTreeMap::from([
        ("council", profile.name_shown.clone()),
        ("provider", seen.listed.provider.clone().unwrap_or_default()),
        ("adjustment", seen.listed.number.to_string()),
        ("contract", seen.listed.contract.clone()),
        ("line", seen.listed.line.clone()),
        ("from", day(seen.listed.days.0)),
        ("answer", answer),
    ]);
    let notice = worded(tx, &setting, recipient, &values, &format!("adjustment {id}"))?;
    write(tx, vec![notice]).await
}
