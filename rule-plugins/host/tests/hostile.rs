//! Rules that mean harm, or are broken: each is contained, with a sentence that an administrator can act on, and another
//! council's claims are priced before, during and after.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use counterfoil_core::pricing::check::AnswerError;
use counterfoil_core::pricing::facts::Day;
use counterfoil_core::pricing::{Answer, Fault, Pricer};
use counterfoil_rules::{Limits, RuleEngine, packs};
use support::{answering, claim, describing, guest, needing_pages, right};

fn engine() -> RuleEngine {
    RuleEngine::new(Limits::default()).unwrap()
}

/// What comes of one claim priced by a component.
fn fault_of(engine: &RuleEngine, component: &[u8]) -> Fault {
    let rule = engine.load(component).expect("loads, and fails only when it is used");
    let fault = engine.assess(&rule, &claim()).expect_err("has a fault");
    assert_eq!(engine.assess(&rule, &claim()).expect_err("has it again"), fault, "the same fault every time");
    fault
}

#[test]
fn a_guest_that_behaves_is_believed() {
    let engine = engine();
    let rule = engine.load(&answering(&right())).unwrap();
    let priced = engine.assess(&rule, &claim()).unwrap();
    assert_eq!(priced.answer, right());
    assert_eq!(priced.digest, rule);
}

#[test]
fn a_loop_runs_out_of_its_allowance() {
    let engine = engine();
    let fault = fault_of(&engine, &guest("(loop $on (br $on)) unreachable"));
    assert_eq!(fault, Fault::OutOfFuel { allowed: engine.limits().fuel(&claim()) });
    assert!(fault.to_string().contains("may be caught in a loop"), "{fault}");
}

#[test]
fn memory_without_end_is_refused() {
    let fault = fault_of(&engine(), &guest("(loop $on (drop (memory.grow (i32.const 16))) (br $on)) unreachable"));
    assert_eq!(fault, Fault::OutOfMemory { limit_mib: 32 });
}

#[test]
fn a_stack_without_end_is_refused() {
    assert_eq!(fault_of(&engine(), &guest("(call $deeper (i32.const 0))")), Fault::OutOfStack);
}

#[test]
fn a_rule_that_gives_up_says_so() {
    let fault = fault_of(&engine(), &guest("unreachable"));
    assert!(fault.to_string().contains("it gave up on purpose"), "{fault}");
    let fault = fault_of(&engine(), &guest("(i32.div_u (i32.const 1) (i32.const 0))"));
    assert!(fault.to_string().contains("divided by zero"), "{fault}");
    let fault = fault_of(&engine(), &guest("(i32.load (i32.const -8))"));
    assert!(fault.to_string().contains("outside of its own memory"), "{fault}");
}

#[test]
fn an_answer_of_a_gigabyte_is_not_read() {
    // a list of charges that is said to be a gigabyte long, and one of 16 MiB that is really there
    let said = "(i32.store (i32.const 65536) (i32.const 0)) (i32.store (i32.const 65540) (i32.const 12201611)) (i32.const 65536)";
    let fault = fault_of(&engine(), &guest(said));
    assert!(matches!(fault, Fault::AnswerTooLarge { .. } | Fault::Trapped { .. }), "{fault}");
    let there = "(drop (memory.grow (i32.const 256))) (i32.store (i32.const 65552) (i32.const 524288)) \
                 (i32.store (i32.const 65556) (i32.const 699050)) (i32.const 65536)";
    let fault = fault_of(&engine(), &guest(there));
    assert!(matches!(fault, Fault::AnswerTooLarge { .. }), "{fault}");
    assert!(fault.to_string().contains("at most 4 MiB are read"), "{fault}");
}

#[test]
fn an_answer_outside_of_memory_is_not_read() {
    let fault = fault_of(&engine(), &guest("(i32.const -64)"));
    assert!(matches!(fault, Fault::Trapped { .. }), "{fault}");
    assert!(fault.to_string().contains("its answer cannot be read"), "{fault}");
}

#[test]
fn a_rule_that_hangs_or_grows_while_it_describes_itself_is_not_loaded() {
    let fault = engine().load(&describing("(loop $on (br $on)) unreachable")).unwrap_err();
    assert!(matches!(fault, Fault::OutOfFuel { .. }), "{fault}");
    let fault = engine().load(&needing_pages(1_024)).unwrap_err();
    assert!(fault.to_string().contains("needs more than 32 MiB of memory"), "{fault}");
}

