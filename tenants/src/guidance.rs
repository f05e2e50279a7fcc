//! A council's guidance for a kind of service: how care is recorded, claimed and paid there. Versions are added and never
//! changed, each with the day from which its change counts and what it is, so that providers read what changed and when.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{GuidanceId, TenantId};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::guidance;
use crate::scope::{Audited, CouncilScope, Provider, Tx};

/// The longest text, in characters.
pub const LONGEST_BODY: usize = 40_000;

record! {
    /// A version of guidance.
    pub struct GuidanceRow in guidance {
        /// Which guidance.
        pub id: GuidanceId,
        /// 1 for the first.
        pub version: u32,
        /// When it was published.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// The kind of service.
        pub service: String,
        /// In paragraphs, headings and lists.
        pub body: String,
        /// The day from which the change counts.
        pub dated: NaiveDate,
        /// What changed, in a sentence.
        pub change: String,
        /// Whether providers no longer see it.
        pub withdrawn: bool,
    }
}

/// What an administrator enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGuidance {
    /// The kind of service.
    pub service: String,
    /// In paragraphs, headings and lists.
    pub body: String,
    /// The day from which the change counts.
    pub dated: NaiveDate,
    /// What changed, in a sentence.
    pub change: String,
}

/// A part of what an administrator enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The kind of service.
    Service,
    /// The text.
    Body,
    /// What changed.
    Change,
}

impl NewGuidance {
    /// What is wrong with it, in words for the administrator.
    #[must_use]
    pub fn wrong(&self) -> Vec<(Part, &'static str)> {
        let mut wrong = Vec::new();
        match self.service.chars().count() {
            0 => wrong.push((Part::Service, "Enter the kind of service")),
            1..=120 => {}
            _ => wrong.push((Part::Service, "Kind of service must be 120 characters or fewer")),
        }
        match self.body.chars().count() {
            0 => wrong.push((Part::Body, "Enter the guidance")),
            1..=LONGEST_BODY => {}
            _ => wrong.push((Part::Body, "The guidance must be 40,000 characters or fewer")),
        }
        match self.change.chars().count() {
            0 => wrong.push((Part::Change, "Enter what has changed")),
            1..=400 => {}
            _ => wrong.push((Part::Change, "What has changed must be 400 characters or fewer")),
        }
        wrong
    }
}

/// Guidance as it stands, with its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuidanceSeen {
    /// Which.
    pub id: GuidanceId,
    /// The kind of service.
    pub service: String,
    /// In paragraphs, headings and lists.
    pub body: String,
    /// When it was published last.
    pub recorded_at: DateTime<Utc>,
    /// The day and words of each change, the newest first.
    pub changes: Vec<(NaiveDate, String)>,
    /// Whether providers no longer see it.
    pub withdrawn: bool,
}

/// Publishes guidance: the first version of a new one, or another of one that there is.
///
/// # Errors
/// [`Error::Refused`] for what is not as it should be, and for a kind of service that has guidance already, in words for the
/// administrator; [`Error::NotFound`] for guidance that there is not.
pub async fn publish(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    id: Option<GuidanceId>,
    new: &NewGuidance,
) -> Result<GuidanceId> {
    if let Some((_, words)) = new.wrong().as_slice().first() {
        return Err(Error::Refused((*words).to_owned()));
    }
    let made = id.unwrap_or_else(|| GuidanceId::from_uuid(Uuid::now_v7()));
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let known = all(tx).await?;
            let same = |seen: &&GuidanceSeen| seen.id != made && !seen.withdrawn && seen.service == new.service;
            if known.iter().find(same).is_some() {
                return Err(Error::Refused(format!(
                    "There is guidance for {} already. Change that, or name another kind of service.",
                    new.service
                )));
            }
            let version = next_version(tx, made).await?;
            if id.is_some() && version == 1 {
                return Err(Error::NotFound);
            }
            let detail = json!({ "service": new.service, "version": version, "change": new.change });
            add(
                tx,
                Action::PublishGuidance,
                detail,
                GuidanceRow {
                    id: made,
                    version,
                    recorded_at: at,
                    recorded_by: tx.actor(),
                    service: new.service.clone(),
                    body: new.body.clone(),
                    dated: new.dated,
                    change: new.change.clone(),
                    withdrawn: false,
                },
            )
            .await?;
            Ok(made)
        })
        .await
}

