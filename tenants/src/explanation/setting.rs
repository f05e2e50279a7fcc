//! The council's setting: whether it explains in Welsh too, which language its documents are written in, and Welsh for
//! what it says in words of its own. It offers Welsh only when nothing of what it says has English words alone.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::language::{Language, Offered};
use counterfoil_core::pricing::words::{MessageTable, Tables, placeholders};
use serde_json::json;

use super::{kept, on};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::scope::{CouncilScope, Tx};

/// The longest Welsh sentence, in characters.
const LONGEST: usize = 400;

record! {
    /// What a council chose.
    pub struct ExplanationSetting in explanation_setting {
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// Whether it explains in Welsh too.
        pub welsh: bool,
        /// The usual language of its documents, and of whoever has not chosen.
        pub usual: Language,
        /// Welsh for its own words.
        pub welsh_words: MessageTable,
    }
}

/// Words of the council's own, which the service has no Welsh for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWords {
    /// Whether it is a sentence for a reason; else it is the words for a code within one.
    pub is_sentence: bool,
    /// The code.
    pub code: String,
    /// What the council says.
    pub english: String,
    /// Its Welsh, as it was entered last, or as the service has it for the same code.
    pub welsh: Option<String>,
}

/// What an administrator chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSetting {
    /// The languages.
    pub offered: Offered,
    /// Welsh for the council's own words.
    pub welsh: MessageTable,
}

impl NewSetting {
    /// What is wrong with the Welsh of some of the council's words.
    #[must_use]
    pub fn wrong<'o>(&self, own: &'o [OwnWords]) -> Vec<(&'o OwnWords, String)> {
        own.iter().filter_map(|own| Some((own, self.wrong_with(own)?))).collect()
    }

    fn wrong_with(&self, own: &OwnWords) -> Option<String> {
        let table = if own.is_sentence { &self.welsh.reasons } else { &self.welsh.codes };
        let welsh = table.get(&own.code).map_or("", |welsh| welsh.trim());
        if welsh.is_empty() {
            return self.offered.welsh.then(|| format!("Enter Welsh for \u{2018}{}\u{2019}", own.english));
        }
        if welsh.chars().count() > LONGEST {
            return Some(format!("Welsh for \u{2018}{}\u{2019} must be {LONGEST} characters or fewer", own.english));
        }
        let (has, wants) = (placeholders(welsh), placeholders(&own.english));
        (has != wants).then(|| {
            let places: Vec<String> = wants.iter().map(|place| format!("{{{place}}}")).collect();
            match places.as_slice() {
                [] => format!("Welsh for \u{2018}{}\u{2019} must have no places in braces", own.english),
                places => {
                    format!("Welsh for \u{2018}{}\u{2019} must have the same places: {}", own.english, places.join(" "))
                }
            }
        })
    }
}

/// What the council says in words of its own today: its reasons why care was not delivered, and its sentences that are
/// not the service's.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn to_translate(tx: &mut Tx<'_>, service: &Tables, day: NaiveDate) -> Result<Vec<OwnWords>> {
    let explaining = on(tx, day).await?;
    let (_, entered) = kept(tx).await?;
    let (none, ours) = (MessageTable::default(), |language| service.get(language));
    let (english, welsh) = (ours(Language::English).unwrap_or(&none), ours(Language::Welsh).unwrap_or(&none));
    let own = explaining.own.get(Language::English).unwrap_or(&none);
    let sentences = own.reasons.iter().filter(|(code, words)| english.reasons.get(*code) != Some(*words));
    let codes = own.codes.iter().filter(|(code, words)| english.codes.get(*code) != Some(*words));
    let said = |is_sentence, (code, words): (&String, &String)| OwnWords {
        is_sentence,
        code: code.clone(),
        english: words.clone(),
        welsh: if is_sentence {
            entered.reasons.get(code).cloned()
        } else {
            entered.codes.get(code).or_else(|| welsh.codes.get(code)).cloned()
        },
    };
    Ok(codes.map(|own| said(false, own)).chain(sentences.map(|own| said(true, own))).collect())
}

/// Records what was chosen. What is explained already in a document stays as it was sent.
///
/// # Errors
/// [`Error::Refused`] where Welsh is to be usual and not offered, and for Welsh that is missing or does not fit.
pub async fn set(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    (service, day): (&Tables, NaiveDate),
    new: &NewSetting,
) -> Result<()> {
    if !new.offered.has(new.offered.usual) {
        return Err(Error::Refused("Welsh can be usual only where you explain in Welsh".to_owned()));
    }
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let own = to_translate(tx, service, day).await?;
            if let Some((_, words)) = new.wrong(&own).into_iter().next() {
                return Err(Error::Refused(words));
            }
            let Offered { welsh, usual } = new.offered;
            let detail = json!({ "welsh": welsh, "usual": usual, "own": new.welsh });
            let recorded_by = tx.actor();
            let mut audited = tx.audited(Record::on(Action::SetExplanations, "council").detail(detail)).await?;
            let welsh_words = new.welsh.clone();
            let row = ExplanationSetting { recorded_at: at, recorded_by, welsh, usual, welsh_words };
            insert!(audited, explanation_setting, [row]);
            Ok(())
        })
        .await
}
