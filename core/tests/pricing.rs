//! Facts in JSON, reasons in words, and the checks on an answer that no rule of the repository provokes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::NaiveDate;
use counterfoil_core::language::Language;
use counterfoil_core::money::{Quantity, Rate};
use counterfoil_core::pricing::facts::{ClaimFacts, Day, Unit};
use counterfoil_core::pricing::words::{MessageTable, Said, Tables, Words, amount, arithmetic};
use counterfoil_core::pricing::{
    Answer, AnswerError, Arg, Charge, Finding, FindingLevel, LineVerdict, Reason, Verdict, canonical, check,
};

/// Two visits of a line in the week of 14 December 2024, as a person writes them.
const WRITTEN: &str = r#"{
    "period": {"from": "2024-12-14", "to": "2024-12-20"},
    "recording": "timetabled", "terms": "actual", "stated": true,
    "lines": [{
        "line": 4, "service": "Domiciliary care", "unit": "hour", "valid": {"from": "2024-12-14", "to": "2024-12-20"},
        "rates": [{"row": 0, "from": "2024-04-01", "unit": "hour", "rate": 188500}],
        "stated_visits": [
            {"visit": 0, "day": "2024-12-14", "start": 480, "minutes": 30, "carers": 1, "delivered": 30},
            {"visit": 1, "day": "2024-12-15", "start": 480, "minutes": 30, "carers": 1, "delivered": 30}
        ]
    }]
}"#;

fn facts() -> ClaimFacts {
    canonical::read(WRITTEN.as_bytes()).unwrap()
}

fn visit(visit: u32, day: &str) -> Charge {
    let day = Day::of(day.parse::<NaiveDate>().unwrap());
    Charge {
        line: 4,
        from: day,
        to: day,
        visit: Some(visit),
        accounts_for: 30,
        units: 30_000,
        divisor: 60,
        row: Some(0),
        pence: 943,
        verdict: Verdict::Payable,
        reason: Reason::plain("delivered"),
    }
}

fn answer() -> Answer {
    let verdict = LineVerdict { line: 4, verdict: Verdict::Payable, reason: Reason::plain("priced") };
    Answer {
        charges: vec![visit(0, "2024-12-14"), visit(1, "2024-12-15")],
        findings: Vec::new(),
        verdicts: vec![verdict],
    }
}