/// Takes guidance back: no provider sees it any more, until it is published again.
///
/// # Errors
/// [`Error::NotFound`] for guidance that there is not, or that was withdrawn before.
pub async fn withdraw(scope: &CouncilScope, at: DateTime<Utc>, today: NaiveDate, id: GuidanceId) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let seen = find(tx, id).await?;
            if seen.withdrawn {
                return Err(Error::NotFound);
            }
            let version = next_version(tx, id).await?;
            add(
                tx,
                Action::WithdrawGuidance,
                json!({ "service": seen.service }),
                GuidanceRow {
                    id,
                    version,
                    recorded_at: at,
                    recorded_by: tx.actor(),
                    service: seen.service,
                    body: seen.body,
                    dated: today,
                    change: "Withdrawn".to_owned(),
                    withdrawn: true,
                },
            )
            .await
        })
        .await
}

/// Two administrators who publish at once get the same number, of which the key lets one in.
async fn next_version(tx: &mut Tx<'_>, id: GuidanceId) -> Result<u32> {
    let tenant = tx.tenant().uuid();
    let newest: Option<i32> = guidance::table
        .filter(guidance::tenant_id.eq(tenant))
        .filter(guidance::id.eq(id.uuid()))
        .select(diesel::dsl::max(guidance::version))
        .first(tx.conn())
        .await?;
    Ok(newest.and_then(|newest| u32::try_from(newest).ok()).unwrap_or_default() + 1)
}

async fn add(tx: &mut Tx<'_>, action: Action, detail: serde_json::Value, row: GuidanceRow) -> Result<()> {
    let mut audited = tx.audited(Record::of(action, row.id).detail(detail)).await?;
    write(&mut audited, row).await.map_err(|error| match error.constraint() {
        Some("guidance_pkey") => Error::Conflict(
            "Somebody else has just changed this guidance. Look at it again, then make your change.".to_owned(),
        ),
        _ => error,
    })
}

async fn write(audited: &mut Audited<'_, '_>, row: GuidanceRow) -> Result<()> {
    insert!(audited, guidance, [row]);
    Ok(())
}

/// All guidance of the council, by kind of service, what was withdrawn among it.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<GuidanceSeen>> {
    let tenant = tx.tenant().uuid();
    load(tx.conn(), tenant).await
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: GuidanceId) -> Result<GuidanceSeen> {
    all(tx).await?.into_iter().find(|seen| seen.id == id).ok_or(Error::NotFound)
}

/// The guidance that a council publishes to its providers, by kind of service.
///
/// # Errors
/// [`Error::Database`].
pub async fn for_provider(tx: &mut Tx<'_, Provider>, council: TenantId) -> Result<Vec<GuidanceSeen>> {
    let mut seen = load(tx.conn(), council.uuid()).await?;
    seen.retain(|seen| !seen.withdrawn);
    Ok(seen)
}

type Row = (Uuid, DateTime<Utc>, String, String, NaiveDate, String, bool);

async fn load(conn: &mut diesel_async::AsyncPgConnection, tenant: Uuid) -> Result<Vec<GuidanceSeen>> {
    let rows: Vec<Row> = guidance::table
        .filter(guidance::tenant_id.eq(tenant))
        .order((guidance::id, guidance::version.desc()))
        .select((
            guidance::id,
            guidance::recorded_at,
            guidance::service,
            guidance::body,
            guidance::dated,
            guidance::change,
            guidance::withdrawn,
        ))
        .load(conn)
        .await?;
    let mut seen: Vec<GuidanceSeen> = Vec::new();
    for (id, recorded_at, service, body, dated, change, withdrawn) in rows {
        let id = GuidanceId::from_uuid(id);
        match seen.last_mut() {
            Some(last) if last.id == id => last.changes.push((dated, change)),
            _ => seen.push(GuidanceSeen { id, service, body, recorded_at, changes: vec![(dated, change)], withdrawn }),
        }
    }
    seen.sort_by(|one, other| (&one.service, one.id).cmp(&(&other.service, other.id)));
    Ok(seen)
}
