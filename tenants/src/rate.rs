//! The rate card. Append-only: a later row replaces an earlier one of the same key from its first day onwards.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::money::Rate;
use counterfoil_core::pricing::facts::{DayKind, Unit};
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::Result;
use crate::record::{insert, record};
use crate::schema::rate_row;
use crate::scope::{Audited, Tx};

record! {
    /// A row as it was recorded; the domain's [`RateCardRow`] with its id and by whom.
    pub struct RateRecord in rate_row {
        /// Its id.
        pub id: Uuid,
        /// The service level.
        pub service: String,
        /// The tier; empty where a service has none.
        pub tier: String,
        /// The band; empty for the plain rate.
        pub band: String,
        /// The length of visit that it is the price of, in minutes.
        pub minutes: Option<u16>,
        /// The kind of day that it is for.
        pub day_kind: Option<DayKind>,
        /// Start of the time band in minutes from midnight, included.
        pub time_from: Option<u16>,
        /// End of the time band, excluded.
        pub time_to: Option<u16>,
        /// What one of is priced.
        pub unit: Unit,
        /// Pounds for one unit.
        pub rate: Rate,
        /// The first day of care for which it holds.
        pub valid_from: NaiveDate,
        /// The last day, if it ends.
        pub valid_to: Option<NaiveDate>,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
    }
}

impl RateRecord {
    /// A row of the rate card, recorded by somebody.
    #[must_use]
    pub fn new(id: Uuid, row: RateCardRow, recorded_by: Actor) -> Self {
        let RateKey { service, tier, band, minutes, day_kind, time_band, unit } = row.key;
        Self {
            id,
            service,
            tier,
            band,
            minutes,
            day_kind,
            time_from: time_band.map(|(from, _)| from),
            time_to: time_band.map(|(_, to)| to),
            unit,
            rate: row.rate,
            valid_from: row.from,
            valid_to: row.to,
            recorded_at: row.recorded_at,
            recorded_by,
        }
    }
}

impl From<RateRecord> for RateCardRow {
    fn from(row: RateRecord) -> Self {
        Self {
            key: RateKey {
                service: row.service,
                tier: row.tier,
                band: row.band,
                minutes: row.minutes,
                day_kind: row.day_kind,
                time_band: row.time_from.zip(row.time_to),
                unit: row.unit,
            },
            from: row.valid_from,
            to: row.valid_to,
            rate: row.rate,
            recorded_at: row.recorded_at,
        }
    }
}

/// Adds rows.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<RateRecord>) -> Result<()> {
    insert!(audited, rate_row, rows);
    Ok(())
}

/// The rows for these services that begin on or before a day, as they were known at an instant, in the order in
/// which they were recorded. Which of them counts for a day is [`rate_for`](counterfoil_core::rate_card::rate_for)'s.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn card(
    tx: &mut Tx<'_>,
    services: &[String],
    until: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<Vec<RateCardRow>> {
    let tenant = tx.tenant().uuid();
    let rows: Vec<RateRecord> = rate_row::table
        .filter(rate_row::tenant_id.eq(tenant))
        .filter(rate_row::service.eq_any(services))
        .filter(rate_row::valid_from.le(until))
        .filter(rate_row::recorded_at.le(known_at))
        .order((rate_row::recorded_at, rate_row::valid_from, rate_row::id))
        .select(RateRecord::as_select())
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(RateCardRow::from).collect())
}

/// The rows that were recorded after an instant, up to another: claims with care from the first of their days on may
/// have to be assessed again.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn recorded_between(tx: &mut Tx<'_>, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<RateCardRow>> {
    let tenant = tx.tenant().uuid();
    let rows: Vec<RateRecord> = rate_row::table
        .filter(rate_row::tenant_id.eq(tenant))
        .filter(rate_row::recorded_at.gt(after))
        .filter(rate_row::recorded_at.le(until))
        .order((rate_row::recorded_at, rate_row::id))
        .select(RateRecord::as_select())
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(RateCardRow::from).collect())
}
