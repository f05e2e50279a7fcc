//! A council's settings for what people are told by e-mail. Append-only: the newest for each event counts.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::error::Result;
use crate::record::{Kept, insert, record};
use crate::schema::notification_setting;
use crate::scope::{Audited, Tx};

impl Kept for NoticeEvent {
    type Raw = String;
    fn raw(self) -> String {
        self.code().to_owned()
    }
    fn of(raw: String) -> Result<Self, String> {
        Self::from_code(&raw).ok_or_else(|| format!("{raw} is no event"))
    }
}

record! {
    /// A setting as it was recorded.
    pub struct NotificationRow in notification_setting {
        /// Which event.
        pub event: NoticeEvent,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// Whether anything is sent.
        pub enabled: bool,
        /// The address that it comes from.
        pub sender: String,
        /// The address that answers go to.
        pub reply_to: Option<String>,
        /// Minutes before what the event is about.
        pub lead_minutes: u32,
        /// The subject, with placeholders.
        pub subject: String,
        /// The body, with placeholders.
        pub body: String,
    }
}

impl From<NotificationRow> for NotificationSetting {
    fn from(row: NotificationRow) -> Self {
        Self {
            event: row.event,
            enabled: row.enabled,
            sender: row.sender,
            reply_to: row.reply_to.unwrap_or_default(),
            lead_minutes: row.lead_minutes,
            subject: row.subject,
            body: row.body,
        }
    }
}

/// Records a setting, by whoever acts and at the time of the transaction.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn set(audited: &mut Audited<'_, '_>, setting: NotificationSetting) -> Result<()> {
    let row = NotificationRow {
        event: setting.event,
        recorded_at: audited.at(),
        recorded_by: audited.actor(),
        enabled: setting.enabled,
        sender: setting.sender,
        reply_to: Some(setting.reply_to).filter(|address| !address.is_empty()),
        lead_minutes: setting.lead_minutes,
        subject: setting.subject,
        body: setting.body,
    };
    insert!(audited, notification_setting, [row]);
    Ok(())
}

/// The setting that counts for an event; none where the council has made none, which sends nothing.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn for_event(tx: &mut Tx<'_>, event: NoticeEvent) -> Result<Option<NotificationSetting>> {
    let tenant = tx.tenant().uuid();
    let row: Option<NotificationRow> = notification_setting::table
        .filter(notification_setting::tenant_id.eq(tenant))
        .filter(notification_setting::event.eq(event.code()))
        .order(notification_setting::recorded_at.desc())
        .select(NotificationRow::as_select())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(row.map(NotificationSetting::from))
}
