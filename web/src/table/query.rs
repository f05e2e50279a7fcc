//! What an address asks of a table.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::form_urlencoded;

use super::spec::{Direction, FilterKind, TableSpec};

/// The longest value that is listened to, in characters.
const LONGEST: usize = 100;

/// The highest page that is listened to: offsets stay far from the end of numbers.
const LAST_PAGE: u64 = 1_000_000;

/// What the address asks for, as far as the page has it.
#[derive(Debug, Clone)]
pub(crate) struct TableQuery {
    pub(super) spec: &'static TableSpec,
    pub(super) path: String,
    /// Filters that are on, by name.
    pub(super) values: BTreeMap<&'static str, String>,
    pub(super) kept: BTreeMap<&'static str, String>,
    /// What `Offered` filters have to choose from: value and words.
    pub(super) offered: BTreeMap<&'static str, Vec<(String, String)>>,
    pub(super) sort: (&'static str, Direction),
    page: u64,
}

/// The rows of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Rows to leave out before it.
    pub(crate) offset: i64,
    /// Rows at most.
    pub(crate) limit: i64,
    /// Which page it is, from 1.
    pub(super) page: u64,
    pub(super) pages: u64,
    /// Rows that there are with these filters.
    pub(super) total: u64,
    /// Whether there are more than were counted.
    pub(super) more: bool,
}

impl TableQuery {
    /// Reads an address: `path` as in `/claims`, and what stands after its question mark.
    pub(crate) fn parse(spec: &'static TableSpec, path: &str, query: Option<&str>) -> Self {
        let mut parsed = Self {
            spec,
            path: path.to_owned(),
            values: BTreeMap::new(),
            kept: BTreeMap::new(),
            offered: BTreeMap::new(),
            sort: spec.sorted,
            page: 1,
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = value.trim();
            if value.is_empty() || value.chars().count() > LONGEST || value.chars().any(unheard) {
                continue;
            }
            if let Some(filter) = spec.filter(&name) {
                if let Some(value) = accepted(&filter.kind, value) {
                    parsed.values.insert(filter.name, value);
                }
            } else if let Some(name) = spec.kept.iter().find(|kept| **kept == name) {
                parsed.kept.insert(name, value.to_owned());
            } else if name == "sort" {
                parsed.sort = order(spec, value).unwrap_or(parsed.sort);
            } else if name == "page" {
                parsed.page = value.parse().ok().filter(|page| (1..=LAST_PAGE).contains(page)).unwrap_or(parsed.page);
            }
        }
        parsed
    }

    /// Gives an `Offered` filter its choices, and turns it off where its value is not among them.
    pub(crate) fn offer(&mut self, name: &'static str, choices: Vec<(String, String)>) {
        if !choices.iter().any(|(value, _)| self.filter(name) == Some(value)) {
            self.values.remove(name);
        }
        self.offered.insert(name, choices);
    }

    /// The value of a filter that is on.
    pub(crate) fn filter(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value of a filter for days.
    pub(crate) fn day(&self, name: &str) -> Option<NaiveDate> {
        self.filter(name).and_then(|value| value.parse().ok())
    }

    /// The column to sort by: one that the page's spec has.
    pub(crate) fn sort(&self) -> (&'static str, Direction) {
        self.sort
    }

    /// The rows to ask for, out of all that there are with these filters. A page beyond the end is the last one.
    pub(crate) fn window(&self, total: u64) -> Window {
        let size = u64::from(self.spec.page_size.max(1));
        let pages = total.div_ceil(size).clamp(1, LAST_PAGE);
        let page = self.page.min(pages);
        // At most a million pages of at most four thousand million rows: it fits.
        let offset = i64::try_from((page - 1).saturating_mul(size)).unwrap_or(i64::MAX);
        Window { offset, limit: i64::from(self.spec.page_size.max(1)), page, pages, total, more: false }
    }

    /// Rows to leave out before the page that is asked for, as far as is known before anything was counted.
    pub(crate) fn offset(&self) -> i64 {
        self.window(u64::MAX).offset
    }

    /// The rows of a list that was not counted to its end: `most` rows after the first of the page were, and one more
    /// where there is one.
    pub(crate) fn window_of_counted(&self, counted: i64, most: i64) -> Window {
        let whole = self.window(counted.unsigned_abs());
        Window { more: counted > whole.offset.saturating_add(most), ..whole }
    }

    /// The window, and what is in it, out of everything that there is with these filters.
    pub(crate) fn cut<'r, T>(&self, all: &'r [T]) -> (Window, &'r [T]) {
        let window = self.window(u64::try_from(all.len()).unwrap_or(u64::MAX));
        let from = usize::try_from(window.offset).unwrap_or(usize::MAX).min(all.len());
        let size = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let rows = all.get(from..).unwrap_or_default();
        (window, rows.get(..size).unwrap_or(rows))
    }

