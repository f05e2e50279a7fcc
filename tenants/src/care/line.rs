//! One service line: its plan and versions, those that came late marked with the weeks that they reach into, the rows of
//! the rate card that apply to it, and its newest claims.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::ids::{ClaimId, ContractId, OrganisationId, ServiceLineId, ServiceUserId, TenantId};
use counterfoil_core::money::Rate;
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::{DayKind, RateRow, Unit};
use counterfoil_core::rate_card::{RateCardRow, RateKey, rows_for_line};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Whose;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::rate_row;
use crate::scope::{Provider, Tx};
use crate::service_line::versions_of;

/// The most of a line's claims that its page shows; all of them are in the table of claims.
const MOST_CLAIMS: i64 = 12;

/// How far back rates are worked out day by day: three years.
const MOST_DAYS: i64 = 1_096;

/// A service line with everything about it.
#[derive(Debug, Clone, PartialEq)]
pub struct LineSeen {
    /// Its id.
    pub id: ServiceLineId,
    /// The CPLI number.
    pub reference: String,
    /// The council's order, which payment relies on.
    pub purchase_order: Option<String>,
    /// For whom.
    pub service_user: ServiceUserId,
    /// The person, by the council's reference.
    pub person: String,
    /// The contract: id, reference and kind of service.
    pub contract: (ContractId, String, String),
    /// Its versions, in order of their number.
    pub versions: Vec<VersionSeen>,
    /// The rates that apply to it, each over the days on which it does.
    pub rates: Vec<RateRow>,
    /// The last day for which rates were worked out: a rate that holds then goes on.
    pub rates_until: NaiveDate,
    /// Its newest claims.
    pub claims: Vec<ClaimOfLine>,
    /// The council's words for the states of a claim.
    pub vocabulary: Vocabulary,
}

/// A version of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionSeen {
    /// What it says.
    pub version: LineVersion,
    /// The weeks that it reaches back into, where it came late.
    pub late: Option<Late>,
}

/// What a version that came late reaches back into: claims of its contract that had been made when it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// How many claim periods had been made.
    pub made: i64,
    /// How many of these are in a run by now, or paid.
    pub paid: i64,
}

/// A claim in which the line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimOfLine {
    /// Its id.
    pub id: ClaimId,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care, itself included.
    pub ends: NaiveDate,
    /// Where it stands.
    pub state: ClaimState,
}

/// A service line of one organisation at one council, as it is known at an instant.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn line_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    id: ServiceLineId,
    (today, now): (NaiveDate, DateTime<Utc>),
) -> Result<LineSeen> {
    let whose = Whose::of(tx, council, organisation)?;
    line_of(tx.conn(), whose, id, (today, now)).await
}

/// A service line of the council, as it is known at an instant.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn line(tx: &mut Tx<'_>, id: ServiceLineId, when: (NaiveDate, DateTime<Utc>)) -> Result<LineSeen> {
    let whose = Whose::council(tx);
    line_of(tx.conn(), whose, id, when).await
}

async fn line_of(
    conn: &mut AsyncPgConnection,
    whose: Whose,
    id: ServiceLineId,
    (today, now): (NaiveDate, DateTime<Utc>),
) -> Result<LineSeen> {
    type RowTypes = (Text, Nullable<Text>, SqlUuid, Text, SqlUuid, Text, Text);
    type Row = (String, Option<String>, Uuid, String, Uuid, String, String);
    let sql: Prepared<RowTypes> = Prepared::new(
        "SELECT l.reference, l.purchase_order, u.id, u.reference, k.id, k.reference, k.service_type FROM service_line l \
         JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id \
         JOIN contract k ON k.tenant_id = l.tenant_id AND k.id = l.contract_id WHERE l.tenant_id = ",
    )
    .id(whose.tenant);
    let sql = whose.and(sql, " AND l.organisation_id = ").sql(" AND l.id = ").id(id.uuid());
    let row: Row = sql.get_result(conn).await?;
    let (reference, purchase_order, service_user, person, contract, contract_reference, service_type) = row;
    let whose_lines = (whose.tenant, whose.organisation);
    let known = versions_of(conn, whose_lines, &[id.uuid()]).await?.remove(&id).unwrap_or_default();
    let late = late(conn, whose, contract, &known).await?;
    let card = card(conn, whose, &known).await?;
    let days = days(&known, &card, today);
    let rates = rows_for_line(&card, &known, days, now);
    let words = crate::claim::words(conn, whose.tenant, today).await?;
    Ok(LineSeen {
        id,
        reference,
        purchase_order,
        service_user: ServiceUserId::from_uuid(service_user),
        person,
        contract: (ContractId::from_uuid(contract), contract_reference, service_type),
        versions: known.into_iter().zip(late).map(|(version, late)| VersionSeen { version, late }).collect(),
        rates,
        rates_until: days.1,
        claims: claims(conn, whose, id).await?,
        vocabulary: words.vocabulary,
    })
}

#[derive(diesel::QueryableByName)]
struct LateRow {
    #[diesel(sql_type = BigInt)]
    made: i64,
    #[diesel(sql_type = BigInt)]
    paid: i64,
}

