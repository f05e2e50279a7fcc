//! Why a passkey was refused: words for the person, and the cause for the log.

use url::Url;
use webauthn_rs::prelude::WebauthnError;

/// Why a passkey was refused. What it displays is for the log; [`PasskeyError::words`] are for the person.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The service's own address cannot have passkeys.
    #[error("passkeys need a public address with a name in it, not {0}")]
    Address(Url),
    /// The question is more than five minutes old.
    #[error("the question was asked too long ago")]
    TooLate,
    /// The answer is not what a browser sends.
    #[error("the browser's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// The answer belongs to another question: replayed, or from another tab.
    #[error("the answer is to another question")]
    AnotherQuestion(#[source] WebauthnError),
    /// The answer was given to another site.
    #[error("the answer was given to another site")]
    AnotherSite(#[source] WebauthnError),
    /// The device did not check who uses it.
    #[error("the authenticator did not verify its user")]
    NotVerified(#[source] WebauthnError),
    /// The passkey is none of the person's, or there is no such person.
    #[error("the passkey is none of the person's")]
    NotYours,
    /// The device has a passkey of the person's already.
    #[error("the passkey is registered already")]
    AlreadyYours,
    /// The counter did not go up: there may be a second copy of the key.
    #[error("the passkey's counter did not go up from {stored}: it may have been copied")]
    Copied {
        /// The counter as it was stored.
        stored: u32,
    },
    /// The signature is not the passkey's.
    #[error("the signature is not the passkey's")]
    Signature(#[source] WebauthnError),
    /// The device's kind of key is not one that was asked for.
    #[error("the kind of key is not supported")]
    Unsupported(#[source] WebauthnError),
    /// The library refused for another reason.
    #[error("the passkey was refused")]
    Refused(#[source] WebauthnError),
    /// What was stored cannot be read.
    #[error("the stored passkey cannot be read")]
    Stored(#[source] serde_json::Error),
    /// What was made cannot be written.
    #[error("the passkey cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

impl PasskeyError {
    /// A sentence for the person whose passkey was refused.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::TooLate => "That took longer than 5 minutes: try again",
            Self::Unreadable(_) | Self::AnotherQuestion(_) => {
                "The browser did not answer the question that was asked: try again"
            }
            Self::AnotherSite(_) => "That passkey was used on another website: check the web address, then try again",
            Self::NotVerified(_) => {
                "Your device did not check that it is you: set up a screen lock, PIN, fingerprint or face on it, \
                 then try again"
            }
            Self::NotYours => "That passkey is not one of yours",
            Self::AlreadyYours => "You have already added a passkey from this device",
            Self::Copied { .. } => {
                "That passkey may have been copied, so it cannot be used: sign in another way, then remove it and \
                 add a new one"
            }
            Self::Signature(_) | Self::Refused(_) => "That passkey could not be checked: try again",
            Self::Unsupported(_) => "Counterfoil cannot use passkeys of that kind: use another device",
            Self::Address(_) | Self::Stored(_) | Self::Json(_) => {
                "Sorry, passkeys cannot be used at the moment: sign in another way"
            }
        }
    }

    /// Whether the service itself is at fault, and not what the browser sent: worth an operator's look.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::Address(_) | Self::Stored(_) | Self::Json(_))
    }

    /// Puts the library's refusals into ours.
    pub(super) fn refused(error: WebauthnError) -> Self {
        use WebauthnError as W;
        match error {
            W::MismatchedChallenge | W::ChallengeNotFound | W::InvalidClientDataType => Self::AnotherQuestion(error),
            W::InvalidRPOrigin | W::InvalidRPIDHash | W::CredentialCrossOrigin => Self::AnotherSite(error),
            W::UserNotPresent | W::UserNotVerified => Self::NotVerified(error),
            W::CredentialNotFound | W::InvalidUserUniqueId => Self::NotYours,
            W::AuthenticationFailure | W::SignatureInvalid => Self::Signature(error),
            W::AttestationNotSupported
            | W::CredentialAlteredAlgFromRequest
            | W::CredentialInsecureCryptography
            | W::COSEKeyInvalidType
            | W::COSEKeyEDUnsupported
            | W::COSEKeyInvalidAlgorithm => Self::Unsupported(error),
            _ => Self::Refused(error),
        }
    }
}
