//! What a council has to tell all of its providers, from a day to a day: early cut-offs, a changed form. Its
//! administrators write notices; providers read them while they hold, and those that held before.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ProviderNoticeId, TenantId};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::record::{Kept as _, insert, record};
use crate::schema::provider_notice;
use crate::scope::{CouncilScope, Provider, Tx};

/// The longest title and text, in characters.
pub const LONGEST_TITLE: usize = 120;
/// The longest text, in characters.
pub const LONGEST_BODY: usize = 8_000;

record! {
    /// A notice.
    pub struct ProviderNotice in provider_notice {
        /// Its id.
        pub id: ProviderNoticeId,
        /// In a line.
        pub title: String,
        /// In paragraphs, headings and lists.
        pub body: String,
        /// The first day on which it is shown.
        pub holds_from: NaiveDate,
        /// The last day.
        pub holds_to: NaiveDate,
        /// When it was written or changed last.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// Whether it was withdrawn.
        pub withdrawn: bool,
    }
}

/// What an administrator enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// In a line.
    pub title: String,
    /// In paragraphs, headings and lists.
    pub body: String,
    /// The first day on which it is shown.
    pub holds_from: NaiveDate,
    /// The last day.
    pub holds_to: NaiveDate,
}

/// A part of what an administrator enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its title.
    Title,
    /// Its text.
    Body,
    /// Its last day.
    HoldsTo,
}

impl NewNotice {
    /// What is wrong with it, in words for the administrator.
    #[must_use]
    pub fn wrong(&self) -> Vec<(Part, &'static str)> {
        let mut wrong = Vec::new();
        match self.title.chars().count() {
            0 => wrong.push((Part::Title, "Enter a title")),
            1..=LONGEST_TITLE => {}
            _ => wrong.push((Part::Title, "Title must be 120 characters or fewer")),
        }
        match self.body.chars().count() {
            0 => wrong.push((Part::Body, "Enter what you want to tell your providers")),
            1..=LONGEST_BODY => {}
            _ => wrong.push((Part::Body, "The text must be 8,000 characters or fewer")),
        }
        if self.holds_to < self.holds_from {
            wrong.push((Part::HoldsTo, "The last day must be the same as or after the first day"));
        }
        wrong
    }
}

/// A notice as a provider reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSeen {
    /// The council.
    pub tenant: TenantId,
    /// Its id.
    pub id: ProviderNoticeId,
    /// In a line.
    pub title: String,
    /// In paragraphs, headings and lists.
    pub body: String,
    /// The first day on which it is shown.
    pub holds_from: NaiveDate,
    /// The last day.
    pub holds_to: NaiveDate,
    /// When it was written or changed last.
    pub recorded_at: DateTime<Utc>,
}

/// Publishes a notice, or changes one.
///
/// # Errors
/// [`Error::Refused`] for one that is not as it should be, in words for the administrator; [`Error::NotFound`] for one that
/// there is not, or that was withdrawn.
pub async fn publish(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    id: Option<ProviderNoticeId>,
    new: &NewNotice,
) -> Result<ProviderNoticeId> {
    if let Some((_, words)) = new.wrong().as_slice().first() {
        return Err(Error::Refused((*words).to_owned()));
    }
    let made = id.unwrap_or_else(|| ProviderNoticeId::from_uuid(Uuid::now_v7()));
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let detail = json!({ "title": new.title, "from": new.holds_from, "to": new.holds_to });
            let mut audited = tx.audited(Record::of(Action::PublishNotice, made).detail(detail)).await?;
            let by = audited.actor();
            if id.is_none() {
                let row = ProviderNotice {
                    id: made,
                    title: new.title.clone(),
                    body: new.body.clone(),
                    holds_from: new.holds_from,
                    holds_to: new.holds_to,
                    recorded_at: at,
                    recorded_by: by,
                    withdrawn: false,
                };
                insert!(audited, provider_notice, [row]);
                return Ok(made);
            }
            let tenant = audited.tenant().uuid();
            let changed = diesel::update(provider_notice::table.find((tenant, made.uuid())))
                .filter(provider_notice::withdrawn.eq(false))
                .set((
                    provider_notice::title.eq(&new.title),
                    provider_notice::body.eq(&new.body),
                    provider_notice::holds_from.eq(new.holds_from),
                    provider_notice::holds_to.eq(new.holds_to),
                    provider_notice::recorded_at.eq(at),
                    provider_notice::recorded_by.eq(by.raw()),
                ))
                .execute(audited.conn())
                .await?;
            if changed == 1 { Ok(made) } else { Err(Error::NotFound) }
        })
        .await
}

/// Takes a notice back: no provider sees it any more.
///
/// # Errors
/// [`Error::NotFound`] for one that there is not, or that was withdrawn before.
pub async fn withdraw(scope: &CouncilScope, at: DateTime<Utc>, id: ProviderNoticeId) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let mut audited = tx.audited(Record::of(Action::WithdrawNotice, id)).await?;
            let tenant = audited.tenant().uuid();
            let changed = diesel::update(provider_notice::table.find((tenant, id.uuid())))
                .filter(provider_notice::withdrawn.eq(false))
                .set(provider_notice::withdrawn.eq(true))
                .execute(audited.conn())
                .await?;
            if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
        })
        .await
}

/// Every notice of the council, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<ProviderNotice>> {
    let tenant = tx.tenant().uuid();
    Ok(provider_notice::table
        .filter(provider_notice::tenant_id.eq(tenant))
        .order((provider_notice::holds_to.desc(), provider_notice::id))
        .select(ProviderNotice::as_select())
        .load(tx.conn())
        .await?)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: ProviderNoticeId) -> Result<ProviderNotice> {
    let tenant = tx.tenant().uuid();
    Ok(provider_notice::table.find((tenant, id.uuid())).select(ProviderNotice::as_select()).first(tx.conn()).await?)
}

/// The notices of these councils that begin by a day, those that hold or held longest first: for a provider. Those that
/// still hold on the day come first.
///
/// # Errors
/// [`Error::Database`].
pub async fn for_provider(
    tx: &mut Tx<'_, Provider>,
    councils: &[TenantId],
    (until, holding_only): (NaiveDate, bool),
) -> Result<Vec<NoticeSeen>> {
    type Row = (Uuid, Uuid, String, String, NaiveDate, NaiveDate, DateTime<Utc>);
    let tenants: Vec<Uuid> = councils.iter().map(|council| council.uuid()).collect();
    let mut wanted = provider_notice::table
        .filter(provider_notice::tenant_id.eq_any(tenants))
        .filter(provider_notice::withdrawn.eq(false))
        .filter(provider_notice::holds_from.le(until))
        .order((provider_notice::holds_to.desc(), provider_notice::tenant_id, provider_notice::id))
        .limit(100)
        .select((
            provider_notice::tenant_id,
            provider_notice::id,
            provider_notice::title,
            provider_notice::body,
            provider_notice::holds_from,
            provider_notice::holds_to,
            provider_notice::recorded_at,
        ))
        .into_boxed();
    if holding_only {
        wanted = wanted.filter(provider_notice::holds_to.ge(until));
    }
    let rows: Vec<Row> = wanted.load(tx.conn()).await?;
    let seen = rows.into_iter().map(|(tenant, id, title, body, holds_from, holds_to, recorded_at)| NoticeSeen {
        tenant: TenantId::from_uuid(tenant),
        id: ProviderNoticeId::from_uuid(id),
        title,
        body,
        holds_from,
        holds_to,
        recorded_at,
    });
    Ok(seen.collect())
}
