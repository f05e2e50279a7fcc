//! Somebody who signs in as people do, over the pages: password, then code. What their browser keeps is what the load
//! generator sends with every request.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use url::form_urlencoded::Serializer;

use super::http::Connection;

/// A browser's connection and its cookies.
pub(super) struct Visitor {
    connection: Connection,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// Signs in, and gives what a browser sends as `Cookie` from then on.
    ///
    /// # Errors
    /// Where a page of the way answers otherwise than it should.
    pub(super) async fn sign_in(
        address: SocketAddr,
        (email, password): (&str, &str),
        code: impl FnOnce() -> anyhow::Result<String>,
    ) -> anyhow::Result<String> {
        let mut visitor = Self { connection: Connection::open(address).await?, cookies: BTreeMap::new() };
        let to = visitor.send("/sign-in", &[("email", email), ("password", password)]).await?;
        ensure!(to == "/sign-in/second-factor", "after the password comes {to:?}");
        let code = code()?;
        let to = visitor.send("/sign-in/second-factor", &[("code", &code)]).await?;
        ensure!(to == "/", "after the code comes {to:?}");
        Ok(visitor.cookie())
    }

    /// Fills in the form of a page, and says where that leads.
    async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
        let page = self.ask("GET", path, "").await?.1;
        let csrf = token(&page).with_context(|| format!("{path} has no form"))?.to_owned();
        let form = Serializer::new(String::new()).append_pair("csrf", &csrf).extend_pairs(fields).finish();
        let (to, page) = self.ask("POST", path, &form).await?;
        to.with_context(|| format!("{path} was not left: {page}"))
    }

    /// Where the answer leads, and its page.
    async fn ask(&mut self, method: &str, path: &str, form: &str) -> anyhow::Result<(Option<String>, String)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.cookie(),
            form.len(),
        );
        let answer = self.connection.ask(request.as_bytes()).await?;
        for cookie in answer.values("set-cookie") {
            if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let to = answer.values("location").next().map(str::to_owned);
        Ok((to, String::from_utf8_lossy(answer.body).into_owned()))
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// The token of a page's form.
fn token(page: &str) -> Option<&str> {
    page.split_once("name=\"csrf\" value=\"")?.1.split('"').next()
}
