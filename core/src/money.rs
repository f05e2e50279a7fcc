//! Whole pence, rates, quantities, and the one function that rounds.
//!
//! Amounts are whole pence in `i64`; a rate is pounds to four places, a quantity units to three. A price is
//! rounded once, half away from zero, so that a reversal mirrors what it reverses: £18.85 for half an hour is
//! £9.43, and taken back -£9.43. Nothing wraps: what does not fit is an [`Overflow`], and the caller suspends.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// A sum that does not fit into whole pence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sum is too large to be an amount of money")]
pub struct Overflow;

/// An amount in whole pence; negative when it is owed back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of whole pence.
    #[must_use]
    pub const fn from_pence(pence: i64) -> Self {
        Self(pence)
    }

    /// Whole pence.
    #[must_use]
    pub const fn pence(self) -> i64 {
        self.0
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    /// [`Overflow`] when the sum does not fit.
    pub const fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        match self.0.checked_add(other.0) {
            Some(pence) => Ok(Self(pence)),
            None => Err(Overflow),
        }
    }

    /// This amount less another.
    ///
    /// # Errors
    /// [`Overflow`] when the difference does not fit.
    pub const fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        match self.0.checked_sub(other.0) {
            Some(pence) => Ok(Self(pence)),
            None => Err(Overflow),
        }
    }

    /// The mirror of this amount, as a reversal posts it.
    ///
    /// # Errors
    /// [`Overflow`] for the one amount that has no mirror in `i64`.
    pub const fn mirrored(self) -> Result<Self, Overflow> {
        match self.0.checked_neg() {
            Some(pence) => Ok(Self(pence)),
            None => Err(Overflow),
        }
    }

    /// The sum of many amounts.
    ///
    /// # Errors
    /// [`Overflow`] when the sum does not fit; the order of the amounts does not matter.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
        let total: i128 = amounts.into_iter().map(|amount| i128::from(amount.0)).sum();
        i64::try_from(total).map(Self).map_err(|_| Overflow)
    }

    /// Whether money is owed back.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is nothing at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Money {
    /// As people write it: `£1,234.56`, `-£9.43`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pence = self.0.unsigned_abs();
        let pounds = (pence / 100).to_string();
        let mut grouped = String::with_capacity(pounds.len() + pounds.len() / 3);
        for (index, digit) in pounds.chars().enumerate() {
            if index > 0 && (pounds.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}£{grouped}.{:02}", pence % 100))
    }
}

