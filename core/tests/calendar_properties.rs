//! What holds for every calendar: periods tile, what is exported comes back, the order of rows changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::LazyLock;

use chrono::{Days, NaiveDate, NaiveTime, Utc, Weekday};
use counterfoil_core::calendar::import::import;
use counterfoil_core::calendar::{
    BankDateRule, BankHolidays, CheckSettings, CutOffRule, DayRule, Division, FinalisationRule, FindingCode, Generator,
    HolidayUse, PayPeriod, Roll, Schedule, Submission, Timing, Unit, check, export, published,
};
use proptest::prelude::*;

static HOLIDAYS: LazyLock<BankHolidays> = LazyLock::new(|| BankHolidays::bundled().unwrap());

fn weekday() -> impl Strategy<Value = Weekday> {
    (0_u8..7).prop_map(|number| Weekday::try_from(number).unwrap())
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (0_u64..3_650).prop_map(|days| NaiveDate::from_ymd_opt(2015, 1, 1).unwrap() + Days::new(days))
}

fn unit() -> impl Strategy<Value = Unit> {
    prop_oneof![(1_u16..14).prop_map(Unit::Weeks), (1_u16..13).prop_map(Unit::Months)]
}

fn bank_date() -> impl Strategy<Value = BankDateRule> {
    let roll = || prop_oneof![Just(Roll::Earlier), Just(Roll::Later)];
    prop_oneof![
        (0_u16..10).prop_map(|days| BankDateRule::WorkingDaysAfter { days }),
        (weekday(), roll()).prop_map(|(weekday, roll)| BankDateRule::WeekdayAfter { weekday, roll }),
        (1_u32..=31, roll()).prop_map(|(day, roll)| BankDateRule::DayOfMonth { day, roll }),
    ]
}

prop_compose! {
    fn schedule()(
        unit in unit(),
        anchor in date(),
        timing in prop_oneof![Just(Timing::Arrears), Just(Timing::Advance), Just(Timing::Mixed)],
        closes in weekday(),
        weeks in -4_i32..5,
        seconds in 0_u32..86_400,
        finalised in weekday(),
        bank_date in bank_date(),
        division in prop::sample::select(Division::ALL.to_vec()),
    ) -> Schedule {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap();
        let generator = Generator {
            unit,
            anchor,
            timing,
            cut_off: CutOffRule { day: DayRule::Weekday { weekday: closes, weeks }, time },
            finalisation: FinalisationRule::Weekday { weekday: finalised },
            bank_date,
            holidays: HolidayUse::default(),
        };
        Schedule {
            name: "any".to_owned(),
            division,
            submission: Submission::default(),
            generator: Some(generator),
            imported: Vec::new(),
            overrides: Vec::new(),
            accepted: Vec::new(),
        }
    }
}

fn periods(schedule: &Schedule, from: NaiveDate) -> Vec<PayPeriod> {
    let holidays = BankHolidays::bundled().unwrap();
    schedule.calendar(from, from + Days::new(400), &holidays).unwrap().periods
}

proptest! {
    #[test]
    fn generated_periods_cover_every_day_once(schedule in schedule(), from in date()) {
        let periods = periods(&schedule, from);
        let to = from + Days::new(400);
        prop_assert!(periods[0].dates.starts <= from && periods.last().unwrap().dates.ends >= to);
        prop_assert!(periods[0].dates.contains(from) && periods.last().unwrap().dates.contains(to));
        for pair in periods.windows(2) {
            prop_assert_eq!(pair[0].dates.ends.succ_opt().unwrap(), pair[1].dates.starts);
            prop_assert_eq!(pair[0].number + 1, pair[1].number);
        }
        for period in &periods {
            prop_assert!(period.dates.days() > 0);
            prop_assert!((period.dates.hours() - period.dates.days() * 24).abs() <= 1);
        }
        let tiling = |code| matches!(code, FindingCode::Gap | FindingCode::Overlap | FindingCode::EndsBeforeStart);
        let found = check(&periods, &schedule.check_settings(), &HOLIDAYS);
        prop_assert!(!found.iter().any(|finding| tiling(finding.code) || finding.code == FindingCode::BankOffRule));
    }

    #[test]
    fn a_period_does_not_depend_on_where_the_calendar_starts(schedule in schedule(), from in date(), later in 0_u64..300) {
        let early = periods(&schedule, from);
        for period in periods(&schedule, from + Days::new(later)) {
            if let Some(same) = early.iter().find(|other| other.number == period.number) {
                prop_assert_eq!(same, &period);
            }
        }
    }

    #[test]
    fn what_is_exported_is_imported_the_same(schedule in schedule(), from in date()) {
        let made = periods(&schedule, from);
        let read = import(&export::csv(&made), None, NaiveTime::MIN).unwrap();
        prop_assert!(read.unread.is_empty());
        let facts = |periods: &[PayPeriod]| periods.iter().map(|p| (p.number, p.dates)).collect::<Vec<_>>();
        prop_assert_eq!(facts(&read.periods), facts(&made));
        prop_assert_eq!(export::csv(&read.periods), export::csv(&made));
    }

    #[test]
    fn the_order_of_rows_changes_nothing(order in Just((0..14_usize).collect::<Vec<_>>()).prop_shuffle()) {
        for text in [published::RESIDENTIAL_2024, published::CARER_FLEXIBLE_BREAKS_2024] {
            let lines: Vec<&str> = text.lines().collect();
            let mut shuffled = vec![lines[0]];
            shuffled.extend(order.iter().map(|index| lines[index + 1]));
            let read = |text: &str| {
                let table = counterfoil_core::calendar::import::read(text).unwrap();
                let mapping = table.mapping().unwrap().mapping;
                let mut periods = table.import(&mapping, published::CUT_OFF_TIME).unwrap().periods;
                periods.sort_by_key(|period| period.dates);
                let found = check(&periods, &CheckSettings::default(), &HOLIDAYS);
                let periods: Vec<_> = periods.iter().map(|p| (p.number, p.dates)).collect();
                let found: Vec<_> = found.into_iter().map(|f| (f.code, f.severity, f.period_starts, f.dates, f.sentence)).collect();
                (mapping, periods, found)
            };
            prop_assert_eq!(read(&shuffled.join("\n")), read(text));
        }
    }

    #[test]
    fn counting_working_days_there_and_back_agrees(from in date(), days in 0_i32..60, division in prop::sample::select(Division::ALL.to_vec())) {
        let working = HOLIDAYS.working_days(division);
        let to = working.add_working_days(from, days);
        prop_assert_eq!(working.working_days_between(from, to), i64::from(days));
        prop_assert!(days == 0 || working.is_working_day(to));
    }

    #[test]
    fn no_text_makes_the_import_fail_in_another_way_than_saying_so(text in "[0-9/ ,;|\t\"\r\na-z\u{a0}\u{e9}-]{0,200}") {
        if let Ok(table) = counterfoil_core::calendar::import::read(&text) {
            for row in &table.rows {
                prop_assert!(text.contains(&row.text));
            }
            let _proposal = table.mapping();
        }
    }

    #[test]
    fn a_feed_is_folded_and_its_lines_end_as_the_standard_says(schedule in schedule(), from in date(), name in "\\PC{0,120}") {
        let feed = export::ics(&periods(&schedule, from), &name, "council.example", chrono::DateTime::<Utc>::MIN_UTC);
        prop_assert!(feed.ends_with("END:VCALENDAR\r\n"));
        for line in feed.split("\r\n") {
            prop_assert!(line.len() <= 75 && !line.contains('\n'));
        }
    }
}
