//! Claims as a table shows them, a page at a time: for a provider those of one organisation at one council, for a
//! council all of its own. One statement gives the page and how many there are, counted no further than a reader pages.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{ClaimId, ContractId, OrganisationId, TenantId};
use counterfoil_core::money::Money;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::{Provider, Tx};

/// How many claims after those of a page are counted.
pub const COUNTED: i64 = 500;

/// Which claims are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// All.
    #[default]
    All,
    /// Those that wait for the provider: generated or stated.
    Open,
    /// Those that are confirmed and in no run yet.
    Confirmed,
    /// Those of them on which something is suspended.
    Suspended,
    /// Those that a run holds.
    Locked,
    /// Those that were paid.
    Paid,
}

/// What claims are ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The first day of care.
    #[default]
    Week,
    /// The person's reference.
    Person,
    /// What is claimed.
    Claimed,
}

/// A page of claims that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Where they stand.
    pub standing: Standing,
    /// Under one contract.
    pub contract: Option<ContractId>,
    /// Of these organisations; for a council only.
    pub organisations: Option<Vec<OrganisationId>>,
    /// Whose care, or whose pay period, begins on this day.
    pub starts: Option<NaiveDate>,
    /// Ordered by.
    pub order: Order,
    /// With messages that this side has not read.
    pub unread: bool,
    /// From the other end.
    pub descending: bool,
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: u32,
}

/// A claim in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: ClaimId,
    /// The person, by the council's reference.
    pub person: String,
    /// The contract, by its reference.
    pub contract: String,
    /// The provider's name, for a council; none for a payee without an organisation.
    pub provider: Option<String>,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care, itself included.
    pub ends: NaiveDate,
    /// Where it stands.
    pub state: ClaimState,
    /// Whether the council has sent it back.
    pub sent_back: bool,
    /// Whether the provider says that it is wrong.
    pub rejected: bool,
    /// Whether the rule gave no answer, so that the whole claim waits for the council.
    pub faulted: bool,
    /// What it comes to; none before the first assessment.
    pub sums: Option<ListedSums>,
    /// Until when confirming is in time for the run that it belongs to.
    pub cut_off: DateTime<Utc>,
    /// How many messages its conversation has, and how many of them this side has not read.
    pub messages: (i32, i32),
}

/// What a claim comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedSums {
    /// The price of the plan.
    pub planned: Money,
    /// The price of everything stated.
    pub claimed: Money,
    /// What may be paid.
    pub payable: Money,
    /// What an officer decides on.
    pub suspended: Money,
}

/// A page of claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// These.
    pub rows: Vec<Listed>,
    /// How many there are, counted up to [`COUNTED`] after the page's first and one more.
    pub counted: i64,
}

type RowTypes = (
    (SqlUuid, Text, Text, Nullable<Text>, Date, Date, SmallInt, Bool, Bool),
    (Bool, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>, Timestamptz),
    (Nullable<Integer>, Nullable<Integer>, BigInt),
);
type Row = (
    (Uuid, String, String, Option<String>, NaiveDate, NaiveDate, i16, bool, bool),
    (bool, Option<i64>, Option<i64>, Option<i64>, Option<i64>, DateTime<Utc>),
    (Option<i32>, Option<i32>, i64),
);

/// The claims of one organisation at one council, as far as the person sees them.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn list_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<Claims> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    load(tx.conn(), Whose { tenant: council.uuid(), organisation: Some(organisation.uuid()) }, wanted).await
}

/// The claims of the council.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Claims> {
    let tenant = tx.tenant().uuid();
    load(tx.conn(), Whose { tenant, organisation: None }, wanted).await
}

/// Whose claims a statement names, beside the policies.
#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    /// Of a provider.
    organisation: Option<Uuid>,
}

