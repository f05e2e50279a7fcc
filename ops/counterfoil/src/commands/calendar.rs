//! `counterfoil calendar check FILE`: what is unusual about a published table of pay periods.
//!
//! Stands before everything else: a council tries its table here before importing it. Reads a CSV or pasted
//! text, says which column it took for which date, and names each row that breaks the table's own rules.
//! Exit code 0 without findings, 1 with findings or rows that cannot be read, 2 when the file is no table.

mod text;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::NaiveTime;
use clap::{Args, Subcommand};
use counterfoil_core::calendar::import::{self, Column, Mapping, UnreadRow};
use counterfoil_core::calendar::{
    BankDateRule, BankHolidays, CheckSettings, Division, Finding, PayPeriod, check, inferred_bank_date_rule, published,
};
use serde::Serialize;

/// What can be done with calendars.
#[derive(Debug, Args)]
pub(crate) struct CalendarArgs {
    #[command(subcommand)]
    command: CalendarCommand,
}

#[derive(Debug, Subcommand)]
enum CalendarCommand {
    /// Name the rows of a published table that are unusual or cannot be
    Check(CheckArgs),
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// CSV file, or text as pasted from a page or a document
    file: PathBuf,
    /// Whose bank holidays the council keeps: england-and-wales, scotland or northern-ireland
    #[arg(long, default_value_t)]
    division: Division,
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the answer cannot be printed or the bundled bank holidays are damaged. A file that cannot be read is an
/// answer: it is said on standard error, and the exit code is 2.
pub(crate) fn run(args: &CalendarArgs) -> anyhow::Result<ExitCode> {
    let CalendarCommand::Check(args) = &args.command;
    let holidays = BankHolidays::bundled().context("the bundled bank holidays cannot be read")?;
    let report = match Report::of(&args.file, args.division, &holidays) {
        Ok(report) => report,
        Err(cause) => {
            writeln!(std::io::stderr(), "{}: {cause:#}", args.file.display())?;
            return Ok(ExitCode::from(2));
        }
    };
    let text = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text()? };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What there is to say about a table.
#[derive(Debug, Serialize)]
struct Report {
    file: String,
    division: Division,
    /// Which column was taken for which date.
    columns: Vec<ColumnUsed>,
    /// Whether that is another order than the headings state, to which a person has to agree.
    mapping_proposed: bool,
    mapping: Mapping,
    /// By clocks in the United Kingdom, on the cut-off day, where the table gives no time.
    cut_off_time: NaiveTime,
    rule: Option<RuleFound>,
    periods: Vec<PayPeriod>,
    unread: Vec<UnreadRow>,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct ColumnUsed {
    date: &'static str,
    /// Counted from 1.
    column: usize,
    headed: Option<String>,
}

#[derive(Debug, Serialize)]
struct RuleFound {
    rule: BankDateRule,
    words: String,
    rows: usize,
    of: usize,
}

impl Report {
    fn of(file: &Path, division: Division, holidays: &BankHolidays) -> anyhow::Result<Self> {
        let bytes = std::fs::read(file).context("the file cannot be opened")?;
        let text = String::from_utf8(bytes)
            .map_err(|_| anyhow::anyhow!("the file is not text in UTF-8; save it as \u{2018}CSV UTF-8\u{2019}"))?;
        let table = import::read(&text)?;
        let proposal = table.mapping()?;
        let import = table.import(&proposal.mapping, published::CUT_OFF_TIME)?;

        let settings = CheckSettings { division, ..CheckSettings::default() };
        let mapping_proposed = proposal.finding.is_some();
        let mut findings: Vec<Finding> = proposal.finding.into_iter().collect();
        findings.extend(check(&import.periods, &settings, holidays));

        let periods: Vec<&PayPeriod> = import.periods.iter().collect();
        let found = inferred_bank_date_rule(&periods, &holidays.working_days(division));
        let of = periods.len();
        let rule = found.map(|(rule, rows)| RuleFound { rule, words: rule.describe(), rows, of });
        let used = |date: Column| {
            let index = import.mapping.index(date);
            ColumnUsed { date: date.heading(), column: index + 1, headed: table.headings.get(index).cloned() }
        };
        Ok(Self {
            file: file.display().to_string(),
            division,
            columns: Column::ALL.map(used).into(),
            mapping_proposed,
            mapping: import.mapping,
            cut_off_time: published::CUT_OFF_TIME,
            rule,
            periods: import.periods,
            unread: import.unread,
            findings,
        })
    }

    fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.unread.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn report(table: &str) -> anyhow::Result<Report> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), table)?;
        Report::of(file.path(), Division::EnglandAndWales, &BankHolidays::bundled()?)
    }

    #[test]
    fn a_table_without_findings_is_clean() {
        let report = report(published::DIRECT_PAYMENTS_2024).unwrap();
        assert!(report.is_clean());
        assert!(report.text().unwrap().ends_with("\nNo findings.\n"));
    }

    #[test]
    fn text_and_json_say_the_same() {
        for table in [published::RESIDENTIAL_2024, published::CARER_FLEXIBLE_BREAKS_2024, published::RESIDENTIAL_2020] {
            let report = report(table).unwrap();
            assert!(!report.is_clean());
            let text = report.text().unwrap();
            let json = serde_json::to_value(&report).unwrap();
            let findings = json["findings"].as_array().unwrap();
            assert!(text.contains(&format!("Findings: {}\n", findings.len())));
            for finding in findings {
                assert!(text.contains(finding["sentence"].as_str().unwrap()), "{finding}");
            }
            for period in json["periods"].as_array().unwrap() {
                let starts = chrono::NaiveDate::parse_from_str(period["starts"].as_str().unwrap(), "%Y-%m-%d").unwrap();
                assert!(text.contains(&starts.format("%a %d/%m/%Y").to_string()), "{period}");
            }
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_no_clean_table() {
        let report = report(&published::DIRECT_PAYMENTS_2024.replace("31/07/2024", "31/06/2024")).unwrap();
        assert!(!report.is_clean());
        let text = report.text().unwrap();
        assert!(text.contains("Rows that cannot be read: 1\n"), "{text}");
        assert!(text.contains("as published: 30/07/2024,31/06/2024,17/08/2024,13/09/2024,06/08/2024"), "{text}");
    }

    #[test]
    fn a_file_that_is_no_table_says_what_to_do() {
        let cause = report("Dear council,").unwrap_err();
        assert!(cause.to_string().starts_with("no line has the five dates"), "{cause}");
    }
}
