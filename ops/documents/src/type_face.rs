//! The two faces that documents are set in: how wide text is, how it breaks into lines, and its glyphs.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::MetadataProvider as _;
use skrifa::instance::{LocationRef, Size};

/// What stands for a letter that a face does not have: a square, as everywhere.
const ABSENT: char = '\u{25a1}';

/// Regular and bold.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

/// One of them.
pub(crate) struct Face {
    bytes: &'static [u8],
    pub(crate) font: Font,
    per_em: f32,
}

impl Faces {
    pub(crate) fn built_in() -> Option<Self> {
        Some(Self {
            regular: Face::of(dejavu::sans_condensed::regular())?,
            bold: Face::of(dejavu::sans_condensed::bold())?,
        })
    }

    pub(crate) const fn face(&self, bold: bool) -> &Face {
        if bold { &self.bold } else { &self.regular }
    }
}

impl Face {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.into(), 0)?;
        let per_em = font.units_per_em();
        skrifa::FontRef::new(bytes).ok()?;
        Some(Self { bytes, font, per_em })
    }

    /// Text that the face can set: what it lacks is a square, what cannot be seen is left out.
    pub(crate) fn settable(&self, text: &str) -> String {
        let Ok(font) = skrifa::FontRef::new(self.bytes) else { return String::new() };
        let known = font.charmap();
        let shown = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control());
        shown.map(|c| if known.map(c).is_some_and(|glyph| glyph.to_u32() != 0) { c } else { ABSENT }).collect()
    }

    /// The glyphs of settable text, with advances by the em.
    pub(crate) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let Ok(font) = skrifa::FontRef::new(self.bytes) else { return Vec::new() };
        let (known, metrics) = (font.charmap(), font.glyph_metrics(Size::unscaled(), LocationRef::default()));
        text.char_indices()
            .filter_map(|(at, c)| {
                let glyph = known.map(c)?;
                let advance = metrics.advance_width(glyph).unwrap_or_default() / self.per_em;
                let range = at..at + c.len_utf8();
                Some(KrillaGlyph::new(GlyphId::new(glyph.to_u32()), advance, 0.0, 0.0, 0.0, range, None))
            })
            .collect()
    }

    /// How wide settable text is, in points.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        self.glyphs(text).iter().map(|glyph| glyph.x_advance * size).sum()
    }

    /// Lines no wider than so many points; a word that is wider is broken.
    pub(crate) fn broken(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in self.settable(text).split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, size) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if self.width(&line, size) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::take(&mut line));
                    line.push(c);
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}
