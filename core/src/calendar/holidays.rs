//! Bank holidays of the three divisions, as GOV.UK publishes them.
//!
//! Stands before [`super::working_days`], which counts around them. The dates are bundled; a council may also
//! load newer rows.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The GOV.UK list, rows as published (Open Government Licence v3.0).
const BUNDLED: &str = include_str!("../../data/uk-bank-holidays.csv");

/// A part of the United Kingdom with bank holidays of its own, named as GOV.UK names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Division {
    /// England and Wales, which BACS itself follows.
    #[default]
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

impl Division {
    /// Every division, in GOV.UK's order.
    pub const ALL: [Self; 3] = [Self::EnglandAndWales, Self::Scotland, Self::NorthernIreland];

    /// GOV.UK's name for it: `england-and-wales`.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "england-and-wales",
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern-ireland",
        }
    }

    /// As people write it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "England and Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
        }
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

impl std::str::FromStr for Division {
    type Err = HolidayError;

    fn from_str(text: &str) -> Result<Self, HolidayError> {
        Self::ALL
            .into_iter()
            .find(|division| division.slug() == text.trim())
            .ok_or_else(|| HolidayError::Division { given: text.to_owned() })
    }
}

/// One bank holiday of one division.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankHoliday {
    /// Whose holiday it is.
    pub division: Division,
    /// The day.
    pub date: NaiveDate,
    /// Its name as published: `Summer bank holiday`.
    pub title: String,
    /// What GOV.UK notes beside it, mostly `Substitute day`; may be empty.
    #[serde(default)]
    pub notes: String,
}

/// Why bank holidays could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HolidayError {
    /// Not one of the three divisions.
    #[error("\u{2018}{given}\u{2019} is not a division; write england-and-wales, scotland or northern-ireland")]
    Division {
        /// What was given.
        given: String,
    },
    /// A row of the list that is not a bank holiday.
    #[error(
        "row {row} of the bank holidays cannot be read ({cause}); write division,date,title,notes with the date as 2024-12-25"
    )]
    Row {
        /// The row, the heading being row 1.
        row: usize,
        /// What the reader made of it.
        cause: String,
    },
}

/// The bank holidays of all divisions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BankHolidays {
    days: BTreeMap<(Division, NaiveDate), BankHoliday>,
}

impl BankHolidays {
    /// The list that comes with Counterfoil: GOV.UK's, 2012 to 2028.
    ///
    /// # Errors
    /// [`HolidayError`] when the bundled list is damaged.
    pub fn bundled() -> Result<Self, HolidayError> {
        Self::from_csv(BUNDLED)
    }

    /// From GOV.UK's columns `division,date,title,notes`, headings in the first row.
    ///
    /// # Errors
    /// [`HolidayError`] naming the first row that cannot be read.
    pub fn from_csv(text: &str) -> Result<Self, HolidayError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for (index, record) in reader.deserialize::<BankHoliday>().enumerate() {
            rows.push(record.map_err(|error| HolidayError::Row { row: index + 2, cause: error.to_string() })?);
        }
        Ok(Self::from_rows(rows))
    }

    /// From rows; a later row for the same day and division replaces an earlier one.
    #[must_use]
    pub fn from_rows(rows: impl IntoIterator<Item = BankHoliday>) -> Self {
        Self { days: rows.into_iter().map(|holiday| ((holiday.division, holiday.date), holiday)).collect() }
    }

    /// The bank holiday on a day, if it is one.
    #[must_use]
    pub fn get(&self, division: Division, date: NaiveDate) -> Option<&BankHoliday> {
        self.days.get(&(division, date))
    }

    /// All of a division's, by date.
    pub fn of(&self, division: Division) -> impl DoubleEndedIterator<Item = &BankHoliday> {
        self.days.range((division, NaiveDate::MIN)..=(division, NaiveDate::MAX)).map(|(_, holiday)| holiday)
    }

    /// The first and the last day that the list knows about for a division; outside them a day may be a
    /// bank holiday without being listed.
    #[must_use]
    pub fn known_between(&self, division: Division) -> Option<(NaiveDate, NaiveDate)> {
        let mut dates = self.of(division).map(|holiday| holiday.date);
        let first = dates.next()?;
        Some((first, dates.next_back().unwrap_or(first)))
    }

    /// The list as it stood at the end of `day`: without the holidays that were proclaimed later, and with those
    /// that they replaced. A table made before a proclamation is right by what was known then.
    #[must_use]
    pub fn as_known_on(&self, day: NaiveDate) -> Self {
        let mut known = self.clone();
        for change in &PROCLAIMED {
            let (Some(announced), Some(date)) = (ymd(change.announced), ymd(change.date)) else {
                continue;
            };
            if announced <= day {
                continue;
            }
            for division in Division::ALL {
                let Some(removed) = known.days.remove(&(division, date)) else {
                    continue;
                };
                if let Some(original) = change.instead_of.and_then(ymd) {
                    let title = removed.title.split(" (").next().unwrap_or_default().to_owned();
                    let holiday = BankHoliday { division, date: original, title, notes: String::new() };
                    known.days.insert((division, original), holiday);
                }
            }
        }
        known
    }
}

/// A holiday that was added or moved after the usual list for its year had been published.
struct Proclaimed {
    date: (i32, u32, u32),
    announced: (i32, u32, u32),
    instead_of: Option<(i32, u32, u32)>,
}

/// Announcements of the UK government: VE day (7 June 2019), Platinum Jubilee (12 November 2020, which also
/// moved the spring bank holiday), the State Funeral (10 September 2022), the coronation (6 November 2022).
const PROCLAIMED: [Proclaimed; 5] = [
    Proclaimed { date: (2020, 5, 8), announced: (2019, 6, 7), instead_of: Some((2020, 5, 4)) },
    Proclaimed { date: (2022, 6, 2), announced: (2020, 11, 12), instead_of: Some((2022, 5, 30)) },
    Proclaimed { date: (2022, 6, 3), announced: (2020, 11, 12), instead_of: None },
    Proclaimed { date: (2022, 9, 19), announced: (2022, 9, 10), instead_of: None },
    Proclaimed { date: (2023, 5, 8), announced: (2022, 11, 6), instead_of: None },
];

const fn ymd((year, month, day): (i32, u32, u32)) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}
