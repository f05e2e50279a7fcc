//! The text of a file, in whichever of the encodings spreadsheets write; and the characters that no cell may hold.

use std::borrow::Cow;

use counterfoil_core::actuals_file::Place;

use super::SheetFault;

/// The longest text of a cell: what Excel keeps, in letters.
const LONGEST: usize = 32_767;

/// What Windows-1252 has where Latin-1 has controls; what it leaves free stays a control.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

/// UTF-8 with or without its mark, UTF-16 with it; what is neither is Windows-1252, in which every byte means something.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, SheetFault> {
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return wide(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return wide(rest, u16::from_be_bytes);
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes
            .iter()
            .map(|byte| match byte {
                0x80..=0x9f => {
                    WINDOWS_1252.get(usize::from(byte - 0x80)).copied().unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                _ => char::from(*byte),
            })
            .collect(),
    })
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, SheetFault> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(SheetFault::Unreadable);
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map(Cow::Owned).map_err(|_| SheetFault::Unreadable)
}

/// Refuses what a cell may not hold: controls, and characters that turn the direction of writing and so show other text
/// than there is.
pub(super) fn check(text: &str, place: Place) -> Result<(), SheetFault> {
    // nearly every cell is plain
    if text.len() <= LONGEST && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Ok(());
    }
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => {}
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                return Err(SheetFault::Turning(place.to_string()));
            }
            letter if letter.is_control() || letter == char::REPLACEMENT_CHARACTER => {
                return Err(SheetFault::Control(place.to_string()));
            }
            _ => {}
        }
    }
    if text.chars().count() > LONGEST { Err(SheetFault::LongCell(place.to_string())) } else { Ok(()) }
}
