//! The remittance advice as CSV: one row an entry, then the balances and the payment, so that the column of amounts
//! adds up to what reached the bank.

use super::{Remittance, RemittanceError, RemittanceLine};
use crate::money::Money;

const HEADINGS: [&str; 18] = [
    "Remittance",
    "Supplier number",
    "Paid into bank",
    "Contract",
    "Service user",
    "Service line",
    "Purchase order",
    "Service level",
    "Care from",
    "Care to",
    "Your reference",
    "Invoice date",
    "Kind",
    "Entitled",
    "Posted before",
    "Amount",
    "How it was worked out",
    "Rule",
];

/// Writes a remittance advice as CSV (UTF-8, CRLF). Text that a spreadsheet would take for a formula is made text.
///
/// # Errors
/// [`RemittanceError`] when it cannot be written.
pub fn to_csv(remittance: &Remittance) -> Result<Vec<u8>, RemittanceError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADINGS)?;
    for line in &remittance.lines {
        writer.write_record(row(remittance, line))?;
    }
    let payment = &remittance.payment;
    let balance = |kind: &str, amount: Money| closing(remittance, kind, amount);
    if !payment.brought_forward.is_zero() {
        writer.write_record(balance("Brought forward", payment.brought_forward))?;
    }
    if !payment.carried_forward.is_zero() {
        // what is carried leaves this payment
        let left = Money::from_pence(payment.carried_forward.pence().saturating_neg());
        writer.write_record(balance("Carried forward", left))?;
    }
    writer.into_inner().map_err(|error| RemittanceError(error.into_error().into()))
}

fn row(remittance: &Remittance, line: &RemittanceLine) -> [String; 18] {
    let worked_out: Vec<String> = line
        .charges
        .iter()
        .map(|charge| {
            let words = &charge.words;
            format!("{}: {} ({})", charge.disposition.words_in(words.language), words.arithmetic, words.reason)
        })
        .collect();
    [
        text(&remittance.number),
        text(&remittance.supplier_number),
        remittance.bank_date.to_string(),
        text(&line.contract),
        text(&line.service_user),
        text(&line.service_line),
        text(&line.purchase_order),
        text(&line.service),
        line.care.0.to_string(),
        line.care.1.to_string(),
        text(&line.provider_reference),
        line.invoice_date.map(|dated| dated.to_string()).unwrap_or_default(),
        line.kind.words().to_owned(),
        amount(line.entitlement),
        amount(line.posted_before),
        amount(line.amount),
        text(&worked_out.join("; ")),
        text(&line.rule),
    ]
}

fn closing(remittance: &Remittance, kind: &str, due: Money) -> [String; 18] {
    let mut row: [String; 18] = Default::default();
    row[0] = text(&remittance.number);
    row[1] = text(&remittance.supplier_number);
    row[2] = remittance.bank_date.to_string();
    row[12] = kind.to_owned();
    row[15] = amount(due);
    row
}

/// Pounds without a sign or commas, as accounts packages read them.
fn amount(amount: Money) -> String {
    let pence = amount.pence().unsigned_abs();
    let sign = if amount.is_negative() { "-" } else { "" };
    format!("{sign}{}.{:02}", pence / 100, pence % 100)
}

/// Text that a spreadsheet cannot take for a formula.
fn text(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}
