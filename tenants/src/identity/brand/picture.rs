//! A council's logo, checked before it is kept: PNG or JPEG, small, and nothing but a picture. It is taken apart here and
//! put together again from the parts that show it, so that comments, places where a photograph was taken and markup that
//! some browser might read stay behind.

use crate::error::{Error, Result};

/// The most bytes of a logo.
pub const MOST_BYTES: usize = 64 * 1024;
/// The widest and the highest that a logo may be, in pixels.
pub const LARGEST: (u32, u32) = (1_000, 400);

/// The format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
}

impl Format {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    pub(super) fn of(media_type: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg].into_iter().find(|format| format.media_type() == media_type)
    }
}

/// A picture that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its format.
    pub format: Format,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// The file, with what shows the picture and nothing else.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Checks a file.
    ///
    /// # Errors
    /// [`Error::Refused`] in words that say what to upload.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MOST_BYTES {
            return Err(Error::Refused("The logo must be smaller than 64KB".to_owned()));
        }
        let read = if bytes.starts_with(&PNG) {
            png(bytes).map(|(size, bytes)| Self { format: Format::Png, size, bytes })
        } else if bytes.starts_with(&[0xff, SOI]) {
            jpeg(bytes).map(|(size, bytes)| Self { format: Format::Jpeg, size, bytes })
        } else {
            return Err(Error::Refused("The logo must be a PNG or a JPEG".to_owned()));
        };
        let words = "The logo cannot be read. Save the picture again as PNG or JPEG and upload that.";
        let picture = read.ok_or_else(|| Error::Refused(words.to_owned()))?;
        let (width, height) = picture.size;
        if width == 0 || height == 0 || width > LARGEST.0 || height > LARGEST.1 {
            return Err(Error::Refused(format!(
                "The logo must be at most {} pixels wide and {} high. It is {width} by {height}.",
                LARGEST.0, LARGEST.1
            )));
        }
        Ok(picture)
    }
}

/// How every PNG begins.
const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// The chunks that show the picture (ISO/IEC 15948); texts, dates and what others have added are not among them.
const SHOWN: [&[u8; 4]; 11] =
    [b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"IDAT", b"IEND"];

/// The size of a PNG, and the file with the chunks that show it; none where it is damaged, or something follows its end.
fn png(bytes: &[u8]) -> Option<((u32, u32), Vec<u8>)> {
    let mut left = bytes.strip_prefix(&PNG)?;
    let mut kept = PNG.to_vec();
    let mut size = None;
    let mut has_data = false;
    loop {
        let (length, rest) = left.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (kind, _) = rest.split_first_chunk::<4>()?;
        let checked = rest.get(..length.checked_add(4)?)?;
        let (sum, next) = rest.get(length.checked_add(4)?..)?.split_first_chunk::<4>()?;
        if u32::from_be_bytes(*sum) != crc_32(checked) {
            return None;
        }
        let data = checked.get(4..)?;
        match (kind, size) {
            (b"IHDR", None) if length == 13 => {
                let (width, rest) = data.split_first_chunk::<4>()?;
                let (height, _) = rest.split_first_chunk::<4>()?;
                size = Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)));
            }
            // the header comes first, and once
            (b"IHDR", _) | (_, None) => return None,
            _ => {}
        }
        has_data |= kind == b"IDAT";
        if SHOWN.contains(&kind) {
            kept.extend_from_slice(left.get(..length.checked_add(12)?)?);
        } else if kind[0].is_ascii_uppercase() {
            return None; // a part without which it cannot be shown, and that nobody here knows
        }
        left = next;
        if kind == b"IEND" {
            return size.filter(|_| has_data && left.is_empty()).map(|size| (size, kept));
        }
    }
}

/// The sum that each chunk of a PNG ends with (ISO/IEC 15948, annex D).
fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

/// Start of image, end of image, start of scan (ITU-T T.81, table B.1).
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
/// The segment in which a JFIF file says how its colours are meant, and Adobe's for the same.
const COLOURS: [u8; 2] = [0xe0, 0xee];

