//! Who is cared for under which contract, and who is paid for it.

use chrono::NaiveDate;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ContractId, PayeeId, ServiceLineId, ServiceUserId};
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::{LineVersion, Plan, TimetabledVisit};
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::bank;
use counterfoil_tenants::bank::BankDetails;
use counterfoil_tenants::contract::{self, ClaimPeriod, Contract, ContractKind};
use counterfoil_tenants::payee::{self, Payee, PayeeKind};
use counterfoil_tenants::service_line::{self, LineVersionRow, ServiceLine};
use counterfoil_tenants::service_user::{self, ServiceUser};
use counterfoil_testkit::{date, instant};

use super::Town;
use super::town::SERVICE;

/// One person's care under a contract of its own.
#[derive(Debug, Clone)]
pub(crate) struct Care {
    pub(crate) payee: PayeeId,
    pub(crate) contract: ContractId,
    pub(crate) person: ServiceUserId,
    pub(crate) line: ServiceLineId,
    /// Numbers the references: `C000012`.
    pub(crate) number: u128,
}

impl Town {
    /// Home care of so many thousandths of an hour a week, from 16 March 2024.
    pub(crate) async fn home_care(&self, thousandths: i64) -> Care {
        let plan = Plan::Week { quantity: Quantity::from_thousandths(thousandths) };
        self.care(plan, Recording::Quantities).await
    }

    /// The same paid on the plan, of which nobody states anything.
    pub(crate) async fn care_on_plan(&self, thousandths: i64) -> Care {
        let plan = Plan::Week { quantity: Quantity::from_thousandths(thousandths) };
        self.care(plan, Recording::None).await
    }

    /// One visit on Mondays at nine.
    pub(crate) async fn monday_visit(&self, minutes: u16) -> Care {
        let visits = vec![TimetabledVisit { weekday: 0, start: 9 * 60, minutes, carers: 1 }];
        self.care(Plan::Timetable { visits }, Recording::Timetabled).await
    }

    async fn care(&self, plan: Plan, recording: Recording) -> Care {
        let db = &self.world.db;
        let number = db.id().as_u128();
        let care = Care {
            payee: PayeeId::from_uuid(db.id()),
            contract: ContractId::from_uuid(db.id()),
            person: ServiceUserId::from_uuid(db.id()),
            line: ServiceLineId::from_uuid(db.id()),
            number,
        };
        let from = date(2024, 3, 16);
        let at = instant(2024, 3, 1, 9);
        let organisation = Some(self.provider.organisation);
        let line = ServiceLine {
            id: care.line,
            organisation_id: organisation,
            contract_id: care.contract,
            service_user_id: care.person,
            reference: format!("CPLI{number:06}"),
            purchase_order: Some(format!("PO{number:06}")),
        };
        let version = LineVersionRow::new(&line, first_version(from, plan), self.by());
        let master = &self.world.means.master_key;
        self.service
            .transaction(at, async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, care.contract)).await?;
                let payee = Payee {
                    id: care.payee,
                    organisation_id: organisation,
                    kind: PayeeKind::Site,
                    supplier_number: format!("S{number:06}"),
                    name: format!("Good Care {number}"),
                    remittance_email: Some(format!("payee{number}@example.com")),
                };
                payee::add(&mut audited, vec![payee]).await?;
                bank::set_payee(&mut audited, master, care.payee, &account(number)).await?;
                contract::add(&mut audited, vec![self.contract_of(&care, recording)]).await?;
                let person =
                    ServiceUser { id: care.person, reference: format!("SS{number}"), name: "A. Person".to_owned() };
                service_user::add(&mut audited, vec![person]).await?;
                service_line::add(&mut audited, vec![line.clone()]).await?;
                service_line::add_versions(&mut audited, vec![version.clone()]).await
            })
            .await
            .unwrap();
        care
    }

    fn contract_of(&self, care: &Care, recording: Recording) -> Contract {
        Contract {
            id: care.contract,
            organisation_id: Some(self.provider.organisation),
            payee_id: care.payee,
            schedule_id: self.schedule,
            reference: format!("C{:06}", care.number),
            service_type: "home care".to_owned(),
            recording,
            terms: if recording == Recording::None { Terms::Planned } else { Terms::Actual },
            claim_period: ClaimPeriod::Week,
            gross: true,
            kind: ContractKind::Framework,
            valid_from: date(2024, 3, 16),
            valid_to: None,
            attributes: Vec::new(),
        }
    }
}

/// The account that a payee starts with.
pub(crate) fn account(number: u128) -> BankDetails {
    BankDetails { sort_code: "200000".to_owned(), account: format!("{number:08}"), name: format!("GOOD CARE {number}") }
}

fn first_version(from: NaiveDate, plan: Plan) -> LineVersion {
    LineVersion {
        version: 1,
        from,
        to: None,
        recorded_at: instant(2024, 3, 1, 9),
        service: SERVICE.to_owned(),
        unit: Unit::Hour,
        tier: "1".to_owned(),
        tier_need: String::new(),
        attributes: Vec::new(),
        plan,
    }
}
