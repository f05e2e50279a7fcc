//! `/operator/health`: whether the platform is well. Counts only; of a council's jobs how many were given up, and never
//! what they were about.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use counterfoil_core::ids::LetterId;
use counterfoil_tenants::audit::Chain;
use counterfoil_tenants::identity::letter::LetterKind;
use serde::Serialize;

use crate::access::{Operating, Permit, Posted};
use crate::fault::Fault;
use crate::london;
use crate::shell::Banner;

/// Lost letters that are shown; there should be none.
const MOST: i64 = 100;

#[derive(Serialize)]
struct Page {
    database: String,
    /// How far the clocks are apart, in seconds.
    apart: i64,
    sessions: String,
    events: String,
    letters_waiting: i64,
    oldest: Option<String>,
    letters_lost: i64,
    lost: Vec<Lost>,
    jobs_waiting: i64,
    dead: Vec<(String, i64)>,
    chain: ChainShown,
}

#[derive(Serialize)]
struct Lost {
    id: String,
    email: String,
    what: &'static str,
    made: String,
    said: String,
}

#[derive(Serialize)]
struct ChainShown {
    records: u64,
    sealed: u64,
    unsealed: u64,
    sealed_at: Option<String>,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Operating>) -> Result<Response, Fault> {
    let identity = visit.app.identity();
    let health = identity.health().await.map_err(|error| Fault::of(&error))?;
    let lost = identity.lost_letters(MOST).await.map_err(|error| Fault::of(&error))?;
    let councils = identity.councils().await.map_err(|error| Fault::of(&error))?;
    let chain = Chain::of_platform(identity).status().await.map_err(|error| Fault::of(&error))?;
    let name = |tenant| {
        let known = councils.iter().find(|council| Some(council.id) == tenant);
        known.map_or_else(|| "The platform\u{2019}s own".to_owned(), |council| council.name.clone())
    };
    let page = Page {
        database: london::moment(health.database_time),
        apart: (health.database_time - visit.now).abs().max(TimeDelta::zero()).num_seconds(),
        sessions: visit.app.sessions().describe(),
        events: visit.app.events().describe(),
        letters_waiting: health.letters_waiting,
        oldest: health.oldest_letter.map(london::moment),
        letters_lost: health.letters_lost,
        lost: lost
            .into_iter()
            .map(|letter| Lost {
                id: letter.id.to_string(),
                email: letter.email,
                what: words(letter.kind),
                made: london::moment(letter.made_at),
                said: letter.last_error.unwrap_or_default(),
            })
            .collect(),
        jobs_waiting: health.jobs_waiting,
        dead: health.jobs_dead.into_iter().map(|(tenant, count)| (name(tenant), count)).collect(),
        chain: ChainShown {
            records: chain.records,
            sealed: chain.sealed,
            unsealed: chain.unsealed,
            sealed_at: chain.sealed_at.map(london::moment),
        },
    };
    let mut shell = pass.operator_shell(&visit).await?;
    if visit.asked_for("done").as_deref() == Some("again") {
        shell = shell.banner(Banner::success("The letter is sent again").text("It leaves within a minute."));
    }
    visit.page("operator/health.html", &shell, page)
}

const fn words(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Invitation => "Invitation",
        LetterKind::ResetPassword => "New password",
        LetterKind::LostFactor => "Lost second factor",
        LetterKind::Return => "Return after 90 days",
        LetterKind::Unlock => "Signing in despite guesses",
        LetterKind::NoPassword => "Signs in through the council",
        LetterKind::Joined => "Joined",
        LetterKind::Removed => "Removed",
        LetterKind::OrganisationInvited => "A council\u{2019}s invitation",
        LetterKind::PasswordChanged => "Password changed",
        LetterKind::FactorChanged => "Second factor changed",
    }
}

/// A letter that was given up is tried again.
pub(crate) async fn send_again(
    Permit { visit, .. }: Permit<Operating>,
    Path(letter): Path<String>,
    _: Posted,
) -> Result<Response, Fault> {
    let id: LetterId = letter.parse().map_err(|_| Fault::NotFound)?;
    visit.app.identity().send_letter_again(id, visit.now).await.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to("/operator/health?done=again").into_response())
}
