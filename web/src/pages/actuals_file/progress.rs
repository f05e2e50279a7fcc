//! How far saving is, told to the open page.

use axum::extract::Path;
use axum::response::sse;
use axum::response::{IntoResponse as _, Response};

use super::held::{Part, Progress, Upload};
use super::save::KIND;
use crate::access::{Permit, ProviderAt};
use crate::events::{self, Event, Standing, Watch};
use crate::fault::Fault;

/// The stream: `progress` with how many of how many, and `finished` once the page is to be loaded again.
pub(crate) async fn stream(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, upload)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let app = visit.app.clone();
    // taken out before it is looked how far it is, so that nothing falls in between
    let subscriber = app.events().subscribe();
    let (upload, _) = Upload::find(&visit, &pass, &upload).await?;
    let login = pass.provider.me.login.clone();
    let watch = Watch { person: login.person, session: login.id, council: Some(pass.council.id) };
    let authorise = move || {
        let (app, login) = (app.clone(), login.clone());
        async move {
            match app.sessions().is_in(login.person, login.id, chrono::Utc::now()).await {
                Ok(is_in) => Standing::from(is_in),
                Err(_) => Standing::Unknown,
            }
        }
    };
    let progress: Option<Progress> = upload.look(Part::Progress).await?;
    if progress.is_none_or(|progress| !progress.goes_on(visit.now)) {
        let finished = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(finished())]);
        return Ok(sse::Sse::new(finished).into_response());
    }
    let wanted = upload.id;
    let shows = move |event: &Event| match event {
        Event::Progress { kind, id, done, of, .. } if kind == KIND && *id == wanted => Some(if done >= of {
            finished()
        } else {
            sse::Event::default().event("progress").data(format!("{done} {of}"))
        }),
        _ => None,
    };
    Ok(events::stream(subscriber, watch, shows, authorise).into_response())
}

fn finished() -> sse::Event {
    sse::Event::default().event("finished").data("finished")
}
