//! The page of an upload: what it would do, how far saving is, or what came of it.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Serialize;

use super::held::{Part, Preview, Progress, Refused, ToMend, Upload};
use super::{claims, home};
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;

/// How many refusals the page shows; the rest is counted and in the file to mend.
const MOST_SHOWN: usize = 50;

#[derive(Serialize)]
struct Shown {
    home: String,
    here: String,
    until: String,
    #[serde(flatten)]
    preview: Preview,
    /// Whether anything is wrong with any row.
    any_wrong: bool,
}

#[derive(Serialize)]
struct Going {
    here: String,
    done: usize,
    of: usize,
}

#[derive(Serialize)]
struct Came {
    home: String,
    here: String,
    claims: String,
    saved: usize,
    refused: Vec<Refused>,
    in_all: usize,
    more: usize,
    /// Claims that nothing was said of, since saving was cut short.
    left: usize,
    until: String,
    any_to_mend: bool,
}

/// The page. Whoever comes back after an hour is told to send the file again.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, upload)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let (upload, preview) = match Upload::find(&visit, &pass, &upload).await {
        Err(Fault::NotFound) => return Ok(gone(&home(&pass))),
        found => found?,
    };
    let (home, shell) = (home(&pass), pass.shell(&visit).await?);
    let here = format!("{home}/{}", upload.id.simple());
    let progress: Option<Progress> = upload.look(Part::Progress).await?;
    let until = london::time(preview.until);
    match progress {
        None => {
            let any_wrong = preview.rejected + preview.loose > 0;
            let page = Shown { until, home, here, any_wrong, preview };
            visit.page("actuals_file/preview.html", &shell, page)
        }
        Some(progress) if progress.goes_on(visit.now) => {
            let page = Going { here, done: progress.done(), of: progress.of };
            visit.page("actuals_file/saving.html", &shell, page)
        }
        Some(progress) => {
            let to_mend: Option<ToMend> = upload.look(Part::ToMend).await?;
            let page = Came {
                claims: claims(&pass),
                saved: progress.saved,
                in_all: progress.refused.len(),
                more: progress.refused.len().saturating_sub(MOST_SHOWN),
                left: progress.of.saturating_sub(progress.done()),
                refused: progress.refused.into_iter().take(MOST_SHOWN).collect(),
                any_to_mend: to_mend.is_some_and(|rows| !rows.is_empty()),
                until,
                home,
                here,
            };
            visit.page("actuals_file/result.html", &shell, page)
        }
    }
}

/// To the page that says that an upload is no longer held.
pub(super) fn gone(home: &str) -> Response {
    led_to(&format!("{home}?done=gone"))
}

/// To the page of an upload.
pub(super) fn led_to(here: &str) -> Response {
    Redirect::to(here).into_response()
}
