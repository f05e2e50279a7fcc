//! Which column of a table is which, by its heading, in any order. A table that says who people are is refused as a
//! whole, before anything of it is kept.

use std::fmt;

use super::cell::short;
use super::fault::FileFault;
use super::{MOST_COLUMNS, MOST_ROWS, Place, Row, Table};

/// A column that means something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The contract, by the council's reference.
    Contract,
    /// The first day of the claim period.
    Starts,
    /// Its last day.
    Ends,
    /// The person, by the council's reference.
    Person,
    /// The service line, by its CPLI number.
    Line,
    /// The service level, to read.
    Service,
    /// What the line is planned in, to read.
    Unit,
    /// The plan's quantity, to read.
    Planned,
    /// Delivered.
    Delivered,
    /// Frustrated.
    Frustrated,
    /// The planned visit that a visit answers, by its number.
    PlannedVisit,
    /// The day of a visit.
    Date,
    /// When it started.
    Start,
    /// When it ended; beside or in place of the minutes.
    End,
    /// How long it was.
    Minutes,
    /// How many carers came.
    Carers,
    /// What became of it.
    Outcome,
    /// Why.
    Reason,
    /// Number of visits.
    Visits,
    /// A comment.
    Comment,
    /// Which of the claim's statements the table shows; 0 before the first.
    Saved,
    /// What stands in a table of rows to mend, and is passed over.
    Told,
}

impl Column {
    /// All of them, in the order in which a table is written.
    pub const ALL: [Self; 22] = [
        Self::Contract,
        Self::Starts,
        Self::Ends,
        Self::Person,
        Self::Line,
        Self::Service,
        Self::Unit,
        Self::Planned,
        Self::Delivered,
        Self::Frustrated,
        Self::PlannedVisit,
        Self::Date,
        Self::Start,
        Self::End,
        Self::Minutes,
        Self::Carers,
        Self::Outcome,
        Self::Reason,
        Self::Visits,
        Self::Comment,
        Self::Saved,
        Self::Told,
    ];

    /// Its heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Contract => "Contract",
            Self::Starts => "Week starting",
            Self::Ends => "Week ending",
            Self::Person => "Person reference",
            Self::Line => "CPLI",
            Self::Service => "Service level",
            Self::Unit => "Unit",
            Self::Planned => "Planned",
            Self::Delivered => "Delivered",
            Self::Frustrated => "Frustrated",
            Self::PlannedVisit => "Planned visit",
            Self::Date => "Date",
            Self::Start => "Start",
            Self::End => "End",
            Self::Minutes => "Minutes",
            Self::Carers => "Carers",
            Self::Outcome => "Outcome",
            Self::Reason => "Reason",
            Self::Visits => "Visits",
            Self::Comment => "Comment",
            Self::Saved => "Saved version",
            Self::Told => "What is wrong",
        }
    }

    /// What else it may be called, in small letters with single spaces.
    const fn others(self) -> &'static [&'static str] {
        match self {
            Self::Contract => &["contract reference", "contract ref", "contract number", "contract no", "contract id"],
            Self::Starts => &[
                "week start",
                "week commencing",
                "week beginning",
                "w c",
                "period start",
                "period starting",
                "period from",
                "claim period start",
                "starts",
                "from",
            ],
            Self::Ends => &[
                "week end",
                "w e",
                "period end",
                "period ending",
                "period to",
                "claim period end",
                "claim period",
                "ends",
                "to",
            ],
            Self::Person => &[
                "person",
                "person ref",
                "person id",
                "person number",
                "ssref",
                "ss ref",
                "ss reference",
                "service user reference",
                "service user ref",
                "service user id",
                "service user",
                "client reference",
                "client ref",
                "client id",
                "client number",
                "su ref",
                "su id",
            ],
            Self::Line => &[
                "cpli number",
                "cpli reference",
                "cpli ref",
                "cpli id",
                "cpli no",
                "service line",
                "line",
                "line reference",
                "package line",
                "package line item",
                "care package line item",
            ],
            Self::Service => &["service", "service name", "service type", "level", "element"],
            Self::Unit => &["units", "unit type", "unit of measure"],
            Self::Planned => &["plan", "planned quantity", "planned units", "planned hours", "commissioned"],
            Self::Delivered => &[
                "actual",
                "actuals",
                "actual quantity",
                "actual units",
                "actual hours",
                "delivered quantity",
                "delivered units",
                "delivered hours",
                "units delivered",
                "hours delivered",
                "quantity delivered",
            ],
            Self::Frustrated => &[
                "frustrated quantity",
                "frustrated units",
                "frustrated hours",
                "non delivery units",
                "non delivered",
                "non delivery",
            ],
            Self::PlannedVisit => &["planned visit number", "visit number", "visit no", "visit"],
            Self::Date => &["visit date", "date of visit", "day", "service date"],
            Self::Start => &["start time", "time", "time in", "visit start", "actual start", "from time"],
            Self::End => &["end time", "finish", "finish time", "time out", "visit end", "actual end", "to time"],
            Self::Minutes => &["mins", "duration", "length", "minutes delivered", "duration minutes", "duration mins"],
            Self::Carers => &["carer", "number of carers", "carers delivered", "no of carers", "staff"],
            Self::Outcome => &["status", "visit status", "result"],
            Self::Reason => &["reason code", "non delivery reason", "reason for non delivery", "reason for variance"],
            Self::Visits => &["number of visits", "no of visits", "visit count"],
            Self::Comment => &["comments", "note", "notes", "remarks"],
            Self::Saved => &["version", "statement", "statement version"],
            Self::Told => &[
                "what to do",
                "cell",
                "row",
                "line number",
                "missed",
                "extra",
                "total cost",
                "unit cost",
                "planned start",
                "planned minutes",
                "planned carers",
            ],
        }
    }

    fn of(heading: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|column| column.heading().eq_ignore_ascii_case(heading) || column.others().contains(&heading))
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading())
    }
}

