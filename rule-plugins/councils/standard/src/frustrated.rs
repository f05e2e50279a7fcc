//! Care that was planned and missed by the service user: paid by its reason, or while in hospital.

use counterfoil_rule_sdk::{Day, Verdict, reason};

use crate::Line;
use crate::settings::FrustratedPaid;
use crate::standing::{Outcome, after_end, closed, hospital_stay, retention};

/// What becomes of frustrated care of a day.
pub(crate) fn outcome<'a>(line: &Line<'a>, day: Day, given: &str) -> Outcome<'a> {
    let methods = line.methods.on(day);
    if closed(line, methods, day) {
        return Outcome::held(Verdict::Rejected, reason::plain("closed"));
    }
    if let Some(outcome) = after_end(line, methods, day) {
        return outcome;
    }
    let stay = hospital_stay(line, day);
    let in_hospital = stay.is_some() || methods.is_hospital(given);
    if given.is_empty() && stay.is_none() {
        return Outcome::held(Verdict::Suspended, reason::plain("reason-needed"));
    }
    let paid = match methods.frustrated {
        FrustratedPaid::None => false,
        FrustratedPaid::All => true,
        FrustratedPaid::InHospital => in_hospital,
        FrustratedPaid::ByReason => methods.frustrated_reasons.iter().any(|counts| counts == given),
    };
    if !paid {
        return Outcome::held(Verdict::Rejected, reason::with("frustrated-unpaid", [reason::code(given)]));
    }
    match (methods.hospital_full_days, stay) {
        (Some(full_days), Some(stay)) => retention(methods, stay, day, full_days),
        // how long it may be paid cannot be counted before the council knows of the stay
        (Some(_), None) if in_hospital => Outcome::held(Verdict::Suspended, reason::plain("hospital-stay-unknown")),
        _ => Outcome::payable(reason::with("frustrated-paid", [reason::code(given)])),
    }
}
