//! One week of a contract: the five steps, what will be paid and what will not, and the claims to confirm or reject.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::ids::ClaimId;
use counterfoil_core::pricing::words::{Said, Words as Explanations};
use counterfoil_tenants::payments::{self, Blocked, ClaimOfWeek, WeekSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::week::shown::{Lines, Step, lines, steps};
use super::words::Words;
use super::{home, week_of};
use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::FormShown;
use crate::london;
use crate::pages::talk::shown::Mark;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

mod shown;

/// What is in an address that names one week.
pub(super) type Named = Path<(String, String, String, String)>;

/// The claims: a week of a large contract has hundreds, and they come in parts. What a button does to all is done to the
/// whole week, whatever part is shown.
static CLAIMS: TableSpec = TableSpec {
    row: ("person", "people"),
    filters: &[
        Filter { name: "find", label: "Person or reference", kind: FilterKind::Words },
        Filter {
            name: "state",
            label: "State",
            kind: FilterKind::Choice(&[
                ("open", "Open"),
                ("confirmed", "Confirmed or verified"),
                ("held", "In a run or paid"),
            ]),
        },
    ],
    columns: &[
        Column::plain("tick", "Select"),
        Column::sorted("person", "Person"),
        Column::sorted("state", "State"),
        Column::sorted("planned", "Planned").numeric(),
        Column::sorted("claimed", "Claimed").numeric(),
        Column::sorted("payable", "Payable").numeric(),
        Column::plain("other", "Not payable").numeric(),
    ],
    // what waits comes first
    sorted: ("state", Direction::Ascending),
    page_size: 20,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    words: Words,
    home: String,
    here: String,
    contract: String,
    service: String,
    week: String,
    deadline: String,
    bank: String,
    is_late: bool,
    steps: Vec<Step>,
    lines: Lines,
    table: TableShown,
    /// Those of this part.
    claims: Vec<Row>,
    /// What an address that shows this part ends with: empty, or from its question mark on.
    part: String,
    /// How many open claims are in other parts.
    elsewhere: usize,
    /// What of them was ticked there, or by a button for all.
    ticked_elsewhere: Vec<String>,
    /// Every claim that is seen here, with its version.
    seen: String,
    /// How many can be confirmed now, and how many are open.
    ready: usize,
    open: usize,
    /// Whether some can be given a reference and an invoice date.
    refers: bool,
    /// Whether some are rejected.
    rejected: bool,
    with_receipt: bool,
    declaration: String,
    asks_declaration: bool,
    /// Whether every box is ticked.
    all: bool,
    form: FormShown,
    name: String,
}

/// A claim as a row.
#[derive(Serialize)]
struct Row {
    /// What its box sends.
    value: String,
    /// The id of its box, to which the error summary leads.
    field: String,
    href: String,
    person: String,
    state: &'static str,
    open: bool,
    confirmed: bool,
    ticked: bool,
    sent_back: Option<String>,
    rejected: Option<String>,
    /// What the provider wrote with the actuals, which the council sees.
    note: String,
    reference: String,
    invoice_date: Option<String>,
    messages: Option<Mark>,
    /// What has to be done before it can be confirmed.
    blocked: Option<Blocking>,
    sums: Option<Sums>,
    faulted: bool,
    error: Option<String>,
}

#[derive(Serialize)]
struct Sums {
    planned: String,
    claimed: String,
    payable: String,
    not_payable: String,
}

/// A form that comes back.
pub(super) struct Returned {
    pub(super) form: FormShown,
    pub(super) ticked: BTreeSet<ClaimId>,
    /// What is wrong with single claims.
    pub(super) errors: Vec<(ClaimId, String)>,
}

/// Reads the week that an address names.
pub(super) async fn read(pass: &ForOrganisationAt, contract: &str, week: &str) -> Result<WeekSeen, Fault> {
    let contract = contract.parse().map_err(|_| Fault::NotFound)?;
    let starts = week.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| payments::seen(tx, council, organisation, (contract, starts)).await)
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, contract, week)): Named,
) -> Result<Response, Fault> {
    let seen = read(&pass, &contract, &week).await?;
    let all = visit.asked_for("all").is_some();
    let ticked = if all {
        // of this part: a button does the same for the whole week
        let query = TableQuery::parse(&CLAIMS, &visit.path, visit.query.as_deref());
        let wanted = wanted(&seen, &query);
        query.cut(&wanted).1.iter().filter(|one| is_open(one)).map(|one| one.id).collect()
    } else {
        BTreeSet::new()
    };
    let returned = Returned { form: FormShown::empty(), ticked, errors: Vec::new() };
    page(&visit, &pass, &seen, returned).await
}

