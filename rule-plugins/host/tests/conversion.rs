//! Every field of facts and answer survives the way into the interface's shapes and back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use counterfoil_core::pricing::facts::{
    Attribute, ClaimFacts, Day, DayFacts, DayKind, EarlierDay, Ending, EndingKind, LineFacts, PlannedDay, PlannedVisit,
    RateRow, Recording, Setting, Span, StatedDay, StatedVisit, Stay, StayKind, Terms, Unit, Value,
};
use counterfoil_core::pricing::{
    Answer, Arg, Charge, Description, Finding, FindingLevel, LineVerdict, Reason, UnitOfPricing, Verdict, Wording,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn day() -> impl Strategy<Value = Day> {
    any::<i32>().prop_map(Day)
}

fn span() -> impl Strategy<Value = Span> {
    (day(), day()).prop_map(|(from, to)| Span { from, to })
}

fn text() -> impl Strategy<Value = String> {
    ".{0,12}"
}

fn unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![Unit::Hour, Unit::Visit, Unit::Session, Unit::Day, Unit::Night, Unit::Week])
}

fn kind() -> impl Strategy<Value = DayKind> {
    prop::sample::select(vec![DayKind::Weekday, DayKind::Saturday, DayKind::Sunday, DayKind::BankHoliday])
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Flag),
        any::<i64>().prop_map(Value::Number),
        text().prop_map(Value::Code),
        vec(text(), 0..3).prop_map(Value::Codes),
    ]
}

fn attribute() -> impl Strategy<Value = Attribute> {
    (text(), day(), option::of(day()), value()).prop_map(|(key, from, to, value)| Attribute { key, from, to, value })
}

fn setting() -> impl Strategy<Value = Setting> {
    (text(), text(), day(), value()).prop_map(|(key, scope, from, value)| Setting { key, scope, from, value })
}

fn rate() -> impl Strategy<Value = RateRow> {
    let band = (any::<u32>(), text(), option::of(any::<u16>()), option::of(kind()), option::of(any::<(u16, u16)>()));
    (band, day(), option::of(day()), unit(), any::<i64>()).prop_map(
        |((row, band, minutes, day_kind, time_band), from, to, unit, rate)| RateRow {
            row,
            band,
            minutes,
            day_kind,
            time_band,
            from,
            to,
            unit,
            rate,
        },
    )
}

fn stated_day() -> impl Strategy<Value = StatedDay> {
    (day(), any::<[i64; 4]>(), option::of(any::<u32>()), text(), any::<bool>()).prop_map(
        |(day, [delivered, frustrated, missed, extra], visits, reason, comment)| StatedDay {
            day,
            delivered,
            frustrated,
            missed,
            extra,
            visits,
            reason,
            comment,
        },
    )
}

fn stated_visit() -> impl Strategy<Value = StatedVisit> {
    let times = (any::<u16>(), any::<u16>(), option::of(any::<u16>()), option::of(any::<u16>()), any::<u8>());
    let head = (any::<u32>(), option::of(any::<u32>()), day());
    (head, times, any::<[i64; 4]>(), vec(attribute(), 0..2), text(), any::<bool>()).prop_map(
        |(
            (visit, planned, day),
            (start, minutes, actual_start, actual_minutes, carers),
            amounts,
            attributes,
            reason,
            comment,
        )| {
            let [delivered, frustrated, missed, extra] = amounts;
            StatedVisit {
                visit,
                planned,
                day,
                start,
                minutes,
                actual_start,
                actual_minutes,
                carers,
                delivered,
                frustrated,
                missed,
                extra,
                attributes,
                reason,
                comment,
            }
        },
    )
}

fn planned_visit() -> impl Strategy<Value = PlannedVisit> {
    (any::<u32>(), day(), any::<u16>(), any::<u16>(), any::<u8>())
        .prop_map(|(visit, day, start, minutes, carers)| PlannedVisit { visit, day, start, minutes, carers })
}

fn line() -> impl Strategy<Value = LineFacts> {
    let plan = vec((day(), any::<i64>()).prop_map(|(day, quantity)| PlannedDay { day, quantity }), 0..3);
    let head = (any::<u32>(), text(), unit(), text(), span(), option::of(day()));
    let stated = (vec(stated_day(), 0..3), vec(stated_visit(), 0..3));
    (head, vec(attribute(), 0..3), plan, vec(planned_visit(), 0..3), vec(rate(), 0..3), stated).prop_map(
        |(
            (line, service, unit, tier, valid, tail),
            attributes,
            plan,
            planned_visits,
            rates,
            (stated_days, stated_visits),
        )| {
            LineFacts {
                line,
                service,
                unit,
                tier,
                valid,
                tail,
                attributes,
                plan,
                planned_visits,
                rates,
                stated_days,
                stated_visits,
            }
        },
    )
}

