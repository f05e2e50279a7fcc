//! Everything that somebody might upload to do harm, through the check that an upload goes through and, where it passes,
//! through a claim: each is refused or contained with a sentence that says what to change, the server's memory stays within
//! bounds, and compiling costs only its own worker.
//!
//! [`files`] are no components at all, [`surfaces`] are other ones, [`bombs`] take long to compile, [`calls`] misbehave
//! while they run or describe themselves, [`answers`] lie; [`generated`] are made at random by wasm-smith.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod answers;
mod bombs;
mod calls;
mod files;
mod generated;
mod hostile;
mod measure;
mod speaking;
#[path = "../support/mod.rs"]
mod support;
mod surfaces;

use std::collections::BTreeSet;
use std::process::ExitCode;

use hostile::{Hostile, each_is_contained};
use support::program;

fn main() -> ExitCode {
    program::main(&[
        ("files_that_are_no_component_are_refused", || each_is_contained(files::all())),
        ("components_that_are_no_rule_are_refused", || each_is_contained(surfaces::all())),
        ("a_compile_bomb_costs_only_its_own_worker", bombs_cost_only_their_worker),
        ("what_misbehaves_while_it_runs_is_ended", || each_is_contained(calls::all())),
        ("what_answers_wrongly_is_not_believed", || each_is_contained(answers::all())),
        ("what_is_generated_at_random_is_contained", generated::are_contained),
        ("there_are_sixty_and_no_two_are_the_same", there_are_sixty),
    ])
}

fn bombs_cost_only_their_worker() {
    let bombs = bombs::all();
    let engine = program::serving();
    measure::Neighbour::beside(&engine, |neighbour| {
        for bomb in bombs {
            let before = neighbour.priced();
            let took = bomb.is_contained(&engine);
            let meanwhile = neighbour.priced() - before;
            // claims of others are priced all the while: at least one in ten of what there is time for
            let least = took.as_millis() / 10 / neighbour.pace().as_millis();
            assert!(u128::from(meanwhile) >= least, "{}: {meanwhile} claims of others in {took:?}", bomb.what);
        }
    });
}

fn there_are_sixty() {
    let all: Vec<Hostile> =
        [files::all(), surfaces::all(), bombs::all(), calls::all(), answers::all()].into_iter().flatten().collect();
    assert!(all.len() >= 60, "{}", all.len());
    let names: BTreeSet<&str> = all.iter().map(|hostile| hostile.what).collect();
    assert_eq!(names.len(), all.len());
}
