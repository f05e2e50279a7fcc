//! What an XLSX holds, looked at before anything parses it: every part is unpacked once into nothing, and counted.
//!
//! What the archive says of its sizes is compared with what comes out, and nothing is believed: unpacking stops at the
//! ceiling whatever is said.

use std::io::{Cursor, Read as _};

use zip::{CompressionMethod, ZipArchive};

use super::SheetFault;

/// The most parts. A workbook with one sheet has about a dozen.
const MOST_PARTS: usize = 200;
/// The most that all parts may come to, in bytes: 150,000 rows of a table of actuals are 90 MB.
const MOST_UNPACKED: u64 = 160 * 1024 * 1024;
/// The most that one part may come to.
const MOST_OF_A_PART: u64 = 120 * 1024 * 1024;
/// The most that the part with the shared strings may come to: it is kept in memory as a whole.
const MOST_STRINGS: u64 = 16 * 1024 * 1024;

/// Looks through the archive.
///
/// # Errors
/// [`SheetFault`] for whatever is out of measure, or no part of a workbook.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), SheetFault> {
    if ends_of_directory(bytes).is_some_and(|parts| parts > MOST_PARTS) {
        return Err(SheetFault::TooMuchInside);
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetFault::Unreadable)?;
    if archive.len() > MOST_PARTS {
        return Err(SheetFault::TooMuchInside);
    }
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| SheetFault::Unreadable)?;
        let name = part.name().map_err(|_| SheetFault::Unreadable)?.to_lowercase();
        if part.encrypted() {
            return Err(SheetFault::OldExcel);
        }
        if !matches!(part.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(SheetFault::Unreadable);
        }
        if name.ends_with("vbaproject.bin") {
            return Err(SheetFault::Macros);
        }
        declared = declared.saturating_add(part.size());
        if part.size() > most_of(&name) || declared > MOST_UNPACKED {
            return Err(SheetFault::TooMuchInside);
        }
    }
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        left -= unpack(&mut archive, index, left)?;
    }
    Ok(())
}

/// Whether there is a part of this name.
pub(super) fn has_part(bytes: &[u8], name: &str) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.index_for_name(name).is_some())
}

/// How many parts the end of the directory says that there are, which is read before the directory itself.
fn ends_of_directory(bytes: &[u8]) -> Option<usize> {
    const MARK: [u8; 4] = *b"PK\x05\x06";
    let from = bytes.len().saturating_sub(66_000);
    let tail = bytes.get(from..)?;
    let at = tail.windows(4).rposition(|window| window == MARK)?;
    let count = tail.get(at + 10..at + 12)?;
    Some(usize::from(u16::from_le_bytes(count.try_into().ok()?)))
}

fn most_of(name: &str) -> u64 {
    if name.ends_with("sharedstrings.xml") { MOST_STRINGS } else { MOST_OF_A_PART }
}

/// Unpacks one part into nothing; how much came out.
fn unpack(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize, left: u64) -> Result<u64, SheetFault> {
    let mut part = archive.by_index(index).map_err(|_| SheetFault::Unreadable)?;
    let name = part.name().map_err(|_| SheetFault::Unreadable)?.to_lowercase();
    let (declared, most) = (part.size(), most_of(&name).min(left));
    let mut scan = Scan::new(name.ends_with(".xml") || name.ends_with(".rels"));
    let (mut came, mut buffer) = (0_u64, vec![0_u8; 64 * 1024]);
    loop {
        let read = match part.read(&mut buffer) {
            Ok(read) => read,
            // the sum of the part is wrong as well, where its size is not what was said
            Err(_) if came != declared => return Err(SheetFault::Lying),
            Err(_) => return Err(SheetFault::Unreadable),
        };
        if read == 0 {
            break;
        }
        came += u64::try_from(read).unwrap_or(u64::MAX);
        if came > declared {
            return Err(SheetFault::Lying);
        }
        if came > most {
            return Err(SheetFault::TooMuchInside);
        }
        scan.see(buffer.get(..read).unwrap_or_default())?;
    }
    if came == declared { Ok(came) } else { Err(SheetFault::Lying) }
}

/// Looks for what no part of a workbook needs, in bytes that come in pieces.
struct Scan {
    is_xml: bool,
    /// The end of the piece before, in capitals.
    tail: Vec<u8>,
}

/// What declares an entity, or a document type that could.
const DECLARATIONS: [&[u8]; 2] = [b"<!DOCTYPE", b"<!ENTITY"];
const LONGEST: usize = 9;

impl Scan {
    const fn new(is_xml: bool) -> Self {
        Self { is_xml, tail: Vec::new() }
    }

    fn see(&mut self, piece: &[u8]) -> Result<(), SheetFault> {
        if !self.is_xml {
            return Ok(());
        }
        // XML of another encoding than UTF-8 has zero bytes, and could hide what is looked for
        if piece.contains(&0) {
            return Err(SheetFault::ZeroBytes);
        }
        // `<!` is rare, and everything looked for begins with it
        let mut joined = std::mem::take(&mut self.tail);
        joined.extend_from_slice(piece);
        for (at, pair) in joined.windows(2).enumerate() {
            if pair == b"<!" {
                let after = joined.get(at..).unwrap_or_default();
                let declares =
                    |word: &&[u8]| after.get(..word.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(word));
                if DECLARATIONS.iter().any(declares) {
                    return Err(SheetFault::Entities);
                }
            }
        }
        let kept = joined.len().saturating_sub(LONGEST - 1);
        self.tail = joined.split_off(kept);
        Ok(())
    }
}
