//! Tables as files: CSV in UTF-8 with the mark by which spreadsheets know it and no cell that they would compute; XLSX in
//! which a reference is text, so that it keeps its leading noughts.

use std::collections::BTreeMap;

use counterfoil_core::actuals_file::{Value, guarded};
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{DataValidation, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use super::workbook::SHEET;

/// The mark of UTF-8, without which older spreadsheets take the file for something else.
pub(crate) const MARK: &str = "\u{feff}";

/// Rows as CSV.
///
/// # Errors
/// Where a row cannot be written, which memory alone can cause.
pub fn csv(table: &[Vec<Value>]) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(MARK.as_bytes().to_vec());
    for row in table {
        for value in row {
            match value {
                Value::Empty => writer.write_field("")?,
                Value::Text(text) => writer.write_field(guarded(text).as_bytes())?,
                Value::Number(number) => writer.write_field(number.normalize().to_string())?,
                Value::Day(day) => writer.write_field(day.format("%d/%m/%Y").to_string())?,
                Value::Time(minutes) => writer.write_field(format!("{:02}:{:02}", minutes / 60, minutes % 60))?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Rows as a workbook, its first row held in view, with a second sheet of the council's reasons to choose from.
///
/// # Errors
/// Where a cell cannot be written: more text than a cell holds.
pub fn xlsx(table: &[Vec<Value>], reasons: &BTreeMap<String, String>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (head, day, time, text) = (
        Format::new().set_bold().set_text_wrap(),
        Format::new().set_num_format("dd/mm/yyyy"),
        Format::new().set_num_format("hh:mm"),
        Format::new().set_num_format("@"),
    );
    let sheet = book.add_worksheet();
    sheet.set_name(SHEET)?.set_freeze_panes(1, 0)?;
    for (row, values) in (0_u32..).zip(table) {
        for (column, value) in (0_u16..).zip(values) {
            match value {
                Value::Empty => {}
                Value::Text(words) => {
                    sheet.write_string_with_format(row, column, words, if row == 0 { &head } else { &text })?;
                }
                Value::Number(number) => {
                    sheet.write_number(row, column, number.to_f64().unwrap_or_default())?;
                }
                Value::Day(date) => {
                    let date = ExcelDateTime::parse_from_str(&date.to_string())?;
                    sheet.write_datetime_with_format(row, column, &date, &day)?;
                }
                Value::Time(minutes) => {
                    let clock =
                        ExcelDateTime::from_hms(minutes / 60, u8::try_from(minutes % 60).unwrap_or_default(), 0)?;
                    sheet.write_datetime_with_format(row, column, &clock, &time)?;
                }
            }
        }
    }
    widths(sheet, table)?;
    choices(sheet, table, reasons)?;
    if !reasons.is_empty() {
        let sheet = book.add_worksheet();
        sheet.set_name("Reasons")?.set_freeze_panes(1, 0)?;
        sheet.write_string_with_format(0, 0, "Reason", &head)?.write_string_with_format(
            0,
            1,
            "What it means",
            &head,
        )?;
        for (row, (code, words)) in (1_u32..).zip(reasons) {
            sheet.write_string(row, 0, code)?.write_string(row, 1, words)?;
        }
        sheet.set_column_width(0, 30)?.set_column_width(1, 60)?;
    }
    book.save_to_buffer()
}

/// Each column as wide as what stands in its first rows.
fn widths(sheet: &mut Worksheet, table: &[Vec<Value>]) -> Result<(), XlsxError> {
    let columns = table.first().map_or(0, Vec::len);
    for (column, place) in (0_u16..).zip(0..columns) {
        let letters = |row: &Vec<Value>| match row.get(place) {
            Some(Value::Text(text)) => text.chars().count(),
            Some(Value::Day(_)) => 10,
            _ => 0,
        };
        let widest = table.iter().take(50).map(letters).max().unwrap_or_default();
        sheet.set_column_width(column, u32::try_from(widest.clamp(8, 40) + 2).unwrap_or(10))?;
    }
    Ok(())
}

/// Reasons and outcomes are chosen, and not typed.
fn choices(sheet: &mut Worksheet, table: &[Vec<Value>], reasons: &BTreeMap<String, String>) -> Result<(), XlsxError> {
    let last = u32::try_from(table.len()).unwrap_or(u32::MAX).saturating_add(500).min(1_048_575);
    for (column, heading) in (0_u16..).zip(table.first().into_iter().flatten()) {
        match heading {
            Value::Text(heading) if heading == "Reason" && !reasons.is_empty() => {
                let range = format!("=Reasons!$A$2:$A${}", reasons.len() + 1);
                let list = DataValidation::new().allow_list_formula(Formula::new(range));
                sheet.add_data_validation(1, column, last, column, &list)?;
            }
            Value::Text(heading) if heading == "Outcome" => {
                let list = DataValidation::new().allow_list_strings(&["Delivered", "Frustrated", "Missed"])?;
                sheet.add_data_validation(1, column, last, column, &list)?;
            }
            _ => {}
        }
    }
    Ok(())
}
