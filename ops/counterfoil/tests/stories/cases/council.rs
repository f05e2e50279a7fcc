//! A council that has just what a case says: its pack and settings, its rate card, its contract and lines, and the pay
//! period of the claim; with a provider, and people who prepare and approve.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::bacs::Originator;
use counterfoil_core::calendar::{Division, Origin, Schedule, Submission, deadline};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{
    ContractId, PayeeId, PeriodId, PersonId, RuleId, ScheduleId, ServiceLineId, ServiceUserId,
};
use counterfoil_core::money::{Money, Quantity, Rate};
use counterfoil_core::plan::{LineVersion, Plan, TimetabledVisit};
use counterfoil_core::pricing::ClaimFacts;
use counterfoil_core::pricing::facts::{LineFacts, RateRow, Recording};
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::bank::{self, BankDetails};
use counterfoil_tenants::contract::{self, ClaimPeriod, Contract, ContractKind};
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::payee::{self, Payee, PayeeKind};
use counterfoil_tenants::profile::{self, PaymentFormat, Profile, SubmissionDay};
use counterfoil_tenants::rate::{self, RateRecord};
use counterfoil_tenants::reason::{self, NonDeliveryReason, ReasonKind};
use counterfoil_tenants::rule::{self, RuleActivation, RuleSettingRow};
use counterfoil_tenants::schedule::{self, PeriodRow, ScheduleRow};
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::service_line::{self, LineVersionRow, ServiceLine};
use counterfoil_tenants::service_user::{self, ServiceUser};
use counterfoil_tenants::steps::Means;
use counterfoil_testkit::{TestCouncil, TestProvider, instant};

use super::Told;
use super::statement::date;
use crate::support::World;

/// The first day of everything: before the oldest published rule.
fn first_day() -> NaiveDate {
    counterfoil_testkit::date(2017, 1, 2)
}

/// When everything was set up.
fn set_up() -> DateTime<Utc> {
    instant(2017, 1, 2, 9)
}

/// A council for one case, with the hands of its people.
pub(super) struct CaseCouncil<'a> {
    pub(super) world: &'a World,
    pub(super) means: &'a Means,
    pub(super) told: &'a Told,
    pub(super) council: TestCouncil,
    /// The service itself.
    pub(super) service: CouncilScope,
    pub(super) officer: CouncilScope,
    pub(super) approver: CouncilScope,
    second: PersonId,
    pub(super) provider: TestProvider,
    pub(super) contract: ContractId,
    pub(super) person: ServiceUserId,
    /// The pay period of the claim.
    pub(super) period: PeriodRow,
    /// The one before it, where the case says what was stated earlier.
    pub(super) before: Option<PeriodRow>,
}

impl<'a> CaseCouncil<'a> {
    pub(super) async fn of(world: &'a World, means: &'a Means, told: &'a Told) -> Self {
        let (db, name) = (&world.db, told.name.replace('/', " "));
        let council = TestCouncil::new(db, &name).await;
        let second = PersonId::from_uuid(db.id());
        let identity = db.identity();
        identity.add_person(second, &format!("{second}@second.example"), "Another officer", set_up()).await.unwrap();
        identity.join_council(second, council.tenant, CouncilRole::Officer, set_up()).await.unwrap();
        let schedule = ScheduleId::from_uuid(db.id());
        let facts = &told.case.facts;
        let (starts, ends) = (date(facts.period.from), date(facts.period.to));
        let before = (!facts.earlier.is_empty())
            .then(|| period(world, means, schedule, (starts - Days::new(7), starts - Days::new(1))));
        let case = Self {
            world,
            means,
            told,
            service: council.scope.clone(),
            officer: council.scope_of(db, council.officer).await,
            approver: council.scope_of(db, second).await,
            second,
            provider: TestProvider::new(db, &format!("Care of {name}")).await,
            contract: ContractId::from_uuid(db.id()),
            person: ServiceUserId::from_uuid(db.id()),
            period: period(world, means, schedule, (starts, ends)),
            before,
            council,
        };
        case.add_books(schedule).await;
        case.add_rule().await;
        case.add_care().await;
        case
    }

    pub(super) fn by(&self) -> Actor {
        Actor::Council { person: self.council.administrator }
    }

