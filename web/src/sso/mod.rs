//! Single sign-on: a council's staff sign in through the council's own identity provider, by OpenID Connect
//! (authorization code, PKCE, nonce).
//!
//! Stands beside the pages of signing in. It knows no database and no session: a page gives it the council's
//! settings, sends the browser where [`SingleSignOn::begin`] says, keeps what is pending in the session, takes
//! it out when the browser comes back, and learns from [`SingleSignOn::finish`] who that is. Whether that
//! person works for the council is the page's matter.

mod address;
mod error;
mod http;
mod provider;
mod token;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreIdToken};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

pub use address::AddressFault;
use address::Reach;
pub use error::SsoError;
use http::Http;
pub use http::ProviderFault;
use provider::{Provider, Providers};
use token::Expected;

/// How long the browser may be away.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// What a council has set.
#[derive(Clone)]
pub struct SsoConfig {
    /// The identity provider, as its discovery document names it.
    pub issuer: Url,
    /// Who Counterfoil is to the provider.
    pub client_id: String,
    /// What proves it.
    pub client_secret: String,
    /// Where the provider sends the browser back to: a page of ours.
    pub redirect: Url,
    /// Domains of e-mail addresses that may sign in, such as `norfolk.gov.uk`. Each is meant exactly: those
    /// below it are others.
    pub allowed_domains: Vec<String>,
}

/// A sign-in that waits for the browser to come back. For the session, and for one use.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    issuer: String,
    client_id: String,
    begun_at: DateTime<Utc>,
}

/// What the browser brings back: the query of the redirect address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Returned {
    /// What it was sent with.
    pub state: Option<String>,
    /// What the provider gives an ID token for.
    pub code: Option<String>,
    /// The provider's name, where it says so.
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// Who signed in, as the provider vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The provider, to the letter.
    pub issuer: String,
    /// The person's lasting name at that provider: unlike the e-mail address, it never becomes another's.
    pub subject: String,
    /// Of an allowed domain; in the provider's own spelling.
    pub email: String,
    /// That the provider checked whose the address is: always true here.
    pub email_verified: bool,
    /// The person's name, if told.
    pub name: Option<String>,
    /// How the person signed in: `pwd`, `otp`, `mfa`, ... (RFC 8176). Empty if not told.
    pub amr: Vec<String>,
    /// The class of the sign-in, if told.
    pub acr: Option<String>,
}

/// Single sign-on for all councils.
#[derive(Debug)]
pub struct SingleSignOn {
    providers: Providers,
}

impl SingleSignOn {
    /// For the service at `public_url`. Where that is `https`, providers are `https` and in the public
    /// internet; a developer's service may also use one at `http://localhost` or `http://127.0.0.1`.
    ///
    /// # Errors
    /// [`SsoError::Client`].
    pub fn new(public_url: &Url) -> Result<Self, SsoError> {
        let http = Http::new(Reach::of(public_url)).map_err(SsoError::Client)?;
        Ok(Self { providers: Providers::new(http) })
    }

    /// Whether there is a provider at `issuer` that could be used: for the administrator who types it.
    ///
    /// # Errors
    /// [`SsoError::Issuer`], [`SsoError::Provider`].
    pub async fn check(&self, issuer: &Url, now: DateTime<Utc>) -> Result<(), SsoError> {
        self.provider(issuer, now).await.map(|_| ())
    }

