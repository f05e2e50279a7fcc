//! Bradford 2025: actuals become scheduled payments. Anything over the plan is an exception that the council accepts or
//! rejects; day care is paid on the plan (NODA) or on actuals (DAPL, spot) by contract; in one to one support
//! frustrated care is paid only in hospital. Weeks run from Monday to Sunday and close on Tuesday at five.

use chrono::Weekday;
use counterfoil_core::calendar::{BankDateRule, Division, Schedule, Submission, Timing};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::tolerance::{Level, Limit};

use super::calendars::{Weeks, closes_at, pays};
use super::reasons;
use crate::demo::dates::{day, london, time};
use crate::demo::world::care::{ClaimPeriod, ContractKind};
use crate::demo::world::council::{PaySchedule, Profile, ToleranceLimit};
use crate::demo::world::notifications::{self, Voice};
use crate::demo::world::offer::{BankHolidays, Offer, Pattern, Script, Seller};
use crate::demo::world::organisations::{BRA, Trade};
use crate::demo::world::rates::{self, Price, pounds};
use crate::demo::world::rules;

const WEEKLY: &str = "Weekly scheduled payments";
const FOUR_WEEKLY: &str = "Care homes";

const PRICES: [Price; 7] = [
    Price::plain("Home Support", Unit::Hour, pounds(22, 76)).bank_holiday(150),
    Price::plain("Day Care - NODA", Unit::Session, pounds(31, 20)),
    Price::plain("Day Care - DAPL", Unit::Session, pounds(29, 85)),
    Price::plain("Day Care - Spot", Unit::Session, pounds(33, 40)),
    Price::plain("Supported Living", Unit::Hour, pounds(19, 44)),
    Price::plain("Supported Living 1:1", Unit::Hour, pounds(20, 16)),
    Price::plain("Care Home", Unit::Week, pounds(742, 0)).retention(80),
];

/// The council.
pub(super) fn script() -> anyhow::Result<Script> {
    let taken_on = london(day(2024, 12, 2), 9, 0);
    let from = day(2024, 4, 1);
    Ok(Script {
        slug: BRA,
        name: "City of Bradford Metropolitan District Council",
        prefix: "B",
        division: Division::EnglandAndWales,
        taken_on,
        first_week: day(2024, 12, 16),
        profile: Profile {
            vocabulary: Vocabulary::Actuals,
            small_balance: Money::ZERO,
            submission: Submission::NextWorkingDay,
            verification_statement: "I have generated, amended and commented on these actuals and reviewed the \
                                     exceptions.",
        },
        schedules: schedules(),
        rates: rates::card(&PRICES, from, taken_on),
        // over plan is an exception, by however little
        limits: vec![ToleranceLimit {
            limit: Limit { level: Level::Line, units: Some(Quantity::ZERO), percent: None, pounds: None },
            service: None,
            from,
        }],
        reasons: reasons::common(),
        rule: rules::published("bradford-2025", from)?.keeping_places("Care Home"),
        notifications: notifications::settings(&Voice {
            sender: "noreply@bradford.example",
            reply_to: "provider.support@bradford.example",
            lead_hours: 28,
            cut_off_near: (
                "Scheduled payments: {unconfirmed} to confirm before {cut_off}",
                "Hello {provider},\n\nUnder Scheduled Payments {unconfirmed} of {claims} are unconfirmed for {period}. \
                 Submissions close on {cut_off}.\n\nPayment reaches you on {bank_date}.\n{council}",
            ),
            remittance_ready: (
                "Your payment of {amount}",
                "Hello {provider},\n\n{amount} will reach you on {bank_date} for {period} ({schedule}): remittance \
                 {number} with {lines} lines.\n{council}",
            ),
        }),
        offers: OFFERS.to_vec(),
    })
}

