//! Components made in the test from WebAssembly text: well-formed on the outside, hostile within.
#![allow(dead_code)]

pub mod program;

use counterfoil_core::pricing::facts::{Day, LineFacts, PlannedDay, RateRow, Recording, Span, StatedDay, Terms, Unit};
use counterfoil_core::pricing::{Answer, Arg, Charge, ClaimFacts, LineVerdict, Reason, Verdict};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// Where the description lies in the guest's memory, and where an answer does.
const DESCRIPTION: usize = 1_024;
const ANSWER: usize = 65_536;
/// Where the guest's own blocks begin.
const HEAP: usize = 262_144;

/// Where an answer lies, for bodies that write one themselves.
pub const ANSWERS_AT: usize = ANSWER;

/// What a component's module is made of. What is not said is a rule that behaves, and gives up on every claim.
#[derive(Clone)]
pub struct Parts {
    /// The body of `describe`; leaves the address of a description.
    pub describe: String,
    /// The body of `assess`. It may use the parameter `$facts`, a function `$deeper`, a global `$next`, and has to leave
    /// an address.
    pub assess: String,
    /// The body of `cabi_realloc`, whose parameters are the old address, the old size, the alignment and the new size.
    pub realloc: String,
    /// Its memory.
    pub memory: String,
    /// Further fields of the module, the description's data before them.
    pub more: String,
    /// What lies at the description's address.
    pub description: Vec<u8>,
    /// The version of the interface.
    pub version: &'static str,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            describe: format!("(i32.const {DESCRIPTION})"),
            assess: "unreachable".to_owned(),
            realloc: "(local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at)"
                .to_owned(),
            memory: "(memory (export \"memory\") 8)".to_owned(),
            more: String::new(),
            description: described_as(b"g", b"{}", 0),
            version: "1.0.0",
        }
    }
}

impl Parts {
    /// The component that they make.
    pub fn component(&self) -> Vec<u8> {
        encoded_for(self.version, wat::parse_str(self.module()).unwrap())
    }

