//! Why a sign-in through a council's identity provider was refused: words for the person, and the cause for
//! the log.

use openidconnect::{ClaimsVerificationError, SignatureVerificationError, reqwest};

use super::address::AddressFault;
use super::http::ProviderFault;

/// Why single sign-on was refused. What it displays is for the log; [`SsoError::words`] are for the person.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// The service's own HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
    /// The issuer that the council has set may not be used.
    #[error("the issuer may not be used")]
    Issuer(#[source] AddressFault),
    /// The provider does not answer, or not as it should.
    #[error("the identity provider failed")]
    Provider(#[from] ProviderFault),
    /// The browser came back with another state than it was sent with: not its own sign-in, or an old tab.
    #[error("the browser came back with another state")]
    State,
    /// The browser took more than ten minutes.
    #[error("the sign-in began too long ago")]
    TooLate,
    /// The council's settings are not those with which the sign-in began.
    #[error("the settings changed while the person signed in")]
    SettingsChanged,
    /// The browser came back in the name of another provider.
    #[error("the browser came back in the name of another provider")]
    ReturnedIssuer,
    /// The provider sent the browser back with an error, such as `access_denied`.
    #[error("the provider said {0:?}")]
    Declined(String),
    /// The provider sent the browser back with nothing.
    #[error("the browser came back without a code")]
    NoCode,
    /// The provider does not take the client's id or secret.
    #[error("the provider refused the client: {0}")]
    ClientRefused(String),
    /// The provider does not take the code: used before, or not the client's.
    #[error("the provider refused the code: {0}")]
    CodeRefused(String),
    /// The provider gave no ID token, or not one.
    #[error("the ID token cannot be read: {0}")]
    Token(String),
    /// The ID token is not signed, or by an algorithm other than RS256 and ES256.
    #[error("the ID token's algorithm is not allowed: {0}")]
    Algorithm(String),
    /// None of the provider's keys is the one that the ID token names.
    #[error("the ID token names a key that the provider does not publish")]
    Key,
    /// The ID token's signature is not the key's.
    #[error("the ID token's signature is wrong: {0}")]
    Signature(String),
    /// The ID token is from another issuer.
    #[error("the ID token is from another issuer: {0}")]
    TokenIssuer(String),
    /// The ID token is for another client, or for others too.
    #[error("the ID token is for another client: {0}")]
    Audience(String),
    /// The ID token has run out.
    #[error("the ID token has run out: {0}")]
    Expired(String),
    /// The ID token is from before the sign-in, or from the future.
    #[error("the ID token was not issued during the sign-in")]
    IssuedAt,
    /// The ID token is another sign-in's.
    #[error("the ID token is another sign-in's: {0}")]
    Nonce(String),
    /// The ID token has no e-mail address.
    #[error("the ID token has no e-mail address")]
    NoEmail,
    /// The provider has not verified that the e-mail address is the person's.
    #[error("the provider did not verify the e-mail address")]
    EmailNotVerified,
    /// The e-mail address is not of a domain that the council lets in.
    #[error("e-mail addresses of {0:?} may not sign in")]
    Domain(String),
}

const DISTRUSTED: &str = "Your council's sign-in service sent an answer that Counterfoil cannot trust: try again, and \
                          tell your council's administrator if it happens again";

impl SsoError {
    /// A sentence for the person who could not sign in.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Client(_) => "Sorry, you cannot sign in through your council at the moment: try again later",
            Self::Issuer(fault) => fault.words(),
            Self::Provider(fault) => fault.words(),
            Self::State => "This sign-in was not begun in this browser, or was begun again in another tab: try again",
            Self::TooLate => "Signing in took longer than 10 minutes: try again",
            Self::SettingsChanged => "Your council changed how its staff sign in: try again",
            Self::Declined(_) | Self::NoCode => "Your council's sign-in service did not sign you in: try again",
            Self::ClientRefused(_) => {
                "Your council's sign-in service does not know Counterfoil: ask your council's administrator to check \
                 the client ID and secret"
            }
            Self::CodeRefused(_) => "Your council's sign-in service did not confirm the sign-in: try again",
            Self::Expired(_) | Self::IssuedAt => {
                "Your council's sign-in service sent an answer that is not of this time: try again, and tell your \
                 council's administrator if it happens again"
            }
            Self::ReturnedIssuer
            | Self::Token(_)
            | Self::Algorithm(_)
            | Self::Key
            | Self::Signature(_)
            | Self::TokenIssuer(_)
            | Self::Audience(_)
            | Self::Nonce(_) => DISTRUSTED,
            Self::NoEmail => {
                "Your council's sign-in service did not tell your e-mail address: ask your council's administrator to \
                 let it"
            }
            Self::EmailNotVerified => {
                "Your council's sign-in service has not checked that your e-mail address is yours: ask your council's \
                 administrator"
            }
            Self::Domain(_) => {
                "Your e-mail address is not one that your council lets sign in: ask your council's administrator"
            }
        }
    }
}

impl From<ClaimsVerificationError> for SsoError {
    fn from(error: ClaimsVerificationError) -> Self {
        use ClaimsVerificationError as E;
        match error {
            E::Expired(cause) => Self::Expired(cause),
            E::InvalidAudience(cause) => Self::Audience(cause),
            E::InvalidIssuer(cause) => Self::TokenIssuer(cause),
            E::InvalidNonce(cause) => Self::Nonce(cause),
            E::SignatureVerification(cause) => match cause {
                SignatureVerificationError::NoMatchingKey => Self::Key,
                SignatureVerificationError::DisallowedAlg(_)
                | SignatureVerificationError::NoSignature
                | SignatureVerificationError::UnsupportedAlg(_) => Self::Algorithm(cause.to_string()),
                _ => Self::Signature(cause.to_string()),
            },
            other => Self::Token(other.to_string()),
        }
    }
}
