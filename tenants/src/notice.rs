//! Messages to people: written by the step that makes them true, sent by the mailer afterwards, each once.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::NoticeId;
use counterfoil_core::notice::NoticeEvent;
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::error::{Error, Result};
use crate::record::{Kept, record};
use crate::schema::notice;
use crate::scope::{Audited, Tx};

/// How far a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeState {
    /// To be sent.
    ToSend,
    /// The mail server took it.
    Sent,
    /// It will not be sent; the last error says why.
    Failed,
}

impl Kept for NoticeState {
    type Raw = i16;
    fn raw(self) -> i16 {
        match self {
            Self::ToSend => 0,
            Self::Sent => 1,
            Self::Failed => 2,
        }
    }
    fn of(raw: i16) -> Result<Self, String> {
        match raw {
            0 => Ok(Self::ToSend),
            1 => Ok(Self::Sent),
            2 => Ok(Self::Failed),
            _ => Err(format!("{raw} is no state of a notice")),
        }
    }
}

record! {
    /// A notice.
    pub struct Notice in notice {
        /// Its id.
        pub id: NoticeId,
        /// What it is about.
        pub event: NoticeEvent,
        /// What it is about and to whom, so that it is written once.
        pub dedupe_key: String,
        /// The address that it goes to.
        pub recipient: String,
        /// The address that it comes from.
        pub sender: String,
        /// The address that answers go to.
        pub reply_to: Option<String>,
        /// Its subject.
        pub subject: String,
        /// Its text.
        pub body: String,
        /// How far it is.
        pub state: NoticeState,
        /// The Message-ID that it was sent under.
        pub message_id: Option<String>,
        /// How often sending was tried.
        pub attempts: u32,
        /// What went wrong last.
        pub last_error: Option<String>,
        /// When it was written.
        pub created_at: DateTime<Utc>,
        /// When it was sent.
        pub sent_at: Option<DateTime<Utc>>,
    }
}

/// Writes notices that are not there yet, and says which were not.
///
/// # Errors
/// [`Error::Database`].
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<Notice>) -> Result<Vec<NoticeId>> {
    let council = audited.tenant();
    let mut added = Vec::new();
    let mut rows = rows.into_iter();
    loop {
        let batch: Vec<_> = rows.by_ref().take(1_000).map(|row| row.for_council(council)).collect();
        if batch.is_empty() {
            return Ok(added);
        }
        let ids: Vec<uuid::Uuid> = diesel::insert_into(notice::table)
            .values(batch)
            .on_conflict((notice::tenant_id, notice::dedupe_key))
            .do_nothing()
            .returning(notice::id)
            .get_results(audited.conn())
            .await?;
        added.extend(ids.into_iter().map(NoticeId::from_uuid));
    }
}

/// One notice.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: NoticeId) -> Result<Notice> {
    let tenant = tx.tenant().uuid();
    Ok(notice::table
        .filter(notice::tenant_id.eq(tenant))
        .filter(notice::id.eq(id.uuid()))
        .select(Notice::as_select())
        .first(tx.conn())
        .await?)
}

/// Every notice of the council, oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<Notice>> {
    let tenant = tx.tenant().uuid();
    Ok(notice::table
        .filter(notice::tenant_id.eq(tenant))
        .order((notice::created_at, notice::dedupe_key))
        .select(Notice::as_select())
        .load(tx.conn())
        .await?)
}

/// Records an attempt to send: its outcome, and the error where there was one.
///
/// # Errors
/// [`Error::Conflict`] when it was sent already.
pub async fn attempted(
    audited: &mut Audited<'_, '_>,
    id: NoticeId,
    state: NoticeState,
    message_id: Option<&str>,
    error: Option<&str>,
) -> Result<()> {
    let (tenant, at) = (audited.tenant().uuid(), audited.at());
    let sent_at = (state == NoticeState::Sent).then_some(at);
    let rows = diesel::update(notice::table)
        .filter(notice::tenant_id.eq(tenant))
        .filter(notice::id.eq(id.uuid()))
        .filter(notice::state.ne(NoticeState::Sent.raw()))
        .set((
            notice::state.eq(state.raw()),
            notice::message_id.eq(message_id),
            notice::attempts.eq(notice::attempts + 1),
            notice::last_error.eq(error),
            notice::sent_at.eq(sent_at),
        ))
        .execute(audited.conn())
        .await?;
    if rows == 0 { Err(Error::Conflict("This notice has been sent already.".to_owned())) } else { Ok(()) }
}
