//! Reads everything that is known of some claims, in a dozen queries however many claims there are, and gathers for
//! each the facts, limits and decisions that it is assessed from.

mod earlier;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use counterfoil_core::calendar::{BankHolidays, Division};
use counterfoil_core::claim::{Basis, ClaimState, KnownClaim, KnownLine};
use counterfoil_core::disposition::{ClaimToAssess, Decision};
use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId, ScheduleId, ServiceLineId, ServiceUserId};
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::{Day, EarlierDay, Ending, Recording, Setting, Stay, Value};
use counterfoil_core::pricing::{Fault, RuleDigest};
use counterfoil_core::rate_card::RateCardRow;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_core::tolerance::Use;

pub(super) use rules::Pinned;

use super::Means;
use crate::assessment::Said;
use crate::claim::{Claim, ClaimLine};
use crate::contract::Contract;
use crate::decision::DecisionRow;
use crate::error::{Error, Result};
use crate::rule::RuleActivation;
use crate::scope::Tx;
use crate::tolerance::{self, LimitRow};
use crate::{
    assessment, claim, contract, council, decision, rate, reason, rule, schedule, service_line, service_user, statement,
};

/// What a council has set, as known at an instant.
pub(super) struct CouncilFacts {
    division: Division,
    rate_card: Vec<RateCardRow>,
    reasons: BTreeSet<String>,
    settings: Vec<Setting>,
    limits: Vec<LimitRow>,
    holidays: Arc<BankHolidays>,
    known_at: DateTime<Utc>,
}

/// A claim with its records.
pub(super) struct KnownRecords {
    pub(super) claim: Claim,
    pub(super) contract: Contract,
    /// What makes it payable.
    pub(super) basis: Basis,
    pub(super) lines: Vec<KnownLine>,
    pub(super) statement: Option<Statement>,
    pub(super) decisions: Vec<Decision>,
    pub(super) rule: RuleActivation,
    /// Whether that rule is in quarantine.
    quarantined: bool,
    /// What the assessment that counts says.
    pub(super) current: Option<Said>,
    /// What claims of the contract for the same days use that are not loaded here.
    pub(super) stored_beside: Use,
    stays: Vec<Stay>,
    ending: Option<Ending>,
    earlier: Vec<EarlierDay>,
    /// Days of the claim on which its service is closed, as the contract says.
    closures: BTreeSet<NaiveDate>,
}

/// Claims with everything that is known of them.
pub(super) struct Loaded {
    pub(super) council: CouncilFacts,
    pub(super) claims: Vec<KnownRecords>,
    /// Components of their rules that this process does not hold yet.
    components: Vec<Vec<u8>>,
}

impl Loaded {
    /// Makes the rules ready that this process does not hold yet, on a blocking thread; each is compiled once a process.
    /// Another replica may have checked them, so that one that cannot be made ready is this machine's fault.
    pub(super) async fn make_ready(&mut self, means: &Means) -> Result<()> {
        for component in std::mem::take(&mut self.components) {
            let pricer = means.pricer.clone();
            let ready = tokio::task::spawn_blocking(move || pricer.load_uploaded(&component)).await;
            let again =
                || Error::Refused("The payment rule could not be made ready here. It will be tried again.".to_owned());
            ready.map_err(|_| again())?.map_err(|fault| {
                tracing::error!(%fault, "an uploaded rule could not be made ready");
                again()
            })?;
        }
        Ok(())
    }
}

/// What a claim is assessed from, or why it cannot be.
pub(super) enum Gathered {
    /// Facts, limits, decisions.
    Ready(Box<ClaimToAssess>),
    /// What was stated no longer fits the plan.
    Unfit(Fault),
}

/// The attribute of a contract with which its service is closed, from its first day to its last.
const CLOSED: &str = "closed";

impl KnownRecords {
    /// The facts of the claim, with limits and decisions.
    pub(super) fn gather(&self, council: &CouncilFacts) -> Gathered {
        if self.quarantined {
            return Gathered::Unfit(Fault::Quarantined);
        }
        let services: Vec<String> = services(self.lines.iter().map(|line| &line.versions)).into_iter().collect();
        let provisional = self.provisional();
        match self.known(council, self.statement.as_ref().or(provisional.as_ref())).facts() {
            Ok(facts) => Gathered::Ready(Box::new(ClaimToAssess {
                rule: RuleDigest(self.rule.component_digest.clone()),
                facts,
                limits: tolerance::that_apply(&council.limits, self.contract.id, &services, self.claim.starts),
                others: self.stored_beside,
                decisions: self.decisions.clone(),
            })),
            Err(error) => Gathered::Unfit(Fault::StatementDoesNotFit { sentence: error.to_string() }),
        }
    }

