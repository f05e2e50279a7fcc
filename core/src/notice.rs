//! What people are told by e-mail: the events, each council's settings for them, and the wording with its
//! placeholders. A notice is written when a step makes it true and sent by the mailer afterwards.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeEvent {
    /// A cut-off is near and claims are not confirmed.
    CutOffNear,
    /// A remittance advice is ready.
    RemittanceReady,
    /// A provider has asked about somebody's care, or said more about it.
    QueryAsked,
    /// The council has answered.
    QueryAnswered,
    /// A provider has written about a claim.
    ClaimMessageForCouncil,
    /// The council has written about a claim.
    ClaimMessageForProvider,
    /// A provider has opened a dispute, or done something in one.
    DisputeForCouncil,
    /// The council has opened a dispute, or done something in one.
    DisputeForProvider,
    /// The council has published a document for its provider to agree.
    DocumentPublished,
    /// The provider has agreed or rejected it.
    DocumentAnswered,
    /// A provider has asked for a change of a line's plan.
    AdjustmentAsked,
    /// The council has decided on it.
    AdjustmentAnswered,
}

impl NoticeEvent {
    /// Every event.
    pub const ALL: [Self; 12] = [
        Self::CutOffNear,
        Self::RemittanceReady,
        Self::QueryAsked,
        Self::QueryAnswered,
        Self::ClaimMessageForCouncil,
        Self::ClaimMessageForProvider,
        Self::DisputeForCouncil,
        Self::DisputeForProvider,
        Self::DocumentPublished,
        Self::DocumentAnswered,
        Self::AdjustmentAsked,
        Self::AdjustmentAnswered,
    ];

    /// The code that is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CutOffNear => "cut-off-near",
            Self::RemittanceReady => "remittance-ready",
            Self::QueryAsked => "query-asked",
            Self::QueryAnswered => "query-answered",
            Self::ClaimMessageForCouncil => "claim-message-for-council",
            Self::ClaimMessageForProvider => "claim-message-for-provider",
            Self::DisputeForCouncil => "dispute-for-council",
            Self::DisputeForProvider => "dispute-for-provider",
            Self::DocumentPublished => "document-published",
            Self::DocumentAnswered => "document-answered",
            Self::AdjustmentAsked => "adjustment-asked",
            Self::AdjustmentAnswered => "adjustment-answered",
        }
    }

    /// The event that a stored code stands for.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.code() == code)
    }

    /// The placeholders that its wording may use.
    #[must_use]
    pub const fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::CutOffNear => {
                &["council", "provider", "schedule", "period", "cut_off", "bank_date", "unconfirmed", "claims"]
            }
            Self::RemittanceReady => {
                &["council", "provider", "schedule", "period", "bank_date", "amount", "number", "lines"]
            }
            // never what was asked: mail goes further than a page
            Self::QueryAsked | Self::QueryAnswered => {
                &["council", "provider", "query", "about", "urgency", "contract", "to"]
            }
            // who, which claim and where; the person by the council's reference, and never what was written
            Self::ClaimMessageForCouncil | Self::ClaimMessageForProvider => {
                &["council", "provider", "writer", "claim", "person", "week", "contract", "link"]
            }
            Self::DisputeForCouncil | Self::DisputeForProvider => &[
                "council",
                "provider",
                "writer",
                "claim",
                "person",
                "week",
                "contract",
                "link",
                "dispute",
                "reason",
                "what",
                "respond_by",
            ],
            Self::DocumentPublished | Self::DocumentAnswered => {
                &["council", "provider", "document", "kind", "version", "contract", "line", "agree_by", "answer"]
            }
            Self::AdjustmentAsked | Self::AdjustmentAnswered => {
                &["council", "provider", "adjustment", "contract", "line", "from", "answer"]
            }
        }
    }
}

/// A council's settings for one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationSetting {
    /// Which event.
    pub event: NoticeEvent,
    /// Whether anything is sent.
    pub enabled: bool,
    /// The address that it comes from.
    pub sender: String,
    /// The address that answers go to.
    pub reply_to: String,
    /// How long before the cut-off it is sent, in minutes (0 to 20,160: two weeks); unused by other events.
    pub lead_minutes: u32,
    /// The subject, with placeholders in braces.
    pub subject: String,
    /// The text, with placeholders in braces.
    pub body: String,
}

