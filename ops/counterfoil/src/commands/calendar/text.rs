//! The answer of `calendar check` as text for a terminal: columns, rows, and what is unusual about them.

use std::fmt::Write as _;

use counterfoil_core::calendar::{PayPeriod, Severity, clock};

use super::Report;

impl Report {
    pub(super) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        let (division, count) = (self.division.title(), self.periods.len());
        writeln!(text, "{}: {count} pay periods read, bank holidays of {division}", self.file)?;
        self.write_columns(&mut text)?;
        if let Some(rule) = &self.rule {
            writeln!(text, "Bank dates: {} of {} rows follow \u{2018}{}\u{2019}", rule.rows, rule.of, rule.words)?;
        }
        self.write_periods(&mut text)?;
        self.write_unread(&mut text)?;
        self.write_findings(&mut text)?;
        Ok(text)
    }

    fn write_columns(&self, text: &mut String) -> std::fmt::Result {
        if !self.mapping_proposed {
            return writeln!(text, "Columns: as headed");
        }
        writeln!(text, "Columns: not as headed; checked in this order, for a person to agree to")?;
        for used in &self.columns {
            let headed = used.headed.as_deref().unwrap_or("no heading");
            writeln!(text, "  {:<31}column {} ({headed})", used.date, used.column)?;
        }
        Ok(())
    }

    fn write_periods(&self, text: &mut String) -> std::fmt::Result {
        let headings = ["starts", "ends", "amendments", "finalised", "in the bank"];
        writeln!(text)?;
        write!(text, "   row")?;
        for heading in headings {
            write!(text, "  {heading:<14}")?;
        }
        writeln!(text)?;
        for period in &self.periods {
            let row = period.origin.row();
            let named = self.findings.iter().any(|finding| finding.row.is_some() && finding.row == row);
            let dates = period.dates;
            write!(text, "{} {:>4}", if named { '*' } else { ' ' }, row.unwrap_or_default())?;
            for day in [dates.starts, dates.ends, dates.cut_off_date(), dates.finalisation, dates.bank_date] {
                write!(text, "  {:<14}", day.format("%a %d/%m/%Y").to_string())?;
            }
            writeln!(text)?;
        }
        let usual = |period: &PayPeriod| clock::local_time(period.dates.cut_off).time() == self.cut_off_time;
        let otherwise = if self.periods.iter().all(usual) { "" } else { ", unless the table gives a time" };
        let time = self.cut_off_time.format("%H:%M");
        writeln!(text, "Amendments are taken to close at {time} on these days{otherwise}.")
    }

    fn write_unread(&self, text: &mut String) -> std::fmt::Result {
        if self.unread.is_empty() {
            return Ok(());
        }
        writeln!(text, "\nRows that cannot be read: {}", self.unread.len())?;
        for row in &self.unread {
            writeln!(text, "  {}\n    as published: {}", row.sentence, row.text)?;
        }
        Ok(())
    }

    fn write_findings(&self, text: &mut String) -> std::fmt::Result {
        if self.findings.is_empty() {
            return writeln!(text, "\nNo findings.");
        }
        writeln!(text, "\nFindings: {}", self.findings.len())?;
        for finding in &self.findings {
            let place = finding.row.map_or_else(|| "Whole table".to_owned(), |row| format!("Row {row}"));
            let date = finding.dates.first().map(|day| format!(", {}", day.format("%d/%m/%Y"))).unwrap_or_default();
            let severity = match finding.severity {
                Severity::Warning => "warning",
                Severity::Impossible => "impossible",
            };
            writeln!(text, "  {place}{date}: {severity}, {}\n    {}", finding.code.as_str(), finding.sentence)?;
        }
        Ok(())
    }
}
