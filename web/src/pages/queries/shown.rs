//! A query as both sides see it: a row, and the conversation.

use counterfoil_tenants::care_query::{Listed, MessageSeen, QuerySeen, Side, Status, Urgency};
use serde::Serialize;

use crate::london;
use crate::table::{Filter, FilterKind, TableQuery};

/// Rows of a page.
pub(super) const PAGE: u32 = 50;

/// Where they stand.
pub(super) const STATUS: Filter = Filter {
    name: "status",
    label: "Status",
    kind: FilterKind::Choice(&[("open", "Open"), ("answered", "Answered"), ("closed", "Closed")]),
};

/// The status that an address asks for.
pub(super) fn status(query: &TableQuery) -> Option<Status> {
    let asked = query.filter("status")?;
    Status::ALL.into_iter().find(|status| status.code() == asked)
}

/// A row of a table.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    href: String,
    about: &'static str,
    person: String,
    contract: String,
    line: Option<String>,
    provider: Option<String>,
    urgency: &'static str,
    is_urgent: bool,
    status: &'static str,
    tag: &'static str,
    sent_to: String,
    asked: String,
    changed: String,
}

impl Row {
    /// `home` is where the queries are.
    pub(super) fn of(listed: &Listed, home: &str) -> Self {
        Self {
            href: format!("{home}/{}", listed.id),
            about: listed.about.words(),
            person: listed.person.clone(),
            contract: listed.contract.clone(),
            line: listed.line.clone(),
            provider: listed.provider.clone(),
            urgency: listed.urgency.words(),
            is_urgent: listed.urgency == Urgency::Urgent,
            status: listed.status.words(),
            tag: match listed.status {
                Status::Open => "govuk-tag--yellow",
                Status::Answered => "govuk-tag--green",
                Status::Closed => "govuk-tag--grey",
            },
            sent_to: if listed.sent_to.is_empty() { "Payments team".to_owned() } else { listed.sent_to.clone() },
            asked: london::moment(listed.asked_at),
            changed: london::moment(listed.changed_at),
        }
    }
}

/// What was said.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    writer: String,
    side: &'static str,
    is_council: bool,
    at: String,
    body: String,
}

impl Said {
    fn of(message: &MessageSeen) -> Self {
        Self {
            writer: message.writer.clone(),
            side: match message.side {
                Side::Provider => "for the provider",
                Side::Council => "for the council",
            },
            is_council: message.side == Side::Council,
            at: london::moment(message.written_at),
            body: message.body.clone(),
        }
    }
}

/// The conversation.
pub(super) fn said(seen: &QuerySeen) -> Vec<Said> {
    seen.messages.iter().map(Said::of).collect()
}
