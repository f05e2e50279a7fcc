//! Reads a Standard 18 payment file back, strictly, for the tests.
//!
//! Written from the published layout on its own: it shares no code and no constant with the writer, so that
//! a mistake of the one is not a mistake of the other.

use std::ops::RangeInclusive;

/// One payment as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadItem {
    pub(crate) sort_code: String,
    pub(crate) account: String,
    pub(crate) pence: u64,
    pub(crate) reference: String,
    pub(crate) payee: String,
}

/// A payment file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadFile {
    pub(crate) sun: String,
    pub(crate) serial: u32,
    pub(crate) created: String,
    pub(crate) processed: String,
    pub(crate) payer: String,
    pub(crate) payer_sort_code: String,
    pub(crate) payer_account: String,
    pub(crate) items: Vec<ReadItem>,
    pub(crate) total: u64,
}

/// Reads a file and checks everything that the layout promises.
///
/// # Errors
/// The first thing that is wrong, with the line, counted from 1.
pub(crate) fn read(bytes: &[u8]) -> Result<ReadFile, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    if !text.ends_with("\r\n") {
        return Err("the last line is not ended".to_owned());
    }
    let lines: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
    for (index, line) in lines.iter().enumerate() {
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || " .&/-".contains(c);
        if let Some(bad) = line.chars().find(|c| !allowed(*c)) {
            return Err(format!("line {}: character {bad:?}", index + 1));
        }
    }
    let [vol, hdr1, hdr2, uhl, middle @ .., eof1, eof2, utl] = lines.as_slice() else {
        return Err("fewer than seven labels".to_owned());
    };
    for (line, start) in
        [(vol, "VOL1"), (hdr1, "HDR1"), (hdr2, "HDR2"), (uhl, "UHL1"), (eof1, "EOF1"), (eof2, "EOF2"), (utl, "UTL1")]
    {
        if !line.starts_with(start) || line.len() != 80 {
            return Err(format!("no {start} of 80 characters: {line:?}"));
        }
    }
    let Some((contra, payments)) = middle.split_last() else {
        return Err("no records".to_owned());
    };
    let file = ReadFile {
        sun: digits(hdr1, 6..=11)?,
        serial: digits(vol, 5..=10)?.parse().map_err(|_| "serial")?,
        created: at(hdr1, 42..=47).to_owned(),
        processed: at(uhl, 5..=10).to_owned(),
        payer: at(contra, 47..=64).trim_end().to_owned(),
        payer_sort_code: digits(contra, 1..=6)?,
        payer_account: digits(contra, 7..=14)?,
        items: payments.iter().map(|line| item(line, contra)).collect::<Result<_, _>>()?,
        total: digits(contra, 36..=46)?.parse().map_err(|_| "total")?,
    };
    labels(&file, [vol, hdr1, hdr2, uhl, eof1, eof2])?;
    contra_record(contra)?;
    totals(&file, utl)?;
    Ok(file)
}

fn at(line: &str, positions: RangeInclusive<usize>) -> &str {
    line.get(positions.start() - 1..*positions.end()).unwrap_or_default()
}

fn digits(line: &str, positions: RangeInclusive<usize>) -> Result<String, String> {
    let field = at(line, positions.clone());
    let whole = field.len() == positions.count() && field.bytes().all(|byte| byte.is_ascii_digit());
    if whole { Ok(field.to_owned()) } else { Err(format!("{field:?} are not digits in {line:?}")) }
}

fn expect(line: &str, positions: RangeInclusive<usize>, value: &str) -> Result<(), String> {
    let found = at(line, positions.clone());
    if found == value { Ok(()) } else { Err(format!("{positions:?} is {found:?}, not {value:?}, in {line:?}")) }
}