/// For each version, what it reaches back into; none where it was recorded in time.
async fn late(
    conn: &mut AsyncPgConnection,
    whose: Whose,
    contract: Uuid,
    versions: &[LineVersion],
) -> Result<Vec<Option<Late>>> {
    let (mut from, mut recorded, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for version in versions {
        from.push(version.from);
        recorded.push(version.recorded_at);
        numbers.push(i32::try_from(version.version).unwrap_or(i32::MAX));
    }
    let rows: Vec<LateRow> = sql_query(
        "SELECT count(DISTINCT c.starts) AS made, count(DISTINCT c.starts) FILTER (WHERE c.state IN (3, 4)) AS paid \
         FROM unnest($1::int[], $2::date[], $3::timestamptz[]) AS v (number, valid_from, recorded_at) \
         LEFT JOIN claim c ON c.tenant_id = $4 AND c.contract_id = $5 AND c.ends >= v.valid_from \
            AND v.valid_from < (v.recorded_at AT TIME ZONE 'Europe/London')::date \
            AND c.created_at < v.recorded_at AND c.starts < (v.recorded_at AT TIME ZONE 'Europe/London')::date \
         GROUP BY v.number ORDER BY v.number",
    )
    .bind::<Array<Integer>, _>(numbers)
    .bind::<Array<Date>, _>(from)
    .bind::<Array<Timestamptz>, _>(recorded)
    .bind::<SqlUuid, _>(whose.tenant)
    .bind::<SqlUuid, _>(contract)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.made > 0).then_some(Late { made: row.made, paid: row.paid })).collect())
}

/// The rows of the rate card for the services that the line has or had.
async fn card(conn: &mut AsyncPgConnection, whose: Whose, versions: &[LineVersion]) -> Result<Vec<RateCardRow>> {
    type What = (String, String, String, Option<i16>, Option<String>, Option<i16>, Option<i16>, String);
    type When = (i64, NaiveDate, Option<NaiveDate>, DateTime<Utc>);
    let services: Vec<&str> = versions.iter().map(|version| version.service.as_str()).collect();
    let rows: Vec<(What, When)> = rate_row::table
        .filter(rate_row::tenant_id.eq(whose.tenant))
        .filter(rate_row::service.eq_any(services))
        .order((rate_row::recorded_at, rate_row::valid_from, rate_row::id))
        .select((
            (
                rate_row::service,
                rate_row::tier,
                rate_row::band,
                rate_row::minutes,
                rate_row::day_kind,
                rate_row::time_from,
                rate_row::time_to,
                rate_row::unit,
            ),
            (rate_row::rate, rate_row::valid_from, rate_row::valid_to, rate_row::recorded_at),
        ))
        .load(conn)
        .await?;
    let unreadable = |what| Error::Unreadable { what };
    rows.into_iter()
        .map(|((service, tier, band, minutes, day_kind, time_from, time_to, unit), (rate, from, to, recorded_at))| {
            let band_of_time = time_from.zip(time_to).map(|(from, to)| (from.unsigned_abs(), to.unsigned_abs()));
            Ok(RateCardRow {
                key: RateKey {
                    service,
                    tier,
                    band,
                    minutes: minutes.map(i16::unsigned_abs),
                    day_kind: day_kind.map(DayKind::of).transpose().map_err(unreadable)?,
                    time_band: band_of_time,
                    unit: Unit::of(unit).map_err(unreadable)?,
                },
                from,
                to,
                rate: Rate::from_ten_thousandths(rate),
                recorded_at,
            })
        })
        .collect()
}

/// The days over which rates are shown: from the line's first, three years back at most, to its last, or to the last on
/// which anything is known to change.
fn days(versions: &[LineVersion], card: &[RateCardRow], today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = versions.iter().map(|version| version.from).min().unwrap_or(today);
    let changes = card.iter().flat_map(|row| [Some(row.from), row.to]);
    let changes = changes.chain(versions.iter().map(|version| Some(version.from))).flatten();
    let last = changes.chain([today]).max().unwrap_or(today);
    let newest = versions.iter().max_by_key(|version| (version.recorded_at, version.version));
    let last = newest.and_then(|version| version.to).unwrap_or(last).max(first);
    let earliest = last.checked_sub_signed(chrono::TimeDelta::days(MOST_DAYS)).unwrap_or(first);
    (first.max(earliest), last)
}

async fn claims(conn: &mut AsyncPgConnection, whose: Whose, line: ServiceLineId) -> Result<Vec<ClaimOfLine>> {
    let sql: Prepared<(SqlUuid, Date, Date, SmallInt)> = Prepared::new(
        "SELECT c.id, c.starts, c.ends, c.state FROM claim_line n \
         JOIN claim c ON c.tenant_id = n.tenant_id AND c.id = n.claim_id WHERE n.tenant_id = ",
    )
    .id(whose.tenant)
    .sql(" AND n.service_line_id = ")
    .id(line.uuid())
    .sql(" ORDER BY c.starts DESC, c.id LIMIT ")
    .number(MOST_CLAIMS);
    let rows: Vec<(Uuid, NaiveDate, NaiveDate, i16)> = sql.load(conn).await?;
    rows.into_iter()
        .map(|(id, starts, ends, state)| {
            let state = ClaimState::of(state).map_err(|what| Error::Unreadable { what })?;
            Ok(ClaimOfLine { id: ClaimId::from_uuid(id), starts, ends, state })
        })
        .collect()
}
