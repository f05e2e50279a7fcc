//! How far claims may exceed their plan before a person looks: limits, dated and append-only.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::ContractId;
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::tolerance::{Level, Limit};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::Result;
use crate::record::{insert, record};
use crate::schema::tolerance_limit;
use crate::scope::{Audited, Tx};

record! {
    /// A limit as it was recorded.
    pub struct LimitRow in tolerance_limit {
        /// Its id.
        pub id: Uuid,
        /// What it is measured over.
        pub level: Level,
        /// For one contract; none for all.
        pub contract_id: Option<ContractId>,
        /// For one service; none for all.
        pub service: Option<String>,
        /// Units above the plan.
        pub units: Option<Quantity>,
        /// Hundredths of a percent of the planned units.
        pub percent: Option<i32>,
        /// Pence above the price of the plan.
        pub pence: Option<Money>,
        /// The first day of care for which it holds.
        pub valid_from: NaiveDate,
        /// The last day, if it ends.
        pub valid_to: Option<NaiveDate>,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
    }
}

impl LimitRow {
    /// The limit that it sets.
    #[must_use]
    pub fn limit(&self) -> Limit {
        Limit {
            level: self.level,
            units: self.units,
            percent: self.percent.map(|hundredths| Decimal::new(i64::from(hundredths), 2)),
            pounds: self.pence,
        }
    }

    /// How closely it is aimed: at a contract before a service before all.
    fn closeness(&self) -> (bool, bool) {
        (self.contract_id.is_some(), self.service.is_some())
    }

    fn key(&self) -> (Level, Option<ContractId>, Option<&str>) {
        (self.level, self.contract_id, self.service.as_deref())
    }
}

/// Adds limits.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<LimitRow>) -> Result<()> {
    insert!(audited, tolerance_limit, rows);
    Ok(())
}

/// All limits of the council that were recorded by an instant; [`that_apply`] chooses among them. Read once for many
/// claims.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn recorded_by(tx: &mut Tx<'_>, known_at: DateTime<Utc>) -> Result<Vec<LimitRow>> {
    let tenant = tx.tenant().uuid();
    Ok(tolerance_limit::table
        .filter(tolerance_limit::tenant_id.eq(tenant))
        .filter(tolerance_limit::recorded_at.le(known_at))
        .order((tolerance_limit::recorded_at, tolerance_limit::id))
        .select(LimitRow::as_select())
        .load(tx.conn())
        .await?)
}

/// The limits that hold on a day for the contract and its services: for each level the most closely aimed, and of those
/// with the same aim the one recorded last.
#[must_use]
pub fn that_apply(rows: &[LimitRow], contract: ContractId, services: &[String], day: NaiveDate) -> Vec<Limit> {
    let aimed = |row: &&LimitRow| {
        row.valid_from <= day
            && row.contract_id.is_none_or(|id| id == contract)
            && row.service.as_ref().is_none_or(|service| services.contains(service))
    };
    // of one aim the row recorded last counts, even where it has ended since
    let mut newest: Vec<&LimitRow> = Vec::new();
    for row in rows.iter().filter(aimed) {
        match newest.iter_mut().find(|other| other.key() == row.key()) {
            Some(other) if other.recorded_at <= row.recorded_at => *other = row,
            Some(_) => {}
            None => newest.push(row),
        }
    }
    newest.retain(|row| row.valid_to.is_none_or(|to| day <= to));
    let closest = |level| newest.iter().filter(|row| row.level == level).map(|row| row.closeness()).max();
    [Level::Visit, Level::Line, Level::Week, Level::Contract]
        .into_iter()
        .flat_map(|level| {
            let close = closest(level);
            newest.iter().filter(move |row| row.level == level && Some(row.closeness()) == close)
        })
        .map(|row| row.limit())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn row(number: u128, contract: Option<ContractId>, percent: i32, recorded: i64) -> LimitRow {
        LimitRow {
            id: Uuid::from_u128(number),
            level: Level::Line,
            contract_id: contract,
            service: None,
            units: None,
            percent: Some(percent),
            pence: None,
            valid_from: NaiveDate::from_ymd_opt(2024, 1, 1).unwrap(),
            valid_to: None,
            recorded_at: DateTime::from_timestamp(recorded, 0).unwrap(),
            recorded_by: Actor::system("test"),
        }
    }

    #[test]
    fn a_contracts_own_limit_comes_before_the_councils_and_the_newest_before_the_older() {
        let (one, other) = (ContractId::from_uuid(Uuid::from_u128(1)), ContractId::from_uuid(Uuid::from_u128(2)));
        let rows = [row(1, None, 1_000, 1), row(2, Some(one), 500, 2), row(3, None, 2_000, 3)];
        let day = NaiveDate::from_ymd_opt(2024, 12, 14).unwrap();
        let percent = |contract| that_apply(&rows, contract, &[], day)[0].percent.unwrap();
        assert_eq!(percent(one), Decimal::from(5));
        assert_eq!(percent(other), Decimal::from(20));
        assert_eq!(that_apply(&rows, one, &[], day).len(), 1);
    }
}
