//! Worcestershire 2024/25: weekly actuals, closed on Tuesday at six, earlier at Christmas; three published
//! four-weekly tables; tiers; bank holidays only where the contract says so.

use counterfoil_core::calendar::{Division, Submission, published};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::tolerance::{Level, Limit};
use rust_decimal::Decimal;

use super::calendars::{paid_on, pays, with_table};
use super::reasons;
use crate::demo::dates::{day, london};
use crate::demo::world::care::{ClaimPeriod, ContractKind};
use crate::demo::world::council::{PaySchedule, Profile, ToleranceLimit};
use crate::demo::world::notifications::{self, Voice};
use crate::demo::world::offer::{BankHolidays, Offer, Pattern, Script, Seller};
use crate::demo::world::organisations::{Trade, W24};
use crate::demo::world::rates::{self, Price, pounds};
use crate::demo::world::rules;

/// The names of its schedules.
const WEEKLY: &str = "Weekly actuals";
const DIRECT: &str = "Direct payments";
const FOUR_WEEKLY: &str = "Residential, shared lives and supported living";
const BREAKS: &str = "Carer flexible breaks";

/// Home care, priced by tier.
const HOME_CARE: &str = "External Domiciliary Care - Tiered";
/// Supported living one to one: £18.85 and £20.20 an hour, as published for 2024/25.
const ONE_TO_ONE: &str = "Supported Living - Tiered";

/// Everyone starts at the first tier; the second needs one of four conditions on record.
const TIER_1: &str = "tier-1";
const TIER_2: &str = "tier-2";

const PRICES: [Price; 11] = [
    Price::plain(HOME_CARE, Unit::Hour, pounds(23, 40)).tier(TIER_1).bank_holiday(150).evening(110),
    Price::plain(HOME_CARE, Unit::Hour, pounds(25, 10)).tier(TIER_2).bank_holiday(150).evening(110),
    Price::plain(ONE_TO_ONE, Unit::Hour, pounds(18, 85)).tier(TIER_1),
    Price::plain(ONE_TO_ONE, Unit::Hour, pounds(20, 20)).tier(TIER_2),
    Price::plain("Day Opportunities", Unit::Session, pounds(34, 75)),
    Price::plain("Residential Care", Unit::Week, pounds(786, 0)).retention(60),
    Price::plain("Shared Lives", Unit::Night, pounds(71, 30)).retention(60),
    Price::plain("Supported Living - Weekly Support", Unit::Hour, pounds(18, 85)),
    Price::plain("Housing Provider Core", Unit::Week, pounds(142, 50)),
    Price::plain("Direct Payment", Unit::Hour, pounds(14, 72)),
    Price::plain("Carer Flexible Break", Unit::Week, pounds(28, 60)),
];

/// The council.
pub(super) fn script() -> anyhow::Result<Script> {
    let taken_on = london(day(2024, 12, 2), 9, 0);
    let from = day(2024, 4, 1);
    Ok(Script {
        slug: W24,
        name: "Worcestershire County Council (2024/25)",
        prefix: "W",
        division: Division::EnglandAndWales,
        taken_on,
        first_week: day(2024, 12, 14),
        profile: Profile {
            vocabulary: Vocabulary::Actuals,
            small_balance: Money::ZERO,
            submission: Submission::OnFinalisation,
            verification_statement: "I confirm that the care shown was delivered as stated.",
        },
        schedules: schedules()?,
        rates: rates::card(&PRICES, from, taken_on),
        limits: vec![
            ToleranceLimit {
                limit: Limit {
                    level: Level::Line,
                    units: Some(Quantity::from_thousandths(2_000)),
                    percent: None,
                    pounds: None,
                },
                service: None,
                from,
            },
            ToleranceLimit {
                limit: Limit { level: Level::Week, units: None, percent: Some(Decimal::TEN), pounds: None },
                service: None,
                from,
            },
        ],
        reasons: reasons::common(),
        rule: rules::published(W24, from)?.keeping_places("Residential Care"),
        notifications: notifications::settings(&Voice {
            sender: "provider.payments@worcestershire-2024.example",
            reply_to: "adults.finance@worcestershire-2024.example",
            lead_hours: 24,
            cut_off_near: (
                "Confirm your actuals for {period} by {cut_off}",
                "Dear {provider},\n\n{unconfirmed} of your {claims} claims on the schedule \u{2018}{schedule}\u{2019} are not \
                 confirmed. What is confirmed by {cut_off} is in your bank on {bank_date}; what comes later is paid \
                 with the next run.\n\n{council}",
            ),
            remittance_ready: (
                "Remittance {number}: {amount} on {bank_date}",
                "Dear {provider},\n\nWe are paying {amount} for {period} into your account on {bank_date}. The remittance \
                 {number} lists its {lines} lines.\n\n{council}",
            ),
        }),
        offers: OFFERS.to_vec(),
    })
}