    /// Where to send the browser, and what to keep in the session until it comes back.
    ///
    /// # Errors
    /// [`SsoError::Issuer`], [`SsoError::Provider`].
    pub async fn begin(&self, config: &SsoConfig, now: DateTime<Utc>) -> Result<(Url, Pending), SsoError> {
        let provider = self.provider(&config.issuer, now).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = CoreClient::new(
            ClientId::new(config.client_id.clone()),
            provider.document.issuer.clone(),
            provider.keys.clone(),
        )
        .set_auth_uri(provider.document.authorization_endpoint.clone())
        .set_redirect_uri(RedirectUrl::from_url(config.redirect.clone()));
        let (address, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let pending = Pending {
            state,
            nonce,
            verifier,
            issuer: config.issuer.to_string(),
            client_id: config.client_id.clone(),
            begun_at: now,
        };
        Ok((address, pending))
    }

    /// Who came back.
    ///
    /// # Errors
    /// See [`SsoError`].
    pub async fn finish(
        &self,
        config: &SsoConfig,
        pending: Pending,
        returned: &Returned,
        now: DateTime<Utc>,
    ) -> Result<Verified, SsoError> {
        pending.check(config, returned, now)?;
        let provider = self.provider(&config.issuer, now).await?;
        // Which provider a browser comes from is told by those that know of the attack in which one council's
        // provider makes it come from another's (RFC 9207).
        let document = &provider.document;
        match &returned.iss {
            Some(issuer) if *issuer != **document.issuer => return Err(SsoError::ReturnedIssuer),
            None if document.authorization_response_iss_parameter_supported => return Err(SsoError::ReturnedIssuer),
            _ => {}
        }
        if let Some(error) = &returned.error {
            return Err(SsoError::Declined(error.chars().take(100).collect()));
        }
        let code = returned.code.clone().ok_or(SsoError::NoCode)?;
        let Pending { nonce, verifier, begun_at, .. } = pending;
        let token = self.exchange(config, &provider, code, verifier).await?;
        let expected = Expected { config, nonce: &nonce, begun_at, now };
        let claims = match expected.claims(&token, &provider) {
            Err(SsoError::Key) => {
                let newer = self.providers.find_newer_keys(&config.issuer, &provider, now).await?;
                expected.claims(&token, newer.as_deref().ok_or(SsoError::Key)?)?
            }
            checked => checked?,
        };
        expected.person(claims)
    }

    async fn provider(&self, issuer: &Url, now: DateTime<Utc>) -> Result<std::sync::Arc<Provider>, SsoError> {
        self.providers.http().reach().check_issuer(issuer).map_err(SsoError::Issuer)?;
        Ok(self.providers.find(issuer, now).await?)
    }

    /// The ID token that the provider gives for a code.
    async fn exchange(
        &self,
        config: &SsoConfig,
        provider: &Provider,
        code: String,
        verifier: PkceCodeVerifier,
    ) -> Result<CoreIdToken, SsoError> {
        let document = &provider.document;
        let placed = if document.wants_secret_in_body() { AuthType::RequestBody } else { AuthType::BasicAuth };
        let client =
            CoreClient::new(ClientId::new(config.client_id.clone()), document.issuer.clone(), provider.keys.clone())
                .set_client_secret(ClientSecret::new(config.client_secret.clone()))
                .set_auth_type(placed)
                .set_token_uri(document.token_endpoint.clone())
                .set_redirect_uri(RedirectUrl::from_url(config.redirect.clone()));
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(verifier)
            .request_async(self.providers.http())
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(fault) => SsoError::Provider(fault),
                RequestTokenError::ServerResponse(answer) => match answer.error() {
                    CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                        SsoError::ClientRefused(answer.to_string())
                    }
                    _ => SsoError::CodeRefused(answer.to_string()),
                },
                // Without the answer itself: a token may be in it.
                RequestTokenError::Parse(cause, _) => SsoError::Token(cause.to_string()),
                RequestTokenError::Other(cause) => SsoError::Token(cause),
            })?;
        answer.id_token().cloned().ok_or_else(|| SsoError::Token("there is none".to_owned()))
    }
}

impl Pending {
    /// Whether the browser that comes back is the one that was sent, in time, and to the same provider.
    fn check(&self, config: &SsoConfig, returned: &Returned, now: DateTime<Utc>) -> Result<(), SsoError> {
        let state = returned.state.as_deref().unwrap_or_default();
        if !bool::from(state.as_bytes().ct_eq(self.state.secret().as_bytes())) {
            return Err(SsoError::State);
        }
        if now - self.begun_at > PATIENCE {
            return Err(SsoError::TooLate);
        }
        if self.issuer != config.issuer.as_str() || self.client_id != config.client_id {
            return Err(SsoError::SettingsChanged);
        }
        Ok(())
    }
}

impl fmt::Debug for SsoConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SsoConfig")
            .field("issuer", &self.issuer.as_str())
            .field("client_id", &self.client_id)
            .field("redirect", &self.redirect.as_str())
            .field("allowed_domains", &self.allowed_domains)
            .finish_non_exhaustive()
    }
}