fn item(line: &str, contra: &str) -> Result<ReadItem, String> {
    if line.len() != 100 {
        return Err(format!("a data record of {} characters: {line:?}", line.len()));
    }
    expect(line, 15..=17, "099")?;
    expect(line, 18..=31, at(contra, 1..=14))?;
    expect(line, 32..=35, "    ")?;
    expect(line, 47..=64, at(contra, 47..=64))?;
    let item = ReadItem {
        sort_code: digits(line, 1..=6)?,
        account: digits(line, 7..=14)?,
        pence: digits(line, 36..=46)?.parse().map_err(|_| "pence")?,
        reference: at(line, 65..=82).trim_end().to_owned(),
        payee: at(line, 83..=100).trim_end().to_owned(),
    };
    if item.pence == 0 || item.payee.is_empty() || item.reference.is_empty() {
        return Err(format!("an empty field in {line:?}"));
    }
    Ok(item)
}

fn labels(file: &ReadFile, [vol, hdr1, hdr2, uhl, eof1, eof2]: [&str; 6]) -> Result<(), String> {
    let serial = at(vol, 5..=10);
    expect(vol, 11..=41, &" ".repeat(31))?;
    expect(vol, 42..=47, &file.sun)?;
    expect(vol, 48..=80, &format!("{}1", " ".repeat(32)))?;
    for label in [hdr1, eof1] {
        expect(label, 5..=21, &format!("A{0}S  1{0}", file.sun))?;
        expect(label, 22..=27, serial)?;
        expect(label, 28..=41, "00010001      ")?;
        expect(label, 42..=54, at(hdr1, 42..=54))?;
        expect(label, 61..=80, &" ".repeat(20))?;
        julian(at(label, 42..=47))?;
        julian(at(label, 48..=53))?;
    }
    expect(hdr1, 55..=60, "000000")?;
    // twenty records of a hundred characters make a block
    let records = file.items.len() + 1;
    let blocks = records / 20 + usize::from(!records.is_multiple_of(20));
    expect(eof1, 55..=60, &format!("{blocks:06}"))?;
    for label in [hdr2, eof2] {
        expect(label, 5..=15, "F0200000100")?;
        expect(label, 16..=80, &format!("{}00{}", " ".repeat(35), " ".repeat(28)))?;
    }
    julian(at(uhl, 5..=10))?;
    expect(uhl, 11..=40, "999999    000000001 DAILY  001")?;
    expect(uhl, 41..=80, &" ".repeat(40))
}

/// A blank, two digits of the year, three of its day.
fn julian(field: &str) -> Result<(), String> {
    let day = field.get(3..).and_then(|day| day.parse::<u16>().ok()).unwrap_or(0);
    let well_formed =
        field.starts_with(' ') && field.get(1..).is_some_and(|rest| rest.len() == 5 && rest.parse::<u32>().is_ok());
    if well_formed && (1..=366).contains(&day) { Ok(()) } else { Err(format!("{field:?} is no day of a year")) }
}

fn contra_record(contra: &str) -> Result<(), String> {
    if contra.len() != 100 {
        return Err("the contra record has another length than 100".to_owned());
    }
    expect(contra, 15..=17, "017")?;
    expect(contra, 18..=31, at(contra, 1..=14))?;
    expect(contra, 32..=35, "    ")?;
    expect(contra, 65..=82, "CONTRA            ")?;
    expect(contra, 83..=100, at(contra, 47..=64))
}

fn totals(file: &ReadFile, utl: &str) -> Result<(), String> {
    let sum: u64 = file.items.iter().map(|item| item.pence).sum();
    if sum != file.total {
        return Err(format!("the contra record takes {}, the payments come to {sum}", file.total));
    }
    expect(utl, 5..=17, &format!("{sum:013}"))?;
    expect(utl, 18..=30, &format!("{sum:013}"))?;
    expect(utl, 31..=37, "0000001")?;
    expect(utl, 38..=44, &format!("{:07}", file.items.len()))?;
    expect(utl, 45..=80, &" ".repeat(36))
}
