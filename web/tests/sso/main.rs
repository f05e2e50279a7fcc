//! A council's staff sign in through the council's identity provider: a real one, over HTTP, that also lies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod identity_provider;
mod providers;

use std::collections::HashMap;

use chrono::{TimeDelta, Utc};
use counterfoil_web::sso::{Pending, Returned, SingleSignOn, SsoConfig, SsoError, Verified};
use url::Url;

use identity_provider::{IdentityProvider, sign_in};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// A developer's service, which may use the provider on this machine.
fn service() -> SingleSignOn {
    SingleSignOn::new(&url("http://localhost:8040/")).unwrap()
}

fn config(provider: &IdentityProvider) -> SsoConfig {
    SsoConfig {
        issuer: provider.issuer.clone(),
        client_id: "counterfoil".to_owned(),
        client_secret: provider.client_secret.clone(),
        redirect: url("http://localhost:8040/sign-in/council/return"),
        allowed_domains: vec!["norfolk.example".to_owned()],
    }
}

/// Whether an error is the one that a lie deserves.
type IsItsError = fn(&SsoError) -> bool;

/// Into the session and out of it.
fn kept(pending: &Pending) -> Pending {
    serde_json::from_str(&serde_json::to_string(pending).unwrap()).unwrap()
}

/// The whole way, with `person` at the browser.
async fn enter(service: &SingleSignOn, config: &SsoConfig, person: &str) -> Result<Verified, SsoError> {
    let (address, pending) = service.begin(config, Utc::now()).await?;
    let returned = sign_in(&address, person).await;
    service.finish(config, kept(&pending), &returned, Utc::now()).await
}

fn query(address: &Url) -> HashMap<String, String> {
    address.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn an_officer_signs_in_through_the_council() {
    for algorithm in ["RS256", "ES256"] {
        let mut provider = IdentityProvider::start(algorithm);
        let (service, config) = (service(), config(&provider));
        let (address, pending) = service.begin(&config, Utc::now()).await.unwrap();
        let asked = query(&address);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["scope"], "openid email profile");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["redirect_uri"], config.redirect.as_str());
        assert!(asked["state"].len() >= 16 && asked["nonce"].len() >= 16 && asked["state"] != asked["nonce"]);

        let returned = sign_in(&address, "ruth-1").await;
        let ruth = service.finish(&config, kept(&pending), &returned, Utc::now()).await.unwrap();
        let expected = Verified {
            issuer: provider.issuer.as_str().trim_end_matches('/').to_owned(),
            subject: "ruth-1".to_owned(),
            email: "Ruth.Adeyemi@Norfolk.example".to_owned(),
            email_verified: true,
            name: Some("Ruth Adeyemi".to_owned()),
            amr: vec!["pwd".to_owned(), "mfa".to_owned()],
            acr: Some("urn:example:two-factors".to_owned()),
        };
        assert_eq!(ruth, expected, "{algorithm}");

        // The provider takes a code once.
        let error = service.finish(&config, pending, &returned, Utc::now()).await.unwrap_err();
        assert!(matches!(error, SsoError::CodeRefused(_)), "{error:?}");

        // Somebody of whom less is told, and no second look at the document and the keys.
        let tom = enter(&service, &config, "tom-2").await.unwrap();
        assert_eq!((tom.subject.as_str(), tom.name, tom.amr, tom.acr), ("tom-2", None, vec![], None));
        assert_eq!(provider.count("GET /.well-known/openid-configuration"), 1);
        assert_eq!(provider.count("GET /keys"), 1);
    }
}

