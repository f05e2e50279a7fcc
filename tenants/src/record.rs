//! How values of the domain are kept in columns, once for all of them: ids as UUIDs, amounts as whole pence, states
//! by their number, choices by their published word, shapes as JSON. The domain crate knows nothing of it.
//!
//! `record!` makes a row type: a struct whose fields are columns of the same name, each read and
//! written by its type's [`Kept`]. The council is no field: rows are written for the council of the transaction, and read
//! with it only where they may be of several.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids;
use serde::Serialize;
use uuid::Uuid;

/// A value that a column keeps.
pub trait Kept: Sized {
    /// What diesel reads and writes.
    type Raw;

    /// The value as it is stored.
    fn raw(self) -> Self::Raw;

    /// The value that was stored.
    ///
    /// # Errors
    /// What is wrong with it, for the log.
    fn of(raw: Self::Raw) -> Result<Self, String>;
}

macro_rules! kept_as_is {
    ($($type:ty),* $(,)?) => {$(
        impl Kept for $type {
            type Raw = Self;
            fn raw(self) -> Self {
                self
            }
            fn of(raw: Self) -> Result<Self, String> {
                Ok(raw)
            }
        }
    )*};
}
kept_as_is!(String, bool, i16, i32, i64, Vec<u8>, Uuid, NaiveDate, DateTime<Utc>, serde_json::Value);

impl<T: Kept> Kept for Option<T> {
    type Raw = Option<T::Raw>;
    fn raw(self) -> Self::Raw {
        self.map(Kept::raw)
    }
    fn of(raw: Self::Raw) -> Result<Self, String> {
        raw.map(T::of).transpose()
    }
}

macro_rules! kept_ids {
    ($($id:ident),* $(,)?) => {$(
        impl Kept for ids::$id {
            type Raw = Uuid;
            fn raw(self) -> Uuid {
                self.uuid()
            }
            fn of(raw: Uuid) -> Result<Self, String> {
                Ok(Self::from_uuid(raw))
            }
        }
    )*};
}
kept_ids!(
    TenantId,
    OrganisationId,
    PersonId,
    PayeeId,
    ContractId,
    ServiceUserId,
    ServiceLineId,
    ScheduleId,
    PeriodId,
    ClaimId,
    ClaimLineId,
    StatementId,
    AssessmentId,
    EntryId,
    RunId,
    PaymentFileId,
    RuleId,
    JobId,
    AuditId,
    NoticeId,
    LinkId,
    LetterId,
    PasskeyId,
    InvitationId,
    ProviderNoticeId,
    GuidanceId,
    TeamId,
    QueryId,
    InvoiceId,
    BillingId,
    DisputeId,
    AttachmentId,
    DocumentId,
    AdjustmentId,
    TrialId,
);

/// Counts and numbers are unsigned here and `int` there.
impl Kept for u32 {
    type Raw = i32;
    fn raw(self) -> i32 {
        // nothing is counted that far: the largest claim has 2,000 visits
        i32::try_from(self).unwrap_or(i32::MAX)
    }
    fn of(raw: i32) -> Result<Self, String> {
        Self::try_from(raw).map_err(|_| format!("{raw} is negative"))
    }
}

impl Kept for u16 {
    type Raw = i16;
    fn raw(self) -> i16 {
        i16::try_from(self).unwrap_or(i16::MAX)
    }
    fn of(raw: i16) -> Result<Self, String> {
        Self::try_from(raw).map_err(|_| format!("{raw} is negative"))
    }
}

impl Kept for u64 {
    type Raw = i64;
    fn raw(self) -> i64 {
        i64::try_from(self).unwrap_or(i64::MAX)
    }
    fn of(raw: i64) -> Result<Self, String> {
        Self::try_from(raw).map_err(|_| format!("{raw} is negative"))
    }
}

impl Kept for counterfoil_core::money::Money {
    type Raw = i64;
    fn raw(self) -> i64 {
        self.pence()
    }
    fn of(raw: i64) -> Result<Self, String> {
        Ok(Self::from_pence(raw))
    }
}

impl Kept for counterfoil_core::money::Rate {
    type Raw = i64;
    fn raw(self) -> i64 {
        Self::raw(self)
    }
    fn of(raw: i64) -> Result<Self, String> {
        Ok(Self::from_ten_thousandths(raw))
    }
}

impl Kept for counterfoil_core::money::Quantity {
    type Raw = i64;
    fn raw(self) -> i64 {
        Self::raw(self)
    }
    fn of(raw: i64) -> Result<Self, String> {
        Ok(Self::from_thousandths(raw))
    }
}

/// States with a number of their own.
macro_rules! kept_codes {
    ($($type:ty),* $(,)?) => {$(
        impl Kept for $type {
            type Raw = i16;
            fn raw(self) -> i16 {
                self.code()
            }
            fn of(raw: i16) -> Result<Self, String> {
                Self::from_code(raw).ok_or_else(|| format!("{raw} is no {}", stringify!($type)))
            }
        }
    )*};
}
kept_codes!(
    counterfoil_core::claim::ClaimState,
    counterfoil_core::disposition::Disposition,
    counterfoil_core::entry::EntryKind,
    counterfoil_core::run::RunState,
    counterfoil_core::dispute::DisputeState,
);

