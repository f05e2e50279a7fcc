//! `/organisations/{organisation}/councils/{council}/invoices`: invoices that a provider writes itself, where its council takes
//! them. `new` leads from a contract and its weeks to a `form` that is checked against the plan, the council's price and
//! what was invoiced before; `one` is the receipt, with where the invoice stands. `council` is the other side.

pub(crate) mod council;
mod form;
pub(crate) mod list;
pub(crate) mod new;
pub(crate) mod one;

use counterfoil_core::invoice::{Against, Difference};

use crate::access::ForOrganisationAt;
use crate::actuals::{hours_words, quantity_words};

/// Where a provider's invoices at a council are.
fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/invoices", pass.home())
}

/// How far an invoice is from the council's price, as a sentence.
fn difference(of: Difference) -> String {
    match of.over() {
        Ok(over) if over.is_zero() => "Both agree.".to_owned(),
        Ok(over) if over.is_negative() => {
            let under = counterfoil_core::money::Money::from_pence(over.pence().saturating_neg());
            format!("You invoice {under} less than the council\u{2019}s rule makes of it.")
        }
        Ok(over) => format!("You invoice {over} more than the council\u{2019}s rule makes of it."),
        Err(error) => error.to_string(),
    }
}

/// A quantity in words: carer-minutes of a timetabled line as hours, else units.
fn quantity(of: i64, timetabled: bool, unit: &str) -> String {
    if timetabled {
        return hours_words(of);
    }
    let unit = if of == 1_000 { unit.trim_end_matches('s') } else { unit };
    format!("{} {unit}", quantity_words(of)).trim_end().to_owned()
}

/// How far a line is from its plan; empty where it is as planned.
fn against(planned: i64, (delivered, frustrated): (i64, i64), timetabled: bool, unit: &str) -> Option<String> {
    match Against::plan(planned, delivered, frustrated) {
        Against::Same => None,
        Against::Over(over) => Some(format!("{} more than planned", quantity(over, timetabled, unit))),
        Against::Under(under) => Some(format!("{} less than planned", quantity(under, timetabled, unit))),
    }
}