/// The claims that an address asks for, in its order.
fn wanted<'s>(seen: &'s WeekSeen, query: &TableQuery) -> Vec<&'s ClaimOfWeek> {
    let matches = |claim: &&ClaimOfWeek| {
        let named = query.filter("find").is_none_or(|find| {
            let find = find.to_lowercase();
            [&claim.person, &claim.reference].into_iter().any(|text| text.to_lowercase().contains(&find))
        });
        named
            && match query.filter("state") {
                Some("open") => is_open(claim),
                Some("confirmed") => claim.state == ClaimState::Confirmed,
                Some("held") => matches!(claim.state, ClaimState::Locked | ClaimState::Paid),
                _ => true,
            }
    };
    let mut claims: Vec<&ClaimOfWeek> = seen.claims.iter().filter(matches).collect();
    let sum = |of: fn(&payments::AssessedOfWeek) -> counterfoil_core::money::Money| {
        move |claim: &&ClaimOfWeek| claim.assessed.as_ref().map(of)
    };
    let (column, direction) = query.sort();
    match column {
        "planned" => claims.sort_by_key(sum(|of| of.planned)),
        "claimed" => claims.sort_by_key(sum(|of| of.claimed)),
        "payable" => claims.sort_by_key(sum(|of| of.payable)),
        // what can still be done something about, then what a run has taken
        "state" => claims.sort_by_key(|claim| (!is_open(claim), claim.state != ClaimState::Confirmed)),
        _ => {}
    }
    if direction == Direction::Descending {
        claims.reverse();
    }
    claims
}

/// What an address of this week keeps of the part that is shown: filters, order and page.
pub(super) fn part(visit: &Visit) -> String {
    let kept = |name: &str| ["find", "state", "sort", "page"].contains(&name);
    let query = visit.query.as_deref().unwrap_or_default();
    let mut part = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| kept(name)) {
        part.append_pair(&name, &value);
    }
    part.finish()
}

/// Whether the provider can still do something with it here.
pub(super) fn is_open(claim: &ClaimOfWeek) -> bool {
    matches!(claim.state, ClaimState::Generated | ClaimState::Stated)
}

/// The page with what was typed.
pub(super) async fn page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    seen: &WeekSeen,
    returned: Returned,
) -> Result<Response, Fault> {
    let vocabulary = seen.words.vocabulary;
    let words = Words::of(vocabulary);
    let table = visit.words(&seen.words.explaining);
    let claims_home = format!("{}/claims", pass.home());
    let query = TableQuery::parse(&CLAIMS, &visit.path, visit.query.as_deref());
    let wanted = wanted(seen, &query);
    let (window, cut) = query.cut(&wanted);
    let is_wrong = |claim: &ClaimOfWeek| returned.errors.iter().any(|(id, _)| *id == claim.id);
    // what is named in the summary of errors stands on the page that it leads to
    let brought = seen.claims.iter().filter(|one| is_wrong(one) && !cut.iter().any(|shown| shown.id == one.id));
    let part: Vec<&ClaimOfWeek> = brought.chain(cut.iter().copied()).collect();
    let is_here = |claim: &ClaimOfWeek| part.iter().any(|shown| shown.id == claim.id);
    let ticked_elsewhere = seen.claims.iter().filter(|one| returned.ticked.contains(&one.id) && !is_here(one));
    let rows = part.iter().map(|claim| Row::of(claim, (vocabulary, &table), &claims_home, &returned));
    let waits = || seen.claims.iter().filter(|claim| claim.waits());
    let deadline = waits().map(|claim| claim.cut_off).min().or_else(|| seen.claims.iter().map(|one| one.cut_off).max());
    let bank = seen.claims.iter().map(|claim| claim.bank_date).max();
    let open = seen.claims.iter().filter(|claim| is_open(claim));
    let page = Page {
        words,
        home: home(pass),
        here: week_of(pass, seen.contract, seen.starts),
        contract: seen.reference.clone(),
        service: seen.service.clone(),
        week: london::span(seen.starts, seen.ends),
        deadline: deadline.map(london::deadline).unwrap_or_default(),
        bank: bank.map(london::weekday).unwrap_or_default(),
        is_late: waits().next().is_some() && deadline.is_some_and(|deadline| deadline < visit.now),
        steps: steps(seen, vocabulary),
        lines: lines(seen, &part, &table, vocabulary),
        claims: rows.collect(),
        table: query.shown(&window),
        part: match self::part(visit) {
            part if part.is_empty() => part,
            part => format!("?{part}"),
        },
        elsewhere: open.clone().filter(|claim| !is_here(claim)).count(),
        ticked_elsewhere: ticked_elsewhere.map(value).collect(),
        seen: seen.claims.iter().map(value).collect::<Vec<_>>().join(" "),
        ready: open.clone().filter(|claim| claim.blocked().is_none()).count(),
        open: open.count(),
        refers: seen.claims.iter().any(|claim| !matches!(claim.state, ClaimState::Locked | ClaimState::Paid)),
        rejected: seen.claims.iter().any(|claim| is_open(claim) && claim.rejected.is_some()),
        with_receipt: seen.claims.iter().any(|claim| claim.confirmed.is_some()),
        declaration: seen.declaration.clone(),
        asks_declaration: asks_declaration(seen),
        all: visit.asked_for("all").is_some(),
        form: returned.form,
        name: pass.provider.me.access.name().to_owned(),
    };
    let mut shell = pass.shell(visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|what| done(&what, words)) {
        shell = shell.banner(banner);
    }
    visit.page("payments/week.html", &shell, page)
}