/// The size of a JPEG, and the file with the segments that show it; none where it is damaged, or something follows its
/// end.
fn jpeg(bytes: &[u8]) -> Option<((u32, u32), Vec<u8>)> {
    let mut left = bytes.strip_prefix(&[0xff, SOI])?;
    let mut kept = vec![0xff, SOI];
    let mut size = None;
    let mut has_data = false;
    loop {
        let (start, rest) = left.split_first_chunk::<2>()?;
        let marker = start[1];
        if start[0] != 0xff {
            return None;
        }
        if marker == 0xff {
            left = left.get(1..)?; // a marker may be filled up before its code
            continue;
        }
        if matches!(marker, 0 | 1 | 0xd0..=SOI) {
            return None; // what has no length of its own belongs into a scan, or nowhere
        }
        if marker == EOI {
            kept.extend_from_slice(start);
            return size.filter(|_| has_data && rest.is_empty()).map(|size| (size, kept));
        }
        let (length, _) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let segment = rest.get(2..length).filter(|_| length >= 2)?;
        let mut next = rest.get(length..)?;
        // baseline and progressive frames with their kin; C4, C8 and CC are tables
        if matches!(marker, 0xc0..=0xcf) && ![0xc4, 0xc8, 0xcc].contains(&marker) {
            let [_, high, h, wide, w, ..] = segment else { return None };
            if size.is_some() {
                return None;
            }
            let of = |first: &u8, second: &u8| u32::from(u16::from_be_bytes([*first, *second]));
            size = Some((of(wide, w), of(high, h)));
        }
        let shown = COLOURS.contains(&marker) || !matches!(marker, 0xe0..=0xef | 0xfe);
        if marker == SOS {
            let end = scan(next)?;
            has_data = true;
            next = next.get(end..)?;
        }
        if shown {
            kept.extend_from_slice(left.get(..left.len() - next.len())?);
        }
        left = next;
    }
}

/// Where the data of a scan end: at the next marker that is neither a restart nor a byte that looks like one.
fn scan(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xff && pair[1] != 0 && !matches!(pair[1], 0xd0..=0xd7))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let checked = [kind, data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], &checked, &crc_32(&checked).to_be_bytes()].concat()
    }

    fn png_of(width: u32, height: u32, extra: &[u8], after: &[u8]) -> Vec<u8> {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
        [&PNG[..], &chunk(b"IHDR", &header), extra, &chunk(b"IDAT", &[0]), &chunk(b"IEND", &[]), after].concat()
    }

    fn jpeg_of(width: u16, height: u16, extra: &[u8], after: &[u8]) -> Vec<u8> {
        let [h, hh] = height.to_be_bytes();
        let [w, ww] = width.to_be_bytes();
        let frame = [0xff, 0xc0, 0, 11, 8, h, hh, w, ww, 1, 1, 0x11, 0];
        let scan = [0xff, SOS, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56];
        [&[0xff, SOI][..], extra, &frame, &scan, &[0xff, EOI], after].concat()
    }

    #[test]
    fn the_size_of_both_kinds_is_read() {
        let read = Picture::read(&png_of(300, 80, &[], &[])).unwrap();
        assert_eq!((read.format, read.size), (Format::Png, (300, 80)));
        let read = Picture::read(&jpeg_of(300, 80, &[], &[])).unwrap();
        assert_eq!((read.format, read.size), (Format::Jpeg, (300, 80)));
    }

    #[test]
    fn what_does_not_show_the_picture_stays_behind() {
        let text = chunk(b"tEXt", b"Comment\0<script>alert(1)</script>");
        assert_eq!(Picture::read(&png_of(3, 8, &text, &[])).unwrap().bytes, png_of(3, 8, &[], &[]));
        let taken_at = [&[0xff, 0xe1, 0, 10][..], b"52.19 N", &[0, 0xff, 0xfe, 0, 7], b"<svg>"].concat();
        assert_eq!(Picture::read(&jpeg_of(3, 8, &taken_at, &[])).unwrap().bytes, jpeg_of(3, 8, &[], &[]));
    }

    #[test]
    fn what_is_too_large_or_no_picture_is_refused() {
        for (wrong, said) in [
            (png_of(1_001, 10, &[], &[]), "1000 pixels wide"),
            (png_of(10, 401, &[], &[]), "400 high"),
            (png_of(0, 10, &[], &[]), "pixels"),
            (jpeg_of(10, 401, &[], &[]), "400 high"),
            (png_of(10, 10, &[], b"<script>"), "cannot be read"),
            (jpeg_of(10, 10, &[], b"<script>"), "cannot be read"),
            (png_of(10, 10, &chunk(b"ABCD", b"?"), &[]), "cannot be read"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "PNG or a JPEG"),
            (b"GIF89a".to_vec(), "PNG or a JPEG"),
            (vec![0; MOST_BYTES + 1], "64KB"),
        ] {
            let refused = Picture::read(&wrong).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn a_damaged_picture_is_refused_wherever_it_breaks() {
        for whole in [png_of(10, 10, &[], &[]), jpeg_of(10, 10, &[], &[])] {
            for end in 0..whole.len() {
                assert!(Picture::read(&whole[..end]).is_err(), "{end} bytes of it");
            }
        }
        let mut flipped = png_of(10, 10, &[], &[]);
        flipped[17] ^= 1;
        assert!(Picture::read(&flipped).is_err(), "the sum of the header is wrong");
    }
}
