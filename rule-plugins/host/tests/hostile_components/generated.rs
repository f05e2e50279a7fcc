//! Components that nobody thought of: modules and components made at random by wasm-smith, each from a number, so that one
//! which does harm can be made again. Two hundred in the everyday tests; `COUNTERFOIL_GENERATED` asks for more, and
//! `COUNTERFOIL_GENERATED_FROM` begins elsewhere.

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use wasm_smith::{Component, Config, Module};

use crate::files::section;
use crate::hostile::{Expected, hostile};
use crate::measure::{MIB, Server, workers_peak};
use crate::speaking::speaking;
use crate::support::{answering, program, right, the_world};

/// How many are made where nothing else is said.
const USUALLY: u64 = 200;
/// How many bytes of chance a component is made of.
const CHANCE: usize = 16 * 1024;
/// By how much the server may have grown when all are done: what it keeps of each is little.
const MAY_KEEP: usize = 512 * MIB;

/// All of them, through check and run.
pub(crate) fn are_contained() {
    let number = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let count = number("COUNTERFOIL_GENERATED").unwrap_or(USUALLY);
    let from = number("COUNTERFOIL_GENERATED_FROM").unwrap_or(1);
    let server = Server::at_rest();
    let mut became: BTreeMap<String, u64> = BTreeMap::new();
    let mut engine = program::serving();
    for seed in from..from + count {
        // what passed stays loaded, as a council's rules do; a service has no twenty thousand of them
        if seed % 1_000 == 0 {
            engine = program::serving();
        }
        let outcome = hostile("generated", move || of(seed), Expected::Anything).quietly(&engine);
        let outcome = outcome.unwrap_or_else(|wrong| panic!("number {seed}: {wrong}"));
        *became.entry(outcome).or_default() += 1;
        if seed % 1_000 == 0 {
            println!("{seed}: {became:#?}, a worker had at most {} MiB", workers_peak() / MIB);
        }
    }
    println!("{count} generated from {from}: {became:#?}, a worker had at most {} MiB", workers_peak() / MIB);
    assert!(became.len() >= 4 || count < USUALLY, "they are too much alike: {became:?}");
    assert!(server.grew_by() <= MAY_KEEP, "the server grew by {} MiB", server.grew_by() / MIB);
}

/// The component of a number: a rule whose pricing is random, one in which everything is, a rule beside which a random module
/// lies, or a random component.
fn of(seed: u64) -> Vec<u8> {
    let chance = chance(seed);
    let mut chance = Unstructured::new(&chance);
    match seed % 4 {
        0 => Component::new(Config::default(), &mut chance).map(|component| component.to_bytes()).unwrap_or_default(),
        1 => {
            let module = Module::new(alone(), &mut chance).unwrap();
            [answering(&right()), section(1, &module.to_bytes())].concat()
        }
        2 => crate::support::encoded(speaking(&of_the_world(&mut chance))),
        _ => crate::support::encoded(of_the_world(&mut chance)),
    }
}

/// A random module that exports what the published world asks of one.
fn of_the_world(chance: &mut Unstructured<'_>) -> Vec<u8> {
    let config = Config { exports: Some(the_world()), ..alone() };
    Module::new(config, chance).unwrap().to_bytes()
}

/// Modules that ask for nothing, of what rules may be made of, so that most come as far as running.
fn alone() -> Config {
    Config {
        max_imports: 0,
        min_funcs: 4,
        max_funcs: 40,
        max_instructions: 400,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        // at its start a rule is given nothing to do harm with
        allow_start_export: false,
        ..Config::default()
    }
}

/// Bytes that follow from a number (splitmix64).
fn chance(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()
    };
    (0..CHANCE / 8).flat_map(|_| next()).collect()
}
