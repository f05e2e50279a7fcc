//! What a council sets about itself: its words, its payment format, its small balance. Dated and append-only: for a
//! day the row counts that was recorded last of those in force by then.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::claim::Vocabulary;
use counterfoil_core::ids::TenantId;
use counterfoil_core::money::Money;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::error::{Error, Result};
use crate::record::{insert, kept_words, record};
use crate::schema::council_profile;
use crate::scope::{Audited, Provider, Tx};

/// The one form in which a council pays, so that no two valid instructions exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentFormat {
    /// BACS Standard 18.
    Bacs,
    /// ISO 20022 pain.001.
    Pain001,
    /// A file for the council's accounts-payable system.
    ApFile,
}

/// On which day the payment file is submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionDay {
    /// The day of finalisation.
    FinalisationDay,
    /// The working day after it.
    NextWorkingDay,
}

kept_words!(PaymentFormat, SubmissionDay);

record! {
    /// A council's settings about itself from a day on.
    pub struct Profile in council_profile {
        /// The first day on which they hold.
        pub valid_from: NaiveDate,
        /// When they were recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// The name that pages and remittances show.
        pub name_shown: String,
        /// Which words it uses for the states of a claim.
        pub vocabulary: Vocabulary,
        /// How it pays.
        pub payment_format: PaymentFormat,
        /// Below this nothing goes out; it accumulates.
        pub small_balance_pence: Money,
        /// When its payment file is submitted.
        pub submission: SubmissionDay,
        /// Words for reason codes, with numbered placeholders.
        pub messages: BTreeMap<String, String>,
        /// What a provider declares when it confirms.
        pub verification_statement: String,
    }
}

/// Records settings.
///
/// # Errors
/// [`Error::Database`].
pub async fn add(audited: &mut Audited<'_, '_>, profile: Profile) -> Result<()> {
    insert!(audited, council_profile, [profile]);
    Ok(())
}

/// The settings that hold on a day.
///
/// # Errors
/// [`Error::Refused`] when the council has none.
pub async fn on(tx: &mut Tx<'_>, day: NaiveDate) -> Result<Profile> {
    let tenant = tx.tenant().uuid();
    council_profile::table
        .filter(council_profile::tenant_id.eq(tenant))
        .filter(council_profile::valid_from.le(day))
        .order((council_profile::recorded_at.desc(), council_profile::valid_from.desc()))
        .select(Profile::as_select())
        .first(tx.conn())
        .await
        .optional()?
        .ok_or_else(|| {
            Error::Refused("The council\u{2019}s settings are missing. An administrator has to enter them.".to_owned())
        })
}

/// What a council shows to its providers.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The council.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// Its words for the states of a claim.
    pub vocabulary: Vocabulary,
    /// Its words for reason codes.
    pub messages: BTreeMap<String, String>,
    /// What a provider declares when it confirms.
    pub verification_statement: String,
}

/// What each council shows on a day that has a contract with the provider.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn shown(tx: &mut Tx<'_, Provider>, day: NaiveDate) -> Result<Vec<Shown>> {
    use crate::record::Kept as _;
    let rows: Vec<(uuid::Uuid, String, String, serde_json::Value, String)> = council_profile::table
        .filter(council_profile::valid_from.le(day))
        .distinct_on(council_profile::tenant_id)
        .order((council_profile::tenant_id, council_profile::recorded_at.desc(), council_profile::valid_from.desc()))
        .select((
            council_profile::tenant_id,
            council_profile::name_shown,
            council_profile::vocabulary,
            council_profile::messages,
            council_profile::verification_statement,
        ))
        .load(tx.conn())
        .await?;
    let unreadable = |what| Error::Unreadable { what };
    rows.into_iter()
        .map(|(tenant, name, vocabulary, messages, verification_statement)| {
            Ok(Shown {
                tenant: TenantId::from_uuid(tenant),
                name,
                vocabulary: Vocabulary::of(vocabulary).map_err(unreadable)?,
                messages: BTreeMap::of(messages).map_err(unreadable)?,
                verification_statement,
            })
        })
        .collect()
}
