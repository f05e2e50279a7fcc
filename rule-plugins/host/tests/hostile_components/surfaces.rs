//! Components that ask for something, offer something else, or are not what this service runs.

use crate::hostile::{Hostile, refused};
use crate::support::Parts;

const RULE: &str = "counterfoil:rules/pricing@1.0.0";
const GIVEN_NOTHING: &str = "but a rule is given nothing from outside (no clock, files, network or randomness)";
const NOT_VALID: &str = "it is not valid WebAssembly that a rule may use";
const NOT_THE_INTERFACE: &str = "its exports do not match the published interface: build it against the WIT";
const TOO_MANY_PARTS: &str = "it consists of more or larger parts than a rule may have";

pub(crate) fn all() -> Vec<Hostile> {
    let mut all = asking();
    all.extend(offering());
    all.extend(not_run_here());
    all
}

fn asking() -> Vec<Hostile> {
    let asks = |what, name: &'static str| {
        refused(what, move || text(&format!("(component (import \"{name}\" (instance)))")), GIVEN_NOTHING)
    };
    vec![
        asks("it asks for the time", "wasi:clocks/wall-clock@0.2.0"),
        asks("it asks for files", "wasi:filesystem/preopens@0.2.0"),
        asks("it asks for the network", "wasi:sockets/tcp@0.2.0"),
        asks("it asks for randomness", "wasi:random/random@0.2.0"),
        refused("it asks for a function", || text("(component (import \"pay-me\" (func)))"), GIVEN_NOTHING),
        refused(
            "it asks for fifty thousand things",
            || {
                let imports: String = (0..50_000).map(|n| format!("(import \"i{n}\" (func))")).collect();
                text(&format!("(component {imports})"))
            },
            GIVEN_NOTHING,
        ),
        refused(
            "it asks for something with a name of 90,000 letters",
            || text(&format!("(component (import \"{}\" (func)))", "a".repeat(90_000))),
            GIVEN_NOTHING,
        ),
    ]
}

fn offering() -> Vec<Hostile> {
    vec![
        refused("it offers nothing", || text("(component)"), "it exports nothing, not"),
        refused(
            "it offers something else",
            || offers("acme:tax/rates@1.0.0"),
            "it exports \u{2018}acme:tax/rates@1.0.0\u{2019}, not",
        ),
        refused(
            "it speaks a version to come",
            || offers("counterfoil:rules/pricing@9.1.0"),
            "it was built for version \u{2018}9.1.0\u{2019}",
        ),
        refused(
            "it speaks no version",
            || offers("counterfoil:rules/pricing"),
            "it was built for version \u{2018}\u{2019}",
        ),
        refused(
            "it speaks a version of a thousand letters",
            || offers(&format!("counterfoil:rules/pricing@9.1.0-{}", "a".repeat(1_000))),
            "it was built for version \u{2018}9.1.0-aaa",
        ),
        refused(
            "it hides the rule within another component",
            || {
                text(&format!(
                    "(component (component (component $c) (instance $i (instantiate $c)) (export \"{RULE}\" (instance $i))))"
                ))
            },
            "it exports nothing, not",
        ),
        refused("it offers the interface with nothing in it", || offers(RULE), NOT_THE_INTERFACE),
        refused(
            "it offers functions of other types",
            || {
                text(&format!(
                    "(component (core module $m (func (export \"f\") (result i32) (i32.const 7))) (core instance $i (instantiate $m)) \
                 (func $f (result u32) (canon lift (core func $i \"f\"))) \
                 (instance $o (export \"describe\" (func $f)) (export \"assess\" (func $f))) (export \"{RULE}\" (instance $o)))"
                ))
            },
            NOT_THE_INTERFACE,
        ),
        refused(
            "it offers types of exponential size",
            || {
                let types: String = (1..60).map(|n| format!("(type $t{n} (tuple $t{0} $t{0}))", n - 1)).collect();
                text(&offering_beside(&format!("(type $t0 (tuple u8 u8)) {types}")))
            },
            NOT_VALID,
        ),
    ]
}

fn not_run_here() -> Vec<Hostile> {
    // an unused module is enough: all of a component has to be valid
    let carries = |what, module: &'static str, words| {
        refused(what, move || text(&offering_beside(&format!("(core module {module})"))), words)
    };
    vec![
        carries("a function that leaves the wrong type", "(func (result i32) (i64.const 1))", NOT_VALID),
        carries("64-bit memory", "(memory i64 1)", NOT_VALID),
        carries("two memories", "(memory 1) (memory 1)", NOT_VALID),
        carries("tail calls", "(func $f (return_call $f))", NOT_VALID),
        carries("relaxed vectors", "(func (param v128) (drop (i32x4.relaxed_trunc_f32x4_s (local.get 0))))", NOT_VALID),
        carries("exceptions", "(tag $e) (func (throw $e))", NOT_VALID),
        carries(
            "objects that are collected",
            "(type $s (struct (field i32))) (func (drop (struct.new $s (i32.const 1))))",
            NOT_VALID,
        ),
        refused(
            "64 MiB of memory before it starts",
            || Parts { memory: "(memory (export \"memory\") 1024)".to_owned(), ..Parts::default() }.component(),
            "it needs more than 32 MiB of memory before it has started: let it ask for less",
        ),
        refused("a table of a million entries", || more("(table 1000000 funcref)"), TOO_MANY_PARTS),
        refused(
            "a hundred modules that all start",
            || {
                let modules =
                    "(core module $m (memory 1)) ".to_owned() + &"(core instance (instantiate $m))".repeat(100);
                text(&offering_beside(&modules))
            },
            TOO_MANY_PARTS,
        ),
    ]
}

/// A rule with further fields in its module.
fn more(fields: &str) -> Vec<u8> {
    Parts { more: fields.to_owned(), ..Parts::default() }.component()
}

/// A component that offers an empty instance of the right name, and has further fields.
pub(crate) fn offering_beside(fields: &str) -> String {
    format!("(component {fields} (component $c) (instance $i (instantiate $c)) (export \"{RULE}\" (instance $i)))")
}

fn offers(name: &str) -> Vec<u8> {
    text(&format!("(component (component $c) (instance $i (instantiate $c)) (export \"{name}\" (instance $i)))"))
}

/// WebAssembly text as bytes; nothing of it is validated.
pub(crate) fn text(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}\n{}", wat.chars().take(500).collect::<String>()))
}
