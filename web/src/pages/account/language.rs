//! `/account/language`: the language in which somebody reads explanations, where a council offers it.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::language::Language;

use super::refused;
use crate::access::{Permit, Posted, SignedIn};
use crate::events::Event;
use crate::fault::Fault;

/// What stands for no choice.
const AS_USUAL: &str = "usual";

/// Chooses it.
pub(crate) async fn choose(Permit { visit, pass }: Permit<SignedIn>, Posted(typed): Posted) -> Result<Response, Fault> {
    let chosen: Option<Language> = match typed.text("language") {
        AS_USUAL => None,
        tag => match tag.parse() {
            Ok(language) => Some(language),
            Err(_) => {
                let words = "Select the language in which you read explanations".to_owned();
                return refused(&visit, &pass, "language", words).await;
            }
        },
    };
    let person = pass.access.person();
    visit.app.identity().choose_language(&visit.asked(), person, chosen).await.map_err(|error| Fault::of(&error))?;
    visit.app.events().publish(Event::AccessChanged { person: Some(person), tenant: None, organisation: None }).await;
    Ok(Redirect::to("/account?done=language").into_response())
}