    /// Where confirmation alone makes a claim payable, it is priced as planned until something else is stated: what
    /// Mosaic calls a provisional invoice.
    fn provisional(&self) -> Option<Statement> {
        if self.basis != Basis::Confirmation || self.contract.recording == Recording::None {
            return None;
        }
        let line = |known: &KnownLine| LineStatement {
            line: known.number,
            actuals: Actuals::AsPlanned,
            comment: String::new(),
        };
        Some(Statement { lines: self.lines.iter().map(line).collect(), ..Statement::default() })
    }

    /// The claim as a statement leaves it: decisions were taken on what was stated before.
    pub(super) fn stated(&mut self, statement: Option<Statement>) {
        self.claim.version += 1;
        self.claim.statement_version += 1;
        self.claim.state = ClaimState::Stated;
        self.statement = statement;
        self.decisions.clear();
    }

    /// What is known of the claim, with a statement that may not be stored yet.
    pub(super) fn known<'a>(&'a self, council: &'a CouncilFacts, statement: Option<&'a Statement>) -> KnownClaim<'a> {
        KnownClaim {
            period: (self.claim.starts, self.claim.ends),
            recording: self.contract.recording,
            terms: self.contract.terms,
            contract: &self.contract.attributes,
            lines: &self.lines,
            rate_card: &council.rate_card,
            holidays: &council.holidays,
            division: council.division,
            closures: &self.closures,
            statement,
            reasons: &council.reasons,
            stays: &self.stays,
            ending: self.ending,
            earlier: self.earlier.clone(),
            settings: &council.settings,
            known_at: council.known_at,
        }
    }
}

/// The days within a claim period on which a contract says that its service is closed.
fn closures(contract: &Contract, (starts, ends): (NaiveDate, NaiveDate)) -> BTreeSet<NaiveDate> {
    let days = starts.iter_days().take_while(|date| *date <= ends);
    days.filter(|date| contract.says(CLOSED, *date) == Some(&Value::Flag(true))).collect()
}

fn services<'a>(versions: impl Iterator<Item = &'a Vec<LineVersion>>) -> BTreeSet<String> {
    versions.flatten().map(|version| version.service.clone()).collect()
}

/// Reads claims with all that is known of them at an instant.
pub(super) async fn load(tx: &mut Tx<'_>, means: &Means, known_at: DateTime<Utc>, ids: &[ClaimId]) -> Result<Loaded> {
    load_for(tx, means, (known_at, None), ids).await
}

