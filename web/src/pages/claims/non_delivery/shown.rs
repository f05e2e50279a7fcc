//! The form and its preview as the page shows them.

use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::pricing::facts::Unit;
use counterfoil_core::pricing::words::amount;
use counterfoil_core::statement::Quantities;
use counterfoil_tenants::reason::ReasonKind;
use counterfoil_tenants::steps::state_non_delivery::{Change, LineChange, Proposal};
use serde::Serialize;

use super::Offered;
use crate::actuals::hours_words;
use crate::form::FormShown;
use crate::london;

/// The page.
#[derive(Serialize)]
pub(super) struct Page {
    form: FormShown,
    here: String,
    claims: String,
    council: String,
    contracts: Vec<Item>,
    reasons: Vec<Item>,
    preview: Option<Preview>,
    /// What was chosen, said again over the preview.
    said: String,
}

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Hint>,
}

#[derive(Serialize)]
struct Hint {
    text: &'static str,
}

impl Page {
    pub(super) fn of(
        offered: &Offered,
        claims: &str,
        council: &str,
        (form, preview): (FormShown, Option<Preview>),
    ) -> Self {
        let contracts = offered.around.contracts.iter();
        let contracts = contracts.map(|(id, reference, service)| Item {
            value: id.to_string(),
            text: format!("{reference}, {service}"),
            hint: None,
        });
        let kinds = [
            (ReasonKind::Frustrated, "The person missed it: frustrated"),
            (ReasonKind::Missed, "You could not deliver it: missed"),
        ];
        let reasons = kinds.into_iter().flat_map(|(kind, text)| {
            let those = offered.reasons.iter().filter(move |reason| reason.kind == kind);
            those.map(move |reason| Item {
                value: reason.code.clone(),
                text: reason.words.clone(),
                hint: Some(Hint { text }),
            })
        });
        Self {
            here: format!("{claims}/non-delivery"),
            claims: claims.to_owned(),
            council: council.to_owned(),
            contracts: contracts.collect(),
            reasons: reasons.collect(),
            said: preview.as_ref().map(|preview| preview.said.clone()).unwrap_or_default(),
            form,
            preview,
        }
    }
}

/// What would change.
#[derive(Serialize)]
pub(super) struct Preview {
    claims: Vec<ClaimShown>,
    cannot: Vec<CannotShown>,
    payable: Option<(String, String)>,
    /// How many were saved a moment ago.
    saved: usize,
    #[serde(skip)]
    said: String,
}

#[derive(Serialize)]
struct ClaimShown {
    id: String,
    version: u32,
    href: String,
    called: String,
    contract: String,
    payable: Option<(String, String)>,
    lines: Vec<LineShown>,
}

#[derive(Serialize)]
struct LineShown {
    /// As its tick is sent: `clm_...:0`.
    value: String,
    number: u32,
    about: String,
    planned: String,
    before: String,
    after: String,
    ticked: bool,
}

#[derive(Serialize)]
struct CannotShown {
    href: String,
    called: String,
    contract: String,
    because: String,
}

/// A claim in words: `T100101, 4 to 10 November 2024`.
pub(super) fn called(change: &Change) -> String {
    format!("{}, {}", change.about.1, london::span(change.days.0, change.days.1))
}

impl Preview {
    pub(super) fn of(proposal: &Proposal, home: &str) -> Self {
        let of = |change: &Change| ClaimShown {
            id: change.claim.to_string(),
            version: change.version,
            href: format!("{home}/{}", change.claim),
            called: called(change),
            contract: change.about.0.clone(),
            payable: both(change.payable),
            lines: change.lines.iter().map(|line| LineShown::of(change, line)).collect(),
        };
        let cannot = proposal.cannot.iter().map(|cannot| CannotShown {
            href: format!("{home}/{}", cannot.claim),
            called: format!("{}, {}", cannot.about.1, london::span(cannot.days.0, cannot.days.1)),
            contract: cannot.about.0.clone(),
            because: cannot.because.clone(),
        });
        let sum = |of: fn(&Change) -> Option<Money>| {
            let all: Option<Vec<Money>> = proposal.changes.iter().map(of).collect();
            all.and_then(|all| Money::total(all).ok())
        };
        let lines: usize = proposal.changes.iter().map(|change| change.lines.len()).sum();
        let counted =
            |count: usize, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
        Self {
            claims: proposal.changes.iter().map(of).collect(),
            cannot: cannot.collect(),
            payable: both((sum(|change| change.payable.0), sum(|change| change.payable.1))),
            saved: 0,
            said: format!("{} of {}", counted(lines, "line"), counted(proposal.changes.len(), "claim")),
        }
    }

    pub(super) fn after(self, saved: usize) -> Self {
        Self { saved, ..self }
    }
}

fn both((before, after): (Option<Money>, Option<Money>)) -> Option<(String, String)> {
    before.zip(after).map(|(before, after)| (before.to_string(), after.to_string()))
}

impl LineShown {
    fn of(change: &Change, line: &LineChange) -> Self {
        let (reference, service) = &line.about;
        let quantity = |raw| said(raw, line.unit);
        Self {
            value: format!("{}:{}", change.claim, line.number),
            number: line.number.saturating_add(1),
            about: if service.is_empty() { reference.clone() } else { format!("{reference}, {service}") },
            planned: quantity(line.before.planned),
            before: told(&line.before, line.unit),
            after: told(&line.after, line.unit),
            ticked: !line.left_out,
        }
    }
}

/// `7.5 hours`; carer-minutes as hours and minutes.
fn said(raw: i64, unit: Option<Unit>) -> String {
    unit.map_or_else(|| hours_words(raw), |unit| amount(Quantity::from_thousandths(raw), unit))
}

/// `3 hours delivered, 4 hours frustrated`.
fn told(quantities: &Quantities, unit: Option<Unit>) -> String {
    let rest = [(quantities.frustrated, "frustrated"), (quantities.missed, "missed")];
    let rest = rest.into_iter().filter(|(quantity, _)| *quantity > 0);
    let first = format!("{} delivered", said(quantities.delivered, unit));
    let all: Vec<String> =
        std::iter::once(first).chain(rest.map(|(quantity, word)| format!("{} {word}", said(quantity, unit)))).collect();
    all.join(", ")
}
