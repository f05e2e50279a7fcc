//! Files that are no component, or a damaged one.

use counterfoil_rules::packs;

use crate::hostile::{Expected, Hostile, hostile, refused};
use crate::support::{answering, right};

/// What a component begins with.
pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
/// What a core module begins with.
pub(crate) const MODULE: &[u8] = b"\0asm\x01\0\0\0";

const NO_WASM: &str = "it is not a WebAssembly file: choose the .wasm file";
const DAMAGED: &str = "it is damaged or cut off at byte";
const TOO_LONG: &str = "and at most 2097152 are accepted: build it with";

pub(crate) fn all() -> Vec<Hostile> {
    vec![
        refused("an empty file", Vec::new, NO_WASM),
        refused("a spreadsheet", || b"PK\x03\x04 a workbook".to_vec(), NO_WASM),
        refused("a compressed file", || b"\x1f\x8b\x08\0 a bomb of another kind".to_vec(), NO_WASM),
        refused("a program", || b"\x7fELF\x02\x01\x01\0".to_vec(), NO_WASM),
        refused("text that becomes a component", || b"(component)".to_vec(), NO_WASM),
        refused("100 MB of zeros", || vec![0; 100_000_000], TOO_LONG),
        refused(
            "100 MB of zeros behind a rule",
            || [packs::standard().component, &vec![0; 100_000_000]].concat(),
            TOO_LONG,
        ),
        refused(
            "2 MB of zeros that call themselves a component",
            || [COMPONENT, &vec![0; 2_000_000]].concat(),
            DAMAGED,
        ),
        refused("2 MB of sections without anything in them", || [COMPONENT, &[2, 0].repeat(999_000)].concat(), DAMAGED),
        refused("a core module", || MODULE.to_vec(), "it is a core WebAssembly module, not a component"),
        refused("a version of WebAssembly that is not there", || b"\0asm\xff\xff\x01\0".to_vec(), DAMAGED),
        refused(
            "half a rule",
            || packs::standard().component[..packs::standard().component.len() / 2].to_vec(),
            DAMAGED,
        ),
        refused(
            "a section that says it is four gigabytes long",
            || [COMPONENT, b"\x01\xff\xff\xff\xff\x0f"].concat(),
            DAMAGED,
        ),
        refused("a length that never ends", || [COMPONENT, &[1], &[0x80; 2_000][..]].concat(), DAMAGED),
        refused("a thousand components within one another", nested, DAMAGED),
        hostile("a rule with two megabytes of notes", padded, Expected::Harmless),
    ]
}

/// Each says that it goes on to the end of the file, in which it nests.
fn nested() -> Vec<u8> {
    let mut inner = COMPONENT.to_vec();
    for _ in 0..1_000 {
        inner = [COMPONENT, &section(4, &inner)].concat();
    }
    // and the innermost is cut off
    inner.truncate(inner.len() - 3);
    inner
}

fn padded() -> Vec<u8> {
    let note = [&[4][..], b"note", &vec![b'x'; 1_900_000]].concat();
    [answering(&right()), section(0, &note)].concat()
}

/// A section of a module or component.
pub(crate) fn section(id: u8, body: &[u8]) -> Vec<u8> {
    [&[id][..], &length(body.len()), body].concat()
}

/// A number as WebAssembly writes lengths.
pub(crate) fn length(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
