//! Cells that a spreadsheet would compute: marked as text on the way out, and the mark taken off on the way in.

use std::borrow::Cow;

/// With what a cell begins that spreadsheets compute, in the narrow and the wide form.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

fn is_computed(cell: &str) -> bool {
    cell.trim_start_matches([' ', '\n', '\u{a0}']).starts_with(FORMULA)
}

/// Text as a cell of CSV that is shown and not computed: an apostrophe before what looks like a formula, and before
/// what begins with one already, so that [`unguarded`] gives back exactly what went in.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_computed(text) || text.starts_with('\'') { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell that was written by [`guarded`].
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_computed(rest) || rest.starts_with('\'') => rest,
        _ => cell,
    }
}

/// Text without what a spreadsheet adds or loses: space around it, and other ways of ending a line.
pub(super) fn settled(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.contains('\r') {
        Cow::Owned(trimmed.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// A reference as it is compared: spreadsheets take leading noughts away, and people mix small and capital letters.
#[must_use]
pub fn reference_key(text: &str) -> String {
    let text = text.trim().to_uppercase();
    let shorter = text.trim_start_matches('0');
    if !shorter.is_empty() && shorter.bytes().all(|byte| byte.is_ascii_digit()) { shorter.to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_on_the_way_out_comes_back_as_it_was() {
        for text in ["", "Ada", "=1+1", "'=1+1", "'tis", "''", "-1", " \u{ff1d}x", "'", "a=b", "\n@x"] {
            assert_eq!(unguarded(&guarded(text)), text);
            assert!(!is_computed(&guarded(text)), "{text}");
        }
        assert_eq!(unguarded("'tis late"), "'tis late");
    }

    #[test]
    fn a_reference_is_the_same_without_its_leading_noughts() {
        assert_eq!(reference_key(" 00412 "), reference_key("412"));
        assert_eq!(reference_key("wcc-0041"), "WCC-0041");
        assert_eq!(reference_key("000"), "000");
    }
}
