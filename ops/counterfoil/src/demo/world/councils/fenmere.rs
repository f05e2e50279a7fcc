//! Fenmere, a made-up county with the Mosaic-style portal: provisional invoices are calculated from the plan, edited
//! where care differed, verified, and turned into payment invoices by a nightly job. What is within plan or tolerance is
//! Unpaid, what is not is Suspended.

use chrono::Weekday;
use counterfoil_core::calendar::{BankDateRule, Division, Submission, Timing, published};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::tolerance::{Level, Limit};
use rust_decimal::Decimal;

use super::calendars::{Weeks, months, pays};
use super::reasons;
use crate::demo::dates::{day, london};
use crate::demo::world::care::{ClaimPeriod, ContractKind};
use crate::demo::world::council::{PaySchedule, Profile, ToleranceLimit};
use crate::demo::world::notifications::{self, Voice};
use crate::demo::world::offer::{BankHolidays, Offer, Pattern, Script, Seller};
use crate::demo::world::organisations::{MOS, Trade};
use crate::demo::world::rates::{self, Price, pounds};
use crate::demo::world::rules;

const WEEKLY: &str = "Non-residential";
const MONTHLY: &str = "Residential";

const PRICES: [Price; 4] = [
    Price::plain("Home Care", Unit::Hour, pounds(22, 10)).bank_holiday(133),
    Price::plain("Community Support", Unit::Hour, pounds(19, 20)),
    Price::plain("Day Opportunities", Unit::Session, pounds(30, 60)),
    Price::plain("Residential Placement", Unit::Week, pounds(805, 0)).retention(60),
];

/// The council.
pub(super) fn script() -> anyhow::Result<Script> {
    let taken_on = london(day(2024, 12, 2), 9, 0);
    let from = day(2024, 4, 1);
    Ok(Script {
        slug: MOS,
        name: "Fenmere County Council",
        prefix: "F",
        division: Division::EnglandAndWales,
        taken_on,
        first_week: day(2024, 12, 16),
        profile: Profile {
            vocabulary: Vocabulary::ProvisionalInvoices,
            small_balance: Money::from_pence(pounds(5, 0)),
            submission: Submission::OnFinalisation,
            verification_statement: "I verify that the units on this invoice were delivered and that I am authorised to \
                                     say so.",
        },
        schedules: schedules(),
        rates: rates::card(&PRICES, from, taken_on),
        limits: vec![
            ToleranceLimit {
                limit: Limit {
                    level: Level::Week,
                    units: Some(Quantity::from_thousandths(1_500)),
                    percent: Some(Decimal::from(15)),
                    pounds: None,
                },
                service: None,
                from,
            },
            ToleranceLimit {
                limit: Limit {
                    level: Level::Contract,
                    units: None,
                    percent: None,
                    pounds: Some(Money::from_pence(pounds(600, 0))),
                },
                service: None,
                from,
            },
        ],
        reasons: reasons::common(),
        rule: rules::published("mosaic", from)?.keeping_places("Residential Placement"),
        notifications: notifications::settings(&Voice {
            sender: "portal@fenmere.example",
            reply_to: "payments.team@fenmere.example",
            lead_hours: 72,
            cut_off_near: (
                "Provisional invoices awaiting verification",
                "{provider}\n\n{unconfirmed} of {claims} provisional invoices for {period} are awaiting verification. \
                 Payment invoices are created after {cut_off}; the payment date is {bank_date}.\n\n{council}",
            ),
            remittance_ready: (
                "Remittance advice {number}",
                "{provider}\n\nRemittance advice {number} ({schedule}, {period}): {lines} lines, {amount}, payment date \
                 {bank_date}.\n\n{council}",
            ),
        }),
        offers: OFFERS.to_vec(),
    })
}

fn schedules() -> Vec<PaySchedule> {
    let days = (day(2024, 11, 4), day(2025, 7, 31));
    let weekly = Weeks {
        length: 1,
        anchor: day(2024, 4, 1),
        timing: Timing::Arrears,
        closes: Weekday::Thu,
        moved: 0,
        time: published::CUT_OFF_TIME,
        finalised: Weekday::Fri,
        bank_date: BankDateRule::WorkingDaysAfter { days: 3 },
    };
    vec![
        pays(WEEKLY, Basis::Confirmation, weekly.schedule(), days),
        pays(MONTHLY, Basis::Plan, months(day(2024, 4, 1)), days),
    ]
}

const HOME_CARE: Offer = Offer {
    service_type: "Home care",
    service: "Home Care",
    seller: Seller::Providers(Trade::HomeCare),
    unit: Unit::Hour,
    recording: Recording::Quantities,
    terms: Terms::Actual,
    kind: ContractKind::Framework,
    told_kind: "",
    claim_period: ClaimPeriod::Week,
    schedule: WEEKLY,
    people: 120,
    shared: 0,
    pattern: Pattern::HoursByDay { least: 2, most: 12, days: 7 },
    package: 0,
    tiers: &[],
    bank_holidays: BankHolidays::EveryOtherContract,
};

const OFFERS: [Offer; 4] = [
    HOME_CARE,
    Offer {
        service_type: "Community support",
        service: "Community Support",
        seller: Seller::Providers(Trade::SupportedLiving),
        people: 38,
        pattern: Pattern::HoursByWeek { least: 4, most: 28 },
        package: 20,
        bank_holidays: BankHolidays::Plain,
        ..HOME_CARE
    },
    Offer {
        service_type: "Day care",
        service: "Day Opportunities",
        seller: Seller::Providers(Trade::DayCare),
        unit: Unit::Session,
        kind: ContractKind::Spot,
        people: 28,
        shared: 10,
        pattern: Pattern::Sessions { most_days: 3 },
        bank_holidays: BankHolidays::Plain,
        ..HOME_CARE
    },
    Offer {
        service_type: "Residential",
        service: "Residential Placement",
        seller: Seller::Providers(Trade::Residential),
        unit: Unit::Week,
        recording: Recording::None,
        terms: Terms::Planned,
        claim_period: ClaimPeriod::PayPeriod,
        schedule: MONTHLY,
        people: 100,
        pattern: Pattern::Weekly,
        bank_holidays: BankHolidays::Plain,
        ..HOME_CARE
    },
];