    fn module(&self) -> String {
        let Self { describe, assess, realloc, memory, more, description, version } = self;
        format!(
            r#"(module
  {memory}
  (global $next (mut i32) (i32.const {HEAP}))
  (data (i32.const {DESCRIPTION}) "{description}")
  {more}
  (func $deeper (param i32) (result i32)
    (i32.add (call $deeper (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    {realloc})
  (func (export "counterfoil:rules/pricing@{version}#describe") (result i32) {describe})
  (func (export "counterfoil:rules/pricing@{version}#assess") (param $facts i32) (result i32) {assess})
)"#,
            description = escaped(description),
        )
    }
}

/// A component of the published world whose `assess` has this body.
pub fn guest(assess: &str) -> Vec<u8> {
    Parts { assess: assess.to_owned(), ..Parts::default() }.component()
}

/// A component whose `describe` has this body.
pub fn describing(describe: &str) -> Vec<u8> {
    Parts { describe: describe.to_owned(), ..Parts::default() }.component()
}

/// A component that asks for so many pages of 64 KiB before it starts.
pub fn needing_pages(pages: u32) -> Vec<u8> {
    Parts { memory: format!("(memory (export \"memory\") {pages})"), ..Parts::default() }.component()
}

/// A component that gives the same answer to every claim.
pub fn answering(answer: &Answer) -> Vec<u8> {
    answering_beside(answer, "")
}

/// The same, with more in its module.
pub fn answering_beside(answer: &Answer, more: &str) -> Vec<u8> {
    answering_parts(answer, more).component()
}

/// What such a component is made of.
pub fn answering_parts(answer: &Answer, more: &str) -> Parts {
    let image = Image::of(answer);
    Parts {
        assess: format!("(i32.const {})", image.root),
        more: format!("(data (i32.const {ANSWER}) \"{}\") {more}", escaped(&image.bytes)),
        ..Parts::default()
    }
}

/// A description to lie at the place where `describe` says: its name, version `1`, covering nothing, its schema, and how
/// far back it looks.
pub fn described_as(name: &[u8], schema: &[u8], look_back: u16) -> Vec<u8> {
    covering(name, schema, look_back, (0, 0))
}

/// The same, covering a list that begins at an address.
pub fn covering(name: &[u8], schema: &[u8], look_back: u16, (list, len): (usize, usize)) -> Vec<u8> {
    let at = DESCRIPTION + 64;
    let (version, settings) = (at + name.len(), at + name.len() + 1);
    let mut bytes: Vec<u8> =
        [at, name.len(), version, 1, list, len, settings, schema.len()].into_iter().flat_map(word).collect();
    // the unit of pricing in one byte, and two aligned for the days
    bytes.extend([0, 0]);
    bytes.extend(look_back.to_le_bytes());
    bytes.resize(64, 0);
    bytes.extend_from_slice(name);
    bytes.push(b'1');
    bytes.extend_from_slice(schema);
    bytes
}

/// A description as version 1.1.0 has it: with words in a language for a code.
pub fn described_in_words((code, language, sentence): (&str, &str, &str)) -> Vec<u8> {
    const WORDS_AT: usize = 512;
    let mut bytes = described_as(b"g", b"{}", 0);
    let list = DESCRIPTION + WORDS_AT;
    bytes.splice(36..44, [word(list), word(1)].concat());
    bytes.resize(WORDS_AT, 0);
    let mut text = list + 24;
    for part in [code, language, sentence] {
        bytes.extend([word(text), word(part.len())].concat());
        text += part.len();
    }
    bytes.extend([code, language, sentence].concat().into_bytes());
    bytes
}

/// The same component with so many more bytes, which say nothing.
pub fn padded(component: &[u8], by: usize) -> Vec<u8> {
    let name = b"padding";
    let mut section = vec![u8::try_from(name.len()).unwrap()];
    section.extend_from_slice(name);
    section.resize(section.len() + by, 0);
    let mut padded = component.to_vec();
    padded.push(0);
    let mut len = section.len();
    while len >= 0x80 {
        padded.push(u8::try_from(len & 0x7f).unwrap() | 0x80);
        len >>= 7;
    }
    padded.push(u8::try_from(len).unwrap());
    padded.extend(section);
    padded
}

/// Encodes a core module in text as a component of the published world.
pub fn component(wat: &str) -> Vec<u8> {
    encoded(wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}\n{wat}")))
}

/// The same for a module in bytes.
pub fn encoded(module: Vec<u8>) -> Vec<u8> {
    encoded_for("1.0.0", module)
}

/// The same for another version of the published world.
pub fn encoded_for(version: &str, mut module: Vec<u8>) -> Vec<u8> {
    let mut resolve = wit_component_resolve();
    let folder = format!("{}/../wit/{version}", env!("CARGO_MANIFEST_DIR"));
    let package = resolve.push_dir(folder).unwrap().0;
    let world = resolve.select_world(&[package], Some("rule")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// A module that exports what the published world asks of one, and does nothing.
pub fn the_world() -> Vec<u8> {
    wat::parse_str(Parts::default().module()).unwrap()
}

fn wit_component_resolve() -> wit_parser::Resolve {
    wit_parser::Resolve::default()
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// An answer laid out as the canonical ABI has it, to lie at [`ANSWER`].
struct Image {
    bytes: Vec<u8>,
    root: usize,
}

impl Image {
    fn of(answer: &Answer) -> Self {
        let mut image = Self { bytes: Vec::new(), root: 0 };
        let charges: Vec<Vec<u8>> = answer.charges.iter().map(|charge| image.charge(charge)).collect();
        let verdicts: Vec<Vec<u8>> = answer.verdicts.iter().map(|verdict| image.verdict(verdict)).collect();
        assert!(answer.findings.is_empty(), "no test needs findings here");
        let lists =
            [(image.put(&charges.concat()), charges.len()), (0, 0), (image.put(&verdicts.concat()), verdicts.len())];
        let root: Vec<u8> = lists.iter().flat_map(|(at, len)| [word(*at), word(*len)].concat()).collect();
        image.root = image.put(&root);
        image
    }

    fn put(&mut self, bytes: &[u8]) -> usize {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let at = ANSWER + self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        at
    }

    fn reason(&mut self, reason: &Reason) -> Vec<u8> {
        assert!(reason.args.iter().all(|arg| matches!(arg, Arg::Count(_))), "only counts are laid out");
        let code = self.put(reason.code.as_bytes());
        [word(code), word(reason.code.len()), word(0), word(0)].concat()
    }

    fn charge(&mut self, charge: &Charge) -> Vec<u8> {
        let reason = self.reason(&charge.reason);
        let mut bytes = Vec::new();
        bytes.extend(charge.line.to_le_bytes());
        bytes.extend(charge.from.0.to_le_bytes());
        bytes.extend(charge.to.0.to_le_bytes());
        bytes.extend(option(charge.visit));
        bytes.extend([0; 4]);
        bytes.extend(charge.accounts_for.to_le_bytes());
        bytes.extend(charge.units.to_le_bytes());
        bytes.extend(u32::from(charge.divisor).to_le_bytes());
        bytes.extend(option(charge.row));
        bytes.extend([0; 4]);
        bytes.extend(charge.pence.to_le_bytes());
        bytes.extend(word(verdict_number(charge.verdict)));
        bytes.extend(reason);
        bytes.extend([0; 4]);
        assert_eq!(bytes.len(), 88);
        bytes
    }

    fn verdict(&mut self, verdict: &LineVerdict) -> Vec<u8> {
        let reason = self.reason(&verdict.reason);
        [verdict.line.to_le_bytes().to_vec(), word(verdict_number(verdict.verdict)), reason].concat()
    }
}

fn word(value: usize) -> Vec<u8> {
    u32::try_from(value).unwrap().to_le_bytes().to_vec()
}

fn option(value: Option<u32>) -> Vec<u8> {
    [u32::from(value.is_some()).to_le_bytes(), value.unwrap_or_default().to_le_bytes()].concat()
}

const fn verdict_number(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Payable => 0,
        Verdict::Suspended => 1,
        Verdict::Rejected => 2,
        Verdict::Pending => 3,
    }
}

/// A week with one line of two hours at £20.00, stated as planned.
pub fn claim() -> ClaimFacts {
    let (from, to) = (Day(20_000), Day(20_006));
    let row = RateRow {
        row: 0,
        band: String::new(),
        minutes: None,
        day_kind: None,
        time_band: None,
        from,
        to: None,
        unit: Unit::Hour,
        rate: 200_000,
    };
    let stated = StatedDay {
        day: from,
        delivered: 2_000,
        frustrated: 0,
        missed: 0,
        extra: 0,
        visits: None,
        reason: String::new(),
        comment: false,
    };
    let line = LineFacts {
        line: 0,
        service: "Domiciliary care".to_owned(),
        unit: Unit::Hour,
        tier: String::new(),
        valid: Span { from, to },
        tail: None,
        attributes: Vec::new(),
        plan: vec![PlannedDay { day: from, quantity: 2_000 }],
        planned_visits: Vec::new(),
        rates: vec![row],
        stated_days: vec![stated],
        stated_visits: Vec::new(),
    };
    ClaimFacts {
        period: Span { from, to },
        recording: Recording::Quantities,
        terms: Terms::Actual,
        stated: true,
        attributes: Vec::new(),
        days: Vec::new(),
        lines: vec![line],
        stays: Vec::new(),
        ending: None,
        earlier: Vec::new(),
        settings: Vec::new(),
    }
}

/// The right answer to [`claim`]: £40.00.
pub fn right() -> Answer {
    Answer {
        charges: vec![Charge {
            line: 0,
            from: Day(20_000),
            to: Day(20_000),
            visit: None,
            accounts_for: 2_000,
            units: 2_000,
            divisor: 1,
            row: Some(0),
            pence: 4_000,
            verdict: Verdict::Payable,
            reason: Reason::plain("delivered"),
        }],
        findings: Vec::new(),
        verdicts: vec![LineVerdict { line: 0, verdict: Verdict::Payable, reason: Reason::plain("priced") }],
    }
}
