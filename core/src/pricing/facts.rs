//! What a rule is told of one claim. Integers, flags and codes only, so that the same bytes mean the same to
//! every engine: days are counted from 1 January 1970, times in minutes from midnight, quantities in
//! thousandths of a unit, rates in ten-thousandths of a pound. Seconds are rounded down to minutes before this.
//!
//! In JSON, what is empty, zero or absent may be left out; written, every field is there.
//!
//! Lists stand in a fixed order (by line, day, time, id), so that the order in which care was typed in changes
//! nothing. No names, dates of birth or addresses are here: a rule sees care, not people.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A day, counted from 1 January 1970 (day 0).
///
/// Written as that number, so that stored facts stay as they were digested; read from it, or from a date as people
/// write it in cases and configurations: `"2024-12-14"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "WrittenDay", into = "i32")]
pub struct Day(pub i32);

/// A day in JSON.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenDay {
    Number(i32),
    Date(NaiveDate),
}

impl From<WrittenDay> for Day {
    fn from(written: WrittenDay) -> Self {
        match written {
            WrittenDay::Number(number) => Self(number),
            WrittenDay::Date(date) => Self::of(date),
        }
    }
}

impl From<Day> for i32 {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl Day {
    /// The number of a calendar day.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    /// The calendar day, for days that a calendar has (years -262,143 to 262,142).
    #[must_use]
    pub const fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_epoch_days(self.0)
    }
}

/// The days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Span {
    /// Whether a day lies within.
    #[must_use]
    pub fn contains(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// How the provider records care under the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// Visit by visit with times; accounted for in carer-minutes.
    Timetabled,
    /// As quantities of the line's unit for the week.
    Quantities,
    /// Not at all: the plan alone is paid.
    None,
}

/// What a contract pays by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terms {
    /// What was planned, whatever was delivered.
    Planned,
    /// What was delivered, and frustrated where the reason counts.
    Actual,
}

/// The unit that a line is planned and priced in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// An hour of one carer.
    Hour,
    /// A visit, whatever its length.
    Visit,
    /// A session, for example half a day of day care.
    Session,
    /// A day.
    Day,
    /// A night.
    Night,
    /// A week of seven days.
    Week,
}

/// The kind of a day, apart from holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Monday to Friday.
    Weekday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
    /// A bank holiday, where a rate is for bank holidays.
    BankHoliday,
}

/// Everything that a rule is told of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimFacts {
    /// The claim period.
    pub period: Span,
    /// How care is recorded under the contract.
    pub recording: Recording,
    /// What the contract pays by.
    pub terms: Terms,
    /// Whether the provider has stated actuals; else only the plan is known.
    pub stated: bool,
    /// Attributes of the contract (framework, kind of contract, bank-holiday enhancement, ...), dated.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// Every day that the claim or a line's tail touches, in order.
    #[serde(default)]
    pub days: Vec<DayFacts>,
    /// The service lines, in order of their number.
    #[serde(default)]
    pub lines: Vec<LineFacts>,
    /// Stays away from home that touch the period or the days looked back on.
    #[serde(default)]
    pub stays: Vec<Stay>,
    /// Death of the person, or end of the placement, if it is known.
    #[serde(default)]
    pub ending: Option<Ending>,
    /// Earlier statements by date of care, as far back as the rule's description asks.
    #[serde(default)]
    pub earlier: Vec<EarlierDay>,
    /// The council's settings for this rule, dated.
    #[serde(default)]
    pub settings: Vec<Setting>,
}

/// One day, as the council's calendar has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFacts {
    /// The day.
    pub day: Day,
    /// Its place in the week; never `BankHoliday`.
    pub kind: DayKind,
    /// Whether it is a bank holiday of the council's nation.
    #[serde(default)]
    pub bank_holiday: bool,
    /// Whether the service is closed that day.
    #[serde(default)]
    pub closed: bool,
}

