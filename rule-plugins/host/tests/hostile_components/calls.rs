//! Rules that misbehave while they run: on a claim, or while they start and describe themselves.

use crate::hostile::{Expected, Hostile, fails, hostile, refused};
use crate::support::{ANSWERS_AT, Parts, answering_beside, covering, described_as, guest, right};

const ALLOWANCE: &str = "used up its computing allowance of";
const MEMORY: &str = "asked for more than 32 MiB of memory on one claim: let it keep less at once";
const STACK: &str = "ran out of stack: it calls itself too deeply";
const OUTSIDE: &str = "it read or wrote outside of its own memory";
const UNREADABLE: &str = "its answer cannot be read";
const OWN_ERROR: &str = "stopped with an error of its own";

/// Never ends.
const LOOP: &str = "(loop $on (br $on)) unreachable";

pub(crate) fn all() -> Vec<Hostile> {
    let mut all = on_a_claim();
    all.extend(with_the_facts());
    all.extend(with_the_answer());
    all.extend(while_it_starts());
    all.extend(describing_itself());
    all
}

fn on_a_claim() -> Vec<Hostile> {
    let assess = |what, body: &'static str, words| fails(what, move || guest(body), words);
    vec![
        assess("a loop", LOOP, ALLOWANCE),
        assess(
            "a loop of few steps that each fill a quarter of a megabyte",
            "(loop $on (memory.fill (i32.const 262144) (i32.const 1) (i32.const 262144)) (br $on)) unreachable",
            ALLOWANCE,
        ),
        assess(
            "a loop of few steps that each copy a quarter of a megabyte",
            "(loop $on (memory.copy (i32.const 0) (i32.const 262144) (i32.const 262144)) (br $on)) unreachable",
            ALLOWANCE,
        ),
        assess("memory page by page", "(loop $on (drop (memory.grow (i32.const 1))) (br $on)) unreachable", MEMORY),
        assess("all memory there can be at once", "(drop (memory.grow (i32.const 65528))) unreachable", MEMORY),
        assess(
            "every page that it may have, touched",
            "(local $at i32) (drop (memory.grow (i32.const 504))) \
             (loop $on (i32.store (local.get $at) (i32.const 1)) \
             (br_if $on (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (i32.const 33554428)))) unreachable",
            OWN_ERROR,
        ),
        fails(
            "a table without end",
            || {
                let grow = "(loop $on (drop (table.grow $t (ref.null func) (i32.const 100))) (br $on)) unreachable";
                Parts { assess: grow.to_owned(), more: "(table $t 1 funcref)".to_owned(), ..Parts::default() }
                    .component()
            },
            MEMORY,
        ),
        assess("a function that calls itself", "(call $deeper (i32.const 0))", STACK),
        fails(
            "two functions that call each other through a table",
            || {
                let more = "(table 2 funcref) (elem (i32.const 0) $ping $pong) \
                    (func $ping (param i32) (result i32) (i32.add (call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)) (i32.const 1))) \
                    (func $pong (param i32) (result i32) (i32.add (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)) (i32.const 1)))";
                Parts { assess: "(call $ping (i32.const 0))".to_owned(), more: more.to_owned(), ..Parts::default() }
                    .component()
            },
            STACK,
        ),
        assess("it gives up", "unreachable", "it gave up on purpose"),
        assess("it divides by zero", "(i32.div_u (i32.const 1) (i32.const 0))", "it divided by zero"),
        assess(
            "a division that overflows",
            "(i32.div_s (i32.const -2147483648) (i32.const -1))",
            "a division overflowed",
        ),
        assess("it reads outside of its memory", "(i32.load (i32.const -8))", OUTSIDE),
        assess("a number that is none", "(i32.trunc_f64_s (f64.const nan))", OWN_ERROR),
        fails(
            "a call of nothing",
            || {
                let call = "(call_indirect (result i32) (i32.const 0))";
                Parts { assess: call.to_owned(), more: "(table 1 funcref)".to_owned(), ..Parts::default() }.component()
            },
            OWN_ERROR,
        ),
    ]
}

/// The facts are written into its memory through its own `cabi_realloc`.
fn with_the_facts() -> Vec<Hostile> {
    let realloc = |what, body: &'static str, words| {
        fails(what, move || Parts { realloc: body.to_owned(), ..Parts::default() }.component(), words)
    };
    vec![
        realloc("it never makes room for the facts", LOOP, ALLOWANCE),
        realloc("it wants the facts outside of its memory", "(i32.const -64)", OWN_ERROR),
        realloc("it wants the facts at an odd address", "(i32.const 262145)", OWN_ERROR),
        realloc("it gives up while the facts are written", "unreachable", "it gave up on purpose"),
        fails(
            "it makes room by taking all memory",
            || {
                let realloc = "(drop (memory.grow (i32.const 100))) (i32.const 262144)";
                Parts { realloc: realloc.to_owned(), ..Parts::default() }.component()
            },
            MEMORY,
        ),
    ]
}