/// Which column stands where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    places: [Option<usize>; Column::ALL.len()],
    /// The row of headings in the file, from 1.
    pub row: u32,
    /// The headings as they stand in the file.
    pub headings: Vec<String>,
    /// Headings that mean nothing here, and are passed over.
    pub ignored: Vec<String>,
}

impl Columns {
    /// Reads the headings, which are the table's first row.
    ///
    /// # Errors
    /// [`FileFault`]; a column of names comes before everything else.
    pub fn of(table: &Table) -> Result<Self, FileFault> {
        let head = table.rows.first().ok_or(FileFault::Empty)?;
        let headings: Vec<String> = head.cells.iter().map(super::Cell::text).collect();
        let settled: Vec<String> = headings.iter().map(|heading| spoken(heading)).collect();
        let at = |column: usize| Place { column, row: head.number }.to_string();
        if let Some(column) = settled.iter().position(|heading| tells_who(heading)) {
            let heading = headings.get(column).map(|heading| short(heading)).unwrap_or_default();
            return Err(FileFault::Names { heading, place: at(column) });
        }
        if headings.len() > MOST_COLUMNS {
            return Err(FileFault::TooManyColumns);
        }
        let mut columns = Self { places: [None; Column::ALL.len()], row: head.number, headings, ignored: Vec::new() };
        for (index, heading) in settled.iter().enumerate() {
            match Column::of(heading) {
                Some(Column::Told) => {}
                Some(column) => columns.put(column, index, &at)?,
                None if heading.is_empty() => {}
                None => columns.ignored.push(columns.headings.get(index).map(|text| short(text)).unwrap_or_default()),
            }
        }
        columns.complete()?;
        columns.has_headings_only_where_cells_are(&table.rows)?;
        match table.rows.len() {
            0 | 1 => Err(FileFault::NoRows),
            rows if rows > MOST_ROWS + 1 => Err(FileFault::TooManyRows),
            _ => Ok(columns),
        }
    }

    fn put(&mut self, column: Column, index: usize, at: &dyn Fn(usize) -> String) -> Result<(), FileFault> {
        let Some(place) = self.places.get_mut(column as usize) else { return Ok(()) };
        match place.replace(index) {
            None => Ok(()),
            Some(before) => {
                let named = |index: usize| self.headings.get(index).map(|text| short(text)).unwrap_or_default();
                let place = format!("{} and {}", at(before), at(index));
                Err(FileFault::Twice { first: named(before), second: named(index), place })
            }
        }
    }

    fn complete(&self) -> Result<(), FileFault> {
        let mut missing: Vec<String> = [Column::Contract, Column::Person, Column::Line]
            .into_iter()
            .filter(|column| !self.has(*column))
            .map(|column| format!("\u{2018}{column}\u{2019}"))
            .collect();
        if !self.has(Column::Starts) && !self.has(Column::Ends) {
            missing.insert(0, "\u{2018}Week ending\u{2019}".to_owned());
        }
        let has_visits = self.has(Column::Date) && self.has(Column::Start);
        if !self.has(Column::Delivered) && !has_visits {
            missing.push(
                "\u{2018}Delivered\u{2019}, or \u{2018}Date\u{2019} and \u{2018}Start\u{2019} for visits".to_owned(),
            );
        }
        if missing.is_empty() { Ok(()) } else { Err(FileFault::Missing { missing: missing.join(", ") }) }
    }

    /// What stands beneath no heading could be anything, a name as well.
    fn has_headings_only_where_cells_are(&self, rows: &[Row]) -> Result<(), FileFault> {
        let bare = |column: usize| self.headings.get(column).is_none_or(|heading| heading.is_empty());
        for row in rows.iter().skip(1) {
            let stray = row.cells.iter().enumerate().find(|(column, cell)| bare(*column) && !cell.is_empty());
            if let Some((column, _)) = stray {
                let place = Place { column, row: row.number }.to_string();
                return Err(FileFault::NoHeading { place, row: self.row });
            }
        }
        Ok(())
    }

