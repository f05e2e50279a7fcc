//! Text as councils write it for their providers: paragraphs parted by empty lines, headings after `#`, lists of lines that
//! begin with `-`. Nothing else means anything, and nothing of it is markup: the templates escape every word.

use serde::Serialize;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub(crate) enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
}

/// The parts of a text, in order.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // whether the next line goes on with the part before it
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            open = false;
        } else if let Some(heading) = after(line, '#') {
            blocks.push(Block::Heading(heading.to_owned()));
            open = false;
        } else if let Some(item) = after(line, '-') {
            match blocks.last_mut() {
                Some(Block::List(items)) if open => items.push(item.to_owned()),
                _ => blocks.push(Block::List(vec![item.to_owned()])),
            }
            open = true;
        } else {
            match blocks.last_mut() {
                Some(Block::Paragraph(words)) if open => *words = format!("{words} {line}"),
                Some(Block::List(items)) if open => {
                    if let Some(last) = items.last_mut() {
                        *last = format!("{last} {line}");
                    }
                }
                _ => blocks.push(Block::Paragraph(line.to_owned())),
            }
            open = true;
        }
    }
    blocks
}

/// What stands after a mark and a space, however often the mark comes.
fn after(line: &str, mark: char) -> Option<&str> {
    let rest = line.trim_start_matches(mark);
    if rest.len() == line.len() || !rest.starts_with(' ') { None } else { Some(rest.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> String {
        words.to_owned()
    }

    #[test]
    fn paragraphs_headings_and_lists_are_told_apart() {
        let said = "The portal is open.\r\nAlways.\r\n\r\n# Early cut-offs\r\n- Sunday 22 December, 6pm\r\n- Monday 30 December,\r\n  6pm\r\n\r\nAsk us.";
        assert_eq!(
            blocks(said),
            [
                Block::Paragraph(text("The portal is open. Always.")),
                Block::Heading(text("Early cut-offs")),
                Block::List(vec![text("Sunday 22 December, 6pm"), text("Monday 30 December, 6pm")]),
                Block::Paragraph(text("Ask us.")),
            ]
        );
        assert_eq!(blocks("  \n\n"), []);
    }

    #[test]
    fn what_looks_like_markup_is_words() {
        assert_eq!(blocks("<b>#1</b>"), [Block::Paragraph(text("<b>#1</b>"))]);
        assert_eq!(blocks("-5 degrees\n#tag"), [Block::Paragraph(text("-5 degrees #tag"))]);
        assert_eq!(blocks("## Small"), [Block::Heading(text("Small"))]);
    }
}
