//! The languages in which the service explains sums: English, and Welsh where a council offers it. What is explained is
//! the reason and the arithmetic of a charge ([`words`](crate::pricing::words)); the service itself speaks English.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language that there are sentences in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Welsh.
    #[serde(rename = "cy")]
    Welsh,
}

/// Text that names no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\u{2018}{0}\u{2019} is no language of explanations: give en for English or cy for Welsh")]
pub struct NotALanguage(String);

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Welsh];

    /// Its tag (BCP 47), which is stored and which pages carry.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Welsh => "cy",
        }
    }

    /// Whether text in it needs no mark of its own within what the service says.
    #[must_use]
    pub const fn is_english(&self) -> bool {
        matches!(self, Self::English)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl std::str::FromStr for Language {
    type Err = NotALanguage;

    fn from_str(tag: &str) -> Result<Self, NotALanguage> {
        let of_tag = Self::ALL.into_iter().find(|language| language.tag() == tag);
        of_tag.ok_or_else(|| NotALanguage(tag.to_owned()))
    }
}

/// The languages that a council explains in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offered {
    /// Whether it does so in Welsh beside English.
    pub welsh: bool,
    /// What its documents are written in, which are made once for everybody, and what is read by whoever has not chosen.
    pub usual: Language,
}

impl Offered {
    /// Whether the council offers a language.
    #[must_use]
    pub fn has(self, language: Language) -> bool {
        self.welsh || language.is_english()
    }

    /// What somebody reads here who has chosen a language, or none: their own where it is offered.
    #[must_use]
    pub fn for_reader(self, chosen: Option<Language>) -> Language {
        let wanted = chosen.unwrap_or(self.usual);
        if self.has(wanted) { wanted } else { Language::English }
    }

    /// The languages that the council explains in.
    pub fn languages(self) -> impl Iterator<Item = Language> {
        Language::ALL.into_iter().filter(move |language| self.has(*language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_has_the_language_of_their_choice_where_it_is_offered() {
        let both = Offered { welsh: true, usual: Language::Welsh };
        assert_eq!(both.for_reader(None), Language::Welsh);
        assert_eq!(both.for_reader(Some(Language::English)), Language::English);
        let english = Offered::default();
        assert_eq!(english.for_reader(Some(Language::Welsh)), Language::English);
        assert_eq!(english.languages().collect::<Vec<_>>(), [Language::English]);
    }

    #[test]
    fn a_language_is_read_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(language.to_string().parse(), Ok(language));
        }
        assert!("Welsh".parse::<Language>().is_err());
    }
}
