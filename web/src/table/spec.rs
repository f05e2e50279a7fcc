//! What a page says of its table.

/// A page's table: what it can be filtered and sorted by. Names are those in the address.
#[derive(Debug)]
pub(crate) struct TableSpec {
    /// What a row is, in the singular and in the plural: `claim`, `claims`.
    pub(crate) row: (&'static str, &'static str),
    /// In the order of the form.
    pub(crate) filters: &'static [Filter],
    /// In the order of the table.
    pub(crate) columns: &'static [Column],
    /// The order while the address says nothing.
    pub(crate) sorted: (&'static str, Direction),
    /// Rows of a page.
    pub(crate) page_size: u32,
    /// Other parts of the address that links and the form keep, as the name of a tab.
    pub(crate) kept: &'static [&'static str],
}

/// One way to see fewer rows.
#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: FilterKind,
}

/// What a filter takes. Anything else is as though it were not there.
#[derive(Debug)]
pub(crate) enum FilterKind {
    /// Words to look for.
    Words,
    /// One of these: value and words.
    Choice(&'static [(&'static str, &'static str)]),
    /// One of what the page offers at the time, as the council's contracts: see `TableQuery::offer`.
    Offered,
    /// A day, as `2024-12-31` or as people write it, `31/12/2024`.
    Day,
}

/// One column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) sortable: bool,
    /// Numbers stand at the right.
    pub(crate) numeric: bool,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

impl Column {
    /// A column of words that the table can be sorted by.
    pub(crate) const fn sorted(name: &'static str, heading: &'static str) -> Self {
        Self { name, heading, sortable: true, numeric: false }
    }

    /// A column that it cannot be sorted by.
    pub(crate) const fn plain(name: &'static str, heading: &'static str) -> Self {
        Self { name, heading, sortable: false, numeric: false }
    }

    /// The same for numbers.
    pub(crate) const fn numeric(self) -> Self {
        Self { numeric: true, ..self }
    }
}

impl Direction {
    /// The other one.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl TableSpec {
    pub(super) fn filter(&self, name: &str) -> Option<&'static Filter> {
        self.filters.iter().find(|filter| filter.name == name)
    }

    pub(super) fn sortable(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.sortable && column.name == name)
    }
}
