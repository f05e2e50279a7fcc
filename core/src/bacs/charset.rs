//! The characters that BACS carries: A to Z, 0 to 9, full stop, ampersand, solidus, hyphen and space.
//!
//! Used for names and references only. Letters with accents lose them, what has no likeness becomes a space, and
//! each change is reported, so that a person can see what the payee will see.

use serde::{Deserialize, Serialize};

/// A name or reference that the file spells in another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Respelling {
    /// Which payment, counted from 1; none for the council's own account.
    pub item: Option<usize>,
    /// `account name` or `reference`.
    pub field: String,
    /// As it was given.
    pub given: String,
    /// As it stands in the file, without the blanks that fill the field.
    pub written: String,
    /// Whether characters at the end were left out for want of room.
    pub shortened: bool,
}

/// A text in the characters that BACS carries, of any length: upper case, accents taken off, other signs as a
/// space, no space at either end and never two together.
///
/// # Examples
/// ```
/// # use counterfoil_core::bacs::respell;
/// assert_eq!(respell("Zoë's Café & Söhne"), "ZOES CAFE & SOHNE");
/// ```
#[must_use]
pub fn respell(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for character in text.chars() {
        spell(character, &mut spelled);
    }
    spelled.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn spell(character: char, spelled: &mut String) {
    match character {
        'a'..='z' => spelled.push(character.to_ascii_uppercase()),
        'A'..='Z' | '0'..='9' | '.' | '&' | '/' | '-' => spelled.push(character),
        // an apostrophe or a combining accent vanishes, so that O'Neill stays one word
        '\'' | '\u{2018}' | '\u{2019}' | '`' | '\u{300}'..='\u{36f}' => {}
        '\u{2010}'..='\u{2015}' => spelled.push('-'),
        '\\' => spelled.push('/'),
        '+' => spelled.push('&'),
        other => spelled.push_str(likeness(other)),
    }
}

/// The plain letters for a letter with a mark; a space for everything else.
fn likeness(character: char) -> &'static str {
    const LETTERS: [(&str, &str); 27] = [
        ("àáâãåāăąÀÁÂÃÅĀĂĄ", "A"),
        ("äÄ", "A"),
        ("æÆ", "AE"),
        ("çćĉċčÇĆĈĊČ", "C"),
        ("ďđðĎĐÐ", "D"),
        ("èéêëēĕėęěÈÉÊËĒĔĖĘĚ", "E"),
        ("ĝğġģĜĞĠĢ", "G"),
        ("ĥħĤĦ", "H"),
        ("ìíîïĩīĭįıÌÍÎÏĨĪĬĮİ", "I"),
        ("ĵĴ", "J"),
        ("ķĶ", "K"),
        ("ĺļľŀłĹĻĽĿŁ", "L"),
        ("ñńņňÑŃŅŇ", "N"),
        ("òóôõōŏőøÒÓÔÕŌŎŐØ", "O"),
        ("öÖ", "O"),
        ("œŒ", "OE"),
        ("ŕŗřŔŖŘ", "R"),
        ("śŝşšșŚŜŞŠȘ", "S"),
        ("ß", "SS"),
        ("ţťŧțŢŤŦȚ", "T"),
        ("þÞ", "TH"),
        ("ùúûũūŭůűųÙÚÛŨŪŬŮŰŲ", "U"),
        ("üÜ", "U"),
        ("ŵẁẃẅŴẀẂẄ", "W"),
        ("ýÿŷỳÝŸŶỲ", "Y"),
        ("źżžŹŻŽ", "Z"),
        ("ẞ", "SS"),
    ];
    LETTERS.iter().find(|(marked, _)| marked.contains(character)).map_or(" ", |(_, plain)| plain)
}
