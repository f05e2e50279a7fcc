//! Settings: how a council shows itself, and how people sign in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_tenants::identity::sign_on::SignOn;

use crate::fenmere;
use crate::pages::Site;

const SETTINGS: &str = "/councils/fenmere/settings";

/// A picture of one pixel.
fn picture() -> Vec<u8> {
    let text = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    STANDARD.decode(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_shows_itself_by_name_colour_and_logo() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut browser = site.sign_in(council.administrator).await;
    let page = format!("{SETTINGS}/brand");
    browser.open(&page).await;
    let bad = [("name", ""), ("colour", "red"), ("contact_email", "pay"), ("help_text", "Ring us.")];
    browser.post_file(&page, &bad, ("logo", Some("logo.gif"), b"GIF89a")).await;
    browser.has(&[
        "There is a problem",
        "Enter the name that pages show",
        "Enter a colour",
        "PNG or a JPEG",
        "Ring us.",
    ]);
    browser.has(&["Enter an email address in the correct format"]);

    // looked at, and not kept
    let good = [
        ("name", "Fenmere County"),
        ("colour", "#FFDD00"),
        ("contact_name", "Provider payments"),
        ("contact_email", "pay@fenmere.example"),
        ("contact_phone", "01632 960000"),
        ("help_text", "Ring us.\n\nWe answer."),
    ];
    let looked: Vec<_> = good.into_iter().chain([("preview", "yes")]).collect();
    browser.post_file(&page, &looked, ("logo", Some(""), b"")).await;
    browser.has(&["nothing is saved yet", "--council: #ffdd00; --council-words: #0b0c0c;", "Fenmere County"]);
    assert_eq!(site.db.identity().brand(council.tenant).await.unwrap(), None);

    browser.post_file(&page, &good, ("logo", Some("logo.png"), &picture())).await;
    browser.follow().await;
    browser.has(&["How your council shows itself is changed", "Fenmere County", "Uploaded"]);
    let logo = between(&browser.text(), "src=\"/councils/fenmere/logo/", "\"");
    let logo = format!("/councils/fenmere/logo/{logo}");

    let mut nobody = site.browser();
    nobody.get(&logo).await;
    assert_eq!((nobody.status(), nobody.bytes()), (200, &picture()[..]));
    assert_eq!(nobody.header("content-type"), "image/png");
    assert_eq!(nobody.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(nobody.header("x-content-type-options"), "nosniff");
    nobody.get("/councils/fenmere/help").await;
    nobody.has(&["Ring us.", "We answer.", "Provider payments", "#ffdd00"]);
    nobody.get("/councils/fenmere/contact").await;
    nobody.has(&["mailto:pay@fenmere.example", "01632 960000"]);

    // without it, the old address leads nowhere
    browser.open(&page).await;
    browser.has(&["value=\"Fenmere County\"", "Remove it"]);
    let gone: Vec<_> = good.into_iter().chain([("remove_logo", "yes")]).collect();
    browser.post_file(&page, &gone, ("logo", Some(""), b"")).await;
    assert_eq!(browser.location(), format!("{SETTINGS}?done=brand"));
    nobody.get(&logo).await;
    assert_eq!(nobody.status(), 404);
}

fn between(text: &str, before: &str, after: &str) -> String {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(found, _)| found.to_owned()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_rule_for_passwords_counts_from_the_next_request_on() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(&format!("{SETTINGS}/sign-in")).await;
    browser.post_form(&format!("{SETTINGS}/password-rule"), &[("published_rule", "yes")]).await;
    browser.follow().await;
    browser.has(&["The rule for passwords is changed", "a capital letter and two digits"]);
    let access = site.db.identity().access(council.officer).await.unwrap().unwrap();
    assert!(access.published_password_rule());
    browser.open(&format!("{SETTINGS}/sign-in")).await;
    browser.post_form(&format!("{SETTINGS}/password-rule"), &[("published_rule", "no")]).await;
    let access = site.db.identity().access(council.officer).await.unwrap().unwrap();
    assert!(!access.published_password_rule());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_secret_is_typed_kept_and_never_shown() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut browser = site.sign_in(council.administrator).await;
    let page = format!("{SETTINGS}/sign-in");
    browser.open(&page).await;
    browser.has(&["http://localhost:8080/sign-in/returned"]);
    browser.post_form(&page, &[("issuer", "login.example"), ("domains", "no domain")]).await;
    browser.has(&["starts with https://", "Enter the client ID", "Enter the client secret", "Enter a domain like"]);
    let typed = [
        ("issuer", "https://login.fenmere.example"),
        ("client_id", "counterfoil"),
        ("secret", "hunter2-hunter2"),
        ("domains", "fenmere.example\r\ncare.fenmere.example"),
    ];
    browser.post_form(&page, &typed).await;
    browser.follow().await;
    browser.has(&["Single sign-on is changed", "Set up and not offered: https://login.fenmere.example"]);
    browser.open(&page).await;
    browser.has(&["One is kept, and is not shown", "care.fenmere.example"]);
    browser.has_none(&["hunter2"]);

    // offered, with the secret that there is
    let again = [typed[0], typed[1], ("secret", ""), typed[3], ("enabled", "yes")];
    browser.post_form(&page, &again).await;
    browser.follow().await;
    browser.has(&["Offered: https://login.fenmere.example"]);
    let set = site.sign_on(council.tenant).await;
    assert_eq!((set.secret.as_str(), set.enabled, set.domains.len()), ("hunter2-hunter2", true, 2));
    let mut nobody = site.browser();
    nobody.get("/sign-in/council").await;
    nobody.has(&["Fenmere"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_is_said_before_anything_is_saved() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(&format!("{SETTINGS}/sign-in")).await;
    let check = format!("{SETTINGS}/sign-in/check");
    // nobody listens at the discard port
    browser.post_form(&check, &[("issuer", "http://127.0.0.1:9"), ("client_id", "counterfoil")]).await;
    browser.has(&["There is a problem", "href=\"#issuer\"", "value=\"counterfoil\""]);
    browser.post_form(&check, &[("issuer", "ftp://login.example")]).await;
    browser.has(&["starts with https://"]);
    assert!(site.sign_on_of(council.tenant).await.is_none());
}

impl Site {
    async fn sign_on(&self, tenant: counterfoil_core::ids::TenantId) -> SignOn {
        self.sign_on_of(tenant).await.expect("it is set up")
    }

    async fn sign_on_of(&self, tenant: counterfoil_core::ids::TenantId) -> Option<SignOn> {
        self.db.identity().sign_on(&self.key, tenant).await.unwrap()
    }
}
