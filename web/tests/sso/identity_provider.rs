//! The identity provider of the browser tests, as a process of its own, and a browser that goes there.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use counterfoil_web::sso::Returned;
use openidconnect::reqwest::{self, redirect};
use serde_json::{Value, json};
use url::Url;

const SCRIPT: &str = "../ops/browser/identity-provider.mjs";

/// A running provider. Stopped when dropped.
pub(crate) struct IdentityProvider {
    process: Child,
    commands: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// Where it is.
    pub(crate) issuer: Url,
    /// What it expects of its client.
    pub(crate) client_secret: String,
}

impl IdentityProvider {
    /// Starts one that signs with `algorithm` and behaves.
    pub(crate) fn start(algorithm: &str) -> Self {
        let mut process = Command::new("node")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(SCRIPT))
            .env("IDENTITY_PROVIDER_ALGORITHM", algorithm)
            // Characters that the standards disagree about how to write.
            .env("IDENTITY_PROVIDER_CLIENT_SECRET", "a secret: 100% & more+")
            .env("IDENTITY_PROVIDER_PEOPLE", people().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node has to be installed: ops/test does it");
        let commands = process.stdin.take().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let issuer = Url::parse(first["issuer"].as_str().unwrap()).unwrap();
        let client_secret = first["client_secret"].as_str().unwrap().to_owned();
        Self { process, commands, lines, issuer, client_secret }
    }

    /// From now on it breaks the rules in these ways, separated by commas, and in no others.
    pub(crate) fn misbehave(&mut self, how: &str) {
        assert_eq!(self.command(&format!("misbehave {how}")), json!({ "done": "misbehave" }));
    }

    /// It signs with a new key, and publishes only that.
    pub(crate) fn rotate_keys(&mut self) {
        assert_eq!(self.command("rotate-keys"), json!({ "done": "rotate-keys" }));
    }

    /// How often an address was asked, such as `GET /keys`.
    pub(crate) fn count(&mut self, asked: &str) -> u64 {
        self.command("counts")[asked].as_u64().unwrap_or_default()
    }

    fn command(&mut self, line: &str) -> Value {
        writeln!(self.commands, "{line}").unwrap();
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn people() -> Value {
    json!([
        { "sub": "ruth-1", "email": "Ruth.Adeyemi@Norfolk.example", "name": "Ruth Adeyemi",
          "amr": ["pwd", "mfa"], "acr": "urn:example:two-factors" },
        { "sub": "tom-2", "email": "tom.parry@norfolk.example" },
        { "sub": "eve-3", "email": "eve@evil-norfolk.example", "name": "Eve" },
        { "sub": "pat-4", "email": "pat@schools.norfolk.example", "name": "Pat" },
        { "sub": "max-5", "email": "max@evil.test@norfolk.example", "name": "Max" },
    ])
}

/// What the browser shows and brings back when the person at it is `person`; nobody cancels.
pub(crate) async fn sign_in(address: &Url, person: &str) -> Returned {
    let browser = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
    let page = browser.get(address.clone()).send().await.unwrap();
    assert_eq!(page.status(), 200, "{}", page.text().await.unwrap());
    let page = page.text().await.unwrap();
    assert!(page.contains(&format!("<button name=\"person\" value=\"{person}\">")), "{page}");

    let mut form: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    form.push(("person".to_owned(), person.to_owned()));
    let target = address.join("/authorize").unwrap();
    let response = browser.post(target).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let location = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with("http://localhost:8040/sign-in/council/return?"), "{location}");
    let query = |name: &str| location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    Returned { state: query("state"), code: query("code"), iss: query("iss"), error: query("error") }
}