macro_rules! fixed_point {
    ($(#[$doc:meta])* $name:ident, places $places:literal, scale $scale:literal, $raw:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Decimal", into = "Decimal")]
        pub struct $name(Decimal);

        impl $name {
            /// None at all.
            pub const ZERO: Self = Self(Decimal::ZERO);

            /// From a decimal that has no more places than this type keeps.
            ///
            /// # Errors
            /// [`TooFine`] when digits would be lost or the value does not fit.
            pub fn new(value: Decimal) -> Result<Self, TooFine> {
                let kept = value.round_dp($places);
                if kept != value || i64::try_from((kept * Decimal::from($scale)).mantissa()).is_err() {
                    return Err(TooFine { value, places: $places });
                }
                Ok(Self(kept.normalize()))
            }

            /// From the integer that rules and records carry.
            #[must_use]
            pub fn $raw(raw: i64) -> Self {
                Self(Decimal::new(raw, $places).normalize())
            }

            /// The integer that rules and records carry.
            #[must_use]
            pub fn raw(self) -> i64 {
                let mut scaled = self.0;
                scaled.rescale($places);
                // `new` and the raw constructor admit nothing that does not fit.
                i64::try_from(scaled.mantissa()).unwrap_or(i64::MAX)
            }

            /// The exact decimal.
            #[must_use]
            pub const fn decimal(self) -> Decimal {
                self.0
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = TooFine;

            fn try_from(value: Decimal) -> Result<Self, TooFine> {
                Self::new(value)
            }
        }

        impl From<$name> for Decimal {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

/// A figure with more decimal places, or more digits, than are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{value} cannot be kept exactly: give at most {places} decimal places")]
pub struct TooFine {
    /// What was given.
    pub value: Decimal,
    /// How many places are kept.
    pub places: u32,
}

fixed_point! {
    /// Pounds for one unit, to four places: £18.85, or £282.9060 for 60 % of £471.51.
    Rate, places 4, scale 10_000, from_ten_thousandths
}
fixed_point! {
    /// Units (hours, days, weeks, visits) to three places.
    Quantity, places 3, scale 1_000, from_thousandths
}

impl Quantity {
    /// The sum of two quantities.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        self.raw().checked_add(other.raw()).map(Self::from_thousandths).ok_or(Overflow)
    }

    /// This quantity less another; may be negative.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.raw().checked_sub(other.raw()).map(Self::from_thousandths).ok_or(Overflow)
    }
}

impl fmt::Display for Rate {
    /// `£18.85`, or with all its places where it has more than two: `£282.906`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.0.scale() < 2 { format!("{:.2}", self.0) } else { self.0.to_string() };
        let text = shown.strip_prefix('-').map_or_else(|| format!("£{shown}"), |rest| format!("-£{rest}"));
        f.pad(&text)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

/// `units / divisor x rate`, rounded once, half away from zero. The divisor is 7 where a weekly rate is
/// charged by the day, 60 where an hourly one is charged by the minute, and 1 otherwise.
///
/// # Errors
/// [`Overflow`] when the price does not fit into whole pence or the divisor is zero.
pub fn price(units: Quantity, divisor: u16, rate: Rate) -> Result<Money, Overflow> {
    price_of_raw(units.raw(), divisor, rate.raw())
}

/// The same from the integers that rules and records carry: thousandths of a unit, ten-thousandths of a pound.
///
/// # Errors
/// [`Overflow`] when the price does not fit into whole pence or the divisor is zero.
pub fn price_of_raw(units: i64, divisor: u16, rate: i64) -> Result<Money, Overflow> {
    // thousandths of a unit x ten-thousandths of a pound = ten-millionths of a pound = 1/100,000 of a penny
    let product = i128::from(units) * i128::from(rate);
    divide_half_away(product, 100_000 * i128::from(divisor)).map(Money)
}

/// `numerator / denominator` to the nearest whole number, halves away from zero.
fn divide_half_away(numerator: i128, denominator: i128) -> Result<i64, Overflow> {
    if denominator <= 0 {
        return Err(Overflow);
    }
    let doubled = numerator.unsigned_abs() * 2 + denominator.unsigned_abs();
    let magnitude = i64::try_from(doubled / (denominator.unsigned_abs() * 2)).map_err(|_| Overflow)?;
    Ok(if numerator < 0 { -magnitude } else { magnitude })
}

/// A decimal number of pounds as whole pence, rounded half away from zero.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn pounds(amount: Decimal) -> Result<Money, Overflow> {
    let pence = amount
        .checked_mul(Decimal::ONE_HUNDRED)
        .ok_or(Overflow)?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    i64::try_from(pence.mantissa() / 10_i128.pow(pence.scale())).map(Money).map_err(|_| Overflow)
}

/// Shares a whole number out in proportion to weights, losing and inventing nothing: each share is rounded
/// towards zero and what is left goes, one each, to the largest remainders, earlier positions first in a tie.
///
/// With no weight at all everything goes to the first position; with no position the result is empty.
///
/// # Examples
/// ```
/// # use counterfoil_core::money::apportion;
/// assert_eq!(apportion(100, &[1, 1, 1]), [34, 33, 33]);
/// ```
#[must_use]
pub fn apportion(whole: i64, weights: &[u64]) -> Vec<i64> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if total == 0 {
        let mut shares = vec![0; weights.len()];
        if let Some(first) = shares.first_mut() {
            *first = whole;
        }
        return shares;
    }
    let magnitude = u128::from(whole.unsigned_abs());
    let mut shares: Vec<u64> = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let product = magnitude * u128::from(*weight);
        // a share is never more than the whole, which came from 64 bits
        shares.push(u64::try_from(product / total).unwrap_or(u64::MAX));
        remainders.push((product % total, index));
    }
    let given: u128 = shares.iter().map(|share| u128::from(*share)).sum();
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let left = usize::try_from(magnitude - given).unwrap_or(0);
    for (_, index) in remainders.iter().take(left) {
        shares[*index] += 1;
    }
    shares
        .into_iter()
        .map(|share| {
            let share = i64::try_from(share).unwrap_or(i64::MAX);
            if whole < 0 { -share } else { share }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(thousandths: i64) -> Quantity {
        Quantity::from_thousandths(thousandths)
    }

    #[test]
    fn half_an_hour_at_18_85_is_9_43_and_its_reversal_mirrors_it() {
        let rate = Rate::from_ten_thousandths(188_500);
        assert_eq!(price(hours(500), 1, rate), Ok(Money::from_pence(943)));
        assert_eq!(price(hours(-500), 1, rate), Ok(Money::from_pence(-943)));
        assert_eq!(price(hours(30_000), 60, rate), Ok(Money::from_pence(943)));
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(Money::from_pence(245_185).to_string(), "£2,451.85");
        assert_eq!(Money::from_pence(-943).to_string(), "-£9.43");
        assert_eq!(Money::from_pence(12_345_678_900).to_string(), "£123,456,789.00");
        assert_eq!(Rate::from_ten_thousandths(188_500).to_string(), "£18.85");
        assert_eq!(Rate::from_ten_thousandths(2_829_060).to_string(), "£282.906");
        assert_eq!(Rate::from_ten_thousandths(200_000).to_string(), "£20.00");
    }

    #[test]
    fn what_does_not_fit_is_said_and_never_wraps() {
        let huge = Quantity::from_thousandths(i64::MAX);
        assert_eq!(price(huge, 1, Rate::from_ten_thousandths(i64::MAX)), Err(Overflow));
        assert_eq!(Money::from_pence(i64::MAX).checked_add(Money::from_pence(1)), Err(Overflow));
        assert_eq!(price(hours(1), 0, Rate::ZERO), Err(Overflow));
    }

    #[test]
    fn a_figure_that_would_lose_digits_is_refused() {
        assert!(Quantity::new(Decimal::new(12_345, 4)).is_err());
        assert!(Rate::new(Decimal::new(12_345, 4)).is_ok());
    }

    #[test]
    fn pounds_round_half_away_from_zero() {
        assert_eq!(pounds(Decimal::new(9_425, 3)), Ok(Money::from_pence(943)));
        assert_eq!(pounds(Decimal::new(-9_425, 3)), Ok(Money::from_pence(-943)));
    }
}
