//! Writes the remittance advices of a run whose payment file is issued: every entry with the charges that make it, in
//! the council's words and in each of its languages, and tells the payees. Before it [`issue_file`](super::issue_file), after it
//! [`notify`](super::notify).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::disposition::DisposedCharge;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId, PayeeId, RunId, ServiceLineId, ServiceUserId};
use counterfoil_core::pricing::canonical;
use counterfoil_core::pricing::facts::{Day, LineFacts, Unit};
use counterfoil_core::pricing::words::{Words, arithmetic_of};
use counterfoil_core::remittance::{
    ChargeWords, Remittance as Advice, RemittanceCharge, RemittanceLine, to_csv, to_html,
};
use counterfoil_core::run::{PayeePayment, RunState};

use super::Means;
use crate::assessment::{self, AssessmentRow};
use crate::audit::Record;
use crate::charge;
use crate::claim::{self, Claim, ClaimLine};
use crate::entry::{self, Entry};
use crate::error::{Error, Result};
use crate::failpoint;
use crate::jobs::{self, Enqueue, Job};
use crate::payment::{self, Payment};
use crate::profile::Profile;
use crate::remittance::{self, Remittance};
use crate::schedule::{PeriodRow, ScheduleRow};
use crate::scope::{CouncilScope, Tx};
use crate::{contract, explanation, payee, profile, reason, run, schedule, service_line, service_user, statement};

/// Payees whose remittances are written in one transaction.
const BATCH: usize = 100;

