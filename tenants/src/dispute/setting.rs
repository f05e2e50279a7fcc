//! In how many working days an answer is due: the council's setting, and the deadline that follows from it.

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::{BankHolidays, Division};
use counterfoil_core::dispute::{self, MOST_DAYS, USUAL_DAYS};
use counterfoil_core::event::Action;
use counterfoil_core::ids::TenantId;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::schema::{council, dispute_setting};
use crate::scope::{Acts, CouncilScope, Provider, Tx};

/// In how many working days disputes with the council are answered.
///
/// # Errors
/// [`Error::Database`].
pub async fn respond_days(tx: &mut Tx<'_>) -> Result<u16> {
    let tenant = tx.tenant().uuid();
    days(tx.conn(), tenant).await
}

/// The same, for a provider.
///
/// # Errors
/// [`Error::Database`].
pub async fn respond_days_own(tx: &mut Tx<'_, Provider>, council: TenantId) -> Result<u16> {
    days(tx.conn(), council.uuid()).await
}

async fn days(conn: &mut AsyncPgConnection, tenant: Uuid) -> Result<u16> {
    let found: Option<i16> = dispute_setting::table
        .filter(dispute_setting::tenant_id.eq(tenant))
        .order(dispute_setting::recorded_at.desc())
        .select(dispute_setting::respond_days)
        .first(conn)
        .await
        .optional()?;
    found.map_or(Ok(USUAL_DAYS), |days| u16::of(days).map_err(|what| Error::Unreadable { what }))
}

/// Until when whoever is asked now has to answer.
pub(super) async fn due<S: Acts>(tx: &mut Tx<'_, S>, holidays: &BankHolidays) -> Result<DateTime<Utc>> {
    let (tenant, at) = (tx.tenant().uuid(), tx.at());
    let days = days(tx.conn(), tenant).await?;
    let division: String =
        council::table.filter(council::id.eq(tenant)).select(council::division).first(tx.conn()).await?;
    let division: Division =
        division.parse().map_err(|error| Error::Unreadable { what: format!("council.division: {error}") })?;
    Ok(dispute::respond_by(at, days, holidays.working_days(division)))
}

/// Sets how long an answer may take. Disputes that are asked already keep their deadline.
///
/// # Errors
/// [`Error::Refused`] for a number out of range, in words for the administrator.
pub async fn set_respond_days(scope: &CouncilScope, at: DateTime<Utc>, days: u16) -> Result<()> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Error::Refused(format!("Working days must be a number from 1 to {MOST_DAYS}")));
    }
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let (tenant, by) = (tx.tenant().uuid(), tx.actor().raw());
            let record = Record::on(Action::SetDisputeDays, "council").detail(json!({ "working_days": days }));
            let mut audited = tx.audited(record).await?;
            diesel::insert_into(dispute_setting::table)
                .values((
                    dispute_setting::tenant_id.eq(tenant),
                    dispute_setting::recorded_at.eq(at),
                    dispute_setting::recorded_by.eq(by),
                    dispute_setting::respond_days.eq(days.raw()),
                ))
                .execute(audited.conn())
                .await?;
            Ok(())
        })
        .await
}