fn facts() -> impl Strategy<Value = ClaimFacts> {
    let recording = prop::sample::select(vec![Recording::Timetabled, Recording::Quantities, Recording::None]);
    let terms = prop::sample::select(vec![Terms::Planned, Terms::Actual]);
    let days = (day(), kind(), any::<bool>(), any::<bool>()).prop_map(|(day, kind, bank_holiday, closed)| DayFacts {
        day,
        kind,
        bank_holiday,
        closed,
    });
    let stays = (prop::sample::select(vec![StayKind::Hospital, StayKind::Away]), day(), option::of(day()))
        .prop_map(|(kind, from, discharged)| Stay { kind, from, discharged });
    let ending = (prop::sample::select(vec![EndingKind::Death, EndingKind::End]), day(), day())
        .prop_map(|(kind, happened, notified)| Ending { kind, happened, notified });
    let earlier = (any::<u32>(), day(), any::<[i64; 4]>(), text()).prop_map(
        |(line, day, [delivered, frustrated, missed, extra], reason)| EarlierDay {
            line,
            day,
            delivered,
            frustrated,
            missed,
            extra,
            reason,
        },
    );
    let head = (span(), recording, terms, any::<bool>());
    let people = (vec(stays, 0..3), option::of(ending), vec(earlier, 0..3));
    (head, vec(attribute(), 0..3), vec(days, 0..3), vec(line(), 0..3), people, vec(setting(), 0..3)).prop_map(
        |((period, recording, terms, stated), attributes, days, lines, (stays, ending, earlier), settings)| {
            ClaimFacts { period, recording, terms, stated, attributes, days, lines, stays, ending, earlier, settings }
        },
    )
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(vec![Verdict::Payable, Verdict::Suspended, Verdict::Rejected, Verdict::Pending])
}

fn reason() -> impl Strategy<Value = Reason> {
    let arg = prop_oneof![
        day().prop_map(Arg::Day),
        any::<i64>().prop_map(Arg::Days),
        any::<i64>().prop_map(Arg::Minutes),
        any::<u16>().prop_map(Arg::Time),
        any::<i64>().prop_map(Arg::Units),
        any::<i64>().prop_map(Arg::Pence),
        any::<i64>().prop_map(Arg::Count),
        text().prop_map(Arg::Code),
    ];
    (text(), vec(arg, 0..4)).prop_map(|(code, args)| Reason { code, args })
}

fn charge() -> impl Strategy<Value = Charge> {
    let place = (any::<u32>(), day(), day(), option::of(any::<u32>()));
    let sum = (any::<i64>(), any::<i64>(), any::<u16>(), option::of(any::<u32>()), any::<i64>());
    (place, sum, verdict(), reason()).prop_map(
        |((line, from, to, visit), (accounts_for, units, divisor, row, pence), verdict, reason)| Charge {
            line,
            from,
            to,
            visit,
            accounts_for,
            units,
            divisor,
            row,
            pence,
            verdict,
            reason,
        },
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    let level = prop::sample::select(vec![FindingLevel::Note, FindingLevel::Mend, FindingLevel::Suspend]);
    let finding = (option::of(any::<u32>()), option::of(day()), option::of(any::<u32>()), level, reason())
        .prop_map(|(line, day, visit, level, reason)| Finding { line, day, visit, level, reason });
    let verdicts =
        (any::<u32>(), verdict(), reason()).prop_map(|(line, verdict, reason)| LineVerdict { line, verdict, reason });
    (vec(charge(), 0..4), vec(finding, 0..4), vec(verdicts, 0..4)).prop_map(|(charges, findings, verdicts)| Answer {
        charges,
        findings,
        verdicts,
    })
}

/// What holds of each version.
macro_rules! survives {
    ($version:ident) => {
        mod $version {
            use counterfoil_core::pricing::{Answer, ClaimFacts, Description};
            use counterfoil_rules::abi::$version::lent::Lend as _;
            use counterfoil_rules::abi::$version::wire::Wire as _;
            use proptest::prelude::*;

            proptest! {
                #[test]
                fn facts_survive_the_way_there_and_back(facts in super::facts()) {
                    prop_assert_eq!(ClaimFacts::back(facts.lend(&bumpalo::Bump::new())), facts);
                }

                #[test]
                fn an_answer_survives_the_way_there_and_back(answer in super::answer()) {
                    prop_assert_eq!(Answer::from_abi(answer.to_abi()), answer);
                }
            }

            #[test]
            fn a_description_survives_the_way_there_and_back_as_far_as_the_version_has_it() {
                for mut description in super::descriptions() {
                    let back = Description::from_abi(description.to_abi());
                    if super::WITHOUT_WORDS.contains(&stringify!($version)) {
                        assert!(!description.wordings.is_empty(), "nothing to leave out");
                        description.wordings.clear();
                    }
                    assert_eq!(back, description);
                }
            }
        }
    };
}

/// The versions whose rules bring no words.
const WITHOUT_WORDS: [&str; 1] = ["v1_0_0"];

survives!(v1_0_0);
survives!(v1_1_0_draft);

proptest! {
    #[test]
    fn facts_are_read_back_from_their_canonical_bytes(facts in facts()) {
        let bytes = counterfoil_core::pricing::canonical::bytes(&facts).unwrap();
        prop_assert_eq!(counterfoil_core::pricing::canonical::read(&bytes).unwrap(), facts);
    }
}

fn descriptions() -> [Description; 2] {
    let wording =
        Wording { code: "paid".to_owned(), language: "cy".to_owned(), sentence: "Wedi\u{2019}i dalu.".to_owned() };
    [UnitOfPricing::Line, UnitOfPricing::Claim].map(|unit| Description {
        name: "n".to_owned(),
        version: "1".to_owned(),
        covers: vec!["home care".to_owned()],
        settings_schema: "{}".to_owned(),
        unit,
        look_back_days: 35,
        wordings: vec![wording.clone()],
    })
}
