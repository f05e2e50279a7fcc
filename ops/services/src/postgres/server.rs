//! Where a PostgreSQL server is, as the one piece of text that connections start from.

use std::fmt::Write as _;
use std::path::Path;

/// A server that many users and databases are reached on: a connection URL whose user and database can
/// be exchanged. Socket folder and port, password and options of the URL stay as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PgServer {
    scheme: String,
    host: String,
    query: String,
}

impl PgServer {
    /// The server that listens on the socket in a folder.
    #[must_use]
    pub fn at_socket(folder: &Path) -> Self {
        let host = escape(&folder.to_string_lossy());
        Self { scheme: "postgresql".to_owned(), host, query: String::new() }
    }

    /// The server that a URL leads to, such as `postgresql://postgres@host:5432/postgres?sslmode=require`.
    /// Nothing where it is not a URL. User, password and database in it are dropped.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        Some(Self { scheme: scheme.to_owned(), host: host.to_owned(), query: query.to_owned() })
    }

    /// The URL of a database on the server for a role that needs no password.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        let mut url = format!("{}://{}@{}/{}", self.scheme, escape(user), self.host, escape(database));
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&self.query);
        }
        url
    }
}

/// Percent-encodes everything but the characters that a URL leaves alone everywhere.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
