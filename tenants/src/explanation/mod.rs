//! How a council explains what it pays: in which languages, and with which words of its own. What is explained are the
//! reasons of charges and findings; whoever shows one has the words from here.

mod setting;

pub use setting::{ExplanationSetting, NewSetting, OwnWords, set, to_translate};

use std::collections::BTreeMap;

use chrono::NaiveDate;
use counterfoil_core::ids::TenantId;
use counterfoil_core::language::{Language, Offered};
use counterfoil_core::pricing::words::{MessageTable, Tables, Words};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::claim;
use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::schema::explanation_setting;
use crate::scope::{Provider, Tx};

/// A council's languages, and its own words in them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explaining {
    /// The languages.
    pub offered: Offered,
    /// The words that it puts in the place of the service's and the rules'.
    pub own: Tables,
}

impl Explaining {
    /// The words for somebody who has chosen a language, or none. `service` are the service's own and the rules'.
    #[must_use]
    pub fn words_for(&self, service: &Tables, chosen: Option<Language>) -> Words {
        self.words_in(service, self.offered.for_reader(chosen))
    }

    /// The words in a language.
    #[must_use]
    pub fn words_in(&self, service: &Tables, language: Language) -> Words {
        Words::of(language, [service, &self.own])
    }
}

/// How a council explains, with its English words: those for reason codes, and those for its reasons why care was not
/// delivered.
pub(crate) async fn with(
    conn: &mut AsyncPgConnection,
    tenant: Uuid,
    messages: BTreeMap<String, String>,
    codes: BTreeMap<String, String>,
) -> Result<Explaining> {
    let english = Tables::of(Language::English, MessageTable { reasons: messages, codes });
    let (offered, welsh) = newest(conn, tenant).await?;
    let own = if offered.welsh { english.overlaid_with(Tables::of(Language::Welsh, welsh)) } else { english };
    Ok(Explaining { offered, own })
}

/// The same for a provider, who has read the words.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn with_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    messages: BTreeMap<String, String>,
    codes: BTreeMap<String, String>,
) -> Result<Explaining> {
    with(tx.conn(), council.uuid(), messages, codes).await
}

/// How the council explains care of a day.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn on(tx: &mut Tx<'_>, day: NaiveDate) -> Result<Explaining> {
    let tenant = tx.tenant().uuid();
    Ok(claim::words(tx.conn(), tenant, day).await?.explaining)
}

/// The languages that a council offers to a provider.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn offered_own(tx: &mut Tx<'_, Provider>, council: TenantId) -> Result<Offered> {
    Ok(newest(tx.conn(), council.uuid()).await?.0)
}

/// The council's languages, and its Welsh words whether it offers Welsh or not.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn kept(tx: &mut Tx<'_>) -> Result<(Offered, MessageTable)> {
    let tenant = tx.tenant().uuid();
    newest(tx.conn(), tenant).await
}

async fn newest(conn: &mut AsyncPgConnection, tenant: Uuid) -> Result<(Offered, MessageTable)> {
    let row: Option<(bool, String, serde_json::Value)> = explanation_setting::table
        .filter(explanation_setting::tenant_id.eq(tenant))
        .order(explanation_setting::recorded_at.desc())
        .select((explanation_setting::welsh, explanation_setting::usual, explanation_setting::welsh_words))
        .first(conn)
        .await
        .optional()?;
    let Some((welsh, usual, words)) = row else { return Ok((Offered::default(), MessageTable::default())) };
    let unreadable = |what| Error::Unreadable { what };
    let usual = Language::of(usual).map_err(unreadable)?;
    Ok((Offered { welsh, usual }, MessageTable::of(words).map_err(unreadable)?))
}
