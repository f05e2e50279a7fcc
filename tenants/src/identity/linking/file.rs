//! A table of organisations to invite, as a council saves it from a spreadsheet. Everything in it is read and judged
//! before anything is stored: what is new, what is there already, and what is wrong with the rest, line by line.
//!
//! CSV with a first line of headings in any order; commas, semicolons or tabs; UTF-8, or Windows-1252 as older
//! spreadsheets write it.

use std::borrow::Cow;
use std::collections::HashMap;

use counterfoil_core::ids::TenantId;
use csv::{ByteRecord, ReaderBuilder};
use diesel_async::AsyncPgConnection;

use super::invite::Known;
use super::wanted::{Column, Wanted};
use crate::error::{Error, Result};
use crate::identity::Identity;

/// The most rows of a table, the headings aside.
pub const MOST_ROWS: usize = 5_000;
/// The most bytes of a table.
pub const MOST_BYTES: usize = 1 << 20;

/// A row that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// What it says.
    pub wanted: Wanted,
}

/// A row that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Where in it; none for the row as a whole.
    pub column: Option<Column>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub cure: String,
    /// What the row says, in the order of [`Column::ALL`]: what is to be mended.
    pub typed: [String; 4],
}

/// What a table would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// To be invited.
    pub new: Vec<Row>,
    /// Invited by this council already; nothing is sent again.
    pub already_invited: Vec<Row>,
    /// Linked with this council already.
    pub already_linked: Vec<Row>,
    /// Not to be taken; everything that is wrong with each.
    pub rejected: Vec<Rejected>,
}

impl Identity {
    /// Reads a table of organisations to invite and says what it would do; nothing is stored.
    ///
    /// # Errors
    /// [`Error::Refused`] for a file that is too large or is no such table.
    pub async fn read_organisations_csv(&self, tenant: TenantId, bytes: &[u8]) -> Result<Preview> {
        let (rows, rejected) = read(bytes)?;
        let known = self.read(async |conn: &mut AsyncPgConnection| Known::read(conn, tenant).await).await?;
        let mut preview = Preview { rejected, ..Preview::default() };
        for row in rows {
            if known.is_linked(&row.wanted) {
                preview.already_linked.push(row);
            } else if known.is_invited(&row.wanted) {
                preview.already_invited.push(row);
            } else {
                preview.new.push(row);
            }
        }
        Ok(preview)
    }
}

/// The rows of a table, and what is wrong with the others.
fn read(bytes: &[u8]) -> Result<(Vec<Row>, Vec<Rejected>)> {
    if bytes.len() > MOST_BYTES {
        return Err(Error::Refused("The file must be smaller than 1MB. Split it into several.".to_owned()));
    }
    // one way of ending a line, so that lines can be counted
    let text = decoded(bytes)?.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let mut records = reader.byte_records();
    let headings = match records.next() {
        Some(first) => first.map_err(unreadable)?,
        None => return Err(Error::Refused("The file is empty".to_owned())),
    };
    let places = Places::of(&headings)?;
    let (mut rows, mut rejected, mut seen) = (Vec::new(), Vec::new(), Seen::default());
    let (mut count, mut lines) = (0, Lines::of(&text));
    for record in records {
        let record = record.map_err(unreadable)?;
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        count += 1;
        if count > MOST_ROWS {
            return Err(Error::Refused("The file must have 5,000 rows or fewer. Split it into several.".to_owned()));
        }
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        match places.read(&record, line).and_then(|row| seen.first_time(row)) {
            Ok(row) => rows.push(row),
            Err(wrong) => rejected.extend(wrong),
        }
    }
    if count == 0 {
        return Err(Error::Refused("The file has headings and no rows below them".to_owned()));
    }
    Ok((rows, rejected))
}

fn unreadable(error: csv::Error) -> Error {
    Error::Refused(format!("The file cannot be read as CSV: {error}"))
}

/// Counts lines, for records in the order of the file.
struct Lines<'t> {
    left: &'t str,
    passed: u64,
    line: u64,
}

impl<'t> Lines<'t> {
    const fn of(text: &'t str) -> Self {
        Self { left: text, passed: 0, line: 1 }
    }

    /// The line of a record that was found from this byte on, after empty lines if there are any.
    fn at(&mut self, byte: u64) -> u64 {
        let until = usize::try_from(byte - self.passed.min(byte)).unwrap_or(usize::MAX);
        let (before, left) = self.left.split_at_checked(until).unwrap_or((self.left, ""));
        let record = left.trim_start_matches('\n');
        let empty = left.len() - record.len();
        self.line += (before.matches('\n').count() + empty) as u64;
        self.passed = byte + empty as u64;
        self.left = record;
        self.line
    }
}

