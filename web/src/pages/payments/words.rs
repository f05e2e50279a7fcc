//! The two sets of words for one state machine, beyond those of the states themselves.

use counterfoil_core::claim::Vocabulary;
use serde::Serialize;

/// What things and acts are called at a council.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Words {
    /// The list.
    pub(super) list: &'static str,
    /// A row of it.
    pub(super) one: &'static str,
    pub(super) many: &'static str,
    /// A claim.
    pub(super) claim: &'static str,
    pub(super) claims: &'static str,
    /// To declare that claims are right, as a button says it and within a sentence.
    pub(super) confirm: &'static str,
    pub(super) to_confirm: &'static str,
    pub(super) confirmed: &'static str,
    /// Taking that back.
    pub(super) take_back: &'static str,
    /// The two kinds of lines.
    pub(super) payable: &'static str,
    pub(super) non_payable: &'static str,
    /// Whether providers ask for payment, rather than finding it scheduled.
    pub(super) requests: bool,
}

impl Words {
    pub(super) const fn of(vocabulary: Vocabulary) -> Self {
        match vocabulary {
            Vocabulary::Actuals => Self {
                list: "Scheduled payments",
                one: "scheduled payment",
                many: "scheduled payments",
                claim: "claim",
                claims: "claims",
                confirm: vocabulary.confirm(),
                to_confirm: "confirm",
                confirmed: "confirmed",
                take_back: vocabulary.unconfirm(),
                payable: "Payable",
                non_payable: "Non-Payable",
                requests: false,
            },
            Vocabulary::ProvisionalInvoices => Self {
                list: "Payment schedules",
                one: "payment schedule",
                many: "payment schedules",
                claim: "provisional invoice",
                claims: "provisional invoices",
                confirm: vocabulary.confirm(),
                to_confirm: "verify",
                confirmed: "verified",
                take_back: vocabulary.unconfirm(),
                payable: "Unpaid",
                non_payable: "Suspended or rejected",
                requests: true,
            },
        }
    }
}
