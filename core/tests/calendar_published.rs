//! The four tables that Worcestershire published: all import, and exactly the unusual rows are named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::NaiveDate;
use counterfoil_core::calendar::import::{Column, Import, Mapping, read};
use counterfoil_core::calendar::{
    BankDateRule, BankHolidays, CheckSettings, Division, Finding, FindingCode, HolidayUse, Origin, Severity,
    Submission, check, inferred_bank_date_rule, published,
};

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
}

fn holidays() -> BankHolidays {
    BankHolidays::bundled().unwrap()
}

/// Imports with the proposed mapping, as a person would who agrees to it.
fn import(text: &str) -> (Import, Option<Finding>) {
    let table = read(text).unwrap();
    let proposal = table.mapping().unwrap();
    let import = table.import(&proposal.mapping, published::CUT_OFF_TIME).unwrap();
    assert!(import.unread.is_empty(), "{:?}", import.unread);
    (import, proposal.finding)
}

fn findings_with(text: &str, settings: CheckSettings) -> Vec<Finding> {
    check(&import(text).0.periods, &settings, &holidays())
}

/// Code and first date of each finding.
fn named(findings: &[Finding]) -> Vec<(FindingCode, NaiveDate)> {
    findings.iter().map(|finding| (finding.code, finding.dates[0])).collect()
}

#[test]
fn direct_payments_have_no_finding_although_they_are_paid_before_the_period_starts() {
    let (import, columns) = import(published::DIRECT_PAYMENTS_2024);
    assert_eq!(import.periods.len(), 13);
    assert!(import.periods.iter().all(|period| period.dates.bank_date < period.dates.starts));
    assert_eq!(columns, None);
    assert_eq!(check(&import.periods, &CheckSettings::default(), &holidays()), []);
}

#[test]
fn residential_2024_is_off_in_one_row_of_fourteen() {
    let (import, columns) = import(published::RESIDENTIAL_2024);
    assert_eq!((import.periods.len(), columns), (14, None));
    let periods: Vec<_> = import.periods.iter().collect();
    let holidays = holidays();
    let rule = inferred_bank_date_rule(&periods, &holidays.working_days(Division::EnglandAndWales));
    assert_eq!(rule, Some((BankDateRule::WorkingDaysAfter { days: 4 }, 13)));

    let findings = check(&import.periods, &CheckSettings::default(), &holidays);
    assert_eq!(named(&findings), [(FindingCode::BankOffRule, day("27/08/2024"))]);
    assert_eq!(findings[0].row, Some(7));
    assert_eq!(findings[0].severity, Severity::Warning);
    assert_eq!(
        findings[0].sentence,
        "Paid into the bank on Tuesday 27 August 2024, 3 working days after the run is finalised on Wednesday 21 August \
         2024; 13 of 14 rows follow \u{2018}finalisation + 4 working days\u{2019}, which gives Wednesday 28 August 2024 \
         (bank holidays counted in: Monday 26 August 2024: Summer bank holiday)."
    );
}

#[test]
fn residential_2020_is_off_around_easter_ve_day_and_the_summer_bank_holiday() {
    let findings = findings_with(published::RESIDENTIAL_2020, CheckSettings::default());
    let off = |date| (FindingCode::BankOffRule, day(date));
    assert_eq!(named(&findings), [off("14/04/2020"), off("12/05/2020"), off("01/09/2020")]);
    assert!(findings.iter().all(|finding| finding.sentence.contains("13 of 16 rows follow")));
}

#[test]
fn carer_flexible_breaks_are_read_in_another_order_and_five_rows_are_named() {
    let (import, columns) = import(published::CARER_FLEXIBLE_BREAKS_2024);
    let columns = columns.unwrap();
    assert_eq!(columns.code, FindingCode::ColumnsDisagree);
    assert!(columns.sentence.contains("\u{2018}Period covered starts\u{2019} is column 1"), "{}", columns.sentence);
    let read = Column::ALL.map(|column| import.mapping.index(column));
    assert_eq!(read, [2, 3, 0, 1, 4], "cut-off, finalisation, starts, ends, bank date");

    let findings = check(&import.periods, &CheckSettings::default(), &holidays());
    assert_eq!(
        named(&findings),
        [
            (FindingCode::FinalisationNotWorkingDay, day("01/01/2025")),
            (FindingCode::BankOffRule, day("06/01/2025")),
            (FindingCode::BankBeforeFinalisation, day("04/01/2025")),
            (FindingCode::BankNotWorkingDay, day("04/01/2025")),
            (FindingCode::BankOnFinalisation, day("26/02/2025")),
            (FindingCode::BankOnFinalisation, day("26/03/2025")),
            (FindingCode::BankOnFinalisation, day("23/04/2025")),
        ]
    );
    let rows: Vec<u32> = findings.iter().filter_map(|finding| finding.row).collect();
    assert_eq!(rows, [11, 11, 12, 12, 13, 14, 15]);
    let impossible = findings.iter().filter(|finding| finding.severity == Severity::Impossible);
    assert_eq!(impossible.map(|finding| finding.row.unwrap()).collect::<Vec<_>>(), [12, 12, 13, 14, 15]);
    assert!(findings[0].sentence.contains("Wednesday 1 January 2025, a bank holiday (New Year\u{2019}s Day)"));
    assert!(findings[1].sentence.contains("Monday 6 January 2025, 3 working days after"));
    assert!(findings[3].sentence.contains("Saturday 4 January 2025"));
}

