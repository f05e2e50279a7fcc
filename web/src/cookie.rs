//! The cookie by which a browser is known in which somebody has signed in before. It signs nobody in: it only keeps other
//! people's guessing from locking its owner out.

use axum::http::{HeaderMap, HeaderValue, header};
use counterfoil_tenants::identity::link::Token;

/// Its name over https, where no neighbouring host can set it, and without.
const NAMES: [&str; 2] = ["__Host-counterfoil-browser", "counterfoil-browser"];
/// Seconds that it is kept: half a year.
const KEPT: u32 = 180 * 24 * 60 * 60;

/// The browser's token, where it has one.
pub(crate) fn browser(headers: &HeaderMap) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| NAMES.contains(name))?;
    let plain = token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| Token::typed(token))
}

/// The header that gives a browser its token.
pub(crate) fn give(token: &Token, https: bool) -> Option<HeaderValue> {
    let [secure, plain] = NAMES;
    let (name, also) = if https { (secure, "; Secure") } else { (plain, "") };
    let text = format!("{name}={}; Path=/; Max-Age={KEPT}; HttpOnly; SameSite=Lax{also}", token.as_str());
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_browser_brings_back_what_it_was_given() {
        let token = Token::new().unwrap();
        for https in [true, false] {
            let given = give(&token, https).unwrap();
            let pair = given.to_str().unwrap().split(';').next().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(&format!("theme=dark; {pair}")).unwrap());
            assert!(browser(&headers).is_some_and(|back| back == token));
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("counterfoil-browser=<script>"));
        assert!(browser(&headers).is_none());
    }
}
