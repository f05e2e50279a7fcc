//! What was typed: the fields of an urlencoded form as they came, within limits.

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use url::form_urlencoded;

use crate::fault::Fault;

/// The most that a form may weigh, in bytes. Files have ways of their own.
pub(crate) const MOST_BYTES: usize = 64 * 1024;

/// The most fields that a form may have.
pub(crate) const MOST_FIELDS: usize = 500;

/// The most that a form with a row for each visit may weigh, in bytes, and the most fields that it may have.
pub(crate) const MOST_BYTES_OF_LONG: usize = 1024 * 1024;
const MOST_FIELDS_OF_LONG: usize = 12_000;

/// The fields of a form in their order, a name as often as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Typed {
    fields: Vec<(String, String)>,
}

/// Why a form is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TypedError {
    #[error("the form weighs more than {MOST_BYTES} bytes")]
    TooLarge,
    #[error("the form has more than {MOST_FIELDS} fields")]
    TooManyFields,
    #[error("a field has a NUL character, which no keyboard types")]
    Nul,
    #[error("a field is not text")]
    NotText,
}

impl Typed {
    /// Reads the body of a form, or the query of an address.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, TypedError> {
        Self::parse_within(body, MOST_BYTES, MOST_FIELDS)
    }

    /// Reads the body of a form that has a row for each visit of a claim.
    pub(crate) fn parse_long(body: &[u8]) -> Result<Self, TypedError> {
        Self::parse_within(body, MOST_BYTES_OF_LONG, MOST_FIELDS_OF_LONG)
    }

    fn parse_within(body: &[u8], most_bytes: usize, most_fields: usize) -> Result<Self, TypedError> {
        if body.len() > most_bytes {
            return Err(TypedError::TooLarge);
        }
        let mut fields = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if fields.len() == most_fields {
                return Err(TypedError::TooManyFields);
            }
            for text in [&name, &value] {
                if text.contains('\0') {
                    return Err(TypedError::Nul);
                }
                // What is not UTF-8 comes out as this, and would be stored as that.
                if text.contains(char::REPLACEMENT_CHARACTER) {
                    return Err(TypedError::NotText);
                }
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { fields })
    }

    /// Fields that nobody typed: what a form is opened with.
    pub(crate) fn of(fields: Vec<(String, String)>) -> Self {
        Self { fields }
    }

    /// The same with one field changed.
    pub(crate) fn with_value(&self, name: &str, value: &str) -> Self {
        let mut fields = self.fields.clone();
        fields.retain(|(field, _)| field != name);
        fields.push((name.to_owned(), value.to_owned()));
        Self { fields }
    }

    /// The same with some fields of another form.
    pub(crate) fn with(self, other: &Self, names: &[&str]) -> Self {
        names.iter().fold(self, |typed, name| typed.with_value(name, other.raw(name)))
    }

    /// Exactly what was typed first under a name; empty when nothing was. For passwords.
    pub(crate) fn raw<'a>(&'a self, name: &str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// The same without spaces around it. For everything else.
    pub(crate) fn text<'a>(&'a self, name: &str) -> &'a str {
        self.raw(name).trim()
    }

    /// The same with the line ends of Unix, for text of several lines.
    pub(crate) fn lines(&self, name: &str) -> String {
        self.text(name).replace("\r\n", "\n")
    }

    /// Everything under a name, in its order: the boxes that were ticked.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box with this value was ticked.
    pub(crate) fn chose(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|chosen| chosen == value)
    }

    /// Every field in its order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Typed {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        Self::parse(&body(request, MOST_BYTES).await?).map_err(refused)
    }
}

impl Typed {
    /// A form that has a row for each visit of a claim.
    ///
    /// # Errors
    /// As for any form.
    pub(crate) async fn long(request: Request) -> Result<Self, Fault> {
        Self::parse_long(&body(request, MOST_BYTES_OF_LONG).await?).map_err(refused)
    }
}

async fn body(request: Request, most: usize) -> Result<Bytes, Fault> {
    if !is_form(request.headers()) {
        return Err(Fault::WrongKind);
    }
    to_bytes(request.into_body(), most).await.map_err(|_| Fault::TooLarge)
}

fn refused(error: TypedError) -> Fault {
    tracing::info!(%error, "a form was refused");
    match error {
        TypedError::TooLarge | TypedError::TooManyFields => Fault::TooLarge,
        TypedError::Nul | TypedError::NotText => {
            Fault::bad_request("It has a character that cannot be read. If you pasted something, type it instead.")
        }
    }
}

/// Whether a body is urlencoded.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::response::IntoResponse as _;

    #[test]
    fn everything_is_kept_as_it_was_typed() {
        let typed =
            Typed::parse(b"email=+ada%40example.org+&role=finance&role=auditor&password=+x+&note=a%0D%0Ab%0D%0A");
        let typed = typed.unwrap();
        assert_eq!(typed.raw("email"), " ada@example.org ");
        assert_eq!(typed.text("email"), "ada@example.org");
        assert_eq!(typed.all("role").collect::<Vec<_>>(), ["finance", "auditor"]);
        assert!(typed.chose("role", "auditor") && !typed.chose("role", "approver"));
        assert_eq!(typed.raw("password"), " x ");
        assert_eq!(typed.lines("note"), "a\nb");
        assert_eq!((typed.raw("absent"), typed.all("absent").count()), ("", 0));
    }

    #[test]
    fn a_form_has_limits() {
        assert!(Typed::parse(&vec![b'a'; MOST_BYTES]).is_ok());
        assert_eq!(Typed::parse(&vec![b'a'; MOST_BYTES + 1]), Err(TypedError::TooLarge));
        assert_eq!(Typed::parse(&b"a=1&".repeat(MOST_FIELDS)).map(|typed| typed.fields().count()), Ok(MOST_FIELDS));
        assert_eq!(Typed::parse(&b"a=1&".repeat(MOST_FIELDS + 1)), Err(TypedError::TooManyFields));
        assert_eq!(Typed::parse(b"name=a%00b"), Err(TypedError::Nul));
        assert_eq!(Typed::parse(b"na%00me=a"), Err(TypedError::Nul));
        assert_eq!(Typed::parse(b"name=%ff"), Err(TypedError::NotText));
    }

    #[tokio::test]
    async fn only_a_form_of_the_right_kind_and_size_is_read() {
        let send = async |kind: &str, body: Vec<u8>| {
            let request = Request::post("/").header("content-type", kind).body(Body::from(body)).unwrap();
            Typed::from_request(request, &()).await.map_err(|fault| fault.into_response().status().as_u16())
        };
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(send(kind, b"name=Ada".to_vec()).await.unwrap().text("name"), "Ada");
        assert_eq!(send("application/json", b"{}".to_vec()).await, Err(415));
        assert_eq!(send(kind, vec![b'a'; MOST_BYTES + 1]).await, Err(413));
        assert_eq!(send(kind, b"name=%00".to_vec()).await, Err(400));
    }
}
