//! Rate cards, one price a line: the plain rate and, where there are any, those of bank holidays, evenings and
//! retention, which are given in percent of it.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::money::Rate;
use counterfoil_core::pricing::facts::{DayKind, Unit};
use counterfoil_core::rate_card::{RateCardRow, RateKey};

/// The band that is paid while a place is kept: named by the rule's setting `hospital-band`.
pub(crate) const RETENTION: &str = "retention";

/// So many pounds and pence, in pence.
#[must_use]
pub(crate) const fn pounds(pounds: i64, pence: i64) -> i64 {
    pounds * 100 + pence
}

/// From eight in the evening until midnight.
pub(crate) const EVENING: (u16, u16) = (20 * 60, 24 * 60);

/// The price of a service, with what goes with it. Percentages are of the plain rate; 0 for none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Price {
    /// The service level.
    pub(crate) service: &'static str,
    /// The tier; empty without.
    pub(crate) tier: &'static str,
    /// What one of is priced.
    pub(crate) unit: Unit,
    /// Pence for one.
    pub(crate) pence: i64,
    /// On bank holidays.
    pub(crate) bank_holiday: i64,
    /// In the evening.
    pub(crate) evening: i64,
    /// While a place is kept.
    pub(crate) retention: i64,
}

impl Price {
    /// A plain price.
    #[must_use]
    pub(crate) const fn plain(service: &'static str, unit: Unit, pence: i64) -> Self {
        Self { service, tier: "", unit, pence, bank_holiday: 0, evening: 0, retention: 0 }
    }

    /// The same for a tier.
    #[must_use]
    pub(crate) const fn tier(self, tier: &'static str) -> Self {
        Self { tier, ..self }
    }

    /// With a price for bank holidays, in percent.
    #[must_use]
    pub(crate) const fn bank_holiday(self, percent: i64) -> Self {
        Self { bank_holiday: percent, ..self }
    }

    /// With a price for evenings, in percent.
    #[must_use]
    pub(crate) const fn evening(self, percent: i64) -> Self {
        Self { evening: percent, ..self }
    }

    /// With a price while a place is kept, in percent.
    #[must_use]
    pub(crate) const fn retention(self, percent: i64) -> Self {
        Self { retention: percent, ..self }
    }

    /// Its rows of the rate card.
    fn rows(self, from: NaiveDate, recorded_at: DateTime<Utc>) -> Vec<RateCardRow> {
        let key = RateKey {
            service: self.service.to_owned(),
            tier: self.tier.to_owned(),
            band: String::new(),
            minutes: None,
            day_kind: None,
            time_band: None,
            unit: self.unit,
        };
        let holiday = RateKey { day_kind: Some(DayKind::BankHoliday), ..key.clone() };
        let evening = RateKey { time_band: Some(EVENING), ..key.clone() };
        let retention = RateKey { band: RETENTION.to_owned(), ..key.clone() };
        let keys = [(key, 100), (holiday, self.bank_holiday), (evening, self.evening), (retention, self.retention)];
        keys.into_iter()
            .filter(|(_, percent)| *percent > 0)
            .map(|(key, percent)| RateCardRow {
                key,
                from,
                to: None,
                // pence are hundreds of ten-thousandths of a pound, of which a hundredth part is one percent
                rate: Rate::from_ten_thousandths(self.pence * percent),
                recorded_at,
            })
            .collect()
    }
}

/// A rate card that holds from a day.
#[must_use]
pub(crate) fn card(prices: &[Price], from: NaiveDate, recorded_at: DateTime<Utc>) -> Vec<RateCardRow> {
    prices.iter().flat_map(|price| price.rows(from, recorded_at)).collect()
}

/// A row as it is after so many tenths of a percent more, rounded to whole pence, from another day.
#[must_use]
pub(crate) fn raised(row: &RateCardRow, per_mille: i64, from: NaiveDate, recorded_at: DateTime<Utc>) -> RateCardRow {
    let pence = (row.rate.raw() * (1_000 + per_mille) + 50_000) / 100_000;
    RateCardRow { key: row.key.clone(), from, to: None, rate: Rate::from_ten_thousandths(pence * 100), recorded_at }
}
