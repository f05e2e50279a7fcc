//! What the audit keeps: every change of council data names one of these actions, and the record is committed with
//! the change.

use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A council's own data were set up or loaded.
    SetUp,
    /// A service line was given another version.
    VaryLine,
    /// A rate was recorded.
    RecordRate,
    /// A stay, death or end was recorded.
    RecordAbsence,
    /// Bank details were changed.
    ChangeBankDetails,
    /// Claims were generated.
    GenerateClaims,
    /// Actuals were stated.
    StateActuals,
    /// A claim was priced.
    AssessClaim,
    /// A claim was confirmed.
    ConfirmClaim,
    /// A confirmation was taken back.
    UnconfirmClaim,
    /// A claim was sent back to the provider.
    SendBackClaim,
    /// An officer decided on a suspended line.
    SettleSuspended,
    /// A run was opened.
    OpenRun,
    /// A contract was worked into a run.
    PostContract,
    /// A run was finalised.
    FinaliseRun,
    /// A run was approved.
    ApproveRun,
    /// An approval was voided by a change of bank details.
    VoidApproval,
    /// A payment file was issued.
    IssuePaymentFile,
    /// A payment file was sent.
    SendPaymentFile,
    /// It was recorded what became of a payment file.
    ReconcileRun,
    /// Remittance advices were written.
    WriteRemittances,
    /// A notice was written.
    WriteNotice,
    /// A notice was sent.
    SendNotice,
}

impl Action {
    /// The code that is stored: the name in lower case with hyphens.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::VaryLine => "vary-line",
            Self::RecordRate => "record-rate",
            Self::RecordAbsence => "record-absence",
            Self::ChangeBankDetails => "change-bank-details",
            Self::GenerateClaims => "generate-claims",
            Self::StateActuals => "state-actuals",
            Self::AssessClaim => "assess-claim",
            Self::ConfirmClaim => "confirm-claim",
            Self::UnconfirmClaim => "unconfirm-claim",
            Self::SendBackClaim => "send-back-claim",
            Self::SettleSuspended => "settle-suspended",
            Self::OpenRun => "open-run",
            Self::PostContract => "post-contract",
            Self::FinaliseRun => "finalise-run",
            Self::ApproveRun => "approve-run",
            Self::VoidApproval => "void-approval",
            Self::IssuePaymentFile => "issue-payment-file",
            Self::SendPaymentFile => "send-payment-file",
            Self::ReconcileRun => "reconcile-run",
            Self::WriteRemittances => "write-remittances",
            Self::WriteNotice => "write-notice",
            Self::SendNotice => "send-notice",
        }
    }
}
