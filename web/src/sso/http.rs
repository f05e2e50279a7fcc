//! How the service talks to a council's identity provider: briefly, and without trusting it.

use std::error::Error as _;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::http::header::ACCEPT;
use openidconnect::http::{Request, Response};
use openidconnect::reqwest::{self, Client, redirect};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use url::Url;

use super::address::{self, AddressFault, Reach};

/// For one request, from looking up the name to the last byte.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of an answer's body: keys and documents take some ten thousand.
const LARGEST: usize = 1024 * 1024;

/// What is wrong with a council's identity provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// One of the addresses in its document may not be used.
    #[error(transparent)]
    Address(#[from] AddressFault),
    /// No answer within five seconds.
    #[error("{0} did not answer in time")]
    Slow(Url),
    /// No connection, or it broke.
    #[error("{url} cannot be reached: {cause}")]
    Unreachable {
        /// What was asked.
        url: Url,
        /// Why not, for the log.
        cause: String,
    },
    /// The answer is more than a mebibyte.
    #[error("{0} answered with too much")]
    TooLarge(Url),
    /// It wants us to ask elsewhere.
    #[error("{0} redirects")]
    Redirects(Url),
    /// It failed, or knows nothing at that address.
    #[error("{url} answered with status {status}")]
    Status {
        /// What was asked.
        url: Url,
        /// The status of the answer.
        status: u16,
    },
    /// The answer is not what the standard says.
    #[error("{url} cannot be read: {cause}")]
    Unreadable {
        /// What was asked.
        url: Url,
        /// Why not, for the log.
        cause: String,
    },
    /// Its document is that of another issuer.
    #[error("the document of {asked} is that of {found}")]
    AnotherIssuer {
        /// Whose document was asked for.
        asked: Url,
        /// Whose it says it is.
        found: String,
    },
}

impl ProviderFault {
    /// A sentence for whoever signs in, or sets single sign-on up.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Address(fault) => fault.words(),
            Self::Slow(_) | Self::Unreachable { .. } | Self::Status { .. } => {
                "Your council's sign-in service is not answering: try again in a few minutes, or sign in another way"
            }
            Self::TooLarge(_) | Self::Redirects(_) | Self::Unreadable { .. } | Self::AnotherIssuer { .. } => {
                "Your council's sign-in service does not answer as it should: ask your council's administrator to \
                 check its address"
            }
        }
    }
}

/// The client.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    reach: Reach,
}

impl Http {
    pub(super) fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent("Counterfoil")
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            // A proxy would look names up itself.
            .no_proxy()
            .dns_resolver(Arc::new(reach))
            .build()?;
        Ok(Self { client, reach })
    }

    pub(super) const fn reach(&self) -> Reach {
        self.reach
    }

    /// Reads a document.
    pub(super) async fn json<T: DeserializeOwned>(&self, url: &Url) -> Result<T, ProviderFault> {
        let request = Request::get(url.as_str()).header(ACCEPT, "application/json").body(Vec::new());
        let request = request.map_err(|error| unreadable(url, &error))?;
        let response = self.send(request).await?;
        if response.status().as_u16() != 200 {
            return Err(ProviderFault::Status { url: url.clone(), status: response.status().as_u16() });
        }
        serde_json::from_slice(response.body()).map_err(|error| unreadable(url, &error))
    }

    /// Makes one request.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ProviderFault> {
        let request: reqwest::Request = request.try_into().map_err(|error: reqwest::Error| {
            let url = error.url().cloned();
            AddressFault::Shape(url.map_or_else(String::new, |url| url.to_string()))
        })?;
        let url = request.url().clone();
        self.reach.check(&url)?;
        let mut response = self.client.execute(request).await.map_err(|error| failed(&url, &error))?;
        if response.status().is_redirection() {
            return Err(ProviderFault::Redirects(url));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&url, &error))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(ProviderFault::TooLarge(url));
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        Ok(answer)
    }
}

/// Boxed, so that a page can wait for it wherever its thread goes: of a closure's future the compiler cannot tell.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = ProviderFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ProviderFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

fn unreadable(url: &Url, error: &dyn std::error::Error) -> ProviderFault {
    ProviderFault::Unreadable { url: url.clone(), cause: error.to_string() }
}

fn failed(url: &Url, error: &reqwest::Error) -> ProviderFault {
    if let Some(fault) = address::fault(error) {
        return fault.into();
    }
    if error.is_timeout() {
        return ProviderFault::Slow(url.clone());
    }
    // The error names only the address; what happened is the innermost cause.
    let innermost = std::iter::successors(error.source(), |&error| error.source()).last();
    let cause = innermost.map_or_else(|| error.to_string(), ToString::to_string);
    ProviderFault::Unreachable { url: url.clone(), cause }
}