/// Writes the remittance advices of a run that has none yet; gives how many it wrote.
///
/// # Errors
/// [`Error::Refused`] before the payment file is issued, and for an advice that does not add up, which nobody is then
/// told.
pub async fn write_remittances(scope: &CouncilScope, means: &Means, at: DateTime<Utc>, run: RunId) -> Result<usize> {
    let mut written = 0;
    loop {
        let batch = scope.transaction(at, async |tx: &mut Tx<'_>| write_batch(tx, means, run).await).await?;
        if batch == 0 {
            failpoint::hit("remittances-written");
            return Ok(written);
        }
        written += batch;
    }
}

async fn write_batch(tx: &mut Tx<'_>, means: &Means, id: RunId) -> Result<usize> {
    let run = run::lock(tx, id).await?;
    if matches!(run.state, RunState::Open | RunState::Finalised | RunState::Approved) {
        return Err(Error::Refused("Remittances are written once the payment file is issued.".to_owned()));
    }
    let written = remittance::payees_of_run(tx, id).await?;
    let mut payments = payment::of_run(tx, id).await?;
    payments.retain(|payment| !written.contains(&payment.payee_id));
    payments.truncate(BATCH);
    if payments.is_empty() {
        tx.discard();
        return Ok(0);
    }
    let sources = Sources::load(tx, means, &run, &payments).await?;
    let mut rows = Vec::with_capacity(payments.len());
    for payment in &payments {
        rows.push(sources.remittance(payment, tx.at())?);
    }
    let record = Record::of(Action::WriteRemittances, id).detail(serde_json::json!({ "remittances": rows.len() }));
    let count = rows.len();
    let mut audited = tx.audited(record).await?;
    remittance::add(&mut audited, rows).await?;
    let notify =
        Enqueue::from(Job::NotifyRemittances { run: id }).once(format!("notify-remittances {id} {}", written.len()));
    jobs::enqueue(&mut audited, notify).await?;
    failpoint::hit("remittances-before-commit");
    Ok(count)
}

/// Everything that the remittances of some payees are made of.
struct Sources {
    council: Profile,
    /// In the usual language of the council's documents, and in its others.
    words: (Words, Vec<Words>),
    schedule: ScheduleRow,
    period: PeriodRow,
    entries: Vec<Entry>,
    payees: BTreeMap<PayeeId, payee::Payee>,
    contracts: BTreeMap<ContractId, contract::Contract>,
    claims: BTreeMap<ClaimId, Claim>,
    lines: Vec<ClaimLine>,
    service_lines: BTreeMap<ServiceLineId, service_line::ServiceLine>,
    people: BTreeMap<ServiceUserId, service_user::ServiceUser>,
    references: BTreeMap<ClaimId, String>,
    assessments: BTreeMap<AssessmentId, (AssessmentRow, Vec<LineFacts>)>,
    charges: BTreeMap<AssessmentId, Vec<DisposedCharge>>,
}

impl Sources {
    async fn load(tx: &mut Tx<'_>, means: &Means, run: &run::Run, payments: &[Payment]) -> Result<Self> {
        let period = schedule::period(tx, run.period_id).await?;
        let mut entries = entry::of_run(tx, run.id).await?;
        entries.retain(|entry| payments.iter().any(|payment| payment.payee_id == entry.payee_id));
        let claims = claim::find_all(tx, &distinct(entries.iter().map(|entry| entry.claim_id))).await?;
        let claim_ids: Vec<ClaimId> = claims.iter().map(|claim| claim.id).collect();
        let lines = claim::lines(tx, &claim_ids).await?;
        let service_lines =
            service_line::find_all(tx, &distinct(lines.iter().map(|line| line.service_line_id))).await?;
        let people = service_user::find_all(tx, &distinct(claims.iter().map(|claim| claim.service_user_id))).await?;
        let contracts = contract::find_all(tx, &distinct(claims.iter().map(|claim| claim.contract_id))).await?;
        let payees: Vec<PayeeId> = payments.iter().map(|payment| payment.payee_id).collect();
        let assessment_ids = distinct(entries.iter().map(|entry| entry.assessment_id));
        let mut assessments = BTreeMap::new();
        for row in assessment::find_all(tx, &assessment_ids).await? {
            let facts = canonical::read(&row.input).map_err(|error| Error::Unreadable { what: error.to_string() })?;
            assessments.insert(row.id, (row, facts.lines));
        }
        let mut charges: BTreeMap<AssessmentId, Vec<DisposedCharge>> = BTreeMap::new();
        for row in charge::of_assessments(tx, &assessment_ids).await? {
            charges.entry(row.assessment_id).or_default().push(row.into());
        }
        let today = clock::local_time(tx.at()).date();
        let council = profile::on(tx, today).await?;
        Ok(Self {
            words: words(tx, means, &council, &period).await?,
            schedule: schedule::find(tx, run.schedule_id).await?,
            payees: payee::find_all(tx, &payees).await?.into_iter().map(|row| (row.id, row)).collect(),
            references: statement::newest(tx, &claim_ids)
                .await?
                .into_iter()
                .map(|row| (row.claim_id, row.body.payment_reference))
                .collect(),
            contracts: contracts.into_iter().map(|row| (row.id, row)).collect(),
            claims: claims.into_iter().map(|row| (row.id, row)).collect(),
            service_lines: service_lines.into_iter().map(|row| (row.id, row)).collect(),
            people: people.into_iter().map(|row| (row.id, row)).collect(),
            council,
            period,
            entries,
            lines,
            assessments,
            charges,
        })
    }

    fn remittance(&self, payment: &Payment, made_at: DateTime<Utc>) -> Result<Remittance> {
        let advice = self.advice(payment)?;
        if advice.adds_up() != Ok(true) {
            return Err(Error::Refused(format!("Remittance {} does not add up. Nobody was sent it.", advice.number)));
        }
        let csv = to_csv(&advice).map_err(Error::refused)?;
        Ok(Remittance {
            run_id: payment.run_id,
            payee_id: payment.payee_id,
            organisation_id: payment.organisation_id,
            number: advice.number.clone(),
            digest: canonical::digest(&csv),
            csv,
            html: to_html(&advice).into_bytes(),
            made_at,
            advice: Some(advice),
        })
    }

    fn advice(&self, payment: &Payment) -> Result<Advice> {
        let payee = self.payees.get(&payment.payee_id).ok_or(Error::NotFound)?;
        let entries = self.entries.iter().filter(|entry| entry.payee_id == payment.payee_id);
        let mut lines = entries.map(|entry| self.line(entry)).collect::<Result<Vec<_>>>()?;
        lines.sort_by(|a, b| {
            (&a.contract, &a.service_user, a.care, &a.service_line).cmp(&(
                &b.contract,
                &b.service_user,
                b.care,
                &b.service_line,
            ))
        });
        Ok(Advice {
            council: self.council.name_shown.clone(),
            number: payment.reference.clone(),
            payee: payee.name.clone(),
            supplier_number: payee.supplier_number.clone(),
            schedule: self.schedule.published_name.clone(),
            period: (self.period.starts, self.period.ends),
            bank_date: self.period.bank_date,
            lines,
            payment: PayeePayment {
                brought_forward: payment.brought_forward_pence,
                entries: payment.entries_pence,
                payment: payment.pays_pence,
                carried_forward: payment.carried_forward_pence,
            },
        })
    }

    fn line(&self, entry: &Entry) -> Result<RemittanceLine> {
        let claim = self.claims.get(&entry.claim_id).ok_or(Error::NotFound)?;
        let line = self.lines.iter().find(|line| line.id == entry.claim_line_id).ok_or(Error::NotFound)?;
        let service_line = self.service_lines.get(&line.service_line_id).ok_or(Error::NotFound)?;
        let (assessment, facts) = self.assessments.get(&entry.assessment_id).ok_or(Error::NotFound)?;
        let known = facts.iter().find(|facts| facts.line == line.number);
        let charges = self.charges.get(&entry.assessment_id).into_iter().flatten();
        let charges = charges.filter(|charge| charge.line == line.number).map(|charge| self.charge(charge, known));
        Ok(RemittanceLine {
            contract: self.contracts.get(&claim.contract_id).ok_or(Error::NotFound)?.reference.clone(),
            service_user: self.people.get(&claim.service_user_id).ok_or(Error::NotFound)?.reference.clone(),
            service_line: service_line.reference.clone(),
            purchase_order: service_line.purchase_order.clone().unwrap_or_default(),
            service: known.map(|known| known.service.clone()).unwrap_or_default(),
            care: (claim.starts, claim.ends),
            provider_reference: claim
                .provider_reference
                .clone()
                .or_else(|| self.references.get(&claim.id).cloned())
                .unwrap_or_default(),
            invoice_date: claim.invoice_date,
            kind: entry.kind,
            entitlement: entry.entitlement_pence,
            posted_before: entry.posted_before_pence,
            amount: entry.pence,
            charges: charges.collect(),
            rule: format!(
                "{} {} ({})",
                assessment.pack,
                assessment.pack_version,
                assessment.component_digest.get(..12).unwrap_or(&assessment.component_digest)
            ),
        })
    }

    fn charge(&self, charge: &DisposedCharge, line: Option<&LineFacts>) -> RemittanceCharge {
        let unit = unit_of(charge, line);
        let said = |words: &Words| {
            let said = words.of_charge(charge);
            let arithmetic = arithmetic_of(charge, unit, said.language).unwrap_or_else(|| charge.amount.to_string());
            ChargeWords { language: said.language, arithmetic, reason: said.words }
        };
        let (usual, others) = &self.words;
        let words = said(usual);
        // what has no words in a language is said in English, which may be there already
        let also = others.iter().map(said).filter(|other| other.language != words.language).collect();
        RemittanceCharge {
            days: (charge.from, charge.to),
            words,
            also,
            disposition: charge.disposition,
            amount: charge.amount,
        }
    }
}

/// The unit of the rate-card row that a charge was priced by.
fn unit_of(charge: &DisposedCharge, line: Option<&LineFacts>) -> Unit {
    let day = Day::of(charge.from);
    let row = line.and_then(|line| {
        line.rates.iter().find(|row| {
            Some(row.rate) == charge.rate.map(counterfoil_core::money::Rate::raw)
                && row.from <= day
                && row.to.is_none_or(|to| day <= to)
        })
    });
    row.map(|row| row.unit).or_else(|| line.map(|line| line.unit)).unwrap_or(Unit::Hour)
}

/// The words for reasons in the council's usual language and in its others: the service's and the pack's own, the council's
/// reasons for care not delivered, and what the council put in their place.
async fn words(tx: &mut Tx<'_>, means: &Means, council: &Profile, period: &PeriodRow) -> Result<(Words, Vec<Words>)> {
    let reasons = reason::on(tx, period.ends).await?;
    let codes = reasons.into_iter().map(|reason| (reason.code, reason.words)).collect();
    let tenant = tx.tenant().uuid();
    let explaining = explanation::with(tx.conn(), tenant, council.messages.clone(), codes).await?;
    let usual = explaining.offered.usual;
    let others = explaining.offered.languages().filter(|language| *language != usual);
    let words = |language| explaining.words_in(&means.words, language);
    Ok((words(usual), others.map(words).collect()))
}

fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<std::collections::BTreeSet<T>>().into_iter().collect()
}
