//! Whatever is done to an export or to the database behind it, the verifier finds it: each way of tampering, at every
//! place, with the chain left as it was and computed anew.
#![allow(clippy::unwrap_used)]

mod chain;

use chain::{Chain, at, chain, changes, faults_at, ledger, sequence, verify_lines};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::TenantId;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_nobody_touched_is_sound((records, mut chain, one, other) in chain()) {
        chain.unsealed.push(records[0].canonical().unwrap());
        for anchors in [chain.anchors([]), chain.anchors([one]), chain.anchors([one, other])] {
            let verdict = chain.verify(&anchors);
            prop_assert!(verdict.is_sound(), "{:?}", verdict.faults);
            prop_assert_eq!((verdict.rows, verdict.unsealed), (sequence(records.len() - 1), 1));
            prop_assert_eq!(verdict.head, chain.head());
            prop_assert_eq!(verdict.anchored.map(|anchor| anchor.head()), anchors.newest().map(Anchor::head));
        }
    }

    #[test]
    fn a_change_of_any_field_of_any_record_is_found_where_it_is((records, chain, one, other) in chain()) {
        for place in [one, other] {
            for (field, changed) in changes(&records[place]) {
                let mut tampered = chain.clone();
                tampered.rows[place].1 = Some(changed.canonical().unwrap());
                let verdict = tampered.verify(&chain.anchors([]));
                let expected = [Fault::Changed { sequence: sequence(place) }];
                prop_assert_eq!(verdict.faults.as_slice(), expected.as_slice(), "{}", field);

                tampered.reseal();
                prop_assert!(tampered.verify(&chain.anchors([])).is_sound(), "a chain proves nothing by itself");
                for anchor in place..records.len() {
                    let verdict = tampered.verify(&chain.anchors([anchor]));
                    prop_assert_eq!(faults_at(&verdict), [sequence(anchor)], "{}", field);
                }
            }
        }
    }

    #[test]
    fn a_digest_that_was_changed_is_found_where_it_is((_, chain, one, other) in chain()) {
        let mut tampered = chain.clone();
        tampered.rows[one].0.digest = chain.rows[other].0.digest;
        let verdict = tampered.verify_as(chain.head(), &chain.anchors([]));
        prop_assert_eq!(faults_at(&verdict), [sequence(one)]);
    }

    #[test]
    fn a_record_that_was_taken_out_is_found((_, chain, one, _) in chain()) {
        let newest = chain.rows.len() - 1;
        let mut removed = chain.clone();
        removed.rows[one].1 = None;
        let verdict = removed.verify(&chain.anchors([newest]));
        prop_assert_eq!(verdict.faults, [Fault::Removed { sequence: sequence(one) }]);

        let mut dropped = chain.clone();
        dropped.rows.remove(one);
        let verdict = dropped.verify(&chain.anchors([newest]));
        let expected = [Fault::Missing { from: sequence(one), to: sequence(one) }];
        prop_assert_eq!(verdict.faults, expected);

        dropped.reseal();
        let verdict = dropped.verify(&chain.anchors([newest]));
        prop_assert!(!verdict.is_sound());
        for anchor in one..newest {
            prop_assert_eq!(faults_at(&dropped.verify(&chain.anchors([anchor]))), [sequence(anchor)]);
        }
    }

    #[test]
    fn two_records_that_were_swapped_are_found((_, chain, one, other) in chain()) {
        let anchors = chain.anchors([other]);
        // the lines
        let mut swapped = chain.clone();
        swapped.rows.swap(one, other);
        let verdict = swapped.verify_as(chain.head(), &anchors);
        let out_of_order = |fault: &Fault| matches!(fault, Fault::OutOfOrder { .. });
        prop_assert!(verdict.faults.iter().any(out_of_order), "{:?}", verdict.faults);
        // what stands at their places
        let mut swapped = chain.clone();
        let record = swapped.rows[one].1.take();
        swapped.rows[one].1 = std::mem::replace(&mut swapped.rows[other].1, record);
        prop_assert_eq!(faults_at(&swapped.verify(&anchors)), [sequence(one), sequence(other)]);
        // and covered up
        swapped.reseal();
        prop_assert_eq!(faults_at(&swapped.verify(&anchors)), [sequence(other)]);
    }

    #[test]
    fn a_record_that_was_put_in_or_is_there_twice_is_found((records, chain, one, other) in chain()) {
        let newest = chain.rows.len() - 1;
        let mut doubled = chain.clone();
        let again = doubled.rows[one].clone();
        doubled.rows.insert(other, again);
        let verdict = doubled.verify_as(chain.head(), &chain.anchors([newest]));
        prop_assert_eq!(verdict.faults, [Fault::Duplicate { sequence: sequence(one) }]);

        doubled.reseal();
        prop_assert!(!doubled.verify(&chain.anchors([newest])).is_sound());

        let forged = Record { id: Uuid::max(), ..records[other].clone() }.canonical().unwrap();
        let mut inserted = chain.clone();
        let place = inserted.rows[one].0;
        inserted.rows.insert(one, (place, Some(forged)));
        prop_assert!(!inserted.verify(&chain.anchors([])).is_sound());
        inserted.reseal();
        prop_assert!(!inserted.verify(&chain.anchors([newest])).is_sound());
    }

    #[test]
    fn an_end_that_was_cut_off_is_found((_, chain, one, other) in chain()) {
        let mut cut = chain.clone();
        cut.rows.truncate(other);
        // the first line still tells of the end
        let verdict = cut.verify_as(chain.head(), &chain.anchors([]));
        let known = sequence(chain.rows.len() - 1);
        let expected = [Fault::Truncated { last: sequence(other) - 1, known, anchored_at: None }];
        prop_assert_eq!(verdict.faults, expected);
        // the first line was changed too
        let verdict = cut.verify(&chain.anchors([one, other]));
        let anchored_at = Some(at(other));
        let expected = [Fault::Truncated { last: sequence(other) - 1, known: sequence(other), anchored_at }];
        prop_assert_eq!(verdict.faults, expected);
        // made out to be not sealed yet
        let mut unsealed = chain.clone();
        unsealed.unsealed = unsealed.rows.split_off(other).into_iter().filter_map(|(_, record)| record).collect();
        prop_assert!(!unsealed.verify(&chain.anchors([other])).is_sound());
        // everything
        cut.rows.clear();
        prop_assert!(!cut.verify(&chain.anchors([one])).is_sound());
    }

    #[test]
    fn another_councils_chain_is_not_this_ones((_, chain, _, _) in chain(), other in ledger()) {
        prop_assume!(chain.ledger != other);
        let mut moved = chain.clone();
        moved.ledger = other;
        let every: Vec<u64> = (0..chain.rows.len()).map(sequence).collect();
        prop_assert_eq!(faults_at(&moved.verify(&moved.anchors([]))), every);
    }

    #[test]
    fn no_character_of_a_line_can_be_changed(
        (_, chain, one, _) in chain(), index in any::<prop::sample::Index>(), to in "[ -~\n\u{e9}]"
    ) {
        let lines: Vec<String> =
            chain.rows.iter().map(|(head, record)| sealed_line(*head, record.as_deref())).collect();
        let (from, character) = lines[one].char_indices().nth(index.index(lines[one].chars().count())).unwrap();
        let mut tampered = lines.clone();
        tampered[one].replace_range(from..from + character.len_utf8(), &to);
        let meaning = |line: &str| canonical(line).ok();
        prop_assume!(meaning(&lines[one]) != meaning(&tampered[one]));
        let verdict = verify_lines(chain.ledger, chain.head(), tampered, &[], &chain.anchors([]));
        prop_assert!(!verdict.is_sound());
    }
}