/// Which cell of a row is which.
struct Places {
    cells: usize,
    of: [Option<usize>; 4],
}

/// What a heading may be called, in small letters.
const HEADINGS: [(Column, &[&str]); 4] = [
    (Column::Name, &["name", "organisation", "organisation name", "provider", "provider name"]),
    (Column::Reference, &["reference", "ref", "supplier number", "supplier reference", "supplier id"]),
    (Column::Email, &["e-mail", "email", "e-mail address", "email address"]),
    (Column::Contact, &["contact", "contact name", "contact person"]),
];

impl Places {
    fn of(headings: &ByteRecord) -> Result<Self> {
        let mut of = [None; 4];
        for (place, cell) in headings.iter().enumerate() {
            let heading = String::from_utf8_lossy(cell).trim().to_lowercase();
            let known = HEADINGS.iter().position(|(_, names)| names.contains(&heading.as_str()));
            let Some(known) = known else { continue };
            if of[known].replace(place).is_some() {
                let column = HEADINGS[known].0;
                return Err(Error::Refused(format!("Two columns of the file are headed as \u{2018}{column}\u{2019}")));
            }
        }
        let missing: Vec<&str> = Column::ALL
            .into_iter()
            .zip(of)
            .filter(|(column, place)| place.is_none() && *column != Column::Reference)
            .map(|(column, _)| column.heading())
            .collect();
        if missing.is_empty() {
            return Ok(Self { cells: headings.len(), of });
        }
        Err(Error::Refused(format!(
            "The first line of the file must have the headings name, reference, e-mail and contact. Missing: {}.",
            missing.join(", ")
        )))
    }

    fn read(&self, record: &ByteRecord, line: u64) -> Result<Row, Vec<Rejected>> {
        let typed = self.of.map(|place| {
            let cell = place.and_then(|place| record.get(place)).unwrap_or_default();
            String::from_utf8_lossy(cell).trim().to_owned()
        });
        if record.len() > self.cells {
            return Err(vec![Rejected {
                line,
                column: None,
                reason: format!("It has {} cells under {} headings", record.len(), self.cells),
                cure: "Put text that has commas in it into double quotes".to_owned(),
                typed,
            }]);
        }
        let [name, reference, email, contact] = &typed;
        let wrong = |found: super::Wrong| {
            let super::Wrong { column, reason, cure } = found;
            Rejected { line, column: Some(column), reason, cure, typed: typed.clone() }
        };
        Wanted::typed(name, reference, email, contact)
            .map(|wanted| Row { line, wanted })
            .map_err(|all| all.into_iter().map(wrong).collect())
    }
}

/// What has been read so far, to find what stands there twice.
#[derive(Default)]
struct Seen {
    organisations: HashMap<(String, String), u64>,
    references: HashMap<String, u64>,
}

impl Seen {
    fn first_time(&mut self, row: Row) -> Result<Row, Vec<Rejected>> {
        let line = row.line;
        let again = |column, before: u64, cure: &str| {
            let reason = format!("It is the same as on line {before}");
            let wanted = &row.wanted;
            let typed = [wanted.name(), wanted.reference(), wanted.email(), wanted.contact()].map(str::to_owned);
            Err(vec![Rejected { line, column, reason, cure: cure.to_owned(), typed }])
        };
        let before = *self.organisations.entry(row.wanted.key()).or_insert(line);
        if before != line {
            return again(None, before, "Remove one of the two");
        }
        let reference = row.wanted.reference().to_lowercase();
        if reference.is_empty() {
            return Ok(row);
        }
        let before = *self.references.entry(reference).or_insert(line);
        if before == line {
            return Ok(row);
        }
        again(Some(Column::Reference), before, "Correct the reference, or leave it empty")
    }
}

/// What stands between the cells: whatever the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |byte: &u8| first.bytes().filter(|found| found == byte).count();
    // the last of several that are level
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// What Windows-1252 has where Latin-1 has controls; what it leaves free stays a control.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

/// A table's text, as a form can carry it from one page to the next.
///
/// # Errors
/// [`Error::Refused`] for a file that is no text.
pub fn text_of(bytes: &[u8]) -> Result<String> {
    decoded(bytes).map(Cow::into_owned)
}