#[tokio::test]
async fn no_lie_in_an_id_token_is_believed() {
    let mut provider = IdentityProvider::start("RS256");
    let (service, config) = (service(), config(&provider));
    // Each lie, and the error that is its own.
    let lies: [(&str, IsItsError); 18] = [
        ("wrong-nonce", |error| matches!(error, SsoError::Nonce(_))),
        ("no-nonce", |error| matches!(error, SsoError::Nonce(_))),
        ("wrong-audience", |error| matches!(error, SsoError::Audience(_))),
        ("more-audiences", |error| matches!(error, SsoError::Audience(_))),
        ("wrong-party", |error| matches!(error, SsoError::Audience(_))),
        ("wrong-issuer", |error| matches!(error, SsoError::TokenIssuer(_))),
        ("expired", |error| matches!(error, SsoError::Expired(_))),
        ("issued-later", |error| matches!(error, SsoError::IssuedAt)),
        ("issued-earlier", |error| matches!(error, SsoError::IssuedAt)),
        ("no-signature", |error| matches!(error, SsoError::Algorithm(_))),
        ("shared-secret", |error| matches!(error, SsoError::Algorithm(_))),
        ("other-algorithm", |error| matches!(error, SsoError::Algorithm(_))),
        ("other-key", |error| matches!(error, SsoError::Signature(_))),
        ("changed-claims", |error| matches!(error, SsoError::Signature(_))),
        ("unverified-email", |error| matches!(error, SsoError::EmailNotVerified)),
        ("no-email", |error| matches!(error, SsoError::NoEmail)),
        ("no-id-token", |error| matches!(error, SsoError::Token(_))),
        ("wrong-returned-issuer", |error| matches!(error, SsoError::ReturnedIssuer)),
    ];
    for (lie, is_its_error) in lies {
        provider.misbehave(lie);
        let error = enter(&service, &config, "ruth-1").await.expect_err(lie);
        assert!(is_its_error(&error), "{lie}: {error:?}");
        assert!(error.words().contains("council"), "{lie}: {}", error.words());
    }
    // The control: the same provider, honest again.
    provider.misbehave("");
    enter(&service, &config, "ruth-1").await.unwrap();
}

#[tokio::test]
async fn a_signature_by_elliptic_curve_is_checked_too() {
    let mut provider = IdentityProvider::start("ES256");
    let (service, config) = (service(), config(&provider));
    for lie in ["other-key", "changed-claims"] {
        provider.misbehave(lie);
        let error = enter(&service, &config, "ruth-1").await.expect_err(lie);
        assert!(matches!(error, SsoError::Signature(_)), "{lie}: {error:?}");
    }
}

