//! What a person is told when a page cannot be given. The cause is for the log, and stays there.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why there is no page. As a response it carries its status; the `context` module writes the page, since
/// only there are the templates at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing there, or nothing that this person may know of.
    NotFound,
    /// The address does not take this method.
    WrongMethod,
    /// The service failed.
    Internal,
    /// The service took too long, or what it depends on is away.
    Unavailable,
}

/// The words of a fault's page.
#[derive(Debug, Serialize)]
pub(crate) struct Words {
    heading: &'static str,
    sentences: &'static [&'static str],
}

impl Fault {
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

    /// The status of the response.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn words(self) -> Words {
        match self {
            Self::NotFound => Words {
                heading: "Page not found",
                sentences: &[
                    "If you typed the web address, check it is correct.",
                    "If you pasted the web address, check you copied the entire address.",
                ],
            },
            Self::WrongMethod => Words {
                heading: "This page cannot be used that way",
                sentences: &["Go back to the page you came from and try again."],
            },
            Self::Internal => {
                Words { heading: "Sorry, there is a problem with the service", sentences: &["Try again later."] }
            }
            Self::Unavailable => {
                Words { heading: "Sorry, the service is unavailable", sentences: &["Try again in a few minutes."] }
            }
        }
    }

    /// The page for when not even a template can be rendered.
    pub(crate) fn plainest(self) -> String {
        let Words { heading, sentences } = self.words();
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{heading} - Counterfoil</title>\
             </head><body><main><h1>{heading}</h1><p>{}</p></main></body></html>",
            sentences.join("</p><p>")
        )
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
