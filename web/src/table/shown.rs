//! A table as `table.html` shows it: headings that sort, the filter form, the line that says what is shown,
//! and the pages.

use serde::Serialize;

use super::query::{TableQuery, Window};
use super::spec::{Direction, Filter, FilterKind};

/// What the template is given beside the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TableShown {
    /// Where the filter form leads.
    path: String,
    /// What a row is, for one and for many.
    row: (&'static str, &'static str),
    /// "Showing 1 to 50 of 312 claims".
    line: String,
    total: u64,
    headings: Vec<Heading>,
    filters: Vec<FilterShown>,
    /// What the filter form carries unseen.
    kept: Vec<(String, String)>,
    /// Whether any filter is on.
    filtered: bool,
    /// The address without filters.
    cleared: String,
    previous: Option<String>,
    next: Option<String>,
    pages: Vec<PageLink>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Heading {
    text: &'static str,
    numeric: bool,
    /// Where a click leads: the address that sorts by this column.
    href: Option<String>,
    /// `aria-sort`: `ascending`, `descending`, `none`.
    sort: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FilterShown {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    choices: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// In the shape of GOV.UK's pagination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct PageLink {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    current: bool,
    #[serde(skip_serializing_if = "is_false")]
    ellipsis: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl TableQuery {
    /// What to show around the rows of a window.
    pub(crate) fn shown(&self, window: &Window) -> TableShown {
        let page = |number: u64| self.address(self.sort, number);
        TableShown {
            path: self.path.clone(),
            row: self.spec.row,
            line: line(window, self.spec.row),
            total: window.total,
            headings: self.headings(),
            filters: self.spec.filters.iter().map(|filter| self.filter_shown(filter)).collect(),
            kept: self.carried(),
            filtered: !self.values.is_empty(),
            cleared: self.cleared(),
            previous: (window.page > 1).then(|| page(window.page - 1)),
            next: (window.page < window.pages).then(|| page(window.page + 1)),
            pages: page_links(window, page),
        }
    }

    fn headings(&self) -> Vec<Heading> {
        let (sorted, direction) = self.sort;
        let heading = |column: &'static super::Column| {
            let here = column.name == sorted;
            let next = if here { direction.turned() } else { Direction::Ascending };
            let sort = match direction {
                _ if !here => "none",
                Direction::Ascending => "ascending",
                Direction::Descending => "descending",
            };
            Heading {
                text: column.heading,
                numeric: column.numeric,
                href: column.sortable.then(|| self.address((column.name, next), 1)),
                sort: column.sortable.then_some(sort),
            }
        };
        self.spec.columns.iter().map(heading).collect()
    }

    fn filter_shown(&self, filter: &'static Filter) -> FilterShown {
        let (kind, choices) = match filter.kind {
            FilterKind::Words => ("words", Vec::new()),
            FilterKind::Day => ("day", Vec::new()),
            FilterKind::Choice(choices) => {
                let choice = |(value, text): &(&str, &str)| Choice { value: (*value).into(), text: (*text).into() };
                ("choice", choices.iter().map(choice).collect())
            }
            FilterKind::Offered => {
                let choices = self.offered.get(filter.name).into_iter().flatten();
                ("choice", choices.map(|(value, text)| Choice { value: value.clone(), text: text.clone() }).collect())
            }
        };
        let value = match filter.kind {
            FilterKind::Day => {
                self.day(filter.name).map(|day| day.format("%-d/%-m/%Y").to_string()).unwrap_or_default()
            }
            _ => self.filter(filter.name).unwrap_or_default().to_owned(),
        };
        FilterShown { name: filter.name, label: filter.label, kind, value, choices }
    }

    /// Order and other parts of the address: filtering anew keeps them, and begins at the first page.
    fn carried(&self) -> Vec<(String, String)> {
        let mut carried: Vec<_> = self.kept.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        if self.sort != self.spec.sorted {
            let turned = if self.sort.1 == Direction::Descending { "-" } else { "" };
            carried.push(("sort".to_owned(), format!("{turned}{}", self.sort.0)));
        }
        carried
    }
}

/// `Showing 1 to 50 of 312 claims`, `Showing 1 claim`, `Showing all 7 claims`.
fn line(window: &Window, (one, many): (&str, &str)) -> String {
    let (total, offset) = (window.total, u64::try_from(window.offset).unwrap_or_default());
    let last = offset.saturating_add(u64::try_from(window.limit).unwrap_or_default()).min(total);
    match total {
        0 => format!("No {many}"),
        1 => format!("Showing 1 {one}"),
        _ if window.more => format!("Showing {} to {last} of more than {} {many}", offset + 1, total - 1),
        _ if window.pages == 1 => format!("Showing all {total} {many}"),
        _ => format!("Showing {} to {last} of {total} {many}", offset + 1),
    }
}

/// The first, the last, and those around the one that is shown; what is left out is marked.
fn page_links(window: &Window, address: impl Fn(u64) -> String) -> Vec<PageLink> {
    if window.pages <= 1 {
        return Vec::new();
    }
    let mut links = Vec::new();
    let mut before = 0;
    let near = window.page.saturating_sub(1).max(1)..=(window.page + 1).min(window.pages);
    let mut numbers: Vec<u64> = near.chain([1, window.pages]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        if number > before + 1 {
            links.push(PageLink { number: None, href: None, current: false, ellipsis: true });
        }
        let current = number == window.page;
        links.push(PageLink { number: Some(number), href: Some(address(number)), current, ellipsis: false });
        before = number;
    }
    links
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::spec::{Column, TableSpec};
    use super::*;
    use crate::templates::tests::{bare, templates};

    pub(in crate::table) static CLAIMS: TableSpec = TableSpec {
        row: ("claim", "claims"),
        filters: &[
            Filter {
                name: "state",
                label: "State",
                kind: FilterKind::Choice(&[("suspended", "Suspended"), ("payable", "Payable")]),
            },
            Filter { name: "provider", label: "Provider", kind: FilterKind::Words },
            Filter { name: "contract", label: "Contract", kind: FilterKind::Offered },
            Filter { name: "since", label: "Since", kind: FilterKind::Day },
        ],
        columns: &[
            Column::sorted("week", "Week"),
            Column::sorted("sum", "Sum").numeric(),
            Column::plain("notes", "Notes"),
        ],
        sorted: ("week", Direction::Descending),
        page_size: 50,
        kept: &["tab"],
    };

    fn shown(address: &str, total: u64) -> TableShown {
        let query = TableQuery::parse(&CLAIMS, "/claims", Some(address));
        query.shown(&query.window(total))
    }

    fn numbers(shown: &TableShown) -> Vec<String> {
        let said = |link: &PageLink| match link.number {
            Some(number) if link.current => format!("[{number}]"),
            Some(number) => number.to_string(),
            None => "...".to_owned(),
        };
        shown.pages.iter().map(said).collect()
    }

    #[test]
    fn a_line_says_what_is_shown() {
        assert_eq!(shown("", 312).line, "Showing 1 to 50 of 312 claims");
        assert_eq!(shown("page=7", 312).line, "Showing 301 to 312 of 312 claims");
        assert_eq!(shown("", 50).line, "Showing all 50 claims");
        assert_eq!(shown("", 1).line, "Showing 1 claim");
        assert_eq!(shown("", 0).line, "No claims");
    }

    #[test]
    fn pages_around_the_one_that_is_shown_are_linked() {
        assert_eq!(numbers(&shown("", 50)), Vec::<String>::new());
        assert_eq!(numbers(&shown("", 51)), ["[1]", "2"]);
        assert_eq!(numbers(&shown("page=10", 1_000)), ["1", "...", "9", "[10]", "11", "...", "20"]);
        assert_eq!(numbers(&shown("page=3", 1_000)), ["1", "2", "[3]", "4", "...", "20"]);
        let last = shown("page=20", 1_000);
        assert_eq!((last.previous.as_deref(), last.next), (Some("/claims?page=19"), None));
    }

    #[test]
    fn a_heading_turns_the_order_and_goes_to_the_first_page() {
        let table = shown("sort=sum&page=2&state=payable", 312);
        let (week, sum, notes) = (&table.headings[0], &table.headings[1], &table.headings[2]);
        assert_eq!((sum.href.as_deref(), sum.sort), (Some("/claims?state=payable&sort=-sum"), Some("ascending")));
        assert_eq!((week.href.as_deref(), week.sort), (Some("/claims?state=payable&sort=week"), Some("none")));
        assert_eq!((notes.href.as_deref(), notes.sort), (None, None));
        assert_eq!(shown("", 1).headings[0].sort, Some("descending"));
    }

    #[test]
    fn the_page_has_filters_order_rows_and_pages() {
        let source = "{% from 'table.html' import table, cell, number %}\
                      {% call(claim) table(page.table, page.rows, 'Claims') %}{{ cell(claim.week, {'heading': true}) }}{{ number(claim.sum | money) }}{{ cell(claim.notes) }}{% endcall %}";
        let rows = serde_json::json!([{"week": "14 to 20 December 2024", "sum": 943, "notes": "<late>"}]);
        let page = serde_json::json!({"table": shown("state=payable&sort=-sum&page=2&tab=open", 312), "rows": rows});
        let html = templates().render_source(source, &bare(), page);
        for words in [
            "Showing 51 to 100 of 312 claims",
            "aria-sort=\"descending\"",
            "<option value=\"payable\" selected>",
            "<input type=\"hidden\" name=\"sort\" value=\"-sum\">",
            "<input type=\"hidden\" name=\"tab\" value=\"open\">",
            "href=\"/claims?tab=open&amp;sort=-sum\"",
            "Clear filters",
            "£9.43",
            "&lt;late&gt;",
            "tabindex=\"0\"",
            "aria-current=\"page\"",
            "<th scope=\"row\" class=\"govuk-table__header\">14 to 20 December 2024</th>",
        ] {
            assert!(html.contains(words), "no {words} in\n{html}");
        }
    }

    #[test]
    fn an_empty_table_says_what_to_do() {
        let source = "{% from 'table.html' import table, cell %}{% call(claim) table(page.table, [], 'Claims', {'empty': 'Claims appear here on Saturdays.'}) %}{% endcall %}";
        let render =
            |address: &str| templates().render_source(source, &bare(), serde_json::json!({"table": shown(address, 0)}));
        let nothing = render("");
        assert!(nothing.contains("Claims appear here on Saturdays.") && !nothing.contains("<table"), "{nothing}");
        assert!(!nothing.contains("lear filters") && !nothing.contains("<form"), "{nothing}");
        let filtered = render("state=payable");
        assert!(filtered.contains("No claims match these filters"), "{filtered}");
        assert!(filtered.contains("clear filters") && filtered.contains("<form"), "{filtered}");
    }
}
