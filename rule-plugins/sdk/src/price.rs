//! The one rounding. The service recomputes every charge with the same arithmetic and refuses an answer that
//! differs by a penny.

/// `units / divisor x rate` in whole pence, rounded once, half away from zero; none when it does not fit.
///
/// Units are thousandths, the rate ten-thousandths of a pound. The divisor is 7 where a weekly rate is charged by the
/// day, 60 where an hourly one is charged by the minute, and 1 otherwise.
///
/// # Examples
/// ```
/// // half an hour at 18.85 pounds
/// assert_eq!(counterfoil_rule_sdk::price::price(500, 1, 188_500), Some(943));
/// assert_eq!(counterfoil_rule_sdk::price::price(-500, 1, 188_500), Some(-943));
/// ```
#[must_use]
pub fn price(units: i64, divisor: u16, rate: i64) -> Option<i64> {
    if divisor == 0 {
        return None;
    }
    // thousandths of a unit x ten-thousandths of a pound = 1/100,000 of a penny
    let denominator = 100_000 * i64::from(divisor);
    if let Some(doubled) = units.checked_mul(rate).and_then(|product| product.checked_mul(2)) {
        // ordinary sums fit into 64 bits, where a component divides many times faster
        let half = if doubled < 0 { -denominator } else { denominator };
        return Some(doubled.checked_add(half)? / (2 * denominator));
    }
    let product = i128::from(units) * i128::from(rate);
    let denominator = u128::from(denominator.unsigned_abs());
    let magnitude = (product.unsigned_abs() * 2 + denominator) / (2 * denominator);
    let magnitude = i64::try_from(magnitude).ok()?;
    Some(if product < 0 { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::price;

    #[test]
    fn halves_go_away_from_zero_on_both_paths() {
        assert_eq!(price(30_000, 60, 188_500), Some(943));
        assert_eq!(price(100, 1, 2_829_060), Some(2_829));
        assert_eq!(price(1, 1, 50_000), Some(1));
        assert_eq!(price(-1, 1, 50_000), Some(-1));
        assert_eq!(price(1, 1, 49_999), Some(0));
        assert_eq!(price(6_000_000_000, 1, 6_000_000_000), Some(360_000_000_000_000));
        assert_eq!(price(i64::MAX, 1, i64::MAX), None);
        assert_eq!(price(1, 0, 1), None);
    }
}
