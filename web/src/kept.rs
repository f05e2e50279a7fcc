//! Pages as they were made before, given again while nothing that they show has changed. Making a page of fifty claims
//! costs many times what asking for it does, and most of what people open again is as they left it.
//!
//! A page is kept for one person at one address, with a [`Stamp`]: what the person may do and how often what their councils
//! show them has changed, both as of this moment, and the minute. A page with another stamp is made
//! anew. What is a response's own (nonce, tokens of forms, the time that is left) is cut out and filled in each time.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;

use crate::security::Nonce;
use crate::shell::SessionTimes;

/// How many bytes of pages each of the two generations holds.
const GENERATION: usize = 32 << 20;

/// Whose page it is, and at which address with its query.
type Place = (PersonId, String);

/// What a page was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    stated: Arc<str>,
    shown: i64,
    /// Cut-offs and deadlines are whole minutes.
    minute: i64,
}

impl Stamp {
    /// From what [`Access`](counterfoil_tenants::identity::Access) says of a person.
    pub(crate) fn new(stated: &Arc<str>, shown: i64, now: DateTime<Utc>) -> Self {
        Self { stated: stated.clone(), shown, minute: now.timestamp().div_euclid(60) }
    }
}

/// What a response has of its own, in the order of [`Slot`].
pub(crate) struct Own([String; 4]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Nonce,
    Csrf,
    AccountCsrf,
    Times,
}

impl Slot {
    const ALL: [Self; 4] = [Self::Nonce, Self::Csrf, Self::AccountCsrf, Self::Times];
}

impl Own {
    /// `tokens` are those of the page's own forms and of the account's.
    pub(crate) fn new(nonce: &Nonce, tokens: [String; 2], times: Option<SessionTimes>) -> Self {
        let [csrf, account] = tokens;
        Self([nonce.as_str().to_owned(), csrf, account, times.map(SessionTimes::written).unwrap_or_default()])
    }

    fn at(&self, slot: Slot) -> &str {
        &self.0[slot as usize]
    }

    /// Where one of them comes next, and which.
    fn next_in(&self, text: &str) -> Option<(usize, Slot)> {
        let places = Slot::ALL.into_iter().filter(|slot| !self.at(*slot).is_empty());
        // of two that begin together the first counts: on the account's own pages both tokens are one
        places.filter_map(|slot| Some((text.find(self.at(slot))?, slot))).min_by_key(|(at, _)| *at)
    }
}

/// A page without what was its first response's own.
#[derive(Debug)]
pub(crate) struct KeptPage {
    /// Text, and what comes after it.
    pieces: Vec<(String, Slot)>,
    rest: String,
    bytes: usize,
}

impl KeptPage {
    /// Cuts out of a page what is its response's own. A nonce and tokens are random, and the times stand as nothing that
    /// anybody typed can: quotation marks in words are written as entities.
    pub(crate) fn of(html: &str, own: &Own) -> Self {
        let (mut pieces, mut rest) = (Vec::new(), html);
        while let Some((at, slot)) = own.next_in(rest) {
            pieces.push((rest[..at].to_owned(), slot));
            rest = &rest[at + own.at(slot).len()..];
        }
        Self { pieces, rest: rest.to_owned(), bytes: html.len() }
    }

    /// The page with another response's own.
    pub(crate) fn with(&self, own: &Own) -> String {
        let mut html = String::with_capacity(self.bytes + 64);
        for (text, slot) in &self.pieces {
            html.push_str(text);
            html.push_str(own.at(*slot));
        }
        html.push_str(&self.rest);
        html
    }
}

/// The pages that are kept: the newest, and beside them one generation before, of which those that are asked for again
/// come along.
#[derive(Debug, Default)]
pub(crate) struct KeptPages {
    held: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    new: HashMap<Place, Kept>,
    old: HashMap<Place, Kept>,
    /// Of `new`.
    bytes: usize,
}

#[derive(Debug, Clone)]
struct Kept {
    stamp: Stamp,
    page: Arc<KeptPage>,
}

impl KeptPages {
    /// The page that was made for somebody at an address, if it was made from the same.
    pub(crate) fn find(&self, place: &Place, stamp: &Stamp) -> Option<Arc<KeptPage>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = held.new.get(place) {
            return (kept.stamp == *stamp).then(|| kept.page.clone());
        }
        let (place, kept) = held.old.remove_entry(place)?;
        let page = (kept.stamp == *stamp).then(|| kept.page.clone());
        if page.is_some() {
            held.insert(place, kept);
        }
        page
    }

    /// Keeps a page, in the place of one that was made from something else.
    pub(crate) fn keep(&self, place: Place, stamp: Stamp, page: KeptPage) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(place, Kept { stamp, page: Arc::new(page) });
    }
}

