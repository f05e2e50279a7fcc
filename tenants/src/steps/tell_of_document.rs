//! Tells the other side of a document by e-mail: the payee of the contract that there is something to agree, and whoever
//! published it what was answered. What is agreed stays on the page.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::ids::DocumentId;
use counterfoil_core::notice::NoticeEvent;
use diesel::QueryDsl as _;
use diesel_async::RunQueryDsl as _;

use super::notify::{day, setting_for, worded, write};
use crate::contract_document;
use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::schema::contract_document_version;
use crate::scope::{CouncilScope, Tx};
use crate::{contract, payee, profile};

/// Writes the notice that a version was published, or answered; gives how many were written: none where the council has
/// switched it off, or there is nobody with an address to tell.
///
/// # Errors
/// [`Error::NotFound`] for a document or version that there is not; [`Error::Refused`] for wording that cannot be filled
/// in.
pub async fn tell_of_document(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    document: DocumentId,
    version: u32,
    answered: bool,
) -> Result<usize> {
    scope.transaction(at, async |tx: &mut Tx<'_>| tell(tx, (document, version), answered).await).await
}

async fn tell(tx: &mut Tx<'_>, (id, number): (DocumentId, u32), answered: bool) -> Result<usize> {
    let seen = contract_document::find(tx, id).await?;
    let version = seen.versions.iter().find(|version| version.version == number).ok_or(Error::NotFound)?;
    let event = if answered { NoticeEvent::DocumentAnswered } else { NoticeEvent::DocumentPublished };
    let Some(setting) = setting_for(tx, event).await? else { return Ok(0) };
    let payee_id = contract::find(tx, seen.document.contract_id).await?.payee_id;
    let recipient = if answered {
        let tenant = tx.tenant().uuid();
        let publisher: String = contract_document_version::table
            .find((tenant, id.uuid(), number.raw()))
            .select(contract_document_version::publisher_email)
            .first(tx.conn())
            .await?;
        Some(publisher)
    } else {
        payee::find(tx, payee_id).await?.remittance_email
    };
    let Some(recipient) = recipient.filter(|address| !address.is_empty()) else { return Ok(0) };
    let profile = profile::on(tx, clock::local_time(tx.at()).date()).await?;
    let answer = match &version.receipt {
        Some(receipt) if receipt.agreed => "agreed",
        Some(_) => "rejected",
        None => "",
    };
    let values = BTreeMap::from([
        ("council", profile.name_shown.clone()),
        ("provider", seen.listed.provider.clone().unwrap_or_default()),
        ("document", id.to_string()),
        ("kind", seen.document.kind.words().to_owned()),
        ("version", number.to_string()),
        ("contract", seen.listed.contract.clone()),
        ("line", seen.listed.line.as_ref().map_or_else(String::new, |(line, _)| line.clone())),
        ("agree_by", day(version.agree_by)),
        ("answer", answer.to_owned()),
    ]);
    let notice = worded(tx, &setting, recipient, &values, &format!("document {id} {number}"))?;
    write(tx, vec![notice]).await
}
