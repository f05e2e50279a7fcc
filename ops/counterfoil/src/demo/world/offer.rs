//! What a council buys, said once for each type of service: how it is contracted, recorded and paid, how many people
//! receive it, and what their plans look like. [`build`](super::build) makes contracts and people of it.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::Division;
use counterfoil_core::notice::NotificationSetting;
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::rate_card::RateCardRow;

use super::care::{ClaimPeriod, ContractKind};
use super::council::{DeliveryReason, PaySchedule, Profile, ToleranceLimit};
use super::organisations::Trade;
use super::rules::RuleChoice;

/// A council as its own file describes it, before anybody is contracted.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// Its name in addresses.
    pub(crate) slug: &'static str,
    /// Its full name.
    pub(crate) name: &'static str,
    /// How its references begin.
    pub(crate) prefix: &'static str,
    /// Whose bank holidays it keeps.
    pub(crate) division: Division,
    /// When it was set up.
    pub(crate) taken_on: DateTime<Utc>,
    /// The first day of the first week that is played.
    pub(crate) first_week: NaiveDate,
    /// How it shows itself and pays.
    pub(crate) profile: Profile,
    /// Its schedules, without ids.
    pub(crate) schedules: Vec<PaySchedule>,
    /// Its rate card.
    pub(crate) rates: Vec<RateCardRow>,
    /// Its limits.
    pub(crate) limits: Vec<ToleranceLimit>,
    /// Its reasons.
    pub(crate) reasons: Vec<DeliveryReason>,
    /// Its rule.
    pub(crate) rule: RuleChoice,
    /// Its notifications.
    pub(crate) notifications: Vec<NotificationSetting>,
    /// What it buys.
    pub(crate) offers: Vec<Offer>,
}

/// One type of service that a council buys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer {
    /// The type of service, as contracts name it.
    pub(crate) service_type: &'static str,
    /// The service level, as the rate card names it.
    pub(crate) service: &'static str,
    /// Whom it is bought from.
    pub(crate) seller: Seller,
    /// What it is planned and priced in.
    pub(crate) unit: Unit,
    /// How it is recorded.
    pub(crate) recording: Recording,
    /// What it is paid by.
    pub(crate) terms: Terms,
    /// The kind of contract.
    pub(crate) kind: ContractKind,
    /// What the contract's attribute `kind` tells the rule, which settings are scoped by; the kind itself if empty.
    pub(crate) told_kind: &'static str,
    /// What one claim covers.
    pub(crate) claim_period: ClaimPeriod,
    /// The name of the schedule that pays it.
    pub(crate) schedule: &'static str,
    /// How many people receive this and were not known before.
    pub(crate) people: u64,
    /// How many people who receive something else receive this as well.
    pub(crate) shared: u64,
    /// What their plans look like.
    pub(crate) pattern: Pattern,
    /// How many lines the largest package has: one person whose support is ordered part by part; 0 where nobody has one.
    pub(crate) package: usize,
    /// The tiers, each with how many of a hundred people have it; none for a service without tiers.
    pub(crate) tiers: &'static [(&'static str, u64)],
    /// Whether its contracts pay bank holidays at their own rate.
    pub(crate) bank_holidays: BankHolidays,
}

/// Whom a service is bought from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seller {
    /// Providers of a kind of care.
    Providers(Trade),
    /// Nobody: the money goes to the person.
    Person,
    /// Nobody: the money goes to an account that is managed for the person.
    ManagedAccount,
}

/// Which contracts pay bank holidays at their own rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BankHolidays {
    /// None.
    Plain,
    /// Every other one.
    EveryOtherContract,
    /// All.
    Enhanced,
}

/// What plans look like. Figures are drawn for each person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Visits on every day of the week: so many a day at most, and how many of a hundred people need two carers.
    Visits {
        /// 1 to 4.
        most_a_day: i64,
        /// Of a hundred.
        double_handed: u64,
    },
    /// Quarters of an hour on each of some days of the week.
    HoursByDay {
        /// The fewest quarters a day.
        least: i64,
        /// The most.
        most: i64,
        /// How many days of the week.
        days: usize,
    },
    /// Hours for the week, whichever the days.
    HoursByWeek {
        /// The fewest.
        least: i64,
        /// The most.
        most: i64,
    },
    /// Sessions from Monday to Friday, one or two a day.
    Sessions {
        /// The most days a week.
        most_days: i64,
    },
    /// Every night.
    Nights,
    /// One for each week.
    Weekly,
}
