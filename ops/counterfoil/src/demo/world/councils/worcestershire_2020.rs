//! Worcestershire 2020: residential care, shared lives and supported living on the four-weekly table of 2020/21, two
//! weeks in arrears and two ahead; what is paid by actuals is run every Wednesday. It is played in its own year.

use chrono::Weekday;
use counterfoil_core::calendar::{BankDateRule, Division, Generator, Schedule, Submission, Timing, published};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::tolerance::{Level, Limit};

use super::calendars::{Weeks, pays, with_table};
use super::reasons;
use crate::demo::dates::{day, london};
use crate::demo::world::care::{ClaimPeriod, ContractKind};
use crate::demo::world::council::{PaySchedule, Profile, ToleranceLimit};
use crate::demo::world::notifications::{self, Voice};
use crate::demo::world::offer::{BankHolidays, Offer, Pattern, Script, Seller};
use crate::demo::world::organisations::{Trade, W20};
use crate::demo::world::rates::{self, Price, pounds};
use crate::demo::world::rules;

const FOUR_WEEKLY: &str = "Residential, shared lives and supported living";
const WEEKLY: &str = "Actuals-based services";

const PRICES: [Price; 6] = [
    Price::plain("Residential Care", Unit::Week, pounds(602, 0)).retention(60),
    Price::plain("Shared Lives", Unit::Week, pounds(398, 0)).retention(60),
    Price::plain("Supported Living", Unit::Hour, pounds(15, 60)),
    Price::plain("Domiciliary Care", Unit::Hour, pounds(18, 20)).bank_holiday(150),
    Price::plain("Day Care", Unit::Session, pounds(27, 50)),
    Price::plain("Extra Care", Unit::Hour, pounds(16, 90)).bank_holiday(150),
];

/// The council.
pub(super) fn script() -> anyhow::Result<Script> {
    let taken_on = london(day(2020, 11, 30), 9, 0);
    let from = day(2020, 4, 1);
    Ok(Script {
        slug: W20,
        name: "Worcestershire County Council (2020/21)",
        prefix: "V",
        division: Division::EnglandAndWales,
        taken_on,
        first_week: day(2020, 12, 12),
        profile: Profile {
            vocabulary: Vocabulary::Actuals,
            small_balance: Money::ZERO,
            submission: Submission::OnFinalisation,
            verification_statement: "I confirm that these actuals are right.",
        },
        schedules: schedules()?,
        rates: rates::card(&PRICES, from, taken_on),
        limits: vec![ToleranceLimit {
            limit: Limit {
                level: Level::Week,
                units: Some(Quantity::from_thousandths(1_000)),
                percent: None,
                pounds: Some(Money::from_pence(pounds(30, 0))),
            },
            service: None,
            from,
        }],
        reasons: reasons::common(),
        rule: rules::published(W20, from)?.keeping_places("Residential Care"),
        notifications: notifications::settings(&Voice {
            sender: "ascpayments@worcestershire-2020.example",
            reply_to: "ascpayments@worcestershire-2020.example",
            lead_hours: 48,
            cut_off_near: (
                "{council}: amendments for {period} close on {cut_off}",
                "To {provider}\n\nAmendments for {period} ({schedule}) close on {cut_off}. {unconfirmed} of {claims} claims \
                 wait for you. The run is in the bank on {bank_date}.\n\nIf hours, days or a rate are wrong, ask the \
                 person\u{2019}s social worker.",
            ),
            remittance_ready: (
                "{council}: remittance {number}",
                "To {provider}\n\n{amount} for {period} will be in your account on {bank_date}. Remittance {number}, \
                 {lines} lines.",
            ),
        }),
        offers: OFFERS.to_vec(),
    })
}

/// The table counts its periods from 8 February 2020, and so does the rule for what lies beyond it.
fn schedules() -> anyhow::Result<Vec<PaySchedule>> {
    let days = (day(2020, 10, 17), day(2021, 6, 30));
    let rule = published::residential();
    let rule = Schedule {
        generator: rule.generator.map(|generator| Generator { anchor: day(2020, 2, 8), ..generator }),
        ..rule
    };
    let weekly = Weeks {
        length: 1,
        anchor: day(2020, 4, 4),
        timing: Timing::Arrears,
        closes: Weekday::Tue,
        moved: 0,
        time: published::CUT_OFF_TIME,
        finalised: Weekday::Wed,
        bank_date: BankDateRule::WorkingDaysAfter { days: 4 },
    };
    Ok(vec![
        pays(FOUR_WEEKLY, Basis::Plan, with_table(rule, published::RESIDENTIAL_2020)?, days),
        pays(WEEKLY, Basis::ActualsAndConfirmation, weekly.schedule(), days),
    ])
}

const ON_PLAN: Offer = Offer {
    service_type: "Residential",
    service: "Residential Care",
    seller: Seller::Providers(Trade::Residential),
    unit: Unit::Week,
    recording: Recording::None,
    terms: Terms::Planned,
    kind: ContractKind::Framework,
    told_kind: "",
    claim_period: ClaimPeriod::PayPeriod,
    schedule: FOUR_WEEKLY,
    people: 64,
    shared: 0,
    pattern: Pattern::Weekly,
    package: 0,
    tiers: &[],
    bank_holidays: BankHolidays::Plain,
};

const BY_ACTUALS: Offer = Offer {
    service_type: "Domiciliary care",
    service: "Domiciliary Care",
    seller: Seller::Providers(Trade::HomeCare),
    unit: Unit::Hour,
    recording: Recording::Timetabled,
    terms: Terms::Actual,
    claim_period: ClaimPeriod::Week,
    schedule: WEEKLY,
    people: 86,
    pattern: Pattern::Visits { most_a_day: 3, double_handed: 12 },
    bank_holidays: BankHolidays::EveryOtherContract,
    ..ON_PLAN
};

const OFFERS: [Offer; 6] = [
    ON_PLAN,
    Offer {
        service_type: "Shared lives",
        service: "Shared Lives",
        seller: Seller::Providers(Trade::SharedLives),
        people: 6,
        ..ON_PLAN
    },
    Offer {
        service_type: "Supported living weekly support",
        service: "Supported Living",
        seller: Seller::Providers(Trade::SupportedLiving),
        unit: Unit::Hour,
        kind: ContractKind::Block,
        people: 38,
        pattern: Pattern::HoursByWeek { least: 8, most: 30 },
        ..ON_PLAN
    },
    BY_ACTUALS,
    Offer {
        service_type: "Day care",
        service: "Day Care",
        seller: Seller::Providers(Trade::DayCare),
        unit: Unit::Session,
        recording: Recording::Quantities,
        people: 34,
        shared: 10,
        pattern: Pattern::Sessions { most_days: 3 },
        bank_holidays: BankHolidays::Plain,
        ..BY_ACTUALS
    },
    Offer {
        service_type: "Extra care",
        service: "Extra Care",
        seller: Seller::Providers(Trade::ExtraCare),
        recording: Recording::Quantities,
        people: 42,
        pattern: Pattern::HoursByDay { least: 2, most: 8, days: 7 },
        bank_holidays: BankHolidays::Enhanced,
        ..BY_ACTUALS
    },
];