/// A fact about a contract, line or visit that holds from a day, until a day if it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Which fact, for example `framework`, `distance-thousandths-mile`, `tier-need`.
    pub key: String,
    /// The first day on which it holds.
    pub from: Day,
    /// The last day, if it ends.
    #[serde(default)]
    pub to: Option<Day>,
    /// Its value.
    pub value: Value,
}

/// A typed value of an attribute or a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number: days, minutes, thousandths.
    Number(i64),
    /// One code.
    Code(String),
    /// Several codes.
    Codes(Vec<String>),
}

/// A setting of the rule: a method, a limit in days or units, which reasons count. Never a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The setting's name in the rule's schema.
    pub key: String,
    /// What it is for: a service level, or a kind of contract (the contract's attribute `kind`); empty for all.
    /// The narrower value wins: service level, then kind of contract, then all.
    #[serde(default)]
    pub scope: String,
    /// The first day of care for which it holds, until the next value of the same name.
    pub from: Day,
    /// Its value.
    pub value: Value,
}

/// One service line of the claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFacts {
    /// The line's number within the claim, from 0.
    pub line: u32,
    /// The service level, as the rate card names it.
    pub service: String,
    /// What the line is planned and priced in.
    pub unit: Unit,
    /// The tier or band of need.
    #[serde(default)]
    pub tier: String,
    /// The days on which the line holds: no further than the line itself, or the day up to which a rule may
    /// still pay after its end (`tail`).
    pub valid: Span,
    /// The last day, after the line's end, for which a rule may still pay (retention); none otherwise.
    #[serde(default)]
    pub tail: Option<Day>,
    /// Attributes of the line (distance, framework, postcode band, recorded need, ...), dated.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// The plan by day, in thousandths of the unit; carer-minutes for a timetabled line.
    #[serde(default)]
    pub plan: Vec<PlannedDay>,
    /// The planned visits of a timetabled line.
    #[serde(default)]
    pub planned_visits: Vec<PlannedVisit>,
    /// The rate-card rows that may apply, with their dates. A charge names one of them.
    #[serde(default)]
    pub rates: Vec<RateRow>,
    /// What was stated by day; empty for a timetabled line.
    #[serde(default)]
    pub stated_days: Vec<StatedDay>,
    /// What was stated by visit; empty unless timetabled.
    #[serde(default)]
    pub stated_visits: Vec<StatedVisit>,
}

/// The plan of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedDay {
    /// The day.
    pub day: Day,
    /// How much: thousandths of the unit, carer-minutes for a timetabled line.
    pub quantity: i64,
}

/// One planned visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedVisit {
    /// The visit's number within the line: its position, from 0.
    pub visit: u32,
    /// The day on which it starts.
    pub day: Day,
    /// Its start, in minutes from midnight (0 to 1,439).
    pub start: u16,
    /// Its length in minutes.
    pub minutes: u16,
    /// How many carers.
    pub carers: u8,
}

/// A row of the rate card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateRow {
    /// The row's number within the line, from 0; a charge names it.
    pub row: u32,
    /// The band that it is for: empty for the plain rate, else for example `enhanced`, `retention`, `3-6-miles`.
    #[serde(default)]
    pub band: String,
    /// The length of visit in minutes that it is the price of, if it is a price by duration.
    #[serde(default)]
    pub minutes: Option<u16>,
    /// The kind of day that it is for, if it is for one kind.
    #[serde(default)]
    pub day_kind: Option<DayKind>,
    /// The time band that it is for, in minutes from midnight: first minute included, last excluded.
    #[serde(default)]
    pub time_band: Option<(u16, u16)>,
    /// The first day on which it holds.
    pub from: Day,
    /// The last day, if it ends.
    #[serde(default)]
    pub to: Option<Day>,
    /// What one of is priced.
    pub unit: Unit,
    /// Ten-thousandths of a pound for one unit.
    pub rate: i64,
}