#[test]
fn facts_are_written_with_numbers_and_read_with_dates_too() {
    let facts = facts();
    assert_eq!(facts.period.from, Day(20_071));
    let bytes = canonical::bytes(&facts).unwrap();
    assert!(std::str::from_utf8(&bytes).unwrap().starts_with(r#"{"period":{"from":20071,"to":20077},"recording""#));
    assert_eq!(canonical::read(&bytes).unwrap(), facts);
    assert!(canonical::read(br#"{"period": {"from": "14/12/2024"}}"#).is_err());
}

#[test]
fn a_line_may_have_any_number_and_is_found_by_it() {
    assert_eq!(check(&facts(), &answer()), Ok(()));
    let mut wrong = answer();
    wrong.charges[0].line = 0;
    assert_eq!(check(&facts(), &wrong), Err(AnswerError::UnknownLine { line: 0 }));
}

#[test]
fn one_visit_charged_in_the_place_of_another_is_noticed() {
    let mut twice = answer();
    twice.charges[1] = visit(0, "2024-12-15");
    assert_eq!(check(&facts(), &twice), Err(AnswerError::VisitTwice { line: 4, visit: 0 }));
}

#[test]
fn a_finding_about_a_visit_that_was_not_stated_is_noticed() {
    let mut wrong = answer();
    let reason = Reason::plain("comment-needed");
    wrong.findings.push(Finding { line: Some(4), day: None, visit: Some(2), level: FindingLevel::Mend, reason });
    assert_eq!(check(&facts(), &wrong), Err(AnswerError::UnknownVisit { line: 4, visit: 2 }));
}

#[test]
fn a_rate_that_does_not_hold_on_the_day_is_noticed() {
    let mut facts = facts();
    facts.lines[0].rates[0].to = Some(Day(20_071));
    assert_eq!(check(&facts, &answer()), Err(AnswerError::RowNotGiven { line: 4, row: 0 }));
}

#[test]
fn a_reason_becomes_the_councils_sentence() {
    let table = MessageTable::from_json(
        r#"{"reasons": {"visit": "{0} carer(s) for {1}, paid as {2}.", "odd": "{9} and {x} and {0}"},
            "codes": {"not-in": "nobody at home"}}"#,
    )
    .unwrap();
    let table = Tables::of(Language::English, table);
    let words = Words::of(Language::English, [&table]);
    let say = |code: &str, args: Vec<Arg>| words.sentence(&Reason { code: code.to_owned(), args }).words;
    let args = vec![Arg::Count(2), Arg::Minutes(33), Arg::Minutes(1)];
    assert_eq!(say("visit", args), "2 carer(s) for 33 minutes, paid as 1 minute.");
    assert_eq!(say("odd", vec![Arg::Code("{0}".to_owned())]), "{9} and {x} and {0}");
    let args = vec![
        Arg::Day(Day(20_071)),
        Arg::Time(485),
        Arg::Pence(123_456),
        Arg::Units(2_500),
        Arg::Code("not-in".to_owned()),
    ];
    assert_eq!(say("not-known", args), "not known (14 December 2024, 08:05, £1,234.56, 2.5, nobody at home)");
    let council = MessageTable::from_json(r#"{"reasons": {"visit": "Visit."}}"#).unwrap();
    let words = Words::of(Language::English, [&table, &Tables::of(Language::English, council)]);
    assert_eq!(words.sentence(&Reason::plain("visit")).words, "Visit.");
}

/// What the service says in both languages.
fn of_both_languages() -> Tables {
    Tables::from_json(&[
        (
            Language::English,
            r#"{"reasons": {"stay": "In hospital since {0}: paid for {1}.", "why": "Missed: {0}.", "held": "Held."},
                "codes": {"not-in": "not in"}}"#,
        ),
        (
            Language::Welsh,
            r#"{"reasons": {"stay": "Yn yr ysbyty ers {0}: telir am {1}.", "why": "Collwyd: {0}.", "held": "Ataliwyd."},
                "codes": {"not-in": "ddim gartref"}}"#,
        ),
    ])
    .unwrap()
}

#[test]
fn a_reader_of_welsh_has_welsh_where_there_is_some_and_else_english_and_never_a_mixture() {
    let service = of_both_languages();
    let welsh = Words::of(Language::Welsh, [&service]);
    let say = |words: &Words, code: &str, args: Vec<Arg>| words.sentence(&Reason { code: code.to_owned(), args });
    let cy = |words: &str| Said { words: words.to_owned(), language: Language::Welsh };
    let en = |words: &str| Said { words: words.to_owned(), language: Language::English };
    let stay = vec![Arg::Day(Day(20_071)), Arg::Days(14)];
    assert_eq!(say(&welsh, "stay", stay), cy("Yn yr ysbyty ers 14 Rhagfyr 2024: telir am 14 o ddyddiau."));
    let why = |code: &str| vec![Arg::Code(code.to_owned())];
    assert_eq!(say(&welsh, "why", why("not-in")), cy("Collwyd: ddim gartref."));
    assert_eq!(say(&welsh, "why", why("setting-7")), cy("Collwyd: setting 7."), "a name is the same in each language");

    // a council with words of its own in English alone, and then in both
    let table = |json| MessageTable::from_json(json).unwrap();
    let own =
        Tables::of(Language::English, table(r#"{"reasons": {"held": "Waits."}, "codes": {"at-work": "at work"}}"#));
    let welsh = Words::of(Language::Welsh, [&service, &own]);
    assert_eq!(say(&welsh, "held", Vec::new()), en("Waits."), "the Welsh that was there may not say the same");
    assert_eq!(say(&welsh, "why", why("at-work")), en("Missed: at work."));
    let in_welsh = table(r#"{"reasons": {"held": "Mae'n aros."}, "codes": {"at-work": "yn y gwaith"}}"#);
    let both = own.overlaid_with(Tables::of(Language::Welsh, in_welsh));
    let welsh = Words::of(Language::Welsh, [&service, &both]);
    assert_eq!(say(&welsh, "held", Vec::new()), cy("Mae'n aros."));
    assert_eq!(say(&welsh, "why", why("at-work")), cy("Collwyd: yn y gwaith."));
    assert_eq!(say(&welsh, "unheard-of", Vec::new()), en("unheard of"));
}

#[test]
fn arithmetic_names_the_unit_and_what_it_is_divided_by() {
    let of = |units, divisor, pence, unit, rate| {
        let charge = Charge { units, divisor, pence, ..visit(0, "2024-12-14") };
        arithmetic(&charge, unit, Rate::from_ten_thousandths(rate), Language::English).unwrap()
    };
    assert_eq!(of(2_500, 1, 4_713, Unit::Hour, 188_500), "2.5 hours x £18.85 = £47.13");
    let said = |thousandths, unit| amount(Quantity::from_thousandths(thousandths), unit);
    assert_eq!(said(1_000, Unit::Session), "1 session", "one, and only one, is singular");
    assert_eq!([said(0, Unit::Night), said(500, Unit::Hour)], ["0 nights", "0.5 hours"]);
    assert_eq!(of(1_000, 1, 8_000, Unit::Night, 800_000), "1 night x £80.00 = £80.00");
    assert_eq!(of(45_000, 60, 1_414, Unit::Hour, 188_500), "45 minutes x £18.85 an hour = £14.14");
    assert_eq!(of(14_000, 7, 56_581, Unit::Week, 2_829_060), "14 days x £282.906 a week = £565.81");
    let nothing = Charge { row: None, units: 0, pence: 0, ..visit(0, "2024-12-14") };
    assert_eq!(arithmetic(&nothing, Unit::Hour, Rate::ZERO, Language::English), None);
}
