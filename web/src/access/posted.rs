//! What a page sends: its form, a file beside it, or the answer of a script. Refused unless it comes from a page of ours,
//! made for the same session and the same council: a tab that was left open cannot file to another council.

mod rule;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use counterfoil_core::attachment;
use serde_json::Value;

use super::visit::form_scope;
use crate::fault::Fault;
use crate::form::{MOST_BYTES, MOST_BYTES_OF_LONG, Typed};
use crate::server::App;
use crate::session::SessionHandle;

pub(crate) use rule::PostedRule;

/// The header in which scripts give what forms have in a field.
const HEADER: &str = "x-csrf-token";
/// The field in which a file goes from one page to the next.
const CARRIED: &str = "file";
/// The most that a file may weigh, in bytes.
const LARGEST_FILE: usize = 1024 * 1024;
/// The most that a spreadsheet may weigh, in bytes: one more than is read, so that its page says what to do.
const LARGEST_SHEET: usize = crate::spreadsheet::MOST_BYTES + 1;
/// The most that a form with several files is read to, in bytes: well beyond what is taken, so that a page can say so.
const LARGEST_OF_FILES: usize = 64 * 1024 * 1024;
/// The most fields beside files.
const MOST_PARTS: usize = 64;
/// The most that a document may weigh, in bytes: one more than is kept, so that its page says what to do.
const LARGEST_DOCUMENT: usize = counterfoil_core::contract_document::LARGEST_ATTACHMENT + 1;
/// The most that a script may send, in bytes.
const LARGEST_JSON: usize = 256 * 1024;

const STALE: &str =
    "This page was out of date, so nothing was changed. Go back, load the page again and send it once more.";

/// A form.
pub(crate) struct Posted(pub(crate) Typed);

/// A form with a row for each visit of a claim: longer than others may be.
pub(crate) struct PostedLong(pub(crate) Typed);

/// A form with one file.
pub(crate) struct PostedFile {
    /// The fields.
    pub(crate) typed: Typed,
    /// The file's bytes; empty where none was chosen.
    pub(crate) file: Bytes,
}

/// A form with a spreadsheet, which may be larger.
pub(crate) struct PostedSheet {
    /// The file's bytes; empty where none was chosen.
    pub(crate) file: Bytes,
}

/// A form with files beside what was typed, which may be of any size: what is too large is said on the form's own page, and
/// nothing typed is lost.
pub(crate) struct PostedFiles {
    /// The fields.
    pub(crate) typed: Typed,
    /// The files in their order, those without a name and without bytes left out.
    pub(crate) files: Vec<GivenFile>,
}

/// A file as it was sent.
pub(crate) struct GivenFile {
    /// As the browser names it.
    pub(crate) name: String,
    /// What is in it; of one that is too large only the first byte too many is kept.
    pub(crate) bytes: Vec<u8>,
}

/// A form with a document, which may be larger, and long fields beside it.
pub(crate) struct PostedDocument {
    /// The fields.
    pub(crate) typed: Typed,
    /// What the file is called, and its bytes; none where none was chosen.
    pub(crate) file: Option<(String, Bytes)>,
}

/// What a script sends.
pub(crate) struct PostedJson(pub(crate) Value);

/// What a request has to say of where it comes from, before its body is read.
struct Source {
    session: SessionHandle,
    scope: String,
    header: Option<String>,
}

impl Source {
    async fn of(request: Request, app: &App) -> Result<(Self, Request), Response> {
        let (mut parts, body) = request.into_parts();
        if !is_ours(&parts.headers, app) {
            return Err(Fault::forbidden(STALE).into_response());
        }
        let session =
            SessionHandle::from_request_parts(&mut parts, app).await.map_err(|fault| fault.into_response())?;
        let header = parts.headers.get(HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let source = Self { session, scope: form_scope(parts.uri.path()), header };
        Ok((source, Request::from_parts(parts, body)))
    }

    /// A script names the token in a header, a form in a field.
    async fn check_form(&self, typed: &Typed) -> Result<(), Response> {
        self.check(self.header.as_deref().unwrap_or_else(|| typed.raw("csrf"))).await
    }

    async fn check(&self, given: &str) -> Result<(), Response> {
        let matches = self.session.csrf_matches(&self.scope, given).await;
        match matches.map_err(|error| Fault::away(&error).into_response())? {
            true => Ok(()),
            false => Err(Fault::forbidden(STALE).into_response()),
        }
    }
}

/// Whether a browser says that the request comes from a page of ours. One that says nothing is held to the token alone.
fn is_ours(headers: &HeaderMap, app: &App) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same_site = text("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    let same_origin = text(header::ORIGIN.as_str()).is_none_or(|origin| app.is_own_origin(origin));
    same_site && same_origin
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (source, request) = Source::of(request, app).await?;
        let typed = Typed::from_request(request, app).await.map_err(|fault| fault.into_response())?;
        source.check_form(&typed).await?;
        Ok(Self(typed))
    }
}

impl FromRequest<App> for PostedLong {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (source, request) = Source::of(request, app).await?;
        let typed = Typed::long(request).await.map_err(|fault| fault.into_response())?;
        source.check_form(&typed).await?;
        Ok(Self(typed))
    }
}