    fn facts(&self) -> &'a ClaimFacts {
        &self.told.case.facts
    }

    /// Profile, calendar and account.
    async fn add_books(&self, schedule: ScheduleId) {
        let profile = Profile {
            valid_from: first_day(),
            recorded_at: set_up(),
            recorded_by: self.by(),
            name_shown: self.told.name.clone(),
            vocabulary: Vocabulary::Actuals,
            payment_format: PaymentFormat::Bacs,
            small_balance_pence: Money::ZERO,
            submission: SubmissionDay::NextWorkingDay,
            messages: std::collections::BTreeMap::new(),
            verification_statement: "I declare that these actuals are right.".to_owned(),
        };
        let name = "Calendar of the case".to_owned();
        let row = ScheduleRow {
            id: schedule,
            name: name.clone(),
            published_name: name.clone(),
            basis: if self.facts().recording == Recording::None { Basis::Plan } else { Basis::ActualsAndConfirmation },
            definition: Schedule {
                name,
                division: Division::EnglandAndWales,
                submission: Submission::default(),
                generator: None,
                imported: Vec::new(),
                overrides: Vec::new(),
                accepted: Vec::new(),
            },
        };
        let periods: Vec<PeriodRow> = self.before.iter().chain([&self.period]).cloned().collect();
        let originator = Originator {
            sun: "123456".to_owned(),
            sort_code: "300000".to_owned(),
            account: "87654321".to_owned(),
            name: "COUNTY COUNCIL".to_owned(),
        };
        let master = &self.means.master_key;
        self.service
            .transaction(set_up(), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, schedule)).await?;
                profile::add(&mut audited, profile.clone()).await?;
                schedule::add(&mut audited, vec![row.clone()]).await?;
                schedule::add_periods(&mut audited, periods.clone()).await?;
                bank::ensure_key(&mut audited, master).await?;
                bank::set_originator(&mut audited, master, &originator).await
            })
            .await
            .unwrap();
    }

    /// The pack, with the settings of the case, the reasons that it names and the prices of its lines.
    async fn add_rule(&self) {
        let facts = self.facts();
        let activation = RuleActivation {
            id: RuleId::from_uuid(self.world.db.id()),
            component_digest: self.told.rule.0.clone(),
            pack: self.told.pack.to_owned(),
            version: self.told.version.clone(),
            active_from: first_day(),
            recorded_at: set_up(),
            recorded_by: self.by(),
            approved_by: Actor::Council { person: self.second },
        };
        let settings: Vec<RuleSettingRow> = facts
            .settings
            .iter()
            .map(|setting| RuleSettingRow {
                key: setting.key.clone(),
                scope: setting.scope.clone(),
                valid_from: date(setting.from),
                recorded_at: set_up(),
                recorded_by: self.by(),
                value: setting.value.clone(),
            })
            .collect();
        let reasons: Vec<NonDeliveryReason> = reasons(facts)
            .into_iter()
            .map(|code| NonDeliveryReason {
                words: code.clone(),
                code,
                valid_from: first_day(),
                recorded_at: set_up(),
                recorded_by: self.by(),
                valid_to: None,
                kind: ReasonKind::Frustrated,
                comment_needed: false,
            })
            .collect();
        // lines of one service and tier share their rows of the rate card
        let mut rows: Vec<RateCardRow> = Vec::new();
        for (line, rate) in facts.lines.iter().flat_map(|line| line.rates.iter().map(move |rate| (line, rate))) {
            let row = card_row(line, rate);
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        let rates: Vec<RateRecord> =
            rows.into_iter().map(|row| RateRecord::new(self.world.db.id(), row, self.by())).collect();
        self.service
            .transaction(set_up(), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, activation.id)).await?;
                rule::activate(&mut audited, activation.clone()).await?;
                rule::add_settings(&mut audited, settings.clone()).await?;
                reason::add(&mut audited, reasons.clone()).await?;
                rate::add(&mut audited, rates.clone()).await
            })
            .await
            .unwrap();
    }

    /// The contract, the person and the lines.
    async fn add_care(&self) {
        let (db, facts) = (&self.world.db, self.facts());
        let organisation = Some(self.provider.organisation);
        let number = db.id().as_u128();
        let payee = Payee {
            id: PayeeId::from_uuid(db.id()),
            organisation_id: organisation,
            kind: PayeeKind::Site,
            supplier_number: format!("S{number:06}"),
            name: format!("Good Care {number}"),
            remittance_email: Some(format!("payee{number}@example.com")),
        };
        let account = BankDetails {
            sort_code: "200000".to_owned(),
            account: format!("{number:08}"),
            name: format!("GOOD CARE {number}"),
        };
        let contract = Contract {
            id: self.contract,
            organisation_id: organisation,
            payee_id: payee.id,
            schedule_id: self.period.schedule_id,
            reference: format!("C{number:06}"),
            service_type: "care".to_owned(),
            recording: facts.recording,
            terms: facts.terms,
            claim_period: ClaimPeriod::PayPeriod,
            gross: true,
            kind: ContractKind::Framework,
            valid_from: first_day(),
            valid_to: None,
            attributes: facts.attributes.clone(),
        };
        let person = ServiceUser { id: self.person, reference: format!("SS{number}"), name: "A. Person".to_owned() };
        let (mut lines, mut versions) = (Vec::new(), Vec::new());
        for line in &facts.lines {
            let row = ServiceLine {
                id: ServiceLineId::from_uuid(db.id()),
                organisation_id: organisation,
                contract_id: self.contract,
                service_user_id: self.person,
                // a claim numbers its lines in the order of their references
                reference: format!("CPLI{number:06}-{:03}", line.line),
                purchase_order: Some(format!("PO{number:06}-{:03}", line.line)),
            };
            versions
                .extend(self.versions(line).into_iter().map(|version| LineVersionRow::new(&row, version, self.by())));
            lines.push(row);
        }
        let master = &self.means.master_key;
        self.service
            .transaction(set_up(), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, self.contract)).await?;
                payee::add(&mut audited, vec![payee.clone()]).await?;
                bank::set_payee(&mut audited, master, payee.id, &account).await?;
                contract::add(&mut audited, vec![contract.clone()]).await?;
                service_user::add(&mut audited, vec![person.clone()]).await?;
                service_line::add(&mut audited, lines.clone()).await?;
                service_line::add_versions(&mut audited, versions.clone()).await
            })
            .await
            .unwrap();
    }

    /// A line's plan, and before it the one that what was stated earlier was measured against.
    fn versions(&self, line: &LineFacts) -> Vec<LineVersion> {
        let (period, valid) = (self.facts().period, line.valid);
        let starts = if valid.from > period.from || self.before.is_some() { date(valid.from) } else { first_day() };
        let ended = line.tail.is_some() || valid.to < period.to;
        let version = |version, from, to, plan| LineVersion {
            version,
            from,
            to,
            recorded_at: set_up(),
            service: line.service.clone(),
            unit: line.unit,
            tier: line.tier.clone(),
            tier_need: String::new(),
            attributes: line.attributes.clone(),
            plan,
        };
        let mut versions = Vec::new();
        if let Some(before) = &self.before {
            versions.push(version(1, before.starts, None, self.plan_before(line)));
        }
        let number = if versions.is_empty() { 1 } else { 2 };
        versions.push(version(number, starts, ended.then(|| date(valid.to)), self.plan(line)));
        versions
    }

    fn plan(&self, line: &LineFacts) -> Plan {
        if self.facts().recording == Recording::Timetabled {
            let visits = line.planned_visits.iter().map(|visit| TimetabledVisit {
                weekday: weekday(date(visit.day)),
                start: visit.start,
                minutes: visit.minutes,
                carers: visit.carers,
            });
            return Plan::Timetable { visits: visits.collect() };
        }
        by_weekday(line.plan.iter().map(|planned| (date(planned.day), planned.quantity)))
    }

    fn plan_before(&self, line: &LineFacts) -> Plan {
        let of_line = self.facts().earlier.iter().filter(|earlier| earlier.line == line.line);
        by_weekday(of_line.map(|earlier| {
            let accounted = earlier.delivered + earlier.frustrated + earlier.missed;
            (date(earlier.day), accounted - earlier.extra)
        }))
    }
}

