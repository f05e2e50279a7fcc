//! What stands around a table of claims: the council's words for their states, and what it can be filtered by.

use chrono::NaiveDate;
use counterfoil_core::claim::Vocabulary;
use counterfoil_core::ids::{ContractId, OrganisationId, TenantId};
use diesel::OptionalExtension as _;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::{Provider, Tx};

/// The council's words and one organisation's contracts with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Words for the states of a claim.
    pub vocabulary: Vocabulary,
    /// Contracts that the person sees, by reference: id, reference and kind of service.
    pub contracts: Vec<(ContractId, String, String)>,
}

/// For a provider's table.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn around_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    today: NaiveDate,
) -> Result<Around> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    let sql: Prepared<(Nullable<Text>, Nullable<Text>)> = vocabulary(council.uuid(), today)
        .sql(
            ", (SELECT json_agg(json_build_array(k.id, k.reference, k.service_type) ORDER BY k.reference)::text \
             FROM contract k WHERE k.tenant_id = ",
        )
        .id(council.uuid())
        .sql(" AND k.organisation_id = ")
        .id(organisation.uuid())
        .sql(")");
    let (vocabulary, contracts): (Option<String>, Option<String>) = sql.get_result(tx.conn()).await?;
    let contracts: Vec<(Uuid, String, String)> = match contracts {
        Some(json) => serde_json::from_str(&json).map_err(|error| Error::Unreadable { what: error.to_string() })?,
        None => Vec::new(),
    };
    let contracts =
        contracts.into_iter().map(|(id, reference, service)| (ContractId::from_uuid(id), reference, service)).collect();
    Ok(Around { vocabulary: read(vocabulary)?, contracts })
}

/// The council's words for the states of a claim.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn vocabulary_of(tx: &mut Tx<'_>, today: NaiveDate) -> Result<Vocabulary> {
    let sql: Prepared<Nullable<Text>> = vocabulary(tx.tenant().uuid(), today);
    let word: Option<String> = sql.get_result(tx.conn()).await?;
    read(word)
}

fn vocabulary<ST>(tenant: Uuid, today: NaiveDate) -> Prepared<ST> {
    Prepared::new("SELECT (SELECT p.vocabulary FROM council_profile p WHERE p.tenant_id = ")
        .id(tenant)
        .sql(" AND p.valid_from <= ")
        .day(today)
        .sql(" ORDER BY p.recorded_at DESC, p.valid_from DESC LIMIT 1)")
}

/// A council that has not chosen yet has the words that most use.
fn read(word: Option<String>) -> Result<Vocabulary> {
    word.map_or(Ok(Vocabulary::Actuals), |word| Vocabulary::of(word).map_err(|what| Error::Unreadable { what }))
}

/// A contract of the council by its reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn contract_called(tx: &mut Tx<'_>, reference: &str) -> Result<Option<ContractId>> {
    let sql: Prepared<SqlUuid> = Prepared::new("SELECT k.id FROM contract k WHERE k.tenant_id = ")
        .id(tx.tenant().uuid())
        .sql(" AND k.reference = ")
        .words(reference);
    let found: Option<Uuid> = sql.get_result(tx.conn()).await.optional()?;
    Ok(found.map(ContractId::from_uuid))
}

/// The organisations that the council pays whose name has these words in it, whatever their case.
///
/// # Errors
/// [`Error::Database`].
pub async fn providers_called(tx: &mut Tx<'_>, words: &str) -> Result<Vec<OrganisationId>> {
    let sql: Prepared<SqlUuid> = Prepared::new("SELECT o.id FROM organisation o WHERE strpos(lower(o.name), lower(")
        .words(words)
        .sql(")) > 0 AND o.id IN (SELECT k.organisation_id FROM contract k WHERE k.tenant_id = ")
        .id(tx.tenant().uuid())
        .sql(") ORDER BY o.id");
    let found: Vec<Uuid> = sql.load(tx.conn()).await?;
    Ok(found.into_iter().map(OrganisationId::from_uuid).collect())
}
