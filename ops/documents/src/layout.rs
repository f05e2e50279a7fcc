//! Where everything stands: A4 on its side, page by page. A row that fits on one page is not torn apart; one that is
//! longer goes on on the next, below the headings, which come again there as ornament and are read once.

use counterfoil_core::language::Language;

use crate::advice::{Content, Paragraph};
use crate::type_face::Faces;

/// A4 on its side, in points.
pub(crate) const PAGE: (f32, f32) = (841.89, 595.28);
const MARGIN: f32 = 42.0;
const BOTTOM: f32 = PAGE.1 - 48.0;
/// Widths of the columns; the space between them is part of it.
const COLUMNS: [f32; 6] = [138.0, 148.0, 259.0, 68.0, 76.0, 68.8];
const GAP: f32 = 8.0;
const TEXT: f32 = 8.5;
const LEAD: f32 = 11.5;

/// What a mark on a page is part of: a place in the document that is read, or ornament.
pub(crate) type Place = Option<usize>;

/// Something on a page.
pub(crate) enum Mark {
    Text { x: f32, y: f32, size: f32, bold: bool, text: String, language: Language, place: Place },
    Rule { y: f32, x: (f32, f32), thick: f32 },
}

/// The pages, with the places that the document's parts have, in the order in which they are read.
pub(crate) struct LaidOut {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) title: usize,
    pub(crate) facts: Vec<usize>,
    pub(crate) heading: usize,
    /// On which page the heading is, and above which height.
    pub(crate) heading_at: (usize, f32),
    pub(crate) head: [usize; 6],
    pub(crate) rows: Vec<[usize; 6]>,
    /// The words and the sum of each.
    pub(crate) sums: Vec<(usize, usize)>,
    /// How many places there are.
    pub(crate) places: usize,
}

struct Paper<'f> {
    faces: &'f Faces,
    pages: Vec<Vec<Mark>>,
    page: Vec<Mark>,
    y: f32,
    places: usize,
}

/// A line of a cell.
struct Line {
    text: String,
    bold: bool,
    language: Language,
}

impl Paper<'_> {
    fn place(&mut self) -> usize {
        self.places += 1;
        self.places - 1
    }

    fn turn(&mut self) {
        self.pages.push(std::mem::take(&mut self.page));
        self.y = MARGIN;
    }

    fn has_room(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Lines over the whole width, as one place.
    fn paragraph(&mut self, text: &str, (size, bold): (f32, bool)) -> usize {
        let place = self.place();
        for line in self.faces.face(bold).broken(text, size, PAGE.0 - 2.0 * MARGIN) {
            let lead = size * 1.35;
            if !self.has_room(lead) {
                self.turn();
            }
            self.y += lead;
            let (x, y, language) = (MARGIN, self.y, Language::English);
            self.page.push(Mark::Text { x, y, size, bold, text: line, language, place: Some(place) });
        }
        place
    }

    fn rule(&mut self, thick: f32) {
        self.page.push(Mark::Rule { y: self.y, x: (MARGIN, PAGE.0 - MARGIN), thick });
    }

    /// The headings of the columns; `places` where they are read, none where they come again.
    fn headings(&mut self, columns: &[&str; 6], places: Option<[usize; 6]>) {
        self.y += LEAD;
        for (index, words) in columns.iter().enumerate() {
            let face = self.faces.face(true);
            let x = cell_x(index, face.width(words, TEXT));
            let place = places.map(|places| places[index]);
            let (text, language) = ((*words).to_owned(), Language::English);
            self.page.push(Mark::Text { x, y: self.y, size: TEXT, bold: true, text, language, place });
        }
        self.y += 5.0;
        self.rule(1.0);
    }

    fn row(&mut self, columns: &[&str; 6], cells: &[Vec<Paragraph>; 6]) -> [usize; 6] {
        let lines: Vec<Vec<Line>> = cells.iter().enumerate().map(|(index, cell)| self.lines(index, cell)).collect();
        let longest = lines.iter().map(Vec::len).max().unwrap_or_default();
        let height = rows_high(longest) + 8.0;
        let fits_a_page = height + 3.0 * LEAD + MARGIN <= BOTTOM;
        if !self.has_room(height) && (fits_a_page || !self.has_room(3.0 * LEAD)) {
            self.turn();
            self.headings(columns, None);
        }
        let places: [usize; 6] = std::array::from_fn(|_| self.place());
        self.y += 3.0;
        for index in 0..longest {
            if !self.has_room(LEAD) {
                self.turn();
                self.headings(columns, None);
                self.y += 3.0;
            }
            self.y += LEAD;
            for (column, cell) in lines.iter().enumerate() {
                let Some(Line { text, bold, language }) = cell.get(index) else { continue };
                let x = cell_x(column, self.faces.face(*bold).width(text, TEXT));
                self.page.push(Mark::Text {
                    x,
                    y: self.y,
                    size: TEXT,
                    bold: *bold,
                    text: text.clone(),
                    language: *language,
                    place: Some(places[column]),
                });
            }
        }
        self.y += 5.0;
        self.rule(0.4);
        places
    }

    fn lines(&self, column: usize, paragraphs: &[Paragraph]) -> Vec<Line> {
        let width = COLUMNS[column] - GAP;
        let set = |(index, paragraph): (usize, &Paragraph)| {
            // what a row is about stands out
            let bold = (column == 0 && index == 0) || column == 5;
            let (broken, language) = (self.faces.face(bold).broken(&paragraph.text, TEXT, width), paragraph.language);
            // a space at the end keeps the words of two lines apart where they are read
            let spaced = move |text: String| if column < 3 { text + " " } else { text };
            broken.into_iter().map(move |text| Line { text: spaced(text), bold, language })
        };
        paragraphs.iter().enumerate().flat_map(set).collect()
    }

    fn sum(&mut self, words: &str, sum: &str) -> (usize, usize) {
        if !self.has_room(LEAD + 6.0) {
            self.turn();
        }
        let (said, amount) = (self.place(), self.place());
        self.y += LEAD + 2.0;
        let face = self.faces.face(true);
        let (words, sum) = (face.settable(words), face.settable(sum));
        let x = cell_x(5, face.width(&sum, TEXT));
        let y = self.y;
        for (x, text, place) in [(MARGIN, words, said), (x, sum, amount)] {
            let (language, place) = (Language::English, Some(place));
            self.page.push(Mark::Text { x, y, size: TEXT, bold: true, text, language, place });
        }
        self.y += 4.0;
        self.rule(0.4);
        (said, amount)
    }
}