/// What is wrong with a notification setting, in words for the administrator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordingError {
    /// A placeholder that the event does not have.
    #[error("The wording uses {{{found}}}, which this message does not have. It can use: {known}.")]
    UnknownPlaceholder {
        /// The placeholder.
        found: String,
        /// Those that it may use.
        known: String,
    },
    /// A brace without its partner.
    #[error("The wording has a {{ without a }} after it.")]
    OpenBrace,
    /// Nothing to say.
    #[error("Give the message a subject and a text.")]
    Empty,
    /// More than two weeks ahead.
    #[error("A reminder can be sent at most two weeks (20,160 minutes) before the cut-off.")]
    TooEarly,
}

/// A notice put into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The subject, on one line.
    pub subject: String,
    /// The text.
    pub body: String,
}

impl NotificationSetting {
    /// Checks the setting before it is stored.
    ///
    /// # Errors
    /// [`WordingError`] in words for the administrator.
    pub fn check(&self) -> Result<(), WordingError> {
        if self.subject.trim().is_empty() || self.body.trim().is_empty() {
            return Err(WordingError::Empty);
        }
        if self.lead_minutes > 20_160 {
            return Err(WordingError::TooEarly);
        }
        let values: BTreeMap<&str, String> =
            self.event.placeholders().iter().map(|name| (*name, String::new())).collect();
        self.put(&values).map(|_| ())
    }

    /// When a reminder is due for a cut-off.
    #[must_use]
    pub fn due(&self, cut_off: DateTime<Utc>) -> DateTime<Utc> {
        cut_off - TimeDelta::minutes(i64::from(self.lead_minutes))
    }

    /// Puts a notice into words.
    ///
    /// # Errors
    /// [`WordingError`] for a placeholder without a value or an open brace.
    pub fn put(&self, values: &BTreeMap<&str, String>) -> Result<Wording, WordingError> {
        let subject = filled(&self.subject, values)?.replace(['\r', '\n'], " ");
        Ok(Wording { subject, body: filled(&self.body, values)? })
    }
}

fn filled(wording: &str, values: &BTreeMap<&str, String>) -> Result<String, WordingError> {
    let mut text = String::with_capacity(wording.len());
    let mut rest = wording;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(WordingError::OpenBrace)?;
        let value = values.get(name).ok_or_else(|| WordingError::UnknownPlaceholder {
            found: name.to_owned(),
            known: values.keys().copied().collect::<Vec<_>>().join(", "),
        })?;
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(body: &str) -> NotificationSetting {
        NotificationSetting {
            event: NoticeEvent::CutOffNear,
            enabled: true,
            sender: "payments@council.example".to_owned(),
            reply_to: "help@council.example".to_owned(),
            lead_minutes: 1_440,
            subject: "Confirm by {cut_off}".to_owned(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn wording_is_filled_in() {
        let values =
            BTreeMap::from([("cut_off", "6pm on Sunday 22 December".to_owned()), ("unconfirmed", "3".to_owned())]);
        let put = setting("{unconfirmed} claims wait.").put(&values).expect("known placeholders");
        assert_eq!(
            (put.subject.as_str(), put.body.as_str()),
            ("Confirm by 6pm on Sunday 22 December", "3 claims wait.")
        );
    }

    #[test]
    fn a_placeholder_that_the_event_does_not_have_is_named() {
        let error = setting("Dear {surname}").check().expect_err("an unknown placeholder");
        assert!(error.to_string().contains("{surname}"), "{error}");
        assert_eq!(setting("Dear {provider").check(), Err(WordingError::OpenBrace));
        assert_eq!(setting("Dear {provider}").check(), Ok(()));
    }

    #[test]
    fn a_value_cannot_bring_a_second_header_into_the_subject() {
        let mut setting = setting("x");
        setting.subject = "{provider}".to_owned();
        let values = BTreeMap::from([("provider", "A\r\nBcc: all@example".to_owned())]);
        let put = setting.put(&values).expect("known placeholders");
        assert!(!put.subject.contains(['\r', '\n']));
    }
}
