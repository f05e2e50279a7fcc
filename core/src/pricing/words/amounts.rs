//! Quantities with their units, and the arithmetic of a charge.
//!
//! In Welsh a noun mutates after some numbers (`2 ddiwrnod`, `2 funud`) and not after others. Units that begin with a sound
//! that does not are said in the singular, as is usual: `2 awr`. Days and minutes are said with `o` and the plural, which
//! is right after every number but one: `2 o ddyddiau`.

use crate::disposition::DisposedCharge;
use crate::language::Language;
use crate::money::{Money, Quantity, Rate};
use crate::pricing::answer::Charge;
use crate::pricing::facts::Unit;

/// What is counted: the units of prices, and the parts that some of them are divided into.
#[derive(Clone, Copy)]
enum Counted {
    Unit(Unit),
    Minute,
}

/// The arithmetic of a charge at a rate for one `unit`: `45 minutes x £18.85 an hour = £14.14`. None for care that
/// has no price.
#[must_use]
pub fn arithmetic(charge: &Charge, unit: Unit, rate: Rate, language: Language) -> Option<String> {
    charge.row?;
    Some(sum((charge.units, charge.divisor), unit, rate, Money::from_pence(charge.pence), language))
}

/// The arithmetic of a charge as it was disposed; none for one without a rate.
#[must_use]
pub fn arithmetic_of(charge: &DisposedCharge, unit: Unit, language: Language) -> Option<String> {
    Some(sum((charge.units, charge.divisor), unit, charge.rate?, charge.amount, language))
}

fn sum((units, divisor): (i64, u16), unit: Unit, rate: Rate, amount: Money, language: Language) -> String {
    let welsh = language == Language::Welsh;
    let units = Quantity::from_thousandths(units);
    let said = |what| counted(&units.to_string(), what, language);
    match (unit, divisor) {
        (_, 1) => format!("{} x {rate} = {amount}", said(Counted::Unit(unit))),
        (Unit::Hour, 60) => {
            format!("{} x {rate} {} = {amount}", said(Counted::Minute), if welsh { "yr awr" } else { "an hour" })
        }
        // the rest of a visit, by the minute at the price of an hour's visit
        (_, 60) => format!("{} x {rate} {} 60 = {amount}", said(Counted::Minute), if welsh { "am" } else { "for" }),
        (Unit::Week, 7) => {
            let a_week = if welsh { "yr wythnos" } else { "a week" };
            format!("{} x {rate} {a_week} = {amount}", said(Counted::Unit(Unit::Day)))
        }
        (unit, divisor) => format!("{} / {divisor} x {rate} = {amount}", said(Counted::Unit(unit))),
    }
}

/// A number as it is written, with what it counts.
fn counted(number: &str, what: Counted, language: Language) -> String {
    let one = number == "1";
    match language {
        Language::English => format!("{number} {}{}", english(what), if one { "" } else { "s" }),
        Language::Welsh => format!("{number} {}", welsh(what, one)),
    }
}

const fn english(what: Counted) -> &'static str {
    match what {
        Counted::Unit(Unit::Hour) => "hour",
        Counted::Unit(Unit::Visit) => "visit",
        Counted::Unit(Unit::Session) => "session",
        Counted::Unit(Unit::Day) => "day",
        Counted::Unit(Unit::Night) => "night",
        Counted::Unit(Unit::Week) => "week",
        Counted::Minute => "minute",
    }
}

const fn welsh(what: Counted, one: bool) -> &'static str {
    match (what, one) {
        (Counted::Unit(Unit::Hour), _) => "awr",
        (Counted::Unit(Unit::Visit), _) => "ymweliad",
        (Counted::Unit(Unit::Session), _) => "sesiwn",
        (Counted::Unit(Unit::Day), true) => "diwrnod",
        (Counted::Unit(Unit::Day), false) => "o ddyddiau",
        (Counted::Unit(Unit::Night), _) => "noson",
        (Counted::Unit(Unit::Week), _) => "wythnos",
        (Counted::Minute, true) => "munud",
        (Counted::Minute, false) => "o funudau",
    }
}

/// `5 days`, `5 o ddyddiau`.
pub(super) fn days(days: i64, language: Language) -> String {
    counted(&days.to_string(), Counted::Unit(Unit::Day), language)
}

/// `45 minutes`, `45 o funudau`.
pub(super) fn minutes(minutes: i64, language: Language) -> String {
    counted(&minutes.to_string(), Counted::Minute, language)
}

/// A unit where no number stands beside it: `hours`.
#[must_use]
pub const fn units(unit: Unit) -> &'static str {
    match unit {
        Unit::Hour => "hours",
        Unit::Visit => "visits",
        Unit::Session => "sessions",
        Unit::Day => "days",
        Unit::Night => "nights",
        Unit::Week => "weeks",
    }
}

/// A quantity with its unit: `1 session`, `7.5 hours`, `0.5 hours`. Pages, files, letters and documents all say it so.
#[must_use]
pub fn amount(quantity: Quantity, unit: Unit) -> String {
    counted(&quantity.to_string(), Counted::Unit(unit), Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_welsh_quantity_is_right_after_every_number() {
        let say = |units, divisor, unit| {
            sum((units, divisor), unit, Rate::from_ten_thousandths(188_500), Money::from_pence(1_414), Language::Welsh)
        };
        assert_eq!(say(2_000, 1, Unit::Hour), "2 awr x £18.85 = £14.14");
        assert_eq!(say(3_000, 1, Unit::Visit), "3 ymweliad x £18.85 = £14.14");
        assert_eq!(say(45_000, 60, Unit::Hour), "45 o funudau x £18.85 yr awr = £14.14");
        assert_eq!(say(5_000, 60, Unit::Visit), "5 o funudau x £18.85 am 60 = £14.14");
        assert_eq!(say(14_000, 7, Unit::Week), "14 o ddyddiau x £18.85 yr wythnos = £14.14");
        assert_eq!(say(1_000, 7, Unit::Week), "1 diwrnod x £18.85 yr wythnos = £14.14");
        assert_eq!(say(56_000, 7, Unit::Hour), "56 awr / 7 x £18.85 = £14.14");
        assert_eq!([days(2, Language::Welsh), days(1, Language::Welsh)], ["2 o ddyddiau", "1 diwrnod"]);
        assert_eq!([minutes(2, Language::Welsh), minutes(1, Language::Welsh)], ["2 o funudau", "1 munud"]);
    }
}