/// The same for a run, which keeps the rules that it began with.
pub(super) async fn load_for(
    tx: &mut Tx<'_>,
    means: &Means,
    (known_at, pinned): (DateTime<Utc>, Option<&Pinned>),
    ids: &[ClaimId],
) -> Result<Loaded> {
    let claims = claim::find_all(tx, ids).await?;
    if claims.len() != ids.iter().collect::<BTreeSet<_>>().len() {
        return Err(Error::NotFound);
    }
    let mut lines: BTreeMap<ClaimId, Vec<ClaimLine>> = BTreeMap::new();
    for line in claim::lines(tx, ids).await? {
        lines.entry(line.claim_id).or_default().push(line);
    }
    let line_ids: BTreeSet<ServiceLineId> = lines.values().flatten().map(|line| line.service_line_id).collect();
    let versions = service_line::versions(tx, &line_ids.into_iter().collect::<Vec<_>>()).await?;
    let until = claims.iter().map(|claim| claim.ends).max().unwrap_or_default();
    let council = council_facts(tx, means, known_at, until, &versions).await?;

    let contracts: BTreeSet<ContractId> = claims.iter().map(|claim| claim.contract_id).collect();
    let contracts: BTreeMap<ContractId, Contract> = contract::find_all(tx, &contracts.into_iter().collect::<Vec<_>>())
        .await?
        .into_iter()
        .map(|contract| (contract.id, contract))
        .collect();
    let people: BTreeSet<ServiceUserId> = claims.iter().map(|claim| claim.service_user_id).collect();
    let people: Vec<ServiceUserId> = people.into_iter().collect();
    let stays = service_user::stays(tx, &people, known_at).await?;
    let endings = service_user::endings(tx, &people, known_at).await?;
    let mut statements: BTreeMap<ClaimId, Statement> =
        statement::newest(tx, ids).await?.into_iter().map(|row| (row.claim_id, row.body)).collect();
    let mut decisions: BTreeMap<ClaimId, Vec<DecisionRow>> = BTreeMap::new();
    for row in decision::of_claims(tx, ids).await? {
        decisions.entry(row.claim_id).or_default().push(row);
    }
    let current: Vec<AssessmentId> = claims.iter().filter_map(|claim| claim.assessment_id).collect();
    let mut current: BTreeMap<ClaimId, Said> =
        assessment::said(tx, &current).await?.into_iter().map(|said| (said.claim_id, said)).collect();
    let mut bases: BTreeMap<ScheduleId, Basis> = BTreeMap::new();
    for id in claims.iter().map(|claim| claim.schedule_id).collect::<BTreeSet<_>>() {
        bases.insert(id, schedule::basis_of(tx, id).await?);
    }
    let starts = claims.iter().map(|claim| claim.starts).collect();
    let mut rules = rules::of_starts(tx, &*means.pricer, pinned, starts).await?;
    let mut before = earlier::earlier(tx, &*means.pricer, &rules, &claims, &lines).await?;
    let beside = earlier::beside(tx, &council.limits, &claims).await?;

    let mut known = Vec::with_capacity(claims.len());
    for claim in claims {
        let contract = contracts.get(&claim.contract_id).ok_or(Error::NotFound)?.clone();
        let rule = rules.by_start.get(&claim.starts).ok_or(Error::NotFound)?.clone();
        let own = lines.remove(&claim.id).unwrap_or_default();
        let taken_on = claim.statement_version;
        let of_claim = decisions.remove(&claim.id).unwrap_or_default();
        let of_claim = of_claim.into_iter().filter(|row| row.statement_version == taken_on);
        known.push(KnownRecords {
            lines: own
                .iter()
                .map(|line| KnownLine {
                    number: line.number,
                    versions: versions.get(&line.service_line_id).cloned().unwrap_or_default(),
                })
                .collect(),
            statement: statements.remove(&claim.id),
            decisions: of_claim.map(DecisionRow::decision).collect::<Result<_>>()?,
            current: current.remove(&claim.id),
            stored_beside: beside.get(&(claim.contract_id, claim.starts)).copied().unwrap_or_default(),
            stays: stays
                .iter()
                .filter(|stay| stay.service_user_id == claim.service_user_id)
                .map(|row| Stay {
                    kind: row.kind,
                    from: Day::of(row.admitted),
                    discharged: row.discharged.map(Day::of),
                })
                .collect(),
            ending: endings.iter().find(|row| row.service_user_id == claim.service_user_id).map(|row| Ending {
                kind: row.kind,
                happened: Day::of(row.happened),
                notified: Day::of(row.notified),
            }),
            earlier: before.remove(&claim.id).unwrap_or_default(),
            closures: closures(&contract, (claim.starts, claim.ends)),
            basis: bases.get(&claim.schedule_id).copied().ok_or(Error::NotFound)?,
            quarantined: rules.is_quarantined(&rule),
            rule,
            contract,
            claim,
        });
    }
    Ok(Loaded { council, claims: known, components: std::mem::take(&mut rules.components) })
}

/// What was stated for the lines of claims in so many days before them.
pub(super) async fn stated_before(
    tx: &mut Tx<'_>,
    ids: &[ClaimId],
    days: u16,
) -> Result<BTreeMap<ClaimId, Vec<EarlierDay>>> {
    let claims = claim::find_all(tx, ids).await?;
    let mut lines: BTreeMap<ClaimId, Vec<ClaimLine>> = BTreeMap::new();
    for line in claim::lines(tx, ids).await? {
        lines.entry(line.claim_id).or_default().push(line);
    }
    let since = |claim: &Claim| claim.starts.checked_sub_days(Days::new(days.into())).unwrap_or(claim.starts);
    earlier::answered(tx, claims.iter().map(|claim| (claim, since(claim))).collect(), &lines).await
}

async fn council_facts(
    tx: &mut Tx<'_>,
    means: &Means,
    known_at: DateTime<Utc>,
    until: NaiveDate,
    versions: &BTreeMap<ServiceLineId, Vec<LineVersion>>,
) -> Result<CouncilFacts> {
    let services: Vec<String> = services(versions.values()).into_iter().collect();
    Ok(CouncilFacts {
        division: council::division(tx).await?,
        rate_card: rate::card(tx, &services, until, known_at).await?,
        reasons: reason::on(tx, until).await?.into_iter().map(|reason| reason.code).collect(),
        settings: rule::settings(tx, known_at).await?,
        limits: tolerance::recorded_by(tx, known_at).await?,
        holidays: means.holidays.clone(),
        known_at,
    })
}
