//! What an ID token has to be before it is believed.

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{ClientId, Nonce};

use super::error::SsoError;
use super::provider::Provider;
use super::{SsoConfig, Verified};

/// How far the provider's clock may differ from ours.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The two that everybody has. Never `none`; never a shared secret, which more people know than sign with it.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 2] =
    [CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJwsSigningAlgorithm::EcdsaP256Sha256];

/// What a token is checked against.
pub(super) struct Expected<'a> {
    pub(super) config: &'a SsoConfig,
    pub(super) nonce: &'a Nonce,
    pub(super) begun_at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

impl Expected<'_> {
    /// Checks the signature, for whom, by whom and when the token was issued, and that it answers this
    /// sign-in.
    pub(super) fn claims<'t>(
        &self,
        token: &'t CoreIdToken,
        provider: &Provider,
    ) -> Result<&'t CoreIdTokenClaims, SsoError> {
        let now = self.now;
        let client = ClientId::new(self.config.client_id.clone());
        // As a client without a secret: one with a secret takes it for a key.
        let verifier = CoreIdTokenVerifier::new_public_client(
            client.clone(),
            provider.document.issuer.clone(),
            provider.keys.clone(),
        )
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now - LEEWAY);
        let claims = token.claims(&verifier, self.nonce)?;
        if let Some(party) = claims.authorized_party().filter(|party| **party != client) {
            return Err(SsoError::Audience(format!("it was issued to {:?}", party.as_str())));
        }
        let issued = claims.issue_time();
        if issued > now + LEEWAY || issued < self.begun_at - LEEWAY {
            return Err(SsoError::IssuedAt);
        }
        Ok(claims)
    }

    /// Who the claims are of, if the council lets them in.
    pub(super) fn person(&self, claims: &CoreIdTokenClaims) -> Result<Verified, SsoError> {
        let email = claims.email().ok_or(SsoError::NoEmail)?.as_str();
        if claims.email_verified() != Some(true) {
            return Err(SsoError::EmailNotVerified);
        }
        let domain = domain(email).ok_or(SsoError::NoEmail)?;
        if !self.config.allowed_domains.iter().any(|allowed| allowed.trim().eq_ignore_ascii_case(domain)) {
            return Err(SsoError::Domain(domain.to_owned()));
        }
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
        Ok(Verified {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: email.to_owned(),
            email_verified: true,
            name: name.filter(|name| !name.trim().is_empty()),
            amr: claims.auth_method_refs().into_iter().flatten().map(|method| method.to_string()).collect(),
            acr: claims.auth_context_ref().map(|class| class.to_string()),
        })
    }
}

/// What follows the one `@` of an address that is one.
fn domain(email: &str) -> Option<&str> {
    let (person, domain) = email.split_once('@')?;
    let odd = |character: char| character == '@' || character.is_whitespace() || character.is_control();
    (!person.is_empty() && !domain.is_empty() && !person.contains(odd) && !domain.contains(odd)).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::domain;

    #[test]
    fn an_address_has_one_domain() {
        assert_eq!(domain("ruth.adeyemi@norfolk.example"), Some("norfolk.example"));
        for not_one in [
            "",
            "ruth",
            "@norfolk.example",
            "ruth@",
            "ruth@evil.test@norfolk.example",
            "ruth@norfolk.example@evil.test",
            "ruth@norfolk.example ",
            "ruth@norfolk.example\n",
            "ruth adeyemi@norfolk.example",
        ] {
            assert_eq!(domain(not_one), None, "{not_one:?}");
        }
    }
}
