//! Files that are handed out as they are stored. A browser keeps them and never shows them as a page of ours; were it
//! to, nothing in them would run.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

/// Nothing loads, nothing runs, and it has no address of ours.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// A file by a name, which has to be letters, digits, full stops and hyphens; anything else in it becomes a hyphen.
pub(crate) fn attachment(name: &str, media_type: &'static str, bytes: impl Into<Body>) -> Response {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    (headers, bytes.into()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_and_never_shown_whatever_its_name() {
        let response = attachment("R-17\"\r\nx: y/../é.html", "text/html; charset=utf-8", b"<script>".to_vec());
        let headers = response.headers();
        assert_eq!(headers["content-disposition"], "attachment; filename=\"R-17---x--y-..--.html\"");
        assert!(headers["content-security-policy"].to_str().unwrap().starts_with("sandbox; default-src 'none'"));
    }
}
