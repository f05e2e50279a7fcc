//! Worcestershire's weekly schedule from its rule: Easter, both early cut-offs of Christmas 2024, and who is paid when.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use counterfoil_core::calendar::import::{import, read};
use counterfoil_core::calendar::{
    AcceptedFinding, BankDateRule, BankHolidays, Calendar, CutOffRule, DayRule, Division, FinalisationRule,
    FindingCode, Generator, HolidayUse, Origin, PayPeriod, PeriodOverride, Roll, RunError, Schedule, ScheduleError,
    Severity, Timing, Unit, deadline, export, published,
};

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
}

fn at(date: &str, time: &str) -> DateTime<Utc> {
    deadline(day(date), NaiveTime::parse_from_str(time, "%H:%M:%S").unwrap())
}

fn unroll(schedule: &Schedule, from: &str, to: &str) -> Calendar {
    schedule.calendar(day(from), day(to), &BankHolidays::bundled().unwrap()).unwrap()
}

fn weekly() -> Calendar {
    unroll(&published::weekly_actuals(), "02/03/2024", "28/03/2025")
}

#[test]
fn an_ordinary_week_closes_on_tuesday_and_pays_on_the_next() {
    let calendar = weekly();
    let period = calendar.period_containing(day("12/06/2024")).unwrap().dates;
    assert_eq!((period.starts, period.ends), (day("08/06/2024"), day("14/06/2024")));
    assert_eq!(period.cut_off, at("18/06/2024", "18:00:00"));
    assert_eq!((period.finalisation, period.bank_date), (day("19/06/2024"), day("25/06/2024")));
}

#[test]
fn the_run_of_27_march_2024_pays_on_4_april_over_easter() {
    let calendar = weekly();
    let run = calendar.periods.iter().find(|period| period.dates.finalisation == day("27/03/2024")).unwrap();
    assert_eq!(run.dates.bank_date, day("04/04/2024"));
    assert_eq!(run.origin, Origin::Generated);
}

#[test]
fn the_early_cut_off_of_christmas_2024_decides_to_the_second() {
    let calendar = weekly();
    let week = day("14/12/2024");
    let paid = |received| calendar.run_for(received, week).unwrap().dates.bank_date;
    assert_eq!(paid(at("22/12/2024", "18:00:00")), day("31/12/2024"));
    assert_eq!(paid(at("22/12/2024", "18:00:00") + TimeDelta::milliseconds(999)), day("31/12/2024"));
    assert_eq!(paid(at("22/12/2024", "18:00:01")), day("07/01/2025"));
    assert_eq!(paid(at("30/12/2024", "18:00:00")), day("07/01/2025"));
    assert_eq!(paid(at("30/12/2024", "18:00:01")), day("14/01/2025"));
    // the next week has its own early cut-off
    assert_eq!(
        calendar.run_for(at("30/12/2024", "18:00:00"), day("21/12/2024")).unwrap().dates.bank_date,
        day("07/01/2025")
    );
}

#[test]
fn an_override_keeps_its_reason_and_what_the_rule_said() {
    let calendar = weekly();
    let period = calendar.period_containing(day("16/12/2024")).unwrap();
    let Origin::Overridden { reason, said, from } = &period.origin else { panic!("not overridden") };
    assert_eq!(reason, "Early cut-off at Christmas");
    assert_eq!(said.cut_off, at("24/12/2024", "18:00:00"));
    assert_eq!(said.finalisation, day("27/12/2024"), "Christmas Day and Boxing Day are no days for a run");
    assert_eq!(**from, Origin::Generated);
    // a Sunday is unusual, and the override says why
    let unusual: Vec<_> = calendar.findings.iter().filter(|f| f.period_starts == Some(day("14/12/2024"))).collect();
    assert!(unusual.iter().any(|finding| finding.code == FindingCode::WrongWeekday));
    assert_eq!(calendar.open_findings().collect::<Vec<_>>(), Vec::<&counterfoil_core::calendar::Finding>::new());
}

#[test]
fn confirming_after_the_last_known_cut_off_asks_for_more_periods() {
    let calendar = weekly();
    let error = calendar.run_for(at("01/05/2025", "09:00:00"), day("22/03/2025")).unwrap_err();
    assert_eq!(error, RunError::BeyondCalendar { calendar: "Weekly actuals".to_owned() });
    let error = calendar.run_for(at("01/05/2024", "09:00:00"), day("23/03/2024") + TimeDelta::days(1)).unwrap_err();
    assert!(matches!(error, RunError::NoSuchPeriod { .. }));
}