impl Generations {
    fn insert(&mut self, place: Place, kept: Kept) {
        self.old.remove(&place);
        let address = place.1.len();
        let size = |kept: &Kept| kept.page.bytes + kept.stamp.stated.len() + address;
        self.bytes += size(&kept);
        if let Some(before) = self.new.insert(place, kept) {
            self.bytes -= size(&before);
        }
        if self.bytes > GENERATION {
            self.old = mem::take(&mut self.new);
            self.bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use uuid::Uuid;

    use super::*;

    fn own(token: &str, left: u64) -> Own {
        let tokens = [format!("{token}-form"), format!("{token}-account")];
        Own::new(&Nonce::random().unwrap(), tokens, Some(SessionTimes::new(left, 40_000)))
    }

    fn page(own: &Own, words: &str) -> String {
        let (nonce, csrf, account, times) =
            (own.at(Slot::Nonce), own.at(Slot::Csrf), own.at(Slot::AccountCsrf), own.at(Slot::Times));
        format!(
            "<style nonce=\"{nonce}\"></style><body {times} data-csrf=\"{account}\">{words}<script nonce=\"{nonce}\">\
             <input value=\"{csrf}\"><input value=\"{account}\"></body>"
        )
    }

    fn stamp(stated: &str, second: u32) -> Stamp {
        Stamp::new(&stated.into(), 1, Utc.with_ymd_and_hms(2024, 12, 22, 17, 59, second).unwrap())
    }

    fn place(address: &str) -> Place {
        (PersonId::from_uuid(Uuid::nil()), address.to_owned())
    }

    #[test]
    fn a_page_that_is_given_again_is_the_one_that_would_be_made() {
        let (first, second) = (own("one", 1_800), own("two", 1_799));
        let kept = KeptPage::of(&page(&first, "£1,234.56"), &first);
        assert_eq!(kept.with(&second), page(&second, "£1,234.56"));
        assert_eq!(kept.with(&first), page(&first, "£1,234.56"));
        let text = kept.with(&second);
        assert!(!text.contains("one-form") && !text.contains(first.at(Slot::Nonce)));
    }

    #[test]
    fn on_the_accounts_own_pages_both_tokens_are_one() {
        let both = |token: &str| Own::new(&Nonce::random().unwrap(), [token.to_owned(), token.to_owned()], None);
        let kept = KeptPage::of("<input value=\"abc\"><input value=\"abc\">", &both("abc"));
        assert_eq!(kept.with(&both("xyz")), "<input value=\"xyz\"><input value=\"xyz\">");
    }

    #[test]
    fn a_page_counts_while_what_it_was_made_from_is_the_same() {
        let (pages, one) = (KeptPages::default(), own("one", 1_800));
        pages.keep(place("/claims"), stamp("revision 7", 3), KeptPage::of("seven", &one));
        let found = |address: &str, stamp: &Stamp| pages.find(&place(address), stamp).map(|page| page.with(&one));
        assert_eq!(found("/claims", &stamp("revision 7", 59)).as_deref(), Some("seven"));
        assert_eq!(found("/claims", &stamp("revision 8", 59)), None);
        assert_eq!(found("/claims?page=2", &stamp("revision 7", 59)), None);
        assert_eq!(found("/claims", &Stamp { shown: 2, ..stamp("revision 7", 59) }), None);
        let next_minute = Stamp::new(&"revision 7".into(), 1, Utc.with_ymd_and_hms(2024, 12, 22, 18, 0, 0).unwrap());
        assert_eq!(found("/claims", &next_minute), None);
    }

    #[test]
    fn what_is_not_asked_for_makes_room_and_what_is_stays() {
        let (pages, one) = (KeptPages::default(), own("one", 1_800));
        let large = "x".repeat(1 << 20);
        pages.keep(place("/asked"), stamp("a", 0), KeptPage::of("asked", &one));
        pages.keep(place("/left"), stamp("a", 0), KeptPage::of("left", &one));
        for number in 0..100 {
            pages.keep(place(&format!("/{number}")), stamp("a", 0), KeptPage::of(&large, &one));
            assert!(pages.find(&place("/asked"), &stamp("a", 0)).is_some(), "{number}");
        }
        assert!(pages.find(&place("/left"), &stamp("a", 0)).is_none());
        let held = pages.held.lock().unwrap();
        let bytes: usize = held.new.values().chain(held.old.values()).map(|kept| kept.page.bytes).sum();
        assert!(bytes <= 2 * GENERATION + (2 << 20), "{bytes}");
    }

    #[test]
    fn the_same_page_made_again_counts_once() {
        let (pages, one) = (KeptPages::default(), own("one", 1_800));
        for revision in 0..100 {
            pages.keep(place("/claims"), stamp(&format!("{revision:03}"), 0), KeptPage::of("page", &one));
        }
        let held = pages.held.lock().unwrap();
        assert_eq!((held.new.len(), held.bytes), (1, "page".len() + "000".len() + "/claims".len()));
    }
}
