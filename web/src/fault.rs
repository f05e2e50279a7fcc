//! What a person is told when a page cannot be given. The cause is for the log, and stays there.

use std::borrow::Cow;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A sentence in the words of whoever reads it.
pub(crate) type Sentence = Cow<'static, str>;

/// Why there is no page. As a response it carries its status; the `context` module writes the page, since
/// only there are the templates at hand.
///
/// What the person may know beyond the usual words is a sentence of its own. [`Fault::NotFound`] takes
/// none: what is another's has to look like what does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// What was sent cannot be understood.
    BadRequest(Option<Sentence>),
    /// The person is known and may not do this.
    Forbidden(Option<Sentence>),
    /// Nothing there, or nothing that this person may know of.
    NotFound,
    /// The address does not take this method.
    WrongMethod,
    /// What was sent does not fit what is the case now: somebody was faster, or the window is about another
    /// council.
    Conflict(Sentence),
    /// What was sent is too large.
    TooLarge,
    /// What was sent is of a kind that the address does not take.
    WrongKind,
    /// Nobody is signed in. Pages lead to the sign-in instead; programs are told.
    SignedOut,
    /// Too many tries.
    TooMany {
        /// Seconds until the next try is worth it.
        seconds: u64,
    },
    /// The service failed.
    Internal,
    /// The service took too long, or what it depends on is away.
    Unavailable,
}

/// The words of a fault's page.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Words {
    heading: &'static str,
    sentences: Vec<Sentence>,
}

/// The same for programs (RFC 9457).
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    title: &'static str,
    status: u16,
    detail: String,
}

impl Fault {
    /// 400 with what could not be understood.
    pub fn bad_request(sentence: impl Into<Sentence>) -> Self {
        Self::BadRequest(Some(sentence.into()))
    }

    /// 403 with what the person lacks.
    pub fn forbidden(sentence: impl Into<Sentence>) -> Self {
        Self::Forbidden(Some(sentence.into()))
    }

    /// 409 with what is the case now, and what the person can do.
    pub fn conflict(sentence: impl Into<Sentence>) -> Self {
        Self::Conflict(sentence.into())
    }

    /// Logs the cause, and tells the person only that the service failed.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        tracing::error!(%error, ?causes, "a page could not be given");
        Self::Internal
    }

    /// What an error of the steps comes to: what is for the person is said, the rest is logged.
    pub(crate) fn of(error: &counterfoil_tenants::Error) -> Self {
        use counterfoil_tenants::Error;
        match error {
            Error::NotFound => Self::NotFound,
            Error::Conflict(words) | Error::Refused(words) => Self::conflict(words.clone()),
            outage if outage.is_outage() => {
                tracing::error!(error = ?outage, "the database is away");
                Self::Unavailable
            }
            other => Self::internal(other),
        }
    }

    /// What sessions rest on is away, or a session was changed by two requests at once: it is tried again in a moment.
    pub(crate) fn away(error: &dyn std::error::Error) -> Self {
        tracing::warn!(%error, "a session could not be read or kept");
        Self::Unavailable
    }

    /// What an extractor's refusal comes to. Its own words are a programmer's, and are dropped.
    pub(crate) fn of_refusal(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => Some(Self::BadRequest(None)),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Self::WrongKind),
            _ => None,
        }
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongKind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn words(&self) -> Words {
        let usual = |sentence: &'static str| vec![Cow::Borrowed(sentence)];
        let own = |own: &Option<Sentence>, usual: &'static str| {
            own.iter().cloned().chain([Cow::Borrowed(usual)]).collect::<Vec<_>>()
        };
        let (heading, sentences) = match self {
            Self::BadRequest(said) => {
                ("The page could not be sent", own(said, "Go back to the page you came from and try again."))
            }
            Self::Forbidden(said) => (
                "You cannot use this page",
                own(said, "If you need it for your work, ask an administrator of your organisation or council."),
            ),
            Self::NotFound => (
                "Page not found",
                vec![
                    "If you typed the web address, check it is correct.".into(),
                    "If you pasted the web address, check you copied the entire address.".into(),
                ],
            ),
            Self::WrongMethod => {
                ("This page cannot be used that way", usual("Go back to the page you came from and try again."))
            }
            Self::Conflict(said) => ("Nothing was changed", vec![said.clone()]),
            Self::SignedOut => ("You are not signed in", usual("Sign in and try again.")),
            Self::TooLarge => (
                "What you sent is too large",
                usual("Go back, make it smaller or send it in parts, and try again. Nothing was saved."),
            ),
            Self::WrongKind => (
                "This page does not take that kind of file or data",
                usual("Go back to the page you came from and check what it asks for."),
            ),
            Self::TooMany { seconds } => {
                ("You have tried too often", vec![format!("Wait {}, then try again.", in_minutes(*seconds)).into()])
            }
            Self::Internal => (
                "Sorry, there is a problem with the service",
                usual("Try again later. If it happens again, tell us what you were doing."),
            ),
            Self::Unavailable => ("Sorry, the service is unavailable", usual("Try again in a few minutes.")),
        };
        Words { heading, sentences }
    }

    /// The same as a problem document.
    pub(crate) fn problem(&self) -> Problem {
        let Words { heading, sentences } = self.words();
        Problem { title: heading, status: self.status().as_u16(), detail: sentences.join(" ") }
    }

    /// The page for when not even a template can be rendered.
    pub(crate) fn plainest(&self) -> String {
        let Words { heading, sentences } = self.words();
        let paragraphs: String =
            sentences.iter().map(|sentence| format!("<p>{}</p>", minijinja::HtmlEscape(sentence))).collect();
        format!(
            "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{heading} - Counterfoil</title>\
             </head><body><main><h1>{heading}</h1>{paragraphs}</main></body></html>"
        )
    }
}

/// `1 minute`, `15 minutes`, `2 hours`: rounded up, so that nobody comes back too early.
fn in_minutes(seconds: u64) -> String {
    let (number, unit) = match seconds.div_ceil(60).max(1) {
        minutes if minutes > 90 => (minutes.div_ceil(60), "hour"),
        minutes => (minutes, "minute"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::TooMany { seconds } = &self {
            response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_come_back_too_early() {
        let said: Vec<String> = [0, 60, 61, 900, 5_400, 5_401].into_iter().map(in_minutes).collect();
        assert_eq!(said, ["1 minute", "1 minute", "2 minutes", "15 minutes", "90 minutes", "2 hours"]);
        let response = Fault::TooMany { seconds: 61 }.into_response();
        assert_eq!(response.headers()["retry-after"], "61");
    }

    #[test]
    fn a_sentence_of_its_own_stands_before_the_usual_one() {
        let fault = Fault::forbidden("Only finance approvers of Norfolk approve runs.");
        assert_eq!(fault.words().sentences[0], "Only finance approvers of Norfolk approve runs.");
        assert_eq!(fault.words().sentences.len(), Fault::Forbidden(None).words().sentences.len() + 1);
        assert_eq!(fault.problem().status, 403);
    }

    #[test]
    fn the_plainest_page_has_no_markup_from_outside() {
        let page = Fault::conflict("Claim of <b>Acme</b>").plainest();
        assert!(page.contains("Claim of &lt;b&gt;Acme&lt;"), "{page}");
    }
}