#[test]
fn the_clock_only_kills_and_what_it_kills_is_tried_again() {
    let limits = Limits { fuel_base: u64::MAX / 4, deadline: Duration::from_millis(100), ..Limits::default() };
    let engine = RuleEngine::new(limits).unwrap();
    let fault = fault_of(&engine, &guest("(loop $on (br $on)) unreachable"));
    assert_eq!(fault, Fault::Deadline);
    assert!(fault.is_operational());
}

#[test]
fn files_that_are_no_rule_are_refused_with_what_to_change() {
    let engine = engine();
    let text = |wat: &str| wat::parse_str(wat).unwrap();
    let empty_instance = |name: &str| {
        text(&format!("(component (component $c) (instance $i (instantiate $c)) (export \"{name}\" (instance $i)))"))
    };
    let standard = packs::standard().component;
    let refused: [(Vec<u8>, &str); 9] = [
        (b"PK\x03\x04 a spreadsheet".to_vec(), "not a WebAssembly file"),
        (Vec::new(), "not a WebAssembly file"),
        (text("(module)"), "core WebAssembly module, not a component"),
        (
            text("(component (import \"wasi:cli/environment@0.2.0\" (instance)))"),
            "asks for \u{2018}wasi:cli/environment@0.2.0\u{2019}",
        ),
        (text("(component)"), "it exports nothing, not \u{2018}counterfoil:rules/pricing\u{2019}"),
        (empty_instance("acme:tax/rates@1.0.0"), "it exports \u{2018}acme:tax/rates@1.0.0\u{2019}"),
        (empty_instance("counterfoil:rules/pricing@9.1.0"), "built for version \u{2018}9.1.0\u{2019}"),
        (empty_instance("counterfoil:rules/pricing@1.0.0"), "do not match the published interface"),
        (standard[..standard.len() / 2].to_vec(), "damaged or cut off"),
    ];
    for (bytes, why) in refused {
        let fault = engine.load(&bytes).unwrap_err();
        assert!(matches!(fault, Fault::NotARule { .. }), "{fault}");
        assert!(fault.to_string().contains(why), "\u{2018}{fault}\u{2019} does not say \u{2018}{why}\u{2019}");
    }
    let large = [standard, &vec![0; engine.limits().component_bytes]].concat();
    assert!(engine.load(&large).unwrap_err().to_string().contains("at most 2097152 are accepted"));
    assert!(engine.digests().is_empty(), "nothing of it is loaded");
}

#[test]
fn a_component_cut_off_anywhere_or_with_any_byte_changed_never_brings_the_service_down() {
    let engine = engine();
    let whole = answering(&right());
    for length in (0..whole.len()).step_by(97) {
        assert!(engine.load(&whole[..length]).is_err(), "cut off at {length}");
    }
    for at in (8..whole.len()).step_by(131) {
        let mut changed = whole.clone();
        changed[at] ^= 0x15;
        if let Ok(rule) = engine.load(&changed) {
            // a changed name or sum may be harmless; what comes out is an answer that was checked, or a fault
            drop(engine.assess(&rule, &claim()));
        }
    }
}

