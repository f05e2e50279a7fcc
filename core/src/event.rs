//! What the audit keeps: every change of council data names one of these actions, and the record is committed with
//! the change.

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The code that is stored: what it happened to, a full stop, and what happened.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SetUp => "council.set_up",
            Self::VaryLine => "service_line.vary",
            Self::RecordRate => "rate.record",
            Self::RecordAbsence => "absence.record",
            Self::ChangeBankDetails => "bank_details.change",
            Self::GenerateClaims => "claims.generate",
            Self::StateActuals => "claim.state",
            Self::AssessClaim => "claim.assess",
            Self::ConfirmClaim => "claim.confirm",
            Self::UnconfirmClaim => "claim.unconfirm",
            Self::SendBackClaim => "claim.send_back",
            Self::SettleSuspended => "claim.settle",
            Self::OpenRun => "run.open",
            Self::PostContract => "run.post_contract",
            Self::FinaliseRun => "run.finalise",
            Self::ApproveRun => "run.approve",
            Self::VoidApproval => "run.void_approval",
            Self::IssuePaymentFile => "payment_file.issue",
            Self::SendPaymentFile => "payment_file.send",
            Self::ReconcileRun => "run.reconcile",
            Self::WriteRemittances => "remittances.write",
            Self::WriteNotice => "notice.write",
            Self::SendNotice => "notice.send",
        }
    }
}