/// Where the text of a cell begins: sums stand at the right.
fn cell_x(column: usize, width: f32) -> f32 {
    let left = MARGIN + COLUMNS.iter().take(column).sum::<f32>();
    if column < 3 { left } else { left + COLUMNS[column] - GAP - width }
}

fn rows_high(lines: usize) -> f32 {
    (0..lines).map(|_| LEAD).sum()
}

pub(crate) fn lay_out(faces: &Faces, content: &Content) -> LaidOut {
    let mut paper = Paper { faces, pages: Vec::new(), page: Vec::new(), y: MARGIN, places: 0 };
    let title = paper.paragraph(&content.title, (16.0, true));
    paper.y += 8.0;
    let facts = content.facts.iter().map(|(term, what)| paper.paragraph(&format!("{term}: {what}"), (10.0, false)));
    let facts = facts.collect();
    paper.y += 10.0;
    let heading_at = (paper.pages.len(), paper.y);
    let heading = paper.paragraph(&content.heading, (12.0, true));
    paper.y += 4.0;
    let head: [usize; 6] = std::array::from_fn(|_| paper.place());
    paper.headings(&content.columns, Some(head));
    let rows = content.rows.iter().map(|row| paper.row(&content.columns, row)).collect();
    let sums = content.sums.iter().map(|(words, sum)| paper.sum(words, sum)).collect();
    paper.turn();
    let (mut pages, places) = (paper.pages, paper.places);
    number(faces, &mut pages, &content.title);
    LaidOut { pages, title, facts, heading, heading_at, head, rows, sums, places }
}

/// The foot of each page, which is not read.
fn number(faces: &Faces, pages: &mut [Vec<Mark>], title: &str) {
    let of = pages.len();
    for (index, page) in pages.iter_mut().enumerate() {
        let text = faces.face(false).settable(&format!("{title} \u{2013} page {} of {of}", index + 1));
        let y = PAGE.1 - 24.0;
        let language = Language::English;
        page.push(Mark::Text { x: MARGIN, y, size: 7.5, bold: false, text, language, place: None });
    }
}
