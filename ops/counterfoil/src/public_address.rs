//! The address by which people reach the service: what passkeys are bound to, and what links in letters begin with.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_PUBLIC_URL` | `https://pay.example`, without a path; unset: `http://localhost` and the port |

use anyhow::Context as _;
use url::Url;

/// As the environment says; none where it says nothing.
///
/// # Errors
/// Where it is no address of a service.
pub(crate) fn from_environment() -> anyhow::Result<Option<Url>> {
    let text = std::env::var("COUNTERFOIL_PUBLIC_URL").ok().filter(|text| !text.trim().is_empty());
    text.as_deref().map(parsed).transpose()
}

/// On this machine, at a port. Browsers allow passkeys at `localhost`, and at no address of numbers.
///
/// # Errors
/// Never, but for what the parser of addresses thinks of it.
pub(crate) fn on_this_machine(port: u16) -> anyhow::Result<Url> {
    parsed(&format!("http://localhost:{port}"))
}

fn parsed(text: &str) -> anyhow::Result<Url> {
    let url =
        Url::parse(text.trim()).context("COUNTERFOIL_PUBLIC_URL is not an address such as https://pay.example")?;
    anyhow::ensure!(
        matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && url.path() == "/",
        "COUNTERFOIL_PUBLIC_URL has to be an address such as https://pay.example, without a path"
    );
    Ok(url)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_has_a_host_and_no_path() {
        assert_eq!(parsed(" https://pay.example ").unwrap().as_str(), "https://pay.example/");
        assert_eq!(parsed("http://localhost:8080/").unwrap().port(), Some(8080));
        for wrong in ["", "pay.example", "ftp://pay.example", "https://pay.example/counterfoil"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