/// Whether the council's statement has to be ticked.
pub(super) fn asks_declaration(seen: &WeekSeen) -> bool {
    seen.words.vocabulary == Vocabulary::ProvisionalInvoices && !seen.declaration.trim().is_empty()
}

/// A claim and the version that is seen, as a form carries it.
fn value(claim: &ClaimOfWeek) -> String {
    format!("{}:{}", claim.id, claim.version)
}

fn done(what: &str, words: Words) -> Option<Banner> {
    match what {
        "confirmed" => Some(
            Banner::success(format!("You have {} what you chose", words.confirmed))
                .text("Keep or print the receipt below: it says when it was received, and which run pays it."),
        ),
        "rejected" => {
            Some(Banner::success("You have rejected what you chose").text("The council sees it with your reason."))
        }
        "accepted" => Some(
            Banner::success("The plan is your statement of what was delivered")
                .text(format!("It is priced. You can now {} it.", words.to_confirm)),
        ),
        "referred" => Some(
            Banner::success("Your reference and invoice date are kept")
                .text("They stand beside the lines of the remittance. Where you left one blank, it stays as it was."),
        ),
        "recalculated" => Some(Banner::success("It is calculated anew, from what is known now")),
        "taken-back" => Some(Banner::success("It is open again").text("It is not paid until you confirm it again.")),
        _ => None,
    }
}

/// What keeps a claim from being confirmed: a sentence of the service's, or what has to be mended first, with the lines.
#[derive(Serialize)]
pub(super) enum Blocking {
    Sentence(String),
    Mend(BTreeSet<(Said, String)>),
}

impl Blocking {
    /// Why a claim cannot be confirmed, if it cannot.
    pub(super) fn of(claim: &ClaimOfWeek, words: &Explanations) -> Option<Self> {
        Some(match claim.blocked()? {
            Blocked::Done => return None,
            Blocked::State(refused) => Self::Sentence(refused.to_string()),
            Blocked::Unpriced => Self::Sentence("It is being priced. Try again in a moment.".to_owned()),
            Blocked::Mend(findings) => {
                let mend = |finding: &counterfoil_core::pricing::Finding| {
                    let line = finding.line.map(|line| format!(" (line {})", line.saturating_add(1)));
                    let said = words.sentence(&finding.reason);
                    (Said { words: said.words.trim_end_matches('.').to_owned(), ..said }, line.unwrap_or_default())
                };
                Self::Mend(findings.iter().map(mend).collect())
            }
        })
    }

    /// As one sentence.
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Sentence(words) => words.clone(),
            Self::Mend(all) => {
                let each: Vec<String> = all.iter().map(|(said, line)| format!("{}{line}", said.words)).collect();
                format!("Mend first: {}.", each.join("; "))
            }
        }
    }
}

impl Row {
    fn of(
        claim: &ClaimOfWeek,
        (vocabulary, table): (Vocabulary, &Explanations),
        claims_home: &str,
        returned: &Returned,
    ) -> Self {
        let assessed = claim.assessed.as_ref();
        let not_payable = |one: &payments::AssessedOfWeek| one.claimed.checked_sub(one.payable).unwrap_or_default();
        let wrong = returned.errors.iter().find(|(id, _)| *id == claim.id);
        Self {
            value: value(claim),
            field: field(claim.id),
            href: format!("{claims_home}/{}", claim.id),
            person: claim.person.clone(),
            state: vocabulary.state(claim.state),
            open: is_open(claim),
            confirmed: claim.state == ClaimState::Confirmed,
            ticked: returned.ticked.contains(&claim.id),
            sent_back: claim.sent_back.clone().filter(|_| is_open(claim)),
            rejected: claim.rejected.as_ref().map(|rejected| rejected.because.clone()),
            note: claim.stated.as_ref().map(|stated| stated.note.clone()).unwrap_or_default(),
            reference: claim.reference.clone(),
            invoice_date: claim.invoice_date.map(london::day),
            messages: Mark::of(claim.messages),
            blocked: if is_open(claim) { Blocking::of(claim, table) } else { None },
            sums: assessed.filter(|assessed| !assessed.faulted).map(|assessed| Sums {
                planned: assessed.planned.to_string(),
                claimed: assessed.claimed.to_string(),
                payable: assessed.payable.to_string(),
                not_payable: not_payable(assessed).to_string(),
            }),
            faulted: assessed.is_some_and(|assessed| assessed.faulted),
            error: wrong.map(|(_, words)| words.clone()),
        }
    }
}

/// The name of the box of a claim.
pub(super) fn field(claim: ClaimId) -> String {
    format!("claim-{}", claim.uuid().simple())
}