/// What was stated for one day of a line: delivered + frustrated + missed = planned + extra.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedDay {
    /// The day.
    pub day: Day,
    /// Delivered, in thousandths of the unit; extra included.
    #[serde(default)]
    pub delivered: i64,
    /// Planned, but missed by the service user.
    #[serde(default)]
    pub frustrated: i64,
    /// Planned, but missed by the provider.
    #[serde(default)]
    pub missed: i64,
    /// Delivered above the plan.
    #[serde(default)]
    pub extra: i64,
    /// Number of visits, where it was stated.
    #[serde(default)]
    pub visits: Option<u32>,
    /// Why it was frustrated, or differs from the plan: a reason code of the council, empty without one.
    #[serde(default)]
    pub reason: String,
    /// Whether there is a comment; its text stays with people.
    #[serde(default)]
    pub comment: bool,
}

/// What was stated for one visit: delivered + frustrated + missed = planned + extra, in carer-minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedVisit {
    /// The visit's number within the line's statement: its position, from 0.
    pub visit: u32,
    /// The planned visit that it answers, if there was one.
    #[serde(default)]
    pub planned: Option<u32>,
    /// The day on which it started.
    pub day: Day,
    /// Claimed start, in minutes from midnight.
    pub start: u16,
    /// Claimed length in minutes.
    pub minutes: u16,
    /// Actual start by call monitoring, where there is one.
    #[serde(default)]
    pub actual_start: Option<u16>,
    /// Actual length in minutes by call monitoring, where there is one.
    #[serde(default)]
    pub actual_minutes: Option<u16>,
    /// How many carers came; 0 for a visit that did not take place.
    pub carers: u8,
    /// Delivered carer-minutes; extra included.
    #[serde(default)]
    pub delivered: i64,
    /// Frustrated carer-minutes.
    #[serde(default)]
    pub frustrated: i64,
    /// Missed carer-minutes.
    #[serde(default)]
    pub missed: i64,
    /// Extra carer-minutes.
    #[serde(default)]
    pub extra: i64,
    /// Attributes of the visit (statutory condition of a short visit, ...).
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// Why it was frustrated, or differs from the plan; empty without one.
    #[serde(default)]
    pub reason: String,
    /// Whether there is a comment.
    #[serde(default)]
    pub comment: bool,
}

/// Why a person is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StayKind {
    /// In hospital.
    Hospital,
    /// Away for another reason.
    Away,
}

/// A stay away from home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Where.
    pub kind: StayKind,
    /// The day of admission.
    pub from: Day,
    /// The day of discharge, once it is known.
    #[serde(default)]
    pub discharged: Option<Day>,
}

/// Why care ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingKind {
    /// The person died.
    Death,
    /// The placement or the service ended.
    End,
}

/// Death, or end of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Which of the two.
    pub kind: EndingKind,
    /// The day on which it happened.
    pub happened: Day,
    /// The day on which the council was told.
    pub notified: Day,
}

/// What was stated for a line on a day before the claim period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierDay {
    /// The line's number within this claim.
    pub line: u32,
    /// The day of care.
    pub day: Day,
    /// Delivered: thousandths of the unit, carer-minutes for a timetabled line.
    #[serde(default)]
    pub delivered: i64,
    /// Frustrated.
    #[serde(default)]
    pub frustrated: i64,
    /// Missed.
    #[serde(default)]
    pub missed: i64,
    /// Extra.
    #[serde(default)]
    pub extra: i64,
    /// The reason given, empty without one.
    #[serde(default)]
    pub reason: String,
}

impl LineFacts {
    /// How much the rule has to account for: everything stated (delivered + frustrated + missed), or the plan
    /// where nothing is stated. Thousandths of the unit; carer-minutes for a timetabled line.
    #[must_use]
    pub fn to_account_for(&self, stated: bool) -> i128 {
        if stated {
            let days = self
                .stated_days
                .iter()
                .map(|d| i128::from(d.delivered) + i128::from(d.frustrated) + i128::from(d.missed));
            let visits = self
                .stated_visits
                .iter()
                .map(|v| i128::from(v.delivered) + i128::from(v.frustrated) + i128::from(v.missed));
            days.chain(visits).sum()
        } else {
            self.plan.iter().map(|planned| i128::from(planned.quantity)).sum()
        }
    }
}
