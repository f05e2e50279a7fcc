//! How a council shows itself, and what it asks of passwords.

use chrono::TimeDelta;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::brand::{self, Contacts, Format, NewBrand, NewLogo, Picture};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider};

use crate::support::{asks, noon, recorded};

/// A picture of one grey pixel, as a drawing program saves it.
const PIXEL: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\
    \x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\x9c\x63\x68\x00\x00\x00\x82\x00\x81\x77\xcd\x72\xb6\x00\
    \x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

/// How Worcestershire shows itself.
pub(crate) fn looks() -> NewBrand {
    NewBrand {
        name: "Worcestershire County Council".to_owned(),
        colour: "#00703C".to_owned(),
        logo: NewLogo::Keep,
        contacts: Contacts {
            name: "Payments team".to_owned(),
            email: "payments@worcestershire.example".to_owned(),
            phone: "01905 000000".to_owned(),
            hours: "Monday to Friday, 9am to 5pm".to_owned(),
            accessibility_email: String::new(),
        },
        help_text: "Ask the payments team.\r\nNot the social worker.".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_shows_itself_to_whoever_signs_in_and_to_its_providers() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    identity.link_organisation(one.tenant, provider.organisation, noon()).await.unwrap();
    assert_eq!(identity.brand(one.tenant).await.unwrap(), None);
    let scope = one.scope_of(&db, one.administrator).await;
    brand::set(&scope, noon(), &looks()).await.unwrap();
    brand::set(&other.scope_of(&db, other.administrator).await, noon(), &looks()).await.unwrap();

    let shown = identity.brand(one.tenant).await.unwrap().unwrap();
    assert_eq!((shown.colour.as_str(), &shown.contacts, shown.since), ("#00703c", &looks().contacts, noon()));
    assert_eq!(shown.help_text, "Ask the payments team.\nNot the social worker.");
    let to_provider = provider.scope.read(async |tx| brand::of_provider(tx).await).await.unwrap();
    assert_eq!(to_provider, [(one.tenant, shown.clone())], "and of no council that they do not work for");
    assert_eq!(scope.read(async |tx| brand::newest(tx).await).await.unwrap(), Some(shown));
    assert_eq!(recorded(&db, one.tenant).await, ["council.brand"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_stays_until_it_is_replaced_or_removed() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let scope = council.scope_of(&db, council.administrator).await;
    let picture = Picture::read(PIXEL).unwrap();
    assert_eq!((picture.format, picture.size), (Format::Png, (1, 1)));
    let with = |logo| NewBrand { logo, ..looks() };
    let logo = async || identity.brand(council.tenant).await.unwrap().unwrap().logo;
    let kept = Some((Format::Png, PIXEL.to_vec()));
    for (minute, (new, expected)) in
        (0..).zip([(NewLogo::Replace(picture), kept.clone()), (NewLogo::Keep, kept), (NewLogo::Remove, None)])
    {
        brand::set(&scope, noon() + TimeDelta::minutes(minute), &with(new)).await.unwrap();
        assert_eq!(logo().await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_not_do_is_refused() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Worcestershire").await;
    let scope = council.scope_of(&db, council.administrator).await;
    let contacts = |email: &str| Contacts { email: email.to_owned(), ..Contacts::default() };
    for wrong in [
        NewBrand { name: " ".to_owned(), ..looks() },
        NewBrand { name: "n".repeat(121), ..looks() },
        NewBrand { colour: "green; background: url(x)".to_owned(), ..looks() },
        NewBrand { contacts: contacts("javascript:alert(1)"), ..looks() },
        NewBrand { help_text: "h".repeat(4_001), ..looks() },
    ] {
        assert!(matches!(brand::set(&scope, noon(), &wrong).await, Err(Error::Refused(_))), "{wrong:?}");
    }
    brand::set(&scope, noon(), &looks()).await.unwrap();
    let at_once = brand::set(&scope, noon(), &looks()).await;
    assert!(matches!(at_once, Err(Error::Conflict(_))), "two at one moment");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_council_that_asks_for_the_published_rule_is_enough() {
    let db = TestDatabase::new().await;
    let identity = db.identity();
    let (one, other) = (TestCouncil::new(&db, "Worcestershire").await, TestCouncil::new(&db, "Bradford").await);
    let provider = TestProvider::new(&db, "Good Care").await;
    for council in [&one, &other] {
        identity.link_organisation(council.tenant, provider.organisation, noon()).await.unwrap();
    }
    let strict = async |person| identity.access(person).await.unwrap().unwrap().published_password_rule();
    assert!(!strict(provider.person).await);
    identity.set_published_password_rule(&asks(one.administrator), one.tenant, true).await.unwrap();
    identity.set_published_password_rule(&asks(one.administrator), one.tenant, true).await.unwrap();
    assert!(strict(provider.person).await && strict(one.officer).await && !strict(other.officer).await);
    let officer = identity.set_published_password_rule(&asks(one.officer), one.tenant, false).await;
    assert!(matches!(officer, Err(Error::NotFound)));
    assert_eq!(recorded(&db, one.tenant).await, ["council.password_rule"]);
}
