//! What happens to the claim of a case: generated, priced while it is typed, stored, confirmed, run and paid.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::disposition::{Assessed, Assessment, DisposedCharge, Disposition, Totals};
use counterfoil_core::ids::{ClaimId, RunId};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::facts::{EndingKind, Recording};
use counterfoil_core::pricing::{ClaimFacts, Finding, canonical};
use counterfoil_core::statement::Statement;
use counterfoil_tenants::service_user::{EndingRow, StayRow};
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::approve_run::approve_run;
use counterfoil_tenants::steps::assess_claims::{Purpose, assess_claims};
use counterfoil_tenants::steps::change_records::{record_ending, record_stay};
use counterfoil_tenants::steps::confirm_claims::confirm_claims;
use counterfoil_tenants::steps::finalise_run::finalise_run;
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_tenants::steps::issue_file::issue_file;
use counterfoil_tenants::steps::open_actuals::open_actuals;
use counterfoil_tenants::steps::open_run::open_run;
use counterfoil_tenants::steps::post_contract::{assess_on_plan, post_contract};
use counterfoil_tenants::steps::price_actuals::price_actuals;
use counterfoil_tenants::steps::send_file::file_sent;
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};
use counterfoil_tenants::steps::write_remittances::write_remittances;
use counterfoil_tenants::{assessment, charge, claim, entry, payment, payment_file};

use super::council::CaseCouncil;
use super::statement::{self, date};
use crate::bacs_reader;
use crate::support::winter;

/// What is stored of a claim.
pub(super) struct Stored {
    /// What it was assessed from.
    pub(super) facts: ClaimFacts,
    pub(super) charges: Vec<DisposedCharge>,
    pub(super) findings: Vec<Finding>,
    pub(super) totals: Totals,
}

impl Stored {
    /// What a run has to post, by line; nothing for a claim that is not due.
    pub(super) fn payable_by_line(&self, due: bool) -> BTreeMap<u32, Money> {
        let mut lines: BTreeMap<u32, Money> = BTreeMap::new();
        let payable = self.charges.iter().filter(|charge| due && charge.disposition == Disposition::Payable);
        for charge in payable.filter(|charge| !charge.amount.is_zero()) {
            let sum = lines.entry(charge.line).or_insert(Money::ZERO);
            *sum = Money::total([*sum, charge.amount]).unwrap();
        }
        lines
    }
}

/// What a run paid.
pub(super) struct Paid {
    /// By line, where something was posted.
    pub(super) posted: BTreeMap<u32, Money>,
    pub(super) entries: Money,
    pub(super) payments: Money,
    pub(super) file: Money,
}

