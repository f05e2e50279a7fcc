//! Tables as people paste them, and what they are told when a row cannot be read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::{NaiveDate, NaiveTime};
use counterfoil_core::calendar::import::{Import, ImportError, Mapping, import, read};
use counterfoil_core::calendar::{BankHolidays, CheckSettings, Finding, FindingCode, check, deadline, published};

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
}

fn by_headings(text: &str) -> Import {
    import(text, None, published::CUT_OFF_TIME).unwrap()
}

fn checked(text: &str) -> Vec<Finding> {
    let import = by_headings(text);
    assert!(import.unread.is_empty(), "{:?}", import.unread);
    check(&import.periods, &CheckSettings::default(), &BankHolidays::bundled().unwrap())
}

/// The same period in every way of separating columns and writing dates.
#[test]
fn separators_and_ways_of_writing_dates_do_not_matter() {
    let expected = by_headings(published::RESIDENTIAL_2024).periods[0].dates;
    for text in [
        "Last date for amendments\tPayment run finalisation date\tPeriod covered starts\tPeriod covered ends\tPaid into bank account\n2024-04-02\t2024-04-03\t2024-03-30\t2024-04-26\t2024-04-09\n",
        "| Last date for amendments | Payment run finalisation date | Period covered starts | Period covered ends | Paid into bank account |\n|---|---|---|---|---|\n| 2 April 2024 | 3 April 2024 | 30 March 2024 | 26 April 2024 | 9 April 2024 |",
        "Amendments close   Finalised   Period from   Period to   Payment date\r\n2 Apr 2024   3 Apr 2024  30 Mar 2024     26 Apr 2024   9 Apr 2024\r\n",
        "Period start;Period end;Cut-off;Run date;BACS date\n30/3/24;26/4/24;2/4/24;3/4/24;9/4/24\n",
        "\u{feff}Payment schedule 2024/25,,,,\n\n\"Cut off\",\"Finalisation\",\"Week commencing\",\"Week ending\",\"Paid\"\n\"Tuesday, 2nd April 2024\",\"Wed 3rd Apr 2024\",\"Saturday 30 March 2024\",26.04.2024,9-4-2024\n",
        "Deadline\tFinalisation\tStart\tEnd\tPaid\n2 April 2024 at 6pm\t03/04/2024\t30/03/2024\t26/04/2024\t09/04/2024",
    ] {
        let import = by_headings(text);
        assert!(import.unread.is_empty(), "{text}: {:?}", import.unread);
        assert_eq!(import.periods.len(), 1, "{text}");
        assert_eq!(import.periods[0].dates, expected, "{text}");
    }
}

#[test]
fn a_time_in_the_table_counts_before_the_usual_one() {
    let text = "Cut-off,Finalisation,Start,End,Paid\n2024-12-23T12:00,24/12/2024,14/12/2024,20/12/2024,31/12/2024\n";
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    assert_eq!(by_headings(text).periods[0].dates.cut_off, deadline(day("23/12/2024"), noon));
}

#[test]
fn what_stands_above_and_between_is_kept() {
    let text = "Residential payments\n\nCut-off,Finalisation,Start,End,Paid\n\n02/04/2024,03/04/2024,30/03/2024,26/04/2024,\"09/04/2024\"\n\nBank holidays are counted in\n";
    let table = read(text).unwrap();
    assert_eq!(table.above[0].text, "Residential payments");
    assert_eq!(table.heading_text, "Cut-off,Finalisation,Start,End,Paid");
    assert_eq!(
        (table.rows[0].row, table.rows[0].text.as_str()),
        (5, "02/04/2024,03/04/2024,30/03/2024,26/04/2024,\"09/04/2024\"")
    );
    let import = by_headings(text);
    assert_eq!(import.periods.len(), 1);
    assert_eq!((import.unread[0].row, import.unread[0].text.as_str()), (7, "Bank holidays are counted in"));
}

#[test]
fn rows_that_cannot_be_read_say_what_to_write_instead() {
    let text = "Last date for amendments,Payment run finalisation date,Period covered starts,Period covered ends,Paid into bank account\n\
                02/04/2024,03/04/2024,30/03/2024,26/04/2024,04/19/2024\n\
                30/04/2024,31/04/2024,27/04/2024,24/05/2024,08/05/2024\n\
                28/05/2024,,25/05/2024,21/06/2024,04/06/2024\n\
                25/06/2024,tbc,22/06/2024,19/07/2024,02/07/2024\n\
                23/07/2024,24/07/2024 10:00,20/07/2024,16/08/2024,30/07/2024\n\
                20/08/2024,21/08/2024,17/08/2024,13/09/2024,28/08/2024\n";
    let import = by_headings(text);
    assert_eq!(import.periods.len(), 1);
    let said: Vec<&str> = import.unread.iter().map(|row| row.sentence.as_str()).collect();
    assert_eq!(
        said,
        [
            "Row 2, \u{2018}Paid into bank account\u{2019} reads \u{2018}04/19/2024\u{2019}: it has no month 19; write day/month/year, as 16/03/2024, the day first.",
            "Row 3, \u{2018}Payment run finalisation date\u{2019} reads \u{2018}31/04/2024\u{2019}: it is a day that does not exist; write day/month/year, as 16/03/2024.",
            "Row 4, \u{2018}Payment run finalisation date\u{2019} is empty: it has no date; write day/month/year, as 16/03/2024.",
            "Row 5, \u{2018}Payment run finalisation date\u{2019} reads \u{2018}tbc\u{2019}: it is not a date; write day/month/year, as 16/03/2024.",
            "Row 6, \u{2018}Payment run finalisation date\u{2019} reads \u{2018}24/07/2024 10:00\u{2019}: it has a time as well, which only the cut-off may; write day/month/year, as 16/03/2024.",
        ]
    );
    assert_eq!(import.unread[3].text, "25/06/2024,tbc,22/06/2024,19/07/2024,02/07/2024");
}

