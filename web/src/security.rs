//! The headers that keep a page to itself, and the nonce that lets its own scripts and styles in.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::{self, HeaderName, HeaderValue};

/// The same on every response.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
];

/// Two years, in seconds: browsers then ask for this service by https only. Councils' own subdomains are not
/// ours to bind.
const STRICT_TRANSPORT: &str = "max-age=63072000";

/// A response's own 128 random bits. A script or style that does not carry them is not run, whoever wrote it
/// into the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nonce(Arc<str>);

impl Nonce {
    /// A new one.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0_u8; 16];
        getrandom::fill(&mut bits)?;
        Ok(Self(hex::encode(bits).into()))
    }

    /// As the pages write it: 32 hexadecimal digits.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Scripts and styles are those that carry the nonce; the rest comes from our own addresses: nothing inline,
/// no frame, no plugin, nothing from elsewhere.
fn policy(nonce: &Nonce) -> String {
    let nonce = nonce.as_str();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Adds them. `https` says that people reach the service by https.
pub(crate) fn add_headers(headers: &mut HeaderMap, nonce: &Nonce, https: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Hexadecimal digits make a header in every case; without one nothing at all may run.
    let policy = HeaderValue::try_from(policy(nonce)).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    // A file that is handed out has a narrower one of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    // Pages show councils' figures: nothing keeps them but the person's own screen. Assets say otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_has_128_bits_and_is_never_the_same() {
        let nonces: Vec<Nonce> = (0..100).map(|_| Nonce::random().unwrap()).collect();
        for nonce in &nonces {
            assert_eq!(nonce.as_str().len(), 32);
            assert_eq!(nonces.iter().filter(|other| other == &nonce).count(), 1);
        }
    }

    #[test]
    fn only_what_carries_the_nonce_runs() {
        let nonce = Nonce::random().unwrap();
        let mut headers = HeaderMap::new();
        add_headers(&mut headers, &nonce, false);
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains(&format!("script-src 'nonce-{}';", nonce.as_str())), "{policy}");
        assert!(policy.contains(&format!("style-src 'nonce-{}';", nonce.as_str())), "{policy}");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["x-frame-options"], "DENY");
    }

    #[test]
    fn a_file_that_is_handed_out_keeps_its_own_policy() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
        add_headers(&mut headers, &Nonce::random().unwrap(), false);
        assert_eq!(headers["content-security-policy"], "sandbox");
    }

    #[test]
    fn https_is_demanded_only_where_the_service_has_it() {
        let nonce = Nonce::random().unwrap();
        let (mut plain, mut https) = (HeaderMap::new(), HeaderMap::new());
        add_headers(&mut plain, &nonce, false);
        add_headers(&mut https, &nonce, true);
        assert!(!plain.contains_key("strict-transport-security"));
        assert_eq!(https["strict-transport-security"], "max-age=63072000");
    }

    #[test]
    fn pages_are_not_kept_and_assets_are() {
        let nonce = Nonce::random().unwrap();
        let mut page = HeaderMap::new();
        add_headers(&mut page, &nonce, false);
        assert_eq!(page["cache-control"], "no-store");
        let mut asset = HeaderMap::new();
        asset.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, immutable"));
        add_headers(&mut asset, &nonce, false);
        assert_eq!(asset["cache-control"], "public, immutable");
    }
}