impl CaseCouncil<'_> {
    /// The morning after a period.
    fn after(ends: NaiveDate) -> DateTime<Utc> {
        winter(ends.succ_opt().unwrap(), 9, 0, 0)
    }

    fn at(&self) -> DateTime<Utc> {
        Self::after(self.period.ends)
    }

    /// Everything that happens before the claim is opened: earlier weeks are stated, stays, death and end are recorded,
    /// and the claim is generated and priced as planned.
    pub(super) async fn generated(&self) -> ClaimId {
        if let Some(before) = &self.before {
            let at = Self::after(before.ends);
            generate_claims(&self.service, at, before.id).await.unwrap();
            let earlier = self.claim_from(before.starts).await;
            self.state(earlier, statement::before(&self.told.case.facts), at).await;
        }
        let at = self.at();
        for (number, stay) in self.told.case.facts.stays.iter().enumerate() {
            let row = StayRow {
                id: self.world.db.id(),
                version: 1,
                service_user_id: self.person,
                kind: stay.kind,
                admitted: date(stay.from),
                discharged: stay.discharged.map(date),
                withdrawn: false,
                recorded_at: at,
                recorded_by: self.by(),
            };
            record_stay(&self.service, at, row).await.unwrap_or_else(|error| panic!("stay {number}: {error}"));
        }
        if let Some(ending) = self.told.case.facts.ending {
            let row = EndingRow {
                service_user_id: self.person,
                version: 1,
                kind: if ending.kind == EndingKind::Death { EndingKind::Death } else { EndingKind::End },
                happened: date(ending.happened),
                notified: date(ending.notified),
                withdrawn: false,
                recorded_at: at,
                recorded_by: self.by(),
            };
            record_ending(&self.service, at, row).await.unwrap();
        }
        generate_claims(&self.service, at, self.period.id).await.unwrap();
        let id = self.claim_from(self.period.starts).await;
        assess_claims(&self.service, self.means, at, (Purpose::Shown, at), &[id]).await.unwrap();
        id
    }

    async fn claim_from(&self, starts: NaiveDate) -> ClaimId {
        let found = self.service.read(async |tx| claim::of_contract(tx, self.contract, starts, starts).await).await;
        let found = found.unwrap();
        assert_eq!(found.len(), 1, "{}: one claim from {starts}", self.told.name);
        found[0].id
    }

    async fn seen(&self, id: ClaimId) -> u32 {
        self.service.read(async |tx| claim::find(tx, id).await).await.unwrap().version
    }

    /// What the provider sees before anything of this is stored: while it types, or on the page of a claim that is paid
    /// by its plan. Nothing where actuals are awaited and none are typed.
    pub(super) async fn shown(&self, id: ClaimId) -> Option<Assessed> {
        let (at, provider) = (self.at(), &self.provider);
        let priced = if self.told.case.facts.stated {
            let to_price = [(id, statement::of(&self.told.case.facts))];
            let means = self.means;
            let priced =
                price_actuals(&provider.scope, &self.service, means, at, provider.organisation, &to_price).await;
            priced.unwrap_or_else(|error| panic!("{}: {error}", self.told.name)).remove(0)
        } else if self.told.case.facts.recording == Recording::None {
            let of = (provider.organisation, id);
            open_actuals(&provider.scope, &self.service, self.means, at, of).await.unwrap().priced.unwrap()
        } else {
            return None;
        };
        match priced.assessment {
            Assessment::Priced(assessed) => Some(*assessed),
            Assessment::Faulted { fault } => panic!("{}: {fault}", self.told.name),
        }
    }

    async fn state(&self, claim: ClaimId, statement: Statement, at: DateTime<Utc>) {
        let to_state = vec![ToState { claim, seen: self.seen(claim).await, statement }];
        let source = (self.provider.organisation, Source::Screen);
        let stated = state_actuals(&self.provider.scope, &self.service, self.means, at, source, to_state).await;
        stated.unwrap_or_else(|error| panic!("{}: {error}", self.told.name));
    }

    /// What was typed is stored, and the assessment that counts is read back from the database.
    pub(super) async fn stored(&self, id: ClaimId) -> Stored {
        if self.told.case.facts.stated {
            self.state(id, statement::of(&self.told.case.facts), self.at()).await;
        }
        let read = self.service.read(async |tx| {
            let current = claim::find(tx, id).await?.assessment_id.unwrap();
            Ok((assessment::find(tx, current).await?, charge::of_assessments(tx, &[current]).await?))
        });
        let (row, charges) = read.await.unwrap();
        assert_eq!(row.fault, None, "{}", self.told.name);
        let totals = Totals {
            claimed: row.claimed_pence,
            payable: row.payable_pence,
            suspended: row.suspended_pence,
            rejected: row.rejected_pence,
            pending: row.pending_pence,
        };
        Stored {
            facts: canonical::read(&row.input).unwrap(),
            charges: charges.into_iter().map(DisposedCharge::from).collect(),
            findings: row.findings,
            totals,
        }
    }

    /// The provider confirms what it stated; tells whether the claim is due. One with something to mend is refused.
    pub(super) async fn confirmed(&self, id: ClaimId, mend: bool) -> bool {
        let facts = &self.told.case.facts;
        if !facts.stated {
            return facts.recording == Recording::None;
        }
        let (at, pair) = (self.at(), (self.council.tenant, self.provider.organisation));
        let seen = self.seen(id).await;
        let confirmed = confirm_claims(&self.provider.scope, at, pair, &[(id, seen)], "B. Manager").await;
        assert_eq!(confirmed.is_err(), mend, "{}: {confirmed:?}", self.told.name);
        !mend
    }

    /// The run of the period, to its payment file.
    pub(super) async fn paid(&self, id: ClaimId) -> Paid {
        let at = winter(self.period.finalisation, 9, 0, 0);
        let run = open_run(&self.officer, at, self.period.id).await.unwrap().run;
        assess_on_plan(&self.service, self.means, at, run).await.unwrap();
        while post_contract(&self.service, at, run, "worker").await.unwrap().is_some() {}
        finalise_run(&self.service, at, run).await.unwrap();
        let read = self.service.read(async |tx| {
            let numbers: BTreeMap<_, u32> =
                claim::lines(tx, &[id]).await?.into_iter().map(|line| (line.id, line.number)).collect();
            Ok((numbers, entry::of_run(tx, run).await?, payment::of_run(tx, run).await?))
        });
        let (numbers, entries, payments) = read.await.unwrap();
        let posted = entries
            .iter()
            .filter(|entry| !entry.pence.is_zero())
            .map(|entry| (numbers[&entry.claim_line_id], entry.pence))
            .collect();
        Paid {
            posted,
            entries: Money::total(entries.iter().map(|entry| entry.pence)).unwrap(),
            payments: Money::total(payments.iter().map(|payment| payment.pays_pence)).unwrap(),
            file: if payments.is_empty() { Money::ZERO } else { self.file_of(run, at).await },
        }
    }

    async fn file_of(&self, run: RunId, at: DateTime<Utc>) -> Money {
        approve_run(&self.approver, at, run).await.unwrap();
        issue_file(&self.service, self.means, at, run).await.unwrap();
        write_remittances(&self.service, self.means, at, run).await.unwrap();
        file_sent(&self.service, at, run).await.unwrap();
        let file = self.service.read(async |tx| payment_file::of_run(tx, run).await).await.unwrap().unwrap();
        Money::from_pence(i64::try_from(bacs_reader::read(&file.bytes).unwrap().total).unwrap())
    }
}