#[test]
fn lies_about_lines_and_sums_are_found_out() {
    let lies: Vec<(&str, AnswerError)> = vec![
        ("names line 7", AnswerError::UnknownLine { line: 7 }),
        ("has 2 verdicts", AnswerError::Verdicts { line: 0, found: 2 }),
        ("has 0 verdicts", AnswerError::Verdicts { line: 0, found: 0 }),
        ("4001 pence where its units and rate make 4000", AnswerError::WrongSum { line: 0, said: 4_001, makes: 4_000 }),
        ("accounts for 1000 of 2000", AnswerError::NotAccountedOnce { line: 0, accounted: 1_000, stated: 2_000 }),
        ("accounts for 4000 of 2000", AnswerError::NotAccountedOnce { line: 0, accounted: 4_000, stated: 2_000 }),
        ("negative figure", AnswerError::Negative { line: 0 }),
        ("more than one claim may be", AnswerError::TooMuch),
        ("has no rate-card row", AnswerError::PriceWithoutRow { line: 0 }),
        ("uses rate-card row 3", AnswerError::RowNotGiven { line: 0, row: 3 }),
        ("divides by 0", AnswerError::Divisor { line: 0, divisor: 0 }),
        ("which was not stated", AnswerError::UnknownVisit { line: 0, visit: 4 }),
        ("outside of the days", AnswerError::OutsideClaim { line: 0, from: Day(19_999), to: Day(20_000) }),
        ("not a reason code", AnswerError::Code { code: "<b>".to_owned() }),
    ];
    let tell = |lie: &AnswerError| -> Answer {
        let mut answer = right();
        let charge = &mut answer.charges[0];
        match lie {
            AnswerError::UnknownLine { line } => charge.line = *line,
            AnswerError::Verdicts { found: 2, .. } => answer.verdicts.push(answer.verdicts[0].clone()),
            AnswerError::Verdicts { .. } => answer.verdicts.clear(),
            AnswerError::WrongSum { said, .. } => charge.pence = *said,
            AnswerError::NotAccountedOnce { accounted: 1_000, .. } => charge.accounts_for = 1_000,
            AnswerError::NotAccountedOnce { .. } => answer.charges.push(answer.charges[0].clone()),
            AnswerError::Negative { .. } => (charge.units, charge.pence) = (-2_000, -4_000),
            AnswerError::TooMuch => (charge.units, charge.pence) = (i64::MAX, i64::MAX),
            AnswerError::PriceWithoutRow { .. } => charge.row = None,
            AnswerError::RowNotGiven { row, .. } => charge.row = Some(*row),
            AnswerError::Divisor { divisor, .. } => charge.divisor = *divisor,
            AnswerError::UnknownVisit { visit, .. } => charge.visit = Some(*visit),
            AnswerError::OutsideClaim { from, .. } => charge.from = *from,
            AnswerError::Code { code } => charge.reason.code.clone_from(code),
            other => panic!("no lie for {other:?}"),
        }
        answer
    };
    let engine = engine();
    for (says, lie) in lies {
        let fault = fault_of(&engine, &answering(&tell(&lie)));
        assert_eq!(fault, Fault::AnswerWrong(lie));
        assert!(fault.to_string().contains(says), "\u{2018}{fault}\u{2019} does not say \u{2018}{says}\u{2019}");
        assert!(!fault.is_operational());
    }
}

#[test]
fn a_claim_of_a_million_pounds_and_a_penny_is_too_much() {
    let mut answer = right();
    (answer.charges[0].units, answer.charges[0].pence) = (50_000_000, 100_000_000);
    let engine = engine();
    let rule = engine.load(&answering(&answer)).unwrap();
    assert!(engine.assess(&rule, &claim()).is_ok());
    (answer.charges[0].units, answer.charges[0].pence) = (50_000_001, 100_000_002);
    assert_eq!(fault_of(&engine, &answering(&answer)), Fault::AnswerWrong(AnswerError::TooMuch));
}

#[test]
fn a_claim_that_is_too_large_is_not_even_shown_to_the_rule() {
    let engine = engine();
    let rule = engine.load(packs::standard().component).unwrap();
    let mut facts = claim();
    facts.lines = vec![facts.lines[0].clone(); 501];
    let fault = engine.assess(&rule, &facts).unwrap_err();
    assert!(fault.to_string().contains("501 lines, and at most 500"), "{fault}");
}

#[test]
fn other_councils_claims_go_on_while_rules_fail() {
    let engine = engine();
    let standard = engine.load(packs::standard().component).unwrap();
    let before = engine.assess(&standard, &claim()).unwrap();
    let hostile = [
        guest("(loop $on (br $on)) unreachable"),
        guest("(loop $on (drop (memory.grow (i32.const 16))) (br $on)) unreachable"),
        guest("(call $deeper (i32.const 0))"),
        guest("unreachable"),
        guest("(i32.const -64)"),
        b"\0asm broken".to_vec(),
    ];
    let (done, priced) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    assert_eq!(engine.assess(&standard, &claim()).unwrap(), before);
                    priced.fetch_add(1, Ordering::AcqRel);
                }
            });
        }
        for component in &hostile {
            let start = priced.load(Ordering::Acquire);
            // keep failing until the others have got on meanwhile
            while priced.load(Ordering::Acquire) < start + 20 {
                let failed = engine.load(component).and_then(|rule| engine.assess(&rule, &claim()));
                failed.expect_err("contained");
            }
        }
        done.store(true, Ordering::Release);
    });
    assert_eq!(engine.assess(&standard, &claim()).unwrap(), before, "and after");
}

#[test]
fn more_claims_at_once_than_there_are_instances_wait_for_each_other() {
    let engine = RuleEngine::new(Limits { concurrent: 2, ..Limits::default() }).unwrap();
    let standard = engine.load(packs::standard().component).unwrap();
    let expected = engine.assess(&standard, &claim()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(engine.assess(&standard, &claim()).unwrap(), expected);
                }
            });
        }
    });
}