#[test]
fn texts_that_are_no_tables_say_so() {
    assert_eq!(read(" \n").unwrap_err(), ImportError::Empty);
    assert_eq!(read("Dear all,\nplease find below\n").unwrap_err(), ImportError::NotATable);
    let headings = published::RESIDENTIAL_2024.lines().next().unwrap();
    assert_eq!(read(headings).unwrap_err(), ImportError::NoRows);
    let renamed = published::RESIDENTIAL_2024.replace("Paid into bank account", "When");
    let error = import(&renamed, None, published::CUT_OFF_TIME).unwrap_err();
    assert!(
        error.to_string().starts_with("the column \u{2018}Paid into bank account\u{2019} was not found"),
        "{error}"
    );
}

#[test]
fn a_table_without_headings_is_understood_by_its_values_once_a_person_agrees() {
    let text = published::RESIDENTIAL_2024.split_once('\n').unwrap().1;
    let table = read(text).unwrap();
    let proposal = table.mapping().unwrap();
    assert_eq!(proposal.by_headings, None);
    assert_eq!(proposal.finding.unwrap().code, FindingCode::ColumnsDisagree);
    assert!(matches!(import(text, None, published::CUT_OFF_TIME), Err(ImportError::MissingColumn { .. })));
    let agreed = table.import(&proposal.mapping, published::CUT_OFF_TIME).unwrap();
    let headed = by_headings(published::RESIDENTIAL_2024);
    let dates = |import: &Import| import.periods.iter().map(|period| period.dates).collect::<Vec<_>>();
    assert_eq!(dates(&agreed), dates(&headed));
}

#[test]
fn a_mapping_must_give_each_date_a_column_of_its_own() {
    let mapping = Mapping { cut_off: 0, finalisation: 1, starts: 2, ends: 2, bank_date: 4, number: None };
    let error = import(published::RESIDENTIAL_2024, Some(&mapping), published::CUT_OFF_TIME).unwrap_err();
    assert_eq!(error, ImportError::Mapping { column: 3, columns: 5 });
    let beyond = Mapping { ends: 9, ..mapping };
    let error = import(published::RESIDENTIAL_2024, Some(&beyond), published::CUT_OFF_TIME).unwrap_err();
    assert_eq!(error, ImportError::Mapping { column: 10, columns: 5 });
}

/// Damages one row of a table that has no finding, and expects that row and nothing else to be named.
#[test]
fn each_kind_of_damage_is_found_and_nothing_else() {
    use FindingCode::{
        BankNotWorkingDay, BankOffRule, CutOffAfterFinalisation, EndsBeforeStart, FinalisationNotWorkingDay, Gap,
        OddLength, Overlap, TooShortForBacs, WrongWeekday,
    };
    let whole = published::DIRECT_PAYMENTS_2024;
    let row = "24/09/2024,25/09/2024,12/10/2024,08/11/2024,01/10/2024";
    assert!(whole.contains(row));
    for (damaged, expected) in [
        // the period ends a day early, so that the next one leaves a day out
        ("24/09/2024,25/09/2024,12/10/2024,07/11/2024,01/10/2024", vec![WrongWeekday, Gap]),
        ("24/09/2024,25/09/2024,12/10/2024,15/11/2024,01/10/2024", vec![OddLength, Overlap]),
        ("24/09/2024,25/09/2024,12/10/2024,08/10/2024,01/10/2024", vec![EndsBeforeStart, WrongWeekday, Gap]),
        ("25/09/2024,25/09/2024,12/10/2024,08/11/2024,01/10/2024", vec![WrongWeekday]),
        ("26/09/2024,25/09/2024,12/10/2024,08/11/2024,01/10/2024", vec![WrongWeekday, CutOffAfterFinalisation]),
        ("24/09/2024,28/09/2024,12/10/2024,08/11/2024,03/10/2024", vec![WrongWeekday, FinalisationNotWorkingDay]),
        ("24/09/2024,25/09/2024,12/10/2024,08/11/2024,02/10/2024", vec![BankOffRule]),
        ("24/09/2024,25/09/2024,12/10/2024,08/11/2024,26/09/2024", vec![TooShortForBacs]),
        ("24/09/2024,25/09/2024,12/10/2024,08/11/2024,29/09/2024", vec![BankNotWorkingDay, BankOffRule]),
    ] {
        let findings = checked(&whole.replace(row, damaged));
        let mut codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(codes, expected, "{damaged}: {findings:#?}");
        assert!(findings.iter().all(|finding| matches!(finding.row, Some(8 | 9))), "{findings:#?}");
    }
}

#[test]
fn a_row_that_is_there_twice_overlaps() {
    let twice = format!("{}24/09/2024,25/09/2024,12/10/2024,08/11/2024,01/10/2024\n", published::DIRECT_PAYMENTS_2024);
    let findings = checked(&twice);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!((findings[0].code, findings[0].row), (FindingCode::Overlap, Some(15)));
}

#[test]
fn dates_beyond_the_known_holidays_are_said_once() {
    let late = published::DIRECT_PAYMENTS_2024.replace("/2025", "/2031").replace("/2024", "/2030");
    let import = by_headings(&late);
    let findings = check(&import.periods, &CheckSettings::default(), &BankHolidays::bundled().unwrap());
    assert_eq!(findings.iter().filter(|finding| finding.code == FindingCode::HolidaysUnknown).count(), 1);
}
