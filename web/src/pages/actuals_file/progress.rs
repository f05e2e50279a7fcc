//! How far saving is, told to the open page.

use std::convert::Infallible;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response, sse};

use super::held::{Part, Progress, Upload};
use super::save::KIND;
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::pages::events;

/// The stream.
pub(crate) async fn stream(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, upload)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let (upload, _) = Upload::find(&visit, &pass, &upload).await?;
    let council = pass.council.id;
    // opened before it is looked how far it is, so that nothing falls in between
    let opened = events::open(&visit, &pass.provider.me, Some(council), events::progress(council, KIND, upload.id));
    let progress: Option<Progress> = upload.look(Part::Progress).await?;
    if progress.is_none_or(|progress| !progress.goes_on(visit.now)) {
        let finished = futures_util::stream::iter([Ok::<_, Infallible>(events::finished())]);
        return Ok(sse::Sse::new(finished).into_response());
    }
    Ok(opened)
}
