//! Contracts, payees with accounts, people and their service lines of the kill tests' council.

use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ContractId, PayeeId, ScheduleId, ServiceLineId, ServiceUserId};
use counterfoil_core::money::{Quantity, Rate};
use counterfoil_core::plan::{LineVersion, Plan};
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::bank::BankDetails;
use counterfoil_tenants::contract::{ClaimPeriod, Contract, ContractKind};
use counterfoil_tenants::payee::{Payee, PayeeKind};
use counterfoil_tenants::rate::RateRecord;
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::service_line::{LineVersionRow, ServiceLine};
use counterfoil_tenants::service_user::ServiceUser;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{bank, contract, payee, rate, service_line, service_user};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, date, instant};

/// How many contracts the run works through, and how many payees it pays.
pub(crate) const CONTRACTS: usize = 12;
pub(crate) const PAYEES: usize = 8;
const SERVICE: &str = "Home Care";

/// Everything that is to be written.
#[derive(Default)]
struct Rows {
    payees: Vec<Payee>,
    accounts: Vec<(PayeeId, BankDetails)>,
    contracts: Vec<Contract>,
    people: Vec<ServiceUser>,
    lines: Vec<ServiceLine>,
}

/// Twelve contracts of four or three people each.
pub(crate) async fn contracts(
    council: &TestCouncil,
    db: &TestDatabase,
    schedule: ScheduleId,
    providers: &[TestProvider],
    key: &MasterKey,
) {
    let mut rows = Rows::default();
    for number in 0..PAYEES {
        let id = PayeeId::from_uuid(db.id());
        rows.payees.push(payee(id, number, &providers[number % providers.len()]));
        rows.accounts.push((id, account(number)));
    }
    for number in 0..CONTRACTS {
        let paid = rows.payees[number % PAYEES].clone();
        let agreed = contract(ContractId::from_uuid(db.id()), number, schedule, &paid);
        for person in 0..(if number < 4 { 4 } else { 3 }) {
            let (user, line) = person_with_line(db, &agreed, &format!("{number:02}{person}"));
            rows.people.push(user);
            rows.lines.push(line);
        }
        rows.contracts.push(agreed);
    }
    let by = Actor::Council { person: council.administrator };
    let versions: Vec<LineVersionRow> =
        rows.lines.iter().map(|line| LineVersionRow::new(line, seven_hours_a_week(), by.clone())).collect();
    let price = RateRecord::new(db.id(), rate_of_22_10(), by);
    let written = council.scope.transaction(instant(2024, 12, 1, 9), async |tx: &mut Tx<'_>| {
        let mut audited = tx.audited(Record::of(Action::SetUp, schedule)).await?;
        payee::add(&mut audited, rows.payees.clone()).await?;
        bank::set_payees(&mut audited, key, &rows.accounts).await?;
        contract::add(&mut audited, rows.contracts.clone()).await?;
        service_user::add(&mut audited, rows.people.clone()).await?;
        service_line::add(&mut audited, rows.lines.clone()).await?;
        service_line::add_versions(&mut audited, versions.clone()).await?;
        rate::add(&mut audited, vec![price.clone()]).await
    });
    written.await.unwrap();
}

fn payee(id: PayeeId, number: usize, provider: &TestProvider) -> Payee {
    Payee {
        id,
        organisation_id: Some(provider.organisation),
        kind: PayeeKind::Site,
        supplier_number: format!("S{number:04}"),
        name: format!("Site {number}"),
        remittance_email: Some(format!("site{number}@example.com")),
    }
}

fn account(number: usize) -> BankDetails {
    BankDetails {
        sort_code: "20-00-00".to_owned(),
        account: format!("{:08}", 10_000_000 + number),
        name: format!("SITE {number} CARE LTD"),
    }
}

fn contract(id: ContractId, number: usize, schedule: ScheduleId, payee: &Payee) -> Contract {
    Contract {
        id,
        organisation_id: payee.organisation_id,
        payee_id: payee.id,
        schedule_id: schedule,
        reference: format!("C{number:03}"),
        service_type: "home care".to_owned(),
        recording: Recording::Quantities,
        terms: Terms::Actual,
        claim_period: ClaimPeriod::Week,
        gross: true,
        kind: ContractKind::Framework,
        valid_from: date(2024, 12, 1),
        valid_to: None,
        attributes: Vec::new(),
    }
}

fn person_with_line(db: &TestDatabase, contract: &Contract, number: &str) -> (ServiceUser, ServiceLine) {
    let user = ServiceUser {
        id: ServiceUserId::from_uuid(db.id()),
        reference: format!("SS{number}"),
        name: "A. Person".to_owned(),
    };
    let line = ServiceLine {
        id: ServiceLineId::from_uuid(db.id()),
        organisation_id: contract.organisation_id,
        contract_id: contract.id,
        service_user_id: user.id,
        reference: format!("CPLI{number}"),
        purchase_order: Some(format!("PO{number}")),
    };
    (user, line)
}

fn seven_hours_a_week() -> LineVersion {
    LineVersion {
        version: 1,
        from: date(2024, 12, 1),
        to: None,
        recorded_at: instant(2024, 12, 1, 9),
        service: SERVICE.to_owned(),
        unit: Unit::Hour,
        tier: String::new(),
        tier_need: String::new(),
        attributes: Vec::new(),
        plan: Plan::Week { quantity: Quantity::from_thousandths(7_000) },
    }
}

/// £22.10 an hour.
fn rate_of_22_10() -> RateCardRow {
    RateCardRow {
        key: RateKey {
            service: SERVICE.to_owned(),
            tier: String::new(),
            band: String::new(),
            minutes: None,
            day_kind: None,
            time_band: None,
            unit: Unit::Hour,
        },
        from: date(2024, 12, 1),
        to: None,
        rate: Rate::from_ten_thousandths(221_000),
        recorded_at: instant(2024, 12, 1, 9),
    }
}