fn with_the_answer() -> Vec<Hostile> {
    let words = |what, words: Vec<(usize, u32)>, said| {
        fails(
            what,
            move || {
                let stores: String =
                    words.iter().map(|(at, word)| format!("(i32.store (i32.const {at}) (i32.const {word}))")).collect();
                guest(&format!("{stores} (i32.const {ANSWERS_AT})"))
            },
            said,
        )
    };
    // charges, findings and verdicts, each an address and a length
    let (charges, verdicts) = (ANSWERS_AT, ANSWERS_AT + 16);
    vec![
        words("an answer that is said to be a gigabyte", vec![(charges + 4, 12_201_611)], UNREADABLE),
        fails("an answer outside of its memory", || guest("(i32.const -64)"), UNREADABLE),
        fails("an answer at an odd address", || guest("(i32.const 65537)"), UNREADABLE),
        words("a verdict that there is not", vec![(verdicts, 70_000), (verdicts + 4, 1), (70_004, 77)], UNREADABLE),
        words(
            "a reason that is no text",
            vec![(verdicts, 70_000), (verdicts + 4, 1), (70_008, 71_000), (70_012, 1), (71_000, 0xff)],
            UNREADABLE,
        ),
        fails(
            "16 MiB of charges",
            || {
                guest(
                    "(drop (memory.grow (i32.const 256))) (i32.store (i32.const 65552) (i32.const 524288)) \
                     (i32.store (i32.const 65556) (i32.const 699050)) (i32.const 65536)",
                )
            },
            "at most 4 MiB are read; give fewer charges and findings",
        ),
        fails(
            "ten thousand reasons that are all the same long text",
            || {
                // a verdict is 24 bytes: line, verdict, code and its length, arguments; the texts overlap
                guest(
                    "(local $at i32) (local.set $at (i32.const 262144)) \
                     (memory.fill (local.get $at) (i32.const 0) (i32.const 240000)) \
                     (loop $on (i32.store offset=8 (local.get $at) (i32.const 1024)) \
                     (i32.store offset=12 (local.get $at) (i32.const 60000)) \
                     (br_if $on (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 24))) (i32.const 502144)))) \
                     (memory.fill (i32.const 1024) (i32.const 97) (i32.const 60000)) \
                     (i32.store (i32.const 65552) (i32.const 262144)) (i32.store (i32.const 65556) (i32.const 10000)) \
                     (i32.const 65536)",
                )
            },
            "at most 4 MiB are read; give fewer charges and findings",
        ),
        fails(
            "8,001 charges",
            || {
                guest(
                    "(drop (memory.grow (i32.const 16))) (i32.store (i32.const 65536) (i32.const 524288)) \
                     (i32.store (i32.const 65540) (i32.const 8001)) (i32.const 65536)",
                )
            },
            "it holds 8001 charges, more than the 8000 allowed",
        ),
        fails(
            "it never lets go of its answer",
            || {
                let after =
                    format!("(func (export \"cabi_post_counterfoil:rules/pricing@1.0.0#assess\") (param i32) {LOOP})");
                answering_beside(&right(), &after)
            },
            ALLOWANCE,
        ),
    ]
}

fn while_it_starts() -> Vec<Hostile> {
    let starts = |what, body: &'static str, words| {
        refused(what, move || more(&format!("(func $start {body}) (start $start)")), words)
    };
    vec![
        starts("it starts and never ends", "(loop $on (br $on))", ALLOWANCE),
        starts("it starts and gives up", "unreachable", "it gave up on purpose"),
        starts("it starts by taking all memory", "(drop (memory.grow (i32.const 60000)))", MEMORY),
        starts("it starts by calling itself", "(drop (call $deeper (i32.const 0)))", STACK),
        refused("data outside of its memory", || more("(data (i32.const 524285) \"outside\")"), OUTSIDE),
        refused("functions outside of its table", || more("(table 1 funcref) (elem (i32.const 1) $deeper)"), OWN_ERROR),
    ]
}

fn describing_itself() -> Vec<Hostile> {
    const NAMES: &str = "its name and version must each be 1 to 100 characters";
    const SCHEMA: &str = "its schema of settings is not a JSON Schema object of at most 256 KiB";
    let describes = |what, body: &'static str, words| {
        refused(what, move || Parts { describe: body.to_owned(), ..Parts::default() }.component(), words)
    };
    let described = |what, description: fn() -> Vec<u8>, words| {
        refused(what, move || Parts { description: description(), ..Parts::default() }.component(), words)
    };
    vec![
        describes("it never says what it is", LOOP, ALLOWANCE),
        describes("it gives up saying what it is", "unreachable", "it gave up on purpose"),
        described("it has no name", || described_as(b"", b"{}", 0), NAMES),
        described("a name of 101 letters", || described_as(&[b'a'; 101], b"{}", 0), NAMES),
        described("a name that breaks the line", || described_as(b"good\nbad", b"{}", 0), NAMES),
        described("a name that is no text", || described_as(b"\xff", b"{}", 0), UNREADABLE),
        described("settings that are no JSON", || described_as(b"g", b"{", 0), SCHEMA),
        described("settings that are a list", || described_as(b"g", b"[]", 0), SCHEMA),
        described(
            "settings of 300 kB",
            || described_as(b"g", &[&[b'{'][..], &[b' '; 300_000], b"}"].concat(), 0),
            SCHEMA,
        ),
        described("settings nested ten thousand times", || described_as(b"g", &[b'['; 10_000], 0), SCHEMA),
        described(
            "it looks back for years",
            || described_as(b"g", b"{}", 401),
            "it asks for 401 days of earlier statements; at most 400 are given",
        ),
        described(
            "it covers 20,000 services",
            || covering(b"g", b"{}", 0, (300_000, 20_000)),
            "it names 20000 services",
        ),
        hostile(
            "it is called by a name of a hundred letters",
            || {
                Parts { description: described_as("\u{e9}".repeat(50).as_bytes(), b"{}", 400), ..Parts::default() }
                    .component()
            },
            Expected::Fails("it gave up on purpose"),
        ),
    ]
}

fn more(fields: &str) -> Vec<u8> {
    Parts { more: fields.to_owned(), ..Parts::default() }.component()
}