/// The three tables as published. One row of carer flexible breaks is paid before its run and three on the day of it;
/// those that the demo runs are given a bank date, and the rest stay as they are.
fn schedules() -> anyhow::Result<Vec<PaySchedule>> {
    let days = (day(2024, 10, 26), day(2025, 7, 31));
    let mut breaks = with_table(published::carer_flexible_breaks(), published::CARER_FLEXIBLE_BREAKS_2024)?;
    breaks.overrides = vec![
        paid_on(day(2024, 12, 21), day(2025, 2, 4), "The published bank date is before the run; agreed with the bank"),
        paid_on(
            day(2025, 3, 15),
            day(2025, 4, 29),
            "The published bank date is the day of the run; agreed with the bank",
        ),
    ];
    Ok(vec![
        pays(WEEKLY, Basis::ActualsAndConfirmation, published::weekly_actuals(), days),
        pays(DIRECT, Basis::Plan, with_table(published::direct_payments(), published::DIRECT_PAYMENTS_2024)?, days),
        pays(FOUR_WEEKLY, Basis::Plan, with_table(published::residential(), published::RESIDENTIAL_2024)?, days),
        pays(BREAKS, Basis::Plan, breaks, days),
    ])
}

/// What most of the offers share.
const WEEKLY_ACTUALS: Offer = Offer {
    service_type: "Domiciliary care",
    service: HOME_CARE,
    seller: Seller::Providers(Trade::HomeCare),
    unit: Unit::Hour,
    recording: Recording::Timetabled,
    terms: Terms::Actual,
    kind: ContractKind::Framework,
    told_kind: "",
    claim_period: ClaimPeriod::Week,
    schedule: WEEKLY,
    people: 120,
    shared: 0,
    pattern: Pattern::Visits { most_a_day: 4, double_handed: 15 },
    package: 0,
    tiers: &[(TIER_1, 80), (TIER_2, 20)],
    bank_holidays: BankHolidays::EveryOtherContract,
};

const ON_PLAN: Offer = Offer {
    recording: Recording::None,
    terms: Terms::Planned,
    claim_period: ClaimPeriod::PayPeriod,
    schedule: FOUR_WEEKLY,
    tiers: &[],
    bank_holidays: BankHolidays::Plain,
    unit: Unit::Week,
    pattern: Pattern::Weekly,
    ..WEEKLY_ACTUALS
};

const DIRECT_PAYMENT: Offer = Offer {
    service_type: "Direct payments",
    service: "Direct Payment",
    seller: Seller::Person,
    unit: Unit::Hour,
    kind: ContractKind::Spot,
    schedule: DIRECT,
    people: 34,
    pattern: Pattern::HoursByWeek { least: 4, most: 24 },
    ..ON_PLAN
};

const OFFERS: [Offer; 10] = [
    WEEKLY_ACTUALS,
    Offer {
        service_type: "Supported living one to one",
        service: ONE_TO_ONE,
        seller: Seller::Providers(Trade::SupportedLiving),
        recording: Recording::Quantities,
        people: 48,
        pattern: Pattern::HoursByDay { least: 6, most: 32, days: 6 },
        tiers: &[(TIER_1, 70), (TIER_2, 30)],
        bank_holidays: BankHolidays::Plain,
        ..WEEKLY_ACTUALS
    },
    Offer {
        service_type: "Day care",
        service: "Day Opportunities",
        seller: Seller::Providers(Trade::DayCare),
        unit: Unit::Session,
        recording: Recording::Quantities,
        people: 24,
        shared: 12,
        pattern: Pattern::Sessions { most_days: 4 },
        tiers: &[],
        bank_holidays: BankHolidays::Plain,
        ..WEEKLY_ACTUALS
    },
    Offer {
        service_type: "Residential",
        service: "Residential Care",
        seller: Seller::Providers(Trade::Residential),
        people: 50,
        ..ON_PLAN
    },
    // carers state the nights that people stayed, and are paid on the four-weekly table all the same
    Offer {
        service_type: "Shared lives",
        service: "Shared Lives",
        seller: Seller::Providers(Trade::SharedLives),
        unit: Unit::Night,
        recording: Recording::Quantities,
        terms: Terms::Actual,
        claim_period: ClaimPeriod::Week,
        people: 5,
        pattern: Pattern::Nights,
        ..ON_PLAN
    },
    Offer {
        service_type: "Supported living weekly support",
        service: "Supported Living - Weekly Support",
        seller: Seller::Providers(Trade::SupportedLiving),
        unit: Unit::Hour,
        kind: ContractKind::Block,
        people: 22,
        pattern: Pattern::HoursByWeek { least: 10, most: 35 },
        ..ON_PLAN
    },
    Offer {
        service_type: "Housing provider core",
        service: "Housing Provider Core",
        seller: Seller::Providers(Trade::SupportedLiving),
        kind: ContractKind::Block,
        people: 6,
        shared: 6,
        ..ON_PLAN
    },
    DIRECT_PAYMENT,
    Offer { seller: Seller::ManagedAccount, people: 14, ..DIRECT_PAYMENT },
    Offer {
        service_type: "Carer flexible breaks",
        service: "Carer Flexible Break",
        unit: Unit::Week,
        schedule: BREAKS,
        people: 12,
        pattern: Pattern::Weekly,
        ..DIRECT_PAYMENT
    },
];
