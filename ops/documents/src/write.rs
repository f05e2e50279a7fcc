//! The file: marks on pages, and the tree that says how they are read.

use std::num::NonZeroU16;

use counterfoil_core::language::Language;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind,
    TagTree,
};
use krilla::{Document, SerializeSettings};

use crate::advice::Content;
use crate::layout::{LaidOut, Mark, PAGE};
use crate::type_face::Faces;

const LANGUAGE: &str = "en-GB";

/// What each place of the document is made of on the pages.
type Places = Vec<Vec<Identifier>>;

/// Writes it.
///
/// # Errors
/// What the validator of PDF/UA-1 refuses, for the log.
pub(crate) fn write(faces: &Faces, content: &Content, laid_out: &LaidOut) -> Result<Vec<u8>, String> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|error| format!("{error:?}"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(
        Metadata::new()
            .title(content.title.clone())
            .authors(vec![content.author.clone()])
            .creator("Counterfoil".to_owned())
            .language(LANGUAGE.to_owned()),
    );
    let mut places: Places = vec![Vec::new(); laid_out.places];
    for marks in &laid_out.pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or("a page without a size")?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(faces, &mut surface, mark, &mut places)?;
        }
        surface.finish();
        page.finish();
    }
    let mut outline = Outline::new();
    let at = |page, y| XyzDestination::new(page, Point::from_xy(0.0, y));
    outline.push_child(OutlineNode::new(content.title.clone(), at(0, 0.0)));
    let (page, y) = laid_out.heading_at;
    outline.push_child(OutlineNode::new(content.heading.clone(), at(page, y)));
    document.set_outline(outline);
    document.set_tag_tree(tree(content, laid_out, &places)?);
    document.finish().map_err(|error| format!("{error:?}"))
}

fn draw(faces: &Faces, surface: &mut Surface<'_>, mark: &Mark, places: &mut Places) -> Result<(), String> {
    match mark {
        Mark::Text { x, y, size, bold, text, language, place } => {
            let face = faces.face(*bold);
            let tag = match (place, language) {
                (Some(_), Language::English) => ContentTag::Span(SpanTag::empty()),
                // what is not in the document's language says so (WCAG 3.1.2)
                (Some(_), other) => ContentTag::Span(SpanTag::empty().with_lang(Some(other.tag()))),
                (None, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            let identifier = surface.start_tagged(tag);
            let glyphs = face.glyphs(text);
            surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, face.font.clone(), text, *size, false);
            surface.end_tagged();
            if let Some(place) = place {
                places.get_mut(*place).ok_or("a place that the document does not have")?.push(identifier);
            }
        }
        Mark::Rule { y, x: (from, to), thick } => {
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_xywh(*from, *y, to - from, *thick).ok_or("a rule without a length")?);
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
            surface.end_tagged();
        }
    }
    Ok(())
}

fn tree(content: &Content, laid_out: &LaidOut, places: &Places) -> Result<TagTree, String> {
    let group = |tag: TagKind, place: usize| {
        let mut group = TagGroup::new(tag);
        for identifier in places.get(place).into_iter().flatten() {
            group.push(*identifier);
        }
        group
    };
    let heading = |level: u16, title: &str| {
        let level = NonZeroU16::new(level).ok_or("a heading without a level")?;
        Ok::<TagKind, String>(Tag::Hn(level, Some(title.to_owned())).into())
    };
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    tree.push(group(heading(1, &content.title)?, laid_out.title));
    let mut facts = TagGroup::new(Tag::L(ListNumbering::None));
    for place in &laid_out.facts {
        let mut item = TagGroup::new(Tag::LI);
        item.push(group(Tag::LBody.into(), *place));
        facts.push(item);
    }
    tree.push(facts);
    tree.push(group(heading(2, &content.heading)?, laid_out.heading));
    let column = || TagKind::from(Tag::TH(TableHeaderScope::Column));
    let of_row = || TagKind::from(Tag::TH(TableHeaderScope::Row));
    let mut head = TagGroup::new(Tag::TR);
    for place in laid_out.head {
        head.push(group(column(), place));
    }
    let mut body = TagGroup::new(Tag::TBody);
    for row in &laid_out.rows {
        let mut cells = TagGroup::new(Tag::TR);
        for (index, place) in row.iter().enumerate() {
            cells.push(group(if index == 0 { of_row() } else { Tag::TD.into() }, *place));
        }
        body.push(cells);
    }
    let mut foot = TagGroup::new(Tag::TFoot);
    for (words, sum) in &laid_out.sums {
        let mut cells = TagGroup::new(Tag::TR);
        let over = std::num::NonZeroU32::new(5);
        cells.push(group(Tag::TH(TableHeaderScope::Row).with_col_span(over).into(), *words));
        cells.push(group(Tag::TD.into(), *sum));
        foot.push(cells);
    }
    let mut table = TagGroup::new(Tag::Table.with_summary(Some(content.heading.clone())));
    let mut heads = TagGroup::new(Tag::THead);
    heads.push(head);
    table.push(heads);
    if !laid_out.rows.is_empty() {
        table.push(body);
    }
    table.push(foot);
    tree.push(table);
    Ok(tree)
}
