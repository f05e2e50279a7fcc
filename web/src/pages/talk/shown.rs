//! A message as its page shows it, and the envelope in lists of claims.

use counterfoil_core::side::Side;
use counterfoil_tenants::talk::{FileSeen, MessageSeen};
use serde::Serialize;

use crate::london;

/// What was said.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct Said {
    writer: String,
    side: &'static str,
    /// What it did in a dispute; none in a conversation.
    did: Option<&'static str>,
    at: String,
    body: String,
    files: Vec<File>,
}

#[derive(Debug, Serialize)]
struct File {
    name: String,
    href: String,
    /// What it is and how large.
    about: String,
}

/// Messages in order; `claim` is where the claim is, and its files below it.
pub(in crate::pages) fn said(messages: &[MessageSeen], claim: &str, in_dispute: bool) -> Vec<Said> {
    let file = |file: &FileSeen| File {
        name: file.name.clone(),
        href: format!("{claim}/attachments/{}", file.id),
        about: format!("{}, {}", file.kind.words(), size(file.size)),
    };
    let said = |message: &MessageSeen| Said {
        writer: message.writer.clone(),
        side: match message.side {
            Side::Provider => "for the provider",
            Side::Council => "for the council",
        },
        did: in_dispute.then(|| message.event.words()),
        at: london::moment(message.written_at),
        body: message.body.clone(),
        files: message.files.iter().map(file).collect(),
    };
    messages.iter().map(said).collect()
}

/// How large a file is: `1.2MB`, `12KB`.
fn size(bytes: u64) -> String {
    const MEGABYTE: u64 = 1024 * 1024;
    if bytes >= MEGABYTE {
        let tenths = bytes.saturating_mul(10) / MEGABYTE;
        format!("{}.{}MB", tenths / 10, tenths % 10)
    } else {
        format!("{}KB", bytes.div_ceil(1024))
    }
}

/// The envelope of a claim that has messages.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct Mark {
    /// What stands beside the envelope.
    short: String,
    /// In words, for whoever does not see it.
    words: String,
    unread: bool,
}

impl Mark {
    /// How many messages there are, and how many of them one's own side has not read.
    pub(in crate::pages) fn of((messages, unread): (i32, i32)) -> Option<Self> {
        if messages == 0 {
            return None;
        }
        let all = if messages == 1 { "1 message".to_owned() } else { format!("{messages} messages") };
        Some(Self {
            short: if unread > 0 { format!("{unread} new") } else { messages.to_string() },
            words: if unread > 0 { format!("{all}, {unread} unread") } else { format!("{all}, all read") },
            unread: unread > 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_says_how_many_are_new_in_words_too() {
        let said = |counts| Mark::of(counts).map(|mark| (mark.short, mark.words));
        assert_eq!(said((0, 0)), None);
        assert_eq!(said((2, 1)), Some(("1 new".to_owned(), "2 messages, 1 unread".to_owned())));
        assert_eq!(said((1, 0)), Some(("1".to_owned(), "1 message, all read".to_owned())));
    }

    #[test]
    fn sizes_are_those_that_people_know() {
        assert_eq!((size(1), size(1024), size(1025)), ("1KB".to_owned(), "1KB".to_owned(), "2KB".to_owned()));
        assert_eq!(size(5 * 1024 * 1024), "5.0MB");
    }
}
