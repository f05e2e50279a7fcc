//! Files that stand beside a message: which kinds there may be, told by what is in them and not by their name alone, and
//! under which name they are kept. Whoever reads one did not make it.

/// The most that one may weigh, in bytes.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// The most beside one message.
pub const MOST_FILES: usize = 5;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 100;

/// What may be sent, as a sentence says it.
pub const MAY_BE_SENT: &str = "PDF, PNG, JPEG, CSV, XLSX or TXT files of at most 5MB each, 5 with a message";

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A document.
    Pdf,
    /// A picture.
    Png,
    /// A photograph.
    Jpeg,
    /// A table as text.
    Csv,
    /// A workbook.
    Xlsx,
    /// Text.
    Txt,
}

/// Why a file is not taken, in words for whoever sends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing in it.
    #[error("\u{2018}{0}\u{2019} is empty. Choose another file.")]
    Empty(String),
    /// Too large.
    #[error("\u{2018}{0}\u{2019} is larger than 5MB. Make it smaller, or send it in parts.")]
    TooLarge(String),
    /// Of another kind.
    #[error("\u{2018}{0}\u{2019} cannot be sent. You can send {MAY_BE_SENT}.")]
    Kind(String),
    /// What is in it is not what its name says.
    #[error("\u{2018}{0}\u{2019} is not what its name says. Save it again as {1} and send that.")]
    NotAsNamed(String, &'static str),
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Pdf, Self::Png, Self::Jpeg, Self::Csv, Self::Xlsx, Self::Txt];

    /// How names of it end; it is stored as this.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Txt => "txt",
        }
    }

    /// The kind that a stored code stands for.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// As people call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Csv => "CSV",
            Self::Xlsx => "XLSX",
            Self::Txt => "TXT",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Txt => "text/plain",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "jpeg" => Some(Self::Jpeg),
            ending => Self::from_code(ending),
        }
    }

    fn is_in(self, bytes: &[u8]) -> bool {
        match self {
            Self::Pdf => bytes.starts_with(b"%PDF-"),
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            // an archive; what is in it is looked at by whoever can open archives
            Self::Xlsx => bytes.starts_with(b"PK\x03\x04"),
            Self::Csv | Self::Txt => is_text(bytes),
        }
    }
}

/// Text in any of the encodings that people's programs write: no control characters but tabs and the ends of lines, and
/// none of the beginnings by which other kinds are known.
fn is_text(bytes: &[u8]) -> bool {
    let control = |byte: &u8| (*byte < 0x20 && !matches!(*byte, b'\t' | b'\n' | b'\r' | 0x0c)) || *byte == 0x7f;
    let others = [Kind::Pdf, Kind::Png, Kind::Jpeg, Kind::Xlsx];
    !bytes.iter().any(control) && !others.iter().any(|kind| kind.is_in(bytes))
}

/// Which kind of file it is, by its name and by what is in it.
///
/// # Errors
/// [`Refused`] for a file that may not be sent, with its cleaned name.
pub fn kind_of(name: &str, bytes: &[u8]) -> Result<Kind, Refused> {
    let name = cleaned(name);
    if bytes.is_empty() {
        return Err(Refused::Empty(name));
    }
    if bytes.len() > MOST_BYTES {
        return Err(Refused::TooLarge(name));
    }
    let Some(kind) = Kind::named(&name) else { return Err(Refused::Kind(name)) };
    if kind.is_in(bytes) { Ok(kind) } else { Err(Refused::NotAsNamed(name, kind.words())) }
}

/// The name that a file is kept under: without folders, without characters that cannot be seen or that turn the
/// direction of writing, and not too long to be shown.
#[must_use]
pub fn cleaned(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = last.chars().filter(|c| !c.is_control() && !is_unseen(*c)).collect::<String>();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.trim_matches('.').trim();
    if plain.is_empty() {
        return "file".to_owned();
    }
    let count = plain.chars().count();
    if count <= LONGEST_NAME {
        return plain.to_owned();
    }
    // the ending says what it is, and stays
    let ending: String = match plain.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 8 => format!(".{ending}"),
        _ => String::new(),
    };
    let kept = LONGEST_NAME - ending.chars().count();
    plain.chars().take(kept).chain(ending.chars()).collect()
}

/// Characters without a shape: those that turn the direction of writing, join, or fill nothing.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{feff}' | '\u{fffd}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_is_in_it_and_not_what_its_name_says() {
        assert_eq!(kind_of("Timesheet.PDF", b"%PDF-1.7 ..."), Ok(Kind::Pdf));
        assert_eq!(kind_of("photo.jpeg", b"\xff\xd8\xff\xe0"), Ok(Kind::Jpeg));
        assert_eq!(kind_of("log.csv", b"day,minutes\r\n1,30\r\n"), Ok(Kind::Csv));
        assert_eq!(kind_of("Anna\u{e9}.txt", "caf\u{e9}".as_bytes()), Ok(Kind::Txt));
        assert_eq!(kind_of("table.xlsx", b"PK\x03\x04"), Ok(Kind::Xlsx));
        let said = |name: &str, bytes: &[u8]| kind_of(name, bytes).map_err(|refused| refused.to_string());
        assert!(said("page.html", b"<p>").unwrap_err().contains("You can send PDF, PNG, JPEG"));
        assert!(
            said("macro.xlsm", b"PK\x03\x04").unwrap_err().starts_with("\u{2018}macro.xlsm\u{2019} cannot be sent")
        );
        assert!(said("noname", b"words").is_err());
        assert!(said("program.pdf", b"MZ\x90\x00").unwrap_err().contains("Save it again as PDF"));
        assert!(said("picture.png", b"<svg onload=x>").is_err());
        assert!(said("words.txt", b"%PDF-1.7").is_err(), "a document is no text");
        assert!(said("words.csv", b"a\0b").is_err());
        assert!(said("empty.txt", b"").unwrap_err().contains("is empty"));
        assert!(said("long.txt", &vec![b'a'; MOST_BYTES + 1]).unwrap_err().contains("larger than 5MB"));
    }

    #[test]
    fn a_name_says_nothing_that_cannot_be_seen() {
        assert_eq!(cleaned("C:\\Users\\anna\\log.csv"), "log.csv");
        assert_eq!(cleaned("../../etc/passwd.txt"), "passwd.txt");
        assert_eq!(cleaned("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(cleaned(" two\r\nlines\t.pdf "), "twolines.pdf");
        assert_eq!(cleaned("\u{200b}.."), "file");
        let long = cleaned(&format!("{}.xlsx", "a".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with("a.xlsx")), (LONGEST_NAME, true));
    }
}
