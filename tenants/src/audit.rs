//! Who did what, when and to what: written in the transaction that makes the change, and never changed. Every write
//! of council data starts here ([`Tx::audited`](crate::scope::Tx::audited)).

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{self, AuditId};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::Value;
use uuid::Uuid;

use crate::error::Result;
use crate::record::{Kept as _, record};
use crate::schema::audit_record;
use crate::scope::{Acts, Tx};

/// What is about to change.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    action: Action,
    object_kind: &'static str,
    object: Option<Uuid>,
    detail: Value,
}

impl Record {
    /// An action on one object.
    #[must_use]
    pub fn of(action: Action, object: impl Object) -> Self {
        let (object_kind, object) = object.object();
        Self { action, object_kind, object, detail: Value::Object(serde_json::Map::new()) }
    }

    /// An action on something that has no id: the rate card, a council's settings.
    #[must_use]
    pub fn on(action: Action, object_kind: &'static str) -> Self {
        Self { action, object_kind, object: None, detail: Value::Object(serde_json::Map::new()) }
    }

    /// What else is worth keeping: ids, counts, sums before and after. Never bank details, never more of a person
    /// than their reference.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Something that an audit record can be about.
pub trait Object {
    /// Its kind and id.
    fn object(self) -> (&'static str, Option<Uuid>);
}

macro_rules! objects {
    ($($id:ident = $kind:literal),* $(,)?) => {$(
        impl Object for ids::$id {
            fn object(self) -> (&'static str, Option<Uuid>) {
                ($kind, Some(self.uuid()))
            }
        }
    )*};
}
objects!(
    TenantId = "council",
    OrganisationId = "organisation",
    PersonId = "person",
    PayeeId = "payee",
    ContractId = "contract",
    ServiceUserId = "service_user",
    ServiceLineId = "service_line",
    ScheduleId = "schedule",
    PeriodId = "pay_period",
    ClaimId = "claim",
    RunId = "run",
    PaymentFileId = "payment_file",
    RuleId = "rule",
    NoticeId = "notice",
);

/// Writes a record for the transaction's council and actor.
pub(crate) async fn write<S: Acts>(tx: &mut Tx<'_, S>, record: Record) -> Result<()> {
    let (actor, at) = (tx.actor(), tx.at());
    let scope = tx.scope();
    let row = (
        audit_record::tenant_id.eq(scope.tenant().uuid()),
        audit_record::organisation_id.eq(scope.organisation().raw()),
        audit_record::at.eq(at),
        audit_record::person_id.eq(actor.person().raw()),
        audit_record::actor.eq(actor.raw()),
        audit_record::action.eq(record.action.code()),
        audit_record::object_kind.eq(record.object_kind),
        audit_record::object_id.eq(record.object),
        audit_record::detail.eq(record.detail),
        audit_record::request_id.eq(scope.request_id().map(str::to_owned)),
    );
    diesel::insert_into(audit_record::table).values(row).execute(tx.conn()).await?;
    Ok(())
}

record! {
    /// A record as it was written.
    pub struct AuditRecord in audit_record {
        /// Its id.
        pub id: AuditId,
        /// When it happened.
        pub at: DateTime<Utc>,
        /// Who did it.
        pub actor: Actor,
        /// What was done.
        pub action: String,
        /// To what kind of thing.
        pub object_kind: String,
        /// To which.
        pub object_id: Option<Uuid>,
        /// What else was kept.
        pub detail: Value,
        /// The request or job that it belonged to.
        pub request_id: Option<String>,
    }
}

/// The records of one object, oldest first.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of(tx: &mut Tx<'_>, object: impl Object) -> Result<Vec<AuditRecord>> {
    let (kind, id) = object.object();
    let tenant = tx.tenant().uuid();
    Ok(audit_record::table
        .filter(audit_record::tenant_id.eq(tenant))
        .filter(audit_record::object_kind.eq(kind))
        .filter(audit_record::object_id.eq(id))
        .order((audit_record::at, audit_record::id))
        .select(AuditRecord::as_select())
        .load(tx.conn())
        .await?)
}

/// The newest records of the council, newest first, at most so many.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn newest(tx: &mut Tx<'_>, most: u32) -> Result<Vec<AuditRecord>> {
    let tenant = tx.tenant().uuid();
    Ok(audit_record::table
        .filter(audit_record::tenant_id.eq(tenant))
        .order((audit_record::at.desc(), audit_record::id))
        .limit(i64::from(most))
        .select(AuditRecord::as_select())
        .load(tx.conn())
        .await?)
}