#[test]
fn as_headed_the_carer_table_would_make_no_sense_and_is_kept_all_the_same() {
    let table = read(published::CARER_FLEXIBLE_BREAKS_2024).unwrap();
    let headed = Mapping::by_headings(&table).unwrap();
    let import = table.import(&headed, published::CUT_OFF_TIME).unwrap();
    assert_eq!(import.periods.len(), 14);
    let findings = check(&import.periods, &CheckSettings::default(), &holidays());
    assert!(findings.iter().any(|finding| finding.code == FindingCode::Gap));
}

#[test]
fn every_row_keeps_its_published_text() {
    for text in [
        published::DIRECT_PAYMENTS_2024,
        published::RESIDENTIAL_2024,
        published::CARER_FLEXIBLE_BREAKS_2024,
        published::RESIDENTIAL_2020,
    ] {
        let (import, _) = import(text);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(import.periods.len(), lines.len() - 1);
        for period in &import.periods {
            let Origin::Imported { row, text } = &period.origin else { panic!("not imported") };
            assert_eq!(text, lines[usize::try_from(*row).unwrap() - 1]);
        }
    }
}

#[test]
fn another_division_judges_by_its_own_holidays() {
    // Scotland's summer bank holiday was Monday 5 August, not 26 August
    let scotland = CheckSettings { division: Division::Scotland, ..CheckSettings::default() };
    assert_eq!(named(&findings_with(published::RESIDENTIAL_2024, scotland)), []);
    let direct = findings_with(published::DIRECT_PAYMENTS_2024, scotland);
    assert_eq!(named(&direct), [(FindingCode::BankOffRule, day("06/08/2024"))]);
}

#[test]
fn a_council_that_submits_a_day_later_has_less_time() {
    // 8 April 2020 is followed by Thursday, Good Friday and Easter Monday: the 14th is only the second working day
    let later = CheckSettings { submission: Submission::NextWorkingDay, ..CheckSettings::default() };
    let findings = findings_with(published::RESIDENTIAL_2020, later);
    assert_eq!(
        named(&findings),
        [
            (FindingCode::TooShortForBacs, day("14/04/2020")),
            (FindingCode::BankOffRule, day("12/05/2020")),
            (FindingCode::BankOffRule, day("01/09/2020")),
        ]
    );
    assert_eq!(findings[0].severity, Severity::Impossible);
}

#[test]
fn holidays_can_be_left_out_or_taken_as_known_earlier() {
    // before 7 June 2019 the early May bank holiday of 2020 was Monday 4 May, so 12/05 was right
    let known_on = Some(day("01/01/2019"));
    let before = CheckSettings { holidays: HolidayUse::CountedIn { known_on }, ..CheckSettings::default() };
    let findings = findings_with(published::RESIDENTIAL_2020, before);
    assert_eq!(
        named(&findings).iter().map(|(_, date)| *date).collect::<Vec<_>>(),
        [day("14/04/2020"), day("01/09/2020")]
    );

    let none = CheckSettings { holidays: HolidayUse::NotCounted, ..CheckSettings::default() };
    assert_eq!(
        named(&findings_with(published::RESIDENTIAL_2024, none)),
        [(FindingCode::BankOffRule, day("08/05/2024"))]
    );
}

#[test]
fn a_rule_that_is_given_counts_instead_of_the_tables_own() {
    let rule =
        BankDateRule::WeekdayAfter { weekday: chrono::Weekday::Tue, roll: counterfoil_core::calendar::Roll::Later };
    let given = CheckSettings { bank_date: Some(rule), ..CheckSettings::default() };
    assert_eq!(named(&findings_with(published::RESIDENTIAL_2020, given)), []);
    let findings = findings_with(published::RESIDENTIAL_2024, given);
    assert_eq!(named(&findings), [(FindingCode::BankOffRule, day("08/05/2024"))]);
    assert!(findings[0].sentence.contains("the schedule's rule is \u{2018}the Tuesday after finalisation\u{2019}"));
}