#[test]
fn the_rules_behind_the_published_tables_make_their_rows() {
    for (text, schedule, off) in [
        (published::DIRECT_PAYMENTS_2024, published::direct_payments(), 0),
        (published::RESIDENTIAL_2024, published::residential(), 1),
        (published::CARER_FLEXIBLE_BREAKS_2024, published::carer_flexible_breaks(), 5),
    ] {
        let table = read(text).unwrap();
        let mapping = table.mapping().unwrap().mapping;
        let imported = table.import(&mapping, published::CUT_OFF_TIME).unwrap().periods;
        let calendar = unroll(
            &schedule,
            &imported[0].dates.starts.format("%d/%m/%Y").to_string(),
            &imported.last().unwrap().dates.ends.format("%d/%m/%Y").to_string(),
        );
        assert_eq!(calendar.periods.len(), imported.len());
        let mut differ = 0;
        for (made, published) in calendar.periods.iter().zip(&imported) {
            assert_eq!((made.number, made.dates.starts), (published.number, published.dates.starts));
            assert_eq!((made.dates.ends, made.dates.cut_off), (published.dates.ends, published.dates.cut_off));
            differ += usize::from(made.dates.bank_date != published.dates.bank_date);
        }
        assert_eq!(differ, off, "{}", schedule.name);
    }
}

#[test]
fn the_2020_table_is_followed_and_the_rule_takes_over_where_it_ends() {
    let table = read(published::RESIDENTIAL_2020).unwrap();
    let mapping = table.mapping().unwrap().mapping;
    let imported = table.import(&mapping, published::CUT_OFF_TIME).unwrap().periods;
    let schedule = Schedule { imported, ..published::residential() };
    let calendar = unroll(&schedule, "01/03/2021", "30/06/2021");
    let dates: Vec<_> = calendar.periods.iter().map(|p| (p.dates.starts, p.origin.row().is_some())).collect();
    assert_eq!(
        dates,
        [
            (day("06/02/2021"), true),
            (day("06/03/2021"), true),
            (day("03/04/2021"), true),
            (day("01/05/2021"), false),
            (day("29/05/2021"), false),
            (day("26/06/2021"), false),
        ]
    );
}

#[test]
fn an_impossible_period_stays_so_until_it_is_overridden() {
    let table = read(published::CARER_FLEXIBLE_BREAKS_2024).unwrap();
    let mapping = table.mapping().unwrap().mapping;
    let imported = table.import(&mapping, published::CUT_OFF_TIME).unwrap().periods;
    let mut schedule = Schedule { imported, ..published::carer_flexible_breaks() };
    schedule.accepted.push(AcceptedFinding {
        code: FindingCode::BankNotWorkingDay,
        period_starts: day("21/12/2024"),
        reason: "we always did it so".to_owned(),
    });
    let january = day("21/12/2024");
    let calendar = unroll(&schedule, "16/03/2024", "11/04/2025");
    assert_eq!(calendar.impossible(january).count(), 2, "nobody can accept what BACS cannot do");
    assert!(calendar.open_findings().any(|finding| finding.severity == Severity::Impossible));

    schedule.overrides.push(PeriodOverride {
        bank_date: Some(day("04/02/2025")),
        ..PeriodOverride::of(january, "Month was mistyped")
    });
    let calendar = unroll(&schedule, "16/03/2024", "11/04/2025");
    assert_eq!(calendar.impossible(january).count(), 0);
    let period = calendar.period_containing(january).unwrap();
    assert_eq!(period.origin.original_text(), Some("21/12/2024,17/01/2025,28/01/2025,29/01/2025,04/01/2025"));
}

#[test]
fn a_warning_is_settled_by_accepting_it_with_a_reason() {
    let table = read(published::RESIDENTIAL_2024).unwrap();
    let mapping = table.mapping().unwrap().mapping;
    let imported = table.import(&mapping, published::CUT_OFF_TIME).unwrap().periods;
    let mut schedule = Schedule { generator: None, imported, ..published::residential() };
    assert_eq!(unroll(&schedule, "01/04/2024", "31/03/2025").open_findings().count(), 1);
    let code = FindingCode::BankOffRule;
    schedule.accepted.push(AcceptedFinding { code, period_starts: day("17/08/2024"), reason: "as agreed".to_owned() });
    assert_eq!(unroll(&schedule, "01/04/2024", "31/03/2025").open_findings().count(), 0);
}

#[test]
fn overrides_need_a_reason_and_a_period() {
    let holidays = BankHolidays::bundled().unwrap();
    let with = |change| Schedule { overrides: vec![change], ..published::weekly_actuals() };
    let (from, to) = (day("01/06/2024"), day("01/08/2024"));
    let error = with(PeriodOverride::of(day("08/06/2024"), " ")).calendar(from, to, &holidays).unwrap_err();
    assert_eq!(error, ScheduleError::NoReason { starts: day("08/06/2024") });
    let error = with(PeriodOverride::of(day("09/06/2024"), "why")).calendar(from, to, &holidays).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no pay period starts on 9 Jun 2024, so it cannot be overridden; give the first day of one that exists"
    );
}

