//! Which column of a table is which: by its heading, and by whether its values can be that.
//!
//! Stands between the split text and the periods. Headings are believed unless the values contradict them and
//! another order of the columns makes sense of the table; that order is proposed, and a person agrees to it.

use serde::{Deserialize, Serialize};

use super::super::{Finding, FindingCode, Severity};
use super::values::Values;
use super::{ImportError, Table};

/// One of the five published dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The last date for amendments.
    CutOff,
    /// The day on which the run is finalised.
    Finalisation,
    /// The first day covered.
    Starts,
    /// The last day covered.
    Ends,
    /// The day on which the money is in the bank.
    BankDate,
}

impl Column {
    /// In the order in which Worcestershire publishes them.
    pub const ALL: [Self; 5] = [Self::CutOff, Self::Finalisation, Self::Starts, Self::Ends, Self::BankDate];

    /// The published wording.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::CutOff => "Last date for amendments",
            Self::Finalisation => "Payment run finalisation date",
            Self::Starts => "Period covered starts",
            Self::Ends => "Period covered ends",
            Self::BankDate => "Paid into bank account",
        }
    }
}

/// Which column holds which date; columns are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The last date for amendments.
    pub cut_off: usize,
    /// The day on which the run is finalised.
    pub finalisation: usize,
    /// The first day covered.
    pub starts: usize,
    /// The last day covered.
    pub ends: usize,
    /// The day on which the money is in the bank.
    pub bank_date: usize,
    /// The period's number, in tables that have one.
    #[serde(default)]
    pub number: Option<usize>,
}

/// What headings and values say about a table's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The mapping to use: the headings', or where `finding` is set the one that a person has to agree to.
    pub mapping: Mapping,
    /// The mapping that the headings state, where they name all five dates.
    pub by_headings: Option<Mapping>,
    /// Set when the values contradict the headings, or there are none.
    pub finding: Option<Finding>,
}

impl Mapping {
    /// The mapping that the headings state.
    ///
    /// # Errors
    /// [`ImportError::MissingColumn`] naming the first date that no heading names.
    pub fn by_headings(table: &Table) -> Result<Self, ImportError> {
        let find = |meaning| table.headings.iter().position(|heading| meaning_of(heading) == Some(meaning));
        let column = |column: Column| {
            find(Meaning::Date(column)).ok_or_else(|| ImportError::MissingColumn {
                missing: column.heading().to_owned(),
                headings: if table.headings.is_empty() {
                    "there are none".to_owned()
                } else {
                    table.headings.join(", ")
                },
            })
        };
        Ok(Self {
            cut_off: column(Column::CutOff)?,
            finalisation: column(Column::Finalisation)?,
            starts: column(Column::Starts)?,
            ends: column(Column::Ends)?,
            bank_date: column(Column::BankDate)?,
            number: find(Meaning::Number),
        })
    }

    /// Which column of the table, counted from 0, holds a date.
    #[must_use]
    pub const fn index(&self, column: Column) -> usize {
        match column {
            Column::CutOff => self.cut_off,
            Column::Finalisation => self.finalisation,
            Column::Starts => self.starts,
            Column::Ends => self.ends,
            Column::BankDate => self.bank_date,
        }
    }

    /// Whether each date has a column of its own within the table.
    pub(super) fn fits(&self, table: &Table) -> Result<(), ImportError> {
        let columns = table.rows.iter().map(|row| row.cells.len()).chain([table.headings.len()]).max().unwrap_or(0);
        let mut seen = Vec::new();
        for index in Column::ALL.map(|column| self.index(column)).into_iter().chain(self.number) {
            if index >= columns || seen.contains(&index) {
                return Err(ImportError::Mapping { column: index.saturating_add(1), columns });
            }
            seen.push(index);
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Date(Column),
    Number,
}

/// What a heading means, by the words that councils use. The first that matches counts, so that 'Payment run
/// finalisation date' is not taken for the payment.
fn meaning_of(heading: &str) -> Option<Meaning> {
    const WORDS: [(&[&str], Meaning); 6] = [
        (
            &["amend", "cut off", "cutoff", "deadline", "last date", "last day", "submit", "submission", "clos"],
            Meaning::Date(Column::CutOff),
        ),
        (&["finalis", "finaliz", "payment run", "run date", "process"], Meaning::Date(Column::Finalisation)),
        (&["bank", "bacs", "paid", "payment", "pay date", "pay day", "payday"], Meaning::Date(Column::BankDate)),
        (&["start", "begin", "commenc", "from"], Meaning::Date(Column::Starts)),
        (&["end", " to ", "until"], Meaning::Date(Column::Ends)),
        (&["number", " no ", "period"], Meaning::Number),
    ];
    let plain: String =
        heading.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let padded = format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "));
    WORDS.iter().find(|(words, _)| words.iter().any(|word| padded.contains(word))).map(|(_, meaning)| *meaning)
}

/// How many of the five dates and the number a row names, to tell headings from other text.
pub(super) fn headings_named(cells: &[String]) -> usize {
    cells.iter().filter(|cell| meaning_of(cell).is_some()).count()
}

pub(super) fn propose(table: &Table) -> Result<Proposal, ImportError> {
    let values = Values::of(table);
    match Mapping::by_headings(table) {
        Ok(headed) if values.fit(&headed).is_some() => {
            Ok(Proposal { mapping: headed.clone(), by_headings: Some(headed), finding: None })
        }
        Ok(headed) => Ok(match values.best(headed.number).filter(|_| values.row_count() >= 2) {
            Some(mapping) => {
                let finding = Some(disagreement(table, Some(&headed), &mapping));
                Proposal { mapping, by_headings: Some(headed), finding }
            }
            // Nothing makes better sense of it; the checks name its rows.
            None => Proposal { mapping: headed.clone(), by_headings: Some(headed), finding: None },
        }),
        Err(missing) => match values.best(None) {
            Some(mapping) => {
                let finding = Some(disagreement(table, None, &mapping));
                Ok(Proposal { mapping, by_headings: None, finding })
            }
            None => Err(missing),
        },
    }
}

fn disagreement(table: &Table, headed: Option<&Mapping>, mapping: &Mapping) -> Finding {
    let moved =
        Column::ALL.into_iter().filter(|column| headed.is_none_or(|by| by.index(*column) != mapping.index(*column)));
    let pairs: Vec<String> = moved
        .map(|column| {
            let index = mapping.index(column);
            let heading =
                table.headings.get(index).map_or_else(String::new, |text| format!(" (headed \u{2018}{text}\u{2019})"));
            format!("\u{2018}{}\u{2019} is column {}{heading}", column.heading(), index + 1)
        })
        .collect();
    let cause = if headed.is_some() {
        "The columns do not match their headings: read as headed, the periods do not follow one another or are paid before they are finalised"
    } else {
        "The headings do not name all five dates"
    };
    let sentence = format!("{cause}. By their values, {}. Agree to this order before importing.", pairs.join("; "));
    let (code, severity) = (FindingCode::ColumnsDisagree, Severity::Warning);
    Finding { code, severity, row: None, period_starts: None, dates: Vec::new(), sentence }
}
