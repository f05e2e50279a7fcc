//! What is known of the councils' identity providers: where each is to be asked, and its keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{AuthUrl, IssuerUrl, TokenUrl};
use serde::Deserialize;
use url::Url;

use super::http::{Http, ProviderFault};

/// How long a document and its keys are kept.
const KEPT: TimeDelta = TimeDelta::minutes(10);

/// How often, at most, keys are asked for because a token names one that is not known. Anybody can make a
/// token that names one.
const KEYS_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// How long a provider that failed is not asked again, so that people who wait for one that is down do not
/// wait one after the other.
const FAILED: TimeDelta = TimeDelta::seconds(10);

/// Providers in mind, at most. There are fewer councils.
const MOST: usize = 2_000;

/// What a provider says of itself, as far as it is used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Document {
    pub(super) issuer: IssuerUrl,
    pub(super) authorization_endpoint: AuthUrl,
    pub(super) token_endpoint: TokenUrl,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Document {
    /// Whether the client secret has to be in the request's body. Its usual place is the header.
    pub(super) fn wants_secret_in_body(&self) -> bool {
        let offers =
            |method: &str| self.token_endpoint_auth_methods_supported.iter().flatten().any(|offered| offered == method);
        offers("client_secret_post") && !offers("client_secret_basic")
    }
}

/// A provider's document and keys.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    pub(super) document: Document,
    pub(super) keys: CoreJsonWebKeySet,
}

/// What is known of one provider. Its lock is held while the provider is asked, so that it is asked once.
#[derive(Debug, Default)]
struct Known {
    provider: Option<(DateTime<Utc>, Arc<Provider>)>,
    failure: Option<(DateTime<Utc>, ProviderFault)>,
    keys_again: Option<DateTime<Utc>>,
}

/// All of them, by issuer.
#[derive(Debug)]
pub(super) struct Providers {
    http: Http,
    known: Mutex<HashMap<Url, Arc<tokio::sync::Mutex<Known>>>>,
}

impl Providers {
    pub(super) fn new(http: Http) -> Self {
        Self { http, known: Mutex::default() }
    }

    pub(super) const fn http(&self) -> &Http {
        &self.http
    }

    /// The provider at `issuer`, asked unless it was within the last ten minutes.
    pub(super) async fn find(&self, issuer: &Url, now: DateTime<Utc>) -> Result<Arc<Provider>, ProviderFault> {
        let known = self.entry(issuer);
        let mut known = known.lock().await;
        if let Some((_, provider)) = known.provider.as_ref().filter(|(at, _)| now - *at < KEPT) {
            return Ok(Arc::clone(provider));
        }
        if let Some((_, fault)) = known.failure.as_ref().filter(|(at, _)| now - *at < FAILED) {
            return Err(fault.clone());
        }
        let found = self.ask(issuer).await;
        match found {
            Ok(provider) => {
                let provider = Arc::new(provider);
                *known = Known { provider: Some((now, Arc::clone(&provider))), ..Known::default() };
                Ok(provider)
            }
            Err(fault) => {
                known.failure = Some((now, fault.clone()));
                Err(fault)
            }
        }
    }

    /// The provider with newer keys than `seen` has; nothing where they were asked for within a minute.
    pub(super) async fn find_newer_keys(
        &self,
        issuer: &Url,
        seen: &Arc<Provider>,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Provider>>, ProviderFault> {
        let known = self.entry(issuer);
        let mut known = known.lock().await;
        if let Some((_, provider)) = known.provider.as_ref().filter(|(_, provider)| !Arc::ptr_eq(provider, seen)) {
            return Ok(Some(Arc::clone(provider)));
        }
        if known.keys_again.is_some_and(|at| now - at < KEYS_AGAIN) {
            return Ok(None);
        }
        known.keys_again = Some(now);
        let keys = self.http.json(&jwks_address(&seen.document)?).await?;
        let provider = Arc::new(Provider { document: seen.document.clone(), keys });
        let asked_at = known.provider.as_ref().map_or(now, |(at, _)| *at);
        known.provider = Some((asked_at, Arc::clone(&provider)));
        Ok(Some(provider))
    }

    fn entry(&self, issuer: &Url) -> Arc<tokio::sync::Mutex<Known>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(issuer) {
            known.clear();
        }
        Arc::clone(known.entry(issuer.clone()).or_default())
    }

    async fn ask(&self, issuer: &Url) -> Result<Provider, ProviderFault> {
        let address = format!("{}/.well-known/openid-configuration", issuer.as_str().trim_end_matches('/'));
        let document: Document = self.http.json(&parse(&address)?).await?;
        // As addresses: an issuer that is a bare host is written with a slash or without. From here on its
        // own writing counts, to the letter.
        if document.issuer.url() != issuer {
            let found = document.issuer.to_string();
            return Err(ProviderFault::AnotherIssuer { asked: issuer.clone(), found });
        }
        // Browsers are sent there, so that it has to be an address of the web, and no script.
        self.http.reach().check(document.authorization_endpoint.url())?;
        let keys = self.http.json(&jwks_address(&document)?).await?;
        Ok(Provider { document, keys })
    }
}

fn jwks_address(document: &Document) -> Result<Url, ProviderFault> {
    parse(&document.jwks_uri)
}

fn parse(address: &str) -> Result<Url, ProviderFault> {
    Url::parse(address).map_err(|_| super::AddressFault::Shape(address.to_owned()).into())
}