#[test]
fn monthly_periods_close_and_pay_on_days_of_the_month() {
    let generator = Generator {
        unit: Unit::Months(1),
        anchor: day("01/01/2024"),
        timing: Timing::Arrears,
        cut_off: CutOffRule { day: DayRule::DayOfMonth { day: 5, months: 1 }, time: published::CUT_OFF_TIME },
        finalisation: FinalisationRule::WorkingDays { days: 1 },
        bank_date: BankDateRule::DayOfMonth { day: 15, roll: Roll::Earlier },
        holidays: HolidayUse::default(),
    };
    let schedule = Schedule { generator: Some(generator), overrides: Vec::new(), ..published::weekly_actuals() };
    let calendar = unroll(&schedule, "01/02/2024", "31/05/2024");
    let dates: Vec<_> =
        calendar.periods.iter().map(|p| (p.number, p.dates.ends, p.dates.finalisation, p.dates.bank_date)).collect();
    assert_eq!(
        dates,
        [
            (2, day("29/02/2024"), day("06/03/2024"), day("15/03/2024")),
            (3, day("31/03/2024"), day("08/04/2024"), day("15/04/2024")),
            (4, day("30/04/2024"), day("07/05/2024"), day("15/05/2024")),
            (5, day("31/05/2024"), day("06/06/2024"), day("14/06/2024")),
        ]
    );
    assert_eq!(calendar.findings, []);
}

#[test]
fn a_schedule_is_stored_as_readable_json_and_comes_back_the_same() {
    let schedule = published::weekly_actuals();
    let json = serde_json::to_value(&schedule).unwrap();
    assert_eq!(json["division"], "england-and-wales");
    assert_eq!(json["generator"]["unit"], "weeks");
    assert_eq!(json["generator"]["anchor"], "2024-03-30");
    assert_eq!(json["overrides"][0]["cut_off"], "2024-12-22T18:00:00");
    assert_eq!(serde_json::from_value::<Schedule>(json).unwrap(), schedule);
    let calendar = weekly();
    let text = serde_json::to_string(&calendar).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&text).unwrap(), calendar);
    assert_eq!(Division::default(), Division::EnglandAndWales);
}

#[test]
fn a_published_calendar_shows_why_a_period_differs() {
    let mut schedule = published::weekly_actuals();
    schedule.overrides[0].reason = "Early \"Christmas\" cut-off,\nsee letter".to_owned();
    let calendar = unroll(&schedule, "14/12/2024", "27/12/2024");
    let text = export::csv(&calendar.periods);
    assert_eq!(
        text,
        "Number,Last date for amendments,Payment run finalisation date,Period covered starts,Period covered ends,\
         Paid into bank account,Reason for change\r\n\
         38,22/12/2024 18:00:00,23/12/2024,14/12/2024,20/12/2024,31/12/2024,\"Early \"\"Christmas\"\" cut-off,\nsee letter\"\r\n\
         39,30/12/2024 18:00:00,31/12/2024,21/12/2024,27/12/2024,07/01/2025,\"Early cut-off at Christmas\"\r\n"
    );
    let read = import(&text, None, published::CUT_OFF_TIME).unwrap();
    assert_eq!(read.unread, []);
    let dates = |periods: &[PayPeriod]| periods.iter().map(|period| period.dates).collect::<Vec<_>>();
    assert_eq!(dates(&read.periods), dates(&calendar.periods));
    assert_eq!(read.periods[1].origin.row(), Some(4), "the first reason runs over two lines");
}

#[test]
fn a_feed_has_the_cut_off_as_a_moment_and_the_payment_as_a_day() {
    let calendar = unroll(&published::weekly_actuals(), "29/03/2025", "04/04/2025");
    let feed = export::ics(&calendar.periods, "Weekly; actuals", "council.example", at("01/03/2025", "09:00:00"));
    assert!(feed.contains("X-WR-CALNAME:Weekly\\; actuals\r\n"));
    assert!(feed.contains(
        "UID:20250329-closes@council.example\r\nDTSTAMP:20250301T090000Z\r\nDTSTART:20250408T170000Z\r\n\
         SUMMARY:Last amendments for 29 Mar 2025 to 4 Apr 2025\r\n"
    ));
    assert!(
        feed.contains(
            "UID:20250329-paid@council.example\r\nDTSTAMP:20250301T090000Z\r\nDTSTART;VALUE=DATE:20250415\r\n"
        )
    );
}
