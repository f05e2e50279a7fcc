//! Components within the size that is accepted which take very long, or very much memory, to compile. Most would be
//! harmless if they were ever run.

use crate::files::{MODULE, length, section};
use crate::hostile::{Expected, Hostile, hostile, refused};
use crate::support::{answering, answering_beside, right};
use crate::surfaces::{offering_beside, text};

pub(crate) fn all() -> Vec<Hostile> {
    let bomb = |what, make: fn() -> Vec<u8>| hostile(what, make, Expected::Bounded);
    vec![
        bomb("100,000 functions", || answering_beside(&right(), &"(func (result i32) (i32.const 7))".repeat(100_000))),
        bomb("one function of nearly two megabytes", one_function),
        bomb("a function that keeps 100,000 values at once", many_values),
        bomb("200,000 blocks within one another", || {
            answering_beside(&right(), &format!("(func {} {})", "block ".repeat(200_000), "end ".repeat(200_000)))
        }),
        bomb("200,000 loops within one another that all jump", || {
            let loops = "loop local.get 0 br_if 0 ".repeat(200_000);
            answering_beside(&right(), &format!("(func (param i32) {loops} {})", "end ".repeat(200_000)))
        }),
        refused(
            "jumps to a million places",
            || {
                let table = format!("block local.get 0 br_table {} end", "0 ".repeat(1_000_000));
                answering_beside(&right(), &format!("(func (param i32) {table})"))
            },
            "it is not valid WebAssembly that a rule may use",
        ),
        bomb("10,000 functions of 50,000 locals each", many_locals),
        bomb("100,000 types", || answering_beside(&right(), &types(100_000))),
        bomb("100,000 globals", || answering_beside(&right(), &"(global i64 (i64.const 1))".repeat(100_000))),
        bomb("90,000 pieces of data", || answering_beside(&right(), &"(data (i32.const 400000) \"x\")".repeat(90_000))),
        bomb("8,000 calls with a hundred arguments each", || {
            let (params, args) = ("i32 ".repeat(100), "local.get 0 ".repeat(100));
            let calls = format!("{args} call $wide ").repeat(8_000);
            answering_beside(&right(), &format!("(func $wide (param {params})) (func (param i32) {calls})"))
        }),
        bomb("vectors multiplied 200,000 times", || {
            let step = "local.get 0 local.get 1 f64x2.mul local.set 0 ".repeat(200_000);
            answering_beside(&right(), &format!("(func (param v128 v128) {step})"))
        }),
        hostile("components that double thirty times", doubling, Expected::Bounded),
    ]
}

fn one_function() -> Vec<u8> {
    let step = "local.get 0 i32.const 3 i32.mul local.get 1 i32.xor local.set 0 ".repeat(190_000);
    answering_beside(&right(), &format!("(func (param i32 i32) {step})"))
}

fn many_values() -> Vec<u8> {
    let loads: String = (0..100_000).map(|n| format!("i32.const 0 i32.load offset={n} ")).collect();
    answering_beside(&right(), &format!("(func (result i32) {loads} {})", "i32.add ".repeat(99_999)))
}

fn types(count: u32) -> String {
    // each of another shape, so that none is shared
    let letter = |bit: u32| if bit == 1 { "i64" } else { "i32" };
    let params = |n: u32| (0..17).map(|at| letter(n >> at & 1)).collect::<Vec<_>>().join(" ");
    (0..count).map(|n| format!("(type (func (param {})))", params(n))).collect()
}

/// In bytes, since declared one by one the locals would be gigabytes of text: a module that is never started, at the end of
/// a rule.
fn many_locals() -> Vec<u8> {
    const FUNCTIONS: usize = 10_000;
    let body = [&[1][..], &length(50_000), &[0x7b, 0x0b]].concat();
    let body = [length(body.len()), body].concat();
    let functions = [length(FUNCTIONS), vec![0; FUNCTIONS]].concat();
    let code = [length(FUNCTIONS), body.repeat(FUNCTIONS)].concat();
    let module = [MODULE, &section(1, &[1, 0x60, 0, 0]), &section(3, &functions), &section(10, &code)].concat();
    [answering(&right()), section(1, &module)].concat()
}

/// Each component starts two of the one before.
fn doubling() -> Vec<u8> {
    let twice =
        |n: u32| format!("(component $c{n} (instance (instantiate $c{0})) (instance (instantiate $c{0})))", n - 1);
    let components: String = (1..=30).map(twice).collect();
    let innermost = "(component $c0 (core module $m (memory 1)) (core instance (instantiate $m)))";
    text(&offering_beside(&format!("{innermost} {components} (instance (instantiate $c30))")))
}
