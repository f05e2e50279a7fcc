//! Message tables: sentences by code, in each language. The service has its own, rule packs and councils add theirs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Sentences for reason codes, and words for the codes in their arguments. A sentence has `{0}`, `{1}` ... where
/// the arguments go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageTable {
    /// Reason code to sentence.
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// Code in an argument (a reason for care not delivered, a band, a setting) to words.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
}

/// A message table that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("this is not a message table: {0}")]
pub struct NotMessages(#[from] serde_json::Error);

impl MessageTable {
    /// The table that JSON stands for: `{"reasons": {code: sentence}, "codes": {code: words}}`.
    ///
    /// # Errors
    /// [`NotMessages`] with the place where reading stopped.
    pub fn from_json(json: &str) -> Result<Self, NotMessages> {
        Ok(serde_json::from_str(json)?)
    }

    /// This table with another's entries in the place of its own, as a council's words replace the pack's.
    #[must_use]
    pub fn overlaid_with(mut self, other: Self) -> Self {
        self.reasons.extend(other.reasons);
        self.codes.extend(other.codes);
        self
    }

    /// Without the entries whose English is another one in `now` than in `before`.
    pub(super) fn without_what_changes(mut self, before: &Self, now: &Self) -> Self {
        let holds = |before: Option<&String>, now: Option<&String>| now.is_none() || before == now;
        self.reasons.retain(|code, _| holds(before.reasons.get(code), now.reasons.get(code)));
        self.codes.retain(|code, _| holds(before.codes.get(code), now.codes.get(code)));
        self
    }
}

/// Message tables by language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables(BTreeMap<Language, MessageTable>);

impl Tables {
    /// The table of one language.
    #[must_use]
    pub fn of(language: Language, table: MessageTable) -> Self {
        Self(BTreeMap::from([(language, table)]))
    }

    /// The tables that JSON stands for, each with its language.
    ///
    /// # Errors
    /// [`NotMessages`] for the first that is none.
    pub fn from_json(tables: &[(Language, &str)]) -> Result<Self, NotMessages> {
        let read = |(language, json): &(Language, &str)| Ok((*language, MessageTable::from_json(json)?));
        Ok(Self(tables.iter().map(read).collect::<Result<_, NotMessages>>()?))
    }

    /// The table of a language, where there is one.
    #[must_use]
    pub fn get(&self, language: Language) -> Option<&MessageTable> {
        self.0.get(&language)
    }

    /// These with another's entries in the place of their own, language by language.
    #[must_use]
    pub fn overlaid_with(mut self, other: Self) -> Self {
        for (language, table) in other.0 {
            let own = self.0.remove(&language).unwrap_or_default();
            self.0.insert(language, own.overlaid_with(table));
        }
        self
    }
}

/// The numbers of the arguments that a sentence has places for.
#[must_use]
pub fn placeholders(sentence: &str) -> BTreeSet<usize> {
    let after = sentence.split('{').skip(1);
    after.filter_map(|rest| rest.split_once('}')?.0.parse().ok()).collect()
}

/// The template with its placeholders filled in one pass, so that an argument's own braces stay as they are.
pub(super) fn filled(template: &str, args: &[String]) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let number = from.find('}').and_then(|end| Some((end, from.get(1..end)?.parse::<usize>().ok()?)));
        match number.and_then(|(end, number)| Some((end, args.get(number)?))) {
            Some((end, arg)) => {
                text.push_str(arg);
                rest = &from[end + 1..];
            }
            None => {
                text.push('{');
                rest = &from[1..];
            }
        }
    }
    text.push_str(rest);
    text
}