async fn load(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<Claims> {
    let rows: Vec<Row> = page(whose, wanted).load(conn).await?;
    if let Some((.., (_, _, counted))) = rows.as_slice().first() {
        let counted = *counted;
        return Ok(Claims { rows: rows.into_iter().map(listed).collect::<Result<_>>()?, counted });
    }
    if wanted.offset == 0 {
        return Ok(Claims::default());
    }
    // beyond the end: the page that is the last one instead
    let total: i64 = counting(Prepared::<BigInt>::new("SELECT "), whose, wanted).get_result(conn).await?;
    let limit = i64::from(wanted.limit.max(1));
    let last = Wanted { offset: (total - 1).max(0) / limit * limit, ..wanted.clone() };
    let rows: Vec<Row> = page(whose, &last).load(conn).await?;
    Ok(Claims { rows: rows.into_iter().map(listed).collect::<Result<_>>()?, counted: total })
}

/// The page: its claims are found first, then what is shown of them.
fn page(whose: Whose, wanted: &Wanted) -> Prepared<RowTypes> {
    let provider = if whose.organisation.is_some() { "NULL::text" } else { "o.name" };
    let mut sql = Prepared::new("SELECT c.id, u.reference, k.reference, ").sql(provider).sql(
        ", c.starts, c.ends, c.state, c.sent_back_reason IS NOT NULL, c.rejected_at IS NOT NULL, a.fault IS NOT NULL, a.planned_pence, \
         a.claimed_pence, a.payable_pence, a.suspended_pence, p.cut_off, said.messages, ",
    );
    sql = sql.sql(if whose.organisation.is_some() { "said.provider_unread, " } else { "said.council_unread, " });
    sql = counting(sql, whose, wanted).sql(" FROM (SELECT c.id FROM claim c");
    match wanted.order {
        Order::Week => {}
        Order::Person => {
            sql = sql.sql(" JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id");
        }
        Order::Claimed => {
            sql = sql.sql(" LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id");
        }
    }
    sql = ordered(filtered(sql, whose, wanted), wanted).sql(format!(" LIMIT {}", wanted.limit.max(1)));
    if wanted.offset > 0 {
        sql = sql.sql(" OFFSET ").number(wanted.offset);
    }
    sql = sql.sql(") found JOIN claim c ON c.tenant_id = ").id(whose.tenant).sql(
        " AND c.id = found.id \
         JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
         JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.id = COALESCE(c.run_period_id, c.period_id) \
         LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         LEFT JOIN claim_conversation said ON said.tenant_id = c.tenant_id AND said.claim_id = c.id",
    );
    if whose.organisation.is_none() {
        sql = sql.sql(" LEFT JOIN organisation o ON o.id = c.organisation_id");
    }
    ordered(sql, wanted)
}

/// How many there are, counted no further than needed.
fn counting<ST>(sql: Prepared<ST>, whose: Whose, wanted: &Wanted) -> Prepared<ST> {
    let sql = filtered(sql.sql("(SELECT count(*) FROM (SELECT FROM claim c"), whose, wanted);
    if wanted.offset == 0 {
        sql.sql(format!(" LIMIT {}) counted)", COUNTED + 1))
    } else {
        sql.sql(" LIMIT ").number(wanted.offset.saturating_add(COUNTED + 1)).sql(") counted)")
    }
}

/// What stands after `claim c` and other tables: which claims are wanted.
fn filtered<ST>(mut sql: Prepared<ST>, whose: Whose, wanted: &Wanted) -> Prepared<ST> {
    if wanted.standing == Standing::Suspended {
        sql = sql.sql(
            " JOIN assessment held ON held.tenant_id = c.tenant_id AND held.id = c.assessment_id \
             AND (held.suspended_pence > 0 OR held.fault IS NOT NULL)",
        );
    }
    sql = sql.sql(" WHERE c.tenant_id = ").id(whose.tenant);
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND c.organisation_id = ").id(organisation);
    }
    if let Some(organisations) = &wanted.organisations {
        let ids = organisations.iter().map(|organisation| organisation.uuid()).collect();
        sql = sql.sql(" AND c.organisation_id = ANY (").ids(ids).sql(")");
    }
    if wanted.unread {
        let unread = if whose.organisation.is_some() { "provider_unread" } else { "council_unread" };
        sql = sql
            .sql(" AND c.id IN (SELECT m.claim_id FROM claim_conversation m WHERE m.")
            .sql(unread)
            .sql(" > 0 AND m.tenant_id = ")
            .id(whose.tenant)
            .sql(")");
    }
    sql = match wanted.standing {
        Standing::All => sql,
        Standing::Open => sql.sql(" AND c.state IN (0, 1)"),
        Standing::Confirmed | Standing::Suspended => sql.sql(" AND c.state = 2"),
        Standing::Locked => sql.sql(" AND c.state = 3"),
        Standing::Paid => sql.sql(" AND c.state = 4"),
    };
    if let Some(contract) = wanted.contract {
        sql = sql.sql(" AND c.contract_id = ").id(contract.uuid());
    }
    if let Some(day) = wanted.starts {
        sql = sql.sql(" AND (c.starts = ").day(day);
        // what an officer settles belongs to the run that takes it, which may be a later one
        let period = if wanted.standing == Standing::Suspended {
            "COALESCE(c.run_period_id, c.period_id)"
        } else {
            "c.period_id"
        };
        sql = sql.sql(" OR ").sql(period).sql(" = ANY (ARRAY(SELECT b.id FROM pay_period b WHERE b.tenant_id = ");
        sql = sql.id(whose.tenant).sql(" AND b.starts = ").day(day).sql(")))");
        if wanted.standing != Standing::Suspended {
            // a pay period lies near the care that falls due in it: no need to look through years
            sql = sql.sql(" AND c.starts BETWEEN ").day(day).sql(" - 62 AND ").day(day).sql(" + 62");
        }
    }
    sql
}

fn ordered<ST>(sql: Prepared<ST>, wanted: &Wanted) -> Prepared<ST> {
    // one direction throughout, so that an index can be read from either end
    let by = match (wanted.order, wanted.descending) {
        (Order::Week, false) => " ORDER BY c.starts, c.id",
        (Order::Week, true) => " ORDER BY c.starts DESC, c.id DESC",
        (Order::Person, false) => " ORDER BY u.reference, c.starts, c.id",
        (Order::Person, true) => " ORDER BY u.reference DESC, c.starts DESC, c.id DESC",
        (Order::Claimed, false) => " ORDER BY a.claimed_pence NULLS FIRST, c.id",
        (Order::Claimed, true) => " ORDER BY a.claimed_pence DESC NULLS LAST, c.id DESC",
    };
    sql.sql(by)
}

fn listed(row: Row) -> Result<Listed> {
    let ((id, person, contract, provider, starts, ends, state, sent_back, rejected), sums, said) = row;
    let (faulted, planned, claimed, payable, suspended, cut_off) = sums;
    let (messages, unread, _) = said;
    let sums = (|| {
        Some(ListedSums {
            planned: Money::from_pence(planned?),
            claimed: Money::from_pence(claimed?),
            payable: Money::from_pence(payable?),
            suspended: Money::from_pence(suspended?),
        })
    })();
    Ok(Listed {
        id: ClaimId::from_uuid(id),
        person,
        contract,
        provider,
        starts,
        ends,
        state: ClaimState::of(state).map_err(|what| Error::Unreadable { what })?,
        sent_back,
        rejected,
        faulted,
        sums,
        cut_off,
        messages: (messages.unwrap_or_default(), unread.unwrap_or_default()),
    })
}
