//! From a submission to its file: checks what goes in, then lays the records out in their order.

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};

use super::records::{Account, Labels, MOST_ITEMS, MOST_PENCE, Payment, TEXT_WIDTH, format_label, user_trailer};
use super::{BacsError, BacsFile, BacsItem, BacsSubmission, Respelling, respell};
use crate::money::Money;

/// Bank credit.
const CREDIT: &str = "99";
/// The debit that balances the credits.
const CONTRA_DEBIT: &str = "17";
/// What a contra record says instead of a reference.
const CONTRA: &str = "CONTRA";

pub(super) fn write(submission: &BacsSubmission) -> Result<BacsFile, BacsError> {
    let labels = labels(submission)?;
    let count = count(submission)?;
    let total = total(submission)?;
    let mut spelling = Spelling { changes: Vec::new() };

    let council = "the council";
    let from = account(&submission.originator.sort_code, &submission.originator.account, council)?;
    let payer = spelling.text(None, "account name", council, &submission.originator.name)?;

    let mut lines = vec![labels.volume(), labels.file_header(), format_label("HDR2"), labels.user_header()];
    for (item, payment) in (1..).zip(&submission.items) {
        let whose = whose(item, payment);
        let to = account(&payment.sort_code, &payment.account, &whose)?;
        let pence = pence(item, payment)?;
        let payee = spelling.text(Some(item), "account name", &whose, &payment.payee_name)?;
        let reference = spelling.text(Some(item), "reference", &whose, &payment.reference)?;
        let (from, payer) = (&from, payer.as_str());
        let record = Payment { to: &to, code: CREDIT, from, pence, payer, reference: &reference, payee: &payee };
        lines.push(record.record());
    }
    let pence = total.pence().unsigned_abs();
    let (to, from, payer, payee) = (&from, &from, payer.as_str(), payer.as_str());
    lines.push(Payment { to, code: CONTRA_DEBIT, from, pence, payer, reference: CONTRA, payee }.record());
    lines.extend([labels.file_trailer(count), format_label("EOF2"), user_trailer(pence, count)]);

    let mut bytes = Vec::with_capacity(lines.len() * 102);
    for line in &lines {
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let digest = hex::encode(Sha256::digest(&bytes));
    Ok(BacsFile { bytes, digest, count, total, respelled: spelling.changes })
}

fn labels(submission: &BacsSubmission) -> Result<Labels<'_>, BacsError> {
    let sun = submission.originator.sun.as_str();
    if !is_digits(sun, 6) {
        return Err(BacsError::ServiceUserNumber { given: sun.to_owned() });
    }
    if !(1..=999_999).contains(&submission.serial) {
        return Err(BacsError::Serial { given: submission.serial });
    }
    let (submitted, processing) = (writable(submission.submitted)?, writable(submission.processing_date)?);
    if processing < submitted {
        return Err(BacsError::ProcessedTooEarly { submitted, processing });
    }
    Ok(Labels { sun, serial: submission.serial, submitted, processing })
}

fn writable(date: NaiveDate) -> Result<NaiveDate, BacsError> {
    if (2000..=2099).contains(&date.year()) { Ok(date) } else { Err(BacsError::Date { date }) }
}

fn count(submission: &BacsSubmission) -> Result<u32, BacsError> {
    let count = submission.items.len();
    match u32::try_from(count) {
        Ok(0) => Err(BacsError::Empty),
        Ok(fits) if fits <= MOST_ITEMS => Ok(fits),
        _ => Err(BacsError::TooMany { count, most: MOST_ITEMS }),
    }
}

/// The sum of the items, each of which must be payable by itself.
fn total(submission: &BacsSubmission) -> Result<Money, BacsError> {
    for (item, payment) in (1..).zip(&submission.items) {
        pence(item, payment)?;
    }
    let most = Money::from_pence(MOST_PENCE);
    match Money::total(submission.items.iter().map(|item| item.amount)) {
        Ok(total) if total <= most => Ok(total),
        _ => Err(BacsError::Total { most }),
    }
}

fn pence(item: usize, payment: &BacsItem) -> Result<u64, BacsError> {
    let pence = payment.amount.pence();
    if (1..=MOST_PENCE).contains(&pence) {
        return Ok(pence.unsigned_abs());
    }
    let (payee, amount) = (payment.payee_name.clone(), payment.amount);
    Err(BacsError::Amount { item, payee, amount, most: Money::from_pence(MOST_PENCE) })
}

fn whose(item: usize, payment: &BacsItem) -> String {
    format!("payment {item}, to {}", payment.payee_name)
}

fn account(sort_code: &str, number: &str, whose: &str) -> Result<Account, BacsError> {
    let sort_code: String = sort_code.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    if !is_digits(&sort_code, 6) {
        return Err(BacsError::SortCode { whose: whose.to_owned() });
    }
    if !is_digits(number, 8) {
        return Err(BacsError::Account { whose: whose.to_owned() });
    }
    Ok(Account { sort_code, number: number.to_owned() })
}

fn is_digits(text: &str, width: usize) -> bool {
    text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Spells texts for the file and keeps account of what had to change.
struct Spelling {
    changes: Vec<Respelling>,
}

impl Spelling {
    fn text(
        &mut self,
        item: Option<usize>,
        field: &'static str,
        whose: &str,
        given: &str,
    ) -> Result<String, BacsError> {
        let spelled = respell(given);
        if !spelled.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return Err(BacsError::Blank { field, whose: whose.to_owned() });
        }
        // one byte a character from here on
        let written = spelled.get(..TEXT_WIDTH).unwrap_or(&spelled).trim_end().to_owned();
        if written != given {
            let shortened = spelled.len() > TEXT_WIDTH;
            let change = Respelling {
                item,
                field: field.to_owned(),
                given: given.to_owned(),
                written: written.clone(),
                shortened,
            };
            self.changes.push(change);
        }
        Ok(written)
    }
}