/// Choices that are written as the one word that serde gives them.
macro_rules! kept_words {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::record::Kept for $type {
            type Raw = String;
            fn raw(self) -> String {
                $crate::record::word_of(&self)
            }
            fn of(raw: String) -> std::result::Result<Self, String> {
                serde_json::from_value(serde_json::Value::String(raw)).map_err(|error| error.to_string())
            }
        }
    )*};
}
pub(crate) use kept_words;
kept_words!(
    counterfoil_core::pricing::facts::Unit,
    counterfoil_core::pricing::facts::DayKind,
    counterfoil_core::pricing::facts::Recording,
    counterfoil_core::pricing::facts::Terms,
    counterfoil_core::pricing::facts::StayKind,
    counterfoil_core::pricing::facts::EndingKind,
    counterfoil_core::claim::Vocabulary,
    counterfoil_core::tolerance::Level,
    counterfoil_core::side::Side,
    counterfoil_core::dispute::DisputeReason,
    counterfoil_core::dispute::DisputeEvent,
    counterfoil_core::language::Language,
);

pub(crate) fn word_of(value: &impl Serialize) -> String {
    // a choice that is not one word is refused by the column's check
    serde_json::to_value(value).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Shapes of the domain, kept as JSON.
macro_rules! kept_json {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::record::Kept for $type {
            type Raw = serde_json::Value;
            fn raw(self) -> serde_json::Value {
                $crate::record::json_of(&self)
            }
            fn of(raw: serde_json::Value) -> std::result::Result<Self, String> {
                serde_json::from_value(raw).map_err(|error| error.to_string())
            }
        }
    )*};
}
pub(crate) use kept_json;
kept_json!(
    counterfoil_core::actor::Actor,
    counterfoil_core::calendar::Schedule,
    counterfoil_core::calendar::Origin,
    counterfoil_core::plan::Plan,
    counterfoil_core::statement::Statement,
    counterfoil_core::remittance::Remittance,
    counterfoil_core::pricing::facts::Value,
    counterfoil_core::pricing::Reason,
    counterfoil_core::pricing::Fault,
    counterfoil_core::pricing::Description,
    Vec<String>,
    Vec<counterfoil_core::pricing::facts::Attribute>,
    Vec<counterfoil_core::pricing::Finding>,
    Vec<counterfoil_core::pricing::Arg>,
    Vec<counterfoil_core::calendar::Finding>,
    Vec<counterfoil_core::calendar::AcceptedFinding>,
    Vec<counterfoil_core::tolerance::LineUse>,
    counterfoil_core::pricing::words::MessageTable,
    BTreeMap<String, String>,
);

/// Writes rows for the council of an [`Audited`](crate::scope::Audited), a thousand at a time (a statement has room for
/// 65,535 values), and says how many.
macro_rules! insert {
    ($audited:expr, $table:ident, $rows:expr) => {{
        use diesel_async::RunQueryDsl as _;
        let council = $audited.tenant();
        let mut rows = $rows.into_iter();
        let mut written = 0_usize;
        loop {
            let batch: Vec<_> = rows.by_ref().take(1_000).map(|row| row.for_council(council)).collect();
            if batch.is_empty() {
                break;
            }
            written +=
                diesel::insert_into($crate::schema::$table::table).values(batch).execute($audited.conn()).await?;
        }
        written
    }};
}
pub(crate) use insert;

/// The JSON of a shape. Shapes have text for keys, so that writing one cannot fail; a `null` would be refused by the
/// column.
pub(crate) fn json_of(value: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Makes a row type. `pub struct Contract in contract { ... }` has the columns of the same names of the table
/// `contract`; it is read with `.select(Contract::as_select())` and written by `insert!`.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident in $table:ident {
            $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl diesel::Selectable<diesel::pg::Pg> for $name {
            type SelectExpression = ($($crate::schema::$table::$field,)*);

            fn construct_selection() -> Self::SelectExpression {
                ($($crate::schema::$table::$field,)*)
            }
        }

        impl diesel::deserialize::Queryable<
            diesel::dsl::SqlTypeOf<($($crate::schema::$table::$field,)*)>,
            diesel::pg::Pg,
        > for $name {
            type Row = ($(<$type as $crate::record::Kept>::Raw,)*);

            fn build(($($field,)*): Self::Row) -> diesel::deserialize::Result<Self> {
                Ok(Self {
                    $($field: <$type as $crate::record::Kept>::of($field).map_err(|wrong| {
                        format!(concat!(stringify!($table), ".", stringify!($field), ": {}"), wrong)
                    })?,)*
                })
            }
        }

        impl $name {
            /// The row as it is written, for a council.
            #[allow(dead_code, clippy::type_complexity, reason = "some rows are only read, or written as arrays")]
            pub(crate) fn for_council(self, council: counterfoil_core::ids::TenantId) -> (
                diesel::dsl::Eq<$crate::schema::$table::tenant_id, uuid::Uuid>,
                $(diesel::dsl::Eq<$crate::schema::$table::$field, <$type as $crate::record::Kept>::Raw>,)*
            ) {
                use diesel::ExpressionMethods as _;
                (
                    $crate::schema::$table::tenant_id.eq(council.uuid()),
                    $($crate::schema::$table::$field.eq($crate::record::Kept::raw(self.$field)),)*
                )
            }
        }
    };
}
pub(crate) use record;