/// UTF-8, with or without its mark; what is none is taken for Windows-1252, in which every byte means something.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0) {
        let words = "The file is not CSV. Save it as \u{2018}CSV UTF-8 (comma delimited)\u{2019} and upload that.";
        return Err(Error::Refused(words.to_owned()));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes
            .iter()
            .map(|byte| match byte {
                0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
                _ => char::from(*byte),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(text: &[u8]) -> Vec<String> {
        read(text).unwrap().0.into_iter().map(|row| row.wanted.name().to_owned()).collect()
    }

    fn refused(text: &[u8]) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn columns_stand_in_any_order_under_their_headings() {
        let (rows, rejected) = read(
            b"Contact name,E-mail,Notes,Organisation\r\nAnn Smith,ann@care.example,x,\"Good, Care\"\r\n\r\nBo,bo@x.example,,Other\r\n",
        )
        .unwrap();
        assert!(rejected.is_empty());
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
        let first = &rows[0].wanted;
        assert_eq!(
            (first.name(), first.reference(), first.email(), first.contact()),
            ("Good, Care", "", "ann@care.example", "Ann Smith")
        );
        assert_eq!(names(b"name;e-mail;contact\nCare;a@b.example;Ann"), ["Care"]);
        assert_eq!(names(b"name\te-mail\tcontact\nCare, Ltd\ta@b.example\tAnn"), ["Care, Ltd"]);
    }

    #[test]
    fn utf_8_and_what_spreadsheets_wrote_before_it_are_both_read() {
        let row = "name,e-mail,contact\nLl\u{e2}n \u{2019}n Gofal,a@b.example,Ann";
        assert_eq!(names(row.as_bytes()), ["Ll\u{e2}n \u{2019}n Gofal"]);
        assert_eq!(names(&[&[0xef, 0xbb, 0xbf], row.as_bytes()].concat()), ["Ll\u{e2}n \u{2019}n Gofal"]);
        assert_eq!(
            names(b"name,e-mail,contact\nLl\xe2n \x92n Gofal \x80,a@b.example,Ann"),
            ["Ll\u{e2}n \u{2019}n Gofal \u{20ac}"]
        );
        assert!(refused(b"\xff\xfen\0a\0").contains("CSV UTF-8"));
        assert!(refused(b"PK\x03\x04\0\0").contains("CSV UTF-8"));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_what_to_do() {
        let (rows, rejected) = read(
            b"name,reference,e-mail,contact\n\
              ,R1,ann@care.example,Ann\n\
              Good Care,R2,ann.care.example,\n\
              Good Care,R3,ann@care.example,Ann\n\
              good care,R4,ANN@care.example,Ann\n\
              Other Care,r3,bo@care.example,Bo\n\
              Third Care,R5,cy@care.example,Cy,more\n\
              \"Fourth\nCare\",R6,di@care.example,Di\n\
              =cmd|' /C calc'!A0,@R7,+44@care.example,-Ed\n",
        )
        .unwrap();
        let kept: Vec<_> = rows.iter().map(|row| (row.line, row.wanted.name())).collect();
        assert_eq!(kept, [(4, "Good Care"), (10, "=cmd|' /C calc'!A0")], "a formula is text");
        let told: Vec<_> = rejected.iter().map(|wrong| (wrong.line, wrong.column)).collect();
        let (name, reference, email, contact) = (Column::Name, Column::Reference, Column::Email, Column::Contact);
        assert_eq!(
            told,
            [
                (2, Some(name)),
                (3, Some(email)),
                (3, Some(contact)),
                (5, None),
                (6, Some(reference)),
                (7, None),
                (8, Some(name))
            ]
        );
        assert_eq!(rejected[3].reason, "It is the same as on line 4");
        assert!(rejected.iter().all(|wrong| !wrong.cure.is_empty()));
    }

    #[test]
    fn what_is_no_such_table_is_refused_as_a_whole() {
        assert!(refused(b"").contains("empty"));
        assert!(refused(b"name,e-mail,contact\n").contains("no rows"));
        assert!(refused(b"name,phone\nx,1").contains("Missing: e-mail, contact"));
        assert!(refused(b"name,provider,e-mail,contact\n").contains("Two columns"));
        assert!(refused(&vec![b'a'; MOST_BYTES + 1]).contains("1MB"));
        let row = "Care,a@b.example,Ann\n";
        let many = format!("name,e-mail,contact\n{}", row.repeat(MOST_ROWS));
        assert_eq!(read(many.as_bytes()).unwrap().1.len(), MOST_ROWS - 1, "all but the first are the same");
        assert!(refused(format!("{many}{row}").as_bytes()).contains("5,000"));
    }
}
