//! `/api/v1/organisations/{organisation}/councils/{council}/claims`: a provider's claims on a council. Filters, order and
//! pages are those of the page.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_tenants::claim::{Listed, ListedSums};
use serde::Serialize;

use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::pages::claims::{provider, table};

#[derive(Serialize)]
struct Answer {
    claims: Vec<Claim>,
    /// How many there are, as far as they were counted.
    counted: i64,
    /// How many were passed over.
    offset: i64,
    limit: i64,
}

#[derive(Serialize)]
struct Claim {
    id: String,
    person: String,
    contract: String,
    starts: NaiveDate,
    ends: NaiveDate,
    state: ClaimState,
    state_words: &'static str,
    sent_back: bool,
    faulted: bool,
    /// None before the first assessment, and where the rule gave no answer.
    pence: Option<Pence>,
    deadline: DateTime<Utc>,
}

/// Whole pence.
#[derive(Serialize)]
struct Pence {
    planned: i64,
    claimed: i64,
    payable: i64,
    suspended: i64,
}

impl From<ListedSums> for Pence {
    fn from(sums: ListedSums) -> Self {
        Self {
            planned: sums.planned.pence(),
            claimed: sums.claimed.pence(),
            payable: sums.payable.pence(),
            suspended: sums.suspended.pence(),
        }
    }
}

impl Claim {
    fn of(listed: Listed, vocabulary: Vocabulary) -> Self {
        Self {
            id: listed.id.to_string(),
            person: listed.person,
            contract: listed.contract,
            starts: listed.starts,
            ends: listed.ends,
            state: listed.state,
            state_words: vocabulary.state(listed.state),
            sent_back: listed.sent_back,
            faulted: listed.faulted,
            pence: listed.sums.filter(|_| !listed.faulted).map(Pence::from),
            deadline: listed.cut_off,
        }
    }
}

/// A page of them.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let (query, claims, around) = provider::listed(&visit, &pass).await?;
    let vocabulary = around.vocabulary;
    let window = table::window(&query, &claims);
    let answer = Answer {
        counted: claims.counted,
        offset: window.offset,
        limit: window.limit,
        claims: claims.rows.into_iter().map(|row| Claim::of(row, vocabulary)).collect(),
    };
    Ok(Json(answer).into_response())
}

/// One, with what explains its sum.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    Ok(Json(provider::found(&visit, &pass, &claim).await?.for_programs()).into_response())
}
