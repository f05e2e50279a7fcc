//! The people who receive care, and what interrupts it: stays in hospital, absences, death and the end of care.
//! Corrections are further versions; the newest counts.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::ServiceUserId;
use counterfoil_core::pricing::facts::{EndingKind, StayKind};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::{ending, service_user, stay};
use crate::scope::{Audited, Tx};

record! {
    /// A person who receives care.
    pub struct ServiceUser in service_user {
        /// Their id.
        pub id: ServiceUserId,
        /// The council's reference (SSRef), which files and exports carry instead of the name; unique.
        pub reference: String,
        /// Their name, for screens alone.
        pub name: String,
    }
}

record! {
    /// A stay away from home, as it was recorded.
    pub struct StayRow in stay {
        /// Its id.
        pub id: Uuid,
        /// 1 for the first.
        pub version: u32,
        /// Whose.
        pub service_user_id: ServiceUserId,
        /// Where.
        pub kind: StayKind,
        /// The day of admission.
        pub admitted: NaiveDate,
        /// The day of discharge, once it is known.
        pub discharged: Option<NaiveDate>,
        /// Whether it was recorded by mistake.
        pub withdrawn: bool,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
    }
}

record! {
    /// Death, or the end of care, as it was recorded.
    pub struct EndingRow in ending {
        /// Whose.
        pub service_user_id: ServiceUserId,
        /// 1 for the first.
        pub version: u32,
        /// Which of the two.
        pub kind: EndingKind,
        /// The day on which it happened.
        pub happened: NaiveDate,
        /// The day on which the council was told.
        pub notified: NaiveDate,
        /// Whether it was recorded by mistake.
        pub withdrawn: bool,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
    }
}

/// Adds people.
///
/// # Errors
/// [`Error::Database`], with the constraint where a reference is taken.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<ServiceUser>) -> Result<()> {
    insert!(audited, service_user, rows);
    Ok(())
}

/// Adds versions of stays.
///
/// # Errors
/// [`Error::Database`], with the constraint where somebody else added that version.
pub async fn add_stays(audited: &mut Audited<'_, '_>, rows: Vec<StayRow>) -> Result<()> {
    insert!(audited, stay, rows);
    Ok(())
}

/// Adds versions of endings.
///
/// # Errors
/// [`Error::Database`], with the constraint where somebody else added that version.
pub async fn add_endings(audited: &mut Audited<'_, '_>, rows: Vec<EndingRow>) -> Result<()> {
    insert!(audited, ending, rows);
    Ok(())
}

/// The people of these ids, by reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_all(tx: &mut Tx<'_>, ids: &[ServiceUserId]) -> Result<Vec<ServiceUser>> {
    let tenant = tx.tenant().uuid();
    Ok(service_user::table
        .filter(service_user::tenant_id.eq(tenant))
        .filter(service_user::id.eq_any(uuids(ids)))
        .order(service_user::reference)
        .select(ServiceUser::as_select())
        .load(tx.conn())
        .await?)
}

/// One person.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: ServiceUserId) -> Result<ServiceUser> {
    find_all(tx, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// The stays of these people as they were known at an instant, by day of admission.
///
/// # Errors
/// [`Error::Database`].
pub async fn stays(tx: &mut Tx<'_>, ids: &[ServiceUserId], known_at: DateTime<Utc>) -> Result<Vec<StayRow>> {
    let tenant = tx.tenant().uuid();
    let mut rows: Vec<StayRow> = stay::table
        .filter(stay::tenant_id.eq(tenant))
        .filter(stay::service_user_id.eq_any(uuids(ids)))
        .filter(stay::recorded_at.le(known_at))
        .distinct_on(stay::id)
        .order((stay::id, stay::version.desc()))
        .select(StayRow::as_select())
        .load(tx.conn())
        .await?;
    rows.retain(|row| !row.withdrawn);
    rows.sort_by_key(|row| (row.service_user_id, row.admitted, row.id));
    Ok(rows)
}

/// The endings of these people as they were known at an instant, at most one for each.
///
/// # Errors
/// [`Error::Database`].
pub async fn endings(tx: &mut Tx<'_>, ids: &[ServiceUserId], known_at: DateTime<Utc>) -> Result<Vec<EndingRow>> {
    let tenant = tx.tenant().uuid();
    let mut rows: Vec<EndingRow> = ending::table
        .filter(ending::tenant_id.eq(tenant))
        .filter(ending::service_user_id.eq_any(uuids(ids)))
        .filter(ending::recorded_at.le(known_at))
        .distinct_on(ending::service_user_id)
        .order((ending::service_user_id, ending::version.desc()))
        .select(EndingRow::as_select())
        .load(tx.conn())
        .await?;
    rows.retain(|row| !row.withdrawn);
    Ok(rows)
}

fn uuids(ids: &[ServiceUserId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}