/// Two weeks at Christmas close early.
fn schedules() -> Vec<PaySchedule> {
    let days = (day(2024, 11, 4), day(2025, 7, 31));
    let weekly = Weeks {
        length: 1,
        anchor: day(2024, 4, 1),
        timing: Timing::Arrears,
        closes: Weekday::Tue,
        moved: 0,
        time: time(17, 0),
        finalised: Weekday::Wed,
        bank_date: BankDateRule::WorkingDaysAfter { days: 4 },
    };
    let early = "Early submissions at Christmas";
    let weekly = Schedule {
        submission: Submission::NextWorkingDay,
        overrides: vec![
            closes_at(day(2024, 12, 16), (day(2024, 12, 23), time(17, 0)), day(2024, 12, 24), day(2025, 1, 2), early),
            closes_at(day(2024, 12, 23), (day(2024, 12, 30), time(17, 0)), day(2024, 12, 31), day(2025, 1, 8), early),
        ],
        ..weekly.schedule()
    };
    let homes = Weeks {
        length: 4,
        anchor: day(2024, 4, 1),
        timing: Timing::Mixed,
        closes: Weekday::Thu,
        moved: 0,
        time: time(17, 0),
        finalised: Weekday::Fri,
        bank_date: BankDateRule::WorkingDaysAfter { days: 4 },
    };
    vec![
        pays(WEEKLY, Basis::ActualsAndConfirmation, weekly, days),
        pays(FOUR_WEEKLY, Basis::Plan, homes.schedule(), days),
    ]
}

const HOME_SUPPORT: Offer = Offer {
    service_type: "Home support",
    service: "Home Support",
    seller: Seller::Providers(Trade::HomeCare),
    unit: Unit::Hour,
    recording: Recording::Timetabled,
    terms: Terms::Actual,
    kind: ContractKind::Framework,
    told_kind: "",
    claim_period: ClaimPeriod::Week,
    schedule: WEEKLY,
    people: 122,
    shared: 0,
    pattern: Pattern::Visits { most_a_day: 4, double_handed: 18 },
    package: 0,
    tiers: &[],
    bank_holidays: BankHolidays::Enhanced,
};

const DAY_CARE: Offer = Offer {
    service_type: "Day care",
    seller: Seller::Providers(Trade::DayCare),
    unit: Unit::Session,
    recording: Recording::Quantities,
    pattern: Pattern::Sessions { most_days: 4 },
    bank_holidays: BankHolidays::Plain,
    ..HOME_SUPPORT
};

const OFFERS: [Offer; 7] = [
    HOME_SUPPORT,
    Offer {
        service: "Day Care - NODA",
        told_kind: "noda",
        terms: Terms::Planned,
        kind: ContractKind::Block,
        people: 26,
        shared: 8,
        ..DAY_CARE
    },
    Offer { service: "Day Care - DAPL", told_kind: "dapl", people: 22, ..DAY_CARE },
    Offer { service: "Day Care - Spot", told_kind: "spot", kind: ContractKind::Spot, people: 12, ..DAY_CARE },
    Offer {
        service_type: "Supported living",
        service: "Supported Living",
        told_kind: "supported-living",
        seller: Seller::Providers(Trade::SupportedLiving),
        recording: Recording::Quantities,
        people: 22,
        pattern: Pattern::HoursByDay { least: 8, most: 24, days: 7 },
        bank_holidays: BankHolidays::Plain,
        ..HOME_SUPPORT
    },
    Offer {
        service_type: "Supported living one to one",
        service: "Supported Living 1:1",
        told_kind: "one-to-one",
        seller: Seller::Providers(Trade::SupportedLiving),
        recording: Recording::Quantities,
        people: 36,
        pattern: Pattern::HoursByDay { least: 8, most: 40, days: 5 },
        bank_holidays: BankHolidays::Plain,
        ..HOME_SUPPORT
    },
    Offer {
        service_type: "Residential",
        service: "Care Home",
        seller: Seller::Providers(Trade::Residential),
        unit: Unit::Week,
        recording: Recording::None,
        terms: Terms::Planned,
        claim_period: ClaimPeriod::PayPeriod,
        schedule: FOUR_WEEKLY,
        people: 78,
        pattern: Pattern::Weekly,
        bank_holidays: BankHolidays::Plain,
        ..HOME_SUPPORT
    },
];