#[test]
fn a_line_with_more_or_less_than_a_line_has_is_not_believed() {
    let chain = Chain::of(Ledger::Platform, ["{}".to_owned()]);
    let line = sealed_line(chain.rows[0].0, Some("{}"));
    let wrong = [
        line.replace("\"record\"", "\"by\":\"me\",\"record\""),
        line.replace("\"sequence\":1,", ""),
        line.replace("\"sequence\":1", "\"sequence\":null"),
        line.replace("\"record\":{}", "\"record\":{},\"record\":{}"),
        line[..line.len() - 1].to_owned(),
        String::new(),
    ];
    for wrong in wrong {
        let verdict = verify_lines(chain.ledger, chain.head(), [wrong.clone()], &[], &Anchors::default());
        assert!(matches!(verdict.faults[0], Fault::Unreadable { line: 2, .. }), "{wrong}");
    }
}

#[test]
fn an_anchor_of_another_ledger_is_no_anchor() {
    let chain = Chain::of(Ledger::Platform, ["{}".to_owned()]);
    let other = Ledger::Council(TenantId::from_uuid(Uuid::nil()));
    let header = Header::new(other, "", at(0), None);
    assert!(Verifier::new(header, chain.anchors([0])).is_err());
}

#[test]
fn faults_without_end_are_counted_and_not_all_kept() {
    let chain = Chain::of(Ledger::Platform, (0..1_500).map(|number| format!("{{\"id\":{number}}}")));
    let mut changed = chain.clone();
    changed.rows.iter_mut().for_each(|(_, record)| *record = Some("{}".to_owned()));
    let verdict = changed.verify(&chain.anchors([]));
    assert_eq!((verdict.faults.len(), verdict.faults_found), (MOST_FAULTS, 1_500));
}

#[test]
fn each_fault_is_a_sentence() {
    let chain = Chain::of(Ledger::Platform, (0..9).map(|number| format!("{{\"id\":{number}}}")));
    let mut tampered = chain.clone();
    tampered.rows[1].1 = Some("{}".to_owned());
    tampered.rows[2].1 = None;
    tampered.rows.drain(4..6);
    tampered.rows.truncate(6);
    let verdict = tampered.verify_as(chain.head(), &chain.anchors([8]));
    let said: Vec<String> = verdict.faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "Record 2 is not the one that was sealed: it was changed.",
            "Record 3 was sealed and is gone.",
            "Records 5 to 6 are missing.",
            "The records end at 8, but the anchor of 00:08:00 UTC on 01/01/1970 knows record 9: the end is missing.",
            "The records end at 8, but the first line tells of record 9: the end is missing.",
        ]
    );
}
