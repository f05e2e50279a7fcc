//! An amount of pounds as people type it.

use crate::money::Money;

/// The most that somebody may expect for one line: £1,000,000, far above any week of care.
const MOST_PENCE: i64 = 100_000_000;

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing was typed.
    #[error("enter the amount that you invoice. Enter 0 if it is nothing")]
    Empty,
    /// No amount.
    #[error("enter an amount in pounds, like 188.50")]
    NotAnAmount,
    /// Parts of a penny.
    #[error("enter at most 2 decimal places")]
    TooFine,
    /// More than anybody invoices.
    #[error("enter \u{a3}1,000,000 or less")]
    TooMuch,
}

/// Reads `188.5`, `£188.50`, `1,188.50`. Nothing below zero is invoiced.
///
/// # Errors
/// [`AmountError`].
pub fn read_amount(text: &str) -> Result<Money, AmountError> {
    let text = text.trim();
    let text = text.strip_prefix('\u{a3}').unwrap_or(text).trim_start();
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    let (pounds, pence) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // commas stand before three digits each, or they may have been meant as something else
    let mut groups = pounds.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = pounds.contains(',');
    let well = digits(first)
        && (!grouped || (1..=3).contains(&first.len()))
        && groups.all(|group| group.len() == 3 && digits(group));
    if !well || !digits(pence) || (first.is_empty() && pence.is_empty()) {
        return Err(AmountError::NotAnAmount);
    }
    let pence = pence.trim_end_matches('0');
    if pence.len() > 2 {
        return Err(AmountError::TooFine);
    }
    let whole: String = pounds.chars().filter(char::is_ascii_digit).collect();
    let whole = whole.trim_start_matches('0');
    if whole.len() > 9 {
        return Err(AmountError::TooMuch);
    }
    let all = format!("{}{pence:0<2}", if whole.is_empty() { "0" } else { whole });
    let pence: i64 = all.parse().map_err(|_| AmountError::NotAnAmount)?;
    if pence > MOST_PENCE { Err(AmountError::TooMuch) } else { Ok(Money::from_pence(pence)) }
}
