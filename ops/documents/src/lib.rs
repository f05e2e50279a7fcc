//! Documents for paper and for screen readers: the remittance advice as tagged PDF (PDF/UA-1, ISO 14289-1). It stands
//! after [`remittance`](counterfoil_core::remittance), whose advice it prints; the pages hand it out.
//!
//! `advice` says what the document has, `layout` where it stands on the pages, `write` makes the file, whose own
//! validator refuses what PDF/UA-1 forbids. Fonts are embedded: DejaVu, which has every letter of the languages of these
//! islands.

#![allow(clippy::float_arithmetic, reason = "positions on paper, never money")]

mod advice;
mod layout;
mod type_face;
mod write;

use counterfoil_core::remittance::{NotPrinted, Printer, Remittance};

use type_face::Faces;

/// Prints remittance advices. Cheap to share; made once.
pub struct RemittancePdf {
    faces: Faces,
}

/// Why documents cannot be printed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the fonts of documents cannot be read")]
pub struct NoFonts;

impl RemittancePdf {
    /// With the fonts that are built in.
    ///
    /// # Errors
    /// [`NoFonts`] where they cannot be read, which would be a fault of the build.
    pub fn new() -> Result<Self, NoFonts> {
        Ok(Self { faces: Faces::built_in().ok_or(NoFonts)? })
    }
}

impl Printer for RemittancePdf {
    fn pdf(&self, advice: &Remittance) -> Result<Vec<u8>, NotPrinted> {
        let content = advice::content(advice);
        let laid_out = layout::lay_out(&self.faces, &content);
        write::write(&self.faces, &content, &laid_out).map_err(NotPrinted)
    }
}
