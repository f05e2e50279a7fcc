//! Contracts and service lines, as their provider sees them.

use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ContractId, ServiceLineId};
use counterfoil_core::money::{Quantity, Rate};
use counterfoil_core::plan::{LineVersion, Plan};
use counterfoil_core::pricing::facts::{DayKind, Unit};
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::identity::{Asked, OrganisationRole};
use counterfoil_tenants::rate::RateRecord;
use counterfoil_tenants::scope::Origin;
use counterfoil_tenants::service_line::LineVersionRow;
use counterfoil_tenants::{rate, service_line};
use counterfoil_testkit::{Contracted, TestDatabase, TestProvider, date, instant};
use uuid::Uuid;

use crate::browser::Web;
use crate::world::{Council, administrator};

const SERVICE: &str = "External Domiciliary Care - Tiered";

/// The references of a contract's only line: of itself, its order, its person and its contract.
async fn references(council: &Council, contracted: &Contracted) -> [String; 4] {
    let read = council.is.scope.read(async |tx| {
        let line = service_line::find(tx, contracted.service_line).await?;
        let contract = counterfoil_tenants::contract::find(tx, contracted.contract).await?;
        Ok((line, contract.reference))
    });
    let (line, contract) = read.await.unwrap();
    // the four are made of one number
    let number: u32 = line.reference.trim_start_matches("CPLI").parse().unwrap();
    let person = format!("SS{number}");
    [line.reference, line.purchase_order.unwrap(), person, contract]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_is_found_by_whatever_reference_is_at_hand() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let (contract, second) = (council.contract(&db, &own).await, council.contract(&db, &own).await);
    let theirs = council.contract(&db, &other).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = format!("/organisations/{}/councils/worcestershire/contracts", own.organisation);

    let all = browser.get(&home).await;
    all.is(200).says(&["Showing all 2 contracts", "home care", "Weekly actuals", "Quantities for the week"]);
    all.says(&[&contract.contract.to_string(), &second.contract.to_string()]);
    all.says_nothing_of(&[&theirs.contract.to_string(), "A. Person"]);
    let [line, order, person, reference] = references(&council, &contract).await;
    for asked in [line.to_lowercase(), order.clone(), person.clone()] {
        let found = browser.get(&format!("{home}?reference={asked}")).await;
        found.is(200).says(&["Showing 1 contract", &contract.contract.to_string(), &contract.service_line.to_string()]);
        found.says(&["Service lines that match", &format!("Order {order}")]);
        found.says_nothing_of(&[&second.contract.to_string()]);
    }
    browser.get(&format!("{home}?reference={reference}")).await.is(200).says(&["Showing 1 contract"]);
    let [others_line, ..] = references(&council, &theirs).await;
    let none = browser.get(&format!("{home}?reference={others_line}")).await;
    none.is(200).says(&["No contracts match these filters"]).says_nothing_of(&["Service lines that match"]);
    browser.get(&format!("{home}?state=ended")).await.is(200).says(&["No contracts match these filters"]);
    browser.get(&format!("{home}?service=home+care&state=current&sort=-service")).await.is(200).says(&["2 contracts"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_and_a_line_say_what_is_to_be_delivered_and_at_which_rate() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let claim = council.priced(&db, &contract, (0, 0)).await;
    dearer_on_bank_holidays(&db, &council).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = format!("/organisations/{}/councils/worcestershire/contracts", own.organisation);
    let page = browser.get(&format!("{home}/{}", contract.contract)).await;
    page.is(200).says(&[
        "Framework",
        "supplier number S",
        "What was delivered, and what the person missed where the reason counts",
        "Gross: before the person’s contribution",
        "1 person under this contract",
        "7 hours for each seven days",
        "Since 1 April 2024",
        &contract.service_line.to_string(),
    ]);
    let line = browser.get(&format!("{home}/lines/{}", contract.service_line)).await;
    line.is(200).says(&[
        SERVICE,
        "£18.85 an hour",
        "From 1 April 2024",
        "Every day",
        "£28.28 an hour",
        "Bank holidays",
        "From 1 December 2024",
        "First version",
        "None on record",
        &claim.id.to_string(),
    ]);
    // a rate of another tier is not this line's
    line.says_nothing_of(&["A. Person", "£99.99", "Backdated"]);
}

/// Two rows more: a bank holiday's rate of the line's tier, and a rate of a tier that no line has.
async fn dearer_on_bank_holidays(db: &TestDatabase, council: &Council) {
    let row = |tier: &str, day_kind, rate| RateCardRow {
        key: RateKey {
            service: SERVICE.to_owned(),
            tier: tier.to_owned(),
            band: String::new(),
            minutes: None,
            day_kind,
            time_band: None,
            unit: Unit::Hour,
        },
        from: date(2024, 12, 1),
        to: None,
        rate: Rate::from_ten_thousandths(rate),
        recorded_at: instant(2024, 11, 1, 9),
    };
    let by = Actor::Council { person: council.is.administrator };
    let rows = vec![
        RateRecord::new(db.id(), row("1", Some(DayKind::BankHoliday), 282_800), by.clone()),
        RateRecord::new(db.id(), row("9", None, 999_900), by),
    ];
    council
        .is
        .scope
        .transaction(instant(2024, 11, 1, 9), async |tx| {
            let mut audited = tx.audited(Record::on(Action::RecordRate, "rate_card")).await?;
            rate::add(&mut audited, rows.clone()).await
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variation_that_comes_late_says_into_which_weeks_it_reaches() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let own = TestProvider::new(&db, "Good Care").await;
    let contract = council.contract(&db, &own).await;
    let paid = council.priced(&db, &contract, (0, 0)).await;
    council.priced(&db, &contract, (1, 0)).await;
    council.moved(paid.id, counterfoil_core::claim::ClaimState::Paid).await;
    // ten hours instead of seven, from the first of the two weeks on, told when both had been made into claims
    vary(&council, contract.service_line, 2, (date(2024, 12, 7), instant(2025, 1, 14, 9), 10)).await;
    // and twelve from a day that is still to come when it is told
    vary(&council, contract.service_line, 3, (date(2025, 3, 1), instant(2025, 2, 14, 9), 12)).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let line = format!(
        "/organisations/{}/councils/worcestershire/contracts/lines/{}",
        own.organisation, contract.service_line
    );
    let page = browser.get(&line).await;
    page.is(200).says(&[
        "Backdated variation",
        "Plan: 10 hours for each seven days instead of 7 hours for each seven days",
        "Recorded on 14 January 2025 for care from 7 December 2024: it reaches back into 2 weeks or periods that were \
         claimed already. 1 of them is in a payment run or paid by now: the difference is paid or recovered in the next run.",
        "Plan: 12 hours for each seven days instead of 10 hours for each seven days",
    ]);
    assert_eq!(page.text().matches("Backdated variation").count(), 1);
}

async fn vary(
    council: &Council,
    line: ServiceLineId,
    version: u32,
    (from, recorded_at, hours): (chrono::NaiveDate, chrono::DateTime<chrono::Utc>, i64),
) {
    let by = Actor::Council { person: council.is.officer };
    council
        .is
        .scope
        .transaction(recorded_at, async |tx| {
            let of = service_line::find(tx, line).await?;
            let new = LineVersion {
                version,
                from,
                to: None,
                recorded_at,
                service: SERVICE.to_owned(),
                unit: Unit::Hour,
                tier: "1".to_owned(),
                tier_need: String::new(),
                attributes: Vec::new(),
                plan: Plan::Week { quantity: Quantity::from_thousandths(hours * 1_000) },
            };
            let row = LineVersionRow::new(&of, new, by.clone());
            let mut audited = tx.audited(Record::of(Action::VaryLine, line)).await?;
            service_line::add_versions(&mut audited, vec![row]).await
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_contract_and_line_answer_as_absent_ones_and_limits_hold() {
    let db = TestDatabase::new().await;
    let council = Council::new(&db, "Worcestershire", "worcestershire").await;
    let elsewhere = Council::new(&db, "Bradford", "bradford").await;
    let (own, other) = (TestProvider::new(&db, "Good Care").await, TestProvider::new(&db, "Other Care").await);
    let (contract, second) = (council.contract(&db, &own).await, council.contract(&db, &own).await);
    let theirs = council.contract(&db, &other).await;
    let there = elsewhere.contract(&db, &own).await;
    let web = Web::new(&db);
    let browser = web.signed_in(own.person).await;
    let home = format!("/organisations/{}/councils/worcestershire/contracts", own.organisation);
    let no_contract = browser.get(&format!("{home}/{}", ContractId::from_uuid(Uuid::from_u128(u128::MAX)))).await;
    let no_line = browser.get(&format!("{home}/lines/{}", ServiceLineId::from_uuid(Uuid::from_u128(u128::MAX)))).await;
    for hidden in [&theirs, &there] {
        let page = browser.get(&format!("{home}/{}", hidden.contract)).await;
        assert_eq!(page.is(404).settled(), no_contract.settled());
        let page = browser.get(&format!("{home}/lines/{}", hidden.service_line)).await;
        assert_eq!(page.is(404).settled(), no_line.settled());
    }
    browser.get(&format!("{home}/not-an-id")).await.is(404);

    // somebody who is limited to one contract
    let at = instant(2024, 1, 1, 9);
    let chief = administrator(&db, &own, "Chief").await;
    let asked = Asked { by: Some(chief), at, origin: Origin::default() };
    let limits = Sees::Contracts([(council.is.tenant, second.contract)].into());
    db.identity()
        .change_person(&asked, own.organisation, own.person, (OrganisationRole::Staff, &limits))
        .await
        .unwrap();
    let browser = web.signed_in(own.person).await;
    browser.get(&home).await.is(200).says(&["Showing 1 contract", &second.contract.to_string()]);
    browser.get(&format!("{home}/{}", contract.contract)).await.is(404);
    browser.get(&format!("{home}/lines/{}", contract.service_line)).await.is(404);
    browser.get(&format!("{home}/lines/{}", second.service_line)).await.is(200).says(&["£18.85 an hour"]);
}
