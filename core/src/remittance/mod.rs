//! The remittance advice: what a payment was made of, to the penny. It is made from a run's entries and payments
//! ([`run`](crate::run)) and given out as CSV for the accounts package and as a page for people.

mod csv;
mod html;

pub use csv::to_csv;
pub use html::to_html;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::disposition::Disposition;
use crate::entry::EntryKind;
use crate::language::Language;
use crate::money::{Money, Overflow};
use crate::pricing::words::span;
use crate::run::PayeePayment;

/// A remittance advice that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the remittance advice could not be written: {0}")]
pub struct RemittanceError(#[from] ::csv::Error);

/// A remittance advice that could not be printed; the cause is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the remittance advice could not be printed: {0}")]
pub struct NotPrinted(pub String);

/// Prints remittance advices for paper and for screen readers.
pub trait Printer: Send + Sync {
    /// The advice as tagged PDF (PDF/UA-1).
    ///
    /// # Errors
    /// [`NotPrinted`].
    fn pdf(&self, advice: &Remittance) -> Result<Vec<u8>, NotPrinted>;
}

/// What a payee is told of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remittance {
    /// The council, as it calls itself.
    pub council: String,
    /// The remittance's number: the council's payment reference.
    pub number: String,
    /// The payee's name.
    pub payee: String,
    /// The council's number for the payee.
    pub supplier_number: String,
    /// The schedule, as published.
    pub schedule: String,
    /// The pay period's first and last day.
    pub period: (NaiveDate, NaiveDate),
    /// The day on which the money is in the bank.
    pub bank_date: NaiveDate,
    /// One for each entry.
    pub lines: Vec<RemittanceLine>,
    /// Balances and the payment.
    pub payment: PayeePayment,
}

/// One entry of a run, with what explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemittanceLine {
    /// The contract's reference.
    pub contract: String,
    /// The service user's reference (SSRef), never the name.
    pub service_user: String,
    /// The service line's reference (CPLI).
    pub service_line: String,
    /// The purchase order.
    pub purchase_order: String,
    /// The service level.
    pub service: String,
    /// The first and last day of care of the claim.
    pub care: (NaiveDate, NaiveDate),
    /// The provider's own reference, where it gave one.
    pub provider_reference: String,
    /// The provider's invoice date, where it gave one.
    #[serde(default)]
    pub invoice_date: Option<NaiveDate>,
    /// What kind of entry it is.
    pub kind: EntryKind,
    /// What the line is entitled to now.
    pub entitlement: Money,
    /// What was posted before.
    pub posted_before: Money,
    /// What this run posts.
    pub amount: Money,
    /// The charges that make the entitlement, and those that were not paid.
    pub charges: Vec<RemittanceCharge>,
    /// The rule that priced it: name, version, and the start of its digest.
    pub rule: String,
}

/// One charge in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemittanceCharge {
    /// The first and last day of care that it is for.
    pub days: (NaiveDate, NaiveDate),
    /// How it was worked out and why, in the usual language of the council's documents.
    #[serde(flatten)]
    pub words: ChargeWords,
    /// The same in the other languages that the council explains in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ChargeWords>,
    /// What became of it.
    pub disposition: Disposition,
    /// Whole pence.
    pub amount: Money,
}

/// How a charge was worked out, and why, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeWords {
    /// The language.
    #[serde(default, skip_serializing_if = "Language::is_english")]
    pub language: Language,
    /// The arithmetic: `2.5 hours x £18.85 = £47.13`.
    pub arithmetic: String,
    /// Why, in the council's words.
    pub reason: String,
}

impl Remittance {
    /// The advice with its charges in a language, as far as they were put into words in it when it was made.
    #[must_use]
    pub fn read_in(mut self, language: Language) -> Self {
        for charge in self.lines.iter_mut().flat_map(|line| &mut line.charges) {
            charge.read_in(language);
        }
        self
    }

    /// Whether the lines make the entries, and entries and balances the payment.
    ///
    /// # Errors
    /// [`Overflow`] when a sum does not fit.
    pub fn adds_up(&self) -> Result<bool, Overflow> {
        let entries = Money::total(self.lines.iter().map(|line| line.amount))?;
        let paid = self.payment.brought_forward.checked_add(entries)?.checked_sub(self.payment.carried_forward)?;
        let explained = self.lines.iter().map(|line| {
            let payable = line.charges.iter().filter(|charge| charge.disposition == Disposition::Payable);
            Ok(Money::total(payable.map(|charge| charge.amount))? == line.entitlement
                && line.entitlement.checked_sub(line.posted_before)? == line.amount)
        });
        let explained = explained.collect::<Result<Vec<bool>, Overflow>>()?;
        Ok(entries == self.payment.entries && paid == self.payment.payment && explained.into_iter().all(|line| line))
    }
}

impl RemittanceCharge {
    fn read_in(&mut self, language: Language) {
        if self.words.language != language
            && let Some(wanted) = self.also.iter_mut().find(|words| words.language == language)
        {
            std::mem::swap(&mut self.words, wanted);
        }
    }

    /// What is said of a charge that is not paid: ` (Suspended, not in this payment)`. Empty for one that is.
    #[must_use]
    pub fn unpaid(&self) -> String {
        let not = match self.words.language {
            Language::English => "not in this payment",
            Language::Welsh => "nid yn y taliad hwn",
        };
        match self.disposition {
            Disposition::Payable => String::new(),
            other => format!(" ({}, {not})", other.words_in(self.words.language)),
        }
    }

    /// The whole charge as one sentence: its days, how it was worked out, and why.
    #[must_use]
    pub fn sentence(&self) -> String {
        let ChargeWords { language, arithmetic, reason } = &self.words;
        format!("{}: {arithmetic}. {reason}{}", span(self.days, *language), self.unpaid())
    }
}

impl EntryKind {
    /// The kind in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::First => "Payment",
            Self::Adjustment => "Adjustment",
            Self::Retraction => "Retraction",
        }
    }
}

impl Disposition {
    /// The disposition in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Payable => "Payable",
            Self::Suspended => "Suspended",
            Self::Rejected => "Rejected",
            Self::Pending => "Pending",
        }
    }

    /// The same in the language of an explanation.
    #[must_use]
    pub const fn words_in(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::English, disposition) => disposition.words(),
            (Language::Welsh, Self::Payable) => "Yn daladwy",
            (Language::Welsh, Self::Suspended) => "Wedi'i atal dros dro",
            (Language::Welsh, Self::Rejected) => "Wedi'i wrthod",
            (Language::Welsh, Self::Pending) => "Yn yr arfaeth",
        }
    }
}
