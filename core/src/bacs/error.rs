//! What keeps a run from becoming a payment file, in the words of the officer who has to put it right.

use chrono::NaiveDate;

use crate::money::Money;

/// Why no payment file is made. Items are counted from 1, in the order of the run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BacsError {
    /// A file without payments.
    #[error("the run pays nobody, so there is no payment file to make")]
    Empty,
    /// More payments than the trailer can count.
    #[error("the run has {count} payments; a payment file holds at most {most}, so split the run")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: u32,
    },
    /// An amount that BACS cannot carry.
    #[error(
        "payment {item}, to {payee}, is {amount}; a payment is between £0.01 and {most}, so carry the balance forward or split it"
    )]
    Amount {
        /// Which payment.
        item: usize,
        /// To whom.
        payee: String,
        /// How much.
        amount: Money,
        /// How much there may be.
        most: Money,
    },
    /// A sum that the contra record cannot carry.
    #[error(
        "the payments add up to more than {most}, the most that one payment file can take from an account; split the run"
    )]
    Total {
        /// How much there may be.
        most: Money,
    },
    /// Not six digits.
    #[error("the sort code of {whose} is not six digits; correct the bank details, as 12-34-56")]
    SortCode {
        /// Whose account: `the council` or `payment 3, to ...`.
        whose: String,
    },
    /// Not eight digits.
    #[error(
        "the account number of {whose} is not eight digits; correct the bank details, with a 0 in front where the bank gives seven"
    )]
    Account {
        /// Whose account.
        whose: String,
    },
    /// Not a service user number.
    #[error(
        "the service user number \u{2018}{given}\u{2019} is not six digits; take it from the letter of the council's bank"
    )]
    ServiceUserNumber {
        /// What was given.
        given: String,
    },
    /// A serial that does not fit.
    #[error("the serial {given} of the payment file is not between 1 and 999999; start again at 1")]
    Serial {
        /// What was given.
        given: u32,
    },
    /// A name or reference of which nothing is left.
    #[error("the {field} of {whose} has no letter or digit that BACS can carry; give one")]
    Blank {
        /// `account name` or `reference`.
        field: &'static str,
        /// Whose account.
        whose: String,
    },
    /// Processed before it is submitted.
    #[error(
        "the payment file would be processed on {processing} but submitted only on {submitted}; choose a later processing day"
    )]
    ProcessedTooEarly {
        /// The day on which it is submitted.
        submitted: NaiveDate,
        /// The processing day.
        processing: NaiveDate,
    },
    /// A year that two digits and a blank cannot tell.
    #[error("{date} cannot be written in a payment file; give a date between 2000 and 2099")]
    Date {
        /// The date.
        date: NaiveDate,
    },
}
