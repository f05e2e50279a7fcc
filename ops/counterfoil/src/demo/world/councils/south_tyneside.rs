//! South Tyneside: providers upload their actuals in bulk; nursing and residential care is on scheduled payments;
//! shared lives carers submit timesheets for four weeks.

use chrono::Weekday;
use counterfoil_core::calendar::{BankDateRule, Division, Schedule, Submission, Timing};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::tolerance::{Level, Limit};
use rust_decimal::Decimal;

use super::calendars::{Weeks, closes_at, pays};
use super::reasons;
use crate::demo::dates::{day, london, time};
use crate::demo::world::care::{ClaimPeriod, ContractKind};
use crate::demo::world::council::{PaySchedule, Profile, ToleranceLimit};
use crate::demo::world::notifications::{self, Voice};
use crate::demo::world::offer::{BankHolidays, Offer, Pattern, Script, Seller};
use crate::demo::world::organisations::{STY, Trade};
use crate::demo::world::rates::{self, Price, pounds};
use crate::demo::world::rules;

const WEEKLY: &str = "Home care and independent living";
const FOUR_WEEKLY: &str = "Nursing and residential";
const TIMESHEETS: &str = "Shared lives timesheets";

const PRICES: [Price; 6] = [
    Price::plain("Home Care", Unit::Hour, pounds(21, 92)),
    Price::plain("Extra Care", Unit::Hour, pounds(20, 48)),
    Price::plain("Independent Supported Living", Unit::Hour, pounds(19, 96)),
    Price::plain("Care Home", Unit::Week, pounds(718, 0)).tier("residential").retention(80),
    Price::plain("Care Home", Unit::Week, pounds(764, 0)).tier("nursing").retention(80),
    Price::plain("Shared Lives", Unit::Night, pounds(64, 80)),
];

/// The council.
pub(super) fn script() -> anyhow::Result<Script> {
    let taken_on = london(day(2024, 12, 2), 9, 0);
    let from = day(2024, 4, 1);
    Ok(Script {
        slug: STY,
        name: "South Tyneside Council",
        prefix: "T",
        division: Division::EnglandAndWales,
        taken_on,
        first_week: day(2024, 12, 16),
        profile: Profile {
            vocabulary: Vocabulary::Actuals,
            small_balance: Money::from_pence(pounds(5, 0)),
            submission: Submission::OnFinalisation,
            verification_statement: "The care in this file was delivered as stated.",
        },
        schedules: schedules(),
        rates: rates::card(&PRICES, from, taken_on),
        limits: vec![ToleranceLimit {
            limit: Limit { level: Level::Line, units: None, percent: Some(Decimal::from(5)), pounds: None },
            service: None,
            from,
        }],
        reasons: reasons::common(),
        rule: rules::published(STY, from)?.keeping_places("Care Home"),
        notifications: notifications::settings(&Voice {
            sender: "care.payments@south-tyneside.example",
            reply_to: "care.queries@south-tyneside.example",
            lead_hours: 36,
            cut_off_near: (
                "{schedule}: upload by {cut_off}",
                "{provider}: {unconfirmed} of {claims} invoices for {period} are not confirmed yet. Please upload your \
                 file and confirm by {cut_off} to be paid on {bank_date}.",
            ),
            remittance_ready: (
                "{council} pays {amount} on {bank_date}",
                "{provider}: remittance {number} for {period} with {lines} lines comes to {amount}, in your bank on \
                 {bank_date}.",
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
        closes: Weekday::Wed,
        moved: 0,
        time: time(12, 0),
        finalised: Weekday::Thu,
        bank_date: BankDateRule::WorkingDaysAfter { days: 4 },
    };
    let weekly = Schedule {
        overrides: vec![closes_at(
            day(2024, 12, 16),
            (day(2024, 12, 23), time(12, 0)),
            day(2024, 12, 24),
            day(2025, 1, 2),
            "The office is closed from Christmas Eve",
        )],
        ..weekly.schedule()
    };
    let homes = Weeks {
        length: 4,
        anchor: day(2024, 4, 1),
        timing: Timing::Mixed,
        closes: Weekday::Tue,
        moved: 1,
        time: time(12, 0),
        finalised: Weekday::Wed,
        bank_date: BankDateRule::WorkingDaysAfter { days: 3 },
    };
    let timesheets = Weeks {
        length: 4,
        anchor: day(2024, 4, 1),
        timing: Timing::Arrears,
        closes: Weekday::Fri,
        moved: 0,
        time: time(12, 0),
        finalised: Weekday::Mon,
        bank_date: BankDateRule::WorkingDaysAfter { days: 3 },
    };
    vec![
        pays(WEEKLY, Basis::ActualsAndConfirmation, weekly, days),
        pays(FOUR_WEEKLY, Basis::Plan, homes.schedule(), days),
        pays(TIMESHEETS, Basis::ActualsAndConfirmation, timesheets.schedule(), days),
    ]
}

const HOME_CARE: Offer = Offer {
    service_type: "Home care",
    service: "Home Care",
    seller: Seller::Providers(Trade::HomeCare),
    unit: Unit::Hour,
    recording: Recording::Timetabled,
    terms: Terms::Actual,
    kind: ContractKind::Framework,
    told_kind: "",
    claim_period: ClaimPeriod::Week,
    schedule: WEEKLY,
    people: 108,
    shared: 0,
    pattern: Pattern::Visits { most_a_day: 3, double_handed: 14 },
    package: 0,
    tiers: &[],
    bank_holidays: BankHolidays::Plain,
};

const OFFERS: [Offer; 5] = [
    HOME_CARE,
    Offer {
        service_type: "Extra care",
        service: "Extra Care",
        seller: Seller::Providers(Trade::ExtraCare),
        recording: Recording::Quantities,
        people: 34,
        pattern: Pattern::HoursByDay { least: 2, most: 10, days: 7 },
        ..HOME_CARE
    },
    Offer {
        service_type: "Independent supported living",
        service: "Independent Supported Living",
        seller: Seller::Providers(Trade::SupportedLiving),
        recording: Recording::Quantities,
        people: 32,
        shared: 8,
        pattern: Pattern::HoursByWeek { least: 7, most: 40 },
        ..HOME_CARE
    },
    Offer {
        service_type: "Nursing and residential",
        service: "Care Home",
        seller: Seller::Providers(Trade::Residential),
        unit: Unit::Week,
        recording: Recording::None,
        terms: Terms::Planned,
        claim_period: ClaimPeriod::PayPeriod,
        schedule: FOUR_WEEKLY,
        people: 100,
        pattern: Pattern::Weekly,
        tiers: &[("residential", 65), ("nursing", 35)],
        ..HOME_CARE
    },
    Offer {
        service_type: "Shared lives",
        service: "Shared Lives",
        seller: Seller::Providers(Trade::SharedLives),
        unit: Unit::Night,
        recording: Recording::Quantities,
        claim_period: ClaimPeriod::PayPeriod,
        schedule: TIMESHEETS,
        people: 6,
        pattern: Pattern::Nights,
        ..HOME_CARE
    },
];
