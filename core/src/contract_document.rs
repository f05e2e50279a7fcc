//! Documents of a contract that a provider agrees or rejects: how long each part may be, what makes a file a PDF, and the
//! digest of exactly what was agreed. Stands beside the [`plan`](crate::plan), which such a document commissions.

use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};

/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 160;
/// The longest terms, in characters.
pub const LONGEST_TERMS: usize = 40_000;
/// The longest reason for rejecting, in characters.
pub const LONGEST_REASON: usize = 2_000;
/// The longest name and role of whoever declares, in characters.
pub const LONGEST_NAME: usize = 120;
/// The largest attachment: 5 MB, in bytes.
pub const LARGEST_ATTACHMENT: usize = 5 * 1024 * 1024;

/// How far into a file readers look for where the PDF begins, and from its end for where it is over, in bytes.
const MARGIN: usize = 1_024;

/// What is agreed: everything that the digest is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed<'a> {
    /// The title.
    pub title: &'a str,
    /// The version, from 1.
    pub version: u32,
    /// The terms, as paragraphs.
    pub terms: &'a str,
    /// The day by which it is to be agreed.
    pub agree_by: NaiveDate,
    /// The attachment's name and bytes.
    pub attachment: Option<(&'a str, &'a [u8])>,
}

impl Agreed<'_> {
    /// The SHA-256 of all parts, each after its length, so that no two documents have one digest by where a part ends.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"counterfoil contract document 1\n");
        let mut part = |bytes: &[u8]| {
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        };
        part(self.title.as_bytes());
        part(&self.version.to_be_bytes());
        part(self.terms.as_bytes());
        part(self.agree_by.to_string().as_bytes());
        match self.attachment {
            Some((name, bytes)) => {
                part(name.as_bytes());
                part(bytes);
            }
            None => part(&[]),
        }
        hash.finalize().into()
    }
}

/// What is wrong with an attachment, in words for whoever chose it; nothing where it is a PDF by what is in it, whatever it
/// is called.
#[must_use]
pub fn wrong_with_attachment(bytes: &[u8]) -> Option<&'static str> {
    if bytes.len() > LARGEST_ATTACHMENT {
        return Some("The file must be smaller than 5MB");
    }
    let has = |within: &[u8], mark: &[u8]| within.windows(mark.len()).any(|window| window == mark);
    let start = bytes.get(..MARGIN).unwrap_or(bytes);
    let end = bytes.get(bytes.len().saturating_sub(MARGIN)..).unwrap_or(bytes);
    if has(start, b"%PDF-1.") || has(start, b"%PDF-2.") {
        return (!has(end, b"%%EOF")).then_some("The file is not whole. Save it as a PDF once more and select that");
    }
    Some("The selected file must be a PDF")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n";

    fn document() -> Agreed<'static> {
        Agreed {
            title: "Agreement",
            version: 1,
            terms: "Seven hours a week.",
            agree_by: NaiveDate::default(),
            attachment: None,
        }
    }

    #[test]
    fn every_part_of_a_document_is_in_its_digest() {
        let digest = document().digest();
        assert_eq!(digest, document().digest());
        let others = [
            Agreed { title: "Agreement.", ..document() },
            Agreed { version: 2, ..document() },
            Agreed { terms: "Eight hours a week.", ..document() },
            Agreed { agree_by: NaiveDate::MAX, ..document() },
            Agreed { attachment: Some(("terms.pdf", WHOLE)), ..document() },
            Agreed { attachment: Some(("terms.pdf", b"%PDF-1.7")), ..document() },
            // the same letters, parted elsewhere
            Agreed { title: "Agreemen", terms: "tSeven hours a week.", ..document() },
        ];
        let mut digests: Vec<[u8; 32]> = others.iter().map(Agreed::digest).collect();
        digests.push(digest);
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), others.len() + 1);
    }

    #[test]
    fn a_file_is_a_pdf_by_what_is_in_it() {
        assert_eq!(wrong_with_attachment(WHOLE), None);
        assert_eq!(wrong_with_attachment(b"\xef\xbb\xbf%PDF-2.0\n%%EOF"), None);
        for other in [&b"MZ\x90\x00"[..], b"<html>%PDF</html>", b"", b"PK\x03\x04"] {
            assert_eq!(wrong_with_attachment(other), Some("The selected file must be a PDF"));
        }
        assert!(wrong_with_attachment(b"%PDF-1.7\n1 0 obj").is_some_and(|words| words.contains("not whole")));
        let mut large = WHOLE.to_vec();
        large.resize(LARGEST_ATTACHMENT + 1, b' ');
        assert_eq!(wrong_with_attachment(&large), Some("The file must be smaller than 5MB"));
    }
}
