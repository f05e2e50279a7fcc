//! The record of one act on a council's data: written in the transaction that makes the change, and never changed.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{self, AuditId, OrganisationId, TenantId};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::Value;
use uuid::Uuid;

use crate::error::Result;
use crate::record::{Kept as _, record};
use crate::schema::audit_record;
use crate::scope::{Acts, Origin, Settings, Tx, set_scope};

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
    InvitationId = "organisation_invitation",
    ProviderNoticeId = "provider_notice",
    GuidanceId = "guidance",
    TeamId = "council_team",
    QueryId = "care_query",
    InvoiceId = "invoice",
    BillingId = "billing_schedule",
    DisputeId = "dispute",
    DocumentId = "contract_document",
    AdjustmentId = "adjustment",
    TrialId = "rule_trial",
);

/// Writes a record for the transaction's council and actor.
pub(crate) async fn write<S: Acts>(tx: &mut Tx<'_, S>, record: Record) -> Result<()> {
    let (actor, at) = (tx.actor(), tx.at());
    let scope = tx.scope();
    let (tenant, organisation) = (scope.tenant(), scope.organisation());
    let by = By { actor, origin: scope.origin().clone() };
    insert(tx.conn(), tenant, organisation, at, by, record).await
}

/// Who acts, and from where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct By {
    pub(crate) actor: Actor,
    pub(crate) origin: Origin,
}

/// Writes a record for a council in a transaction of the platform's own role: who belongs to a council's staff is kept
/// by the platform, and a change of it stands in that council's record. The rest of the transaction is about that
/// council and actor, as far as the policies ask.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub(crate) async fn write_for_council(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    at: DateTime<Utc>,
    by: By,
    record: Record,
) -> Result<()> {
    let settings = Settings {
        tenant: tenant.uuid().to_string(),
        person: by.actor.person().map(|person| person.uuid().to_string()).unwrap_or_default(),
        ..Settings::default()
    };
    set_scope(conn, &settings).await?;
    insert(conn, tenant, None, at, by, record).await
}

async fn insert(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    organisation: Option<OrganisationId>,
    at: DateTime<Utc>,
    by: By,
    record: Record,
) -> Result<()> {
    let row = (
        audit_record::tenant_id.eq(tenant.uuid()),
        audit_record::organisation_id.eq(organisation.raw()),
        audit_record::at.eq(at),
        audit_record::person_id.eq(by.actor.person().raw()),
        audit_record::actor.eq(by.actor.raw()),
        audit_record::action.eq(record.action.code()),
        audit_record::object_kind.eq(record.object_kind),
        audit_record::object_id.eq(record.object),
        audit_record::detail.eq(record.detail),
        audit_record::address.eq(by.origin.address_kept()),
        audit_record::request_id.eq(by.origin.request_id),
    );
    diesel::insert_into(audit_record::table).values(row).execute(conn).await?;
    Ok(())
}

record! {
    /// A record as it was written.
    pub struct AuditRecord in audit_record {
        /// Its id.
        pub id: AuditId,
        /// The provider that somebody acted for.
        pub organisation_id: Option<OrganisationId>,
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
        /// The client's address.
        pub address: Option<String>,
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
