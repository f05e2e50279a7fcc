//! A document as both sides see it: a row, and a version with its terms, file and receipt.

use chrono::NaiveDate;
use counterfoil_tenants::contract_document::{DocumentSeen, Listed, Receipt, State, Status, VersionSeen};
use serde::Serialize;

use crate::fault::Fault;
use crate::form::FormShown;
use crate::london;
use crate::prose::{Block, blocks};
use crate::table::{Filter, FilterKind, TableQuery, TableShown};

/// Rows of a page.
pub(super) const PAGE: u32 = 50;

/// Where they stand.
pub(super) const STATE: Filter = Filter {
    name: "state",
    label: "State",
    kind: FilterKind::Choice(&[
        ("waiting", "Waiting"),
        ("agreed", "Agreed"),
        ("rejected", "Rejected"),
        ("superseded", "Superseded"),
        ("withdrawn", "Withdrawn"),
    ]),
};

/// What they are about.
pub(super) const REFERENCE: Filter = Filter { name: "reference", label: "Title or reference", kind: FilterKind::Words };

/// The state that an address asks for.
pub(super) fn state(query: &TableQuery) -> Option<State> {
    let asked = query.filter("state")?;
    State::ALL.into_iter().find(|state| state.code() == asked)
}

const fn tag(state: State) -> &'static str {
    match state {
        State::Newest(Status::Waiting) => "govuk-tag--yellow",
        State::Newest(Status::Agreed) => "govuk-tag--green",
        State::Newest(Status::Rejected) => "govuk-tag--red",
        State::Superseded | State::Newest(Status::Withdrawn) => "govuk-tag--grey",
    }
}

/// The page of the table.
#[derive(Serialize)]
pub(super) struct ListPage {
    pub(super) heading: String,
    pub(super) intro: &'static str,
    pub(super) table: TableShown,
    pub(super) documents: Vec<Row>,
    /// Whether each row says whose it is to agree.
    pub(super) with_provider: bool,
    /// Where one begins to publish.
    pub(super) publish: Option<String>,
}

/// The page of one.
#[derive(Serialize)]
pub(super) struct Page {
    /// The other side.
    pub(super) caption: String,
    pub(super) is_council: bool,
    pub(super) here: String,
    pub(super) home: String,
    pub(super) row: Row,
    pub(super) shown: VersionShown,
    pub(super) others: Vec<Other>,
    pub(super) contract: String,
    pub(super) line: Option<String>,
    pub(super) form: FormShown,
    /// Whether whoever looks answers.
    pub(super) answers: bool,
    /// Whether whoever looks publishes.
    pub(super) changes: bool,
}

/// A row of a table.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct Row {
    href: String,
    title: String,
    version: u32,
    kind: &'static str,
    contract: String,
    /// The line with its person.
    line: Option<(String, String)>,
    provider: Option<String>,
    state: &'static str,
    tag: &'static str,
    waits: bool,
    agree_by: String,
    published: String,
}

impl Row {
    /// `home` is where the documents are.
    pub(in crate::pages) fn of(listed: &Listed, home: &str) -> Self {
        let older =
            if listed.state == State::Superseded { format!("?version={}", listed.version) } else { String::new() };
        Self {
            href: format!("{home}/{}{older}", listed.id),
            title: listed.title.clone(),
            version: listed.version,
            kind: listed.kind.words(),
            contract: listed.contract.clone(),
            line: listed.line.clone(),
            provider: listed.provider.clone(),
            state: listed.state.words(),
            tag: tag(listed.state),
            waits: listed.state == State::Newest(Status::Waiting),
            agree_by: london::day(listed.agree_by),
            published: london::moment(listed.published_at),
        }
    }
}

/// One version, as its page shows it.
#[derive(Debug, Serialize)]
pub(super) struct VersionShown {
    pub(super) version: u32,
    title: String,
    terms: Vec<Block>,
    agree_by: String,
    /// Where the file is, what it is called, and how large it is.
    file: Option<(String, String, String)>,
    pub(super) digest: String,
    published: String,
    publisher: String,
    state: &'static str,
    tag: &'static str,
    is_late: bool,
    pub(super) waits: bool,
    pub(super) is_newest: bool,
    receipt: Option<ReceiptShown>,
}

/// What was declared.
#[derive(Debug, Serialize)]
struct ReceiptShown {
    agreed: bool,
    at: String,
    name: String,
    role: String,
    reason: String,
    digest: String,
}

impl VersionShown {
    /// `home` is where the document is.
    pub(super) fn of(seen: &VersionSeen, home: &str, today: NaiveDate) -> Self {
        let waits = seen.state == State::Newest(Status::Waiting);
        Self {
            version: seen.version,
            title: seen.title.clone(),
            terms: blocks(&seen.terms),
            agree_by: london::weekday(seen.agree_by),
            file: seen
                .attachment
                .as_ref()
                .map(|(name, size)| (format!("{home}/file/{}", seen.version), name.clone(), size_words(*size))),
            digest: seen.digest.clone(),
            published: london::moment(seen.published_at),
            publisher: seen.publisher.clone(),
            state: seen.state.words(),
            tag: tag(seen.state),
            is_late: waits && seen.agree_by < today,
            waits,
            is_newest: seen.state != State::Superseded,
            receipt: seen.receipt.as_ref().map(ReceiptShown::of),
        }
    }
}

impl ReceiptShown {
    fn of(receipt: &Receipt) -> Self {
        Self {
            agreed: receipt.agreed,
            at: london::moment(receipt.at),
            name: receipt.name.clone(),
            role: receipt.role.clone(),
            reason: receipt.reason.clone(),
            digest: receipt.digest.clone(),
        }
    }
}

/// `120KB`, `4.5MB`.
fn size_words(bytes: i64) -> String {
    let kilobytes = bytes.saturating_add(1_023) / 1_024;
    if kilobytes < 1_024 {
        return format!("{kilobytes}KB");
    }
    format!("{}.{}MB", kilobytes / 1_024, kilobytes % 1_024 * 10 / 1_024)
}

/// A link to another version.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    href: String,
    version: u32,
    state: &'static str,
    tag: &'static str,
    answered: Option<&'static str>,
    published: String,
}

/// The version that an address asks for, the newest where it names none, with links to all others.
pub(super) fn chosen(
    seen: &DocumentSeen,
    asked: Option<&str>,
    home: &str,
    today: NaiveDate,
) -> Result<(VersionShown, Vec<Other>), Fault> {
    let wanted = match asked {
        None => seen.document.version,
        Some(asked) => asked.parse().map_err(|_| Fault::NotFound)?,
    };
    let version = seen.versions.iter().find(|version| version.version == wanted).ok_or(Fault::NotFound)?;
    let others = seen.versions.iter().filter(|other| other.version != wanted).map(|other| Other {
        href: format!("{home}?version={}", other.version),
        version: other.version,
        state: other.state.words(),
        tag: tag(other.state),
        answered: other.receipt.as_ref().map(|receipt| if receipt.agreed { "Agreed" } else { "Rejected" }),
        published: london::moment(other.published_at),
    });
    Ok((VersionShown::of(version, home, today), others.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_said_as_people_say_it() {
        assert_eq!([1, 120 * 1_024, 4_718_592, 5_242_880].map(size_words), ["1KB", "120KB", "4.5MB", "5.0MB"]);
    }
}
