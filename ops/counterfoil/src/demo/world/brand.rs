//! How the demo's councils show themselves: a colour, whom to ask, and a logo that is nobody's emblem but a pattern of
//! squares that follows from the council's name.

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::organisations::{BRA, MOS, STY, W20, W24};

/// How a council shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Brand {
    /// As `#rrggbb`; white is read on it.
    pub(crate) colour: &'static str,
    /// Whom providers ask.
    pub(crate) contact: &'static str,
    /// A number of those that nobody has.
    pub(crate) phone: &'static str,
    /// What the help page says.
    pub(crate) help: &'static str,
    /// Whether it asks for passwords that keep to the published rule.
    pub(crate) published_password_rule: bool,
}

/// The brand of the council with a slug.
#[must_use]
pub(crate) fn of(slug: &str) -> Brand {
    let brand = |colour, contact, phone, help| Brand { colour, contact, phone, help, published_password_rule: false };
    match slug {
        W20 => brand(
            "#00602b",
            "Adult social care payments",
            "01632 960020",
            "A wrong number of hours or days, or a wrong rate, is a question for the person\u{2019}s social worker.",
        ),
        W24 => Brand {
            published_password_rule: true,
            ..brand(
                "#4c2c92",
                "Provider payments team",
                "01632 960024",
                "Actuals are due by 6pm on Tuesday. What is missing has not been purchased: ask the social worker.",
            )
        },
        BRA => brand(
            "#8a1c4a",
            "Commissioning and payments",
            "01632 960031",
            "Generate, amend, comment, review exceptions, confirm: submissions are due by the close of business on Tuesday.",
        ),
        STY => brand(
            "#0b4f8a",
            "Adult social care finance",
            "01632 960047",
            "Upload actuals as Excel or CSV, or enter them on the page. Ask us online about purchase orders.",
        ),
        MOS => brand(
            "#5a4500",
            "Non-residential payments",
            "01632 960058",
            "Request payments one week at a time, then verify the provisional invoices.",
        ),
        _ => brand("#1d70b8", "Payments", "01632 960000", ""),
    }
}

/// Squares in a row and rows of the pattern.
const SQUARES: u32 = 5;
/// Pixels of a square, and of the margin around them.
const SQUARE: u32 = 16;
const MARGIN: u32 = 8;
/// Pixels of a side of the logo.
const SIDE: u32 = SQUARES * SQUARE + 2 * MARGIN;

impl Brand {
    /// The logo as a PNG: squares in the council's colour on white, the left half mirrored.
    ///
    /// # Errors
    /// Where the colour is none.
    pub(crate) fn logo(&self, slug: &str) -> anyhow::Result<Vec<u8>> {
        let digits = self.colour.strip_prefix('#').context("a colour without its hash")?;
        let ink = hex::decode(digits).context("a colour that is none")?;
        let bits = Sha256::digest(slug.as_bytes());
        let filled = |x: u32, y: u32| {
            let (Some(x), Some(y)) = (x.checked_sub(MARGIN), y.checked_sub(MARGIN)) else { return false };
            let (column, row) = (x / SQUARE, y / SQUARE);
            if column >= SQUARES || row >= SQUARES {
                return false;
            }
            let mirrored = column.min(SQUARES - 1 - column);
            let byte = usize::try_from(row * SQUARES.div_ceil(2) + mirrored).unwrap_or_default();
            // two of three squares, so that the pattern holds together
            bits.get(byte).is_some_and(|byte| byte % 3 != 0)
        };
        let mut rows = Vec::new();
        for y in 0..SIDE {
            rows.push(0); // no filter
            for first in (0..SIDE).step_by(8) {
                let byte = (0..8).fold(0_u8, |byte, bit| byte << 1 | u8::from(filled(first + bit, y)));
                rows.push(byte);
            }
        }
        let palette = [&[0xff, 0xff, 0xff][..], &ink].concat();
        let header = [&SIDE.to_be_bytes()[..], &SIDE.to_be_bytes(), &[1, 3, 0, 0, 0]].concat();
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        for (kind, data) in [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", stored(&rows)), (b"IEND", Vec::new())] {
            let checked = [&kind[..], &data].concat();
            png.extend_from_slice(&u32::try_from(data.len())?.to_be_bytes());
            png.extend_from_slice(&checked);
            png.extend_from_slice(&crc_32(&checked).to_be_bytes());
        }
        Ok(png)
    }
}

/// Data in the form of zlib, not made smaller (RFC 1950 and 1951): a logo is one block of less than 64 KiB.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    let mut zlib = vec![0x78, 0x01, 1];
    zlib.extend_from_slice(&length.to_le_bytes());
    zlib.extend_from_slice(&(!length).to_le_bytes());
    zlib.extend_from_slice(data);
    zlib.extend_from_slice(&(b << 16 | a).to_be_bytes());
    zlib
}

/// The sum that each chunk of a PNG ends with.
fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use counterfoil_tenants::identity::brand::{Picture, colour};

    use super::*;

    #[test]
    fn every_council_has_a_colour_and_a_logo_of_its_own() {
        let slugs = [W20, W24, BRA, STY, MOS];
        let logos: BTreeSet<Vec<u8>> = slugs.iter().map(|slug| of(slug).logo(slug).unwrap()).collect();
        let colours: BTreeSet<&str> = slugs.iter().map(|slug| of(slug).colour).collect();
        assert_eq!((logos.len(), colours.len()), (5, 5));
        for logo in logos {
            assert_eq!(Picture::read(&logo).unwrap().size, (SIDE, SIDE));
        }
        assert!(colours.iter().all(|own| colour(own).is_ok()));
    }
}
