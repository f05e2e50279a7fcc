//! Tells the other side by e-mail that something was written about a claim, in its conversation or in a dispute: who, about
//! which claim, and where it can be read. What was written stays on the page, and the person has no name here.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::ids::{ClaimId, ContractId};
use counterfoil_core::notice::NoticeEvent;
use counterfoil_core::side::Side;
use diesel::sql_types::{Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use super::notify::{setting_for, worded, write};
use crate::error::Result;
use crate::prepared::Prepared;
use crate::scope::{CouncilScope, Tx};
use crate::talk::Message;
use crate::{contract, dispute, payee, profile, talk};

/// Writes the notice about one message; gives how many were written: none where the council has switched it off, or there
/// is nobody with an address to tell. `pages` is the address at which the pages are, without a path; where it is empty
/// the link is a path alone.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) for a message that there is not; [`Error::Refused`](crate::Error::Refused)
/// for wording that cannot be filled in.
pub async fn tell_of_message(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    pages: &str,
    (claim, message): (ClaimId, u32),
) -> Result<usize> {
    scope.transaction(at, async |tx: &mut Tx<'_>| tell(tx, pages, (claim, message)).await).await
}

async fn tell(tx: &mut Tx<'_>, pages: &str, (id, number): (ClaimId, u32)) -> Result<usize> {
    let message = talk::message(tx, id, number).await?;
    let event = match (message.side, message.dispute_id) {
        (Side::Provider, None) => NoticeEvent::ClaimMessageForCouncil,
        (Side::Council, None) => NoticeEvent::ClaimMessageForProvider,
        (Side::Provider, Some(_)) => NoticeEvent::DisputeForCouncil,
        (Side::Council, Some(_)) => NoticeEvent::DisputeForProvider,
    };
    let Some(setting) = setting_for(tx, event).await? else { return Ok(0) };
    let about = about(tx, id).await?;
    // the council is told where its answers go
    let recipient = match message.side {
        Side::Provider => Some(setting.reply_to.clone()),
        Side::Council => {
            let contract = contract::find(tx, about.contract.0).await?;
            payee::find(tx, contract.payee_id).await?.remittance_email
        }
    };
    let Some(recipient) = recipient.filter(|address| !address.is_empty()) else { return Ok(0) };
    let profile = profile::on(tx, clock::local_time(tx.at()).date()).await?;
    let mut values = BTreeMap::from([
        ("council", profile.name_shown.clone()),
        ("provider", about.provider.clone()),
        ("writer", message.writer.clone()),
        ("claim", id.to_string()),
        ("person", about.person.clone()),
        ("week", format!("{} to {}", day(about.week.0), day(about.week.1))),
        ("contract", about.contract.1.clone()),
        ("link", link(pages, &message, &about.council)),
    ]);
    if let Some(id) = message.dispute_id {
        let listed = dispute::find(tx, id).await?.listed;
        values.insert("dispute", id.to_string());
        values.insert("reason", listed.reason.words().to_owned());
        values.insert("what", message.event.words().to_owned());
        let by = clock::local_time(listed.respond_by);
        values.insert("respond_by", by.format("%-I%P on %A %-d %B %Y").to_string());
    }
    let notice = worded(tx, &setting, recipient, &values, &format!("message {id} {number}"))?;
    write(tx, vec![notice]).await
}

/// Where the other side reads it.
fn link(pages: &str, message: &Message, council: &str) -> String {
    let home = match message.side {
        Side::Provider => format!("{pages}/councils/{council}"),
        Side::Council => format!("{pages}/organisations/{}/councils/{council}", message.organisation_id),
    };
    match message.dispute_id {
        Some(dispute) => format!("{home}/disputes/{dispute}"),
        None => format!("{home}/claims/{}#messages", message.claim_id),
    }
}

/// What there is to say of a claim.
struct About {
    contract: (ContractId, String),
    person: String,
    week: (NaiveDate, NaiveDate),
    provider: String,
    council: String,
}

async fn about(tx: &mut Tx<'_>, id: ClaimId) -> Result<About> {
    type Types = (SqlUuid, Text, Text, Date, Date, Nullable<Text>, Text);
    type Row = (Uuid, String, String, NaiveDate, NaiveDate, Option<String>, String);
    let sql: Prepared<Types> = Prepared::new(
        "SELECT k.id, k.reference, u.reference, c.starts, c.ends, o.name, n.slug FROM claim c \
         JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
         JOIN council n ON n.id = c.tenant_id LEFT JOIN organisation o ON o.id = c.organisation_id WHERE c.tenant_id = ",
    )
    .id(tx.tenant().uuid())
    .sql(" AND c.id = ")
    .id(id.uuid());
    let (contract, reference, person, starts, ends, provider, council): Row = sql.get_result(tx.conn()).await?;
    Ok(About {
        contract: (ContractId::from_uuid(contract), reference),
        person,
        week: (starts, ends),
        provider: provider.unwrap_or_default(),
        council,
    })
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
