//! The table of claims: its filters in the council's words, its order, and a row.

use chrono::{DateTime, Utc};
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::ids::ContractId;
use counterfoil_core::money::Money;
use counterfoil_tenants::claim::{Around, Claims, Listed, Order, Standing, Wanted};
use serde::Serialize;

use crate::london;
use crate::pages::talk::shown::Mark;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableSpec, Window};

/// Rows of a page.
const PAGE: u32 = 50;

const STATE: Filter = Filter { name: "state", label: "State", kind: FilterKind::Offered };
const MESSAGES: Filter =
    Filter { name: "messages", label: "Messages", kind: FilterKind::Choice(&[("unread", "Not read yet")]) };
const STARTS: Filter = Filter { name: "starts", label: "Week or period starting", kind: FilterKind::Day };

/// A provider's.
pub(in crate::pages) static OWN: TableSpec = TableSpec {
    row: ("claim", "claims"),
    filters: &[STATE, Filter { name: "contract", label: "Contract", kind: FilterKind::Offered }, STARTS, MESSAGES],
    columns: &[
        Column::sorted("week", "Week"),
        Column::sorted("person", "Person"),
        Column::plain("contract", "Contract"),
        Column::plain("state", "State"),
        Column::plain("planned", "Planned").numeric(),
        Column::sorted("claimed", "Claimed").numeric(),
        Column::plain("payable", "Payable").numeric(),
        Column::plain("suspended", "Suspended").numeric(),
        Column::plain("deadline", "Deadline"),
    ],
    sorted: ("week", Direction::Descending),
    page_size: PAGE,
    kept: &[],
};

/// A council's.
pub(super) static ALL: TableSpec = TableSpec {
    row: ("claim", "claims"),
    filters: &[
        STATE,
        Filter { name: "provider", label: "Provider\u{2019}s name", kind: FilterKind::Words },
        Filter { name: "contract", label: "Contract reference", kind: FilterKind::Words },
        STARTS,
        MESSAGES,
    ],
    columns: &[
        Column::sorted("week", "Week"),
        Column::sorted("person", "Person"),
        Column::plain("provider", "Provider"),
        Column::plain("contract", "Contract"),
        Column::plain("state", "State"),
        Column::plain("planned", "Planned").numeric(),
        Column::sorted("claimed", "Claimed").numeric(),
        Column::plain("payable", "Payable").numeric(),
        Column::plain("suspended", "Suspended").numeric(),
        Column::plain("deadline", "Deadline"),
    ],
    sorted: ("week", Direction::Descending),
    page_size: PAGE,
    kept: &[],
};

/// What can be asked of the states, by the name in the address.
const STANDINGS: [(&str, Standing); 5] = [
    ("open", Standing::Open),
    ("confirmed", Standing::Confirmed),
    ("suspended", Standing::Suspended),
    ("locked", Standing::Locked),
    ("paid", Standing::Paid),
];

/// A claim as a row.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    href: String,
    week: String,
    person: String,
    provider: Option<String>,
    contract: String,
    state: &'static str,
    /// Whether it waits for the provider, and was sent back by the council.
    sent_back: bool,
    /// Whether the provider says that it is wrong.
    rejected: bool,
    /// Whether the rule gave no answer.
    faulted: bool,
    planned: Option<String>,
    claimed: Option<String>,
    payable: Option<String>,
    suspended: Option<String>,
    /// Whether something waits for an officer.
    is_held: bool,
    deadline: String,
    is_late: bool,
    messages: Option<Mark>,
}

impl Row {
    /// `home` is where the claims are.
    pub(super) fn of(listed: Listed, home: &str, vocabulary: Vocabulary, now: DateTime<Utc>) -> Self {
        let sums = listed.sums.filter(|_| !listed.faulted);
        let money =
            |sum: fn(&counterfoil_tenants::claim::ListedSums) -> Money| sums.as_ref().map(|sums| sum(sums).to_string());
        Self {
            href: format!("{home}/{}", listed.id),
            week: london::span(listed.starts, listed.ends),
            person: listed.person,
            provider: listed.provider,
            contract: listed.contract,
            state: vocabulary.state(listed.state),
            sent_back: listed.sent_back,
            rejected: listed.rejected,
            faulted: listed.faulted,
            planned: money(|sums| sums.planned),
            claimed: money(|sums| sums.claimed),
            payable: money(|sums| sums.payable),
            suspended: money(|sums| sums.suspended),
            is_held: sums.is_some_and(|sums| !sums.suspended.is_zero()),
            deadline: london::deadline(listed.cut_off),
            is_late: is_open(listed.state) && listed.cut_off < now,
            messages: Mark::of(listed.messages),
        }
    }
}

const fn is_open(state: ClaimState) -> bool {
    matches!(state, ClaimState::Generated | ClaimState::Stated)
}

/// Offers a provider its contracts and the states in the council's words; gives the contract that was chosen.
pub(in crate::pages) fn offer_own(query: &mut TableQuery, around: &Around) -> Option<ContractId> {
    let offered = around.contracts.iter();
    let offered = offered.map(|(id, reference, service)| (id.to_string(), format!("{reference}, {service}")));
    query.offer("contract", offered.collect());
    offer_states(query, around.vocabulary);
    query.filter("contract").and_then(|id| id.parse().ok())
}

/// Offers the states in the council's words.
pub(in crate::pages) fn offer_states(query: &mut TableQuery, vocabulary: Vocabulary) {
    let words = |standing| match standing {
        Standing::Open | Standing::All => vocabulary.state(ClaimState::Generated).to_owned(),
        Standing::Confirmed => vocabulary.state(ClaimState::Confirmed).to_owned(),
        Standing::Suspended => format!("{}, something suspended", vocabulary.state(ClaimState::Confirmed)),
        Standing::Locked => vocabulary.state(ClaimState::Locked).to_owned(),
        Standing::Paid => vocabulary.state(ClaimState::Paid).to_owned(),
    };
    query.offer("state", STANDINGS.iter().map(|(name, standing)| ((*name).to_owned(), words(*standing))).collect());
}

/// What an address asks for, apart from contract and provider.
pub(in crate::pages) fn wanted(query: &TableQuery, contract: Option<ContractId>) -> Wanted {
    let (column, direction) = query.sort();
    let standing = query.filter("state").and_then(|name| STANDINGS.iter().find(|(known, _)| *known == name));
    Wanted {
        standing: standing.map(|(_, standing)| *standing).unwrap_or_default(),
        contract,
        organisations: None,
        starts: query.day("starts"),
        order: match column {
            "person" => Order::Person,
            "claimed" => Order::Claimed,
            _ => Order::Week,
        },
        unread: query.filter("messages").is_some(),
        descending: direction == Direction::Descending,
        offset: query.offset(),
        limit: PAGE,
    }
}

/// The page that was given, out of what was counted.
pub(in crate::pages) fn window(query: &TableQuery, claims: &Claims) -> Window {
    query.window_of_counted(claims.counted, counterfoil_tenants::claim::COUNTED)
}