impl FromRequest<App> for PostedJson {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (source, request) = Source::of(request, app).await?;
        source.check(source.header.as_deref().unwrap_or_default()).await?;
        let body = axum::body::to_bytes(request.into_body(), LARGEST_JSON).await;
        let body = body.map_err(|_| Fault::TooLarge.into_response())?;
        if body.is_empty() {
            return Ok(Self(Value::Null));
        }
        serde_json::from_slice(&body).map(Self).map_err(|_| Fault::BadRequest(None).into_response())
    }
}

impl FromRequest<App> for PostedFile {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        parts(request, app, LARGEST_FILE).await.map(|(typed, file)| Self { typed, file })
    }
}

impl FromRequest<App> for PostedSheet {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        // a little more than the file may weigh, so that one byte too many is said on its page
        DefaultBodyLimit::max(LARGEST_SHEET + 64 * 1024).apply(&mut request);
        parts(request, app, LARGEST_SHEET).await.map(|(_, file)| Self { file })
    }
}

impl FromRequest<App> for PostedFiles {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (typed, files) = files(request, app, attachment::MOST_FILES, |_| attachment::MOST_BYTES).await?;
        Ok(Self { typed, files: files.into_iter().map(|(_, file)| file).collect() })
    }
}

/// The fields of a form, and its files with the name of the field that each stood in: one more than the most, and of each
/// one byte more than may be in that field, which is enough to say so.
async fn files(
    mut request: Request,
    app: &App,
    most_files: usize,
    most_bytes: impl Fn(&str) -> usize,
) -> Result<(Typed, Vec<(String, GivenFile)>), Response> {
    DefaultBodyLimit::max(LARGEST_OF_FILES).apply(&mut request);
    let (source, request) = Source::of(request, app).await?;
    let mut parts = Multipart::from_request(request, app).await.map_err(|_| Fault::WrongKind.into_response())?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while fields.len() + files.len() < MOST_PARTS {
        let Some(mut part) = parts.next_field().await.map_err(unread)? else { break };
        let field = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let most = if file.is_some() { most_bytes(&field) } else { MOST_BYTES };
        // what is beyond the most is read on and forgotten, so that the fields after it are read too
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(unread)? {
            let room = (most + 1).saturating_sub(bytes.len());
            bytes.extend(chunk.iter().take(room));
        }
        match file {
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) if files.len() <= most_files => files.push((field, GivenFile { name, bytes })),
            Some(_) => {}
            None if bytes.len() > most => return Err(Fault::TooLarge.into_response()),
            None => fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    let typed = Typed::parse(&encoded(fields)).map_err(unreadable)?;
    source.check_form(&typed).await?;
    Ok((typed, files))
}

fn unread(error: axum::extract::multipart::MultipartError) -> Response {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge.into_response()
    } else {
        Fault::BadRequest(None).into_response()
    }
}

/// Fields that came in parts, written as those of any form, so that they are held to the same bounds.
fn encoded(fields: Vec<(String, String)>) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

fn unreadable<E>(_: E) -> Response {
    Fault::BadRequest(None).into_response()
}

impl FromRequest<App> for PostedDocument {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        // a little more than the file may weigh, so that one byte too many is said on its page
        DefaultBodyLimit::max(LARGEST_DOCUMENT + MOST_BYTES_OF_LONG).apply(&mut request);
        let (source, fields, file, name) = named_parts(request, app, LARGEST_DOCUMENT).await?;
        let typed = Typed::parse_long(&encoded(fields)).map_err(unreadable)?;
        source.check_form(&typed).await?;
        Ok(Self { typed, file: (!file.is_empty()).then_some((name, file)) })
    }
}

/// The fields of a form with the file beside them.
async fn parts(request: Request, app: &App, largest: usize) -> Result<(Typed, Bytes), Response> {
    let (source, fields, file, _) = named_parts(request, app, largest).await?;
    let typed = Typed::parse(&encoded(fields)).map_err(unreadable)?;
    source.check_form(&typed).await?;
    Ok((typed, file))
}

/// The fields as they came, the file and what it is called; the source is not checked yet.
async fn named_parts(
    request: Request,
    app: &App,
    largest: usize,
) -> Result<(Source, Vec<(String, String)>, Bytes, String), Response> {
    let (source, request) = Source::of(request, app).await?;
    let wrong = |_| Fault::WrongKind.into_response();
    let mut parts = Multipart::from_request(request, app).await.map_err(wrong)?;
    let (mut fields, mut file, mut called) = (Vec::new(), Bytes::new(), String::new());
    while let Some(part) = parts.next_field().await.map_err(unread)? {
        let name = part.name().unwrap_or_default().to_owned();
        // a page that showed what is in a file carries it in a hidden field of this name
        let is_file = part.file_name().is_some() || name == CARRIED;
        if let Some(given) = part.file_name() {
            given.clone_into(&mut called);
        }
        let bytes = part.bytes().await.map_err(unread)?;
        if bytes.len() > largest {
            return Err(Fault::TooLarge.into_response());
        }
        if is_file {
            file = bytes;
        } else {
            fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok((source, fields, file, called))
}