    /// Whether the table has a column.
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.index(column).is_some()
    }

    /// Where a column stands, from 0.
    #[must_use]
    pub fn index(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().flatten()
    }

    /// A row's cell of a column; an empty one where the table has no such column.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r super::Cell {
        self.index(column).map_or(&super::Cell::Empty, |index| row.cell(index))
    }

    /// Where a row's cell of a column is, as a spreadsheet names it.
    pub(super) fn place(&self, row: &Row, column: Column) -> String {
        self.index(column)
            .map_or_else(|| format!("row {}", row.number), |column| Place { column, row: row.number }.to_string())
    }
}

/// A heading in small letters, its words apart by one space: `Non-delivery_Reason` is `non delivery reason`.
fn spoken(heading: &str) -> String {
    let lowered = heading.to_lowercase();
    let words = lowered.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether what stands beneath a heading would say who somebody is, or where they live.
fn tells_who(heading: &str) -> bool {
    const WORDS: [&str; 22] = [
        "forename",
        "forenames",
        "surname",
        "surnames",
        "firstname",
        "lastname",
        "fullname",
        "initials",
        "dob",
        "birth",
        "address",
        "postcode",
        "telephone",
        "phone",
        "mobile",
        "email",
        "nhs",
        "nino",
        "gender",
        "sex",
        "age",
        "uprn",
    ];
    /// Names of what is nobody.
    const THINGS: [&str; 9] =
        ["service", "contract", "council", "provider", "organisation", "team", "site", "schedule", "file"];
    let words: Vec<&str> = heading.split(' ').collect();
    let is_name = words.iter().any(|word| matches!(*word, "name" | "names"));
    let of_a_thing = words.first().is_some_and(|first| THINGS.contains(first)) && !heading.starts_with("service user");
    (is_name && !of_a_thing)
        || words.iter().any(|word| WORDS.contains(word))
        || heading.contains("national insurance")
        || matches!(heading, "client" | "customer" | "resident" | "patient" | "carer name")
}

#[cfg(test)]
mod tests {
    use super::super::Cell;
    use super::*;

    fn table(headings: &[&str], cells: &[&str]) -> Table {
        let row = |number, cells: &[&str]| Row {
            number,
            cells: cells.iter().map(|cell| Cell::Text((*cell).to_owned())).collect(),
        };
        Table { rows: vec![row(1, headings), row(2, cells)] }
    }

    const NEEDED: [&str; 5] = ["Contract", "Week ending", "SSRef", "CPLI", "Delivered"];

    fn with(more: &[&str]) -> Result<Columns, FileFault> {
        let headings: Vec<&str> = NEEDED.iter().chain(more).copied().collect();
        let cells: Vec<&str> = headings.iter().map(|_| "x").collect();
        Columns::of(&table(&headings, &cells))
    }

    #[test]
    fn columns_stand_in_any_order_and_may_be_called_what_they_are_called_elsewhere() {
        let headings = ["COMMENTS", " cpli_number", "Actual", "Week-Ending ", "ss  ref", "contract ref", "Rota"];
        let columns = Columns::of(&table(&headings, &["x"; 7])).expect("columns");
        assert_eq!(columns.index(Column::Line), Some(1));
        assert_eq!(columns.index(Column::Delivered), Some(2));
        assert_eq!(columns.index(Column::Person), Some(4));
        assert_eq!(columns.ignored, ["Rota"]);
    }

    #[test]
    fn a_file_that_says_who_people_are_is_refused_in_one_sentence() {
        for heading in [
            "Name",
            "First name",
            "SURNAME",
            "Client Name",
            "service user name",
            "Client",
            "Date of birth",
            "Postcode",
            "NHS number",
            "carer_name",
            "E-mail address",
            "Customer",
            "person name",
        ] {
            let said = with(&[heading]).expect_err(heading).to_string();
            assert!(said.contains(heading) && said.contains("F1") && said.contains("Delete that column"), "{said}");
        }
        for heading in ["Service name", "Contract name", "Team name"] {
            assert!(with(&[heading]).is_ok(), "{heading}");
        }
    }

    #[test]
    fn doubled_missing_and_nameless_columns_are_refused() {
        let twice = with(&["actual hours"]).expect_err("twice").to_string();
        assert!(
            twice.contains("\u{2018}Delivered\u{2019} and \u{2018}actual hours\u{2019} (cells E1 and F1)"),
            "{twice}"
        );
        let missing = Columns::of(&table(&["Contract", "Delivered"], &["x", "1"])).expect_err("missing").to_string();
        assert!(missing.contains("\u{2018}Week ending\u{2019}, \u{2018}Person reference\u{2019}"), "{missing}");
        let stray = with(&[""]).expect_err("stray").to_string();
        assert!(stray.starts_with("Cell F2 stands in a column without a heading"), "{stray}");
        assert_eq!(Columns::of(&Table::default()), Err(FileFault::Empty));
    }
}
