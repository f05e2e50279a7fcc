//! What the audit keeps: every change of council data, of people's access and of the platform names one of these
//! actions, and the record is committed with the change.

macro_rules! actions {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $words:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$meta])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code that is stored: what it happened to, a full stop, and what happened.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What happened, for people to read.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

actions! {
    /// A council's own data were set up or loaded.
    SetUp = "council.set_up", "Council data set up";
    /// A service line was given another version.
    VaryLine = "service_line.vary", "Service line changed";
    /// A rate was recorded.
    RecordRate = "rate.record", "Rate recorded";
    /// A stay, death or end was recorded.
    RecordAbsence = "absence.record", "Stay, death or end recorded";
    /// Bank details were changed.
    ChangeBankDetails = "bank_details.change", "Bank details changed";
    /// A provider asked for the claims of its contracts.
    RequestPayments = "payments.request", "Payments requested by a provider";
    /// Claims were generated.
    GenerateClaims = "claims.generate", "Claims generated";
    /// Actuals were stated.
    StateActuals = "claim.state", "Actuals stated";
    /// A claim was priced.
    AssessClaim = "claim.assess", "Claim priced";
    /// A claim was confirmed.
    ConfirmClaim = "claim.confirm", "Claim confirmed";
    /// A confirmation was taken back.
    UnconfirmClaim = "claim.unconfirm", "Confirmation taken back";
    /// The provider rejected what a claim came to.
    RejectClaim = "claim.reject", "Claim rejected by its provider";
    /// A provider gave claims a reference or an invoice date of its own.
    ReferToClaims = "claim.refer", "Provider\u{2019}s reference or invoice date given";
    /// A provider sent an invoice that it wrote.
    SubmitInvoice = "invoice.submit", "Invoice submitted by a provider";
    /// A provider took an invoice back.
    WithdrawInvoice = "invoice.withdraw", "Invoice withdrawn by its provider";
    /// The council began or ceased to take invoices that providers write.
    AllowInvoices = "invoice.allow", "Whether providers write invoices changed";
    /// A claim was sent back to the provider.
    SendBackClaim = "claim.send_back", "Claim sent back";
    /// An officer decided on a suspended line.
    SettleSuspended = "claim.settle", "Suspended line decided";
    /// A run was opened.
    OpenRun = "run.open", "Run opened";
    /// A contract was worked into a run.
    PostContract = "run.post_contract", "Contract worked into a run";
    /// A run was finalised.
    FinaliseRun = "run.finalise", "Run finalised";
    /// A run was approved.
    ApproveRun = "run.approve", "Run approved";
    /// An approval was voided by a change of bank details.
    VoidApproval = "run.void_approval", "Approval voided";
    /// A payment file was issued.
    IssuePaymentFile = "payment_file.issue", "Payment file issued";
    /// A payment file, which names accounts, was downloaded.
    DownloadPaymentFile = "payment_file.download", "Payment file downloaded";
    /// A payment file was sent.
    SendPaymentFile = "payment_file.send", "Payment file sent";
    /// It was recorded what became of a payment file.
    ReconcileRun = "run.reconcile", "Payment file reconciled";
    /// Remittance advices were written.
    WriteRemittances = "remittances.write", "Remittance advices written";
    /// A notice was written.
    WriteNotice = "notice.write", "Notice written";
    /// A notice was sent.
    SendNotice = "notice.send", "Notice sent";
    /// Somebody signed in.
    SignIn = "person.sign_in", "Signed in";
    /// A sign-in was refused.
    RefuseSignIn = "person.sign_in_refused", "Sign-in refused";
    /// Somebody signed out.
    SignOut = "person.sign_out", "Signed out";
    /// A password was set or changed by its owner.
    SetPassword = "person.set_password", "Password set";
    /// A forgotten password was reset by e-mail.
    ResetPassword = "person.reset_password", "Forgotten password reset";
    /// A second factor or passkey was set up.
    EnrolFactor = "person.enrol_factor", "Second factor set up";
    /// A second factor was reported as lost and taken off.
    LoseFactor = "person.lose_factor", "Second factor lost";
    /// A dormant login was opened again by its owner.
    ReturnFromDormancy = "person.return", "Dormant login returned";
    /// A recovery code was used in place of the second factor.
    UseRecoveryCode = "person.use_recovery_code", "Recovery code used";
    /// A session was ended from elsewhere.
    EndSession = "session.end", "Session ended";
    /// Somebody was invited to a staff.
    InviteMember = "member.invite", "Person invited";
    /// Somebody joined a staff.
    JoinMember = "member.join", "Person joined";
    /// What a member of a staff may do was changed.
    ChangeMember = "member.change", "Person\u{2019}s access changed";
    /// Somebody was removed from a staff.
    RemoveMember = "member.remove", "Person removed";
    /// An organisation was invited by a council.
    InviteOrganisation = "organisation.invite", "Organisation invited";
    /// An invitation of an organisation was withdrawn by the council.
    WithdrawInvitation = "organisation.withdraw", "Invitation withdrawn";
    /// An invitation was declined by whoever was invited.
    DeclineInvitation = "organisation.decline", "Invitation declined";
    /// An organisation that others brought in was linked to a council.
    LinkOrganisation = "organisation.link", "Organisation linked";
    /// An organisation's link to a council was ended.
    UnlinkOrganisation = "organisation.unlink", "Organisation unlinked";
    /// A council was taken on.
    OnboardCouncil = "council.onboard", "Council taken on";
    /// A council was suspended.
    SuspendCouncil = "council.suspend", "Council suspended";
    /// A suspended council was resumed.
    ResumeCouncil = "council.resume", "Council resumed";
    /// A council's name, colour or logo was changed.
    BrandCouncil = "council.brand", "Council\u{2019}s name, colour or logo changed";
    /// A council asked for the published rule for passwords, or no longer does.
    SetPasswordRule = "council.password_rule", "Rule for passwords changed";
    /// A council's single sign-on was changed.
    SetSignOn = "council.sign_on", "Single sign-on changed";
    /// Somebody was made an operator of the platform.
    AppointOperator = "operator.appoint", "Platform operator appointed";
    /// Somebody is no longer an operator of the platform.
    DismissOperator = "operator.dismiss", "Platform operator dismissed";
    /// The audit was exported.
    ExportAudit = "audit.export", "Audit exported";
    /// A calendar feed was made; the one before it is no longer good.
    MakeFeed = "calendar_feed.make", "Calendar feed made";
    /// A calendar feed was put out of use.
    RevokeFeed = "calendar_feed.revoke", "Calendar feed revoked";
    /// A notice to providers was published or changed.
    PublishNotice = "provider_notice.publish", "Notice to providers published";
    /// A notice to providers was withdrawn.
    WithdrawNotice = "provider_notice.withdraw", "Notice to providers withdrawn";
    /// Guidance for a kind of service was published or changed.
    PublishGuidance = "guidance.publish", "Guidance published";
    /// Guidance for a kind of service was withdrawn.
    WithdrawGuidance = "guidance.withdraw", "Guidance withdrawn";
    /// A team was named, or its area or address changed.
    NameTeam = "council_team.name", "Team named";
    /// Somebody's worker, team or area was recorded.
    AllocateCare = "care_allocation.record", "Person\u{2019}s worker or team recorded";
    /// A provider asked about care.
    AskQuery = "care_query.ask", "Query asked";
    /// Somebody wrote into a query.
    AnswerQuery = "care_query.write", "Query written into";
    /// A query was closed.
    CloseQuery = "care_query.close", "Query closed";
    /// A query was passed on to another team.
    PassQueryOn = "care_query.pass_on", "Query passed on";
    /// Somebody wrote about a claim.
    WriteMessage = "claim.write", "Message written about a claim";
    /// A side read what the other had written about a claim.
    ReadMessages = "claim.read_messages", "Messages about a claim read";
    /// A dispute was opened.
    OpenDispute = "dispute.open", "Dispute opened";
    /// Something was done in a dispute: it was answered, written into, closed or withdrawn.
    MoveDispute = "dispute.move", "Dispute answered, written into or ended";
    /// A side read what the other had written in a dispute.
    ReadDispute = "dispute.read", "Dispute read";
    /// The days in which disputes are answered were set.
    SetDisputeDays = "dispute.set_days", "Time for answering disputes set";
    /// It was chosen in which languages the council explains what it pays.
    SetExplanations = "explanations.set", "Languages of explanations chosen";
    /// Somebody chose the language in which they read explanations.
    ChooseLanguage = "person.choose_language", "Language of explanations chosen";
    /// A provider read the answer to its query.
    ReadAnswer = "care_query.read", "Answer to a query read";
    /// A document was published for its provider to agree.
    PublishDocument = "contract_document.publish", "Contract document published";
    /// A document was taken back by the council.
    WithdrawDocument = "contract_document.withdraw", "Contract document withdrawn";
    /// A provider agreed a document.
    AgreeDocument = "contract_document.agree", "Contract document agreed";
    /// A provider rejected a document.
    RejectDocument = "contract_document.reject", "Contract document rejected";
    /// A provider asked for a change of a line's plan.
    AskAdjustment = "adjustment.ask", "Adjustment asked for";
    /// The council accepted it.
    AcceptAdjustment = "adjustment.accept", "Adjustment accepted";
    /// The council rejected it.
    RejectAdjustment = "adjustment.reject", "Adjustment rejected";
    /// The provider took it back.
    WithdrawAdjustment = "adjustment.withdraw", "Adjustment withdrawn";
    /// The audit's head was anchored outside the database, as somebody asked.
    AnchorAudit = "audit.anchor", "Audit anchored";
    /// A version of the payment rule was uploaded and found usable.
    UploadRule = "rule.upload", "Payment rule uploaded";
    /// What was uploaded cannot be used as a payment rule.
    RefuseRule = "rule.refuse", "Uploaded file refused as a payment rule";
    /// Somebody who may not upload a payment rule tried to; nothing that they sent was read.
    TurnAwayRule = "rule.turn_away", "Upload of a payment rule turned away";
    /// Cases were run through a version of the payment rule.
    AddRuleCases = "rule.add_cases", "Cases run through a payment rule";
    /// A second administrator approved a version of the payment rule.
    ApproveRule = "rule.approve", "Payment rule approved";
    /// A second administrator declined a version of the payment rule.
    DeclineRule = "rule.decline", "Payment rule declined";
    /// A version of the payment rule was switched on from a date.
    ActivateRule = "rule.activate", "Payment rule switched on";
    /// An earlier version of the payment rule was switched on again.
    RollBackRule = "rule.roll_back", "Payment rule rolled back";
    /// A version of the payment rule was retired.
    RetireRule = "rule.retire", "Payment rule retired";
    /// A version of the payment rule failed too often.
    QuarantineRule = "rule.quarantine", "Payment rule put into quarantine";
    /// A version of the payment rule may price again.
    LiftRuleQuarantine = "rule.lift_quarantine", "Quarantine of a payment rule lifted";
    /// It was chosen after how many faults a rule is put into quarantine, and what follows.
    SetRuleQuarantine = "rule.set_quarantine", "Quarantine of payment rules set";
    /// A setting of the payment rule has another value from a date.
    SetRuleSetting = "rule.set_setting", "Setting of the payment rule changed";
    /// The component of a payment rule was downloaded.
    DownloadRule = "rule.download", "Payment rule downloaded";
    /// A trial of a payment rule on past pay periods was started.
    StartTrial = "rule.start_trial", "Trial of a payment rule started";
    /// Claims were tried.
    TryClaims = "rule.try_claims", "Claims tried with a payment rule";
    /// A trial was cancelled.
    CancelTrial = "rule.cancel_trial", "Trial of a payment rule cancelled";
}

impl Action {
    /// The action that a stored code stands for; none for one that a later version wrote.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.code() == code)
    }

    /// The actions whose code begins like this: `person.` is everything that happens to a login.
    pub fn starting_with(prefix: &str) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |action| action.code().starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_a_code_of_its_own_that_the_database_accepts() {
        let codes: BTreeSet<_> = Action::ALL.iter().map(|action| action.code()).collect();
        assert_eq!(codes.len(), Action::ALL.len());
        for action in Action::ALL {
            let (what, happened) = action.code().split_once('.').unwrap_or_default();
            let plain = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert!(plain(what) && plain(happened), "{action:?}");
            assert_eq!(Action::of_code(action.code()), Some(*action));
            assert!(!action.words().is_empty());
        }
        assert_eq!(Action::of_code("claim.shred"), None);
    }

    #[test]
    fn what_happens_to_a_login_is_found_together() {
        let found: Vec<_> = Action::starting_with("session.").collect();
        assert_eq!(found, [Action::EndSession]);
        assert_eq!(Action::starting_with("person.").count(), 10);
    }
}