    /// An address that differs in its order and page only.
    pub(super) fn address(&self, sort: (&'static str, Direction), page: u64) -> String {
        let mut parts = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.kept.iter().chain(&self.values) {
            parts.append_pair(name, value);
        }
        if sort != self.spec.sorted {
            let turned = if sort.1 == Direction::Descending { "-" } else { "" };
            parts.append_pair("sort", &format!("{turned}{}", sort.0));
        }
        if page > 1 {
            parts.append_pair("page", &page.to_string());
        }
        with_query(&self.path, &parts.finish())
    }

    /// The address without filters: everything is shown again, in the same order.
    pub(super) fn cleared(&self) -> String {
        Self { values: BTreeMap::new(), ..self.clone() }.address(self.sort, 1)
    }
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Characters that no one types into a filter, and that would show something else than is there.
fn unheard(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}')
}

fn accepted(kind: &FilterKind, value: &str) -> Option<String> {
    match kind {
        FilterKind::Words | FilterKind::Offered => Some(value.to_owned()),
        FilterKind::Choice(choices) => choices.iter().find(|(choice, _)| *choice == value).map(|_| value.to_owned()),
        FilterKind::Day => day(value).map(|day| day.to_string()),
    }
}

fn day(value: &str) -> Option<NaiveDate> {
    let day = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"].iter().find_map(|form| NaiveDate::parse_from_str(value, form).ok());
    // Years that a calendar of ours may have; others are slips of the finger.
    let years = NaiveDate::from_ymd_opt(1900, 1, 1)?..NaiveDate::from_ymd_opt(2200, 1, 1)?;
    day.filter(|day| years.contains(day))
}

/// `week`, or `-week` from the other end.
fn order(spec: &TableSpec, value: &str) -> Option<(&'static str, Direction)> {
    let (name, direction) = match value.strip_prefix('-') {
        Some(name) => (name, Direction::Descending),
        None => (value, Direction::Ascending),
    };
    spec.sortable(name).map(|column| (column.name, direction))
}

#[cfg(test)]
mod tests {
    use super::super::shown::tests::CLAIMS;
    use super::*;

    fn query(query: &str) -> TableQuery {
        TableQuery::parse(&CLAIMS, "/claims", Some(query))
    }

    #[test]
    fn an_address_says_what_is_shown() {
        let asked = query("state=suspended&provider=Acme+%26+Sons&since=31/12/2024&sort=-sum&page=3&tab=payable");
        assert_eq!((asked.filter("state"), asked.filter("provider")), (Some("suspended"), Some("Acme & Sons")));
        assert_eq!(asked.day("since"), NaiveDate::from_ymd_opt(2024, 12, 31));
        assert_eq!((asked.sort(), asked.kept["tab"].as_str()), (("sum", Direction::Descending), "payable"));
        assert_eq!(asked.window(312), Window { offset: 100, limit: 50, page: 3, pages: 7, total: 312, more: false });
    }

    #[test]
    fn what_the_page_does_not_have_is_left_out() {
        let long = "x".repeat(101);
        for hostile in [
            "",
            "&&==&%",
            "state=anything&sort=id;drop&page=-1",
            "state=%00&since=2024-13-01&page=99999999999999999999",
            "sort=notes&page=0",
            "since=0001-01-01&since=999999-01-01&sort=--sum",
            "provider=%E2%80%AEevil&page=1.5&other=1&<script>=1",
            &format!("provider={long}&contract=%FF"),
        ] {
            let asked = query(hostile);
            assert!(asked.values.is_empty() && asked.kept.is_empty(), "{hostile}: {asked:?}");
            assert_eq!((asked.sort(), asked.window(312).page), (("week", Direction::Descending), 1), "{hostile}");
        }
        assert_eq!(TableQuery::parse(&CLAIMS, "/claims", None).window(0).page, 1);
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let page = |page, pages, offset, total| Window { offset, limit: 50, page, pages, total, more: false };
        assert_eq!(query("page=1000000").window(101), page(3, 3, 100, 101));
        assert_eq!(query("page=2").window(0), page(1, 1, 0, 0));
        assert_eq!(query("page=2").window(50).page, 1);
        assert!(query("page=1000000").window(u64::MAX).offset > 0);
    }

    #[test]
    fn a_list_that_was_not_counted_to_its_end_says_so() {
        let first = query("").window_of_counted(1_001, 1_000);
        assert_eq!((first.pages, first.total, first.more), (21, 1_001, true));
        assert!(!query("").window_of_counted(1_000, 1_000).more);
        assert_eq!(query("page=11").offset(), 500);
        assert!(query("page=11").window_of_counted(1_501, 1_000).more);
        assert!(!query("page=11").window_of_counted(1_500, 1_000).more);
    }

    #[test]
    fn only_what_is_offered_can_be_asked_for() {
        let offer = || vec![("c1".to_owned(), "Home care north".to_owned())];
        let mut mine = query("contract=c1");
        mine.offer("contract", offer());
        assert_eq!(mine.filter("contract"), Some("c1"));
        let mut anothers = query("contract=c2");
        anothers.offer("contract", offer());
        assert_eq!(anothers.filter("contract"), None);
    }

    #[test]
    fn a_link_keeps_what_it_does_not_change() {
        let asked = query("provider=Acme+%26+Sons&sort=-sum&page=3&tab=payable&other=1");
        assert_eq!(asked.address(asked.sort(), 4), "/claims?tab=payable&provider=Acme+%26+Sons&sort=-sum&page=4");
        assert_eq!(asked.address(CLAIMS.sorted, 1), "/claims?tab=payable&provider=Acme+%26+Sons");
        assert_eq!(asked.cleared(), "/claims?tab=payable&sort=-sum");
        assert_eq!(query("").cleared(), "/claims");
    }
}
