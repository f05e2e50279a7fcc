//! Reasons and arithmetic as people read them: a code with its arguments becomes a sentence by the message tables of the
//! reader's language, a charge becomes `2.5 hours x £18.85 = £47.13`. Whatever shows a reason, a page, a letter, a file or a
//! program's answer, has it from [`Words`].

mod amounts;
mod dates;
mod table;

pub use amounts::{amount, arithmetic, arithmetic_of, units};
pub use dates::{date, span};
pub use table::{MessageTable, NotMessages, Tables, placeholders};

use serde::Serialize;

use super::answer::{Arg, Reason};
use super::pricer::Fault;
use crate::disposition::DisposedCharge;
use crate::language::Language;
use crate::money::{Money, Quantity};
use table::filled;

/// The words of one reader: those of their language, and the English ones for what has no words in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    language: Language,
    own: MessageTable,
    /// For what the language lacks; empty where it is English itself.
    english: MessageTable,
}

/// Something in words, and in which language they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Said {
    /// The words.
    pub words: String,
    /// Their language: the reader's, or English where the council has no words in the reader's.
    pub language: Language,
}

impl Words {
    /// The words in a language of several layers of tables, each in the place of those before it: the service's own, a
    /// rule's, the council's. The only place where tables are laid over each other for a reader.
    ///
    /// What a layer says anew in English alone is English for everybody: the earlier sentence of another language may not
    /// say the same.
    pub fn of<'t>(language: Language, layers: impl IntoIterator<Item = &'t Tables>) -> Self {
        let (mut own, mut english) = (MessageTable::default(), MessageTable::default());
        for layer in layers {
            if let Some(table) = layer.get(Language::English) {
                own = own.without_what_changes(&english, table);
                english = english.overlaid_with(table.clone());
            }
            if let Some(table) = layer.get(language).filter(|_| !language.is_english()) {
                own = own.overlaid_with(table.clone());
            }
        }
        if language.is_english() {
            return Self { language, own: english, english: MessageTable::default() };
        }
        Self { language, own, english }
    }

    /// The language that is read.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The sentence for a reason. A code without a sentence is shown as its own words, with its arguments.
    #[must_use]
    pub fn sentence(&self, reason: &Reason) -> Said {
        self.said(std::slice::from_ref(&reason))
    }

    /// Why a charge is what it is: the rule's reason, and what moved it from there.
    #[must_use]
    pub fn of_charge(&self, charge: &DisposedCharge) -> Said {
        let reasons: Vec<&Reason> = std::iter::once(&charge.reason).chain(&charge.moved_by).collect();
        self.said(&reasons)
    }

    /// Why a rule gave no answer. In English with what the engine says of it, else by its code alone.
    #[must_use]
    pub fn of_fault(&self, fault: &Fault) -> Said {
        let said = self.sentence(&Reason::plain(fault.code()));
        match said.language {
            Language::English => Said { words: fault.to_string(), language: Language::English },
            Language::Welsh => Said { words: said.words.trim_end_matches('.').to_owned(), ..said },
        }
    }

    /// The words for a code, where there are any.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<&str> {
        self.own.codes.get(code).or_else(|| self.english.codes.get(code)).map(String::as_str)
    }

    /// Reasons one after the other. They are all in one language: what would be half in one and half in another is
    /// English.
    fn said(&self, reasons: &[&Reason]) -> Said {
        let in_own = self.language.is_english() || reasons.iter().all(|reason| self.has(reason));
        let (table, language) = if in_own { (&self.own, self.language) } else { (&self.english, Language::English) };
        let sentences: Vec<String> = reasons.iter().map(|reason| sentence(table, language, reason)).collect();
        Said { words: sentences.join(" "), language }
    }

    /// Whether the reader's language has words for everything in a reason. What no language has words for is a name, and
    /// the same in each.
    fn has(&self, reason: &Reason) -> bool {
        let code = |arg: &Arg| match arg {
            Arg::Code(code) => self.own.codes.contains_key(code) || !self.english.codes.contains_key(code),
            _ => true,
        };
        self.own.reasons.contains_key(&reason.code) && reason.args.iter().all(code)
    }
}

fn sentence(table: &MessageTable, language: Language, reason: &Reason) -> String {
    let args: Vec<String> = reason.args.iter().map(|arg| argument(table, language, arg)).collect();
    match table.reasons.get(&reason.code) {
        Some(template) => filled(template, &args),
        None if args.is_empty() => reason.code.replace('-', " "),
        None => format!("{} ({})", reason.code.replace('-', " "), args.join(", ")),
    }
}

fn argument(table: &MessageTable, language: Language, arg: &Arg) -> String {
    match arg {
        Arg::Day(day) => day.date().map_or_else(|| format!("day {}", day.0), |day| date(day, language)),
        Arg::Days(days) => amounts::days(*days, language),
        Arg::Minutes(minutes) => amounts::minutes(*minutes, language),
        Arg::Time(minutes) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
        Arg::Units(units) => Quantity::from_thousandths(*units).to_string(),
        Arg::Pence(pence) => Money::from_pence(*pence).to_string(),
        Arg::Count(count) => count.to_string(),
        Arg::Code(code) => table.codes.get(code).cloned().unwrap_or_else(|| code.replace('-', " ")),
    }
}