fn weekday(date: NaiveDate) -> u8 {
    u8::try_from(date.weekday().num_days_from_monday()).unwrap()
}

fn by_weekday(days: impl Iterator<Item = (NaiveDate, i64)>) -> Plan {
    let mut quantities = [Quantity::ZERO; 7];
    for (date, quantity) in days {
        quantities[usize::from(weekday(date))] = Quantity::from_thousandths(quantity);
    }
    Plan::Days { quantities }
}

fn card_row(line: &LineFacts, rate: &RateRow) -> RateCardRow {
    RateCardRow {
        key: RateKey {
            service: line.service.clone(),
            tier: line.tier.clone(),
            band: rate.band.clone(),
            minutes: rate.minutes,
            day_kind: rate.day_kind,
            time_band: rate.time_band,
            unit: rate.unit,
        },
        from: date(rate.from),
        to: rate.to.map(date),
        rate: Rate::from_ten_thousandths(rate.rate),
        recorded_at: set_up(),
    }
}

/// The reason codes that are stated.
fn reasons(facts: &ClaimFacts) -> BTreeSet<String> {
    let lines = facts.lines.iter().flat_map(|line| {
        let days = line.stated_days.iter().map(|day| &day.reason);
        days.chain(line.stated_visits.iter().map(|visit| &visit.reason))
    });
    let all = lines.chain(facts.earlier.iter().map(|earlier| &earlier.reason));
    all.filter(|code| !code.is_empty()).cloned().collect()
}

/// Open until six o'clock on the fourth day after it; finalised and paid on working days after that.
fn period(world: &World, means: &Means, schedule_id: ScheduleId, (starts, ends): (NaiveDate, NaiveDate)) -> PeriodRow {
    let working = means.holidays.working_days(Division::EnglandAndWales);
    let finalisation = working.on_or_after(ends + Days::new(5));
    PeriodRow {
        id: PeriodId::from_uuid(world.db.id()),
        schedule_id,
        number: i32::try_from(starts.iso_week().week()).unwrap(),
        starts,
        ends,
        cut_off: deadline(ends + Days::new(4), NaiveTime::from_hms_opt(18, 0, 0).unwrap()),
        finalisation,
        bank_date: working.add_working_days(finalisation, 4),
        origin: Origin::Generated,
        findings: Vec::new(),
        accepted: Vec::new(),
        runnable: true,
    }
}