#[tokio::test]
async fn only_addresses_of_the_councils_own_domains_enter() {
    let provider = IdentityProvider::start("RS256");
    let service = service();
    let mut config = config(&provider);
    for (person, domain) in [("eve-3", "evil-norfolk.example"), ("pat-4", "schools.norfolk.example")] {
        let error = enter(&service, &config, person).await.unwrap_err();
        assert!(matches!(&error, SsoError::Domain(refused) if refused == domain), "{error:?}");
        assert!(error.words().starts_with("Your e-mail address is not one that your council lets sign in"));
    }
    let error = enter(&service, &config, "max-5").await.unwrap_err();
    assert!(matches!(error, SsoError::NoEmail), "an address of two domains: {error:?}");

    config.allowed_domains = vec!["suffolk.example".to_owned(), " NORFOLK.example".to_owned()];
    enter(&service, &config, "tom-2").await.unwrap();
    for nobody in [vec![], vec![String::new()], vec!["example".to_owned()], vec!["@norfolk.example".to_owned()]] {
        config.allowed_domains = nobody;
        let error = enter(&service, &config, "tom-2").await.unwrap_err();
        assert!(matches!(error, SsoError::Domain(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_browser_that_was_not_sent_does_not_come_back() {
    let provider = IdentityProvider::start("RS256");
    let (service, config) = (service(), config(&provider));
    let now = Utc::now();
    let (address, pending) = service.begin(&config, now).await.unwrap();
    let returned = sign_in(&address, "ruth-1").await;

    // Another browser's state, one too short, or none: an attacker's link.
    let (_, other) = service.begin(&config, now).await.unwrap();
    let error = service.finish(&config, other, &returned, now).await.unwrap_err();
    assert!(matches!(error, SsoError::State), "{error:?}");
    let start = returned.state.as_ref().map(|state| state[..10].to_owned());
    for state in [start, Some(String::new()), None] {
        let forged = Returned { state, ..returned.clone() };
        let error = service.finish(&config, kept(&pending), &forged, now).await.unwrap_err();
        assert!(matches!(error, SsoError::State), "{error:?}");
    }
    // Another provider's name, or no name from a provider that gives it.
    for iss in [Some("http://127.0.0.1:1".to_owned()), None] {
        let forged = Returned { iss, ..returned.clone() };
        let error = service.finish(&config, kept(&pending), &forged, now).await.unwrap_err();
        assert!(matches!(error, SsoError::ReturnedIssuer), "{error:?}");
    }
    // Too late, or to settings that are others by now.
    let late = now + TimeDelta::minutes(10) + TimeDelta::seconds(1);
    let error = service.finish(&config, kept(&pending), &returned, late).await.unwrap_err();
    assert!(matches!(error, SsoError::TooLate), "{error:?}");
    let changed = SsoConfig { client_id: "another".to_owned(), ..config.clone() };
    let error = service.finish(&changed, kept(&pending), &returned, now).await.unwrap_err();
    assert!(matches!(error, SsoError::SettingsChanged), "{error:?}");
    let nothing = Returned { code: None, ..returned.clone() };
    let error = service.finish(&config, kept(&pending), &nothing, now).await.unwrap_err();
    assert!(matches!(error, SsoError::NoCode), "{error:?}");
    // None of which has used the code up.
    service.finish(&config, pending, &returned, now).await.unwrap();
}

#[tokio::test]
async fn a_code_is_no_good_without_the_browser_that_it_was_given_to() {
    let provider = IdentityProvider::start("RS256");
    let (service, config) = (service(), config(&provider));
    let (address, _) = service.begin(&config, Utc::now()).await.unwrap();
    let stolen = sign_in(&address, "ruth-1").await;
    // The thief puts Ruth's code into a sign-in of their own: the verifier is not the one that it was asked with.
    let (address, pending) = service.begin(&config, Utc::now()).await.unwrap();
    let own = sign_in(&address, "eve-3").await;
    let injected = Returned { code: stolen.code, ..own };
    let error = service.finish(&config, pending, &injected, Utc::now()).await.unwrap_err();
    assert!(matches!(&error, SsoError::CodeRefused(cause) if cause.contains("wrong verifier")), "{error:?}");
}

#[tokio::test]
async fn who_cancels_is_told_so() {
    let provider = IdentityProvider::start("RS256");
    let (service, config) = (service(), config(&provider));
    let error = enter(&service, &config, "").await.unwrap_err();
    assert!(matches!(&error, SsoError::Declined(said) if said == "access_denied"), "{error:?}");
    assert_eq!(error.words(), "Your council's sign-in service did not sign you in: try again");
}

#[tokio::test]
async fn the_client_secret_goes_where_the_provider_wants_it() {
    let mut provider = IdentityProvider::start("RS256");
    let mut config = config(&provider);
    enter(&service(), &config, "ruth-1").await.unwrap();
    provider.misbehave("post-only");
    enter(&service(), &config, "ruth-1").await.unwrap();

    config.client_secret = "wrong".to_owned();
    for misbehaviour in ["", "post-only"] {
        provider.misbehave(misbehaviour);
        let error = enter(&service(), &config, "ruth-1").await.unwrap_err();
        assert!(matches!(error, SsoError::ClientRefused(_)), "{error:?}");
        assert!(error.words().ends_with("check the client ID and secret"));
    }
    assert!(!format!("{config:?}").contains("wrong"), "the log would show the secret");
}

#[tokio::test]
async fn a_clock_may_be_a_minute_off() {
    let provider = IdentityProvider::start("RS256");
    let (service, config) = (service(), config(&provider));
    // By our clock, the token is issued this long ago (below zero: in the future). It is good for five minutes.
    for (seconds, works) in [(-50, true), (-70, false), (350, true), (370, false)] {
        let begun = if seconds < 0 { Utc::now() + TimeDelta::seconds(seconds) } else { Utc::now() };
        let (address, pending) = service.begin(&config, begun).await.unwrap();
        let returned = sign_in(&address, "ruth-1").await;
        let now = Utc::now() + TimeDelta::seconds(seconds);
        let result = service.finish(&config, pending, &returned, now).await;
        match (seconds, result) {
            (_, Ok(_)) => assert!(works, "{seconds}"),
            (-70, Err(error)) => assert!(matches!(error, SsoError::IssuedAt), "{error:?}"),
            (_, Err(error)) => assert!(!works && matches!(error, SsoError::Expired(_)), "{seconds}: {error:?}"),
        }
    }
}
