//! A payee, a contract, a person who receives care and a service line, in one go.

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ContractId, OrganisationId, PayeeId, ServiceLineId, ServiceUserId};
use counterfoil_core::money::{Quantity, Rate};
use counterfoil_core::plan::{LineVersion, Plan, TimetabledVisit};
use counterfoil_core::pricing::facts::{Attribute, Day, Recording, Terms, Unit, Value};
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::contract::{ClaimPeriod, Contract, ContractKind};
use counterfoil_tenants::payee::{Payee, PayeeKind};
use counterfoil_tenants::rate::RateRecord;
use counterfoil_tenants::service_line::{LineVersionRow, ServiceLine};
use counterfoil_tenants::service_user::ServiceUser;
use counterfoil_tenants::{contract, payee, rate, service_line, service_user};

use crate::{TestCouncil, TestDatabase, TestProvider, WeeklySchedule};

/// The service level that [`Contracted`]'s lines are for; £18.85 an hour from 1 April 2024.
const SERVICE: &str = "External Domiciliary Care - Tiered";

/// A day.
///
/// # Panics
/// For a day that no calendar has.
#[must_use]
pub fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// The full hour of a day, in UTC.
///
/// # Panics
/// For a day that no calendar has.
#[must_use]
pub fn instant(year: i32, month: u32, day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).unwrap()
}

/// A contract with its payee, one person and one service line of seven hours a week from 1 April 2024.
pub struct Contracted {
    /// The payee's organisation; none for a direct payment.
    pub organisation: Option<OrganisationId>,
    /// Who is paid.
    pub payee: PayeeId,
    /// The contract.
    pub contract: ContractId,
    /// The person.
    pub service_user: ServiceUserId,
    /// The line.
    pub service_line: ServiceLineId,
}

impl TestCouncil {
    /// A contract with a provider.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn contract_with(
        &self,
        db: &TestDatabase,
        schedule: &WeeklySchedule,
        provider: &TestProvider,
    ) -> Contracted {
        self.contract(db, schedule, Some(provider.organisation), Recorded::hours()).await
    }

    /// A contract with a provider for a visit of half an hour at eight on every morning, recorded visit by visit.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn visits_with(
        &self,
        db: &TestDatabase,
        schedule: &WeeklySchedule,
        provider: &TestProvider,
    ) -> Contracted {
        self.contract(db, schedule, Some(provider.organisation), Recorded::visits()).await
    }

    /// A contract with a provider for seven hours a week, which asks for the number of visits.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn counted_with(
        &self,
        db: &TestDatabase,
        schedule: &WeeklySchedule,
        provider: &TestProvider,
    ) -> Contracted {
        self.contract(db, schedule, Some(provider.organisation), Recorded::counted()).await
    }

    /// A direct payment to a person: a payee without an organisation, whom no provider sees.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn direct_payment(&self, db: &TestDatabase, schedule: &WeeklySchedule) -> Contracted {
        self.contract(db, schedule, None, Recorded::hours()).await
    }

    async fn contract(
        &self,
        db: &TestDatabase,
        schedule: &WeeklySchedule,
        organisation: Option<OrganisationId>,
        recorded: Recorded,
    ) -> Contracted {
        let made = Contracted {
            organisation,
            payee: PayeeId::from_uuid(db.id()),
            contract: ContractId::from_uuid(db.id()),
            service_user: ServiceUserId::from_uuid(db.id()),
            service_line: ServiceLineId::from_uuid(db.id()),
        };
        let number = db.id().as_u128();
        let line = made.line(number);
        let rate_id = db.id();
        let by = Actor::Council { person: self.administrator };
        self.scope
            .transaction(instant(2024, 4, 1, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, made.contract)).await?;
                payee::add(&mut audited, vec![made.payee_row(number)]).await?;
                contract::add(&mut audited, vec![made.contract_row(number, schedule, &recorded)]).await?;
                let person = ServiceUser {
                    id: made.service_user,
                    reference: format!("SS{number}"),
                    name: "A. Person".to_owned(),
                };
                service_user::add(&mut audited, vec![person]).await?;
                service_line::add(&mut audited, vec![line.clone()]).await?;
                let version = LineVersionRow::new(&line, first_version(recorded.plan.clone()), by.clone());
                service_line::add_versions(&mut audited, vec![version]).await?;
                rate::add(&mut audited, vec![RateRecord::new(rate_id, rate_of_18_85(), by.clone())]).await
            })
            .await
            .unwrap();
        made
    }
}

impl Contracted {
    fn payee_row(&self, number: u128) -> Payee {
        Payee {
            id: self.payee,
            organisation_id: self.organisation,
            kind: if self.organisation.is_some() { PayeeKind::Site } else { PayeeKind::Person },
            supplier_number: format!("S{number:06}"),
            name: format!("Payee {number}"),
            remittance_email: Some(format!("payee{number}@example.com")),
        }
    }

    fn contract_row(&self, number: u128, schedule: &WeeklySchedule, recorded: &Recorded) -> Contract {
        Contract {
            id: self.contract,
            organisation_id: self.organisation,
            payee_id: self.payee,
            schedule_id: schedule.id,
            reference: format!("C{number:06}"),
            service_type: "home care".to_owned(),
            recording: recorded.recording,
            terms: Terms::Actual,
            claim_period: ClaimPeriod::Week,
            gross: true,
            kind: ContractKind::Framework,
            valid_from: date(2024, 4, 1),
            valid_to: None,
            attributes: recorded.attributes.clone(),
        }
    }

    fn line(&self, number: u128) -> ServiceLine {
        ServiceLine {
            id: self.service_line,
            organisation_id: self.organisation,
            contract_id: self.contract,
            service_user_id: self.service_user,
            reference: format!("CPLI{number:06}"),
            purchase_order: Some(format!("PO{number:06}")),
        }
    }
}

/// How care is recorded, and what is planned of it.
struct Recorded {
    recording: Recording,
    plan: Plan,
    attributes: Vec<Attribute>,
}

impl Recorded {
    fn hours() -> Self {
        let plan = Plan::Week { quantity: Quantity::from_thousandths(7_000) };
        Self { recording: Recording::Quantities, plan, attributes: Vec::new() }
    }

    fn visits() -> Self {
        let morning = |weekday| TimetabledVisit { weekday, start: 8 * 60, minutes: 30, carers: 1 };
        let plan = Plan::Timetable { visits: (0..7).map(morning).collect() };
        Self { recording: Recording::Timetabled, plan, attributes: Vec::new() }
    }

    fn counted() -> Self {
        let asks = Attribute {
            key: "visits".to_owned(),
            from: Day::of(date(2024, 4, 1)),
            to: None,
            value: Value::Code("required".to_owned()),
        };
        Self { attributes: vec![asks], ..Self::hours() }
    }
}

fn first_version(plan: Plan) -> LineVersion {
    LineVersion {
        version: 1,
        from: date(2024, 4, 1),
        to: None,
        recorded_at: instant(2024, 4, 1, 9),
        service: SERVICE.to_owned(),
        unit: Unit::Hour,
        tier: "1".to_owned(),
        tier_need: String::new(),
        attributes: Vec::new(),
        plan,
    }
}

fn rate_of_18_85() -> RateCardRow {
    RateCardRow {
        key: RateKey {
            service: SERVICE.to_owned(),
            tier: "1".to_owned(),
            band: String::new(),
            minutes: None,
            day_kind: None,
            time_band: None,
            unit: Unit::Hour,
        },
        from: date(2024, 4, 1),
        to: None,
        rate: Rate::from_ten_thousandths(188_500),
        recorded_at: instant(2024, 4, 1, 9),
    }
}
