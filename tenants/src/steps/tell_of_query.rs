//! Tells the other side of a query by e-mail that something was said: the worker or team that was asked, or the payee of
//! the contract. What was said stays on the page; the mail says that there is something to read.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::ids::QueryId;
use counterfoil_core::notice::NoticeEvent;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use super::notify::{setting_for, worded, write};
use crate::care_query::{self, QuerySeen, Side};
use crate::error::{Error, Result};
use crate::schema::{care_allocation, council_team, service_line};
use crate::scope::{CouncilScope, Tx};
use crate::{contract, payee, profile};

/// Writes the notice about one message; gives how many were written: none where the council has switched it off, or there
/// is nobody with an address to tell.
///
/// # Errors
/// [`Error::NotFound`] for a query or message that there is not; [`Error::Refused`] for wording that cannot be filled in.
pub async fn tell_of_query(scope: &CouncilScope, at: DateTime<Utc>, query: QueryId, message: u32) -> Result<usize> {
    scope.transaction(at, async |tx: &mut Tx<'_>| tell(tx, query, message).await).await
}

async fn tell(tx: &mut Tx<'_>, id: QueryId, number: u32) -> Result<usize> {
    let seen = care_query::find(tx, id).await?;
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)).ok_or(Error::NotFound)?;
    let side = seen.messages.get(place).ok_or(Error::NotFound)?.side;
    let (event, recipient) = match side {
        Side::Provider => (NoticeEvent::QueryAsked, council_address(tx, &seen).await?),
        Side::Council => (NoticeEvent::QueryAnswered, payee_address(tx, &seen).await?),
    };
    let Some(setting) = setting_for(tx, event).await? else { return Ok(0) };
    // a council that has named nobody is asked at the address that answers go to
    let own = Some(setting.reply_to.clone()).filter(|_| side == Side::Provider);
    let Some(recipient) = recipient.or(own).filter(|address| !address.is_empty()) else { return Ok(0) };
    let profile = profile::on(tx, clock::local_time(tx.at()).date()).await?;
    let to = if seen.listed.sent_to.is_empty() { "the payments team" } else { &seen.listed.sent_to };
    let values = BTreeMap::from([
        ("council", profile.name_shown.clone()),
        ("provider", seen.listed.provider.clone().unwrap_or_default()),
        ("query", id.to_string()),
        ("about", seen.listed.about.words().to_owned()),
        ("urgency", seen.listed.urgency.words().to_owned()),
        ("contract", seen.listed.contract.clone()),
        ("to", to.to_owned()),
    ]);
    let notice = worded(tx, &setting, recipient, &values, &format!("query {id} {number}"))?;
    write(tx, vec![notice]).await
}

/// Where the team that was asked has its mail, or else the worker whose name it was sent to.
async fn council_address(tx: &mut Tx<'_>, seen: &QuerySeen) -> Result<Option<String>> {
    let tenant = tx.tenant().uuid();
    if let Some(team) = seen.query.team_id {
        return Ok(council_team::table
            .find((tenant, team.uuid()))
            .select(council_team::email)
            .first(tx.conn())
            .await
            .optional()?);
    }
    let Some(line) = seen.query.service_line_id else { return Ok(None) };
    let person: Uuid = service_line::table
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::id.eq(line.uuid()))
        .select(service_line::service_user_id)
        .first(tx.conn())
        .await?;
    Ok(care_allocation::table
        .filter(care_allocation::tenant_id.eq(tenant))
        .filter(care_allocation::service_user_id.eq(person))
        .filter(care_allocation::worker_name.eq(&seen.query.sent_to))
        .order(care_allocation::recorded_at.desc())
        .select(care_allocation::worker_email)
        .first(tx.conn())
        .await
        .optional()?)
}

async fn payee_address(tx: &mut Tx<'_>, seen: &QuerySeen) -> Result<Option<String>> {
    let contract = contract::find(tx, seen.query.contract_id).await?;
    Ok(payee::find(tx, contract.payee_id).await?.remittance_email)
}
