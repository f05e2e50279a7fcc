//! Providers that change their keys, are slow, answer wrongly, or are where none may be.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use counterfoil_web::sso::{AddressFault, ProviderFault, SingleSignOn, SsoError};

use crate::identity_provider::{IdentityProvider, sign_in};
use crate::{config, enter, service, url};

/// Whether a fault is the one that a misbehaviour deserves.
type IsItsFault = fn(&ProviderFault) -> bool;

#[tokio::test]
async fn new_keys_are_asked_for_when_a_token_names_one_and_once_a_minute() {
    let mut provider = IdentityProvider::start("RS256");
    let (service, config) = (service(), config(&provider));
    enter(&service, &config, "ruth-1").await.unwrap();
    assert_eq!(provider.count("GET /keys"), 1);

    provider.rotate_keys();
    enter(&service, &config, "ruth-1").await.unwrap();
    assert_eq!(provider.count("GET /keys"), 2);

    provider.rotate_keys();
    for _ in 0..3 {
        let error = enter(&service, &config, "ruth-1").await.unwrap_err();
        assert!(matches!(error, SsoError::Key), "{error:?}");
    }
    assert_eq!(provider.count("GET /keys"), 2);

    // A minute later; the token is of now, within the leeway.
    let (address, pending) = service.begin(&config, Utc::now()).await.unwrap();
    let returned = sign_in(&address, "ruth-1").await;
    service.finish(&config, pending, &returned, Utc::now() + TimeDelta::seconds(61)).await.unwrap();
    assert_eq!(provider.count("GET /keys"), 3);
    assert_eq!(provider.count("GET /.well-known/openid-configuration"), 1);

    // Ten minutes later everything is asked for again.
    let now = Utc::now();
    service.check(&config.issuer, now + TimeDelta::seconds(590)).await.unwrap();
    assert_eq!(provider.count("GET /.well-known/openid-configuration"), 1);
    service.check(&config.issuer, now + TimeDelta::seconds(600)).await.unwrap();
    assert_eq!(provider.count("GET /.well-known/openid-configuration"), 2);
}

#[tokio::test]
async fn a_slow_provider_keeps_nobody_for_long() {
    let mut provider = IdentityProvider::start("RS256");
    let config = config(&provider);
    let informed = service();
    let (address, pending) = informed.begin(&config, Utc::now()).await.unwrap();
    let returned = sign_in(&address, "ruth-1").await;
    provider.misbehave("slow");

    let start = Instant::now();
    let uninformed = service();
    let now = Utc::now();
    // Three people at once, at the first step; and one at the last.
    let (first, second, third, last) = tokio::join!(
        uninformed.begin(&config, now),
        uninformed.begin(&config, now),
        uninformed.check(&config.issuer, now),
        informed.finish(&config, pending, &returned, now),
    );
    let errors = [
        first.map(|_| ()).unwrap_err(),
        second.map(|_| ()).unwrap_err(),
        third.unwrap_err(),
        last.map(|_| ()).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, SsoError::Provider(ProviderFault::Slow(_))), "{error:?}");
        assert!(error.words().starts_with("Your council's sign-in service is not answering"));
    }
    assert!(start.elapsed() < Duration::from_secs(9), "they waited one after the other: {:?}", start.elapsed());

    // Ten seconds later it is asked again.
    provider.misbehave("");
    assert!(uninformed.check(&config.issuer, now + TimeDelta::seconds(9)).await.is_err());
    uninformed.check(&config.issuer, now + TimeDelta::seconds(10)).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_answers_wrongly_is_not_followed() {
    let mut provider = IdentityProvider::start("RS256");
    let config = config(&provider);
    let faults: [(&str, IsItsFault); 5] = [
        ("huge", |fault| matches!(fault, ProviderFault::TooLarge(_))),
        ("redirected", |fault| matches!(fault, ProviderFault::Redirects(_))),
        ("broken", |fault| matches!(fault, ProviderFault::Status { status: 500, .. })),
        ("wrong-document", |fault| matches!(fault, ProviderFault::AnotherIssuer { .. })),
        ("script-address", |fault| matches!(fault, ProviderFault::Address(AddressFault::Shape(_)))),
    ];
    for (misbehaviour, is_its_fault) in faults {
        provider.misbehave(misbehaviour);
        let error = service().begin(&config, Utc::now()).await.map(|_| ()).expect_err(misbehaviour);
        assert!(matches!(&error, SsoError::Provider(fault) if is_its_fault(fault)), "{misbehaviour}: {error:?}");
    }
    // The same where the token is asked for.
    for (misbehaviour, is_its_fault) in faults.into_iter().take(2) {
        provider.misbehave("");
        let service = service();
        let (address, pending) = service.begin(&config, Utc::now()).await.unwrap();
        let returned = sign_in(&address, "ruth-1").await;
        provider.misbehave(misbehaviour);
        let error = service.finish(&config, pending, &returned, Utc::now()).await.unwrap_err();
        assert!(matches!(&error, SsoError::Provider(fault) if is_its_fault(fault)), "{misbehaviour}: {error:?}");
    }
    // And nobody at all.
    let issuer = provider.issuer.clone();
    drop(provider);
    let error = service().check(&issuer, Utc::now()).await.unwrap_err();
    assert!(matches!(error, SsoError::Provider(ProviderFault::Unreachable { .. })), "{error:?}");
}

#[tokio::test]
async fn in_production_no_address_leads_into_a_private_network() {
    let provider = IdentityProvider::start("RS256");
    let production = SingleSignOn::new(&url("https://counterfoil.example/")).unwrap();
    let error = production.check(&provider.issuer, Utc::now()).await.unwrap_err();
    assert!(matches!(error, SsoError::Issuer(AddressFault::NotHttps(_))), "{error:?}");
    let error = production.check(&url("https://169.254.169.254/"), Utc::now()).await.unwrap_err();
    assert!(matches!(error, SsoError::Issuer(AddressFault::Private(_))), "{error:?}");

    // A name is looked up, and what it leads to counts.
    let port = provider.issuer.port().unwrap();
    let named = url(&format!("https://localhost:{port}/"));
    let error = production.check(&named, Utc::now()).await.unwrap_err();
    let SsoError::Provider(ProviderFault::Address(AddressFault::Private(host))) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(host, "localhost");
    assert!(error.words().contains("leads into a private network"), "{}", error.words());
    // A developer's service gets as far as the handshake.
    let error = service().check(&named, Utc::now()).await.unwrap_err();
    assert!(matches!(error, SsoError::Provider(ProviderFault::Unreachable { .. })), "{error:?}");
}
